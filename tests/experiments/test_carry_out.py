import dataclasses
import fcntl
import gc
import io
import itertools
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import dask
import numpy as np
import psutil
import pytest
from distributed import LocalCluster

from alutils.experiments import __main__ as command
from alutils.experiments import carry_out
from alutils.experiments.__main__ import main
from alutils.experiments.carry_out import run_grid
from alutils.experiments.grid import Grid, read_grid
from alutils.experiments.run import run_one
from alutils.experiments.workers import Processes, why_lost, workers
from alutils.records import read_runs, runs_table

ROOT = Path(__file__).parents[2]
ROUNDS = 26  # of each run, the start included
GRID = """
question = "Is every run there once?"
seeds = {seeds}
rounds = {rounds}

[data]
source = "{reviews}"
test = 40
validation_part = 40

[start]
validation = 20
labelled = 10

[features]
min_df = 1
dimensions = 5
directions = 3

[arms]
random = {{ }}
"margin, far" = {{ strategy = {{ kind = "margin", random_until = 20 }} }}
clusters = {{ strategy = "diverse_doubt" }}
"""


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    """240 made-up reviews in a CSV file."""
    words = [["dull", "flat", "weak", "slow"], ["fine", "warm", "bright", "moving"]]
    others, rng = [f"word{k}" for k in range(40)], np.random.default_rng(1)
    lines = [
        " ".join([*rng.choice(words[label], 2), *rng.choice(others, 8)]) + f",{label}"
        for label in rng.permutation([0, 1] * 120)
    ]
    path = tmp_path_factory.mktemp("reviews") / "reviews.csv"
    path.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def grid_in(reviews):
    """Write a grid of three arms into a folder; short ones have two rounds and two
    seeds."""

    def write(folder: Path, *, long: bool = False, name: str = "mine") -> Path:
        sizes = {"seeds": 8, "rounds": [[ROUNDS - 1, 5]]} if long else {"seeds": 2}
        text = GRID.format(reviews=reviews, **{"rounds": [[1, 5]], **sizes})
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return folder / f"{name}.toml"

    return write


@pytest.fixture
def path(grid_in, tmp_path) -> Path:
    return grid_in(tmp_path)


@pytest.fixture
def grid(path) -> Grid:
    return read_grid(path)


@pytest.fixture
def made(monkeypatch) -> list[tuple[str, int]]:
    """Arm and seed of each run that is carried out."""
    made = []

    def watched(run):
        made.append((run.arm, run.seed))
        return run_one(run)

    monkeypatch.setattr(carry_out, "run_one", watched)
    return made


@pytest.fixture
def one_by_one():
    with ThreadPoolExecutor(1) as executor:
        yield executor


def keys(grid: Grid) -> list[tuple[str, int]]:
    return [(run.arm, run.seed) for run in grid.runs]


def there(records: Path) -> list[tuple[str, int]]:
    """Arm and seed of each run in a file of records, in its order."""
    return list(read_runs(records).records)


def lines_of(grid: Grid) -> list[str]:
    return grid.records.read_text(encoding="utf-8").splitlines()


def numbers(path: Path) -> list[dict]:
    """What two files of one grid's records must share, in whichever order."""
    records = read_runs(path).records
    return [
        {
            **{name: records[key][name] for name in ("given", "defaults", "test")},
            "rounds": {
                name: column
                for name, column in records[key]["rounds"].items()
                if name != "seconds"
            },
        }
        for key in sorted(records)
    ]


# --- a grid from start to end


def test_every_run_is_there_once_in_the_order_of_the_grid(grid, made, one_by_one):
    table = run_grid(grid, one_by_one)
    assert made == keys(grid) == there(grid.records)
    rounds = table.groupby(["arm", "seed"], sort=False)["round"].agg(list)
    assert list(rounds.index) == keys(grid)
    assert all(numbers == [0, 1] for numbers in rounds)
    assert len(lines_of(grid)) == len(grid.runs)
    assert table.equals(runs_table(read_runs(grid.records).records.values()))


