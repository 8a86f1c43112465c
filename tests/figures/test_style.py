"""What holds for every figure of the book."""

import importlib
import inspect
import io
import pkgutil
import re
from base64 import b64decode
from itertools import combinations, permutations
from pathlib import Path

import IPython.display
import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import contrast, drawn, lies_within_the_page, texts_of
from example_figures import EXAMPLES, NAMES, X
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from alutils import figures
from alutils.figures import style
from alutils.figures.counts import plot_bars, plot_histogram
from alutils.figures.curves import plot_accuracy_by_labels
from alutils.figures.differences import plot_intervals
from alutils.figures.scores import plot_lines

ROOT = Path(__file__).parents[2]
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


def in_theme(name, theme):
    figure = EXAMPLES[name]()
    return figure if theme is style.LIGHT else figure.draw_dark()


both_themes = pytest.mark.parametrize(
    "theme", [style.LIGHT, style.DARK], ids=["light", "dark"]
)


@every_figure
@both_themes
def test_a_figure_is_drawn_on_its_opaque_paper_and_left_to_the_caller_to_show(
    name, theme
):
    open_before = plt.get_fignums()
    figure = in_theme(name, theme)
    assert plt.get_fignums() == open_before
    pixels = drawn(figure)
    assert (pixels[..., 3] == 255).all()
    paper = np.round(255 * np.array(to_rgb(theme.paper)))
    # Nothing but paper at the edges: nothing is cut off there either.
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge[:, :3] == paper).all()
    assert (abs(pixels[..., :3] - paper).max(axis=-1) > 100).any()


@every_figure
@both_themes
def test_text_can_be_read_on_its_paper_and_lies_within_the_page(name, theme):
    figure = in_theme(name, theme)
    for text in texts_of(figure):
        assert contrast(text.get_color(), theme.paper) >= 4.5, text.get_text()
    assert lies_within_the_page(figure)


@every_figure
def test_letters_are_large_enough_for_the_narrowest_page_on_which_a_figure_shrinks(
    name,
):
    css = (ROOT / "_static" / "custom.css").read_text()
    narrowest = int(re.search(r"\.picture img {\s*min-width: (\d+)px", css)[1])
    figure = EXAMPLES[name]()
    pixels_a_point = narrowest / (72 * figure.get_size_inches()[0])
    assert min(t.get_fontsize() for t in texts_of(figure)) * pixels_a_point >= 9


@every_figure
def test_a_notebook_keeps_both_pictures_of_a_figure_and_they_are_as_large(
    name, monkeypatch
):
    shown = []
    monkeypatch.setattr(
        IPython.display, "display", lambda data, raw: shown.append(data)
    )
    EXAMPLES[name]()._ipython_display_()
    (data,) = shown
    light, dark = (
        Image.open(io.BytesIO(b64decode(data[kind])))
        for kind in ("image/png", style.DARK_PNG)
    )
    assert light.size == dark.size
    # Most of a figure is ground.
    assert np.median(np.asarray(light.convert("L"))) > 240
    assert np.median(np.asarray(dark.convert("L"))) < 80


@every_figure
def test_a_picture_has_few_colours_and_looks_as_the_figure_was_drawn(name):
    pictures = style.pictures_of(EXAMPLES[name]())
    picture = Image.open(io.BytesIO(pictures["image/png"]))
    assert picture.mode == "P"
    as_drawn = drawn(EXAMPLES[name]())[..., :3].astype(int)
    apart = np.abs(np.asarray(picture.convert("RGB")) - as_drawn)
    assert apart.max() <= 20 and apart.mean() < 2


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


@both_themes
def test_every_colour_can_be_used_for_text_on_the_paper_and_on_the_strip(theme):
    for colour in (*theme.colours, theme.ink):
        assert contrast(colour, theme.paper) >= 4.5
    for colour in (theme.colours[0], theme.colours[-1], theme.ink):
        assert contrast(colour, theme.strip) >= 4.5


def test_an_arm_has_the_same_colour_whatever_it_is_drawn_with():
    def colours(*parts):
        styles = style.styles_for(parts)
        return {part: colour for part, (colour, *_) in zip(parts, styles, strict=True)}

    alone = {arm: colours(arm)[arm] for arm in style.PLACES}
    assert alone["random"] == style.LIGHT.colours[-1]
    for first, then in permutations(style.PLACES, 2):
        together = colours("mine", first, then, "yours")
        assert together[first] == alone[first]
        if alone[then] != alone[first]:
            assert together[then] == alone[then]
        assert len(set(together.values())) == 4


def test_what_is_no_arm_is_not_grey_while_another_colour_is_free():
    *chromatic, grey = style.LIGHT.colours
    styles = style.styles_for(["a", "random", "b", "c", "d"])
    assert [colour for colour, *_ in styles] == [chromatic[0], grey, *chromatic[1:]]


def test_the_contrast_is_measured_as_wcag_does():
    # Two published pairs: black on white, and the lightest grey that passes.
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(
    "marks",
    [
        style.LIGHT.colours,
        style.DARK.colours,
        style.DASHES,
        style.MARKERS,
        style.HATCHES,
    ],
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
