import dataclasses
from collections import Counter
from math import log2

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from alutils.errors import ErrorCounts
from alutils.scores import entropy, least_confidence, margin, vote_entropy
from alutils.strategies import (
    AS_PUBLISHED,
    ErrorRatio,
    State,
    class_quota,
    random_sampling,
)

SCORES = (least_confidence, margin, entropy)


def as_probabilities(weights: np.ndarray) -> np.ndarray:
    """Weights scaled to add up to one over the last axis; all zeros are equal shares."""
    totals = weights.sum(axis=-1, keepdims=True)
    shares = np.divide(weights, np.maximum(totals, 1))
    return np.where(totals == 0, 1 / weights.shape[-1], shares)


def probabilities_of(*axes: st.SearchStrategy[int]):
    """Probabilities with so many entries along each axis, the classes last."""
    # Whole-number weights make ties and zeros likely.
    return st.tuples(*axes).flatmap(
        lambda shape: arrays.arrays(int, shape, elements=st.integers(0, 10)).map(
            as_probabilities
        )
    )


probabilities = probabilities_of(st.integers(1, 8), st.integers(2, 5))
committees = probabilities_of(st.integers(1, 5), st.integers(1, 4), st.integers(2, 4))


# --- scores of doubt


@given(probabilities)
def test_least_confidence_and_margin_are_what_sorting_by_hand_gives(p):
    for row, least, gap in zip(p.tolist(), least_confidence(p), margin(p), strict=True):
        first, second, *_ = sorted(row, reverse=True)
        assert least == pytest.approx(1 - first)
        assert gap == pytest.approx(1 - (first - second))


@given(probabilities)
def test_entropy_is_scipys_in_bits(p):
    assert np.allclose(entropy(p), scipy.stats.entropy(p, base=2, axis=1), atol=1e-12)


@given(committees)
def test_vote_entropy_is_the_entropy_of_the_votes_counted_one_by_one(committee):
    expected = []
    for sample in range(committee.shape[1]):
        # Of equally likely classes the first gets the vote.
        votes = Counter(
            member[sample].tolist().index(max(member[sample])) for member in committee
        )
        expected.append(
            -sum(
                count / len(committee) * log2(count / len(committee))
                for count in votes.values()
            )
        )
    assert np.allclose(vote_entropy(committee), expected, atol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_on_two_classes_all_scores_rank_alike(positive):
    p = np.array([[1 - x, x] for x in positive])
    closeness = -np.abs(p[:, 1] - 0.5)
    clear = np.subtract.outer(closeness, closeness) > 1e-6
    for score in SCORES:
        values = score(p)
        assert (np.subtract.outer(values, values)[clear] > 0).all()


def test_on_three_classes_the_scores_do_not_all_rank_alike():
    p = np.array([[0.5, 0.5, 0.0], [0.4, 0.3, 0.3]])
    assert margin(p)[0] > margin(p)[1]
    assert entropy(p)[0] < entropy(p)[1]


@given(
    probabilities.flatmap(
        lambda p: st.tuples(st.just(p), st.permutations(range(p.shape[1])))
    )
)
def test_scores_do_not_care_how_the_classes_are_numbered(case):
    p, order = case
    for score in SCORES:
        assert np.allclose(score(p), score(p[:, order]), atol=1e-12)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_scores_go_from_certain_to_no_idea(classes):
    sure, torn = np.eye(classes), np.full((1, classes), 1 / classes)
    for score, most in (
        (least_confidence, 1 - 1 / classes),
        (margin, 1),
        (entropy, log2(classes)),
    ):
        assert np.allclose(score(sure), 0)
        assert score(torn) == pytest.approx(most)


@pytest.mark.parametrize("score", [*SCORES, lambda p: vote_entropy(np.array([p, p]))])
@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ([np.nan, 1], "row 1.*nan.*between 0 and 1"),
        ([1.5, -0.5], "row 1.*between 0 and 1"),
        ([0.2, 0.2], r"row 1.*adds up to 0\.4"),
    ],
)
def test_what_is_no_probability_is_refused_by_every_score(score, faulty, message):
    with pytest.raises(ValueError, match=message):
        score(np.array([[0.5, 0.5], faulty]))


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
    assert {field.name for field in dataclasses.fields(State)} == {
        "pool",
        "predict_proba",
        "rng",
    }


def state_of(pool, predict_proba=None, seed=0) -> State:
    return State(np.array(pool), predict_proba, np.random.default_rng(seed))


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


def test_error_ratio_asks_for_fewer_rows_if_a_class_runs_out(predict_proba):
    strategy = ErrorRatio(STEERING, classes_of=lambda rows: (rows == 16).astype(int))
    assert strategy(state_of(POOL, predict_proba), 6).tolist() == [19, 10, 16]
