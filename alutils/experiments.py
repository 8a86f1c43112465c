"""Grids of runs: many arms, many seeds, from one readable file to one tidy table.

    python -m alutils.experiments book/results/strategies_linear.toml

The table lies beside the file. A run is written whole or not at all, and a run that is
there is not repeated, so that a grid can be stopped at any moment, even killed, and
started again.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import multiprocessing
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from alutils.evaluation import versions, write_whole
from alutils.runs import Run, run_one


@dataclasses.dataclass(frozen=True)
class Grid:
    """Arms and seeds, and where their table lies.

    Attributes
    ----------
    question
        what the grid is there to answer
    runs
        every arm at every seed; all arms of a seed before the next seed
    table
        path of the CSV file
    """

    question: str
    runs: tuple[Run, ...]
    table: Path


def read_grid(path: Path | str) -> Grid:
    """A grid from a TOML file with `question`, `seeds` (how many), the settings `common`
    to all arms, and a table of `arms` with what each changes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no TOML, lacks a part, or names an unknown strategy, learner or
        setting; the message names what is known.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no grid {path}: give the path of a .toml file"
        )
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"grid {path} is no TOML: {error}") from error
    expected = {"question", "seeds", "common", "arms"}
    if text.keys() != expected:
        raise ValueError(
            f"grid {path} has {', '.join(sorted(text)) or 'nothing'}: expected exactly"
            f" {', '.join(sorted(expected))}"
        )
    if type(text["seeds"]) is not int or text["seeds"] < 1 or not text["arms"]:
        raise ValueError(
            f"grid {path} has seeds={text['seeds']!r} and {len(text['arms'])} arms:"
            " expected at least one of each"
        )
    known = [f.name for f in dataclasses.fields(Run) if f.name not in ("arm", "seed")]
    runs = []
    for seed in range(text["seeds"]):
        for arm, changes in text["arms"].items():
            given = {**text["common"], **changes}
            for name in given:
                if name not in known:
                    raise ValueError(
                        f"grid {path}, {arm}: unknown setting {name!r}: choose from"
                        f" {', '.join(known)}"
                    )
            if "rounds" in given:
                given["rounds"] = _rounds(given["rounds"], f"grid {path}, {arm}")
            try:
                runs.append(Run(arm=arm, seed=seed, **given))
            except ValueError as error:
                raise ValueError(f"grid {path}, {error}") from error
    return Grid(text["question"], tuple(runs), path.with_suffix(".csv"))


def _rounds(given: object, where: str) -> tuple[tuple[int, int], ...]:
    whole = isinstance(given, list) and all(
        isinstance(pair, list)
        and len(pair) == 2
        and all(type(n) is int and n > 0 for n in pair)
        for pair in given
    )
    if not whole:
        raise ValueError(
            f"{where}: rounds={given!r}: expected pairs of how many rounds and how many"
            " labels in each, such as [[19, 100], [12, 250]]"
        )
    return tuple((count, size) for count, size in given)


def whole_runs(grid: Grid) -> tuple[pd.DataFrame, list[str]]:
    """The rows of the grid's table that belong to whole runs, and a line about each
    thing that does not.

    A run is whole if all its rounds are there, made with the settings that the grid has
    now.
    """
    nothing = pd.DataFrame(columns=COLUMNS)
    if not grid.table.is_file():
        return nothing, []
    complaints, text = [], grid.table.read_text(encoding="utf-8")
    if not text.endswith("\n"):
        complaints.append(f"{grid.table} is cut off in its last line")
        text = text[: text.rfind("\n") + 1]
    if text.partition("\n")[0] != ",".join(COLUMNS):
        return nothing, [f"{grid.table} has other columns than it should"]
    table = pd.read_csv(io.StringIO(text), dtype=str, on_bad_lines="skip")
    numbers = [name for name in COLUMNS if name not in TEXTS]
    table[numbers] = table[numbers].apply(pd.to_numeric, errors="coerce")
    wanted = {(run.arm, run.seed): run for run in grid.runs}
    kept = [nothing]
    for (arm, seed), rows in table.groupby(["arm", "seed"], sort=False, dropna=False):
        run = wanted.get((arm, seed))
        if run is None:
            complaints.append(f"{arm}, seed {seed}: not in the grid")
        elif set(rows["settings"].fillna("")) != {run.settings}:
            complaints.append(f"{arm}, seed {seed}: made with other settings")
        elif not _is_whole(rows):
            complaints.append(f"{arm}, seed {seed}: not all of its rounds are there")
        else:
            kept.append(rows)
    return pd.concat(kept[1:] or kept), complaints


