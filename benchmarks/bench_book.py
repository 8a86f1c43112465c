"""What the book's helpers cost, beside what a reader would run without them.

    python benchmarks/bench_book.py                 # everything, about ten minutes
    python benchmarks/bench_book.py --only epoch    # one part: prepare, epoch or loop
    python benchmarks/bench_book.py --source wheel  # prepare 25,000 reviews, not 50,000

Run it on a machine that does nothing else. The sides of a comparison take turns, every
other turn backwards. Seconds are medians with (lowest–highest); a ratio is the median
of the ratios of the single turns.

prepare, cold : load_reviews, split_in_storage_order and token_ids with an empty cache
    folder. Beside it the published way: load, mask, adapt TextVectorization on the
    labelled reviews, map it over training and pool reviews one at a time and over the
    others in batches, read everything once. Each measurement has a process of its own;
    its imports do not count, TensorFlow's start on first use does.
prepare, warm : the same with a filled cache folder; the published way keeps nothing.
epoch : fit_model with Batches on a traced model for one epoch of 2,048 reviews,
    validation included. Beside it model.fit on ready arrays, batch for batch as large.
epoch, noise : the same model.fit beside another one: as far as this is from 1, `epoch`
    says nothing.
loop : what the published loop spends outside of Keras's fit, predict and evaluate:
    asking, counting, compiling, loading checkpoints (fit saves them). Beside it the
    whole loop, so that the ratio is a share.

The aims are for two cores and TFDS's reviews; to miss one is no error.
"""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import pairwise
from unittest import mock

import keras
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from side_by_side import (
    Seconds,
    in_fresh_process,
    print_line,
    print_machine,
    settings_to_prepare,
    take_turns,
)

from alutils.corpus.reviews import Reviews, load_reviews
from alutils.corpus.splits import Splits
from alutils.features.tokens import TokenIds, token_ids
from alutils.learners import network as models
from alutils.learners.bilstm import BiLSTMLearner
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.published.error_ratio import ErrorRatio
from alutils.published.settings import PUBLISHED_QUERIES, PUBLISHED_TRAINING
from alutils.published.storage_order import split_in_storage_order
from alutils.settings import Settings, settings_for


def prepare(settings: Settings) -> tuple[Reviews, Splits, TokenIds]:
    """The corpus as the book prepares it."""

    def given(*names: str) -> dict[str, int]:
        return {name: getattr(settings, name) for name in names}

    reviews = load_reviews(settings.source, settings.reviews)
    splits = split_in_storage_order(reviews, **given("labelled", "validation", "test"))
    lengths = given("vocabulary_size", "sequence_length")
    return reviews, splits, token_ids(reviews, splits.labelled, **lengths)


def seconds_to_prepare(settings: Settings, cache: str) -> float:
    os.environ["ALUTILS_CACHE"] = cache
    started = time.perf_counter()
    prepare(settings)
    return time.perf_counter() - started


