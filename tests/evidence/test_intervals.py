import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import Curve, first_budget_from_which_all_reach, table_of
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from alutils.errors import ErrorCounts, two_class_errors
from alutils.evidence.intervals import (
    LEVEL,
    accuracy_interval,
    bootstrap_interval,
    counts_interval,
    macro_f1_interval,
    mean_labels_to_target,
    middle,
    reach_of_gap,
    recall_intervals,
    share_interval,
    share_of_labels,
    z_value,
)

# --- a single accuracy


def wilson(right: int, reviews: int, level: float) -> tuple[float, float]:
    """The interval as Wilson (1927) gives it, written out."""
    z, share = stats.norm.ppf((1 + level) / 2), right / reviews
    middle = share + z**2 / (2 * reviews)
    reach = z * np.sqrt(share * (1 - share) / reviews + z**2 / (4 * reviews**2))
    return (middle - reach) / (1 + z**2 / reviews), (middle + reach) / (
        1 + z**2 / reviews
    )


@st.composite
def tables_of_errors(draw):
    """True class by predicted class, for two to five classes; never without a review."""
    k = draw(st.integers(2, 5))
    counts = st.lists(st.integers(0, 900), min_size=k, max_size=k)
    return draw(st.lists(counts, min_size=k, max_size=k).filter(lambda t: np.any(t)))


@given(tables_of_errors(), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_is_wilsons_whatever_the_number_of_classes(table, level):
    errors = ErrorCounts(table)
    low, high = accuracy_interval(errors, level)
    right, reviews = np.trace(table), np.sum(table)
    assert (low, high) == pytest.approx(wilson(right, reviews, level), abs=1e-9)
    assert -1e-12 <= low <= errors.accuracy <= high <= 1 + 1e-12


def test_the_interval_is_at_95_percent_unless_told_otherwise():
    errors = two_class_errors(348, 381, positives=2_500, negatives=2_500)
    assert accuracy_interval(errors) == pytest.approx(wilson(5_000 - 729, 5_000, 0.95))


@given(tables_of_errors())
def test_the_interval_of_a_classs_recall_is_wilsons_among_its_reviews(table):
    for row, k, found in zip(
        table, range(9), recall_intervals(ErrorCounts(table)), strict=False
    ):
        if sum(row):
            expected = wilson(row[k], sum(row), LEVEL)
            assert found == pytest.approx(expected, abs=1e-9)
        else:
            assert np.isnan(found).all()


@pytest.mark.parametrize(("hits", "of"), [(3, 2), (-1, 2), (0, -1)])
def test_a_share_of_what_is_no_count_is_refused(hits, of):
    with pytest.raises(ValueError, match=f"{hits} of {of}: expected a count from 0 to"):
        share_interval(hits, of)


def test_a_share_of_nothing_has_no_interval():
    assert np.isnan(share_interval(0, 0)).all()
    assert np.isnan(accuracy_interval(ErrorCounts([[0, 0], [0, 0]]))).all()


# --- numbers of one test set, by other draws of it


@pytest.mark.parametrize(
    ("reviews", "shares", "error_rate"),
    [(100, (0.5, 0.5), 0.15), (100, (0.95, 0.05), 0.03), (200, (0.5, 0.3, 0.2), 0.2)],
)
def test_about_95_of_100_intervals_hold_the_macro_f1_of_all_texts(
    reviews, shares, error_rate
):
    k, rng = len(shares), np.random.default_rng(0)
    chances = np.full((k, k), error_rate / (k - 1))
    np.fill_diagonal(chances, 1 - error_rate)
    everything = np.array(shares)[:, None] * chances
    whole = ErrorCounts(np.rint(1_000_000 * everything).astype(int)).macro_f1
    held = 0
    for counts in rng.multinomial(reviews, everything.ravel(), size=100):
        low, high = macro_f1_interval(ErrorCounts(counts.reshape(k, k)))
        held += low <= whole <= high
    assert 0.88 <= held / 100 <= 0.99


def test_counts_without_a_rare_case_leave_room_for_one():
    low, high = counts_interval([40, 0], lambda drawn: drawn[:, 0] / 40)
    assert 0.9 < low < 1
    assert high == 1


def test_with_many_counts_the_interval_is_that_of_the_plain_bootstrap():
    counts = np.array([700, 300])
    values = np.repeat([1.0, 0.0], counts)
    found = counts_interval(counts, lambda drawn: drawn[:, 0] / 1_000)
    reference = stats.bootstrap(
        (values,), np.mean, n_resamples=4_000, method="percentile", rng=1
    )
    assert found == pytest.approx(tuple(reference.confidence_interval), abs=0.003)


def test_draws_without_a_number_are_left_out():
    def recall(drawn):
        of = drawn.sum(axis=1)
        return np.where(drawn[:, 2] > 0, np.nan, drawn[:, 0] / of)

    assert np.isfinite(counts_interval([5, 5, 1], recall)).all()


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60))
def test_the_middle_of_values_leaves_at_most_a_fortieth_out_on_each_side(values):
    low, high = middle(np.array(values))
    below, above = (sum(v < low for v in values), sum(v > high for v in values))
    assert max(below, above) <= len(values) / 40
    assert {low, high} <= set(values)


