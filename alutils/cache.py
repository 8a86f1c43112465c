"""Arrays that are slow to make, kept in a folder and found again by what they were made
from."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TextIO

import numpy as np
from platformdirs import user_cache_path

try:
    import fcntl
except ImportError:  # Windows has none
    fcntl = None

_SUMS = "sums.json"


def cache_folder() -> Path:
    """The folder in `ALUTILS_CACHE`, or `alutils` in the user's cache folder; a ~ at the
    start is the home folder.

    Raises
    ------
    ValueError
        If there is no such home folder.
    """
    given = os.environ.get("ALUTILS_CACHE")
    folder = Path(given or user_cache_path("alutils", appauthor=False))
    try:
        return folder.expanduser()
    except RuntimeError:
        raise ValueError(
            f"ALUTILS_CACHE={given!r}: there is no home folder {folder.parts[0]!r}, give"
            " the whole path"
        ) from None


def digest(parts: Iterable[bytes | str | np.ndarray]) -> str:
    """SHA-256 of a sequence of parts; each part's length goes in too, so that no two
    sequences run together. Of an array, the numbers count, its type and shape do not."""
    sha = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            data = memoryview(part.encode(errors="surrogatepass"))
        elif isinstance(part, np.ndarray):
            data = memoryview(np.ascontiguousarray(part).reshape(-1).view(np.uint8))
        else:
            data = memoryview(part)
        sha.update(data.nbytes.to_bytes(8, "little"))
        sha.update(data)
    return sha.hexdigest()


def texts_to_arrays(texts: Iterable[str]) -> dict[str, np.ndarray]:
    """Texts as two arrays: `bytes`, the UTF-8 of all of them, and `ends`, where in it
    each one ends, shape (n_texts,). An array of strings would give every text the room
    of the longest."""
    encoded = [text.encode(errors="surrogatepass") for text in texts]
    return {
        "bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        "ends": np.cumsum([len(text) for text in encoded], dtype=np.int64),
    }


def arrays_to_texts(arrays: Mapping[str, np.ndarray]) -> list[str]:
    """The texts that `texts_to_arrays` was given; other arrays may lie beside its two.

    Examples
    --------
    >>> arrays_to_texts(texts_to_arrays(["fine", "", "schön"]))
    ['fine', '', 'schön']
    """
    blob, ends = memoryview(arrays["bytes"]), arrays["ends"].tolist()
    return [
        str(blob[start:end], "utf-8", "surrogatepass")
        for start, end in pairwise([0, *ends])
    ]


def cached_arrays(
    key: str, make: Callable[[], dict[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    """The arrays stored under `key`, read-only; made, and stored whole, when they are
    not there or are damaged.

    They lie in a folder of that name, a `.npy` file each, and are mapped into memory:
    processes that read the same ones share the room that they take. No pickles are
    written or read, so a foreign file in the folder can do no harm. Where several
    processes want what is not there, one makes it and the others wait. Where the folder
    cannot be written, the arrays are made every time and nothing else changes.

    Parameters
    ----------
    key
        names what the arrays are made from; letters, digits and hyphens
    make
        makes them; their names are small letters, digits and underscores

    Raises
    ------
    TypeError
        If an array holds objects.
    ValueError
        If a name is no such name.
    """
    folder = cache_folder() / key
    stored = _read(folder)
    if stored is not None:
        return stored
    with _alone_with(folder):
        stored = _read(folder)  # another may have made them meanwhile
        if stored is not None:
            return stored
        arrays = make()
        for name, array in arrays.items():
            if not re.fullmatch("[a-z0-9_]+", name):
                raise ValueError(
                    f"an array's name {name!r}: expected small letters, digits and"
                    " underscores"
                )
            if array.dtype.hasobject:
                raise TypeError(
                    f"{name} is an array of objects, which would be stored as pickles:"
                    " convert them"
                )
        _write(folder, arrays)
        stored = _read(folder)
        return (
            {k: _read_only(a) for k, a in arrays.items()} if stored is None else stored
        )


def _read(folder: Path) -> dict[str, np.ndarray] | None:
    """The arrays of a folder; None if one is not as it was written."""
    try:
        sums = json.loads((folder / _SUMS).read_text())
        files = {name: folder / f"{name}.npy" for name in sums}
        if any(_checksum(file) != sums[name] for name, file in files.items()):
            return None
        return {name: _load(file) for name, file in files.items()}
    except Exception:  # whatever is wrong with the files, the remedy is the same
        return None


def _load(file: Path) -> np.ndarray:
    # Nothing is won by mapping a small file, and nothing of an empty array can be.
    mapped = "r" if file.stat().st_size > 2**14 else None
    return _read_only(np.load(file, mmap_mode=mapped, allow_pickle=False))


def _read_only(array: np.ndarray) -> np.ndarray:
    view = np.asarray(array).view()
    view.setflags(write=False)
    return view


def _checksum(file: Path) -> int:
    total = 0
    with file.open("rb") as data:
        while block := data.read(2**20):
            total = zlib.crc32(block, total)
    return total


def _write(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    """Store the arrays under a passing name first, so that a folder of the right name
    is a whole one. What cannot be written is not stored."""
    draft = None
    try:
        for old in folder.parent.glob(f"{folder.name}.*.draft"):  # of one that died
            shutil.rmtree(old, ignore_errors=True)
        draft = tempfile.mkdtemp(".draft", f"{folder.name}.", folder.parent)
        sums = {}
        for name, array in arrays.items():
            file = Path(draft) / f"{name}.npy"
            with file.open("wb") as stream:
                np.save(stream, array, allow_pickle=False)
                stream.flush()
                os.fsync(stream.fileno())
            sums[name] = _checksum(file)
        (Path(draft) / _SUMS).write_text(json.dumps(sums))
        if folder.is_dir():  # damaged, or it would have been read
            shutil.rmtree(folder)
        else:
            folder.unlink(missing_ok=True)
        os.rename(draft, folder)
    except OSError:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone_with(folder: Path) -> Iterator[None]:
    """Wait until no other process makes what belongs into the folder. The system frees
    the lock of a process that dies. Where there are no locks, nobody waits."""
    path = folder.with_name(f"{folder.name}.lock")
    try:
        lock = _lock(path)
    except OSError:
        lock = None
    try:
        yield
    finally:
        if lock is not None:
            path.unlink(missing_ok=True)
            fcntl.flock(lock, fcntl.LOCK_UN)  # a forked child may hold the file too
            lock.close()


def _lock(path: Path) -> TextIO | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    while fcntl is not None:
        file = path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except FileNotFoundError:
            pass  # the one before has taken its lock away: a new one is needed
        except BaseException:
            file.close()
            raise
        file.close()
    return None
