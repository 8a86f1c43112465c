"""Carry out a grid of runs, in the processes of this machine or on a cluster.

    python -m alutils.experiments results/strategies_linear.toml

The records of its runs lie beside the file. A record is written whole or not at all, and
a run that is there is not repeated, so that a grid can be stopped at any moment, even
killed, and started again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor

from alutils.experiments.carry_out import run_grid, say
from alutils.experiments.grid import read_grid
from alutils.experiments.workers import workers
from alutils.provenance import permitted_cores


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
    parser.add_argument("--workers", type=int, default=permitted_cores())
    parser.add_argument("--scheduler", help="address of a Dask cluster: tcp://…")
    given = parser.parse_args(arguments)
    failures = []
    try:
        for path in given.grids:  # all, before the first run
            read_grid(path)
        with workers(given.workers, given.scheduler) as executor:
            for path in given.grids:
                grid = read_grid(path)  # as it is now, hours later perhaps
                say(f"{grid.question} ({grid.records})")
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
