"""The published network as a learner."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path

import numpy as np

from alutils.corpus.rows import as_rows
from alutils.learners.base import as_examples, smoothed_shares
from alutils.learners.network import (
    Batches,
    History,
    best_checkpoint,
    build_model,
    compile_model,
    fit_model,
    load_checkpoint,
    split_at_dropout,
    without_tracing_notes,
)
from alutils.provenance import start_tensorflow
from alutils.settings import Settings

start_tensorflow()

import keras  # noqa: E402


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
        see `published.settings.PUBLISHED_TRAINING`; the defaults here are the careful ones
    n_classes
        of two the network has its published shape; of more, a softmax

    Attributes
    ----------
    histories : list of `History`
        one for each training; labels of fewer than two classes train nothing
    seen : array of int, shape (n_seen,)
        classes that had an example in the last fit
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
        n_classes: int = 2,
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
        rows, labels, _ = as_examples(*validation, None, n_classes)
        self.validation = (tokens[rows], labels)
        self.start, self.checkpoint = start, checkpoint
        self.load_after_first_fit, self.shuffle_buffer = (
            load_after_first_fit,
            shuffle_buffer,
        )
        self.n_classes, self._alike = n_classes, smoothed_shares([], n_classes)
        self.seen = np.arange(0)
        self.model = build_model(settings.vocabulary_size, tokens.shape[1], n_classes)
        self.histories: list[History] = []
        self._initial_weights = self.model.get_weights()
        self._folder = tempfile.TemporaryDirectory(prefix="alutils-")
        self._keep_best: keras.callbacks.ModelCheckpoint | None = None

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        rows, labels, weights = as_examples(rows, labels, weights, self.n_classes)
        counts = labels if weights is None else labels[weights > 0]
        self._alike = smoothed_shares(counts, self.n_classes)
        self.seen = np.unique(counts)
        if len(self.seen) < 2:
            return
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
                load_checkpoint(self._keep_best.filepath).get_weights()
            )

    @without_tracing_notes()
    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        rows = as_rows(rows)
        if len(rows) == 0 or len(self.seen) < 2:
            return np.tile(self._alike, (len(rows), 1))
        answers = self.model.predict(self.tokens[rows], batch_size=512, verbose=0)
        return class_columns(answers, self.seen, self.n_classes)

    @without_tracing_notes()
    def predict_members(self, rows: np.ndarray, passes: int = 20) -> np.ndarray:
        """A committee out of one model: its probabilities in `passes` passes with
        dropout left on, shape (passes, n, k) (Gal and Ghahramani 2016)."""
        rows = as_rows(rows)
        if len(rows) == 0 or len(self.seen) < 2:
            return np.tile(self._alike, (passes, len(rows), 1))
        before_dropout, (dropout, answer) = self._halves
        # What lies before the dropout is the same in every pass, and all the work.
        features = before_dropout.predict(self.tokens[rows], batch_size=512, verbose=0)
        return np.stack(
            [
                class_columns(
                    keras.ops.convert_to_numpy(
                        answer(dropout(features, training=True))
                    ),
                    self.seen,
                    self.n_classes,
                )
                for _ in range(passes)
            ]
        )

    @cached_property
    def _halves(self) -> tuple[keras.Model, list[keras.layers.Layer]]:
        return split_at_dropout(self.model)

    def _fresh_optimizer(self) -> None:
        if not self.histories:
            compile_model(self.model)
            self._fresh = [
                keras.ops.convert_to_numpy(v) for v in self.model.optimizer.variables
            ]
        # Putting the values back forgets as much as compiling again, as published, and
        # does not trace the training anew.
        for variable, value in zip(
            self.model.optimizer.variables, self._fresh, strict=True
        ):
            variable.assign(value)


def class_columns(answers: np.ndarray, seen: np.ndarray, n_classes: int) -> np.ndarray:
    """Probability of each class, shape (n, k), from what the network answers; 0 for a
    class that is not among those seen.

    Parameters
    ----------
    answers : array of shape (n, 1) for two classes, (n, k) for more
    seen : array of int
        classes that had an example
    """
    answers = answers.astype(float)
    if n_classes == 2:
        return np.concatenate([1 - answers, answers], axis=1)
    # None is quite 0, or a review that is of no class seen would divide by 0.
    of_seen = np.maximum(answers[:, seen], np.finfo(np.float32).tiny)
    columns = np.zeros(answers.shape)
    columns[:, seen] = of_seen / of_seen.sum(axis=1, keepdims=True)
    return columns
