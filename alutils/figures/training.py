"""Figures of what training reports, epoch by epoch or pass by pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from alutils.figures.names import legend_above, name_ends
from alutils.figures.style import in_style, new_figure, palette, styles_for

if TYPE_CHECKING:  # for the name alone: figures start without Keras
    from alutils.learners.network import History


@in_style
def plot_history(
    histories: Sequence[History], names: Sequence[str] | None = None
) -> Figure:
    """Loss and accuracy after each epoch of one fit or several in a row, with a mark at
    each fit's best epoch."""
    figure, axes = new_figure(2)
    ends = np.cumsum([0, *(len(history.loss) for history in histories)])
    trained, validated, *_, quiet = palette().colours
    ring = {"marker": "o", "ms": 9, "mfc": "none", "mec": palette().ink, "ls": "none"}
    for axis, quantity in zip(axes, ("loss", "accuracy"), strict=True):
        for k, history in enumerate(histories):
            epochs = np.arange(ends[k], ends[k + 1]) + 1
            best, validation = history.best_epoch, getattr(history, f"val_{quantity}")
            lines = (
                axis.plot(epochs, getattr(history, quantity), ".-", c=trained)
                + axis.plot(epochs, validation, ".--", c=validated)
                + axis.plot(epochs[best], validation[best], **ring)
            )
            if k > 0:
                axis.axvline(ends[k] + 0.5, color=quiet, lw=1, ls=":")
            if names is not None:
                place = (epochs.mean(), 1.01)
                where = ("data", "axes fraction")
                axis.annotate(names[k], place, xycoords=where, ha="center", fontsize=9)
        axis.set(xlabel="epoch", ylabel=quantity)
        axis.xaxis.get_major_locator().set_params(integer=True)
    *curves, mark = lines
    mark.set_label("lowest validation loss")
    legend_above(figure, axes[-1], 1)
    mark.set_label("_")
    for line, label in zip(curves, ("training", "validation"), strict=True):
        line.set_label(label)
    name_ends(figure, axes[-1])
    return figure


@in_style
def plot_passes(curves: Mapping[str, Sequence[float]], *, y_label: str) -> Figure:
    """What was measured after each pass of a learner that teaches itself, a line for
    each learner."""
    figure, (axis,) = new_figure()
    for (name, values), (colour, dash, marker, _) in zip(
        curves.items(), styles_for(curves), strict=True
    ):
        passes = np.arange(len(values)) + 1
        style = {"color": colour, "linestyle": dash, "marker": marker, "label": name}
        axis.plot(passes, values, **style)
    axis.set(xlabel="pass", ylabel=y_label)
    axis.xaxis.get_major_locator().set_params(integer=True)
    name_ends(figure, axis)
    return figure
