from collections import Counter

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from alutils.splits import (
    Splits,
    draw_start,
    split_at_random,
    split_in_storage_order,
    split_officially,
)

NAMES = ("labelled", "validation", "test", "pool")


@st.composite
def split_corpora(draw, corpus_of, ways=("storage", "random", "official")):
    """A corpus with an official test set, in any order, split in one of the ways into
    sizes that it can fill."""
    halves = {
        name: draw(st.integers(0, 6)) for name in ("labelled", "validation", "test")
    }
    need = sum(halves.values())
    labels, official = [], []
    for label in (0, 1):
        training, testing = need + draw(st.integers(0, 8)), draw(st.integers(0, 8))
        labels += [label] * (training + testing)
        official += [False] * training + [True] * testing
    order = np.array(draw(st.permutations(range(len(labels)))), dtype=int)
    reviews = corpus_of(
        np.array(labels, dtype=int)[order],
        official_test=np.array(official, dtype=bool)[order],
    )
    sizes = {name: 2 * half for name, half in halves.items()}
    rng = np.random.default_rng(draw(st.integers(0, 100)))
    way = draw(st.sampled_from(ways))
    if way == "storage":
        splits = split_in_storage_order(reviews, **sizes)
    elif way == "random":
        splits = split_at_random(reviews, rng, **sizes)
    else:
        sizes.pop("test")
        splits = split_officially(reviews, rng, **sizes)
    return reviews, sizes, splits


@given(data=st.data())
def test_splits_are_disjoint_and_hold_every_review(corpus_of, data):
    reviews, _, splits = data.draw(split_corpora(corpus_of))
    dealt = np.concatenate([getattr(splits, name) for name in NAMES])
    assert sorted(dealt.tolist()) == list(range(len(reviews)))


@given(data=st.data())
def test_splits_have_the_sizes_asked_for_half_from_each_class_positives_first(
    corpus_of, data
):
    reviews, sizes, splits = data.draw(split_corpora(corpus_of))
    for name, size in sizes.items():
        assert reviews.labels[getattr(splits, name)].tolist() == [1] * (size // 2) + [
            0
        ] * (size // 2)


@given(data=st.data())
def test_the_official_test_set_is_left_whole_and_apart(corpus_of, data):
    reviews, _, splits = data.draw(split_corpora(corpus_of, ways=("official",)))
    assert (
        sorted(splits.test.tolist()) == np.flatnonzero(reviews.official_test).tolist()
    )


@given(
    st.permutations([0] * 20 + [1] * 20),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_storage_order_is_what_the_published_slices_give(
    corpus_of, labels, validation, test, labelled
):
    reviews = corpus_of(labels)
    splits = split_in_storage_order(
        reviews, labelled=2 * labelled, validation=2 * validation, test=2 * test
    )
    positives, negatives = (
        reviews.texts[reviews.labels == 1],
        reviews.texts[reviews.labels == 0],
    )
    slices = {
        "validation": slice(validation),
        "test": slice(validation, validation + test),
        "labelled": slice(validation + test, validation + test + labelled),
        "pool": slice(validation + test + labelled, None),
    }
    for name, part in slices.items():
        expected = [*positives[part], *negatives[part]]
        assert reviews.texts[getattr(splits, name)].tolist() == expected


def test_storage_order_of_the_real_reviews_starts_with_the_first_of_each_class(imdb):
    splits = split_in_storage_order(imdb, labelled=1_500, validation=500, test=1_000)
    # In this corpus all negatives come first.
    assert splits.validation.tolist() == [*range(12_500, 12_750), *range(250)]
    assert splits.test.tolist() == [*range(12_750, 13_250), *range(250, 750)]
    assert splits.pool.tolist() == [*range(14_000, 25_000), *range(1_500, 12_500)]


def test_a_random_split_repeats_with_its_seed_and_differs_with_another(imdb):
    def draw(seed):
        return split_at_random(
            imdb, np.random.default_rng(seed), labelled=100, validation=50, test=50
        )

    for name in NAMES:
        assert np.array_equal(getattr(draw(0), name), getattr(draw(0), name))
        assert not np.array_equal(getattr(draw(0), name), getattr(draw(1), name))


def test_training_rows_are_the_labelled_ones_then_the_pool():
    splits = Splits(
        labelled=np.array([4, 1]),
        validation=np.array([0]),
        test=np.array([2]),
        pool=np.array([5, 3]),
    )
    assert splits.training.tolist() == [4, 1, 5, 3]


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        (
            [0] * 3 + [1] * 9,
            r"want 5 bad reviews \(validation 1, test 2, labelled 2\), but there are 3",
        ),
        (
            [0] * 9 + [1] * 4,
            r"want 5 good reviews \(validation 1, test 2, labelled 2\), but there are 4",
        ),
    ],
)
def test_a_class_that_is_too_small_is_named_with_what_is_wanted_and_what_there_is(
    corpus_of, labels, fault
):
    with pytest.raises(ValueError, match=fault):
        split_in_storage_order(
            corpus_of(labels, classes=("bad", "good")), labelled=4, validation=2, test=4
        )


def test_a_corpus_without_an_official_split_says_what_to_use_instead(corpus_of):
    with pytest.raises(
        ValueError, match=r"without an official split.*'tfds'.*split_at_random"
    ):
        split_officially(
            corpus_of([0, 1]), np.random.default_rng(0), labelled=2, validation=0
        )


# --- another start


