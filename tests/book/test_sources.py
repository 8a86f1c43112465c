"""The light chapters on other reviews than their own; every_source.py has them all."""

from __future__ import annotations

import pytest
from sources import faults, outputs_on, short_texts

from bookbuild.contents import chapters

each_light_chapter = pytest.mark.parametrize(
    "notebook", chapters()[:2], ids=lambda path: path.stem
)


@each_light_chapter
def test_a_chapter_runs_on_single_sentences(notebook, tmp_path):
    assert faults(outputs_on(notebook, tmp_path, source="rotten_tomatoes")) == []


@each_light_chapter
def test_a_chapter_runs_on_a_file_of_a_thousand_short_texts(notebook, tmp_path):
    parameters = short_texts(tmp_path / "mine.csv")
    outputs = outputs_on(notebook, tmp_path, **parameters)
    assert faults(outputs) == []
    markdown = [
        str(output.data.get("text/markdown")) for output in outputs if "data" in output
    ]
    (banner,) = [text for text in markdown if "**This page was run**" in text]
    assert "on 1,000 reviews (mine.csv)" in banner
