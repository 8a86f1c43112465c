import base64
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.labelling.page import (
    cases,
    errors_table,
    folded,
    heading,
    page,
    paragraph,
    picture,
    points,
    quotation,
    table,
)


class Read(HTMLParser):
    """What a browser makes of a page: its tags with their attributes, and its texts."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


# What HTML can hold: no control characters, and line ends of one kind.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(
    lambda text: f"<b>&amp;\"'{text}"
)


@given(texts)
def test_any_text_is_shown_as_it_is_and_makes_no_tag(text):
    for block, tags in (
        (paragraph(text), ["p"]),
        (heading(text, 3), ["h3"]),
        (quotation(text), ["blockquote"]),
        (points([text]), ["ul", "li"]),
        (cases([paragraph(text)]), ["ol", "li", "p"]),
        (folded(text, ""), ["details", "summary"]),
    ):
        read = Read(block)
        assert [tag for tag, _ in read.tags] == tags
        assert "".join(read.texts).strip() == text.strip()
        assert not read.open


@given(st.lists(texts, min_size=1, max_size=3))
def test_tables_show_names_and_cells_as_they_are(names):
    read = Read(table(names, [names, names], caption=names[0]))
    assert [t for t in read.texts if t != "\n"] == [names[0], *names * 3]
    assert sum(tag == "td" for tag, _ in read.tags) == 2 * len(names)
    regions = [given for _, given in read.tags if given.get("role") == "region"]
    assert [given["aria-label"] for given in regions] == [names[0]]
    counts = [[k + j for k in range(len(names))] for j in range(len(names))]
    read = Read(errors_table(names, counts))
    numbers = [int(t) for t in read.texts if re.fullmatch(r"\d+", t)]
    assert numbers == [number for row in counts for number in row]


def test_a_long_text_is_there_to_its_end():
    text = "word " * 300 + "<end>"
    read = Read(quotation(text))
    assert text in read.texts
    assert read.tags[1][0] == "details"


@pytest.fixture(scope="module")
def drawn():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2], [3, 4])
    return picture(figure, alt='a "line"', caption="<i>")


def test_a_figure_is_in_the_page_with_a_text_in_its_place(drawn):
    read = Read(drawn)
    assert [tag for tag, _ in read.tags] == ["figure", "img", "figcaption"]
    image = read.tags[1][1]
    assert image["alt"] == 'a "line"'
    kind, _, data = image["src"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b"<svg" in base64.b64decode(data)
    assert read.texts == ["<i>"]


def test_a_page_stands_alone_in_both_themes_and_on_a_phone(drawn):
    html = page("<title>", [drawn])
    read = Read(html)
    assert not read.open
    assert read.texts.count("<title>") == 1
    sources = [g[name] for _, g in read.tags for name in ("src", "href") if name in g]
    assert all(source.startswith("data:") for source in sources)
    assert not {"script", "link", "iframe"} & {tag for tag, _ in read.tags}
    style = next(t for t in read.texts if "color-scheme" in t)
    assert "@import" not in style
    assert "url(" not in style
    assert "prefers-color-scheme: dark" in style
    assert ("meta", "width=device-width, initial-scale=1") in [
        (tag, g.get("content")) for tag, g in read.tags
    ]
