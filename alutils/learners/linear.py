"""A linear model: logistic regression on fixed features."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from alutils.corpus.rows import as_rows
from alutils.learners.base import as_examples, smoothed_shares


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
    """

    def __init__(
        self,
        features: scipy.sparse.csr_matrix | np.ndarray,
        *,
        C: float = 10.0,
        n_classes: int = 2,
    ) -> None:
        self.features, self.n_classes = features, n_classes
        # Nearer to the optimum than the default solver here, in a fifth of the time; it
        # holds the intercept back a little too.
        self.model = LogisticRegression(
            C=C, solver="liblinear", dual=True, max_iter=1000, random_state=0
        )
        self._alike = smoothed_shares([], n_classes)
        self._seen, self._models = np.arange(0), []

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        rows, labels, weights = as_examples(rows, labels, weights, self.n_classes)
        if weights is not None:  # the solver mistakes a class of weight 0 for another
            counts = weights > 0
            rows, labels, weights = rows[counts], labels[counts], weights[counts]
        self._alike = smoothed_shares(labels, self.n_classes)
        self._seen = np.unique(labels)
        if len(self._seen) < 2:
            return
        features = self.features[rows]
        if len(self._seen) == 2:
            self._models = [self.model.fit(features, labels, sample_weight=weights)]
        else:
            self._models = [
                clone(self.model).fit(features, labels == one, sample_weight=weights)
                for one in self._seen
            ]

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        rows = as_rows(rows)
        if len(self._seen) < 2:
            return np.tile(self._alike, (len(rows), 1))
        # A piece at a time: the rows of a large pool are not copied all at once.
        pieces = [
            self._of_seen_classes(self.features[rows[start : start + 20_000]])
            for start in range(0, len(rows), 20_000)
        ]
        answers = np.concatenate(pieces) if pieces else np.empty((0, len(self._seen)))
        if len(self._seen) == self.n_classes:
            return answers
        of_all = np.zeros((len(rows), self.n_classes))
        of_all[:, self._seen] = answers
        return of_all

    def _of_seen_classes(self, features: scipy.sparse.csr_matrix) -> np.ndarray:
        if len(self._models) == 1:
            return self._models[0].predict_proba(features)
        against_the_rest = np.stack(
            [model.predict_proba(features)[:, 1] for model in self._models], axis=1
        )
        # None is quite 0, or a review that every model denies would divide by 0.
        against_the_rest = np.maximum(against_the_rest, np.finfo(float).tiny)
        return against_the_rest / against_the_rest.sum(axis=1, keepdims=True)
