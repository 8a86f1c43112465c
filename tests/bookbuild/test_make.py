"""How the book is made: what runs again, what an interruption costs, what is refused."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from tiny import tiny_notebook

from bookbuild import execute as execute_notebooks
from bookbuild.address import current_addresses, set_address
from bookbuild.execute import execute, execute_all, inputs_digest, is_current
from bookbuild.make import one_at_a_time, with_run_time, write_if_changed

ROOT = Path(__file__).parents[2]


def test_a_notebook_runs_once_and_again_only_when_it_changed(tmp_path, capfd):
    log = tmp_path / "log"
    count = f"open({str(log)!r}, 'a').write(profile + ' ')"
    notebook = tiny_notebook(tmp_path / "tiny.ipynb", count)
    executed = execute(notebook, "small", tmp_path / "build")
    execute(notebook, "small", tmp_path / "build")
    assert log.read_text() == "small "
    assert "tiny: unchanged" in capfd.readouterr().out
    tiny_notebook(notebook, count, "1 + 1")
    execute(notebook, "small", tmp_path / "build")
    assert log.read_text() == "small small "
    assert nbformat.read(executed, 4).cells[-1].outputs[0].data["text/plain"] == "2"


def test_a_notebook_that_fails_shows_its_error_and_stays_out_of_the_book(
    tmp_path, capfd
):
    notebook = tiny_notebook(
        tmp_path / "failing.ipynb", "raise ValueError('out of popcorn')"
    )
    with pytest.raises(RuntimeError, match="failing did not run to its end"):
        execute(notebook, "small", tmp_path / "build")
    assert "out of popcorn" in capfd.readouterr().out
    assert not (tmp_path / "build" / "executed" / "failing.ipynb").exists()


def test_a_killed_run_leaves_nothing_half_done_and_the_next_one_goes_on(tmp_path):
    begun = tmp_path / "begun"
    wait_the_first_time = f"import pathlib, time\nmark = pathlib.Path({str(begun)!r})\nif not mark.exists():\n    mark.touch()\n    time.sleep(600)"
    notebook = tiny_notebook(tmp_path / "slow.ipynb", wait_the_first_time, "'done'")
    build = tmp_path / "build"
    code = f"from pathlib import Path; from bookbuild.execute import execute; execute(Path({str(notebook)!r}), 'small', Path({str(build)!r}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not begun.exists():
        assert time.monotonic() < deadline and run.poll() is None, (
            "the notebook never started"
        )
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert (build / "running" / "slow.ipynb").exists()  # it was under way
    assert not (build / "executed" / "slow.ipynb").exists()
    executed = execute(notebook, "small", build)
    assert (
        nbformat.read(executed, 4).cells[-1].outputs[0].data["text/plain"] == "'done'"
    )


def test_an_executed_copy_that_was_cut_off_is_not_used(tmp_path):
    notebook = tiny_notebook(tmp_path / "tiny.ipynb", "1 + 1")
    executed = execute(notebook, "small", tmp_path / "build")
    inputs = (notebook, {"profile": "small"})
    assert is_current(executed, *inputs)
    text = executed.read_text(encoding="utf-8")
    executed.write_text(text[: len(text) // 2], encoding="utf-8")
    assert not is_current(executed, *inputs)


def test_what_a_notebook_depends_on_changes_its_digest(tmp_path, monkeypatch):
    for folder in ("alutils", "results"):
        shutil.copytree(
            ROOT / folder,
            tmp_path / folder,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copyfile(ROOT / "requirements.txt", tmp_path / "requirements.txt")
    monkeypatch.setattr(execute_notebooks, "ROOT", tmp_path)
    notebook = tiny_notebook(tmp_path / "tiny.ipynb", "1 + 1")
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def now(profile="small", **more):
        parameters = {"profile": profile, **more}
        return inputs_digest(notebook, parameters, ["baseline.csv"])

    seen = [now(), now("full"), now(seed=1)]
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    in_variable = now()
    monkeypatch.delenv("KERAS_BACKEND")
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    assert now() == in_variable
    (tmp_path / "keras.json").unlink()
    seen += [in_variable, inputs_digest(notebook, {"profile": "small"}, [])]
    for name in (
        "alutils/loop/rounds.py",
        "alutils/notebook.py",
        "requirements.txt",
        "results/baseline.csv",
        "tiny.ipynb",
    ):
        with (tmp_path / name).open("a") as file:
            file.write("\n")
        seen.append(now())
    assert len(set(seen)) == len(seen)
    with (tmp_path / "results/ratio_loop.csv").open("a") as file:
        file.write("\n")  # this notebook does not read it
    assert now() == seen[-1]


def test_a_notebook_runs_again_when_a_result_that_it_read_has_changed(
    tmp_path, monkeypatch
):
    # The name is put together, so that no search of the text would find it.
    read = "from alutils.results import tracked_results\nlen(tracked_results('base' + 'line'))"
    notebook = tiny_notebook(tmp_path / "tiny.ipynb", read)
    executed = execute(notebook, "small", tmp_path / "build")
    assert nbformat.read(executed, 4).metadata.book.read == ["baseline.csv"]
    inputs = (notebook, {"profile": "small"})
    assert is_current(executed, *inputs)
    for folder in ("alutils", "results"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copyfile(ROOT / "requirements.txt", tmp_path / "requirements.txt")
    monkeypatch.setattr(execute_notebooks, "ROOT", tmp_path)
    assert is_current(executed, *inputs)
    (tmp_path / "results/baseline.csv").unlink()
    assert not is_current(executed, *inputs)


def test_notebooks_side_by_side_keep_their_order_and_one_fault_stops_the_rest(
    tmp_path, capfd
):
    names = ("a", "b", "c")
    notebooks = [
        tiny_notebook(tmp_path / f"{name}.ipynb", f"{name!r}") for name in names
    ]
    done = execute_all(notebooks, "small", tmp_path / "build", at_once=2)
    assert [path.stem for path in done] == list(names)
    for path in done:
        threads = nbformat.read(path, 4).cells[-1].outputs[0].data["text/plain"]
        assert threads == repr(path.stem)
    tiny_notebook(notebooks[0], "1 / 0")
    with pytest.raises(RuntimeError, match="a did not run to its end"):
        execute_all(notebooks, "small", tmp_path / "build", at_once=2)
    assert "ZeroDivisionError" in capfd.readouterr().out


def test_the_command_refuses_an_unknown_profile_and_says_which_there_are():
    done = subprocess.run(
        [sys.executable, "-m", "bookbuild.make", "--profile", "big"],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert (
        "make book: unknown profile 'big': choose one of 'full', 'small'" in done.stderr
    )


def test_a_page_says_how_long_it_took_and_names_no_path_of_the_machine(tmp_path):
    executed = execute(
        tiny_notebook(tmp_path / "tiny.ipynb", "1 + 1"), "small", tmp_path / "build"
    )
    page = with_run_time(executed).decode()
    assert "computed with profile <code>small</code> in" in page
    assert str(tmp_path) not in page


def test_an_unchanged_file_keeps_its_date(tmp_path):
    path = tmp_path / "page.md"
    write_if_changed(b"text", path)
    os.utime(path, (1, 1))
    write_if_changed(b"text", path)
    assert path.stat().st_mtime == 1
    write_if_changed(b"other", path)
    assert path.read_bytes() == b"other"


def test_two_builds_do_not_work_in_one_folder_at_once(tmp_path):
    hold = f"""
