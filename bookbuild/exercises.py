"""The exercises of the chapters without their solutions, as a class gets them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat

EXERCISE = re.compile(
    r"^(?P<fence>`{3,})\{exercise\} *(?P<title>[^\n]*)\n:label: *(?P<label>\S+)\n"
    r"(?P<text>.*?)^(?P=fence)$",
    flags=re.M | re.S,
)


@dataclass(frozen=True)
class Exercise:
    """What a chapter asks; `text` is Markdown."""

    label: str
    title: str
    text: str

    def with_title(self, number: int | None = None) -> str:
        """The title as the words that lead in, after a number if there is one, and the
        text."""
        lead_in = self.title if number is None else f"{number}. {self.title}"
        stop = "" if self.title.endswith(("?", "!")) else "."
        return f"**{lead_in}{stop}** {self.text}"


def outside_solutions(
    notebook: nbformat.NotebookNode,
) -> list[nbformat.NotebookNode]:
    """The cells of a notebook as far as they stand outside solutions, which begin and
    end in Markdown cells; the notebook stays as it is."""
    kept, inside, ending = [], False, False
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            if not inside:
                kept.append(cell)
            continue
        lines = []
        for line in cell.source.splitlines():
            if line.startswith("```{solution-start}"):
                inside = True
            elif line.startswith("```{solution-end}"):
                ending = True
            elif ending:  # the fence that closes it
                inside = ending = False
            elif not inside:
                lines.append(line)
        if any(lines):
            kept.append(nbformat.from_dict({**cell, "source": "\n".join(lines)}))
    return kept


def exercises_of(notebook: nbformat.NotebookNode) -> list[Exercise]:
    """The exercises of a notebook in their order."""
    cells = outside_solutions(notebook)
    text = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    return [
        Exercise(found["label"], found["title"], found["text"].strip())
        for found in EXERCISE.finditer(text)
    ]


def with_exercises(page: str, notebooks: Iterable[Path]) -> str:
    """The page to hand out, from how it opens: a section for each chapter that has
    exercises, with a link to where their solutions are."""
    parts = [page.rstrip()]
    for path in notebooks:
        notebook = nbformat.read(path, 4)
        exercises = exercises_of(notebook)
        if not exercises:
            continue
        title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
        parts.append(f"## Chapter {int(path.stem[:2])}: {title}")
        for number, exercise in enumerate(exercises, 1):
            parts.append(exercise.with_title(number))
        parts.append(
            f"Solutions: behind the exercises of [{title}](../notebooks/{path.name})."
        )
    return "\n\n".join(parts) + "\n"
