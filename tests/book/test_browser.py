"""The book as a reader's browser shows it, cut off from the rest of the network.

tests/book/browser/check.mjs looks at every page in Chromium once; the tests below judge what
it found. (Among the last, because they need the built book.)
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from browser import run_in_browser
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PageObject, PdfReader

from bookbuild.address import with_address
from bookbuild.contents import pages
from bookbuild.pdf import anchor, find_chromium, one_page, print_pdf

ROOT = Path(__file__).parents[2]
# Rules of WCAG that a page may break, each with the reason; empty is best.
EXCEPTIONS: dict[str, str] = {}
# All that a first visit fetches, in bytes as the files are: a server that compresses sends
# less than half of them.
BUDGETS = {"book/index.html": 600_000, "book/be-the-oracle.html": 900_000}


class _LikeGitHubPages(SimpleHTTPRequestHandler):
    """Answers an unknown address with 404.html, as GitHub Pages does, and is silent."""

    def send_error(self, code, message=None, explain=None):
        if code != 404:
            return super().send_error(code, message, explain)
        page = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format, *arguments):
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server that shows a folder for as long as the block lasts."""
    handler = partial(_LikeGitHubPages, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def look_at(html: Path) -> dict:
    """What check.mjs finds in a built book."""
    names = [f"{name}.html" for name in pages()]
    with served(html) as address:
        return run_in_browser("check.mjs", address, str(html), *names)


@pytest.fixture(scope="module")
def found(html) -> dict:
    return look_at(html)


def listed(faults: list[str]) -> str:
    """Faults as the message of an assertion, one a line."""
    return "\n" + "\n".join(faults)


@pytest.mark.parametrize("way", ["light", "dark", "phone", "disk"])
def test_every_page_loads_whole_and_asks_nothing_of_the_network(found, way):
    faults = [
        f"{path}: {fault}"
        for path, page in found["pages"].items()
        for fault in page[way]["faults"]
    ]
    assert not faults, listed(faults)


def test_every_picture_appears_and_has_words_for_who_cannot_see_it(found):
    pictures = [
        (path, picture)
        for path, page in found["pages"].items()
        for picture in page["light"]["pictures"]
    ]
    faults = [
        f"{path}: {picture['src']} has alt text {picture['alt']!r} and is"
        f" {picture['naturalWidth']} pixels wide"
        for path, picture in pictures
        if not picture["alt"].strip() or not picture["naturalWidth"]
    ]
    assert not faults, listed(faults)
    assert len(pictures) > 10


def test_the_search_finds_a_word_of_every_page(found):
    faults = [
        f"{hit['path']} is not found by {hit['term']!r}; {hit['faults']}"
        for hit in found["search"]
        if not hit["found"] or hit["faults"]
    ]
    assert not faults, listed(faults)
    assert {hit["path"] for hit in found["search"]} == set(found["pages"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_fold_and_every_solution_opens(found, theme):
    folds = {path: page[theme]["folds"] for path, page in found["pages"].items()}
    shut = [f"{path}: {text}" for path, fold in folds.items() for text in fold["shut"]]
    assert not shut, listed(shut)
    for path, fold in folds.items():
        if path.startswith("notebooks/"):
            assert fold["details"] and fold["solutions"], f"{path}: {fold}"


def test_nothing_is_wider_than_a_phone(found):
    over = {path: page["phone"]["overflow"] for path, page in found["pages"].items()}
    faults = [
        f"{path}: the page scrolls {wide['page']} pixels sideways; {wide['elements']}"
        for path, wide in over.items()
        if wide["page"] > 0 or wide["elements"]
    ]
    assert not faults, listed(faults)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_wcag_2_2_at_levels_a_and_aa(found, theme):
    faults = [
        f"{path}: {fault['rule']} ({fault['help']}) at {fault['target']}:"
        f" {fault['html']}\n    {fault['why']}"
        for path, page in found["pages"].items()
        for fault in page[theme]["accessibility"]
        if fault["rule"] not in EXCEPTIONS
    ]
    assert not faults, listed(faults)


def test_the_dark_theme_is_dark_and_the_light_one_light(found):
    for path, page in found["pages"].items():
        dark, light = page["dark"]["brightness"], page["light"]["brightness"]
        assert dark["page"] < 50 and dark["text"] > 180, f"{path}: {dark}"
        assert light["page"] > 240 and light["text"] < 80, f"{path}: {light}"


def test_every_page_has_its_tools(found):
    first, *_, last = found["pages"]
    for path, page in found["pages"].items():
        tools = page["light"]["tools"]
        assert tools["previousOrNext"] == (1 if path in (first, last) else 2), path
        assert tools["contentsEntries"] >= tools["sections"], path
        assert tools["searchButtons"], path
        assert tools["copyButtons"] == tools["codeBlocks"], path
        if path.startswith("notebooks/"):
            assert any(link.endswith(".ipynb") for link in tools["downloads"]), path


def test_every_page_says_what_it_is(found):
    descriptions = set()
    for path, page in found["pages"].items():
        identity = page["light"]["identity"]
        assert identity["logos"] == 1, path
        assert identity["icon"].endswith("/logo.svg"), path
        assert identity["preview"].endswith("_images/headline.png"), path
        assert len(identity["description"]) > 40, f"{path}: {identity['description']!r}"
        descriptions.add(identity["description"])
    assert len(descriptions) == len(found["pages"])


@pytest.mark.parametrize("path", BUDGETS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_light_enough_and_fetches_nothing_for_the_other_theme(
    found, path, theme
):
    (seen,) = (
        weight["files"]
        for weight in found["weights"]
        if (weight["path"], weight["theme"]) == (path, theme)
    )
    heaviest = sorted(seen, key=lambda file: -file["raw"])
    assert sum(file["raw"] for file in seen) < BUDGETS[path], heaviest[:8]
    fetched = {file["pathname"].rpartition("/")[2] for file in seen}
    pictures = {name for name in fetched if name.endswith(".png")}
    stems = {name.removesuffix(".png").rstrip("1") for name in pictures}
    assert len(stems) == len(pictures) >= 1
    assert not {"searchindex.js", "moving.js", "fa-solid-900.woff2"} & fetched


def test_a_wrong_address_shows_a_page_that_leads_back(found):
    lost = found["lost"]
    assert lost["heading"] == "Page not found"
    assert not lost["faults"], listed(lost["faults"])
    assert lost["arrives"] == "/book/index.html"


@pytest.mark.parametrize(
    "repository, address, root",
    [
        ("", None, "/"),
        ("https://github.com/Some/book", "https://some.github.io/book/", "/book/"),
        ("https://github.com/some/some.github.io", "https://some.github.io/", "/"),
    ],
)
def test_absolute_links_follow_the_public_address(repository, address, root):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["repository"]["url"] = repository
    config = with_address(config)
    settings = config["sphinx"]["config"]
    assert config["html"].get("baseurl") == settings.get("ogp_site_url") == address
    assert settings["notfound_urls_prefix"] == root
    assert f'href="{root}"' in settings["notfound_context"]["body"]


@pytest.fixture(scope="module")
def pdf(html, tmp_path_factory) -> PdfReader:
    if find_chromium() is None:
        pytest.skip("no Chromium: install it, or name one in CHROMIUM=/path/to/it")
    copy = shutil.copytree(html, tmp_path_factory.mktemp("printed") / "html")
    return PdfReader(print_pdf(copy))


def test_the_pdf_has_every_still_picture_of_the_parts_to_move(html, pdf):
    whole = BeautifulSoup(one_page(html), "html.parser")
    parts = whole.select(".moving[data-part]")
    assert {part["data-part"] for part in parts} == moving_parts()
    stills = [part.find_parent(class_="cell").find_next_sibling() for part in parts]
    # And the one of the page that is a part as a whole.
    stills.append(whole.select_one(".oracle-still"))
    texts = ["".join(page.extract_text().split()) for page in pdf.pages]
    for still in stills:
        (picture,) = still.select("img")
        size = Image.open(html / picture["src"]).size
        caption = "".join(still.select_one("figcaption").get_text().rstrip("#").split())
        (printed,) = (
            page
            for page, text in zip(pdf.pages, texts, strict=True)
            if caption[:60] in text
        )
        sizes = {(image["/Width"], image["/Height"]) for image in images_of(printed)}
        assert size in sizes, caption


def images_of(page: PageObject) -> list[dict]:
    """What a printed page holds as pictures."""
    objects = page["/Resources"].get("/XObject", {})
    return [o for o in map(objects.__getitem__, objects) if o["/Subtype"] == "/Image"]


def moving_parts() -> set[str]:
    """All there are: each has a script of its own."""
    scripts = {path.stem for path in (ROOT / "_scripts" / "moving").glob("*.js")}
    return scripts - {"moving"}


def test_the_pdf_holds_every_page_of_the_book_and_no_path_of_this_machine(html, pdf):
    places = pdf.named_destinations  # where the links of the contents lead
    for page in pages():
        soup = BeautifulSoup((html / f"{page}.html").read_text(), "html.parser")
        title = soup.h1.get_text().rstrip("#")
        place = pdf.get_destination_page_number(places[f"/{anchor(page)}"])
        text = pdf.pages[place].extract_text()
        assert "".join(title.split()) in "".join(text.split()), title
    targets = [
        note.get_object().get("/A", {}).get("/URI", "")
        for page in pdf.pages
        for note in page.get("/Annots", [])
    ]
    assert any(target.startswith("https://") for target in targets)
    assert not [target for target in targets if target.startswith("file:")]
