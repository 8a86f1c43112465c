"""Learning curves beside what others have published, over labels on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from alutils.evidence.curves import curves_of
from alutils.figures.curves import count_labels, mean_with_band
from alutils.figures.names import name_ends
from alutils.figures.style import in_style, new_figure, palette, styles_for


@in_style
def plot_beside_published(
    table: pd.DataFrame,
    arms: Mapping[str, str],
    published: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    reached: Mapping[str, float] | None = None,
    target: float | None = None,
    from_accuracy: float | None = None,
) -> Figure:
    """Learning curves of many runs beside published points, over labels on a
    logarithmic scale; where a curve starts without a label, a linear one up to 20.

    Parameters
    ----------
    table, arms
        as in `plot_learning_curves`
    published
        points that others report: name to labels and accuracies
    reached, target
        an accuracy to mark, and for arms the labels with which they have reached it
    from_accuracy
        where the axes begin
    """
    figure, (axis,) = new_figure(height=4.8)
    for (arm, name), (colour, dash, _, _) in zip(
        arms.items(), styles_for(arms), strict=True
    ):
        curves = curves_of(table, arm)
        mean_with_band(axis, curves, name, colour, linestyle=dash)
    for (name, (labels, accuracy)), marker in zip(
        published.items(), ("D", "*", "P"), strict=False
    ):
        style = {"color": palette().ink, "linestyle": "none", "marker": marker}
        axis.plot(labels, accuracy, **style, markersize=6, label=name)
    if min(line.get_xdata().min() for line in axis.get_lines()) > 0:
        axis.set_xscale("log")
    else:
        axis.set_xscale("symlog", linthresh=20, linscale=0.5)
        axis.set_xticks([0, 20, 100, 1_000, 10_000])
    count_labels(axis)
    axis.set(xlabel="labels in the training set (logarithmic)", ylabel="test accuracy")
    axis.set_ylim(bottom=from_accuracy)
    if target is not None:
        _mark_reached(axis, target, reached or {}, arms)
    name_ends(figure, axis)
    return figure


def _mark_reached(
    axis: plt.Axes, target: float, reached: Mapping[str, float], arms: Mapping
) -> None:
    """A line at the target, and from it a drop to the axis for each arm, with the
    number of labels; each number above the one before, so that none lie on another."""
    axis.axhline(target, color=palette().ink, linewidth=1, linestyle="--")
    axis.annotate(
        f"{target:.3f}",
        (0.005, target),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=9,
    )
    bottom = axis.get_ylim()[0]
    colours = dict(zip(arms, (style[0] for style in styles_for(arms)), strict=True))
    for k, (arm, labels) in enumerate(sorted(reached.items(), key=lambda r: r[1])):
        axis.vlines(labels, bottom, target, color=colours[arm], linewidth=1.2)
        axis.annotate(
            f"{labels:,.0f}",
            (labels, 0),
            xycoords=("data", "axes fraction"),
            xytext=(-2, 5 + 13 * (k % 2)),
            textcoords="offset points",
            ha="right",
            fontsize=9,
            fontweight="bold",
            color=colours[arm],
            path_effects=[withStroke(linewidth=3, foreground=palette().paper)],
        )
    axis.set_ylim(bottom=bottom)
