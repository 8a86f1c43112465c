import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from drawn import (
    all_differ,
    dashes,
    drawn,
    heights_of_intervals,
    named,
)
from example_figures import ARMS, EXAMPLES, LABELS, MARKS, NAMES, grid
from matplotlib.colors import to_rgb

from alutils.figures import style
from alutils.figures.curves import (
    plot_accuracy_by_labels,
    plot_gains,
    plot_learning_curves,
)

# --- curves of single runs


def test_curves_of_single_runs_differ_by_their_dashes_and_markers():
    curves = [
        line
        for line in EXAMPLES["plot_accuracy_by_labels"]().axes[0].get_lines()
        if line.get_label() in NAMES
    ]
    assert len(curves) == 5
    assert all_differ(dashes(curves))
    assert all_differ([line.get_marker() for line in curves])


def test_learning_curves_show_their_intervals():
    intervals = [(0.6, 0.75), (0.78, 0.9)]
    figure = plot_accuracy_by_labels({"random": ([100, 200], [0.7, 0.8], intervals)})
    (bars,) = figure.axes[0].containers
    assert np.allclose(heights_of_intervals(bars), intervals)


def test_learning_curves_may_come_without_intervals():
    figure = plot_accuracy_by_labels({"random": ([100, 200], [0.7, 0.8], None)})
    assert len(figure.axes[0].containers) == 0
    assert np.allclose(
        figure.axes[0].get_lines()[0].get_xydata(), [[100, 0.7], [200, 0.8]]
    )


# --- mean curves of many runs


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


def test_what_is_shown_under_one_name_looks_the_same_in_every_panel():
    table = grid(["margin", "random", "margin, noisy", "random, noisy"])
    plain = {"random": "random", "margin": "margin"}
    noisy = {f"{arm}, noisy": name for arm, name in plain.items()}
    axes = plot_learning_curves(table, {"one": plain, "other": noisy}).axes
    looks = [
        [(line.get_color(), line.get_marker()) for line in named(axis, list(plain))]
        for axis in axes[:2]
    ]
    assert looks[0] == looks[1]
    assert all_differ(looks[0])


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [([], "mean of 5 seeds"), ([0, 1], "mean of 3 to 5 seeds")],
)
def test_the_label_says_of_how_many_seeds_the_means_are(left_out, expected):
    table = grid(["margin", "random", "k-center"], seeds=5)
    table = table[(table["arm"] != "margin") | ~table["seed"].isin(left_out)]
    table = table[(table["arm"] != "k-center") | (table["seed"] == 0)]  # not drawn
    axis = plot_learning_curves(table, {"random": "r", "margin": "m"}).axes[0]
    assert axis.get_ylabel() == "test accuracy"
    assert axis.get_xlabel() == f"labels in the training set ({expected})"


def test_what_is_no_score_on_the_test_reviews_can_be_called_by_its_name():
    table = grid(["random"], seeds=3).rename(columns={"accuracy": "regret"})
    names = {"measure": "regret", "y_label": "regret, in labels"}
    axis = plot_learning_curves(table, {"random": "random"}, **names).axes[0]
    assert axis.get_ylabel() == "regret, in labels"


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
    assert to_rgb(band.get_facecolor()[0]) in map(to_rgb, style.LIGHT.colours)


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


def test_what_was_measured_is_named_by_its_column_or_in_words():
    found = grid().rename(columns={"accuracy": "positives_found"})

    def axis_label(**words):
        figure = plot_learning_curves(
            found, {"random": "random"}, measure="positives_found", **words
        )
        return figure.axes[0].get_ylabel()

    assert axis_label() == "test positives found"
    assert axis_label(y_label="positives, of 20") == "positives, of 20"


def test_tables_in_panels_show_the_same_arms_each_panel_under_its_title():
    better = grid().assign(accuracy=lambda rows: rows["accuracy"] + 0.01)
    arms = {"margin": "margin", "random": "random"}
    figure = plot_learning_curves({"one": grid(), "other": better}, arms)
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["one", "other"]
    curves = [named(axis, list(arms)) for axis in figure.axes]
    for one, other in zip(*curves, strict=True):
        assert one.get_color() == other.get_color()
        assert np.allclose(one.get_ydata() + 0.01, other.get_ydata())


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


