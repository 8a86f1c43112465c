import dataclasses
from collections import Counter

import numpy as np
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from states import state_of

from alutils.strategies.base import State, highest, random_sampling

seeds = st.integers(0, 99)


def test_a_strategy_sees_rows_probabilities_chance_and_the_labels_that_are_known():
    # `labels` are those of `labelled`; of the pool there are none.
    assert {field.name for field in dataclasses.fields(State)} == {
        "pool",
        "predict_proba",
        "rng",
        "labelled",
        "predict_members",
        "labels",
    }


def test_a_state_has_no_labelled_rows_unless_they_are_given():
    state = State(np.arange(3), None, np.random.default_rng(0))
    for known in (state.labelled, state.labels):
        assert known.shape == (0,)
        assert known.dtype.kind == "i"


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
