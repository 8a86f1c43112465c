import dataclasses
from collections import Counter
from statistics import median

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from states import state_of

from alutils.errors import ErrorCounts
from alutils.scores import bald, entropy, least_confidence, margin, vote_entropy
from alutils.strategies import (
    AS_PUBLISHED,
    CommitteeDoubt,
    Doubt,
    ErrorRatio,
    RandomFirst,
    State,
    around_the_median,
    class_quota,
    highest,
    random_sampling,
)

# --- the class quota


def test_the_quota_repeats_the_published_logs(published_log):
    labels = [published_log.labels[0]]
    for (fn, fp), negatives, positives in zip(
        published_log.errors,
        published_log.negatives,
        published_log.positives,
        strict=False,
    ):
        quota = class_quota(ErrorCounts(fn, fp, 5_000), 5_000, **AS_PUBLISHED)
        assert quota == (int(negatives * 5_000), int(positives * 5_000))
        labels.append(labels[-1] + sum(quota))
    assert tuple(labels) == published_log.labels


def test_the_shares_are_the_published_ones_to_the_last_digit(published_log):
    # A very large round shows the share itself.
    many = 10**16
    for (fn, fp), negatives, positives in zip(
        published_log.errors,
        published_log.negatives,
        published_log.positives,
        strict=False,
    ):
        quota = class_quota(
            ErrorCounts(fn, fp, 5_000), many, direction="published", truncate=False
        )
        assert quota == (
            pytest.approx(negatives * many, rel=1e-14),
            pytest.approx(positives * many, rel=1e-14),
        )


def published_formula(fn: int, fp: int, size: int) -> tuple[int, int]:
    """As the example computes it: shares first, then each of the two cut to a whole
    number."""
    total = fn + fp
    return (
        (int(fn / total * size), int(fp / total * size))
        if fn and fp
        else (int(0.5 * size), int(0.5 * size))
    )


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_the_published_quota_is_the_published_formula_but_for_rounding_errors(
    fn, fp, size
):
    found = class_quota(ErrorCounts(fn, fp, 200), size, **AS_PUBLISHED)
    assert np.abs(np.subtract(found, published_formula(fn, fp, size))).max() <= 1


def test_the_published_quota_is_the_published_formula_for_all_counts():
    for fn in range(60):
        for fp in range(60):
            assert class_quota(
                ErrorCounts(fn, fp, 200), 5_000, **AS_PUBLISHED
            ) == published_formula(fn, fp, 5_000)


counts = st.tuples(st.integers(0, 500), st.integers(0, 500))
directions = st.sampled_from(["published", "corrected", "equal"])


@given(counts, st.integers(1, 6_000), directions)
def test_a_quota_adds_up_to_the_round_and_a_truncated_one_lacks_one_at_most(
    errors, size, direction
):
    errors = ErrorCounts(*errors, 1_000)
    assert sum(class_quota(errors, size, direction=direction, truncate=False)) == size
    assert (
        size - 1
        <= sum(class_quota(errors, size, direction=direction, truncate=True))
        <= size
    )


@given(st.tuples(st.integers(1, 500), st.integers(1, 500)), st.integers(1, 6_000))
def test_the_corrected_quota_gives_positives_the_share_of_the_missed_positives(
    errors, size
):
    _, positives = class_quota(
        ErrorCounts(*errors, 1_000), size, direction="corrected", truncate=False
    )
    fn, fp = errors
    assert positives == pytest.approx(size * fn / (fn + fp), abs=0.5 + 1e-9)


@pytest.mark.parametrize("errors", [(0, 0), (0, 7), (7, 0)])
@pytest.mark.parametrize("direction", ["published", "corrected"])
def test_one_count_of_zero_is_enough_for_equal_shares_as_published(errors, direction):
    assert class_quota(
        ErrorCounts(*errors, 50), 10, direction=direction, truncate=True
    ) == (5, 5)


