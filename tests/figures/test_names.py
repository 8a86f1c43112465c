"""Names of curves, in the figures that have them."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from drawn import drawn, lies_within_the_page, named
from example_figures import ARMS, LABELS, PUBLISHED, grid
from hypothesis import given, settings
from hypothesis import strategies as st

from alutils.figures.beside import plot_beside_published
from alutils.figures.curves import plot_accuracy_by_labels, plot_learning_curves
from alutils.figures.scores import plot_lines

share = st.floats(0, 1)


def names_of(axis, names):
    texts = {" ".join(text.get_text().split()): text for text in axis.texts}
    return {name: texts[name] for name in names}


@settings(max_examples=25)
@given(st.lists(share, min_size=2, max_size=5), share)
def test_names_at_the_ends_never_overlap_and_stand_in_the_order_of_the_ends(
    ends, start
):
    names = ("one", "two", "three", "four", "five")[: len(ends)]
    figure = plot_accuracy_by_labels(
        {
            name: ([100, 200], [start, end], None)
            for name, end in zip(names, ends, strict=True)
        }
    )
    drawn(figure)
    axis = figure.axes[0]
    places = {n: t.get_window_extent() for n, t in names_of(axis, names).items()}
    for one, other in combinations(places.values(), 2):
        assert not one.overlaps(other)
    for (one, low), (other, high) in combinations(zip(names, ends, strict=True), 2):
        if low < high:
            assert places[one].y0 < places[other].y0
    room = axis.get_window_extent()
    for place in places.values():
        assert place.x0 >= room.x1
        assert room.y0 - 1 <= place.y0 and place.y1 <= room.y1 + 1


def test_a_name_has_the_colour_of_its_curve_and_stands_where_it_ends():
    figure = plot_learning_curves(grid(), {arm: arm for arm in ARMS[:2]})
    drawn(figure)
    axis = figure.axes[0]
    for line in named(axis, ARMS):
        name = names_of(axis, [line.get_label()])[line.get_label()]
        assert name.get_color() == line.get_color()
        end = axis.transData.transform(line.get_xydata()[-1])[1]
        place = name.get_window_extent()
        assert place.y0 <= end <= place.y1
    assert not figure.legends


@pytest.mark.parametrize("letters", [1, 8, 16, 24, 32, 40, 46])
@pytest.mark.parametrize("published", [None, {"m" * 20: ([9_000], [0.8])}])
def test_names_fit_the_page_beside_the_axes_or_else_above_them(letters, published):
    arms = {arm: "mean"[k] * letters for k, arm in enumerate(ARMS[:4])}
    figure = (
        plot_learning_curves(grid(), arms)
        if published is None
        else plot_beside_published(grid(), arms, published)
    )
    assert lies_within_the_page(figure)
    axis, names = figure.axes[0], [*arms.values(), *(published or {})]
    room = axis.get_window_extent()
    assert room.height > 100 and room.width > 200
    if figure.legends:
        (legend,) = figure.legends
        shown = [text.get_text().replace("\n", "") for text in legend.get_texts()]
        assert shown == names
        assert legend.get_window_extent().y0 >= room.y1
    else:
        assert names_of(axis, names)
    assert bool(figure.legends) == (letters > 20 or published is not None)


def test_names_that_are_too_many_for_the_height_go_above():
    published = {
        f"{name} with a long name {name}": points for name, points in PUBLISHED.items()
    }
    arms = {arm: f"{arm} " * 4 for arm in ARMS}
    figure = plot_beside_published(grid(), arms, published)
    assert len(figure.legends) == 1
    assert lies_within_the_page(figure)


def test_where_curves_meet_at_their_ends_their_names_stand_where_they_are_apart():
    x = np.linspace(0, 1, 41)
    hills = {"low": 1 - abs(2 * x - 1), "high": 3 - 3 * abs(2 * x - 1)}
    figure = plot_lines(x, hills, x_label="x", y_label="y")
    drawn(figure)
    axis = figure.axes[0]
    for name, text in names_of(axis, hills).items():
        place = text.get_window_extent()
        middle = axis.transData.inverted().transform(((place.x0 + place.x1) / 2, 0))[0]
        assert middle == pytest.approx(0.5, abs=0.02)
        assert place.y0 >= axis.transData.transform((0.5, hills[name].max()))[1]


def test_lines_that_are_one_are_named_at_their_end():
    x = np.linspace(0, 1, 9)
    figure = plot_lines(x, {"one": x, "other": x}, x_label="x", y_label="y")
    drawn(figure)
    axis = figure.axes[0]
    for text in names_of(axis, ("one", "other")).values():
        assert text.get_window_extent().x0 >= axis.get_window_extent().x1


def test_a_curve_that_ends_early_is_led_to_its_name():
    table = grid(["random"]).query("labels <= 500")
    table = pd.concat([table, grid(["margin"])])
    figure = plot_learning_curves(table, {"random": "random", "margin": "margin"})
    drawn(figure)
    axis = figure.axes[0]
    leaders = [text for text in axis.texts if text.get_text() == ""]
    starts = {tuple(text.xy) for text in leaders}
    ends = {tuple(line.get_xydata()[-1]) for line in named(axis, ("random", "margin"))}
    assert starts == ends
    assert {x for x, _ in ends} == {500, LABELS[-1]}
