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
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    ProcessPoolExecutor,
    as_completed,
)
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from alutils.grids import Grid, read_grid, save_table, whole_runs
from alutils.simulation import run_one

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None


def run_grid(grid: Grid, executor: Executor) -> pd.DataFrame:
    """Carry out the runs that the grid's table lacks, and add each to the table as soon
    as it is done.

    A run that fails is reported at the end; the others go on. What is wrong with the
    table is reported at the start, and the table as it was is kept beside the new one,
    as `.old`.

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
        the workers were lost. What was done is kept.
    """
    table, complaints = whole_runs(grid)
    if complaints:
        old = shutil.copyfile(grid.table, grid.table.with_suffix(".old"))
        ending = f"the old table is kept as {old}; what the grid names is made again"
        tqdm.write("\n".join([*complaints, ending]))
        save_table(grid, table)
    there = set(zip(table["arm"], table["seed"], strict=True))
    missing = [run for run in grid.runs if (run.arm, run.seed) not in there]
    commit = current_commit()
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
            else:
                table = pd.concat([table, rows.assign(commit=commit)])
                save_table(grid, table)
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
def workers(count: int, scheduler: str | None = None) -> Iterator[Executor]:
    """`count` processes of this machine, a thread each; or, given its address, all
    workers of a Dask cluster.

    The processes end with the block; after an error, or Ctrl-C, at once.

    Raises
    ------
    ConnectionError
        If no Dask scheduler answers at the address.
    ImportError
        If an address is given and Dask is not installed.
    ValueError
        If `count` is not above 0.
    """
    if scheduler is not None:
        with _client(scheduler) as client:
            if not client.scheduler_info()["workers"]:
                tqdm.write(f"waiting for workers: dask worker {scheduler} --nthreads 1")
            yield client.get_executor(pure=False)
        return
    others = multiprocessing.active_children()
    before = {name: os.environ[name] for name in _THREADS if name in os.environ}
    os.environ.update(dict.fromkeys(_THREADS, "1"))  # what a process inherits
    try:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(count, spawn, _end_with_parent) as pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in multiprocessing.active_children():
                    if process not in others:
                        process.terminate()
                raise
    finally:
        for name in _THREADS:
            os.environ.pop(name, None)
        os.environ.update(before)


# Each library that a worker's threads could come from has a name of its own for it.
_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)


def _end_with_parent() -> None:
    """What each process does first: leave Ctrl-C to the parent, and end when it ends,
    even if that is killed; it would wait for more runs for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _client(scheduler: str):
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError as error:
        raise ImportError(
            "a scheduler's address needs Dask: pip install distributed"
        ) from error
    try:
        get_address_host_port(scheduler)  # a Client would hang after a malformed one
        return Client(scheduler, timeout=5)
    except (OSError, ValueError, TypeError) as error:  # TimeoutError is an OSError
        raise ConnectionError(
            f"no Dask scheduler answers at {scheduler!r} ({error}): start one with"
            " 'dask scheduler', or leave the address out to use this machine"
        ) from error


def current_commit() -> str:
    """The commit that is checked out, with a + if the package's tracked files differ
    from it; or "unknown"."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    try:
        commit = git("rev-parse", "--short=12", "HEAD")
        return f"{commit}+" if git("diff", "--name-only", "HEAD", "--", ".") else commit
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


@contextmanager
def _held(path: str) -> Iterator[None]:
    """Hold a grid's file while its runs go on: two processes would write over each
    other's table."""
    with open(path, "r+b") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(
                f"another process carries out {path} already: wait for it, or stop it"
            ) from None
        yield


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
        grids = [read_grid(path) for path in given.grids]  # all, before the first run
        with workers(given.workers, given.scheduler) as executor:
            for path, grid in zip(given.grids, grids, strict=True):
                tqdm.write(f"{grid.question} ({grid.table})")
                try:
                    with _held(path):
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
