"""Execute the notebooks as Colab would; `make test-colab` calls it.

For each runtime it makes an environment with the versions that Colab carries (kept in
build/colab, put back in order before each notebook) and a stand-in for google.colab. A
local repository with the files of the working tree takes the place of the public
address, so that a notebook's first cell does what it does in Colab. Then the annotator
is pressed as Colab's page would press it. Whatever Colab carries must have the same
version afterwards: a package that the kernel has loaded and that moves under it breaks
its imports.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import nbformat
from annotator import faults_of_annotator
from environment import (
    RUNTIMES,
    UV,
    Runtime,
    make_environment,
    moves,
    packages_of,
    put_in_order,
    read_runtime,
    run,
)

from bookbuild.address import AROUND
from bookbuild.execute import ROOT, execute

HERE = Path(__file__).resolve().parent


def colab_kernel(environment: Path, scratch: Path) -> dict[str, object]:
    """A kernel that sees neither this checkout nor the user's own files."""
    # Colab, too, has imported the module before the first cell, and no cell sees it.
    first = "--IPKernelApp.exec_lines=import google.colab; del google"
    argv = [str(environment / "bin" / "python"), "-m", "ipykernel_launcher", first]
    settings = dict.fromkeys(("ALUTILS_RESULTS", "KERAS_BACKEND", "PYTHONPATH"), "")
    for name in ("ALUTILS_CACHE", "IPYTHONDIR", "KERAS_HOME", "TFDS_DATA_DIR"):
        settings[name] = str(scratch / name)
    kernel = {"argv": [*argv, "-f", "{connection_file}"], "display_name": "Colab"}
    return kernel | {"language": "python", "env": settings}


def publish_working_tree(folder: Path) -> str:
    """The address of a new repository with the files as they are, committed or not."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # not one that was deleted since the last commit
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    run("git", "init", "--quiet", cwd=folder)
    run("git", "add", "--force", "--all", cwd=folder)
    author = ["-c", "user.name=test", "-c", "user.email=test", "-c", "commit.gpgsign=0"]
    run("git", *author, "commit", "--quiet", "--message", "As it is", cwd=folder)
    return folder.as_uri()


def for_colab(notebook: Path, address: str, folder: Path) -> Path:
    """A copy of a notebook with that address and one more cell."""
    place = re.compile(r'({})[^"\\]*({})'.format(*AROUND["*.ipynb"]))
    text = notebook.read_text(encoding="utf-8")
    content = nbformat.reads(place.sub(rf"\g<1>{address}\g<2>", text), 4)
    last = (HERE / "last_cell.py").read_text(encoding="utf-8")
    content.cells.append(nbformat.v4.new_code_cell(last))
    folder.mkdir(exist_ok=True)
    nbformat.write(content, folder / notebook.name)
    return folder / notebook.name


def faults_of(runtime: Runtime, scratch: Path) -> list[str]:
    """What went wrong with the notebooks in a runtime."""
    environment = make_environment(runtime)
    kernel = colab_kernel(environment, scratch)
    address = publish_working_tree(scratch / "repository")
    before = packages_of(environment)
    listed = ", ".join(f"{name}=={version}" for name, version in before.items())
    lines = textwrap.wrap(f"before: {listed}", 86, break_on_hyphens=False)
    print("\n  ".join(lines), flush=True)
    faults = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        put_in_order(environment)
        try:
            copy = for_colab(path, address, scratch / "notebooks")
            execute(copy, "small", scratch, kernel=kernel)
        except RuntimeError as error:
            faults.append(str(error))
        try:  # what alutils asks for, Colab or the first cell must have brought
            run(UV, "pip", "check", "--python", environment)
        except RuntimeError as error:
            faults.append(f"after {path.stem}, {error}")
        now = packages_of(environment)
        added = [f"{name}=={now[name]}" for name in now if name not in before]
        moved = moves(before, now)
        print(f"    added: {', '.join(added) or 'nothing'}")
        print(f"    moved: {', '.join(moved) or 'nothing'}", flush=True)
        faults += [f"{path.stem} moved what Colab carries: {move}" for move in moved]
    # In the environment as the last notebook has left it, with alutils in it.
    return faults + faults_of_annotator(kernel, scratch)


def main(paths: list[Path]) -> int:
    """The number of runtimes in which something failed."""
    failed = 0
    for path in paths:
        start = time.monotonic()
        try:
            runtime = read_runtime(path)
            print(f"{runtime.name}, Python {runtime.python}", flush=True)
            with tempfile.TemporaryDirectory(prefix="colab-") as scratch:
                faults = faults_of(runtime, Path(scratch).resolve())
        except (OSError, RuntimeError, ValueError) as error:
            faults = [str(error)]
        failed += bool(faults)
        for fault in faults:
            print(f"  FAILED {fault}")
        print(f"  {time.monotonic() - start:.0f} s", flush=True)
    print(f"{len(paths) - failed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or RUNTIMES) > 0)
