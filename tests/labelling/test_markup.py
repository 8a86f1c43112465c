from html.parser import HTMLParser

import hypothesis.strategies as st
from hypothesis import given

from alutils.labelling.markup import (
    CUT_AT,
    heading_html,
    message_html,
    notice_html,
    progress_html,
    text_html,
)
from alutils.labelling.progress import Progress


class Seen(HTMLParser):
    """The words of some HTML, and the tags between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags = "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


def progress(**more) -> Progress:
    facts = {"test_done": 4, "test_size": 4, "labels": 5, "until_training": 2}
    facts |= {"labels_by_class": {"bug": 4, "wish": 1}, "budget_left": 30}
    return Progress(**facts | {"seconds_per_label": 7.25, "round": 3} | more)


# Characters that HTML knows no way to write are left out: what a browser makes of them
# is its own affair.
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"])))
def test_a_text_is_shown_letter_by_letter_whatever_markup_is_in_it(text):
    seen = Seen(text_html(text))
    assert seen.words == text
    assert seen.tags == ["div"]


def test_markup_and_lines_stay_as_they_were_written():
    text = "<script>alert(1)</script>\n\n  a &amp; b <br /> \"c\" 'd'"
    assert Seen(text_html(text)).words == text


def test_half_a_surrogate_pair_does_not_stop_a_text_from_travelling():
    text_html("a\ud800b").encode("utf-8")


def test_a_text_of_a_megabyte_is_cut_and_can_be_shown_whole():
    text = "word " * 200_000
    cut = text_html(text)
    assert len(cut) < CUT_AT + 500
    assert f"{1_000_000 - CUT_AT:,} more characters" in cut
    assert Seen(text_html(text, whole=True)).words == text


def test_the_heading_counts_the_test_set_first():
    html = heading_html(progress(test_done=1), 7, None)
    assert Seen(html).words == (
        "Test set: 1 of 4 done · 30 left of the budget · 7.2 seconds a label · row 7"
    )


def test_the_heading_says_then_when_the_next_training_comes():
    html = heading_html(progress(budget_left=None, seconds_per_label=None), 7, None)
    assert Seen(html).words == "Training: round 3 · next training after 2 more · row 7"


def test_a_flag_and_its_note_stand_in_the_heading():
    assert "⚑ flagged: a &lt;b&gt; joke" in heading_html(progress(), 7, "a <b> joke")
    assert "⚑ flagged</span>" in heading_html(progress(), 7, "")


def test_each_class_has_its_count_and_a_bar_as_long_as_its_share_of_the_most():
    html = progress_html(progress(test_done=1))
    assert Seen(html).words == "Labels so fartest set1/4bug4wish1"
    assert [part.split("%")[0] for part in html.split("width:")[1:]] == [
        "25",
        "100",
        "25",
    ]


def test_nothing_is_divided_by_where_there_is_nothing_yet():
    html = progress_html(progress(test_done=0, test_size=0, labels_by_class={}))
    assert Seen(html).words == "Labels so far"


def test_the_name_of_a_class_is_no_markup():
    html = progress_html(progress(labels_by_class={"<i>": 1}))
    assert "i" not in Seen(html).tags


def test_an_error_is_announced_and_unfolds_to_where_it_came_from():
    try:
        raise OSError("the disk is <full>")
    except OSError as error:
        html = message_html(f"NOT SAVED: {error}", error)
    assert 'role="alert"' in html
    words = Seen(html).words
    assert words.startswith("NOT SAVED: the disk is <full>")
    assert "test_an_error_is_announced" in words
    assert "alert" not in message_html("Saved.")


def test_a_notice_is_no_markup_either():
    assert Seen(notice_html("<b>")).words == "<b>"
