"""What a learning curve boils down to: one number a run.

A tidy table goes in: one row a round, with `arm`, `seed`, `labels` and `accuracy`. Rounds
of one run depend on each other, so each question boils a run down to one number.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def curves_of(table: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Learning curves of an arm: accuracies, one row a seed, one column a number of
    labels.

    Raises
    ------
    ValueError
        If the table has no such arm, its runs differ in the labels that they stop at, or
        a round is there twice or without an accuracy.
    """
    rows = table[table["arm"] == arm]
    if rows.empty:
        known = ", ".join(map(repr, table["arm"].unique()))
        raise ValueError(f"no arm {arm!r}: choose one of {known}")
    curves = rows.pivot(index="seed", columns="labels", values="accuracy")
    if curves.isna().any(axis=None):
        raise ValueError(
            f"the runs of {arm!r} stop at different numbers of labels, or an accuracy is"
            " missing: compare runs of one grid, without rounds that ended short"
        )
    return curves


def area_under_curve(table: pd.DataFrame, *, up_to: int | None = None) -> pd.Series:
    """Area under each run's learning curve, divided by its width: the accuracy of an
    average moment, between 0 and 1; one number for each arm and seed.

    Parameters
    ----------
    up_to
        end at so many labels; curves over different stretches raise a ValueError
    """

    def area(run: pd.DataFrame) -> float:
        run = run.sort_values("labels")
        labels, accuracy = run["labels"], run["accuracy"]
        return float(np.trapezoid(accuracy, labels) / (labels.max() - labels.min()))

    kept = table if up_to is None else table[table["labels"] <= up_to]
    runs = kept.groupby(["arm", "seed"], sort=False)[["labels", "accuracy"]]
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


def accuracy_at(table: pd.DataFrame, labels: int) -> pd.Series:
    """Accuracy of each run measured at a budget; one number for each arm and seed.

    Raises
    ------
    ValueError
        If no run was measured at that budget.
    """
    rows = table[table["labels"] == labels]
    if rows.empty:
        measured = ", ".join(f"{n}" for n in sorted(table["labels"].unique()))
        raise ValueError(f"nothing was measured at {labels} labels, only at {measured}")
    return rows.set_index(["arm", "seed"])["accuracy"]


def final_accuracy(table: pd.DataFrame) -> pd.Series:
    """Accuracy of each run after its last round; one number for each arm and seed.

    Raises
    ------
    ValueError
        If a round is there twice.
    """
    twice = table[table.duplicated(["arm", "seed", "round"])]
    if len(twice):
        arm, seed, number = twice.iloc[0][["arm", "seed", "round"]]
        raise ValueError(f"{arm!r}, seed {seed}: round {number} is there twice")
    last = table.sort_values("round").groupby(["arm", "seed"], sort=False).tail(1)
    order = pd.MultiIndex.from_frame(table[["arm", "seed"]].drop_duplicates())
    return last.set_index(["arm", "seed"])["accuracy"].loc[order]


def labels_to_target(accuracy: pd.Series, target: float) -> float:
    """Labels from which on a curve stays at or above a target; infinity if it ends
    below, for then nobody knows.

    Parameters
    ----------
    accuracy
        a learning curve, its labels as the index
    """
    # A target may be a mean itself, summed up in another order.
    labels, reached = accuracy.index.to_numpy(), accuracy.to_numpy() >= target - 1e-12
    last_below = max(labels[~reached], default=-np.inf)
    return float(min(labels[labels > last_below], default=np.inf))
