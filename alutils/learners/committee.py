"""Several learners beside one, who can be asked whether they agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alutils.learners.base import Learner, as_examples


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

    Raises
    ------
    ValueError
        If there is no member.
    """

    def __init__(
        self, learner: Learner, members: Sequence[Learner], rng: np.random.Generator
    ) -> None:
        self.learner, self.members, self.rng = learner, list(members), rng
        if not self.members:
            raise ValueError("a committee without members: give at least one learner")

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        rows, labels, weights = as_examples(rows, labels, weights)
        self.learner.fit(rows, labels, weights)
        for member in self.members:
            drawn = _draw_with_every_class(labels, self.rng)
            picked = None if weights is None else weights[drawn]
            member.fit(rows[drawn], labels[drawn], picked)

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        return self.learner.predict_proba(rows)

    def predict_members(self, rows: np.ndarray) -> np.ndarray:
        """Each member's probabilities, shape (n_members, n, k)."""
        return np.stack([member.predict_proba(rows) for member in self.members])


def _draw_with_every_class(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Places drawn with replacement, as many as there are labels, so that every class
    among them is drawn at least once."""
    classes, size = np.unique(labels), len(labels)
    for _ in range(100):
        drawn = rng.integers(max(size, 1), size=size)
        if len(np.unique(labels[drawn])) == len(classes):
            return drawn
    # Many classes of few labels each: chance alone would hardly ever draw them all.
    one_of_each = [rng.choice(np.flatnonzero(labels == k)) for k in classes]
    return np.concatenate([one_of_each, rng.integers(size, size=size - len(classes))])