import sys
from pathlib import Path
from bookbuild.make import one_at_a_time
with one_at_a_time(Path({str(tmp_path)!r})):
    print("within", flush=True)
    sys.stdin.readline()
"""
    command = [sys.executable, "-c", hold]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    first = subprocess.Popen(command, env=environment, **pipes)
    assert first.stdout.readline() == "within\n"
    second = subprocess.Popen(command, env=environment, **pipes)
    assert second.stdout.readline().startswith("Waiting: another build is at work in")
    first.kill()  # however it ends, the next one may go on
    assert second.stdout.readline() == "within\n"
    second.communicate("\n")
    assert second.returncode == 0
    first.communicate()
    with one_at_a_time(tmp_path):
        pass


@pytest.fixture
def copy_of_the_places(tmp_path):
    for path in current_addresses():
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    return tmp_path


def test_the_address_is_the_same_everywhere():
    assert len(set(current_addresses().values())) == 1


def test_setting_the_address_changes_every_place_and_unsetting_it_leaves_no_difference(
    copy_of_the_places,
):
    root = copy_of_the_places
    set_address("", root)
    before = {path: path.read_bytes() for path in current_addresses(root)}
    set_address("https://github.com/someone/some-book.git", root)
    assert set(current_addresses(root).values()) == {
        "https://github.com/someone/some-book"
    }
    assert all(path.read_bytes() != content for path, content in before.items())
    set_address("", root)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "wrong",
    [
        "github.com/a/b",
        "https://gitlab.com/a/b",
        "https://github.com/a",
        "https://github.com/a/b/c",
        'https://github.com/a/b"; x',
    ],
)
def test_an_address_that_is_no_github_repository_is_refused(copy_of_the_places, wrong):
    before = current_addresses(copy_of_the_places)
    with pytest.raises(
        ValueError,
        match=r"is no GitHub repository: expected https://github\.com/OWNER/NAME",
    ):
        set_address(wrong, copy_of_the_places)
    assert current_addresses(copy_of_the_places) == before
