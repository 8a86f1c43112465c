"""The book as a reader gets it: executed at the small profile, twice, and built. (Last, because it takes longest.)"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from PIL import Image

from alutils.results import tracked_results
from bookbuild.contents import chapters
from bookbuild.execute import execute, longest_first
from bookbuild.make import BUILD, build_html
from bookbuild.numbers import substitutions

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(html) -> dict[Path, BeautifulSoup]:
    names = [*html.glob("book/*.html"), *html.glob("notebooks/*.html")]
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in names
    }


def outputs(executed: Path) -> list[object]:
    """Everything that the cells of an executed notebook show, measured seconds aside."""
    shown = []
    for cell in nbformat.read(executed, 4).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {"text/plain": output.get("text")})
            data = {kind: value for kind, value in data.items() if kind != "text/html"}
            if "seconds" in str(
                data.get("text/plain")
            ):  # the last column of the table of rounds
                data["text/plain"] = re.sub(
                    r"[ ]+\S+[ ]*$", "", data["text/plain"], flags=re.M
                )
            shown.append(data)
    return shown


@pytest.mark.parametrize(
    "notebook", longest_first(chapters()), ids=lambda path: path.stem
)
def test_the_same_seed_gives_the_same_numbers_and_figures(notebook, html, tmp_path):
    again = outputs(execute(notebook, "small", tmp_path, threads=1))
    first = outputs(BUILD / "small" / "executed" / notebook.name)
    assert len(first) > 5
    assert again == first


@pytest.mark.parametrize("notebook", chapters(), ids=lambda path: path.stem)
def test_no_cell_warns_or_shows_a_missing_number(notebook, html):
    for cell in nbformat.read(BUILD / "small" / "executed" / notebook.name, 4).cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output.text
            assert "WARNING" not in output.get("text", "")
            text = output.get("data", {}).get("text/markdown", "")
            assert not re.search(r"\bnan\b", text), text


def test_every_page_of_the_contents_is_built(html):
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    for name in [
        contents["root"],
        *(c["file"] for part in contents["parts"] for c in part["chapters"]),
    ]:
        assert (html / f"{name}.html").is_file()


def test_every_picture_is_there_and_says_what_it_shows(pages):
    seen = 0
    for path, page in pages.items():
        for picture in page.select("article img"):
            seen += 1
            assert (path.parent / unquote(picture["src"])).is_file(), (
                f"{path.name}: {picture['src']}"
            )
            assert len(picture.get("alt", "")) > 40, (
                f"{path.name}: alt text of {picture['src']}"
            )
    assert seen > 10


def test_every_figure_is_there_for_both_themes_as_large_and_as_it_should_be(pages):
    seen = 0
    for path, page in pages.items():
        for frame in page.select("article .picture"):
            light, dark = frame.select("img")
            assert light["class"] == ["only-light"] and dark["class"] == ["only-dark"]
            assert light["alt"] == dark["alt"]
            if not light["src"].endswith(".png"):
                continue
            seen += 1
            images = [
                Image.open(path.parent / unquote(picture["src"])).convert("L")
                for picture in (light, dark)
            ]
            assert images[0].size == images[1].size, light["src"]
            grounds = [np.median(np.asarray(image)) for image in images]
            assert grounds[0] > 240 and grounds[1] < 80, (path.name, light["alt"])
    figures = sum(
        len(page.select("article figure:has(img)")) for page in pages.values()
    )
    frames = sum(len(page.select("article figure .picture")) for page in pages.values())
    assert seen > 10 and frames == figures


def test_every_part_to_move_has_its_still_picture_in_the_next_cell(pages):
    found = 0
    for path, page in pages.items():
        for part in page.select("div.moving"):
            still = part.find_parent(class_="cell").find_next_sibling()
            assert still.select("figure img"), f"{path.name}: {part['data-part']}"
            found += 1
    cells = [cell for path in chapters() for cell in nbformat.read(path, 4).cells]
    shown = [re.findall(r"\bmoving\(", c.source) for c in cells if "outputs" in c]
    assert found == sum(map(len, shown))


def test_every_link_inside_the_book_arrives(pages, html):
    places = {
        path: {element["id"] for element in page.select("[id]")}
        for path, page in pages.items()
    }
    for path, page in pages.items():
        for link in page.select("a[href]"):
            target = urlsplit(link["href"])
            if target.scheme or target.netloc:
                continue
            there = (
                (path.parent / unquote(target.path)).resolve() if target.path else path
            )
            assert there.is_file(), f"{path.name}: {link['href']}"
            if target.fragment and there in pages:
                found = unquote(target.fragment) in places[there]
                assert found, f"{path.name}: {link['href']}"


def test_every_chapter_says_on_what_it_was_run(pages):
    for path, page in pages.items():
        if path.parent.name == "notebooks":
            text = page.get_text()
            assert "This page was run with profile small and seed 0" in text
            assert re.search(r"computed with profile small in \d+ seconds", text)


def test_the_pages_quote_the_tracked_results(pages):
    (index,) = [page for path, page in pages.items() if path.name == "index.html"]
    text = index.get_text()
    assert "{{" not in text
    said = substitutions()
    assert f"with all {said['full_labels']} labels" in text
    assert f"lower in {said['loop_lower']} of the {said['pairs']}," in text
    for arm in ("random", "margin", "best", "words"):
        labels, interval = said[f"{arm}_labels"], said[f"{arm}_labels_interval"]
        assert re.search(rf"\b{labels}\b[^.]*\.?[^.]*{interval}\b", text), arm
    runs = tracked_results("strategies_linear")
    seeds = runs.groupby("arm")["seed"].nunique().min()
    assert f"the mean of {seeds} runs" in text


def test_without_an_address_there_are_no_launch_buttons(pages):
    if yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"][
        "url"
    ]:
        pytest.skip("this copy has an address")
    assert not any("colab.research.google.com" in str(page) for page in pages.values())


def test_with_an_address_a_chapter_opens_in_colab_and_links_to_its_source(
    html, tmp_path
):
    source = BUILD / "small" / "source"
    config = yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))
    original = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    address = "https://github.com/someone/some-book"
    config["repository"] = {**original["repository"], "url": address}
    config["launch_buttons"] = original["launch_buttons"]
    config["html"]["use_repository_button"] = True
    copy = tmp_path / "source"
    shutil.copytree(source, copy)
    (copy / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    # Without the API, which has nothing to do with an address and takes longest.
    shutil.copy(ROOT / "book" / "api.md", copy / "book")
    for page in copy.glob("book/*.md"):
        page.write_text(re.sub(r"\{py:\w+\}", "", page.read_text(encoding="utf-8")))
    start = build_html(copy, tmp_path)
    name = chapters()[0].stem
    links = {
        link.get("href")
        for link in BeautifulSoup(
            (start.parent / "notebooks" / f"{name}.html").read_text(), "html.parser"
        ).select("a")
    }
    assert (
        f"https://colab.research.google.com/github/someone/some-book/blob/executed/notebooks/{name}.ipynb"
        in links
    )
    assert address in links


def test_a_broken_link_stops_the_build(html, tmp_path, capfd):
    source = tmp_path / "source"
    (source / "book").mkdir(parents=True)
    (source / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    (source / "_config.yml").write_text("title: Broken\nonly_build_toc_files: true\n")
    (source / "book" / "index.md").write_text(
        "# Broken\n\nSee [nothing](nowhere.md).\n"
    )
    with pytest.raises(RuntimeError, match="the pages have faults"):
        build_html(source, tmp_path)
    assert "nowhere.md" in capfd.readouterr().out
