"""Labels as doccano's JSON lines: an object for each text, with all that doccano gives
back of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from alutils.corpus.reviews import Reviews
from alutils.labelling.batches import settled
from alutils.labelling.events import Answer, State
from alutils.labelling.exchange import Brought, rows_to_send
from alutils.labelling.known_texts import text_hash
from alutils.labelling.reading import Reading, parts_of


def doccano_lines(
    reviews: Reviews, state: State, rows: Sequence[int] | None = None
) -> str:
    """A line for each text. In doccano: a project for document classification, *Import
    dataset*, file format JSONL, column data `text`, column label `label`.

    What stands beside text and label, doccano keeps as the example's metadata.

    Parameters
    ----------
    rows
        the texts to send; those that were asked for, if none are given
    """
    answers = _answers(state)
    lines = []
    for row in rows_to_send(state, rows):
        text = reviews.texts[row]
        line = {"text": text, "label": [], "row": row, "text_sha256": text_hash(text)}
        if row in answers:
            answer = answers[row]
            line["label"] = [] if answer.label is None else [answer.label]
            said = parts_of(answer, without=("probabilities", "undone"))
            # Beside the label, which may be changed there, what was said here.
            said["said"] = said.pop("label", "")
            line |= said | {"label": [said["said"]] if said["said"] else []}
        if row in state.flags:
            line["flag"] = state.flags[row]
        lines.append(json.dumps(line) + "\n")
    return "".join(lines)


def _answers(state: State) -> dict[int, Answer]:
    """The answer of each row that an example of doccano's can hold."""
    skipped = {a.question.row: a for a in state.answers if not a.undone}
    return skipped | settled(state, "training") | settled(state, "test")


def read_doccano(
    text: str, reviews: Reviews, *, who: str = "somebody in doccano"
) -> Brought:
    """What JSON lines that doccano exported say.

    An example whose label is still the one that was sent brings back its answer as it
    was; another label is a new answer, for doccano does not say whose or of when.

    Parameters
    ----------
    text
        the content of the file
    who
        who gave the new answers
    """
    reading = Reading(reviews, who)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            said = json.loads(line)
            labels = said.get("label", [])
        except (ValueError, AttributeError):
            reading.unread(place, "no JSON object")
            continue
        row = reading.row_of(said.get("text"), said.get("text_sha256"))
        if row is None:
            continue
        reading.flag(row, said.get("flag"))
        sent = [said["said"]] if said.get("said") else []
        if len(labels) > 1:
            reading.unread(place, f"the labels {labels}: expected one class")
        elif labels != sent:
            if labels:
                reading.answer(place, row, {"kind": "label", "label": labels[0]})
        elif "kind" in said:
            reading.answer(place, row, said | {"label": sent[0] if sent else None})
    return reading.brought()
