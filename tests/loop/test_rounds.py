import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.splits import split_at_random
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.published.error_ratio import ErrorRatio
from alutils.published.settings import PUBLISHED_QUERIES
from alutils.published.storage_order import split_in_storage_order
from alutils.strategies.base import random_sampling
from alutils.strategies.diversity import DiverseDoubt, KCenter
from alutils.strategies.scores import bald, entropy, vote_entropy
from alutils.strategies.uncertainty import (
    CommitteeDoubt,
    Doubt,
    RandomFirst,
    around_the_median,
)

LABELS = np.random.default_rng(0).permutation([0] * 40 + [1] * 40)


@pytest.fixture(scope="module")
def play(corpus_of, table_learner):
    """Run a loop to its end on 80 reviews: 20 labelled, 10 for validation, 20 for the
    test, 30 in the pool."""
    reviews = corpus_of(LABELS)

    def run(strategy, query_sizes, seed=0):
        rng = np.random.default_rng(seed)
        splits = split_at_random(reviews, rng, labelled=20, validation=10, test=20)
        oracle = SimulatedOracle(reviews.labels)
        if callable(getattr(strategy, "of", None)):
            strategy = strategy.of(splits, oracle)
        learner = table_learner(rng.random(80))
        learner.predict_members = lambda rows: COMMITTEE[:, rows]
        rounds = list(
            active_learning_loop(learner, strategy, oracle, splits, query_sizes, rng)
        )
        return rounds, splits, oracle, learner

    return run


class Ratio:
    """An `ErrorRatio` still to be given its splits and its oracle."""

    def __init__(self, leaks: bool, direction: str, truncate: bool) -> None:
        self.leaks, self.direction, self.truncate = leaks, direction, truncate

    def of(self, splits, oracle) -> ErrorRatio:
        steering = (
            splits.validation,
            oracle.label(splits.validation, purpose="validation"),
        )
        return ErrorRatio(
            steering, oracle.leak if self.leaks else None, self.direction, self.truncate
        )

    def __repr__(self) -> str:
        return f"Ratio({self.leaks}, {self.direction!r}, {self.truncate})"


# Where each review lies, and what the members of a committee say of it.
VECTORS = np.random.default_rng(1).normal(size=(80, 3)).astype(np.float32)
COMMITTEE = np.random.default_rng(2).dirichlet([1, 1], size=(3, 80))


plain_strategies = (
    random_sampling,
    Doubt(),
    Doubt(entropy),
    around_the_median,
    CommitteeDoubt(vote_entropy),
    CommitteeDoubt(bald, candidates=12),
    KCenter(VECTORS),
    DiverseDoubt(VECTORS),
    RandomFirst(KCenter(VECTORS), until=30),
)
any_strategy = st.sampled_from(plain_strategies) | st.builds(
    Ratio,
    st.booleans(),
    st.sampled_from(["published", "corrected", "equal"]),
    st.booleans(),
)
loops = given(
    strategy=any_strategy,
    sizes=st.lists(st.integers(0, 15), max_size=5),
    seed=st.integers(0, 1_000),
)


@loops
def test_a_loop_never_asks_for_a_row_twice_and_only_for_rows_of_the_pool(
    play, strategy, sizes, seed
):
    rounds, splits, _, _ = play(strategy, sizes, seed)
    asked = np.concatenate([r.asked for r in rounds]).tolist()
    assert len(set(asked)) == len(asked)
    assert set(asked[20:]) <= set(splits.pool.tolist())
    assert asked[:20] == splits.labelled.tolist()


@loops
def test_a_loop_never_exceeds_its_budget(play, strategy, sizes, seed):
    rounds, _, _, _ = play(strategy, sizes, seed)
    assert len(rounds) <= len(sizes) + 1
    assert all(len(r.asked) <= size for r, size in zip(rounds[1:], sizes, strict=False))


