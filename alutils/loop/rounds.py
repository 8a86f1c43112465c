"""The active-learning loop: train, score, ask, add, and again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from alutils.corpus.rows import as_rows
from alutils.corpus.splits import Splits
from alutils.errors import ErrorCounts, count_errors
from alutils.learners.base import Learner
from alutils.loop.oracle import Oracle
from alutils.loop.policies import Policy, check_raters, one_label_each
from alutils.loop.seen import Seen
from alutils.loop.session import Session
from alutils.loop.stopping import StoppingRule
from alutils.loop.watching import Watch
from alutils.strategies.base import Strategy


@dataclass(frozen=True)
class Round:
    """What one round did.

    Attributes
    ----------
    number
        0 for the labels that the loop starts with
    asked
        rows labelled in this round, shape (n,); those for the first time, if the policy
        asks about known ones again
    labels
        labels in the training set so far
    test
        errors on the test reviews after training
    seconds
        wall-clock time of the round: asking, training and scoring
    pool_exhausted
        True if the pool has no row left; the loop ends after such a round
    seen
        what the watch saw, if there is one
    stopped
        True if the stopping rule says so; the loop ends after such a round
    taught
        all rows that the learner was taught on and their labels, as they were then
    """

    number: int
    asked: np.ndarray
    labels: int
    test: ErrorCounts
    seconds: float
    pool_exhausted: bool = False
    seen: Seen | None = None
    stopped: bool = False
    taught: tuple[np.ndarray, np.ndarray] | None = None


def active_learning_loop(
    learner: Learner,
    strategy: Strategy,
    oracle: Oracle,
    splits: Splits,
    query_sizes: Sequence[int],
    rng: np.random.Generator,
    *,
    watch: Watch | None = None,
    stop: StoppingRule | None = None,
    policy: Policy = one_label_each,
) -> Iterator[Round]:
    """Yield one `Round` for the starting labels, then one for each entry of
    `query_sizes`.

    The loop asks for no row twice and for no more rows than a round's size; rows that the
    oracle does not know are left out. It ends early, after a round that says so, when
    the pool has no rows left to give, or when a stopping rule says so.

    Parameters
    ----------
    query_sizes
        answers that each round may cost
    watch
        looks at the model before and after each fit, never at a label of the test set
    stop
        a rule over what the watch has seen
    policy
        what a round's answers are spent on

    Raises
    ------
    ValueError
        If a size is no whole number of at least 0, a row of the pool is labelled, a
        validation or a test row too, or the strategy returns a row that is not in the
        pool, a row twice, or more rows than it was asked for. If the watch looks at a
        row that is learnt or tested on, a stopping rule has no watch, or a policy wants
        more raters than there are.
    """
    _check_what_is_given(splits, query_sizes)
    if watch is not None:
        watch.check_apart(labelled=splits.labelled, pool=splits.pool, test=splits.test)
    elif stop is not None:
        raise ValueError(f"{stop} sees nothing: pass watch=Watch(rows) too")
    check_raters(policy, oracle)
    started = time.perf_counter()
    asked = as_rows(splits.labelled)
    known = {"rows": asked, "labels": oracle.label(asked), "n_classes": None}
    session = Session(learner, strategy, splits.pool, rng, **known)
    test_labels = oracle.label(splits.test, purpose="test")
    for number, size in enumerate([0, *query_sizes]):
        if number > 0:
            started = time.perf_counter()
            asked = policy(session, oracle, size)
        seen = session.fit() if watch is None else watch.fit(session)
        test = count_errors(test_labels, session.predict_proba(splits.test))
        seconds, exhausted = time.perf_counter() - started, len(session.pool) == 0
        stopped = stop is not None and stop(watch.seen)
        yield Round(
            number,
            asked,
            len(session.rows),
            test,
            seconds,
            exhausted,
            seen,
            stopped,
            (session.rows, session.labels),
        )
        if exhausted or stopped:
            return


def _check_what_is_given(splits: Splits, query_sizes: Sequence[int]) -> None:
    for size in query_sizes:
        if not isinstance(size, Integral) or size < 0:
            raise ValueError(
                f"query_sizes has {size!r}: expected whole numbers of at least 0"
            )
    for name in ("labelled", "validation", "test"):
        rows = as_rows(getattr(splits, name))
        both = rows[np.isin(rows, as_rows(splits.pool))]
        if len(both):
            raise ValueError(
                f"row {both[0]} is in the pool and in splits.{name}: each row belongs in"
                " one place only"
            )
