"""Labels in Label Studio: tasks with predictions and annotations out, annotations in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.errors import check_probabilities
from alutils.labelling.events import Answer, State
from alutils.labelling.exchange import Brought, rows_to_send
from alutils.labelling.known_texts import text_hash
from alutils.labelling.reading import Reading, parts_of

CANNOT_TELL, SKIPPED = "can't tell", "skipped"


def label_studio_config(classes: Sequence[str]) -> str:
    """The labelling interface that the tasks are made for, to paste into a project under
    *Settings*, *Labeling Interface*, *Code*."""
    choices = "\n".join(f"    <Choice value={quoteattr(name)}/>" for name in classes)
    return f"""<View>
  <Text name="text" value="$text"/>
  <Choices name="label" toName="text" choice="single">
{choices}
  </Choices>
  <Choices name="unsure" toName="text" choice="single">
    <Choice value={quoteattr(CANNOT_TELL)}/>
  </Choices>
</View>
"""


def label_studio_tasks(
    reviews: Reviews,
    state: State,
    rows: Sequence[int] | None = None,
    *,
    probabilities: np.ndarray | None = None,
    model_version: str = "",
) -> list[dict]:
    """Tasks for Label Studio's *Import*, as JSON can hold them: a text each, with the
    answers so far as its annotations.

    Parameters
    ----------
    rows
        the texts to send; those that were asked for, if none are given
    probabilities : array of shape (n_rows, k)
        the model's, classes in the order of the state's; each task then has a prediction,
        whose score is the probability of its class
    model_version
        what to call the model there, such as "round 3"

    Raises
    ------
    ValueError
        If there is not a line of probabilities for each row, with a column for each
        class.
    """
    rows = rows_to_send(state, rows)
    if probabilities is not None:
        probabilities = check_probabilities(probabilities, len(state.classes))
        if len(probabilities) != len(rows):
            raise ValueError(
                f"{len(probabilities)} lines of probabilities for {len(rows)} rows:"
                " expected one for each"
            )
    given: dict[int, list[Answer]] = {}
    for answer in state.answers:
        if not answer.undone:
            given.setdefault(answer.question.row, []).append(answer)
    tasks = []
    for place, row in enumerate(rows):
        text = reviews.texts[row]
        data = {"text": text, "row": row, "text_sha256": text_hash(text)}
        if row in state.flags:
            data["flag"] = state.flags[row]
        task = {"data": data, "annotations": [*map(_annotation, given.get(row, ()))]}
        if probabilities is not None:
            its = probabilities[place]
            prediction = {
                "model_version": model_version,
                "score": float(its.max()),
                "result": [_choice("label", state.classes[its.argmax()])],
            }
            task["predictions"] = [prediction]
        tasks.append(task)
    return tasks


def _choice(control: str, choice: str) -> dict:
    where = {"from_name": control, "to_name": "text", "type": "choices"}
    return {**where, "value": {"choices": [choice]}}


def _annotation(answer: Answer) -> dict:
    said = {
        "label": ("label", answer.label),
        "skip": ("unsure", SKIPPED),
        "cannot_tell": ("unsure", CANNOT_TELL),
    }
    result = _choice(*said[answer.kind])
    # Label Studio takes who imports for who answered, and the time of the import for
    # that of the answer; what lies here it leaves alone.
    result["meta"] = parts_of(answer, without=("probabilities", "undone", "seconds"))
    return {
        "result": [result],
        "lead_time": answer.seconds,
        "was_cancelled": answer.kind == "skip",
        "ground_truth": False,
    }


def read_label_studio(
    tasks: Sequence[Mapping],
    reviews: Reviews,
    *,
    people: Mapping[int, str] | None = None,
) -> Brought:
    """What tasks that Label Studio exported say (format JSON, not JSON-MIN).

    An annotation that still says what was sent brings back who and when as they were;
    another is of whoever completed it there.

    Parameters
    ----------
    tasks
        the file's content, read by `json.load`
    people
        names for Label Studio's numbers of users, where the export has numbers only
    """
    reading = Reading(reviews, "somebody in Label Studio")
    for place, task in enumerate(tasks, 1):
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            reading.unread(f"task {place}", "no task with data")
            continue
        data = task["data"]
        row = reading.row_of(data.get("text"), data.get("text_sha256"))
        if row is None:
            continue
        reading.flag(row, data.get("flag"))
        for annotation in task.get("annotations", ()):
            name = f"task {place}, annotation {annotation.get('id', '')}".rstrip()
            try:
                said = _said(annotation, people or {})
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                reading.unread(name, f"not as expected ({error})")
                continue
            reading.answer(name, row, said)
    return reading.brought()


def _said(annotation: Mapping, people: Mapping[int, str]) -> dict[str, object]:
    """The parts of an answer that an annotation holds."""
    results = annotation["result"]
    chosen = {
        result["from_name"]: list(result["value"]["choices"])
        for result in results
        if result["type"] == "choices"
    }
    labels, unsure = chosen.get("label", []), chosen.get("unsure", [])
    if annotation.get("was_cancelled"):
        now = {"kind": "skip"}
    elif len(labels) == 1 and not unsure:
        now = {"kind": "label", "label": labels[0]}
    elif not labels and unsure == [CANNOT_TELL]:
        now = {"kind": "cannot_tell"}
    else:
        raise ValueError(
            f"the choices {[*labels, *unsure]}: expected one class, or {CANNOT_TELL!r}"
        )
    seconds = {"seconds": annotation.get("lead_time")}
    sent = next((result["meta"] for result in results if "kind" in _meta(result)), None)
    if sent and (sent["kind"], sent.get("label")) == (now["kind"], now.get("label")):
        return dict(sent) | seconds
    completed_by = annotation.get("completed_by")
    if isinstance(completed_by, dict):
        completed_by = completed_by.get("email") or completed_by.get("id")
    who = people.get(completed_by, completed_by)
    if isinstance(who, int):
        who = f"user {who} of Label Studio"
    when = annotation.get("updated_at") or annotation.get("created_at")
    return now | seconds | {"who": who, "when": when}


def _meta(result: Mapping) -> Mapping:
    meta = result.get("meta")
    return meta if isinstance(meta, dict) else {}