@loops
def test_the_oracle_is_paid_for_exactly_the_labels_in_use(play, strategy, sizes, seed):
    rounds, _, oracle, _ = play(strategy, sizes, seed)
    assert [r.labels for r in rounds] == np.cumsum(
        [len(r.asked) for r in rounds]
    ).tolist()
    assert oracle.spent["training"] == rounds[-1].labels
    assert oracle.spent["test"] == 20


@loops
def test_nothing_leaks_but_by_looking_up_true_classes(play, strategy, sizes, seed):
    rounds, _, oracle, _ = play(strategy, sizes, seed)
    looks = isinstance(strategy, Ratio) and strategy.leaks and len(rounds) > 1
    assert (oracle.leaked > 0) == looks


@loops
def test_each_round_teaches_everything_labelled_so_far_with_its_true_label(
    play, strategy, sizes, seed
):
    rounds, _, _, learner = play(strategy, sizes, seed)
    assert len(learner.taught) == len(rounds)
    for k, (rows, labels) in enumerate(learner.taught):
        assert (
            rows.tolist() == np.concatenate([r.asked for r in rounds[: k + 1]]).tolist()
        )
        assert labels.tolist() == LABELS[rows].tolist()


@loops
def test_rounds_are_numbered_and_scored_on_the_test_reviews(
    play, strategy, sizes, seed
):
    rounds, splits, _, learner = play(strategy, sizes, seed)
    assert [r.number for r in rounds] == list(range(len(rounds)))
    wrong = sum((learner.positive[splits.test] > 0.5) != LABELS[splits.test])
    for r in rounds:
        assert r.test.false_negatives + r.test.false_positives == wrong
        assert r.seconds >= 0


def test_a_loop_ends_after_the_round_that_could_not_get_all_it_wanted(play):
    rounds, splits, _, _ = play(random_sampling, [12, 12, 12, 12])
    assert [len(r.asked) for r in rounds[1:]] == [12, 12, 6]
    assert [r.pool_exhausted for r in rounds] == [False, False, False, True]
    assert rounds[-1].labels == 20 + len(splits.pool)


def test_a_loop_says_when_it_has_taken_the_last_row_of_the_pool(play):
    for sizes in ([15, 15, 15], [15, 15]):  # with and without a round still to come
        rounds, _, _, _ = play(random_sampling, sizes)
        assert [r.pool_exhausted for r in rounds] == [False, False, True]


@pytest.mark.parametrize(
    ("truncate", "sizes"), [(True, [5, 5, 5]), (False, [10, 10, 10])]
)
def test_a_class_that_runs_out_ends_no_loop_and_gives_smaller_rounds_as_published(
    play, truncate, sizes
):
    class OneClass:
        def of(self, splits, oracle):
            return ErrorRatio(
                (splits.validation, LABELS[splits.validation]),
                lambda rows: np.zeros(len(rows), int),
                "equal",
                truncate,
            )

    rounds, _, _, _ = play(OneClass(), [10, 10, 10])
    assert [len(r.asked) for r in rounds[1:]] == sizes
    assert not any(r.pool_exhausted for r in rounds[:-1])


def test_a_loop_without_queries_trains_once(play):
    rounds, _, _, learner = play(random_sampling, [])
    assert len(rounds) == len(learner.taught) == 1


def test_a_strategy_is_never_asked_for_more_rows_than_the_pool_has(play):
    sizes = []

    def record(state, size):
        sizes.append((size, len(state.pool)))
        return random_sampling(state, size)

    play(record, [20, 20])
    assert sizes == [(20, 30), (10, 10)]


def test_probabilities_are_asked_for_once_in_each_round(play, table_learner, corpus_of):
    class Counting(table_learner):
        calls = 0

        def predict_proba(self, rows):
            self.calls += 1
            return super().predict_proba(rows)

    reviews = corpus_of(LABELS)
    splits = split_in_storage_order(reviews, labelled=20, validation=10, test=20)
    learner = Counting(np.linspace(0, 1, 80))
    strategy = ErrorRatio((splits.test, LABELS[splits.test]), lambda rows: LABELS[rows])
    list(
        active_learning_loop(
            learner,
            strategy,
            SimulatedOracle(LABELS),
            splits,
            [5, 5],
            np.random.default_rng(0),
        )
    )
    # The test reviews are scored after each of three trainings, and steer with the
    # same numbers.
    assert learner.calls == 3


