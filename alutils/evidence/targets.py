"""How many labels each arm needs, over a grid of targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from alutils.evidence.curves import curves_of
from alutils.evidence.intervals import mean_labels_to_target, share_of_labels


def labels_over_targets(
    table: pd.DataFrame,
    arms: Mapping[str, str],
    control: str,
    targets: Sequence[float],
) -> dict[str, object]:
    """Labels that each arm needs for each target, and as a share of the control's, both
    with their 95% intervals.

    Parameters
    ----------
    arms
        what each arm is called in words
    control
        the arm to compare with, one of `arms`

    Returns
    -------
    `targets`, the words for the `control`, and `arms`: for each its `name`, how many
    `seeds` it has, up to how many labels it was run (`up_to`), and `labels` and `share`
    as `mean_labels_to_target` and `share_of_labels` give them: value, low, high for each
    target. The control has no `share`.

    Raises
    ------
    ValueError
        As these two do.
    """
    targets = [float(target) for target in targets]
    rows = []
    for arm, name in arms.items():
        curves = curves_of(table, arm)
        needs = mean_labels_to_target(table, arm, targets)
        row = {
            "name": name,
            "seeds": len(curves),
            "up_to": int(curves.columns.max()),
            "labels": list(zip(*needs, strict=True)),
        }
        if arm != control:
            shares = share_of_labels(table, arm, control, targets)
            row["share"] = list(zip(*shares, strict=True))
        rows.append(row)
    return {"targets": targets, "control": arms[control], "arms": rows}
