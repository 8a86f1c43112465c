import numpy as np
import pytest
from made_up_runs import table_of

from alutils.evidence.targets import labels_over_targets

BUDGETS = (100, 200, 300, 400)
TARGETS = np.array([0.6, 0.75, 0.99])


def made_up():
    """Ten runs of two arms, of which one climbs faster."""
    rng = np.random.default_rng(0)
    gain = {"random": 0.0004, "margin": 0.0008}
    return table_of(
        {
            (arm, seed): {n: 0.5 + g * n + 0.02 * rng.random() for n in BUDGETS}
            for arm, g in gain.items()
            for seed in range(10)
        }
    )


def mean_curve(table, arm):
    """Its mean accuracy at each budget, added up by hand."""
    runs = table[table["arm"] == arm]
    return {n: runs[runs["labels"] == n]["accuracy"].sum() / 10 for n in BUDGETS}


def test_labels_are_read_off_the_mean_curve_and_lie_in_their_interval():
    table = made_up()
    names = {"random": "by chance", "margin": "by margin"}
    found = labels_over_targets(table, names, "random", TARGETS)
    assert found["targets"] == TARGETS.tolist()
    assert found["control"] == "by chance"
    assert [arm["name"] for arm in found["arms"]] == ["by chance", "by margin"]
    for arm, row in zip(names, found["arms"], strict=True):
        assert (row["seeds"], row["up_to"]) == (10, 400)
        curve = mean_curve(table, arm)
        for target, (value, low, high) in zip(TARGETS, row["labels"], strict=True):
            reached = [
                n for n in BUDGETS if all(curve[m] >= target for m in BUDGETS if m >= n)
            ]
            assert value == (min(reached) if reached else np.inf)
            assert low <= value <= high


def test_a_share_is_of_the_labels_that_the_control_needs_which_has_none_itself():
    found = labels_over_targets(
        made_up(), {"random": "random", "margin": "margin"}, "random", TARGETS
    )
    control, margin = found["arms"]
    assert "share" not in control
    for k in range(2):
        value, low, high = margin["share"][k]
        assert value == margin["labels"][k][0] / control["labels"][k][0]
        assert low <= value <= high


def test_an_arm_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no arm 'bald'"):
        labels_over_targets(made_up(), {"bald": "bald"}, "bald", TARGETS)
