"""Every figure of the book, in one style: opaque white, legible on dark pages, not by
colour alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from alutils.models import History

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
}


def _figure(columns: int = 1, height: float = 3.4) -> tuple[Figure, np.ndarray]:
    size = (7.2, height)
    with matplotlib.rc_context(STYLE):
        figure, axes = plt.subplots(
            1, columns, figsize=size, layout="constrained", squeeze=False
        )
    plt.close(figure)  # the notebook shows the figure that the cell returns, once
    return figure, axes[0]


def _legend(figure: Figure, axis: plt.Axes, columns: int) -> None:
    """Names of an axis's parts, above the figure and never on top of its data."""
    handles, names = axis.get_legend_handles_labels()
    where = "outside upper center"
    figure.legend(handles, names, loc=where, ncols=columns, frameon=False)


def plot_lines(
    x: np.ndarray, lines: Mapping[str, np.ndarray], *, x_label: str, y_label: str
) -> Figure:
    """Curves over a common axis, apart by colour and dash."""
    figure, (axis,) = _figure()
    for (name, y), colour, dash in zip(lines.items(), COLOURS, DASHES, strict=False):
        axis.plot(x, y, color=colour, linestyle=dash, label=name)
    axis.set(xlabel=x_label, ylabel=y_label, xlim=(x[0], x[-1]))
    _legend(figure, axis, len(lines))
    return figure


def plot_simplex(
    scores: Mapping[str, Callable[[np.ndarray], np.ndarray]], classes: Sequence[str]
) -> Figure:
    """Scores of doubt over all probabilities of three classes: a triangle each, its
    corners the sure answers."""
    figure, axes = _figure(len(scores), height=2.9)
    steps = np.linspace(0, 1, 101)
    first, second = np.meshgrid(steps, steps, indexing="ij")
    inside = first + second <= 1 + 1e-9
    p = np.stack(
        [
            first[inside],
            second[inside],
            np.clip(1 - first[inside] - second[inside], 0, 1),
        ],
        axis=1,
    )
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
        axis.set_title(name, fontsize=10, pad=18)
    scale = figure.colorbar(
        axes[0].collections[0], ax=list(axes), shrink=0.7, ticks=[0, 0.5, 1]
    )
    scale.set_label("doubt, share of its maximum")
    return figure


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
    figure, (axis,) = _figure()
    if isinstance(values, Mapping):
        for (name, sample), colour, dash in zip(
            values.items(), COLOURS, DASHES, strict=False
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
    axis.set(xlabel=x_label, ylabel=y_label, xlim=(bins[0], bins[-1]))
    return figure


def plot_bars(groups: Mapping[str, Mapping[str, float]], *, y_label: str) -> Figure:
    """Bars in groups: for each group its parts, side by side, each with its number on
    top."""
    figure, (axis,) = _figure()
    parts = list(next(iter(groups.values())))
    width = 0.8 / len(parts)
    for k, (part, colour, hatch) in enumerate(
        zip(parts, COLOURS, HATCHES, strict=False)
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
    axis.set_ylabel(y_label)
    axis.margins(y=0.12)
    axis.grid(axis="x", visible=False)
    _legend(figure, axis, len(parts))
    return figure


def plot_history(
    histories: Sequence[History], names: Sequence[str] | None = None
) -> Figure:
    """Loss and accuracy after each epoch of one fit or several in a row, with a mark at
    each fit's best epoch."""
    figure, axes = _figure(2)
    for axis, quantity in zip(axes, ("loss", "accuracy"), strict=True):
        for prefix, name, colour, dash in (
            ("", "training", COLOURS[0], "-"),
            ("val_", "validation", COLOURS[1], "--"),
        ):
            start = 0
            for k, history in enumerate(histories):
                y = getattr(history, prefix + quantity)
                axis.plot(
                    np.arange(start + 1, start + 1 + len(y)),
                    y,
                    color=colour,
                    linestyle=dash,
                    marker=".",
                    label=name if k == 0 else None,
                )
                if prefix:
                    axis.plot(
                        start + 1 + history.best_epoch,
                        y[history.best_epoch],
                        "o",
                        mfc="none",
                        mec="black",
                        ms=9,
                        label="lowest validation loss" if k == 0 else None,
                    )
                start += len(y)
        start = 0
        for k, history in enumerate(histories):
            if k:
                axis.axvline(start + 0.5, color="#4D4D4D", linewidth=1, linestyle=":")
            if names is not None:
                middle = start + 0.5 + len(history.loss) / 2
                axis.annotate(
                    names[k],
                    (middle, 1.0),
                    xycoords=("data", "axes fraction"),
                    ha="center",
                    va="bottom",
                    fontsize=8,
                )
            start += len(history.loss)
        axis.set(xlabel="epoch", ylabel=quantity)
        axis.xaxis.get_major_locator().set_params(integer=True)
    _legend(figure, axes[0], 3)
    return figure


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
    figure, (axis,) = _figure(height=4.0)
    for (name, (labels, accuracy, intervals)), colour, dash, marker in zip(
        curves.items(), COLOURS, DASHES, MARKERS, strict=False
    ):
        axis.plot(
            labels, accuracy, color=colour, linestyle=dash, marker=marker, label=name
        )
        if intervals is not None:
            low, high = np.transpose(intervals)
            below, above = np.subtract(accuracy, low), np.subtract(high, accuracy)
            axis.errorbar(
                labels,
                accuracy,
                yerr=[below, above],
                fmt="none",
                ecolor=colour,
                capsize=4,
            )
    axis.set(xlabel="labels in the training set", ylabel="accuracy on the test set")
    axis.xaxis.set_major_formatter(matplotlib.ticker.StrMethodFormatter("{x:,.0f}"))
    _legend(figure, axis, 2)
    return figure


def plot_intervals(
    groups: Mapping[str, Mapping[str, tuple[float, float, float]]], *, y_label: str
) -> Figure:
    """Points with intervals, in groups side by side; each part is (value, lower,
    upper)."""
    figure, (axis,) = _figure()
    parts = list(next(iter(groups.values())))
    for k, (part, colour, marker) in enumerate(
        zip(parts, COLOURS, MARKERS, strict=False)
    ):
        x = np.arange(len(groups)) + 0.2 * (k - (len(parts) - 1) / 2)
        value, low, high = np.transpose([group[part] for group in groups.values()])
        axis.errorbar(
            x,
            value,
            yerr=[value - low, high - value],
            fmt=marker,
            color=colour,
            capsize=5,
            markersize=7,
            label=part,
        )
    axis.set_xticks(np.arange(len(groups)), list(groups))
    axis.set(ylabel=y_label, xlim=(-0.5, len(groups) - 0.5))
    axis.grid(axis="x", visible=False)
    _legend(figure, axis, len(parts))
    return figure
