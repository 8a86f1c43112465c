import dataclasses
import tomllib

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alutils.evaluation import results_folder
from alutils.grids import COLUMNS, Grid, read_grid, save_table, whole_runs
from alutils.runs import CHOICES, Run

GRID = """
question = "Does it help?"
seeds = 2

[common]
labelled = 20
rounds = [[2, 10], [1, 5]]

[arms]
random = {}
"margin, warm" = { strategy = "margin", labelled = 30 }
"""
few = settings(max_examples=20)  # each writes a table and reads it
# Names that a table of texts could take for something else.
ARMS = ("random", "margin, LSA", "None", "nan", "007", 'say "so"', "Größe", " a ")


def rows_of(run: Run, seconds: float = 0.25, **changes) -> pd.DataFrame:
    """A made-up table of a run, with the columns that a real one has."""
    labels = np.cumsum([run.labelled, *run.query_sizes])
    numbers = {
        **{"round": range(len(labels)), "labels": labels, "seconds": seconds},
        **{"false_negatives": 3, "false_positives": 4 + run.seed, "reviews": 40},
        **{"asked": [run.labelled, *run.query_sizes], "asked_positive": 5},
        **{"labels_spent": labels, "leaked": 0},
    }
    texts = {"versions": "python-3 numpy-2", "commit": "0123456789ab"}
    said = {"arm": run.arm, "seed": run.seed, "settings": run.settings}
    table = pd.DataFrame(numbers).assign(**said, **texts, rounds=len(labels))
    return table.assign(**changes)[list(COLUMNS)]


def full_table(grid: Grid) -> pd.DataFrame:
    return pd.concat([rows_of(run) for run in grid.runs], ignore_index=True)


def keys(table: pd.DataFrame) -> list[tuple[str, int]]:
    return list(dict.fromkeys(zip(table["arm"], table["seed"], strict=True)))


@pytest.fixture(scope="module")
def grid(tmp_path_factory) -> Grid:
    """Eight arms at two seeds, three rounds each; there is no table yet."""
    runs = tuple(
        Run(arm=arm, seed=seed, labelled=10 + place, rounds=((2, 10),))
        for seed in (0, 1)
        for place, arm in enumerate(ARMS)
    )
    return Grid("Is it all there?", runs, tmp_path_factory.mktemp("grid") / "table.csv")


@pytest.fixture
def written(grid) -> str:
    """The text of the grid's table, with every run in it."""
    save_table(grid, full_table(grid))
    return grid.table.read_text(encoding="utf-8")


# --- a grid from a file


@pytest.fixture
def file_with(tmp_path):
    def write(text: str):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_grid_is_every_arm_at_every_seed_with_its_own_changes_to_the_common(
    file_with,
):
    path = file_with(GRID)
    grid = read_grid(str(path))
    rounds = ((2, 10), (1, 5))
    assert grid.runs == tuple(
        run
        for seed in (0, 1)
        for run in (
            Run(arm="random", seed=seed, labelled=20, rounds=rounds),
            Run("margin, warm", seed, strategy="margin", labelled=30, rounds=rounds),
        )
    )
    assert grid.question == "Does it help?"
    assert grid.table == path.with_suffix(".csv")


