"""What a page loads, and what it does not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from alutils.figures.moving import moving
from bookbuild.loading import STYLES
from bookbuild.make import build_html

ROOT = Path(__file__).parents[2]
CONFIG = """title: Tiny
execute: {execute_notebooks: 'off'}
sphinx:
  extra_extensions: [bookbuild.loading]
  config: {templates_path: [_templates], html_extra_path: [_scripts]}
"""


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> Path:
    """A book of two pages, of which the second has a part to move."""
    folder = tmp_path_factory.mktemp("book")
    source = folder / "source"
    for kept in ("_templates", "_scripts"):
        shutil.copytree(ROOT / kept, source / kept)
    (source / "_config.yml").write_text(CONFIG)
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: start\nchapters: [{file: part}]\n"
    )
    (source / "start.md").write_text("# Start\n\n```{tip}\nRead on.\n```\n")
    part = moving("seesaw", {"a": [1]})._repr_html_()
    (source / "part.md").write_text(f"# Part\n\n```{{raw}} html\n{part}\n```\n")
    return build_html(source, folder).parent


def loaded(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    return {
        name.partition("?")[0] for name in re.findall(r'(?:src|href)="([^"]+)"', text)
    }


def test_only_a_page_with_a_part_to_move_loads_its_script_and_no_other(html):
    there = {"moving/moving.css", "moving/moving.js", "moving/seesaw.js"}
    found = {name: loaded(html / f"{name}.html") for name in ("start", "part")}
    assert {name for name in found["part"] if name.startswith("moving/")} == there
    assert not [name for name in found["start"] if "moving" in name]
    assert all((html / name).is_file() for name in there)


def test_only_the_search_loads_the_index_of_words(html):
    pages = {path.name for path in html.glob("*.html")}
    with_index = {name for name in pages if "searchindex.js" in loaded(html / name)}
    assert with_index == {"search.html"}


def test_the_styles_keep_what_the_pages_use_and_lose_the_rest(html):
    styles = (html / "_static" / STYLES[0]).read_text(encoding="utf-8")
    assert ".admonition.tip" in styles and ".admonition.caution" not in styles
    assert "Bootstrap" in styles and "Font Awesome" in styles  # their copyright
    assert len(styles) < 200_000
