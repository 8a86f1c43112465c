import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from figures import all_differ, contrast, dashes, drawn, lies_within_the_page
from matplotlib.colors import to_rgb

from alutils import style
from alutils.evidence import SMALLEST_EFFECT, verdict
from alutils.evidence_plots import (
    plot_beside_published,
    plot_differences,
    plot_learning_curves,
    plot_single_runs,
)

# As long as the names of the grids are.
ARMS = (
    "random",
    "margin",
    "random, LSA, self-training",
    "margin, LSA, self-training",
    "full data, published shuffle",
)
LABELS = np.array([100, 200, 500, 1_000, 2_000, 5_000])


def grid(arms=ARMS, labels=LABELS, seeds=4) -> pd.DataFrame:
    """Made-up runs: arms climb to 0.8, 0.82, ...; seeds lie 0.01 apart."""
    rows = [
        (arm, seed, n, 0.8 + 0.02 * k - 10 / (n + 50) + 0.01 * seed)
        for k, arm in enumerate(arms)
        for seed in range(seeds)
        for n in labels
    ]
    return pd.DataFrame(rows, columns=["arm", "seed", "labels", "accuracy"])


def comparison(
    intervals: dict[str, tuple[float, float, float]],
) -> pd.DataFrame:
    """Arms with their difference and its bounds, as `evidence.compare` gives them."""
    table = pd.DataFrame.from_dict(
        intervals, orient="index", columns=["difference", "low", "high"]
    )
    return table.assign(
        verdict=[verdict(*row, 30, 0.001) for row in table[["low", "high"]].to_numpy()]
    )


DIFFERENCES = comparison(
    {
        "margin": (0.02, 0.01, 0.03),
        "k-center": (0.002, -0.01, 0.012),
        "margin, LSA, self-training": (-0.03, -0.0301, -0.0299),
        "diverse doubt": (0.002, 0.001, 0.003),
    }
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
PUBLISHED = {
    "published: the loop": ([15_000, 20_000], [0.84, 0.85]),
    "published: everything": ([40_000], [0.86]),
}
MARKS = {"the example with 40,000 labels, 0.866": 0.866, "published": 0.862}
RUNS = grid(labels=[5_000]).set_index(["arm", "seed"])["accuracy"]
REPORTED = {
    "reported, Keras 2": {ARMS[1]: 0.85, ARMS[0]: 0.82},
    "reported, Keras 3": {ARMS[0]: 0.83},
}
EXAMPLES = {
    "plot_learning_curves": lambda: plot_learning_curves(
        grid(), dict(zip(ARMS, ARMS, strict=True)), marks=MARKS
    ),
    "plot_differences": lambda: plot_differences(DIFFERENCES, x_label="points"),
    "plot_beside_published": lambda: plot_beside_published(
        grid(), dict(zip(ARMS[:3], ARMS[:3], strict=True)), PUBLISHED
    ),
    "plot_single_runs": lambda: plot_single_runs(RUNS, REPORTED, x_label="accuracy"),
}


def named(axis: plt.Axes, names) -> list:
    """The lines of an axis that have one of these names in the legend."""
    return [line for line in axis.get_lines() if line.get_label() in names]


# --- learning curves


def test_learning_curves_differ_by_their_dashes_and_markers():
    lines = named(EXAMPLES["plot_learning_curves"]().axes[0], ARMS)
    assert len(lines) == 5
    assert all_differ(dashes(lines))
    assert all_differ([line.get_marker() for line in lines])


def test_a_learning_curve_is_the_mean_over_its_seeds_under_the_name_to_show():
    table = grid(["margin", "random"])
    axis = plot_learning_curves(table, {"random": "by chance"}).axes[0]
    (line,) = named(axis, ["by chance"])
    expected = table[table["arm"] == "random"].groupby("labels")["accuracy"].mean()
    assert line.get_xdata().tolist() == LABELS.tolist()
    assert line.get_ydata() == pytest.approx(expected.to_numpy())


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [([], "mean of 5 seeds"), ([0, 1], "mean of 3 to 5 seeds")],
)
def test_the_label_says_of_how_many_seeds_the_means_are(left_out, expected):
    table = grid(["margin", "random", "k-center"], seeds=5)
    table = table[(table["arm"] != "margin") | ~table["seed"].isin(left_out)]
    table = table[(table["arm"] != "k-center") | (table["seed"] == 0)]  # not drawn
    axis = plot_learning_curves(table, {"random": "r", "margin": "m"}).axes[0]
    assert axis.get_ylabel() == f"test accuracy, {expected}"


