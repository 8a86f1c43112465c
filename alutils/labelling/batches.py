"""What the answers so far leave to be asked."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from alutils.labelling.events import Answer, Question, State

APART = 10  # answers between an opinion and the second one on the same text


def settled(state: State, purpose: str) -> dict[int, Answer]:
    """Rows that need no more answers for a purpose, each with its answer, in the order of
    the answers."""
    return {
        a.question.row: a
        for a in state.answers
        if a.question.purpose == purpose and a.kind != "skip" and not a.undone
    }


def asked(state: State, purpose: str) -> list[Question]:
    """Questions of a purpose, pending or answered."""
    answered = (a.question for a in state.answers)
    return [q for q in (*state.pending, *answered) if q.purpose == purpose]


def next_round(state: State) -> int:
    """The number of the next batch: 0 for the random start."""
    numbers = (q.round for q in asked(state, "training"))
    return 1 + max(numbers, default=-1)


def answers_left(state: State, budget: int | None) -> float:
    """Answers that a budget still pays for: of each row, person and purpose the last one
    that stands counts, skips do not."""
    if budget is None:
        return math.inf
    return budget - sum(a.kind != "skip" for a in state.current)


def examples(state: State) -> dict[int, int]:
    """What a model may learn: for each row answered for training the number of its class,
    -1 where nobody could tell."""
    number = {name: k for k, name in enumerate(state.classes)}
    return {
        row: -1 if a.label is None else number[a.label]
        for row, a in settled(state, "training").items()
    }


def unsettled_tests(state: State) -> list[int]:
    """Rows of the test set that were put off, and that nobody is being asked about."""
    waiting = {q.row for q in state.pending if q.purpose == "test"}
    done = settled(state, "test")
    rows = {q.row for q in asked(state, "test")} - waiting
    return sorted(row for row in rows if row not in done)


def second_opinions(
    state: State, who: str, share: float, rng_of: Callable[[int], np.random.Generator]
) -> list[int]:
    """Rows answered for training or for the test set, by whomever, that this person is to
    answer once more: each with the probability `share`, once, and never soon after this
    person saw it.

    Parameters
    ----------
    rng_of
        the generator for a question's number, always the same
    """
    done = {q.row for q in asked(state, "again") if q.who == who}
    mine = [a.question.row for a in state.answers if a.who == who]
    seen = {row: place for place, row in enumerate(mine)}
    return [
        row
        for purpose in ("test", "training")
        for row, answer in settled(state, purpose).items()
        if row not in done
        and len(mine) - seen.get(row, -APART - 1) > APART
        and rng_of(answer.question.number).random() < share
    ]
