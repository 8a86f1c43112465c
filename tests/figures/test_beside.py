import pytest
from drawn import all_differ, dashes, drawn, named, said_by
from example_figures import ARMS, EXAMPLES, PUBLISHED, REACHED, grid

from alutils.figures.beside import plot_beside_published


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
    bands = [c for c in axis.collections if not hasattr(c, "get_segments")]
    assert len(lines) == len(bands) == 3
    assert all_differ(dashes(lines))
    assert axis.get_xscale() == "log"
    expected = grid().query("arm == 'margin'").groupby("labels")["accuracy"].mean()
    assert lines[1].get_ydata() == pytest.approx(expected.to_numpy())


def test_a_curve_that_starts_without_a_label_has_its_place_on_the_axis():
    axis = plot_beside_published(
        grid(labels=[0, 20, 100, 1_000]), {"random": "random"}, PUBLISHED
    ).axes[0]
    left, *_ = named(axis, ["random"])[0].get_xdata()
    assert left == 0
    places = axis.transData.transform([(0, 0.8), (20, 0.8), (100, 0.8), (1_000, 0.8)])
    steps = places[1:, 0] - places[:-1, 0]
    assert (steps > 20).all()
    assert axis.get_xlim()[0] <= 0


def test_each_arm_drops_from_the_target_to_its_labels_which_are_written_there():
    figure = EXAMPLES["plot_beside_published"]()
    drawn(figure)
    axis = figure.axes[0]
    drops = [c for c in axis.collections if hasattr(c, "get_segments")]
    found = {tuple(map(tuple, c.get_segments()[0])) for c in drops}
    bottom = axis.get_ylim()[0]
    assert found == {((n, bottom), (n, 0.8)) for n in REACHED.values()}
    assert {f"{n:,}" for n in REACHED.values()} | {"0.800"} <= said_by(figure)


def test_a_drop_line_has_the_colour_of_its_arm():
    axis = EXAMPLES["plot_beside_published"]().axes[0]
    colours = {line.get_label(): line.get_color() for line in named(axis, ARMS)}
    texts = {text.get_text(): text.get_color() for text in axis.texts}
    for arm, labels in REACHED.items():
        assert texts[f"{labels:,}"] == colours[arm]
