"""Each arm against a control: differences, tests, verdicts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alutils.evidence.intervals import LEVEL, bootstrap_interval

# Fixed before any run: a smaller difference would not change what anybody does.
SMALLEST_EFFECT = 0.005


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


def compare(measure: pd.Series, control: str) -> pd.DataFrame:
    """Each arm against a control, seed by seed.

    Parameters
    ----------
    measure
        one number for each arm and seed, as `area_under_curve`, `accuracy_at` or
        `by_run` give it
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
    from scipy.stats import wilcoxon

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
            len(difference), lambda places, d=difference: d[places].mean(axis=1)
        )
        # Wilcoxon leaves zeros out; with many seeds, SciPy does so only by halves.
        moved = difference[difference != 0]
        rows[arm] = {
            "seeds": len(difference),
            "difference": difference.mean(),
            "low": low,
            "high": high,
            "p": wilcoxon(moved).pvalue if len(moved) else 1.0,
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["p_holm"] = _holm(table["p"].to_numpy())
    table["verdict"] = [
        verdict(row.low, row.high, row.seeds, row.p_holm, len(table))
        for row in table.itertuples()
    ]
    return table


def _holm(p: np.ndarray) -> np.ndarray:
    """Holm's correction (1979): of m p-values the k-th smallest times m - k + 1, but no
    less than the one before."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1)
    return corrected
