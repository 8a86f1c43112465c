"""Each backend in a Python of its own: Keras settles on one when it is imported."""

import importlib.util
import json

import pytest

RUN = """
import json
from dataclasses import replace

import keras
import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.corpus.splits import Splits
from alutils.features.tokens import STANDARDIZATIONS, token_ids
from alutils.learners.bilstm import BiLSTMLearner
from alutils.learners.network import build_model, seed_everything
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.settings import Settings
from alutils.strategies.base import random_sampling
from alutils.strategies.scores import bald
from alutils.strategies.uncertainty import CommitteeDoubt

seed_everything(0)
rng = np.random.default_rng(0)
tokens = rng.integers(1, 20, (180, 6)).astype(np.int32)
labels = (tokens[:, 0] > 10).astype(int)  # easy to learn: the first word tells
# Whole batches, and as many to test as in the pool: each other size is compiled anew.
validation, test, labelled, pool = np.split(np.arange(180), [20, 60, 140])
settings = Settings(vocabulary_size=20, batch_size=10, epochs=6, patience=6)
learner = BiLSTMLearner(tokens, (validation, labels[validation]), settings, rng)
oracle = SimulatedOracle(labels)
splits = Splits(labelled, validation, test, pool)
rounds = list(active_learning_loop(learner, random_sampling, oracle, splits, [10], rng))

three = tokens[:, 0] % 3  # of more classes than two, asked for by a committee
softmax = BiLSTMLearner(
    tokens, (validation, three[validation]), replace(settings, epochs=1), rng, n_classes=3
)
ask = CommitteeDoubt(bald)
loop = active_learning_loop(softmax, ask, SimulatedOracle(three), splits, [10], rng)
of_three = [r.test.n_classes for r in loop]

reviews = Reviews(np.array(["Good<br />Good, BAD"], dtype=object), np.zeros(1), "one")
sizes = {"vocabulary_size": 9, "sequence_length": 4}
words = {}
for name in STANDARDIZATIONS:
    try:
        found = token_ids(reviews, np.arange(1), standardization=name, **sizes)
        words[name] = [found.vocabulary[k] for k in found.ids[0]]
    except Exception as error:
        words[name] = repr(error)

print(json.dumps({
    "backend": keras.backend.backend(),
    "parameters": build_model(3_000, 150).count_params(),
    "losses": learner.histories[0].loss,
    "labels": [r.labels for r in rounds],
    "spent": oracle.spent,
    "outside": float(np.abs(learner.predict_proba(pool).sum(axis=1) - 1).max()),
    "of_three": of_three,
    "three_outside": float(np.abs(softmax.predict_proba(pool).sum(axis=1) - 1).max()),
    "words": words,
}))
"""


@pytest.fixture(scope="module", params=["tensorflow", "jax", "torch"])
def backend(request) -> str:
    if request.param == "torch" and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not here: make test-torch runs it")
    return request.param


@pytest.fixture(scope="module")
def report(backend, run_python, tmp_path_factory) -> dict:
    # In a cache of its own, or it would be given what another backend has made.
    cache = str(tmp_path_factory.mktemp("cache"))
    # JAX compiles in less time when it is not to optimize.
    quick = {"XLA_FLAGS": "--xla_backend_optimization_level=0"}
    answer = run_python(RUN, KERAS_BACKEND=backend, ALUTILS_CACHE=cache, **quick)
    return json.loads(answer.splitlines()[-1])


def test_the_model_has_its_published_size_on_every_backend(report, backend):
    assert report["backend"] == backend
    assert report["parameters"] == 426_537


def test_the_model_learns_on_every_backend(report):
    first, *_, last = report["losses"]
    assert last < first


def test_the_loop_runs_on_every_backend(report):
    assert report["labels"] == [80, 90]
    assert report["spent"] == {"training": 90, "test": 40}
    assert report["outside"] < 1e-6


def test_more_than_two_classes_are_learnt_on_every_backend(report):
    assert report["of_three"] == [3, 3]
    assert report["three_outside"] < 1e-6


def test_the_text_is_cut_into_the_same_words_on_every_backend(report):
    assert report["words"]["keep_br"] == ["goodbr", "good", "bad", ""]


def test_breaks_are_stripped_on_every_backend(report):
    assert report["words"]["strip_br"] == ["good", "good", "bad", ""]
