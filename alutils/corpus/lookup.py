"""Which module of `alutils.corpus.sources` reads a source."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType


def sources() -> list[ModuleType]:
    """The modules of `alutils.corpus.sources`, each of which can read one kind."""
    package = importlib.import_module("alutils.corpus.sources")
    return [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    ]


def known_suffixes() -> tuple[str, ...]:
    """The suffixes of the files that can be read, in lower case."""
    return tuple(suffix for module in sources() for suffix in _suffixes(module))


def has_name(source: object) -> bool:
    """Whether a source goes by a name of its own, and is no reader's file or table."""
    return isinstance(source, str) and any(source in _names(m) for m in sources())


def source_of(source: object) -> ModuleType:
    """The module that reads a source: by its name, by a file's suffix, or because it
    says so.

    Raises
    ------
    ValueError
        If none does; the message lists what there is.
    """
    known, is_path = sources(), isinstance(source, (str, Path))
    suffix = Path(source).suffix.lower() if is_path else None
    named = [m for m in known if isinstance(source, str) and source in _names(m)]
    of_suffix = [m for m in known if suffix in _suffixes(m)]
    others = [m for m in known if hasattr(m, "reads") and m.reads(source)]
    for module in (*named, *of_suffix, *others):
        return module
    names = ", ".join(repr(name) for module in known for name in _names(module))
    suffixes = " or ".join(known_suffixes())
    kinds = ", or ".join(m.KIND for m in known if hasattr(m, "reads"))
    what = repr(str(source)) if is_path else f"of type {type(source).__name__}"
    raise ValueError(
        f"unknown source {what}: choose one of {names}, or the path of a {suffixes} file,"
        f" or {kinds}"
    )


def _names(module: ModuleType) -> tuple[str, ...]:
    return getattr(module, "NAMES", ())


def _suffixes(module: ModuleType) -> tuple[str, ...]:
    return getattr(module, "SUFFIXES", ())
