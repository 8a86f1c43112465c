"""What holds for every figure of the book."""

import importlib
import inspect
import pkgutil
from itertools import combinations

import matplotlib.pyplot as plt
import pytest
from drawn import contrast, drawn, lies_within_the_page, texts_of
from example_figures import EXAMPLES, NAMES, X
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from alutils import figures
from alutils.figures import style
from alutils.figures.counts import plot_bars, plot_histogram
from alutils.figures.curves import plot_accuracy_by_labels
from alutils.figures.differences import plot_intervals
from alutils.figures.scores import plot_lines

every_figure = pytest.mark.parametrize("name", EXAMPLES)


def test_every_kind_of_figure_has_an_example():
    public = {
        name
        for module in pkgutil.iter_modules(figures.__path__, "alutils.figures.")
        for name, _ in inspect.getmembers(
            importlib.import_module(module.name), inspect.isfunction
        )
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


SIX = (*NAMES, "six")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_lines(X, dict.fromkeys(SIX, X), x_label="x", y_label="y"),
        lambda: plot_bars({"a": dict.fromkeys(SIX, 1)}, y_label="y"),
        lambda: plot_histogram(dict.fromkeys(SIX, X), X, x_label="x"),
        lambda: plot_accuracy_by_labels(dict.fromkeys(SIX, ([1], [0.5], None))),
        lambda: plot_intervals({"a": dict.fromkeys(SIX, (1, 0, 2))}, y_label="y"),
    ],
    ids=["lines", "bars", "histogram", "curves", "intervals"],
)
def test_a_sixth_series_is_drawn_or_refused(draw):
    try:
        figure = draw()
    except ValueError:
        return
    assert "six" in {text.get_text() for text in figure.findobj(Text)}


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


def test_figures_start_without_keras(run_python):
    modules = [
        m.name for m in pkgutil.iter_modules(figures.__path__, "alutils.figures.")
    ]
    code = f"import sys, {', '.join(modules)}; print({{'keras', 'tensorflow'}} & {{*sys.modules}})"
    assert run_python(code).strip() == "set()"


def test_a_dollar_sign_in_a_label_is_shown_and_not_taken_for_a_formula():
    counts = {"worth $5 to $6": {"$a_b$": 3, "other": 4}}
    figure = plot_bars(counts, y_label="reviews of $mine$")
    drawn(figure)
    texts = [text for text in figure.findobj(Text) if "$" in text.get_text()]
    assert len(texts) >= 3
    assert not any(text.get_parse_math() for text in texts)
