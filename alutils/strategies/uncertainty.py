"""Strategies that ask for what a model, or a committee, doubts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alutils.errors import check_probabilities
from alutils.strategies.base import State, Strategy, highest, random_sampling
from alutils.strategies.scores import margin


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

    Of more than two classes, the probability of each is measured from its own median,
    and the rows with the smallest margin between the two highest are asked for. It takes
    for granted that the classes are about equally frequent.
    """
    probabilities = check_probabilities(state.predict_proba(state.pool))
    from_median = probabilities - np.median(probabilities, axis=0)
    if from_median.shape[1] == 2:
        lead = np.abs(from_median[:, 1])
    else:
        ordered = np.sort(from_median, axis=1)
        lead = ordered[:, -1] - ordered[:, -2]
    return state.pool[highest(-lead, size, state.rng)]


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
    """Query by committee: the rows on which the members of the learner's committee differ
    most (Seung, Opper and Sompolinsky 1992).

    Attributes
    ----------
    score
        `vote_entropy` or `bald`
    candidates
        look at so many random rows of the pool only; None looks at all

    Raises
    ------
    ValueError
        If the learner offers no committee.
    """

    score: Callable[[np.ndarray], np.ndarray]
    candidates: int | None = None

    def __call__(self, state: State, size: int) -> np.ndarray:
        if state.predict_members is None:
            raise ValueError(
                "the learner has no committee to ask: wrap it in WithCommittee, or use a"
                " BiLSTMLearner, whose dropout makes one"
            )
        looked_at = state.pool
        if self.candidates is not None:
            looked_at = random_sampling(state, max(self.candidates, size))
        scores = self.score(state.predict_members(looked_at))
        return looked_at[highest(scores, size, state.rng)]
