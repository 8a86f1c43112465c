"""What counts where one class is rare: columns of a table of runs that follow from its
counts."""

from __future__ import annotations

import numpy as np
import pandas as pd


def with_rare_measures(table: pd.DataFrame) -> pd.DataFrame:
    """A table of runs of two classes, as `runs_table` gives it, with more columns.

    `found`: positive texts among the labels so far. `recall`, `precision` and `f1` of
    the positive class at a threshold of one half; precision is missing where no text is
    called positive, and F1 is 0 there. `tuned_recall`, `tuned_precision` and `tuned_f1`:
    the same at the tuned threshold, missing in runs that tuned none.

    Raises
    ------
    ValueError
        If the runs are of more than two classes.
    """
    if "reviews_positive" not in table:
        raise ValueError(
            "no column 'reviews_positive': one class against all others takes runs of two"
            " classes, as runs_table gives them"
        )
    ordered = table.sort_values(["arm", "seed", "round"])
    found = ordered.groupby(["arm", "seed"])["asked_positive"].cumsum()
    right = table["reviews_positive"] - table["false_negatives"]
    measures = _measures(right, right + table["false_positives"], table, "")
    if "tuned_found" in table:
        counts = table["tuned_found"], table["tuned_named"]
        measures |= _measures(*counts, table, "tuned_")
    return table.assign(found=found, **measures)


def _measures(
    right: pd.Series, named: pd.Series, table: pd.DataFrame, prefix: str
) -> dict[str, pd.Series]:
    positives = table["reviews_positive"]
    return {
        f"{prefix}recall": right / positives,
        f"{prefix}precision": right / named.where(named > 0),
        f"{prefix}f1": 2 * right / (named + positives),
    }


def labels_to_first_positive(table: pd.DataFrame) -> pd.Series:
    """Labels after the round in which each run first met a positive text; infinity where
    it met none. One number for each arm and seed.

    Parameters
    ----------
    table
        as `with_rare_measures` gives it
    """
    met = table["labels"].where(table["found"] > 0, np.inf)
    return met.groupby([table["arm"], table["seed"]], sort=False).min()
