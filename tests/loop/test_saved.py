import json
import os

import numpy as np
import pytest
from course import TRUTH, begin, open_again, outcome, step

from alutils.loop.saved import read_session, write_session

FACTS, ARRAYS = (
    {"one": 1, "big": 2**100},
    {"rows": np.array([3, 1]), "none": np.arange(0)},
)


def test_what_is_read_is_what_was_written(tmp_path):
    write_session(tmp_path / "new" / "folder", FACTS, ARRAYS)
    facts, arrays = read_session(tmp_path / "new" / "folder")
    assert {name: facts[name] for name in FACTS} == FACTS
    assert {name: a.tolist() for name, a in arrays.items()} == {
        "rows": [3, 1],
        "none": [],
    }


def test_a_new_state_takes_the_place_of_the_old_one_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "rows-of-my-own.npz").write_text("mine")
    for number in range(3):
        write_session(tmp_path, FACTS, {"rows": np.array([number])})
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 3
    assert (tmp_path / "rows-of-my-own.npz").read_text() == "mine"
    assert read_session(tmp_path)[1]["rows"].tolist() == [2]


def test_without_a_session_the_folder_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no session in \S*here .*begin a sess"
    ):
        read_session(tmp_path / "here")


@pytest.mark.parametrize("content", ["{}", '{"form": 1}', "[1, 2]", "not JSON", ""])
def test_a_file_that_is_not_ours_is_neither_read_nor_replaced(tmp_path, content):
    (tmp_path / "session.json").write_text(content)
    with pytest.raises(FileExistsError, match="is not a session's: save into another"):
        write_session(tmp_path, FACTS, ARRAYS)
    with pytest.raises(
        ValueError, match=r"damaged \(session\.json\): bring the folder"
    ):
        read_session(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["session.json"]
    assert (tmp_path / "session.json").read_text() == content


def test_a_session_of_another_form_is_refused_with_what_to_do(tmp_path):
    write_session(tmp_path, FACTS, ARRAYS)
    facts = json.loads((tmp_path / "session.json").read_text())
    (tmp_path / "session.json").write_text(json.dumps(facts | {"form": 2}))
    with pytest.raises(
        ValueError, match="is of form 2, expected 1: open it with the ver"
    ):
        read_session(tmp_path)


def damages(path):
    """A file cut off at some places, with a byte changed at some, and none at all."""
    whole = path.read_bytes()
    for place in np.linspace(0, len(whole) - 1, 12).astype(int):
        yield whole[:place]
        changed = bytearray(whole)
        changed[place] ^= 1
        yield bytes(changed)
    path.unlink()
    yield None


def test_a_damaged_file_is_refused_wherever_the_damage_is(tmp_path):
    write_session(tmp_path, FACTS, ARRAYS)
    rows_file = tmp_path / read_session(tmp_path)[0]["rows"]
    for path in (tmp_path / "session.json", rows_file):
        whole = path.read_bytes()
        for content in damages(path):
            if content is not None:
                path.write_bytes(content)
            try:
                facts, arrays = read_session(tmp_path)
            except FileNotFoundError:
                assert (path.name, content) == ("session.json", None)
            except ValueError as error:
                assert "bring the folder back from a copy" in str(error)
            else:  # a byte that says nothing, such as a date inside the npz file
                assert {name: facts[name] for name in FACTS} == FACTS
                assert all(np.array_equal(arrays[n], ARRAYS[n]) for n in ARRAYS)
        path.write_bytes(whole)


@pytest.mark.parametrize("call", ["fsync", "replace", "unlink"])
@pytest.mark.parametrize("which", range(4))
def test_an_interruption_leaves_the_old_session_or_the_new_one(
    tmp_path, monkeypatch, call, which
):
    session = begin("committee")
    for _ in range(4):
        step(session)
    session.save(tmp_path)
    old = outcome(open_again(tmp_path, "committee"))
    session.tell(session.ask(1), TRUTH[session.ask(1)])
    calls, real = [], getattr(os, call)

    def interrupted(*arguments, **more):
        calls.append(arguments)
        if len(calls) == which + 1:
            raise KeyboardInterrupt
        return real(*arguments, **more)

    monkeypatch.setattr(os, call, interrupted)
    try:
        session.save(tmp_path)
    except KeyboardInterrupt:
        pass
    monkeypatch.undo()
    left = outcome(open_again(tmp_path, "committee"))
    new = outcome(session)
    assert left in (old, new)
    if len(calls) <= which:
        assert left == new
