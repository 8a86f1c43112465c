from itertools import pairwise

import numpy as np
from drawn import all_differ, drawn
from example_figures import EXAMPLES, NAMES, X
from hypothesis import given, settings
from hypothesis import strategies as st

from alutils.figures.counts import plot_bars, plot_histogram, plot_splits


def test_bars_differ_by_their_hatches():
    bars = EXAMPLES["plot_bars"]().axes[0].containers
    assert len(bars) == 5
    assert all_differ([group[0].get_hatch() for group in bars])


def test_sets_of_a_histogram_stand_below_each_other_on_one_scale_so_that_none_hides():
    figure = EXAMPLES["plot_histogram"]()
    assert [axis.get_title("right") for axis in figure.axes] == list(NAMES)
    assert len({axis.get_xlim() for axis in figure.axes}) == 1
    assert len({axis.get_ylim() for axis in figure.axes}) == 1
    for k, axis in enumerate(figure.axes):
        heights = [bar.get_height() for bar in axis.patches]
        assert heights == np.histogram(X + k, np.arange(7))[0].tolist()
    drawn(figure)
    places = [axis.get_window_extent() for axis in figure.axes]
    assert all(one.y0 > other.y1 for one, other in pairwise(places))


def test_the_mark_goes_through_every_row_and_has_its_name_once():
    figure = EXAMPLES["plot_histogram"]()
    marks = [line for axis in figure.axes for line in axis.get_lines()]
    assert [line.get_xdata() for line in marks] == [[3, 3]] * 5
    assert [t.get_text() for axis in figure.axes for t in axis.texts] == ["cut here"]


@settings(max_examples=10)
@given(st.permutations([0, 1] * 6), st.integers(1, 11))
def test_every_row_of_a_split_is_drawn_once_where_it_stands_in_its_class(labels, cut):
    labels = np.array(labels)
    splits = {"first": np.arange(cut)[::-1], "rest": np.arange(cut, 12)}
    axis = plot_splits(splits, labels, ("poor", "good")).axes[0]
    found = []
    for strip in axis.collections:
        colour = tuple(strip.get_facecolor()[0])
        for path in strip.get_paths():
            (x0, y0), (x1, y1) = path.vertices.min(axis=0), path.vertices.max(axis=0)
            number = round((y0 + y1) / 2)
            found += [(number, place, colour) for place in range(round(x0), round(x1))]
    assert len(found) == len(set(f[:2] for f in found)) == 12
    expected = {
        (labels[row], int(np.sum(labels[:row] == labels[row]))): row < cut
        for row in range(12)
    }
    colours = {expected[number, place]: set() for number, place, _ in found}
    for number, place, colour in found:
        colours[expected[number, place]].add(colour)
    assert all(len(one) == 1 for one in colours.values())
    assert colours[True] != colours[False]


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
