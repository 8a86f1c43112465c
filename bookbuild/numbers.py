"""What the pages quote from the tracked results: numbers, the table of run times."""

from __future__ import annotations

import math

import nbformat
import pandas as pd

from alutils.evidence.curves import last_rounds
from alutils.evidence.intervals import reach_of_gap
from alutils.experiments.grid import read_grid
from alutils.results import results_folder, tracked_results
from alutils.settings import PROFILES
from bookbuild.contents import chapters
from bookbuild.exercises import outside_solutions
from bookbuild.findings import findings, savings_table
from bookbuild.headline import headline_labels, headline_numbers

FOLDED = {"hide-cell", "hide-input", "remove-cell", "remove-input"}


def pairs_at_full_size() -> pd.DataFrame:
    """Each pair of a run with all labels and a run of the loop, at the published sizes;
    one row each.

    Columns: `published`; `gap`, the accuracy of all labels less that of the loop;
    `told_apart`, whether the gap is larger than the luck of the test set explains, as
    `reach_of_gap` has it.
    """
    names = {"full data, published shuffle": "full data", "as published": "ratio loop"}
    replica = tracked_results("replica").replace({"arm": names})
    own = [
        tracked_results(name).assign(version="chapter 4", arm=arm)
        for name, arm in (("baseline", "full data"), ("ratio_loop", "ratio loop"))
    ]
    runs = pd.concat(
        [
            tracked_results("published_logs"),
            *own,
            replica.assign(version="seed " + replica["seed"].astype(str)),
        ]
    )
    ends = last_rounds(runs, ["version", "arm"]).set_index("version")
    full, loop = (ends[ends["arm"] == arm] for arm in ("full data", "ratio loop"))
    gap = (full["accuracy"] - loop["accuracy"]).dropna()
    published = gap.index.isin(tracked_results("published_logs")["version"])
    told_apart = gap.abs() > reach_of_gap(full, loop)[gap.index]
    return pd.DataFrame({"published": published, "gap": gap, "told_apart": told_apart})


def substitutions() -> dict[str, str]:
    """Text for each name that the Markdown pages hold in double braces."""
    full, loop = (
        tracked_results(name)["labels"].max() for name in ("baseline", "ratio_loop")
    )
    times = tracked_results("run_times_full")
    sizes = []
    for name, s in PROFILES.items():
        total = s.reviews or int(full) + s.validation + s.test
        pool = total - s.labelled - s.validation - s.test
        numbers = (
            total,
            s.labelled,
            f"{s.rounds} × {s.query_size:,}",
            s.validation,
            s.test,
            pool,
        )
        sizes.append(
            f"| `{name}` | "
            + " | ".join(n if isinstance(n, str) else f"{n:,}" for n in numbers)
            + " |"
        )
    header = (
        "| profile | reviews | labels at the start | rounds | validation | test | pool"
        " |\n|:--|--:|--:|--:|--:|--:|--:|"
    )
    pairs = pairs_at_full_size()
    best, _ = headline_labels()
    return {
        "grids": "\n".join(
            f"- `{path.stem}`: {read_grid(path).question}"
            for path in sorted(results_folder().glob("*.toml"))
        ),
        **headline_numbers(),
        "pairs": str(len(pairs)),
        "published_pairs": str(pairs["published"].sum()),
        "own_pairs": str((~pairs["published"]).sum()),
        "loop_lower": str((pairs["gap"] > 0).sum()),
        "told_apart": str(pairs["told_apart"].sum()),
        "profiles": "\n".join([header, *sizes]),
        "full_labels": f"{full:,}",
        "loop_labels": f"{loop:,}",
        "cores": str(times.cores[0]),
        "run_times": run_times(),
        "savings": savings_table(best, full),
        **findings(),
    }


def chapter_title(stem: str) -> str:
    """The number and the title of a chapter, from the name of its notebook."""
    number, title = stem.split("_", 1)
    return f"{int(number)}. {title.replace('_', ' ').capitalize()}"


def reading_minutes(notebook: nbformat.NotebookNode) -> int:
    """Minutes that a chapter takes to read, rounded up to five: 200 words a minute, and
    half a minute for each cell of code that its page shows open. Solutions are not
    counted."""
    cells = outside_solutions(notebook)
    lines = [
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if not line.startswith(("```", ":"))  # directives, which no page shows
    ]
    words = sum(any(map(str.isalnum, word)) for word in " ".join(lines).split())
    shown = sum(
        cell.cell_type == "code" and FOLDED.isdisjoint(cell.metadata.get("tags", []))
        for cell in cells
    )
    return 5 * math.ceil((words / 200 + shown / 2) / 5)


def run_times() -> str:
    """A row for each chapter: how long it takes to read, and how long a machine takes
    for it at full size, as far as that has been measured."""
    took = tracked_results("run_times_full").set_index("chapter")["seconds"]
    rows = []
    for path in chapters():
        to_read = f"{reading_minutes(nbformat.read(path, 4))} minutes"
        machine = in_words(took[path.stem]) if path.stem in took else "–"
        # A time does not break on a phone.
        cells = (time.replace(" ", "\u00a0") for time in (to_read, machine))
        rows.append(f"| {chapter_title(path.stem)} | {' | '.join(cells)} |")
    header = "| chapter | to read | for the machine |\n|:--|--:|--:|"
    return "\n".join([header, *rows])


def in_words(seconds: float) -> str:
    """Seconds as a reader would say them."""
    minutes = round(seconds / 60)
    return (
        f"{minutes} minutes"
        if minutes > 1
        else "a minute"
        if seconds > 45
        else f"{seconds:.0f} seconds"
    )
