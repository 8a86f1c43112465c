"""From many runs to a verdict: areas, budgets, intervals and tests.

A tidy table goes in: one row a round, with `arm`, `seed`, `labels` and `accuracy`. Rounds
of one run depend on each other, so each question boils a run down to one number, and only
numbers of different seeds are compared.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

# Fixed before any run: a smaller difference would not change what anybody does.
SMALLEST_EFFECT = 0.005
LEVEL = 0.95


def curves_of(table: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Learning curves of an arm: accuracies, one row a seed, one column a number of
    labels.

    Raises
    ------
    ValueError
        If the table has no such arm, or its runs differ in the labels that they stop
        at.
    """
    rows = table[table["arm"] == arm]
    if rows.empty:
        known = ", ".join(map(repr, table["arm"].unique()))
        raise ValueError(f"no arm {arm!r}: choose one of {known}")
    curves = rows.pivot(index="seed", columns="labels", values="accuracy")
    if curves.isna().any(axis=None):
        raise ValueError(
            f"the runs of {arm!r} stop at different numbers of labels: compare runs of"
            " one grid, without rounds that ended short"
        )
    return curves


def area_under_curve(table: pd.DataFrame, *, up_to: int | None = None) -> pd.Series:
    """Area under each run's learning curve, divided by its width: the accuracy of an
    average moment, between 0 and 1; one number for each arm and seed.

    Parameters
    ----------
    up_to
        end at so many labels, so that arms of different length compare
    """

    def area(run: pd.DataFrame) -> float:
        run = run.sort_values("labels")
        labels, accuracy = run["labels"], run["accuracy"]
        return float(np.trapezoid(accuracy, labels) / (labels.max() - labels.min()))

    kept = table if up_to is None else table[table["labels"] <= up_to]
    runs = kept.groupby(["arm", "seed"], sort=False)[["labels", "accuracy"]]
    return runs.apply(area)


def accuracy_at(table: pd.DataFrame, labels: int) -> pd.Series:
    """Accuracy of each run at a budget; one number for each arm and seed.

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
    """Accuracy of each run after its last round; one number for each arm and seed."""
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
    below = accuracy.index[accuracy.to_numpy() < target]
    if len(below) == 0:
        return float(accuracy.index[0])
    after = accuracy.index[accuracy.index > below[-1]]
    return float(after[0]) if len(after) else np.inf


def bootstrap_interval(
    seeds: int, statistic: Callable[[np.ndarray], float], *, resamples: int = 4_000
) -> tuple[float, float]:
    """Percentile interval of a statistic under other draws of seeds, lower and upper
    bound (Efron 1979).

    Whole seeds are drawn, so that whatever is compared within a seed stays paired.

    Parameters
    ----------
    statistic
        places of the drawn seeds, shape (seeds,), to a number; infinity is allowed
    """
    rng = np.random.default_rng(0)
    drawn = rng.integers(seeds, size=(resamples, seeds))
    values = np.sort([statistic(places) for places in drawn])
    tail = (1 - LEVEL) / 2
    low, high = int(tail * resamples), int(np.ceil((1 - tail) * resamples)) - 1
    return float(values[low]), float(values[high])


def mean_labels_to_target(
    table: pd.DataFrame, arm: str, target: float
) -> tuple[float, float, float]:
    """Labels at which the mean curve of an arm's seeds reaches a target for good, and
    its bootstrap interval."""
    curves = curves_of(table, arm)

    def labels(places: np.ndarray) -> float:
        return labels_to_target(curves.iloc[places].mean(), target)

    everyone = np.arange(len(curves))
    return labels(everyone), *bootstrap_interval(len(curves), labels)


def share_of_labels(
    table: pd.DataFrame, arm: str, control: str, target: float
) -> tuple[float, float, float]:
    """Labels that an arm needs for a target, divided by those that the control needs;
    mean curves, with the bootstrap interval of paired seeds.

    Infinity where the arm never reaches the target, 0 where only the control never
    does.
    """
    ours, theirs = curves_of(table, arm), curves_of(table, control)
    seeds = ours.index.intersection(theirs.index)
    ours, theirs = ours.loc[seeds], theirs.loc[seeds]

    def ratio(places: np.ndarray) -> float:
        need = labels_to_target(ours.iloc[places].mean(), target)
        control_needs = labels_to_target(theirs.iloc[places].mean(), target)
        return np.inf if np.isinf(need) else need / control_needs

    return ratio(np.arange(len(seeds))), *bootstrap_interval(len(seeds), ratio)


def verdict(low: float, high: float) -> str:
    """What an interval of a difference in accuracy allows to say.

    Examples
    --------
    >>> verdict(0.010, 0.020)
    'higher'
    >>> verdict(-0.010, 0.020)
    'not shown'
    >>> verdict(0.001, 0.004)
    'higher, but too little to matter'
    """
    if low <= 0 <= high:
        small = max(-low, high) < SMALLEST_EFFECT
        return "not shown, and too little to matter" if small else "not shown"
    direction = "higher" if low > 0 else "lower"
    small = max(abs(low), abs(high)) < SMALLEST_EFFECT
    return f"{direction}, but too little to matter" if small else direction


def in_points(row: pd.Series) -> str:
    """A row of `compare` as a reader would say it: the difference in accuracy points,
    its interval, the seeds behind it.

    Examples
    --------
    >>> in_points(pd.Series(dict(difference=.012, low=.004, high=.02, seeds=10)))
    '+1.20 points (95 % interval +0.40 to +2.00, 10 seeds)'
    """
    difference, low, high = (
        f"{100 * row[name]:+.2f}".replace("-", "−")
        for name in ("difference", "low", "high")
    )
    return (
        f"{difference} points ({LEVEL:.0%} interval {low} to {high},"
        f" {row['seeds']} seeds)".replace("%", " %", 1)
    )


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
    95 % paired bootstrap interval), `p` (Wilcoxon's signed-rank test, 1945), `p_holm`
    (corrected for all arms of the table, Holm 1979), `verdict`.

    Raises
    ------
    ValueError
        If the control is not there, or an arm shares fewer than two seeds with it.
    """
    by_arm = measure.unstack("arm")
    if control not in by_arm:
        raise ValueError(
            f"no arm {control!r} to compare with: there are {', '.join(by_arm)}"
        )
    rows = {}
    for arm in measure.index.unique("arm").drop(control):
        difference = (by_arm[arm] - by_arm[control]).dropna().to_numpy()
        if len(difference) < 2:
            raise ValueError(
                f"{arm!r} and {control!r} share {len(difference)} seeds: run more"
            )
        low, high = bootstrap_interval(
            len(difference), lambda places, d=difference: d[places].mean()
        )
        same = np.all(difference == 0)
        rows[arm] = {
            "seeds": len(difference),
            "difference": difference.mean(),
            "low": low,
            "high": high,
            "p": 1.0 if same else stats.wilcoxon(difference).pvalue,
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["p_holm"] = multipletests(table["p"], method="holm")[1]
    table["verdict"] = [verdict(*row) for row in table[["low", "high"]].to_numpy()]
    return table
