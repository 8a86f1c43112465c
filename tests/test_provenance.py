"""What a number was made with, told without importing what is slow to import."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from importlib import metadata
from types import ModuleType
from unittest.mock import Mock

import pytest

from alutils import provenance
from alutils.provenance import keras_backend, permitted_cores

ASK = """
import sys
from alutils.provenance import keras_backend, versions
said, named = keras_backend(), versions()
assert not {"keras", "tensorflow", "jax"} & set(sys.modules)
import keras
assert said == keras_backend() == keras.backend.backend()
assert named == versions()
assert named["keras"] == keras.__version__
print(*named)
"""


def as_keras_decides(monkeypatch) -> str:
    """The backend that Keras's own file of settings arrives at, run by itself."""
    path = metadata.distribution("keras").locate_file("keras/src/backend/config.py")
    stand_in = ModuleType("keras")
    stand_in.keras_export = lambda name: lambda function: function
    stand_in.global_state = Mock()
    for name in ("", ".src", ".src.api_export", ".src.backend", ".src.backend.common"):
        monkeypatch.setitem(sys.modules, f"keras{name}", stand_in)
    return runpy.run_path(str(path))["_BACKEND"]


@pytest.mark.parametrize(
    ("variable", "file", "backend"),
    [
        (None, None, "tensorflow"),
        (None, {"backend": "jax"}, "jax"),
        ("jax", None, "jax"),
        ("tensorflow", {"backend": "jax"}, "tensorflow"),
        ("", {"backend": "jax"}, "jax"),
        (None, {"floatx": "float32"}, "tensorflow"),
        (None, "{damaged", "tensorflow"),
    ],
)
@pytest.mark.parametrize("place", ["KERAS_HOME", "home"])
def test_the_backend_is_the_one_that_keras_takes(
    monkeypatch, tmp_path, variable, file, backend, place
):
    folder = tmp_path / ".keras"
    folder.mkdir()
    if file is not None:
        text = file if isinstance(file, str) else json.dumps(file)
        (folder / "keras.json").write_text(text, encoding="utf-8")
    for name in ("KERAS_BACKEND", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    if place == "KERAS_HOME":
        monkeypatch.setenv("KERAS_HOME", str(folder))
    else:
        monkeypatch.setenv("HOME", str(tmp_path))
    if variable is not None:
        monkeypatch.setenv("KERAS_BACKEND", variable)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    assert keras_backend() == backend
    assert as_keras_decides(monkeypatch) == backend


def test_versions_are_told_without_importing_what_they_are_of(run_python, tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "jax"}', encoding="utf-8")
    answer = run_python(ASK, KERAS_BACKEND="", KERAS_HOME=str(tmp_path))
    assert answer.split() == ["python", "keras", "jax"]


@pytest.mark.skipif(not shutil.which("taskset"), reason="taskset is not here")
def test_only_the_permitted_cores_count():
    assert 1 <= permitted_cores() <= os.cpu_count()
    ask = "from alutils.provenance import permitted_cores; print(permitted_cores())"
    done = subprocess.run(
        ["taskset", "-c", "0", sys.executable, "-c", ask],
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["1"], done.stderr


def test_the_commit_is_marked_if_the_package_differs_and_only_then(
    tmp_path, monkeypatch
):
    module = tmp_path / "package" / "experiments.py"
    monkeypatch.setattr(provenance, "__file__", str(module))
    commit = provenance.current_commit.__wrapped__  # what is remembered aside
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    module.parent.mkdir()
    assert commit() == "unknown"
    table = tmp_path / "table.csv"
    for file in (module, table):
        file.write_text("before\n")
    who = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    for command in (("init",), ("add", "."), (*who, "commit", "-m", "start")):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    unmarked = commit()
    assert len(unmarked) == 12
    table.write_text("longer\n")
    assert commit() == unmarked
    module.write_text("after\n")
    assert commit() == f"{unmarked}+"
    # Installed into a repository that is not its own, and does not track it.
    foreign = tmp_path / ".venv" / "provenance.py"
    foreign.parent.mkdir()
    monkeypatch.setattr(provenance, "__file__", str(foreign))
    assert commit() == "unknown"


MAKE_TOKENS = """
import numpy as np
from alutils.corpus.reviews import Reviews
from alutils.features.tokens import token_ids
reviews = Reviews(["good", "bad"], [1, 0], "two reviews")
token_ids(reviews, np.arange(2), vocabulary_size=4, sequence_length=2)
"""


@pytest.mark.parametrize("start", ["import alutils.learners.network", MAKE_TOKENS])
def test_nothing_that_tensorflow_notes_about_its_start_reaches_the_reader(start):
    ask = f"{start}\nimport tensorflow as tf; tf.zeros(3)"
    quiet = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", ask], env=quiet, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stderr == ""
