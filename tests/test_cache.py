import io
import json
import multiprocessing.pool
import os
import signal
import subprocess
import sys
import textwrap
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

import alutils.cache
from alutils.cache import (
    arrays_to_texts,
    cache_folder,
    cached_arrays,
    digest,
    texts_to_arrays,
)


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
        return {"numbers": np.arange(10_000), "words": np.array(["one", "two"])}


def same(found, expected):
    return found.keys() == expected.keys() and all(
        np.array_equal(found[name], expected[name]) for name in expected
    )


# --- the folder


def test_the_folder_is_the_one_that_the_environment_names(folder):
    assert cache_folder() == folder


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("ALUTILS_CACHE", "~/x")
    cached_arrays("key", Maker())
    assert (tmp_path / "home" / "x" / "key").is_dir()
    monkeypatch.delenv("ALUTILS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "~/y")
    cached_arrays("key", Maker())
    assert not (tmp_path / "~").exists()


def test_a_home_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("ALUTILS_CACHE", "~nobody-of-this-name/x")
    with pytest.raises(
        ValueError, match=r"no home folder '~nobody-of-this-name'.*whole"
    ):
        cache_folder()


# --- what is kept


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


def test_only_whole_entries_are_left_in_the_folder(folder):
    cached_arrays("key", Maker())
    assert [entry.name for entry in folder.iterdir()] == ["key"]
    files = sorted(file.name for file in (folder / "key").iterdir())
    assert files == ["numbers.npy", "sums.json", "words.npy"]


kept_types = st.one_of(
    arrays_of.scalar_dtypes(),
    arrays_of.byte_string_dtypes(),
    arrays_of.unicode_string_dtypes(),
    st.just(np.dtype([("name", "U3"), ("place", "<f8", (2,))])),
)
any_arrays = st.dictionaries(
    st.from_regex("[a-z0-9_]+", fullmatch=True).filter(lambda name: len(name) < 50),
    arrays_of.arrays(
        kept_types, arrays_of.array_shapes(min_dims=0, min_side=0, max_dims=3)
    ),
    max_size=3,
)


@settings(max_examples=200)
@given(made=any_arrays)
@example({"large": np.arange(10_000), "in_columns": np.ones((99, 99), order="F")})
@example({"none": np.empty((0, 5), dtype=np.float32), "one": np.array(3)})
def test_arrays_come_back_as_they_were_and_cannot_be_written(tmp_path_factory, made):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALUTILS_CACHE", str(tmp_path_factory.mktemp("cache")))
        first = cached_arrays("key", lambda: made)
        second = cached_arrays("key", lambda: pytest.fail("made again"))
    for found in (first, second):
        assert found.keys() == made.keys()
        for name, array in found.items():
            assert (array.dtype, array.shape) == (made[name].dtype, made[name].shape)
            assert array.tobytes() == made[name].tobytes()
            assert not array.flags.writeable


def test_large_arrays_are_mapped_into_memory(folder):
    for _ in range(2):  # those just made, and those found
        part = cached_arrays("key", Maker())["numbers"]
        while not isinstance(part, np.memmap):
            part = part.base
            assert part is not None, "in memory of its own"


def test_the_arrays_of_the_maker_stay_writable(folder, tmp_path, monkeypatch):
    own = np.arange(10_000)
    cached_arrays("key", lambda: {"numbers": own})
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ALUTILS_CACHE", str(tmp_path / "file" / "cache"))
    found = cached_arrays("key", lambda: {"numbers": own})["numbers"]
    assert own.flags.writeable
    assert not found.flags.writeable


@given(texts=st.lists(st.text(st.characters(codec=None))))
@example(["", "a\0", "\0", "\ud800"])
def test_texts_come_back_from_their_arrays_to_the_character(texts):
    assert arrays_to_texts(texts_to_arrays(texts)) == texts


def test_one_long_text_costs_no_room_for_the_others():
    arrays = texts_to_arrays(["x" * 100_000, *["short"] * 1_000])
    assert sum(array.nbytes for array in arrays.values()) < 120_000


@pytest.mark.parametrize("name", ["", "a/b", "../a", "A", "a.b", "é"])
def test_a_name_that_is_no_file_name_everywhere_is_refused(folder, name):
    with pytest.raises(ValueError, match="expected small letters"):
        cached_arrays("key", lambda: {name: np.arange(3)})
    assert list(folder.glob("*")) == []


# --- what is damaged


def another_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


@pytest.mark.parametrize("name", ["numbers.npy", "words.npy", "sums.json"])
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole: whole[: len(whole) // 2], id="cut in the middle"),
        pytest.param(lambda whole: whole[:-1], id="last byte gone"),
        pytest.param(lambda whole: b"", id="empty"),
        pytest.param(lambda whole: bytes(range(256)) * 8, id="no array"),
        pytest.param(
            lambda whole: whole[:20] + bytes([whole[20] ^ 255]) + whole[21:],
            id="one early byte changed",
        ),
        pytest.param(
            lambda whole: whole[:-2] + bytes([whole[-2] ^ 255]) + whole[-1:],
            id="one late byte changed",
        ),
        pytest.param(lambda whole: another_array(), id="another array"),
        pytest.param(lambda whole: None, id="gone"),
    ],
)
def test_a_damaged_file_is_made_again(folder, damage, name):
    make = Maker()
    expected = cached_arrays("key", make)
    path = folder / "key" / name
    damaged = damage(path.read_bytes())
    path.unlink()
    if damaged is not None:
        path.write_bytes(damaged)
    assert same(cached_arrays("key", make), expected)
    assert same(cached_arrays("key", make), expected)
    assert make.times == 2