def test_each_record_says_how_it_was_made(grid, one_by_one):
    run_grid(grid, one_by_one)
    settings = {(run.arm, run.seed): run.settings() for run in grid.runs}
    records = read_runs(grid.records).records
    for key, record in records.items():
        assert (record["given"], record["defaults"]) == settings[key]
        assert record["versions"]["numpy"] == np.__version__
        assert record["versions"]["python"] == sys.version.split()[0]
    (commit,) = {record["commit"] for record in records.values()}
    command = ["git", "rev-parse", "HEAD"]
    head = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if head.returncode == 0:
        assert head.stdout.startswith(commit.removesuffix("+"))
        assert len(commit.removesuffix("+")) >= 12
    else:
        assert commit == "unknown"


def test_a_budget_beyond_the_pool_ends_with_the_pool_and_says_so(
    grid_in, tmp_path, one_by_one, capsys
):
    path = grid_in(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[[1, 5]]", "[[9, 50]]"), encoding="utf-8")
    table = run_grid(read_grid(path), one_by_one)
    pool = 240 - 40 - 40 - 10
    assert (table.groupby(["arm", "seed"])["labels"].max() == 10 + pool).all()
    said = capsys.readouterr().out
    assert said.count("the pool ended after round 3 of 9") == 6
    assert "margin, far, seed 1: the pool ended" in said


def test_a_run_that_is_there_is_not_repeated(grid, made, one_by_one, capsys):
    run_grid(grid, one_by_one)
    before = grid.records.read_bytes()
    made.clear()
    capsys.readouterr()
    run_grid(grid, one_by_one)
    assert made == []
    assert grid.records.read_bytes() == before
    assert capsys.readouterr().out == ""


def test_the_bar_begins_with_what_is_there(grid, one_by_one, monkeypatch):
    bars = []

    class Bar(carry_out.tqdm):
        def __init__(self, **settings):
            super().__init__(**settings)
            bars.append((self, self.n))

    monkeypatch.setattr(carry_out, "tqdm", Bar)
    first = dataclasses.replace(grid, runs=grid.runs[:2])
    run_grid(first, one_by_one)
    run_grid(grid, one_by_one)
    run_grid(grid, one_by_one)
    seen = [(begun, bar.n, bar.total) for bar, begun in bars]
    assert seen == [(0, 2, 2), (2, 6, 6), (6, 6, 6)]


# --- a file that lacks something


@pytest.mark.parametrize("place", [0, 2, 5])
def test_a_deleted_line_comes_back_with_the_same_numbers(
    grid, made, one_by_one, place, capsys
):
    run_grid(grid, one_by_one)
    made.clear()
    before, measured = lines_of(grid), numbers(grid.records)
    left = [line for k, line in enumerate(before) if k != place]
    grid.records.write_text("\n".join(left) + "\n", encoding="utf-8")
    capsys.readouterr()

    table = run_grid(grid, one_by_one)
    assert made == [keys(grid)[place]]
    assert numbers(grid.records) == measured
    assert lines_of(grid)[:-1] == left
    order = list(dict.fromkeys(zip(table["arm"], table["seed"], strict=True)))
    assert order == keys(grid)  # though the file has another
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("cut", [5, 700])
def test_a_file_that_was_cut_off_is_told_and_only_what_is_missing_is_made_again(
    grid, made, one_by_one, cut, capsys
):
    run_grid(grid, one_by_one)
    measured, whole = numbers(grid.records), grid.records.read_bytes()
    grid.records.write_bytes(whole[:-cut])
    made.clear()
    capsys.readouterr()

    run_grid(grid, one_by_one)
    assert made == keys(grid)[-1:]
    assert numbers(grid.records) == measured
    assert "is cut off in its last line (6)" in capsys.readouterr().out
    assert there(grid.records) == keys(grid)


@pytest.mark.parametrize("name", ["reviews.runs.jsonl", "reviews.csv"])
def test_a_reader_s_own_file_is_never_changed_whatever_its_name(
    path, reviews, tmp_path, made, one_by_one, name
):
    own = tmp_path / name
    own.write_bytes(reviews.read_bytes())
    grid_file = path.rename(tmp_path / "reviews.toml")
    text = grid_file.read_text(encoding="utf-8").replace(str(reviews), "reviews.csv")
    grid_file.write_text(text, encoding="utf-8")
    if name == "reviews.csv":  # beside the grid, where it reads it
        run_grid(read_grid(grid_file), one_by_one)
        assert len(made) == 6
    else:
        with pytest.raises(ValueError, match="holds no records of runs: it is left as"):
            run_grid(read_grid(grid_file), one_by_one)
        assert made == []
    assert own.read_bytes() == reviews.read_bytes()


def test_runs_that_the_grid_no_longer_names_do_not_count_and_stay(
    grid, made, one_by_one, capsys
):
    run_grid(grid, one_by_one)
    before = grid.records.read_bytes()
    made.clear()
    table = run_grid(dataclasses.replace(grid, runs=grid.runs[1:]), one_by_one)
    assert made == []
    assert len(table) == 2 * 5
    assert grid.records.read_bytes() == before
    assert "random, seed 0: not in the grid" in capsys.readouterr().out


def test_runs_with_other_settings_are_made_again_and_the_old_ones_stay(
    grid, made, one_by_one
):
    run_grid(grid, one_by_one)
    before = grid.records.read_bytes()
    made.clear()
    runs = (grid.runs[0].changed(learner={"C": 3}), *grid.runs[1:])
    run_grid(dataclasses.replace(grid, runs=runs), one_by_one)
    assert made == keys(grid)[:1]
    assert grid.records.read_bytes().startswith(before)
    kept = read_runs(grid.records).records["random", 0]
    assert kept["given"]["learner"] == {"C": 3.0}


# --- runs that fail


@pytest.fixture
def failing(monkeypatch):
    """Let chosen runs raise something."""

    def fail(errors: dict[tuple[str, int], BaseException]) -> None:
        def run_or_raise(run):
            if (run.arm, run.seed) in errors:
                raise errors[run.arm, run.seed]
            return run_one(run)

        monkeypatch.setattr(carry_out, "run_one", run_or_raise)

    return fail


def test_runs_that_fail_are_named_at_the_end_and_the_others_are_kept(
    grid, failing, one_by_one
):
    failing(
        {
            ("random", 0): ValueError("no"),
            ("margin, far", 1): ConnectionError("gone"),
            ("clusters", 1): KeyError("lost"),
        }
    )
    with pytest.raises(RuntimeError) as failed:
        run_grid(grid, one_by_one)
    assert str(failed.value).splitlines() == [
        "1 of 6 runs failed; start the grid again to repeat them:",
        "margin, far, seed 1: ConnectionError('gone')",
        "2 of 6 runs failed; settings, seed and reviews decide that, so they would fail"
        " again: change what the messages name:",
        "random, seed 0: ValueError('no')",
        "clusters, seed 1: KeyError('lost')",
    ]
    assert len(there(grid.records)) == 3
    failing({})
    run_grid(grid, one_by_one)
    assert set(there(grid.records)) == set(keys(grid))


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (MemoryError(), True),
        (TimeoutError("slow"), True),
        (OSError(28, "No space left on device"), True),
        (FileNotFoundError("reviews.csv"), False),
        (PermissionError("reviews.csv"), False),
        (TypeError("no"), False),
        (ZeroDivisionError(), False),
    ],
    ids=repr,
)
def test_only_what_may_pass_is_said_to(grid, failing, one_by_one, error, passes):
    failing({("random", 0): error})
    with pytest.raises(RuntimeError) as failed:
        run_grid(grid, one_by_one)
    assert ("start the grid again to repeat" in str(failed.value)) == passes
    assert ("they would fail again" in str(failed.value)) != passes


