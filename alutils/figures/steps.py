"""Figures of steps: how a cost falls from one row to the next, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from alutils.figures.style import NO_ARM, in_style, new_figure, palette


@in_style
def plot_steps(
    steps: Mapping[str, tuple[float, float, float]], *, x_label: str, none: float = 20
) -> Figure:
    """A staircase on a logarithmic axis: in each row what is needed still, with its
    interval, and how many times less that is than in the row above.

    Parameters
    ----------
    steps
        by name what is needed, with its lower and upper end; the first row is where the
        steps begin, and is hollow, for it has no interval
    none
        below this the axis is linear down to zero, if an interval reaches so far
    """
    figure, (axis,) = new_figure(height=0.9 + 0.62 * len(steps))
    rows = list(steps.values())
    quiet = palette().colours[-1]
    for row, (value, low, high) in enumerate(rows):
        colour = palette().colours[NO_ARM] if row else palette().ink
        if row:
            before = rows[row - 1][0]
            axis.plot([before, before], [row - 1, row], color=quiet, lw=1, ls=":")
            axis.plot([before, value], [row, row], color=quiet, lw=1, ls=":")
            _say(axis, (before, row - 0.5), f"÷ {before / value:.1f}", quiet)
        axis.plot([low, high], [row, row], color=colour, marker="|", markersize=12)
        inside = colour if row else palette().paper
        axis.plot(value, row, "o", color=colour, markersize=8, markerfacecolor=inside)
        _say(axis, (value, row), f"{value:,.0f}", colour, above=True)
    if min(low for _, low, _ in rows) > 0:
        axis.set_xscale("log")
    else:
        axis.set_xscale("symlog", linthresh=none, linscale=0.5)
        axis.set_xticks([0, none, 100, 1_000, 10_000])
        axis.set_xlim(left=0)
    axis.set_xlim(right=3 * rows[0][0])  # room for the first number by which it falls
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.xaxis.set_minor_formatter("")  # its own writes formulas
    axis.set_yticks(range(len(steps)), list(steps))
    axis.set_ylim(len(steps) - 0.6, -0.7)
    axis.set_xlabel(x_label)
    axis.grid(axis="y", visible=False)
    return figure


def _say(
    axis: plt.Axes,
    place: tuple[float, float],
    text: str,
    colour: str,
    above: bool = False,
) -> None:
    """A few letters right of a place, or bold ones above it that end there: right of it
    comes the line down from the step before."""
    bold = {"ha": "right", "fontweight": "bold", "fontsize": 10}
    axis.annotate(
        text,
        place,
        xytext=(0, 8) if above else (5, -3),
        textcoords="offset points",
        color=colour,
        **(bold if above else {"fontsize": 9}),
    )
