import warnings
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import auc
from statsmodels.stats.multitest import multipletests

from alutils.evidence import (
    LEVEL,
    SMALLEST_EFFECT,
    bootstrap_interval,
    compare,
    in_points,
    mean_labels_to_target,
    share_of_labels,
    smallest_p,
    verdict,
)
from alutils.learning_curves import (
    accuracy_at,
    area_under_curve,
    curves_of,
    final_accuracy,
    labels_to_target,
)

Curve = dict[int, float]


def table_of(runs: dict[tuple[str, int], Curve]) -> pd.DataFrame:
    """A tidy table: for each arm and seed a curve, from labels to accuracy."""
    return pd.DataFrame(
        [
            (arm, seed, number, labels, accuracy)
            for (arm, seed), curve in runs.items()
            for number, (labels, accuracy) in enumerate(curve.items())
        ],
        columns=["arm", "seed", "round", "labels", "accuracy"],
    )


def measure_of(arms: dict[str, dict[int, float]]) -> pd.Series:
    """One number for each arm and seed."""
    numbers = {
        (arm, seed): x for arm, seeds in arms.items() for seed, x in seeds.items()
    }
    index = pd.MultiIndex.from_tuples(numbers, names=["arm", "seed"])
    return pd.Series(list(numbers.values()), index, dtype=float)


hundredths = st.integers(0, 100).map(lambda k: k / 100)


@st.composite
def curves(draw, least=2):
    labels = draw(st.sets(st.integers(1, 5_000), min_size=least, max_size=12))
    return {n: draw(hundredths) for n in sorted(labels)}


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
    with pytest.raises(ValueError, match="an accuracy is missing"):
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


# --- labels to a target


def first_budget_from_which_all_reach(curve: Curve, target: float) -> float:
    return min(
        (
            budget
            for budget in curve
            if all(accuracy >= target for n, accuracy in curve.items() if n >= budget)
        ),
        default=np.inf,
    )


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


# --- the bootstrap


def mean_of(values: np.ndarray):
    return lambda places: values[places].mean()


@pytest.mark.parametrize("seeds", [5, 30])
def test_the_interval_of_a_mean_is_close_to_scipys(seeds):
    values = np.random.default_rng(seeds).normal(0.85, 0.01, seeds)
    found = bootstrap_interval(seeds, mean_of(values))
    reference = stats.bootstrap(
        (values,),
        np.mean,
        confidence_level=LEVEL,
        n_resamples=20_000,
        method="percentile",
        rng=np.random.default_rng(1),
    )
    # A fifth of the standard error is several times the noise of 4,000 resamples.
    near = values.std() / np.sqrt(seeds) / 5
    assert found == pytest.approx(tuple(reference.confidence_interval), abs=near)


def test_about_95_of_100_intervals_hold_the_true_mean():
    samples = np.random.default_rng(3).normal(0, 1, (400, 30))
    held = 0
    for sample in samples:
        low, high = bootstrap_interval(30, mean_of(sample), resamples=400)
        held += low <= 0 <= high
    assert 0.88 <= held / len(samples) <= 0.98


def test_the_interval_is_the_same_every_time_and_leaves_numpys_own_stream_alone():
    values = np.random.default_rng(0).random(10)
    np.random.seed(1)
    state = np.random.get_state()[1].tolist()
    first = bootstrap_interval(10, mean_of(values))
    assert np.random.get_state()[1].tolist() == state
    np.random.seed(2)
    assert bootstrap_interval(10, mean_of(values)) == first


@settings(max_examples=20)
@given(st.lists(st.floats(-1, 1), min_size=2, max_size=10))
def test_the_interval_leaves_the_same_share_out_on_both_sides(values):
    values = np.array(values)
    low, high = bootstrap_interval(len(values), mean_of(values), resamples=1_000)
    mirrored = bootstrap_interval(len(values), mean_of(-values), resamples=1_000)
    assert mirrored == (-high, -low)
    assert min(values) - 1e-12 <= low <= high <= max(values) + 1e-12


