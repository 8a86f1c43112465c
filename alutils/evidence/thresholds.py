"""What follows from where the threshold lies: counts on a grid of thresholds, and the
threshold of the best F1."""

from __future__ import annotations

import numpy as np

STEPS = 400  # thresholds 0, 1/400, 2/400, … 1


def counts_between(positive: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """How many probabilities lie between two neighbours of a grid of thresholds.

    Parameters
    ----------
    positive : array of shape (n,)
        probability of positive
    steps
        the thresholds are 0, 1/steps, 2/steps and so on up to 1

    Returns
    -------
    array of shape (steps + 1,): at place k those that threshold k is the first to be no
    smaller than. So the model says "negative", at that threshold, to as many as there are
    up to place k.

    Raises
    ------
    ValueError
        If a number is no probability.

    Examples
    --------
    >>> counts_between(np.array([0.0, 0.2, 0.5, 0.9]), steps=2)
    array([1, 2, 1])
    """
    positive = np.asarray(positive, dtype=float)
    wrong = positive[~((positive >= 0) & (positive <= 1))]
    if wrong.size:
        raise ValueError(f"{wrong[0]}: expected probabilities, from 0 to 1")
    grid = np.arange(steps + 1) / steps
    return np.bincount(np.searchsorted(grid, positive), minlength=steps + 1)


def counts_by_class(
    positive: np.ndarray, labels: np.ndarray, steps: int = STEPS
) -> dict[str, np.ndarray]:
    """`counts_between` of the negative and of the positive texts, apart: what it takes to
    know both kinds of errors at every threshold of the grid.

    Parameters
    ----------
    positive : array of shape (n,)
        probability of positive
    labels : array of shape (n,)
        0 or 1

    Raises
    ------
    ValueError
        If there is not one label for each probability, or one is neither 0 nor 1.
    """
    positive, labels = _checked(positive, labels)
    return {
        name: counts_between(positive[labels == label], steps)
        for label, name in enumerate(("negative", "positive"))
    }


def f1_threshold(positive: np.ndarray, labels: np.ndarray) -> float:
    """The threshold above which "positive" has the highest F1 on some labelled texts,
    halfway between two of their probabilities; of equally good ones the highest
    (Lewis 1995). One half, if none of the texts is positive.

    Parameters
    ----------
    positive : array of shape (n,)
        probability of positive
    labels : array of shape (n,)
        0 or 1

    Raises
    ------
    ValueError
        As `counts_by_class` does.

    Examples
    --------
    >>> f1_threshold(np.array([0.1, 0.2, 0.4, 0.6]), np.array([0, 0, 1, 1]))
    0.30000000000000004
    """
    positive, labels = _checked(positive, labels)
    if not (labels == 1).any():
        return 0.5
    order = np.argsort(-positive)
    # Where each run of equal probabilities ends: they get over a threshold together.
    ends = np.flatnonzero(np.append(np.diff(positive[order]) != 0, True))
    found, named = np.cumsum(labels[order] == 1)[ends], ends + 1
    best = int(np.argmax(2 * found / (named + found[-1])))
    steps = np.append(positive[order][ends], -1.0)  # below all of them
    return float((steps[best] + steps[best + 1]) / 2)


def _checked(positive: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays, of one length and of two classes."""
    positive, labels = np.asarray(positive, dtype=float), np.asarray(labels)
    if positive.shape != labels.shape:
        raise ValueError(
            f"{len(positive)} probabilities and {len(labels)} labels: expected one label"
            " for each"
        )
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(
            "labels other than 0 and 1: two kinds of errors need two classes"
        )
    return positive, labels
