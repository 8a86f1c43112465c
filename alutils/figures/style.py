"""How every figure of the book looks: opaque, on light pages and on dark ones; parts that
differ by more than their colour; an arm in one colour wherever it is drawn."""

from __future__ import annotations

import functools
import io
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

# Under this name a notebook keeps the picture for dark pages, beside image/png. Only
# the book's build knows it; all others show the light one.
DARK_PNG = "application/vnd.alutils.dark-png"


@dataclass(frozen=True)
class Palette:
    """The colours of a theme: of the series, of text and lines, of the ground, of the
    grid, and of a strip that lies under data."""

    colours: tuple[str, str, str, str, str]
    ink: str
    paper: str
    grid: str
    strip: str


# Each colour is fit for text on its paper (4.5 to 1 and more), and apart for
# colour-blind eyes. The dark paper is that of the pages.
LIGHT = Palette(
    colours=("#0060A0", "#B04A00", "#00705A", "#7A3A8A", "#4D4D4D"),
    ink="#000000",
    paper="#FFFFFF",
    grid="#DDDDDD",
    strip="#E6E6E6",
)
DARK = Palette(
    colours=("#6CB6F5", "#F0A060", "#4FC3A1", "#C9A0DC", "#BDBDBD"),
    ink="#E6E6E6",
    paper="#121212",
    grid="#3A3A3A",
    strip="#303030",
)
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v")
HATCHES = ("", "///", "...", "xxx", "\\\\\\")
# Where in the palette an arm or a class stands, so that it looks the same in every
# figure; two that are never drawn together may share a place. Others take what is free.
PLACES = {
    "random": 4,
    "margin": 0,
    "random, LSA": 1,
    "margin, LSA": 2,
    "margin, LSA, self-training": 3,
    "best learner": 3,
    "words, margin": 0,
    "words, margin, lighter labels": 1,
    "ten words, margin": 1,
    "diverse doubt": 1,
    "vote entropy": 2,
    "k-center": 3,
    "random first": 1,
    "around the median": 3,
    "BALD": 1,
    "corrected ratio": 2,
    "negative": 1,
    "positive": 0,
    "right": 2,
    "wrong": 1,
}
NO_ARM = 2  # the place of what is no arm: counts and lengths
WIDTH = 6.4  # inches; with text of 9 points and more, legible from 480 pixels on
_in_use: ContextVar[Palette] = ContextVar("palette", default=LIGHT)


class _ThemedFigure(Figure):
    """A figure that a notebook shows on light pages and on dark ones."""

    draw_dark: Callable[[], Figure]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        pictures = {
            kind: b64encode(p).decode() for kind, p in pictures_of(self).items()
        }
        display({"text/plain": repr(self), **pictures}, raw=True)


def palette() -> Palette:
    """The colours of the theme that is being drawn for."""
    return _in_use.get()


@contextmanager
def _drawing_in(theme: Palette) -> Iterator[None]:
    """Draw in the book's style and these colours, whatever style the reader has set."""
    lines = ("axes.edgecolor", "axes.labelcolor", "text.color", "xtick.color")
    style = {
        "figure.facecolor": theme.paper,
        "axes.facecolor": theme.paper,
        "figure.dpi": 144,
        "font.size": 10,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": theme.grid,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.linewidth": 2,
        "hatch.linewidth": 0.6,
        "text.parse_math": False,  # a dollar sign in somebody's label is no formula
        **dict.fromkeys((*lines, "ytick.color"), theme.ink),
    }
    token = _in_use.set(theme)
    try:
        with plt.style.context(["default", style]):
            yield
    finally:
        _in_use.reset(token)


def in_style(plot: Callable[..., Figure]) -> Callable[..., Figure]:
    """Draw in the book's style: for light pages at once, for dark ones when a notebook
    shows the figure."""

    @functools.wraps(plot)
    def styled(*args: object, **kwargs: object) -> Figure:
        def draw(theme: Palette) -> Figure:
            with _drawing_in(theme):
                return plot(*args, **kwargs)

        figure = draw(LIGHT)
        figure.draw_dark = functools.partial(draw, DARK)
        return figure

    return styled


def pictures_of(figure: Figure) -> dict[str, bytes]:
    """A figure of the book as pictures, for light pages and for dark ones, by their
    kinds (`image/png` and `DARK_PNG`)."""
    themes = {"image/png": figure, DARK_PNG: figure.draw_dark()}
    return {kind: _png(drawn) for kind, drawn in themes.items()}


def _png(figure: Figure) -> bytes:
    """A picture in 256 colours, which are enough for a figure and a third as heavy."""
    drawn, picture = io.BytesIO(), io.BytesIO()
    with plt.style.context("default"):
        figure.savefig(drawn, format="png")
    with Image.open(drawn) as whole:
        few = whole.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE)
    few.save(picture, format="png", optimize=True)
    return picture.getvalue()


def styles_for(parts: Collection[str]) -> list[tuple[str, object, str, str]]:
    """A colour, dash, marker and hatch for each part: its own if it is one of `PLACES`
    and nobody before it has it, or else one that is free.

    Raises
    ------
    ValueError
        If there are more parts than can be told apart.
    """
    everything = list(zip(palette().colours, DASHES, MARKERS, HATCHES, strict=True))
    if len(parts) > len(everything):
        raise ValueError(
            f"{len(parts)} series: {len(everything)} can be told apart; draw fewer"
        )
    free, places = list(range(len(everything))), {}
    for part in parts:
        if PLACES.get(part) in free:
            places[part] = PLACES[part]
            free.remove(PLACES[part])
    return [everything[places[p] if p in places else free.pop(0)] for p in parts]


def new_figure(
    columns: int = 1, height: float = 3.4, rows: int = 1, *, share_x: bool = True
) -> tuple[Figure, np.ndarray]:
    """A figure as wide as the page, and its axes, row by row, all rows on one scale, of
    which the horizontal one may be a row's own; height in inches."""
    figure, axes = plt.subplots(
        *(rows, columns),
        figsize=(WIDTH, height),
        layout="constrained",
        squeeze=False,
        sharex=share_x and rows > 1,
        sharey=rows > 1,
        FigureClass=_ThemedFigure,
    )
    plt.close(figure)  # the notebook shows the figure that the cell returns, once
    return figure, axes.ravel()
