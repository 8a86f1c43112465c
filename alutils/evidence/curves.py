"""Learning curves, and what each boils down to: one number a run.

A tidy table goes in: one row a round, with `arm`, `seed`, `round`, `labels` and what was
measured: `accuracy`, or another `measure` such as `macro_f1`. Rounds of one run depend on
each other, so each question boils a run down to one number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def curves_of(table: pd.DataFrame, arm: str, measure: str = "accuracy") -> pd.DataFrame:
    """Learning curves of an arm: what was measured, one row a seed, one column a number
    of labels.

    Raises
    ------
    ValueError
        If the table has no such arm, its runs differ in the labels that they stop at, or
        a round is there twice or was not measured.
    """
    rows = table[table["arm"] == arm]
    if rows.empty:
        known = ", ".join(map(repr, table["arm"].unique()))
        raise ValueError(f"no arm {arm!r}: choose one of {known}")
    _check_measured(rows, measure)
    curves = rows.pivot(index="seed", columns="labels", values=measure)
    if curves.isna().any(axis=None):
        raise ValueError(
            f"the runs of {arm!r} stop at different numbers of labels: compare runs of"
            " one grid, without rounds that ended short"
        )
    return curves


def area_under_curve(
    table: pd.DataFrame, *, up_to: int | None = None, measure: str = "accuracy"
) -> pd.Series:
    """Area under each run's learning curve, divided by its width: the accuracy (or other
    measure) of an average moment; one number for each arm and seed.

    Parameters
    ----------
    up_to
        end at so many labels

    Raises
    ------
    ValueError
        If curves cover different stretches, or a round is there twice or was not
        measured.
    """

    def area(run: pd.DataFrame) -> float:
        run = run.sort_values("labels")
        labels, height = run["labels"], run[measure]
        return float(np.trapezoid(height, labels) / (labels.max() - labels.min()))

    kept = table if up_to is None else table[table["labels"] <= up_to]
    _check_measured(kept, measure)
    runs = kept.groupby(["arm", "seed"], sort=False)[["labels", measure]]
    first, last = runs.min()["labels"], runs.max()["labels"]
    start, end = first.min(), last.max()
    # Ends may differ a little: a quota that is rounded down costs a label a round.
    whole = first.max() == start and end - last.min() < 0.03 * (end - start)
    if not whole or kept.duplicated(["arm", "seed", "labels"]).any():
        raise ValueError(
            f"curves from {start:,}–{first.max():,} to {last.min():,}–{end:,} labels, or"
            " a round twice: areas compare over one stretch; pass up_to, or fewer arms"
        )
    return runs.apply(area)


def rounds_at(table: pd.DataFrame, labels: int) -> pd.DataFrame:
    """The rows of the rounds that were measured at a budget, at most one a run.

    Raises
    ------
    ValueError
        If no run was measured at that budget.
    """
    rows = table[table["labels"] == labels]
    if rows.empty:
        known = ", ".join(f"{n}" for n in sorted(table["labels"].unique()))
        raise ValueError(f"nothing was measured at {labels} labels, only at {known}")
    return rows


def last_rounds(
    table: pd.DataFrame, runs: Sequence[str] = ("arm", "seed")
) -> pd.DataFrame:
    """The row of each run's last round, in the order in which the runs come.

    Parameters
    ----------
    runs
        the columns that tell runs apart

    Raises
    ------
    ValueError
        If a round is there twice.
    """
    runs = list(runs)
    twice = table[table.duplicated([*runs, "round"])]
    if len(twice):
        first = ", ".join(f"{name} {twice.iloc[0][name]}" for name in [*runs, "round"])
        raise ValueError(f"{first} is there twice: last rounds are those of one grid")
    last = table.sort_values("round").drop_duplicates(runs, keep="last")
    return table[runs].drop_duplicates().merge(last, on=runs)


def by_run(rounds: pd.DataFrame, measure: str) -> pd.Series:
    """What was measured in each run's one round, as `last_rounds` and `rounds_at` give
    them; one number for each arm and seed.

    Raises
    ------
    ValueError
        If one of them was not measured.
    """
    _check_measured(rounds, measure)
    return rounds.set_index(["arm", "seed"])[measure]


def accuracy_at(table: pd.DataFrame, labels: int) -> pd.Series:
    """Accuracy of each run measured at a budget; one number for each arm and seed."""
    return by_run(rounds_at(table, labels), "accuracy")


def final_accuracy(table: pd.DataFrame) -> pd.Series:
    """Accuracy of each run after its last round; one number for each arm and seed."""
    return by_run(last_rounds(table), "accuracy")


def labels_to_target(
    curves: pd.Series | pd.DataFrame, target: float | Sequence[float]
) -> float | np.ndarray:
    """Labels from which on a curve stays at or above a target; infinity if it ends
    below, for then nobody knows.

    Parameters
    ----------
    curves
        a learning curve, its labels as the index; or one a row, as `curves_of` gives them
    target
        one target, or several, which become the last axis of the answer
    """
    if np.ndim(target):
        return np.stack([labels_to_target(curves, one) for one in target], axis=-1)
    labels = curves.axes[-1].to_numpy(dtype=float)
    # A target may be a mean itself, summed up in another order.
    below = ~(curves.to_numpy() >= target - 1e-12)
    last_below = np.where(below, labels, -np.inf).max(axis=-1, initial=-np.inf)
    for_good = labels > last_below[..., None]
    return np.where(for_good, labels, np.inf).min(axis=-1, initial=np.inf)


def _check_measured(rounds: pd.DataFrame, measure: str) -> None:
    if measure not in rounds:
        numbers = ", ".join(rounds.select_dtypes("number"))
        raise ValueError(f"{measure!r} was not measured; the table has {numbers}")
    lacking = rounds[rounds[measure].isna()]
    if len(lacking):
        arms = ", ".join(map(repr, lacking["arm"].unique()))
        raise ValueError(
            f"{measure!r} was not measured in {len(lacking)} of {len(rounds)} rounds, of"
            f" {arms}: leave those runs out, or make them again"
        )
