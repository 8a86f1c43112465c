"""Execute the notebooks and build the pages; `make book` calls it."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pandas as pd
import yaml

from alutils.cache import digest
from alutils.figures.style import pictures_of
from alutils.provenance import permitted_cores
from bookbuild import be_the_oracle, dark
from bookbuild.address import with_address
from bookbuild.api import with_modules
from bookbuild.contents import chapters
from bookbuild.execute import ROOT, check_profile, execute_all
from bookbuild.exercises import with_exercises
from bookbuild.headline import figures
from bookbuild.numbers import substitutions
from bookbuild.slides import build_slides, slides_sources
from bookbuild.stills import with_stills_apart

BUILD = ROOT / "build"
SOURCES = ("book/*.md", "book/*.bib", "book/figures/*", "_templates/*")
SOURCES += ("_static/*", "_scripts/**/*.*")
PDF = "../_downloads/active-learning-on-movie-reviews.pdf"  # from a page of book/


def write_if_changed(content: bytes, target: Path) -> None:
    """Write a file unless it holds the same bytes, so that Sphinx sees what changed."""
    if not target.is_file() or target.read_bytes() != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def stage(executed: list[Path], build: Path, offer_pdf: bool = False) -> Path:
    """Lay the sources together: pages, executed notebooks, and the tracked numbers."""
    source = build / "source"
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config = with_address(config)
    oracle_files, oracle_figures, oracle_numbers = be_the_oracle.staged(source)
    numbers = substitutions()
    config["parse"]["myst_substitutions"] = {
        **numbers,
        **oracle_numbers,
        # A link only where pdf.py is to follow.
        "pdf": f'You can also <a href="{PDF}">read it as a PDF</a>.'
        if offer_pdf
        else "",
    }
    wanted = {source / "_toc.yml": (ROOT / "_toc.yml").read_bytes(), **oracle_files}
    twins = source / dark.FOLDER
    for name, figure in {**figures(), **oracle_figures}.items():
        light, wanted[twins / name] = pictures_of(figure).values()
        wanted[source / "book" / "figures" / name] = light
    for pattern in SOURCES:
        for path in ROOT.glob(pattern):
            wanted[source / path.relative_to(ROOT)] = path.read_bytes()
    api = source / "book" / "api.md"
    wanted[api] = with_modules(wanted[api].decode()).encode()
    handout = source / "book" / "exercises.md"
    wanted[handout] = with_exercises(wanted[handout].decode(), chapters()).encode()
    for path in ROOT.glob("book/figures/*.svg"):
        drawing = path.read_text(encoding="utf-8")
        wanted[twins / path.name] = dark.in_dark(drawing).encode()
    for path in executed:
        page, dark_ones = dark.taken_out(with_run_time(path))
        wanted[source / "notebooks" / path.name] = page
        wanted |= {twins / name: picture for name, picture in dark_ones.items()}
    folder = source / "book" / "figures"
    pictures = {p.name: wanted[p] for p in wanted if p.parent == folder}
    for name, content in slides_sources(executed, pictures, numbers).items():
        wanted[source / "slides" / name] = content
    # Sphinx copies styles and scripts only where it writes pages.
    parts = [wanted[p] for p in sorted(wanted) if p.suffix in (".css", ".js", ".svg")]
    config["sphinx"]["config"]["html_context"]["styles"] = digest(parts)
    wanted[source / "_config.yml"] = yaml.safe_dump(config, sort_keys=False).encode()
    for path in source.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    for path, content in wanted.items():
        write_if_changed(content, path)
    return source


def with_run_time(executed: Path) -> bytes:
    """A notebook for the pages: its run time under the title, the values that it was run
    with folded, no machine's paths."""
    notebook = with_stills_apart(nbformat.read(executed, 4))
    run = notebook.metadata.pop("book")
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for key in ("execution", "papermill"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.metadata.tags.append("hide-input")
            prompt = "Show the values that this page was run with"
            cell.metadata["mystnb"] = {"code_prompt_show": prompt}
    title, _, rest = notebook.cells[0].source.partition("\n")
    line = (  # as HTML, which the descriptions for search engines leave out
        '<p class="run-time">What you see on this page was computed with profile'
        f" <code>{run.profile}</code> in {run.seconds:.0f} seconds.</p>"
    )
    notebook.cells[0].source = f"{title}\n\n{line}\n{rest}"
    return nbformat.writes(notebook).encode()


def keep_results(executed: list[Path], build: Path) -> None:
    """Copy the results of a run into results, with what each chapter took."""
    kept = ROOT / "results"
    runs = [
        {"chapter": path.stem, **nbformat.read(path, 4).metadata.book}
        for path in executed
    ]
    table = pd.DataFrame(runs)[["chapter", "profile", "seconds"]].round({"seconds": 0})
    table = table.assign(cores=permitted_cores())
    table.to_csv(kept / f"run_times_{build.name}.csv", index=False, lineterminator="\n")
    for path in (build / "results").glob("*.csv"):
        shutil.copyfile(path, kept / path.name)
    print(f"kept in results: {', '.join(sorted(p.name for p in kept.iterdir()))}")


def build_html(source: Path, build: Path) -> Path:
    """Build the pages, every warning an error; returns the start page.

    Raises
    ------
    RuntimeError
        If Sphinx warned of anything; what it said has been printed.
    """
    print("  building the pages", flush=True)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build"]
    command += [str(source), "--path-output", str(build), "-W", "-n", "--keep-going"]
    # The docstrings of this checkout, and nothing of what is set for other Pythons.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        command,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout)
        raise RuntimeError("the pages have faults (above): mend them and run it again")
    return build / "_build" / "html" / "index.html"


def make_book(profile: str, keep: bool = False, offer_pdf: bool = False) -> Path:
    """Everything, from the notebooks to the start page, doing only what changed.

    Of a full run the book quotes how long each chapter took, so there the chapters run
    one after the other; otherwise as many at once as there are permitted cores.
    """
    check_profile(profile)
    build = BUILD / profile
    at_once = 1 if profile == "full" else permitted_cores()
    with one_at_a_time(build):
        print(f"Executing the notebooks with profile {profile}", flush=True)
        executed = execute_all(chapters(), profile, build, at_once=at_once)
        if keep:
            keep_results(executed, build)
        source = stage(executed, build, offer_pdf)
        made_from = build / "made-from"
        start = build / "_build" / "html" / "index.html"
        sources = sources_digest(source)
        if start.is_file() and made_from.is_file():
            if made_from.read_text(encoding="utf-8") == sources:
                print("  the pages: unchanged", flush=True)
                return start
        made_from.unlink(missing_ok=True)
        build_html(source, build)
        build_slides(source / "slides", start.parent / "slides", build)
        made_from.write_text(sources, encoding="utf-8")
        return start


def sources_digest(source: Path) -> str:
    """SHA-256 of everything that the pages are built from, docstrings included."""
    files = [
        ROOT / "requirements.txt",
        *sorted((ROOT / "alutils").rglob("*.py")),
        *sorted(path for path in source.rglob("*") if path.is_file()),
    ]
    return digest(
        part
        for file in files
        for part in (str(file.relative_to(ROOT)), file.read_bytes())
    )


@contextmanager
def one_at_a_time(build: Path) -> Iterator[None]:
    """Wait until no other build works in this folder, and keep others out meanwhile."""
    build.mkdir(parents=True, exist_ok=True)
    with open(build / "lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting: another build is at work in {build}", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield  # the lock goes with the file, whatever ends this process


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--profile", default="small")
    arguments.add_argument("--keep-results", action="store_true")
    arguments.add_argument("--offer-pdf", action="store_true")
    given = arguments.parse_args()
    try:
        start = make_book(given.profile, given.keep_results, given.offer_pdf)
    except (ValueError, RuntimeError) as error:
        sys.exit(f"make book: {error}")
    except KeyboardInterrupt:
        sys.exit(
            "\nmake book: interrupted. What ran to its end is kept, and the same"
            " command goes on from there."
        )
    print(f"The book is ready: {start}")


if __name__ == "__main__":
    main()
