"""What tests of figures share: what a figure has drawn, and how well it can be seen."""

from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text


def contrast(one, other="white") -> float:
    """Contrast of two colours, as WCAG 2 defines it: 1 is none, 21 is black on white."""

    def luminance(colour) -> float:
        channels = np.array(to_rgb(colour))
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722]

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def drawn(figure: Figure) -> np.ndarray:
    """The figure's pixels; whatever has a place in it has its place afterwards."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def texts_of(figure: Figure) -> list[Text]:
    """What can be read, without the labels of ticks that lie beyond the axes."""
    beyond = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low <= tick.get_loc() <= high:
                    beyond |= {tick.label1, tick.label2}
    texts = (t for t in figure.findobj(Text) if t.get_text() and t.get_visible())
    return [text for text in texts if text not in beyond]


def lies_within_the_page(figure: Figure) -> bool:
    """Whether nothing that is drawn, names above and beside the axes included, is cut
    off."""
    drawn(figure)
    place, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    return 0 <= place.x0 and place.x1 <= width and 0 <= place.y0 and place.y1 <= height


def all_differ(values) -> bool:
    return all(one != other for one, other in combinations(list(values), 2))


def dashes(lines) -> list:
    """The patterns that lines are drawn with, in points: None is a whole line."""
    return [line._unscaled_dash_pattern for line in lines]


def heights_of_intervals(container) -> list[tuple[float, float]]:
    """Lower and upper end of each bar of a container of error bars."""
    return [tuple(segment[:, 1]) for segment in container.lines[2][0].get_segments()]


def named(axis: Axes, names) -> list:
    """The lines of an axis that have one of these names."""
    return [line for line in axis.get_lines() if line.get_label() in names]


def said_by(figure: Figure) -> set[str]:
    """What can be read in a figure, whole names that were broken into lines."""
    return {" ".join(text.get_text().split()) for text in texts_of(figure)}
