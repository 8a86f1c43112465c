"""What needs no neural network starts without one, in a Python of its own."""

import json

import pytest

HEAVY = (
    *("keras", "tensorflow", "tensorflow_datasets"),
    *("matplotlib", "statsmodels", "IPython"),
)
RUN = """
import importlib, json, pkgutil, sys
from pathlib import Path

import numpy as np

import alutils.loop, alutils.published, alutils.strategies
from alutils.corpus.reviews import load_reviews
from alutils.corpus.splits import split_at_random
from alutils.features.phrases import tfidf
from alutils.learners.committee import WithCommittee
from alutils.learners.linear import LinearLearner
from alutils.learners.self_training import SelfTraining
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.loop.session import Session
from alutils.loop.tables import rounds_table
from alutils.strategies.scores import vote_entropy
from alutils.strategies.uncertainty import CommitteeDoubt, Doubt

for package in (alutils.loop, alutils.published, alutils.strategies):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)

folder = Path(sys.argv[1])
lines = [f"a {word} film of {k},{word}" for k in range(20) for word in ("good", "bad")]
(folder / "films.csv").write_text("\\n".join(["text,label", *lines]))
reviews = load_reviews(str(folder / "films.csv"))
rng = np.random.default_rng(0)
splits = split_at_random(reviews, rng, labelled=4, validation=4, test=8)
features = tfidf(reviews, splits.training, min_df=1)
accuracies = []
for learner, strategy in (
    (LinearLearner(features), Doubt()),
    (SelfTraining(LinearLearner(features), splits.pool), Doubt()),
    (
        WithCommittee(LinearLearner(features), [LinearLearner(features)] * 2, rng),
        CommitteeDoubt(vote_entropy),
    ),
):
    oracle = SimulatedOracle(reviews.labels)
    rounds = active_learning_loop(learner, strategy, oracle, splits, [4], rng)
    accuracies.append(rounds_table(rounds)["accuracy"].iloc[-1])
session = Session(learner, strategy, splits.pool, rng)
session.ask(3)
session.save(folder / "session")
print(json.dumps({"modules": sorted(sys.modules), "accuracies": accuracies}))
"""


@pytest.fixture(scope="module")
def report(run_python, tmp_path_factory) -> dict:
    folder = str(tmp_path_factory.mktemp("films"))
    answer = run_python(f"import sys; sys.argv = ['', {folder!r}]\n" + RUN)
    return json.loads(answer.splitlines()[-1])


def test_reading_a_csv_file_and_the_loop_with_linear_learners_import_no_heavy_package(
    report,
):
    assert [name for name in HEAVY if name in report["modules"]] == []


def test_the_round_that_was_run_without_them_is_a_real_one(report):
    assert min(report["accuracies"]) > 0.7
