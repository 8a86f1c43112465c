"""What wrong labels do to a comparison, by rules that were fixed before any run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from alutils.evidence.compare import compare
from alutils.evidence.curves import accuracy_at, area_under_curve

# Fixed before any run: an advantage is that of the mean accuracy between so many answers
# and so many, a policy is judged at the last. A wrong answer costs as much as a right one.
FROM_ANSWERS, TO_ANSWERS = 500, 2_000


def over_answers(table: pd.DataFrame) -> pd.DataFrame:
    """A table of runs whose `labels` are the answers that were paid for, second opinions
    and "can't tell" included, instead of the texts asked about."""
    return table.assign(labels=table["labels_spent"].astype(int))


def advantages(
    table: pd.DataFrame, pairs: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Mean accuracy from `FROM_ANSWERS` to `TO_ANSWERS`, an arm's above that of its
    control, seed by seed; corrected for all pairs.

    Parameters
    ----------
    pairs
        name of each comparison: arm and control

    Returns
    -------
    What `compare` gives, one row a pair.
    """
    table = over_answers(table)
    kept = table[table["labels"].between(FROM_ANSWERS, TO_ANSWERS)]
    return in_pairs(area_under_curve(kept), pairs)


def for_the_same_money(
    table: pd.DataFrame, pairs: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Accuracy at `TO_ANSWERS`, an arm's above that of its control, as `advantages` has
    it."""
    return in_pairs(accuracy_at(over_answers(table), TO_ANSWERS), pairs)


def in_pairs(measure: pd.Series, pairs: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Each arm against a control of its own, seed by seed, as `compare` has it; corrected
    for all pairs.

    Parameters
    ----------
    measure
        one number for each arm and seed
    pairs
        name of each comparison: arm and control

    Raises
    ------
    ValueError
        If an arm is missing, or as `compare` does.
    """
    by_arm, nothing = measure.unstack("arm"), ""
    for arm in {arm for pair in pairs.values() for arm in pair} - set(by_arm):
        raise ValueError(f"no arm {arm!r} among {', '.join(by_arm)}")
    differences = pd.DataFrame(
        {name: by_arm[arm] - by_arm[control] for name, (arm, control) in pairs.items()}
        | {nothing: 0.0},
        index=by_arm.index,
    )
    differences.columns.name = "arm"
    return compare(differences.unstack().dropna(), nothing)


def first_not_shown(findings: pd.DataFrame, levels: Sequence[str]) -> str | None:
    """The first of these levels, in their order, at which an advantage is not shown any
    more; None if it is shown at all."""
    for level in levels:
        if not findings.loc[level, "verdict"].startswith("higher"):
            return level
    return None


def seen_accuracy(
    accuracy: float | np.ndarray, rate: float, *, n_classes: int = 2
) -> float | np.ndarray:
    """What an accuracy looks like against test labels of which a share is wrong, if these
    are wrong independently of the model, and any other class alike.

    A model that is always right looks like 1 minus the rate, and of two classes all
    differences shrink by 1 minus twice the rate.

    Examples
    --------
    >>> round(seen_accuracy(0.9, 0.1), 4), seen_accuracy(1.0, 0.1)
    (0.82, 0.9)
    """
    return (1 - rate) * accuracy + rate * (1 - accuracy) / (n_classes - 1)
