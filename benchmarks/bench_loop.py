"""What the loop costs around its learner, beside the bare learner and small-text.

    python benchmarks/bench_loop.py                # everything, about five minutes
    python benchmarks/bench_loop.py --only pool    # one part: bare, small-text or pool
    python benchmarks/bench_loop.py --rounds 5     # fewer rounds than 20

Run it on a machine that does nothing else. All parts use logistic regression on TF-IDF
features of the same reviews: TFDS's 50,000 if they are here, else 25,000.

bare : margin queries of 100 from 100 labels on. Beside the whole loop, the sum of its
    own calls of the learner's fit and predict_proba.
small-text : the same queries, on the same matrix with the same classifier, through this
    book's loop and through small-text's PoolBasedActiveLearner with BreakingTies. That
    the same rows are chosen in every round is checked first.
pool : scoring pools of 100,000 and of 1,000,000 rows, the same reviews again and again:
    the highest memory while scoring, beyond what the rows and their answers take.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc

import numpy as np
import scipy.sparse
from side_by_side import print_line, print_machine, settings_to_prepare, take_turns
from sklearn.base import clone
from small_text import (
    BreakingTies,
    PoolBasedActiveLearner,
    SklearnClassifierFactory,
    SklearnDataset,
)

from alutils.corpus.reviews import load_reviews
from alutils.corpus.splits import Splits, draw_start
from alutils.features.phrases import tfidf
from alutils.learners.linear import LinearLearner
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.published.storage_order import split_in_storage_order
from alutils.strategies.scores import margin
from alutils.strategies.uncertainty import Doubt

QUERY = 100


class ClockedLearner:
    """A learner that adds up the seconds spent in its own two methods."""

    def __init__(self, learner: LinearLearner) -> None:
        self.learner, self.seconds = learner, 0.0

    def fit(
        self, rows: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        started = time.perf_counter()
        self.learner.fit(rows, labels, weights)
        self.seconds += time.perf_counter() - started

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        started = time.perf_counter()
        answer = self.learner.predict_proba(rows)
        self.seconds += time.perf_counter() - started
        return answer


def our_queries(learner, labels, splits: Splits, rounds: int) -> list[set[int]]:
    """The rows of each query of the book's loop."""
    loop = active_learning_loop(
        learner,
        Doubt(margin),
        SimulatedOracle(labels),
        splits,
        [QUERY] * rounds,
        np.random.default_rng(0),
    )
    return [set(done.asked.tolist()) for done in loop][1:]


def their_queries(model, features, labels, splits: Splits, rounds: int):
    """The rows of each query of small-text, which scores the test rows for itself."""
    rows = splits.training
    data = SklearnDataset(features[rows], labels[rows].astype(int), np.array([0, 1]))
    place = {row: k for k, row in enumerate(rows.tolist())}
    start = np.array([place[row] for row in splits.labelled.tolist()])
    active = PoolBasedActiveLearner(
        SklearnClassifierFactory(clone(model), 2), BreakingTies(), data
    )
    test = SklearnDataset(
        features[splits.test], labels[splits.test].astype(int), np.array([0, 1])
    )
    active.initialize_data(start, labels[splits.labelled].astype(int))
    asked = []
    for _ in range(rounds):
        active.classifier.predict_proba(test)
        chosen = active.query(QUERY)
        asked.append(set(rows[chosen].tolist()))
        active.update(labels[rows[chosen]].astype(int))
    active.classifier.predict_proba(test)
    return asked


def bench_bare(features, labels, splits: Splits, rounds: int, turns: int) -> None:
    whole, bare = [], []
    for _ in range(turns):
        learner = ClockedLearner(LinearLearner(features))
        started = time.perf_counter()
        our_queries(learner, labels, splits, rounds)
        whole.append(time.perf_counter() - started)
        bare.append(learner.seconds)
    print_line("whole loop", whole, "bare calls", bare, ratio=1.05)


def bench_small_text(features, labels, splits: Splits, rounds: int, turns: int) -> None:
    learner = LinearLearner(features)
    # The two sides hand their labels over in different orders, and an early stop would
    # end at slightly different weights; nearer to the optimum, the queries are the same.
    model = learner.model.set_params(tol=1e-6)

    def ours() -> list[set[int]]:
        return our_queries(learner, labels, splits, rounds)

    def theirs() -> list[set[int]]:
        return their_queries(model, features, labels, splits, rounds)

    def seconds(side) -> float:
        started = time.perf_counter()
        side()
        return time.perf_counter() - started

    same = sum(a == b for a, b in zip(ours(), theirs(), strict=True))
    if same < rounds:
        raise SystemExit(
            f"only {same} of {rounds} queries ask for the same rows on both sides: what"
            " would be timed is not the same work"
        )
    print(f"all {rounds} queries ask for the same {QUERY} rows on both sides")
    ours_took, theirs_took = take_turns(
        turns, lambda: seconds(ours), lambda: seconds(theirs)
    )
    print_line("this book", ours_took, "small-text", theirs_took, ratio=1)


def bench_pool(features: scipy.sparse.csr_matrix, labels, splits: Splits) -> None:
    learner = LinearLearner(features)
    learner.fit(splits.labelled, labels[splits.labelled])
    extra = []
    for size in (100_000, 1_000_000):
        rows = np.resize(splits.pool, size)
        tracemalloc.start()
        scores = margin(learner.predict_proba(rows))
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        # A handful of numbers for each row: probabilities, their checks, the score.
        answers = 12 * scores.nbytes / 2**20
        extra.append(peak - answers)
        print(f"{size:>9,} rows: peak {peak:,.0f} MiB, beyond the answers", end=" ")
        print(f"{extra[-1]:,.0f} MiB")
    copied = 1_000_000 / features.shape[0] * features.data.nbytes * 2 / 2**20
    print(f"(their features alone, copied, would take {copied:,.0f} MiB)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("bare", "small-text", "pool"))
    parser.add_argument("--source", choices=("tfds", "wheel"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    print_machine("numpy", "scikit-learn", "small-text")
    settings = settings_to_prepare(given.source)
    reviews = load_reviews(settings.source)
    base = split_in_storage_order(
        reviews,
        labelled=settings.labelled,
        validation=settings.validation,
        test=settings.test,
    )
    start = {"labelled": QUERY, "validation": settings.validation, "balanced": True}
    splits = draw_start(base, reviews, np.random.default_rng(settings.seed), **start)
    features = tfidf(reviews, np.sort(base.training))
    print(f"{len(splits.pool):,} reviews in the pool, {features.shape[1]:,} phrases")
    for name, bench in (("bare", bench_bare), ("small-text", bench_small_text)):
        if given.only in (None, name):
            bench(features, reviews.labels, splits, given.rounds, given.turns)
    if given.only in (None, "pool"):
        bench_pool(features, reviews.labels, splits)


if __name__ == "__main__":
    main()
