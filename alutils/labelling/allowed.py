"""What may be added to a store's events as they stand: each check says what is wrong and
what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alutils.labelling.events import (
    ANSWERS,
    PURPOSES,
    Answer,
    Question,
    State,
    last_answer,
)


def question_to_answer(
    state: State, who: str, number: int, kind: str, label: str | None
) -> Question | None:
    """The question that an answer is to; None if just this was its answer before.

    Raises
    ------
    ValueError
        If this person is not asked that question, it was answered otherwise, the answer
        is of no known kind, or its label is no class.
    """
    if kind not in ANSWERS:
        raise ValueError(f"kind={kind!r}: expected one of {', '.join(ANSWERS)}")
    if kind == "label":
        check_class(state, label)
    elif label is not None:
        raise ValueError(
            f"{kind} with the label {label!r}: give a label to kind='label'"
        )
    last = last_answer(state, who)
    if kind == "skip" and last and (last.kind, last.question.number) == (kind, number):
        return None  # pressed twice; it is not yet shown again
    for question in state.pending:
        if question.number == number and question.is_for(who):
            return question
        if question.number == number:
            raise ValueError(f"question {number} is for {question.who}, not for {who}")
    for answer in reversed(state.answers):
        if answer.question.number == number and not answer.undone:
            if (answer.kind, answer.label) == (kind, label):
                return None
            raise ValueError(
                f"question {number} was answered with {answer.label or answer.kind!r},"
                f" and is now told {label or kind!r}: take that answer back first (undo)"
            )
    raise ValueError(
        f"there is no question {number!r}: answer one of those that are pending"
    )


def question_facts(given: Mapping[str, object]) -> dict[str, object]:
    """The facts of the event that asks a question, from the question's fields.

    Raises
    ------
    ValueError
        If the purpose is unknown or a probability is no number from 0 to 1.
    """
    if given["purpose"] not in PURPOSES:
        raise ValueError(
            f"purpose={given['purpose']!r}: expected one of {', '.join(PURPOSES)}"
        )
    p = given.get("probabilities")
    p = None if p is None else [float(value) for value in p]
    if p is not None and not all(0 <= value <= 1 for value in p):
        raise ValueError(f"probabilities={p}: expected numbers from 0 to 1")
    return {
        "purpose": given["purpose"],
        "round": int(given["round"]),
        "strategy": given["strategy"],
        "probabilities": p,
        "for": given.get("who"),
    }


def answer_facts(
    question: Question, label: str | None, seconds: float | None
) -> dict[str, object]:
    """The facts of the event that answers a question; they tell the question too, so that
    each answer can be understood alone."""
    if seconds is not None and not 0 <= seconds < math.inf:
        seconds = None  # a clock that was set back has measured nothing
    return {
        "question": question.number,
        "label": label,
        "seconds": None if seconds is None else float(seconds),
        "purpose": question.purpose,
        "round": question.round,
        "strategy": question.strategy,
        "probabilities": question.probabilities,
        "for": question.who,
    }


def brought(
    state: State, answers: Sequence[Answer], first: int
) -> list[tuple[str, int, dict[str, object], str, datetime]]:
    """The events that add answers given elsewhere: kind, row, facts, who and when. One
    that a pending question asks for answers it.

    Parameters
    ----------
    first
        the number of the first event

    Raises
    ------
    ValueError
        If a label is no class.
    """
    events = []
    for number, answer in enumerate(answers, first):
        if answer.kind == "label":
            check_class(state, answer.label)
        theirs = answer.question
        pending = (
            question
            for question in state.pending
            if (question.row, question.purpose) == (theirs.row, theirs.purpose)
            and question.is_for(answer.who)
        )
        question = next(pending, replace(theirs, number=number))
        facts = answer_facts(question, answer.label, answer.seconds)
        events.append((answer.kind, theirs.row, facts, answer.who, answer.when))
    return events


def check_class(state: State, name: str | None) -> None:
    """Raises ValueError if there is no such class."""
    if name not in state.classes:
        raise ValueError(
            f"there is no class {name!r}: expected one of"
            f" {', '.join(state.classes) or 'none so far'} (add_class adds one)"
        )


def check_new_class(state: State, name: str) -> None:
    """Raises ValueError if the name will not do for a class, or there is such a class."""
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"the class {name!r}: expected a name")
    if name in state.classes:
        raise ValueError(f"there is a class {name!r} already: choose another name")


def check_unused_class(state: State, name: str) -> None:
    """Raises ValueError if there is no such class, or a label that stands is of it."""
    check_class(state, name)
    used = sum(a.label == name and not a.undone for a in state.answers)
    if used:
        raise ValueError(
            f"labels are of the class {name!r}, {used} in all: give it another name"
            " (rename_class), or take those labels back first (undo)"
        )
