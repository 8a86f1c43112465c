"""What learns from labels: two methods, `fit` and `predict_proba`, both over rows of
the corpus."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from alutils.corpus.rows import as_rows


class Learner(Protocol):
    """What the loop asks of a model.

    Until it has learnt from two classes, a learner gives every review the same
    probabilities, those of `smoothed_shares`, so that any strategy asks at random; and a
    class that it has no example of gets probability 0. A learner that knows the classes
    from elsewhere than labels, such as from words, says so by an attribute
    `knows_classes` that is True: it need not keep to this.

    A learner may also offer `predict_members(rows)`: the answers of a committee, shape
    (n_members, n, k).
    """

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        """Learn from the reviews in `rows`, shape (n,), and their labels 0 to k - 1,
        shape (n,); `weights`, shape (n,), say how much each one counts. What was learnt
        before is forgotten, unless the learner says otherwise."""

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """Probability of each class, shape (n, k); of two, the positive one second."""


def as_examples(
    rows: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None,
    n_classes: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """What a learner is to learn from, as arrays of one length: rows, labels, and weights
    if there are any.

    Raises
    ------
    TypeError, ValueError
        If rows or labels are no whole numbers, the three differ in length, a label is no
        class, or a weight is no number of at least 0.
    """
    rows, labels = as_rows(rows), np.asarray(labels)
    for name, given in (("labels", labels), ("weights", weights)):
        if given is not None and np.shape(given) != rows.shape:
            raise ValueError(
                f"{len(rows)} rows and {name} of shape {np.shape(given)}: expected one"
                " for each row"
            )
    if len(labels) and labels.dtype.kind not in "iub":
        raise TypeError(f"labels are {labels.dtype}: expected whole numbers from 0 up")
    labels = labels if labels.dtype.kind in "iu" else labels.astype(int)
    classes = n_classes or labels.max(initial=0) + 1
    no_class = labels[(labels < 0) | (labels >= classes)]
    if len(no_class):
        raise ValueError(
            f"label {no_class[0]} is no class to learn: expected whole numbers from 0"
            f" to {classes - 1}; leave out what is unknown"
        )
    weights = None if weights is None else np.asarray(weights)
    if weights is not None and not np.all(weights >= 0):  # False for NaN too
        raise ValueError("a weight is below 0 or no number: expected 0 or more")
    return rows, labels, weights


def smoothed_shares(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Share of each class among the labels with one added to each count, shape
    (n_classes,): all that can be said before two classes have been seen (Laplace
    1814).

    Examples
    --------
    >>> smoothed_shares([1, 1], n_classes=2)
    array([0.25, 0.75])
    """
    counts = np.bincount(labels, minlength=n_classes) + 1
    return counts / counts.sum()
