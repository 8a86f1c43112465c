import warnings
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import (
    curves,
    first_budget_from_which_all_reach,
    hundredths,
    table_of,
)
from sklearn.metrics import auc

from alutils.evidence.compare import SMALLEST_EFFECT, compare
from alutils.evidence.curves import (
    accuracy_at,
    area_under_curve,
    by_run,
    curves_of,
    final_accuracy,
    labels_to_target,
    last_rounds,
    rounds_at,
)

# --- learning curves of an arm


def test_an_arm_has_a_row_for_each_seed_and_a_column_for_each_budget():
    table = table_of(
        {
            ("margin", 1): {200: 0.8, 100: 0.7},
            ("random", 0): {100: 0.1, 200: 0.2},
            ("margin", 0): {100: 0.5, 200: 0.6},
        }
    )
    found = curves_of(table, "margin")
    assert found.columns.tolist() == [100, 200]
    assert found.index.tolist() == [0, 1]
    assert found.to_numpy().tolist() == [[0.5, 0.6], [0.7, 0.8]]


def test_an_unknown_arm_is_named_with_those_that_there_are():
    table = table_of({("random", 0): {100: 0.7}, ("margin", 0): {100: 0.8}})
    with pytest.raises(ValueError, match=r"no arm 'bald': .*'random', 'margin'"):
        curves_of(table, "bald")


def test_runs_of_an_arm_that_stop_at_different_budgets_have_no_common_curve():
    table = table_of(
        {("ratio", 0): {100: 0.7, 200: 0.8}, ("ratio", 1): {100: 0.7, 199: 0.8}}
    )
    with pytest.raises(ValueError, match="'ratio' stop at different numbers of labels"):
        curves_of(table, "ratio")


def test_a_missing_accuracy_is_not_passed_over():
    table = table_of({("ratio", 0): {100: 0.7, 200: np.nan}})
    with pytest.raises(
        ValueError, match="'accuracy' was not measured in 1 of 2 rounds"
    ):
        curves_of(table, "ratio")


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: curves_of(table, "ratio"),
        area_under_curve,
        lambda table: compare(accuracy_at(table, 200), "random"),
        lambda table: final_accuracy(table.assign(round=table["labels"] // 100)),
    ],
    ids=["curves", "areas", "comparison", "last rounds"],
)
def test_a_round_that_is_there_twice_is_refused(ask):
    # Two grids in one table: the same arms and seeds, measured on different test sets.
    one = table_of(
        {(arm, 0): {100: 0.7, 200: 0.8} for arm in ("random", "ratio")},
    )
    with pytest.raises(ValueError):
        ask(pd.concat([one, one.assign(accuracy=0.5)]))


# --- any measure

OTHER = {"measure": "macro_f1"}


def with_another_measure(table: pd.DataFrame) -> pd.DataFrame:
    """The same runs, with what was the accuracy as macro-F1 beside an accuracy of 0.5."""
    return table.rename(columns={"accuracy": "macro_f1"}).assign(accuracy=0.5)


@settings(max_examples=20)
@given(curves())
def test_another_measure_is_treated_as_the_accuracy_is(curve):
    table = table_of({(arm, 0): curve for arm in ("random", "margin")})
    other = with_another_measure(table)
    same = curves_of(other, "margin", **OTHER)
    pd.testing.assert_frame_equal(same, curves_of(table, "margin"))
    areas = area_under_curve(other, **OTHER)
    assert areas.tolist() == area_under_curve(table).tolist()
    for rounds in (last_rounds(other), rounds_at(other, max(curve))):
        found = by_run(rounds, "macro_f1")
        assert found.to_dict() == final_accuracy(table).to_dict()


ASK = {
    "curves": lambda table: curves_of(table, "new", "macro_f1"),
    "areas": lambda table: area_under_curve(table, measure="macro_f1"),
    "a budget": lambda table: by_run(rounds_at(table, 200), "macro_f1"),
    "last rounds": lambda table: by_run(last_rounds(table), "macro_f1"),
}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_a_measure_that_no_run_has_is_named_with_those_that_there_are(ask):
    table = table_of({("new", 0): {100: 0.7, 200: 0.8}})
    with pytest.raises(ValueError, match=r"'macro_f1' was not measured.*accuracy"):
        ask(table)


@pytest.mark.parametrize("ask", list(ASK.values())[1:], ids=list(ASK)[1:])
def test_runs_that_lack_a_measure_are_named(ask):
    # Made before the measure was: missing there, not zero, and not left out silently.
    new = with_another_measure(table_of({("new", 0): {100: 0.7, 200: 0.8}}))
    old = table_of({("old", 0): {100: 0.7, 200: 0.8}})
    with pytest.raises(ValueError, match=r"'macro_f1' was not measured in .*of 'old'"):
        ask(pd.concat([new, old]))
    ask(new)


