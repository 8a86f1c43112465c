"""A strict reader of CSV files, on top of Python's csv module.

The module alone, and pandas too, read on where a quotation mark was forgotten, and
reviews vanish into the text of another. Here such a file is refused, with the line.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from dataclasses import dataclass

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
QUOTE = "quote the whole text, and double the quotation marks inside it"
LINE_BREAK = re.compile(r"\r\n|\r|\n")
# What some programs write before the header. The separator is recognized anyway.
SEPARATOR_LINE = re.compile(r'"?sep=."?[\r\n]*', flags=re.IGNORECASE)
# The csv module's limit on a field's length belongs to the whole process.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Table:
    """The fields of each record, as many as in the header, and the line of the file in
    which each record begins, counted from 1."""

    header: tuple[str, ...]
    separator: str
    records: list[list[str]]
    lines: list[int]

    def column(self, number: int) -> list[str]:
        """The texts of one column."""
        return [fields[number] for fields in self.records]


class _Fault(ValueError):
    def __init__(self, line: int, what: str, advice: str) -> None:
        super().__init__(f"cannot be read (line {line} {what}): {advice}")
        self.line = line


def read_table(data: bytes) -> Table:
    """A table from a file's bytes in UTF-8, the first line its header.

    Commas, semicolons, tabs or vertical bars may separate the fields; inside quoted
    fields, quotation marks are doubled or have a backslash before them. Which it is, is
    recognized: the first way in which the whole file can be read. Empty lines are
    skipped, and so is a first line that only names the separator, as in `sep=;`.

    Raises
    ------
    ValueError
        If the file is empty, or cannot be read in any of these ways; the message says
        what is wrong in the likeliest, and in which line.
    """
    lines = list(io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=""))
    if lines and SEPARATOR_LINE.fullmatch(lines[0]):
        lines[0] = "\n"
    head = next((line for line in lines if line.strip()), None)
    if head is None:
        raise ValueError("is empty: expected a header and one review a line")
    ways = [None, "\\"] if b'\\"' in data else [None]
    faults = []
    with _one_at_a_time:
        limit = csv.field_size_limit(2**31 - 1)
        try:
            fields = {c: len(next(csv.reader([head], delimiter=c))) for c in SEPARATORS}
            for separator in sorted(fields, key=fields.__getitem__, reverse=True):
                if fields[separator] == 1 < max(fields.values()):
                    continue
                for escape in ways:
                    try:
                        return _read(lines, separator, escape)
                    except _Fault as fault:
                        faults.append(fault)
        finally:
            csv.field_size_limit(limit)
    raise max(faults[: len(ways)], key=lambda fault: fault.line)


def swallowed_record(table: Table, label: int) -> tuple[int, int, int] | None:
    """The first field that seems to have swallowed another record: the lines in which
    its quotation mark opens, in which the other record stands, and in which the mark
    closes. None if every field is above suspicion.

    Two forgotten quotation marks can pair up, and what lies between is then read as one
    text. Such a text holds a line that ends (or, with the label in front, begins) as a
    record does: with a separator and one of the labels.

    Parameters
    ----------
    label
        number of the column with the labels
    """
    columns = len(table.header)
    labels = set(table.column(label)) - {""}
    for opens, fields in zip(table.lines, table.records, strict=True):
        for number, field in enumerate(fields):
            if "\n" not in field and "\r" not in field:
                continue
            lines = LINE_BREAK.split(field)
            # A line needs what lies between text and label, and the record's own label
            # does not count.
            if number < label:
                pieces, its_label = columns - number, label - columns
                looked_at = range(len(lines) - 1)
            else:
                pieces, its_label = number + 1, label
                looked_at = range(1, len(lines))
            for k in looked_at:
                found = lines[k].split(table.separator)
                if number == label or (
                    len(found) >= pieces and found[its_label] in labels
                ):
                    return opens, opens + k, opens + len(lines) - 1
            opens += len(lines) - 1
    return None


def _read(lines: list[str], separator: str, escape: str | None) -> Table:
    if escape:
        # The csv module would drop the other backslashes.
        lines = [re.sub(r'(\\["\\])|(\\)', r"\1\2\2", line) for line in lines]
    reader = csv.reader(lines, delimiter=separator, escapechar=escape, strict=True)
    records, starts = [], []
    while (before := reader.line_num) < len(lines):
        start = before + 1
        try:
            fields = next(reader)
        except csv.Error as error:
            what = f"that closes in line {reader.line_num}, with text behind it"
            if "end of data" in str(error):
                what = "that is never closed"
            raise _Fault(start, f"opens a quotation mark {what}", QUOTE) from None
        written = "".join(lines[before : reader.line_num])
        if _forgot_a_mark(fields, written, escape):
            what = "holds a quotation mark in a field that does not begin with one"
            raise _Fault(start, what, QUOTE)
        if records and fields and len(fields) != len(records[0]):
            what = f"has {len(fields)} fields, the header {len(records[0])}"
            several = f"quote texts that hold {SEPARATORS[separator]} or line breaks"
            raise _Fault(start, what, several)
        if fields:
            records.append(fields)
            starts.append(start)
    header = tuple(name.strip() for name in records[0])
    return Table(header, separator, records[1:], starts[1:])


def _forgot_a_mark(fields: list[str], written: str, escape: str | None) -> bool:
    # The csv module takes a mark in a field without quotes as any other character. Pairs
    # of them are let pass, as hand-written files have them; a single one is a fault, so
    # no file with one mark too few can be read.
    place = 0
    for field in fields:
        form, quoted = field, written.startswith('"', place)
        if escape:
            form = field.replace("\\", r"\\").replace('"', r"\"")
        elif quoted:
            form = field.replace('"', '""')
        elif field.count('"') % 2 or field.lstrip(" ")[:1] == '"' or r"\"" in field:
            return True
        form = f'"{form}"' if quoted else form
        if not written.startswith(form, place):
            return True
        place += len(form) + 1
    return False
