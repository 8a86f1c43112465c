"""Execute notebooks so that one run serves as test and as content.

Each goes the same way: papermill sets its parameters in a copy (build/PROFILE/running),
nbmake executes the copy, and only a copy that ran to its end moves to
build/PROFILE/executed. An interruption so costs the notebook at hand and never leaves
half of one in the book. A notebook runs again when it, the package, the lock, the
results that it reads, the profile or the backend changed: their digest stays in its
metadata.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import nbformat
import papermill

from alutils.cache import digest
from alutils.settings import PROFILES, Settings

ROOT = Path(__file__).resolve().parent.parent
PARAMETERS = {"profile", *(field.name for field in dataclasses.fields(Settings))}
LONGEST_CELL = 4 * 60 * 60  # seconds; a whole loop at full size is one cell


def check_parameters(notebook: Path, parameters: dict[str, object]) -> None:
    """Fail where papermill would only warn: at a name that nobody knows.

    Raises
    ------
    ValueError
        Naming the notebook, the parameter and those that there are.
    """
    declared = papermill.inspect_notebook(str(notebook))
    if not declared:
        raise ValueError(
            f"{notebook.name} has no parameters: give one cell the tag 'parameters'"
        )
    for name in declared:
        if name not in PARAMETERS:
            known = ", ".join(sorted(PARAMETERS))
            raise ValueError(
                f"{notebook.name}: its parameters cell sets {name!r}, which is no"
                f" setting (settings: {known})"
            )
    for name in parameters:
        if name not in declared:
            raise ValueError(
                f"{notebook.name} has no parameter {name!r} (it has:"
                f" {', '.join(declared)})"
            )
    check_profile(parameters.get("profile"))


def check_profile(profile: object) -> None:
    """Fail before anything runs if there is no such profile."""
    if profile not in PROFILES:
        known = ", ".join(map(repr, PROFILES))
        raise ValueError(f"unknown profile {profile!r}: choose one of {known}")


def inputs_digest(notebook: Path, profile: str) -> str:
    """SHA-256 of everything that the outputs of a notebook depend on."""
    text = notebook.read_text(encoding="utf-8")
    results = sorted((ROOT / "book" / "results").glob("*.[ct]*"))  # CSV and TOML
    files = [
        ROOT / "requirements.txt",
        *sorted((ROOT / "alutils").glob("*.py")),
        *(path for path in results if f'"{path.stem}"' in text.replace("\\", "")),
    ]
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    content = [part for file in files for part in (file.name, file.read_bytes())]
    return digest([profile, backend, sys.version, text, *content])


def is_current(executed: Path, inputs: str) -> bool:
    """Whether an executed copy is there, whole, and made from these inputs."""
    try:
        return nbformat.read(executed, 4).metadata.book.inputs == inputs
    except (OSError, ValueError, AttributeError):
        return False


def run_seconds(notebook: nbformat.NotebookNode) -> float:
    """Seconds from the start of the first cell to the end of the last."""
    times = [c.metadata.execution for c in notebook.cells if "execution" in c.metadata]
    first, last = times[0]["iopub.status.busy"], times[-1]["shell.execute_reply"]
    span = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    return span.total_seconds()


def execute(notebook: Path, profile: str, build: Path) -> Path:
    """The executed copy of a notebook, made anew only if one of its inputs changed.

    Raises
    ------
    ValueError
        If a parameter is unknown.
    RuntimeError
        If a cell failed; what it said has been printed.
    """
    executed = build / "executed" / notebook.name
    check_parameters(notebook, {"profile": profile})
    inputs = inputs_digest(notebook, profile)
    if is_current(executed, inputs):
        print(f"  {notebook.stem}: unchanged", flush=True)
        return executed
    print(f"  {notebook.stem}: executing", flush=True)
    running = build / "running" / notebook.name
    for folder in (executed.parent, running.parent):
        folder.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        str(notebook),
        str(running),
        parameters={"profile": profile},
        prepare_only=True,
        progress_bar=False,
    )
    _run_nbmake(running, build / "results")
    content = nbformat.read(running, 4)
    seconds = run_seconds(content)
    content.metadata["book"] = {
        "inputs": inputs,
        "profile": profile,
        "seconds": seconds,
    }
    nbformat.write(content, running)
    os.replace(running, executed)
    print(f"    done in {seconds:.0f} s", flush=True)
    return executed


def _run_nbmake(notebook: Path, results: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--nbmake", "--overwrite", "-q"]
    command += [f"--nbmake-timeout={LONGEST_CELL}", "-p", "cell_progress"]
    # Nothing of the project's own pytest settings, and nothing left behind.
    command += ["-c", os.devnull, "--rootdir", str(notebook.parent)]
    command += ["-p", "no:cacheprovider", str(notebook)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "book"),
        "ALUTILS_RESULTS": str(results),
    }
    environment.pop("MPLBACKEND", None)  # a kernel brings the one that shows figures
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stdout)
        raise RuntimeError(
            f"{notebook.stem} did not run to its end (above: the cell and what it said)"
        )
