"""Results that are kept with the book, and those that a page writes."""

import csv
import hashlib
import platform
from importlib import metadata

import keras
import pandas as pd
import pytest

from alutils import results as results_module
from alutils.errors import two_class_errors
from alutils.results import (
    kept_file,
    results_folder,
    save_results,
    tracked_results,
    with_accuracy,
    write_whole,
)

# --- results that are kept with the book


def test_the_kept_logs_are_what_the_published_example_printed(published_log):
    kept = tracked_results("published_logs")
    kept = kept[kept["version"] == published_log.version]
    loop, (_, full) = (
        kept[kept["arm"] == "ratio loop"],
        next(kept[kept["arm"] == "full data"].iterrows()),
    )
    assert tuple(loop["labels"]) == published_log.labels
    assert (
        tuple(zip(loop["false_negatives"], loop["false_positives"], strict=True))
        == published_log.errors
    )
    assert loop["accuracy"].iloc[-1] == pytest.approx(published_log.accuracy, abs=1e-7)
    assert (
        full["false_negatives"],
        full["false_positives"],
    ) == published_log.full_errors
    assert full["accuracy"] == pytest.approx(published_log.full_accuracy, abs=1e-7)
    assert full["labels"] == 40_000


def test_an_unknown_result_is_named_with_those_that_are_kept():
    with pytest.raises(
        FileNotFoundError,
        match=r"no results named 'figures' .*kept: attempts, .*published_logs",
    ):
        tracked_results("figures")


# What the tables held when their runs ended, row by row.
NUMBERS = {
    "attempts": (1_100, "c8d92f5fa4f42a0d"),
    "audit": (320, "f62996439bbe913b"),
    "elsewhere": (9_000, "38fd18d5cab358ab"),
    "far_target": (4_680, "afc4f6c60e17738a"),
    "noise": (13_020, "0559d3cdc8759ab3"),
    "rare_10": (3_960, "fc1311dd71bbc073"),
    "rare_2": (4_530, "338469accff63cec"),
    "rare_5": (3_960, "8b7f6645eb5d5366"),
    "replica": (30, "209801573553746e"),
    "stopping": (2_250, "7f92750259e53847"),
    "stopping_official": (2_250, "25e615313d27e2d9"),
    "stopping_sentences": (2_250, "8beb7a49c9ff6eac"),
    "strategies_bilstm": (200, "ba52767e9b8c63cb"),
    "strategies_linear": (10_200, "c5f80bdc74d86b40"),
    "strategies_linear_official": (9_240, "504768d09b9b7d80"),
    "successors": (200, "6f1b2762fb3ec359"),
    "words": (330, "57dc360fc1410ac2"),
    "words_and_labels": (4_080, "73bc1036bcd14481"),
}


def test_every_grid_s_numbers_are_pinned():
    assert set(NUMBERS) == {file.stem for file in results_folder().glob("*.toml")}


@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers_of_a_grid_are_those_that_were_measured(name):
    kept, (rows, expected) = tracked_results(name), NUMBERS[name]
    columns = ["arm", "seed", "round", "labels", "false_negatives", "false_positives"]
    columns += ["reviews", "seconds", "asked", "asked_positive", "labels_spent"]
    text = kept[[*columns, "leaked", "rounds"]].to_csv(index=False, lineterminator="\n")
    assert len(kept) == rows
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == expected
    errors = kept["false_negatives"] + kept["false_positives"]
    assert (kept["accuracy"] == 1 - errors / kept["reviews"]).all()
    row = kept.iloc[-1]
    positives, negatives = (
        row["reviews_positive"],
        row["reviews"] - row["reviews_positive"],
    )
    last = two_class_errors(
        row["false_negatives"],
        row["false_positives"],
        positives=positives,
        negatives=negatives,
    )
    assert row["macro_f1"] == pytest.approx(last.macro_f1)


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_kept_takes_little_room(name):
    # Bytes: so many for each run, its settings (of two learners, where there are two) and
    # versions, and so many for a round, more for one that was watched.
    kept = tracked_results(name)
    of_run = 1_100 if "successor_errors_0_as_1" not in kept else 1_300
    most = of_run * kept.groupby(["arm", "seed"]).ngroups
    most += (60 if "kappa" not in kept else 160) * NUMBERS[name][0]
    assert (results_folder() / f"{name}.runs.jsonl").stat().st_size <= most


