"""The API page and the table of rooms, both read off the package."""

from __future__ import annotations

import importlib
from pathlib import Path

from bookbuild.api import (
    ROOMS,
    modules_of,
    says,
    table_of_rooms,
    with_modules,
    write_table,
)

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "alutils"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if path.name != "__init__.py"
)


def test_every_module_is_on_the_api_page_once():
    page = with_modules("# API\n\nHow it opens.")
    lines = page.splitlines()
    assert lines[:3] == ["# API", "", "How it opens."]
    shown = [line.split()[-1] for line in lines if line.startswith(".. automodule::")]
    assert sorted(shown) == [f"alutils.{module}" for module in MODULES]


def test_the_page_goes_through_the_rooms_in_their_order():
    page = with_modules((ROOT / "book" / "api.md").read_text(encoding="utf-8"))
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert headings == list(ROOMS)


def test_a_room_says_what_it_holds_as_its_docstring_does():
    for room in ROOMS:
        docstring = importlib.import_module(f"alutils.{room}").__doc__
        assert says(room) == " ".join(docstring.split("\n\n")[0].split())


def test_a_module_that_is_added_is_found(tmp_path):
    (tmp_path / "corpus" / "sources").mkdir(parents=True)
    for name in ("__init__", "splits", "sources/__init__", "sources/mine"):
        (tmp_path / "corpus" / f"{name}.py").touch()
    assert modules_of("corpus", tmp_path) == ["corpus.sources.mine", "corpus.splits"]
    assert modules_of("cache", tmp_path) == []


def test_the_readme_has_the_table_of_rooms():
    table = table_of_rooms()
    assert table in (ROOT / "README.md").read_text(encoding="utf-8"), (
        "bring README.md up to date: python -m bookbuild.api"
    )


def test_the_table_is_replaced_and_nothing_else(tmp_path):
    readme = tmp_path / "README.md"
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    readme.write_text(text.replace("| `corpus` |", "| `corpse` |"), encoding="utf-8")
    write_table(readme)
    assert readme.read_text(encoding="utf-8") == text