def test_an_infinite_statistic_makes_an_infinite_bound():
    # With two seeds a quarter of the draws is each seed alone.
    found = bootstrap_interval(2, lambda places: np.inf if places.sum() == 0 else 1.0)
    assert found == (1.0, np.inf)


@pytest.mark.parametrize("seeds", [0, 1])
def test_an_interval_takes_two_seeds(seeds):
    with pytest.raises(ValueError, match=f"two seeds or more, not {seeds}"):
        bootstrap_interval(seeds, lambda places: 0.0)


# --- labels that an arm needs, and their share of what another needs

# Seed 0 reaches 0.8 at once, seed 1 at the end, their mean in between.
EARLY = {100: 0.80, 200: 0.90, 300: 0.90}
LATER = {100: 0.60, 200: 0.70, 300: 0.80}


def test_labels_of_the_mean_curve_with_the_interval_of_all_draws_of_two_seeds():
    table = table_of({("margin", 0): EARLY, ("margin", 1): LATER})
    assert mean_labels_to_target(table, "margin", 0.8) == (200, 100, 300)


def test_a_target_that_some_draws_never_reach_has_no_upper_bound():
    table = table_of({("margin", 0): EARLY, ("margin", 1): {**LATER, 300: 0.75}})
    assert mean_labels_to_target(table, "margin", 0.8) == (200, 100, np.inf)


def test_seeds_that_agree_leave_nothing_open():
    table = table_of({("margin", seed): LATER for seed in range(4)})
    assert mean_labels_to_target(table, "margin", 0.8) == (300, 300, 300)
    assert mean_labels_to_target(table, "margin", 0.81) == (np.inf, np.inf, np.inf)


def test_labels_of_one_seed_have_no_interval():
    with pytest.raises(ValueError, match="two seeds or more, not 1"):
        mean_labels_to_target(table_of({("margin", 0): EARLY}), "margin", 0.8)


