"""What the book consists of, and in which order, as its table of contents has it."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def pages(root: Path = ROOT) -> list[str]:
    """The names of all pages, without their endings, in the order of _toc.yml."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [chapter["file"] for p in contents["parts"] for chapter in p["chapters"]]
    return [contents["root"], *parts]


def chapters(root: Path = ROOT) -> list[Path]:
    """The notebooks in the order of the table of contents.

    Raises
    ------
    ValueError
        If a notebook or page is in the table of contents and not in its folder, or the
        other way round.
    """
    listed = pages(root)
    there = {
        str(path.relative_to(root).with_suffix(""))
        for path in [*root.glob("notebooks/*.ipynb"), *root.glob("book/*.md")]
    }
    for name in sorted(set(listed) - there):
        raise ValueError(
            f"_toc.yml names {name}, but there is no such file: add it or take the line"
            " out"
        )
    for name in sorted(there - set(listed)):
        raise ValueError(f"{name} is not in _toc.yml: add it there or delete the file")
    return [root / f"{name}.ipynb" for name in listed if name.startswith("notebooks/")]
