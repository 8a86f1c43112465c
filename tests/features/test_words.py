import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from alutils.features.words import (
    HeldWords,
    frequent_words,
    held_words,
    words_in_texts,
)

CLASSES = ("negative", "positive")
TEXTS = [
    "Not good. Bad, bad film!",
    "A good film, well-made; NOT bad.",
    "Nothing of that",
    "",
]

words_of_two_letters = st.text("abc", min_size=2, max_size=3)
made_up_texts = st.lists(
    st.lists(words_of_two_letters, max_size=8).map(" ".join), min_size=1, max_size=6
)
made_up_words = st.lists(
    st.lists(words_of_two_letters, min_size=1, max_size=3).map(" ".join),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(made_up_texts, made_up_words)
def test_words_in_texts_are_those_that_scikit_learn_counts(texts, words):
    counter = CountVectorizer(ngram_range=(1, 3), vocabulary=words)
    expected = counter.transform(texts).toarray() > 0
    assert words_in_texts(texts, words).tolist() == expected.tolist()


def test_each_class_counts_its_different_words():
    held = held_words(TEXTS, [["bad", "not good"], ["well made", "good"]], CLASSES)
    assert held.counts.tolist() == [[2, 1], [1, 2], [0, 0], [0, 0]]


@given(st.integers(2, 5), st.integers(0, 1000))
def test_counts_are_right_for_any_number_of_classes_and_any_choice_of_words(k, seed):
    rng = np.random.default_rng(seed)
    listed = [[f"word{i}{j}" for j in range(3)] for i in range(k)]
    texts = rng.random((7, 3 * k)) < 0.5
    held = HeldWords(texts, tuple(map(tuple, listed)))
    words = [rng.permutation(one)[: rng.integers(1, 4)].tolist() for one in listed]
    counts = held.only(words).counts
    flat = [word for one in listed for word in one]
    for text in range(7):
        for one in range(k):
            own = sum(texts[text, flat.index(word)] for word in words[one])
            assert counts[text, one] == own


def test_words_that_no_text_holds_are_left_out_and_named_with_what_is_left():
    with pytest.warns(UserWarning, match=r"holds 'absent'; words left .*: 1, 1"):
        held = held_words(TEXTS, [["bad", "absent"], ["good"]], CLASSES)
    assert held.words == (("bad",), ("good",))
    assert held.held.shape == (4, 2)


def test_a_class_that_no_word_is_left_to_cannot_start():
    with pytest.raises(ValueError, match=r"holds 'absent'; .*: 1, 0. A class without"):
        held_words(TEXTS, [["bad"], ["absent"]], CLASSES)


def test_words_that_are_all_held_are_no_reason_for_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        held_words(TEXTS, [["bad"], ["good"]], CLASSES)


@pytest.mark.parametrize("word", ["好看", "おもしろい", "ສະບາຍ"])
def test_a_script_without_spaces_is_told_to_be_divided_first(word):
    texts = ["这部电影很好看。", "とてもおもしろいです", "film"]
    with pytest.raises(ValueError, match="puts none between them: divide"):
        held_words(texts, [[word], ["film"]], CLASSES)


def test_a_word_that_was_not_looked_for_is_named():
    held = held_words(TEXTS, [["bad"], ["good"]], CLASSES)
    with pytest.raises(ValueError, match="'superb' not among the 2 words"):
        held.only([["bad"], ["superb"]])


def test_a_column_for_each_word_is_expected():
    with pytest.raises(ValueError, match=r"shape \(4, 3\) for 2 words"):
        HeldWords(np.zeros((4, 3), dtype=bool), (("bad",), ("good",)))


def test_words_are_looked_for_as_the_texts_are_read_whatever_their_case():
    held = held_words(TEXTS, [["BAD", "Not  good"], ["Well-made"]], CLASSES)
    assert held.words == (("bad", "not good"), ("well made",))
    assert held.counts.tolist() == [[2, 0], [1, 1], [0, 0], [0, 0]]


def test_lists_for_other_classes_than_the_texts_have_are_refused():
    with pytest.raises(ValueError, match="2 lists of words for 3 classes"):
        held_words(TEXTS, [["bad"], ["good"]], [*CLASSES, "mixed"])


def test_frequent_words_say_the_same_of_a_text_as_words_that_are_looked_for():
    texts = ["Not good.", "Good, good!", "A dull film; good?"]
    words = (("dull",), ("good", "not"))
    found = frequent_words(texts, share=0.5, besides=["dull", "not"])
    assert (
        found.of_classes(words).held == words_in_texts(texts, ["dull", "good", "not"])
    ).all()
    assert found.words == ("dull", "good", "not")
