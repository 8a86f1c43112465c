"""Carry out one run of an experiment: from its settings to a record.

Nothing here models anything: each section of the settings builds its own part, and
these are put together.
"""

from __future__ import annotations

import dataclasses
import threading
from importlib import metadata
from typing import Any

import numpy as np

from alutils.experiments.config import Run
from alutils.experiments.materials import Materials, corpus
from alutils.learners.base import Learner
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import Round, active_learning_loop
from alutils.provenance import current_commit, versions
from alutils.records import FORM

# Keras's seed and layers belong to the whole process: in threads of one, as a Dask
# worker may have them, runs would change each other's numbers.
_one_at_a_time = threading.Lock()


def run_one(run: Run) -> dict[str, Any]:
    """Carry out a run; its record, which `records.runs_table` turns into a table.

    It holds `arm` and `seed`; the settings that were named, `given`, and all others,
    `defaults`, by section; `versions` and `commit`; `test`, the number of test reviews
    of each class; and `rounds`, what was measured, a value a round or one for all.

    The random streams of the starting rows, the learner and the queries are apart, so
    that all arms of one seed start alike. A second call waits for the first.

    Raises
    ------
    ValueError, FileNotFoundError, ConnectionError
        If the reviews are not there, or do not suffice for the settings.
    """
    with _one_at_a_time:
        return _record(run)


def _record(run: Run) -> dict[str, Any]:
    given, defaults = run.settings()
    made_with = {"versions": _software(), "commit": current_commit()}
    shared = corpus(run.data, run.folder)
    # The fourth stream is that of an oracle's errors.
    streams = np.random.default_rng(run.seed).spawn(5)
    starting, learning, asking, _, succeeding = streams
    splits = run.start.splits(run.data, shared.reviews, starting)
    oracle = SimulatedOracle(shared.reviews.labels)
    materials = Materials(
        reviews=shared.reviews,
        splits=splits,
        oracle=oracle,
        rng=learning,
        seed=run.seed,
        vocabulary_rows=splits.labelled[: run.start.labelled],
        corpus=shared,
        settings=run.features,
    )
    learner = run.learner.build(materials)
    strategy = run.strategy.build(materials)
    after = dataclasses.replace(materials, rng=succeeding)
    rounds, rows = [], np.arange(0)
    for done in active_learning_loop(
        learner, strategy, oracle, splits, run.query_sizes, asking
    ):
        rows = np.concatenate([rows, done.asked])
        succeeded = run.successor.errors(after, rows)
        spent = oracle.count_for("training", "validation", "steering")
        asked = np.bincount(
            shared.reviews.labels[done.asked], minlength=materials.n_classes
        )
        rounds.append(
            {
                **_errors(done),
                **{f"asked_{k}": int(n) for k, n in enumerate(asked)},
                "beside_training": spent - done.labels,
                "leaked": oracle.leaked,
                "seconds": round(done.seconds, 2),
                **_precision(done),
                **_passes(learner),
                **succeeded,
            }
        )
    test = np.bincount(
        shared.reviews.labels[splits.test], minlength=materials.n_classes
    )
    return {
        "form": FORM,
        "arm": run.arm,
        "seed": run.seed,
        "given": given,
        "defaults": defaults,
        **made_with,
        "test": test.tolist(),
        "rounds": {
            name: _together(name, [measured[name] for measured in rounds])
            for name in rounds[0]
        },
    }


def _errors(done: Round) -> dict[str, int]:
    """Counts beside the diagonal: the rest follows from the number of test reviews."""
    return {
        f"errors_{i}_as_{j}": count
        for i, row in enumerate(done.test.table)
        for j, count in enumerate(row)
        if i != j
    }


def _precision(done: Round) -> dict[str, float | None]:
    each = enumerate(done.test.average_precision or ())
    return {
        f"average_precision_{k}": round(float(p), 5) if np.isfinite(p) else None
        for k, p in each
    }


def _passes(learner: Learner) -> dict[str, int]:
    """How often a learner that starts from words has taught itself in each fit."""
    made = getattr(learner, "passes_made", None)
    return {} if made is None else {"passes": made}


def _together(name: str, values: list) -> Any:
    """A value a round, or one for all."""
    alike = name != "seconds" and all(value == values[0] for value in values)
    return values[0] if alike else values


def _software() -> dict[str, str]:
    """Versions that can change a number, those of the process that carried out the
    run."""
    more = {name: metadata.version(name) for name in ("numpy", "scikit-learn")}
    return versions() | more
