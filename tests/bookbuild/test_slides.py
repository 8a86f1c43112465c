"""The slides: what they take from the book, and what they are for."""

from __future__ import annotations

import re
import shutil
from base64 import b64encode

import nbformat
import pytest

from bookbuild import slides
from bookbuild.slides import DECK, build_slides, figures_of, figures_on, slides_sources

PICTURE = b"\x89PNG not really"
new = nbformat.v4


def notebook_with(name: str) -> nbformat.NotebookNode:
    """An executed notebook with one figure and one exercise."""
    output = new.output_from_msg(
        {
            "header": {"msg_type": "display_data"},
            "content": {
                "data": {"image/png": b64encode(PICTURE).decode()},
                "metadata": {},
            },
        }
    )
    shown = {
        "image": {"alt": "Two bars."},
        "figure": {"caption": "Bars.", "name": name},
    }
    code = new.new_code_cell("plot()", metadata={"mystnb": shown}, outputs=[output])
    text = "```{exercise} Why?\n:label: ex-a\n\nSay why.\n```"
    return new.new_notebook(cells=[code, new.new_markdown_cell(text)])


@pytest.fixture
def deck(tmp_path, monkeypatch):
    """A book with one executed notebook and one page; writes a deck, returns what the
    slides are built from."""
    folder = tmp_path / "book" / "slides"
    folder.mkdir(parents=True)
    (folder.parent / "page.md").write_text(
        "# Page\n\n```{figure} figures/a.svg\n:name: fig-a\n:width: 100%\n:alt: A loop.\n\nRound"
        " and round.\n```\n"
    )
    executed = tmp_path / "01_look.ipynb"
    nbformat.write(notebook_with("fig-01-bars"), executed)
    monkeypatch.setattr(slides, "DECK", folder)

    def sources(text: str) -> dict[str, bytes]:
        (folder / "index.md").write_text(text)
        return slides_sources([executed], {"a.svg": b"<svg/>"}, {"seeds": "30"})

    return sources


def test_a_figure_comes_with_its_caption_and_its_words_for_who_cannot_see_it(deck):
    got = deck("# Deck\n\n```{figure} fig-01-bars\n```\n")
    assert got["fig-01-bars.png"] == PICTURE
    assert got["index.md"].decode() == (
        "# Deck\n\n```{figure} fig-01-bars.png\n:alt: Two bars.\n\nBars.\n```\n"
    )


def test_a_figure_of_a_page_does_too(deck):
    got = deck("```{figure} fig-a\n```")
    assert got["a.svg"] == b"<svg/>"
    assert got["index.md"].decode() == (
        "```{figure} a.svg\n:alt: A loop.\n\nRound and round.\n```"
    )


def test_only_figures_that_the_deck_names_go_with_it(deck):
    assert set(deck("# Deck\n")) == {"index.md", "numbers.json"}


def test_an_exercise_comes_without_its_solution_and_with_the_way_to_it(deck):
    text = deck("```{exercise} ex-a\n```")["index.md"].decode()
    assert text.startswith("**Why?** Say why.\n")
    assert 'href="../notebooks/01_look.html#ex-a"' in text


@pytest.mark.parametrize(
    ("kind", "there"), [("figure", "fig-01-bars, fig-a"), ("exercise", "ex-a")]
)
def test_a_name_that_the_book_lacks_is_an_error_that_lists_those_it_has(
    deck, kind, there
):
    with pytest.raises(
        ValueError,
        match=rf"the slides name the {kind} 'gone', .* \(it has: {there}\)\. Name another",
    ):
        deck(f"```{{{kind}}} gone\n```")


def test_a_figure_cell_that_shows_no_picture_is_none():
    notebook = notebook_with("fig-01-bars")
    notebook.cells[0].outputs = []
    assert figures_of(notebook) == {}


def test_the_pages_figures_have_names_captions_and_alternative_texts():
    pictures = dict.fromkeys(("loop.svg", "headline.png"), PICTURE)
    found = {}
    for page in DECK.parent.glob("*.md"):
        found |= figures_on(page.read_text(encoding="utf-8"), pictures)
    assert {"fig-loop", "fig-headline"} <= set(found)
    assert all(len(figure.alt) > 40 and figure.caption for figure in found.values())


def test_a_fault_in_the_deck_stops_the_build_and_leaves_no_slides(tmp_path, capfd):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("conf.py", "slides.css"):
        shutil.copyfile(DECK / name, source / name)
    (source / "numbers.json").write_text("{}")
    (source / "index.md").write_text("# Deck\n\nIt took {{ gone }} seeds.\n")
    with pytest.raises(RuntimeError, match="the slides have faults"):
        build_slides(source, tmp_path / "html", tmp_path)
    assert "gone" in capfd.readouterr().out
    assert not (tmp_path / "html").exists()


def blocks() -> list[tuple[str, list[str]]]:
    """The blocks of the deck: title, and the notes of each slide."""
    text = (DECK / "index.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.M)[1:]
    return [
        (part.partition("\n")[0], re.split(r"^### ", part, flags=re.M))
        for part in parts
    ]


def test_the_class_takes_two_hours_in_six_blocks_of_a_quarter_of_an_hour_or_more():
    length = {}
    for title, parts in blocks():
        minutes = [
            int(found[1])
            for part in parts
            if (
                found := re.search(
                    r'^<aside class="notes">\n\n(\d+) minutes?\b', part, re.M
                )
            )
        ]
        assert len(minutes) == len(parts), f"{title}: a slide without its minutes"
        length[title] = sum(minutes)
    assert len(length) == 6
    assert all(15 <= minutes <= 20 for minutes in length.values()), length
    assert sum(length.values()) <= 120
