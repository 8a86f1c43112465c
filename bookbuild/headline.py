"""The headline of the welcome page: how many labels the example's best accuracy takes,
as figures and as numbers for the text."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from alutils.evidence.curves import final_accuracy
from alutils.evidence.intervals import bootstrap_interval, mean_labels_to_target
from alutils.figures.beside import plot_beside_published
from alutils.figures.steps import plot_steps
from alutils.results import tracked_results

WORDS = "words, margin, lighter labels"
ALONE = "20 words"  # for each class, and no label
# The arms of the headline figure, by their names in the results.
HEADLINE_ARMS = {
    "random": "random labels",
    "margin": "asks for what it doubts",
    "margin, LSA, self-training": "+ reads unlabelled texts",
    WORDS: "+ starts from words",
}
# What brings each step from the example's labels to fewer.
STEPS = {
    "random": "another model:\nlinear, on phrases",
    "margin": "choice:\nit asks for what it doubts",
    "margin, LSA": "unlabelled texts:\nwhich words go together",
    "margin, LSA, self-training": "and its own guesses\nabout them",
    WORDS: "words:\na few for each class",
}


def headline_runs() -> pd.DataFrame:
    """The runs of all arms of the headline: those with words are of a grid of their
    own."""
    words = tracked_results("words_and_labels").query("arm == @WORDS")
    return pd.concat([tracked_results("strategies_linear"), words])


def headline_labels() -> tuple[float, dict[str, tuple[float, float, float]]]:
    """The best published accuracy, and the labels with which each arm reaches it, with
    the ends of their interval."""
    runs = headline_runs()
    best = tracked_results("published_logs").query("arm == 'full data'").accuracy.max()
    return best, {arm: mean_labels_to_target(runs, arm, best) for arm in STEPS}


def headline_figure() -> Figure:
    """Learning curves beside the published points, and where each reaches the best of
    them."""
    published = tracked_results("published_logs").groupby("arm")
    points = {
        name: tuple(
            published.get_group(arm)[c].to_list() for c in ("labels", "accuracy")
        )
        for name, arm in (
            ("the example's loop", "ratio loop"),
            ("the example, all labels", "full data"),
        )
    }
    best, reached = headline_labels()
    return plot_beside_published(
        headline_runs(),
        HEADLINE_ARMS,
        points,
        reached={arm: reached[arm][0] for arm in HEADLINE_ARMS},
        target=best,
        from_accuracy=0.7,
    )


def steps_figure() -> Figure:
    """From the example's labels to those of this book, step by step."""
    best, reached = headline_labels()
    used = tracked_results("published_logs").query("accuracy == @best")["labels"].min()
    steps = {"the example:\na network, all labels": (used, used, used)}
    steps |= {name: reached[arm] for arm, name in STEPS.items()}
    return plot_steps(steps, x_label=f"training labels, to an accuracy of {best:.3f}")


def figures() -> dict[str, Figure]:
    """The figures of the welcome page, by the names of their files."""
    return {"headline.png": headline_figure(), "steps.png": steps_figure()}


def headline_numbers() -> dict[str, str]:
    """What the text says of it, by the names that the pages hold in double braces."""
    best, reached = headline_labels()
    needed = {arm: f"{value:,.0f}" for arm, (value, *_) in reached.items()}
    ends = {
        arm: f"{low:,.0f} to {high:,.0f}" for arm, (_, low, high) in reached.items()
    }
    full = "margin, LSA, self-training"
    runs = tracked_results("strategies_linear")
    alone = final_accuracy(tracked_results("words"))[ALONE]
    low, high = bootstrap_interval(
        len(alone), lambda places: alone.to_numpy()[places].mean(axis=1)
    )
    return {
        "published_best": f"{best:.3f}",
        "seeds": str(runs.groupby("arm").seed.nunique().min()),
        "random_labels": needed["random"],
        "random_labels_interval": ends["random"],
        "margin_labels": needed["margin"],
        "margin_labels_interval": ends["margin"],
        "best_labels": needed[full],
        "best_labels_interval": ends[full],
        "words_each": ALONE.split()[0],
        "words_labels": needed[WORDS],
        "words_labels_interval": ends[WORDS],
        "words_at_zero": f"{alone.mean():.3f}",
        "words_at_zero_interval": f"{low:.3f} to {high:.3f}",
    }
