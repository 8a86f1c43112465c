"""The table of contents, beside the files that it names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bookbuild.contents import chapters

ROOT = Path(__file__).parents[2]


def test_the_table_of_contents_and_the_folders_agree(tmp_path):
    assert [path.stem[:2] for path in chapters()] == [
        f"{k:02d}" for k in range(1, len(chapters()) + 1)
    ]
    for folder in ("book", "notebooks"):
        (tmp_path / folder).mkdir()
        for path in [*(ROOT / folder).glob("*.md"), *(ROOT / folder).glob("*.ipynb")]:
            (tmp_path / folder / path.name).touch()
    shutil.copyfile(ROOT / "_toc.yml", tmp_path / "_toc.yml")
    chapters(tmp_path)
    (tmp_path / "notebooks" / "99_forgotten.ipynb").touch()
    with pytest.raises(ValueError, match=r"notebooks/99_forgotten is not in _toc\.yml"):
        chapters(tmp_path)
    (tmp_path / "notebooks" / "99_forgotten.ipynb").unlink()
    (tmp_path / "book" / "glossary.md").unlink()
    with pytest.raises(
        ValueError, match=r"_toc\.yml names book/glossary, but there is no such file"
    ):
        chapters(tmp_path)
