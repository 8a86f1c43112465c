"""A reader's own DataFrame: its types, its gaps and its faults."""

import numpy as np
import pandas as pd
import pytest

from alutils.corpus.reviews import load_reviews


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA, pd.NaT, ""])
def test_every_kind_of_gap_is_an_unknown_label(gap):
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": ["pos", gap, "neg"]})
    assert load_reviews(frame).labels.tolist() == [1, -1, 0]


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_columns_may_be_of_any_type_that_holds_texts(dtype):
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": ["pos", None, "neg"]})
    own = load_reviews(frame.astype(dtype))
    assert own.texts.tolist() == ["a", "b", "c"]
    assert own.classes == ("neg", "pos")
    assert own.labels.tolist() == [1, -1, 0]


@pytest.mark.parametrize("dtype", ["int64", "float64", "Int8", "bool"])
def test_numbers_and_truths_are_labels_too(dtype):
    labels = pd.Series([1, 0]).astype(dtype)
    own = load_reviews(pd.DataFrame({"text": ["a", "b"], "label": labels}))
    assert own.classes == (("False", "True") if dtype == "bool" else ("0", "1"))
    assert own.labels.tolist() == [1, 0]


def test_rows_come_in_their_order_whatever_the_index():
    frame = pd.DataFrame({"text": list("abc")}, index=[7, 7, 0])
    assert load_reviews(frame, classes=()).texts.tolist() == ["a", "b", "c"]


def test_columns_may_be_numbered():
    frame = pd.DataFrame([["a", "x"], ["b", "y"]])
    own = load_reviews(frame, text_column="0", label_column="1", positive="y")
    assert own.texts.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame(), r"no column that is called 'text'.*\(found: \)"),
        (pd.DataFrame({"text": []}), "has no reviews: expected at least one text"),
        (pd.DataFrame({"text": ["a", 5]}), r"is 5, of type int.*row of iloc 1\)"),
        (pd.DataFrame({"text": [5.5, 1]}), "is 5.5, of type float"),
        (
            pd.DataFrame({"text": ["a", None, "b", pd.NA]}),
            r"2 reviews with an empty 'text' \(review 2, 4, .*row of iloc 1, 3\)",
        ),
        (
            pd.DataFrame([["a", "b"]], columns=["text", "text"]),
            r"several columns .*\('text', 'text'\)",
        ),
    ],
    ids=range(6),
)
def test_a_faulty_frame_is_refused_with_the_fault_and_its_place(frame, message):
    with pytest.raises(
        ValueError, match=f"the DataFrame {message}|the DataFrame .*{message}"
    ):
        load_reviews(frame, classes=())


def test_an_encoding_is_refused():
    with pytest.raises(ValueError, match="leave out encoding"):
        load_reviews(pd.DataFrame({"text": ["a"]}), classes=(), encoding="utf-8")
