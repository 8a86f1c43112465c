import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score

from alutils.evidence.thresholds import (
    STEPS,
    counts_between,
    counts_by_class,
    f1_threshold,
)

# Many of them on the grid itself, where a place is decided by "no smaller".
probabilities = st.lists(
    st.integers(0, STEPS).map(lambda k: k / STEPS) | st.floats(0, 1),
    min_size=1,
    max_size=50,
)


@given(probabilities, st.integers(0, STEPS), st.randoms(use_true_random=False))
def test_sums_of_the_counts_are_the_confusion_matrix_at_every_threshold(
    positive, place, random
):
    positive = np.array(positive)
    labels = np.array([random.randint(0, 1) for _ in positive])
    counts = counts_by_class(positive, labels)
    said = positive > place / STEPS
    expected = confusion_matrix(labels, said, labels=[0, 1])
    for row, name in zip(expected, ("negative", "positive"), strict=True):
        below = counts[name][: place + 1].sum()
        assert row.tolist() == [below, counts[name].sum() - below]


def test_no_text_is_left_out_at_the_ends():
    assert counts_between(np.array([0.0, 1.0, 1.0]), steps=4).tolist() == [
        1,
        0,
        0,
        0,
        2,
    ]


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_named(wrong):
    with pytest.raises(ValueError, match=f"{wrong}: expected probabilities"):
        counts_between(np.array([0.5, wrong]))


@pytest.mark.parametrize("of_both", [counts_by_class, f1_threshold])
def test_every_probability_needs_a_label_of_one_of_two_classes(of_both):
    with pytest.raises(ValueError, match="2 probabilities and 1 labels"):
        of_both(np.array([0.1, 0.2]), np.array([1]))
    with pytest.raises(ValueError, match="other than 0 and 1"):
        of_both(np.array([0.1, 0.2]), np.array([1, 2]))


# --- the best F1


@given(probabilities, st.randoms(use_true_random=False))
def test_no_threshold_has_a_higher_f1_and_of_equally_good_ones_it_is_the_highest(
    positive, random
):
    positive = np.array(positive)
    labels = np.array([random.randint(0, 1) for _ in positive])
    found = f1_threshold(positive, labels)
    if not labels.any():
        assert found == 0.5
        return

    def f1(threshold):
        return f1_score(labels, positive > threshold, zero_division=0)

    best = max(f1(threshold) for threshold in [-1, *positive])
    assert f1(found) == pytest.approx(best)
    higher = positive[positive > found]
    assert all(f1(threshold) < best - 1e-12 for threshold in higher)


def test_the_threshold_lies_halfway_between_two_probabilities():
    positive, labels = np.array([0.1, 0.2, 0.4, 0.6]), np.array([0, 0, 1, 1])
    assert f1_threshold(positive, labels) == pytest.approx(0.3)


def test_where_all_are_alike_all_are_named():
    assert f1_threshold(np.full(5, 0.0), np.array([0, 0, 1, 0, 0])) < 0
