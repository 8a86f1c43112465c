"""What the pages quote from the tracked results."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from statsmodels.stats.proportion import test_proportions_2indep as two_proportions

from alutils.results import tracked_results
from bookbuild.contents import chapters
from bookbuild.numbers import (
    chapter_title,
    pairs_at_full_size,
    reading_minutes,
    run_times,
    substitutions,
)

PAGES = Path(__file__).parents[2] / "book"


def test_every_pair_is_judged_as_statsmodels_judges_it():
    pairs = pairs_at_full_size()
    logs = tracked_results("published_logs").groupby(["version", "arm"]).last()
    replica = tracked_results("replica").groupby(["seed", "arm"]).last()
    expected = {
        version: (logs.loc[version, "full data"], logs.loc[version, "ratio loop"])
        for version in logs.index.unique("version")
    } | {
        f"seed {seed}": (
            replica.loc[seed, "full data, published shuffle"],
            replica.loc[seed, "as published"],
        )
        for seed in replica.index.unique("seed")
    }
    assert set(expected) | {"chapter 4"} == set(pairs.index)
    for name, (full, loop) in expected.items():
        right = [round(run["accuracy"] * run["reviews"]) for run in (full, loop)]
        gap, p = (
            pairs.loc[name, "gap"],
            two_proportions(
                right[0], full["reviews"], right[1], loop["reviews"], method="wald"
            ).pvalue,
        )
        assert gap == pytest.approx((right[0] - right[1]) / full["reviews"])
        assert pairs.loc[name, "told_apart"] == (p < 0.05)


def test_published_pairs_are_told_from_the_book_s_own():
    pairs = pairs_at_full_size()
    assert pairs.index[pairs["published"]].tolist() == ["Keras 2", "Keras 3"]


def test_every_name_in_braces_has_its_number_and_no_number_is_left_over():
    quoted = {
        name
        for page in PAGES.rglob("*.md")
        for name in re.findall(r"\{\{ *(\w+) *\}\}", page.read_text())
    }
    of_one_page = {name for name in quoted if name.startswith("oracle_")}
    assert quoted - {"pdf"} - of_one_page == set(substitutions()) - {"pdf"}


def test_a_chapter_is_called_by_its_number_and_its_title():
    notebooks = sorted((PAGES.parent / "notebooks").glob("*.ipynb"))
    for notebook in notebooks:
        number, title = chapter_title(notebook.stem).split(". ")
        assert f"# {title}" in notebook.read_text()
        assert f"[{number}. {title}](" in (PAGES / "index.md").read_text()


def chapter(*cells):
    """A notebook of Markdown cells (text) and code cells (lists of tags)."""
    new = nbformat.v4
    return new.new_notebook(
        cells=[
            new.new_markdown_cell(cell)
            if isinstance(cell, str)
            else new.new_code_cell("x = 1", metadata={"tags": cell})
            for cell in cells
        ]
    )


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        (["word " * 1000], 5),
        (["word " * 1000 + "once – more"], 10),  # a dash is no word
        (["word " * 900, []], 5),
        (["word " * 900, [], []], 10),
        (["word " * 900, [], ["hide-input"], ["remove-input", "hide-output"]], 5),
        (["word " * 1000, "```{exercise} A\n:label: ex-a\n```"], 5),
        (["word " * 1000, "```{exercise} A\n:label: ex-a\n\nWhy?\n```"], 10),
        (
            [
                "word " * 1000 + "\n\n```{solution-start} ex-a\n```\n\nBecause.",
                [],
                "More.\n\n```{solution-end}\n```",
            ],
            5,
        ),
    ],
)
def test_the_time_to_read_counts_words_and_open_code_outside_solutions(cells, minutes):
    assert reading_minutes(chapter(*cells)) == minutes


def test_every_chapter_has_a_time_to_read_and_a_machine_s_time_or_a_dash():
    header, _, *rows = run_times().splitlines()
    assert header == "| chapter | to read | for the machine |"
    notebooks = chapters()
    measured = set(tracked_results("run_times_full")["chapter"])
    assert len(rows) == len(notebooks)
    for notebook, row in zip(notebooks, rows, strict=True):
        assert not re.search(r"\d (minutes|seconds)", row)  # they do not break
        title, to_read, machine = row.replace("\u00a0", " ").strip("| ").split(" | ")
        assert title == chapter_title(notebook.stem)
        assert to_read == f"{reading_minutes(nbformat.read(notebook, 4))} minutes"
        assert (machine == "–") == (notebook.stem not in measured)