def test_two_first_labels_of_one_class_are_no_failure(path, one_by_one):
    text = path.read_text(encoding="utf-8").replace("labelled = 10", "labelled = 2")
    path.write_text(text.replace("seeds = 2", "seeds = 5"), encoding="utf-8")
    table = run_grid(read_grid(path), one_by_one).query("round == 0")
    assert len(table) == 15
    assert table["asked_positive"].isin([0, 2]).any()


def test_lost_workers_and_failed_runs_are_both_told_and_what_was_done_is_kept(grid):
    outcomes = [run_one, BrokenExecutor(), ValueError("no"), BrokenExecutor()] * 2

    class Breaking:
        def submit(self, work, run):
            future, outcome = Future(), outcomes.pop(0)
            if outcome is run_one:
                future.set_result(run_one(run))
            else:
                future.set_exception(outcome)
            return future

    with pytest.raises(BrokenExecutor) as failed:
        run_grid(grid, Breaking())
    said = str(failed.value)
    assert "1 of 6 runs failed" in said
    assert "clusters, seed 0: ValueError('no')" in said
    assert "the workers were lost (the scheduler is gone, or its workers were)" in said
    assert "and 3 runs with them; what is done is kept, start the grid again" in said
    assert sorted(there(grid.records)) == [("margin, far", 1), ("random", 0)]


