"""A threshold that is tuned on the labels that a run has paid for."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import StratifiedKFold

from alutils.evidence.thresholds import f1_threshold
from alutils.experiments.sections import Count, Section
from alutils.learners.base import Learner


class Threshold(Section):
    """Above which probability a text counts as positive, beside one half."""

    # Chosen anew in each round for the best F1 on the labels so far, each predicted by a
    # learner that was fitted on the other folds; 0 leaves it at one half.
    folds: Count = 0

    def tuned(self, spare: Learner, rows: np.ndarray, labels: np.ndarray) -> float:
        """The threshold for what a learner has learnt from some rows and their labels.

        With fewer positives than folds there are as many folds as positives; with fewer
        than two of either class it stays at one half.

        Parameters
        ----------
        spare
            a learner of the same kind, which is fitted
        """
        folds = min(self.folds, *np.bincount(labels, minlength=2))
        if folds < 2:
            return 0.5
        positive = np.empty(len(rows))
        # The same folds for all learners, whatever else chance decides.
        kept_apart = StratifiedKFold(int(folds), shuffle=True, random_state=0)
        for others, fold in kept_apart.split(rows, labels):
            spare.fit(rows[others], labels[others])
            positive[fold] = spare.predict_proba(rows[fold])[:, 1]
        return f1_threshold(positive, labels)


def found_and_named(
    positive: np.ndarray, labels: np.ndarray, threshold: float
) -> dict[str, int]:
    """How many texts are positive and above the threshold, and how many are above it."""
    named = positive > threshold
    found = int(np.sum(named & (labels == 1)))
    return {"tuned_found": found, "tuned_named": int(named.sum())}
