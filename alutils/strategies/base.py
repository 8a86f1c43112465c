"""What a strategy sees and returns, and the control that every other must beat.

A strategy sees probabilities, the labels that are known and its own random generator,
never a label of the pool.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class State:
    """What a strategy may see.

    Attributes
    ----------
    pool
        rows that nobody has labelled yet, at least one, in the pool's own order
    predict_proba
        the learner's probabilities for rows, shape (n, k)
    rng
        the strategy's own random generator
    labelled
        rows whose labels are known
    predict_members
        the answers of the learner's committee for rows, shape (n_members, n, k); None if
        it has none to offer
    labels
        labels of `labelled`, 0 to k - 1, one for each
    """

    pool: np.ndarray
    predict_proba: Callable[[np.ndarray], np.ndarray]
    rng: np.random.Generator
    labelled: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    predict_members: Callable[[np.ndarray], np.ndarray] | None = None
    labels: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


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
