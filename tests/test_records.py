"""Records of runs: what is read from a file of them, and what a table of them says."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score

from alutils.records import read_runs, runs_table

ARMS = (
    "random",
    "margin, LSA",
    "None",
    "nan",
    "007",
    'say "so"',
    "Größe",
    " a ",
    "\u2028",
)
RECORD = {
    "form": 1,
    "arm": "random",
    "seed": 0,
    "given": {"start": {"labelled": 20}},
    "defaults": {"learner": {"C": 10.0}},
    "versions": {"python": "3.11.7", "scikit-learn": "1.9.1"},
    "commit": "0123456789ab",
    "test": [20, 20],
    "rounds": {
        "errors_0_as_1": [4, 3, 2],
        "errors_1_as_0": 5,
        "asked_0": [12, 4, 6],
        "asked_1": [8, 6, 4],
        "beside_training": 10,
        "leaked": [0, 50, 100],
        "seconds": [0.25, 0.5, 0.75],
    },
}
few = settings(max_examples=30)  # each writes a file and reads it


def record(**changes) -> dict:
    """A made-up record; `rounds` changes single columns, None takes one out."""
    made = copy.deepcopy(RECORD)
    columns = made["rounds"] | changes.pop("rounds", {})
    made["rounds"] = {name: c for name, c in columns.items() if c is not None}
    return made | changes


def line_of(made: dict) -> bytes:
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


EVERY = [record(arm=arm, seed=seed) for seed in (0, 1) for arm in ARMS]
KEYS = [(made["arm"], made["seed"]) for made in EVERY]
WHOLE = b"".join(map(line_of, EVERY))


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("records") / "mine.runs.jsonl"


# --- a file of records


def test_no_file_and_an_empty_one_hold_no_runs(tmp_path):
    nothing = read_runs(tmp_path / "none.runs.jsonl")
    assert (nothing.records, nothing.complaints, nothing.size) == ({}, [], 0)
    (tmp_path / "empty.runs.jsonl").write_bytes(b"")
    assert read_runs(tmp_path / "empty.runs.jsonl") == nothing


def test_every_record_is_read_as_it_was_written(file):
    file.write_bytes(WHOLE)
    kept = read_runs(file)
    assert list(kept.records) == KEYS
    assert list(kept.records.values()) == EVERY
    assert (kept.complaints, kept.size) == ([], len(WHOLE))


def test_line_ends_of_windows_and_empty_lines_do_no_harm(file):
    file.write_bytes(WHOLE.replace(b"\n", b"\r\n") + b"\r\n\n")
    kept = read_runs(file)
    assert list(kept.records.values()) == EVERY
    assert (kept.complaints, kept.size) == ([], len(file.read_bytes()))


@few
@given(st.integers(0, len(WHOLE) - 1))
@example(len(WHOLE) - 1)  # all but the last line break
@example(len(line_of(EVERY[0])) + 3)
def test_a_file_that_is_cut_off_anywhere_keeps_its_whole_records_and_tells(file, cut):
    data = WHOLE[:cut]
    begun = data[data.rfind(b"\n") + 1 :]
    file.write_bytes(data)
    if 0 < cut < len('{"form":1,"arm":'):  # too little to know it by
        with pytest.raises(ValueError, match="holds no records of runs"):
            read_runs(file)
        return
    kept = read_runs(file)
    lines = data.count(b"\n")
    whole = begun + b"\n" in map(line_of, EVERY)  # only the line break is gone
    assert list(kept.records) == KEYS[: lines + whole]
    assert kept.size == (len(data) if whole else len(data) - len(begun))
    told = [f"{file} is cut off in its last line ({lines + 1})"]
    assert kept.complaints == (told if begun and not whole else [])


@pytest.mark.parametrize(
    "text",
    [
        "text,label\nlovely,pos\n",
        "lovely",
        '{"text": "lovely", "label": "pos"}\n',
        '{"text": "lovely"}\n{"text": "dull"}\n',
        "[1, 2, 3]\n",
        "3\n",
        "{",
        '{"fo',
        "\x00\x00\x00",
        "\n\ntext\n",
    ],
)
def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path, text):
    path = tmp_path / "mine.runs.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="holds no records of runs: it is left as it"):
        read_runs(path)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        ("<<<<<<< HEAD", "line 2 is no record of a run: delete the line"),
        ('{"form":1,"arm":"ran', "line 2 is no record of a run"),
        ('{"text": "lovely"}', "line 2 is no record of a run"),
        ("\x00" * 20, "line 2 is no record of a run"),
    ],
)
def test_a_damaged_line_among_others_is_refused_by_its_number(
    tmp_path, damaged, message
):
    path = tmp_path / "mine.runs.jsonl"
    first, *others = map(line_of, EVERY[:3])
    path.write_bytes(first + damaged.encode() + b"\n" + b"".join(others))
    with pytest.raises(ValueError, match=message):
        read_runs(path)


@pytest.mark.parametrize("form", [0, 2, "1", None])
def test_a_record_of_another_form_is_refused_with_what_to_do(tmp_path, form):
    path = tmp_path / "mine.runs.jsonl"
    path.write_bytes(line_of(EVERY[0]) + line_of(record(form=form)))
    with pytest.raises(ValueError, match=f"line 2 has form {form!r}, and this version"):
        read_runs(path)


def test_a_run_that_is_there_twice_alike_counts_once_and_is_not_worth_a_word(tmp_path):
    path = tmp_path / "mine.runs.jsonl"
    path.write_bytes(line_of(EVERY[0]) + line_of(EVERY[1]) + line_of(EVERY[0]))
    kept = read_runs(path)
    assert (len(kept.records), kept.complaints) == (2, [])


def test_of_a_run_that_is_there_twice_and_not_alike_the_last_counts_and_it_is_told(
    tmp_path,
):
    path = tmp_path / "mine.runs.jsonl"
    later = record(commit="another")
    path.write_bytes(line_of(record()) + line_of(EVERY[1]) + line_of(later))
    kept = read_runs(path)
    assert kept.records["random", 0] == later
    (told,) = kept.complaints
    assert told.startswith("random, seed 0: there more than once in")
    assert "line 3, the later one, counts" in told


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rounds": {"errors_0_as_1": [4, 3.5, 2]}}, "errors_0_as_1=.*whole numbers"),
        ({"rounds": {"errors_0_as_1": [4, -1, 2]}}, "errors_0_as_1=.*whole numbers"),
        (
            {"rounds": {"errors_0_as_1": [4, 21, 2]}},
            "more errors on class 0 than its 20",
        ),
        ({"rounds": {"errors_1_as_0": 21}}, "more errors on class 1 than its 20"),
        ({"rounds": {"seconds": [0.1, float("inf"), 0.2]}}, "seconds=.*numbers of at"),
        ({"rounds": {"seconds": [0.1, float("nan"), 0.2]}}, "seconds=.*numbers of at"),
        ({"rounds": {"seconds": [0.1, None, 0.2]}}, "seconds=.*numbers of at least 0"),
        ({"rounds": {"seconds": 0.1}}, "seconds expected a list"),
        ({"rounds": {"seconds": []}}, "errors_0_as_1 has 3 rounds, expected some"),
        ({"rounds": {"leaked": [0, 50]}}, "leaked has 2 rounds, expected 3"),
        ({"rounds": {"leaked": True}}, "leaked=.*expected whole numbers"),
        ({"rounds": {"asked_1": None}}, "has no asked_1 in its rounds"),
        ({"rounds": {"beside_training": "10"}}, "beside_training=.*whole numbers"),
        ({"rounds": {"luck": ["x", 1, 2]}}, "luck=.*expected numbers"),
        ({"rounds": {"luck": [-0.5, 1, 2]}}, "luck=.*expected numbers of at least 0"),
        ({"rounds": {"kappa": [None, -2, 1]}}, "kappa=.*numbers of at least -1"),
        ({"test": [40]}, r"test=\[40\], expected the number of test reviews of each"),
        ({"test": [20.0, 20]}, "test=.*, expected the number of test reviews"),
        ({"test": [20, 20, 20]}, "has no asked_2 in its rounds"),
        ({"seed": "0"}, "seed='0', expected int"),
        ({"arm": 3}, "arm=3, expected str"),
        ({"given": None}, "given=None, expected dict"),
        ({"more": 3}, "has form, arm, .*more, expected form, arm"),
    ],
    ids=str,
)
def test_numbers_that_cannot_have_come_from_a_run_are_refused_with_their_line(
    tmp_path, changes, message
):
    path = tmp_path / "mine.runs.jsonl"
    path.write_bytes(line_of(EVERY[1]) + line_of(record(**changes)))
    with pytest.raises(ValueError, match=f"line 2: {message}.*; delete the line"):
        read_runs(path)


# --- a table of records


def test_a_table_has_a_row_for_each_round_and_what_stands_once_holds_for_all():
    table = runs_table([record(), record(arm="other", seed=1)])
    assert table["arm"].tolist() == ["random"] * 3 + ["other"] * 3
    first = table[:3].to_dict("list")
    assert first["round"] == [0, 1, 2] and first["rounds"] == [3] * 3
    assert first["labels"] == [20, 30, 40]
    assert first["asked"] == [20, 10, 10] and first["asked_positive"] == [8, 6, 4]
    assert first["false_positives"] == [4, 3, 2] and first["false_negatives"] == [5] * 3
    assert first["reviews"] == [40] * 3 and first["reviews_positive"] == [20] * 3
    assert first["labels_spent"] == [30, 40, 50] and first["leaked"] == [0, 50, 100]
    assert first["accuracy"] == [1 - 9 / 40, 1 - 8 / 40, 1 - 7 / 40]
    assert first["seconds"] == [0.25, 0.5, 0.75]
    assert first["versions"] == ["python-3.11.7 scikit-learn-1.9.1"] * 3


def test_a_measured_column_that_old_runs_lack_is_missing_there():
    new = record(seed=1, rounds={"average_precision_1": [0.5, None, 0.7], "luck": 3})
    table = runs_table([record(), new])
    old, new = table[table["seed"] == 0], table[table["seed"] == 1]
    assert old[["average_precision_1", "luck"]].isna().all(axis=None)
    assert new["average_precision_1"].fillna(-1).tolist() == [0.5, -1, 0.7]
    assert new["luck"].tolist() == [3, 3, 3]


@given(
    st.integers(2, 5).flatmap(
        lambda k: st.lists(
            st.tuples(st.integers(0, k - 1), st.integers(0, k - 1)), min_size=1
        ).map(lambda pairs: (k, pairs))
    )
)
def test_accuracy_and_macro_f1_are_scikit_learns_for_any_number_of_classes(drawn):
    k, pairs = drawn
    true, taken = np.transpose(pairs)
    counts = confusion_matrix(true, taken, labels=range(k))
    errors = {
        f"errors_{i}_as_{j}": int(counts[i, j])
        for i in range(k)
        for j in range(k)
        if i != j
    }
    asked = {f"asked_{i}": i for i in range(k)}
    made = record(test=counts.sum(axis=1).tolist()) | {
        "rounds": {**errors, **asked, "beside_training": 0, "leaked": 0, "seconds": [1]}
    }
    (row,) = runs_table([made]).to_dict("records")
    assert row["accuracy"] == pytest.approx(np.mean(true == taken))
    expected = f1_score(true, taken, labels=range(k), average="macro", zero_division=0)
    assert row["macro_f1"] == pytest.approx(expected)
    assert row["reviews"] == len(pairs) and row["asked"] == sum(range(k))
    assert ("false_negatives" in row) == ("asked_positive" in row) == (k == 2)
    assert row.get("reviews_positive") == (counts[1].sum() if k == 2 else None)
    if k > 2:
        assert [row[f"asked_{i}"] for i in range(k)] == list(range(k))
