"""What a page loads beside its text: the scripts of the parts to move that it holds, and
of the theme's styles and icons those that some page uses.

This module is an extension of Sphinx, which the build names in `_config.yml`.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

from bookbuild.icons import write_icons
from bookbuild.used_styles import only_used, words_of

PART = re.compile(r'class="moving" data-part="([a-z]+)"')
# Those of the theme and of extensions, which are large and meant for any page there is.
STYLES = ("styles/pydata-sphinx-theme.css", "sphinx-design.min.css", "mystnb.*.css")


def name_parts(
    app: Sphinx, page: str, template: str, context: dict, doctree: object
) -> None:
    """Tell `_templates/layout.html` which parts to move a page holds."""
    context["moving_parts"] = sorted(set(PART.findall(context.get("body", ""))))


def make_lighter(html: Path) -> None:
    """Leave out of a built book what none of its pages uses."""
    write_icons(html)
    words = words_of([*html.rglob("*.html"), *html.rglob("*.js")])
    for pattern in STYLES:
        for path in (html / "_static").glob(pattern):
            styles = only_used(path.read_text(encoding="utf-8"), words)
            path.write_text(styles, encoding="utf-8")


def finish(app: Sphinx, fault: Exception | None) -> None:
    """Once all pages are there, see what they use."""
    if fault is None:
        make_lighter(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx when to ask."""
    app.connect("html-page-context", name_parts)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
