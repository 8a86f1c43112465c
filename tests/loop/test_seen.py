import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import cohen_kappa_score

from alutils.loop.seen import Seen, cohens_kappas, expected_f, seen_in


def probabilities(classes):
    shares = arrays.arrays(float, (12, classes), elements=st.floats(0.01, 1))
    return shares.map(lambda p: p / p.sum(axis=1, keepdims=True))


@given(st.integers(2, 4).flatmap(probabilities))
def test_the_expected_f_is_the_mean_f_over_many_draws_of_the_labels(p):
    # What is expected of counts is exact; F1 of expected counts, class by class.
    named, expected = p.argmax(axis=1), []
    for k in range(p.shape[1]):
        right = p[named == k, k].sum()
        called, missed = (1 - p[named == k, k]).sum(), p[named != k, k].sum()
        expected.append(2 * right / (2 * right + called + missed))
    assert expected_f(p) == pytest.approx(np.mean(expected))


def test_a_model_that_is_sure_expects_no_error():
    assert expected_f(np.array([[1.0, 0.0], [0.0, 1.0]])) == 1
    assert expected_f(np.array([[1.0, 0.0, 0.0]])) == 1  # of classes that nobody names


@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(
            st.tuples(st.integers(0, k - 1), st.integers(0, k - 1)), min_size=2
        )
    )
)
def test_kappa_is_that_of_scikit_learn(pairs):
    one, other = np.transpose(pairs)
    if len(set(one) | set(other)) < 2:
        return  # scikit-learn warns, and has no number either
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (one, other), 1)
    assert cohens_kappas(table[None])[0] == pytest.approx(cohen_kappa_score(one, other))


def test_where_all_have_one_answer_no_kappa_can_be_said():
    assert np.isnan(cohens_kappas(np.array([[[7, 0], [0, 0]]]))[0])


def test_what_was_recorded_is_what_was_seen():
    seen = (
        Seen(100, entropy=0.9, least_confidence=0.4, expected_f=0.6),
        Seen(200, -0.1, None, 0.2, 0.8, 0.3, 0.7, 0.55, 41.2),
    )
    rows = [{"labels": s.labels, "round": k} | s.measured() for k, s in enumerate(seen)]
    assert seen_in(pd.DataFrame(rows)) == seen
    assert seen_in(pd.DataFrame(rows[::-1])) == seen


def test_a_run_that_nobody_watched_and_rounds_of_two_runs_are_refused():
    plain = pd.DataFrame({"round": [0, 1], "labels": [100, 200]})
    with pytest.raises(ValueError, match=r"nothing was watched .* \[watch\] stop_set"):
        seen_in(plain)
    with pytest.raises(ValueError, match="a round is there twice"):
        seen_in(pd.concat([plain, plain]))
