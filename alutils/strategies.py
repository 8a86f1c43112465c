"""What to ask next: strategies that turn a state of the loop into rows to label.

A strategy sees probabilities and its own random generator, never a label of the pool.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from alutils.errors import ErrorCounts, check_probabilities, count_errors
from alutils.scores import margin


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
    labelled
        rows whose labels are known; the rows, not the labels
    """

    pool: np.ndarray
    predict_proba: Callable[[np.ndarray], np.ndarray]
    rng: np.random.Generator
    labelled: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


class Strategy(Protocol):
    """A function of a state and a number of labels to ask for; it returns rows of the
    pool, each at most once."""

    def __call__(self, state: State, size: int) -> np.ndarray: ...


def random_sampling(state: State, size: int) -> np.ndarray:
    """Rows of the pool drawn at random: the control that every other strategy must
    beat."""
    return state.rng.choice(state.pool, size=min(size, len(state.pool)), replace=False)


def highest(scores: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Places of the `size` highest scores, the highest first, equal ones in random
    order; shape (size,), or fewer if there are fewer scores."""
    shuffled = rng.permutation(len(scores))
    if 0 < size < len(scores):  # sort those that can be among them, not all
        least = np.partition(scores, -size)[-size]
        shuffled = shuffled[scores[shuffled] >= least]
    return shuffled[np.argsort(-scores[shuffled], kind="stable")[:size]]


@dataclass(frozen=True)
class Doubt:
    """Uncertainty sampling: the rows with the highest score of doubt (Lewis and Gale
    1994).

    Attributes
    ----------
    score
        `margin`, `entropy` or `least_confidence`: probabilities of shape (n, k) to
        scores of shape (n,)
    """

    score: Callable[[np.ndarray], np.ndarray] = margin

    def __call__(self, state: State, size: int) -> np.ndarray:
        scores = self.score(state.predict_proba(state.pool))
        return state.pool[highest(scores, size, state.rng)]


def around_the_median(state: State, size: int) -> np.ndarray:
    """The rows whose probability is nearest to the pool's median, instead of one half:
    half of the pool lies on either side of it, so that a model that leans to one class
    still asks where the classes meet.

    It takes for granted that the classes are about equally frequent.
    """
    positive = check_probabilities(state.predict_proba(state.pool))[:, 1]
    nearness = -np.abs(positive - np.median(positive))
    return state.pool[highest(nearness, size, state.rng)]


@dataclass(frozen=True)
class RandomFirst:
    """Random rows until `until` labels are there, then another strategy: the plainest
    cure for a model that is too young to know what it doubts."""

    then: Strategy
    until: int

    def __call__(self, state: State, size: int) -> np.ndarray:
        young = len(state.labelled) < self.until
        return (random_sampling if young else self.then)(state, size)


@dataclass(frozen=True)
class CommitteeDoubt:
    """Query by committee: the rows on which the members differ most (Seung, Opper and
    Sompolinsky 1992).

    Attributes
    ----------
    members
        rows, shape (n,), to the members' probabilities, shape (n_members, n, k)
    score
        `vote_entropy` or `bald`
    candidates
        look at so many random rows of the pool only; None looks at all
    """

    members: Callable[[np.ndarray], np.ndarray]
    score: Callable[[np.ndarray], np.ndarray]
    candidates: int | None = None

    def __call__(self, state: State, size: int) -> np.ndarray:
        looked_at = state.pool
        if self.candidates is not None:
            looked_at = random_sampling(state, max(self.candidates, size))
        scores = self.score(self.members(looked_at))
        return looked_at[highest(scores, size, state.rng)]


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


# How the published loop chooses its rows. Change one entry at a time to see what it
# does.
AS_PUBLISHED = {"direction": "published", "truncate": True}


@dataclass(frozen=True)
class ErrorRatio:
    """The published sampling: a class quota from the errors on some labelled reviews,
    filled from the pool.

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
        If the direction or the order is unknown.
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
