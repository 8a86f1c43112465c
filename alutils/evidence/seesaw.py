"""The cold start, query by query: where the hill lies, what is asked, what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alutils.evidence.thresholds import STEPS, counts_between, counts_by_class


@dataclass(frozen=True)
class QueryStep:
    """One query, and the model that was trained after it.

    Attributes
    ----------
    asked
        rows that the query asked for, shape (n_asked,); at first, those of the start
    positive
        how many of them turned out positive
    left
        rows of the pool that are left, shape (n_left,)
    hill
        their probability of positive, shape (n_left,)
    tested
        that of the test texts, shape (n_test,)
    """

    asked: np.ndarray
    positive: int
    left: np.ndarray
    hill: np.ndarray
    tested: np.ndarray


def seesaw(steps: Sequence[QueryStep], truth: np.ndarray) -> dict[str, object]:
    """What it takes to step through recorded queries and to move the mark: no label that
    nobody has paid for.

    Parameters
    ----------
    truth : array of shape (n_test,)
        labels of the test texts, 0 or 1

    Returns
    -------
    `thresholds` of the grid, and `rounds`: for each step `labels` and `positive` so far,
    `asked` and `asked_positive` of its query, the `middle` of the hill, the `pool` and
    the `test` texts of each class counted between thresholds, and `next`: the
    probabilities of the rows that the next query asks for, from low to high.

    Raises
    ------
    ValueError
        If a query asks for a row that was not left.
    """
    rounds, labels, positive = [], 0, 0
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        labels += len(step.asked)
        positive += int(step.positive)
        rounds.append(
            {
                "labels": labels,
                "positive": positive,
                "asked": len(step.asked),
                "asked_positive": int(step.positive),
                "middle": float(np.median(step.hill)),
                "pool": counts_between(step.hill),
                "test": counts_by_class(step.tested, truth),
                "next": np.sort(_hill_of(after.asked, step) if after else []).round(4),
            }
        )
    return {"thresholds": STEPS, "rounds": rounds}


def _hill_of(rows: np.ndarray, step: QueryStep) -> np.ndarray:
    """Probabilities of some of the rows that a step has left, shape (n,)."""
    among = np.isin(step.left, rows)
    if among.sum() != len(rows):
        raise ValueError(
            f"{len(rows) - among.sum()} rows of a query are not among those that the"
            " step before has left: give the steps of one run, in their order"
        )
    return step.hill[among]
