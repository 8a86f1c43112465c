"""Every figure of the book: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from alutils.models import History
from alutils.style import COLOURS, in_style, legend_above, new_figure, styles_for


@in_style
def plot_lines(
    x: np.ndarray, lines: Mapping[str, np.ndarray], *, x_label: str, y_label: str
) -> Figure:
    """Curves over a common axis, apart by colour and dash."""
    figure, (axis,) = new_figure()
    for (name, y), (colour, dash, _, _) in zip(
        lines.items(), styles_for(lines), strict=True
    ):
        axis.plot(x, y, color=colour, linestyle=dash, label=name)
    axis.set(xlabel=x_label, ylabel=y_label, xlim=(x[0], x[-1]))
    legend_above(figure, axis, len(lines))
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


@in_style
def plot_history(
    histories: Sequence[History], names: Sequence[str] | None = None
) -> Figure:
    """Loss and accuracy after each epoch of one fit or several in a row, with a mark at
    each fit's best epoch."""
    figure, axes = new_figure(2)
    ends = np.cumsum([0, *(len(history.loss) for history in histories)])
    marks = {"marker": "o", "ms": 9, "mfc": "none", "mec": "black", "ls": "none"}
    for axis, quantity in zip(axes, ("loss", "accuracy"), strict=True):
        for k, history in enumerate(histories):
            epochs = np.arange(ends[k], ends[k + 1]) + 1
            best, validation = history.best_epoch, getattr(history, f"val_{quantity}")
            lines = (
                axis.plot(epochs, getattr(history, quantity), ".-", c=COLOURS[0])
                + axis.plot(epochs, validation, ".--", c=COLOURS[1])
                + axis.plot(epochs[best], validation[best], **marks)
            )
            if k > 0:
                axis.axvline(ends[k] + 0.5, color=COLOURS[-1], lw=1, ls=":")
            if names is not None:
                place = (epochs.mean(), 1.01)
                where = ("data", "axes fraction")
                axis.annotate(names[k], place, xycoords=where, ha="center", fontsize=8)
        axis.set(xlabel="epoch", ylabel=quantity)
        axis.xaxis.get_major_locator().set_params(integer=True)
    what = ("training", "validation", "lowest validation loss")
    for line, label in zip(lines, what, strict=True):
        line.set_label(label)
    legend_above(figure, axes[-1], 3)
    return figure


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
    axis.xaxis.set_major_formatter(matplotlib.ticker.StrMethodFormatter("{x:,.0f}"))
    legend_above(figure, axis, 2)
    return figure


@in_style
def plot_intervals(
    groups: Mapping[str, Mapping[str, tuple[float, float, float]]], *, y_label: str
) -> Figure:
    """Points with intervals, in groups side by side; each part is (value, lower,
    upper)."""
    figure, (axis,) = new_figure()
    parts = list(next(iter(groups.values())))
    for k, (part, (colour, _, marker, _)) in enumerate(
        zip(parts, styles_for(parts), strict=True)
    ):
        x = np.arange(len(groups)) + 0.2 * (k - (len(parts) - 1) / 2)
        value, low, high = np.transpose([group[part] for group in groups.values()])
        style = {"fmt": marker, "color": colour, "capsize": 5, "markersize": 7}
        axis.errorbar(x, value, yerr=[value - low, high - value], label=part, **style)
    axis.set_xticks(np.arange(len(groups)), list(groups))
    axis.set(ylabel=y_label, xlim=(-0.5, len(groups) - 0.5))
    axis.grid(axis="x", visible=False)
    legend_above(figure, axis, len(parts))
    return figure
