"""A reader's own folder of texts: which files count, where labels come from, faults."""

import os
from pathlib import Path

import pytest

from alutils.corpus.reviews import load_reviews


@pytest.fixture
def folder(tmp_path):
    def write(**files: str | bytes) -> Path:
        """A folder of files; "/" in a name is written as "__"."""
        root = tmp_path / "own"
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            path = root / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(
                content if isinstance(content, bytes) else content.encode()
            )
        return root

    return write


def test_each_file_is_a_text_in_the_order_of_the_names(folder):
    root = folder(b="second", a="first\r\n\tline", c="\ufeffthird, séance\n")
    own = load_reviews(root, classes=())
    assert own.texts.tolist() == ["first\r\n\tline", "second", "third, séance\n"]
    assert own.labels.tolist() == [-1, -1, -1]
    assert own.name == "own"


def test_sub_folders_are_classes_and_what_is_outside_them_has_no_label(folder):
    root = folder(neg__1="a", neg__2="b", pos__1="c", z="d")
    own = load_reviews(root)
    assert own.classes == ("neg", "pos")
    assert own.texts.tolist() == ["d", "a", "b", "c"]
    assert own.labels.tolist() == [-1, 0, 0, 1]


def test_hidden_files_and_folders_do_not_count(folder):
    root = folder(neg__1="a", pos__1="b", pos__x="c")
    (root / ".git").mkdir()
    for hidden in (".DS_Store", ".git/config", "pos/.cache"):
        (root / hidden).write_bytes(b"\0\1")
    assert load_reviews(root).texts.tolist() == ["a", "b", "c"]


def test_a_folder_may_be_named_with_or_without_a_slash(folder, monkeypatch):
    root = folder(a="text")
    monkeypatch.chdir(root.parent)
    for name in ("own", "own/", "./own", root, str(root), Path("own")):
        assert load_reviews(name, classes=()).name == "own"
    monkeypatch.chdir(root)
    assert load_reviews("./", classes=()).name == "own"


def test_a_folder_in_which_a_table_lies_is_not_taken_for_one_of_texts(folder):
    root = folder(a="a")
    (root / "tickets.CSV").write_text("text,label\na,pos\n")
    with pytest.raises(ValueError, match=r"holds '\S*own/tickets.CSV', .*its own path"):
        load_reviews(root, classes=())


def test_another_encoding_can_be_named(folder):
    root = folder(a="café".encode("cp1252"))
    with pytest.raises(ValueError, match=r"file \S*own/a is not UTF-8.*'cp1252'"):
        load_reviews(root, classes=())
    own = load_reviews(root, classes=(), encoding="cp1252")
    assert own.texts.tolist() == ["café"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "folder .*own holds no files: expected one for each text"),
        (
            {"neg__1": "a", "pos__1": b"\x89PNG\r\n\x1a\n\0\0"},
            r"file \S*own/pos/1 is not text: byte 9, in line 3, is 0: move it away, or",
        ),
        ({"a": b"\xff\xd8\xff"}, r"file \S*own/a is not UTF-8 \(byte 0xff\)"),
        (
            {"train__neg__1": "a", "train__pos__1": "b"},
            r"folders in its sub-folder 'train' \(neg, pos\).*Give the folder that holds",
        ),
        (
            {"a": "x", "neg__b": " \n"},
            r"1 reviews with an empty text \(review 2, counted from 1; file neg/b\)",
        ),
    ],
    ids=["none", "picture", "binary", "deep", "empty"],
)
def test_a_faulty_folder_is_refused_with_the_file_and_the_way_out(
    folder, files, message
):
    with pytest.raises(ValueError, match=message):
        load_reviews(folder(**files), classes=())


def test_a_folder_with_one_class_needs_another(folder):
    with pytest.raises(ValueError, match=r"1 different labels in it \('neg'\)"):
        load_reviews(folder(neg__a="a"))


def test_columns_are_for_files_that_have_some(folder):
    with pytest.raises(ValueError, match="has no columns: leave out text_column"):
        load_reviews(folder(a="a"), classes=(), text_column="a")


def test_names_that_are_no_text_are_read_but_name_no_class(folder):
    root = folder(a="a")
    (root / os.fsdecode(b"\xe9t\xe9")).write_text("b")
    assert len(load_reviews(root, classes=())) == 2
    (root / os.fsdecode(b"empty \xe9")).write_text("")
    with pytest.raises(ValueError, match=r"file empty \\udce9") as refused:
        load_reviews(root, classes=())
    str(refused.value).encode()  # it can be printed
    of_class = root / os.fsdecode(b"gr\xfcn")
    of_class.mkdir()
    (of_class / "1").write_text("c")
    with pytest.raises(ValueError, match=r"name is no text \(b'gr\\xfcn'\)") as refused:
        load_reviews(root, classes=())
    str(refused.value).encode()


def test_what_cannot_be_opened_is_named(folder):
    root = folder(a="a")
    (root / "link").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError, match=r"file \S*own/link cannot be opened"):
        load_reviews(root, classes=())
    (root / "link").unlink()
    os.mkfifo(root / "pipe")
    with pytest.raises(ValueError, match=r"file \S*own/pipe is no file"):
        load_reviews(root, classes=())
    with pytest.raises(FileNotFoundError, match=r"cannot be opened \(Not a directory"):
        load_reviews(f"{root}/a", classes=())
