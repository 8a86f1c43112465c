"""Pictures for dark pages: where they come from, and how a page gets them."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from docutils import nodes
from docutils.utils import new_document
from drawn import contrast
from tiny import tiny_notebook

from alutils.figures.style import DARK, DARK_PNG
from bookbuild.dark import DRAWN, frame, in_dark, show_both, taken_out
from bookbuild.execute import execute
from bookbuild.make import build_html

ROOT = Path(__file__).parents[2]
DRAWINGS = sorted((ROOT / "book" / "figures").glob("*.svg"))
FIGURE = """import numpy as np
from alutils.figures.scores import plot_lines
plot_lines(np.arange(3), {"a": np.arange(3)}, x_label="x", y_label="y")"""


def test_a_figure_in_a_notebook_comes_onto_the_page_once_for_each_theme(tmp_path):
    notebook = tiny_notebook(tmp_path / "tiny.ipynb", FIGURE)
    executed = execute(notebook, "small", tmp_path / "build")
    content = nbformat.read(executed, 4)
    content.cells[0].source = "# Tiny"
    for cell in content.cells:
        if cell.get("outputs"):
            caption = {"caption": "A line.", "name": "fig-line"}
            cell.metadata["mystnb"] = {
                "image": {"alt": "A line that rises."},
                "figure": caption,
            }
    page, pictures = taken_out(nbformat.writes(content).encode())
    ((name, dark),) = pictures.items()
    source = tmp_path / "source"
    for folder in ("dark", "book"):
        (source / folder).mkdir(parents=True)
    (source / "book" / "tiny.ipynb").write_bytes(page)
    (source / "dark" / name).write_bytes(dark)
    (source / "_toc.yml").write_text("format: jb-book\nroot: book/tiny\n")
    (source / "_config.yml").write_text(
        "title: Tiny\nexecute: {execute_notebooks: 'off'}\n"
        "sphinx: {extra_extensions: [bookbuild.dark]}\n"
    )
    html = build_html(source, tmp_path).parent
    written = (html / "book" / "tiny.html").read_text()
    light, other = re.findall(r"<img[^>]*only-(?:light|dark)[^>]*>", written)
    assert "only-light" in light and f"_images/{name}" in light
    assert "only-dark" in other and 'loading="lazy"' in other
    assert all('alt="A line that rises."' in image for image in (light, other))
    assert written.count("A line.</span>") == 1
    shown = re.search(r'src="\.\./(_images/[^"]+)"', other)[1]
    assert (html / shown).read_bytes() == dark


def test_pictures_for_dark_pages_are_taken_out_and_nothing_else():
    plain = nbformat.v4.new_output("display_data", data={"image/png": "AAAA"})
    light, dark = (b64encode(content).decode() for content in (b"light", b"dark"))
    both = nbformat.v4.new_output(
        "display_data", data={"image/png": light, DARK_PNG: dark, "text/plain": "x"}
    )
    cell = nbformat.v4.new_code_cell("1 + 1", outputs=[plain, both])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    page, pictures = taken_out(nbformat.writes(notebook).encode())
    assert list(pictures.values()) == [b"dark"]
    del both.data[DARK_PNG]
    assert nbformat.reads(page.decode(), 4) == notebook


def page_with(uri: str) -> nodes.document:
    page = new_document("page")
    page += nodes.figure(
        "", nodes.image(uri=uri, alt="What it shows."), nodes.caption("", "Caption.")
    )
    return page


def test_a_picture_with_a_twin_stands_beside_it_in_one_frame(tmp_path):
    (tmp_path / "dark").mkdir()
    (tmp_path / "dark" / "a.png").touch()
    page = page_with("figures/a.png")
    show_both(SimpleNamespace(srcdir=tmp_path), page)
    (around,) = page.findall(frame)
    light, dark = around.children
    assert (light["uri"], dark["uri"]) == ("figures/a.png", "/dark/a.png")
    assert light["classes"] == ["only-light"] and dark["classes"] == ["only-dark"]
    assert light["alt"] == dark["alt"] == "What it shows."
    assert [type(node) for node in around.parent] == [frame, nodes.caption]


def test_a_picture_without_a_twin_stays_as_it_is(tmp_path):
    page = page_with("figures/a.png")
    show_both(SimpleNamespace(srcdir=tmp_path), page)
    assert page.pformat() == page_with("figures/a.png").pformat()


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_differs_in_its_colours_alone_and_is_dark_where_it_was_white(path):
    drawing = path.read_text()
    dark = in_dark(drawing)
    colour = r"#[0-9A-Fa-f]{3,6}\b"
    assert re.sub(colour, "", dark) == re.sub(colour, "", drawing)
    assert 'fill="#fff"/>' in drawing and f'fill="{DARK.paper}"/>' in dark
    assert not set(re.findall(colour, dark)) & {"#fff", "#111"}


def test_the_letters_of_a_drawing_can_be_read_on_every_filling():
    inks, grounds = ("#111",), ("#fff", "#E6F0F8", "#FBEDE2", "#E4F2EF", "#F1F1F1")
    for ink in inks:
        for ground in grounds:
            assert contrast(ink, ground) >= 4.5
            assert contrast(DRAWN[ink], DRAWN[ground]) >= 4.5
    assert contrast("#C00020", "#fff") >= 4.5
    assert contrast(DRAWN["#C00020"], DRAWN["#fff"]) >= 4.5


def test_a_colour_without_a_dark_twin_is_refused():
    with pytest.raises(ValueError, match="holds #123456, which has no dark twin"):
        in_dark('<rect fill="#123456"/>')