def halved(curve: Curve) -> Curve:
    return {labels // 2: accuracy for labels, accuracy in curve.items()}


def paired(of: dict[int, Curve], other: dict[int, Curve]) -> pd.DataFrame:
    return table_of(
        {("margin", seed): curve for seed, curve in of.items()}
        | {("random", seed): curve for seed, curve in other.items()}
    )


def share(of: dict[int, Curve], other: dict[int, Curve], target: float = 0.8):
    return share_of_labels(paired(of, other), "margin", "random", target)


def test_seeds_stay_paired_in_the_share_of_labels():
    # Seeds differ threefold, yet in each the arm needs half: so in each draw.
    others = {0: EARLY, 1: LATER, 2: LATER}
    ours = {seed: halved(curve) for seed, curve in others.items()}
    assert share(ours, others) == (0.5, 0.5, 0.5)
    assert share(others, ours) == (2, 2, 2)


def test_only_seeds_of_both_arms_count_in_the_share_of_labels():
    ours = {0: halved(EARLY), 1: halved(LATER), 7: {50: 0, 100: 0, 150: 0}}
    others = {1: LATER, 0: EARLY, 8: {100: 0, 200: 0, 300: 0}}
    assert share(ours, others) == (0.5, 0.5, 0.5)


NEVER = {100: 0.5, 200: 0.5, 300: 0.5}


@pytest.mark.parametrize(
    ("ours", "others", "expected"),
    [
        (NEVER, EARLY, np.inf),
        (EARLY, NEVER, 0),
        (NEVER, NEVER, np.inf),
        # Of a control that stopped at 200 nobody knows whether it needed more than 300.
        (LATER, {100: 0.5, 200: 0.7}, np.inf),
        (EARLY, {100: 0.5, 200: 0.7}, 0),
        # Where the arm gets there with the last label, the control is seen to be below.
        (LATER, NEVER, 0),
        # A control that goes on after the arm has stopped is counted to its own end.
        ({100: 0.7, 200: 0.8}, {100: 0.5, 200: 0.7, 800: 0.8}, 1 / 4),
    ],
    ids=[
        "the arm never does",
        "the control never does",
        "neither does",
        "the control stopped before the arm got there",
        "the control stopped after the arm got there",
        "the control stopped as the arm got there",
        "the control goes on",
    ],
)
def test_the_share_of_labels_where_a_curve_ends_below_the_target(
    ours, others, expected
):
    found = share({0: ours, 1: ours}, {0: others, 1: others})
    assert found == (expected, expected, expected)


def test_an_arm_that_only_some_draws_bring_to_the_target_has_an_open_share():
    assert share({0: EARLY, 1: NEVER}, {0: LATER, 1: LATER})[1:] == (1 / 3, np.inf)


@st.composite
def two_seeds(draw):
    """Two curves over the same labels, in whole hundredths."""
    labels = sorted(draw(st.sets(st.integers(1, 50), min_size=1, max_size=5)))
    return [{n: draw(st.integers(0, 9)) for n in labels} for _ in range(2)]


@settings(max_examples=10)
@given(two_seeds(), two_seeds(), st.integers(0, 9))
def test_of_two_seeds_each_alone_and_both_together_make_the_share(ours, others, target):
    def share_of(*seeds: int) -> float:
        # Sums of whole numbers, so that no rounding decides.
        needs = [
            first_budget_from_which_all_reach(
                {n: sum(curves[seed][n] for seed in seeds) for n in curves[0]},
                target * len(seeds),
            )
            for curves in (ours, others)
        ]
        if needs[1] < np.inf:
            return needs[0] / needs[1]
        return 0 if needs[0] <= max(others[0]) else np.inf

    hundredths = [
        {seed: {n: k / 100 for n, k in curve.items()} for seed, curve in enumerate(arm)}
        for arm in (ours, others)
    ]
    draws = share_of(0), share_of(1), share_of(0, 1)
    assert share(*hundredths, target / 100) == (draws[2], min(draws), max(draws))


@pytest.mark.parametrize("others", [{5: EARLY, 6: EARLY}, {1: EARLY, 6: EARLY}])
def test_a_share_takes_two_seeds_of_both_arms(others):
    with pytest.raises(ValueError, match="two seeds or more"):
        share({0: EARLY, 1: LATER}, others)


def test_a_share_of_an_unknown_control_names_those_that_there_are():
    table = paired({0: EARLY, 1: EARLY}, {0: LATER, 1: LATER})
    with pytest.raises(ValueError, match=r"no arm 'k-center': .*'margin', 'random'"):
        share_of_labels(table, "margin", "k-center", 0.8)


# --- verdicts

intervals = st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)).map(sorted)


@given(intervals)
def test_a_difference_is_not_shown_if_and_only_if_its_interval_holds_zero(interval):
    low, high = interval
    assert verdict(low, high, 30, 0.001).startswith("not shown") == (low <= 0 <= high)


@given(intervals)
def test_a_difference_that_is_shown_has_the_sign_of_its_whole_interval(interval):
    low, high = interval
    assert verdict(low, high, 30, 0.001).startswith("higher") == (low > 0)
    assert verdict(low, high, 30, 0.001).startswith("lower") == (high < 0)


@given(intervals)
def test_it_matters_too_little_if_the_whole_interval_is_within_the_smallest_effect(
    interval,
):
    low, high = interval
    within = -SMALLEST_EFFECT < low and high < SMALLEST_EFFECT
    assert verdict(low, high, 30, 0.001).endswith("too little to matter") == within


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, "not shown, and too little to matter"),
        (0, 1, "not shown"),  # an interval holds its ends
        (-1, 0, "not shown"),
        (-1, 1, "not shown"),
        (-0.5, 0.5, "not shown, and too little to matter"),
        (0.1, 0.9, "higher, but too little to matter"),
        (-0.9, -0.1, "lower, but too little to matter"),
        (0.1, 1, "higher"),  # as much as the smallest effect that matters
        (-1, -0.1, "lower"),
        (-np.inf, np.inf, "not shown"),
    ],
)
def test_verdicts_in_units_of_the_smallest_effect(low, high, expected):
    assert verdict(low * SMALLEST_EFFECT, high * SMALLEST_EFFECT, 30, 0.001) == expected


