"""A reader's own reviews, from a CSV file with a header. The file is only read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from alutils.corpus.reviews import Reviews, checked_classes
from alutils.corpus.tables import Table, read_table, swallowed_record, utf8

SUFFIXES = (".csv", ".tsv")
TEXT_COLUMNS = ("text", "review", "sentence", "content", "comment", "body")
LABEL_COLUMNS = ("label", "sentiment", "class", "category", "target", "rating", "stars")
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


def read(
    path: Path,
    *,
    text_column: str | None,
    label_column: str | None,
    positive: str | None,
    classes: Sequence[str] | None,
) -> Reviews:
    """The reviews of a CSV file, with a label of -1 where the label is empty.

    Which column holds the texts and which the labels is recognized by their names, in
    any case. Two labels are ordered by `positive`, or by their names if these are well
    known (`KNOWN_PAIRS`); more than two alphabetically, without regard to case;
    `classes` names them all, and their order, beforehand.

    Raises
    ------
    ValueError
        If the file is not what it should be; the message says what to change.
    FileNotFoundError
        If it cannot be opened.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileNotFoundError(
            f"CSV file {path} cannot be opened ({error.strerror}): check the path (you"
            f" are in {Path.cwd()})"
        ) from None
    try:
        return _reviews(data, path.name, text_column, label_column, positive, classes)
    except ValueError as error:
        raise ValueError(f"CSV file {path} {error}") from None


def _reviews(
    data: bytes,
    name: str,
    text_column: str | None,
    label_column: str | None,
    positive: str | None,
    classes: Sequence[str] | None,
) -> Reviews:
    data = utf8(data)
    table = read_table(data)
    if not table.records:
        raise ValueError("has a header and no reviews: expected one review a line")
    text = _column(table, "text_column", text_column, TEXT_COLUMNS)
    texts = table.column(text)
    labels = [""] * len(texts)
    if classes is None or label_column is not None or _named(table, LABEL_COLUMNS):
        label = _column(table, "label_column", label_column, LABEL_COLUMNS)
        if label == text:
            raise ValueError(
                f"cannot have texts and labels in one column, {table.header[text]!r}:"
                " give two columns"
            )
        _check_that_no_text_holds_another(table, label)
        labels = [name.strip() for name in table.column(label)]
        label_column = table.header[label]
        for row, its_label in enumerate(labels):
            if '"' in its_label:
                raise ValueError(
                    f"has a quotation mark in the label {its_label!r} (line"
                    f" {table.lines[row]}): take it out"
                )
    empty = [row for row, text in enumerate(texts) if not text or text.isspace()]
    if empty:
        raise ValueError(
            f"has {len(empty)} reviews with an empty {table.header[text]!r} (review"
            f" {_shown(str(row + 1) for row in empty)}, counted from 1 below the header;"
            f" line {_shown(str(table.lines[row]) for row in empty[:6])}): fill or delete"
            " them"
        )
    names = _classes(labels, label_column, positive, classes)
    if not data.endswith((b"\n", b"\r")) and labels.count(labels[-1]) == 1:
        whole = [n for n in names if n != labels[-1] and n.startswith(labels[-1])]
        if whole and labels[-1]:
            raise ValueError(
                f"ends in the middle of a line, with the label {labels[-1]!r} that no"
                f" other review has, as if {whole[0]!r} had been cut off: write the file"
                " again, or end its last line with a line break"
            )
    numbers = {"": -1} | {name: number for number, name in enumerate(names)}
    return Reviews(texts, [numbers[label] for label in labels], name, names)


def _named(table: Table, known: Iterable[str]) -> list[int]:
    return [k for k, name in enumerate(table.header) if name.casefold() in known]


def _column(
    table: Table, argument: str, given: str | None, known: Sequence[str]
) -> int:
    if given is None:
        found = _named(table, known)
        fault = "has no column that is called " + " or ".join(
            [", ".join(map(repr, known[:-1])), repr(known[-1])]
        )
    else:
        found = [k for k, name in enumerate(table.header) if name == given.strip()]
        fault = f"has no column {given!r}"
    if len(found) == 1:
        return found[0]
    if found:
        several = _shown(repr(table.header[k]) for k in found)
        fault = f"has several columns that could be meant ({several})"
    raise ValueError(
        f"{fault} (found: {_shown(table.header, 20)}). Pass {argument}=… {_where(argument)}"
    )


def _where(argument: str) -> str:
    return (
        "(as a notebook's parameter, to settings_for or to load_reviews), or write"
        f' {argument} = "…" under [data] in a grid'
    )


def _check_that_no_text_holds_another(table: Table, label: int) -> None:
    if (found := swallowed_record(table, label)) is not None:
        opens, other, closes = found
        raise ValueError(
            f"cannot be read (line {opens} opens a quotation mark that closes in line"
            f" {closes}, but line {other} between them looks like a review of its own):"
            " close the quotation mark where its text ends. If the text is meant so,"
            " save the file with tabs between the columns"
        )


def _classes(
    labels: list[str],
    column: str | None,
    positive: str | None,
    classes: Sequence[str] | None,
) -> tuple[str, ...]:
    """The classes' names in the order of their numbers."""
    found = sorted(set(labels) - {""}, key=lambda name: (name.casefold(), name))
    shown = _shown(map(repr, found))
    if classes is not None:
        classes = checked_classes(classes)
        if unknown := [name for name in found if name not in classes]:
            raise ValueError(
                f"has labels that are not among the classes ({_shown(map(repr, unknown))}):"
                f" expected {_shown(map(repr, classes))}"
            )
        if positive is not None and (len(classes) != 2 or positive != classes[1]):
            raise ValueError(
                f"is read with positive={positive!r} and classes={classes!r}:"
                " give one of the two. Of two classes, the second is the positive one"
            )
        return classes
    if not found:
        raise ValueError(
            f"has no label in {column!r}: label some reviews, or name the classes, as in"
            " load_reviews(…, classes=('negative', 'positive'))"
        )
    if len(found) == 1:
        raise ValueError(
            f"has 1 different labels in {column!r} ({shown}): expected at least two. Add"
            " reviews of another class, or name the classes, as in"
            " load_reviews(…, classes=('negative', 'positive'))"
        )
    for one, next_one in pairwise(found):
        if one.casefold() == next_one.casefold():
            raise ValueError(
                f"has labels in {column!r} that differ in case only ({one!r} and"
                f" {next_one!r}): write them alike"
            )
    if positive is None and len(found) > 2:
        return tuple(found)
    if len(found) > 2:
        raise ValueError(
            f"has {len(found)} different labels in {column!r} ({shown}), and"
            f" positive={positive!r} is for two: leave it out"
        )
    if positive is None:
        known = tuple(name.casefold() for name in found)
        if known not in KNOWN_PAIRS and known[::-1] not in KNOWN_PAIRS:
            raise ValueError(
                f"has the labels {found[0]!r} and {found[1]!r} in {column!r}, and their"
                " names do not say which one counts as positive. Pass"
                f" positive={found[0]!r} or positive={found[1]!r} {_where('positive')}"
            )
        return tuple(found if known in KNOWN_PAIRS else found[::-1])
    if positive not in found:
        raise ValueError(
            f"has no label {positive!r} in {column!r}, only {shown}. Pass one of these as"
            f" positive=… {_where('positive')}"
        )
    return tuple(sorted(found, key=lambda name: name == positive))


def _shown(names: Iterable[str], most: int = 5) -> str:
    """At most so many names, none longer than a line."""
    every = [name if len(name) <= 40 else f"{name[:39]}…" for name in names]
    return ", ".join(every[:most]) + (", …" if len(every) > most else "")
