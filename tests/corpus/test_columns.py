"""What every kind of file has in common: columns, texts and labels, and their faults."""

import numpy as np
import pytest

from alutils.corpus.columns import Columns, Description, chosen_columns, fault_of_text


def test_columns_are_recognized_or_given():
    header = ["id", "Review", "Stars"]
    assert chosen_columns(header, Description()) == (1, 2)
    assert chosen_columns(header, Description(text_column="id")) == (0, 2)
    assert chosen_columns(header, Description(label_column=" id ")) == (1, 0)


def test_a_column_of_labels_is_demanded_unless_the_classes_are_given():
    header = ["id", "text"]
    with pytest.raises(ValueError, match=r"called 'label'.*classes=\(\)\) reads them"):
        chosen_columns(header, Description())
    for classes in ((), ("pos", "neg")):
        assert chosen_columns(header, Description(classes=classes)) == (1, None)
        with pytest.raises(ValueError, match="no column 'verdict'"):
            chosen_columns(header, Description(None, "verdict", None, classes))


def test_two_columns_of_one_name_are_a_fault_only_if_they_could_be_meant():
    assert chosen_columns(["x", "text", "x", "label"], Description()) == (1, 3)
    with pytest.raises(ValueError, match=r"several columns .*\('text', 'text'\)"):
        chosen_columns(["text", "label", "text"], Description())
    with pytest.raises(ValueError, match=r"several columns .*\('label', 'class'\)"):
        chosen_columns(["text", "label", "class"], Description(classes=()))


def checked(texts, labels=None, **said):
    columns = Columns(texts, labels, "what", "verdict", "line", range(10, 99))
    return columns.checked(Description(**{"classes": ()} | said))


def test_texts_labels_and_classes_come_out_as_a_corpus_needs_them():
    found = checked(["a", "b", "c"], ["pos", None, "neg"])
    assert found == (["a", "b", "c"], [1, -1, 0], ("neg", "pos"))


@pytest.mark.parametrize("empty", [None, "", " \n\t", float("nan"), np.nan])
def test_texts_that_are_not_there_are_counted_and_found(empty):
    with pytest.raises(
        ValueError,
        match=r"2 reviews with an empty 'what' \(review 1, 3, counted from 1; line 10,"
        r" 12\): fill or delete them",
    ):
        checked([empty, "b", empty])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (5, "is 5, of type int: expected a str"),
        (5.5, "is 5.5, of type float"),
        (True, "is True, of type bool"),
        (["a"], r"is \['a'\], of type list"),
        ({"a": {"b": "c" * 99}}, r"is \{'a': \{'b': 'cc.*…, of type dict"),
        (b"a", "is b'a', of type bytes"),
        ("half \ud83d", r"holds half a character, '\\ud83d', which no file can hold"),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(text, fault):
    assert fault_of_text(text) is not None
    with pytest.raises(
        ValueError,
        match=rf"has a 'what' that {fault}.*\(review 2, counted from 1; line 11\)",
    ):
        checked(["a", text])


def test_what_is_no_single_label_is_refused_with_its_place():
    with pytest.raises(
        ValueError,
        match=r"a 'verdict' that is no single label: \['x', 'y'\], of type list \(review"
        r" 2, .*line 11\): give a text or a number",
    ):
        checked(["a", "b"], ["x", ["x", "y"]])


def test_a_label_that_differs_in_case_only_is_refused_before_it_becomes_a_class():
    with pytest.raises(ValueError, match=r"differ in case only \('Bug' and 'bug'\)"):
        checked(["a", "b", "c"], ["bug", "Bug", "praise"])


def test_what_is_said_to_no_purpose_is_refused_by_name():
    said = Description(positive="x", classes=())
    said.leave_out("encoding", because="it has none")
    with pytest.raises(ValueError, match=r"^it has none: leave out positive, classes$"):
        said.leave_out("encoding", "positive", "classes", because="it has none")
