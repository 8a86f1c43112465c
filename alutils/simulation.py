"""Carry out one run of an experiment: from its settings to a tidy table, one row a round.

Nothing here models anything: it looks up the parts by their names and puts them
together.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import metadata

import keras
import numpy as np
import pandas as pd

from alutils import scores
from alutils.committees import WithCommittee
from alutils.diversity import DiverseDoubt, KCenter
from alutils.evaluation import current_commit, rounds_table, versions
from alutils.features import beside, token_ids
from alutils.learners import BiLSTMLearner, Learner, LinearLearner
from alutils.loop import active_learning_loop
from alutils.materials import base_splits, corpus, phrases, places
from alutils.models import seed_everything
from alutils.oracle import SimulatedOracle
from alutils.reviews import Reviews
from alutils.runs import Run
from alutils.self_training import SelfTraining
from alutils.settings import PROFILES
from alutils.splits import Splits, draw_start
from alutils.strategies import (
    CommitteeDoubt,
    Doubt,
    ErrorRatio,
    RandomFirst,
    Strategy,
    around_the_median,
    random_sampling,
)


@dataclass(frozen=True)
class _Setup:
    run: Run
    learner: Learner
    splits: Splits
    oracle: SimulatedOracle


# By name: from a run's setup to a strategy.
STRATEGIES: dict[str, Callable[[_Setup], Strategy]] = {
    "random": lambda s: random_sampling,
    "least_confidence": lambda s: Doubt(scores.least_confidence),
    "margin": lambda s: Doubt(scores.margin),
    "entropy": lambda s: Doubt(scores.entropy),
    "around_the_median": lambda s: around_the_median,
    "vote_entropy": lambda s: CommitteeDoubt(
        s.learner.predict_members, scores.vote_entropy
    ),
    "bald": lambda s: CommitteeDoubt(
        s.learner.predict_with_dropout, scores.bald, s.run.candidates
    ),
    "k_center": lambda s: KCenter(_few_places(s.run)),
    "diverse_doubt": lambda s: DiverseDoubt(_few_places(s.run)),
    "error_ratio": lambda s: _error_ratio(s),
}


# Keras's seed and layers belong to the whole process: in threads of one, as a Dask
# worker may have them, runs would change each other's numbers.
_one_at_a_time = threading.Lock()


def run_one(run: Run) -> pd.DataFrame:
    """Carry out a run; one row a round, the starting labels first.

    Beside the columns of `rounds_table` there are `asked` and `asked_positive` (labels
    of the round, and the positive ones among them), `labels_spent` (reviews labelled
    for training, validation or steering), and `leaked` (looks at labels without
    asking, so far). In every row stand `arm`, `seed`, `rounds` (how many rows the run has,
    fewer than asked for if the pool ran out), `settings`, `versions` and `commit`.

    The random streams of the starting rows, the learner and the queries are apart, so
    that all arms of one seed start alike. A second call waits for the first.

    Raises
    ------
    ValueError, FileNotFoundError, ConnectionError
        If the reviews are not there, or do not suffice for the settings.
    """
    with _one_at_a_time:
        return _table(run)


def _table(run: Run) -> pd.DataFrame:
    made_with = {"versions": _software(), "commit": current_commit()}
    reviews = corpus(run)
    starting, learning, asking = np.random.default_rng(run.seed).spawn(3)
    splits = _splits(run, reviews, starting)
    oracle = SimulatedOracle(reviews.labels)
    learner = _learner(run, reviews, splits, oracle, learning)
    strategy = STRATEGIES[run.strategy](_Setup(run, learner, splits, oracle))
    if run.random_until:
        strategy = RandomFirst(strategy, run.random_until)
    rounds, spending = [], []
    for done in active_learning_loop(
        learner, strategy, oracle, splits, run.query_sizes, asking
    ):
        rounds.append(done)
        spent = oracle.count_for("training", "validation", "steering")
        positive = int(reviews.labels[done.asked].sum())
        spending.append((len(done.asked), positive, spent, oracle.leaked))
    columns = ["asked", "asked_positive", "labels_spent", "leaked"]
    table = rounds_table(rounds).drop(columns="accuracy").round({"seconds": 2})
    table[columns] = spending
    table.insert(0, "arm", run.arm)
    table.insert(1, "seed", run.seed)
    return table.assign(rounds=len(rounds), settings=run.settings, **made_with)


def _software() -> str:
    """Versions that can change a number, those of the process that carried out the
    run."""
    more = {name: metadata.version(name) for name in ("numpy", "scikit-learn")}
    return " ".join(f"{k}-{version}" for k, version in (versions() | more).items())


def _splits(run: Run, reviews: Reviews, rng: np.random.Generator) -> Splits:
    base = base_splits(run, reviews)
    if run.start_rows == "storage":
        return base
    if run.start_rows == "everything":
        return dataclasses.replace(base, labelled=base.training, pool=base.pool[:0])
    return draw_start(
        base,
        reviews,
        rng,
        labelled=run.labelled,
        validation=run.validation,
        balanced=run.start_rows == "balanced",
    )


def _learner(
    run: Run,
    reviews: Reviews,
    splits: Splits,
    oracle: SimulatedOracle,
    rng: np.random.Generator,
) -> Learner:
    if run.learner == "bilstm":
        keras.utils.clear_session()
        seed_everything(run.seed)
        settings = PROFILES[run.profile]
        tokens = token_ids(
            reviews,
            splits.labelled[: run.labelled],
            vocabulary_size=settings.vocabulary_size,
            sequence_length=settings.sequence_length,
        )
        validation = oracle.label(splits.validation, purpose="validation")
        return BiLSTMLearner(
            tokens.ids,
            (splits.validation, validation),
            settings,
            rng,
            start=run.start,
            checkpoint=run.checkpoint,
            load_after_first_fit=run.load_after_first_fit,
            shuffle_buffer=run.shuffle_buffer or None,
        )
    features = phrases(run)
    if run.features == "tfidf+lsa":
        features = beside(features, places(run), weight=run.lsa_weight)
    linear = partial(LinearLearner, features, C=run.C)
    if run.self_training:
        return SelfTraining(
            linear(),
            splits.pool,
            share=run.share,
            weight=run.weight,
            passes=run.self_training,
        )
    if run.strategy == "vote_entropy":
        return WithCommittee(linear(), [linear() for _ in range(run.members)], rng)
    return linear()


def _few_places(run: Run) -> np.ndarray:
    return np.ascontiguousarray(places(run)[:, : run.directions])


def _error_ratio(setup: _Setup) -> ErrorRatio:
    run = setup.run
    rows = getattr(setup.splits, run.steering)
    return ErrorRatio(
        (rows, setup.oracle.label(rows, purpose="steering")),
        classes_of=setup.oracle.leak if run.classes == "true" else None,
        direction=run.direction,
        truncate=run.truncate,
        order=run.order,
    )
