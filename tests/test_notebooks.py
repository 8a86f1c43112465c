"""The notebooks as they are stored: what a reader in Colab opens, and what a reviewer reads."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import papermill
import pytest

from alutils.results import tracked_results
from bookbuild.execute import PARAMETERS, check_parameters
from bookbuild.kernel import KERNEL
from bookbuild.numbers import in_words, reading_minutes

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_CELLS = 40  # exercises and solutions included
SENTENCE_END = re.compile(r"[.:?!)”*]$")


def faults(notebook: nbformat.NotebookNode) -> list[str]:
    """What is wrong with the structure of a notebook; an empty list if nothing is."""
    cells, found = notebook.cells, []
    code = [cell for cell in cells if cell.cell_type == "code"]
    if any(cell.outputs or cell.execution_count for cell in code):
        found.append("stored outputs")
    kernel = notebook.metadata.get("kernelspec", {})
    if "name" not in kernel:
        found.append("no kernelspec")
    elif kernel != KERNEL:
        found.append(
            f"kernel {kernel['name']!r} instead of {KERNEL['name']!r}: an editor wrote it;"
            " put back the one of another chapter"
        )
    tagged = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        found.append(f"{len(tagged)} parameters cells")
    for cell in tagged:
        lines = cell.source.splitlines()
        if len(lines) > 9 or not all("#" in line for line in lines):
            found.append("parameters: more than nine lines, or one without a comment")
    for before, cell in zip([None, *cells], cells, strict=False):
        if cell.cell_type == "code":
            if cell in tagged and before in code:
                continue  # folded with the cell before it, one lead-in for both
            if before is None or before.cell_type != "markdown":
                found.append(f"no lead-in before: {cell.source[:40]!r}")
            elif not SENTENCE_END.search(before.source.strip().splitlines()[-1]):
                found.append(f"no sentence before: {cell.source[:40]!r}")
            if re.search(r"^plot_\w+\(", cell.source, flags=re.M):
                mystnb = cell.metadata.get("mystnb", {})
                if not mystnb.get("image", {}).get("alt"):
                    found.append(f"no alt text: {cell.source[:40]!r}")
                if not mystnb.get("figure", {}).get("caption"):
                    found.append(f"no caption: {cell.source[:40]!r}")
    if len(cells) > MOST_CELLS:
        found.append(f"{len(cells)} cells: more than {MOST_CELLS} are two chapters")
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for heading in (
        "**What you'll do.**",
        "**What you'll learn.**",
        "**What you'll need.**",
        "## Recap",
        "## Exercises",
    ):
        if heading not in text:
            found.append(f"no {heading}")
    exercises = re.findall(r"```\{exercise\}.*\n:label: (\S+)", text)
    solutions = re.findall(r"```\{solution-start\} (\S+)", text)
    if not 2 <= len(exercises) <= 4:
        found.append(f"{len(exercises)} exercises: two to four are wanted")
    if exercises != solutions:
        found.append(f"exercises {exercises} and solutions {solutions} do not pair up")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text):
        if not (ROOT / "notebooks" / target).is_file():
            found.append(f"link to nowhere: {target}")
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_the_structure_of_the_book(path):
    assert faults(nbformat.read(path, 4)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_parameters_of_a_notebook_are_settings(path):
    check_parameters(path, {"profile": "small"})


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda nb: code_of(nb)[3].update(execution_count=1), "stored outputs"),
        (lambda nb: nb.metadata.pop("kernelspec"), "no kernelspec"),
        (
            lambda nb: nb.metadata.kernelspec.update(name="venv-311"),
            "kernel 'venv-311' instead of 'python3'",
        ),
        (lambda nb: code_of(nb)[1].metadata.pop("tags"), "0 parameters cells"),
        (lambda nb: nb.cells.insert(6, nb.cells[5]), "no lead-in before"),
        (lambda nb: nb.cells.extend(nb.cells[:20]), "cells: more than 40 are two"),
        (lambda nb: figure_of(nb).metadata.pop("mystnb"), "no alt text"),
        (lambda nb: nb.cells[0].update(source="# Title"), "no **What you'll do.**"),
        (
            lambda nb: nb.cells[-1].update(
                source="```{solution-start} ex-00-other\n```"
            ),
            "do not pair up",
        ),
        (
            lambda nb: nb.cells[0].update(
                source=nb.cells[0].source + " [x](../book/no.md)"
            ),
            "link to nowhere: ../book/no.md",
        ),
    ],
)
def test_a_damaged_notebook_is_told_what_is_wrong(damage, fault):
    notebook = nbformat.read(NOTEBOOKS[0], 4)
    damage(notebook)
    assert any(fault in found for found in faults(notebook))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_time_that_a_notebook_promises_is_the_measured_one(path):
    times = tracked_results("run_times_full").query("chapter == @path.stem")
    measured = [
        f"Machine's time: {in_words(run.seconds)} at full size on {run.cores} processor"
        " cores."
        for run in times.itertuples()
    ]
    (promise,) = measured or ["Machine's time: not measured yet."]
    opening = nbformat.read(path, 4).cells[0].source
    assert promise in opening, "write the time into the notebook that make results kept"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_reader_s_time_that_a_notebook_promises_follows_from_its_length(path):
    notebook = nbformat.read(path, 4)
    said = f"Reader's time: about {reading_minutes(notebook)} minutes. Machine's time:"
    assert said in notebook.cells[0].source


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def figure_of(notebook):
    return next(
        cell
        for cell in code_of(notebook)
        if "mystnb" in cell.metadata and "image" in cell.metadata.mystnb
    )


def test_an_unknown_name_in_the_parameters_cell_is_an_error(tmp_path):
    notebook = nbformat.read(NOTEBOOKS[0], 4)
    code_of(notebook)[1].source = "profile = 'small'  # known\nepoch = 3  # not known"
    path = tmp_path / "wrong.ipynb"
    nbformat.write(notebook, path)
    with pytest.raises(
        ValueError,
        match=r"wrong\.ipynb: .*'epoch', which is no setting \(settings: .*epochs",
    ):
        check_parameters(path, {"profile": "small"})


def test_a_parameter_that_the_notebook_lacks_is_an_error():
    assert "epochs" in PARAMETERS  # a setting, but none of this notebook's parameters
    with pytest.raises(
        ValueError,
        match=r"01_\w+\.ipynb has no parameter 'epochs' \(it has: profile, source,"
        r" text_column, label_column, positive, limit, seed\)",
    ):
        check_parameters(NOTEBOOKS[0], {"profile": "small", "epochs": 3})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_reader_s_own_file_can_be_described_in_every_notebook(path):
    wanted = {"source", "text_column", "label_column", "positive", "limit"}
    assert wanted <= set(papermill.inspect_notebook(str(path)))


def test_an_unknown_profile_is_an_error():
    with pytest.raises(
        ValueError, match="unknown profile 'big': choose one of 'full', 'small'"
    ):
        check_parameters(NOTEBOOKS[0], {"profile": "big"})


def test_a_notebook_without_parameters_is_an_error(tmp_path):
    path = tmp_path / "bare.ipynb"
    notebook = nbformat.read(NOTEBOOKS[0], 4)
    code_of(notebook)[1].metadata.tags = []
    nbformat.write(notebook, path)
    with pytest.raises(ValueError, match=r"bare\.ipynb has no parameters"):
        check_parameters(path, {"profile": "small"})
