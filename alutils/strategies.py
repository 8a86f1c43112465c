"""What to ask next: scores of doubt, and strategies that turn a state of the loop into
rows to label.

A strategy sees probabilities and its own random generator, never a label of the pool.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from alutils.errors import ErrorCounts, check_probabilities, count_errors


def least_confidence(probabilities: np.ndarray) -> np.ndarray:
    """One minus the probability of the likeliest class: 0 is certain (Lewis and Gale
    1994).

    Parameters
    ----------
    probabilities : array of shape (n_samples, n_classes)

    Returns
    -------
    array of shape (n_samples,)
    """
    return 1 - check_probabilities(probabilities).max(axis=1)


def margin(probabilities: np.ndarray) -> np.ndarray:
    """One minus the gap between the two likeliest classes: 1 is torn, 0 is certain
    (Scheffer et al. 2001).

    Parameters
    ----------
    probabilities : array of shape (n_samples, n_classes)

    Returns
    -------
    array of shape (n_samples,)
    """
    ordered = np.sort(check_probabilities(probabilities), axis=1)
    return 1 - (ordered[:, -1] - ordered[:, -2])


def entropy(probabilities: np.ndarray) -> np.ndarray:
    """Shannon's entropy in bits: 0 is certain, log2 of the number of classes is no idea
    (Shannon 1948).

    Parameters
    ----------
    probabilities : array of shape (n_samples, n_classes)

    Returns
    -------
    array of shape (n_samples,)
    """
    p = check_probabilities(probabilities)
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=1)


def vote_entropy(committee: np.ndarray) -> np.ndarray:
    """Entropy in bits of the votes of a committee: 0 is agreement (Dagan and Engelson
    1995).

    Parameters
    ----------
    committee : array of shape (n_members, n_samples, n_classes)
        each member's probabilities

    Returns
    -------
    array of shape (n_samples,)
    """
    committee = np.asarray(committee, dtype=float)
    if committee.ndim != 3 or len(committee) == 0:
        raise ValueError(
            f"the committee has shape {committee.shape}: expected (n_members,"
            " n_samples, n_classes) with at least one member"
        )
    votes = np.stack(
        [check_probabilities(member).argmax(axis=1) for member in committee]
    )
    shares = np.stack(
        [(votes == k).mean(axis=0) for k in range(committee.shape[2])], axis=1
    )
    return entropy(shares)


@dataclass(frozen=True)
class State:
    """What a strategy may see.

    Attributes
    ----------
    pool
        rows that nobody has labelled yet, in the pool's own order
    predict_proba
        the learner's probabilities for rows, shape (n, 2)
    rng
        the strategy's own random generator
    """

    pool: np.ndarray
    predict_proba: Callable[[np.ndarray], np.ndarray]
    rng: np.random.Generator


class Strategy(Protocol):
    """A function of a state and a number of labels to ask for; it returns rows of the
    pool, each at most once."""

    def __call__(self, state: State, size: int) -> np.ndarray: ...


def random_sampling(state: State, size: int) -> np.ndarray:
    """Rows of the pool drawn at random: the control that every other strategy must
    beat."""
    return state.rng.choice(state.pool, size=min(size, len(state.pool)), replace=False)


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
        If the direction is unknown.

    Examples
    --------
    >>> errors = ErrorCounts(false_negatives=665, false_positives=234, reviews=5000)
    >>> class_quota(errors, 5000, direction="published", truncate=True)
    (3698, 1301)
    """
    fn, fp = errors.false_negatives, errors.false_positives
    if direction not in ("published", "corrected", "equal"):
        raise ValueError(
            f"direction={direction!r}: choose 'published', 'corrected' or 'equal'"
        )
    if (
        direction == "equal" or fn == 0 or fp == 0
    ):  # one count of zero is enough, as published
        negatives = positives = 0.5
    else:
        negatives, positives = fn / (fn + fp), fp / (fn + fp)
        if direction == "corrected":
            negatives, positives = positives, negatives
    if truncate:
        return int(negatives * size), int(positives * size)
    whole = round(positives * size)
    return size - whole, whole


# How the published loop chooses its rows. Change one entry at a time to see what it
# does.
AS_PUBLISHED = {"direction": "published", "truncate": True}


@dataclass(frozen=True)
class ErrorRatio:
    """The published sampling: a class quota from the errors on some labelled reviews,
    filled in the pool's order.

    Attributes
    ----------
    steering
        rows and labels on which the errors are counted; as published, the test set
    classes_of
        classes of pool rows, shape (n,); None means the learner's own prediction. As
        published it is `SimulatedOracle.leak`, the true classes, which nobody has
        before the reviews are labelled
    direction, truncate
        see `class_quota`

    If a class runs out, fewer rows are asked for.
    """

    steering: tuple[np.ndarray, np.ndarray]
    classes_of: Callable[[np.ndarray], np.ndarray] | None = None
    direction: str = "corrected"
    truncate: bool = False

    def quota(self, state: State, size: int) -> tuple[int, int]:
        """Negatives and positives to ask for, from the errors on `steering`."""
        rows, labels = self.steering
        errors = count_errors(labels, state.predict_proba(rows))
        return class_quota(
            errors, size, direction=self.direction, truncate=self.truncate
        )

    def __call__(self, state: State, size: int) -> np.ndarray:
        if self.classes_of is None:
            classes = state.predict_proba(state.pool).argmax(axis=1)
        else:
            classes = self.classes_of(state.pool)
        quota = self.quota(state, size)
        return np.concatenate([state.pool[classes == k][: quota[k]] for k in (0, 1)])
