import io
import os

import numpy as np
import pytest

from alutils.cache import cache_folder, cached_arrays, digest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALUTILS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Maker:
    """Makes an array, and counts how often it had to."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return {"numbers": np.arange(1000), "words": np.array(["one", "two"])}


def same(found, expected):
    return found.keys() == expected.keys() and all(
        np.array_equal(found[name], expected[name]) for name in expected
    )


def test_the_folder_is_the_one_that_the_environment_names(folder):
    assert cache_folder() == folder


def test_a_second_call_returns_the_same_arrays_without_making_them_again(folder):
    make = Maker()
    first, second = cached_arrays("key", make), cached_arrays("key", make)
    assert make.times == 1
    assert same(second, first)


def test_another_key_is_made_anew(folder):
    make = Maker()
    cached_arrays("key", make)
    cached_arrays("other", make)
    assert make.times == 2


def test_only_whole_files_are_left_in_the_folder(folder):
    cached_arrays("key", Maker())
    assert [file.name for file in folder.iterdir()] == ["key.npz"]


def one_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole: whole[: len(whole) // 2], id="cut in the middle"),
        pytest.param(lambda whole: whole[:-1], id="last byte gone"),
        pytest.param(lambda whole: b"", id="empty"),
        pytest.param(lambda whole: bytes(range(256)) * 8, id="no archive"),
        pytest.param(
            lambda whole: whole[:2000] + bytes([whole[2000] ^ 255]) + whole[2001:],
            id="one byte changed",
        ),
        pytest.param(lambda whole: one_array(), id="one array, no archive"),
    ],
)
def test_a_damaged_file_is_made_again(folder, damage):
    make = Maker()
    expected = cached_arrays("key", make)
    path = folder / "key.npz"
    path.write_bytes(damage(path.read_bytes()))
    assert same(cached_arrays("key", make), expected)
    assert same(cached_arrays("key", make), expected)
    assert make.times == 2


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    # A folder below a file: not even an administrator can make it.
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ALUTILS_CACHE", str(tmp_path / "file" / "cache"))
    make = Maker()
    assert same(cached_arrays("key", make), cached_arrays("key", make))
    assert make.times == 2


class Harm:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickle_in_the_folder_is_not_opened(folder, tmp_path):
    folder.mkdir()
    mark = tmp_path / "harm-done"
    np.savez(folder / "key.npz", numbers=np.array([Harm(mark)], dtype=object))
    make = Maker()
    assert same(cached_arrays("key", make), make())
    assert not mark.exists()


def test_no_pickle_is_written(folder):
    with pytest.raises(TypeError, match="would be stored as pickles: convert them"):
        cached_arrays("key", lambda: {"texts": np.array(["a", "b"], dtype=object)})
    assert list(folder.glob("*")) == []


def test_a_digest_tells_apart_what_only_looks_alike_when_joined():
    assert (
        digest(["ab", "c"])
        != digest(["a", "bc"])
        != digest(["abc"])
        != digest(["abc", ""])
    )
    assert digest(["é"]) == digest(["é".encode()])
