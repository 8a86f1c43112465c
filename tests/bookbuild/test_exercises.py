"""The exercises of the chapters, as a class gets them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from bookbuild.exercises import (
    Exercise,
    exercises_of,
    outside_solutions,
    with_exercises,
)

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
new = nbformat.v4


def test_what_stands_in_a_solution_is_left_out_over_cells_and_within_them():
    notebook = new.new_notebook(
        cells=[
            new.new_markdown_cell(
                "Before.\n\n```{solution-start} ex-a\n:class: dropdown\n```\n\nSecret."
            ),
            new.new_code_cell("secret = 1"),
            new.new_markdown_cell("Secret, too."),
            new.new_markdown_cell(
                "```{solution-end}\n```\n\nBetween.\n\n```{solution-start} ex-b\n```\n"
                "Secret.\n```{solution-end}\n```\nAfter."
            ),
            new.new_code_cell("shown = 1"),
        ]
    )
    before = nbformat.writes(notebook)
    kept = [cell.source for cell in outside_solutions(notebook)]
    assert [line for text in kept for line in text.split("\n") if line] == [
        "Before.",
        "Between.",
        "After.",
        "shown = 1",
    ]
    assert nbformat.writes(notebook) == before


def test_an_exercise_keeps_the_fences_within_it():
    notebook = new.new_notebook(
        cells=[
            new.new_markdown_cell(
                "````{exercise} A loop\n:label: ex-a\n\nWhat does it do?\n\n"
                "```python\nfor x in y: ...\n```\n````\n\nMore."
            )
        ]
    )
    text = "What does it do?\n\n```python\nfor x in y: ...\n```"
    assert exercises_of(notebook) == [Exercise("ex-a", "A loop", text)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_of_a_chapter_is_found_and_nothing_of_its_solutions(path):
    notebook = nbformat.read(path, 4)
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    found = exercises_of(notebook)
    assert [f"```{{solution-start}} {e.label}" for e in found] == [
        line for line in text.splitlines() if line.startswith("```{solution-start}")
    ]
    assert not any("solution" in exercise.text for exercise in found)
    assert all(len(exercise.text.split()) > 5 for exercise in found)


def test_a_title_leads_in_and_ends_once():
    assert Exercise("ex-a", "A coin", "Guess.").with_title() == "**A coin.** Guess."
    assert Exercise("ex-b", "Why?", "Say.").with_title(2) == "**2. Why?** Say."


def test_the_page_to_hand_out_has_every_exercise_once_and_no_solution():
    page = with_exercises("# Exercises\n\nHow it opens.\n", NOTEBOOKS)
    assert page.startswith("# Exercises\n\nHow it opens.\n")
    for path in NOTEBOOKS:
        found = exercises_of(nbformat.read(path, 4))
        assert f"(../notebooks/{path.name})" in page
        assert all(page.count(exercise.text) == 1 for exercise in found)
    assert "solution-start" not in page


def test_a_chapter_without_exercises_is_not_on_it(tmp_path):
    path = tmp_path / "01_plain.ipynb"
    cells = [new.new_markdown_cell("# Plain\n\nText.")]
    nbformat.write(new.new_notebook(cells=cells), path)
    assert with_exercises("# Exercises\n", [path]) == "# Exercises\n"
