"""The file of a grid's records: read at the start, held by one process, and only ever
appended to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from alutils.experiments.grid import Grid
from alutils.records import KeptRuns, read_runs

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None


class Store:
    """Records of a grid in its file, which this process holds.

    Attributes
    ----------
    current
        records of the grid's runs that were made with the settings that the grid has
        now, by arm and seed
    complaints
        a line about each thing in the file that does not count
    """

    def __init__(self, grid: Grid, file: BinaryIO, kept: KeptRuns) -> None:
        self._file, self._size = file, kept.size
        self.current: dict[tuple[str, int], Mapping[str, Any]] = {}
        self.complaints = list(kept.complaints)
        wanted = {(run.arm, run.seed): run for run in grid.runs}
        for (arm, seed), record in kept.records.items():
            if (arm, seed) not in wanted:
                self.complaints.append(f"{arm}, seed {seed}: not in the grid")
            elif not wanted[arm, seed].is_made_by(record):
                self.complaints.append(f"{arm}, seed {seed}: made with other settings")
            else:
                self.current[arm, seed] = record

    def append(self, record: Mapping[str, Any]) -> None:
        """Write a record in one piece, on the disk before this returns. A piece of a
        record that was cut off before is cut away first."""
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._file.truncate(self._size)
        self._file.seek(max(self._size - 1, 0))
        if self._file.read(1) not in (b"", b"\n"):
            line = "\n" + line
        data = line.encode()
        self._file.seek(self._size)
        self._file.write(data)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._size += len(data)
        self.current[record["arm"], record["seed"]] = record


@contextmanager
def held(grid: Grid) -> Iterator[Store]:
    """Hold the file of a grid's records, an empty one if there is none.

    Raises
    ------
    ValueError
        If the file holds something else; it is left as it is.
    RuntimeError
        If another process holds it.
    """
    path = grid.records
    read_runs(path)  # before the file is opened to be written to
    with open(path, "r+b" if path.exists() else "x+b") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(
                f"another process carries out {path} already: wait for it, or stop it"
            ) from None
        yield Store(grid, file, read_runs(path))
