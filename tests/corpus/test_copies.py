"""Copies: texts that are the same but for the white space between their words."""

import re

from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.copies import contradictions, first_copies
from alutils.corpus.reviews import Reviews

SPACE = st.sampled_from(["", " ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u2028"])
TEXT = st.lists(st.one_of(st.sampled_from("abA"), SPACE), max_size=5).map("".join)
ROWS = st.lists(st.tuples(TEXT, st.integers(-1, 2)), min_size=1)


def corpus(rows) -> Reviews:
    texts, labels = zip(*rows, strict=True)
    return Reviews(texts, labels, "made up", ("x", "y", "z"))


@given(ROWS)
def test_the_first_copy_is_the_first_row_with_the_same_words_between_spaces(rows):
    def same(one, other):
        return re.split(r"\s+", f" {one} ") == re.split(r"\s+", f" {other} ")

    texts = [text for text, _ in rows]
    expected = [
        next(k for k, other in enumerate(texts) if same(text, other)) for text in texts
    ]
    found = first_copies(corpus(rows))
    assert found.tolist() == expected
    assert found.dtype == "int64"


def test_case_and_punctuation_make_another_text():
    texts = ["Good film", "good film", "Good film.", "Good\n  film "]
    assert first_copies(Reviews(texts, [0] * 4, "x")).tolist() == [0, 1, 2, 0]


@given(ROWS)
def test_copies_contradict_each_other_if_two_of_their_known_labels_differ(rows):
    first = first_copies(corpus(rows)).tolist()
    labels = [label for _, label in rows]
    expected = []
    for row in range(len(rows)):
        alike = [k for k in range(len(rows)) if first[k] == row and labels[k] >= 0]
        if len({labels[k] for k in alike}) > 1:
            expected.append(alike)
    found = [rows.tolist() for rows in contradictions(corpus(rows))]
    assert sorted(found) == sorted(expected)


def test_an_empty_corpus_has_no_copies():
    nothing = Reviews([], [], "none")
    assert first_copies(nothing).tolist() == []
    assert contradictions(nothing) == []
