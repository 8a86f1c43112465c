"""The published model, and how it is trained: compile, fit with early stopping, keep
the best checkpoint."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

# A model for each run is traced anew, and TensorFlow would warn of it each time.
tf.get_logger().setLevel("ERROR")


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and the Keras backend, and ask TensorFlow for operations that
    repeat exactly.

    The one place where global random state is set; every other draw comes from a
    generator that is passed in.
    """
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        tf.config.experimental.enable_op_determinism()


def build_model(vocabulary_size: int, sequence_length: int) -> keras.Model:
    """The bidirectional LSTM of the published example (426,537 parameters at 3,000
    words).

    It reads token ids of shape (batch, sequence_length) and returns the probability of
    the positive class, shape (batch, 1).
    """
    return keras.Sequential(
        [
            layers.Input(shape=(sequence_length,), dtype="int32"),
            layers.Embedding(vocabulary_size, 128),
            layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
            layers.GlobalMaxPooling1D(),
            layers.Dense(20, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def compile_model(model: keras.Model) -> None:
    """Binary cross-entropy and a fresh RMSprop; compiling again forgets what the
    optimizer had gathered."""
    model.compile(
        loss="binary_crossentropy",
        optimizer="rmsprop",
        metrics=[
            keras.metrics.BinaryAccuracy(name="accuracy"),
            keras.metrics.FalseNegatives(name="false_negatives"),
            keras.metrics.FalsePositives(name="false_positives"),
        ],
    )


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


def load_checkpoint(path: Path | str, like: keras.Model) -> keras.Model:
    """The model in a `.keras` file, loaded in Keras's safe mode and held against the
    model that it should be.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is cut off or no Keras model, or holds a model of another shape than
        `like`.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no checkpoint {path}: train a model first, it is written after"
            " the first epoch"
        )
    if not zipfile.is_zipfile(path):
        raise ValueError(
            f"checkpoint {path} is cut off, or no .keras file: delete it and train"
            " again"
        )
    try:
        model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:  # zip, JSON, HDF5 and Keras each raise their own
        raise ValueError(
            f"checkpoint {path} cannot be loaded ({type(error).__name__}:"
            f" {str(error).splitlines()[0]}): it is damaged or of another program;"
            " delete it and train again"
        ) from error
    found, expected = [[w.shape for w in m.weights] for m in (model, like)]
    if found != expected:
        raise ValueError(
            f"checkpoint {path} holds another model ({model.count_params():,}"
            f" parameters, expected {like.count_params():,} in the same layers): give"
            " the file that this model wrote"
        )
    return model