@pytest.mark.parametrize("bounds", [(0.2, 0.1), (np.nan, 0.1), (0.1, np.nan)])
def test_what_is_no_interval_gets_no_verdict(bounds):
    with pytest.raises(ValueError, match="no interval"):
        verdict(*bounds, 30, 0.001)


@pytest.mark.parametrize("p", [np.nan, -0.1, 1.1])
def test_what_is_no_probability_gets_no_verdict(p):
    with pytest.raises(ValueError, match=f"p={p}: expected a number from 0 to 1"):
        verdict(0.01, 0.02, 30, p)


@given(st.integers(2, 12), st.integers(1, 9))
def test_a_verdict_takes_as_many_seeds_as_full_agreement_needs_to_be_shown(
    seeds, comparisons
):
    differences = np.arange(1, seeds + 1) / 100  # all one way, and no ties
    best = stats.wilcoxon(differences).pvalue
    p = multipletests([best, *[1.0] * (comparisons - 1)], method="holm")[1][0]
    assert smallest_p(seeds, comparisons) == pytest.approx(p)
    said = verdict(0.01, 0.02, seeds, p, comparisons)
    assert said == ("higher" if p < 0.05 else "too few seeds")


# --- arms against a control


def random_measure(arms: int, seeds: int) -> pd.Series:
    rng = np.random.default_rng(arms * seeds)
    return measure_of(
        {
            f"arm {k}": dict(enumerate(rng.normal(0.85 + k / 500, 0.01, seeds)))
            for k in range(arms)
        }
    )


def holm(p: list[float]) -> list[float]:
    """Holm's step-down procedure (1979), written out: the k-th smallest of m times
    m - k + 1, never less than the one before, at most 1."""
    adjusted, least = [0.0] * len(p), 0.0
    for k, place in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        least = max(least, min(1.0, (len(p) - k) * p[place]))
        adjusted[place] = least
    return adjusted


@pytest.mark.parametrize(("arms", "seeds"), [(2, 5), (4, 12), (6, 30)])
def test_the_numbers_of_a_comparison_are_those_of_scipy(arms, seeds):
    measure = random_measure(arms, seeds)
    found = compare(measure, "arm 0")
    assert found.index.tolist() == [f"arm {k}" for k in range(1, arms)]
    for arm, row in found.iterrows():
        ours, control = measure[arm].to_numpy(), measure["arm 0"].to_numpy()
        assert row["seeds"] == seeds
        assert row["difference"] == pytest.approx(ours.mean() - control.mean())
        assert row["p"] == pytest.approx(stats.wilcoxon(ours, control).pvalue)
        reference = stats.bootstrap(
            (ours, control),
            lambda x, y, axis: (x - y).mean(axis=axis),
            paired=True,
            n_resamples=10_000,
            method="percentile",
            rng=np.random.default_rng(0),
        ).confidence_interval
        near = (ours - control).std() / np.sqrt(seeds) / 5
        assert (row["low"], row["high"]) == pytest.approx(tuple(reference), abs=near)
        assert row["verdict"] == verdict(
            row["low"], row["high"], row["seeds"], row["p_holm"], len(found)
        )


@pytest.mark.parametrize("arms", [2, 3, 6, 9])
def test_p_values_are_corrected_as_holm_does(arms):
    found = compare(random_measure(arms, 11), "arm 0")
    p = found["p"].tolist()
    assert found["p_holm"].tolist() == pytest.approx(holm(p))
    assert found["p_holm"].tolist() == pytest.approx(multipletests(p, 0.05, "holm")[1])


