"""Names of classes: read off labels in whatever form these come, and put in order."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

# Two labels of which everybody knows which one is positive, which comes second here.
KNOWN_PAIRS = (
    ("negative", "positive"),
    ("neg", "pos"),
    ("0", "1"),
    ("-1", "1"),
    ("no", "yes"),
    ("false", "true"),
    ("bad", "good"),
    ("rotten", "fresh"),
    ("ham", "spam"),
)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def checked_classes(classes: Sequence[str], least: int = 2) -> tuple[str, ...]:
    """Names of classes as a tuple.

    Raises
    ------
    ValueError
        If they are too few, two of them are the same, or one is no name.
    """
    names = tuple(classes)
    if isinstance(classes, str) or len(names) < least or len(set(names)) < len(names):
        number = "at least two " if least else ""
        raise ValueError(
            f"classes={classes!r}: expected {number}different names, in a tuple or list"
        )
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise ValueError(
                f"classes={classes!r}: {name!r} is no name, expected a text such as"
                " 'positive'"
            )
    return names


def label_names(labels: Iterable[object]) -> list[str]:
    """The name of each label; an empty one where it is not known (nothing, NaN, spaces).

    If every label is a number, 1 and 1.0 are the same one: a column of whole numbers
    with a gap becomes one of decimals in pandas.

    Raises
    ------
    TypeError
        If a label is neither a text nor a number, nor one of these in a list by itself;
        its arguments are the label and its place, counted from 0.

    Examples
    --------
    >>> label_names([1.0, None, 0])
    ['1', '', '0']
    >>> label_names(["1.0 ", "second"])
    ['1.0', 'second']
    """
    names = []
    for place, label in enumerate(labels):
        if (name := _name(label)) is None:
            raise TypeError(label, place)
        names.append(name)
    if all(NUMBER.fullmatch(name) for name in names if name):
        names = [n.rstrip("0").rstrip(".") if "." in n else n for n in names]
    return names


def _name(label: object) -> str | None:
    # Labels in lists of one, as doccano writes them.
    if isinstance(label, (list, tuple, np.ndarray)) and len(label) < 2:
        label = label[0] if len(label) else None
    if label is None or (isinstance(label, float) and label != label):
        return ""
    if isinstance(label, str):
        return label.strip()
    if isinstance(label, (bool, np.bool_, numbers.Number)):
        return str(label)
    return None


def class_names(
    labels: Iterable[str],
    where: str,
    positive: str | None,
    classes: Sequence[str] | None,
    how_to_say: str,
) -> tuple[str, ...]:
    """The classes' names in the order of their numbers.

    Two are ordered by `positive`, or by their names if these are well known
    (`KNOWN_PAIRS`); more than two alphabetically, without regard to case, or by their
    size if they are numbers.

    Parameters
    ----------
    labels
        names as `label_names` gives them
    where
        what holds them, for messages
    classes
        names of all classes, in their order; an empty sequence if they are not known yet,
        and any number of labels will do; None if the labels must name at least two
    how_to_say
        where `positive` can be given

    Raises
    ------
    ValueError
        If names and labels do not fit together, or it cannot be told which of two
        classes is the positive one.
    """
    found = sorted(set(labels) - {""}, key=lambda name: (name.casefold(), name))
    if all(NUMBER.fullmatch(name) for name in found):
        found.sort(key=float)
    if classes is not None and len(classes):
        return _given_classes(found, where, positive, classes)
    if classes is None:
        _check_that_there_are_two(found, where)
    for one, next_one in pairwise(found):
        if one.casefold() == next_one.casefold():
            raise ValueError(
                f"has labels in {where} that differ in case only ({one!r} and"
                f" {next_one!r}): write them alike"
            )
    if positive is None and len(found) != 2:
        return tuple(found)
    if len(found) != 2:
        raise ValueError(
            f"has {len(found)} different labels in {where} ({_reprs(found)}), and"
            f" positive={positive!r} is for two: leave it out"
        )
    if positive is None:
        known = tuple(name.casefold() for name in found)
        if known not in KNOWN_PAIRS and known[::-1] not in KNOWN_PAIRS:
            raise ValueError(
                f"has the labels {found[0]!r} and {found[1]!r} in {where}, and their"
                " names do not say which one counts as positive. Pass"
                f" positive={found[0]!r} or positive={found[1]!r} {how_to_say}"
            )
        return tuple(found if known in KNOWN_PAIRS else found[::-1])
    if positive not in found:
        (positive,) = label_names([str(positive)])
    if positive not in found:
        raise ValueError(
            f"has no label {positive!r} in {where}, only {_reprs(found)}. Pass one of"
            f" these as positive=… {how_to_say}"
        )
    return tuple(sorted(found, key=lambda name: name == positive))


def _given_classes(
    found: list[str], where: str, positive: str | None, classes: Sequence[str]
) -> tuple[str, ...]:
    # As the labels: 1.0 is 1, if all of them are numbers.
    classes = checked_classes(label_names(checked_classes(classes)))
    if unknown := [name for name in found if name not in classes]:
        raise ValueError(
            f"has labels in {where} that are not among the classes ({_reprs(unknown)}):"
            f" expected {_reprs(classes)}. If these labels are not wanted,"
            " load_reviews(…, label_column='') reads the texts alone"
        )
    if positive is not None and (len(classes) != 2 or positive != classes[1]):
        raise ValueError(
            f"is read with positive={positive!r} and classes={classes!r}: give one of the"
            " two. Of two classes, the second is the positive one"
        )
    return classes


def _check_that_there_are_two(found: list[str], where: str) -> None:
    way_out = (
        "name the classes, as in load_reviews(…, classes=('negative', 'positive')), with"
        " classes=() if they are not known yet"
    )
    if not found:
        raise ValueError(f"has no label in {where}: label some reviews, or {way_out}")
    if len(found) == 1:
        raise ValueError(
            f"has 1 different labels in {where} ({_reprs(found)}): expected at least two."
            f" Add reviews of another class, or {way_out}"
        )


def shown(names: Iterable[object], most: int = 5) -> str:
    """At most so many names, none longer than a line."""
    every = [str(name) for name in names]
    short = [name if len(name) <= 40 else f"{name[:39]}…" for name in every[:most]]
    return ", ".join(short) + (", …" if len(every) > most else "")


def _reprs(names: Iterable[str]) -> str:
    return shown(map(repr, names))
