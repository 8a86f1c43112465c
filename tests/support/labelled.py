"""A labelling project in memory, as if people had answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from alutils.labelling.events import Answer, Question, State

BEGAN = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)


def answer_to(
    row: int,
    label: str | None,
    *,
    purpose: str = "training",
    kind: str | None = None,
    who: str = "ann",
    round: int = 0,
    strategy: str = "random",
    probabilities: Sequence[float] | None = None,
    number: int | None = None,
    seconds: float | None = 6.0,
    after: int = 0,
    undone: bool = False,
) -> Answer:
    """An answer; its kind follows from the label unless it is given."""
    question = Question(
        row + 1 if number is None else number,
        row,
        purpose,
        round,
        strategy,
        None if probabilities is None else tuple(probabilities),
    )
    when = BEGAN + timedelta(seconds=after)
    kind = kind or ("label" if label is not None else "skip")
    return Answer(question, kind, label, who, when, seconds, undone)


def labelled_state(reviews, *, tested: int, rounds: Sequence[int]) -> State:
    """Everybody tells the truth: the last `tested` reviews are the test set, and so many
    more, from the first on, are for training in each round."""
    names = [reviews.classes[label] for label in reviews.labels]
    answers = [
        answer_to(row, names[row], purpose="test", after=row)
        for row in range(len(reviews) - tested, len(reviews))
    ]
    start = 0
    for round, size in enumerate(rounds):
        for row in range(start, start + size):
            strategy = "Doubt()" if round else "random"
            answers.append(
                answer_to(
                    row,
                    names[row],
                    round=round,
                    strategy=strategy,
                    seconds=3.0 + row % 7,
                    after=1000 + row,
                )
            )
        start += size
    return State(tuple(reviews.classes), (), tuple(answers))