@pytest.mark.parametrize(
    ("misbehave", "message"),
    [
        (
            lambda state, size: state.pool[: size + 1],
            "6 rows, but the round's budget is 5",
        ),
        (
            lambda state, size: state.pool[[0, 1, 0]],
            "a row twice: return each row at most once",
        ),
        (
            lambda state, size: [10**6],
            "row 1000000, which is not in the pool: choose from state.pool",
        ),
        (lambda state, size: [-1], "row -1, which is not in the pool"),
    ],
    ids=["too many", "twice", "no such row", "counted from the end"],
)
def test_a_strategy_that_breaks_the_rules_is_told_which(play, misbehave, message):
    with pytest.raises(ValueError, match=f"the strategy asked for {message}"):
        play(misbehave, [5])


@pytest.mark.parametrize("size", [-1, 2.5, "5", None])
def test_a_budget_that_is_no_whole_number_is_refused_before_anything_is_trained(
    play, size
):
    with pytest.raises(ValueError, match=f"query_sizes has {size!r}: expected whole"):
        play(random_sampling, [5, size])


@pytest.mark.parametrize("name", ["labelled", "validation", "test"])
def test_a_row_of_the_pool_that_has_another_place_too_is_refused(
    corpus_of, table_learner, name
):
    rng = np.random.default_rng(0)
    splits = split_at_random(
        corpus_of(LABELS), rng, labelled=20, validation=10, test=20
    )
    row = getattr(splits, name)[3]
    both = dataclasses.replace(splits, pool=np.append(splits.pool, row))
    learner, oracle = table_learner(rng.random(80)), SimulatedOracle(LABELS)
    with pytest.raises(ValueError, match=rf"row {row} is in the pool and in .*{name}"):
        next(active_learning_loop(learner, Doubt(), oracle, both, [5], rng))


def test_rows_of_another_type_get_their_own_probabilities(play):
    answers = []

    def look(state, size):
        # The bytes of one long number are those of two short ones.
        for rows in (state.pool[:1], np.array([state.pool[0], 0], dtype=np.int32)):
            answers.append(state.predict_proba(rows))
        return state.pool[:size]

    play(look, [5])
    assert [len(answer) for answer in answers] == [1, 2]


def test_a_row_that_is_labelled_already_is_not_in_the_pool(play):
    asked = []

    def repeat(state, size):
        asked.append(state.pool[:size])
        return asked[0]

    with pytest.raises(ValueError, match=r"row \d+, which is not in the pool"):
        play(repeat, [5, 5])


def test_a_strategy_that_returns_scores_for_rows_is_told_so(play):
    with pytest.raises(ValueError, match="the strategy"):
        play(lambda state, size: state.pool[:size] + 0.5, [5])


def test_a_strategy_cannot_change_the_splits(play):
    def shuffle(state, size):
        state.rng.shuffle(state.pool)
        return state.pool[:size]

    try:
        _, splits, _, _ = play(shuffle, [5])
    except ValueError:
        return  # a read-only pool is as good
    _, untouched, _, _ = play(random_sampling, [])
    assert splits.pool.tolist() == untouched.pool.tolist()


@loops
def test_a_strategy_is_shown_the_rows_that_are_labelled_so_far(
    play, strategy, sizes, seed
):
    shown = []

    class Watched:
        def of(self, splits, oracle):
            late = callable(getattr(strategy, "of", None))
            watched = strategy.of(splits, oracle) if late else strategy

            def ask(state, size):
                shown.append((state.pool, state.labelled))
                return watched(state, size)

            return ask

    rounds, splits, _, _ = play(Watched(), sizes, seed)
    assert len(shown) == len(rounds) - 1
    for k, (pool, labelled) in enumerate(shown):
        asked = np.concatenate([r.asked for r in rounds[: k + 1]])
        assert labelled.tolist() == asked.tolist()
        assert sorted([*pool, *labelled]) == sorted(splits.training)


