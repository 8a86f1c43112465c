"""What a number is made with: versions, commit, processor cores, and TensorFlow's
start."""

from __future__ import annotations

import functools
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def keras_backend() -> str:
    """The backend that Keras runs on, or would if it were imported now.

    Asked without importing Keras, in its own order: the variable `KERAS_BACKEND`, then
    keras.json in `KERAS_HOME` or in ~/.keras, then TensorFlow.
    """
    if "keras" in sys.modules:
        return sys.modules["keras"].backend.backend()
    if os.environ.get("KERAS_BACKEND"):
        return os.environ["KERAS_BACKEND"]
    home = os.path.expanduser("~")
    if not os.access(home, os.W_OK):  # where Keras then goes
        home = "/tmp"
    folder = os.path.expanduser(os.environ.get("KERAS_HOME", f"{home}/.keras"))
    try:
        text = Path(folder, "keras.json").read_text(encoding="utf-8")
        return json.loads(text).get("backend", "tensorflow")
    except (OSError, ValueError):  # what Keras cannot read, it takes as not there
        return "tensorflow"


def versions() -> dict[str, str]:
    """Versions that can change a number: Python, Keras, and the backend under its own
    name. They come from what is installed; nothing is imported for them."""
    backend = keras_backend()
    return {
        "python": platform.python_version(),
        "keras": metadata.version("keras"),
        backend: metadata.version(backend),
    }


def permitted_cores() -> int:
    """How many processor cores this process may use: those of the machine, less what
    `taskset`, a container or a cluster withholds."""
    import joblib

    return joblib.cpu_count()


def start_tensorflow() -> None:
    """Import TensorFlow and let it look for devices, without the notes that it writes
    about this past Python: in a notebook they would stand in red below a cell.

    Does nothing if TensorFlow is imported already. A reader who has set
    `TF_CPP_MIN_LOG_LEVEL` to 0 gets the notes.
    """
    if "tensorflow" in sys.modules or os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # for what comes later
    terminal, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow as tf

        tf.config.list_physical_devices()
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)


@functools.cache
def current_commit() -> str:
    """The commit that the package's code came from, as it was when this process first
    asked: with a + if its tracked files differ from it; "unknown" without git, or where
    git does not track the package."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    try:
        git("ls-files", "--error-unmatch", Path(__file__).name)
        commit = git("rev-parse", "--short=12", "HEAD")
        return f"{commit}+" if git("diff", "--name-only", "HEAD", "--", ".") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