def seconds_as_published(settings: Settings) -> float:
    """The approach of the keras.io example: a tf.data set for each split, classes
    masked apart, a map over single reviews."""
    started = time.perf_counter()
    if settings.source == "tfds":
        whole = {"split": "train+test", "as_supervised": True, "batch_size": -1}
        data = tfds.load("imdb_reviews", download=False, **whole)
        texts, labels = tfds.as_numpy(data)
    else:
        reviews = load_reviews(settings.source)
        texts, labels = reviews.texts, reviews.labels

    def split(start: int, stop: int | None) -> tf.data.Dataset:
        columns = [
            tf.concat([column[labels == k][start:stop] for k in (1, 0)], 0)
            for column in (texts, labels)
        ]
        return tf.data.Dataset.from_tensor_slices(tuple(columns))

    sizes = [settings.validation, settings.test, settings.labelled]
    cuts = [0, *(np.cumsum(sizes) // 2), None]
    validation, test, labelled, pool = (split(*ends) for ends in pairwise(cuts))
    side_by_side = {"num_parallel_calls": tf.data.AUTOTUNE}
    layer = keras.layers.TextVectorization(
        settings.vocabulary_size, output_sequence_length=settings.sequence_length
    )
    layer.adapt(labelled.map(lambda x, y: x, **side_by_side).batch(256))

    def vectorized(data: tf.data.Dataset) -> tf.data.Dataset:
        return data.map(lambda x, y: (layer(x), y), **side_by_side)

    training = vectorized(labelled).prefetch(tf.data.AUTOTUNE)
    single = training.concatenate(vectorized(pool)).batch(256)
    batched = [vectorized(data.batch(256)) for data in (validation, test)]
    read = sum(len(y) for data in (single, *batched) for _, y in data)
    seconds = time.perf_counter() - started
    if read != len(labels):
        raise RuntimeError(f"read {read} reviews the published way, not {len(labels)}")
    return seconds


def bench_prepare(settings: Settings, turns: int) -> None:
    def cold() -> float:
        with tempfile.TemporaryDirectory() as empty:
            return in_fresh_process(seconds_to_prepare, settings, empty)

    with tempfile.TemporaryDirectory() as filled:
        warm = partial(in_fresh_process, seconds_to_prepare, settings, filled)
        warm()  # fills the folder
        published = partial(in_fresh_process, seconds_as_published, settings)
        seconds = take_turns(turns, cold, warm, published)
    for name, these, most in (("cold", seconds[0], 7), ("warm", seconds[1], 1)):
        aim = {"seconds": most} if settings.source == "tfds" else {}
        print_line(f"prepare, {name}", these, "published way", seconds[2], **aim)


def bench_epoch(settings: Settings, turns: int, size: int = 2_048) -> None:
    rng = np.random.default_rng(settings.seed)
    # Any ids of the right shape will do: the words make no difference to the clock.
    shape = (size + 512, settings.sequence_length)
    tokens = rng.integers(settings.vocabulary_size, size=shape, dtype=np.int32)
    labels = rng.integers(2, size=len(tokens)).astype(np.float32)
    validation, rows = (tokens[size:], labels[size:]), rng.permutation(size)
    ready = {"x": tokens[rows], "y": labels[rows], "validation_data": validation}
    sizes = {"batch_size": settings.batch_size, "validation_batch_size": 512}

    def side(through_alutils: bool) -> Callable[[], float]:
        model = models.build_model(settings.vocabulary_size, settings.sequence_length)
        models.compile_model(model)

        def fit() -> float:
            started = time.perf_counter()
            if through_alutils:
                given = (tokens, rows, labels[rows], settings.batch_size, rng)
                batches = models.Batches(*given)
                models.fit_model(model, batches, validation, epochs=1, patience=1)
            else:  # in the batches of fit_model
                model.fit(**ready, **sizes, epochs=1, verbose=0)
            return time.perf_counter() - started

        return fit

    sides = [side(through_alutils) for through_alutils in (True, False, False)]
    take_turns(1, *sides)  # the first fit of each traces its model
    these, others, again = take_turns(turns, *sides)
    print_line("epoch", these, "bare model.fit", others, ratio=1.03)
    print_line("epoch, noise", again, "bare model.fit", others)


@contextmanager
def keras_clock() -> Iterator[Seconds]:
    """A list of the seconds of each call of a model's fit, predict or evaluate; one
    within another does not count again."""
    seconds, running = [], []

    def timed(method: Callable) -> Callable:
        def call(*arguments: object, **named: object) -> object:
            running.append(time.perf_counter())
            try:
                return method(*arguments, **named)
            finally:
                started = running.pop()
                if not running:
                    seconds.append(time.perf_counter() - started)

        return call

    with ExitStack() as patches:
        for name in ("fit", "predict", "evaluate"):
            replaced = timed(getattr(keras.Model, name))
            patches.enter_context(mock.patch.object(keras.Model, name, replaced))
        yield seconds


def bench_loop(settings: Settings, turns: int) -> None:
    reviews, splits, tokens = prepare(settings)
    outside, whole = [], []
    for _ in range(turns):
        models.seed_everything(settings.seed)
        shuffling, asking = np.random.default_rng(settings.seed).spawn(2)
        oracle = SimulatedOracle(reviews.labels)
        validation, steering = (
            (rows, oracle.label(rows, purpose="validation and steering"))
            for rows in (splits.validation, splits.test)
        )
        learner = BiLSTMLearner(
            tokens.ids, validation, settings, shuffling, **PUBLISHED_TRAINING
        )
        strategy = ErrorRatio(steering, classes_of=oracle.leak, **PUBLISHED_QUERIES)
        started = time.perf_counter()
        with keras_clock() as in_keras:
            sizes = settings.query_sizes
            list(active_learning_loop(learner, strategy, oracle, splits, sizes, asking))
        whole.append(time.perf_counter() - started)
        outside.append(whole[-1] - sum(in_keras))
    print_line("loop", outside, "whole loop", whole, ratio=0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("prepare", "epoch", "loop"))
    parser.add_argument("--source", choices=("tfds", "wheel"))
    parser.add_argument("--turns", type=int, help="else prepare 5, epoch 30, loop 3")
    given = parser.parse_args()
    print_machine("keras", "tensorflow")

    with tempfile.TemporaryDirectory() as cache:
        os.environ["ALUTILS_CACHE"] = cache
        if given.only in (None, "prepare"):
            bench_prepare(settings_to_prepare(given.source), given.turns or 5)
        if given.only in (None, "epoch"):
            bench_epoch(settings_for("full"), given.turns or 30)
        if given.only in (None, "loop"):
            bench_loop(settings_for("small"), given.turns or 3)


if __name__ == "__main__":
    main()
