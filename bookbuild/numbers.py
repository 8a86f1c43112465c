"""What the pages quote from the tracked results: numbers, the table of run times, the
headline figure."""

from __future__ import annotations

import io

import pandas as pd

from alutils.evidence.curves import last_rounds
from alutils.evidence.intervals import mean_labels_to_target, reach_of_gap
from alutils.experiments.grid import read_grid
from alutils.figures.curves import plot_beside_published
from alutils.results import results_folder, tracked_results
from alutils.settings import PROFILES

# The arms of the headline figure, by their names in the results.
HEADLINE_ARMS = {
    "random": "linear model, random labels",
    "margin": "linear model, labels that it doubts",
    "margin, LSA, self-training": "the same, and it reads unlabelled texts",
}


def headline_labels() -> tuple[float, dict[str, tuple[float, float, float]]]:
    """The best published accuracy, and the labels with which each arm of the headline
    figure reaches it, with the ends of their interval."""
    runs = tracked_results("strategies_linear")
    best = tracked_results("published_logs").query("arm == 'full data'").accuracy.max()
    return best, {arm: mean_labels_to_target(runs, arm, best) for arm in HEADLINE_ARMS}


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
    rows = "\n".join(
        f"| {chapter_title(t.chapter)} | {in_words(t.seconds)} |"
        for t in times.itertuples()
    )
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
    best, reached = headline_labels()
    needed = {arm: f"{value:,.0f}" for arm, (value, *_) in reached.items()}
    _, low, high = reached["margin, LSA, self-training"]
    seeds = tracked_results("strategies_linear").groupby("arm").seed.nunique().min()
    return {
        "grids": "\n".join(
            f"- `{path.stem}`: {read_grid(path).question}"
            for path in sorted(results_folder().glob("*.toml"))
        ),
        "published_best": f"{best:.3f}",
        "seeds": str(seeds),
        "random_labels": needed["random"],
        "margin_labels": needed["margin"],
        "best_labels": needed["margin, LSA, self-training"],
        "best_labels_interval": f"{low:,.0f}–{high:,.0f}",
        "pairs": str(len(pairs)),
        "published_pairs": str(pairs["published"].sum()),
        "own_pairs": str((~pairs["published"]).sum()),
        "loop_lower": str((pairs["gap"] > 0).sum()),
        "told_apart": str(pairs["told_apart"].sum()),
        "profiles": "\n".join([header, *sizes]),
        "full_labels": f"{full:,}",
        "loop_labels": f"{loop:,}",
        "cores": str(times.cores[0]),
        "run_times": f"| chapter | time at full size |\n|---|---:|\n{rows}",
    }


def chapter_title(stem: str) -> str:
    """The number and the title of a chapter, from the name of its notebook."""
    number, title = stem.split("_", 1)
    return f"{int(number)}. {title.replace('_', ' ').capitalize()}"


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
