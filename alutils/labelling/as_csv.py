"""Answers as CSV: a line for each answer, with all that is known of it."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence

from alutils.corpus.reviews import Reviews
from alutils.labelling.events import State
from alutils.labelling.exchange import Brought
from alutils.labelling.reading import Reading, parts_of

COLUMNS = (
    "row",
    "text_sha256",
    "text",
    "purpose",
    "round",
    "strategy",
    "probabilities",
)
COLUMNS += ("kind", "label", "who", "when", "seconds", "undone", "flag", "note")


def csv_of(state: State, texts: Sequence[str], hashes: Sequence[str]) -> str:
    """All answers, those taken back too, a line each in the order of answering.

    Parameters
    ----------
    texts, hashes
        the text of each row, and its SHA-256 as `KnownTexts` has it
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")  # or a lone \r is not quoted
    lines.writerow(COLUMNS)
    for answer in state.answers:
        row, said = answer.question.row, parts_of(answer)
        if "probabilities" in said:
            said["probabilities"] = json.dumps(said["probabilities"])
        said["undone"] = int(answer.undone)
        known = {"row": row, "text_sha256": hashes[row], "text": texts[row]}
        if row in state.flags:
            known |= {"flag": "yes", "note": state.flags[row]}
        lines.writerow([(known | said).get(column) for column in COLUMNS])
    return out.getvalue()


def read_csv(
    text: str, reviews: Reviews, *, who: str = "somebody who sent a CSV file"
) -> Brought:
    """What a file of `csv_of` says, or another one that has at least the columns `text`
    (or `text_sha256`) and `label`.

    Parameters
    ----------
    text
        the content of the file
    who
        who answered, where the file does not say

    Raises
    ------
    ValueError
        If the columns are missing.
    """
    limit = csv.field_size_limit(sys.maxsize)  # a text may be long
    try:
        table = list(csv.reader(io.StringIO(text, newline="")))
    finally:
        csv.field_size_limit(limit)
    header = table[0] if table else []
    if not {"text", "text_sha256"} & set(header) or "label" not in header:
        raise ValueError(
            f"the CSV file has the columns {', '.join(header) or 'none'}: expected text"
            " (or text_sha256) and label"
        )
    reading = Reading(reviews, who)
    for number, line in enumerate(table[1:], 1):
        said = {name: value for name, value in zip(header, line, strict=False) if value}
        place = f"answer {number}"
        row = reading.row_of(said.get("text"), said.get("text_sha256"))
        if row is None:
            continue
        reading.flag(row, said.get("note", "") if "flag" in said else None)
        if "probabilities" in said:
            said["probabilities"] = json.loads(said["probabilities"])
        said["undone"] = said.get("undone") == "1"
        if "kind" in said or "label" in said:
            reading.answer(place, row, said)
    return reading.brought()
