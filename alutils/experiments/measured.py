"""What each round of a run comes to: numbers by their names in a record."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from alutils.experiments.config import Run
from alutils.experiments.materials import Materials
from alutils.experiments.threshold import found_and_named
from alutils.learners.base import Learner
from alutils.loop.rounds import Round

# Of whom a label is a cost.
PAID = ("training", "validation", "steering")


class Measured:
    """Measures one round after another of a run.

    Parameters
    ----------
    materials, learner
        what the run is made of
    succeeding
        the random generator of a successor

    Raises
    ------
    ValueError
        If a threshold is to be tuned for other than two classes.
    """

    def __init__(
        self,
        run: Run,
        materials: Materials,
        learner: Learner,
        succeeding: np.random.Generator,
    ) -> None:
        self._run, self._materials, self._learner = run, materials, learner
        self._after = dataclasses.replace(materials, rng=succeeding)
        self._rows_asked, self._spare = 0, None
        if run.threshold.folds:
            if materials.n_classes != 2:
                raise ValueError(
                    f"threshold.folds={run.threshold.folds} tunes a threshold for two"
                    f" classes, and {materials.reviews.name} have"
                    f" {materials.n_classes}: leave it out"
                )
            self._spare = run.learner.build(materials)

    def of(self, done: Round) -> dict[str, Any]:
        """The numbers of a round; those that only some settings have come last."""
        run, oracle = self._run, self._materials.oracle
        succeeded = run.successor.errors(self._after, *done.taught)
        self._rows_asked += len(done.asked)
        return {
            **_errors(done),
            **self._asked(done),
            "beside_training": oracle.count_for(*PAID) - self._rows_asked,
            "leaked": oracle.leaked,
            "seconds": round(done.seconds, 2),
            **_precision(done),
            **({} if done.seen is None else done.seen.measured()),
            **self._tuned(done),
            **_passes(self._learner),
            **run.oracle.measured(oracle, done, self._materials.reviews.labels),
            **succeeded,
        }

    def _asked(self, done: Round) -> dict[str, int]:
        """Reviews of each class that were asked for, and how many words these have."""
        labels = self._materials.reviews.labels[done.asked]
        of_class = np.bincount(labels, minlength=self._materials.n_classes)
        words = self._materials.corpus.lengths[done.asked].sum()
        named = {f"asked_{k}": int(n) for k, n in enumerate(of_class)}
        return named | {"asked_words": int(words)}

    def _tuned(self, done: Round) -> dict[str, int]:
        """What a tuned threshold finds on the test reviews; nothing, if none is tuned."""
        if self._spare is None:
            return {}
        threshold = self._run.threshold.tuned(self._spare, *done.taught)
        test = self._materials.splits.test
        positive = self._learner.predict_proba(test)[:, 1]
        labels = self._materials.reviews.labels[test]
        return found_and_named(positive, labels, threshold)


def _errors(done: Round) -> dict[str, int]:
    """Counts beside the diagonal: the rest follows from the number of test reviews."""
    return {
        f"errors_{i}_as_{j}": count
        for i, row in enumerate(done.test.table)
        for j, count in enumerate(row)
        if i != j
    }


def _precision(done: Round) -> dict[str, float | None]:
    each = enumerate(done.test.average_precision or ())
    return {
        f"average_precision_{k}": round(float(p), 5) if np.isfinite(p) else None
        for k, p in each
    }


def _passes(learner: Learner) -> dict[str, int]:
    """How often a learner that starts from words has taught itself in each fit."""
    made = getattr(learner, "passes_made", None)
    return {} if made is None else {"passes": made}
