"""Pictures for dark pages: each is staged as `dark/NAME`, where NAME is that of its twin
for light pages, and a page shows the one that fits its theme.

This module is an extension of Sphinx too, which puts the twins into the pages; the build
names it in `_config.yml`.
"""

from __future__ import annotations

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx

from alutils.figures.style import DARK, DARK_PNG, LIGHT

FOLDER = "dark"  # below the folder of the sources
# Fillings and lines of drawings that are no colours of figures.
DRAWN = {
    "#fff": DARK.paper,
    "#111": DARK.ink,
    "#333": "#C8C8C8",
    "#E6F0F8": "#12283C",
    "#FBEDE2": "#3A2412",
    "#E4F2EF": "#0E2E27",
    "#F1F1F1": "#2A2A2A",
    "#C00020": "#FF8080",
    **dict(zip(LIGHT.colours, DARK.colours, strict=True)),
}


def taken_out(executed: bytes) -> tuple[bytes, dict[str, bytes]]:
    """An executed notebook without its pictures for dark pages, and these by the names
    that MyST-NB gives to their twins."""
    notebook, pictures = nbformat.reads(executed.decode(), 4), {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            dark = output.get("data", {}).pop(DARK_PNG, None)
            if dark is not None:
                light = b64decode(output.data["image/png"])
                pictures[f"{sha256(light).hexdigest()}.png"] = b64decode(dark)
    return nbformat.writes(notebook).encode(), pictures


def in_dark(drawing: str) -> str:
    """A drawing (SVG) in the colours of dark pages.

    Raises
    ------
    ValueError
        If it holds a colour of which nobody knows what it is there.
    """

    def exchanged(colour: re.Match) -> str:
        if colour[0] not in DRAWN:
            known = ", ".join(DRAWN)
            raise ValueError(
                f"the drawing holds {colour[0]}, which has no dark twin: take one of"
                f" {known}, or add it to DRAWN"
            )
        return DRAWN[colour[0]]

    return re.sub(r"(?<=[\"':])#[0-9A-Fa-f]{3,8}\b", exchanged, drawing)


class frame(nodes.General, nodes.Element):
    """What a picture lies in; where the page is narrow, it scrolls in it."""


def show_both(app: Sphinx, page: nodes.document) -> None:
    """Frame each picture that has a twin, and put the twin beside it."""
    for light in list(page.findall(nodes.image)):
        name = light["uri"].rpartition("/")[2]
        if not (Path(app.srcdir) / FOLDER / name).is_file():
            continue
        light["loading"] = "lazy"  # and only the one that the theme shows is fetched
        dark = light.deepcopy()
        dark.update_basic_atts({"classes": ["only-dark"]})
        dark["uri"] = f"/{FOLDER}/{name}"
        dark["ids"] = []
        light["classes"].append("only-light")
        # A link around a picture goes around both.
        light.replace_self(frame("", light.deepcopy(), dark))


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the frame, and to look at each page before pictures are copied."""
    app.add_node(
        frame,
        html=(
            lambda writer, node: writer.body.append('<div class="picture">'),
            lambda writer, node: writer.body.append("</div>"),
        ),
    )
    app.connect("doctree-read", show_both, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
