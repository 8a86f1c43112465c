"""A published lexicon: words, and how good or bad people found them.

It stands in for a person who is asked about words: it knows nothing of any corpus.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from alutils.corpus.words import Words

VERSION = "3.3.2"
SHA256 = "1ec9c6e9ee19aade328f8beb393a6afa71a5bb3acf7d3cc22d4ef568df374bf5"


@functools.cache
def lexicon() -> dict[str, float]:
    """Mean rating of each word by ten people, from -4 (most negative) to 4 (VADER; Hutto
    and Gilbert 2014).

    Raises
    ------
    FileNotFoundError
        If the package vaderSentiment is not here.
    ValueError
        If its file is not the one that was published.
    """
    advice = f"install it with: pip install vaderSentiment=={VERSION}"
    try:
        found = metadata.distribution("vaderSentiment")
    except metadata.PackageNotFoundError:
        raise FileNotFoundError(
            f"the lexicon is read from the package vaderSentiment, which is not here:"
            f" {advice}"
        ) from None
    # The file is read as it is: the package's code is not needed.
    path = Path(found.locate_file("vaderSentiment/vader_lexicon.txt"))
    data = path.read_bytes() if path.is_file() else b""
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256:
        raise ValueError(
            f"{path.name} of vaderSentiment has SHA-256 {digest[:12]}…, expected"
            f" {SHA256[:12]}…: the file is damaged or of another version; {advice}"
        )
    lines = (line.split("\t") for line in data.decode("utf-8").splitlines() if line)
    return {word: float(rating) for word, rating, *_ in lines}


def strongest_words(words: Iterable[str], n: int) -> Words:
    """Of some words, the `n` that the lexicon rates lowest and the `n` that it rates
    highest, the strongest first; a list for negative and one for positive.

    Raises
    ------
    ValueError
        If the lexicon knows too few of them.
    """
    ratings = lexicon()
    known = {word: ratings[word] for word in words if word in ratings}
    negative = sorted((word for word, r in known.items() if r < 0), key=known.get)
    positive = sorted((word for word, r in known.items() if r > 0), key=known.get)
    if min(len(negative), len(positive)) < n:
        raise ValueError(
            f"the lexicon rates {len(negative)} of these words negative and"
            f" {len(positive)} positive: ask for fewer than {n} of each"
        )
    return tuple(negative[:n]), tuple(reversed(positive[-n:]))