def test_holms_procedure_by_hand():
    # Four comparisons: 4 x 0.01, 3 x 0.02, then 2 x 0.022 may not go back below that.
    assert holm([0.02, 0.01, 0.6, 0.022]) == pytest.approx([0.06, 0.04, 0.6, 0.06])


@pytest.mark.parametrize("seeds", [3, 6, 10])
def test_seeds_that_all_point_one_way_have_the_smallest_p_that_there_is(seeds):
    # Of the 2^n patterns of signs one has them all up, and one all down.
    shifted = {seed: 0.8 + (seed + 1) / 100 for seed in range(seeds)}
    found = compare(
        measure_of({"random": dict.fromkeys(range(seeds), 0.8), "margin": shifted}),
        "random",
    )
    assert found.loc["margin", "p"] == pytest.approx(2 / 2**seeds)


def test_differences_that_are_equal_in_errors_are_ties_for_the_test():
    # Accuracies of 5,000 reviews: in floating point, equal differences are not equal.
    errors = np.array([700, 693, 711, 702, 685, 699, 720, 690, 707, 716])
    fewer = np.array([3, 3, -3, 7, 7, 0, 3, -7, 3, 7])
    accuracy = {
        "random": dict(enumerate(1 - errors / 5_000)),
        "margin": dict(enumerate(1 - (errors - fewer) / 5_000)),
    }
    raw = np.subtract(*(list(accuracy[arm].values()) for arm in ("margin", "random")))
    assert len(set(raw)) > len(set(fewer))
    found = compare(measure_of(accuracy), "random").loc["margin"]
    assert found["p"] == pytest.approx(stats.wilcoxon(fewer).pvalue)


@given(st.integers(1, 10), st.integers(0, 40))
def test_seeds_without_a_difference_add_nothing_to_the_test(moved, still):
    # As Wilcoxon (1945) has it: of the 2^n patterns of the signs, two are one-sided.
    if moved + still < 2:
        return
    difference = [0.01 + k / 1_000 for k in range(moved)] + [0.0] * still
    found = compare(
        measure_of(
            {
                "random": dict.fromkeys(range(len(difference)), 0.8),
                "margin": {k: 0.8 + d for k, d in enumerate(difference)},
            }
        ),
        "random",
    )
    assert found.loc["margin", "p"] == pytest.approx(2 / 2**moved)


def test_arms_come_in_the_order_of_the_measure_without_the_control():
    same = dict(enumerate([0.7, 0.8, 0.9]))
    arms = ("vote entropy", "random", "margin", "a last one")
    found = compare(measure_of(dict.fromkeys(arms, same)), "random")
    assert found.index.tolist() == ["vote entropy", "margin", "a last one"]


def test_the_order_of_seeds_changes_nothing():
    measure = random_measure(3, 8)
    turned = measure[::-1]
    pd.testing.assert_frame_equal(
        compare(turned, "arm 0").loc[["arm 1", "arm 2"]], compare(measure, "arm 0")
    )


def test_only_seeds_that_both_arms_share_count():
    measure = measure_of(
        {
            "random": {0: 0.5, 1: 0.5, 2: 0.5, 3: 0.9},
            "margin": {9: 0.1, 2: 0.8, 0: 0.6, 1: 0.7},
            "k-center": {3: 0.8, 2: 0.4},
        }
    )
    found = compare(measure, "random")
    assert found["seeds"].tolist() == [3, 2]
    assert found["difference"].tolist() == pytest.approx([0.2, -0.1])


def test_seeds_are_compared_with_themselves():
    # Apart by 0.5 between seeds, by 0.01 within each.
    control = {seed: seed / 10 for seed in range(6)}
    ours = {seed: value + 0.01 for seed, value in control.items()}
    row = compare(measure_of({"random": control, "margin": ours}), "random").iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((0.01, 0.01))
    assert row["verdict"] == "higher"


