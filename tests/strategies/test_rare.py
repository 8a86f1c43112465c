from collections import Counter

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from states import state_of

from alutils.learners.linear import LinearLearner
from alutils.strategies.base import random_sampling
from alutils.strategies.rare import AroundAnchors, SearchFirst, surest_positives
from alutils.strategies.uncertainty import Doubt

sizes, seeds = st.integers(0, 15), st.integers(0, 99)
probabilities = st.lists(
    st.integers(0, 10).map(lambda k: k / 10), min_size=12, max_size=12
)


@given(probabilities, sizes, seeds)
def test_the_surest_positives_are_surer_than_all_that_is_left(
    table_learner, positive, size, seed
):
    state = state_of(range(12), table_learner(np.array(positive)).predict_proba, seed)
    asked = surest_positives(state, size).tolist()
    found = [positive[row] for row in asked]
    assert found == sorted(positive, reverse=True)[:size]


@given(st.permutations([k / 25 for k in range(12)]), sizes)
def test_where_no_text_is_called_positive_doubt_and_certainty_ask_alike(
    table_learner, positive, size
):
    # All below one half: the surest positive is what is doubted most.
    predict_proba = table_learner(np.array(positive)).predict_proba
    surest = surest_positives(state_of(range(12), predict_proba), size)
    assert surest.tolist() == Doubt()(state_of(range(12), predict_proba), size).tolist()


# --- a search first


@given(arrays.arrays(int, 12, elements=st.integers(0, 3)), sizes, seeds)
def test_a_search_brings_up_the_texts_that_hold_most_of_its_words(hits, size, seed):
    asked = SearchFirst(hits, until=5)(state_of(range(12), None, seed), size)
    assert hits[asked].tolist() == sorted(hits.tolist(), reverse=True)[:size]


def test_texts_that_hold_as_many_words_are_looked_at_in_random_order():
    hits = np.array([0, 2, 2, 2, 1])
    drawn = Counter(
        int(SearchFirst(hits)(state_of(range(5), None, seed), 1)[0])
        for seed in range(900)
    )
    assert set(drawn) == {1, 2, 3}
    assert scipy.stats.chisquare(list(drawn.values())).pvalue > 0.001


@given(st.integers(0, 8), st.integers(1, 8))
def test_the_search_ends_with_the_labels_that_it_was_given(known, until):
    first = SearchFirst(np.arange(12), random_sampling, until)
    state = state_of(range(8, 12), None, labelled=range(known), labels=[0] * known)
    if known < until:
        assert first(state, 2).tolist() == [11, 10]
    else:
        alone = state_of(range(8, 12), None, labelled=range(known))
        assert first(state, 2).tolist() == random_sampling(alone, 2).tolist()


# --- around anchors


@st.composite
def labelled_places(draw):
    """Places of a few reviews, copies among them, some of them labelled."""
    n = draw(st.integers(1, 14))
    vectors = draw(arrays.arrays(np.float32, (n, 2), elements=st.integers(-2, 2)))
    rows = draw(st.permutations(range(n)))
    pool = draw(st.integers(1, n))
    labels = draw(st.lists(st.integers(0, 2), min_size=n - pool, max_size=n - pool))
    return vectors, state_of(rows[:pool], None, 3, rows[pool:], labels=labels)


@given(labelled_places(), st.integers(1, 3), st.integers(1, 4))
def test_only_what_is_near_to_an_anchor_is_looked_at(case, anchors, neighbours):
    vectors, state = case
    strategy = AroundAnchors(vectors, anchors=anchors, neighbours=neighbours)
    near = strategy.looked_at(state)
    assert len(set(near.tolist())) == len(near)
    assert set(near.tolist()) <= set(state.pool.tolist())
    classes = len(np.unique(state.labels))
    if classes:
        assert min(neighbours, len(state.pool)) <= len(near)
        assert len(near) <= classes * anchors * neighbours
    else:
        assert near.tolist() == state.pool.tolist()


@given(labelled_places(), st.integers(1, 4))
def test_with_all_labelled_rows_for_anchors_each_has_its_nearest_neighbours(
    case, neighbours
):
    vectors, state = case
    near = AroundAnchors(vectors, anchors=99, neighbours=neighbours).looked_at(state)
    if not len(state.labelled):
        return

    def cosine(one, other):
        lengths = np.linalg.norm(vectors[one]) * np.linalg.norm(vectors[other])
        return float(vectors[one] @ vectors[other]) / lengths if lengths else 0.0

    for anchor in state.labelled:
        inside = [cosine(anchor, row) for row in near]
        outside = [cosine(anchor, row) for row in set(state.pool) - set(near)]
        for row in outside:  # as many as it has neighbours are at least as near
            assert sum(one >= row - 1e-6 for one in inside) >= neighbours


def test_a_rare_class_has_as_many_anchors_as_a_frequent_one(table_learner):
    # Row 0 is the one positive; it and rows 6 to 8 lie elsewhere than all negatives.
    vectors = np.array([[0, 1]] + [[1, 0.01 * k] for k in range(5)] + [[0.01, 1]] * 3)
    vectors = np.concatenate([vectors, [[1, 0.5]] * 20])
    strategy = AroundAnchors(vectors, anchors=1, neighbours=3)
    state = state_of(range(6, 29), None, labelled=range(6), labels=[1] + [0] * 5)
    assert {6, 7, 8} <= set(strategy.looked_at(state).tolist())
    assert len(strategy.looked_at(state)) <= 6


def test_random_rows_fill_a_query_that_the_neighbourhood_is_too_small_for(
    table_learner,
):
    vectors = np.eye(2)[[0] * 10 + [1] * 10]
    predict_proba = table_learner(np.full(20, 0.3)).predict_proba
    strategy = AroundAnchors(vectors, anchors=1, neighbours=2)
    state = state_of(range(1, 20), predict_proba, labelled=[0], labels=[1])
    asked = strategy(state, 12).tolist()
    assert len(set(asked)) == 12
    assert set(asked[:2]) <= set(range(1, 10))


# --- labels of one class only


@pytest.mark.parametrize("labels", [[], [0], [0, 0, 0], [1, 1]], ids=str)
@pytest.mark.parametrize("kind", ["surest", "search", "anchors"])
def test_before_a_second_class_is_seen_chance_decides_among_what_is_looked_at(
    kind, labels
):
    features = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    learner = LinearLearner(features)
    known = np.arange(len(labels))
    learner.fit(known, np.array(labels, dtype=int))
    strategy = {
        "surest": surest_positives,
        "search": SearchFirst(np.zeros(20, dtype=int)),
        "anchors": AroundAnchors(features),
    }[kind]
    drawn = Counter(
        int(row)
        for seed in range(300)
        for row in strategy(
            state_of(range(10, 20), learner.predict_proba, seed, known, labels=labels),
            2,
        )
    )
    assert set(drawn) == set(range(10, 20))
    assert scipy.stats.chisquare(list(drawn.values())).pvalue > 0.001