@pytest.mark.parametrize(
    "file", sorted(results_folder().glob("*.toml")), ids=lambda file: file.stem
)
def test_the_grids_of_the_book_can_be_read_and_their_tables_belong_to_them(file):
    grid, said = read_grid(file), tomllib.loads(file.read_text(encoding="utf-8"))
    wanted = {(run.arm, run.seed): run.settings for run in grid.runs}
    assert set(wanted) == {
        (arm, seed) for arm in said["arms"] for seed in range(said["seeds"])
    }
    if grid.table.is_file():
        rows = pd.read_csv(grid.table, keep_default_na=False)
        assert list(rows.columns) == list(COLUMNS)
        made = rows.groupby(["arm", "seed"])["settings"].unique().map(list).to_dict()
        assert made == {key: [wanted[key]] for key in made}
        assert whole_runs(grid)[1] == []


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no grid .*none\.toml"):
        read_grid(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('strategy = "margin"', 'strategy = "magic"', "margin, warm: unknown strategy"),
        ("labelled = 20", 'learner = "svm"', "random: unknown learner 'svm'"),
        ("labelled = 20", "labeled = 20", "random: unknown setting 'labeled'"),
        ("labelled = 20", "seed = 20", "random: unknown setting 'seed'"),
        ("labelled = 20", 'labelled = "20"', "labelled='20': expected int"),
        ("labelled = 20", "labelled = 20.0", "labelled=20.0: expected int"),
        ("labelled = 20", "truncate = 1", "truncate=1: expected bool"),
        ("labelled = 20", "labelled = 0", "labelled=0: expected a number above 0"),
        ("labelled = 20", 'source = "imdb"', "unknown source 'imdb'"),
        ("[[2, 10], [1, 5]]", "[2, 10]", r"random: rounds=\(2, 10\): expected pairs"),
        ("[[2, 10], [1, 5]]", "[[2]]", r"rounds=\(\(2,\),\): expected pairs"),
        ("[[2, 10], [1, 5]]", "[[2, 0]]", r"rounds=\(\(2, 0\),\): expected pairs"),
        ("[[2, 10], [1, 5]]", "[[true, 1]]", "expected pairs of how many rounds"),
        ("[[2, 10], [1, 5]]", "3", "rounds=3: expected pairs"),
        ("seeds = 2", "seeds = 0", "seeds=0: expected a .* at least 1"),
        ("seeds = 2", "seeds = true", "seeds=True: expected a text, and a whole"),
        ('"Does it help?"', "1", "question=1 .* expected a text"),
        ("seeds = 2", "", "has arms, common, question: expected exactly arms, common"),
        ("[common]", "[general]", "general, question, seeds: expected exactly"),
        ("random = {}", "random = 3", "random: 3: expected a table of settings"),
        ("seeds = 2", "seeds =", "is no TOML"),
    ],
)
def test_a_fault_in_a_grid_is_found_before_any_run_and_named_with_the_file(
    file_with, old, new, message
):
    assert old in GRID
    path = file_with(GRID.replace(old, new))
    with pytest.raises(ValueError, match=message) as refused:
        read_grid(path)
    assert str(refused.value).startswith(f"grid {path}")


def test_a_grid_needs_an_arm_and_arms_are_tables(file_with):
    top, arms, _ = GRID.partition("[arms]")
    with pytest.raises(ValueError, match=r"arms=\{\}: expected at least one"):
        read_grid(file_with(top + arms))
    for arms in ("arms = 3\n", 'arms = ["random"]\n'):
        with pytest.raises(ValueError, match=r"arms=.*: expected at least one"):
            read_grid(file_with(arms + top))


@pytest.mark.parametrize("name", ["mine.csv", "mine.txt", "mine"])
def test_a_grid_with_another_ending_would_write_over_files_of_others(tmp_path, name):
    path = tmp_path / name
    path.write_text(GRID, encoding="utf-8")
    with pytest.raises(ValueError, match=r"expected the path of a \.toml file"):
        read_grid(path)


def test_a_byte_order_mark_as_some_editors_write_it_does_no_harm(file_with, tmp_path):
    path = tmp_path / "marked.toml"
    path.write_text(GRID, encoding="utf-8-sig")
    assert read_grid(path).runs == read_grid(file_with(GRID)).runs


def test_an_arm_whose_name_would_part_its_rows_is_refused(file_with):
    for name in ("a\\rb", "a\\nb", "a\\u0000b"):
        with pytest.raises(ValueError, match="expected a name that can be printed"):
            read_grid(file_with(GRID.replace("margin, warm", name)))


def test_a_grid_that_is_no_utf_8_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(GRID.encode("utf-16"))
    with pytest.raises(ValueError, match=r"mine\.toml is no TOML"):
        read_grid(path)


def test_an_unknown_name_is_answered_with_those_that_are_known(file_with):
    with pytest.raises(ValueError) as refused:
        read_grid(file_with(GRID.replace('"margin"', '"magic"')))
    assert all(repr(name) in str(refused.value) for name in CHOICES["strategy"])
    with pytest.raises(ValueError) as refused:
        read_grid(file_with(GRID.replace("labelled", "labeled")))
    said = str(refused.value)
    assert {"labelled", "strategy", "C", "rounds"} <= set(
        said.rpartition("choose from ")[2].split(", ")
    )


# --- its table


def test_a_grid_without_a_table_has_no_whole_runs_and_nothing_wrong(grid):
    grid.table.unlink(missing_ok=True)
    table, complaints = whole_runs(grid)
    assert (len(table), list(table.columns), complaints) == (0, list(COLUMNS), [])


