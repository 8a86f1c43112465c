"""Execute notebooks so that one run serves as test and as content.

Each goes the same way: papermill sets its parameters in a copy (build/PROFILE/running),
nbmake executes the copy, and only a copy that ran to its end moves to
build/PROFILE/executed. An interruption so costs the notebooks at hand and never leaves
half of one in the book. A notebook runs again when it, the package, the lock, the
results that it read, the profile or the backend changed: their digest stays in its
metadata, and so do the names of those results. Nothing else from outside is to reach
its outputs; `bookbuild.kernel` sees to that.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import nbformat
import papermill

from alutils.cache import digest
from alutils.provenance import keras_backend
from alutils.results import tracked_results
from alutils.settings import PROFILES, Settings
from bookbuild.kernel import KERNEL, OWN_PYTHON, kernel_environment, write_kernel

ROOT = Path(__file__).resolve().parent.parent
PARAMETERS = {
    "profile",
    "limit",
    *("who", "folder"),  # of a person who labels, and of what they have labelled
    *(field.name for field in dataclasses.fields(Settings)),
}
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


def inputs_digest(
    notebook: Path, parameters: Mapping[str, object], read: Iterable[str]
) -> str:
    """SHA-256 of everything that the outputs of a notebook depend on; `read` names the
    files of results that it has read."""
    return _with_results(_own_digest(notebook, parameters), read)


def _own_digest(notebook: Path, parameters: Mapping[str, object]) -> str:
    parts = (ROOT / "alutils").rglob("*")
    files = [path for path in parts if path.suffix in (".py", ".css", ".js")]
    files = [ROOT / "requirements.txt", *sorted(files)]
    content = [
        part
        for file in files
        for part in (str(file.relative_to(ROOT)), file.read_bytes())
    ]
    given = json.dumps(parameters, sort_keys=True)
    text = notebook.read_text(encoding="utf-8")
    return digest([given, keras_backend(), sys.version, text, *content])


def _with_results(own: str, read: Iterable[str]) -> str:
    return digest(
        [
            own,
            *(
                part
                for name in sorted(read)
                for part in (name, (ROOT / "results" / name).read_bytes())
            ),
        ]
    )


def is_current(
    executed: Path, notebook: Path, parameters: Mapping[str, object]
) -> bool:
    """Whether an executed copy is there, whole, and made from inputs that are still
    the same."""
    try:
        made = nbformat.read(executed, 4).metadata.book
        return made.inputs == inputs_digest(notebook, parameters, made.read)
    except (OSError, ValueError, AttributeError):
        return False


def run_seconds(notebook: nbformat.NotebookNode) -> float:
    """Seconds from the start of the first cell to the end of the last."""
    times = [c.metadata.execution for c in notebook.cells if "execution" in c.metadata]
    first, last = times[0]["iopub.status.busy"], times[-1]["shell.execute_reply"]
    span = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    return span.total_seconds()


def execute(
    notebook: Path,
    profile: str,
    build: Path,
    *,
    threads: int | None = None,
    kernel: dict[str, object] = OWN_PYTHON,
    **more: object,
) -> Path:
    """The executed copy of a notebook, made anew only if one of its inputs changed.

    Parameters
    ----------
    threads
        how many its computations may use at once; none leaves that to them
    kernel
        what starts its kernel, as a kernel.json has it
    more
        other parameters of the notebook

    Raises
    ------
    ValueError
        If a parameter is unknown.
    RuntimeError
        If a cell failed; what it said has been printed.
    """
    executed = build / "executed" / notebook.name
    parameters = {"profile": profile, **more}
    check_parameters(notebook, parameters)
    if is_current(executed, notebook, parameters):
        print(f"  {notebook.stem}: unchanged", flush=True)
        return executed
    print(f"  {notebook.stem}: executing", flush=True)
    own = _own_digest(notebook, parameters)  # before anybody changes a file meanwhile
    running = build / "running" / notebook.name
    for folder in (executed.parent, running.parent):
        folder.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        str(notebook),
        str(running),
        parameters=parameters,
        prepare_only=True,
        progress_bar=False,
    )
    read = _run_nbmake(running, build, threads, kernel)
    content = nbformat.read(running, 4)
    content.metadata["kernelspec"] = KERNEL
    # No page shows one, and for those that were made it would fetch scripts elsewhere.
    content.metadata.pop("widgets", None)
    seconds = run_seconds(content)
    content.metadata["book"] = {
        "inputs": _with_results(own, read),
        "profile": profile,
        "read": read,
        "seconds": seconds,
    }
    nbformat.write(content, running)
    os.replace(running, executed)
    print(f"  {notebook.stem}: done in {seconds:.0f} s", flush=True)
    return executed


def longest_first(notebooks: list[Path]) -> list[Path]:
    """Notebooks by how long they took at full size, so that none is begun last that
    the others must wait for; those that are new come first."""
    took = tracked_results("run_times_full").set_index("chapter")["seconds"]
    return sorted(notebooks, key=lambda path: -took.get(path.stem, float("inf")))


def execute_all(
    notebooks: list[Path], profile: str, build: Path, *, at_once: int
) -> list[Path]:
    """The executed copies of notebooks, so many at once; in the order of `notebooks`.

    Side by side, each computes in one thread, so that its numbers do not depend on what
    runs beside it, nor on how many processor cores there are.

    Raises
    ------
    ValueError, RuntimeError
        As `execute`; those that are under way run to their end first.
    """
    threads = 1 if at_once > 1 else None
    begin = longest_first(notebooks) if at_once > 1 else notebooks
    with ThreadPoolExecutor(at_once) as workers:
        under_way = {
            notebook: workers.submit(execute, notebook, profile, build, threads=threads)
            for notebook in begin
        }
        try:
            return [under_way[notebook].result() for notebook in notebooks]
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise


def _run_nbmake(
    notebook: Path, build: Path, threads: int | None, kernel: dict[str, object]
) -> list[str]:
    """Execute a copy in its place; the names of the results that it has read."""
    command = [sys.executable, "-m", "pytest", "-p", "bookbuild.progress"]
    command += ["-p", "nbmake.pytest_plugin", "--nbmake", "--overwrite", "-q"]
    command += [f"--nbmake-kernel={KERNEL['name']}"]
    command += [f"--nbmake-timeout={LONGEST_CELL}", "-p", "no:cacheprovider"]
    # Nothing of the project's own pytest settings, and nothing left behind.
    command += ["-c", os.devnull, "--rootdir", str(notebook.parent), str(notebook)]
    read = notebook.with_suffix(".read")
    read.unlink(missing_ok=True)
    environment = kernel_environment(write_kernel(build / "kernel", kernel), threads)
    environment |= {
        "ALUTILS_READ_LOG": str(read),
        "ALUTILS_RESULTS": str(build / "results"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # others of this environment take time
        "PYTHONPATH": str(ROOT),
    }
    if threads is not None:
        environment["BOOKBUILD_SIDE_BY_SIDE"] = "1"
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stdout)
        raise RuntimeError(
            f"{notebook.stem} did not run to its end (above: the cell and what it said)"
        )
    names = read.read_text(encoding="utf-8").split() if read.exists() else []
    read.unlink(missing_ok=True)
    return sorted(set(names))
