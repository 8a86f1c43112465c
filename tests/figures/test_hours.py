import numpy as np
from example_figures import ARMS, EXAMPLES


def test_both_axes_show_the_same_curves_on_one_scale_of_accuracy():
    labels, hours = EXAMPLES["plot_labels_and_hours"]().axes
    assert labels.get_ylim() == hours.get_ylim()
    for axis in (labels, hours):
        names = [line.get_label() for line in axis.get_lines()]
        assert [n for n in names if n in ARMS] == list(ARMS[:3])
    for one, other in zip(labels.get_lines(), hours.get_lines(), strict=True):
        np.testing.assert_allclose(one.get_ydata(), other.get_ydata())
        if one.get_label() in ARMS:
            np.testing.assert_allclose(one.get_xdata(), 60 * other.get_xdata())


def test_each_axis_says_what_it_counts():
    labels, hours = EXAMPLES["plot_labels_and_hours"]().axes
    assert labels.get_xlabel() == "labels in the training set"
    assert hours.get_xlabel() == "hours of labelling"
