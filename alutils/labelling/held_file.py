"""The file of a store while a process has it: held against others, and beside its copy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from alutils.labelling import remote
from alutils.labelling.database import Database, Line, StoreDamaged, read
from alutils.labelling.holding import Hold

_held_here: WeakValueDictionary[Path, HeldFile] = WeakValueDictionary()


class HeldFile:
    """Events in a file that no other process adds to meanwhile. Where this process has
    the file already, it is closed there.

    Parameters
    ----------
    copy_to
        a folder with a copy, from which it goes on if that is newer; None if there is
        none

    Raises
    ------
    StoreHeld, StoreDamaged, ValueError, OSError
        As `Store.open` says.
    """

    def __init__(self, path: Path, who: str, copy_to: Path | None) -> None:
        self.path, self.copy_to = path, copy_to
        if path in _held_here:
            _held_here[path].close()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            hold = Hold(path.with_suffix(".lock"), who)
        except OSError as error:
            raise type(error)(
                f"the folder {path.parent} cannot be written ({error.strerror}): choose"
                " another, or look only (read_only=True)"
            ) from error
        try:
            self._database = Database(path)
            lines = self._database.after(0)
            newer = self._lines_of_copy(lines)[len(lines) :]
            if newer:
                self._database.append(newer)
        except BaseException:
            hold.release()
            raise
        self._hold: Hold | None = hold
        _held_here[path] = self

    @property
    def closed(self) -> bool:
        """Whether it was let go of."""
        return self._hold is None

    def append(self, lines: Sequence[Line]) -> None:
        """Add events, as `Database.append` does."""
        self._database.append(lines)

    def after(self, number: int) -> list[Line]:
        """The events after the one of this number."""
        return self._database.after(number)

    def save_copy(self, answers: str) -> None:
        """Put a copy, and the answers as CSV, into the folder that is given copies.

        Raises
        ------
        OSError
            If they cannot be written.
        StoreDamaged, ValueError
            If the copy there is damaged, or has gone its own way.
        """
        if self.copy_to is not None:
            self._lines_of_copy(self._database.after(0))
            remote.write_copy(self._database, answers, self.copy_to)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    def _lines_of_copy(self, lines: Sequence[Line]) -> list[Line]:
        copy = None if self.copy_to is None else self.copy_to / self.path.name
        if copy is None or not copy.exists():
            return []
        copied, damage = read(copy)
        if damage:
            raise StoreDamaged(f"{damage}. Move this copy away, and a new one is made")
        both = min(len(lines), len(copied))
        if lines[:both] != copied[:both]:
            raise ValueError(
                f"the labels in {self.path} and in their copy {copy} have each gone their"
                " own way: choose which to go on from, and move the other away"
            )
        return copied


def read_there(path: Path) -> tuple[list[Line], str | None]:
    """The events in a file that is only read, and what is wrong with it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"there are no labels in {path.parent}: check the folder"
        )
    return read(path)
