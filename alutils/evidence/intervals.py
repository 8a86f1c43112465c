"""Intervals: of one test set by Wilson and by the bootstrap, of many seeds by the
bootstrap.

Of many runs only numbers of different seeds are drawn, one for each run; rounds of one
run depend on each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from alutils.errors import ErrorCounts
from alutils.evidence.curves import curves_of, labels_to_target

LEVEL = 0.95


def share_interval(hits: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a share, lower and upper bound between 0 and 1
    (Wilson 1927); NaN for a share of nothing.

    Examples
    --------
    >>> low, high = share_interval(128, 150)
    >>> print(f"{128 / 150:.3f}, between {low:.3f} and {high:.3f}")
    0.853, between 0.788 and 0.901
    """
    from scipy.stats import binomtest

    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of}: expected a count from 0 to {of}")
    if not of:
        return np.nan, np.nan
    interval = binomtest(hits, of).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


def accuracy_interval(errors: ErrorCounts, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval for the accuracy, as `share_interval` has it.

    It speaks of the luck of which reviews are in the test set, not of the luck of the
    training.
    """
    right = sum(row[k] for k, row in enumerate(errors.table))
    return share_interval(right, errors.reviews, level)


def recall_intervals(
    errors: ErrorCounts, level: float = LEVEL
) -> tuple[tuple[float, float], ...]:
    """Wilson's interval for the recall of each class, as `share_interval` has it; NaN
    for a class without a review."""
    return tuple(
        share_interval(row[k], sum(row), level) for k, row in enumerate(errors.table)
    )


def macro_f1_interval(errors: ErrorCounts) -> tuple[float, float]:
    """Interval for the macro-F1 that all the texts would give from which the test set
    was drawn at random, as `counts_interval` has it.

    With a class of fewer than about five reviews it is too narrow.
    """

    def macro_f1(tables: np.ndarray) -> np.ndarray:
        return np.array([ErrorCounts(table).macro_f1 for table in tables])

    return counts_interval(errors.table, macro_f1, resamples=1_000)


def counts_interval(
    counts: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    resamples: int = 4_000,
) -> tuple[float, float]:
    """Percentile interval of a statistic of counts under other draws of what was counted,
    lower and upper bound (Efron 1979).

    Drawn are the counts with one more, spread over all cells: what was not seen among a
    few may be there, and an interval of no width would be too sure.

    Parameters
    ----------
    counts : array of whole numbers, of any shape
    statistic
        takes counts for each draw, shape (draws, ...), and gives a number for each,
        shape (draws,); draws for which it is NaN are left out

    Examples
    --------
    >>> low, high = counts_interval([46, 4], lambda drawn: drawn[:, 0] / 50)
    >>> print(f"{low:.2f} to {high:.2f}")
    0.82 to 0.98
    """
    counts = np.asarray(counts)
    chances = counts.ravel() + 1 / counts.size
    drawn = np.random.default_rng(0).multinomial(
        counts.sum(), chances / chances.sum(), size=resamples
    )
    values = statistic(drawn.reshape(resamples, *counts.shape))
    low, high = middle(values[~np.isnan(values)])
    return float(low), float(high)


def z_value(level: float = LEVEL) -> float:
    """How many standard errors an interval of a normal distribution reaches to each side.

    Examples
    --------
    >>> round(z_value(), 2)
    1.96
    """
    from scipy.stats import norm

    return float(norm.ppf((1 + level) / 2))


def reach_of_gap(
    one: pd.Series | pd.DataFrame, other: pd.Series | pd.DataFrame
) -> float | pd.Series:
    """How far to each side of a gap between two accuracies its 95% interval reaches, by
    the luck of the test set (Wald's interval).

    It takes the two scores as if they came from different reviews. If they share theirs,
    as models of one test set do, it is cautious.

    Parameters
    ----------
    one, other
        two runs, each with its `accuracy` and the `reviews` that this was measured on;
        or two tables of such runs, with one index
    """
    variance = sum(
        run.accuracy * (1 - run.accuracy) / run.reviews for run in (one, other)
    )
    return z_value() * np.sqrt(variance)


def bootstrap_interval(
    seeds: int,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    resamples: int = 4_000,
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval of a statistic under other draws of seeds, lower and upper
    bound (Efron 1979).

    Whole seeds are drawn, so that whatever is compared within a seed stays paired. Of
    a few seeds it is too narrow: it reaches no further than they do.

    Parameters
    ----------
    statistic
        takes the places of the drawn seeds, shape (draws, seeds), and gives a number
        for each draw, shape (draws,), or several, each with an interval of its own,
        shape (draws, numbers); infinity is allowed

    Raises
    ------
    ValueError
        If there are fewer than two seeds.

    Examples
    --------
    >>> accuracy = np.array([0.81, 0.84, 0.83])
    >>> low, high = bootstrap_interval(3, lambda places: accuracy[places].mean(axis=1))
    >>> print(low.round(2), high.round(2))
    0.81 0.84
    """
    if seeds < 2:
        raise ValueError(f"an interval takes two seeds or more, not {seeds}: run more")
    drawn = np.random.default_rng(0).integers(seeds, size=(resamples, seeds))
    return middle(statistic(drawn))


def middle(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Between which two of them the middle 95% of values lie, for each column; infinity
    is allowed.

    Parameters
    ----------
    values : array of shape (draws, ...), one draw or more
    """
    values = np.sort(values, axis=0)
    tail, draws = (1 - LEVEL) / 2, len(values)
    return values[int(tail * draws)], values[int(np.ceil((1 - tail) * draws)) - 1]


def mean_labels_to_target(
    table: pd.DataFrame,
    arm: str,
    target: float | Sequence[float],
    measure: str = "accuracy",
) -> tuple[float, float, float] | tuple[list, list, list]:
    """Labels at which the mean curve of an arm's seeds reaches a target for good, and
    its bootstrap interval; of several targets, a list of each.

    Raises
    ------
    ValueError
        As `curves_of` and `bootstrap_interval` do.
    """
    curves = curves_of(table, arm, measure)
    return _with_interval(
        len(curves), lambda places: labels_to_target(_means(curves, places), target)
    )


def share_of_labels(
    table: pd.DataFrame,
    arm: str,
    control: str,
    target: float | Sequence[float],
    measure: str = "accuracy",
) -> tuple[float, float, float] | tuple[list, list, list]:
    """Labels that an arm needs for a target, divided by those that the control needs;
    mean curves, with the bootstrap interval of paired seeds; of several targets, lists.

    Infinity where the arm never reaches the target, or only after labels at which the
    control, still below, has stopped; 0 where only the control never does.

    Raises
    ------
    ValueError
        As `curves_of` and `bootstrap_interval` do.
    """
    ours, theirs = (curves_of(table, name, measure) for name in (arm, control))
    ours, theirs = ours.align(theirs, join="inner", axis=0)

    def ratio(places: np.ndarray) -> np.ndarray:
        needs = labels_to_target(_means(ours, places), target)
        control_needs = labels_to_target(_means(theirs, places), target)
        # Where the control has not reached the target, only its end is known.
        open_ended = np.where(needs <= theirs.columns.max(), 0.0, np.inf)
        reached = np.isfinite(control_needs)
        return np.divide(needs, control_needs, out=open_ended, where=reached)

    return _with_interval(len(ours), ratio)


def _means(curves: pd.DataFrame, places: np.ndarray) -> pd.DataFrame:
    """The mean curve of each draw of seeds, one a row."""
    return pd.DataFrame(curves.to_numpy()[places].mean(axis=1), columns=curves.columns)


def _with_interval(
    seeds: int, statistic: Callable[[np.ndarray], np.ndarray]
) -> tuple[float, float, float] | tuple[list, list, list]:
    """A statistic of all seeds, each there once, and the ends of its interval."""
    value = statistic(np.arange(seeds)[None])[0]
    ends = bootstrap_interval(seeds, statistic)
    return tuple(np.asarray(end).tolist() for end in (value, *ends))
