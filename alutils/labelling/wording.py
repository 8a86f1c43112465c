"""Numbers as a report words them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alutils.evidence.intervals import LEVEL

NONE = "–"  # in place of a number that there is none of


def many(number: int, thing: str) -> str:
    """A count and what is counted.

    Examples
    --------
    >>> many(1, "label"), many(2_000, "label")
    ('1 label', '2,000 labels')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    Examples
    --------
    >>> listed(["Ann"]), listed(["Ann", "Ben", "Eve"])
    ('Ann', 'Ann, Ben and Eve')
    """
    return " and ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])


def percent(value: float, low: float, high: float) -> str:
    """A share between 0 and 1 in a sentence, with the ends of its interval.

    Examples
    --------
    >>> percent(0.853, 0.788, 0.901)
    '85% (95% interval 79 to 90%)'
    """
    if np.isnan(value):
        return "unknown"
    interval = f"{100 * LEVEL:.0f}% interval {100 * low:.0f} to {100 * high:.0f}%"
    return f"{100 * value:.0f}% ({interval})"


def with_interval(value: float, low: float, high: float) -> str:
    """A number in a table, with the ends of its interval, which stay in one line.

    Examples
    --------
    >>> with_interval(0.853, 0.788, 0.901), with_interval(np.nan, np.nan, np.nan)
    ('0.85 (0.79\\xa0to\\xa00.90)', '–')
    """
    between = "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}"
    return NONE if np.isnan(value) else f"{value:.2f} ({low:.2f}{between}{high:.2f})"


def two_digits(value: float) -> str:
    """A number in a table."""
    return NONE if np.isnan(value) else f"{value:.2f}"
