"""Grids of runs, many arms and many seeds: a readable file that says what to run."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from pathlib import Path

from alutils.experiments.config import Run, merged

SECTIONS = tuple(n for n in Run.model_fields if n not in ("arm", "seed", "folder"))
MOST_SEEDS = 10_000


@dataclasses.dataclass(frozen=True)
class Grid:
    """Arms and seeds, and where the records of their runs lie.

    Attributes
    ----------
    question
        what the grid is there to answer
    runs
        every arm at every seed; all arms of a seed before the next seed
    records
        path of the file of records, NAME.runs.jsonl beside NAME.toml
    """

    question: str
    runs: tuple[Run, ...]
    records: Path


def read_grid(path: Path | str) -> Grid:
    """A grid from a TOML file with `question`, `seeds` (how many), the sections that all
    arms share, and a table of `arms` with what each changes.

    The path of a source starts at the folder of the grid's file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no .toml file, lacks a part, names what nobody knows, or gives a
        setting a value that it cannot have; the message names what is known.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no grid {path}: give the path of a .toml file"
        )
    if path.suffix != ".toml":  # what its runs come to takes the name without it
        raise ValueError(f"grid {path}: expected the path of a .toml file")
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"grid {path} is no TOML: {error}") from error
    try:
        return _grid(text, path)
    except ValueError as error:
        raise ValueError(f"grid {path}{error}") from error


def _grid(text: dict, path: Path) -> Grid:
    needed = ("question", "seeds", "arms")
    for name in needed:
        if name not in text:
            raise ValueError(
                f" has no {name}: expected {', '.join(needed)}, and sections that all"
                f" arms share, such as [data] (found: {', '.join(text) or 'nothing'})"
            )
    for name in text:
        if name not in needed + SECTIONS:
            known = needed + SECTIONS
            near = difflib.get_close_matches(name, known, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise ValueError(
                f" has an unknown section {name!r}{meant}: choose from"
                f" {', '.join(known)}"
            )
    question, seeds, arms = (text.pop(name) for name in needed)
    if type(question) is not str:
        raise ValueError(f" has question={question!r}: expected a text")
    if type(seeds) is not int or not 1 <= seeds <= MOST_SEEDS:
        raise ValueError(
            f" has seeds={seeds!r}: expected how many, a whole number from 1 to"
            f" {MOST_SEEDS:,}"
        )
    if type(arms) is not dict or not arms:
        raise ValueError(f" has arms={arms!r}: expected at least one")
    runs = {}
    for arm, changes in arms.items():
        if type(changes) is not dict:
            raise ValueError(
                f", {arm}: {changes!r}: expected a table of sections, such as"
                ' { strategy = "margin" }'
            )
        if not arm.isprintable():  # it would break the lines that name it
            raise ValueError(f": arm {arm!r}: expected a name that can be printed")
        if kept := {"arm", "seed", "folder"} & changes.keys():
            raise ValueError(f", {arm}: {min(kept)!r} is not for an arm to change")
        given = merged(text, changes) | {"folder": path.parent.resolve()}
        try:
            runs[arm] = Run(arm=arm, **given)
        except ValueError as error:
            raise ValueError(f", {error}") from error
    every = (runs[arm].changed(seed=seed) for seed in range(seeds) for arm in arms)
    return Grid(question, tuple(every), path.with_suffix(".runs.jsonl"))
