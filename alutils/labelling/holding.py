"""One process at a time holds a folder, and another is told which."""

from __future__ import annotations

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None


class StoreHeld(RuntimeError):
    """Another process has the store open."""


class Hold:
    """The hold on a file. The system lets go of it when the process dies, and no child of
    the process has it.

    Raises
    ------
    StoreHeld
        If another process has it; the message says which, whose, and since when.
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, who: str) -> None:
        self._file = open(path, "a+", encoding="utf-8")
        try:
            if fcntl is not None:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file.truncate(0)
            self._file.write(json.dumps(_holder(who)))
            self._file.flush()
        except (BlockingIOError, PermissionError):
            self._file.seek(0)
            held_by = self._file.read()
            self._file.close()
            raise StoreHeld(_message(path, held_by)) from None
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        """Let go."""
        self._file.close()


def _holder(who: str) -> dict[str, object]:
    return {
        "who": who,
        "process": os.getpid(),
        "computer": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(" ", "seconds"),
    }


def _message(path: Path, held_by: str) -> str:
    try:
        by = "{who} (process {process} on {computer}, since {since})".format(
            **json.loads(held_by)
        )
    except (ValueError, KeyError, TypeError):
        by = "another process"  # which has not yet said who it is
    return (
        f"the labels in {path.parent} are open already, by {by}: close them there, or end"
        " that process (in Jupyter, shut its kernel down); read_only=True looks at them"
        " meanwhile"
    )