def test_ctrl_c_keeps_what_is_done(path, failing, monkeypatch):
    failing({("clusters", 0): KeyboardInterrupt()})
    in_threads(monkeypatch)
    with pytest.raises(SystemExit, match="interrupted; what is done is kept, start"):
        main([str(path)])
    assert there(path.with_suffix(".runs.jsonl")) == [("random", 0), ("margin, far", 0)]


# --- the command line


def in_threads(monkeypatch) -> None:
    """Let `main` work in a thread of this process, which starts sooner."""

    @contextmanager
    def threads(count, scheduler=None):
        with ThreadPoolExecutor(1) as executor:
            try:
                yield executor
            except BaseException:
                executor.shutdown(cancel_futures=True)
                raise

    monkeypatch.setattr(command, "workers", threads)


def test_all_grids_are_read_before_the_first_run(path, tmp_path, made, monkeypatch):
    in_threads(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        main([str(path), str(tmp_path / "none.toml")])
    assert ended.value.code == (
        f"FileNotFoundError: there is no grid {tmp_path / 'none.toml'}: give the path"
        " of a .toml file"
    )
    text = path.read_text(encoding="utf-8").replace("margin", "magic")
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    with pytest.raises(
        SystemExit, match=r"other\.toml, magic, far: strategy: unknown s"
    ):
        main([str(path), str(tmp_path / "other.toml")])
    assert made == []
    assert not path.with_suffix(".runs.jsonl").exists()


def test_a_grid_with_failures_does_not_stop_the_next_and_each_is_named(
    grid_in, tmp_path, failing, monkeypatch
):
    paths = [grid_in(tmp_path, name=name) for name in ("one", "two")]
    failing({("random", 1): ValueError("no")})
    in_threads(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        main([str(path) for path in paths])
    for path in paths:
        assert f"{path}: 1 of 6 runs failed" in ended.value.code
        assert len(there(path.with_suffix(".runs.jsonl"))) == 5


def test_two_processes_do_not_carry_out_one_grid_at_a_time(path, made, monkeypatch):
    in_threads(monkeypatch)
    with open(path.with_suffix(".runs.jsonl"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SystemExit, match=r"another process carries out .*: wait"):
            main([str(path)])
    assert made == []
    main([str(path)])
    assert len(made) == 6


def test_a_pool_needs_a_process(path):
    with pytest.raises(SystemExit, match="ValueError: max_workers must be greater"):
        main([str(path), "--workers", "0"])


WITHOUT_GUARD = """
import sys
from alutils.experiments.carry_out import run_grid
from alutils.experiments.grid import read_grid
from alutils.experiments.workers import workers

with workers(1) as executor:
    run_grid(read_grid(sys.argv[1]), executor)
"""


def test_a_script_without_a_main_guard_is_told_so(path):
    script = path.with_name("script.py")
    script.write_text(WITHOUT_GUARD)
    done = subprocess.run(
        [sys.executable, str(script), str(path)],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert 'put what it does under: if __name__ == "__main__"' in done.stderr
    assert "memory" not in done.stderr


def test_a_worker_that_crashes_is_told_from_one_that_was_killed():
    for code, said in [
        ("os.kill(os.getpid(), 11)", "crashed with SIGSEGV"),
        ("os.kill(os.getpid(), 9)", "killed, by somebody or by the system because mem"),
        ("os._exit(3)", "ended by itself with code 3"),
    ]:
        with Processes(1) as pool:
            future = pool.submit(exec, f"import os; {code}")
            with pytest.raises(BrokenExecutor):
                future.result(60)
            assert said in why_lost(pool)


def test_there_are_as_many_workers_as_permitted_cores(path, monkeypatch):
    asked = []

    def counted(count, scheduler=None):
        asked.append(count)
        raise ValueError("enough")

    monkeypatch.setattr(command, "workers", counted)
    monkeypatch.setattr(command, "permitted_cores", lambda: 3)
    with pytest.raises(SystemExit):
        main([str(path)])
    assert asked == [3]


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_that_lacks_a_letter_stops_no_grid(
    path, made, monkeypatch, encoding
):
    text = path.read_text(encoding="utf-8").replace(
        "there once?", "there once, for 3 €?"
    )
    path.write_text(text, encoding="utf-8")
    in_threads(monkeypatch)
    shown = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", shown)
    main([str(path)])
    shown.flush()
    assert len(made) == 6
    assert b"for 3 \\u20ac?" in shown.buffer.getvalue()


def test_a_terminal_that_is_gone_stops_no_grid(path, made, monkeypatch):
    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError(32, "Broken pipe")

    in_threads(monkeypatch)
    monkeypatch.setattr(sys, "stdout", Gone())
    main([str(path)])
    assert len(made) == 6


def test_processes_get_one_thread_each_and_the_caller_keeps_its_own(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with workers(1):
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


# --- stopped for good, and started again


def wait_for_runs(table: Path, count: int) -> None:
    """Wait until a long grid's table has so many runs."""
    for _ in range(20_000):
        if table.exists() and table.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.005)
    raise TimeoutError(f"{count} runs did not come")


@pytest.fixture(scope="module")
def long_table(grid_in, tmp_path_factory) -> Path:
    """The table of a long grid that nothing has stopped."""
    grid = read_grid(grid_in(tmp_path_factory.mktemp("whole"), long=True))
    with ThreadPoolExecutor(1) as executor:
        run_grid(grid, executor)
    return grid.records


def start(path: Path, workers: int) -> subprocess.Popen:
    """The command, in a group of processes of its own as in a terminal, writing to a
    file beside the grid."""
    command = [sys.executable, "-m", "alutils.experiments", str(path)]
    # Where the tests run in the background, a shell lets them ignore Ctrl-C.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    with open(path.with_suffix(f".{workers}.log"), "w") as log:
        process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    signal.signal(signal.SIGINT, handler)
    return process


def workers_of(process: subprocess.Popen) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    return [c for c in children if "spawn_main" in " ".join(c.cmdline())]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, left = psutil.wait_procs(processes, timeout=10)
    # Nobody may be there to bury an orphan.
    return [p for p in left if p.status() != psutil.STATUS_ZOMBIE]


def stop_when(table: Path, count: int, stop) -> threading.Thread:
    """Call `stop` from another thread as soon as the table has so many runs."""

    def wait_and_stop() -> None:
        wait_for_runs(table, count)
        stop()

    thread = threading.Thread(target=wait_and_stop)
    thread.start()
    return thread


def test_a_grid_can_be_stopped_in_any_way_and_loses_nothing_that_was_done(
    grid_in, tmp_path, long_table
):
    path = grid_in(tmp_path, long=True)
    grid, left = read_grid(path), []
    runs = len(grid.runs)

    # The command is killed: its workers end too.
    command = start(path, 2)
    wait_for_runs(grid.records, 3)
    children = workers_of(command)
    command.kill()
    assert command.wait(60) == -signal.SIGKILL
    left.append(lines_of(grid))
    assert len(children) == 2
    assert alive(children) == []

    # A worker is killed: one line says so.
    def kill_worker() -> None:
        multiprocessing.active_children()[0].kill()

    killer = stop_when(grid.records, 7, kill_worker)
    with pytest.raises(SystemExit) as ended:
        main([str(path), "--workers", "1"])
    killer.join()
    left.append(lines_of(grid))
    undone = runs - len(left[-1])
    assert ended.value.code == (
        f"{path}: the workers were lost (one was killed, by somebody or by the system"
        " because memory ran out; fewer workers need less of it: --workers), and"
        f" {undone} runs with them; what is done is kept, start the grid again to go on"
    )

    # Ctrl-C goes to the command and to its workers: one line again.
    command = start(path, 1)
    wait_for_runs(grid.records, 11)
    children = workers_of(command)
    os.killpg(command.pid, signal.SIGINT)
    assert command.wait(60) == 1
    left.append(lines_of(grid))
    said = path.with_suffix(".1.log").read_text(encoding="utf-8")
    assert said.endswith("interrupted; what is done is kept, start again to go on\n")
    assert "Traceback" not in said
    assert alive(children) == []

    # At last it may come to its end.
    main([str(path), "--workers", "1"])
    left.append(lines_of(grid))
    done = [len(lines) for lines in left]
    assert done[0] >= 3 and done[1] >= 7 and done[2] >= 11 and done[3] == runs
    for before, after in itertools.pairwise(left):
        assert after[: len(before)] == before  # the same lines, to the last digit
    assert numbers(grid.records) == numbers(long_table)


# --- on a cluster


def test_a_dask_cluster_that_loses_a_worker_gives_the_same_table(
    grid_in, tmp_path, long_table
):
    path = grid_in(tmp_path, long=True)
    table = path.with_suffix(".runs.jsonl")
    scratch = dask.config.set(temporary_directory=str(tmp_path))
    two_processes = {"n_workers": 2, "threads_per_worker": 1, "processes": True}
    here = {"host": "127.0.0.1", "dashboard_address": None}
    with scratch, LocalCluster(**two_processes, **here) as cluster:
        pid, done = cluster.workers[0].pid, []

        def kill_worker() -> None:
            os.kill(pid, signal.SIGKILL)
            done.extend(there(table))

        killer = stop_when(table, 3, kill_worker)
        main([str(path), "--scheduler", cluster.scheduler_address])
        killer.join()
    assert 3 <= len(done) < len(there(table))
    assert numbers(table) == numbers(long_table)


@pytest.fixture(scope="module")
def unused_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@pytest.mark.parametrize(
    "address",
    [
        "tcp://127.0.0.1:{port}",
        "nowhere",
        "",
        "xyz://127.0.0.1:{port}",
    ],
)
def test_a_scheduler_that_does_not_answer_is_named_within_seconds(
    path, address, unused_port
):
    address, begun = address.format(port=unused_port), time.monotonic()
    with pytest.raises(ConnectionError) as failed, workers(1, address):
        pass
    gc.collect()  # nothing is left behind that would wait longer
    assert time.monotonic() - begun < 9
    assert f"no Dask scheduler answers at {address!r}" in str(failed.value)
    if address == "nowhere":
        with pytest.raises(SystemExit, match=r"ConnectionError: no Dask .* 'nowhere'"):
            main([str(path), "--scheduler", address])
        assert not path.with_suffix(".runs.jsonl").exists()


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_an_address_where_something_else_listens_is_named_within_seconds(greeting):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def greet() -> None:
            other, _ = server.accept()
            with other:
                other.sendall(greeting)
                other.recv(10_000)
                other.recv(10_000)  # until the caller hangs up

        threading.Thread(target=greet, daemon=True).start()
        begun = time.monotonic()
        with pytest.raises(ConnectionError) as failed, workers(1, address):
            pass
        assert time.monotonic() - begun < 9
    assert f"no Dask scheduler answers at {address!r}" in str(failed.value)


def test_without_dask_an_address_is_answered_with_how_to_get_it(monkeypatch, path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SystemExit, match="needs Dask: pip install distributed"):
        main([str(path), "--scheduler", "tcp://127.0.0.1:8786"])