def test_a_table_is_read_back_as_it_was_saved(grid, written):
    table, complaints = whole_runs(grid)
    assert complaints == []
    expected = full_table(grid)
    for name in COLUMNS:
        assert table[name].tolist() == expected[name].tolist()
    save_table(grid, table)
    assert grid.table.read_text(encoding="utf-8") == written


@few
@given(seconds=st.floats(0, 1e5).map(lambda x: round(x, 2)))
def test_seconds_keep_every_digit(grid, seconds):
    save_table(grid, rows_of(grid.runs[0], seconds))
    table, _ = whole_runs(grid)
    assert table["seconds"].tolist() == [seconds] * 3


@few
@given(st.permutations(range(16)), st.integers(0, 16))
def test_rows_lie_in_the_order_of_the_grid_however_they_came(grid, order, count):
    came = [rows_of(grid.runs[k])[::-1] for k in order[:count]]
    save_table(grid, pd.concat(came or [full_table(grid)[:0]]))
    table, complaints = whole_runs(grid)
    ordered = [grid.runs[k] for k in sorted(order[:count])]
    assert complaints == []
    assert keys(table) == [(run.arm, run.seed) for run in ordered]
    assert table["round"].tolist() == [0, 1, 2] * count


@few
@given(st.integers(0, 16 * 3 - 1))
def test_a_row_that_is_gone_takes_its_run_along_and_no_other(grid, place):
    rows = full_table(grid)
    gone = rows.loc[place]
    save_table(grid, rows.drop(place))
    table, complaints = whole_runs(grid)
    whole = [key for key in keys(rows) if key != (gone["arm"], gone["seed"])]
    assert keys(table) == whole
    assert complaints == [
        f"{gone['arm']}, seed {gone['seed']}: not all of its rounds are there"
    ]


# --- a table that is damaged

CUTS = st.floats(0, 1, exclude_max=True)


