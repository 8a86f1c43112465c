"""A reader's own reviews, in a folder: each file one text. The files are only read."""

from __future__ import annotations

import os
from pathlib import Path

from alutils.corpus.classes import shown
from alutils.corpus.columns import Columns, Description
from alutils.corpus.files import told_of, utf8
from alutils.corpus.lookup import known_suffixes
from alutils.corpus.reviews import Reviews

KIND = "a folder of text files (its path with a slash, as in texts/)"


def reads(source: object) -> bool:
    """Whether it is the path of a folder, or must be meant as one."""
    if not isinstance(source, (str, Path)):
        return False
    path = Path(source).expanduser()
    return path.is_dir() or ("/" in str(source) and not path.suffix)


def read(folder: Path, said: Description) -> Reviews:
    """The texts of a folder, by the names of their files. Sub-folders are named after
    classes; a text outside them has the label -1. Hidden files and folders do not count.

    Raises
    ------
    ValueError
        If a file is no text, or the sub-folders are not what they should be.
    FileNotFoundError
        If the folder, or a file in it, cannot be opened.
    """
    with told_of(f"folder {folder}"):
        said.leave_out("text_column", because="has no columns")
        if not said.has_no_labels:
            said.leave_out("label_column", because="has no columns")
        files, labels = _files_and_labels(folder)
        _check_that_they_are_texts(files)
        if said.has_no_labels:
            labels = None
        elif not any(labels) and said.classes is None:
            raise ValueError(
                "has no sub-folders with texts, whose names would be the labels: put the"
                " texts into folders named after their classes. If nobody has labelled"
                " them yet, load_reviews(…, classes=()) reads them as they are"
            )
    texts = []
    for file in files:
        with told_of(f"file {_shown(file)}"):
            if file.exists() and not file.is_file():
                raise ValueError("is no file that holds anything: take it out")
            advice = "move it away, or save it as text in UTF-8"
            data = utf8(file.read_bytes(), said.encoding, advice=advice)
            texts.append(data.decode())
    with told_of(f"folder {folder}"):
        names = [_shown(file.relative_to(folder)) for file in files]
        columns = Columns(texts, labels, place="file", places=names)
        texts, numbers, classes = columns.checked(said)
        return Reviews(texts, numbers, folder.resolve().name, classes)


def _files_and_labels(folder: Path) -> tuple[list[Path], list[str]]:
    entries = _entries(folder)
    files = [entry for entry in entries if not entry.is_dir()]
    labels = [""] * len(files)
    for of_class in entries:
        if of_class.is_dir():
            inside = _entries(of_class)
            _check_that_it_holds_files_only(of_class, inside)
            files += inside
            labels += [_class_name(of_class)] * len(inside)
    return files, labels


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _check_that_it_holds_files_only(of_class: Path, inside: list[Path]) -> None:
    if deeper := [path.name for path in inside if path.is_dir()]:
        raise ValueError(
            f"has folders in its sub-folder {of_class.name!r} ({shown(deeper)}): expected"
            " texts in sub-folders that are named after classes. Give the folder that"
            " holds these"
        )


def _check_that_they_are_texts(files: list[Path]) -> None:
    if not files:
        raise ValueError("holds no files: expected one for each text")
    tables = known_suffixes()
    for file in files:
        if file.suffix.lower() in tables:
            raise ValueError(
                f"holds {_shown(file)!r}, which is no text but a file of several: give its"
                " own path, or move it away"
            )


def _class_name(of_class: Path) -> str:
    name = of_class.name.strip()
    if _shown(of_class) != str(of_class) or not name:
        raise ValueError(
            f"has a sub-folder whose name is no text ({os.fsencode(of_class.name)!r}):"
            " give it a name in UTF-8"
        )
    return name


def _shown(path: Path) -> str:
    """A path that can be printed, even if its name is no text."""
    return str(path).encode("utf-8", "backslashreplace").decode()
