"""Another learner that learns from the labels that a run's own learner chose."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Self

import numpy as np
from pydantic import SerializeAsAny, Strict, model_validator

from alutils.errors import count_errors
from alutils.experiments.by_kind import of_its_kind
from alutils.experiments.learning import Learning, learner_section
from alutils.experiments.materials import Materials
from alutils.experiments.sections import Section, Size

_Learner = SerializeAsAny[Learning]


class Successor(Section):
    """Another learner, taught now and then from the labels that a run has by then: what
    is a choice worth to a model that did not make it (Lowell, Lipton and Wallace
    2019)?"""

    learner: Annotated[_Learner, of_its_kind("learner", learner_section)] | None = None
    at: Annotated[tuple[Size, ...], Strict(False)] = ()  # labels in the training set

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.learner is None) != (not self.at):
            raise ValueError(
                f"learner={self.learner and self.learner.kind!r}, at={list(self.at)}: a"
                " successor has both, a learner and the numbers of labels at which it"
                ' learns, such as { learner = "bilstm", at = [1000, 2000] }'
            )
        return self

    def errors(
        self, materials: Materials, rows: np.ndarray, labels: np.ndarray
    ) -> dict[str, int | None]:
        """Errors on the test reviews after learning from rows and their labels, by their
        names in a record; without a value where it does not learn from so many.

        It may know the words of every text that may be trained on, so that two choices
        differ in nothing but the labels.
        """
        if self.learner is None:
            return {}
        k, splits = materials.n_classes, materials.splits
        pairs = [(i, j) for i in range(k) for j in range(k) if i != j]
        names = [f"successor_errors_{i}_as_{j}" for i, j in pairs]
        if len(rows) not in self.at:
            return dict.fromkeys(names)
        known = dataclasses.replace(materials, vocabulary_rows=splits.training)
        learner = self.learner.build(known)
        learner.fit(rows, labels)
        test_labels = materials.oracle.label(splits.test, purpose="test")
        table = count_errors(test_labels, learner.predict_proba(splits.test)).table
        return {name: table[i][j] for name, (i, j) in zip(names, pairs, strict=True)}