@settings(max_examples=10)
@given(st.lists(st.tuples(hundredths, hundredths), min_size=2, max_size=7))
def test_the_other_way_round_a_comparison_is_mirrored(pairs):
    one, other = (dict(enumerate(side)) for side in zip(*pairs, strict=True))
    measure = measure_of({"one": one, "other": other})
    forth, back = compare(measure, "one").iloc[0], compare(measure, "other").iloc[0]
    numbers = ["difference", "low", "high", "p", "p_holm"]
    assert back[numbers].tolist() == pytest.approx(
        [-forth["difference"], -forth["high"], -forth["low"], forth["p"], forth["p"]]
    )
    turned = {"higher": "lower", "lower": "higher"}
    assert back["verdict"] == " ".join(
        turned.get(word, word) for word in forth["verdict"].replace(",", " ,").split()
    ).replace(" ,", ",")


def test_runs_without_any_difference_show_none_and_raise_no_warning():
    same = dict(enumerate([0.7, 0.8, 0.9, 0.6, 0.7, 0.8]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        row = compare(measure_of({"random": same, "margin": same}), "random").iloc[0]
    assert row[["difference", "low", "high", "p", "p_holm"]].tolist() == [0, 0, 0, 1, 1]
    assert row["verdict"] == "not shown, and too little to matter"


@pytest.mark.parametrize("seeds", [{7: 0.8}, {0: 0.8, 7: 0.8}])
def test_fewer_than_two_shared_seeds_are_too_few(seeds):
    measure = measure_of({"random": {0: 0.7, 1: 0.7}, "margin": seeds})
    shared = len({0, 1} & set(seeds))
    with pytest.raises(
        ValueError, match=f"'margin' and 'random' share {shared} seeds: run more"
    ):
        compare(measure, "random")


def test_an_unknown_control_is_named_with_the_arms_that_there_are():
    with pytest.raises(ValueError, match=r"no arm 'random' .*arm 0, arm 1"):
        compare(random_measure(2, 3), "random")


def test_a_control_alone_has_nothing_to_be_compared_with():
    with pytest.raises(ValueError, match="no arm 'arm 0' beside others"):
        compare(random_measure(1, 3), "arm 0")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_measurement_that_is_no_number_is_not_passed_over(value):
    measure = random_measure(2, 5)
    measure["arm 1", 3] = value
    with pytest.raises(ValueError, match=rf"\('arm 1', 3\): {value}"):
        compare(measure, "arm 0")


def test_areas_of_a_grid_are_compared_as_they_come():
    rng = np.random.default_rng(0)
    table = table_of(
        {
            (arm, seed): {100: 0.6, 200: 0.7 + gain + rng.normal(0, 0.001)}
            for arm, gain in (("random", 0), ("margin", 0.04), ("k-center", 0))
            for seed in range(12)
        }
    )
    found = compare(area_under_curve(table), "random")
    # Half of the gain, for the area is a mean over a line that starts without one.
    assert found["difference"].tolist() == pytest.approx([0.02, 0], abs=0.001)
    assert found.loc["margin", "verdict"] == "higher"
    assert found.loc["k-center", "verdict"].endswith("too little to matter")


# --- a comparison in words


def test_a_row_is_said_in_points_with_signs_as_printed():
    row = pd.Series({"difference": -0.01234, "low": -0.02, "high": 0.005, "seeds": 30})
    assert in_points(row) == ("−1.23 points (95% interval −2.00 to +0.50, 30 seeds)")


def test_a_row_of_a_comparison_can_be_said():
    measure = measure_of({"random": {0: 0.5, 1: 0.5}, "margin": {0: 0.6, 1: 0.6}})
    for row in (
        compare(measure, "random").loc["margin"],
        compare(measure, "random").drop(columns="verdict").loc["margin"],
    ):
        assert (
            in_points(row) == "+10.00 points (95% interval +10.00 to +10.00, 2 seeds)"
        )
