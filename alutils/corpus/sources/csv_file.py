"""A reader's own reviews, from a CSV file with a header. The file is only read."""

from __future__ import annotations

from pathlib import Path

from alutils.corpus.columns import Columns, Description, chosen_columns
from alutils.corpus.files import told_of, utf8
from alutils.corpus.reviews import Reviews
from alutils.corpus.tables import Table, read_table, swallowed_record

SUFFIXES = (".csv", ".tsv")


def read(path: Path, said: Description) -> Reviews:
    """The reviews of a CSV file, with a label of -1 where the label is empty.

    Raises
    ------
    ValueError
        If the file is not what it should be; the message says what to change.
    FileNotFoundError
        If it cannot be opened.
    """
    with told_of(f"CSV file {path}"):
        data = utf8(path.read_bytes(), said.encoding)
        table = read_table(data)
        if not table.records:
            raise ValueError("has a header and no reviews: expected one review a line")
        text, label = chosen_columns(table.header, said)
        labels = None
        if label is not None:
            _check_that_no_text_holds_another(table, label)
            labels = table.column(label)
            _check_that_no_label_holds_a_mark(labels, table)
        columns = Columns(
            table.column(text),
            labels,
            text_column=table.header[text],
            label_column=None if label is None else table.header[label],
            place="line",
            places=table.lines,
        )
        texts, numbers, classes = columns.checked(said)
        if label is not None and not data.endswith((b"\n", b"\r")):
            _check_that_the_last_label_is_whole(numbers, classes)
        return Reviews(texts, numbers, path.name, classes)


def _check_that_no_text_holds_another(table: Table, label: int) -> None:
    if (found := swallowed_record(table, label)) is not None:
        opens, other, closes = found
        raise ValueError(
            f"cannot be read (line {opens} opens a quotation mark that closes in line"
            f" {closes}, but line {other} between them looks like a review of its own):"
            " close the quotation mark where its text ends. If the text is meant so,"
            " save the file with tabs between the columns"
        )


def _check_that_no_label_holds_a_mark(labels: list[str], table: Table) -> None:
    for label, line in zip(labels, table.lines, strict=True):
        if '"' in label:
            raise ValueError(
                f"has a quotation mark in the label {label.strip()!r} (line {line}): take"
                " it out"
            )


def _check_that_the_last_label_is_whole(
    numbers: list[int], classes: tuple[str, ...]
) -> None:
    if numbers[-1] < 0 or numbers.count(numbers[-1]) > 1:
        return
    last = classes[numbers[-1]]
    for whole in classes:
        if whole != last and whole.startswith(last):
            raise ValueError(
                f"ends in the middle of a line, with the label {last!r} that no other"
                f" review has, as if {whole!r} had been cut off: write the file again,"
                " or end its last line with a line break"
            )
