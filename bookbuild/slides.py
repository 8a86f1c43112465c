"""The slides for a class, from the sources of the book; Sphinx and reveal.js make them.

The deck (book/slides/index.md) names figures and exercises. What they show and say
comes from the executed notebooks and from the pages, numbers from the tracked results.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup

from bookbuild.contents import ROOT
from bookbuild.exercises import exercises_of

DECK = ROOT / "book" / "slides"
LICENCES = ("_static/revealjs/LICENSE",)
# What the deck names: a block with a name and nothing in it.
NAMED = re.compile(r"^```\{(figure|exercise)\} (\S+)\n```$", flags=re.M)
ON_A_PAGE = re.compile(
    r"^```\{figure\} (?P<file>\S+)\n(?P<options>(?::[^\n]*\n)+)\n(?P<caption>.*?)\n```$",
    flags=re.M | re.S,
)


@dataclass(frozen=True)
class NamedFigure:
    """A figure of the book: its file, and what a page says with it in Markdown."""

    file: str
    content: bytes
    alt: str
    caption: str


def figures_of(notebook: nbformat.NotebookNode) -> dict[str, NamedFigure]:
    """The figures of an executed notebook by their names."""
    found = {}
    for cell in notebook.cells:
        shown = cell.metadata.get("mystnb", {})
        name = shown.get("figure", {}).get("name")
        pictures = [
            output.data["image/png"]
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        if name and pictures:
            found[name] = NamedFigure(
                f"{name}.png",
                b64decode(pictures[-1]),
                shown["image"]["alt"],
                shown["figure"]["caption"],
            )
    return found


def figures_on(page: str, pictures: Mapping[str, bytes]) -> dict[str, NamedFigure]:
    """The figures of a page in Markdown by their names; `pictures` has what they show,
    by the names of the files."""
    found = {}
    for figure in ON_A_PAGE.finditer(page):
        options = dict(re.findall(r"^:(\w+): *(.*)$", figure["options"], flags=re.M))
        file = figure["file"].rpartition("/")[2]
        if file in pictures and "name" in options:
            found[options["name"]] = NamedFigure(
                file, pictures[file], options["alt"], figure["caption"]
            )
    return found


def slides_sources(
    executed: Iterable[Path], pictures: Mapping[str, bytes], numbers: Mapping[str, str]
) -> dict[str, bytes]:
    """What the slides are built from, by the names of the files.

    Parameters
    ----------
    executed
        the executed notebooks
    pictures
        what the pages show, drawings and what is drawn as the book is made, by the names
        of the files
    numbers
        what stands for names in double braces

    Raises
    ------
    ValueError
        If the deck names a figure or an exercise that the book does not have.
    """
    figures: dict[str, NamedFigure] = {}
    exercises: dict[str, str] = {}
    for page in sorted(DECK.parent.glob("*.md")):
        figures |= figures_on(page.read_text(encoding="utf-8"), pictures)
    for path in executed:
        notebook = nbformat.read(path, 4)
        figures |= figures_of(notebook)
        for exercise in exercises_of(notebook):
            link = f"../notebooks/{path.stem}.html#{exercise.label}"
            exercises[exercise.label] = (
                f"{exercise.with_title()}\n\n"
                f'<p><a href="{link}">In the book, with its solution</a></p>'
            )
    content = {
        path.name: path.read_bytes() for path in DECK.iterdir() if path.is_file()
    }
    deck = content["index.md"].decode()
    for kind, name in NAMED.findall(deck):
        if kind == "figure":
            figure = _the(figures, name, "figure")
            content[figure.file] = figure.content

    def filled(named: re.Match[str]) -> str:
        if named[1] == "exercise":
            return _the(exercises, named[2], "exercise")
        figure = figures[named[2]]
        return (
            f"```{{figure}} {figure.file}\n:alt: {figure.alt}\n\n{figure.caption}\n```"
        )

    content["index.md"] = NAMED.sub(filled, deck).encode()
    content["numbers.json"] = json.dumps(numbers, indent=1).encode()
    return content


def _the(there: Mapping[str, Any], name: str, kind: str) -> Any:
    if name not in there:
        raise ValueError(
            f"the slides name the {kind} {name!r}, which the book does not have (it has:"
            f" {', '.join(sorted(there))}). Name another in book/slides/index.md"
        )
    return there[name]


def build_slides(source: Path, target: Path, build: Path) -> Path:
    """Build the slides into the folder `target`, with the files that they ask for and no
    others; returns their page.

    Raises
    ------
    RuntimeError
        If Sphinx warned of anything; what it said has been printed.
    """
    print("  building the slides", flush=True)
    whole = build / "slides"
    command = [sys.executable, "-m", "sphinx", "-b", "revealjs", "-W", "-n", "-q"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [*command, "-d", str(build / "slides-read"), str(source), str(whole)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout)
        raise RuntimeError("the slides have faults (above): mend them and run it again")
    page = whole / "index.html"
    shutil.rmtree(target, ignore_errors=True)
    for name in ["index.html", *files_asked_for(page), *LICENCES]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(whole / name, target / name)
    return target / "index.html"


def files_asked_for(page: Path) -> list[str]:
    """The files that a page loads, as it names them, without what tells versions apart."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    asked = [
        element[key].partition("?")[0]
        for selector, key in (
            ("link[rel=stylesheet]", "href"),
            ("script[src]", "src"),
            ("img", "src"),
        )
        for element in soup.select(selector)
    ]
    return list(dict.fromkeys(asked))
