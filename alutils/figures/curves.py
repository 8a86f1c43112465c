"""Learning curves: of single runs, of the mean over many, beside what others report."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from alutils.evidence.curves import curves_of
from alutils.evidence.intervals import bootstrap_interval
from alutils.figures.style import (
    in_style,
    legend_above,
    legend_that_fits,
    new_figure,
    styles_for,
)


@in_style
def plot_accuracy_by_labels(
    curves: Mapping[
        str,
        tuple[Sequence[float], Sequence[float], Sequence[tuple[float, float]] | None],
    ],
) -> Figure:
    """Accuracy against labels spent: a line with markers for each curve, bars where
    intervals are given.

    A curve is its labels, its accuracies, and intervals as (lower, upper) or None.
    """
    figure, (axis,) = new_figure(height=4.0)
    for (name, curve), (colour, dash, marker, _) in zip(
        curves.items(), styles_for(curves), strict=True
    ):
        labels, accuracy, intervals = curve
        axis.plot(
            labels, accuracy, color=colour, linestyle=dash, marker=marker, label=name
        )
        if intervals is not None:
            low, high = np.transpose(intervals)
            below, above = np.subtract(accuracy, low), np.subtract(high, accuracy)
            bars = {"fmt": "none", "ecolor": colour, "capsize": 4}
            axis.errorbar(labels, accuracy, yerr=[below, above], **bars)
    axis.set(xlabel="labels in the training set", ylabel="accuracy on the test set")
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.xaxis.set_minor_formatter("")  # its own writes formulas
    legend_above(figure, axis, 2)
    return figure


@in_style
def plot_learning_curves(
    table: pd.DataFrame,
    arms: Mapping[str, str],
    *,
    marks: Mapping[str, float] | None = None,
    up_to: int | None = None,
    from_accuracy: float | None = None,
    measure: str = "accuracy",
) -> Figure:
    """Mean accuracy (or another measure) over the seeds against labels, in a band: the
    95% bootstrap interval of the mean.

    Parameters
    ----------
    table
        tidy results: arm, seed, labels, and what was measured
    arms
        arms to draw, each with the name to show
    marks
        accuracies to mark by a horizontal line, its name beside the axes
    up_to, from_accuracy
        where the axes end and begin

    Raises
    ------
    ValueError
        If an arm has no round up to there or was not measured, or there are more arms
        than can be told apart.
    """
    figure, (axis,) = new_figure(height=4.2)
    for (arm, name), (colour, dash, marker, _) in zip(
        arms.items(), styles_for(arms), strict=True
    ):
        curves = curves_of(table, arm, measure)
        curves = curves.loc[:, curves.columns <= (up_to or np.inf)]
        if curves.empty:
            raise ValueError(f"{arm!r} has no round up to {up_to} labels: raise up_to")
        spread = {"marker": marker, "markevery": max(1, curves.shape[1] // 8)}
        _mean_with_band(axis, curves, name, colour, linestyle=dash, **spread)
    seeds = _seeds_in_words(table[table["arm"].isin(list(arms))])
    measured = measure.replace("_", " ")
    axis.set(xlabel="labels in the training set", ylabel=f"test {measured}, {seeds}")
    for accuracy in (marks or {}).values():
        axis.axhline(accuracy, color="black", linewidth=1, linestyle="--")
    axis.set_ylim(bottom=from_accuracy)
    _name_beside(axis, marks or {})
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.xaxis.set_minor_formatter("")  # its own writes formulas
    legend_that_fits(figure, axis, len(arms) if len(arms) <= 4 else 3)
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
    axis.xaxis.set_minor_formatter("")  # its own writes formulas
    axis.set(xlabel="labels in the training set (each step to the right: ten times)")
    axis.set_ylabel("accuracy on the test set")
    legend_that_fits(figure, axis, 2)
    return figure


def _seeds_in_words(table: pd.DataFrame) -> str:
    """How many seeds a mean is of: in every arm, or from the fewest to the most."""
    seeds = table.groupby("arm")["seed"].nunique()
    fewest, most = seeds.min(), seeds.max()
    return f"mean of {most if fewest == most else f'{fewest} to {most}'} seeds"


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
        len(values), lambda places: values[places].mean(axis=1), resamples=1_000
    )
    axis.fill_between(labels, low, high, color=colour, alpha=0.25, linewidth=0)
