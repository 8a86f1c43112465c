"""Figures of many runs: learning curves with their intervals, and differences with
theirs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from alutils.evidence import LEVEL, SMALLEST_EFFECT, curves_of
from alutils.style import COLOURS, in_style, legend_above, new_figure, styles_for


@in_style
def plot_learning_curves(
    table: pd.DataFrame,
    arms: Mapping[str, str],
    *,
    marks: Mapping[str, float] | None = None,
    up_to: int | None = None,
    from_accuracy: float | None = None,
) -> Figure:
    """Mean accuracy over the seeds against labels, with a band that holds 95 % of the
    means of other draws of seeds.

    Parameters
    ----------
    table
        tidy results: arm, seed, labels, accuracy
    arms
        arms to draw, each with the name to show
    marks
        accuracies to mark by a named horizontal line
    up_to, from_accuracy
        where the axes end and begin
    """
    figure, (axis,) = new_figure(height=4.2)
    for (arm, name), (colour, dash, marker, _) in zip(
        arms.items(), styles_for(arms), strict=True
    ):
        curves = curves_of(table, arm)
        curves = curves.loc[:, curves.columns <= (up_to or np.inf)]
        labels, values = curves.columns.to_numpy(), curves.to_numpy()
        axis.plot(
            labels,
            values.mean(axis=0),
            color=colour,
            linestyle=dash,
            marker=marker,
            markevery=max(1, len(labels) // 8),
            markersize=5,
            label=name,
        )
        axis.fill_between(
            labels, *_means_of_draws(values), color=colour, alpha=0.18, linewidth=0
        )
    for name, accuracy in (marks or {}).items():
        axis.axhline(accuracy, color="black", linewidth=1, linestyle="--")
        axis.annotate(
            name,
            (1, accuracy),
            xycoords=("axes fraction", "data"),
            xytext=(-4, 3),
            textcoords="offset points",
            ha="right",
            fontsize=9,
        )
    axis.set(xlabel="labels in the training set", ylabel="accuracy on the test set")
    axis.set_ylim(bottom=from_accuracy)
    axis.xaxis.set_major_formatter("{x:,.0f}")
    legend_above(figure, axis, min(3, len(arms)))
    return figure


def _means_of_draws(values: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(values), size=(1_000, len(values)))
    tail = 100 * (1 - LEVEL) / 2
    return np.percentile(values[drawn].mean(axis=1), [tail, 100 - tail], axis=0)


@in_style
def plot_differences(comparison: pd.DataFrame, *, x_label: str) -> Figure:
    """Differences in accuracy points with their intervals, one line each; the grey strip
    is too little to matter.

    Parameters
    ----------
    comparison
        as `evidence.compare` gives it
    """
    figure, (axis,) = new_figure(height=1.2 + 0.42 * len(comparison))
    smallest = 100 * SMALLEST_EFFECT
    axis.axvspan(-smallest, smallest, color="#E6E6E6", linewidth=0)
    axis.axvline(0, color="black", linewidth=1)
    for place, row in enumerate(comparison.itertuples()):
        shown = not row.verdict.startswith("not shown")
        colour = COLOURS[0] if shown else COLOURS[-1]
        axis.plot([100 * row.low, 100 * row.high], [place, place], color=colour)
        axis.plot(
            100 * row.difference,
            place,
            marker="o",
            markersize=8,
            color=colour,
            markerfacecolor=colour if shown else "white",
        )
    axis.set_yticks(range(len(comparison)), list(comparison.index))
    axis.set_ylim(len(comparison) - 0.5, -0.5)
    axis.set_xlabel(x_label)
    axis.grid(axis="y", visible=False)
    return figure
