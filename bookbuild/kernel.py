"""What a notebook's kernel runs in: the environment's own Python, and nothing of the
machine's that could reach a page.

A kernel that somebody else has installed as `python3` is not used, nor is the one that
an editor wrote into the notebook. Files and variables that change how Python, IPython,
Matplotlib, Keras or TensorFlow behave stay outside.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from alutils.provenance import keras_backend

# The kernel that every notebook of the book names, and its copies are executed with.
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
OWN_PYTHON = {
    "argv": [
        *(sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
        "--InteractiveShellApp.exec_PYTHONSTARTUP=False",
    ],
    "display_name": KERNEL["display_name"],
    "language": KERNEL["language"],
}
# What begins like this is for other work, or would change what a page shows.
OUTSIDE = (
    *("IPYTHON", "JUPYTER", "KERAS_", "MATPLOTLIB", "MPL", "PIP_", "PYTEST_", "PYTHON"),
    *("JAX_", "TF_", "TQDM_", "XLA_", "COLUMNS", "LINES"),
)
THREADS = (
    *("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    *("TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS"),
)


def write_kernel(folder: Path, kernel: dict[str, object]) -> Path:
    """A folder in which Jupyter finds this kernel, and no setting of anybody's."""
    target = folder / "kernels" / KERNEL["name"] / "kernel.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as draft:
        json.dump(kernel, draft)
    os.replace(draft.name, target)  # another notebook may be reading it
    (folder / "matplotlibrc").touch()
    return folder


def kernel_environment(folder: Path, threads: int | None) -> dict[str, str]:
    """The variables for a kernel in `folder`: those of this process, less what could
    reach a page. `threads` limits what libraries compute with; none does not."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OUTSIDE) and name not in THREADS
    }
    own = {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_PATH": str(folder),
        "KERAS_BACKEND": keras_backend(),
        "KERAS_HOME": str(folder / "keras"),
        "MATPLOTLIBRC": str(folder / "matplotlibrc"),
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # several kernels may share a GPU
    }
    limits = {} if threads is None else dict.fromkeys(THREADS, str(threads))
    return kept | own | limits
