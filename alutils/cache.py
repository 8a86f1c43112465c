"""Arrays that are slow to make, kept in a folder and found again by what they were made
from."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path


def cache_folder() -> Path:
    """The folder in `ALUTILS_CACHE`, or `alutils` in the user's cache folder."""
    return Path(
        os.environ.get("ALUTILS_CACHE") or user_cache_path("alutils", appauthor=False)
    )


def digest(parts: Iterable[bytes | str]) -> str:
    """SHA-256 of a sequence of parts; each part's length goes in too, so that no two
    sequences run together."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "little"))
        sha.update(data)
    return sha.hexdigest()


def cached_arrays(
    key: str, make: Callable[[], dict[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    """The arrays stored under `key`; made, and stored whole, when they are not there or
    cannot be read.

    No pickles are written or read, so a foreign file in the folder can do no harm.
    Where the folder cannot be written, the arrays are made every time and nothing else
    changes.
    """
    path = cache_folder() / f"{key}.npz"
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(stored)
    except Exception:  # whatever is wrong with the file, the remedy is the same
        arrays = make()
    if any(array.dtype.hasobject for array in arrays.values()):
        raise TypeError("arrays of objects would be stored as pickles: convert them")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    except OSError:
        return arrays
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        os.replace(draft, path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
    return arrays
