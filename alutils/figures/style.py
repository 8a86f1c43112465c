"""How every figure of the book looks: opaque white, so legible on dark pages; parts that
differ by more than their colour; names above the data."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

# Dark enough for text on white (4.5 to 1 and more), and apart for colour-blind eyes.
COLOURS = ("#0060A0", "#B04A00", "#00705A", "#7A3A8A", "#4D4D4D")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v")
HATCHES = ("", "///", "...", "xxx", "\\\\\\")
STYLE = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 144,
    "savefig.dpi": 144,
    "font.size": 10,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 2,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a dollar sign in somebody's label is no formula
}


def in_style(plot: Callable[..., Figure]) -> Callable[..., Figure]:
    """Draw in the book's style, whatever style the reader has set."""

    @functools.wraps(plot)
    def styled(*args: object, **kwargs: object) -> Figure:
        with plt.style.context(["default", STYLE]):
            return plot(*args, **kwargs)

    return styled


def styles_for(parts: Collection[str]) -> list[tuple[str, object, str, str]]:
    """A colour, dash, marker and hatch for each part.

    Raises
    ------
    ValueError
        If there are more parts than can be told apart.
    """
    if len(parts) > len(COLOURS):
        raise ValueError(
            f"{len(parts)} series: {len(COLOURS)} can be told apart; draw fewer"
        )
    everything = zip(COLOURS, DASHES, MARKERS, HATCHES, strict=True)
    return list(everything)[: len(parts)]


def new_figure(columns: int = 1, height: float = 3.4) -> tuple[Figure, np.ndarray]:
    """A figure as wide as the page, and its axes side by side; height in inches."""
    size = (7.2, height)
    figure, axes = plt.subplots(
        1, columns, figsize=size, layout="constrained", squeeze=False
    )
    plt.close(figure)  # the notebook shows the figure that the cell returns, once
    return figure, axes[0]


def legend_above(figure: Figure, axis: plt.Axes, columns: int) -> None:
    """Names of an axis's parts, above the figure and never on top of its data."""
    handles, names = axis.get_legend_handles_labels()
    where = "outside upper center"
    figure.legend(handles, names, loc=where, ncols=columns, frameon=False)


def legend_that_fits(figure: Figure, axis: plt.Axes, most: int) -> None:
    """Names above the axes, in as many columns as the page is wide enough for."""
    for columns in range(most, 0, -1):
        legend_above(figure, axis, columns)
        legend = figure.legends[-1]
        if columns == 1 or legend.get_window_extent().width < figure.bbox.width:
            return
        legend.remove()
