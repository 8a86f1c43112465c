"""Tables as a reader sees them: read back as a browser would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from alutils.figures.tables import table

FRAME = pd.DataFrame(
    {
        "labels": [1200, 40_000],
        "accuracy": [0.84996, np.nan],
        "against random": [(1.25, -0.5, 2.0), (np.nan, np.nan, np.nan)],
        "the review begins": ["<b>Not</b> & so", "fine"],
    },
    index=pd.Index(["margin", "random"], name="arm"),
)


def cells(shown) -> list[list[str]]:
    soup = BeautifulSoup(shown._repr_html_(), "html.parser")
    return [[c.get_text() for c in row.select("th, td")] for row in soup.select("tr")]


def test_a_table_says_what_it_holds_and_nothing_in_the_jargon_of_the_code():
    assert cells(table(FRAME, digits={"against random": 1})) == [
        ["arm", "labels", "accuracy", "against random", "the review begins"],
        ["margin", "1,200", "0.850", "1.2\xa0(−0.5\xa0to\xa02.0)", "<b>Not</b> & so"],
        ["random", "40,000", "–", "–", "fine"],
    ]


def test_numbers_line_up_on_the_right_and_texts_on_the_left():
    soup = BeautifulSoup(table(FRAME)._repr_html_(), "html.parser")
    left = ["text" in cell.get("class", []) for cell in soup.select("tbody td")]
    assert left == [False, False, False, True] * 2


def test_rows_and_columns_have_headers_for_a_screen_reader():
    soup = BeautifulSoup(table(FRAME)._repr_html_(), "html.parser")
    assert [h["scope"] for h in soup.select("thead th")] == ["col"] * 5
    assert [h.get_text() for h in soup.select("th[scope=row]")] == ["margin", "random"]
    (frame,) = soup.select("div.table-frame")
    assert frame["tabindex"] == "0" and frame["aria-label"].startswith("Table: arm")


def test_two_levels_of_columns_become_two_rows_of_headers():
    deep = pd.concat({"new": FRAME[["labels"]], "old": FRAME[["labels"]]}, axis=1)
    assert cells(table(deep))[:2] == [["arm", "new", "old"], ["labels", "labels"]]


@given(
    values=st.lists(
        st.floats(allow_nan=True, allow_infinity=False, width=32), min_size=1
    ),
    digits=st.integers(0, 4),
)
def test_a_column_of_numbers_reads_back_as_the_numbers(values, digits):
    frame = pd.DataFrame({"value": values}).rename_axis("row")
    shown = table(frame, digits=digits)
    said = [row[1].replace("−", "-").replace(",", "") for row in cells(shown)[1:]]
    read = [float("nan") if cell == "–" else float(cell) for cell in said]
    np.testing.assert_allclose(read, values, rtol=1e-9, atol=0.5001 * 10.0**-digits)
    digits_shown = {
        len(cell.partition(".")[2]) for _, cell in cells(shown)[1:] if cell != "–"
    }
    assert len(digits_shown) <= 1
    assert not any(cell.strip("0.,") == "−" for _, cell in cells(shown)[1:])


def test_a_sign_is_shown_where_it_is_asked_for():
    frame = pd.DataFrame({"gain": [0.5, -0.5, 0.0, -0.01]}, index=list("abcd"))
    shown = table(frame, digits=1, rows="arm", with_sign=["gain"])
    assert [row[1] for row in cells(shown)[1:]] == ["+0.5", "−0.5", "0.0", "0.0"]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (FRAME.rename(columns={"labels": "p_holm"}), "'p_holm' is no header"),
        (FRAME.rename_axis(None), "the first column has no header"),
    ],
)
def test_a_header_that_is_no_words_is_refused(frame, message):
    with pytest.raises(ValueError, match=message):
        table(frame)
