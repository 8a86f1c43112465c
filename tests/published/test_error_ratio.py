import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from states import state_of

from alutils.errors import ErrorCounts, two_class_errors
from alutils.published.error_ratio import ErrorRatio, class_quota
from alutils.published.settings import PUBLISHED_QUERIES


def errors_of(false_negatives: int, false_positives: int, of_a_class: int):
    """Errors on so many reviews of each class."""
    sizes = {"positives": of_a_class, "negatives": of_a_class}
    return two_class_errors(false_negatives, false_positives, **sizes)


# --- the class quota


def test_the_quota_repeats_the_published_logs(published_log):
    labels = [published_log.labels[0]]
    for (fn, fp), negatives, positives in zip(
        published_log.errors,
        published_log.negatives,
        published_log.positives,
        strict=False,
    ):
        quota = class_quota(errors_of(fn, fp, 2_500), 5_000, **PUBLISHED_QUERIES)
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
            errors_of(fn, fp, 2_500), many, direction="published", truncate=False
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
    found = class_quota(errors_of(fn, fp, 200), size, **PUBLISHED_QUERIES)
    assert np.abs(np.subtract(found, published_formula(fn, fp, size))).max() <= 1


def test_the_published_quota_is_the_published_formula_for_all_counts():
    for fn in range(60):
        for fp in range(60):
            assert class_quota(
                errors_of(fn, fp, 200), 5_000, **PUBLISHED_QUERIES
            ) == published_formula(fn, fp, 5_000)


counts = st.tuples(st.integers(0, 500), st.integers(0, 500))
directions = st.sampled_from(["published", "corrected", "equal"])


@given(counts, st.integers(1, 6_000), directions)
def test_a_quota_adds_up_to_the_round_and_a_truncated_one_lacks_one_at_most(
    errors, size, direction
):
    errors = errors_of(*errors, 1_000)
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
        errors_of(*errors, 1_000), size, direction="corrected", truncate=False
    )
    fn, fp = errors
    assert positives == pytest.approx(size * fn / (fn + fp), abs=0.5 + 1e-9)


@pytest.mark.parametrize("errors", [(0, 0), (0, 7), (7, 0)])
@pytest.mark.parametrize("direction", ["published", "corrected"])
def test_one_count_of_zero_is_enough_for_equal_shares_as_published(errors, direction):
    assert class_quota(
        errors_of(*errors, 50), 10, direction=direction, truncate=True
    ) == (5, 5)


def test_equal_shares_do_not_look_at_the_errors():
    assert class_quota(errors_of(40, 1, 50), 10, direction="equal", truncate=False) == (
        5,
        5,
    )


def test_an_unknown_direction_is_named_with_those_that_are_known():
    with pytest.raises(
        ValueError,
        match="direction='reversed': choose 'published', 'corrected' or 'equal'",
    ):
        class_quota(errors_of(1, 1, 9), 5, direction="reversed", truncate=True)


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
    strategy = ErrorRatio(STEERING, **PUBLISHED_QUERIES)
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


# --- two classes only


@pytest.mark.parametrize("classes", [3, 4, 5])
def test_more_than_two_classes_are_refused_with_what_to_use_instead(classes):
    advice = rf"the error ratio is for two classes, not {classes}: use .*Doubt\(\)"
    errors = ErrorCounts(np.ones((classes, classes), dtype=int))
    with pytest.raises(ValueError, match=advice):
        class_quota(errors, 5, direction="equal", truncate=False)
    rows = np.arange(10)
    state = state_of(
        rows, lambda rows: np.full((len(rows), classes), 1 / classes), labelled=[11]
    )
    for of_classes in (None, lambda rows: rows % 2):
        with pytest.raises(ValueError, match=advice):
            ErrorRatio((rows, rows % classes), of_classes)(state, 2)


# --- what is no probability


@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_what_is_no_probability_is_refused_by_the_error_ratio(table_learner, value):
    predict_proba = table_learner(np.array([0.2, 0.8, 0.5, 0.6, value])).predict_proba
    state = state_of([2, 3, 4], predict_proba, labelled=[0, 1])
    with pytest.raises(
        ValueError, match=r"row 2 of the probabilities.*between 0 and 1"
    ):
        ErrorRatio((np.array([0, 1]), np.array([0, 1])))(state, 2)
