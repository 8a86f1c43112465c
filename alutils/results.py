"""The results that the book keeps, and how a page's own results are written."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pandas as pd

from alutils.files import written_whole
from alutils.provenance import versions
from alutils.records import read_runs, runs_table


def tracked_results(name: str) -> pd.DataFrame:
    """Results that are kept with the book, as a table; one row a measurement.

    Those of a grid come as `runs_table` gives them, in the order of its arms and seeds.

    Raises
    ------
    FileNotFoundError
        If the book keeps no results of that name; the message lists those that it
        keeps.
    """
    name_of_runs = f"{name}.runs.jsonl"
    if not (results_folder() / name_of_runs).is_file():
        path = kept_file("results", f"{name}.csv")
        # Only an empty field is missing, not the text of an arm that is called None.
        return with_accuracy(pd.read_csv(path, keep_default_na=False, na_values=[""]))
    records = read_runs(kept_file("results", name_of_runs)).records
    path = kept_file("grid", f"{name}.toml")
    grid = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    wanted = [(arm, seed) for seed in range(grid["seeds"]) for arm in grid["arms"]]
    return runs_table(records[run] for run in wanted if run in records)


def with_accuracy(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a column `accuracy`, if it has the counts that this comes from."""
    if not {"false_negatives", "false_positives", "reviews"} <= set(table.columns):
        return table
    errors = table["false_negatives"] + table["false_positives"]
    return table.assign(accuracy=1 - errors / table["reviews"])


def save_results(table: pd.DataFrame, name: str) -> Path | None:
    """Write a table as CSV into the folder that `ALUTILS_RESULTS` names; without one,
    write nothing.

    A column `versions` says what it was measured with. An older file of such results is
    replaced whole, so that an interruption leaves the old one.

    Raises
    ------
    FileExistsError
        If another file than such results has the name already; it is left as it is.
    """
    if not os.environ.get("ALUTILS_RESULTS"):
        return None
    path = Path(os.environ["ALUTILS_RESULTS"]).expanduser() / f"{name}.csv"
    if path.is_file():
        with open(path, encoding="utf-8", errors="replace") as file:
            if not file.readline().rstrip("\n").endswith(",versions"):
                raise FileExistsError(
                    f"{path} is there and holds no results of this book (their last"
                    " column is versions): move it, or let ALUTILS_RESULTS name"
                    " another folder"
                )
    measured_with = " ".join(
        f"{name}-{version}" for name, version in versions().items()
    )
    return write_whole(table.assign(versions=measured_with), path)


def write_whole(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV, as `written_whole` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as file:
        table.to_csv(file, index=False, lineterminator="\n")
    return path


def kept_file(kind: str, name: str) -> Path:
    """A file that is kept with the book, of a kind such as "results" or "grid".

    If the variable `ALUTILS_READ_LOG` names a file, the name goes there too, one a
    line: so the book's build knows what a notebook has read.

    Raises
    ------
    FileNotFoundError
        If it is not there; the message lists those that are, with the same ending.
    """
    path = results_folder() / name
    if not path.is_file():
        endings = (path.suffix, ".runs.jsonl") if path.suffix == ".csv" else path.suffix
        there = [file.name for file in path.parent.iterdir()]
        kept = {name.partition(".")[0] for name in there if name.endswith(endings)}
        raise FileNotFoundError(
            f"the book keeps no {kind} named {path.stem!r} (kept:"
            f" {', '.join(sorted(kept))})"
        )
    if log := os.environ.get("ALUTILS_READ_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    return path


def results_folder() -> Path:
    """Where the results lie that are kept with the book."""
    package = Path(__file__).parent
    installed = package / "_results"
    return installed if installed.is_dir() else package.parent / "results"