def test_a_grid_s_results_come_in_its_order_without_what_it_no_longer_names(
    tmp_path, monkeypatch
):
    folder = results_folder()
    monkeypatch.setattr(results_module, "results_folder", lambda: tmp_path)
    lines = (folder / "replica.runs.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "mine.runs.jsonl").write_text("\n".join(lines[::-1]), encoding="utf-8")
    text = (folder / "replica.toml").read_text(encoding="utf-8")
    start, _, arms = text.replace("seeds = 3", "seeds = 2").partition("[arms]")
    text = "\n".join([start, "[arms]", *arms.strip().splitlines()[:0:-1]])
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    kept = tracked_results("mine").drop_duplicates(["arm", "seed"])
    assert kept["arm"].tolist() == 2 * [
        *("full data, full shuffle", "full data, published shuffle", "random queries"),
    ]
    assert kept["seed"].tolist() == [0, 0, 0, 1, 1, 1]


def test_an_arm_that_is_called_none_is_not_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(results_module, "results_folder", lambda: tmp_path)
    table = "arm,labels,share,settings\nNone,1,0.5,\nnan,2,,C=1\n"
    (tmp_path / "mine.csv").write_text(table)
    kept = tracked_results("mine")
    assert kept["arm"].tolist() == ["None", "nan"]
    assert kept.isna().sum().to_dict() == {
        **{"arm": 0, "labels": 0, "share": 1, "settings": 1}
    }
    assert kept["labels"].tolist() == [1, 2]


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setenv("ALUTILS_RESULTS", str(tmp_path / "results"))
    return tmp_path / "results"


TABLE = pd.DataFrame(
    {
        "seed": [0, 1],
        "accuracy": [0.1 + 0.2, 1 / 3],
        "strategy": ["random", "margin, cold"],
    }
)


def test_saved_results_are_read_back_to_the_last_digit(results):
    path = save_results(TABLE, "runs")
    assert path == results / "runs.csv"
    with open(path, encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    for read, (_, saved) in zip(found, TABLE.iterrows(), strict=True):
        assert float(read["accuracy"]) == saved["accuracy"]
        assert (read["seed"], read["strategy"]) == (
            str(saved["seed"]),
            saved["strategy"],
        )
    assert b"\r" not in path.read_bytes()
    assert [file.name for file in results.iterdir()] == ["runs.csv"]


def test_saved_results_say_with_which_versions_they_were_measured(results):
    backend = keras.backend.backend()
    measured_with = (
        f"python-{platform.python_version()} keras-{metadata.version('keras')}"
        f" {backend}-{metadata.version(backend)}"
    )
    assert (
        pd.read_csv(save_results(TABLE, "runs"))["versions"].tolist()
        == [measured_with] * 2
    )
    assert "versions" not in TABLE.columns  # the caller's own table is left as it was


def test_a_file_of_somebody_else_s_is_not_replaced_by_results(results):
    results.mkdir()
    (results / "runs.csv").write_text("text,label\nlovely,1\n")
    (results / "runs.draft").write_text("mine too")
    with pytest.raises(
        FileExistsError, match=r"runs\.csv is there and holds no results"
    ):
        save_results(TABLE, "runs")
    assert (results / "runs.csv").read_text() == "text,label\nlovely,1\n"
    (results / "runs.csv").unlink()
    save_results(TABLE, "runs")
    assert (results / "runs.draft").read_text() == "mine too"


def test_the_folder_of_results_may_lie_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ALUTILS_RESULTS", "~/mine")
    assert save_results(TABLE, "runs") == tmp_path / "mine" / "runs.csv"


def test_saving_replaces_what_was_there(results):
    save_results(TABLE, "runs")
    save_results(TABLE[:1], "runs")
    assert len(pd.read_csv(results / "runs.csv")) == 1


@pytest.mark.parametrize("folder", [None, ""])
def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    if folder is None:
        monkeypatch.delenv("ALUTILS_RESULTS", raising=False)
    else:
        monkeypatch.setenv("ALUTILS_RESULTS", folder)
    assert save_results(TABLE, "runs") is None
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_the_old_results_whole(results, monkeypatch):
    def interrupted(table, file, **kwargs):
        file.write(b"seed,accu")
        raise KeyboardInterrupt

    before = save_results(TABLE, "runs").read_bytes()
    monkeypatch.setattr(pd.DataFrame, "to_csv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_results(TABLE, "runs")
    assert (results / "runs.csv").read_bytes() == before
    assert [file.name for file in results.glob("*.csv")] == ["runs.csv"]


# --- a table is written whole or not at all


def test_a_table_is_written_into_a_new_folder_and_read_back_the_same(tmp_path):
    path = tmp_path / "of" / "a grid" / "runs.v2.csv"
    assert write_whole(TABLE, path) == path
    pd.testing.assert_frame_equal(pd.read_csv(path), TABLE, check_exact=True)
    # Lines end alike on every system, and nothing is left beside the table.
    assert b"\r" not in path.read_bytes() and path.read_bytes().endswith(b"\n")
    assert list(path.parent.iterdir()) == [path]


def test_a_table_replaces_the_one_that_was_there(tmp_path):
    write_whole(TABLE, tmp_path / "runs.csv")
    write_whole(TABLE[:1], tmp_path / "runs.csv")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "runs.csv"), TABLE[:1])


@pytest.mark.parametrize("there_before", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interruption_leaves_the_old_table_or_none(
    tmp_path, monkeypatch, error, there_before
):
    def interrupted(table, file, **kwargs):
        file.write(b"seed,accu")
        raise error

    path = tmp_path / "runs.csv"
    before = write_whole(TABLE, path).read_bytes() if there_before else None
    with monkeypatch.context() as patched, pytest.raises(error):
        patched.setattr(pd.DataFrame, "to_csv", interrupted)
        write_whole(TABLE, path)
    assert (path.read_bytes() if path.exists() else None) == before
    # What the interruption left does not stand in the way of the next attempt.
    write_whole(TABLE[:1], path)
    assert [file.name for file in tmp_path.iterdir()] == ["runs.csv"]
    assert len(pd.read_csv(path)) == 1


def test_at_no_moment_is_there_a_half_written_table(tmp_path, monkeypatch):
    path, seen = tmp_path / "runs.csv", []
    whole = write_whole(TABLE, path).read_bytes()
    write = pd.DataFrame.to_csv

    def looked_at(table, target, **kwargs):
        write(table, target, **kwargs)
        seen.append(path.read_bytes())

    monkeypatch.setattr(pd.DataFrame, "to_csv", looked_at)
    write_whole(TABLE[:1], path)
    assert seen == [whole]


# --- accuracy from counts


def test_the_accuracy_is_worked_out_of_the_counts_of_errors():
    counts = pd.DataFrame(
        {"false_negatives": [665, 0], "false_positives": [234, 0], "reviews": 5_000}
    )
    assert with_accuracy(counts)["accuracy"].tolist() == [1 - 899 / 5_000, 1]
    assert "accuracy" not in counts.columns  # the caller's own table is left as it was


def test_a_table_without_counts_stays_as_it_is():
    pd.testing.assert_frame_equal(with_accuracy(TABLE), TABLE)


def test_what_is_read_is_noted_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv("ALUTILS_READ_LOG", str(tmp_path / "read"))
    tracked_results("baseline")
    kept_file("grid", "audit.toml")
    tracked_results("replica")
    with pytest.raises(FileNotFoundError):
        tracked_results("figures")
    assert (tmp_path / "read").read_text().split() == [
        *("baseline.csv", "audit.toml", "replica.runs.jsonl", "replica.toml"),
    ]
