import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)

from alutils.errors import (
    ErrorCounts,
    check_probabilities,
    count_errors,
    two_class_errors,
)


def both_classes(positive) -> np.ndarray:
    positive = np.asarray(positive, dtype=float)
    return np.stack([1 - positive, positive], axis=1)


# Quarters are exact in binary, and make ties at one half likely.
answers = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from([0, 0.25, 0.5, 0.75, 1]) | st.floats(0, 1)
    ),
    min_size=1,
)


@given(answers)
def test_errors_are_those_of_scikit_learns_confusion_matrix(pairs):
    labels, positive = map(np.array, zip(*pairs, strict=True))
    errors = count_errors(labels, both_classes(positive))
    predicted = (positive > 0.5).astype(int)
    (_, false_positives), (false_negatives, _) = confusion_matrix(
        labels, predicted, labels=[0, 1]
    )
    assert (errors.false_negatives, errors.false_positives) == (
        false_negatives,
        false_positives,
    )
    assert errors.reviews == len(labels)
    assert errors.accuracy == pytest.approx(accuracy_score(labels, predicted))


def test_a_tie_counts_as_negative_as_in_keras():
    labels, tie = np.array([1, 0]), np.array([0.5, 0.5])
    errors = count_errors(labels, both_classes(tie))
    for counted, metric in (
        (errors.false_negatives, keras.metrics.FalseNegatives()),
        (errors.false_positives, keras.metrics.FalsePositives()),
    ):
        metric.update_state(labels, tie)
        assert counted == float(metric.result())
    assert errors.table == two_class_errors(1, 0, positives=1, negatives=1).table


# --- any number of classes


@st.composite
def answers_of_classes(draw):
    """Labels of some of 2 to 5 classes, and probabilities among which ties are likely."""
    classes, reviews = draw(st.integers(2, 5)), draw(st.integers(1, 30))
    labels = draw(arrays.arrays(int, reviews, elements=st.integers(0, classes - 1)))
    weights = draw(arrays.arrays(int, (reviews, classes), elements=st.integers(0, 4)))
    weights[weights.sum(axis=1) == 0] = 1
    return labels, weights / weights.sum(axis=1, keepdims=True)


@given(answers_of_classes())
def test_the_table_is_scikit_learns_confusion_matrix(case):
    labels, probabilities = case
    errors = count_errors(labels, probabilities)
    k = probabilities.shape[1]
    # Of equally likely classes the first is meant.
    predicted = [row.index(max(row)) for row in probabilities.tolist()]
    expected = confusion_matrix(labels, predicted, labels=range(k))
    assert errors.table == tuple(map(tuple, expected.tolist()))
    assert (errors.n_classes, errors.reviews) == (k, len(labels))
    assert errors.accuracy == pytest.approx(accuracy_score(labels, predicted))


@given(answers_of_classes())
def test_recall_precision_and_f1_are_those_of_scikit_learn(case):
    labels, probabilities = case
    errors = count_errors(labels, probabilities)
    predicted, every = probabilities.argmax(axis=1), range(probabilities.shape[1])
    for found, score in (
        (errors.recall, recall_score),
        (errors.precision, precision_score),
        (errors.f1, f1_score),
    ):
        theirs = score(
            labels, predicted, labels=every, average=None, zero_division=np.nan
        )
        assert np.allclose(found, theirs, equal_nan=True)
    assert errors.macro_f1 == pytest.approx(
        f1_score(labels, predicted, labels=every, average="macro", zero_division=0)
    )


@given(answers_of_classes())
def test_average_precision_is_that_of_scikit_learn_for_each_class_with_a_review(case):
    labels, probabilities = case
    found = count_errors(labels, probabilities).average_precision
    assert len(found) == probabilities.shape[1]
    for label, value in enumerate(found):
        if label in labels:
            theirs = average_precision_score(labels == label, probabilities[:, label])
            assert value == pytest.approx(theirs)
        else:
            assert np.isnan(value)


def test_a_ranking_without_a_fault_has_the_average_precision_one():
    labels = np.array([0, 0, 1, 2])
    perfect = count_errors(labels, np.eye(3)[labels])
    assert perfect.average_precision == (1, 1, 1)
    assert perfect.macro_f1 == perfect.accuracy == 1


def test_nothing_can_be_said_of_no_reviews():
    errors = count_errors(np.arange(0), np.empty((0, 3)))
    assert errors.reviews == 0
    for value in (errors.accuracy, *errors.recall, *errors.average_precision):
        assert np.isnan(value)


@pytest.mark.parametrize("view", ["false_negatives", "false_positives"])
def test_of_more_than_two_classes_there_are_no_false_negatives(view):
    errors = ErrorCounts(np.eye(3, dtype=int))
    with pytest.raises(
        ValueError, match=r"3 classes: false .* need exactly two; use tab"
    ):
        getattr(errors, view)


