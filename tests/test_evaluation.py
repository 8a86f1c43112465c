import csv
import platform
from importlib import metadata
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from alutils import evaluation
from alutils.errors import ErrorCounts
from alutils.evaluation import (
    accuracy_interval,
    rounds_table,
    save_results,
    tracked_results,
    with_accuracy,
    write_whole,
)
from alutils.loop import Round


def wilson(right: int, reviews: int, level: float) -> tuple[float, float]:
    """The interval as Wilson (1927) gives it, written out."""
    z, share = norm.ppf((1 + level) / 2), right / reviews
    middle = share + z**2 / (2 * reviews)
    reach = z * np.sqrt(share * (1 - share) / reviews + z**2 / (4 * reviews**2))
    return (middle - reach) / (1 + z**2 / reviews), (middle + reach) / (
        1 + z**2 / reviews
    )


@given(
    st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(1, 4_000)),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_the_interval_is_wilsons(counts, level):
    missed, called_positive, right = counts
    errors = ErrorCounts(missed, called_positive, missed + called_positive + right)
    found = accuracy_interval(errors, level)
    assert found == pytest.approx(wilson(right, errors.reviews, level), abs=1e-9)
    assert 0 <= found[0] <= errors.accuracy <= found[1] <= 1


def test_the_interval_is_at_95_percent_unless_told_otherwise():
    errors = ErrorCounts(348, 381, 5_000)
    assert accuracy_interval(errors) == pytest.approx(wilson(5_000 - 729, 5_000, 0.95))


def test_a_table_of_rounds_has_one_row_for_each_round():
    rounds = [
        Round(
            number=0,
            asked=np.arange(15_000),
            labels=15_000,
            test=ErrorCounts(665, 234, 5_000),
            seconds=2.5,
        ),
        Round(
            number=1,
            asked=np.arange(4_999),
            labels=19_999,
            test=ErrorCounts(270, 498, 5_000),
            seconds=4.0,
        ),
    ]
    table = rounds_table(iter(rounds))
    assert table["round"].tolist() == [0, 1]
    assert table["labels"].tolist() == [15_000, 19_999]
    assert table["false_negatives"].tolist() == [665, 270]
    assert table["false_positives"].tolist() == [234, 498]
    assert table["reviews"].tolist() == [5_000, 5_000]
    assert table["accuracy"].tolist() == pytest.approx(
        [1 - 899 / 5_000, 1 - 768 / 5_000]
    )
    assert table["seconds"].tolist() == [2.5, 4.0]


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
        FileNotFoundError, match=r"no results named 'figures' .*kept: .*published_logs"
    ):
        tracked_results("figures")


def test_an_arm_that_is_called_none_is_not_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "results_folder", lambda: tmp_path)
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
    def interrupted(table, path, **kwargs):
        Path(path).write_text("seed,accu")
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
    def interrupted(table, path, **kwargs):
        Path(path).write_text("seed,accu")
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