@pytest.mark.parametrize("what", ["an empty folder", "a file", "a link to nothing"])
def test_something_else_of_that_name_is_replaced(folder, what):
    folder.mkdir()
    if what == "an empty folder":
        (folder / "key").mkdir()
    elif what == "a file":
        (folder / "key").write_text("no folder")
    else:
        (folder / "key").symlink_to("nowhere")
    make = Maker()
    assert same(cached_arrays("key", make), cached_arrays("key", make))
    assert make.times == 1


def test_an_entry_of_the_older_form_is_left_as_it_is(folder):
    folder.mkdir()
    (folder / "key.npz").write_bytes(b"of old")
    make = Maker()
    assert same(cached_arrays("key", make), make())
    assert (folder / "key.npz").read_bytes() == b"of old"


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    # A folder below a file: not even an administrator can make it.
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ALUTILS_CACHE", str(tmp_path / "file" / "cache"))
    make = Maker()
    assert same(cached_arrays("key", make), cached_arrays("key", make))
    assert make.times == 2


def test_a_disk_that_is_full_only_costs_time_and_keeps_no_half(folder, monkeypatch):
    def full(file):
        raise OSError(28, "No space left on device")

    make = Maker()
    with monkeypatch.context() as patch:
        patch.setattr(alutils.cache.os, "fsync", full)
        assert same(cached_arrays("key", make), make())
    assert list(folder.iterdir()) == []
    cached_arrays("key", make)
    assert [entry.name for entry in folder.iterdir()] == ["key"]


class Harm:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickle_in_the_folder_is_not_opened(folder, tmp_path):
    make = Maker()
    cached_arrays("key", make)
    mark = tmp_path / "harm-done"
    file = folder / "key" / "numbers.npy"
    np.save(file, np.array([Harm(mark)], dtype=object), allow_pickle=True)
    sums = folder / "key" / "sums.json"
    forged = json.loads(sums.read_text()) | {"numbers": zlib.crc32(file.read_bytes())}
    sums.write_text(json.dumps(forged))
    assert same(cached_arrays("key", make), make())
    assert not mark.exists()


def test_no_pickle_is_written(folder):
    with pytest.raises(TypeError, match="would be stored as pickles: convert them"):
        cached_arrays("key", lambda: {"texts": np.array(["a", "b"], dtype=object)})
    assert list(folder.glob("*")) == []


# --- several processes

MAKING = """
    import os, sys, time
    import numpy as np
    from alutils.cache import cached_arrays

    def make():
        with open(sys.argv[1], "a") as log:
            log.write(f"{os.getpid()}\\n")
        time.sleep(float(sys.argv[2]))
        numbers = np.arange(3_000_000)
        return {"first": numbers, "second": numbers[::-1], "last": numbers * 2}

    print("ready", flush=True)
    found = cached_arrays("key", make)
    print(sum(int(array.sum()) for array in found.values()), flush=True)
"""
ANSWER = str(4 * sum(range(3_000_000)))