@pytest.mark.parametrize("hand_over", [np.array, list, tuple])
def test_a_table_may_be_handed_over_in_anything_and_is_kept_in_tuples(hand_over):
    table = hand_over([[3, 1], [0, 2]])
    assert ErrorCounts(table).table == ((3, 1), (0, 2))
    assert hash(ErrorCounts(table)) == hash(ErrorCounts(((3, 1), (0, 2))))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1, 2, 3], [4, 5, 6]], r"shape \(2, 3\): expected k rows of k numbers"),
        ([[1]], r"shape \(1, 1\): .* two or more classes"),
        ([1, 2], r"shape \(2,\)"),
        ([[1, -2], [3, 4]], "whole numbers of at least 0"),
        ([[1, 0.5], [3, 4]], "whole numbers of at least 0"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(table, message):
    with pytest.raises(ValueError, match=message):
        ErrorCounts(table)


def test_the_two_counts_of_two_classes_make_the_whole_table():
    errors = two_class_errors(3, 1, positives=10, negatives=20)
    assert errors.table == ((19, 1), (3, 7))
    assert (errors.false_negatives, errors.false_positives) == (3, 1)


@pytest.mark.parametrize("counts", [(11, 0), (0, 21)])
def test_more_errors_than_reviews_of_a_class_are_refused(counts):
    with pytest.raises(ValueError, match=r"false .* reviews: expected at most as many"):
        two_class_errors(*counts, positives=10, negatives=20)


def test_accuracies_are_those_that_the_published_example_printed(published_log):
    printed = {
        published_log.errors[-1]: published_log.accuracy,
        published_log.full_errors: published_log.full_accuracy,
    }
    for (false_negatives, false_positives), accuracy in printed.items():
        counted = two_class_errors(
            false_negatives, false_positives, positives=2_500, negatives=2_500
        )
        assert counted.accuracy == pytest.approx(
            accuracy, abs=1e-7
        )  # printed from 32-bit numbers


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (
            [[0.5, 0.5], [np.nan, 1]],
            r"row 1 of the probabilities is \[nan +1\.\]: expected numbers between 0 and 1",
        ),
        ([[0.5, 0.5], [-0.1, 1.1]], r"row 1 .*between 0 and 1"),
        ([[np.inf, 0]], r"row 0 .*between 0 and 1"),
        ([[-0.4, 0.7, 0.7]], r"row 0 .*between 0 and 1"),
        (
            [[0.5, 0.5], [0.5, 0.6]],
            r"row 1 of the probabilities adds up to 1\.1000: expected 1",
        ),
        ([[0, 0]], r"row 0 .*adds up to 0\.0000"),
        ([0.5, 0.5], r"shape \(2,\): expected \(n_samples, n_classes\)"),
        ([[1.0], [1.0]], r"shape \(2, 1\): expected .* two or more classes"),
    ],
)
def test_what_is_no_probability_is_refused_with_the_row_and_what_was_expected(
    probabilities, message
):
    with pytest.raises(ValueError, match=message):
        check_probabilities(probabilities)
    with pytest.raises(ValueError, match=message):
        count_errors(np.zeros(len(probabilities)), probabilities)


def test_probabilities_in_half_the_digits_are_good_enough():
    assert check_probabilities(
        np.array([[0.1, 0.9], [1 / 3, 2 / 3]], dtype=np.float32)
    ).shape == (2, 2)


def test_labels_and_probabilities_must_be_as_many():
    with pytest.raises(ValueError, match="3 labels and 2 rows"):
        count_errors(np.array([0, 1, 1]), both_classes([0.2, 0.8]))


@pytest.mark.parametrize("label", [-1, 2, 0.5, np.nan])
def test_labels_other_than_0_and_1_are_refused(label):
    with pytest.raises(
        ValueError, match=f"{label}.*: expected whole numbers from 0 to 1"
    ):
        count_errors(np.array([label, 1]), both_classes([0.9, 0.9]))


def test_labels_without_a_column_of_probabilities_are_refused():
    with pytest.raises(
        ValueError, match=r"labels \[0 2 3\]: .* from 0 to 2, as the pro"
    ):
        count_errors(np.array([0, 2, 3]), np.eye(3))


@pytest.mark.parametrize("classes", [2, 4])
def test_probabilities_of_other_than_the_classes_are_refused(classes):
    assert check_probabilities(np.eye(3), 3).shape == (3, 3)
    with pytest.raises(
        ValueError, match=rf"have 3 columns: expected {classes}, one for each class"
    ):
        check_probabilities(np.eye(3), classes)
