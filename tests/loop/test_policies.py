from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.splits import Splits
from alutils.learners.linear import LinearLearner
from alutils.loop.noise import NoisyOracle
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.policies import (
    AskAgain,
    MajorityOfThree,
    majority,
    one_label_each,
)
from alutils.loop.rounds import active_learning_loop
from alutils.loop.session import Session
from alutils.strategies.base import random_sampling
from alutils.strategies.uncertainty import Doubt

ROWS = 160
_places = np.random.default_rng(0).normal(size=(ROWS, 4))
TRUTH = (_places[:, 0] > 0).astype(int)
SPLITS = Splits(
    labelled=np.arange(20),
    validation=np.arange(0),
    test=np.arange(130, ROWS),
    pool=np.arange(20, 130),
)


def linear() -> LinearLearner:
    return LinearLearner(_places)


def raters(seed=0, rate=0.2, **more) -> NoisyOracle:
    return NoisyOracle(
        TRUTH, np.random.default_rng(seed), np.full((3, 1), rate), **more
    )


def policies() -> list:
    return [one_label_each, MajorityOfThree(), AskAgain(linear(), folds=4)]


def loop(policy, oracle, sizes, strategy=random_sampling, seed=0):
    rng = np.random.default_rng(seed)
    return active_learning_loop(
        linear(), strategy, oracle, SPLITS, sizes, rng, policy=policy
    )


policy_numbers = st.integers(0, 2)


@given(
    policy_numbers,
    st.lists(st.integers(0, 30), max_size=4),
    st.integers(0, 20),
    st.sampled_from([0.0, 0.5]),
)
def test_no_policy_spends_more_than_a_round_s_answers_and_all_of_them_if_the_pool_allows(
    number, sizes, seed, cant_tell
):
    oracle, spent = raters(seed, cant_tell=cant_tell), 0
    for done in loop(policies()[number], oracle, sizes, seed=seed):
        now = oracle.spent["training"]
        size = [20, *sizes][done.number]
        assert now - spent <= size
        if not done.pool_exhausted:
            assert now - spent == size
        spent = now


@given(policy_numbers, st.integers(0, 20))
def test_without_noise_every_policy_teaches_true_labels_only(number, seed):
    for done in loop(policies()[number], raters(seed, rate=0.0), [12, 12, 12]):
        rows, labels = done.taught
        assert labels.tolist() == TRUTH[rows].tolist()


@given(st.integers(0, 20))
def test_one_label_each_is_what_a_loop_does_by_itself(seed):
    oracles = raters(seed), raters(seed)
    rng = [np.random.default_rng(seed) for _ in range(2)]
    plain = active_learning_loop(
        linear(), Doubt(), oracles[0], SPLITS, [10, 10], rng[0]
    )
    named = active_learning_loop(
        linear(), Doubt(), oracles[1], SPLITS, [10, 10], rng[1], policy=one_label_each
    )
    for one, other in zip(plain, named, strict=True):
        assert one.asked.tolist() == other.asked.tolist()
        assert one.test == other.test
        assert one.labels == len(one.taught[0])


# --- majority of three


@pytest.mark.parametrize(
    ("size", "thrice", "once"), [(30, 10, 0), (32, 10, 2), (2, 0, 2)]
)
def test_a_majority_takes_three_answers_a_row_and_what_is_left_buys_one_each(
    size, thrice, once
):
    oracle = raters()
    _, done = loop(MajorityOfThree(), oracle, [size])
    assert len(done.asked) == thrice + once
    assert oracle.opinions(done.asked).tolist() == [3] * thrice + [1] * once
    said = np.stack([oracle.label(done.asked, opinion=k) for k in range(3)], axis=1)
    expected = (said.sum(axis=1) > 1).astype(int)
    expected[thrice:] = said[thrice:, 0]
    assert done.taught[1][20:].tolist() == expected.tolist()


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.4])
def test_a_majority_of_three_errs_as_the_binomial_formula_says(rate):
    many = np.random.default_rng(1).integers(2, size=40_000)
    oracle = NoisyOracle(many, np.random.default_rng(2), np.full((3, 1), rate))
    rows = np.arange(len(many))
    said = np.stack([oracle.label(rows, opinion=k) for k in range(3)], axis=1)
    wrong = (majority(said) != many).mean()
    expected = rate**2 * (3 - 2 * rate)  # two of three wrong, or all
    reach = 4 * np.sqrt(expected * (1 - expected) / len(many))
    assert wrong == pytest.approx(expected, abs=reach)
    assert wrong < rate


