import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.features.words import frequent_words
from alutils.loop.words import LexiconOracle, words_asked_for

TEXTS = ["bad dull plot", "bad plot", "great moving plot", "great film", "film"] * 4
CANDIDATES = frequent_words(TEXTS)


class Diary:
    """Answers from a table, and remembers what it was asked."""

    def __init__(self, classes) -> None:
        self.classes, self.asked = classes, []

    def word_class(self, word: str) -> int:
        self.asked.append(word)
        return self.classes.get(word, -1)


def sure_of(words) -> np.ndarray:
    """A model that goes by the words alone."""
    counts = CANDIDATES.of_classes(words).counts + 0.5
    return counts / counts.sum(axis=1, keepdims=True)


@given(st.integers(0, 4), st.integers(1, 3))
def test_so_many_words_are_asked_about_none_twice_and_none_that_was_given(n, at_once):
    oracle = Diary({"dull": 0, "moving": 1})
    start = (("bad",), ("great",))
    got = words_asked_for(
        start, CANDIDATES, oracle, sure_of, answers=n, at_once=at_once
    )
    assert len(oracle.asked) == len(set(oracle.asked)) == n
    assert not {"bad", "great"} & set(oracle.asked)
    assert [one[:1] for one in got] == [("bad",), ("great",)]
    found = {word for one in got for word in one[1:]}
    assert found == set(oracle.asked) & {"dull", "moving"}


def test_a_word_that_tells_the_classes_apart_is_asked_about_before_one_that_does_not():
    oracle = Diary({})
    words_asked_for((("bad",), ("great",)), CANDIDATES, oracle, sure_of, answers=1)
    assert oracle.asked[0] in ("dull", "moving", "plot")
    assert "film" not in oracle.asked


def test_more_answers_than_words_are_refused():
    with pytest.raises(ValueError, match="9 words to ask about, and there are 4"):
        words_asked_for(
            (("bad",), ("great",)), CANDIDATES, Diary({}), sure_of, answers=9
        )


def test_the_lexicon_answers_where_people_were_sure_and_counts_every_answer():
    oracle = LexiconOracle(at_least=1.0)
    said = [oracle.word_class(word) for word in ("awful", "wonderful", "film")]
    assert said == [0, 1, -1]
    assert oracle.asked == {"awful": 0, "wonderful": 1, "film": -1}
