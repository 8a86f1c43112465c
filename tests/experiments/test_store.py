import fcntl
import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alutils.experiments.config import Run
from alutils.experiments.grid import Grid
from alutils.experiments.store import held
from alutils.records import read_runs

ARMS = ("random", "margin, LSA", "None", 'say "so"', "Größe", "€ \u2028")
few = settings(max_examples=20)  # each writes a file and reads it


def record_of(run: Run, seconds: float = 0.25, **changes) -> dict:
    """A made-up record of a run, with the columns that a real one has."""
    given, defaults = run.settings()
    errors = {"errors_0_as_1": 4, "errors_1_as_0": [3, 2]}
    asked = {"asked_0": 5, "asked_1": [5, 3], "beside_training": 0, "leaked": 0}
    return {
        **{"form": 1, "arm": run.arm, "seed": run.seed},
        **{"given": given, "defaults": defaults},
        **{"versions": {"python": "3"}, "commit": "0123456789ab", "test": [20, 20]},
        "rounds": {**errors, **asked, "seconds": [seconds, seconds]},
    } | changes


@pytest.fixture
def grid(tmp_path) -> Grid:
    """Six arms at two seeds; there is no record yet."""
    runs = tuple(
        Run(arm=arm, seed=seed, start={"labelled": 10 + place}, rounds=[[1, 8]])
        for seed in (0, 1)
        for place, arm in enumerate(ARMS)
    )
    return Grid("Is it all there?", runs, tmp_path / "mine.runs.jsonl")


def keys(runs) -> list[tuple[str, int]]:
    return [(run.arm, run.seed) for run in runs]


def fill(grid: Grid) -> None:
    with held(grid) as store:
        for run in grid.runs:
            store.append(record_of(run))


def test_a_record_is_there_as_soon_as_it_is_appended_and_in_one_line(grid):
    with held(grid) as store:
        assert (store.current, store.complaints) == ({}, [])
        for count, run in enumerate(grid.runs, 1):
            store.append(record_of(run))
            lines = grid.records.read_text(encoding="utf-8").split("\n")
            assert [json.loads(line)["arm"] for line in lines[:-1]][-1] == run.arm
            assert len(lines) == count + 1
    with held(grid) as store:
        assert list(store.current) == keys(grid.runs)
        assert list(store.current.values()) == [record_of(run) for run in grid.runs]
        assert store.complaints == []


@pytest.mark.parametrize("left", [b"", b"\n", b'{"form":1,"arm":"random","se'])
def test_what_was_cut_off_is_told_and_cut_away_before_the_next_record(grid, left):
    fill(grid)
    whole = grid.records.read_bytes()
    grid.records.write_bytes(whole[:-1] + left if left != b"\n" else whole)
    if left.startswith(b"{"):
        grid.records.write_bytes(whole + left)
    with held(grid) as store:
        assert list(store.current) == keys(grid.runs)
        assert len(store.complaints) == left.startswith(b"{")
        store.append(record_of(grid.runs[0]))
    line = whole[: whole.index(b"\n") + 1]
    assert grid.records.read_bytes() == whole + line


@few
@given(cut=st.floats(0, 1, exclude_max=True))
def test_after_any_cut_the_missing_runs_can_be_appended_and_none_is_lost(
    tmp_path_factory, cut
):
    runs = tuple(Run(arm=arm, rounds=[[1, 8]]) for arm in ARMS)
    path = tmp_path_factory.mktemp("cut") / "mine.runs.jsonl"
    grid = Grid("Is it all there?", runs, path)
    fill(grid)
    whole = path.read_bytes()
    left = whole[: int(cut * len(whole))]
    path.write_bytes(left if len(left) > 20 else b"")
    with held(grid) as store:
        for run in runs:
            if (run.arm, run.seed) not in store.current:
                store.append(record_of(run))
    assert path.read_bytes() == whole
    shutil.rmtree(path.parent)


def test_a_line_that_is_deleted_makes_its_run_missing_and_no_other(grid):
    fill(grid)
    lines = grid.records.read_bytes().splitlines(keepends=True)
    del lines[3]
    grid.records.write_bytes(b"".join(lines))
    with held(grid) as store:
        missing = [run for run in grid.runs if (run.arm, run.seed) not in store.current]
        assert missing == [grid.runs[3]]
        assert store.complaints == []


def test_a_file_of_something_else_is_neither_opened_to_write_nor_changed(grid):
    for text in ("text,label\nlovely,1\n", '{"text": "lovely"}\n', "x"):
        grid.records.write_text(text)
        before = grid.records.stat().st_mtime_ns
        with pytest.raises(ValueError, match="holds no records of runs"), held(grid):
            pass
        assert grid.records.read_text() == text
        assert grid.records.stat().st_mtime_ns == before


def test_holding_a_file_makes_no_other_file_and_touches_none_that_is_there(grid):
    others = [grid.records.with_name(f"mine.{end}") for end in ("lock", "old", "csv")]
    others += [grid.records.with_suffix(f".{end}") for end in ("lock", "draft", "old")]
    for other in others:
        other.write_text("a reader's own")
    fill(grid)
    assert {*grid.records.parent.iterdir()} == {grid.records, *others}
    assert {other.read_text() for other in others} == {"a reader's own"}


def test_a_second_process_is_told_that_the_file_is_held(grid):
    fill(grid)
    before = grid.records.read_bytes()
    with open(grid.records, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with (
            pytest.raises(RuntimeError, match="another process carries out"),
            held(grid),
        ):
            pass
    assert grid.records.read_bytes() == before
    with held(grid):
        pass


def test_runs_that_the_grid_does_not_name_or_names_otherwise_do_not_count_and_stay(
    grid,
):
    fill(grid)
    before = grid.records.read_bytes()
    first, second, *others = grid.runs
    changed = second.changed(start={"labelled": 99})
    new = Grid(grid.question, (changed, *others), grid.records)
    with held(new) as store:
        assert list(store.current) == keys(others)
        assert store.complaints == [
            f"{first.arm}, seed 0: not in the grid",
            f"{second.arm}, seed 0: made with other settings",
        ]
        store.append(record_of(changed))
    assert grid.records.read_bytes().startswith(before)
    with held(new) as store:  # the later record of the run counts
        assert set(store.current) == set(keys(new.runs))
        assert any("there more than once" in told for told in store.complaints)


def test_a_disk_that_is_full_leaves_no_piece_behind_for_the_next_record(
    grid, monkeypatch
):
    with held(grid) as store:
        store.append(record_of(grid.runs[0]))
        whole = grid.records.read_bytes()
        file, written = store._file, []

        class Full:
            def __getattr__(self, name):
                return getattr(file, name)

            def write(self, data):
                file.write(data[:40])
                file.flush()
                written.append(data)
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(store, "_file", Full())
        with pytest.raises(OSError, match="No space left"):
            store.append(record_of(grid.runs[1]))
        monkeypatch.undo()
        assert grid.records.read_bytes() != whole
        store.append(record_of(grid.runs[1]))
    assert list(read_runs(grid.records).records) == keys(grid.runs[:2])
