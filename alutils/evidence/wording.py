"""Differences and comparisons as a reader would say them."""

from __future__ import annotations

import pandas as pd

from alutils.evidence.intervals import LEVEL


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, the minus as long as the plus.

    Examples
    --------
    >>> signed(0.5), signed(-12.34, digits=1)
    ('+0.50', '−12.3')
    """
    return f"{value:+.{digits}f}".replace("-", "−")


def in_points(row: pd.Series) -> str:
    """A row of `compare` as a reader would say it: the difference in accuracy points,
    its interval, the seeds behind it.

    Examples
    --------
    >>> in_points(pd.Series(dict(difference=.012, low=.004, high=.02, seeds=10)))
    '+1.20 points (95% interval +0.40 to +2.00, 10 seeds)'
    """
    points = 100 * row[["difference", "low", "high"]]
    difference, low, high = map(signed, points)
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
