"""How far the labelling is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median

from alutils.labelling.batches import settled
from alutils.labelling.events import State


@dataclass(frozen=True)
class Progress:
    """How far the labelling is.

    Attributes
    ----------
    test_done, test_size
        texts of the test set that were answered, and all of them
    labels_by_class
        labels for training of each class
    labels
        their sum
    until_training
        answers until the model learns, or until the end; 0 if either is there
    budget_left
        answers that the budget still pays for; None without a budget
    seconds_per_label
        the median over this person's labels; None before the first
    round
        the batch that is being asked, 0 for the random start
    """

    test_done: int
    test_size: int
    labels_by_class: dict[str, int]
    labels: int
    until_training: int
    budget_left: int | None
    seconds_per_label: float | None
    round: int


def progress_of(
    state: State,
    who: str,
    *,
    test_size: int,
    until_training: int,
    budget_left: int | None,
    round: int,
) -> Progress:
    """How far the labelling is, as a person sees it."""
    labels = state.labels("training")
    counts = Counter(labels.values())
    mine = [a for a in state.answers if a.who == who and not a.undone]
    seconds = [a.seconds for a in mine if a.kind == "label" and a.seconds is not None]
    return Progress(
        test_done=len(settled(state, "test")),
        test_size=test_size,
        labels_by_class={name: counts[name] for name in state.classes},
        labels=len(labels),
        until_training=until_training,
        budget_left=budget_left,
        seconds_per_label=median(seconds) if seconds else None,
        round=round,
    )
