"""A learner that also learns from reviews that nobody has labelled."""

from __future__ import annotations

import numpy as np

from alutils.errors import check_probabilities
from alutils.learners import Learner


class SelfTraining:
    """Teach a learner with its own surest guesses on unlabelled reviews, beside the true
    labels (Yarowsky 1995).

    Each pass ranks the unlabelled reviews by their probability, takes as many from the
    top as from the bottom, so that a lean to one class is not learnt again, and fits
    once more. Reviews of one probability count in the order of `unlabelled`.

    Parameters
    ----------
    learner
        fitted on the labels, then on labels and guesses; it is changed in place
    unlabelled : array of int, shape (n,)
        rows whose texts may be used; those that get a label are left out by themselves
    share
        of the unlabelled reviews to take guesses on, between 0 and 1
    weight
        how much a guess counts beside a label
    passes
        how often to guess and fit again

    Raises
    ------
    ValueError
        If a setting is out of range.
    """

    def __init__(
        self,
        learner: Learner,
        unlabelled: np.ndarray,
        *,
        share: float = 0.3,
        weight: float = 1.0,
        passes: int = 2,
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share={share}: expected a number above 0, at most 1")
        if not weight > 0:
            raise ValueError(f"weight={weight}: expected a number above 0")
        if passes < 1:
            raise ValueError(f"passes={passes}: expected at least 1")
        self.learner, self.unlabelled = learner, unlabelled
        self.share, self.weight, self.passes = share, weight, passes

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        self.learner.fit(rows, labels, weights)
        given = np.ones(len(rows)) if weights is None else weights
        others = self.unlabelled[~np.isin(self.unlabelled, rows)]
        half = int(self.share * len(others) / 2)
        if half == 0:
            return
        guesses = np.repeat(np.array([0, 1], dtype=labels.dtype), half)
        for _ in range(self.passes):
            positive = check_probabilities(self.learner.predict_proba(others))[:, 1]
            order = np.argsort(positive, kind="stable")
            surest = others[np.concatenate([order[:half], order[-half:]])]
            self.learner.fit(
                np.concatenate([rows, surest]),
                np.concatenate([labels, guesses]),
                np.concatenate([given, np.full(2 * half, self.weight)]),
            )

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        return self.learner.predict_proba(rows)
