"""Carry out a grid of runs, in the processes of this machine or on a cluster.

    python -m alutils.experiments book/results/strategies_linear.toml

The table lies beside the file. A run is written whole or not at all, and a run that is
there is not repeated, so that a grid can be stopped at any moment, even killed, and
started again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, as_completed
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from alutils.grids import Grid, read_grid, save_table, whole_runs
from alutils.simulation import run_one
from alutils.workers import workers

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None


def run_grid(grid: Grid, executor: Executor) -> pd.DataFrame:
    """Carry out the runs that the grid's table lacks, and add each to the table as soon
    as it is done.

    A run that fails is reported at the end; the others go on. What is wrong with the
    table is reported at the start, and the table as it was is kept beside the new one,
    as `.old` or, if there is one already, `.old2` and so on.

    Parameters
    ----------
    executor
        where runs are carried out: a pool of processes, or a Dask cluster's

    Returns
    -------
    table
        what the file holds: one row a round, in the order of the grid's runs

    Raises
    ------
    RuntimeError
        If a run failed; the message names each one. Or, as its kind BrokenExecutor, if
        the workers were lost. What was done is kept. Or if another process carries out
        the same grid.
    """
    with _held(grid):
        return _carry_out(grid, executor)


def _carry_out(grid: Grid, executor: Executor) -> pd.DataFrame:
    table, complaints = whole_runs(grid)
    if complaints:
        kept = _kept_aside(grid.table)
        ending = f"the old table is kept as {kept}; what the grid names is made again"
        tqdm.write("\n".join([*complaints, ending]))
        save_table(grid, table)
    there = set(zip(table["arm"], table["seed"], strict=True))
    missing = [run for run in grid.runs if (run.arm, run.seed) not in there]
    waiting = {executor.submit(run_one, run): run for run in missing}
    failed, lost = [], 0
    with tqdm(total=len(grid.runs), initial=len(there), unit="run") as bar:
        for future in as_completed(waiting):
            run = waiting[future]
            try:
                rows = future.result()
            except (BrokenExecutor, CancelledError):
                lost += 1
                continue
            except Exception as error:
                failed.append(f"{run.arm}, seed {run.seed}: {error!r}")
                tqdm.write("".join(traceback.format_exception(error)))
            else:
                table = pd.concat([table, rows])
                save_table(grid, table)
                done, asked = len(rows) - 1, len(run.query_sizes)
                if done < asked:
                    tqdm.write(
                        f"{run.arm}, seed {run.seed}: the pool ended after round {done}"
                        f" of {asked}"
                    )
            bar.set_postfix_str(f"{run.arm}, seed {run.seed}")
            bar.update()
    if failed:
        count = f"{len(failed)} of {len(missing)} runs failed"
        failed = [f"{count}; start the grid again to repeat them:", *failed]
    if lost:
        failed.append(
            f"the workers were lost (one was killed, or memory ran out), and {lost} runs"
            " with them; what is done is kept, start the grid again to go on"
        )
    if failed:
        raise (BrokenExecutor if lost else RuntimeError)("\n".join(failed))
    return whole_runs(grid)[0]


@contextmanager
def _held(grid: Grid) -> Iterator[None]:
    """Hold a grid while its runs go on: two processes would write over each other's
    table."""
    with open(grid.table.with_suffix(".lock"), "w") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(
                f"another process carries out {grid.table} already: wait for it, or"
                " stop it"
            ) from None
        yield


def _kept_aside(table: Path) -> Path:
    """A copy of a table, under a name that no earlier one has."""
    names = (table.with_suffix(f".old{k}" if k > 1 else ".old") for k in count(1))
    return Path(shutil.copyfile(table, next(p for p in names if not p.exists())))


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out the grids that the command line names.

    A grid with runs that failed does not keep the next one from starting.

    Raises
    ------
    SystemExit
        If something failed; the message says what.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grids", nargs="+", metavar="GRID", help="a .toml file")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--scheduler", help="address of a Dask cluster: tcp://…")
    given = parser.parse_args(arguments)
    failures = []
    try:
        for path in given.grids:  # all, before the first run
            read_grid(path)
        with workers(given.workers, given.scheduler) as executor:
            for path in given.grids:
                grid = read_grid(path)  # as it is now, hours later perhaps
                tqdm.write(f"{grid.question} ({grid.table})")
                try:
                    run_grid(grid, executor)
                except RuntimeError as error:
                    failures.append(f"{path}: {error}")
                    if isinstance(error, BrokenExecutor):
                        break
    except (OSError, ValueError, ImportError) as error:
        failures.append(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        failures.append("interrupted; what is done is kept, start again to go on")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
