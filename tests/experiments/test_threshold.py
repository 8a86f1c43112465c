import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from alutils.experiments.threshold import Threshold, found_and_named
from alutils.learners.linear import LinearLearner


class Counting(LinearLearner):
    """A linear learner that notes what it was fitted on."""

    def __init__(self, features) -> None:
        super().__init__(features)
        self.fitted = []

    def fit(self, rows, labels, weights=None) -> None:
        self.fitted.append(np.asarray(rows).tolist())
        super().fit(rows, labels, weights)


@given(st.lists(st.integers(0, 1), min_size=1, max_size=30), st.integers(0, 6))
def test_each_label_is_predicted_without_itself_in_as_many_folds_as_there_can_be(
    labels, folds
):
    labels, rows = np.array(labels), np.arange(len(labels))
    spare = Counting(np.random.default_rng(0).normal(size=(len(rows), 3)))
    threshold = Threshold(folds=folds).tuned(spare, rows, labels)
    possible = min(folds, labels.sum(), len(labels) - labels.sum())
    assert len(spare.fitted) == (possible if possible > 1 else 0)
    left_out = [row for fitted in spare.fitted for row in set(rows) - set(fitted)]
    assert sorted(left_out) == (rows.tolist() if spare.fitted else [])
    if not spare.fitted:
        assert threshold == 0.5


@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1), st.floats(0, 1)
)
def test_what_a_threshold_finds_and_names_are_cells_of_the_confusion_matrix(
    pairs, threshold
):
    labels, positive = map(np.array, zip(*pairs, strict=True))
    table = confusion_matrix(labels, positive > threshold, labels=[0, 1])
    found = found_and_named(positive, labels, threshold)
    assert found == {"tuned_found": table[1, 1], "tuned_named": table[:, 1].sum()}


def test_folds_below_zero_are_refused():
    with pytest.raises(ValueError, match="folds"):
        Threshold(folds=-1)
