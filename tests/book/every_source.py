"""Every chapter on other reviews than its own; `make test-sources` runs it, for it takes
too long for each change."""

from __future__ import annotations

import pytest
from sources import faults, outputs_on, short_texts

from bookbuild.contents import chapters

each_chapter = pytest.mark.parametrize(
    "notebook", chapters(), ids=lambda path: path.stem
)


@each_chapter
def test_a_chapter_runs_on_single_sentences(notebook, tmp_path):
    assert faults(outputs_on(notebook, tmp_path, source="rotten_tomatoes")) == []


@each_chapter
def test_a_chapter_runs_on_a_file_of_a_thousand_short_texts(notebook, tmp_path):
    parameters = short_texts(tmp_path / "mine.csv")
    assert faults(outputs_on(notebook, tmp_path, **parameters)) == []
