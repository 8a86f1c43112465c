"""Learning curves over hours of labelling in place of labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def hours_so_far(table: pd.DataFrame, *, fixed: float, a_word: float) -> pd.Series:
    """Hours that the labels of each round and of those before it have taken, if each
    takes `fixed` seconds and `a_word` more for each word (Arora, Nyberg and Rose 2009).

    Parameters
    ----------
    table
        tidy results, in which `asked_words` is how many words the texts of a round have

    Raises
    ------
    ValueError
        If a number of seconds is below zero, or the words were not counted.
    """
    for name, seconds in (("fixed", fixed), ("a_word", a_word)):
        if not 0 <= seconds < np.inf:
            raise ValueError(f"{name}={seconds}: expected seconds, 0 or more")
    if "asked_words" not in table or table["asked_words"].isna().any():
        raise ValueError(
            "the words of the texts asked for were not counted in every round: take runs"
            " that have asked_words, or make them again"
        )
    in_order = table.sort_values("round")
    words = in_order.groupby(["arm", "seed"])["asked_words"].cumsum()
    return (fixed * table["labels"] + a_word * words.loc[table.index]) / 3_600


def over_hours(
    table: pd.DataFrame,
    hours: Sequence[float],
    *,
    fixed: float,
    a_word: float,
    measure: str = "accuracy",
) -> pd.DataFrame:
    """What each run had reached after so many hours of labelling, on a straight line
    between its rounds: `arm`, `seed`, the measure, and the hours as `labels`, so that
    everything that takes a learning curve takes these.

    Raises
    ------
    ValueError
        As `hours_so_far` does, or if a run begins after the first of the hours or ends
        before the last.

    Examples
    --------
    >>> run = pd.DataFrame({"arm": "random", "seed": 0, "round": [0, 1]})
    >>> run = run.assign(labels=[100, 200], asked_words=[0, 0], accuracy=[0.7, 0.8])
    >>> over_hours(run, [1.5], fixed=36, a_word=0)["accuracy"].tolist()
    [0.75]
    """
    spent = hours_so_far(table, fixed=fixed, a_word=a_word)
    hours = np.asarray(hours, dtype=float)
    found = []
    for (arm, seed), run in table.assign(hours=spent).groupby(
        ["arm", "seed"], sort=False
    ):
        run = run.sort_values("round")
        first, last = run["hours"].iloc[[0, -1]]
        if hours.min() < first or hours.max() > last:
            raise ValueError(
                f"{arm}, seed {seed} goes from {first:.2f} to {last:.2f} hours, and"
                f" {hours.min():.2f} to {hours.max():.2f} are asked for: ask for hours"
                " that every run has"
            )
        reached = np.interp(hours, run["hours"], run[measure])
        rows = {"arm": arm, "seed": seed, "labels": hours, measure: reached}
        found.append(pd.DataFrame(rows))
    return pd.concat(found, ignore_index=True)
