import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import hundredths, measure_of, table_of
from scipy import stats
from statsmodels.stats.multitest import multipletests

from alutils.evidence.compare import SMALLEST_EFFECT, compare, smallest_p, verdict
from alutils.evidence.curves import area_under_curve

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
    p = holm([best, *[1.0] * (comparisons - 1)])[0]
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