# --- the gap between two accuracies

COUNTS = st.integers(1, 5_000).flatmap(
    lambda reviews: st.tuples(st.integers(0, reviews), st.just(reviews))
)


def runs_of(counts: list[tuple[int, int]]) -> pd.DataFrame:
    """Runs with so many right of so many reviews."""
    right, reviews = np.transpose(counts)
    return pd.DataFrame({"accuracy": right / reviews, "reviews": reviews})


@given(COUNTS, COUNTS)
def test_a_gap_reaches_as_far_as_statsmodels_has_it(one, other):
    low, high = confint_proportions_2indep(*one, *other, method="wald")
    (ours,), (theirs,) = (runs_of([run]).itertuples() for run in (one, other))
    assert reach_of_gap(ours, theirs) == pytest.approx((high - low) / 2)


def test_gaps_of_many_pairs_are_judged_at_once():
    ours, theirs = runs_of([(4_200, 5_000), (90, 100)]), runs_of([(4_300, 5_000)] * 2)
    assert reach_of_gap(ours, theirs).tolist() == [
        reach_of_gap(ours.loc[k], theirs.loc[k]) for k in range(2)
    ]


@given(st.floats(0.01, 0.99))
def test_the_share_of_a_normal_distribution_within_z_is_the_level(level):
    z = z_value(level)
    assert stats.norm.cdf(z) - stats.norm.cdf(-z) == pytest.approx(level)


# --- the bootstrap


def mean_of(values: np.ndarray):
    return lambda places: values[places].mean(axis=1)


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


@pytest.mark.parametrize("seeds", [2, 3, 8, 9, 30])
@pytest.mark.parametrize("labels", [1, 2, 32])
def test_many_numbers_at_once_have_the_intervals_that_each_has_alone(seeds, labels):
    values = np.random.default_rng(seeds).random((seeds, labels))
    low, high = bootstrap_interval(seeds, lambda places: values[places].mean(axis=1))
    for k in range(labels):
        alone = bootstrap_interval(seeds, mean_of(values[:, k]))
        assert (low[k], high[k]) == pytest.approx(alone, abs=1e-15)


def test_the_draws_are_whole_seeds_each_as_likely_as_another():
    seen = []
    bootstrap_interval(5, lambda places: seen.append(places) or places.mean(axis=1))
    (places,) = seen
    assert places.shape == (4_000, 5)
    counts = np.bincount(places.ravel(), minlength=5)
    assert stats.chisquare(counts).pvalue > 0.01


def test_an_infinite_statistic_makes_an_infinite_bound():
    # With two seeds a quarter of the draws is each seed alone.
    found = bootstrap_interval(
        2, lambda places: np.where(places.sum(axis=1) == 0, np.inf, 1.0)
    )
    assert found == (1.0, np.inf)


@pytest.mark.parametrize("seeds", [0, 1])
def test_an_interval_takes_two_seeds(seeds):
    with pytest.raises(ValueError, match=f"two seeds or more, not {seeds}"):
        bootstrap_interval(seeds, lambda places: places.mean(axis=1))


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


def test_labels_to_a_target_of_another_measure():
    table = table_of({("margin", 0): EARLY, ("margin", 1): LATER})
    other = table.rename(columns={"accuracy": "macro_f1"}).assign(accuracy=0.5)
    found = mean_labels_to_target(other, "margin", 0.8, measure="macro_f1")
    assert found == mean_labels_to_target(table, "margin", 0.8)
    both = pd.concat([other, other.assign(arm="random")])
    share = share_of_labels(both, "margin", "random", 0.8, measure="macro_f1")
    assert share == (1, 1, 1)


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
