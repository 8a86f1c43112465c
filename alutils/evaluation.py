"""From rounds to evidence: tables, intervals, and the results that the book keeps."""

from __future__ import annotations

import functools
import os
import platform
import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import keras
import pandas as pd
from scipy import stats

from alutils.errors import ErrorCounts
from alutils.loop import Round


def accuracy_interval(errors: ErrorCounts, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for the accuracy, lower and upper bound between 0 and 1
    (Wilson 1927).

    It speaks of the luck of which reviews are in the test set, not of the luck of the
    training.
    """
    right = errors.reviews - errors.false_negatives - errors.false_positives
    interval = stats.binomtest(right, errors.reviews).proportion_ci(
        level, method="wilson"
    )
    return float(interval.low), float(interval.high)


def rounds_table(rounds: Iterable[Round]) -> pd.DataFrame:
    """One row a round: labels, errors of both kinds, accuracy, seconds."""
    return pd.DataFrame(
        {
            "round": r.number,
            "labels": r.labels,
            "false_negatives": r.test.false_negatives,
            "false_positives": r.test.false_positives,
            "reviews": r.test.reviews,
            "accuracy": r.test.accuracy,
            "seconds": r.seconds,
        }
        for r in rounds
    )


def versions() -> dict[str, str]:
    """Versions that can change a number: Python, Keras, and the backend under its own
    name."""
    backend = keras.backend.backend()
    return {
        "python": platform.python_version(),
        "keras": keras.__version__,
        backend: metadata.version(backend),
    }


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


def tracked_results(name: str) -> pd.DataFrame:
    """A results file that is kept with the book, as a table; one row a measurement.

    Raises
    ------
    FileNotFoundError
        If the book keeps no results of that name; the message lists those that it
        keeps.
    """
    path = kept_file("results", f"{name}.csv")
    # Only an empty field is missing, not the text of an arm that is called None.
    return with_accuracy(pd.read_csv(path, keep_default_na=False, na_values=[""]))


def with_accuracy(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a column `accuracy`, if it has the counts that this comes from."""
    if not {"false_negatives", "false_positives", "reviews"} <= set(table.columns):
        return table
    errors = table["false_negatives"] + table["false_positives"]
    return table.assign(accuracy=1 - errors / table["reviews"])


def save_results(table: pd.DataFrame, name: str) -> Path | None:
    """Write a table as CSV into the folder that `ALUTILS_RESULTS` names; without one,
    write nothing.

    A column `versions` says what it was measured with. The file is replaced whole, so
    that an interruption leaves the old one.
    """
    if not os.environ.get("ALUTILS_RESULTS"):
        return None
    measured_with = " ".join(
        f"{name}-{version}" for name, version in versions().items()
    )
    path = Path(os.environ["ALUTILS_RESULTS"]) / f"{name}.csv"
    return write_whole(table.assign(versions=measured_with), path)


def write_whole(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV in one step: whoever interrupts it leaves the old file or
    the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    table.to_csv(draft, index=False, lineterminator="\n")
    with open(draft, "rb+") as file:  # on the disk first, lest a power cut empty it
        os.fsync(file.fileno())
    os.replace(draft, path)
    return path


def kept_file(kind: str, name: str) -> Path:
    """A file that is kept with the book, of a kind such as "results" or "grid".

    Raises
    ------
    FileNotFoundError
        If it is not there; the message lists those that are, with the same ending.
    """
    path = results_folder() / name
    if not path.is_file():
        kept = ", ".join(sorted(f.stem for f in path.parent.glob(f"*{path.suffix}")))
        raise FileNotFoundError(
            f"the book keeps no {kind} named {path.stem!r} (kept: {kept})"
        )
    return path


def results_folder() -> Path:
    """Where the results lie that are kept with the book."""
    package = Path(__file__).parent
    installed = package / "results"
    return installed if installed.is_dir() else package.parent / "book" / "results"
