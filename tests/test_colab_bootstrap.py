"""The first cell of the notebooks, and the lists of what Colab carries: what can be told
without Colab's versions, which `make test-colab` installs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bookbuild.address import AROUND
from tests.colab.environment import PIN, RUNTIMES, moves, read_runtime

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ADDRESS = "https://github.com/someone/somewhere"
each_runtime = pytest.mark.parametrize("path", RUNTIMES, ids=lambda path: path.stem)

# Runs cells as Colab does, but for a %pip that only notes down what it was asked for.
SHELL = """\
import json, sys, types
from IPython.core.interactiveshell import InteractiveShell

sys.modules["google.colab"] = types.ModuleType("google.colab")
shell, asked = InteractiveShell.instance(), []
shell.register_magic_function(asked.append, magic_name="pip")
result = shell.run_cell(sys.argv[1], silent=True)
print(json.dumps([asked, str(result.error_in_exec or "")]), file=sys.stderr)
"""


def first_cell(path: Path, address: str = "") -> str:
    """The first code cell of a notebook, with an address of the test's own."""
    place = re.compile(r'({})[^"\\]*({})'.format(*AROUND["*.ipynb"]))
    text = place.sub(rf"\g<1>{address}\g<2>", path.read_text(encoding="utf-8"))
    cells = nbformat.reads(text, 4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


def in_colab(cell: str, folder: Path) -> tuple[list[str], str]:
    """What a cell asks pip for in Colab, and the error that it ends with."""
    done = subprocess.run(
        [sys.executable, "-c", SHELL, cell],
        env={**os.environ, "IPYTHONDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    asked, error = json.loads(done.stderr.splitlines()[-1])
    return [word for line in asked for word in shlex.split(line)], error


@pytest.fixture(scope="module")
def asked_of_pip(tmp_path_factory) -> list[str]:
    cell = first_cell(NOTEBOOKS[0], ADDRESS)
    asked, error = in_colab(cell, tmp_path_factory.mktemp("ipython"))
    assert error == ""
    return asked


def test_all_notebooks_have_the_same_first_cell():
    assert len({first_cell(path) for path in NOTEBOOKS}) == 1


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_outside_colab_the_first_cell_does_nothing(monkeypatch, address):
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    python = TransformerManager().transform_cell(first_cell(NOTEBOOKS[0], address))
    assert "run_line_magic('pip'" in python
    names = {}
    exec(python, names)  # with a magic it would fail: there is no shell here
    assert set(names) == {"__builtins__", "sys"}


def test_in_colab_a_copy_without_an_address_says_so_and_installs_nothing(tmp_path):
    asked, error = in_colab(first_cell(NOTEBOOKS[0]), tmp_path)
    assert (
        "no public address yet: run it on your own machine, with `make book`" in error
    )
    assert asked == []


def test_in_colab_the_helpers_come_from_the_address_and_move_nothing(asked_of_pip):
    assert asked_of_pip[0] == "install"
    assert f"alutils @ git+{ADDRESS}" in asked_of_pip
    assert "--no-deps" in asked_of_pip
    assert not {"-U", "--upgrade", "--force-reinstall"} & set(asked_of_pip)


@each_runtime
def test_colab_or_the_first_cell_brings_everything_that_alutils_asks_for(
    path, asked_of_pip
):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = map(Requirement, project["project"]["dependencies"])
    text = path.read_text(encoding="utf-8")
    carried = {canonicalize_name(name): version for name, version in PIN.findall(text)}
    words = [word for word in asked_of_pip[1:] if not word.startswith("-")]
    brought = {canonicalize_name(r.name): r for r in map(Requirement, words)}
    for requirement in wanted:
        name = canonicalize_name(requirement.name)
        if name in carried:
            assert requirement.specifier.contains(carried[name]), requirement
        else:
            assert name in brought, f"neither brings {requirement}"
            assert brought[name].specifier == requirement.specifier


@each_runtime
def test_a_checked_in_list_pins_every_line_and_names_its_python(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(PIN.fullmatch(line) for line in pins)
    assert read_runtime(path).packages == tuple(pins)
    assert f"# python {read_runtime(path).python}" == lines[0]


def test_of_colabs_own_list_only_the_packages_that_matter_count(tmp_path):
    path = tmp_path / "pip-freeze.txt"
    path.write_text(
        "# python 3.14\naccelerate==1.14.0\ngoogle-colab @ file:///colab.tar.gz\n"
        "Scikit_Learn==1.6.1+cu128\ntensorflow==2.20.0 ; python_version > '3'\n"
    )
    runtime = read_runtime(path)
    assert runtime.packages == ("Scikit_Learn==1.6.1", "tensorflow==2.20.0")
    assert runtime.python == "3.14"


def test_a_list_that_does_not_name_its_python_takes_the_one_at_hand(tmp_path):
    path = tmp_path / "colab.txt"
    path.write_text("keras==3.13.2\n")
    assert read_runtime(path).python == "{}.{}".format(*sys.version_info)


def test_a_list_without_any_such_package_is_an_error(tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("accelerate==1.14.0\n")
    with pytest.raises(ValueError, match=r"empty\.txt names no package that matters"):
        read_runtime(path)


def test_a_package_that_moved_or_vanished_is_told_and_a_new_one_is_not():
    before = {"keras": "3.13.2", "numpy": "2.0.2", "pandas": "2.2.2"}
    now = {"alutils": "0.1.0", "keras": "3.13.2", "numpy": "2.3.1"}
    assert moves(before, now) == ["numpy 2.0.2 -> 2.3.1", "pandas 2.2.2 -> gone"]
    assert moves(before, before) == []