def test_equal_shares_do_not_look_at_the_errors():
    assert class_quota(
        ErrorCounts(40, 1, 50), 10, direction="equal", truncate=False
    ) == (5, 5)


def test_an_unknown_direction_is_named_with_those_that_are_known():
    with pytest.raises(
        ValueError,
        match="direction='reversed': choose 'published', 'corrected' or 'equal'",
    ):
        class_quota(ErrorCounts(1, 1, 9), 5, direction="reversed", truncate=True)


# --- strategies


def test_a_strategy_sees_rows_probabilities_and_chance_but_no_labels():
    # `labelled` holds rows, not what they are labelled.
    assert {field.name for field in dataclasses.fields(State)} == {
        "pool",
        "predict_proba",
        "rng",
        "labelled",
    }


def test_a_state_has_no_labelled_rows_unless_they_are_given():
    rows = State(np.arange(3), None, np.random.default_rng(0)).labelled
    assert rows.shape == (0,)
    assert rows.dtype.kind == "i"


# Twenty reviews of which many get the same probability.
TABLE = np.random.default_rng(0).integers(0, 5, 20) / 4
COMMITTEE = np.random.default_rng(1).integers(0, 5, (3, 20)) / 4


def members(rows: np.ndarray) -> np.ndarray:
    return np.stack([1 - COMMITTEE[:, rows], COMMITTEE[:, rows]], axis=2)


STEER = np.array([0, 1]), np.array([0, 1])

everywhere = st.permutations(range(20))  # pool first, labelled rows at the end
sizes, seeds = st.integers(0, 25), st.integers(0, 99)


STRATEGIES = {
    "random": random_sampling,
    "margin": Doubt(margin),
    "entropy": Doubt(entropy),
    "least confidence": Doubt(least_confidence),
    "around the median": around_the_median,
    "random first": RandomFirst(Doubt(), until=8),
    "vote entropy": CommitteeDoubt(members, vote_entropy),
    "bald of candidates": CommitteeDoubt(members, bald, candidates=6),
    "error ratio": ErrorRatio(STEER),
}


def each_of(*names: str):
    """A test for each of these strategies."""
    return pytest.mark.parametrize(
        "strategy", [STRATEGIES[name] for name in names], ids=names
    )


@each_of(*STRATEGIES)
@given(rows=everywhere, pool=st.integers(1, 20), size=sizes, seed=seeds)
def test_a_strategy_gets_the_size_it_wants_or_the_whole_pool_and_no_row_twice(
    table_learner, strategy, rows, pool, size, seed
):
    for positive in (TABLE, np.full(20, 0.5)):
        predict_proba = table_learner(positive).predict_proba
        state = state_of(rows[:pool], predict_proba, seed, labelled=rows[pool:])
        asked = strategy(state, size).tolist()
        assert len(asked) == len(set(asked)) == min(size, pool)
        assert set(asked) <= set(rows[:pool])
        again = state_of(rows[:pool], predict_proba, seed, labelled=rows[pool:])
        assert strategy(again, size).tolist() == asked


def alike(rows: np.ndarray) -> np.ndarray:
    return np.full((3, len(rows), 2), 0.5)


@pytest.mark.parametrize(
    "strategy",
    [
        Doubt(),
        around_the_median,
        CommitteeDoubt(alike, vote_entropy),
        CommitteeDoubt(alike, bald, candidates=4),
    ],
    ids=["doubt", "around the median", "vote entropy", "bald of candidates"],
)
def test_rows_that_score_alike_are_equally_likely(table_learner, strategy):
    predict_proba = table_learner(np.full(20, 0.3)).predict_proba
    state = state_of([3, 5, 8, 13, 19], predict_proba)
    drawn = Counter(row for _ in range(1_000) for row in strategy(state, 2).tolist())
    assert set(drawn) == {3, 5, 8, 13, 19}
    assert scipy.stats.chisquare(list(drawn.values())).pvalue > 0.001


# --- random sampling


