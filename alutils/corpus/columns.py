"""What every kind of file has in common: a column of texts and perhaps one of labels,
recognized or named, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alutils.corpus.classes import class_names, label_names, shown

TEXT_COLUMNS = ("text", "review", "sentence", "content", "comment", "body")
LABEL_COLUMNS = ("label", "sentiment", "class", "category", "target", "rating", "stars")


@dataclass(frozen=True)
class Description:
    """What a reader says of a source, each None where it is to be recognized.

    Attributes
    ----------
    text_column, label_column
        names of columns; an empty one for labels if there are none, or others than are
        wanted
    positive
        of two labels, the one that counts as positive
    classes
        names of all classes; an empty sequence if they are not known yet. Then there
        need be no labels
    encoding
        of a file of text, as Python names it
    """

    text_column: str | None = None
    label_column: str | None = None
    positive: str | None = None
    classes: Sequence[str] | None = None
    encoding: str | None = None

    @property
    def has_no_labels(self) -> bool:
        """Whether the reader says that the source has no labels, or not those wanted."""
        return self.label_column == ""

    def leave_out(self, *names: str, because: str) -> None:
        """Refuse what was said to no purpose."""
        if needless := [name for name in names if getattr(self, name) is not None]:
            raise ValueError(f"{because}: leave out {', '.join(needless)}")


@dataclass(frozen=True)
class Columns:
    """The columns that matter, in the source's own order.

    Attributes
    ----------
    texts, labels
        one value a review, of any type; no labels are None
    text_column, label_column
        their names, for messages; None if the source has no names for them
    place
        what an entry of `places` is, such as "line"
    places
        where each review stands, None if counting is all that can be done
    """

    texts: Sequence[object]
    labels: Sequence[object] | None
    text_column: str | None = None
    label_column: str | None = None
    place: str = ""
    places: Sequence[object] | None = None

    def at(self, rows: Iterable[int]) -> str:
        """Where rows are to be found, for a message."""
        rows = list(rows)
        found = f"review {shown(row + 1 for row in rows)}, counted from 1"
        if self.places is not None:
            found += f"; {self.place} {shown(self.places[row] for row in rows)}"
        return found

    def checked(
        self, said: Description
    ) -> tuple[list[str], list[int], tuple[str, ...]]:
        """The texts, the numbers of their labels (-1 where they are not known), and the
        classes' names: what `Reviews` are made of.

        Raises
        ------
        ValueError
            If a text is none, or the labels are not what they should be.
        """
        name = "text" if self.text_column is None else repr(self.text_column)
        if not self.texts:
            raise ValueError("has no reviews: expected at least one text")
        empty = [row for row, text in enumerate(self.texts) if _is_empty(text)]
        if empty:
            raise ValueError(
                f"has {len(empty)} reviews with an empty {name} ({self.at(empty)}): fill"
                " or delete them"
            )
        for row, text in enumerate(self.texts):
            if (fault := fault_of_text(text)) is not None:
                raise ValueError(
                    f"has a {name} that {fault} ({self.at([row])}): write it as a text"
                )
        labels = self._label_names()
        where = "it" if self.label_column is None else repr(self.label_column)
        classes = class_names(
            labels, where, said.positive, said.classes, how_to_say("positive")
        )
        numbers = {"": -1} | {name: number for number, name in enumerate(classes)}
        return list(self.texts), [numbers[label] for label in labels], classes

    def _label_names(self) -> list[str]:
        if self.labels is None:
            return [""] * len(self.texts)
        try:
            return label_names(self.labels)
        except TypeError as error:
            label, row = error.args
            raise ValueError(
                f"has a {self.label_column!r} that is no single label: {shown([label])},"
                f" of type {type(label).__name__} ({self.at([row])}): give a text or a"
                " number, or nothing where it is not known"
            ) from None


def fault_of_text(text: object) -> str | None:
    """What is wrong with a text, if it is none."""
    if not isinstance(text, str):
        return (
            f"is {shown([repr(text)])}, of type {type(text).__name__}: expected a str"
        )
    try:
        if not text.isascii():
            text.encode()
    except UnicodeEncodeError as error:
        half = text[error.start]
        return f"holds half a character, {half!a}, which no file can hold"
    return None


def chosen_columns(header: Sequence[str], said: Description) -> tuple[int, int | None]:
    """The numbers of the columns of texts and of labels, the latter None if there is
    none and none is needed.

    They are recognized by their names, in any case, unless they are given.

    Raises
    ------
    ValueError
        If it cannot be told which they are.
    """
    text = _column(header, "text_column", said.text_column, TEXT_COLUMNS)
    may_have_none = said.classes is not None and said.label_column is None
    if said.has_no_labels or (may_have_none and not _named(header, LABEL_COLUMNS)):
        return text, None
    label = _column(header, "label_column", said.label_column, LABEL_COLUMNS)
    if label == text:
        raise ValueError(
            f"cannot have texts and labels in one column, {header[text]!r}: give two"
            " columns"
        )
    return text, label


def how_to_say(argument: str) -> str:
    """Where a reader can say something of a source."""
    return (
        "(as a notebook's parameter, to settings_for or to load_reviews), or write"
        f' {argument} = "…" under [data] in a grid'
    )


def _column(
    header: Sequence[str], argument: str, given: str | None, known: Sequence[str]
) -> int:
    if given is None:
        found = _named(header, known)
        fault = "has no column that is called " + " or ".join(
            [", ".join(map(repr, known[:-1])), repr(known[-1])]
        )
    else:
        found = [k for k, name in enumerate(header) if name == str(given).strip()]
        fault = f"has no column {given!r}"
    if len(found) == 1:
        return found[0]
    if found:
        several = shown(repr(header[k]) for k in found)
        fault = f"has several columns that could be meant ({several})"
    unlabelled = ""
    if argument == "label_column" and not found:
        unlabelled = (
            ". If nobody has labelled the texts yet, load_reviews(…, classes=()) reads"
            " them as they are"
        )
    raise ValueError(
        f"{fault} (found: {shown(header, 20)}). Pass {argument}=…"
        f" {how_to_say(argument)}{unlabelled}"
    )


def _named(header: Sequence[str], known: Sequence[str]) -> list[int]:
    return [k for k, name in enumerate(header) if name.casefold() in known]


def _is_empty(text: object) -> bool:
    if isinstance(text, str):
        return not text or text.isspace()
    return text is None or (isinstance(text, float) and text != text)
