import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.figures.moving import DECIMALS, moving


class _Page(HTMLParser):
    """The text of the scripts of a page, as a browser takes it apart."""

    def __init__(self, html: str):
        super().__init__()
        self.inside, self.scripts, self.tags = False, [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-1_000_000, 1_000_000) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


@given(st.dictionaries(st.text(), anything))
def test_a_browser_reads_the_data_that_went_in_whatever_its_texts_hold(data):
    page = _Page(moving("seesaw", data)._repr_html_())
    assert [tag for tag, _ in page.tags] == ["div", "script"]
    assert page.tags[0][1] == {"class": "moving", "data-part": "seesaw"}
    assert page.tags[1][1] == {"type": "application/json"}
    assert json.loads(page.scripts[0]) == data


def test_a_text_that_ends_a_script_stays_a_text():
    page = _Page(moving("seesaw", {"a": "</script><b>"})._repr_html_())
    assert json.loads(page.scripts[0]) == {"a": "</script><b>"}


def test_numbers_of_numpy_become_numbers_and_what_is_not_finite_becomes_null():
    data = {
        "whole": np.int64(3),
        "rows": np.array([[0.5, np.nan], [np.inf, -np.inf]]),
        "pair": (np.float64(1 / 3), None),
    }
    got = json.loads(moving("seesaw", data).json)
    assert got["whole"] == 3
    assert got["rows"] == [[0.5, None], [None, None]]
    assert got["pair"] == [pytest.approx(1 / 3, abs=10**-DECIMALS), None]


@pytest.mark.parametrize("part", ["", "see-saw", "Seesaw", "../seesaw", "seesaw\n"])
def test_a_part_is_called_by_one_word(part):
    with pytest.raises(ValueError, match=re.escape(f"part {part!r}: expected a word")):
        moving(part, {})


def test_what_is_no_number_or_text_is_refused_by_its_type():
    with pytest.raises(TypeError, match=r"set \{1\}: a part to move takes"):
        moving("seesaw", {"a": [{1}]})


def test_a_page_without_pictures_says_what_is_missing():
    assert repr(moving("seesaw", {})).endswith("a part to move: seesaw.)")
