import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.learners.pseudo_labels import (
    agreement,
    checked_shares,
    class_sizes,
    divided,
    first_scores,
    leaning,
    passes_to_keep,
    pseudo_label_weight,
    surest_of_each_class,
)


@st.composite
def class_shares(draw, k=None):
    k = k or draw(st.integers(2, 5))
    parts = draw(st.lists(st.integers(1, 9), min_size=k, max_size=k))
    return np.array(parts) / sum(parts)


@st.composite
def rankings(draw):
    """Probabilities with ties, shape (n, k), and class shares."""
    shares = draw(class_shares())
    n = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    parts = rng.integers(1, 4, size=(n, len(shares)))
    return parts / parts.sum(axis=1, keepdims=True), shares


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1))
def test_two_classes_are_scored_by_good_words_less_bad_words(pairs):
    counts = np.array(pairs)
    bad, good = counts.T
    turney = (good - bad) / (good + bad + 1)
    scores = first_scores(counts, np.array([0.5, 0.5]))
    assert np.allclose(scores[:, 1], (1 + turney) / 2)


@given(class_shares(), st.integers(0, 1000))
def test_first_scores_are_probabilities_and_silence_is_the_class_shares(shares, seed):
    counts = np.random.default_rng(seed).integers(0, 4, size=(8, len(shares)))
    counts[0] = 0
    scores = first_scores(counts, shares)
    assert np.allclose(scores.sum(axis=1), 1) and (scores > 0).all()
    assert np.allclose(scores[0], shares)


@given(st.integers(2, 5), st.integers(0, 1000))
def test_a_text_leans_to_the_one_class_of_which_it_holds_most_words(k, seed):
    counts = np.random.default_rng(seed).integers(0, 3, size=(8, k))
    for row, found in zip(counts.tolist(), leaning(counts).tolist(), strict=True):
        alone = row.count(max(row)) == 1
        assert found == [alone and count == max(row) for count in row]


@given(class_shares(), st.integers(0, 500))
def test_sizes_add_up_and_are_the_shares_but_for_rounding(shares, n):
    sizes = class_sizes(n, shares)
    assert sizes.sum() == n
    assert (np.abs(sizes - n * shares) < 1).all()


@given(rankings(), st.sampled_from([0.2, 0.5, 1]))
def test_the_surest_keep_to_the_sizes_and_nobody_is_taken_twice(ranking, share):
    probabilities, shares = ranking
    sizes = class_sizes(int(share * len(probabilities)), shares)
    places, classes = surest_of_each_class(probabilities, sizes)
    assert len(set(places.tolist())) == len(places) == sizes.sum()
    assert np.bincount(classes, minlength=len(sizes)).tolist() == sizes.tolist()


@given(rankings(), st.sampled_from([0.2, 0.5, 1]))
def test_nobody_is_left_who_is_surer_of_a_class_than_one_that_it_took(ranking, share):
    probabilities, shares = ranking
    sizes = class_sizes(int(share * len(probabilities)), shares)
    places, classes = surest_of_each_class(probabilities, sizes)
    left = np.setdiff1d(np.arange(len(probabilities)), places)
    for one in range(len(shares)):
        taken = probabilities[places[classes == one], one]
        if len(left) and len(taken):
            assert probabilities[left, one].max() <= taken.min()


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30, unique=True), st.data())
def test_of_two_classes_the_ends_of_the_ranking_are_taken(numbers, data):
    positive = np.array(numbers) / 1000
    low = data.draw(st.integers(0, len(numbers)))
    high = data.draw(st.integers(0, len(numbers) - low))
    places, classes = surest_of_each_class(
        np.stack([1 - positive, positive], axis=1), np.array([low, high])
    )
    order = np.argsort(positive)
    assert set(places[classes == 0]) == set(order[:low])
    assert set(places[classes == 1]) == set(order[len(order) - high :])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.data())
def test_of_two_classes_equally_sure_texts_keep_their_order(numbers, data):
    positive = np.array(numbers) / 4
    low = data.draw(st.integers(0, len(numbers)))
    high = data.draw(st.integers(0, len(numbers) - low))
    places, classes = surest_of_each_class(
        np.stack([1 - positive, positive], axis=1), np.array([low, high])
    )
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    assert places.tolist() == order[:low] + order[len(order) - high :]
    assert classes.tolist() == [0] * low + [1] * high


@given(rankings())
def test_a_lean_to_one_class_does_not_change_what_two_classes_take(ranking):
    positive = ranking[0][:, 0]
    sizes = np.array([len(positive) // 3, len(positive) // 3])
    plain, leant = (
        surest_of_each_class(np.stack([1 - p, p], axis=1), sizes)
        for p in (positive, positive**3)
    )
    assert np.array_equal(plain[0], leant[0]) and np.array_equal(plain[1], leant[1])


@given(rankings())
def test_a_division_gives_every_text_a_class_by_the_shares(ranking):
    probabilities, shares = ranking
    found = divided(probabilities, shares)
    sizes = class_sizes(len(probabilities), shares)
    assert np.bincount(found, minlength=len(shares)).tolist() == sizes.tolist()


def test_agreement_is_the_share_of_texts_in_the_same_class():
    assert agreement(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2])) == 0.75


@given(st.integers(0, 3000), st.integers(1, 3000), st.sampled_from([0.03, 0.5, 1]))
def test_pseudo_labels_never_gain_weight_as_labels_grow_and_end_at_none(
    labels, fades_at, weight
):
    now, later = (
        pseudo_label_weight(n, weight=weight, fades_at=fades_at)
        for n in (labels, labels + 1)
    )
    assert 0 <= later <= now <= weight
    assert pseudo_label_weight(0, weight=weight, fades_at=fades_at) == weight
    assert (now == 0) == (labels >= fades_at)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8), st.integers(1, 10**6))
def test_the_passes_that_are_kept_agree_as_well_as_the_best_but_for_an_error(
    percent, texts
):
    agreements = np.array(percent) / 100
    kept = passes_to_keep(agreements, texts)
    best = agreements.max()
    error = (best * (1 - best) / texts) ** 0.5
    assert agreements[kept - 1] >= best - error
    assert (agreements[: kept - 1] < best - error).all()


def test_shares_are_alike_unless_they_are_given():
    assert checked_shares(None, 4).tolist() == [0.25] * 4
    assert checked_shares([0.2, 0.8], 2).tolist() == [0.2, 0.8]


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([0.2, 0.7], "add up to 0.9"),
        ([0.0, 1.0], "above 0"),
        ([-0.5, 1.5], "above 0"),
        ([float("nan"), 0.5], "above 0"),
        ([0.2, 0.3, 0.5], "expected 2 numbers"),
        ([], "expected 2 numbers"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares, message):
    with pytest.raises(ValueError, match=message):
        checked_shares(shares, 2)
