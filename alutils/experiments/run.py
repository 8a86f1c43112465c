"""Carry out one run of an experiment: from its settings to a record.

Nothing here models anything: each section of the settings builds its own part, and
these are put together.
"""

from __future__ import annotations

import threading
from importlib import metadata
from typing import Any

import numpy as np

from alutils.experiments.config import Run
from alutils.experiments.materials import Materials, corpus
from alutils.experiments.measured import Measured
from alutils.loop.rounds import active_learning_loop
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
    streams = np.random.default_rng(run.seed).spawn(5)
    starting, learning, asking, answering, succeeding = streams
    splits = run.start.splits(run.data, shared.reviews, starting)
    splits, looked_at = run.watch.set_aside(splits, starting)
    oracle = run.oracle.build(shared, run.features, answering)
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
    watch = run.watch.build(looked_at, oracle)
    measured = Measured(run, materials, learner, succeeding)
    rounds = [
        measured.of(done)
        for done in active_learning_loop(
            learner,
            run.strategy.build(materials),
            oracle,
            splits,
            run.query_sizes,
            asking,
            watch=watch,
            stop=None if watch is None else run.stopping.build(),
            policy=run.oracle.build_policy(materials),
        )
    ]
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
            name: _together(name, [each[name] for each in rounds]) for name in rounds[0]
        },
    }


def _together(name: str, values: list) -> Any:
    """A value a round, or one for all."""
    alike = name != "seconds" and all(value == values[0] for value in values)
    return values[0] if alike else values


def _software() -> dict[str, str]:
    """Versions that can change a number, those of the process that carried out the
    run."""
    more = {name: metadata.version(name) for name in ("numpy", "scikit-learn")}
    return versions() | more
