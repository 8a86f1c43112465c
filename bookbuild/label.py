"""Open the chapter on labelling, set to a file of texts and a store, in JupyterLab.

    python -m bookbuild.label tickets.csv --store labels --who Ada

The chapter is copied into the store's folder once, and opened from there again and again:
what was written into it stays. The file of texts is only read.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from alutils.corpus.reviews import load_reviews
from alutils.files import written_whole
from bookbuild.execute import ROOT
from bookbuild.kernel import OWN_PYTHON, kernel_environment, write_kernel

CHAPTER = ROOT / "notebooks" / "10_label_your_own_texts.ipynb"


def set_chapter(texts: Path, store: Path, who: str, **columns: str | None) -> Path:
    """The chapter in a store's folder, set to a file of texts and a person; the copy of
    this person that is there already, if it is set to the same texts.

    Parameters
    ----------
    columns
        `text_column` and `label_column`, where they are not recognized

    Raises
    ------
    ValueError, FileNotFoundError
        If the file is not one of texts, or the store was begun with another file.
    """
    texts, store = texts.expanduser().resolve(), store.expanduser().resolve()
    load_reviews(texts, classes=(), **columns)
    name = re.sub(r"[^\w-]+", "-", who)
    path = store / f"label-{name}.ipynb"
    if path.exists():
        begun = nbformat.read(path, 4).metadata.get("labels", {}).get("texts")
        if begun != str(texts):
            raise ValueError(
                f"{store} was begun with {begun}, not with {texts}: name that file, or"
                " another folder (STORE=…)"
            )
        return path
    values = {"source": str(texts), "who": who, "folder": str(store)}
    values |= {name: value for name, value in columns.items() if value}
    notebook = parameterize_notebook(load_notebook_node(str(CHAPTER)), values)
    for part in (notebook, *notebook.cells):
        part.metadata.pop("papermill", None)
    notebook.metadata["labels"] = {"texts": str(texts)}
    store.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as file:
        file.write(nbformat.writes(notebook).encode())
    return path


def lab_command(path: Path, *options: str) -> tuple[list[str], dict[str, str]]:
    """What opens a notebook in JupyterLab with this environment's Python as its kernel,
    and the variables for it."""
    own = write_kernel(path.parent / ".jupyter", OWN_PYTHON)
    environment = kernel_environment(own, None) | {
        "PYTHONPATH": os.pathsep.join(
            [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
    }
    root = json.dumps(str(path.parent))
    command = [sys.executable, "-m", "jupyter", "lab", str(path)]
    return [*command, f"--ServerApp.root_dir={root}", *options], environment


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out the command line.

    Raises
    ------
    SystemExit
        If something is wrong; the message says what.
    """
    parser = argparse.ArgumentParser(prog="make label", description=__doc__)
    parser.add_argument("texts", help="the file or folder of texts")
    parser.add_argument("--store", type=Path, default=Path("labels"))
    parser.add_argument("--who", default="", help="the person who labels")
    parser.add_argument("--text-column")
    parser.add_argument("--label-column")
    given, options = parser.parse_known_args(arguments)
    if not given.texts:
        sys.exit("which texts? Say it as in: make label DATA=tickets.csv")
    try:
        path = set_chapter(
            Path(given.texts),
            given.store,
            given.who or getpass.getuser(),
            text_column=given.text_column or None,
            label_column=given.label_column or None,
        )
    except (OSError, ValueError) as error:
        sys.exit(f"{error}\n(make label takes TEXT_COLUMN=… and LABEL_COLUMN=…)")
    print(f"{path}\nRun its cells from the top; your labels lie beside it.", flush=True)
    command, environment = lab_command(path, *options)
    sys.exit(subprocess.run(command, env=environment).returncode)


if __name__ == "__main__":
    main()
