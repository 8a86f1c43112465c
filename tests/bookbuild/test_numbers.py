"""What the pages quote from the tracked results."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from statsmodels.stats.proportion import test_proportions_2indep as two_proportions

from alutils.results import tracked_results
from bookbuild.numbers import chapter_title, pairs_at_full_size, substitutions

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
        for page in PAGES.glob("*.md")
        for name in re.findall(r"\{\{ *(\w+) *\}\}", page.read_text())
    }
    assert quoted - {"pdf"} == set(substitutions()) - {"pdf"}


def test_a_chapter_is_called_by_its_number_and_its_title():
    notebooks = sorted((PAGES.parent / "notebooks").glob("*.ipynb"))
    for notebook in notebooks:
        number, title = chapter_title(notebook.stem).split(". ")
        assert f"# {title}" in notebook.read_text()
        assert f"[{number}. {title}](" in (PAGES / "index.md").read_text()
