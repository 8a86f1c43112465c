"""An environment with what a runtime of Colab carries: its Python, its versions."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from packaging.utils import canonicalize_name

from bookbuild.execute import ROOT

UV = Path(sys.executable).with_name("uv")
RUNTIMES = sorted(Path(__file__).parent.glob("runtime-*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s+;#]+)", flags=re.M)


class Runtime(NamedTuple):
    """What a runtime of Colab carries: its Python and `name==version` lines."""

    name: str
    python: str
    packages: tuple[str, ...]


def read_runtime(path: Path) -> Runtime:
    """A runtime from a checked-in list, or from Colab's own, of which only the packages
    count that the checked-in lists name."""
    checked_in = "\n".join(file.read_text(encoding="utf-8") for file in RUNTIMES)
    wanted = {canonicalize_name(name) for name, _ in PIN.findall(checked_in)}
    text = path.read_text(encoding="utf-8")
    pins = [(n, v) for n, v in PIN.findall(text) if canonicalize_name(n) in wanted]
    if not pins:
        raise ValueError(f"{path} names no package that matters here as name==version")
    python = re.search(r"^# python (\d+\.\d+)", text, flags=re.M)
    # Without a word on its Python, it is the one that runs this.
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = tuple(f"{name}=={version}" for name, version in pins)
    return Runtime(path.stem, python[1] if python else own, packages)


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a command writes to its standard output; an error with what else it said."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        line = " ".join(map(str, command[:3]))
        raise RuntimeError(f"{line} … failed:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


def python_of(version: str) -> Path:
    """An interpreter of that version: this one, or one on PATH, of pyenv or of uv."""
    path = os.environ["PATH"].split(os.pathsep)
    folders = [Path(sys.executable).parent, *map(Path, path)]
    # What pyenv puts on PATH starts only the versions that are switched on.
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders += pyenv.glob(f"versions/{version}.*/bin")
    folders += Path(run(UV, "python", "dir").strip()).glob(f"cpython-{version}.*/bin")
    for python in (folder / f"python{version}" for folder in folders):
        with suppress(OSError, RuntimeError):
            run(python, "--version")
            return python
    raise RuntimeError(
        f"there is no Python {version} here: install one, for instance with"
        f" `{UV} python install {version}`, or check another runtime with RUNTIME=file"
    )


def make_environment(runtime: Runtime) -> Path:
    """The folder of an environment with a runtime's Python and packages."""
    folder = ROOT / "build" / "colab" / f"{runtime.name}-python{runtime.python}"
    if not (folder / "bin" / "python").exists():
        run(UV, "venv", "--python", python_of(runtime.python), folder)
    (folder / "pins.txt").write_text("\n".join(runtime.packages), encoding="utf-8")
    files = [folder / "pins.txt", "--output-file", folder / "packages.txt"]
    run(UV, "pip", "compile", "--python", folder, *files)
    put_in_order(folder)
    colab = next(folder.glob("lib/python*/site-packages")) / "google" / "colab"
    colab.mkdir(parents=True, exist_ok=True)
    (colab / "__init__.py").write_text("# A stand-in for Colab's own module.\n")
    return folder


def put_in_order(environment: Path) -> None:
    """Leave in an environment the runtime's packages, and nothing else."""
    run(UV, "pip", "sync", "--python", environment, environment / "packages.txt")


def packages_of(environment: Path) -> dict[str, str]:
    """The version of each package that is installed."""
    listed = run(UV, "pip", "list", "--python", environment, "--format", "json")
    return {package["name"]: package["version"] for package in json.loads(listed)}


def moves(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """The packages that were there before and have another version now, or none."""
    changed = [name for name in before if now.get(name) != before[name]]
    return [f"{name} {before[name]} -> {now.get(name, 'gone')}" for name in changed]
