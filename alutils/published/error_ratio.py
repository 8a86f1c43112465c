"""The published sampling by the ratio of two kinds of error; for two classes only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alutils.errors import ErrorCounts, check_probabilities, count_errors
from alutils.strategies.base import State


def class_quota(
    errors: ErrorCounts, size: int, *, direction: str, truncate: bool
) -> tuple[int, int]:
    """How many negatives and how many positives the error ratio asks for, in that
    order.

    Parameters
    ----------
    direction
        "published": many false negatives ask for more negatives, as the example's code
        has it; "corrected": they ask for more positives, as its explanation says;
        "equal": half and half
    truncate
        cut both numbers to whole ones, as published (they may then add up to `size` -
        1); otherwise the positives are rounded and the negatives are the rest

    Raises
    ------
    ValueError
        If the direction is unknown, or there are other than two classes.

    Examples
    --------
    >>> from alutils.errors import two_class_errors
    >>> errors = two_class_errors(665, 234, positives=2_500, negatives=2_500)
    >>> class_quota(errors, 5000, direction="published", truncate=True)
    (3698, 1301)
    """
    if errors.n_classes != 2:
        raise ValueError(
            f"the error ratio is for two classes, not {errors.n_classes}: use a strategy"
            " of alutils.strategies, such as Doubt()"
        )
    fn, fp = errors.false_negatives, errors.false_positives
    if direction not in ("published", "corrected", "equal"):
        raise ValueError(
            f"direction={direction!r}: choose 'published', 'corrected' or 'equal'"
        )
    # One count of zero is enough for half and half, as published.
    if direction == "equal" or 0 in (fn, fp):
        negatives = positives = 0.5
    else:
        negatives, positives = fn / (fn + fp), fp / (fn + fp)
        if direction == "corrected":
            negatives, positives = positives, negatives
    if truncate:
        return int(negatives * size), int(positives * size)
    whole = round(positives * size)
    return size - whole, whole


@dataclass(frozen=True)
class ErrorRatio:
    """The published sampling: a class quota from the errors on some labelled reviews,
    filled from the pool; for two classes only.

    Attributes
    ----------
    steering
        rows and labels on which the errors are counted; as published, the test set
    classes_of
        classes of pool rows, shape (n,); None means the learner's own prediction. As
        published it is `SimulatedOracle.leak`, the true classes, which nobody has
        before the reviews are labelled
    direction, truncate
        see `class_quota`; if a class runs out, a strategy that truncates asks for fewer
        rows, as published, and any other fills up with the other class
    order
        "storage" takes the first of each class in the pool's order, as published;
        "random" draws them, which an honest use needs: in a pool that lies sorted by
        class, the order gives the classes away

    Raises
    ------
    ValueError
        If the direction or the order is unknown, or there are other than two classes.
    """

    steering: tuple[np.ndarray, np.ndarray]
    classes_of: Callable[[np.ndarray], np.ndarray] | None = None
    direction: str = "corrected"
    truncate: bool = False
    order: str = "storage"

    def quota(self, state: State, size: int) -> tuple[int, int]:
        """Negatives and positives to ask for, from the errors on `steering`."""
        rows, labels = self.steering
        errors = count_errors(labels, state.predict_proba(rows))
        return class_quota(
            errors, size, direction=self.direction, truncate=self.truncate
        )

    def __call__(self, state: State, size: int) -> np.ndarray:
        if self.order not in ("random", "storage"):
            raise ValueError(f"order={self.order!r}: choose 'random' or 'storage'")
        pool = state.pool
        if self.order == "random":
            pool = state.rng.permutation(pool)
        if self.classes_of is None:
            predicted = check_probabilities(state.predict_proba(pool))
            classes = predicted.argmax(axis=1)
        else:
            classes = self.classes_of(pool)
        negatives, positives = self.quota(state, size)
        if not self.truncate:
            positives = min(positives, int(np.sum(classes == 1)))
            negatives = min(size - positives, int(np.sum(classes == 0)))
            positives = size - negatives
        quota = (negatives, positives)
        return np.concatenate([pool[classes == k][: quota[k]] for k in (0, 1)])
