import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.files import written_whole


@given(st.lists(st.binary(max_size=50)))
def test_what_is_written_is_there_and_nothing_beside_it(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("files") / "name.of it"
    for content in ([b"old"], pieces):
        with written_whole(path) as file:
            file.writelines(content)
    assert path.read_bytes() == b"".join(pieces)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("there_before", [True, False])
@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interruption_leaves_the_old_file_or_none(
    tmp_path, monkeypatch, there_before, call, error
):
    def interrupted(*_):
        raise error

    path = tmp_path / "name"
    if there_before:
        path.write_bytes(b"old")
    with monkeypatch.context() as patched, pytest.raises(error):
        if call != "write":
            patched.setattr(os, call, interrupted)
        with written_whole(path) as file:
            file.write(b"half")
            if call == "write":
                interrupted()
    left = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert left == ({"name": b"old"} if there_before else {})


def test_until_the_end_the_old_file_is_there_whole(tmp_path):
    path = tmp_path / "name"
    path.write_bytes(b"old")
    with written_whole(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_the_file_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    calls = []
    for call in ("fsync", "replace"):
        real = getattr(os, call)

        def noted(*given, real=real, call=call):
            calls.append(call)
            return real(*given)

        monkeypatch.setattr(os, call, noted)
    with written_whole(tmp_path / "name") as file:
        file.write(b"new")
    assert calls[:2] == ["fsync", "replace"]


def test_what_cannot_be_written_is_named_as_it_was_asked_for(tmp_path):
    path = tmp_path / "nowhere" / "name"
    with pytest.raises(FileNotFoundError) as caught, written_whole(path):
        pass
    assert str(caught.value) == f"[Errno 2] No such file or directory: '{path}'"
