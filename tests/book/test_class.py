"""What the book has for a class, in a browser: slides, and a summary on one page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import run_in_browser
from bs4 import BeautifulSoup
from pypdf import PdfReader

from bookbuild.slides import files_asked_for


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("summary") / "summary.pdf"


@pytest.fixture(scope="module")
def seen(html, printed) -> dict:
    """What class.mjs sees of the book on disk, without a server."""
    places = (html / "slides" / "index.html", html / "book" / "summary.html")
    addresses = [place.as_uri() for place in places]
    return run_in_browser("class.mjs", *addresses, str(printed))


def test_the_right_arrow_goes_through_all_slides_and_the_left_one_back(seen):
    titles = [slide["title"] for slide in seen["slides"]]
    assert len(titles) > 35
    assert len(set(titles)) > len(titles) - 5  # "Exercise" comes several times
    assert all(slide["shown"] for slide in seen["slides"])
    assert seen["back"] == titles[-2]


def test_the_slides_ask_nothing_of_the_network_and_lack_nothing(seen):
    assert seen["faults"] == []
    assert not any(slide["braces"] for slide in seen["slides"])
    pictures = [picture for slide in seen["slides"] for picture in slide["pictures"]]
    assert len(pictures) > 10
    for picture in pictures:
        assert picture["naturalWidth"] and len(picture["alt"]) > 40


def test_notes_are_there_for_who_teaches_and_hidden_from_the_class(seen):
    for slide in seen["slides"]:
        assert "minute" in slide["notes"], slide["title"]
        assert not slide["notesShown"], slide["title"]


def test_nothing_runs_off_a_slide(seen):
    assert [s["title"] for s in seen["slides"] if s["height"] > 720] == []


def test_no_kind_of_slide_breaks_a_rule_of_wcag_2_2_at_levels_a_and_aa(seen):
    looked_at = [slide for slide in seen["slides"] if "accessibility" in slide]
    assert {slide["kind"] for slide in looked_at} == {"h1", "img", "table", "pre"}
    faults = [fault for slide in looked_at for fault in slide["accessibility"]]
    assert not faults, "\n".join(faults)


def test_every_link_of_the_slides_arrives(html):
    page = html / "slides" / "index.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    links = [urlsplit(link["href"]) for link in soup.select("a[href]")]
    assert links
    for link in links:
        there = (page.parent / unquote(link.path)).resolve()
        assert there.is_file(), link.geturl()
        target = BeautifulSoup(there.read_text(encoding="utf-8"), "html.parser")
        assert not link.fragment or target.find(id=link.fragment), link.geturl()


def test_the_slides_come_with_what_they_ask_for_and_no_more(html):
    folder = html / "slides"
    wanted = {"index.html", *files_asked_for(folder / "index.html")}
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert there - wanted == {"_static/revealjs/LICENSE"}
    assert wanted <= there


def test_the_summary_prints_on_one_page(seen, printed):
    pages = PdfReader(printed).pages
    assert len(pages) == 1
    said = "".join(pages[0].extract_text().split())
    for heading in (
        "Fivewords",
        "Anhonestexperiment",
        "Whichstrategywhen",
        "makelabel",
    ):
        assert heading in said
    assert "Contents" not in said
