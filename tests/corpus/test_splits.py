from collections import Counter

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.splits import (
    Splits,
    draw_start,
    split_at_random,
    split_officially,
)
from alutils.published.storage_order import split_in_storage_order

NAMES = ("labelled", "validation", "test", "pool")


@pytest.mark.parametrize("classes", [(), ("bug",)])
def test_reviews_whose_classes_are_not_known_are_not_split_into_shares(
    corpus_of, classes
):
    reviews = corpus_of([-1] * 9, classes=classes)
    with pytest.raises(ValueError, match="expected at least two different names"):
        split_at_random(
            reviews, np.random.default_rng(0), labelled=2, validation=2, test=2
        )


@st.composite
def split_corpora(draw, corpus_of, ways=("storage", "random", "official")):
    """A corpus of k classes with an official test set and some labels that are not
    known, in any order, split in one of the ways into sizes that it can fill."""
    way = draw(st.sampled_from(ways))
    k = 2 if way == "storage" else draw(st.integers(2, 5))
    shares = {
        name: draw(st.integers(0, 4)) for name in ("labelled", "validation", "test")
    }
    need = sum(shares.values())
    labels, official = [], []
    for label in range(-1, k):
        training = draw(st.integers(0, 6)) + (need if label >= 0 else 0)
        testing = draw(st.integers(0, 6))
        labels += [label] * (training + testing)
        official += [False] * training + [True] * testing
    order = np.array(draw(st.permutations(range(len(labels)))), dtype=int)
    reviews = corpus_of(
        np.array(labels, dtype=int)[order],
        official_test=np.array(official, dtype=bool)[order],
        classes=tuple(f"class {label}" for label in range(k)),
    )
    sizes = {name: k * share for name, share in shares.items()}
    rng = np.random.default_rng(draw(st.integers(0, 100)))
    if way == "storage":
        splits = split_in_storage_order(reviews, **sizes)
    elif way == "random":
        splits = split_at_random(reviews, rng, **sizes)
    else:
        sizes.pop("test")
        splits = split_officially(reviews, rng, **sizes)
    return reviews, sizes, splits


def in_shares(reviews, size):
    """The labels of so many rows, equally many of each class, the last class first."""
    k = reviews.n_classes
    return [label for label in reversed(range(k)) for _ in range(size // k)]


@given(data=st.data())
def test_splits_are_disjoint_and_hold_every_review(corpus_of, data):
    reviews, _, splits = data.draw(split_corpora(corpus_of))
    dealt = np.concatenate([getattr(splits, name) for name in NAMES])
    assert sorted(dealt.tolist()) == list(range(len(reviews)))


@given(data=st.data())
def test_splits_have_the_sizes_asked_for_equally_from_each_class_the_last_class_first(
    corpus_of, data
):
    reviews, sizes, splits = data.draw(split_corpora(corpus_of))
    for name, size in sizes.items():
        found = reviews.labels[getattr(splits, name)].tolist()
        assert found == in_shares(reviews, size)


@given(data=st.data())
def test_reviews_whose_labels_are_not_known_go_to_the_pool(corpus_of, data):
    reviews, _, splits = data.draw(split_corpora(corpus_of))
    unknown = np.flatnonzero(reviews.labels == -1)
    assert np.isin(unknown, splits.pool).all()


@given(st.permutations([0] * 20 + [1] * 20), st.integers(0, 1000))
def test_two_classes_are_drawn_one_after_the_other_positives_first(
    corpus_of, labels, seed
):
    # The seeds of the tracked results mean these rows.
    reviews, rng = corpus_of(labels), np.random.default_rng(seed)
    splits = split_at_random(reviews, rng, labelled=8, validation=6, test=10)
    rng = np.random.default_rng(seed)
    positives, negatives = (
        rng.permutation([row for row in range(40) if labels[row] == label])
        for label in (1, 0)
    )
    parts = {
        "validation": slice(3),
        "test": slice(3, 8),
        "labelled": slice(8, 12),
        "pool": slice(12, None),
    }
    for name, part in parts.items():
        expected = [*positives[part], *negatives[part]]
        assert getattr(splits, name).tolist() == expected


@given(data=st.data())
def test_the_official_test_set_is_left_whole_and_apart(corpus_of, data):
    reviews, _, splits = data.draw(split_corpora(corpus_of, ways=("official",)))
    known = reviews.official_test & (reviews.labels >= 0)
    assert sorted(splits.test.tolist()) == np.flatnonzero(known).tolist()


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
            [0] * 9 + [1] * 3 + [2] * 9,
            r"want 5 mid reviews \(validation 1, test 2, labelled 2\), but there are 3 in"
            r" made-up reviews: .* all sizes together may be 9 at most; they are 15",
        ),
        (
            [0] * 9 + [2] * 9,
            r"want 5 mid reviews .*, but there are 0 .* may be 0 at most",
        ),
        ([-1] * 9 + [1] * 9 + [2] * 9, r"want 5 bad reviews .*, but there are 0"),
    ],
)
def test_a_class_of_several_that_is_too_small_is_named_with_what_would_do(
    corpus_of, labels, fault
):
    reviews = corpus_of(labels, classes=("bad", "mid", "good"))
    with pytest.raises(ValueError, match=fault):
        split_at_random(
            reviews, np.random.default_rng(0), labelled=6, validation=3, test=6
        )


