"""Names of classes, read off labels of every form, and put in order."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.classes import checked_classes, class_names, label_names, shown

SAY = "(somewhere)"


@pytest.mark.parametrize(
    "unknown", [None, "", "  ", math.nan, np.nan, [], (), [None], [""]]
)
def test_what_says_nothing_is_an_unknown_label(unknown):
    assert label_names([unknown, "pos"]) == ["", "pos"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        (" so-so ", "so-so"),
        (1, "1"),
        (np.int64(3), "3"),
        (2.0, "2"),
        (np.float32(2), "2"),
        (Decimal("2.50"), "2.5"),
        (-1.0, "-1"),
        ("4.0", "4"),
        (True, "True"),
        (np.bool_(False), "False"),
        (["pos"], "pos"),
        (np.array(["pos"]), "pos"),
    ],
)
def test_a_label_has_one_name_in_whatever_form_it_comes(label, name):
    assert label_names([label]) == [name]


@given(st.lists(st.integers(-1000, 1000), min_size=1), st.data())
def test_a_whole_number_is_one_label_with_any_number_of_zeros_behind_it(numbers, data):
    zeros = [data.draw(st.sampled_from(["", ".0", ".00"])) for _ in numbers]
    written = [f"{n}{zero}" for n, zero in zip(numbers, zeros, strict=True)]
    assert label_names(written) == [str(n) for n in numbers]
    assert label_names([float(n) for n in numbers]) == [str(n) for n in numbers]


def test_names_that_are_not_all_numbers_stay_as_they_are_written():
    assert label_names(["1.0", "1.10", "n/a"]) == ["1.0", "1.10", "n/a"]


@pytest.mark.parametrize("label", [["a", "b"], {"a": 1}, b"pos", object()])
def test_what_is_no_single_label_is_an_error_with_its_place(label):
    with pytest.raises(TypeError) as refused:
        label_names(["pos", label])
    assert refused.value.args == (label, 1)


def test_numbers_are_ordered_by_size_and_other_names_by_the_alphabet():
    assert class_names(["10", "9", "-1"], "x", None, None, SAY) == ("-1", "9", "10")
    names = ["b", "10", "A", "9"]
    assert class_names(names, "x", None, None, SAY) == ("10", "9", "A", "b")


@pytest.mark.parametrize("labels", [[], [""], ["", "bug"], ["c", "a", "b", ""]])
def test_where_the_classes_are_not_known_they_are_those_that_are_found(labels):
    expected = tuple(sorted({*labels} - {""}))
    assert class_names(labels, "x", None, (), SAY) == expected


def test_a_positive_label_may_be_written_as_the_file_has_it():
    labels = label_names([3.0, 4.0])
    assert class_names(labels, "x", "3.0", None, SAY) == ("4", "3")
    assert class_names(labels, "x", None, ("4.0", "3.0"), SAY) == ("4", "3")


@pytest.mark.parametrize("labels", [[], ["a"], ["a", "b", "c"]])
def test_a_positive_label_is_for_two(labels):
    with pytest.raises(ValueError, match=r"positive='a' is for two: leave it out"):
        class_names(labels, "x", "a", (), SAY)


@pytest.mark.parametrize(
    ("classes", "fault"),
    [
        (("a",), "expected at least two different names"),
        ("ab", "expected at least two different names"),
        (("a", "a"), "two different names"),
        (("a", " "), "' ' is no name"),
        (("a", 1), "1 is no name, expected a text"),
    ],
)
def test_what_names_no_classes_is_refused(classes, fault):
    with pytest.raises(ValueError, match=fault):
        checked_classes(classes)


def test_a_long_list_is_shown_by_its_beginning():
    assert shown("abcdefg") == "a, b, c, d, e, …"
    assert shown(["x" * 41]) == "x" * 39 + "…"
