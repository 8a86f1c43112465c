"""Figures of counts: how values spread, and bars in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from alutils.figures.names import legend_above
from alutils.figures.style import NO_ARM, in_style, new_figure, palette, styles_for


@in_style
def plot_histogram(
    values: np.ndarray | Mapping[str, np.ndarray],
    bins: Sequence[float] | np.ndarray,
    *,
    x_label: str,
    y_label: str = "reviews",
    mark: tuple[float, str] | None = None,
) -> Figure:
    """How values spread; several sets below each other on one scale, so that none hides
    another; and one value marked by a named line."""
    if isinstance(values, Mapping):
        colours = [colour for colour, *_ in styles_for(values)]
        samples = values
    else:
        samples, colours = {"": values}, [palette().colours[NO_ARM]]
    rows = len(samples)
    height = 3.4 if rows == 1 else 0.9 + 1.05 * rows
    figure, axes = new_figure(rows=rows, height=height)
    for axis, (name, sample), colour in zip(
        axes, samples.items(), colours, strict=True
    ):
        edges = {"edgecolor": palette().paper, "linewidth": 0.5}
        axis.hist(sample, bins=bins, color=colour, label=name, **edges)
        axis.set_title(name, loc="right", fontsize=9, color=colour, pad=-2)
        if mark is not None:
            axis.axvline(mark[0], color=palette().ink, linestyle="--", linewidth=1.5)
    if mark is not None:
        axes[0].annotate(
            mark[1],
            (mark[0], 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    axes[-1].set(xlabel=x_label, xlim=(bins[0], bins[-1]))
    if rows == 1:
        axes[0].set_ylabel(y_label)
    else:
        figure.supylabel(y_label, fontsize="medium")
    return figure


@in_style
def plot_bars(
    groups: Mapping[str, Mapping[str, float]], *, y_label: str, x_label: str = ""
) -> Figure:
    """Bars in groups: for each group its parts, side by side, each with its number on
    top."""
    figure, (axis,) = new_figure()
    parts = list(next(iter(groups.values())))
    width = 0.8 / len(parts)
    styles = styles_for(parts)
    if len(parts) == 1:
        styles = [(palette().colours[NO_ARM], *styles[0][1:])]
    for k, (part, (colour, _, _, hatch)) in enumerate(zip(parts, styles, strict=True)):
        positions = np.arange(len(groups)) + (k - (len(parts) - 1) / 2) * width
        bars = axis.bar(
            positions,
            [g[part] for g in groups.values()],
            width * 0.95,
            color=colour,
            hatch=hatch,
            edgecolor=palette().paper,
            label=part,
        )
        axis.bar_label(bars, fmt="{:,.0f}", padding=2, fontsize=9)
    axis.set_xticks(np.arange(len(groups)), list(groups))
    axis.set(xlabel=x_label, ylabel=y_label)
    axis.yaxis.set_major_formatter("{x:,.0f}")
    axis.margins(y=0.12)
    axis.grid(axis="x", visible=False)
    if len(parts) > 1:
        legend_above(figure, axis, len(parts))
    return figure


@in_style
def plot_splits(
    splits: Mapping[str, np.ndarray], labels: np.ndarray, classes: Sequence[str]
) -> Figure:
    """Which row goes to which split: a strip for each class, its rows in the order in
    which they are stored, coloured by where they went.

    Parameters
    ----------
    splits
        a name and its rows, no row in two of them
    labels
        the class of every row there is; rows in no split stay empty
    """
    figure, (axis,) = new_figure(height=0.9 + 0.75 * len(classes))
    place = np.zeros(len(labels), dtype=int)
    for number in range(len(classes)):
        rows = np.flatnonzero(labels == number)
        place[rows] = np.arange(len(rows))
    for (name, rows), (colour, _, _, hatch) in zip(
        splits.items(), styles_for(splits), strict=True
    ):
        for number in range(len(classes)):
            places = np.sort(place[rows[labels[rows] == number]])
            axis.broken_barh(
                _runs(places),
                (number - 0.35, 0.7),
                facecolor=colour,
                hatch=hatch,
                edgecolor=palette().paper,
                linewidth=0,
                label="_" if number else name,
            )
    axis.set_yticks(range(len(classes)), classes)
    axis.invert_yaxis()
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.set_xlabel("reviews of a class, in storage order")
    axis.grid(axis="y", visible=False)
    legend_above(figure, axis, len(splits))
    return figure


def _runs(places: np.ndarray) -> list[tuple[int, int]]:
    """Where stretches of neighbouring numbers begin, and how long they are."""
    parts = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return [(int(part[0]), len(part)) for part in parts if len(part)]
