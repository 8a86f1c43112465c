"""A linear model: logistic regression on fixed features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from alutils.corpus.rows import as_rows
from alutils.learners.base import as_examples, smoothed_shares


@dataclass(frozen=True)
class LinearModel:
    """What a `LinearLearner` has learnt, apart from the features that it learnt on.

    Attributes
    ----------
    models
        of two classes seen the one model; of more, one for each class against the rest
    seen : array of int, shape (n_seen,)
        the classes that had an example
    n_classes
        how many there are
    """

    models: tuple[LogisticRegression, ...]
    seen: np.ndarray
    n_classes: int

    def predict_proba(
        self, features: scipy.sparse.csr_matrix | np.ndarray
    ) -> np.ndarray:
        """Probability of each class for each row of features, shape (n, k)."""
        answers = self._of_seen_classes(features)
        if len(self.seen) == self.n_classes:
            return answers
        of_all = np.zeros((len(answers), self.n_classes))
        of_all[:, self.seen] = answers
        return of_all

    def _of_seen_classes(
        self, features: scipy.sparse.csr_matrix | np.ndarray
    ) -> np.ndarray:
        if len(self.models) == 1:
            return self.models[0].predict_proba(features)
        against_the_rest = np.stack(
            [model.predict_proba(features)[:, 1] for model in self.models], axis=1
        )
        # None is quite 0, or a review that every model denies would divide by 0.
        against_the_rest = np.maximum(against_the_rest, np.finfo(float).tiny)
        return against_the_rest / against_the_rest.sum(axis=1, keepdims=True)


class LinearLearner:
    """Logistic regression on TF-IDF features; of more than two classes, each against the
    rest.

    Parameters
    ----------
    features : sparse matrix or array, shape (n_reviews, n_features)
    C
        how little the weights are held back (scikit-learn's `C`)
    n_classes
        how many classes there are, whether or not examples of all come
    class_weights
        "balanced" makes the classes count alike, however many labels each has (King and
        Zeng 2001); "none" makes the labels count alike
    exact
        go on to the optimum by Newton's method, and leave the intercept free; for a few
        features only, of which it keeps a square

    Attributes
    ----------
    learnt : `LinearModel`
        what the last fit has learnt; None from labels of fewer than two classes
    """

    def __init__(
        self,
        features: scipy.sparse.csr_matrix | np.ndarray,
        *,
        C: float = 10.0,
        n_classes: int = 2,
        class_weights: Literal["none", "balanced"] = "none",
        exact: bool = False,
    ) -> None:
        self.features, self.n_classes = features, n_classes
        weights = None if class_weights == "none" else class_weights
        # Nearer to the optimum than the default solver here, in a fifth of the time; it
        # holds the intercept back a little too.
        self.model = LogisticRegression(
            C=C,
            class_weight=weights,
            solver="liblinear",
            dual=True,
            max_iter=1000,
            random_state=0,
        )
        if exact:
            self.model = LogisticRegression(
                C=C, class_weight=weights, solver="newton-cholesky", tol=1e-10
            )
        self._alike = smoothed_shares([], n_classes)
        self.learnt: LinearModel | None = None

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        rows, labels, weights = as_examples(rows, labels, weights, self.n_classes)
        if weights is not None:  # the solver mistakes a class of weight 0 for another
            counts = weights > 0
            rows, labels, weights = rows[counts], labels[counts], weights[counts]
        self._alike = smoothed_shares(labels, self.n_classes)
        seen = np.unique(labels)
        if len(seen) < 2:
            self.learnt = None
            return
        features = self.features[rows]
        if len(seen) == 2:
            # A new one, so that what an earlier fit has learnt stays as it was.
            self.model = clone(self.model).fit(features, labels, sample_weight=weights)
            models = [self.model]
        else:
            models = [
                clone(self.model).fit(features, labels == one, sample_weight=weights)
                for one in seen
            ]
        self.learnt = LinearModel(tuple(models), seen, self.n_classes)

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        rows = as_rows(rows)
        if self.learnt is None:
            return np.tile(self._alike, (len(rows), 1))
        # A piece at a time: the rows of a large pool are not copied all at once.
        pieces = [
            self.learnt.predict_proba(self.features[rows[start : start + 20_000]])
            for start in range(0, len(rows), 20_000)
        ]
        return np.concatenate(pieces) if pieces else np.empty((0, self.n_classes))
