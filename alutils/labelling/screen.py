"""What a person who labels has in front of them: plain ipywidgets, 7.7 or 8."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING

from alutils.labelling.keys import key_layer
from alutils.labelling.markup import STYLE, message_html

if TYPE_CHECKING:
    import ipywidgets

TOO_SOON = 0.4  # seconds; nobody has read a text by then
DEEDS = (  # what the buttons besides the classes do: action, key, name, a word on it
    ("skip", "s", "skip", "Put this text off"),
    ("cannot_tell", "c", "can't tell", "No class fits, or one cannot know"),
    ("undo", "u", "undo", "Take the last answer back"),
    ("flag", "f", "flag", "Mark this text to look at it again, or take the mark off"),
)


class Screen:
    """The widgets, and what was pressed on them.

    Parameters
    ----------
    pressed
        called with an action ("class-0", "skip", …) and the name of a new class
    keys
        whether keys do what the buttons do

    Attributes
    ----------
    box
        what to display
    """

    def __init__(self, pressed: Callable[[str, str], None], keys: bool) -> None:
        import ipywidgets as widgets

        self._pressed, self._drawing, self._drawn_at = pressed, 0, 0.0
        self._keys = key_layer(self._heard) if keys else None
        self._heading, self._text = widgets.HTML(), widgets.HTML()
        self._message, self._progress = widgets.HTML(), widgets.HTML()
        more = self._button("whole", "show the whole text", "This text was cut")
        self._more, self._classes = _row("al-more", [more]), _row("al-classes")
        deeds = [
            self._button(action, f"{key} {name}" if self._keys else name, tooltip)
            for action, key, name, tooltip in DEEDS
        ]
        self._deeds = _row("al-deeds", deeds)
        self._name = widgets.Text(placeholder="another class")
        add = self._button("add_class", "add class", "Add a class of this name")
        parts = [widgets.HTML(f"<style>{STYLE}</style>"), self._heading, self._text]
        parts += [self._more, self._classes, self._deeds, self._message]
        parts += [self._progress, _row("al-new-class", [self._name, add])]
        if self._keys:
            parts.append(self._keys)
        elif keys:
            parts.append(widgets.HTML("Keys answer too once anywidget is installed."))
        self.box = widgets.VBox(parts)
        self.box.add_class("al-annotator")

    def show(
        self, heading: str, text: str, cut: bool, classes: Sequence[str], progress: str
    ) -> None:
        """Show another text, as HTML, with a button for each class; `cut` offers to show
        all of it."""
        self._heading.value, self._text.value = heading, text
        self._progress.value = progress
        self._more.layout.display = None if cut else "none"
        buttons = list(self._classes.children)
        for place in range(len(buttons), len(classes)):
            buttons.append(self._button(f"class-{place}", "", ""))
        for place, (name, button) in enumerate(zip(classes, buttons, strict=False), 1):
            button.description, button.tooltip = f"{place} {name}", f"Label it {name}"
        # The same buttons stay in their places, so that none loses the focus.
        if len(classes) != len(self._classes.children):
            self._classes.children = buttons[: len(classes)]

    def still(self) -> str:
        """A picture of what is shown, as HTML."""
        rows = "".join(
            '<div class="al-row {}">{}</div>'.format(
                name,
                "".join(
                    f'<button type="button" disabled>{escape(b.description)}</button>'
                    for b in row.children
                ),
            )
            for name, row in (("al-classes", self._classes), ("al-deeds", self._deeds))
        )
        shown = (self._heading, self._text, rows, self._message, self._progress)
        parts = (part if isinstance(part, str) else part.value for part in shown)
        return (
            f"<style>{STYLE}</style>"
            f'<div class="al-annotator al-still">{"".join(parts)}</div>'
        )

    def say(self, said: str, error: Exception | None = None) -> None:
        """Show what happened."""
        self._message.value = message_html(said, error)
        if self._keys:
            self._keys.said = said

    def busy(self, whether: bool) -> None:
        """Show that the text on the screen has had its answer, and another comes."""
        (self.box.add_class if whether else self.box.remove_class)("al-busy")

    def clear_name(self) -> None:
        """Empty the field for another class."""
        self._name.value = ""

    def ready(self) -> None:
        """Take presses again. The browser learns it last, so that whoever presses from
        then on has seen what was drawn."""
        self._drawing, self._drawn_at = self._drawing + 1, time.monotonic()
        if self._keys:
            self._keys.drawing = self._drawing

    def _heard(self, press: dict) -> None:
        """A key, or a click that the layer of keys has passed on. One that was meant for
        an earlier drawing, as the second of a double click is, does nothing."""
        if press["drawing"] == self._drawing:
            self._pressed(press["action"], press["name"])

    def _clicked(self, action: str) -> None:
        """A click without a layer of keys. A button does not say which text it was about,
        so one that comes too soon after a text, as the second of a double click does,
        does nothing."""
        if time.monotonic() - self._drawn_at >= TOO_SOON:
            self._pressed(action, self._name.value)

    def _button(self, action: str, description: str, tooltip: str) -> ipywidgets.Button:
        import ipywidgets

        button = ipywidgets.Button(description=description, tooltip=tooltip)
        button.add_class(f"al-do-{action}")
        button.on_click(lambda _: self._clicked(action))
        return button


def _row(name: str, children: Sequence[ipywidgets.Widget] = ()) -> ipywidgets.Box:
    import ipywidgets

    row = ipywidgets.Box(children)
    row.add_class("al-row")
    row.add_class(name)
    return row
