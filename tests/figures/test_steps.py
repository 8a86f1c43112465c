import numpy as np
from drawn import drawn, said_by
from example_figures import EXAMPLES, STEPS

from alutils.figures.steps import plot_steps


def test_each_row_has_its_number_and_by_how_much_it_divides_the_one_above():
    said = said_by(EXAMPLES["plot_steps"]())
    assert {"40,000", "1,900", "1,300", "80"} <= said
    assert {"÷ 21.1", "÷ 1.5", "÷ 16.2"} <= said


def test_intervals_reach_from_end_to_end_in_the_row_of_their_name():
    axis = EXAMPLES["plot_steps"]().axes[0]
    intervals = [line for line in axis.get_lines() if line.get_marker() == "|"]
    names = [label.get_text() for label in axis.get_yticklabels()]
    found = {
        names[int(line.get_ydata()[0])]: tuple(line.get_xdata()) for line in intervals
    }
    assert found == {name: (low, high) for name, (_, low, high) in STEPS.items()}


def test_equal_factors_are_equal_steps():
    rows = {name: (n, n, n) for name, n in (("a", 1_000), ("b", 100), ("c", 10))}
    figure = plot_steps(rows, x_label="labels")
    drawn(figure)
    axis = figure.axes[0]
    x = axis.transData.transform([(1_000, 0), (100, 0), (10, 0)])[:, 0]
    assert np.isclose(x[0] - x[1], x[1] - x[2])


def test_only_what_nobody_measured_is_hollow():
    axis = EXAMPLES["plot_steps"]().axes[0]
    points = [line for line in axis.get_lines() if line.get_marker() == "o"]
    hollow = [line.get_markerfacecolor() != line.get_color() for line in points]
    assert hollow == [True, False, False, False]
