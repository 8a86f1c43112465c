import tomllib

import pytest

from alutils.experiments.config import Run
from alutils.experiments.grid import read_grid
from alutils.records import read_runs
from alutils.results import results_folder

GRID = """
question = "Does it help?"
seeds = 2
rounds = [[2, 10], [1, 5]]

[start]
labelled = 20

[arms]
random = {}
"margin, warm" = { strategy = "margin", start = { labelled = 30 } }
"""


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
    common = {"rounds": [[2, 10], [1, 5]], "folder": path.parent}
    few, more = {"labelled": 20}, {"labelled": 30}
    assert grid.runs == tuple(
        run
        for seed in (0, 1)
        for run in (
            Run(arm="random", seed=seed, start=few, **common),
            Run(arm="margin, warm", seed=seed, strategy="margin", start=more, **common),
        )
    )
    assert grid.question == "Does it help?"
    assert grid.records == path.with_name("mine.runs.jsonl")


def test_what_an_arm_names_is_merged_setting_by_setting_and_only_what_is_named_counts(
    file_with,
):
    text = GRID + 'warm = { start = { validation = 10 }, learner = "bilstm" }\n'
    run = read_grid(file_with(text)).runs[2]
    given, _ = run.settings()
    assert given == {
        "rounds": [[2, 10], [1, 5]],
        "start": {"labelled": 20, "validation": 10},
        "learner": {"kind": "bilstm"},
    }


def test_another_strategy_takes_nothing_over_from_the_common_one(file_with):
    text = GRID.replace(
        "[start]",
        '[strategy]\nkind = "diverse_doubt"\nfactor = 3\nrandom_until = 25\n\n[start]',
    )
    random, margin = read_grid(file_with(text)).runs[:2]
    assert (random.strategy.factor, random.strategy.random_until) == (3, 25)
    assert (margin.strategy.kind, margin.strategy.random_until) == ("margin", 0)


@pytest.mark.parametrize(
    "file", sorted(results_folder().glob("*.toml")), ids=lambda file: file.stem
)
def test_the_grids_of_the_book_can_be_read_and_every_run_of_theirs_is_kept_and_current(
    file,
):
    grid, said = read_grid(file), tomllib.loads(file.read_text(encoding="utf-8"))
    wanted = {(run.arm, run.seed): run for run in grid.runs}
    assert set(wanted) == {
        (arm, seed) for arm in said["arms"] for seed in range(said["seeds"])
    }
    kept = read_runs(grid.records)
    assert kept.complaints == []
    assert set(kept.records) == set(wanted)
    for key, record in kept.records.items():
        assert wanted[key].is_made_by(record)


def test_reading_a_grid_of_the_bilstm_starts_no_keras_and_a_linear_one_neither(
    run_python,
):
    said = run_python(
        "import sys\n"
        "from alutils.experiments.grid import read_grid\n"
        "from alutils.results import results_folder\n"
        "for name in ('audit', 'strategies_linear'):\n"
        "    read_grid(results_folder() / f'{name}.toml')\n"
        "print({'keras', 'tensorflow', 'matplotlib'} & set(sys.modules))"
    )
    assert said.strip() == "set()"


def test_a_source_s_path_starts_at_the_grid_and_is_kept_as_it_was_written(
    file_with, monkeypatch, tmp_path_factory
):
    text = GRID.replace("[start]", '[data]\nsource = "my/reviews.csv"\n\n[start]')
    path = file_with(text)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    run = read_grid(path).runs[0]
    assert run.data.path(run.folder) == str(path.parent / "my/reviews.csv")
    assert run.settings()[0]["data"] == {"source": "my/reviews.csv"}
    relative = path.relative_to(path.parents[1])
    monkeypatch.chdir(path.parents[1])
    run = read_grid(relative).runs[0]
    assert run.data.path(run.folder) == str(path.parent / "my/reviews.csv")


def test_a_source_s_path_may_start_at_home_or_at_the_root(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for source in ("~/mine.csv", str(tmp_path / "mine.csv")):
        run = Run(data={"source": source})
        assert run.data.path(run.folder) == str(tmp_path / "mine.csv")
    assert Run().data.path(tmp_path) == "tfds"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no grid .*none\.toml"):
        read_grid(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'strategy = "margin"',
            'strategy = "magic"',
            "margin, warm: strategy: unknown strategy 'magic'",
        ),
        ("[start]", 'learner = "svm"\n[start]', "random: learner: unknown learner 's"),
        (
            "labelled = 20",
            "labeled = 20",
            r"random: start: unknown setting 'labeled' \(did you mean 'labelled'\?\)",
        ),
        ("labelled = 20", "seed = 20", "random: start: unknown setting 'seed'"),
        ("random = {}", "random = { seed = 20 }", "'seed' is not for an arm to change"),
        (
            "random = {}",
            "random = { labelled = 20 }",
            "random: 'labelled' is a setting of start: write start = { labelled = … }",
        ),
        ("labelled = 20", 'labelled = "20"', "labelled='20': expected a whole number"),
        ("labelled = 20", "labelled = 20.0", "labelled=20.0: expected a whole number"),
        ("labelled = 20", "labelled = -1", "labelled=-1: expected"),
        ("[start]", '[data]\nsource = "imdb"\n[start]', "unknown source 'imdb'"),
        ("[[2, 10], [1, 5]]", "[2, 10]", r"random: rounds=.*: expected pairs"),
        ("[[2, 10], [1, 5]]", "[[2]]", r"rounds=.*: expected pairs"),
        ("[[2, 10], [1, 5]]", "[[2, 0]]", r"rounds=.*: expected pairs"),
        ("[[2, 10], [1, 5]]", "[[true, 1]]", "expected pairs of how many rounds"),
        ("[[2, 10], [1, 5]]", "3", "rounds=3: expected pairs"),
        ("seeds = 2", "seeds = 0", "seeds=0: expected how many, a whole number from 1"),
        ("seeds = 2", "seeds = true", "seeds=True: expected how many"),
        ("seeds = 2", "seeds = 12345678901234", "expected how many, .* to 10,000"),
        ('"Does it help?"', "1", "question=1: expected a text"),
        ("seeds = 2", "", "has no seeds: expected question, seeds, arms"),
        (
            "[start]",
            "[starts]",
            r"unknown section 'starts' \(did you mean 'start'\?\)",
        ),
        ("[start]", "[common]", "unknown section 'common'"),
        ("random = {}", "random = 3", "random: 3: expected a table of sections"),
        ("random = {}", "random = { start = 3 }", "random: start=3: expected a table"),
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
def test_a_grid_has_the_ending_of_toml(tmp_path, name):
    path = tmp_path / name
    path.write_text(GRID, encoding="utf-8")
    with pytest.raises(ValueError, match=r"expected the path of a \.toml file"):
        read_grid(path)


def test_a_byte_order_mark_as_some_editors_write_it_does_no_harm(file_with, tmp_path):
    path = tmp_path / "marked.toml"
    path.write_text(GRID, encoding="utf-8-sig")
    assert read_grid(path).runs == read_grid(file_with(GRID)).runs


def test_an_arm_whose_name_would_part_the_lines_that_name_it_is_refused(file_with):
    for name in ("a\\rb", "a\\nb", "a\\u0000b"):
        with pytest.raises(ValueError, match="expected a name that can be printed"):
            read_grid(file_with(GRID.replace("margin, warm", name)))


def test_a_grid_that_is_no_utf_8_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(GRID.encode("utf-16"))
    with pytest.raises(ValueError, match=r"mine\.toml is no TOML"):
        read_grid(path)
