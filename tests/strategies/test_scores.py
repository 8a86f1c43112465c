from collections import Counter
from math import log2

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skactiveml import pool as skactiveml

from alutils.strategies.scores import (
    bald,
    entropy,
    least_confidence,
    margin,
    vote_entropy,
)

SCORES = (least_confidence, margin, entropy)


def as_probabilities(weights: np.ndarray) -> np.ndarray:
    """Weights scaled to add up to one over the last axis; all zeros are equal shares."""
    totals = weights.sum(axis=-1, keepdims=True)
    shares = np.divide(weights, np.maximum(totals, 1))
    return np.where(totals == 0, 1 / weights.shape[-1], shares)


def probabilities_of(*axes: st.SearchStrategy[int]):
    """Probabilities with so many entries along each axis, the classes last."""
    # Whole-number weights make ties and zeros likely.
    return st.tuples(*axes).flatmap(
        lambda shape: arrays.arrays(int, shape, elements=st.integers(0, 10)).map(
            as_probabilities
        )
    )


probabilities = probabilities_of(st.integers(1, 8), st.integers(2, 5))
committees = probabilities_of(st.integers(1, 5), st.integers(1, 4), st.integers(2, 4))


@given(probabilities)
def test_least_confidence_and_margin_are_what_sorting_by_hand_gives(p):
    for row, least, gap in zip(p.tolist(), least_confidence(p), margin(p), strict=True):
        first, second, *_ = sorted(row, reverse=True)
        assert least == pytest.approx(1 - first)
        assert gap == pytest.approx(1 - (first - second))


@given(probabilities)
def test_entropy_is_scipys_in_bits(p):
    assert np.allclose(entropy(p), scipy.stats.entropy(p, base=2, axis=1), atol=1e-12)


@given(committees)
def test_vote_entropy_is_the_entropy_of_the_votes_counted_one_by_one(committee):
    expected = []
    for sample in range(committee.shape[1]):
        # Of equally likely classes the first gets the vote.
        votes = Counter(
            member[sample].tolist().index(max(member[sample])) for member in committee
        )
        expected.append(
            -sum(
                count / len(committee) * log2(count / len(committee))
                for count in votes.values()
            )
        )
    assert np.allclose(vote_entropy(committee), expected, atol=1e-12)


@given(committees)
def test_bald_is_the_entropy_of_the_mean_less_the_mean_of_the_entropies(committee):
    def bits(shares) -> float:
        return -sum(share * log2(share) for share in shares if share > 0)

    expected = []
    for sample in range(committee.shape[1]):
        members = committee[:, sample].tolist()
        mean = [sum(of_class) / len(members) for of_class in zip(*members, strict=True)]
        expected.append(bits(mean) - sum(map(bits, members)) / len(members))
    assert np.allclose(bald(committee), expected, atol=1e-12)


# --- the same numbers as scikit-activeml


@pytest.mark.parametrize(
    ("score", "method", "unit"),
    [
        (least_confidence, "least_confident", 1),
        (margin, "margin_sampling", 1),
        (entropy, "entropy", np.log(2)),  # they count in nats
    ],
)
@given(p=probabilities)
def test_scores_are_those_of_scikit_activeml(score, method, unit, p):
    theirs = skactiveml.uncertainty_scores(p, method=method)
    assert np.allclose(score(p) * unit, theirs, atol=1e-12)


@given(committees)
def test_vote_entropy_is_that_of_scikit_activeml(committee):
    theirs = skactiveml.vote_entropy(
        votes=committee.argmax(axis=2).T, classes=range(committee.shape[2])
    )
    assert np.allclose(vote_entropy(committee) * np.log(2), theirs, atol=1e-12)


@given(committees)
def test_bald_is_that_of_scikit_activeml(committee):
    # A batch of one is plain BALD; they raise zeros to `eps`, in the array itself.
    (theirs,) = skactiveml.batch_bald(committee.copy(), batch_size=1, eps=1e-12)
    assert np.allclose(bald(committee) * np.log(2), theirs, atol=1e-9)


