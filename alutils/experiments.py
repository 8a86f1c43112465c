"""Carry out a grid of runs, in the processes of this machine or on a cluster.

    python -m alutils.experiments book/results/strategies_linear.toml

The table lies beside the file. A run is written whole or not at all, and a run that is
there is not repeated, so that a grid can be stopped at any moment, even killed, and
started again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from alutils.evaluation import versions
from alutils.grids import Grid, read_grid, save_table, whole_runs
from alutils.simulation import run_one


def run_grid(grid: Grid, executor: Executor) -> pd.DataFrame:
    """Carry out the runs that the grid's table lacks, and add each to the table as soon
    as it is done.

    A run that fails is reported at the end; the others go on.

    Parameters
    ----------
    executor
        where runs are carried out: a pool of processes, or a Dask cluster's

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
        save_table(grid, table)
    made_with = provenance()
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
                save_table(grid, table)
            bar.set_postfix_str(f"{run.arm}, seed {run.seed}")
            bar.update()
    if failed:
        raise RuntimeError(
            f"{len(failed)} of {len(missing)} runs failed; start the grid again to"
            " repeat them:\n" + "\n".join(failed)
        )
    return table


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
        with ProcessPoolExecutor(
            count, mp_context=spawn, initializer=_end_with_parent
        ) as pool:
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


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


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
                run_grid(grid, executor)
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        sys.exit("interrupted; what is done is kept, start again to go on")


if __name__ == "__main__":
    main()