def test_a_curve_that_lacks_a_measure_is_refused_and_others_are_not():
    new = with_another_measure(table_of({("new", 0): {100: 0.7, 200: 0.8}}))
    both = pd.concat([new, table_of({("old", 0): {100: 0.7, 200: 0.8}})])
    assert curves_of(both, "new", "macro_f1").to_numpy().tolist() == [[0.7, 0.8]]
    with pytest.raises(ValueError, match="not measured in 2 of 2 rounds, of 'old'"):
        curves_of(both, "old", "macro_f1")


# --- area under the learning curve


@given(curves())
def test_the_area_is_that_of_scikit_learn_over_the_curves_width(curve):
    labels, accuracy = list(curve), list(curve.values())
    (area,) = area_under_curve(table_of({("random", 0): curve}))
    assert area == pytest.approx(auc(labels, accuracy) / (labels[-1] - labels[0]))
    assert min(accuracy) - 1e-9 <= area <= max(accuracy) + 1e-9


def test_the_area_of_an_unevenly_measured_curve_by_hand():
    # 100 labels wide at 0.5 on average, then 300 wide at 0.7: 50 + 210, of 400.
    table = table_of({("random", 0): {100: 0.4, 200: 0.6, 500: 0.8}})
    assert area_under_curve(table)["random", 0] == pytest.approx(260 / 400)


@given(curves(), hundredths)
def test_the_area_under_a_constant_curve_is_its_height(curve, height):
    table = table_of({("random", 0): dict.fromkeys(curve, height)})
    assert area_under_curve(table).tolist() == pytest.approx([height])


@given(
    curves(least=3), st.randoms(use_true_random=False), st.sampled_from([int, float])
)
def test_up_to_a_budget_only_the_rounds_within_it_count(curve, random, kind):
    budget = random.choice(list(curve)[1:])
    within = {n: accuracy for n, accuracy in curve.items() if n <= budget}
    rows = table_of({("random", 0): curve}).astype({"labels": kind})
    shuffled = rows.iloc[random.sample(range(len(rows)), len(rows))]
    assert area_under_curve(shuffled, up_to=budget).tolist() == pytest.approx(
        area_under_curve(table_of({("random", 0): within})).tolist()
    )


def test_each_run_has_an_area_of_its_own_in_the_order_of_the_table():
    table = table_of(
        {
            (arm, seed): {100: 0.5, 200: 0.5 + shift + seed / 10}
            for (arm, shift), seed in product([("random", 0), ("margin", 0.2)], [1, 0])
        }
    )
    before = table.copy()
    areas = area_under_curve(table)
    assert areas.index.tolist() == [
        ("random", 1),
        ("random", 0),
        ("margin", 1),
        ("margin", 0),
    ]
    assert areas.tolist() == pytest.approx([0.55, 0.5, 0.65, 0.6])
    pd.testing.assert_frame_equal(table, before)


LONG, SHORT = {100: 0.5, 1_000: 0.7, 5_000: 0.9}, {100: 0.5, 1_000: 0.7}


def test_areas_over_different_stretches_are_not_compared_by_accident():
    # The short curve is the start of the long one, and would look 0.2 worse.
    table = table_of({("random", 0): LONG, ("self-training", 0): SHORT})
    with pytest.raises(ValueError, match=r"1,000–5,000 labels.*pass up_to"):
        area_under_curve(table)
    areas = area_under_curve(table, up_to=1_000)
    assert areas["random", 0] == areas["self-training", 0]


def test_areas_from_different_starts_are_not_compared_either():
    late = {n: accuracy for n, accuracy in LONG.items() if n > 100}
    with pytest.raises(ValueError, match="from 100–1,000 to"):
        area_under_curve(table_of({("random", 0): LONG, ("late", 0): late}))


def test_a_quota_that_was_rounded_down_does_not_part_two_arms():
    table = table_of(
        {
            ("random", 0): {3_000: 0.6, 4_000: 0.8, 5_000: 0.8},
            ("ratio", 0): {3_000: 0.6, 3_999: 0.8, 4_998: 0.8},
        }
    )
    random, ratio = area_under_curve(table)
    assert random == pytest.approx(ratio, abs=SMALLEST_EFFECT / 10)


@pytest.mark.parametrize(
    ("table", "up_to"),
    [
        (table_of({("full data", 0): {40_000: 0.86}}), None),
        (table_of({("random", 0): LONG}), 999),  # the start alone
        (table_of({("random", 0): LONG}), 50),  # nothing
        (table_of({("random", 0): LONG})[:0], None),
    ],
    ids=["one round", "one round left", "no round left", "empty table"],
)
def test_there_is_no_area_without_two_rounds(table, up_to):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="areas compare over one stretch"):
            area_under_curve(table, up_to=up_to)


