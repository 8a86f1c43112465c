"""A notebook that runs in a moment."""

from __future__ import annotations

from pathlib import Path

import nbformat

from bookbuild.kernel import KERNEL


def tiny_notebook(path: Path, *sources: str) -> Path:
    """A notebook with a parameters cell and the given code cells."""
    new = nbformat.v4
    parameters = new.new_code_cell(
        "profile = 'full'  # which sizes", metadata={"tags": ["parameters"]}
    )
    cells = [
        new.new_markdown_cell("# Tiny\n\nText."),
        parameters,
        *map(new.new_code_cell, sources),
    ]
    notebook = new.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, path)
    return path
