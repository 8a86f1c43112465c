"""Learning curves: of single runs, of the mean over many, ahead of a control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from alutils.evidence.curves import curves_of
from alutils.evidence.intervals import bootstrap_interval
from alutils.figures.names import name_ends
from alutils.figures.style import PLACES, in_style, new_figure, palette, styles_for

Curve = tuple[Sequence[float], Sequence[float], Sequence[tuple[float, float]] | None]


@in_style
def plot_accuracy_by_labels(curves: Mapping[str, Curve]) -> Figure:
    """Accuracy against labels spent: a line with markers for each curve, bars where
    intervals are given.

    Parameters
    ----------
    curves
        a curve is its labels, its accuracies, and intervals as (lower, upper) or None
    """
    figure, (axis,) = new_figure(height=4.0)
    for (name, curve), style in zip(curves.items(), styles_for(curves), strict=True):
        _with_bars(axis, name, curve, style)
    count_labels(axis)
    axis.set_ylabel("accuracy on the test set")
    axis.set_xlabel("labels in the training set")
    name_ends(figure, axis)
    return figure


def _with_bars(axis: plt.Axes, name: str, curve: Curve, style: tuple) -> None:
    (labels, accuracy, intervals), (colour, dash, marker, _) = curve, style
    axis.plot(labels, accuracy, color=colour, linestyle=dash, marker=marker, label=name)
    if intervals is not None:
        low, high = np.transpose(intervals)
        below, above = np.subtract(accuracy, low), np.subtract(high, accuracy)
        bars = {"fmt": "none", "ecolor": colour, "capsize": 4}
        axis.errorbar(labels, accuracy, yerr=[below, above], **bars)


@in_style
def plot_learning_curves(
    table: pd.DataFrame | Mapping[str, pd.DataFrame],
    arms: Mapping[str, str] | Mapping[str, Mapping[str, str]],
    *,
    marks: Mapping[str, float] | None = None,
    up_to: int | None = None,
    from_accuracy: float | None = None,
    measure: str = "accuracy",
    y_label: str | None = None,
) -> Figure:
    """Mean accuracy (or another measure) over the seeds against labels, in a band: the
    95% bootstrap interval of the mean.

    Parameters
    ----------
    table
        tidy results: arm, seed, labels, and what was measured; or several such, each in
        axes of its own under its title, with the same arms
    arms
        arms to draw, each with the name to show; or several such, each in axes of its
        own under its title, on one scale
    marks
        accuracies to mark by a horizontal line, its name beside the axes
    up_to, from_accuracy
        where the axes end and begin
    y_label
        what was measured, in words, where its column's name does not say it

    Raises
    ------
    ValueError
        If an arm has no round up to there or was not measured, or there are more arms
        than can be told apart.
    """
    if isinstance(table, Mapping):
        tables, panels = table, dict.fromkeys(table, arms)
    else:
        several = isinstance(next(iter(arms.values())), Mapping)
        panels = arms if several else {"": arms}
        tables = dict.fromkeys(panels, table)
    height = 4.2 if len(panels) == 1 else 0.6 + 2.5 * len(panels)
    figure, axes = new_figure(rows=len(panels), height=height)
    for axis, (title, drawn) in zip(axes, panels.items(), strict=True):
        for (arm, name), (colour, dash, marker, _) in zip(
            drawn.items(),
            styles_for([_styled_as(*a) for a in drawn.items()]),
            strict=True,
        ):
            curves = curves_of(tables[title], arm, measure)
            curves = curves.loc[:, curves.columns <= (up_to or np.inf)]
            if curves.empty:
                raise ValueError(
                    f"{arm!r} has no round up to {up_to} labels: raise up_to"
                )
            spread = {"marker": marker, "markevery": max(1, curves.shape[1] // 8)}
            mean_with_band(axis, curves, name, colour, linestyle=dash, **spread)
        for accuracy in (marks or {}).values():
            axis.axhline(accuracy, color=palette().ink, linewidth=1, linestyle="--")
        if title:
            axis.set_title(title, loc="left", fontsize=10, fontweight="bold")
        axis.set_ylabel(y_label or f"test {measure.replace('_', ' ')}")
    shown = pd.concat(
        [
            tables[title][tables[title]["arm"].isin(list(drawn))]
            for title, drawn in panels.items()
        ]
    )
    seeds = _seeds_in_words(shown)
    count_labels(axes[-1])
    axes[-1].set_xlabel(f"labels in the training set ({seeds})")
    axes[0].set_ylim(bottom=from_accuracy)
    for axis in axes:
        name_ends(figure, axis, marks=marks)
    return figure


@in_style
def plot_gains(
    table: pd.DataFrame,
    arms: Mapping[str, str],
    *,
    control: str,
    from_labels: int = 0,
) -> Figure:
    """By how much each arm is ahead of a control with the same seed, against labels:
    the mean, in points of accuracy, in a band (its 95% bootstrap interval).

    Parameters
    ----------
    table
        as in `plot_learning_curves`
    arms
        arms to draw, each with the name to show; among them the control, which is the
        line at zero
    from_labels
        where the axes begin

    Raises
    ------
    ValueError
        As `plot_learning_curves` does; and if an arm was not measured where the control
        was.
    """
    figure, (axis,) = new_figure(height=4.2)
    base = curves_of(table, control)
    for (arm, name), (colour, dash, marker, _) in zip(
        arms.items(), styles_for(arms), strict=True
    ):
        gains = 100 * (curves_of(table, arm) - base)
        gains = gains.loc[:, gains.columns >= from_labels].dropna()
        if gains.empty:
            raise ValueError(
                f"{arm!r} and {control!r} share no seed that was measured at the same"
                f" labels from {from_labels} on: take runs of one grid"
            )
        spread = {"marker": marker, "markevery": max(1, gains.shape[1] // 8)}
        mean_with_band(axis, gains, name, colour, linestyle=dash, **spread)
    count_labels(axis)
    seeds = _seeds_in_words(table[table["arm"].isin(list(arms))])
    axis.set_xlabel(f"labels in the training set ({seeds})")
    axis.set_ylabel(f"ahead of {arms.get(control, control)}, points of accuracy")
    name_ends(figure, axis)
    return figure


def count_labels(axis: plt.Axes) -> None:
    """Write whole numbers below the axis, with their thousands apart."""
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.xaxis.set_minor_formatter("")  # its own writes formulas


def _styled_as(arm: str, name: str) -> str:
    """Whose style an arm has: its own, or that of the name it is shown under, so that
    random is the same in every panel."""
    return arm if arm in PLACES else name


def _seeds_in_words(table: pd.DataFrame) -> str:
    """How many seeds a mean is of: in every arm, or from the fewest to the most."""
    seeds = table.groupby("arm")["seed"].nunique()
    fewest, most = seeds.min(), seeds.max()
    return f"mean of {most if fewest == most else f'{fewest} to {most}'} seeds"


def mean_with_band(
    axis: plt.Axes, curves: pd.DataFrame, name: str, colour: str, **style: object
) -> None:
    """Draw the mean of curves, one a row as `curves_of` gives them, in a band: the 95%
    bootstrap interval of the mean."""
    labels, values = curves.columns.to_numpy(), curves.to_numpy()
    style = {"color": colour, "markersize": 5, "label": name, **style}
    axis.plot(labels, values.mean(axis=0), **style)
    low, high = bootstrap_interval(
        len(values), lambda places: values[places].mean(axis=1), resamples=1_000
    )
    axis.fill_between(labels, low, high, color=colour, alpha=0.25, linewidth=0)
