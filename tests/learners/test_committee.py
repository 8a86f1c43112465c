from collections import Counter

import numpy as np
import pytest
import scipy.sparse
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from alutils.learners.committee import WithCommittee
from alutils.learners.linear import LinearLearner


class Diary:
    """A learner that notes what it is taught, and always answers the same."""

    def __init__(self, positive: float = 0.5) -> None:
        self.positive, self.taught = positive, []

    def fit(self, rows, labels, weights=None) -> None:
        self.taught.append((rows, labels, weights))

    def predict_proba(self, rows) -> np.ndarray:
        return np.tile([1 - self.positive, self.positive], (len(rows), 1))


def taught(members: int, rows, labels, weights=None, seed: int = 0):
    """What a learner and the members of its committee were taught in one fit."""
    learner, committee = Diary(), [Diary() for _ in range(members)]
    WithCommittee(learner, committee, np.random.default_rng(seed)).fit(
        np.asarray(rows), np.asarray(labels), weights
    )
    return learner.taught[0], [member.taught[0] for member in committee]


# Rows far from 0, 1, 2 …, so that a row is no place in the array by chance.
labels_of_rows = st.lists(st.integers(0, 1), min_size=1, max_size=12)
seeds = st.integers(0, 99)


@given(labels_of_rows, seeds, st.booleans())
def test_members_learn_as_many_reviews_drawn_from_the_same_labels(
    labels, seed, weighted
):
    rows = 1_000 + 7 * np.arange(len(labels))
    weights = rows / 7 if weighted else None
    (all_rows, all_labels, all_weights), members = taught(
        3, rows, labels, weights, seed
    )
    assert all_rows.tolist() == rows.tolist()
    assert all_labels.tolist() == labels
    assert all_weights is weights
    label_of = dict(zip(rows.tolist(), labels, strict=True))
    for drawn, their_labels, their_weights in members:
        assert len(drawn) == len(rows)
        assert their_labels.tolist() == [label_of[row] for row in drawn.tolist()]
        if weighted:
            assert their_weights.tolist() == (drawn / 7).tolist()
        else:
            assert their_weights is None


@given(st.integers(2, 20), st.integers(0, 1), seeds)
def test_every_member_sees_both_classes_even_if_one_is_rare(reviews, rare, seed):
    labels = np.full(reviews, 1 - rare)
    labels[0] = rare
    _, members = taught(3, np.arange(reviews), labels, seed=seed)
    for _, their_labels, _ in members:
        assert set(their_labels.tolist()) == {0, 1}


@pytest.mark.parametrize("classes", [5, 40])
def test_every_member_sees_every_class_even_if_chance_would_hardly_ever_have_it(
    classes,
):
    # Of 40 classes with a label each, a draw with replacement has all of them once in
    # 10 to the 16th.
    labels = np.arange(classes)
    _, members = taught(3, 100 + labels, labels)
    for rows, their_labels, _ in members:
        assert sorted(their_labels.tolist()) == labels.tolist()
        assert rows.tolist() == (100 + their_labels).tolist()


@pytest.mark.parametrize("labels", [[], [1], [0, 0, 0]])
def test_labels_of_one_class_or_none_are_drawn_from_like_any_others(labels):
    rows = np.arange(len(labels))
    _, members = taught(2, rows, np.array(labels, dtype=int))
    for drawn, their_labels, _ in members:
        assert set(drawn.tolist()) <= set(rows.tolist())
        assert their_labels.tolist() == labels


def test_a_committee_without_members_is_refused():
    with pytest.raises(ValueError, match="without members: give at least one"):
        WithCommittee(Diary(), [], np.random.default_rng(0))


def test_members_draw_with_replacement_and_every_review_equally_often():
    _, members = taught(500, np.arange(8), [0, 1] * 4)
    drawn = Counter(row for rows, _, _ in members for row in rows.tolist())
    assert set(drawn) == set(range(8))
    assert scipy.stats.chisquare(list(drawn.values())).pvalue > 0.001
    # The share of reviews that a draw with replacement holds at least once.
    distinct = np.mean([len(set(rows.tolist())) / 8 for rows, _, _ in members])
    assert distinct == pytest.approx(1 - (1 - 1 / 8) ** 8, abs=0.02)


def test_members_differ_from_each_other_and_repeat_with_the_seed():
    def draws(seed):
        _, members = taught(2, np.arange(30), [0, 1] * 15, seed=seed)
        return [rows.tolist() for rows, _, _ in members]

    assert draws(0) == draws(0)
    assert draws(0) != draws(1)
    assert draws(0)[0] != draws(0)[1]


def test_members_draw_anew_in_each_fit():
    member = Diary()
    learner = WithCommittee(Diary(), [member], np.random.default_rng(0))
    for _ in range(2):
        learner.fit(np.arange(30), np.arange(30) % 2)
    (once, _, _), (again, _, _) = member.taught
    assert once.tolist() != again.tolist()


def test_the_learner_answers_alone_and_members_when_they_are_asked():
    learner = WithCommittee(
        Diary(0.5), [Diary(p) for p in (0, 0.25, 1)], np.random.default_rng(0)
    )
    rows = np.array([4, 9])
    assert learner.predict_proba(rows).tolist() == [[0.5, 0.5]] * 2
    answers = learner.predict_members(rows)
    assert answers.shape == (3, 2, 2)
    assert answers[:, :, 1].tolist() == [[0, 0], [0.25, 0.25], [1, 1]]


def test_a_real_committee_does_not_change_its_learner():
    rng = np.random.default_rng(0)
    features = scipy.sparse.csr_matrix(rng.normal(size=(60, 4)))
    rows, labels = np.arange(30), rng.integers(0, 2, 30)
    alone = LinearLearner(features)
    beside = WithCommittee(
        LinearLearner(features), [LinearLearner(features) for _ in range(4)], rng
    )
    for learner in (alone, beside):
        learner.fit(rows, labels)
    others = np.arange(30, 60)
    assert np.array_equal(alone.predict_proba(others), beside.predict_proba(others))
    answers = beside.predict_members(others)
    assert answers.shape == (4, 30, 2)
    assert (np.ptp(answers, axis=0) > 0).all()
