"""Carry out what is missing of a grid, and keep the record of each run as soon as it is
done."""

from __future__ import annotations

import traceback
from concurrent.futures import BrokenExecutor, CancelledError, Executor, as_completed

import pandas as pd
from tqdm import tqdm

from alutils.experiments.config import Run
from alutils.experiments.grid import Grid
from alutils.experiments.run import run_one
from alutils.experiments.store import Store, held
from alutils.experiments.workers import why_lost
from alutils.records import runs_table


def run_grid(grid: Grid, executor: Executor) -> pd.DataFrame:
    """Carry out the runs that the grid's file of records lacks, and add the record of
    each to the file as soon as it is done.

    A run that fails is reported at the end; the others go on. What is in the file and
    does not count is reported at the start; nothing is taken out.

    Parameters
    ----------
    executor
        where runs are carried out: a pool of processes, or a Dask cluster's

    Returns
    -------
    table
        as `records.runs_table` gives it, in the order of the grid's runs

    Raises
    ------
    ValueError
        If the file is not one of records.
    RuntimeError
        If a run failed; the message names each one. Or, as its kind BrokenExecutor, if
        the workers were lost. What was done is kept. Or if another process carries out
        the same grid.
    """
    with held(grid) as store:
        for complaint in store.complaints:
            say(complaint)
        _carry_out(grid, executor, store)
        keys = [(run.arm, run.seed) for run in grid.runs]
        return runs_table(store.current[key] for key in keys)


def _carry_out(grid: Grid, executor: Executor, store: Store) -> None:
    missing = [run for run in grid.runs if (run.arm, run.seed) not in store.current]
    there = len(grid.runs) - len(missing)
    waiting = {executor.submit(run_one, run): run for run in missing}
    failed: list[tuple[Run, Exception]] = []
    lost = 0
    with tqdm(total=len(grid.runs), initial=there, unit="run") as bar:
        for future in as_completed(waiting):
            run = waiting[future]
            try:
                record = future.result()
            except (BrokenExecutor, CancelledError):
                lost += 1
                continue
            except Exception as error:
                failed.append((run, error))
                say("".join(traceback.format_exception(error)))
            else:
                store.append(record)
                done, asked = len(record["rounds"]["seconds"]) - 1, len(run.query_sizes)
                if done < asked and run.stopping.kind == "never":
                    say(f"{_name(run)}: the pool ended after round {done} of {asked}")
            bar.set_postfix_str(_name(run))
            bar.update()
    said = []
    for passing, ending in (
        (True, "start the grid again to repeat them"),
        (
            False,
            "settings, seed and reviews decide that, so they would fail again: change"
            " what the messages name",
        ),
    ):
        of_this = [(r, e) for r, e in failed if _may_pass(e) == passing]
        if of_this:
            said.append(f"{len(of_this)} of {len(missing)} runs failed; {ending}:")
            said += [f"{_name(run)}: {error!r}" for run, error in of_this]
    if lost:
        said.append(
            f"the workers were lost ({why_lost(executor)}), and {lost} runs with them;"
            " what is done is kept, start the grid again to go on"
        )
    if said:
        raise (BrokenExecutor if lost else RuntimeError)("\n".join(said))


def say(text: str) -> None:
    """Print beside the progress bar, whatever the terminal can show; a terminal that is
    gone must not stop a grid."""
    try:
        try:
            tqdm.write(text)
        except UnicodeEncodeError:
            tqdm.write(text.encode("ascii", "backslashreplace").decode())
    except OSError:
        pass


def _may_pass(error: Exception) -> bool:
    """Whether the same run could succeed later, with nothing changed: a network, a disk
    or the memory may recover."""
    lasting = (
        FileNotFoundError,
        PermissionError,
        IsADirectoryError,
        NotADirectoryError,
    )
    return isinstance(error, (OSError, MemoryError)) and not isinstance(error, lasting)


def _name(run: Run) -> str:
    return f"{run.arm}, seed {run.seed}"
