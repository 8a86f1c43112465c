"""Execute the notebooks and build the pages; `make book` calls it.

Each notebook goes the same way: papermill sets its parameters in a copy (build/PROFILE/running), nbmake executes the
copy, and only a copy that ran to its end moves to build/PROFILE/executed. The pages are built from what lies there,
so an interruption costs the notebook at hand and never leaves half of one in the book. A notebook runs again when it,
the package, the lock, the tracked results, the profile or the backend changed: their digest stays in its metadata.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before Keras: its start-up notes say nothing to a reader

import nbformat
import pandas as pd
import papermill
import yaml

from alutils.cache import digest
from alutils.settings import PROFILES, Settings

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
KNOWN_PARAMETERS = {"profile", *(field.name for field in dataclasses.fields(Settings))}
LONGEST_CELL = 4 * 60 * 60  # seconds; the loop of chapter 4 at full size is one cell


def check_parameters(notebook: Path, parameters: dict[str, object]) -> None:
    """Fail where papermill would only warn: a name that the notebook, or the package, does not know.

    Raises
    ------
    ValueError
        Naming the notebook, the parameter and those that there are.
    """
    declared = papermill.inspect_notebook(str(notebook))
    for name in declared:
        if name not in KNOWN_PARAMETERS:
            raise ValueError(
                f"{notebook.name}: its parameters cell sets {name!r}, which is no setting "
                f"(settings: {', '.join(sorted(KNOWN_PARAMETERS))})"
            )
    for name in parameters:
        if name not in declared:
            raise ValueError(f"{notebook.name} has no parameter {name!r} (it has: {', '.join(declared) or 'none'})")
    if parameters.get("profile") not in PROFILES:
        raise ValueError(f"unknown profile {parameters.get('profile')!r}: choose one of {', '.join(PROFILES)}")


def inputs_digest(notebook: Path, profile: str) -> str:
    """SHA-256 of everything that the outputs of a notebook depend on."""
    text = notebook.read_text(encoding="utf-8")
    results = [path for path in sorted((ROOT / "book" / "results").glob("*.csv")) if path.stem in text]
    files = [notebook, *sorted((ROOT / "alutils").glob("*.py")), *results]
    parts = [part for file in [*files, ROOT / "requirements.txt"] for part in (file.name, file.read_bytes())]
    return digest([profile, os.environ.get("KERAS_BACKEND", "tensorflow"), sys.version, *parts])


def is_current(executed: Path, inputs: str) -> bool:
    """Whether an executed copy is there, whole, and made from these inputs."""
    try:
        return nbformat.read(executed, 4).metadata.book.inputs == inputs
    except (OSError, ValueError, AttributeError):
        return False


def run_seconds(notebook: nbformat.NotebookNode) -> float:
    """Seconds from the start of the first cell to the end of the last, as nbclient recorded them."""
    marks = [cell.metadata.execution for cell in notebook.cells if cell.metadata.get("execution")]
    first, last = marks[0]["iopub.status.busy"], marks[-1]["shell.execute_reply"]
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


def execute(notebook: Path, profile: str, build: Path) -> Path:
    """The executed copy of a notebook, made anew only if something that it depends on changed.

    Raises
    ------
    ValueError
        If a parameter is unknown.
    RuntimeError
        If a cell failed; what it said has been printed.
    """
    executed, running = build / "executed" / notebook.name, build / "running" / notebook.name
    check_parameters(notebook, {"profile": profile})
    inputs = inputs_digest(notebook, profile)
    if is_current(executed, inputs):
        print(f"  {notebook.stem}: unchanged", flush=True)
        return executed
    print(f"  {notebook.stem}: executing", flush=True)
    for folder in (executed.parent, running.parent):
        folder.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        str(notebook), str(running), parameters={"profile": profile}, prepare_only=True, progress_bar=False
    )
    command = ["-m", "pytest", "--nbmake", "--overwrite", f"--nbmake-timeout={LONGEST_CELL}", "-q", "--no-header"]
    plain = ["-c", os.devnull, "--rootdir", str(running.parent), "-p", "no:cacheprovider", "-p", "cell_progress"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "book"),
        "ALUTILS_RESULTS": str(build / "results"),
    }
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *command, *plain, str(running)], env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stdout)
        raise RuntimeError(f"{notebook.stem} did not run to its end (above: the cell and what it said)")
    content = nbformat.read(running, 4)
    content.metadata["book"] = {"inputs": inputs, "profile": profile, "seconds": run_seconds(content)}
    nbformat.write(content, running)
    os.replace(running, executed)
    print(f"    done in {time.perf_counter() - started:.0f} s", flush=True)
    return executed


def chapters() -> list[Path]:
    """The notebooks in the order of the table of contents.

    Raises
    ------
    ValueError
        If a notebook is in the table of contents and not in the folder, or the other way round.
    """
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    named = [c["file"] for part in contents["parts"] for c in part["chapters"] if c["file"].startswith("notebooks/")]
    listed = [ROOT / f"{name}.ipynb" for name in named]
    there = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path in set(listed) ^ set(there):
        place = "_toc.yml names it, but there is no such file" if path in listed else "it is not in _toc.yml"
        raise ValueError(f"notebooks/{path.name}: {place}; add it or take it out")
    return listed


def copy_if_changed(source: Path, target: Path) -> None:
    """Copy a file unless the target already holds the same bytes, so that Sphinx sees only what changed."""
    write_if_changed(source.read_bytes(), target)


def write_if_changed(content: bytes, target: Path) -> None:
    if not target.is_file() or target.read_bytes() != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def stage(executed: list[Path], build: Path) -> Path:
    """Lay the book's sources together: pages, executed notebooks, and the numbers that the pages quote."""
    from tracked_numbers import headline_figure, substitutions

    source = build / "source"
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    config["parse"]["myst_substitutions"] = substitutions()
    if not config["repository"]["url"]:  # no button may lead to an address that nobody owns
        config.pop("repository")
        config.pop("launch_buttons")
        config["html"]["use_repository_button"] = False
    wanted = {
        source / "_config.yml": yaml.safe_dump(config, sort_keys=False).encode(),
        source / "_toc.yml": (ROOT / "_toc.yml").read_bytes(),
    }
    for path in [*(ROOT / "book").glob("*.md"), *(ROOT / "book").glob("*.bib"), *(ROOT / "book" / "figures").iterdir()]:
        wanted[source / path.relative_to(ROOT)] = path.read_bytes()
    for path in (ROOT / "_static").iterdir():
        wanted[source / "_static" / path.name] = path.read_bytes()
    for path in executed:
        wanted[source / "notebooks" / path.name] = with_run_time(nbformat.read(path, 4))
    for path in source.rglob("*"):
        if path.is_file() and path not in wanted and path.name != "headline.png":
            path.unlink()
    for path, content in wanted.items():
        write_if_changed(content, path)
    headline_figure(source / "book" / "figures" / "headline.png")
    return source


