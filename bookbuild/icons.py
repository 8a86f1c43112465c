"""The theme's icons: a font of those that the book shows, for the whole one weighs as
much as all the pictures of a page."""

from __future__ import annotations

import re
from pathlib import Path

from fontTools import subset

ALL_ICONS = "_static/vendor/fontawesome/webfonts/fa-solid-900.ttf"
ICONS = "_static/icons.woff"  # custom.css names it, before the theme's own
NAMED = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"([^"]+)"\}')
ESCAPED = re.compile(r"\\([ef][0-9a-f]{3})\b")
SIGN = re.compile(
    r"[\ue000-\uf8ff]"
)  # where Unicode leaves room for signs of one's own
COPYRIGHT, LICENCE, ITS_ADDRESS = 0, 13, 14  # in a font's table of names


def shown_icons(html: Path) -> set[str]:
    """The signs of all icons that a built book may show."""
    signs, named = set(), {}
    for path in html.glob("_static/**/*.css"):
        text = path.read_text(encoding="utf-8")
        text = ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
        for names, sign in NAMED.findall(text):
            named |= dict.fromkeys(re.findall(r"fa-([\w-]+)", names), sign)
        # Those of notes, links and the like, which the styles themselves show.
        signs |= set(SIGN.findall(NAMED.sub("", text)))
    for path in [*html.rglob("*.html"), *html.glob("_static/**/*.js")]:
        words = re.findall(r"\bfa-([\w-]+)", path.read_text(encoding="utf-8"))
        signs |= {named[word] for word in words if word in named}
    return signs


def write_icons(html: Path) -> None:
    """Write the font of a built book's icons. It bears no name: by its licence, the name
    belongs to the whole."""
    options = subset.Options(
        flavor="woff",
        layout_features=[],
        name_IDs=[COPYRIGHT, LICENCE, ITS_ADDRESS],
    )
    font = subset.load_font(str(html / ALL_ICONS), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, shown_icons(html)))
    subsetter.subset(font)
    subset.save_font(font, str(html / ICONS), options)
