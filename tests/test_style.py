"""What holds for every figure of the book."""

import inspect
from itertools import combinations

import matplotlib.pyplot as plt
import pytest
import test_evidence_plots
import test_plots
from figures import contrast, drawn, lies_within_the_page, texts_of
from matplotlib.colors import to_rgb

from alutils import evidence_plots, plots, style

EXAMPLES = test_plots.EXAMPLES | test_evidence_plots.EXAMPLES
every_figure = pytest.mark.parametrize("name", EXAMPLES)


def test_every_kind_of_figure_has_an_example():
    public = {
        name
        for module in (plots, evidence_plots)
        for name, _ in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("plot_")
    }
    assert public == set(EXAMPLES)


@every_figure
def test_a_figure_is_drawn_on_opaque_white_and_left_to_the_caller_to_show(name):
    open_before = plt.get_fignums()
    figure = EXAMPLES[name]()
    assert plt.get_fignums() == open_before
    pixels = drawn(figure)
    assert (pixels[..., 3] == 255).all()
    # Nothing but white at the edges: nothing is cut off there either.
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge == 255).all()
    assert (pixels[..., :3] < 128).any()


@every_figure
def test_text_can_be_read_on_white_and_lies_within_the_page(name):
    figure = EXAMPLES[name]()
    assert all(contrast(text.get_color()) >= 4.5 for text in texts_of(figure))
    assert lies_within_the_page(figure)


@every_figure
def test_no_text_lies_on_another(name):
    figure = EXAMPLES[name]()
    drawn(figure)
    for one, other in combinations(texts_of(figure), 2):
        overlap = one.get_window_extent().overlaps(other.get_window_extent())
        assert not overlap, (one.get_text(), other.get_text())


@every_figure
def test_a_figure_is_white_whatever_style_the_reader_has_chosen(name):
    with plt.style.context("dark_background"):
        axis = EXAMPLES[name]().axes[0]
    assert to_rgb(axis.get_facecolor()) == (1, 1, 1)
    assert contrast(axis.xaxis.label.get_color()) >= 4.5


@pytest.mark.parametrize("colour", style.COLOURS)
def test_every_colour_can_be_used_for_text_on_white(colour):
    assert contrast(colour) >= 4.5


def test_the_contrast_is_measured_as_wcag_does():
    # Two published pairs: black on white, and the lightest grey that passes.
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(
    "marks", [style.COLOURS, style.DASHES, style.MARKERS, style.HATCHES]
)
def test_there_is_a_mark_of_its_own_for_each_of_five_series(marks):
    assert len(marks) == len(set(marks)) == 5
