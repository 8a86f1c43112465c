"""A learner that also learns from reviews that nobody has labelled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alutils.corpus.rows import as_rows
from alutils.errors import check_probabilities
from alutils.learners.base import Learner, as_examples
from alutils.learners.pseudo_labels import surest_of_each_class


class SelfTraining:
    """Teach a learner with its own surest guesses on unlabelled reviews, beside the true
    labels (Yarowsky 1995).

    Each pass takes the surest reviews of every class, as many of each as the shares say
    and none for two classes, so that a lean to one class is not learnt again, and fits
    once more. A class without an example is not guessed, and before two classes have
    been seen there is no pass. Of two classes, reviews of one probability count in the
    order of `unlabelled`.

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
    class_shares : shape (k,)
        how frequent each class is thought to be; None means all alike

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
        class_shares: Sequence[float] | None = None,
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share={share}: expected a number above 0, at most 1")
        if not weight > 0:
            raise ValueError(f"weight={weight}: expected a number above 0")
        if passes < 1:
            raise ValueError(f"passes={passes}: expected at least 1")
        if class_shares is not None:
            given = np.asarray(class_shares, dtype=float)
            if not (given >= 0).all() or not np.isclose(given.sum(), 1):
                raise ValueError(
                    f"class_shares={class_shares}: expected one number of at least 0 for"
                    " each class, together 1"
                )
        self.learner, self.unlabelled = learner, as_rows(unlabelled)
        self.share, self.weight, self.passes = share, weight, passes
        self.class_shares = class_shares

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        rows, labels, weights = as_examples(rows, labels, weights)
        self.learner.fit(rows, labels, weights)
        given = np.ones(len(rows)) if weights is None else weights
        others = self.unlabelled[~np.isin(self.unlabelled, rows)]
        seen = np.unique(labels[given > 0])
        if len(seen) < 2:
            return
        for _ in range(self.passes):
            probabilities = check_probabilities(self.learner.predict_proba(others))
            quotas = self._quotas(len(others), seen, probabilities.shape[1])
            if not quotas.any():
                return
            places, guesses = surest_of_each_class(probabilities, quotas)
            self.learner.fit(
                np.concatenate([rows, others[places]]),
                np.concatenate([labels, guesses.astype(labels.dtype)]),
                np.concatenate([given, np.full(len(places), self.weight)]),
            )

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        return self.learner.predict_proba(rows)

    def _quotas(self, reviews: int, seen: np.ndarray, n_classes: int) -> np.ndarray:
        """How many guesses to take on each class, shape (n_classes,)."""
        shares = np.full(n_classes, 1 / n_classes)
        if self.class_shares is not None:
            shares = np.asarray(self.class_shares, dtype=float)
            if len(shares) != n_classes:
                raise ValueError(
                    f"class_shares={self.class_shares}: expected {n_classes} numbers,"
                    " one for each class of the learner"
                )
        quotas = (self.share * reviews * shares).astype(int)
        return np.where(np.isin(np.arange(n_classes), seen), quotas, 0)
