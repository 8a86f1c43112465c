"""How wrong a model is: errors counted by true and by predicted class, and what follows
from the counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ErrorCounts:
    """How many reviews of each class a model puts into each class.

    Attributes
    ----------
    table
        k rows of k whole numbers: true class by predicted class; kept as tuples
    average_precision
        one number a class, this class against the rest: how far up the reviews of the
        class stand if all are ranked by its probability, 1 if before all others; None if
        only the counts are known

    Raises
    ------
    ValueError
        If the table is not square, or its numbers are no counts.

    Examples
    --------
    >>> errors = ErrorCounts([[2_266, 234], [665, 1_835]])
    >>> errors.false_negatives, errors.false_positives, errors.reviews
    (665, 234, 5000)
    >>> errors.recall.round(3)
    array([0.906, 0.734])
    """

    table: tuple[tuple[int, ...], ...]
    average_precision: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        counts = np.asarray(self.table)
        if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2:
            raise ValueError(
                f"the table of errors has shape {counts.shape}: expected k rows of k"
                " numbers, true class by predicted class, for two or more classes"
            )
        if counts.dtype.kind not in "iu" or counts.min() < 0:
            raise ValueError(
                f"the table of errors is {counts.tolist()}: expected whole numbers of at"
                " least 0"
            )
        object.__setattr__(self, "table", tuple(map(tuple, counts.tolist())))

    @property
    def n_classes(self) -> int:
        """Number of classes, k."""
        return len(self.table)

    @property
    def reviews(self) -> int:
        """Number of reviews that were counted."""
        return sum(map(sum, self.table))

    @property
    def accuracy(self) -> float:
        """Share of reviews that the model gets right, between 0 and 1; NaN for none."""
        right = sum(row[k] for k, row in enumerate(self.table))
        reviews = self.reviews
        return 1 - (reviews - right) / reviews if reviews else np.nan

    @property
    def recall(self) -> np.ndarray:
        """Of the reviews of each class, the share that the model finds, shape (k,); NaN
        for a class without a review."""
        counts = np.array(self.table)
        return _share(counts.diagonal(), counts.sum(axis=1))

    @property
    def precision(self) -> np.ndarray:
        """Of the reviews that the model puts into each class, the share that belongs
        there, shape (k,); NaN for a class that it never names."""
        counts = np.array(self.table)
        return _share(counts.diagonal(), counts.sum(axis=0))

    @property
    def f1(self) -> np.ndarray:
        """Harmonic mean of recall and precision of each class, shape (k,); NaN for a
        class that neither occurs nor is named (van Rijsbergen 1979)."""
        counts = np.array(self.table)
        both = counts.sum(axis=0) + counts.sum(axis=1)
        return _share(2 * counts.diagonal(), both)

    @property
    def macro_f1(self) -> float:
        """Mean of `f1` over all k classes, each counting alike; a class that neither
        occurs nor is named counts as 0."""
        return float(np.nan_to_num(self.f1).mean())

    @property
    def false_negatives(self) -> int:
        """Positive reviews that the model calls negative, of two classes."""
        self._check_two("false negatives")
        return self.table[1][0]

    @property
    def false_positives(self) -> int:
        """Negative reviews that the model calls positive, of two classes."""
        self._check_two("false positives")
        return self.table[0][1]

    def _check_two(self, wanted: str) -> None:
        if self.n_classes != 2:
            raise ValueError(
                f"{self.n_classes} classes: {wanted} need exactly two; use table, recall"
                " or precision"
            )


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def two_class_errors(
    false_negatives: int, false_positives: int, *, positives: int, negatives: int
) -> ErrorCounts:
    """Errors of a two-class model, from the two counts that are usually printed.

    Parameters
    ----------
    positives, negatives
        reviews of each class, the errors among them

    Raises
    ------
    ValueError
        If there are more errors of a kind than reviews of its class.

    Examples
    --------
    >>> two_class_errors(665, 234, positives=2_500, negatives=2_500).accuracy
    0.8202
    """
    for kind, errors, of, reviews in (
        ("false negatives", false_negatives, "positive", positives),
        ("false positives", false_positives, "negative", negatives),
    ):
        if errors > reviews:
            raise ValueError(
                f"{errors} {kind} in {reviews} {of} reviews: expected at most as many"
            )
    return ErrorCounts(
        (
            (negatives - false_positives, false_positives),
            (false_negatives, positives - false_negatives),
        )
    )


def check_probabilities(
    probabilities: np.ndarray, n_classes: int | None = None
) -> np.ndarray:
    """Probabilities as floats, shape (n_samples, n_classes); rows add up to one.

    Parameters
    ----------
    n_classes
        how many columns there should be; None takes any number from two on

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
    if n_classes is not None and probabilities.shape[1] != n_classes:
        raise ValueError(
            f"probabilities have {probabilities.shape[1]} columns: expected {n_classes},"
            " one for each class; give learner and data the same classes"
        )
    inside = (probabilities >= 0) & (probabilities <= 1)  # False for NaN too
    if not inside.all():
        row = int(np.argmin(inside.all(axis=1)))
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
    """Reviews by true and by likeliest class; of equally likely classes the first counts,
    so that a tie at one half is negative, as in Keras.

    Parameters
    ----------
    labels : array of whole numbers from 0 to k - 1, shape (n_samples,)
    probabilities : array of shape (n_samples, k)
        a column for each class; of two, the positive one second

    Raises
    ------
    ValueError
        If the two differ in length, a label has no column, or the probabilities are
        none.
    """
    probabilities = check_probabilities(probabilities)
    labels, k = np.asarray(labels), probabilities.shape[1]
    if labels.shape != (len(probabilities),):
        raise ValueError(
            f"{len(labels)} labels and {len(probabilities)} rows of probabilities:"
            " expected as many"
        )
    if not np.isin(labels, np.arange(k)).all():
        raise ValueError(
            f"labels {np.unique(labels)[:5]}: expected whole numbers from 0 to {k - 1},"
            " as the probabilities have so many columns"
        )
    labels = labels.astype(np.int64)
    pairs = np.bincount(k * labels + probabilities.argmax(axis=1), minlength=k * k)
    return ErrorCounts(
        pairs.reshape(k, k),
        tuple(
            average_precision(labels == label, probabilities[:, label])
            for label in range(k)
        ),
    )


def average_precision(members: np.ndarray, scores: np.ndarray) -> float:
    """Mean of the precision at each member, if all are ranked by score, the highest
    first; equal scores enter together. NaN if there is no member.

    scikit-learn's number, in a tenth of its time: a loop wants it in every round.

    Parameters
    ----------
    members : array of bool, shape (n_samples,)
    scores : array of shape (n_samples,)
    """
    if not members.any():
        return np.nan
    order = np.argsort(-scores)
    # Where each run of equal scores ends, members found and reviews looked at so far.
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found, looked_at = np.cumsum(members[order])[ends], ends + 1
    return float(np.diff(found, prepend=0) @ (found / looked_at) / found[-1])
