"""What two single runs of one and the same code can say: their difference, drawn by luck."""

from __future__ import annotations

import pandas as pd


def single_runs(measure: pd.Series, arms: dict[str, str]) -> dict[str, object]:
    """The single numbers of some arms, seed by seed, for pairs to be drawn from them.

    Parameters
    ----------
    measure
        one number for each arm and seed, as `final_accuracy` gives it
    arms
        what each arm is called in words

    Returns
    -------
    `arms`: for each its `name`, its `seeds` and their `accuracy`.

    Raises
    ------
    ValueError
        If an arm is not there, or has fewer than two runs, of which no pair can be drawn.
    """
    rows = []
    for arm, name in arms.items():
        runs = measure[measure.index.get_level_values("arm") == arm].droplevel("arm")
        if len(runs) < 2:
            raise ValueError(f"{arm!r} has {len(runs)} runs: a pair takes two or more")
        rows.append(
            {"name": name, "seeds": runs.index.tolist(), "accuracy": runs.tolist()}
        )
    return {"arms": rows}
