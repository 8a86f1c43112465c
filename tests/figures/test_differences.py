import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from drawn import (
    all_differ,
    contrast,
    drawn,
    heights_of_intervals,
    lies_within_the_page,
    named,
)
from example_figures import DIFFERENCES, EXAMPLES, REPORTED, RUNS

from alutils.evidence.compare import SMALLEST_EFFECT, verdict
from alutils.figures import style
from alutils.figures.differences import (
    plot_differences,
    plot_intervals,
    plot_single_runs,
)

# Intervals clear of zero that are not shown all the same.
UNSURE = pd.DataFrame(
    {
        "difference": 0.02,
        "low": 0.01,
        "high": 0.03,
        "verdict": [verdict(0.01, 0.03, 5, 0.001), verdict(0.01, 0.03, 30, 0.2)],
    },
    index=["five seeds", "a p-value of .2"],
)


# --- points with intervals


def test_points_with_intervals_differ_by_their_markers():
    points = EXAMPLES["plot_intervals"]().axes[0].containers
    assert len(points) == 5
    assert all_differ([part.lines[0].get_marker() for part in points])


def test_long_names_of_points_stand_in_as_many_rows_as_they_need():
    names = [f"a way to stop that has the number {k}" for k in range(5)]
    groups = {"here": {name: (0.5, 0.4, 0.7) for name in names}}
    assert lies_within_the_page(plot_intervals(groups, y_label="regret"))


def test_points_stand_at_their_values_with_their_intervals():
    groups = {
        "a": {"one": (0.5, 0.4, 0.7), "two": (0.6, 0.5, 0.8)},
        "b": {"one": (0.1, 0, 0.2), "two": (0.3, 0.2, 0.4)},
    }
    axis = plot_intervals(groups, y_label="accuracy").axes[0]
    for part, points in zip(("one", "two"), axis.containers, strict=True):
        expected = [groups["a"][part], groups["b"][part]]
        assert np.allclose(
            points.lines[0].get_ydata(), [value for value, _, _ in expected]
        )
        assert np.allclose(
            heights_of_intervals(points), [interval for _, *interval in expected]
        )
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "b"]


# --- differences


def intervals_drawn(axis: plt.Axes) -> list[tuple[float, ...]]:
    return [
        tuple(line.get_xdata())
        for line in axis.get_lines()
        if len(set(line.get_ydata())) == 1 and len(line.get_ydata()) == 2
    ]


def middles_drawn(axis: plt.Axes) -> list:
    return [line for line in axis.get_lines() if line.get_marker() == "o"]


def test_differences_stand_in_points_with_their_intervals_one_line_an_arm():
    axis = EXAMPLES["plot_differences"]().axes[0]
    expected = 100 * DIFFERENCES[["low", "high"]].to_numpy()
    assert np.array(intervals_drawn(axis)) == pytest.approx(expected)
    middles = middles_drawn(axis)
    assert [float(line.get_xdata()[0]) for line in middles] == pytest.approx(
        100 * DIFFERENCES["difference"].to_numpy()
    )
    assert [line.get_ydata()[0] for line in middles] == [0, 1, 2, 3]
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == list(DIFFERENCES.index)
    assert axis.get_xlabel() == "points"


def test_the_first_arm_is_at_the_top():
    bottom, top = EXAMPLES["plot_differences"]().axes[0].get_ylim()
    assert bottom > 3 and top < 0


def test_what_is_not_shown_is_hollow():
    hollow = [
        line.get_markerfacecolor() == style.LIGHT.paper
        for line in middles_drawn(EXAMPLES["plot_differences"]().axes[0])
    ]
    assert hollow == [
        low <= 0 <= high for low, high in DIFFERENCES[["low", "high"]].to_numpy()
    ]
    assert True in hollow and False in hollow


def test_an_interval_clear_of_zero_is_hollow_if_its_verdict_says_no_more():
    axis = plot_differences(UNSURE, x_label="points").axes[0]
    assert {line.get_markerfacecolor() for line in middles_drawn(axis)} == {
        style.LIGHT.paper
    }


def test_an_interval_narrower_than_its_marker_can_still_be_seen():
    figure = EXAMPLES["plot_differences"]()
    for line, middle in zip(
        [line for line in figure.axes[0].get_lines() if line.get_marker() == "|"],
        middles_drawn(figure.axes[0]),
        strict=True,
    ):
        assert line.get_markersize() >= middle.get_markersize() + 4


def test_the_strip_of_what_matters_too_little_is_named_and_as_wide_as_agreed():
    figure = EXAMPLES["plot_differences"]()
    drawn(figure)
    axis = figure.axes[0]
    (strip,) = axis.patches
    reach = 100 * SMALLEST_EFFECT
    assert (strip.get_x(), strip.get_x() + strip.get_width()) == (-reach, reach)
    (name,) = axis.texts
    assert name.get_text() == "too little to matter"
    place, zero = name.get_window_extent(), axis.transData.transform((0, 0))[0]
    assert (place.x0 + place.x1) / 2 == pytest.approx(zero, abs=2)
    assert place.y0 >= axis.get_window_extent().y1
    for colour in (style.LIGHT.colours[0], style.LIGHT.colours[-1]):
        assert contrast(colour, strip.get_facecolor()) >= 4.5


def test_one_arm_and_many_arms_have_the_same_room_each():
    one = plot_differences(DIFFERENCES[:1], x_label="points")
    many = plot_differences(pd.concat([DIFFERENCES] * 3), x_label="points")
    rooms = []
    for figure, arms in ((one, 1), (many, 12)):
        drawn(figure)
        rooms.append(figure.axes[0].get_window_extent().height / arms)
    assert min(rooms) > 3 * 10


# --- single runs


def test_every_run_is_a_mark_on_the_line_of_its_arm():
    axis = EXAMPLES["plot_single_runs"]().axes[0]
    (own,) = named(axis, ["a run of this book"])
    assert own.get_linestyle() == "None"
    names = [label.get_text() for label in axis.get_yticklabels()]
    drawn = {(names[int(y)], x) for x, y in own.get_xydata()}
    assert drawn == {(arm, value) for (arm, _), value in RUNS.items()}


def test_what_others_report_lies_between_the_lines_with_markers_of_its_own():
    axis = EXAMPLES["plot_single_runs"]().axes[0]
    lines = named(axis, ["a run of this book", *REPORTED])
    assert all_differ(line.get_marker() for line in lines)
    names = [label.get_text() for label in axis.get_yticklabels()]
    for line in named(axis, REPORTED):
        places = line.get_ydata()
        assert (0 < places % 1).all() and (places % 1 < 0.5).all()
        found = {names[int(y)]: x for x, y in line.get_xydata()}
        assert found == REPORTED[line.get_label()]


def test_a_report_on_an_arm_without_runs_is_refused():
    with pytest.raises(ValueError, match=r"log: no runs of .*made up"):
        plot_single_runs(RUNS, {"log": {"made up": 0.8}}, x_label="accuracy")
