"""What it takes to begin: a worker of a grid, and the imports.

    python benchmarks/bench_start.py                # everything, about ten minutes
    python benchmarks/bench_start.py --only import  # one part: worker or import
    python benchmarks/bench_start.py --turns 1      # fewer turns than 3 (import: 9)

Run it on a machine that does nothing else. Seconds are medians with (lowest–highest); a
ratio is the median of the ratios of the single turns.

worker : the start of a second worker of a linear grid, its imports included: reviews,
    TF-IDF, LSA and both beside each other from a filled cache folder, while a first one
    holds the same. Beside it a first worker, which makes them. Memory: the highest
    resident of a worker, what it shares included; and of the second one at the end its
    own part, where shared memory is divided among those that share it (Linux's PSS).
import : all that a round of the linear learner on a CSV file needs of alutils. Beside
    it pandas and the same parts of scikit-learn alone. Each has a Python of its own;
    that the round needs neither Keras nor TensorFlow is checked.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

from bench_features import (
    DIMENSIONS,
    MIN_DF,
    highest_memory,
    reviews_and_rows,
)
from side_by_side import (
    fresh_process,
    print_line,
    print_machine,
    settings_to_prepare,
    take_turns,
)

from alutils.features.phrases import beside, lsa, tfidf
from alutils.settings import Settings

ALONE = """
import pandas
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
"""
ALUTILS = """
import numpy as np
from alutils.corpus.reviews import load_reviews
from alutils.corpus.splits import split_at_random
from alutils.features.phrases import tfidf
from alutils.learners.linear import LinearLearner
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.strategies.scores import margin
from alutils.strategies.uncertainty import Doubt
"""
ROUND = """
lines = [f"film {k} {'good' if k % 2 else 'bad'},{k % 2}" for k in range(200)]
with open("reviews.csv", "w") as file:
    file.write("\\n".join(["text,label", *lines]))
reviews = load_reviews("reviews.csv")
rng = np.random.default_rng(0)
splits = split_at_random(reviews, rng, labelled=20, validation=20, test=60)
learner = LinearLearner(tfidf(reviews, splits.training))
oracle = SimulatedOracle(reviews.labels)
rounds = list(
    active_learning_loop(learner, Doubt(margin), oracle, splits, [10], rng)
)
assert [r.labels for r in rounds] == [20, 30]
found = sorted({"keras", "tensorflow"} & set(sys.modules))
if found:
    sys.exit(f"{found} imported, and not needed")
"""

held = []  # what a worker keeps until it ends


def work(settings: Settings, cache: str) -> tuple[float, float]:
    """What a worker of a linear grid does before its first run; its memory in MiB, the
    highest and its own part."""
    reviews, rows = reviews_and_rows(settings)
    os.environ["ALUTILS_CACHE"] = cache
    phrases = tfidf(reviews, rows, min_df=MIN_DF)
    places = lsa(phrases, rows, dimensions=DIMENSIONS, seed=0)
    held.extend([reviews, phrases, places, beside(phrases, places, weight=2.0)])
    return highest_memory(), own_part()


def own_part() -> float:
    try:
        with open("/proc/self/smaps_rollup") as rollup:
            (line,) = (line for line in rollup if line.startswith("Pss:"))
    except OSError:
        return float("nan")
    return int(line.split()[1]) / 1024


def bench_worker(settings: Settings, turns: int) -> None:
    with fresh_process() as reading:  # so that no side needs to read TFDS's files
        reading.submit(reviews_and_rows, settings).result()
    firsts, seconds, memories = [], [], []
    for _ in range(turns):
        with (
            tempfile.TemporaryDirectory() as cache,
            fresh_process() as first,
            fresh_process() as second,
        ):
            for process, took in ((first, firsts), (second, seconds)):
                started = time.perf_counter()
                memories.append(process.submit(work, settings, cache).result())
                took.append(time.perf_counter() - started)
    print_line("second worker", seconds, "first worker", firsts)
    highest, own = (median(each) for each in zip(*memories[1::2], strict=True))
    making = median(each for each, _ in memories[::2])
    print(f"memory: second {highest:,.0f} MiB, its own part {own:,.0f} MiB", end="; ")
    print(f"first {making:,.0f} MiB", flush=True)


def import_time(imports: str, then: str = "") -> Callable[[], float]:
    code = (
        f"import sys, time\nstarted = time.perf_counter()\n{imports}\n"
        f"took = time.perf_counter() - started\n{then}\nprint(took)"
    )

    def seconds() -> float:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", code],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                capture_output=True,
                text=True,
            )
        if done.returncode:
            raise SystemExit(done.stderr)
        return float(done.stdout)

    return seconds


def bench_import(turns: int) -> None:
    sides = [import_time(ALUTILS, ROUND), import_time(ALONE)]
    take_turns(1, *sides)  # the first of each reads from the disk
    ours, alone = take_turns(turns, *sides)
    print_line("import", ours, "without alutils", alone, ratio=1.3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("worker", "import"))
    parser.add_argument("--source", choices=("tfds", "wheel"))
    parser.add_argument("--turns", type=int, help="else worker 3, import 9")
    given = parser.parse_args()
    print_machine("numpy", "pandas", "scikit-learn")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ALUTILS_CACHE"] = cache
        if given.only in (None, "import"):
            bench_import(given.turns or 9)
        if given.only in (None, "worker"):
            bench_worker(settings_to_prepare(given.source), given.turns or 3)


if __name__ == "__main__":
    main()
