import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from alutils.strategies.words import information_gain


@given(st.integers(0, 10_000), st.integers(2, 4))
def test_for_sure_predictions_the_gain_is_the_mutual_information_of_scikit_learn(
    seed, k
):
    rng = np.random.default_rng(seed)
    held, classes = rng.random((30, 5)) < 0.4, rng.integers(k, size=30)
    gain = information_gain(scipy.sparse.csc_array(held), np.eye(k)[classes])
    expected = [mutual_info_score(one, classes) / np.log(2) for one in held.T]
    assert gain == pytest.approx(expected, abs=1e-9)


def test_predictions_that_are_all_alike_make_every_word_tell_nothing():
    held = scipy.sparse.csc_array(np.eye(6, 3) > 0)
    assert information_gain(held, np.full((6, 2), 0.5)) == pytest.approx(0)
