"""Figures of many runs: learning curves with their intervals, and differences with
theirs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from alutils.evidence import SMALLEST_EFFECT, bootstrap_interval
from alutils.learning_curves import curves_of
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
    """Mean accuracy over the seeds against labels, in a band: the 95% bootstrap interval
    of the mean.

    Parameters
    ----------
    table
        tidy results: arm, seed, labels, accuracy
    arms
        arms to draw, each with the name to show
    marks
        accuracies to mark by a horizontal line, its name beside the axes
    up_to, from_accuracy
        where the axes end and begin

    Raises
    ------
    ValueError
        If an arm has no round up to there, or there are more arms than can be told
        apart.
    """
    figure, (axis,) = new_figure(height=4.2)
    for (arm, name), (colour, dash, marker, _) in zip(
        arms.items(), styles_for(arms), strict=True
    ):
        curves = curves_of(table, arm)
        curves = curves.loc[:, curves.columns <= (up_to or np.inf)]
        if curves.empty:
            raise ValueError(f"{arm!r} has no round up to {up_to} labels: raise up_to")
        spread = {"marker": marker, "markevery": max(1, curves.shape[1] // 8)}
        _mean_with_band(axis, curves, name, colour, linestyle=dash, **spread)
    seeds = _seeds_in_words(table[table["arm"].isin(list(arms))])
    axis.set(xlabel="labels in the training set", ylabel=f"test accuracy, {seeds}")
    for accuracy in (marks or {}).values():
        axis.axhline(accuracy, color="black", linewidth=1, linestyle="--")
    axis.set_ylim(bottom=from_accuracy)
    _name_beside(axis, marks or {})
    axis.xaxis.set_major_formatter("{x:,.0f}")
    _legend_that_fits(figure, axis, len(arms) if len(arms) <= 4 else 3)
    return figure


def _seeds_in_words(table: pd.DataFrame) -> str:
    """How many seeds a mean is of: in every arm, or from the fewest to the most."""
    seeds = table.groupby("arm")["seed"].nunique()
    fewest, most = seeds.min(), seeds.max()
    return f"mean of {most if fewest == most else f'{fewest} to {most}'} seeds"


def _legend_that_fits(figure: Figure, axis: plt.Axes, most: int) -> None:
    """Names above the axes, in as many columns as the page is wide enough for."""
    for columns in range(most, 0, -1):
        legend_above(figure, axis, columns)
        legend = figure.legends[-1]
        if columns == 1 or legend.get_window_extent().width < figure.bbox.width:
            return
        legend.remove()


def _name_beside(axis: plt.Axes, marks: Mapping[str, float]) -> None:
    """Names right of the axes, where no curve is; each at its height, or just above the
    one below it."""
    low, high = axis.get_ylim()
    line, free = 0.06, 0.0  # shares of the axes' height: of a line of text, used up
    for name, accuracy in sorted(marks.items(), key=lambda mark: mark[1]):
        text = textwrap.fill(name, 16)
        half = line * (text.count("\n") + 1) / 2
        place = max((accuracy - low) / (high - low), free + half)
        free = place + half
        axis.annotate(
            text,
            (1, place),
            xycoords="axes fraction",
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )


def _mean_with_band(
    axis: plt.Axes, curves: pd.DataFrame, name: str, colour: str, **style: object
) -> None:
    labels, values = curves.columns.to_numpy(), curves.to_numpy()
    style = {"color": colour, "markersize": 5, "label": name, **style}
    axis.plot(labels, values.mean(axis=0), **style)
    low, high = bootstrap_interval(
        len(values), lambda places: values[places].mean(axis=0), resamples=1_000
    )
    axis.fill_between(labels, low, high, color=colour, alpha=0.25, linewidth=0)


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
    axis.axvspan(-smallest, smallest, color="#E6E6E6", linewidth=0)
    axis.axvline(0, color="black", linewidth=1)
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
        colour = COLOURS[0] if shown else COLOURS[-1]
        interval = [100 * row.low, 100 * row.high]
        # Its ends are higher than the marker, so that none hides behind it.
        axis.plot(interval, [place, place], color=colour, marker="|", markersize=12)
        axis.plot(
            100 * row.difference,
            place,
            marker="o",
            markersize=7,
            color=colour,
            markerfacecolor=colour if shown else "white",
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
        filled = {"markerfacecolor": "white"} if k else {"alpha": 0.6}
        axis.plot(
            *(numbers, places, marker),
            **{"color": colour, "markersize": 8, "label": name, **filled},
        )
    axis.set_yticks(range(len(arms)), arms)
    axis.set_ylim(len(arms) - 0.4, -0.6)
    axis.set_xlabel(x_label)
    _legend_that_fits(figure, axis, len(series))
    return figure


@in_style
def plot_beside_published(
    table: pd.DataFrame,
    arms: Mapping[str, str],
    published: Mapping[str, tuple[Sequence[float], Sequence[float]]],
) -> Figure:
    """Learning curves of many runs beside published points, over labels on a
    logarithmic scale, all named above the axes.

    Parameters
    ----------
    table, arms
        as in `plot_learning_curves`
    published
        points that others report: name to labels and accuracies
    """
    figure, (axis,) = new_figure(height=4.4)
    styles = styles_for([*arms, *published])
    for (arm, name), (colour, dash, _, _) in zip(
        arms.items(), styles[: len(arms)], strict=True
    ):
        _mean_with_band(axis, curves_of(table, arm), name, colour, linestyle=dash)
    for (name, (labels, accuracy)), (colour, _, marker, _) in zip(
        published.items(), styles[len(arms) :], strict=True
    ):
        axis.plot(
            labels, accuracy, color=colour, marker=marker, linestyle="none", label=name
        )
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.set(xlabel="labels in the training set (each step to the right: ten times)")
    axis.set_ylabel("accuracy on the test set")
    _legend_that_fits(figure, axis, 2)
    return figure