COLUMNS = (
    *("arm", "seed", "round", "labels", "false_negatives", "false_positives"),
    *("reviews", "seconds", "asked", "asked_positive", "labels_spent", "leaked"),
    *("rounds", "settings", "versions", "commit"),
)
TEXTS = ("arm", "settings", "versions", "commit")


def _is_whole(rows: pd.DataFrame) -> bool:
    numbers = rows.drop(columns=list(TEXTS))
    complete = list(rows["round"]) == list(range(int(rows["rounds"].iloc[0])))
    return complete and not numbers.isna().any(axis=None)


def run_grid(
    grid: Grid,
    executor: Executor,
    *,
    made_with: dict[str, str] | None = None,
) -> pd.DataFrame:
    """Carry out the runs that the grid's table lacks, and add each to the table as soon
    as it is done.

    A run that fails is reported at the end; the others go on.

    Parameters
    ----------
    executor
        where runs are carried out: a pool of processes, or a Dask cluster's
    made_with
        further columns for each row, such as versions and commit

    Raises
    ------
    RuntimeError
        If a run failed; the message names each one. What the others gave is kept.
    """
    table, complaints = whole_runs(grid)
    for complaint in complaints:
        tqdm.write(f"{complaint}; what the grid names is made again")
    there = set(zip(table["arm"], table["seed"], strict=True))
    missing = [run for run in grid.runs if (run.arm, run.seed) not in there]
    if complaints and not missing:
        _save(grid, table)
    made_with = made_with or {}
    waiting = {executor.submit(run_one, run): run for run in missing}
    failed = []
    with tqdm(total=len(grid.runs), initial=len(there), unit="run") as bar:
        for future in as_completed(waiting):
            run = waiting[future]
            try:
                rows = future.result()
            except Exception as error:
                failed.append(f"{run.arm}, seed {run.seed}: {error!r}")
            else:
                table = pd.concat([table, rows.assign(**made_with)])
                _save(grid, table)
            bar.set_postfix_str(f"{run.arm}, seed {run.seed}")
            bar.update()
    if failed:
        raise RuntimeError(
            f"{len(failed)} of {len(missing)} runs failed; start the grid again to"
            " repeat them:\n" + "\n".join(failed)
        )
    return table


def _save(grid: Grid, table: pd.DataFrame) -> None:
    place = {(run.arm, run.seed): k for k, run in enumerate(grid.runs)}
    keys = [place[key] for key in zip(table["arm"], table["seed"], strict=True)]
    ordered = table.assign(_place=keys).sort_values(["_place", "round"])
    whole = {name: int for name in COLUMNS if name not in (*TEXTS, "seconds")}
    write_whole(ordered[list(COLUMNS)].astype(whole), grid.table)


@contextmanager
def workers(count: int, scheduler: str | None = None) -> Iterator[Executor]:
    """`count` processes of this machine, a thread each; or, given its address, all
    workers of a Dask cluster.

    Raises
    ------
    ConnectionError
        If nothing answers at the address.
    ImportError
        If an address is given and Dask is not installed.
    """
    if scheduler is None:
        os.environ.update(dict.fromkeys(_THREADS, "1"))
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(count, mp_context=spawn) as pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError(
            "a scheduler's address needs Dask: pip install distributed"
        ) from error
    try:
        client = Client(scheduler, timeout=5)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        raise ConnectionError(
            f"no Dask scheduler answers at {scheduler}: start one with"
            " 'dask scheduler', or leave the address out to use this machine"
        ) from error
    with client:
        yield client.get_executor(pure=False)


# Each library that a worker's threads could come from has a name of its own for it.
_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)


def provenance() -> dict[str, str]:
    """Columns that say where a row comes from: versions, and the commit (with a + if
    tracked files had changes)."""
    software = versions() | {
        name: metadata.version(name) for name in ("numpy", "scikit-learn")
    }
    try:
        commit = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = "unknown"
    named = " ".join(f"{name}-{version}" for name, version in software.items())
    return {"versions": named, "commit": commit}


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out the grids that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grids", nargs="+", metavar="GRID", help="a .toml file")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--scheduler", help="address of a Dask cluster: tcp://…")
    given = parser.parse_args(arguments)
    try:
        grids = [read_grid(path) for path in given.grids]  # all, before the first run
        with workers(given.workers, given.scheduler) as executor:
            for grid in grids:
                tqdm.write(f"{grid.question} ({grid.table})")
                run_grid(grid, executor, made_with=provenance())
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; what is done is kept, start again to go on")


if __name__ == "__main__":
    main()
