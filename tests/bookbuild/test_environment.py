"""Where the book can run, and what may lead its environment astray."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from bookbuild.environment import NEWEST, OLDEST, unsupported, without_others_settings

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]


@pytest.mark.parametrize("minor", range(6, 20))
def test_what_the_setup_refuses_is_what_the_package_does_not_claim(minor):
    claimed = SpecifierSet(PROJECT["requires-python"]).contains(f"3.{minor}.1")
    fault = unsupported((3, minor, 1), "Linux", "x86_64")
    assert (fault is None) == claimed
    if fault:
        assert f"needs Python 3.11 to 3.13, found 3.{minor}:" in fault
        assert "make … PYTHON=python3.12" in fault


def test_every_python_that_is_claimed_is_named_everywhere_and_checked():
    names = [f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    prefix = "Programming Language :: Python :: 3."
    classified = [c for c in PROJECT["classifiers"] if c.startswith(prefix)]
    assert [c.rsplit(" ", 1)[1] for c in classified] == names
    workflow = (ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    assert (
        f"python: [{', '.join(f'{name!r}' for name in names)}]".replace("'", '"')
        in workflow
    )
    for guide in ("README.md", "CONTRIBUTING.md", "book/run-it-yourself.md"):
        text = (ROOT / guide).read_text(encoding="utf-8")
        assert f"Python {names[0]} to {names[-1]}" in text, guide
        assert "or later" not in text.split("Python 3.11", 1)[1][:20], guide


def test_a_mac_without_wheels_is_told_so_and_others_are_not():
    assert "Intel" in unsupported((3, 12), "Darwin", "x86_64")
    assert unsupported((3, 12), "Darwin", "arm64") is None
    assert unsupported((3, 12), "Linux", "aarch64") is None


def test_make_refuses_a_python_that_is_too_new_before_it_makes_anything(tmp_path):
    python = tmp_path / "python3.14"
    # A Python that takes itself for a later one.
    python.write_text(
        "#!/bin/sh\nscript=$1; shift\n"
        f'exec {shutil.which("python3")} -c "import sys, runpy\n'
        "sys.version_info = (3, 14, 0, 'final', 0)\n"
        "sys.argv = sys.argv[1:]\n"
        'runpy.run_path(sys.argv[0], run_name=\'__main__\')" "$script" "$@"\n'
    )
    python.chmod(0o755)
    command = ["make", "--silent", "book", f"PYTHON={python}", f"VENV={tmp_path / 'v'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode
    assert "this book needs Python 3.11 to 3.13, found 3.14" in done.stderr
    assert not (tmp_path / "v").exists()


SET = {
    "PIP_USER": "1",
    "PIP_TARGET": "/elsewhere",
    "PYTHONSAFEPATH": "1",
    "PYTHONPATH": "/elsewhere",
    "PYTHONHOME": "/elsewhere",
}


def test_pip_and_python_are_led_nowhere_by_what_is_set_for_other_work():
    kept = without_others_settings({**SET, "PIP_INDEX_URL": "mine", "PATH": "/bin"})
    assert kept["PIP_USER"] == "0"
    assert kept["PIP_INDEX_URL"] == "mine"
    assert kept["PATH"] == "/bin"
    assert not (set(SET) - {"PIP_USER"}) & set(kept)


def test_make_hands_none_of_it_on(tmp_path):
    # Its own rules, and one that shows what a recipe would be given.
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"include {ROOT / 'Makefile'}\nshow:\n\t@env\n")
    environment = {**os.environ, **SET, "PYTEST_ADDOPTS": "-x", "KERAS_BACKEND": "jax"}
    command = ["make", "--silent", "-f", makefile, "show"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    given = {line.split("=", 1)[0] for line in done.stdout.splitlines()}
    assert not {*SET, "PYTEST_ADDOPTS"} & given
    assert {"PATH", "KERAS_BACKEND"} <= given
