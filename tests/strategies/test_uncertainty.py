from collections import Counter
from statistics import median

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from states import state_of

from alutils.strategies.base import random_sampling
from alutils.strategies.scores import (
    bald,
    entropy,
    least_confidence,
    margin,
    vote_entropy,
)
from alutils.strategies.uncertainty import (
    CommitteeDoubt,
    Doubt,
    RandomFirst,
    around_the_median,
)

# Twenty reviews of which many get the same probability.
TABLE = np.random.default_rng(0).integers(0, 5, 20) / 4
COMMITTEE = np.random.default_rng(1).integers(0, 5, (3, 20)) / 4


def members(rows: np.ndarray) -> np.ndarray:
    return np.stack([1 - COMMITTEE[:, rows], COMMITTEE[:, rows]], axis=2)


everywhere = st.permutations(range(20))  # pool first, labelled rows at the end
sizes, seeds = st.integers(0, 25), st.integers(0, 99)


def alike(rows: np.ndarray) -> np.ndarray:
    return np.full((3, len(rows), 2), 0.5)


@pytest.mark.parametrize(
    "strategy",
    [
        Doubt(),
        around_the_median,
        CommitteeDoubt(vote_entropy),
        CommitteeDoubt(bald, candidates=4),
    ],
    ids=["doubt", "around the median", "vote entropy", "bald of candidates"],
)
def test_rows_that_score_alike_are_equally_likely(table_learner, strategy):
    predict_proba = table_learner(np.full(20, 0.3)).predict_proba
    state = state_of([3, 5, 8, 13, 19], predict_proba, predict_members=alike)
    drawn = Counter(row for _ in range(1_000) for row in strategy(state, 2).tolist())
    assert set(drawn) == {3, 5, 8, 13, 19}
    assert scipy.stats.chisquare(list(drawn.values())).pvalue > 0.001


# --- doubt


@pytest.mark.parametrize("score", [margin, entropy, least_confidence])
@given(rows=everywhere, pool=st.integers(1, 20), size=sizes)
def test_doubt_asks_for_the_rows_with_the_highest_scores(
    table_learner, score, rows, pool, size
):
    predict_proba = table_learner(TABLE).predict_proba
    asked = Doubt(score)(state_of(rows[:pool], predict_proba), size)
    each = [score(predict_proba(np.array([row]))).item() for row in rows[:pool]]
    assert score(predict_proba(asked)).tolist() == sorted(each, reverse=True)[:size]


@given(st.permutations(range(20)), st.integers(0, 20))
def test_on_two_classes_all_scores_ask_for_the_same_rows(table_learner, order, size):
    # Nearer and nearer to one half, on either side of it.
    distance = np.array(order) / 41
    positive = 0.5 + np.where(np.arange(20) % 2, distance, -distance)
    predict_proba = table_learner(positive).predict_proba
    expected = sorted(range(20), key=lambda row: order[row])[:size]
    for score in (margin, entropy, least_confidence):
        asked = Doubt(score)(state_of(range(20), predict_proba), size)
        assert asked.tolist() == expected


def test_doubt_is_by_margin_unless_told_otherwise():
    assert Doubt() == Doubt(margin)


# --- around the median


@given(rows=everywhere, pool=st.integers(1, 20), size=sizes)
def test_around_the_median_asks_for_the_probabilities_nearest_to_it(
    table_learner, rows, pool, size
):
    state = state_of(rows[:pool], table_learner(TABLE).predict_proba)
    middle = median(TABLE[rows[:pool]].tolist())
    distances = np.abs(TABLE - middle)
    asked = around_the_median(state, size)
    assert distances[asked].tolist() == sorted(distances[rows[:pool]])[:size]