def test_random_sampling_draws_every_row_of_the_pool_equally_often():
    rng = np.random.default_rng(0)
    state = State(np.array([3, 5, 8, 13, 21]), None, rng)
    drawn = Counter(
        row for _ in range(2_000) for row in random_sampling(state, 2).tolist()
    )
    assert set(drawn) == {3, 5, 8, 13, 21}
    assert scipy.stats.chisquare(list(drawn.values())).pvalue > 0.001


def test_random_sampling_takes_the_whole_pool_if_there_is_no_more():
    assert sorted(random_sampling(state_of([4, 2, 9]), 10).tolist()) == [2, 4, 9]


def test_random_sampling_repeats_with_its_seed():
    pool = np.arange(100)
    assert (
        random_sampling(state_of(pool), 10).tolist()
        == random_sampling(state_of(pool), 10).tolist()
    )
    assert (
        random_sampling(state_of(pool), 10).tolist()
        != random_sampling(state_of(pool, seed=1), 10).tolist()
    )


# --- the highest scores


# Few different numbers, so that ties are likely.
@given(st.lists(st.integers(-3, 3), max_size=12), st.integers(0, 15), seeds)
def test_the_highest_scores_are_those_that_sorting_puts_first(scores, size, seed):
    places = highest(np.array(scores, dtype=float), size, np.random.default_rng(seed))
    assert [scores[k] for k in places] == sorted(scores, reverse=True)[:size]
    assert len(set(places.tolist())) == len(places)


def test_equal_scores_come_in_an_order_that_the_seed_decides():
    def order(seed):
        return highest(np.zeros(50), 50, np.random.default_rng(seed)).tolist()

    assert order(0) == order(0)
    assert order(0) != order(1)
    assert order(0) != list(range(50))


def test_chance_decides_only_between_equal_scores():
    rng = np.random.default_rng(0)
    drawn = [highest(np.array([0, 1, 0, 2, 0.0]), 3, rng).tolist() for _ in range(900)]
    assert {(first, second) for first, second, _ in drawn} == {(3, 1)}
    last = Counter(third for *_, third in drawn)
    assert set(last) == {0, 2, 4}
    assert scipy.stats.chisquare(list(last.values())).pvalue > 0.001


# --- doubt


@pytest.mark.parametrize("score", [margin, entropy, least_confidence])
@given(rows=everywhere, pool=st.integers(1, 20), size=sizes)
def test_doubt_asks_for_the_rows_with_the_highest_scores(
    table_learner, score, rows, pool, size
):
    predict_proba = table_learner(TABLE).predict_proba
    asked = Doubt(score)(state_of(rows[:pool], predict_proba), size)
    each = [score(predict_proba(np.array([row]))).item() for row in rows[:pool]]
    assert score(predict_proba(asked)).tolist() == sorted(each, reverse=True)[:size]


@given(st.permutations(range(20)), st.integers(0, 20))
def test_on_two_classes_all_scores_ask_for_the_same_rows(table_learner, order, size):
    # Nearer and nearer to one half, on either side of it.
    distance = np.array(order) / 41
    positive = 0.5 + np.where(np.arange(20) % 2, distance, -distance)
    predict_proba = table_learner(positive).predict_proba
    expected = sorted(range(20), key=lambda row: order[row])[:size]
    for score in (margin, entropy, least_confidence):
        asked = Doubt(score)(state_of(range(20), predict_proba), size)
        assert asked.tolist() == expected


def test_doubt_is_by_margin_unless_told_otherwise():
    assert Doubt() == Doubt(margin)


# --- around the median


@given(rows=everywhere, pool=st.integers(1, 20), size=sizes)
def test_around_the_median_asks_for_the_probabilities_nearest_to_it(
    table_learner, rows, pool, size
):
    state = state_of(rows[:pool], table_learner(TABLE).predict_proba)
    middle = median(TABLE[rows[:pool]].tolist())
    distances = np.abs(TABLE - middle)
    asked = around_the_median(state, size)
    assert distances[asked].tolist() == sorted(distances[rows[:pool]])[:size]


