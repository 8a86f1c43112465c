"""How wrong a model is: the two kinds of error, counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ErrorCounts:
    """Errors of a two-class model on `reviews` reviews."""

    false_negatives: int  # positive reviews that the model calls negative
    false_positives: int  # negative reviews that the model calls positive
    reviews: int

    @property
    def accuracy(self) -> float:
        """Share of reviews that the model gets right, between 0 and 1."""
        return 1 - (self.false_negatives + self.false_positives) / self.reviews


def check_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities as floats, shape (n_samples, n_classes); rows add up to one.

    Raises
    ------
    ValueError
        If the shape is another, or a value is not a number, lies outside [0, 1], or a
        row does not add up.
    """
    probabilities = np.asarray(probabilities, dtype=float)
    if probabilities.ndim != 2 or probabilities.shape[1] < 2:
        raise ValueError(
            f"probabilities have shape {probabilities.shape}: expected (n_samples,"
            " n_classes) with two or more classes"
        )
    if not np.all((probabilities >= 0) & (probabilities <= 1)):  # False for NaN too
        row = int(
            np.flatnonzero(
                ~np.all((probabilities >= 0) & (probabilities <= 1), axis=1)
            )[0]
        )
        raise ValueError(
            f"row {row} of the probabilities is {probabilities[row]}: expected numbers"
            " between 0 and 1"
        )
    sums = probabilities @ np.ones(probabilities.shape[1])  # faster than sum(axis=1)
    if not np.allclose(sums, 1, atol=1e-4):
        row = int(np.argmax(np.abs(sums - 1)))
        raise ValueError(
            f"row {row} of the probabilities adds up to {sums[row]:.4f}: expected 1"
        )
    return probabilities


def count_errors(labels: np.ndarray, probabilities: np.ndarray) -> ErrorCounts:
    """False negatives and false positives at the threshold one half (a tie counts as
    negative, as in Keras).

    Parameters
    ----------
    labels : array of 0 and 1, shape (n_samples,)
    probabilities : array of shape (n_samples, 2)
        the positive class second

    Raises
    ------
    ValueError
        If the two differ in length, or the probabilities are none.
    """
    probabilities = check_probabilities(probabilities)
    labels = np.asarray(labels)
    if labels.shape != (len(probabilities),):
        raise ValueError(
            f"{len(labels)} labels and {len(probabilities)} rows of probabilities:"
            " expected as many"
        )
    if probabilities.shape[1] != 2:
        raise ValueError(
            f"{probabilities.shape[1]} classes: false negatives and false positives"
            " need exactly two"
        )
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"labels {np.unique(labels)[:5]}: expected 0 and 1 only")
    predicted = probabilities[:, 1] > 0.5
    return ErrorCounts(
        false_negatives=int(np.sum((labels == 1) & ~predicted)),
        false_positives=int(np.sum((labels == 0) & predicted)),
        reviews=len(labels),
    )
