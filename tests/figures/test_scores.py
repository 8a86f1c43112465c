import numpy as np
from drawn import all_differ, dashes, said_by
from example_figures import EXAMPLES, NAMES, X


def test_lines_differ_by_their_dashes():
    lines = EXAMPLES["plot_lines"]().axes[0].get_lines()
    assert len(lines) == 5
    assert all_differ(dashes(lines))


def test_lines_show_their_values_and_names():
    figure = EXAMPLES["plot_lines"]()
    for k, line in enumerate(figure.axes[0].get_lines()):
        assert np.allclose(line.get_xydata(), np.stack([X, X**k], axis=1))
    assert set(NAMES) <= said_by(figure)
    assert figure.axes[0].get_xlabel() == "x"
    assert figure.axes[0].get_ylabel() == "y"