def test_around_the_median_a_lean_to_one_class_changes_nothing(table_learner):
    # Steps of 1/64 are exact, so that ties stay ties.
    straight = np.arange(16, 36) / 64
    asked = [
        around_the_median(
            state_of(range(20), table_learner(straight + lean).predict_proba), 6
        ).tolist()
        for lean in (-0.25, 0, 0.25)
    ]
    assert asked[0] == asked[1] == asked[2]
    assert sorted(asked[0]) == [7, 8, 9, 10, 11, 12]


# --- random first


@pytest.mark.parametrize("labels", [0, 4, 5, 9])
def test_random_first_is_random_until_there_are_enough_labels(table_learner, labels):
    strategy = RandomFirst(Doubt(), until=5)
    predict_proba = table_learner(np.linspace(0, 1, 20)).predict_proba
    case = {"pool": range(10), "labelled": range(10, 10 + labels)}
    asked = strategy(state_of(predict_proba=predict_proba, **case), 3).tolist()
    then = random_sampling if labels < 5 else Doubt()
    expected = then(state_of(predict_proba=predict_proba, **case), 3).tolist()
    assert asked == expected


def test_random_first_leaves_the_model_alone_while_it_is_random():
    state = state_of(range(10), predict_proba=None, labelled=[10])
    assert len(RandomFirst(Doubt(), until=2)(state, 3)) == 3


# --- a committee's doubt


@pytest.mark.parametrize("score", [vote_entropy, bald])
@given(rows=everywhere, pool=st.integers(1, 20), size=sizes)
def test_a_committee_is_asked_where_it_differs_most(score, rows, pool, size):
    asked = CommitteeDoubt(members, score)(state_of(rows[:pool]), size)
    each = [score(members(np.array([row]))).item() for row in rows[:pool]]
    assert score(members(asked)) == pytest.approx(sorted(each, reverse=True)[:size])


@given(
    rows=everywhere,
    pool=st.integers(1, 20),
    size=sizes,
    candidates=st.integers(1, 25),
    seed=seeds,
)
def test_a_committee_looks_at_no_more_candidates_than_it_should(
    rows, pool, size, candidates, seed
):
    seen = []

    def remembering(looked_at):
        seen.extend(looked_at.tolist())
        return members(looked_at)

    strategy = CommitteeDoubt(remembering, bald, candidates)
    asked = strategy(state_of(rows[:pool], seed=seed), size)
    assert len(seen) == len(set(seen)) == min(pool, max(candidates, size))
    assert set(seen) <= set(rows[:pool])
    each = [bald(members(np.array([row]))).item() for row in seen]
    assert bald(members(asked)) == pytest.approx(sorted(each, reverse=True)[:size])


def test_the_candidates_are_drawn_at_random():
    seen = Counter()

    def remembering(looked_at):
        seen.update(looked_at.tolist())
        return members(looked_at)

    strategy, state = (
        CommitteeDoubt(remembering, bald, candidates=2),
        state_of(range(6)),
    )
    for _ in range(1_000):
        strategy(state, 1)
    assert set(seen) == set(range(6))
    assert scipy.stats.chisquare(list(seen.values())).pvalue > 0.001


# --- what is no probability


@each_of("margin", "entropy", "least confidence", "around the median", "error ratio")
@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_what_is_no_probability_is_refused_by_every_strategy_that_reads_them(
    table_learner, strategy, value
):
    predict_proba = table_learner(np.array([0.2, 0.8, 0.5, 0.6, value])).predict_proba
    state = state_of([2, 3, 4], predict_proba, labelled=[0, 1])
    with pytest.raises(
        ValueError, match=r"row 2 of the probabilities.*between 0 and 1"
    ):
        strategy(state, 2)


