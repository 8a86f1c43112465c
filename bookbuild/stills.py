"""A cell that shows a part to move and its still picture becomes two on the page."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode

PART = '<div class="moving" '
NOTE = "# The still picture of the part above, which moves in the book's pages."


def with_stills_apart(notebook: NotebookNode) -> NotebookNode:
    """The notebook with each still picture in a cell of its own, behind the cell whose
    output is the part that moves: MyST-NB makes a figure, with its number and its name,
    of every output of a cell that has a caption.

    The script of the part, `_scripts/moving/moving.js`, finds the picture in the next cell.
    """
    notebook = deepcopy(notebook)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        outputs = cell.get("outputs", [])
        parts = [output for output in outputs if _moves(output)]
        if not parts or "mystnb" not in cell.metadata:
            continue
        still = deepcopy(cell)
        # Without a word in it MyST-NB would leave the cell out.
        still.update(id=f"{cell.id}-still", source=NOTE)
        still.metadata.tags = ["remove-input"]
        still.outputs = [output for output in outputs if output not in parts]
        cell.outputs = parts
        for key in ("figure", "image"):
            cell.metadata.mystnb.pop(key, None)
        cells.append(still)
    notebook.cells = cells
    return notebook


def _moves(output: NotebookNode) -> bool:
    return output.get("data", {}).get("text/html", "").startswith(PART)
