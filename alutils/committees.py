"""Several learners beside one, who can be asked whether they agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alutils.learners import Learner


class WithCommittee:
    """A learner, and a committee trained on draws with replacement from the same labels
    (query by bagging, Abe and Mamitsuka 1998).

    The committee is there to be asked; `predict_proba` is that of the learner alone, so
    that its scores compare with those of any other strategy.

    Parameters
    ----------
    learner, members
        each fitted anew in every round
    rng
        draws the labels of each member
    """

    def __init__(
        self, learner: Learner, members: Sequence[Learner], rng: np.random.Generator
    ) -> None:
        self.learner, self.members, self.rng = learner, list(members), rng

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        self.learner.fit(rows, labels, weights)
        for member in self.members:
            drawn = self.rng.integers(len(rows), size=len(rows))
            while len(np.unique(labels[drawn])) < len(np.unique(labels)):
                drawn = self.rng.integers(len(rows), size=len(rows))
            picked = None if weights is None else weights[drawn]
            member.fit(rows[drawn], labels[drawn], picked)

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        return self.learner.predict_proba(rows)

    def predict_members(self, rows: np.ndarray) -> np.ndarray:
        """Each member's probabilities, shape (n_members, n, 2)."""
        return np.stack([member.predict_proba(rows) for member in self.members])