@pytest.fixture
def start(folder, tmp_path):
    """Start a process that wants the arrays, and says when it begins and what it got."""
    script = tmp_path / "making.py"
    script.write_text(textwrap.dedent(MAKING))
    running = []

    def start(seconds_to_make: float) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, script, tmp_path / "log", str(seconds_to_make)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def makers(tmp_path) -> list[str]:
    log = tmp_path / "log"
    return log.read_text().split() if log.exists() else []


def wait_for(condition) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


needs_locks = pytest.mark.skipif(
    alutils.cache.fcntl is None, reason="no locks on this system"
)


@needs_locks
def test_of_processes_that_want_the_same_at_once_one_makes_it(start, folder, tmp_path):
    processes = [start(1.0) for _ in range(4)]
    answers = [process.communicate(timeout=120)[0].split() for process in processes]
    assert answers == [["ready", ANSWER]] * 4
    assert len(makers(tmp_path)) == 1
    assert [entry.name for entry in folder.iterdir()] == ["key"]


@needs_locks
def test_a_maker_that_is_killed_leaves_no_one_waiting(start, folder, tmp_path):
    dying = start(600)
    wait_for(lambda: makers(tmp_path))
    waiting = start(0)
    assert waiting.stdout.readline() == "ready\n"
    time.sleep(0.2)  # so that it waits, or at least may do so
    dying.kill()
    assert waiting.communicate(timeout=60)[0].strip() == ANSWER
    assert makers(tmp_path) == [str(dying.pid), str(waiting.pid)]
    assert [entry.name for entry in folder.iterdir()] == ["key"]


def test_a_process_killed_while_it_writes_leaves_no_readable_half(
    start, folder, tmp_path
):
    seen_half = False
    for delay in np.linspace(0, 0.15, 10):
        process = start(0)
        before = len(makers(tmp_path))
        wait_for(lambda before=before: len(makers(tmp_path)) > before)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen_half |= any(folder.glob("*.draft"))
        # Whatever was left: the answer is right, and nothing else stays.
        made = cached_arrays("key", lambda: {"numbers": np.arange(10)})
        if "numbers" in made:
            assert same(made, {"numbers": np.arange(10)})
        else:
            assert str(sum(int(array.sum()) for array in made.values())) == ANSWER
        assert [entry.name for entry in folder.iterdir()] == ["key"]
        for file in (folder / "key").iterdir():
            file.unlink()
        (folder / "key").rmdir()
    assert seen_half


def test_without_locks_every_process_makes_its_own(folder, monkeypatch):
    monkeypatch.setattr(alutils.cache, "fcntl", None)
    make = Maker()
    inner = Maker()

    def both():
        # Another one is done while this one still makes.
        cached_arrays("key", inner)
        return make()

    assert same(cached_arrays("key", both), make())
    assert inner.times == 1
    assert [entry.name for entry in folder.iterdir()] == ["key"]


def test_a_maker_that_fails_fails_for_itself_alone(folder):
    def fail():
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        cached_arrays("key", fail)
    assert list(folder.iterdir()) == []
    make = Maker()
    assert same(cached_arrays("key", make), make())


@needs_locks
def test_threads_wait_for_each_other_too(folder):
    make = Maker()

    def slowly():
        time.sleep(0.3)
        return make()

    with multiprocessing.pool.ThreadPool(4) as threads:
        threads.map(lambda _: cached_arrays("key", slowly), range(4))
    assert make.times == 1


# --- digests


def test_a_digest_tells_apart_what_only_looks_alike_when_joined():
    assert (
        digest(["ab", "c"])
        != digest(["a", "bc"])
        != digest(["abc"])
        != digest(["abc", ""])
    )
    assert digest(["é"]) == digest(["é".encode()])


@given(arrays_of.arrays(arrays_of.scalar_dtypes(), arrays_of.array_shapes(min_side=0)))
def test_the_digest_of_an_array_is_that_of_its_bytes(array):
    assert digest([array]) == digest([array.tobytes()])
