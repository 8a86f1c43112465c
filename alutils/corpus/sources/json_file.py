"""A reader's own reviews, from a file of JSON: an object on each line, or an array of
them. The file is only read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from alutils.corpus.classes import shown
from alutils.corpus.columns import Columns, Description, chosen_columns
from alutils.corpus.files import told_of, utf8
from alutils.corpus.reviews import Reviews

SUFFIXES = (".jsonl", ".ndjson", ".json")
EXPECTED = (
    'expected an object for each review, such as {"text": "…", "label": "…"}, one on'
    " each line or all in one array"
)


def read(path: Path, said: Description) -> Reviews:
    """The reviews of a file of JSON, with a label of -1 where the label is missing, null
    or empty. What the objects call their values are the columns.

    Raises
    ------
    ValueError
        If the file is not what it should be; the message says what to change.
    FileNotFoundError
        If it cannot be opened.
    """
    with told_of(f"JSON file {path}"):
        advice = "save it as JSON in UTF-8 and try again"
        data = utf8(path.read_bytes(), said.encoding, advice=advice)
        if data.lstrip().startswith(b"["):
            records, lines = _parsed(data.decode()), None
            for number, record in enumerate(records, start=1):
                _check_that_it_is_an_object(record, f"number {number} in the array")
        else:
            records, lines = _of_each_line(data)
        if not records:
            raise ValueError(f"is empty: {EXPECTED}")
        names = list(dict.fromkeys(name for record in records for name in record))
        header = [name.strip() for name in names]
        text, label = chosen_columns(header, said)
        columns = Columns(
            [record.get(names[text]) for record in records],
            None if label is None else [record.get(names[label]) for record in records],
            text_column=header[text],
            label_column=None if label is None else header[label],
            place="line",
            places=lines,
        )
        texts, numbers, classes = columns.checked(said)
        return Reviews(texts, numbers, path.name, classes)


def _of_each_line(data: bytes) -> tuple[list[dict[str, Any]], list[int]]:
    records, lines = [], []
    file = io.TextIOWrapper(io.BytesIO(data), "utf-8")
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        record = _parsed(line.rstrip(), number)
        _check_that_it_is_an_object(record, f"line {number}")
        records.append(record)
        lines.append(number)
    return records, lines


def _parsed(text: str, line: int | None = None) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_each_name_once)
    except json.JSONDecodeError as error:
        what = f"line {line or error.lineno} is no JSON: {error.msg}, at character"
        what += f" {error.colno}"
    except (RecursionError, ValueError) as error:
        what = f"{f'line {line}' if line else 'the array'}: {error}"
    raise ValueError(f"cannot be read ({what}): {EXPECTED}")


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has {twice!r} twice")
    return record


def _check_that_it_is_an_object(record: Any, which: str) -> None:
    if not isinstance(record, dict):
        raise ValueError(
            f"cannot be read ({which} is {shown([repr(record)])}, of type"
            f" {type(record).__name__}): {EXPECTED}"
        )