@st.composite
def starts(draw, corpus_of):
    """A corpus, its splits, and another start drawn from them; with its sizes."""
    reviews, _, splits = draw(split_corpora(corpus_of))
    balanced = draw(st.booleans())
    ones = int(reviews.labels[splits.training].sum())
    of_each = min(ones, len(splits.training) - ones)
    if balanced:
        labelled = 2 * draw(st.integers(0, of_each))
    else:
        labelled = draw(st.integers(0, len(splits.training)))
    validation = 2 * draw(st.integers(0, len(splits.validation) // 2))
    sizes = {"labelled": labelled, "validation": validation, "balanced": balanced}
    rng = np.random.default_rng(draw(st.integers(0, 100)))
    return reviews, splits, sizes, draw_start(splits, reviews, rng, **sizes)


@given(data=st.data())
def test_another_start_keeps_the_test_reviews_and_all_that_may_be_trained_on(
    corpus_of, data
):
    _, splits, sizes, start = data.draw(starts(corpus_of))
    assert start.test.tolist() == splits.test.tolist()
    assert sorted(start.training.tolist()) == sorted(splits.training.tolist())
    assert len(start.labelled) == sizes["labelled"]


@given(data=st.data())
def test_the_splits_of_another_start_are_disjoint(corpus_of, data):
    _, _, _, start = data.draw(starts(corpus_of))
    dealt = np.concatenate([getattr(start, name) for name in NAMES]).tolist()
    assert len(set(dealt)) == len(dealt)


@given(data=st.data())
def test_what_another_start_does_not_draw_stays_in_the_pool_in_its_order(
    corpus_of, data
):
    _, splits, _, start = data.draw(starts(corpus_of))
    drawn = set(start.labelled.tolist())
    assert start.pool.tolist() == [row for row in splits.training if row not in drawn]


@given(data=st.data())
def test_another_start_draws_its_validation_reviews_in_halves(corpus_of, data):
    reviews, splits, sizes, start = data.draw(starts(corpus_of))
    assert set(start.validation.tolist()) <= set(splits.validation.tolist())
    half = sizes["validation"] // 2
    assert reviews.labels[start.validation].tolist() == [1] * half + [0] * half


@given(data=st.data())
def test_a_balanced_start_has_half_of_each_class_positives_first(corpus_of, data):
    reviews, _, sizes, start = data.draw(starts(corpus_of))
    if sizes["balanced"]:
        half = sizes["labelled"] // 2
        assert reviews.labels[start.labelled].tolist() == [1] * half + [0] * half


def drawn_starts(corpus_of, labels, number=800, **sizes):
    """Many starts, drawn from a training set of all reviews."""
    reviews, rng = corpus_of(labels), np.random.default_rng(0)
    none = np.arange(0)
    splits = Splits(none, none, none, np.arange(len(labels)))
    return [
        draw_start(splits, reviews, rng, validation=0, **sizes).labelled
        for _ in range(number)
    ]


@pytest.mark.parametrize("balanced", [True, False])
def test_every_review_is_equally_likely_to_be_in_the_start(corpus_of, balanced):
    starts = drawn_starts(corpus_of, [0, 1] * 4, labelled=4, balanced=balanced)
    drawn = Counter(row for start in starts for row in start.tolist())
    assert set(drawn) == set(range(8))
    assert scipy.stats.chisquare(list(drawn.values())).pvalue > 0.001


def test_a_start_that_is_not_balanced_has_as_many_positives_as_luck_has_it(corpus_of):
    labels = np.array([0] * 9 + [1] * 3)
    starts = drawn_starts(corpus_of, labels, labelled=4, balanced=False)
    positives = Counter(int(labels[start].sum()) for start in starts)
    by_luck = scipy.stats.hypergeom(12, 3, 4).pmf(range(4)) * len(starts)
    found = [positives[k] for k in range(4)]
    assert scipy.stats.chisquare(found, by_luck).pvalue > 0.001


def test_a_start_that_is_not_balanced_does_not_look_at_the_labels(corpus_of):
    for labels in ([0, 1] * 10, [1] * 20):
        once, *_ = drawn_starts(corpus_of, labels, 1, labelled=6, balanced=False)
        again, *_ = drawn_starts(corpus_of, [0] * 20, 1, labelled=6, balanced=False)
        assert once.tolist() == again.tolist()


def test_a_start_repeats_with_its_seed_and_differs_with_another(imdb):
    splits = split_in_storage_order(imdb, labelled=100, validation=200, test=50)

    def draw(seed):
        rng = np.random.default_rng(seed)
        return draw_start(splits, imdb, rng, labelled=60, validation=40, balanced=True)

    for name in ("labelled", "validation", "pool"):
        assert np.array_equal(getattr(draw(0), name), getattr(draw(0), name))
        assert not np.array_equal(getattr(draw(0), name), getattr(draw(1), name))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (
            {"labelled": 8, "validation": 0, "balanced": True},
            "labelled=8: only 3 reviews of one class to draw 4 from",
        ),
        (
            {"labelled": 12, "validation": 0, "balanced": False},
            "labelled=12: only 11 reviews to draw 12 from",
        ),
        (
            {"labelled": 2, "validation": 6, "balanced": False},
            "validation=6: only 2 reviews of one class to draw 3 from",
        ),
    ],
)
def test_a_start_that_wants_more_than_there_is_is_refused(corpus_of, sizes, message):
    reviews = corpus_of([0] * 10 + [1] * 5)
    splits = split_in_storage_order(reviews, labelled=4, validation=4, test=0)
    with pytest.raises(ValueError, match=message):
        draw_start(splits, reviews, np.random.default_rng(0), **sizes)
