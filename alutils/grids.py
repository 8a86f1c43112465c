"""Grids of runs, many arms and many seeds: a readable file that says what to run, and a
tidy table of what is done.
"""

from __future__ import annotations

import dataclasses
import io
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from alutils.evaluation import write_whole
from alutils.runs import Run


@dataclasses.dataclass(frozen=True)
class Grid:
    """Arms and seeds, and where their table lies.

    Attributes
    ----------
    question
        what the grid is there to answer
    runs
        every arm at every seed; all arms of a seed before the next seed
    table
        path of the CSV file
    """

    question: str
    runs: tuple[Run, ...]
    table: Path


def read_grid(path: Path | str) -> Grid:
    """A grid from a TOML file with `question`, `seeds` (how many), the settings `common`
    to all arms, and a table of `arms` with what each changes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no .toml file, lacks a part, names an unknown strategy, learner or
        setting, or gives a value of the wrong type; the message names what is known.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no grid {path}: give the path of a .toml file"
        )
    if path.suffix != ".toml":  # its table takes the name with the ending .csv
        raise ValueError(f"grid {path}: expected the path of a .toml file")
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"grid {path} is no TOML: {error}") from error
    expected = {"question", "seeds", "common", "arms"}
    if text.keys() != expected:
        raise ValueError(
            f"grid {path} has {', '.join(sorted(text)) or 'nothing'}: expected exactly"
            f" {', '.join(sorted(expected))}"
        )
    question, seeds, common, arms = (
        text[name] for name in ("question", "seeds", "common", "arms")
    )
    if type(question) is not str or type(seeds) is not int or seeds < 1:
        raise ValueError(
            f"grid {path} has question={question!r} and seeds={seeds!r}: expected a"
            " text, and a whole number of at least 1"
        )
    if type(arms) is not dict or not arms:
        raise ValueError(f"grid {path} has arms={arms!r}: expected at least one")
    for where, changes in [("common", common), *arms.items()]:
        if type(changes) is not dict:
            raise ValueError(
                f"grid {path}, {where}: {changes!r}: expected a table of settings, such"
                ' as { strategy = "margin" }'
            )
        if not where.isprintable():  # a line break would part its rows in the table
            raise ValueError(
                f"grid {path}: arm {where!r}: expected a name that can be printed"
            )
    known = [f.name for f in dataclasses.fields(Run) if f.name not in ("arm", "seed")]
    runs = []
    for seed in range(seeds):
        for arm, changes in arms.items():
            given = {**common, **changes}
            for name in given:
                if name not in known:
                    raise ValueError(
                        f"grid {path}, {arm}: unknown setting {name!r}: choose from"
                        f" {', '.join(known)}"
                    )
            if isinstance(given.get("rounds"), list):  # TOML has no tuples
                pairs = given["rounds"]
                given["rounds"] = tuple(
                    tuple(pair) if isinstance(pair, list) else pair for pair in pairs
                )
            try:
                runs.append(Run(arm=arm, seed=seed, **given))
            except ValueError as error:
                raise ValueError(f"grid {path}, {error}") from error
    return Grid(question, tuple(runs), path.with_suffix(".csv"))


def whole_runs(grid: Grid) -> tuple[pd.DataFrame, list[str]]:
    """The rows of the grid's table that belong to whole runs, and a line about each
    thing that does not.

    A run is whole if all its rounds are there, each once and undamaged, made with the
    settings that the grid has now.
    """
    nothing, complaints = pd.DataFrame(columns=COLUMNS), []
    if not grid.table.is_file():
        return nothing, complaints
    # A cut may go through the middle of a letter too.
    text = grid.table.read_text(encoding="utf-8-sig", errors="replace")
    if not text.endswith("\n"):
        fault = "cut off in its last line" if text else "empty"
        complaints.append(f"{grid.table} is {fault}")
        text = text[: text.rfind("\n") + 1]
    if not text:
        return nothing, complaints
    if text.partition("\n")[0] != ",".join(COLUMNS):
        return nothing, [*complaints, f"{grid.table} has other columns than it should"]
    try:  # no text is missing, not even that of an arm that is called None
        table = pd.read_csv(
            io.StringIO(text), dtype=str, keep_default_na=False, on_bad_lines="skip"
        )
    except pd.errors.ParserError as error:
        return nothing, [*complaints, f"{grid.table} cannot be read ({error})"]
    numbers = [name for name in COLUMNS if name not in TEXTS]
    table[numbers] = table[numbers].apply(pd.to_numeric, errors="coerce")
    wanted = {(run.arm, run.seed): run for run in grid.runs}
    kept = [nothing]
    for (arm, seed), rows in table.groupby(["arm", "seed"], sort=False, dropna=False):
        run = wanted.get((arm, seed))
        if run is None:
            complaints.append(f"{arm}, seed {seed:g}: not in the grid")
        elif not _is_whole(rows):
            complaints.append(f"{arm}, seed {seed:g}: not all of its rounds are there")
        elif not _adds_up(rows):
            complaints.append(f"{arm}, seed {seed:g}: its numbers do not add up")
        elif set(map(_plain, rows["settings"])) != {_plain(run.settings)}:
            complaints.append(f"{arm}, seed {seed:g}: made with other settings")
        else:
            kept.append(rows)
    return pd.concat(kept[1:] or kept), complaints


COLUMNS = (
    *("arm", "seed", "round", "labels", "false_negatives", "false_positives"),
    *("reviews", "seconds", "asked", "asked_positive", "labels_spent", "leaked"),
    *("rounds", "settings", "versions", "commit"),
)
TEXTS = ("arm", "settings", "versions", "commit")


def _is_whole(rows: pd.DataFrame) -> bool:
    return (
        set(rows["rounds"]) == {len(rows)}
        and sorted(rows["round"]) == list(range(len(rows)))
        and not rows.drop(columns=list(TEXTS)).isna().any(axis=None)
        and (rows[["versions", "commit"]] != "").all(axis=None)
    )


def _plain(settings: str) -> str:
    """Settings with whole numbers written one way: C=1.0 is C=1."""
    return re.sub(r"=(\d+)\.0(?= |$)", r"=\1", settings)


def _adds_up(rows: pd.DataFrame) -> bool:
    """Whether the numbers of a whole run can have come from one."""
    rows = rows.sort_values("round")
    counts = rows.drop(columns=[*TEXTS, "seconds"])
    errors = rows["false_negatives"] + rows["false_positives"]
    return (
        np.isfinite(rows["seconds"].astype(float)).all()
        and (counts >= 0).all(axis=None)
        and (counts % 1 == 0).all(axis=None)
        and (errors <= rows["reviews"]).all()
        and (rows["asked_positive"] <= rows["asked"]).all()
        and (rows["asked"].cumsum() == rows["labels"]).all()
    )


def save_table(grid: Grid, table: pd.DataFrame) -> None:
    """Write the grid's table in one step, its rows in the order of the grid's runs."""
    place = {(run.arm, run.seed): k for k, run in enumerate(grid.runs)}
    keys = [place[key] for key in zip(table["arm"], table["seed"], strict=True)]
    ordered = table.assign(_place=keys).sort_values(["_place", "round"])
    whole = {name: int for name in COLUMNS if name not in (*TEXTS, "seconds")}
    write_whole(ordered[list(COLUMNS)].astype(whole), grid.table)