@pytest.mark.parametrize("name", ["labelled", "validation", "test"])
@pytest.mark.parametrize(
    ("k", "size", "advice"),
    [
        (2, 501, "labelled=501: .*give an even number, such as 500 or 502"),
        (3, 500, "labelled=500: .*3 classes.* a multiple of 3, such as 498 or 501"),
        (3, 1, "labelled=1: .*such as 3 or 6"),
        (2, -2, "labelled=-2: .*such as 2 or 4"),
    ],
)
def test_a_size_that_the_classes_cannot_share_equally_is_refused(
    corpus_of, name, k, size, advice
):
    reviews = corpus_of(list(range(k)) * 400, classes=tuple("abcde"[:k]))
    sizes = {"labelled": 0, "validation": 0, "test": 0, name: size}
    with pytest.raises(ValueError, match=advice.replace("labelled", name)):
        split_at_random(reviews, np.random.default_rng(0), **sizes)


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
    balanced, k = draw(st.booleans()), reviews.n_classes
    known = np.bincount(
        reviews.labels[splits.training][reviews.labels[splits.training] >= 0],
        minlength=k,
    )
    if balanced:
        labelled = k * draw(st.integers(0, known.min()))
    else:
        labelled = draw(st.integers(0, known.sum()))
    validation = k * draw(st.integers(0, len(splits.validation) // k))
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
def test_another_start_draws_its_validation_reviews_in_equal_shares(corpus_of, data):
    reviews, splits, sizes, start = data.draw(starts(corpus_of))
    assert set(start.validation.tolist()) <= set(splits.validation.tolist())
    found = reviews.labels[start.validation].tolist()
    assert found == in_shares(reviews, sizes["validation"])


@given(data=st.data())
def test_a_balanced_start_has_an_equal_share_of_each_class_the_last_class_first(
    corpus_of, data
):
    reviews, _, sizes, start = data.draw(starts(corpus_of))
    if sizes["balanced"]:
        found = reviews.labels[start.labelled].tolist()
        assert found == in_shares(reviews, sizes["labelled"])


@given(data=st.data())
def test_a_start_holds_only_labels_that_are_known(corpus_of, data):
    reviews, _, _, start = data.draw(starts(corpus_of))
    assert (reviews.labels[start.labelled] >= 0).all()


@given(st.integers(0, 99), st.integers(0, 12))
def test_validation_reviews_may_come_as_luck_has_it(corpus_of, seed, validation):
    reviews = corpus_of([0] * 20 + [1] * 4)
    splits = Splits(np.arange(0), np.arange(4, 24), np.arange(0), np.arange(4))

    def drawn(labels):
        start = draw_start(
            splits,
            corpus_of(labels),
            np.random.default_rng(seed),
            labelled=0,
            validation=validation,
            balanced=False,
            balanced_validation=False,
        )
        return start.validation.tolist()

    found = drawn(reviews.labels)
    assert len(set(found)) == len(found) == validation
    assert set(found) <= set(splits.validation.tolist())
    assert found == drawn([1] * 24)  # whatever their labels


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
            r"labelled=8: only 3 reviews of one class to draw 4 from \(positive\), so at"
            " most 6 would do",
        ),
        (
            {"labelled": 12, "validation": 0, "balanced": False},
            "labelled=12: only 11 reviews to draw 12 from, so at most 11 would do",
        ),
        (
            {"labelled": 2, "validation": 6, "balanced": False},
            "validation=6: only 2 reviews of one class to draw 3 from",
        ),
        (
            {"labelled": 3, "validation": 0, "balanced": True},
            "labelled=3: each of the 2 classes gets an equal share, so give an even"
            " number, such as 2 or 4",
        ),
    ],
)
def test_a_start_that_wants_more_than_there_is_is_refused(corpus_of, sizes, message):
    reviews = corpus_of([0] * 10 + [1] * 5)
    splits = split_in_storage_order(reviews, labelled=4, validation=4, test=0)
    with pytest.raises(ValueError, match=message):
        draw_start(splits, reviews, np.random.default_rng(0), **sizes)