def test_a_strategy_cannot_change_what_it_is_shown(play):
    def careless(state, size):
        for rows in (state.pool, state.labelled):
            with pytest.raises(ValueError, match="read-only"):
                rows[0] = 0
        return state.pool[:size]

    rounds, splits, _, _ = play(careless, [5, 5])
    assert len(rounds) == 3
    # The caller's own arrays are as they were.
    assert splits.pool.flags.writeable
    assert splits.labelled.flags.writeable


@pytest.mark.parametrize(
    "strategy",
    [Doubt(), around_the_median, DiverseDoubt(VECTORS), Ratio(False, "equal", False)],
    ids=["doubt", "around the median", "diverse doubt", "error ratio"],
)
@pytest.mark.parametrize("value", [np.nan, 1.5])
def test_a_learner_that_answers_with_no_probability_is_stopped_before_anything_is_asked(
    corpus_of, table_learner, strategy, value
):
    reviews = corpus_of(LABELS)
    splits = split_in_storage_order(reviews, labelled=20, validation=10, test=20)
    learner, oracle = table_learner(np.full(80, 0.3)), SimulatedOracle(LABELS)
    learner.positive[splits.pool[7]] = value  # the test reviews get what they should
    if isinstance(strategy, Ratio):
        strategy = strategy.of(splits, oracle)
    loop = active_learning_loop(
        learner, strategy, oracle, splits, [5], np.random.default_rng(0)
    )
    next(loop)
    with pytest.raises(
        ValueError, match=r"row 7 of the probabilities.*between 0 and 1"
    ):
        next(loop)
    assert oracle.spent["training"] == 20


def test_a_loop_with_the_published_errors_ends_with_the_published_label_counts(
    published_log, corpus_of, table_learner
):
    reviews = corpus_of(np.random.default_rng(0).permutation(np.repeat([0, 1], 25_000)))
    splits = split_in_storage_order(
        reviews, labelled=15_000, validation=5_000, test=5_000
    )
    oracle = SimulatedOracle(reviews.labels)

    class FromTheLog(table_learner):
        """Makes after each training as many errors of each kind on the test reviews as
        the log says."""

        def fit(self, rows, labels):
            missed, called_positive = published_log.errors[len(self.taught)]
            super().fit(rows, labels)
            self.positive = reviews.labels * 0.8 + 0.1
            of_class = [
                splits.test[reviews.labels[splits.test] == label] for label in (0, 1)
            ]
            self.positive[of_class[1][:missed]] = 0.1
            self.positive[of_class[0][:called_positive]] = 0.9

    strategy = ErrorRatio(
        (splits.test, reviews.labels[splits.test]), oracle.leak, **PUBLISHED_QUERIES
    )
    loop = active_learning_loop(
        FromTheLog(None),
        strategy,
        oracle,
        splits,
        [5_000] * 3,
        np.random.default_rng(0),
    )
    rounds = list(loop)

    assert tuple(r.labels for r in rounds) == published_log.labels
    assert (
        tuple((r.test.false_negatives, r.test.false_positives) for r in rounds)
        == published_log.errors
    )
    assert rounds[-1].test.accuracy == pytest.approx(published_log.accuracy, abs=1e-7)
    # The published code takes the next reviews of each class in storage order.
    pool = [np.flatnonzero(reviews.labels == label)[12_500:] for label in (0, 1)]
    taken = [0, 0]
    for r, *shares in zip(
        rounds[1:], published_log.negatives, published_log.positives, strict=True
    ):
        sizes = [int(share * 5_000) for share in shares]
        expected = [pool[k][taken[k] : taken[k] + sizes[k]] for k in (0, 1)]
        assert r.asked.tolist() == np.concatenate(expected).tolist()
        taken = [taken[k] + sizes[k] for k in (0, 1)]
    assert oracle.leaked > 0
    assert oracle.spent == {"training": 29_997, "test": 5_000}
