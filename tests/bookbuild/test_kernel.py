"""What reaches a notebook from outside: nothing that could change a page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from tiny import tiny_notebook

from bookbuild.execute import ROOT, execute
from bookbuild.kernel import (
    KERNEL,
    OWN_PYTHON,
    THREADS,
    kernel_environment,
    write_kernel,
)

# What a kernel is, and how it is set, as a cell sees it.
LOOK = """
import json, os, sys
import matplotlib, pandas as pd
print(json.dumps({
    "python": sys.executable,
    "rows": pd.get_option("display.max_rows"),
    "width": matplotlib.rcParams["lines.linewidth"],
    "started": "started" in globals(),
    "imported": sorted({"keras", "tensorflow"} & set(sys.modules)),
    "hash": hash("word"),
    "environment": dict(os.environ),
}))
"""


def seen_by(notebook: Path, build: Path, **more) -> dict:
    executed = execute(notebook, "small", build, **more)
    return json.loads(nbformat.read(executed, 4).cells[-1].outputs[0].text)


@pytest.fixture
def notebook(tmp_path) -> Path:
    return tiny_notebook(tmp_path / "tiny.ipynb", LOOK)


@pytest.mark.parametrize("name", ["python3", "venv-of-an-editor"])
def test_a_foreign_kernel_is_not_used(notebook, tmp_path, monkeypatch, name):
    foreign = {"argv": ["false", "{connection_file}"], "display_name": "Foreign"}
    for place in ("path", "data"):
        kernel = tmp_path / place / "kernels" / name / "kernel.json"
        kernel.parent.mkdir(parents=True)
        kernel.write_text(json.dumps({**foreign, "language": "python"}))
        monkeypatch.setenv(
            {"path": "JUPYTER_PATH", "data": "JUPYTER_DATA_DIR"}[place],
            str(tmp_path / place),
        )
    content = nbformat.read(notebook, 4)
    content.metadata.kernelspec.name = name
    nbformat.write(content, notebook)
    seen = seen_by(notebook, tmp_path / "build")
    assert seen["python"] == sys.executable
    executed = nbformat.read(tmp_path / "build" / "executed" / "tiny.ipynb", 4)
    assert executed.metadata.kernelspec == KERNEL


def test_nothing_that_a_user_has_set_for_other_work_reaches_a_page(
    notebook, tmp_path, monkeypatch
):
    plain = seen_by(notebook, tmp_path / "plain")
    ipython = tmp_path / "ipython" / "profile_default"
    (ipython / "startup").mkdir(parents=True)
    startup = ipython / "startup" / "10-mine.py"
    startup.write_text(
        "import pandas; started = 1; pandas.set_option('display.max_rows', 7)"
    )
    (ipython / "ipython_config.py").write_text(
        "c.InteractiveShellApp.exec_lines = ['1 / 0']"
    )
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9")
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit(1)")
    for name, value in {
        "IPYTHONDIR": ipython.parent,
        "PYTHONSTARTUP": startup,
        "MATPLOTLIBRC": tmp_path / "matplotlibrc",
        "MPLBACKEND": "svg",
        "KERAS_HOME": tmp_path,
        "KERAS_MAX_EPOCHS": 1,
        "PYTHONHASHSEED": 7,
        "PYTHONSAFEPATH": 1,
        "PYTHONPATH": tmp_path,
        "PYTEST_ADDOPTS": "--no-such-option",
        "TF_ENABLE_ONEDNN_OPTS": 0,
    }.items():
        monkeypatch.setenv(name, str(value))
    seen = seen_by(notebook, tmp_path / "build")
    for what in ("rows", "width", "started", "hash", "imported"):
        assert seen[what] == plain[what], what
    kept = seen["environment"]
    assert not {"KERAS_MAX_EPOCHS", "TF_ENABLE_ONEDNN_OPTS"} & set(kept)
    assert kept["KERAS_HOME"].startswith(str(tmp_path / "build"))


def test_the_backend_is_handed_on_however_it_was_chosen(
    notebook, tmp_path, monkeypatch
):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    assert kernel_environment(tmp_path, None)["KERAS_BACKEND"] == "jax"


def test_threads_are_limited_only_where_that_is_asked_for(tmp_path, monkeypatch):
    for name in THREADS:
        monkeypatch.setenv(name, "3")
    assert not set(THREADS) & set(kernel_environment(tmp_path, None))
    limited = kernel_environment(tmp_path, 1)
    assert {limited[name] for name in THREADS} == {"1"}


def test_where_the_data_lie_and_how_to_reach_them_is_handed_on(tmp_path, monkeypatch):
    given = {"TFDS_DATA_DIR": "/data", "ALUTILS_CACHE": "/cache", "https_proxy": "x"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert given.items() <= kernel_environment(tmp_path, None).items()
    assert os.environ["PATH"] == kernel_environment(tmp_path, None)["PATH"]


def test_a_notebook_that_is_run_by_hand_shows_no_notes_of_tensorflow(tmp_path):
    use = "import alutils.learners.network\nimport tensorflow as tf\ntf.zeros(3).shape"
    notebook = tiny_notebook(tmp_path / "tiny.ipynb", use)
    # Under pytest a kernel would not pass on what is written past Python.
    left_out = ("PYTEST_", "TF_CPP_MIN_LOG_LEVEL")
    by_hand = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
    by_hand |= {"PYTHONPATH": str(ROOT), "JUPYTER_PATH": str(tmp_path)}
    write_kernel(tmp_path, OWN_PYTHON)
    done = tmp_path / "done.ipynb"
    command = [sys.executable, "-m", "papermill", notebook, done]
    subprocess.run(command, env=by_hand, check=True, capture_output=True)
    (output,) = nbformat.read(done, 4).cells[-1].outputs
    assert output.data["text/plain"] == "TensorShape([3])"
