"""What the pages quote from the tracked results: numbers, the table of run times, the headline figure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from alutils.errors import ErrorCounts
from alutils.evaluation import accuracy_interval, tracked_results
from alutils.plots import plot_intervals
from alutils.settings import PROFILES


def headline_runs() -> pd.DataFrame:
    """The last measurement of each arm of the published runs and of this book's own; one row each."""
    own = [tracked_results(name).assign(version="this book", arm=arm) for name, arm in (("baseline", "full data"), ("ratio_loop", "ratio loop"))]
    everything = pd.concat([tracked_results("published_logs"), *own])
    return everything.groupby(["version", "arm"], sort=False).last().reset_index()


def substitutions() -> dict[str, str]:
    """Text for each name that the Markdown pages hold in double braces."""
    own = headline_runs().query("version == 'this book'").set_index("arm")
    times = tracked_results("run_times_full")
    rows = "\n".join(f"| {t.chapter.split('_', 1)[1].replace('_', ' ').capitalize()} | {in_words(t.seconds)} |" for t in times.itertuples())
    sizes = []
    for name, s in PROFILES.items():
        total = s.reviews or int(own.labels["full data"]) + s.validation + s.test
        pool = total - s.labelled - s.validation - s.test
        numbers = (total, s.labelled, f"{s.rounds} × {s.query_size:,}", s.validation, s.test, pool)
        sizes.append(f"| `{name}` | " + " | ".join(n if isinstance(n, str) else f"{n:,}" for n in numbers) + " |")
    header = "| profile | reviews | labels at the start | rounds | validation | test | pool |\n|:--|--:|--:|--:|--:|--:|--:|"
    return {
        "profiles": "\n".join([header, *sizes]),
        "full_labels": f"{own.labels['full data']:,}",
        "loop_labels": f"{own.labels['ratio loop']:,}",
        "full_accuracy": f"{own.accuracy['full data']:.3f}",
        "loop_accuracy": f"{own.accuracy['ratio loop']:.3f}",
        "cores": str(times.cores[0]),
        "run_times": f"| chapter | time at full size |\n|---|---:|\n{rows}",
    }


def in_words(seconds: float) -> str:
    """Seconds as a reader would say them."""
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else "a minute" if seconds > 45 else f"{seconds:.0f} seconds"


def headline_figure(path: Path) -> None:
    """Draw the figure of the welcome page."""
    groups: dict[str, dict[str, tuple[float, float, float]]] = {}
    for run in headline_runs().itertuples():
        errors = ErrorCounts(int(run.false_negatives), int(run.false_positives), int(run.reviews))
        group = run.version if run.version == "this book" else f"published, {run.version}"
        arm = "all labels" if run.arm == "full data" else "ratio loop, three quarters of the labels"
        groups.setdefault(group, {})[arm] = (errors.accuracy, *accuracy_interval(errors))
    path.parent.mkdir(parents=True, exist_ok=True)
    plot_intervals(groups, y_label="accuracy on the test set").savefig(path)
