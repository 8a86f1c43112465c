"""From many runs to a verdict: intervals and tests.

Only numbers of different seeds are compared, one for each run; rounds of one run depend
on each other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from alutils.learning_curves import curves_of, labels_to_target

# Fixed before any run: a smaller difference would not change what anybody does.
SMALLEST_EFFECT = 0.005
LEVEL = 0.95

T = TypeVar("T", float, np.ndarray)


def bootstrap_interval(
    seeds: int, statistic: Callable[[np.ndarray], T], *, resamples: int = 4_000
) -> tuple[T, T]:
    """Percentile interval of a statistic under other draws of seeds, lower and upper
    bound (Efron 1979).

    Whole seeds are drawn, so that whatever is compared within a seed stays paired. Of
    a few seeds it is too narrow: it reaches no further than they do.

    Parameters
    ----------
    statistic
        places of the drawn seeds, shape (seeds,), to a number or to an array of
        numbers, each with an interval of its own; infinity is allowed

    Raises
    ------
    ValueError
        If there are fewer than two seeds.
    """
    if seeds < 2:
        raise ValueError(f"an interval takes two seeds or more, not {seeds}: run more")
    rng = np.random.default_rng(0)
    drawn = rng.integers(seeds, size=(resamples, seeds))
    values = np.sort([statistic(places) for places in drawn], axis=0)
    tail = (1 - LEVEL) / 2
    low, high = int(tail * resamples), int(np.ceil((1 - tail) * resamples)) - 1
    return values[low], values[high]


def mean_labels_to_target(
    table: pd.DataFrame, arm: str, target: float
) -> tuple[float, float, float]:
    """Labels at which the mean curve of an arm's seeds reaches a target for good, and
    its bootstrap interval.

    Raises
    ------
    ValueError
        As `curves_of` and `bootstrap_interval` do.
    """
    curves = curves_of(table, arm)
    needs = partial(_needs, curves, target)
    return needs(np.arange(len(curves))), *bootstrap_interval(len(curves), needs)


def _needs(curves: pd.DataFrame, target: float, places: np.ndarray) -> float:
    mean = curves.to_numpy()[places].mean(axis=0)
    return labels_to_target(pd.Series(mean, curves.columns), target)


def share_of_labels(
    table: pd.DataFrame, arm: str, control: str, target: float
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
    ours, theirs = curves_of(table, arm), curves_of(table, control)
    ours, theirs = ours.align(theirs, join="inner", axis=0)

    def ratio(places: np.ndarray) -> float:
        need = _needs(ours, target, places)
        control_needs = _needs(theirs, target, places)
        if np.isinf(control_needs):
            return 0.0 if need <= theirs.columns.max() else np.inf
        return need / control_needs

    interval = bootstrap_interval(len(ours), ratio)
    return ratio(np.arange(len(ours))), *interval


def smallest_p(seeds: int, comparisons: int = 1) -> float:
    """What Wilcoxon's signed-rank test gives, two-sided, if every seed points the same
    way; with Holm's correction, for the first of so many comparisons.

    Examples
    --------
    >>> smallest_p(seeds=5), smallest_p(seeds=6)
    (0.0625, 0.03125)
    """
    return min(1.0, comparisons * 2 / 2**seeds)


def verdict(low: float, high: float, seeds: int, p: float, comparisons: int = 1) -> str:
    """What an interval of a difference in accuracy and a p-value allow to say.

    "Not shown" if either leaves room for chance; "too few seeds" if there are so few
    that even perfect agreement could be chance.

    Parameters
    ----------
    low, high
        the interval's ends
    p
        corrected for so many `comparisons`

    Raises
    ------
    ValueError
        If the ends are no interval, or `p` is no probability.

    Examples
    --------
    >>> verdict(0.010, 0.020, seeds=10, p=0.002)
    'higher'
    >>> verdict(0.001, 0.004, seeds=10, p=0.002)
    'higher, but too little to matter'
    >>> verdict(-0.010, 0.020, seeds=10, p=0.4)
    'not shown'
    """
    if not low <= high:
        raise ValueError(f"no interval: {low} to {high}; is a measurement missing?")
    if not 0 <= p <= 1:
        raise ValueError(f"p={p}: expected a number from 0 to 1")
    if smallest_p(seeds, comparisons) >= 1 - LEVEL:
        return "too few seeds"
    small = max(-low, high) < SMALLEST_EFFECT
    if low <= 0 <= high or p >= 1 - LEVEL:
        return "not shown, and too little to matter" if small else "not shown"
    direction = "higher" if low > 0 else "lower"
    return f"{direction}, but too little to matter" if small else direction


def in_points(row: pd.Series) -> str:
    """A row of `compare` as a reader would say it: the difference in accuracy points,
    its interval, the seeds behind it.

    Examples
    --------
    >>> in_points(pd.Series(dict(difference=.012, low=.004, high=.02, seeds=10)))
    '+1.20 points (95% interval +0.40 to +2.00, 10 seeds)'
    """
    points = 100 * row[["difference", "low", "high"]]
    difference, low, high = (f"{value:+.2f}".replace("-", "−") for value in points)
    interval = f"{100 * LEVEL:.0f}% interval {low} to {high}"
    return f"{difference} points ({interval}, {row['seeds']:.0f} seeds)"


def finding(row: pd.Series) -> str:
    """A row of `compare` in full, as Markdown: `in_points`, p-value and verdict.

    Examples
    --------
    >>> numbers = dict(difference=.012, low=.004, high=.02, seeds=10, p_holm=.012)
    >>> finding(pd.Series(numbers | dict(verdict="higher")))
    '+1.20 points (95% interval +0.40 to +2.00, 10 seeds), corrected p-value 0.012; **higher**'
    """
    p = f"{row['p_holm']:.3f}" if row["p_holm"] >= 0.001 else "below 0.001"
    return f"{in_points(row)}, corrected p-value {p}; **{row['verdict']}**"


def compare(measure: pd.Series, control: str) -> pd.DataFrame:
    """Each arm against a control, seed by seed.

    Parameters
    ----------
    measure
        one number for each arm and seed, as `area_under_curve` or `accuracy_at` give it
    control
        the arm to compare with

    Returns
    -------
    One row an arm: `seeds` (that both have), `difference` (mean), `low` and `high` (its
    95% paired bootstrap interval), `p` (Wilcoxon's signed-rank test, 1945), `p_holm`
    (corrected for all arms of the table, Holm 1979), `verdict`.

    Raises
    ------
    ValueError
        If an arm has too little to compare, or a number is missing or infinite.
    """
    if not np.isfinite(measure).all():
        wrong = measure[~np.isfinite(measure)].to_dict()
        raise ValueError(f"missing or infinite: {wrong}; compare takes finite numbers")
    by_arm = measure.unstack("arm")
    others = measure.index.unique("arm").drop(control, errors="ignore")
    if control not in by_arm or others.empty:
        raise ValueError(f"no arm {control!r} beside others among {', '.join(by_arm)}")
    rows = {}
    for arm in others:
        # Rounded, so that ties are ties for the test.
        difference = (by_arm[arm] - by_arm[control]).dropna().round(12).to_numpy()
        if len(difference) < 2:
            raise ValueError(
                f"{arm!r} and {control!r} share {len(difference)} seeds: run more"
            )
        low, high = bootstrap_interval(
            len(difference), lambda places, d=difference: d[places].mean()
        )
        # Wilcoxon leaves zeros out; with many seeds, SciPy does so only by halves.
        moved = difference[difference != 0]
        rows[arm] = {
            "seeds": len(difference),
            "difference": difference.mean(),
            "low": low,
            "high": high,
            "p": stats.wilcoxon(moved).pvalue if len(moved) else 1.0,
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["p_holm"] = multipletests(table["p"], method="holm")[1]
    table["verdict"] = [
        verdict(row.low, row.high, row.seeds, row.p_holm, len(table))
        for row in table.itertuples()
    ]
    return table