def test_marked_accuracies_are_named_beside_the_axes_where_no_curve_is():
    figure = EXAMPLES["plot_learning_curves"]()
    drawn(figure)
    axis = figure.axes[0]
    lines = [line for line in axis.get_lines() if line.get_label() not in ARMS]
    assert [line.get_ydata()[0] for line in lines] == list(MARKS.values())
    names = {" ".join(text.get_text().split()): text for text in axis.texts}
    assert names.keys() >= MARKS.keys()
    for name in MARKS:
        assert names[name].get_window_extent().x0 >= axis.get_window_extent().x1


def test_the_name_of_a_mark_is_at_its_height():
    figure = plot_learning_curves(grid(), {"random": "random"}, marks={"here": 0.77})
    drawn(figure)
    axis = figure.axes[0]
    (name,) = (text for text in axis.texts if text.get_text() == "here")
    place = name.get_window_extent()
    height = axis.transData.transform((0, 0.77))[1]
    assert place.y0 < height < place.y1


def test_names_of_close_marks_stand_in_the_order_of_their_marks():
    marks = {"highest": 0.7702, "lowest": 0.77, "middle": 0.7701}
    figure = plot_learning_curves(grid(), {"random": "random"}, marks=marks)
    drawn(figure)
    places = {t.get_text(): t.get_window_extent() for t in figure.axes[0].texts}
    assert places["lowest"].y1 <= places["middle"].y0
    assert places["middle"].y1 <= places["highest"].y0


def test_arms_in_panels_are_on_one_scale_each_panel_under_its_title():
    table = grid()
    panels = {"few": {"random": "r"}, "more": {"random": "r", "margin": "m"}}
    few, more = plot_learning_curves(table, panels).axes
    assert [axis.get_title("left") for axis in (few, more)] == ["few", "more"]
    assert [len(named(axis, "rm")) for axis in (few, more)] == [1, 2]
    assert few.get_xlim() == more.get_xlim() and few.get_ylim() == more.get_ylim()
    (one,), (other, _) = named(few, "r"), named(more, "rm")
    assert one.get_color() == other.get_color()


# --- ahead of a control


def test_a_gain_is_the_mean_difference_of_paired_seeds_in_points():
    rng = np.random.default_rng(0)
    table = grid(["random", "margin"]).assign(
        accuracy=lambda t: t["accuracy"] + rng.normal(0, 0.01, len(t))
    )
    axis = plot_gains(table, {"margin": "m", "random": "r"}, control="random").axes[0]
    by_arm = table.pivot(index=["seed", "labels"], columns="arm", values="accuracy")
    expected = 100 * (by_arm["margin"] - by_arm["random"]).groupby("labels").mean()
    (margin,), (random,) = named(axis, "m"), named(axis, "r")
    assert margin.get_ydata() == pytest.approx(expected.to_numpy())
    assert (random.get_ydata() == 0).all()


def test_a_gain_has_the_narrow_band_of_a_pair_where_seeds_move_together():
    table = grid(["random", "margin"])  # seeds lie 0.01 apart, arms always 0.02
    low, high = band_of(plot_gains(table, {"margin": "m"}, control="random").axes[0])
    assert high - low == pytest.approx(0, abs=1e-9)


def test_gains_begin_where_they_are_asked_to():
    axis = plot_gains(grid(), {"margin": "m"}, control="random", from_labels=500).axes[
        0
    ]
    assert named(axis, "m")[0].get_xdata().tolist() == [500, 1_000, 2_000, 5_000]


def test_arms_that_share_nothing_with_the_control_are_refused():
    table = pd.concat([grid(["random"]), grid(["margin"], LABELS + 1)])
    with pytest.raises(ValueError, match="'margin' and 'random' share no seed"):
        plot_gains(table, {"margin": "m"}, control="random")