@few
@given(CUTS)
@example(0.0)  # an empty file
@example(1e-9)
@example(0.01)  # in the header
@example(0.999999)  # all but the last byte: within the last field
def test_a_table_that_is_cut_off_anywhere_keeps_its_whole_runs_and_tells(grid, cut):
    rows = full_table(grid)
    save_table(grid, rows)
    data = grid.table.read_bytes()
    cut = int(cut * len(data))
    grid.table.write_bytes(data[:cut])
    lines = data[:cut].count(b"\n") - 1  # whole ones, below the header
    table, complaints = whole_runs(grid)
    assert keys(table) == keys(rows)[: max(lines, 0) // 3]
    expected = rows[: len(table)]
    for name in COLUMNS:
        assert table[name].tolist() == expected[name].tolist()
    at_the_end_of_a_line = data[:cut].endswith(b"\n")
    assert (complaints == []) == (at_the_end_of_a_line and lines % 3 == 0)
    if not at_the_end_of_a_line:
        fault = "is cut off in its last line" if cut else "is empty"
        assert complaints[0] == f"{grid.table} {fault}"


def test_a_cut_within_the_last_field_of_a_run_is_found(grid, written):
    grid.table.write_text(written[:-4], encoding="utf-8")
    table, complaints = whole_runs(grid)
    last = grid.runs[-1]
    assert keys(table) == [(run.arm, run.seed) for run in grid.runs[:-1]]
    assert complaints == [
        f"{grid.table} is cut off in its last line",
        f"{last.arm}, seed {last.seed}: not all of its rounds are there",
    ]


def test_a_cut_through_a_letter_is_a_cut_like_any_other(grid):
    save_table(grid, full_table(grid))
    data = grid.table.read_bytes()
    grid.table.write_bytes(data[: data.rindex("Größe".encode()) + 3])
    table, complaints = whole_runs(grid)
    assert (ARMS[-2], 0) in keys(table)
    assert (ARMS[-2], 1) not in keys(table)
    assert f"{grid.table} is cut off in its last line" in complaints


def test_a_cut_and_a_foreign_header_are_both_told(grid):
    grid.table.write_text("labels,accuracy\n100,0.8\n200,", encoding="utf-8")
    table, complaints = whole_runs(grid)
    assert len(table) == 0
    assert complaints == [
        f"{grid.table} is cut off in its last line",
        f"{grid.table} has other columns than it should",
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.rpartition(",")[0],
        lambda line: line.rpartition(",")[0] + ",",
        lambda line: line[: len(line) // 2],
        lambda line: line[:3],
        lambda line: line + ",more",
        lambda line: "\0" * len(line),
        lambda line: line.replace(",40,", ",forty,"),
        lambda line: line.replace(",40,", ",,"),
        lambda line: line + "\n" + line,
    ],
    ids=[
        *("without its last field", "with an empty one", "half", "three letters"),
        *("with a field more", "zeros", "no number", "number missing", "twice"),
    ],
)
def test_a_damaged_line_takes_its_run_along_and_no_other(grid, written, damage):
    lines = written.splitlines()
    lines[2] = damage(lines[2])  # the second round of the first run
    grid.table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    table, complaints = whole_runs(grid)
    assert keys(table) == [(run.arm, run.seed) for run in grid.runs[1:]]
    assert "random, seed 0: not all of its rounds are there" in complaints


@pytest.mark.parametrize(
    "change",
    [
        {"false_negatives": 3.5},
        {"false_positives": -1},
        {"false_negatives": 41},
        {"seconds": np.inf},
        {"leaked": np.inf},
        {"asked_positive": 11},
        {"asked": 9},
        {"labels": 2_000},
    ],
    ids=lambda change: " ".join(change),
)
def test_numbers_that_cannot_have_come_from_a_run_are_found(grid, change):
    table = full_table(grid).astype(dict.fromkeys(change, float))
    for name, number in change.items():
        table.loc[1, name] = number  # the second round of the first run
    grid.table.write_text(table.to_csv(index=False), encoding="utf-8")
    table, complaints = whole_runs(grid)
    assert keys(table) == [(run.arm, run.seed) for run in grid.runs[1:]]
    assert complaints == ["random, seed 0: its numbers do not add up"]
    save_table(grid, table)


def test_a_table_with_a_byte_order_mark_is_read_as_it_is(grid, written):
    grid.table.write_text(written, encoding="utf-8-sig")
    table, complaints = whole_runs(grid)
    assert len(table) == 3 * len(grid.runs) and complaints == []


def test_a_table_that_cannot_be_read_is_told(grid, written):
    lines = written.splitlines()
    lines[-1] = '"' + lines[-1]  # a quotation mark that nothing closes
    grid.table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    table, complaints = whole_runs(grid)
    assert len(table) == 0
    assert complaints[0].startswith(f"{grid.table} cannot be read (")


# --- a table of another grid


def test_a_run_with_other_settings_than_the_grid_has_now_is_not_whole(grid, written):
    first, *others = grid.runs
    changed = (dataclasses.replace(first, labelled=99), *others)
    table, complaints = whole_runs(dataclasses.replace(grid, runs=changed))
    assert keys(table) == [(run.arm, run.seed) for run in others]
    assert complaints == ["random, seed 0: made with other settings"]


@pytest.mark.parametrize(("before", "now"), [(1, 1.0), (1.0, 1)])
def test_a_whole_number_may_be_written_either_way(grid, before, now):
    written, wanted = (
        dataclasses.replace(
            grid, runs=tuple(dataclasses.replace(r, C=c, weight=0.5) for r in grid.runs)
        )
        for c in (before, now)
    )
    save_table(written, full_table(written))
    table, complaints = whole_runs(wanted)
    assert len(keys(table)) == len(grid.runs) and complaints == []


def test_a_run_that_the_grid_does_not_name_is_told(grid, written):
    table, complaints = whole_runs(dataclasses.replace(grid, runs=grid.runs[1:]))
    assert keys(table) == [(run.arm, run.seed) for run in grid.runs[1:]]
    assert complaints == ["random, seed 0: not in the grid"]


def test_a_grid_may_grow_without_losing_what_is_there(grid, written):
    more = (*grid.runs, dataclasses.replace(grid.runs[0], seed=2))
    table, complaints = whole_runs(dataclasses.replace(grid, runs=more))
    assert keys(table) == [(run.arm, run.seed) for run in grid.runs]
    assert complaints == []


def test_a_run_that_ended_early_says_so_and_is_whole(grid):
    run = grid.runs[0]
    save_table(grid, rows_of(run)[:2].assign(rounds=2))
    table, complaints = whole_runs(grid)
    assert keys(table) == [(run.arm, run.seed)]
    assert complaints == []
