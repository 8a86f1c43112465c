"""Print the whole built book as one PDF; `make pdf` calls it.

The pages' articles are laid behind each other in the order of _toc.yml on one page,
which Chromium prints, so that links between chapters stay links. (Chromium can write an
outline too, but names every heading twice that opens a page.)
"""

from __future__ import annotations

import argparse
import os
import posixpath
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from bookbuild.contents import pages
from bookbuild.make import BUILD, PDF, one_at_a_time

NAME = Path(PDF).name
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The Chromium to use: the one that $CHROMIUM names, or one on the PATH."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else PROGRAMS))
    return next((program for program in found if program), None)


def anchor(page: str, fragment: str = "") -> str:
    """The id, on the one page, of a page or of a place on it."""
    return f"{page}:{fragment}" if fragment else page


def from_root(path: str, page: str) -> str:
    """A path that a page wrote, as the book's root writes it.

    Examples
    --------
    >>> from_root("../_images/a.png", "book/index")
    '_images/a.png'
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def moved_link(link: str, page: str, listed: list[str]) -> str | None:
    """A link of a page as the one page writes it; none if it leads to a mere file.

    Examples
    --------
    >>> moved_link("../notebooks/01.html#recap", "book/index", ["notebooks/01"])
    '#notebooks/01:recap'
    >>> moved_link("../_images/a.png", "book/index", ["notebooks/01"])
    """
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return link
    path = from_root(parts.path, page).removesuffix(".html") if parts.path else page
    return f"#{anchor(path, unquote(parts.fragment))}" if path in listed else None


def article(html: Path, page: str, listed: list[str]) -> Tag:
    """What a page says, with folds open and every id and link made for the one page."""
    text = (html / f"{page}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(text, "html.parser").select_one("article")
    for screen_only in found.select("a.headerlink, script, .only-dark"):
        screen_only.decompose()
    for fold in found.select("details"):
        fold["open"] = ""
    for element in found.select("[id]"):
        element["id"] = anchor(page, element["id"])
    for picture in found.select("img"):
        picture["src"] = from_root(picture["src"], page)
        del picture["loading"]  # nobody scrolls to it
    for link in found.select("a[href]"):
        target = moved_link(link["href"], page, listed)
        if target:
            link["href"] = target
        else:  # in a PDF it would name a file of the machine that printed it
            del link["href"]
    found["id"] = anchor(page)
    return found


def one_page(html: Path) -> str:
    """The whole book as one HTML page, to lie in the book's root."""
    listed = pages()
    start = (html / f"{listed[0]}.html").read_text(encoding="utf-8")
    head = BeautifulSoup(start, "html.parser").head
    styles = [
        f'<link rel="stylesheet" href="{from_root(style["href"], listed[0])}">'
        for style in head.select("link[rel=stylesheet]")
    ]
    articles = [article(html, page, listed) for page in listed]
    titles = [found.h1.get_text() for found in articles]
    title = titles[0]
    contents = "".join(
        f'<li><a href="#{anchor(page)}">{name}</a></li>'
        for page, name in zip(listed, titles, strict=True)
    )
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en" data-theme="light"><head>',
            f'<meta charset="utf-8"><title>{title}</title>',
            *styles,
            '</head><body class="whole-book"><main class="bd-content">',
            f'<nav><img src="_static/logo.svg" alt=""><h1>{title}</h1><ul>{contents}',
            "</ul></nav>",
            *map(str, articles),
            "</main></body></html>",
        ]
    )


def print_pdf(html: Path) -> Path:
    """Print a built book; returns the PDF, which lies among the book's downloads.

    Raises
    ------
    RuntimeError
        If the book is not built, there is no Chromium, or it did not print.
    """
    if not (html / "index.html").is_file():
        raise RuntimeError(f"no book at {html}: build it first, with make book")
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError(
            f"no Chromium found (looked for {', '.join(PROGRAMS)}): install it, or name"
            " yours with CHROMIUM=/path/to/it"
        )
    printed = html / "_downloads" / NAME
    printed.parent.mkdir(exist_ok=True)
    printed.unlink(missing_ok=True)
    whole = html / "whole-book.html"
    whole.write_text(one_page(html), encoding="utf-8")
    command = [chromium, "--headless", "--disable-gpu", "--no-pdf-header-footer"]
    # A container has neither the sandbox's privileges nor much shared memory.
    command += ["--no-sandbox", "--disable-dev-shm-usage", f"--print-to-pdf={printed}"]
    done = subprocess.run([*command, whole.as_uri()], capture_output=True, text=True)
    whole.unlink()
    if done.returncode or not printed.is_file():
        raise RuntimeError(f"{chromium} did not print the book:\n{done.stderr}")
    return printed


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--profile", default="small")
    given = arguments.parse_args()
    try:
        build = BUILD / given.profile
        with one_at_a_time(build):
            printed = print_pdf(build / "_build" / "html")
    except RuntimeError as error:
        sys.exit(f"make pdf: {error}")
    print(f"The PDF is ready: {printed}")


if __name__ == "__main__":
    main()
