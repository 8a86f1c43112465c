"""Intervals: of a single accuracy by Wilson, of many seeds by the bootstrap.

Only numbers of different seeds are drawn, one for each run; rounds of one run depend
on each other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from alutils.errors import ErrorCounts
from alutils.evidence.curves import curves_of, labels_to_target

LEVEL = 0.95


def accuracy_interval(errors: ErrorCounts, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for the accuracy, lower and upper bound between 0 and 1
    (Wilson 1927).

    It speaks of the luck of which reviews are in the test set, not of the luck of the
    training.
    """
    from scipy.stats import binomtest

    right = round(errors.accuracy * errors.reviews)
    interval = binomtest(right, errors.reviews).proportion_ci(level, method="wilson")
    return float(interval.low), float(interval.high)


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
    values = np.sort(statistic(drawn), axis=0)
    tail = (1 - LEVEL) / 2
    low, high = int(tail * resamples), int(np.ceil((1 - tail) * resamples)) - 1
    return values[low], values[high]


def mean_labels_to_target(
    table: pd.DataFrame, arm: str, target: float, measure: str = "accuracy"
) -> tuple[float, float, float]:
    """Labels at which the mean curve of an arm's seeds reaches a target for good, and
    its bootstrap interval.

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
    target: float,
    measure: str = "accuracy",
) -> tuple[float, float, float]:
    """Labels that an arm needs for a target, divided by those that the control needs;
    mean curves, with the bootstrap interval of paired seeds.

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
) -> tuple[float, float, float]:
    """A statistic of all seeds, each there once, and the ends of its interval."""
    interval = bootstrap_interval(seeds, statistic)
    return tuple(
        float(end) for end in (statistic(np.arange(seeds)[None])[0], *interval)
    )
