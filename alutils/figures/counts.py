"""Figures of counts: how values spread, and bars in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from alutils.figures.style import (
    COLOURS,
    in_style,
    legend_above,
    new_figure,
    styles_for,
)


@in_style
def plot_histogram(
    values: np.ndarray | Mapping[str, np.ndarray],
    bins: Sequence[float] | np.ndarray,
    *,
    x_label: str,
    y_label: str = "reviews",
    mark: tuple[float, str] | None = None,
) -> Figure:
    """How values spread; several sets as outlines of different dashes, and one value
    marked by a named line."""
    figure, (axis,) = new_figure()
    if isinstance(values, Mapping):
        for (name, sample), (colour, dash, _, _) in zip(
            values.items(), styles_for(values), strict=True
        ):
            axis.hist(
                sample,
                bins=bins,
                histtype="step",
                color=colour,
                linestyle=dash,
                linewidth=2,
                label=name,
            )
        axis.legend(frameon=False)
    else:
        axis.hist(values, bins=bins, color=COLOURS[0], edgecolor="white", linewidth=0.5)
    if mark is not None:
        position, name = mark
        axis.axvline(position, color="black", linestyle="--", linewidth=1.5)
        axis.annotate(
            name,
            (position, 0.96),
            xycoords=("data", "axes fraction"),
            xytext=(5, 0),
            textcoords="offset points",
            va="top",
        )
        axis.margins(y=0.12)  # room for the name above the data
    axis.set(xlabel=x_label, ylabel=y_label, xlim=(bins[0], bins[-1]))
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
    for k, (part, (colour, _, _, hatch)) in enumerate(
        zip(parts, styles_for(parts), strict=True)
    ):
        positions = np.arange(len(groups)) + (k - (len(parts) - 1) / 2) * width
        bars = axis.bar(
            positions,
            [g[part] for g in groups.values()],
            width * 0.95,
            color=colour,
            hatch=hatch,
            edgecolor="white",
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
