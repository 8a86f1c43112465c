"""The published model, and how it is trained: compile, fit with early stopping, keep
the best checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alutils.provenance import start_tensorflow

start_tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and the Keras backend, and ask TensorFlow for operations that
    repeat exactly.

    The one place where global random state is set; every other draw comes from a
    generator that is passed in.
    """
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


@contextmanager
def without_tracing_notes() -> Iterator[None]:
    """Keep TensorFlow's logger to errors for a while: a model for each run is traced
    anew, and it would warn of it each time."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def build_model(
    vocabulary_size: int, sequence_length: int, n_classes: int = 2
) -> keras.Model:
    """The bidirectional LSTM of the published example (426,537 parameters at 3,000
    words).

    It reads token ids of shape (batch, sequence_length). Of two classes it returns the
    probability of the positive one, shape (batch, 1), as published; of more, that of
    each class, shape (batch, n_classes).
    """
    size, activation = (1, "sigmoid") if n_classes == 2 else (n_classes, "softmax")
    return keras.Sequential(
        [
            layers.Input(shape=(sequence_length,), dtype="int32"),
            layers.Embedding(vocabulary_size, 128),
            layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
            layers.GlobalMaxPooling1D(),
            layers.Dense(20, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(size, activation=activation),
        ]
    )


def split_at_dropout(
    model: keras.Model,
) -> tuple[keras.Model, list[keras.layers.Layer]]:
    """What a model of `build_model` does before its dropout, and its layers from there
    on."""
    place = [isinstance(layer, layers.Dropout) for layer in model.layers].index(True)
    return keras.Sequential(model.layers[:place]), model.layers[place:]


def compile_model(model: keras.Model) -> None:
    """Cross-entropy and a fresh RMSprop; compiling again forgets what the optimizer had
    gathered."""
    if model.output_shape[-1] > 1:  # a column for each class
        loss = "sparse_categorical_crossentropy"
        metrics = [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]
    else:
        loss = "binary_crossentropy"
        metrics = [
            keras.metrics.BinaryAccuracy(name="accuracy"),
            keras.metrics.FalseNegatives(name="false_negatives"),
            keras.metrics.FalsePositives(name="false_positives"),
        ]
    model.compile(loss=loss, optimizer="rmsprop", metrics=metrics)
    # Its variables are made now, or TensorFlow would trace the training twice.
    model.optimizer.build(model.trainable_variables)


def buffered_order(n: int, buffer: int | None, rng: np.random.Generator) -> np.ndarray:
    """The order in which `n` examples leave a shuffle buffer, as
    `tf.data.Dataset.shuffle` does it.

    The buffer is filled from the front; each step draws one of its places, and the next
    example in line takes it. A buffer that holds everything, or None, is a full
    shuffle. Shape (n,).
    """
    if buffer is None or buffer >= n:
        return rng.permutation(n)
    held, order = np.arange(buffer), np.empty(n, dtype=np.int64)
    places = rng.integers(buffer, size=n - buffer)
    for step, place in enumerate(places):
        order[step] = held[place]
        held[place] = buffer + step
    order[n - buffer :] = rng.permutation(held)
    return order


class Batches(keras.utils.PyDataset):
    """Batches of rows of one token matrix, in a new order each epoch; nothing is copied
    but the batch at hand. With weights, shape (n,), each review counts by its own."""

    def __init__(
        self,
        tokens: np.ndarray,
        rows: np.ndarray,
        labels: np.ndarray,
        batch_size: int,
        rng: np.random.Generator,
        buffer: int | None = None,
        weights: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self.tokens, self.rows, self.labels = tokens, rows, labels.astype(np.float32)
        self.weights = weights
        self.batch_size, self.rng, self.buffer = batch_size, rng, buffer
        self.order = buffered_order(len(rows), buffer, rng)

    def __len__(self) -> int:
        return -(-len(self.rows) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        batch = self.tokens[self.rows[chosen]], self.labels[chosen]
        return batch if self.weights is None else (*batch, self.weights[chosen])

    def on_epoch_end(self) -> None:
        self.order = buffered_order(len(self.rows), self.buffer, self.rng)


@dataclass(frozen=True)
class History:
    """What training reported after each epoch: loss and accuracy on the training and
    the validation reviews.

    Each list has one number an epoch; `best_epoch` counts from 0 and names the epoch of
    the lowest validation loss.
    """

    loss: list[float]
    val_loss: list[float]
    accuracy: list[float]
    val_accuracy: list[float]

    @property
    def best_epoch(self) -> int:
        return int(np.argmin(self.val_loss))


@without_tracing_notes()
def fit_model(
    model: keras.Model,
    batches: Batches,
    validation: tuple[np.ndarray, np.ndarray],
    *,
    epochs: int,
    patience: int,
    checkpoint: keras.callbacks.ModelCheckpoint | None = None,
) -> History:
    """Train until the validation loss has not fallen for `patience` epochs, or for
    `epochs` epochs.

    Parameters
    ----------
    validation
        tokens of shape (n, sequence_length) and labels of shape (n,)
    checkpoint
        writes the model down whenever its validation loss is the lowest that this
        callback has seen

    The model keeps the weights of its last epoch; `load_checkpoint` brings back those
    of the best.
    """
    tokens, labels = validation
    callbacks = [keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)]
    if checkpoint is not None:
        callbacks.append(checkpoint)
    report = model.fit(
        batches,
        # In large batches, which give the same numbers and take less time.
        validation_data=(tokens, labels.astype(np.float32)),
        validation_batch_size=max(batches.batch_size, 512),
        epochs=epochs,
        callbacks=callbacks,
        shuffle=False,
        verbose=0,
    ).history
    return History(
        **{
            name: [float(x) for x in report[name]]
            for name in ("loss", "val_loss", "accuracy", "val_accuracy")
        }
    )


def best_checkpoint(path: Path | str) -> keras.callbacks.ModelCheckpoint:
    """A callback that keeps the one model with the lowest validation loss, over all the
    fits that it is given to."""
    return keras.callbacks.ModelCheckpoint(
        str(path), monitor="val_loss", save_best_only=True
    )


def load_checkpoint(path: Path | str) -> keras.Model:
    """The model in a file of `best_checkpoint`, loaded in Keras's safe mode.

    Raises
    ------
    FileNotFoundError
        If the training wrote no such file.
    ValueError
        If the file holds no model, or one that would run code of its own.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(
            f"there is no checkpoint {path}: its training never had a validation loss;"
            " look for texts or labels that make it no number"
        )
    return keras.saving.load_model(path, safe_mode=True)