def test_around_the_median_a_lean_to_one_class_changes_nothing(table_learner):
    # Steps of 1/64 are exact, so that ties stay ties.
    straight = np.arange(16, 36) / 64
    asked = [
        around_the_median(
            state_of(range(20), table_learner(straight + lean).predict_proba), 6
        ).tolist()
        for lean in (-0.25, 0, 0.25)
    ]
    assert asked[0] == asked[1] == asked[2]
    assert sorted(asked[0]) == [7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize("classes", [2, 3, 5])
@given(seed=seeds, size=st.integers(0, 20))
def test_around_the_medians_of_all_classes_the_least_lead_over_the_others_is_asked_for(
    classes, seed, size
):
    shares = np.random.default_rng(seed).dirichlet(np.ones(classes), 20)
    medians = [median(shares[:, k].tolist()) for k in range(classes)]

    def lead(row: int) -> float:
        beyond = sorted(shares[row, k] - medians[k] for k in range(classes))
        return beyond[-1] - beyond[-2]

    asked = around_the_median(state_of(range(20), lambda rows: shares[rows]), size)
    assert [lead(row) for row in asked] == pytest.approx(
        sorted(map(lead, range(20)))[:size]
    )


def test_around_the_medians_a_lean_to_one_of_three_classes_changes_nothing():
    # Sixty-fourths are exact, so that ties stay ties; two classes give to the third.
    steps = np.random.default_rng(0).integers(8, 20, (20, 2)) / 64
    straight = np.column_stack([steps, 1 - steps.sum(axis=1)])
    lean = np.array([-8, -4, 12]) / 64
    straight_ones, leaning_ones = (
        around_the_median(state_of(range(20), lambda rows, p=p: p[rows]), 6).tolist()
        for p in (straight, straight + lean)
    )
    assert straight_ones == leaning_ones


# --- random first


@pytest.mark.parametrize("labels", [0, 4, 5, 9])
def test_random_first_is_random_until_there_are_enough_labels(table_learner, labels):
    strategy = RandomFirst(Doubt(), until=5)
    predict_proba = table_learner(np.linspace(0, 1, 20)).predict_proba
    case = {"pool": range(10), "labelled": range(10, 10 + labels)}
    asked = strategy(state_of(predict_proba=predict_proba, **case), 3).tolist()
    then = random_sampling if labels < 5 else Doubt()
    expected = then(state_of(predict_proba=predict_proba, **case), 3).tolist()
    assert asked == expected


def test_random_first_leaves_the_model_alone_while_it_is_random():
    state = state_of(range(10), predict_proba=None, labelled=[10])
    assert len(RandomFirst(Doubt(), until=2)(state, 3)) == 3


# --- a committee's doubt


@pytest.mark.parametrize("score", [vote_entropy, bald])
@given(rows=everywhere, pool=st.integers(1, 20), size=sizes)
def test_a_committee_is_asked_where_it_differs_most(score, rows, pool, size):
    state = state_of(rows[:pool], predict_members=members)
    asked = CommitteeDoubt(score)(state, size)
    each = [score(members(np.array([row]))).item() for row in rows[:pool]]
    assert score(members(asked)) == pytest.approx(sorted(each, reverse=True)[:size])


@given(
    rows=everywhere,
    pool=st.integers(1, 20),
    size=sizes,
    candidates=st.integers(1, 25),
    seed=seeds,
)
def test_a_committee_looks_at_no_more_candidates_than_it_should(
    rows, pool, size, candidates, seed
):
    seen = []

    def remembering(looked_at):
        seen.extend(looked_at.tolist())
        return members(looked_at)

    state = state_of(rows[:pool], seed=seed, predict_members=remembering)
    asked = CommitteeDoubt(bald, candidates)(state, size)
    assert len(seen) == len(set(seen)) == min(pool, max(candidates, size))
    assert set(seen) <= set(rows[:pool])
    each = [bald(members(np.array([row]))).item() for row in seen]
    assert bald(members(asked)) == pytest.approx(sorted(each, reverse=True)[:size])


def test_the_candidates_are_drawn_at_random():
    seen = Counter()

    def remembering(looked_at):
        seen.update(looked_at.tolist())
        return members(looked_at)

    strategy = CommitteeDoubt(bald, candidates=2)
    state = state_of(range(6), predict_members=remembering)
    for _ in range(1_000):
        strategy(state, 1)
    assert set(seen) == set(range(6))
    assert scipy.stats.chisquare(list(seen.values())).pvalue > 0.001


# --- what is no probability


@pytest.mark.parametrize(
    "strategy",
    [Doubt(margin), Doubt(entropy), Doubt(least_confidence), around_the_median],
    ids=["margin", "entropy", "least confidence", "around the median"],
)
@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_what_is_no_probability_is_refused_by_every_strategy_that_reads_them(
    table_learner, strategy, value
):
    predict_proba = table_learner(np.array([0.2, 0.8, 0.5, 0.6, value])).predict_proba
    state = state_of([2, 3, 4], predict_proba, labelled=[0, 1])
    with pytest.raises(
        ValueError, match=r"row 2 of the probabilities.*between 0 and 1"
    ):
        strategy(state, 2)


@pytest.mark.parametrize("score", [vote_entropy, bald])
@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_what_is_no_probability_is_refused_from_a_committee(score, value):
    def faulty(rows):
        said = members(rows)
        said[-1, 1] = [1 - value, value]
        return said

    with pytest.raises(
        ValueError, match=r"row 1 of the probabilities.*between 0 and 1"
    ):
        CommitteeDoubt(score)(state_of(range(5), predict_members=faulty), 2)


def test_without_a_committee_there_is_advice_where_to_get_one():
    with pytest.raises(
        ValueError,
        match="no committee to ask: wrap it in WithCommittee, or use a BiLSTM",
    ):
        CommitteeDoubt(vote_entropy)(state_of(range(5)), 2)
