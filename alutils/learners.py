"""What learns from labels: two methods, `fit` and `predict_proba`, both over rows of
the corpus."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Protocol

import keras
import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from alutils.models import (
    Batches,
    History,
    best_checkpoint,
    build_model,
    compile_model,
    fit_model,
    load_checkpoint,
)
from alutils.settings import Settings


class Learner(Protocol):
    """What the loop asks of a model."""

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        """Learn from the reviews in `rows`, shape (n,), and their labels 0 or 1, shape
        (n,); `weights`, shape (n,), say how much each one counts."""

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """Probability of each class, shape (n, 2), the positive class second."""


# How the published loop trains. Change one entry at a time to see what it does.
AS_PUBLISHED = {
    # Go on from the weights at hand; "cold": from the same initial weights each round.
    "start": "warm",
    # One best checkpoint over all rounds; "own": one for each round.
    "checkpoint": "shared",
    # The first round goes on with the weights of its last epoch, not of its best.
    "load_after_first_fit": False,
    # Reviews in tf.data's shuffle buffer; None: a full shuffle.
    "shuffle_buffer": 20_000,
}


class BiLSTMLearner:
    """The published bidirectional LSTM behind `fit` and `predict_proba`.

    Parameters
    ----------
    tokens : array of int, shape (n_reviews, sequence_length)
    validation
        rows and labels that stop the training and choose the checkpoint; labels that
        cost like any others
    settings
        vocabulary size, batch size, epochs, patience
    rng
        shuffles the training reviews; seed Keras itself with `seed_everything` first
    start, checkpoint, load_after_first_fit, shuffle_buffer
        see `AS_PUBLISHED`; the defaults here are the careful ones

    Attributes
    ----------
    histories : list of `History`
        one for each fit
    """

    def __init__(
        self,
        tokens: np.ndarray,
        validation: tuple[np.ndarray, np.ndarray],
        settings: Settings,
        rng: np.random.Generator,
        *,
        start: str = "cold",
        checkpoint: str = "own",
        load_after_first_fit: bool = True,
        shuffle_buffer: int | None = None,
    ) -> None:
        for name, value, known in (
            ("start", start, ("cold", "warm")),
            ("checkpoint", checkpoint, ("own", "shared")),
        ):
            if value not in known:
                raise ValueError(
                    f"{name}={value!r}: choose one of {', '.join(map(repr, known))}"
                )
        self.tokens, self.settings, self.rng = tokens, settings, rng
        rows, labels = validation
        self.validation = (tokens[rows], np.asarray(labels))
        self.start, self.checkpoint = start, checkpoint
        self.load_after_first_fit, self.shuffle_buffer = (
            load_after_first_fit,
            shuffle_buffer,
        )
        self.model = build_model(settings.vocabulary_size, tokens.shape[1])
        self.histories: list[History] = []
        self._initial_weights = self.model.get_weights()
        self._folder = tempfile.TemporaryDirectory(prefix="alutils-")
        self._keep_best: keras.callbacks.ModelCheckpoint | None = None

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        first = not self.histories
        if self.start == "cold" and not first:
            self.model.set_weights(self._initial_weights)
        if self.checkpoint == "own" or first:
            self._keep_best = best_checkpoint(
                Path(self._folder.name) / f"fit-{len(self.histories)}.keras"
            )
        self._fresh_optimizer()
        settings = self.settings
        self.histories.append(
            fit_model(
                self.model,
                Batches(
                    self.tokens,
                    rows,
                    labels,
                    settings.batch_size,
                    self.rng,
                    self.shuffle_buffer,
                    weights,
                ),
                self.validation,
                epochs=settings.epochs,
                patience=settings.patience,
                checkpoint=self._keep_best,
            )
        )
        if self.load_after_first_fit or not first:
            self.model.set_weights(
                load_checkpoint(self._keep_best.filepath, like=self.model).get_weights()
            )

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        if len(rows) == 0:
            return np.empty((0, 2))
        positive = self.model.predict(self.tokens[rows], batch_size=512, verbose=0)
        return _two_columns(positive[:, 0])

    def predict_with_dropout(self, rows: np.ndarray, passes: int = 20) -> np.ndarray:
        """A committee out of one model: its probabilities in `passes` passes with
        dropout left on, shape (passes, n, 2) (Gal and Ghahramani 2016)."""
        if len(rows) == 0:
            return np.empty((passes, 0, 2))
        features = keras.Sequential(self.model.layers[:-2])
        dropout, answer = self.model.layers[-2:]
        # What lies before the dropout is the same in every pass, and all the work.
        before = features.predict(self.tokens[rows], batch_size=512, verbose=0)
        return np.stack(
            [
                _two_columns(
                    keras.ops.convert_to_numpy(answer(dropout(before, training=True)))[
                        :, 0
                    ]
                )
                for _ in range(passes)
            ]
        )

    def _fresh_optimizer(self) -> None:
        if not self.histories:
            compile_model(self.model)
            self.model.optimizer.build(self.model.trainable_variables)
            self._fresh = [
                keras.ops.convert_to_numpy(v) for v in self.model.optimizer.variables
            ]
        # Putting the values back forgets as much as compiling again, as published, and
        # does not trace the training anew.
        for variable, value in zip(
            self.model.optimizer.variables, self._fresh, strict=True
        ):
            variable.assign(value)


def _two_columns(positive: np.ndarray) -> np.ndarray:
    positive = positive.astype(float)
    return np.stack([1 - positive, positive], axis=1)


class LinearLearner:
    """Logistic regression on TF-IDF features.

    Parameters
    ----------
    features : sparse matrix or array, shape (n_reviews, n_features)
    C
        how little the weights are held back (scikit-learn's `C`)
    """

    def __init__(
        self, features: scipy.sparse.csr_matrix | np.ndarray, *, C: float = 10.0
    ) -> None:
        self.features = features
        # Nearer to the optimum than the default solver here, in a fifth of the time; it
        # holds the intercept back a little too.
        self.model = LogisticRegression(
            C=C, solver="liblinear", dual=True, max_iter=1000, random_state=0
        )

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        if len(np.unique(labels)) < 2:
            raise ValueError(
                f"all {len(labels)} labels are of one class: ask for more until both"
                " are there"
            )
        self.model.fit(self.features[rows], labels, sample_weight=weights)

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        # A piece at a time: the rows of a large pool are not copied all at once.
        pieces = [
            self.model.predict_proba(self.features[rows[start : start + 20_000]])
            for start in range(0, len(rows), 20_000)
        ]
        return np.concatenate(pieces) if pieces else np.empty((0, 2))
