import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.published.storage_order import split_in_storage_order


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


def test_more_than_two_classes_are_refused_with_what_to_use(corpus_of):
    reviews = corpus_of([0, 1, 2] * 4, classes=("bad", "so-so", "good"))
    with pytest.raises(ValueError, match=r"have 3 classes.*two: use split_at_random"):
        split_in_storage_order(reviews, labelled=2, validation=2, test=2)