def band_of(axis: plt.Axes) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bound of a band, in the order of the labels."""
    (band,) = axis.collections
    corners = pd.DataFrame(band.get_paths()[0].vertices, columns=["x", "y"])
    bounds = corners.groupby("x")["y"]
    return bounds.min().to_numpy(), bounds.max().to_numpy()


def test_the_band_holds_the_mean_and_is_as_wide_as_the_standard_error_asks():
    rng = np.random.default_rng(0)
    table = grid(["random"], seeds=40).assign(
        accuracy=lambda t: 0.8 + rng.normal(0, 0.01, len(t))
    )
    axis = plot_learning_curves(table, {"random": "random"}).axes[0]
    low, high = band_of(axis)
    mean = named(axis, ["random"])[0].get_ydata()
    assert (low < mean).all() and (mean < high).all()
    # 95% of a normal distribution lie within 1.96 standard deviations.
    error = table.groupby("labels")["accuracy"].std().to_numpy() / np.sqrt(40)
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_seeds_that_agree_have_no_band_beside_their_curve():
    table = grid(["random"]).assign(accuracy=0.8)
    low, high = band_of(plot_learning_curves(table, {"random": "random"}).axes[0])
    assert low == pytest.approx(0.8) and high == pytest.approx(0.8)


def test_the_band_can_be_seen_beside_its_curve_and_does_not_hide_the_grid():
    band = EXAMPLES["plot_learning_curves"]().axes[0].collections[0]
    assert 0.2 <= band.get_alpha() <= 0.5
    assert to_rgb(band.get_facecolor()[0]) in map(to_rgb, style.COLOURS)


def test_arms_end_where_they_were_measured_to():
    table = pd.concat([grid(["random"]), grid(["margin"], LABELS[:3])])
    axis = plot_learning_curves(table, {"random": "random", "margin": "margin"}).axes[0]
    ends = {line.get_label(): line.get_xdata()[-1] for line in axis.get_lines()}
    assert ends == {"random": 5_000, "margin": 500}


def test_curves_can_be_cut_at_a_budget_and_below_an_accuracy():
    axis = plot_learning_curves(
        grid(), {"random": "random"}, up_to=1_000, from_accuracy=0.75
    ).axes[0]
    assert named(axis, ["random"])[0].get_xdata().tolist() == [100, 200, 500, 1_000]
    assert axis.get_ylim()[0] == 0.75


def test_an_arm_with_nothing_up_to_a_budget_is_not_left_out_silently():
    with pytest.raises(ValueError, match="'random' has no round up to 99 labels"):
        plot_learning_curves(grid(), {"random": "random"}, up_to=99)


def test_an_unknown_arm_is_not_left_out_silently():
    with pytest.raises(ValueError, match="no arm 'bald': choose one of 'random'"):
        plot_learning_curves(grid(), {"bald": "BALD"})


def test_more_arms_than_can_be_told_apart_are_refused():
    names = [f"arm {k}" for k in range(6)]
    with pytest.raises(ValueError, match="6 series"):
        plot_learning_curves(grid(names), dict(zip(names, names, strict=True)))


@pytest.mark.parametrize("letters", [1, 8, 16, 24, 32, 40, 46])
@pytest.mark.parametrize("published", [None, {"m" * 20: ([9_000], [0.8])}])
def test_the_names_above_the_axes_fit_the_page_as_long_as_each_does(letters, published):
    arms = {arm: "mean"[k] * letters for k, arm in enumerate(ARMS[:4])}
    figure = (
        plot_learning_curves(grid(), arms)
        if published is None
        else plot_beside_published(grid(), arms, published)
    )
    assert lies_within_the_page(figure)
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 4 + len(published or {})
    room = figure.axes[0].get_window_extent()
    assert legend.get_window_extent().y0 >= room.y1
    assert room.height > 100


def test_short_names_share_a_line():
    figure = plot_learning_curves(grid(), dict(zip(ARMS[:3], "abc", strict=True)))
    drawn(figure)
    heights = {t.get_window_extent().y0 for t in figure.legends[0].get_texts()}
    assert len(heights) == 1


def test_marked_accuracies_are_named_beside_the_axes_where_no_curve_is():
    figure = EXAMPLES["plot_learning_curves"]()
    drawn(figure)
    axis = figure.axes[0]
    lines = [line for line in axis.get_lines() if line.get_label() not in ARMS]
    assert [line.get_ydata()[0] for line in lines] == list(MARKS.values())
    names = {" ".join(text.get_text().split()): text for text in axis.texts}
    assert names.keys() == MARKS.keys()
    for text in names.values():
        assert text.get_window_extent().x0 >= axis.get_window_extent().x1


def test_the_name_of_a_mark_is_at_its_height():
    figure = plot_learning_curves(grid(), {"random": "random"}, marks={"here": 0.77})
    drawn(figure)
    axis = figure.axes[0]
    place = axis.texts[0].get_window_extent()
    height = axis.transData.transform((0, 0.77))[1]
    assert place.y0 < height < place.y1


def test_names_of_close_marks_stand_in_the_order_of_their_marks():
    marks = {"highest": 0.7702, "lowest": 0.77, "middle": 0.7701}
    figure = plot_learning_curves(grid(), {"random": "random"}, marks=marks)
    drawn(figure)
    places = {t.get_text(): t.get_window_extent() for t in figure.axes[0].texts}
    assert places["lowest"].y1 <= places["middle"].y0
    assert places["middle"].y1 <= places["highest"].y0


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
        line.get_markerfacecolor() == "white"
        for line in middles_drawn(EXAMPLES["plot_differences"]().axes[0])
    ]
    assert hollow == [
        low <= 0 <= high for low, high in DIFFERENCES[["low", "high"]].to_numpy()
    ]
    assert True in hollow and False in hollow


def test_an_interval_clear_of_zero_is_hollow_if_its_verdict_says_no_more():
    axis = plot_differences(UNSURE, x_label="points").axes[0]
    assert {line.get_markerfacecolor() for line in middles_drawn(axis)} == {"white"}


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
    for colour in (style.COLOURS[0], style.COLOURS[-1]):
        assert contrast(colour, strip.get_facecolor()) >= 4.5


def test_one_arm_and_many_arms_have_the_same_room_each():
    one = plot_differences(DIFFERENCES[:1], x_label="points")
    many = plot_differences(pd.concat([DIFFERENCES] * 3), x_label="points")
    rooms = []
    for figure, arms in ((one, 1), (many, 12)):
        drawn(figure)
        rooms.append(figure.axes[0].get_window_extent().height / arms)
    assert min(rooms) > 3 * style.STYLE["font.size"]


# --- beside published points


def test_published_points_are_drawn_as_points_of_different_markers():
    axis = EXAMPLES["plot_beside_published"]().axes[0]
    points = named(axis, PUBLISHED)
    assert [
        (list(line.get_xdata()), list(line.get_ydata())) for line in points
    ] == list(PUBLISHED.values())
    assert {line.get_linestyle() for line in points} == {"None"}
    assert all_differ([line.get_marker() for line in points])


def test_the_curves_beside_them_are_lines_of_different_dashes_over_log_labels():
    axis = EXAMPLES["plot_beside_published"]().axes[0]
    lines = named(axis, ARMS)
    assert len(lines) == len(axis.collections) == 3  # each with its band
    assert all_differ(dashes(lines))
    assert axis.get_xscale() == "log"
    expected = grid().query("arm == 'margin'").groupby("labels")["accuracy"].mean()
    assert lines[1].get_ydata() == pytest.approx(expected.to_numpy())


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
