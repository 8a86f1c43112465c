import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from alutils.corpus.words import MOVIE_WORDS, clean_words

CLASSES = ("negative", "positive")


def test_the_fixed_list_has_forty_words_for_each_class_as_the_tokenizer_sees_them():
    assert [len(one) for one in MOVIE_WORDS] == [40, 40]
    assert clean_words(MOVIE_WORDS, CLASSES) == MOVIE_WORDS


@given(
    st.lists(
        st.text(alphabet="abcXYZéß 12-'", min_size=1, max_size=12),
        min_size=1,
        max_size=3,
    )
)
def test_a_cleaned_word_is_found_again_in_a_text_that_holds_it(given_words):
    try:
        (cleaned, _) = clean_words([given_words, ["zzz"]], CLASSES)
    except ValueError:
        return
    for word, text in zip(cleaned, given_words, strict=True):
        n = len(word.split())
        held = CountVectorizer(ngram_range=(n, n), vocabulary=[word])
        assert held.transform([f"So {text}, or not."]).sum() >= 1


def test_as_many_lists_as_classes_are_expected():
    with pytest.raises(ValueError, match="3 lists of words for 2 classes"):
        clean_words([["bad"], ["great"], ["odd"]], CLASSES)


@pytest.mark.parametrize("words", ["bad", ["bad", "great"]])
def test_words_that_stand_outside_of_a_list_are_not_taken_apart_into_letters(words):
    with pytest.raises(ValueError, match="one list of words for each class"):
        clean_words(words, CLASSES)


def test_a_class_without_words_is_named():
    with pytest.raises(ValueError, match="'positive' has no words"):
        clean_words([["bad"], []], CLASSES)


def test_a_word_in_two_classes_is_named_whatever_its_case():
    with pytest.raises(
        ValueError, match="'funny' is in class 'negative' and in class 'positive'"
    ):
        clean_words([["bad", "Funny"], ["great", "funny"]], CLASSES)


def test_a_word_given_twice_in_a_class_is_named():
    with pytest.raises(ValueError, match="'not good' is twice in class 'negative'"):
        clean_words([["not good", "Not  good"], ["great"]], CLASSES)


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("!", "nothing is left"),
        ("", "nothing is left"),
        ("a", "nothing is left"),
        ("好", "nothing is left"),
        ("हिन्दी", "nothing is left"),
        ("don't", "'don'"),
        ("a mess", "'mess'"),
    ],
)
def test_a_word_that_the_tokenizer_cannot_see_whole_is_refused(word, left):
    with pytest.raises(ValueError, match="cannot see") as raised:
        clean_words([[word], ["great"]], CLASSES)
    assert left in str(raised.value)


def test_a_word_that_is_no_text_is_refused():
    with pytest.raises(ValueError, match="the word 7 is no text"):
        clean_words([[7], ["great"]], CLASSES)