def with_run_time(notebook: nbformat.NotebookNode) -> bytes:
    """The notebook with its run time under the title, and without what changes at every run for no reader's good."""
    book = notebook.metadata.pop("book")
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for key in ("execution", "papermill"):
            cell.metadata.pop(key, None)
    title, _, rest = notebook.cells[0].source.partition("\n")
    line = f"*The outputs on this page come from a run with profile `{book.profile}` that took {book.seconds:.0f} seconds.*"
    notebook.cells[0].source = f"{title}\n\n{line}\n{rest}"
    return nbformat.writes(notebook).encode()


def keep_results(executed: list[Path], build: Path) -> None:
    """Copy the result files of a run into book/results, and write down what each chapter took."""
    kept = ROOT / "book" / "results"
    times = [{"chapter": path.stem, **nbformat.read(path, 4).metadata.book} for path in executed]
    table = pd.DataFrame(times)[["chapter", "profile", "seconds"]].assign(cores=os.cpu_count()).round({"seconds": 0})
    table.to_csv(kept / f"run_times_{table.profile[0]}.csv", index=False, lineterminator="\n")
    for path in (build / "results").glob("*.csv"):
        shutil.copyfile(path, kept / path.name)
    print(f"kept in {kept.relative_to(ROOT)}: " + ", ".join(sorted(path.name for path in kept.glob("*.csv"))))


def build_html(source: Path, build: Path) -> Path:
    """Build the pages, every warning an error; returns the start page.

    Raises
    ------
    RuntimeError
        If Sphinx warned of anything; what it said has been printed.
    """
    print("  building the pages", flush=True)
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", str(source), "--path-output", str(build), "-W", "-n", "--keep-going", "-q"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout)
        raise RuntimeError("the pages have faults (above): mend them and run the command again")
    return build / "_build" / "html" / "index.html"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--profile", default="small")
    arguments.add_argument("--keep-results", action="store_true", help="copy the run's results into book/results")
    given = arguments.parse_args()
    build = BUILD / given.profile
    try:
        if given.profile not in PROFILES:
            raise ValueError(f"unknown profile {given.profile!r}: choose one of {', '.join(PROFILES)}")
        print(f"Executing the notebooks with profile {given.profile}")
        executed = [execute(notebook, given.profile, build) for notebook in chapters()]
        if given.keep_results:
            keep_results(executed, build)
        start = build_html(stage(executed, build), build)
    except (ValueError, RuntimeError) as error:
        sys.exit(f"make book: {error}")
    except KeyboardInterrupt:
        sys.exit("\nmake book: interrupted; what ran to its end is kept, and the same command goes on from there")
    print(f"The book is ready: {start}")


if __name__ == "__main__":
    main()
