import numpy as np
import pytest
from figures import all_differ, dashes
from matplotlib.text import Text

from alutils import plots, style
from alutils.models import History
from alutils.scores import entropy, least_confidence, margin

X = np.linspace(0, 1, 9)
NAMES = ("one", "two", "three", "four", "five")
FIT = History(
    loss=[0.6, 0.4, 0.2],
    val_loss=[0.6, 0.5, 0.7],
    accuracy=[0.6, 0.8, 0.9],
    val_accuracy=[0.6, 0.7, 0.6],
)

EXAMPLES = {
    "plot_lines": lambda: plots.plot_lines(
        X, {name: X**k for k, name in enumerate(NAMES)}, x_label="x", y_label="y"
    ),
    "plot_simplex": lambda: plots.plot_simplex(
        {"least confidence": least_confidence, "margin": margin, "entropy": entropy},
        ("poor", "mixed", "good"),
    ),
    "plot_histogram": lambda: plots.plot_histogram(
        {name: X + k for k, name in enumerate(NAMES)},
        np.arange(7),
        x_label="words",
        mark=(3, "cut here"),
    ),
    "plot_bars": lambda: plots.plot_bars(
        {
            "first": dict(zip(NAMES, range(1, 6), strict=True)),
            "second": dict.fromkeys(NAMES, 3),
        },
        y_label="reviews",
    ),
    "plot_history": lambda: plots.plot_history([FIT, FIT], ["round 0", "round 1"]),
    "plot_accuracy_by_labels": lambda: plots.plot_accuracy_by_labels(
        {
            name: ([100, 200], [0.7, 0.8 + k / 100], [(0.6, 0.8), (0.7, 0.9)])
            for k, name in enumerate(NAMES)
        }
    ),
    "plot_intervals": lambda: plots.plot_intervals(
        {
            "labels": {name: (0.5, 0.4, 0.7) for name in NAMES},
            "errors": {name: (k / 10, 0, 0.6) for k, name in enumerate(NAMES)},
        },
        y_label="accuracy",
    ),
}


def test_lines_differ_by_their_dashes():
    lines = EXAMPLES["plot_lines"]().axes[0].get_lines()
    assert len(lines) == 5
    assert all_differ(dashes(lines))


def test_learning_curves_differ_by_their_dashes_and_markers():
    curves = [
        line
        for line in EXAMPLES["plot_accuracy_by_labels"]().axes[0].get_lines()
        if line.get_label() in NAMES
    ]
    assert len(curves) == 5
    assert all_differ(dashes(curves))
    assert all_differ([line.get_marker() for line in curves])


def test_points_with_intervals_differ_by_their_markers():
    points = EXAMPLES["plot_intervals"]().axes[0].containers
    assert len(points) == 5
    assert all_differ([part.lines[0].get_marker() for part in points])


def test_training_and_validation_differ_by_their_dashes():
    for axis, quantity in zip(
        EXAMPLES["plot_history"]().axes, ("loss", "accuracy"), strict=True
    ):
        dashes_of = {
            name: dashes(
                line
                for line in axis.get_lines()
                if list(line.get_ydata()) == getattr(FIT, name)
            )
            for name in (quantity, f"val_{quantity}")
        }
        training, validation = dashes_of.values()
        assert len(training) == len(validation) == 2  # one line for each fit
        assert training[0] == training[1] != validation[0] == validation[1]


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


# --- figures show the numbers that they are given


def test_lines_show_their_values_and_names():
    figure = EXAMPLES["plot_lines"]()
    for k, line in enumerate(figure.axes[0].get_lines()):
        assert np.allclose(line.get_xydata(), np.stack([X, X**k], axis=1))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(NAMES)
    assert figure.axes[0].get_xlabel() == "x"
    assert figure.axes[0].get_ylabel() == "y"


def test_bars_have_their_heights_and_their_numbers_on_top():
    axis = plots.plot_bars(
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
    axis = plots.plot_histogram(values, bins, x_label="length", mark=(1.5, "cut")).axes[
        0
    ]
    assert [bar.get_height() for bar in axis.patches] == np.histogram(values, bins)[
        0
    ].tolist()
    assert axis.get_lines()[0].get_xdata() == [1.5, 1.5]
    assert [text.get_text() for text in axis.texts] == ["cut"]


def test_the_history_of_two_fits_runs_on_and_marks_the_best_epoch_of_each():
    loss, accuracy = EXAMPLES["plot_history"]().axes
    for axis, quantity in ((loss, "val_loss"), (accuracy, "val_accuracy")):
        best = [
            line.get_xydata()[0].tolist()
            for line in axis.get_lines()
            if line.get_markersize() == 9
        ]
        # The second epoch has the lowest validation loss; the second fit starts with epoch 4.
        assert best == [[2, getattr(FIT, quantity)[1]], [5, getattr(FIT, quantity)[1]]]
    assert [text.get_text() for text in loss.texts] == ["round 0", "round 1"]


def heights_of_intervals(container) -> list[tuple[float, float]]:
    return [tuple(segment[:, 1]) for segment in container.lines[2][0].get_segments()]


def test_learning_curves_show_their_intervals():
    intervals = [(0.6, 0.75), (0.78, 0.9)]
    figure = plots.plot_accuracy_by_labels(
        {"random": ([100, 200], [0.7, 0.8], intervals)}
    )
    (bars,) = figure.axes[0].containers
    assert np.allclose(heights_of_intervals(bars), intervals)


def test_points_stand_at_their_values_with_their_intervals():
    groups = {
        "a": {"one": (0.5, 0.4, 0.7), "two": (0.6, 0.5, 0.8)},
        "b": {"one": (0.1, 0, 0.2), "two": (0.3, 0.2, 0.4)},
    }
    axis = plots.plot_intervals(groups, y_label="accuracy").axes[0]
    for part, points in zip(("one", "two"), axis.containers, strict=True):
        expected = [groups["a"][part], groups["b"][part]]
        assert np.allclose(
            points.lines[0].get_ydata(), [value for value, _, _ in expected]
        )
        assert np.allclose(
            heights_of_intervals(points), [interval for _, *interval in expected]
        )
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "b"]


def test_learning_curves_may_come_without_intervals():
    figure = plots.plot_accuracy_by_labels({"random": ([100, 200], [0.7, 0.8], None)})
    assert len(figure.axes[0].containers) == 0
    assert np.allclose(
        figure.axes[0].get_lines()[0].get_xydata(), [[100, 0.7], [200, 0.8]]
    )


SIX = (*NAMES, "six")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.plot_lines(X, dict.fromkeys(SIX, X), x_label="x", y_label="y"),
        lambda: plots.plot_bars({"a": dict.fromkeys(SIX, 1)}, y_label="y"),
        lambda: plots.plot_histogram(dict.fromkeys(SIX, X), X, x_label="x"),
        lambda: plots.plot_accuracy_by_labels(dict.fromkeys(SIX, ([1], [0.5], None))),
        lambda: plots.plot_intervals({"a": dict.fromkeys(SIX, (1, 0, 2))}, y_label="y"),
    ],
    ids=["lines", "bars", "histogram", "curves", "intervals"],
)
def test_a_sixth_series_is_drawn_or_refused(draw):
    try:
        figure = draw()
    except ValueError:
        return
    assert "six" in {text.get_text() for text in figure.findobj(Text)}


def test_lines_are_as_wide_as_the_style_says():
    assert (
        EXAMPLES["plot_lines"]().axes[0].get_lines()[0].get_linewidth()
        == style.STYLE["lines.linewidth"]
    )
