import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.metrics import accuracy_score, cohen_kappa_score

from alutils.corpus.splits import Splits, split_at_random
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.loop.session import Session
from alutils.loop.stopping import FixedBudget
from alutils.loop.watching import Watch, set_aside
from alutils.strategies.base import random_sampling
from alutils.strategies.uncertainty import Doubt

ROWS = 60
LABELS = np.arange(ROWS) % 2


class Moody:
    """A learner whose answers are drawn anew with each fit."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.positive = rng, np.full(ROWS, 0.5)

    def fit(self, rows, labels, weights=None):
        self.positive = self.rng.random(ROWS)

    def predict_proba(self, rows):
        return np.stack([1 - self.positive[rows], self.positive[rows]], axis=1)


def watched(seed=0, batches=4, validation=True):
    """A session of several fits, its watch, and what the learner said of all rows after
    each."""
    rng = np.random.default_rng(seed)
    known = {"rows": np.arange(6), "labels": LABELS[:6]}
    session = Session(Moody(rng), random_sampling, np.arange(6, 40), rng, **known)
    paid = (np.arange(54, 60), LABELS[54:]) if validation else None
    watch, said = Watch(np.arange(40, 54), paid), []
    for batch in range(batches):
        if batch:
            rows = session.ask(5)
            session.tell(rows, LABELS[rows])
        watch.fit(session)
        said.append(session.predict_proba(np.arange(ROWS)))
    return session, watch, said


@given(st.integers(0, 50))
def test_what_is_seen_is_what_others_compute_from_the_same_predictions(seed):
    session, watch, said = watched(seed)
    classes = [p.argmax(axis=1) for p in said]
    stop, paid = slice(40, 54), slice(54, 60)
    for k, seen in enumerate(watch.seen):
        p = said[k][stop]
        assert seen.labels == 6 + 5 * k
        assert seen.entropy == pytest.approx(
            entropy(p, base=2, axis=1).mean(), abs=1e-5
        )
        doubt = 1 - p.max(axis=1)
        assert seen.least_confidence == pytest.approx(doubt.mean(), abs=1e-5)
        right = accuracy_score(LABELS[paid], classes[k][paid])
        assert seen.validation_accuracy == pytest.approx(right, abs=1e-5)
        for name, back in (("kappa", 1), ("kappa_two_back", 2)):
            if k < back:
                assert getattr(seen, name) is None
                continue
            kappa = cohen_kappa_score(classes[k][stop], classes[k - back][stop])
            assert getattr(seen, name) == pytest.approx(kappa, abs=1e-5)
        if not k:
            assert seen.changed is seen.batch_accuracy is seen.contradiction is None
            continue
        changed = np.mean(classes[k][stop] != classes[k - 1][stop])
        assert seen.changed == pytest.approx(changed, abs=1e-5)
        batch = session.rows[6 + 5 * (k - 1) : 6 + 5 * k]
        foretold = classes[k - 1][batch]  # before the labels of the batch were learnt
        right = accuracy_score(LABELS[batch], foretold)
        assert seen.batch_accuracy == pytest.approx(right, abs=1e-5)
        u = 1 - said[k - 1][batch].max(axis=1)
        contradiction = np.sum(u[foretold != LABELS[batch]] / u.mean())
        assert seen.contradiction == pytest.approx(contradiction, abs=1e-5)


def test_the_same_predictions_agree_wholly_even_if_they_are_all_of_one_class(
    table_learner,
):
    learner, rng = table_learner(np.full(ROWS, 0.9)), np.random.default_rng(0)
    session, watch = Session(learner, random_sampling, [5, 6], rng), Watch([7, 8])
    watch.fit(session)
    assert watch.fit(session).kappa == 1
    # No batch came between the two fits, so that nothing was foretold.
    assert watch.seen[1].batch_accuracy is None


def test_without_validation_labels_nothing_is_said_of_them():
    _, watch, _ = watched(validation=False)
    assert {seen.validation_accuracy for seen in watch.seen} == {None}


def test_a_label_that_the_oracle_does_not_know_is_no_validation_label():
    watch = Watch([1, 2], ([3, 4, 5], [1, -1, 0]))
    assert [part.tolist() for part in watch.validation] == [[3, 5], [1, 0]]


@pytest.mark.parametrize(
    ("rows", "paid", "place"),
    [
        ([45, 3], [50], "stop set and in the labelled"),
        ([45, 12], [50], "stop set and in the pool"),
        ([45, 46], [50, 12], "validation set and in the pool"),
    ],
)
def test_rows_that_the_session_learns_from_or_may_ask_for_are_not_looked_at(
    rows, paid, place
):
    rng = np.random.default_rng(0)
    known = {"rows": np.arange(6), "labels": LABELS[:6]}
    session = Session(Moody(rng), random_sampling, np.arange(6, 40), rng, **known)
    row = next(row for row in [*rows, *paid] if row < 40)
    with pytest.raises(ValueError, match=f"row {row} is in the watch's {place} rows"):
        Watch(rows, (paid, LABELS[paid])).fit(session)
    assert session.rounds == 0


def test_an_empty_stop_set_and_a_row_that_is_there_twice_are_refused():
    with pytest.raises(ValueError, match="the stop set is empty"):
        Watch([])
    with pytest.raises(ValueError, match="has a row twice"):
        Watch([3, 4, 3])


def test_a_watch_follows_one_session():
    _, watch, _ = watched()
    other = Session(Moody(np.random.default_rng(1)), random_sampling, [0], None)
    with pytest.raises(ValueError, match="a watch follows one session"):
        watch.fit(other)


@given(st.integers(0, 19), st.integers(0, 50))
def test_what_is_set_aside_leaves_the_pool_and_nothing_else_changes(size, seed):
    parts = [np.arange(0, 5), np.arange(5, 8), np.arange(8, 12), np.arange(12, 32)]
    splits = Splits(*parts)
    left, drawn = set_aside(splits, np.random.default_rng(seed), size)
    assert len(set(drawn.tolist())) == size
    assert sorted([*left.pool, *drawn]) == splits.pool.tolist()
    for name in ("labelled", "validation", "test"):
        assert getattr(left, name) is getattr(splits, name)


@pytest.mark.parametrize("size", [-1, 20, 2_000])
def test_more_than_the_pool_can_spare_is_not_set_aside(size):
    splits = Splits(*[np.arange(0)] * 3, np.arange(20))
    with pytest.raises(
        ValueError, match=f"{size:,} rows to set aside from a pool of 20"
    ):
        set_aside(splits, np.random.default_rng(0), size)


# --- in a loop


@pytest.fixture(scope="module")
def set_up(corpus_of):
    """What a loop takes, with a stop set and a validation set that were set aside."""

    def make(seed=0):
        rng = np.random.default_rng(seed)
        reviews = corpus_of(LABELS)
        splits = split_at_random(reviews, rng, labelled=8, validation=4, test=10)
        splits, drawn = set_aside(splits, rng, 15)
        oracle = SimulatedOracle(reviews.labels)
        sizes = [4, 0, 4, 3]
        return [Moody(rng), Doubt(), oracle, splits, sizes, rng], drawn

    return make


@given(st.integers(0, 30))
def test_who_is_watched_does_what_it_would_have_done_alone(set_up, seed):
    (alone, _), (watched, drawn) = set_up(seed), set_up(seed)
    watch = Watch(drawn[:9], (drawn[9:], LABELS[drawn[9:]]))
    one = list(active_learning_loop(*alone))
    other = list(active_learning_loop(*watched, watch=watch))
    assert [r.asked.tolist() for r in one] == [r.asked.tolist() for r in other]
    assert [r.test for r in one] == [r.test for r in other]
    assert {r.seen for r in one} == {None}
    assert [r.seen for r in other] == list(watch.seen)
    assert [seen.labels for seen in watch.seen] == [8, 12, 12, 16, 19]
    assert watch.seen[2].batch_accuracy is None  # an empty batch foretells nothing


@pytest.mark.parametrize("place", ["labelled", "pool", "test"])
def test_a_loop_refuses_a_stop_set_with_a_row_of_another_place(set_up, place):
    given, drawn = set_up()
    oracle, splits = given[2:4]
    row = getattr(splits, place)[0]
    loop = active_learning_loop(*given, watch=Watch([*drawn, row]))
    with pytest.raises(
        ValueError, match=f"row {row} is in the watch's stop .* {place} r"
    ):
        next(loop)
    assert oracle.count == 0


def test_a_rule_without_a_watch_is_refused(set_up):
    given, _ = set_up()
    with pytest.raises(
        ValueError, match=r"FixedBudget\(labels=9\) sees nothing: pass w"
    ):
        next(active_learning_loop(*given, stop=FixedBudget(9)))
