"""Folders that are written for the reader: never in place of anything that is not ours,
and what was changed since is known by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from alutils.files import written_whole

FACTS = "facts.json"


def write_folder(
    folder: Path | str,
    files: Mapping[str, bytes],
    facts: Mapping[str, object],
    kind: str,
) -> Path:
    """Write files into a folder, and `facts.json` beside them as the last: it says what
    they are and carries their SHA-256, so that a folder whose writing was interrupted is
    known by it.

    An older folder of the same kind is replaced, file by file, unless somebody has
    changed one of its files since; whatever else lies in it stays.

    Parameters
    ----------
    files
        their content by their name
    facts
        plain values that JSON can hold
    kind
        what the folder is, such as "alutils model"

    Raises
    ------
    FileExistsError
        If the folder holds another file of one of these names, or one that was changed.
    """
    folder = Path(folder).expanduser()
    ours = _files_of(folder, kind)
    for path in (folder / name for name in (FACTS, *files, *ours)):
        if not path.exists():
            continue
        if path.name not in ours:
            raise FileExistsError(
                f"{path} is there and belongs to no {kind}: move it, or choose another"
                " folder"
            )
        if ours[path.name] not in (None, _sha256(path.read_bytes())):
            raise FileExistsError(
                f"{path} was changed since it was written: move it, or choose another"
                " folder"
            )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _write(folder / name, content)
    sums = {name: _sha256(content) for name, content in files.items()}
    text = json.dumps({"kind": kind, "files": sums, **facts}, indent=1)
    _write(folder / FACTS, text.encode())
    for name in ours.keys() - files.keys() - {FACTS}:
        (folder / name).unlink(missing_ok=True)
    return folder


def read_facts(folder: Path | str, kind: str) -> dict:
    """The facts of a folder that `write_folder` wrote.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is of another kind.
    """
    path = Path(folder).expanduser() / FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileNotFoundError(
            f"{folder} is no {kind}: {path} cannot be read ({error.strerror}); name the"
            " folder that was written"
        ) from None
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or facts.get("kind") != kind or not _are_sums(facts):
        raise ValueError(
            f"{path} is that of no {kind}: name the folder that was written"
        )
    return facts


def read_written(folder: Path | str, facts: dict, name: str) -> bytes:
    """A file of a folder that `write_folder` wrote.

    Raises
    ------
    ValueError
        If it is not there, or not as it was written.
    """
    path = Path(folder).expanduser() / name
    content = path.read_bytes() if path.is_file() else b""
    if _sha256(content) != facts["files"].get(name):
        raise ValueError(
            f"{path} is not as it was written (its SHA-256 is not the one in {FACTS}):"
            " copy the folder again, or write it again"
        )
    return content


def _are_sums(facts: Mapping) -> bool:
    """Whether the files that are named lie in the folder itself, each with a sum: by
    these names files are taken away."""
    files = facts.get("files")
    return isinstance(files, dict) and all(
        isinstance(of, str) and Path(name).name == name for name, of in files.items()
    )


def _write(path: Path, content: bytes) -> None:
    with written_whole(path) as file:
        file.write(content)


def _files_of(folder: Path, kind: str) -> dict[str, str | None]:
    """SHA-256 of the files in a folder that are ours, by their names, and None for that
    of the facts themselves; nothing if the folder is none of ours."""
    try:
        facts = read_facts(folder, kind)
    except (OSError, ValueError):
        return {}
    return {**facts["files"], FACTS: None}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