# --- accuracy at a budget, and at the end


def test_the_accuracy_at_a_budget_is_that_of_the_runs_measured_there():
    table = table_of(
        {
            ("random", 0): {100: 0.5, 200: 0.6},
            ("margin", 0): {100: 0.7, 200: 0.8},
            ("short", 0): {100: 0.9},
        }
    )
    assert accuracy_at(table, 200).to_dict() == {("random", 0): 0.6, ("margin", 0): 0.8}


@pytest.mark.parametrize("kind", [int, float])
def test_a_budget_at_which_nothing_was_measured_is_named_with_those_measured(kind):
    table = table_of({("random", 0): LONG}).astype({"labels": kind})
    assert accuracy_at(table, 1_000).tolist() == [0.7]
    with pytest.raises(ValueError, match=r"at 300 labels, only at 100.*, 1000.*, 5000"):
        accuracy_at(table, 300)


def test_the_final_accuracy_is_that_of_the_last_round_whatever_the_order_of_rows():
    table = table_of(
        {("random", 0): LONG, ("margin", 0): {100: 0.9, 300: 0.4}, ("full", 0): SHORT}
    )
    shuffled = pd.concat([table[table["round"] == k] for k in (0, 2, 1)])
    found = final_accuracy(shuffled)
    assert found.to_dict() == {("random", 0): 0.9, ("margin", 0): 0.4, ("full", 0): 0.7}
    assert found.index.unique("arm").tolist() == ["random", "margin", "full"]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 9)),
        unique=True,
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
def test_last_rounds_are_those_with_the_highest_number_in_the_order_of_the_runs(
    rounds, random
):
    table = pd.DataFrame(rounds, columns=["version", "arm", "round"])
    table["asked"] = range(len(table))
    found = last_rounds(table, ["version", "arm"])
    order = list(dict.fromkeys((version, arm) for version, arm, _ in rounds))
    assert list(zip(found["version"], found["arm"], strict=True)) == order
    for row in found.itertuples():
        numbers = [n for *run, n in rounds if run == [row.version, row.arm]]
        assert row.round == max(numbers)
        assert rounds[row.asked] == (row.version, row.arm, row.round)
    assert found.columns.tolist() == table.columns.tolist()


def test_a_last_round_that_is_there_twice_is_named():
    table = table_of({("ratio", 3): {100: 0.7, 200: 0.8}})
    twice = pd.concat([table, table[1:]])
    with pytest.raises(ValueError, match="arm ratio, seed 3, round 1 is there twice"):
        last_rounds(twice)


# --- labels to a target


@given(curves(least=1), hundredths, st.randoms(use_true_random=False))
def test_a_target_counts_from_where_the_curve_stays_above_it(curve, target, random):
    shuffled = pd.Series(dict(random.sample(list(curve.items()), len(curve))))
    expected = first_budget_from_which_all_reach(curve, target)
    assert labels_to_target(shuffled, target) == expected


@given(curves(least=1), hundredths, hundredths)
def test_a_higher_target_never_takes_fewer_labels(curve, one, other):
    low, high = sorted([one, other])
    accuracy = pd.Series(curve)
    assert labels_to_target(accuracy, low) <= labels_to_target(accuracy, high)


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({100: 0.7, 200: 0.8, 300: 0.9}, 200),
        ({100: 0.8, 200: 0.7, 300: 0.8}, 300),  # the first crossing did not last
        ({100: 0.9, 200: 0.9, 300: 0.9}, 100),  # there from the start
        ({100: 0.9, 200: 0.9, 300: 0.7}, np.inf),  # ends below
        ({100: 0.7, 200: 0.9, 300: np.nan}, np.inf),  # nobody knows how it ends
        ({}, np.inf),
    ],
)
def test_labels_to_a_target_of_080_by_hand(curve, expected):
    assert labels_to_target(pd.Series(curve, dtype=float), 0.8) == expected


def test_a_curve_reaches_its_own_mean_however_that_was_summed_up():
    # 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in the last digit.
    values = [0.1, 0.2, 0.3]
    forth, back = sum(values) / 3, sum(reversed(values)) / 3
    assert forth != back
    curve = pd.Series({100: 0.0, 200: min(forth, back)})
    assert labels_to_target(curve, max(forth, back)) == 200


@given(st.integers(1, 8), st.integers(1, 6), st.randoms(use_true_random=False))
def test_many_curves_at_once_need_what_each_needs_alone(runs, budgets, random):
    table = pd.DataFrame(
        [[random.randint(0, 9) for _ in range(budgets)] for _ in range(runs)],
        columns=[100 * (k + 1) for k in range(budgets)],
    )
    alone = [labels_to_target(table.loc[k], 5) for k in table.index]
    assert labels_to_target(table, 5).tolist() == alone
