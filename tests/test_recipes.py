"""The recipes of CONTRIBUTING, carried out: what a newcomer is told to write is written
into a copy of the project, and what to run is run there."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pytest

from alutils.corpus.splits import split_at_random
from alutils.figures.moving import moving
from alutils.figures.scores import plot_lines
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.loop.watching import Watch, set_aside
from alutils.strategies.base import random_sampling

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = ("alutils", "bookbuild", "book", "notebooks", "results", "tests", "_scripts")
# What the text before a block calls the file that it belongs into.
FILE = {
    "python": r"`(\w+/[\w/]+\.py)`",
    "js": r"`(\w+/[\w/]+\.js)`",
    "toml": r"`(\w+\.toml)`",
}


@dataclass(frozen=True)
class Block:
    """A block of code in a recipe, and the file that the text before it names, if it is
    to be written."""

    language: str
    code: str
    file: str | None


def recipe(heading: str) -> list[Block]:
    """The blocks of a recipe in their order."""
    (section,) = re.findall(rf"^## {heading}$(.*?)(?=^## )", GUIDE, flags=re.S | re.M)
    fence = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", flags=re.S | re.M)
    blocks, before = [], 0
    for found in fence.finditer(section):
        language, code = found.groups()
        text = section[before : found.start()]
        *_, file = [None, *re.findall(FILE.get(language, "$^"), text)]
        blocks.append(Block(language, textwrap.dedent(code), file))
        before = found.end()
    return blocks


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """A copy of the project to build in, with an environment where the guide has it."""
    house = tmp_path_factory.mktemp("house")
    for name in COPIED:
        aside = shutil.ignore_patterns("__pycache__", "browser", "_build")
        shutil.copytree(ROOT / name, house / name, ignore=aside)
    for path in (*ROOT.glob("*.toml"), *ROOT.glob("_*.yml"), ROOT / "requirements.txt"):
        shutil.copy(path, house)
    python = house / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return house


def run(command: str, house: Path) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=house,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def carry_out(blocks: list[Block], house: Path) -> list[str]:
    """Write each file that a recipe names and run each of its commands; what these
    print."""
    printed = []
    for block in blocks:
        if block.language == "sh":
            printed.append(run(block.code, house))
        elif block.file:
            path = house / block.file
            assert path.parent.is_dir(), f"no room for {block.file}"
            assert not path.exists(), f"{block.file} is there already"
            path.write_text(block.code, encoding="utf-8")
    return printed


def files_of(blocks: list[Block]) -> list[str]:
    """The Python files that a recipe writes, the module first."""
    return [block.file for block in blocks if block.language == "python" and block.file]


def is_clean(blocks: list[Block], house: Path) -> bool:
    """Whether what was written keeps to the rules of style."""
    files = " ".join(files_of(blocks))
    for command in ("ruff check", "ruff format --check"):
        run(f".venv/bin/python -m {command} {files}", house)
    return True


def passed(printed: str) -> int:
    (number,) = re.findall(r"(\d+) passed", printed)
    return int(number)


def test_a_strategy_made_by_its_recipe_passes_its_tests_and_runs_in_a_grid(house):
    blocks = recipe("Add a strategy in ten minutes")
    tests, _ = carry_out(blocks, house)
    assert passed(tests) > 1  # its own and those of the contract
    records = (house / "mine.runs.jsonl").read_text(encoding="utf-8").splitlines()
    runs = [json.loads(record) for record in records]
    arms = {"random", "in a sample"}
    assert {(r["arm"], r["seed"]) for r in runs} == {
        (arm, seed) for arm in arms for seed in range(3)
    }
    assert is_clean(blocks, house)


def test_a_source_made_by_its_recipe_passes_its_tests(house):
    blocks = recipe("Add a source in ten minutes")
    (tests,) = carry_out(blocks, house)
    assert passed(tests) > 1
    assert is_clean(blocks, house)


def test_a_learner_made_by_its_recipe_passes_its_tests(house):
    blocks = recipe("Add a learner")
    (tests,) = carry_out(blocks, house)
    assert passed(tests) > 1
    assert is_clean(blocks, house)


def test_a_stopping_rule_made_by_its_recipe_passes_its_test_and_ends_a_loop(
    house, corpus_of, table_learner
):
    *blocks, in_a_chapter = recipe("Add a stopping rule")
    (tests,) = carry_out(blocks, house)
    assert passed(tests) == 3  # its own and those of every rule
    assert is_clean(blocks, house)
    names = {}
    exec(blocks[0].code, names)
    rng = np.random.default_rng(0)
    reviews = corpus_of(np.arange(40) % 2)
    names |= {
        "active_learning_loop": active_learning_loop,
        "set_aside": set_aside,
        "Watch": Watch,
        "learner": table_learner(
            rng.random(40)
        ),  # learns nothing, so it settles at once
        "strategy": random_sampling,
        "oracle": SimulatedOracle(reviews.labels),
        "splits": split_at_random(reviews, rng, labelled=10, validation=4, test=6),
        "sizes": [2] * 10,
        "rng": rng,
    }
    exec(in_a_chapter.code, names)
    assert names["done"].number == 3 and names["done"].stopped


def test_a_part_to_move_made_by_its_recipe_computes_as_the_package_does(house):
    if not shutil.which("node"):
        pytest.skip("no Node.js")
    *blocks, data, cell = recipe("Add a part to move")
    (tests,) = carry_out(blocks, house)
    assert passed(tests) == 2  # its own, and that of its weight
    assert is_clean(blocks, house)
    (part, given), shown = ast.literal_eval(f"{{{data.code}}}").popitem(), []
    names = {
        "accuracy": given["accuracy"],
        "display": shown.append,
        "moving": moving,
        "plot_lines": plot_lines,
        "texts": np.arange(3),
        "half": np.arange(3),
    }
    exec(cell.code, names)
    assert shown == [moving(part, given)]


def test_what_the_recipes_write_keeps_to_the_layout_of_the_house(house):
    modules = []
    for heading in (
        "Add a strategy in ten minutes",
        "Add a source in ten minutes",
        "Add a learner",
        "Add a stopping rule",
    ):
        blocks = recipe(heading)
        modules.append(Path(files_of(blocks)[0]).stem)
        for block in blocks:
            if block.language == "python" and block.file:
                (house / block.file).write_text(block.code, encoding="utf-8")
    names = " or ".join(["mirrors", "circle", *modules])
    run(f".venv/bin/python -m pytest -q tests/test_architecture.py -k '{names}'", house)


def insert_after(path: Path, line: str, text: str) -> None:
    before, after = path.read_text(encoding="utf-8").split(line)
    path.write_text(before + line + text + after, encoding="utf-8")


def test_a_chapter_made_by_its_recipe_has_the_structure_and_runs(house):
    copy, metadata, contents, card, checks = recipe("Add a chapter in ten minutes")
    run(copy.code, house)
    (stem,) = re.findall(r"notebooks/(14_\w+)", contents.code)
    path = house / "notebooks" / f"{stem}.ipynb"
    notebook = nbformat.read(path, 4)

    # Step 2: keep the first six cells and the end, rewrite the text that stays.
    (recap,) = (k for k, c in enumerate(notebook.cells) if "## Recap" in c.source)
    start, end = notebook.cells[:6], notebook.cells[recap:]
    assert "parameters" in start[3].metadata["tags"] and "banner(" in start[5].source
    text = re.sub(r"^# .*", "# Count the words", start[0].source)
    start[0].source = re.sub(
        r"Reader's time: .*",
        "Reader's time: about 5 minutes. Machine's time: not measured yet.",
        text,
    )
    for cell in end:
        cell.source = cell.source.replace("ex-01-", "ex-14-")
        if cell.cell_type == "code":
            cell.source = "len(reviews)"
    # Step 3: cells of one's own, each with a lead-in; a figure has its texts.
    figure = nbformat.v4.new_code_cell(
        "words = np.array([len(text.split()) for text in reviews.texts])\n"
        'plot_histogram(words, np.arange(0, 1_000, 50), x_label="words")',
        metadata=json.loads(metadata.code),
    )
    lead_in = nbformat.v4.new_markdown_cell("Here is how long they are.")
    notebook.cells = [*start, lead_in, figure, *end]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    nbformat.write(notebook, path)
    # Step 5: its places in the book.
    insert_after(
        house / "_toc.yml",
        "notebooks/08_weigh_the_evidence\n",
        f"      {contents.code}",
    )
    row = (house / "book" / "index.md").read_text(encoding="utf-8")
    (last,) = re.findall(r":{3}\{grid-item-card\} \[7\..*?\n:::\n", row, flags=re.S)
    insert_after(house / "book" / "index.md", last, f"\n{card.code}")

    run(checks.code, house)
    run(
        ".venv/bin/python -c 'from pathlib import Path; from bookbuild.execute import"
        f' execute; execute(Path("notebooks/{stem}.ipynb"), "small", Path("build"))\'',
        house,
    )
    executed = nbformat.read(house / "build" / "executed" / f"{stem}.ipynb", 4)
    (drawn,) = (c for c in executed.cells if c.source == figure.source)
    (shown,) = drawn.outputs
    assert "image/png" in shown["data"]


def test_a_recipe_is_read_with_its_files_and_its_commands():
    blocks = recipe("Add a strategy in ten minutes")
    assert [(block.language, block.file) for block in blocks] == [
        ("python", "alutils/strategies/sample.py"),
        ("python", "tests/strategies/test_sample.py"),
        ("sh", None),
        ("toml", "mine.toml"),
        ("sh", None),
    ]
