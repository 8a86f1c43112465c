"""Keys beside the annotator's buttons, an optional layer on anywidget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anywidget

SCRIPT = Path(__file__).with_name("keys.js").read_text(encoding="utf-8")


def key_layer(heard: Callable[[dict], None]) -> anywidget.AnyWidget | None:
    """The widget that hears keys and clicks for the box of class `al-annotator` around
    it; None where anywidget is not installed.

    Parameters
    ----------
    heard
        gets, for each press, its "action" ("class-0", "skip", …), the "drawing" that was
        on the screen, by its number, and the "name" of a new class. Each press is a
        message of its own: of a trait that changes often only the last value arrives.
    """
    try:
        import anywidget
    except ImportError:
        return None
    import traitlets

    class Keys(anywidget.AnyWidget):
        _esm = SCRIPT
        drawing = traitlets.Int(0).tag(sync=True)
        said = traitlets.Unicode("").tag(sync=True)

    layer = Keys()
    layer.on_msg(lambda widget, content, buffers: heard(content))
    return layer