@pytest.mark.parametrize("score", [vote_entropy, bald])
@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_what_is_no_probability_is_refused_from_a_committee(score, value):
    def faulty(rows):
        said = members(rows)
        said[-1, 1] = [1 - value, value]
        return said

    with pytest.raises(
        ValueError, match=r"row 1 of the probabilities.*between 0 and 1"
    ):
        CommitteeDoubt(faulty, score)(state_of(range(5)), 2)


# --- the error ratio


@pytest.fixture
def predict_proba(table_learner):
    # Rows 0 to 4 steer: two false negatives and one false positive. Row 10 is a tie,
    # which is negative.
    positive = np.array(
        [
            0.1,
            0.2,
            0.9,
            0.8,
            0.1,
            *[0] * 5,
            0.5,
            0.9,
            0.9,
            0.1,
            0.9,
            0.9,
            0.1,
            0.1,
            0.9,
            0.9,
        ]
    )
    return table_learner(positive).predict_proba


STEERING = np.arange(5), np.array([1, 1, 1, 0, 0])
POOL = [19, 10, 18, 11, 17, 12, 16, 13, 15, 14]


def test_error_ratio_fills_its_quota_in_the_pools_order_with_predicted_classes(
    predict_proba,
):
    strategy = ErrorRatio(STEERING)
    state = state_of(POOL, predict_proba)
    assert strategy.quota(state, 6) == (2, 4)
    assert strategy(state, 6).tolist() == [10, 17, 19, 18, 11, 12]


def test_error_ratio_as_published_asks_for_the_other_class(predict_proba):
    strategy = ErrorRatio(STEERING, **AS_PUBLISHED)
    assert strategy(state_of(POOL, predict_proba), 6).tolist() == [
        10,
        17,
        16,
        13,
        19,
        18,
    ]


def test_error_ratio_can_be_told_the_classes(predict_proba):
    strategy = ErrorRatio(STEERING, classes_of=lambda rows: rows % 2)
    assert strategy(state_of(POOL, predict_proba), 6).tolist() == [
        10,
        18,
        19,
        11,
        17,
        13,
    ]


def only_16_is_positive(rows: np.ndarray) -> np.ndarray:
    return (rows == 16).astype(int)


def test_error_ratio_as_published_asks_for_fewer_rows_if_a_class_runs_out(
    predict_proba,
):
    strategy = ErrorRatio(STEERING, classes_of=only_16_is_positive, truncate=True)
    assert strategy.quota(state_of(POOL, predict_proba), 6) == (2, 4)
    assert strategy(state_of(POOL, predict_proba), 6).tolist() == [19, 10, 16]


def test_error_ratio_fills_up_with_the_other_class_if_one_runs_out(predict_proba):
    strategy = ErrorRatio(STEERING, classes_of=only_16_is_positive)
    expected = [19, 10, 18, 11, 17, 16]
    assert strategy(state_of(POOL, predict_proba), 6).tolist() == expected
    few_negatives = ErrorRatio(
        STEERING, classes_of=lambda rows: 1 - only_16_is_positive(rows)
    )
    expected = [16, 19, 10, 18, 11, 17]
    assert few_negatives(state_of(POOL, predict_proba), 6).tolist() == expected


def test_a_random_order_keeps_the_quota_and_takes_rows_from_anywhere():
    pool = range(200)
    state = state_of(pool, lambda rows: np.full((len(rows), 2), 0.5))
    strategy = ErrorRatio(
        (np.arange(4), np.array([0, 0, 1, 1])),
        classes_of=lambda rows: rows % 2,
        order="random",
    )
    negatives, positives = strategy.quota(state, 40)
    asked = strategy(state, 40)
    assert np.sum(asked % 2 == 0) == negatives
    assert np.sum(asked % 2 == 1) == positives
    assert len(set(asked.tolist())) == 40
    assert asked.max() > 100  # the first ones alone would end at 80


def test_an_unknown_order_is_named_with_those_that_are_known():
    strategy = ErrorRatio(STEERING, order="sorted")
    with pytest.raises(ValueError, match="order='sorted': choose 'random' or 'storage"):
        strategy(state_of(range(8)), 2)
