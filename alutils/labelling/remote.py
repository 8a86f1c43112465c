"""Folders on a network, on Drive or kept in step with a cloud: SQLite cannot rely on
their locks, so the live store lies elsewhere and they are given copies."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from platformdirs import user_data_path

from alutils.files import written_whole
from alutils.labelling.as_csv import COLUMNS
from alutils.labelling.database import Database

_KINDS = {"9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre"}
_KINDS |= {"ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
_SYNCED = ("CloudStorage", "Dropbox", "Google Drive", "Mobile Documents", "OneDrive")


def is_remote(folder: Path, mounts: str | None = None) -> bool:
    """Whether a folder is on a network, on Drive, or kept in step with a cloud, as far as
    its path and the system's list of mounts tell.

    Parameters
    ----------
    mounts
        the list, in the form of Linux's /proc/mounts, which is read if none is given
    """
    if any(part.startswith(_SYNCED) for part in folder.parts):
        return True
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text()
        except OSError:  # not Linux
            mounts = ""
    kind_of = {}
    for line in mounts.splitlines():
        _, place, kind, *_ = line.split(" ")
        kind_of[Path(place.replace(r"\040", " "))] = kind
    kinds = (kind_of[place] for place in (folder, *folder.parents) if place in kind_of)
    kind = next(kinds, "")
    return kind in _KINDS or kind.startswith("fuse.")


def local_place(folder: Path) -> Path:
    """The folder on a local disk for the live store of a folder that is remote."""
    name = hashlib.sha256(str(folder).encode(errors="surrogatepass")).hexdigest()[:16]
    return user_data_path("alutils", appauthor=False) / "labels" / name


def write_copy(database: Database, answers: str, folder: Path) -> None:
    """Put a copy of the store and the answers as CSV into a folder, in place of older
    ones there, each in one step.

    Raises
    ------
    OSError
        If they cannot be written.
    FileExistsError
        If the folder has a labels.csv that is none of ours.
    """
    table = folder / "labels.csv"
    header = ",".join(COLUMNS).encode()
    if table.exists() and not table.read_bytes().startswith(header):
        raise FileExistsError(
            f"{table} is there and is none of ours: move it, or choose another folder"
        )
    with tempfile.TemporaryDirectory() as scratch:
        database.copy_into(Path(scratch) / database.path.name)
        copy = (Path(scratch) / database.path.name).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    encoded = answers.encode(errors="backslashreplace")
    for path, content in ((folder / database.path.name, copy), (table, encoded)):
        with written_whole(path) as file:
            file.write(content)