# --- what scores mean


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_on_two_classes_all_scores_rank_alike(positive):
    p = np.array([[1 - x, x] for x in positive])
    closeness = -np.abs(p[:, 1] - 0.5)
    clear = np.subtract.outer(closeness, closeness) > 1e-6
    for score in SCORES:
        values = score(p)
        assert (np.subtract.outer(values, values)[clear] > 0).all()


def test_on_three_classes_the_scores_do_not_all_rank_alike():
    p = np.array([[0.5, 0.5, 0.0], [0.4, 0.3, 0.3]])
    assert margin(p)[0] > margin(p)[1]
    assert entropy(p)[0] < entropy(p)[1]


@given(
    probabilities.flatmap(
        lambda p: st.tuples(st.just(p), st.permutations(range(p.shape[1])))
    )
)
def test_scores_do_not_care_how_the_classes_are_numbered(case):
    p, order = case
    for score in SCORES:
        assert np.allclose(score(p), score(p[:, order]), atol=1e-12)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_scores_go_from_certain_to_no_idea(classes):
    sure, torn = np.eye(classes), np.full((1, classes), 1 / classes)
    for score, most in (
        (least_confidence, 1 - 1 / classes),
        (margin, 1),
        (entropy, log2(classes)),
    ):
        assert np.allclose(score(sure), 0)
        assert score(torn) == pytest.approx(most)


def test_a_committee_of_members_who_doubt_alike_tells_nothing_by_bald():
    torn = np.full((4, 1, 2), 0.5)
    assert entropy(torn[0]) == pytest.approx(1)
    assert bald(torn) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("members", [2, 3, 5])
def test_members_sure_of_different_classes_differ_by_as_many_bits_as_can_be(members):
    committee = np.eye(members)[:, None, :]
    for score in (vote_entropy, bald):
        assert score(committee) == pytest.approx(log2(members))


@given(committees)
def test_bald_is_no_less_than_nothing_and_no_more_than_the_doubt_of_all_together(
    committee,
):
    together = entropy(committee.mean(axis=0))
    assert (bald(committee) >= 0).all()
    assert (bald(committee) <= together + 1e-12).all()
    assert (bald(committee) <= log2(len(committee)) + 1e-12).all()


@given(committees)
def test_bald_of_members_who_are_sure_is_the_entropy_of_their_votes(committee):
    sure = np.eye(committee.shape[2])[committee.argmax(axis=2)]
    assert np.allclose(bald(sure), vote_entropy(committee), atol=1e-12)


@given(
    committees.flatmap(lambda c: st.tuples(st.just(c), st.permutations(range(len(c)))))
)
def test_it_does_not_matter_in_which_order_members_speak(case):
    committee, order = case
    for score in (vote_entropy, bald):
        assert np.allclose(score(committee), score(committee[order]), atol=1e-12)


# --- what is refused


def of_agreeing_members(score):
    return lambda p: score(np.array([p, p]))


def of_one_faulty_member(score):
    def scored(p):
        return score(np.array([np.full_like(p, 1 / p.shape[1]), p]))

    return scored


@pytest.mark.parametrize(
    "score",
    [
        *SCORES,
        *(
            wrap(score)
            for wrap in (of_agreeing_members, of_one_faulty_member)
            for score in (vote_entropy, bald)
        ),
    ],
)
@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ([np.nan, 1], "row 1.*nan.*between 0 and 1"),
        ([np.inf, 0], "row 1.*inf.*between 0 and 1"),
        ([1.5, -0.5], "row 1.*between 0 and 1"),
        ([0.2, 0.2], r"row 1.*adds up to 0\.4"),
    ],
)
def test_what_is_no_probability_is_refused_by_every_score(score, faulty, message):
    with pytest.raises(ValueError, match=message):
        score(np.array([[0.5, 0.5], faulty]))


@pytest.mark.parametrize("score", [vote_entropy, bald])
@pytest.mark.parametrize("shape", [(4, 2), (0, 4, 2)], ids=["one member", "no member"])
def test_a_committee_without_an_axis_of_members_or_without_members_is_refused(
    score, shape
):
    with pytest.raises(
        ValueError, match=r"expected \(n_members, n_samples, n_classes\)"
    ):
        score(np.full(shape, 0.5))
