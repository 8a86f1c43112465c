"""The font of the icons that a book shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pydata_sphinx_theme
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from bookbuild.icons import ALL_ICONS, ICONS, shown_icons, write_icons

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
SUN, CROSS, BELL, COFFEE = (
    0xF185,
    0xF00D,
    0xF0F3,
    0xF0F4,
)  # as fontawesome.com lists them


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> Path:
    """A book of one page with one icon, and a script that brings another."""
    html = tmp_path_factory.mktemp("html")
    shutil.copytree(THEME, html / "_static", ignore=shutil.ignore_patterns("*.map"))
    (html / "book").mkdir()
    (html / "book" / "index.html").write_text('<i class="fa-solid fa-sun fa-lg"></i>')
    (html / "_static" / "more.js").write_text('icon.className = "fa-solid fa-xmark";')
    (html / "_static" / "more.css").write_text('.down:after { content: "\\f107"; }')
    write_icons(html)
    return html


def outlines(path: Path, signs: list[int]) -> list[list]:
    font = TTFont(path)
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    drawn = []
    for sign in signs:
        pen = RecordingPen()
        glyphs[names[sign]].draw(pen)
        drawn.append([glyphs[names[sign]].width, pen.value])
    return drawn


def test_it_has_what_pages_scripts_and_styles_show_and_little_else(html):
    signs = set(TTFont(html / ICONS).getBestCmap())
    assert {SUN, CROSS, BELL, 0xF107} <= signs
    assert COFFEE not in signs
    assert signs == set(map(ord, shown_icons(html))) & set(
        TTFont(html / ALL_ICONS).getBestCmap()
    )
    assert (html / ICONS).stat().st_size < 5_000


def test_each_icon_is_drawn_as_in_the_whole_font(html):
    signs = [SUN, CROSS, BELL]
    assert outlines(html / ICONS, signs) == outlines(html / ALL_ICONS, signs)


def test_the_font_keeps_its_licence_and_bears_no_name(html):
    names = {record.nameID for record in TTFont(html / ICONS)["name"].names}
    assert names <= {0, 13, 14}
    assert 0 in names


def test_the_same_book_gets_the_same_font(html):
    before = (html / ICONS).read_bytes()
    write_icons(html)
    assert (html / ICONS).read_bytes() == before
