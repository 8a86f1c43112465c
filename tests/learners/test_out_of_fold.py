import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from alutils.learners.linear import LinearLearner
from alutils.learners.out_of_fold import out_of_fold

PLACES = np.random.default_rng(0).normal(size=(60, 3))
LABELS = (PLACES[:, 0] + np.random.default_rng(1).normal(size=60) > 0).astype(int)


def test_each_row_is_predicted_by_a_model_that_scikit_learn_taught_on_the_other_folds():
    rows = np.random.default_rng(2).permutation(60)[:42]
    found = out_of_fold(LinearLearner(PLACES, exact=True), rows, LABELS[rows], folds=4)
    expected = cross_val_predict(
        LogisticRegression(C=10, tol=1e-10, max_iter=10_000),
        PLACES[rows],
        LABELS[rows],
        cv=PredefinedSplit(np.arange(42) % 4),
        method="predict_proba",
    )
    assert found == pytest.approx(expected, abs=1e-5)


def test_no_row_is_taught_and_predicted_at_once():
    class Watched:
        def fit(self, rows, labels, weights=None):
            self.taught = set(rows.tolist())
            assert labels.tolist() == [row % 2 for row in rows]

        def predict_proba(self, rows):
            assert not self.taught & set(rows.tolist())
            assert self.taught | set(rows.tolist()) == set(range(10, 21))
            return np.column_stack([rows, -rows])

    rows = np.arange(10, 21)
    found = out_of_fold(Watched(), rows, rows % 2, folds=3)
    assert found[:, 0].tolist() == rows.tolist()


def test_fewer_rows_than_folds_will_do():
    found = out_of_fold(LinearLearner(PLACES), [3, 4], [0, 1], folds=5)
    assert found.shape == (2, 2)


@pytest.mark.parametrize(
    ("rows", "folds", "message"),
    [([1, 2], 1, "folds=1: .* at least 2"), ([], 5, "no rows to leave out")],
)
def test_what_cannot_be_left_out_is_refused(rows, folds, message):
    with pytest.raises(ValueError, match=message):
        out_of_fold(LinearLearner(PLACES), rows, [0] * len(rows), folds=folds)
