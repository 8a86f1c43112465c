import hashlib
import json

import pytest

from alutils.labelling.outputs import read_facts, read_written, write_folder

KIND = "a kind"


@pytest.fixture
def folder(tmp_path):
    return write_folder(
        tmp_path / "of" / "mine", {"a": b"1", "b": b"2"}, {"k": 3}, KIND
    )


def test_a_folder_tells_what_it_is_and_the_sums_of_its_files(folder):
    facts = read_facts(folder, KIND)
    assert facts["k"] == 3
    assert facts["files"]["a"] == hashlib.sha256(b"1").hexdigest()
    assert read_written(folder, facts, "b") == b"2"
    assert {path.name for path in folder.iterdir()} == {"a", "b", "facts.json"}


def test_an_older_one_is_replaced_and_what_others_put_there_stays(folder):
    (folder / "mine.txt").write_text("mine")
    write_folder(folder, {"b": b"3"}, {}, KIND)
    assert {path.name: path.read_bytes() for path in folder.glob("[!f]*")} == {
        "b": b"3",
        "mine.txt": b"mine",
    }


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_file_that_was_changed_is_not_replaced_and_not_read(folder, name):
    (folder / name).write_bytes(b"changed")
    with pytest.raises(FileExistsError, match=rf"{name} was changed since"):
        write_folder(folder, {"c": b"3"}, {}, KIND)
    with pytest.raises(ValueError, match="not as it was written"):
        read_written(folder, read_facts(folder, KIND), name)
    assert not (folder / "c").exists()


@pytest.mark.parametrize("name", ["a", "facts.json"])
def test_a_file_of_somebody_else_is_not_replaced(tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(FileExistsError, match=rf"{name} is there and belongs to no a"):
        write_folder(tmp_path, {"a": b"1"}, {}, KIND)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["{}"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "another", "files": {}}'])
def test_facts_of_another_kind_are_refused(tmp_path, text):
    (tmp_path / "facts.json").write_text(text)
    with pytest.raises(ValueError, match="is that of no a kind"):
        read_facts(tmp_path, KIND)


@pytest.mark.parametrize("files", [None, 3, ["a"], {"a": 3}])
def test_facts_that_lost_the_sums_are_refused(folder, files):
    facts = read_facts(folder, KIND)
    (folder / "facts.json").write_text(json.dumps(facts | {"files": files}))
    with pytest.raises(ValueError, match="is that of no a kind"):
        read_facts(folder, KIND)


def test_a_name_that_leads_out_of_the_folder_is_refused(folder):
    facts = read_facts(folder, KIND)
    facts["files"]["../mine"] = "0"
    (folder / "facts.json").write_text(json.dumps(facts))
    with pytest.raises(ValueError, match="is that of no a kind"):
        read_facts(folder, KIND)