@pytest.mark.parametrize("opinions", list(product([-1, 0, 1, 2], repeat=3)))
def test_a_majority_is_the_most_frequent_label_and_the_earliest_of_equals(opinions):
    known = [label for label in opinions if label >= 0]
    expected = max(known, key=known.count, default=-1)  # max takes the first
    assert majority(np.array([opinions])).tolist() == [expected]


# --- asking again


def one_round(oracle, policy, size, rows=range(60)):
    session = Session(
        linear(),
        random_sampling,
        np.arange(60, 130),
        np.random.default_rng(0),
        rows=rows,
        labels=oracle.label(list(rows)),
    )
    before = dict(zip(session.rows.tolist(), session.labels.tolist(), strict=True))
    policy(session, oracle, size)
    after = dict(zip(session.rows.tolist(), session.labels.tolist(), strict=True))
    return session, before, after


@given(st.integers(0, 30), st.integers(0, 60), st.sampled_from([0.2, 0.5, 1.0]))
def test_known_rows_are_asked_again_for_a_share_of_the_money_and_settled_by_three(
    seed, size, share
):
    oracle = raters(seed)
    _, before, after = one_round(oracle, AskAgain(linear(), share), size)
    rows = np.array(list(before))
    opinions = oracle.opinions(rows)
    assert (opinions - 1).sum() <= share * size
    said = np.stack([oracle.label(rows, opinion=k) for k in range(3)], axis=1)
    for row, count, (first, second, third) in zip(rows, opinions, said, strict=True):
        assert before[row] == first
        # A third is asked only where two differ, and decides.
        assert count in ({1, 2} if first == second else {1, 3})
        assert after[row] == (first if count < 3 else third)


def test_what_is_asked_again_is_what_the_model_contradicts_most():
    oracle = raters(rate=0.2)
    policy = AskAgain(linear(), folds=4)
    session, *_ = one_round(oracle, policy, 0)
    suspects = policy.contradicted(session, oracle)
    # The folds by hand: every fourth row is left out, and the others teach.
    given = np.empty(60)
    for fold in range(4):
        left_out = np.arange(60) % 4 == fold
        model = linear()
        model.fit(session.rows[~left_out], session.labels[~left_out])
        answers = model.predict_proba(session.rows[left_out])
        given[left_out] = answers[np.arange(15), session.labels[left_out]]
    expected = session.rows[np.argsort(given)][: (given < 0.5).sum()]
    assert suspects.tolist() == expected.tolist()
    wrong = oracle.label(suspects) != TRUTH[suspects]
    assert wrong.mean() > 0.5  # a fifth of the others


def test_a_row_that_was_checked_is_not_checked_again():
    oracle = raters(rate=0.3)
    policy = AskAgain(linear(), share=1.0)
    session, *_ = one_round(oracle, policy, 20)
    checked = session.rows[oracle.opinions(session.rows) > 1]
    assert len(checked)
    assert not set(policy.contradicted(session, oracle)) & set(checked.tolist())


def test_a_rater_who_cannot_tell_changes_no_label_and_calls_for_no_third():
    oracle = raters(rate=0.4, cant_tell=1.0)
    known = [row for row in range(60) if oracle.label([row])[0] >= 0]
    _, before, after = one_round(oracle, AskAgain(linear(), 1.0), 60, known)
    assert {row: after[row] for row in before} == before
    assert oracle.opinions(known).max() == 2


@pytest.mark.parametrize("known", [[], [0], [0, 1]])
def test_with_hardly_a_label_there_is_nothing_to_contradict(known):
    oracle = raters(rate=0.0)
    session = Session(
        linear(),
        random_sampling,
        np.arange(60, 130),
        np.random.default_rng(0),
        rows=known,
        labels=TRUTH[known],
    )
    asked = AskAgain(linear())(session, oracle, 10)
    assert len(asked) == oracle.count == 10


@pytest.mark.parametrize("share", [0, -0.1, 1.1, np.nan])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match=f"share={share}: expected a number above 0"):
        AskAgain(linear(), share)


# --- who may be asked


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    "oracle",
    [
        SimulatedOracle(TRUTH),
        NoisyOracle(TRUTH, np.random.default_rng(0), 0.1),
        NoisyOracle(TRUTH, np.random.default_rng(0), [[0.1], [0.1]]),
    ],
    ids=["one who knows", "one", "two"],
)
def test_a_policy_that_asks_the_same_rater_twice_is_refused_before_anything_is_asked(
    number, oracle
):
    policy, before = policies()[number], oracle.count
    message = (
        rf"{type(policy).__name__} asks 3 raters about a row, .* oracle has [12]: "
    )
    with pytest.raises(ValueError, match=message):
        next(loop(policy, oracle, [12]))
    session = Session(linear(), random_sampling, np.arange(9), np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        policy(session, oracle, 6)
    assert oracle.count == before
    assert len(session.pending) == 0
