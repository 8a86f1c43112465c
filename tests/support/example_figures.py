"""One figure of each kind, for the tests of all of them."""

import numpy as np
import pandas as pd

from alutils.evidence.compare import verdict
from alutils.figures.beside import plot_beside_published
from alutils.figures.counts import plot_bars, plot_histogram, plot_splits
from alutils.figures.curves import (
    plot_accuracy_by_labels,
    plot_gains,
    plot_learning_curves,
)
from alutils.figures.differences import (
    plot_differences,
    plot_intervals,
    plot_single_runs,
)
from alutils.figures.hours import plot_labels_and_hours
from alutils.figures.scores import plot_lines, plot_simplex
from alutils.figures.steps import plot_steps
from alutils.figures.training import plot_history, plot_passes
from alutils.learners.network import History
from alutils.strategies.scores import entropy, least_confidence, margin

X = np.linspace(0, 1, 9)
NAMES = ("one", "two", "three", "four", "five")
FIT = History(
    loss=[0.6, 0.4, 0.2],
    val_loss=[0.6, 0.5, 0.7],
    accuracy=[0.6, 0.8, 0.9],
    val_accuracy=[0.6, 0.7, 0.6],
)
# As long as the names of the grids are.
ARMS = (
    "random",
    "margin",
    "random, LSA, self-training",
    "margin, LSA, self-training",
    "full data, published shuffle",
)
LABELS = np.array([100, 200, 500, 1_000, 2_000, 5_000])


def grid(arms=ARMS, labels=LABELS, seeds=4) -> pd.DataFrame:
    """Made-up runs: arms climb to 0.8, 0.82, ...; seeds lie 0.01 apart."""
    rows = [
        (arm, seed, n, 0.8 + 0.02 * k - 10 / (n + 50) + 0.01 * seed)
        for k, arm in enumerate(arms)
        for seed in range(seeds)
        for n in labels
    ]
    return pd.DataFrame(rows, columns=["arm", "seed", "labels", "accuracy"])


def comparison(
    intervals: dict[str, tuple[float, float, float]],
) -> pd.DataFrame:
    """Arms with their difference and its bounds, as `evidence.compare` gives them."""
    table = pd.DataFrame.from_dict(
        intervals, orient="index", columns=["difference", "low", "high"]
    )
    return table.assign(
        verdict=[verdict(*row, 30, 0.001) for row in table[["low", "high"]].to_numpy()]
    )


DIFFERENCES = comparison(
    {
        "margin": (0.02, 0.01, 0.03),
        "k-center": (0.002, -0.01, 0.012),
        "margin, LSA, self-training": (-0.03, -0.0301, -0.0299),
        "diverse doubt": (0.002, 0.001, 0.003),
    }
)
PUBLISHED = {
    "published: the loop": ([15_000, 20_000], [0.84, 0.85]),
    "published: everything": ([40_000], [0.86]),
}
REACHED = {"random": 1_900, "margin": 1_300, "random, LSA, self-training": 400}
CLASSES_OF_ROWS = np.array([0, 1] * 50)
SPLITS = {
    "labelled": np.arange(0, 20),
    "pool": np.arange(40, 100),
    "test": np.arange(20, 40),
}
STEPS = {
    "the example:\na network, all labels": (40_000, 40_000, 40_000),
    "another model": (1_900, 1_800, 2_000),
    "choice": (1_300, 1_200, 1_400),
    "words": (80, 0, 150),
}
MARKS = {"the example with 40,000 labels, 0.866": 0.866, "published": 0.862}
RUNS = grid(labels=[5_000]).set_index(["arm", "seed"])["accuracy"]
REPORTED = {
    "reported, Keras 2": {ARMS[1]: 0.85, ARMS[0]: 0.82},
    "reported, Keras 3": {ARMS[0]: 0.83},
}

EXAMPLES = {
    "plot_histogram": lambda: plot_histogram(
        {name: X + k for k, name in enumerate(NAMES)},
        np.arange(7),
        x_label="words",
        mark=(3, "cut here"),
    ),
    "plot_bars": lambda: plot_bars(
        {
            "first": dict(zip(NAMES, range(1, 6), strict=True)),
            "second": dict.fromkeys(NAMES, 3),
        },
        y_label="reviews",
    ),
    "plot_lines": lambda: plot_lines(
        X, {name: X**k for k, name in enumerate(NAMES)}, x_label="x", y_label="y"
    ),
    "plot_simplex": lambda: plot_simplex(
        {"least confidence": least_confidence, "margin": margin, "entropy": entropy},
        ("poor", "mixed", "good"),
    ),
    "plot_history": lambda: plot_history([FIT, FIT], ["round 0", "round 1"]),
    "plot_passes": lambda: plot_passes(
        {name: np.linspace(0.8, 0.5 + k / 20, 8) for k, name in enumerate(NAMES)},
        y_label="accuracy on test",
    ),
    "plot_accuracy_by_labels": lambda: plot_accuracy_by_labels(
        {
            name: ([100, 200], [0.7, 0.8 + k / 100], [(0.6, 0.8), (0.7, 0.9)])
            for k, name in enumerate(NAMES)
        }
    ),
    "plot_learning_curves": lambda: plot_learning_curves(
        grid(), dict(zip(ARMS, ARMS, strict=True)), marks=MARKS
    ),
    "plot_gains": lambda: plot_gains(
        grid(), dict(zip(ARMS, ARMS, strict=True)), control="random"
    ),
    "plot_beside_published": lambda: plot_beside_published(
        grid(),
        dict(zip(ARMS[:3], ARMS[:3], strict=True)),
        PUBLISHED,
        reached=REACHED,
        target=0.8,
    ),
    "plot_labels_and_hours": lambda: plot_labels_and_hours(
        grid(),
        grid().assign(labels=lambda table: table["labels"] / 60),
        dict(zip(ARMS[:3], ARMS[:3], strict=True)),
    ),
    "plot_splits": lambda: plot_splits(SPLITS, CLASSES_OF_ROWS, ("poor", "good")),
    "plot_steps": lambda: plot_steps(STEPS, x_label="labels, to an accuracy of 0.858"),
    "plot_intervals": lambda: plot_intervals(
        {
            "labels": {name: (0.5, 0.4, 0.7) for name in NAMES},
            "errors": {name: (k / 10, 0, 0.6) for k, name in enumerate(NAMES)},
        },
        y_label="accuracy",
    ),
    "plot_differences": lambda: plot_differences(DIFFERENCES, x_label="points"),
    "plot_single_runs": lambda: plot_single_runs(RUNS, REPORTED, x_label="accuracy"),
}
