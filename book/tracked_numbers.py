"""What the pages quote from the tracked results: numbers, the table of run times, the
headline figure."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from alutils.evaluation import results_folder, tracked_results
from alutils.evidence import mean_labels_to_target
from alutils.evidence_plots import plot_beside_published
from alutils.grids import read_grid
from alutils.settings import PROFILES

# The arms of the headline figure, by their names in the results.
HEADLINE_ARMS = {
    "random": "linear model, random labels",
    "margin": "linear model, labels that it doubts",
    "margin, LSA, self-training": "the same, and it reads unlabelled texts",
}


def headline_labels() -> tuple[float, dict[str, float]]:
    """The best published accuracy, and the labels with which each arm of the headline
    figure reaches it."""
    runs = tracked_results("strategies_linear")
    best = tracked_results("published_logs").query("arm == 'full data'").accuracy.max()
    return best, {
        arm: mean_labels_to_target(runs, arm, best)[0] for arm in HEADLINE_ARMS
    }


def headline_runs() -> pd.DataFrame:
    """The last measurement of each arm of the published runs and of this book's own;
    one row each."""
    own = [
        tracked_results(name).assign(version="this book", arm=arm)
        for name, arm in (("baseline", "full data"), ("ratio_loop", "ratio loop"))
    ]
    everything = pd.concat([tracked_results("published_logs"), *own])
    return everything.groupby(["version", "arm"], sort=False).last().reset_index()


def pairs_told_apart() -> dict[str, bool]:
    """For each run, whether its full data and its loop differ beyond the test set's luck.

    The standard error takes the two scores as if they came from different reviews.
    """
    told = {}
    for version, pair in headline_runs().groupby("version", sort=False):
        variance = (pair.accuracy * (1 - pair.accuracy) / pair.reviews).sum()
        told[str(version)] = bool(np.ptp(pair.accuracy) > 1.96 * np.sqrt(variance))
    return told


def substitutions() -> dict[str, str]:
    """Text for each name that the Markdown pages hold in double braces."""
    own = headline_runs().query("version == 'this book'").set_index("arm")
    times = tracked_results("run_times_full")
    rows = "\n".join(
        f"| {t.chapter.split('_', 1)[1].replace('_', ' ').capitalize()} |"
        f" {in_words(t.seconds)} |"
        for t in times.itertuples()
    )
    sizes = []
    for name, s in PROFILES.items():
        total = s.reviews or int(own.labels["full data"]) + s.validation + s.test
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
    told = pairs_told_apart()
    accuracy = headline_runs().pivot(index="version", columns="arm", values="accuracy")
    lower = (accuracy["ratio loop"] < accuracy["full data"]).sum()
    words = ("none", "one", "two", "all")  # of three pairs
    best, needed = headline_labels()
    seeds = tracked_results("strategies_linear").groupby("arm").seed.nunique().min()
    return {
        "grids": "\n".join(
            f"- `{path.stem}`: {read_grid(path).question}"
            for path in sorted(results_folder().glob("*.toml"))
        ),
        "published_best": f"{best:.3f}",
        "seeds": str(seeds),
        "random_labels": f"{needed['random']:,.0f}",
        "margin_labels": f"{needed['margin']:,.0f}",
        "best_labels": f"{needed['margin, LSA, self-training']:,.0f}",
        "loop_lower": words[lower],
        "told_apart": words[sum(told.values())],
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
    return (
        f"{minutes} minutes"
        if minutes > 1
        else "a minute"
        if seconds > 45
        else f"{seconds:.0f} seconds"
    )


def headline_figure() -> bytes:
    """The figure of the welcome page, as PNG."""
    published = tracked_results("published_logs").groupby("arm")
    points = {
        name: tuple(
            published.get_group(arm)[c].to_list() for c in ("labels", "accuracy")
        )
        for name, arm in (
            ("published: error-ratio loop", "ratio loop"),
            ("published: all labels", "full data"),
        )
    }
    figure = plot_beside_published(
        tracked_results("strategies_linear"), HEADLINE_ARMS, points
    )
    image = io.BytesIO()
    figure.savefig(image)
    return image.getvalue()
