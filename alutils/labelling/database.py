"""Events in an SQLite file: they are added, each safe on the disk, and never changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

APPLICATION, FORM = 0x616C6C62, 1  # what marks a file as a store, and as of this form

_TABLE = f"""
BEGIN IMMEDIATE;
CREATE TABLE events (
    number INTEGER PRIMARY KEY,  -- in the order in which things happened
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,            -- time, UTC
    text TEXT,                   -- SHA-256 of the text that it is about
    facts TEXT NOT NULL,         -- the rest, as JSON
    sum TEXT NOT NULL            -- of what stands before it, so that damage shows
);
CREATE TRIGGER unchanged BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are added and never changed'); END;
CREATE TRIGGER undeleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are added and never deleted'); END;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {FORM};
COMMIT;
"""
_SELECT = "SELECT number, kind, who, at, text, facts, sum FROM events"
_TABLES = "SELECT count(*) FROM sqlite_master"


class Line(NamedTuple):
    """An event as the file has it: its time and facts as text, its text by the hash."""

    number: int
    kind: str
    who: str
    at: str
    text: str | None
    facts: str


class StoreDamaged(ValueError):
    """Not all of a store's file can be read."""


class Database:
    """The events in a file, to read and to add to; the file is made if there is none.

    Raises
    ------
    OSError, StoreDamaged, ValueError
        If it cannot be opened or made, not all of it can be read, or it is none of ours
        or of a newer form.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._mode = "rwc"
        if path.exists() and (damage := read(path)[1]):
            raise StoreDamaged(
                f"{damage}. Open it with read_only=True to export them, then move the"
                " file away, or bring it back from a copy"
            )
        try:
            connection = self._connected()
            if not connection.execute(_TABLES).fetchone()[0]:
                connection.executescript(_TABLE)
            self._mode = "rw"  # a file that is gone is not made anew
        except sqlite3.Error as error:
            self.close()
            raise _plain(error, path) from error

    def append(self, lines: Sequence[Line]) -> None:
        """Add events, all or none of them; they are on the disk when it returns.

        Raises
        ------
        OSError
            If they cannot be written.
        """
        rows = [(*line, _sum(line)) for line in lines]
        try:
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO events VALUES (?,?,?,?,?,?,?)", rows)
            connection.execute("COMMIT")
        except BaseException as error:
            self.close()  # takes back what was not committed
            if isinstance(error, sqlite3.Error):
                raise _plain(error, self.path) from error
            raise

    def after(self, number: int) -> list[Line]:
        """The events after the one of this number.

        Raises
        ------
        OSError
            If they cannot be read.
        """
        query = f"{_SELECT} WHERE number > ? ORDER BY number"
        try:
            return [
                Line(*row[:-1]) for row in self._connected().execute(query, [number])
            ]
        except sqlite3.Error as error:
            self.close()
            raise _plain(error, self.path) from error

    def copy_into(self, path: Path) -> None:
        """Write all events into a new file of their own.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        try:
            self._connected().execute("VACUUM INTO ?", [str(path)])
        except sqlite3.Error as error:
            raise _plain(error, path) from error

    def close(self) -> None:
        """Let go of the file; it is opened again when it is needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"{self.path.as_uri()}?mode={self._mode}",
                uri=True,
                isolation_level=None,
                # A notebook may answer from another thread than it opened from.
                check_same_thread=False,
            )
            # EXTRA syncs the folder too: after a power cut, a journal that was deleted
            # could otherwise be back, and take the last event with it.
            self._connection.execute("PRAGMA synchronous = EXTRA")
        return self._connection


def read(path: Path) -> tuple[list[Line], str | None]:
    """The events of a file that can be read, and what is wrong with it, or None. The
    file is left as it is.

    Raises
    ------
    OSError
        If the file is not there or cannot be opened.
    ValueError
        If it is none of ours, or of a newer form.
    """
    journal = Path(f"{path}-journal")
    try:
        return _read(path, "ro")
    except OSError:
        if not journal.exists():
            raise
    # Whoever wrote last was stopped in the middle, and SQLite wants to put that right in
    # the file itself: let it do so in a copy.
    with tempfile.TemporaryDirectory() as folder:
        for file in (journal, path):
            shutil.copyfile(file, Path(folder) / file.name)
        return _read(Path(folder) / path.name, "rw")


def _read(path: Path, mode: str) -> tuple[list[Line], str | None]:
    rows, damage = [], None
    try:
        uri = f"{path.as_uri()}?mode={mode}"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            _check_ours(connection, path)
            rows, damage = _rows(connection)
    except sqlite3.Error as error:
        if not _is_damage(error):
            raise _plain(error, path) from error
        damage = str(error)
    lines = [Line(*row[:-1]) for row in rows if row[-1] == _sum(Line(*row[:-1]))]
    if damage is None and len(lines) < len(rows):
        damage = "not all events are as they were written"
    if damage is None and [line.number for line in lines] != [
        *range(1, len(lines) + 1)
    ]:
        damage = "events are missing"
    if damage is not None:
        damage = f"{path} is damaged ({damage}); {len(lines)} events can be read"
    return lines, damage


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION and connection.execute(_TABLES).fetchone()[0]:
        raise ValueError(
            f"{path} is a database, but no store of labels: it is left as it is. Choose"
            " another folder"
        )
    if form > FORM:
        raise ValueError(
            f"{path} is of form {form}, and this version of alutils reads form {FORM}:"
            " use the version that wrote it, or a newer one"
        )


def _rows(connection: sqlite3.Connection) -> tuple[list[tuple], str | None]:
    """The rows that can be read, and the first thing that is wrong."""
    if not connection.execute(_TABLES).fetchone()[0]:
        return [], None  # it was only just made
    connection.text_factory = lambda text: text.decode(errors="replace")
    (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if problem == "ok":
        return connection.execute(f"{_SELECT} ORDER BY number").fetchall(), None
    found: dict[int, tuple] = {}

    def take(query: str) -> None:
        with suppress(sqlite3.Error):  # as far as it goes
            found.update((row[0], row) for row in connection.execute(query))

    take(f"{_SELECT} ORDER BY number")
    gap = max(found, default=0) + 1
    take(f"{_SELECT} ORDER BY number DESC")
    for number in range(gap, max(found, default=0)):
        take(f"{_SELECT} WHERE number = {number}")
    return [row for _, row in sorted(found.items())], problem


def _sum(line: Line) -> str:
    return hashlib.sha256(json.dumps(line, default=repr).encode()).hexdigest()[:16]


def _is_damage(error: sqlite3.Error) -> bool:
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _plain(error: sqlite3.Error, path: Path) -> OSError:
    causes = {
        "SQLITE_FULL": "the disk is full: make room",
        "SQLITE_READONLY": "the folder or file is read-only, or was moved: put it right",
        "SQLITE_CANTOPEN": "it cannot be opened or made: look after the folder",
        "SQLITE_BUSY": "another program is writing to it: close that",
    }
    name = getattr(error, "sqlite_errorname", "")
    found = (cause for code, cause in causes.items() if name.startswith(code))
    cause = next(found, f"{error}: look after the disk")
    return OSError(f"{path}: {cause}, and try again. Nothing was written")
