"""Figures of scores: curves over a common axis, and triangles of three classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from alutils.figures.names import name_between
from alutils.figures.style import in_style, new_figure, styles_for


@in_style
def plot_lines(
    x: np.ndarray, lines: Mapping[str, np.ndarray], *, x_label: str, y_label: str
) -> Figure:
    """Curves over a common axis, apart by colour and dash, each with its name."""
    figure, (axis,) = new_figure()
    for (name, y), (colour, dash, _, _) in zip(
        lines.items(), styles_for(lines), strict=True
    ):
        axis.plot(x, y, color=colour, linestyle=dash, label=name)
    axis.set(xlabel=x_label, ylabel=y_label, xlim=(x[0], x[-1]))
    name_between(figure, axis)
    return figure


@in_style
def plot_simplex(
    scores: Mapping[str, Callable[[np.ndarray], np.ndarray]], classes: Sequence[str]
) -> Figure:
    """Scores of doubt over all probabilities of three classes: a triangle each, its
    corners the sure answers."""
    figure, axes = new_figure(len(scores), height=3.1)
    steps = np.linspace(0, 1, 101)
    first, second = np.meshgrid(steps, steps, indexing="ij")
    inside = first + second <= 1 + 1e-9
    p = np.stack([first[inside], second[inside]], axis=1)
    p = np.column_stack([p, np.clip(1 - p.sum(axis=1), 0, 1)])
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    x, y = (p @ corners).T
    for axis, (name, score) in zip(axes, scores.items(), strict=True):
        values = score(p)
        axis.tricontourf(
            x, y, values / values.max(), levels=np.linspace(0, 1, 11), cmap="cividis"
        )
        for corner, label, shift in zip(
            corners, classes, ((0, -14), (0, -14), (0, 6)), strict=True
        ):
            axis.annotate(
                label, corner, xytext=shift, textcoords="offset points", ha="center"
            )
        axis.set_aspect("equal")
        axis.axis("off")
        axis.set_title(name, fontsize=10, fontweight="bold", pad=26)
    scale = figure.colorbar(
        axes[0].collections[0], ax=list(axes), shrink=0.7, ticks=[0, 0.5, 1]
    )
    scale.set_label("doubt, share of its maximum")
    return figure
