import numpy as np
from drawn import all_differ
from example_figures import EXAMPLES, NAMES

from alutils.figures.counts import plot_bars, plot_histogram


def test_bars_differ_by_their_hatches():
    bars = EXAMPLES["plot_bars"]().axes[0].containers
    assert len(bars) == 5
    assert all_differ([group[0].get_hatch() for group in bars])


def test_outlines_of_histograms_differ_by_their_dashes():
    outlines = [
        patch
        for patch in EXAMPLES["plot_histogram"]().axes[0].patches
        if patch.get_label() in NAMES
    ]
    assert len(outlines) == 5
    assert all_differ([str(patch.get_linestyle()) for patch in outlines])


def test_bars_have_their_heights_and_their_numbers_on_top():
    axis = plot_bars(
        {"a": {"one": 1_234, "two": 2}, "b": {"one": 3, "two": 4}}, y_label="reviews"
    ).axes[0]
    assert [[bar.get_height() for bar in group] for group in axis.containers] == [
        [1_234, 3],
        [2, 4],
    ]
    assert {"1,234", "2", "3", "4"} <= {text.get_text() for text in axis.texts}
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "b"]


def test_a_histogram_counts_like_numpy():
    values = np.random.default_rng(0).normal(size=200)
    bins = np.linspace(-3, 3, 13)
    axis = plot_histogram(values, bins, x_label="length", mark=(1.5, "cut")).axes[0]
    assert [bar.get_height() for bar in axis.patches] == np.histogram(values, bins)[
        0
    ].tolist()
    assert axis.get_lines()[0].get_xdata() == [1.5, 1.5]
    assert [text.get_text() for text in axis.texts] == ["cut"]
