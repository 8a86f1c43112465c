"""The same learning curves over labels and over hours."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from alutils.evidence.curves import curves_of
from alutils.figures.curves import count_labels, mean_with_band
from alutils.figures.names import name_ends
from alutils.figures.style import in_style, new_figure, styles_for


@in_style
def plot_labels_and_hours(
    by_labels: pd.DataFrame, by_hours: pd.DataFrame, arms: Mapping[str, str]
) -> Figure:
    """Mean accuracy over the seeds, with its 95% bootstrap interval: over labels, and on
    the same scale over the hours that these labels take.

    Parameters
    ----------
    by_labels
        tidy results: arm, seed, labels, accuracy
    by_hours
        the same runs as `evidence.hours.over_hours` gives them
    arms
        arms to draw, each with the name to show
    """
    figure, axes = new_figure(rows=2, height=5.8, share_x=False)
    for axis, table in zip(axes, (by_labels, by_hours), strict=True):
        for (arm, name), (colour, dash, _, _) in zip(
            arms.items(), styles_for(arms), strict=True
        ):
            mean_with_band(axis, curves_of(table, arm), name, colour, linestyle=dash)
        axis.set_ylabel("test accuracy")
        count_labels(axis)
    axes[0].set_xlabel("labels in the training set")
    axes[1].set_xlabel("hours of labelling")
    for axis in axes:
        name_ends(figure, axis)
    return figure
