"""Answers as a store would hold them, and annotators whose errors are known."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np

from alutils.labelling.events import Answer, Question

CLASSES = ("billing", "crash", "praise", "question")
_numbers = count(1)


def given(
    row: int,
    label: str | None,
    who: str = "Ann",
    purpose: str = "training",
    *,
    kind: str | None = None,
    **others: object,
) -> Answer:
    """An answer about a row; without a label it is "can't tell", unless told otherwise."""
    number = next(_numbers)
    question = Question(number, row, purpose, 0, "random")
    kind = kind or ("cannot_tell" if label is None else "label")
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Answer(question, kind, label, who, when, **others)


def confusion(error_rate: float, n_classes: int, cannot_tell: float = 0) -> np.ndarray:
    """Chances of each answer, "can't tell" last, for each true class, shape (k, k + 1);
    errors are spread evenly over the other classes."""
    wrong = error_rate / (n_classes - 1)
    chances = np.full((n_classes, n_classes), wrong)
    np.fill_diagonal(chances, 1 - error_rate)
    return np.column_stack(
        [(1 - cannot_tell) * chances, np.full(n_classes, cannot_tell)]
    )


def said_by(
    truth: np.ndarray, chances: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """What a person with these chances says of texts of these classes, shape (n,)."""
    steps = chances.cumsum(axis=1)[truth]
    return (rng.random((len(truth), 1)) > steps).sum(axis=1)


def as_answers(
    said: Sequence[int], who: str, purpose: str, classes: Sequence[str]
) -> list[Answer]:
    """Rows 0, 1, ... with these answers, the number of classes for "can't tell"."""
    names = [*classes, None]
    return [given(row, names[k], who, purpose) for row, k in enumerate(said)]
