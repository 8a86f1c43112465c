"""The active-learning loop: train, score, ask, add, and again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from alutils.errors import ErrorCounts, count_errors
from alutils.learners import Learner
from alutils.oracle import SimulatedOracle
from alutils.splits import Splits
from alutils.strategies import State, Strategy


@dataclass(frozen=True)
class Round:
    """What one round did.

    Attributes
    ----------
    number
        0 for the labels that the loop starts with
    asked
        rows labelled in this round, shape (n,)
    labels
        labels in the training set so far
    test
        errors on the test reviews after training
    seconds
        wall-clock time of the round: asking, training and scoring
    pool_exhausted
        True if the pool has no row left; the loop ends after such a round
    """

    number: int
    asked: np.ndarray
    labels: int
    test: ErrorCounts
    seconds: float
    pool_exhausted: bool = False


class _RememberedPredictions:
    """A learner's probabilities between two fits: the strategy and the scoring may ask
    for the same rows."""

    def __init__(self, learner: Learner) -> None:
        self._learner, self._known = learner, {}

    def forget(self) -> None:
        self._known.clear()

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        key = np.asarray(rows, dtype=np.int64).tobytes()
        if key not in self._known:
            self._known[key] = self._learner.predict_proba(rows)
        return self._known[key]


def active_learning_loop(
    learner: Learner,
    strategy: Strategy,
    oracle: SimulatedOracle,
    splits: Splits,
    query_sizes: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[Round]:
    """Yield one `Round` for the starting labels, then one for each entry of
    `query_sizes`.

    The loop asks for no row twice and for no more rows than a round's size. It ends
    early, after a round that says so, when the pool has no rows left to give.

    Raises
    ------
    ValueError
        If a size is no whole number of at least 0, a row of the pool is labelled, a
        validation or a test row too, or the strategy returns a row that is not in the
        pool, a row twice, or more rows than it was asked for.
    """
    _check_what_is_given(splits, query_sizes)
    started = time.perf_counter()
    rows, pool = splits.labelled.copy(), splits.pool.copy()
    asked = splits.labelled
    labels = oracle.label(rows)
    test_labels = oracle.label(splits.test, purpose="test")
    predictions = _RememberedPredictions(learner)
    for number, size in enumerate([0, *query_sizes]):
        if number > 0:
            started = time.perf_counter()
            for seen in (pool, rows):  # a strategy may look, not rearrange
                seen.setflags(write=False)
            state = State(pool, predictions, rng, rows)
            asked = strategy(state, min(size, len(pool)))
            asked = _checked_query(asked, pool, size)
            rows = np.concatenate([rows, asked])
            labels = np.concatenate([labels, oracle.label(asked)])
            pool = pool[~np.isin(pool, asked)]
        learner.fit(rows, labels)
        predictions.forget()
        test = count_errors(test_labels, predictions(splits.test))
        seconds = time.perf_counter() - started
        yield Round(number, asked, len(rows), test, seconds, len(pool) == 0)
        if len(pool) == 0:
            return


def _check_what_is_given(splits: Splits, query_sizes: Sequence[int]) -> None:
    for size in query_sizes:
        if not isinstance(size, Integral) or size < 0:
            raise ValueError(
                f"query_sizes has {size!r}: expected whole numbers of at least 0"
            )
    for name in ("labelled", "validation", "test"):
        rows = getattr(splits, name)
        both = rows[np.isin(rows, splits.pool)]
        if len(both):
            raise ValueError(
                f"row {both[0]} is in the pool and in splits.{name}: each row belongs in"
                " one place only"
            )


def _checked_query(asked: np.ndarray, pool: np.ndarray, size: int) -> np.ndarray:
    asked = np.asarray(asked)
    if asked.ndim != 1 or (len(asked) and asked.dtype.kind not in "iu"):
        raise ValueError(
            f"the strategy returned an array of {asked.dtype} and shape {asked.shape}:"
            " return rows, whole numbers in one dimension"
        )
    if len(asked) > size:
        raise ValueError(
            f"the strategy asked for {len(asked)} rows, but the round's budget is"
            f" {size}"
        )
    if len(np.unique(asked)) < len(asked):
        raise ValueError(
            "the strategy asked for a row twice: return each row at most once"
        )
    foreign = asked[~np.isin(asked, pool)]
    if len(foreign):
        raise ValueError(
            f"the strategy asked for row {foreign[0]}, which is not in the pool: choose"
            " from state.pool"
        )
    return asked.astype(np.int64)
