"""Names in figures: at the ends of the curves, between them, or above the axes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from scipy.optimize import isotonic_regression

from alutils.figures.style import palette

POINTS = 9  # size of the letters
SPACING = 1.15  # of names below each other, in their heights
WIDEST = 0.36  # share of the figure's width that names beside the axes may take


def name_ends(
    figure: Figure,
    axis: plt.Axes,
    *,
    marks: Mapping[str, float] | None = None,
    letters: int = 20,
) -> None:
    """Name every curve right of the axes, at the height where it ends and in its colour,
    pushed apart where names would overlap; above the axes if there is no room.

    Call it last, when the axes have their limits.

    Parameters
    ----------
    marks
        heights that are marked by a line across the axes, and have names too
    letters
        where a name is broken into lines
    """
    curves = _named(axis)
    marked = [
        Line2D([0], [y], color=palette().ink, label=n) for n, y in (marks or {}).items()
    ]
    texts = _beside(axis, [*curves, *marked], letters)
    if not _have_room(figure, axis, texts):
        for text in texts:
            text.remove()
        texts, curves = _beside(axis, marked, letters), []
        legend_that_fits(figure, axis, 3)
        figure.draw_without_rendering()
    _push_apart(axis, texts, [*curves, *marked])


def _named(axis: plt.Axes) -> list[Line2D]:
    """The curves that have a name, and a point that can be seen."""
    lines = (line for line in axis.get_lines() if line.get_label()[0] != "_")
    return [line for line in lines if len(line.get_xdata())]


def _beside(axis: plt.Axes, lines: Sequence[Line2D], letters: int) -> list[Text]:
    """The names of lines right of the axes, all in one place yet."""
    return [
        axis.annotate(
            textwrap.fill(
                line.get_label(),
                letters,
                break_long_words=False,
                break_on_hyphens=False,
            ),
            (1, 0.5),
            xycoords="axes fraction",
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            fontsize=POINTS,
            color=line.get_color(),
            linespacing=1.05,
        )
        for line in lines
    ]


def _have_room(figure: Figure, axis: plt.Axes, texts: Sequence[Text]) -> bool:
    """Whether names fit beside the axes; if they are not too wide, lays the figure
    out."""
    sizes = [text.get_window_extent() for text in texts]
    if max(size.width for size in sizes) > WIDEST * figure.bbox.width:
        return False
    figure.draw_without_rendering()
    return SPACING * sum(size.height for size in sizes) < axis.bbox.height


def _push_apart(axis: plt.Axes, texts: Sequence[Text], lines: Sequence[Line2D]) -> None:
    """Move names to the heights of their lines, as near as they can stand, and lead to
    them from the ends of curves."""
    if not texts:
        return
    ends = [line.get_xydata()[-1] for line in lines]
    inside = axis.transAxes.inverted().transform(axis.transData.transform(ends))
    order = np.argsort(inside[:, 1], kind="stable")
    wanted = np.clip(inside[order, 1], 0, 1)
    heights = np.array([texts[k].get_window_extent().height for k in order])
    heights = SPACING * heights / axis.bbox.height
    # Names that touch are those of which the order, apart from their heights, ties.
    offsets = np.concatenate([[0], np.cumsum((heights[1:] + heights[:-1]) / 2)])
    places = isotonic_regression(wanted - offsets).x
    places = np.clip(places, heights[0] / 2, 1 - heights[-1] / 2 - offsets[-1])
    for k, place, height in zip(order, places + offsets, wanted, strict=True):
        texts[k].xy = (1, place)
        if lines[k].axes is None and abs(place - height) < 0.02:
            continue  # the name of a mark, at its height: the mark leads to it
        start = (
            ((1, height), "axes fraction")
            if lines[k].axes is None
            else (ends[k], "data")
        )
        axis.annotate(
            "",
            start[0],
            xycoords=start[1],
            xytext=(1, place),
            textcoords=_right_of(axis),
            arrowprops={
                "arrowstyle": "-",
                "color": lines[k].get_color(),
                "linewidth": 0.8,
                "linestyle": ":",
                "shrinkA": 0,
                "shrinkB": 3,
            },
            annotation_clip=False,
        )


def _right_of(axis: plt.Axes):
    """Coordinates of the axes, moved right to where the names begin."""
    from matplotlib.transforms import ScaledTranslation

    inches = axis.figure.dpi_scale_trans
    return axis.transAxes + ScaledTranslation(12 / 72, 0, inches)


def name_between(figure: Figure, axis: plt.Axes) -> None:
    """Name curves over a common axis above each, where they are furthest apart; at their
    ends if they are nowhere apart enough."""
    lines = _named(axis)
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.08 * (high - low))  # for the name of the highest
    figure.draw_without_rendering()
    x = lines[0].get_xdata()
    inner = slice(len(x) // 8, len(x) - len(x) // 8)
    heights = np.array(
        [axis.transData.transform(line.get_xydata())[inner, 1] for line in lines]
    )
    gaps = np.diff(np.sort(heights, axis=0), axis=0).min(axis=0, initial=np.inf)
    line_of_text = 1.5 * POINTS * figure.dpi / 72
    if gaps.max() < line_of_text:
        axis.set_ylim(low, high)
        name_ends(figure, axis)
        return
    where = x[inner][gaps.argmax()]
    for line in lines:
        axis.annotate(
            line.get_label(),
            (where, np.interp(where, x, line.get_ydata())),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=POINTS,
            color=line.get_color(),
            path_effects=[withStroke(linewidth=3, foreground=palette().paper)],
        )


def legend_above(figure: Figure, axis: plt.Axes, columns: int) -> None:
    """Names of an axis's parts, above the figure and never on top of its data."""
    handles, names = axis.get_legend_handles_labels()
    names = [textwrap.fill(name, 44) for name in names]
    style = {"ncols": columns, "frameon": False, "fontsize": POINTS}
    figure.legend(handles, names, loc="outside upper center", **style)


def legend_that_fits(figure: Figure, axis: plt.Axes, most: int) -> None:
    """Names above the axes, in as many columns as the page is wide enough for."""
    for columns in range(most, 0, -1):
        legend_above(figure, axis, columns)
        legend = figure.legends[-1]
        if columns == 1 or legend.get_window_extent().width < figure.bbox.width:
            return
        legend.remove()
