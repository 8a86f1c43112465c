"""Figures of differences and intervals: one line or one group for each arm."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from alutils.evidence.compare import SMALLEST_EFFECT
from alutils.figures.names import legend_that_fits
from alutils.figures.style import in_style, new_figure, palette, styles_for


@in_style
def plot_intervals(
    groups: Mapping[str, Mapping[str, tuple[float, float, float]]], *, y_label: str
) -> Figure:
    """Points with intervals, in groups side by side; each part is (value, lower,
    upper)."""
    figure, (axis,) = new_figure()
    parts = list(next(iter(groups.values())))
    for k, (part, (colour, _, marker, _)) in enumerate(
        zip(parts, styles_for(parts), strict=True)
    ):
        x = np.arange(len(groups)) + 0.2 * (k - (len(parts) - 1) / 2)
        value, low, high = np.transpose([group[part] for group in groups.values()])
        style = {"fmt": marker, "color": colour, "capsize": 5, "markersize": 7}
        axis.errorbar(x, value, yerr=[value - low, high - value], label=part, **style)
    axis.set_xticks(np.arange(len(groups)), list(groups))
    axis.set(ylabel=y_label, xlim=(-0.5, len(groups) - 0.5))
    axis.grid(axis="x", visible=False)
    legend_that_fits(figure, axis, len(parts))
    return figure


@in_style
def plot_differences(comparison: pd.DataFrame, *, x_label: str) -> Figure:
    """Differences in accuracy points with their intervals, one line each; hollow where
    the verdict is neither higher nor lower. The grey strip is too little to matter.

    Parameters
    ----------
    comparison
        as `evidence.compare` gives it
    """
    figure, (axis,) = new_figure(height=1.4 + 0.42 * len(comparison))
    smallest = 100 * SMALLEST_EFFECT
    axis.axvspan(-smallest, smallest, color=palette().strip, linewidth=0)
    axis.axvline(0, color=palette().ink, linewidth=1)
    axis.annotate(
        "too little to matter",
        (0, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=9,
    )
    for place, row in enumerate(comparison.itertuples()):
        shown = row.verdict.startswith(("higher", "lower"))
        colour = palette().colours[0 if shown else -1]
        interval = [100 * row.low, 100 * row.high]
        # Its ends are higher than the marker, so that none hides behind it.
        axis.plot(interval, [place, place], color=colour, marker="|", markersize=12)
        axis.plot(
            100 * row.difference,
            place,
            marker="o",
            markersize=7,
            color=colour,
            markerfacecolor=colour if shown else palette().paper,
        )
    axis.set_yticks(range(len(comparison)), list(comparison.index))
    axis.set_ylim(len(comparison) - 0.5, -0.5)
    axis.set_xlabel(x_label)
    axis.grid(axis="y", visible=False)
    return figure


@in_style
def plot_single_runs(
    measure: pd.Series, reported: Mapping[str, Mapping[str, float]], *, x_label: str
) -> Figure:
    """One mark for each run, one line for each arm; below them on the same line, single
    numbers that others report.

    Parameters
    ----------
    measure
        one number for each arm and seed, as `final_accuracy` gives it
    reported
        who reports something: arm to number

    Raises
    ------
    ValueError
        If something is reported on an arm that has no runs.
    """
    arms = list(measure.index.unique("arm"))
    for name, numbers in reported.items():
        if unknown := sorted(set(numbers) - set(arms)):
            raise ValueError(f"{name}: no runs of {unknown} among those of {arms}")
    figure, (axis,) = new_figure(height=1.6 + 0.45 * len(arms))
    own = {"a run of this book": measure.droplevel("seed")}
    others = {name: pd.Series(numbers) for name, numbers in reported.items()}
    series = own | others
    for k, ((name, numbers), (colour, _, marker, _)) in enumerate(
        zip(series.items(), styles_for(series), strict=True)
    ):
        places = [arms.index(arm) + (0.3 if k else 0) for arm in numbers.index]
        filled = {"markerfacecolor": palette().paper} if k else {"alpha": 0.6}
        axis.plot(
            *(numbers, places, marker),
            **{"color": colour, "markersize": 8, "label": name, **filled},
        )
    axis.set_yticks(range(len(arms)), arms)
    axis.set_ylim(len(arms) - 0.4, -0.6)
    axis.set_xlabel(x_label)
    legend_that_fits(figure, axis, len(series))
    return figure
