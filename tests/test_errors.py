import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix

from alutils.errors import ErrorCounts, check_probabilities, count_errors


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
    assert errors == ErrorCounts(false_negatives=1, false_positives=0, reviews=2)


def test_accuracies_are_those_that_the_published_example_printed(published_log):
    printed = {
        published_log.errors[-1]: published_log.accuracy,
        published_log.full_errors: published_log.full_accuracy,
    }
    for (false_negatives, false_positives), accuracy in printed.items():
        counted = ErrorCounts(false_negatives, false_positives, 5_000)
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


def test_labels_other_than_0_and_1_are_refused():
    with pytest.raises(ValueError, match="-1"):
        count_errors(np.array([-1, 1]), both_classes([0.9, 0.9]))
