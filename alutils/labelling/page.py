"""The parts of a page of HTML that stands alone: one file, for any screen, light and
dark, and for paper."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 10  # cases of a kind on a page; all are in the files beside it

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #555; --line: #d5d5d5;
  --paper: #fff; --shade: #f3f3f0; --hit: 0, 96, 160; --miss: 176, 74, 0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --soft: #b4b4b4;
  --line: #4a4a4a; --paper: #161616; --shade: #242424; --hit: 90, 170, 235;
  --miss: 240, 140, 70; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 50rem; padding: 1.2rem 1rem 4rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.55 system-ui, sans-serif;
  overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0 0.8rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 0.6rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 0.4rem; }
.lead { font-size: 1.1rem; }
.note, figcaption { color: var(--soft); font-size: 0.92rem; }
.note { margin: 1.2rem 0 0; }
.wide { overflow-x: auto; }
.wide:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums;
  margin: 0.4rem 0 0.8rem; }
th, td { padding: 0.3rem 0.7rem 0.3rem 0; text-align: right; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
thead th { vertical-align: bottom; }
thead th[scope=col] { min-width: 6rem; padding-left: 0.4rem; }
th:first-child, td:first-child { text-align: left; }
td.text, th.text { text-align: left; }
td.cell { padding: 0.3rem 0.7rem; }
figure { margin: 1rem 0; }
figure img { display: block; width: 100%; max-width: 30rem; height: auto;
  background: #fff; border-radius: 4px; }
blockquote { margin: 0.4rem 0 0; padding: 0.5rem 0.8rem; background: var(--shade);
  border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
ol.cases > li { margin: 0 0 1.2rem; }
ol.cases { padding-left: 1.4rem; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
code { overflow-wrap: anywhere; }
@media (max-width: 30rem) { table { font-size: 0.88rem; line-height: 1.4; }
  ol.cases { padding-left: 1.2rem; } }
@media print { body { max-width: none; font-size: 10pt; padding: 0; }
  h2, h3 { break-after: avoid; } figure, tr, li { break-inside: avoid; } }
"""


def page(title: str, blocks: Iterable[str]) -> str:
    """A whole page; the title is text, the blocks are HTML."""
    body = "\n".join(blocks)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of text."""
    return f"<p{_of_class(kind)}>{escape(text)}</p>"


def heading(text: str, level: int = 2) -> str:
    """A heading of text."""
    return f"<h{level}>{escape(text)}</h{level}>"


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    caption: str = "",
    kinds: Sequence[str] = (),
) -> str:
    """A table of text, which scrolls where it is too wide.

    Parameters
    ----------
    kinds
        for each column a class of the style: "text" is left-aligned
    """
    kinds = [*kinds, *[""] * (len(header) - len(kinds))]

    def line(cells: Sequence[object], tag: str) -> str:
        made = (
            f"<{tag}{_of_class(kind)}>{escape(str(cell))}</{tag}>"
            for cell, kind in zip(cells, kinds, strict=True)
        )
        return f"<tr>{''.join(made)}</tr>"

    body = "\n".join(line(row, "td") for row in rows)
    inside = f"<thead>{line(header, 'th')}</thead><tbody>\n{body}\n</tbody>"
    return _scrolling(inside, caption or ", ".join(header), shown=bool(caption))


def _scrolling(inside: str, name: str, *, shown: bool = True) -> str:
    """A table in a frame of its own, with its name above, which does not scroll."""
    name = escape(name)
    return (
        (f'<p class="note">{name}</p>' if shown else "")
        + f'<div class="wide" tabindex="0" role="region" aria-label="{name}">'
        + f"<table>{inside}</table></div>"
    )


def errors_table(classes: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Counts of true class by predicted class, the darker the larger their share of the
    true class; errors in another colour than hits."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in classes)
    rows = []
    for k, (name, row) in enumerate(zip(classes, counts, strict=True)):
        cells = []
        for j, count in enumerate(row):
            share = 0.45 * count / max(1, sum(row))
            colour = f"rgba(var(--{'hit' if j == k else 'miss'}), {share:.2f})"
            cells.append(f'<td class="cell" style="background: {colour}">{count}</td>')
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>')
    return _scrolling(
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody>",
        "Down: the class that a person gave. Across: the class that the model says.",
    )


def picture(figure: Figure, *, alt: str, caption: str) -> str:
    """A figure, drawn narrow enough to be read on a phone, as part of the page."""
    import matplotlib

    figure.set_size_inches(4.2, 3.1)
    out = io.BytesIO()
    # Letters stay letters, so that any script shows; and the same figure is the same file.
    given = {"svg.fonttype": "none", "svg.hashsalt": "alutils"}
    with matplotlib.rc_context(given):
        figure.savefig(out, format="svg", metadata={"Date": None})
    data = base64.b64encode(out.getvalue()).decode()
    return (
        f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def quotation(text: str, *, most: int = 500) -> str:
    """A text as it is, its markup shown; the rest of a long one folds away."""
    text = text.strip()
    if len(text) <= most:
        return f"<blockquote>{escape(text)}</blockquote>"
    whole = f"<blockquote>{escape(text)}</blockquote>"
    return f"<blockquote>{escape(text[:most])}…</blockquote>" + folded(
        f"the whole text, {len(text):,} characters", whole
    )


def points(texts: Iterable[str]) -> str:
    """Texts as a list."""
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def cases(blocks: Iterable[str]) -> str:
    """Blocks of HTML, numbered."""
    items = "\n".join(f"<li>{block}</li>" for block in blocks)
    return f'<ol class="cases">{items}</ol>'


def folded(name: str, block: str) -> str:
    """A block of HTML that shows when its name is clicked."""
    return f"<details><summary>{escape(name)}</summary>{block}</details>"


def _of_class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
