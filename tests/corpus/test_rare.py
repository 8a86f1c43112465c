import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.rare import with_positive_share
from alutils.corpus.splits import split_at_random


@given(st.integers(0, 1000), st.floats(0.02, 0.5))
def test_each_part_gets_its_share_of_positives_and_keeps_every_negative(
    corpus_of, seed, share
):
    rng = np.random.default_rng(seed)
    reviews = corpus_of(np.arange(600) % 2)
    whole = split_at_random(reviews, rng, labelled=20, validation=100, test=200)
    few = with_positive_share(whole, reviews, np.random.default_rng(1), share=share)
    for name in ("validation", "test", "training"):
        before, after = getattr(whole, name), getattr(few, name)
        assert set(after) <= set(before)
        negatives = before[reviews.labels[before] == 0]
        assert set(negatives) <= set(after)
        wanted = len(negatives) * share / (1 - share)
        assert abs(len(after) - len(negatives) - wanted) <= 0.5
    other_start = split_at_random(
        reviews, np.random.default_rng(seed), labelled=0, validation=100, test=200
    )
    again = with_positive_share(
        other_start, reviews, np.random.default_rng(1), share=share
    )
    assert set(again.training) == set(few.training)


def test_a_share_that_a_part_cannot_give_is_refused_with_what_it_can(corpus_of):
    reviews = corpus_of(np.arange(60) % 2)
    splits = split_at_random(
        reviews, np.random.default_rng(0), labelled=10, validation=10, test=20
    )
    # Of 30 positives each; with 60 % of them, 20 negatives beside 30 positives.
    for share, largest in ((0.6, 50), (0.01, 30)):
        said = (
            f"{share} positives .* from 0.*to 0.5.* 30 positives in .* most {largest} "
        )
        with pytest.raises(ValueError, match=said):
            with_positive_share(splits, reviews, np.random.default_rng(0), share=share)


def test_a_share_of_positives_is_for_two_classes(corpus_of):
    reviews = corpus_of(np.arange(60) % 3, classes=("a", "b", "c"))
    splits = split_at_random(
        reviews, np.random.default_rng(0), labelled=30, validation=0, test=0
    )
    with pytest.raises(ValueError, match="for two classes"):
        with_positive_share(splits, reviews, np.random.default_rng(0), share=0.2)
