"""The house: which rooms there are, and that data flows through them one way."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest

import alutils
from bookbuild.api import ROOMS

PACKAGE = Path(alutils.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if path.name != "__init__.py"
)
# Modules without a test file of their own, and where they are tested instead.
TESTED_ELSEWHERE = {
    # What every learner promises, and that rows may be handed over in any form.
    "alutils/learners/base.py": "tests/learners/test_contract.py",
    "alutils/corpus/rows.py": "tests/learners/test_contract.py",
    # Which source is which, as seen from every one of them.
    "alutils/corpus/lookup.py": "tests/corpus/sources/test_contract.py",
    # Only to be seen from outside: through a session, a run, a command.
    "alutils/loop/answers.py": "tests/loop/test_session.py",
    "alutils/features/counts.py": "tests/features/test_phrases.py",
    "alutils/labelling/allowed.py": "tests/labelling/test_store.py",
    "alutils/labelling/database.py": "tests/labelling/test_store.py",
    "alutils/labelling/held_file.py": "tests/labelling/test_store.py",
    "alutils/labelling/holding.py": "tests/labelling/test_store.py",
    "alutils/labelling/known_texts.py": "tests/labelling/test_store.py",
    "alutils/labelling/asking.py": "tests/labelling/test_desk.py",
    "alutils/labelling/batches.py": "tests/labelling/test_desk.py",
    "alutils/labelling/progress.py": "tests/labelling/test_desk.py",
    "alutils/labelling/reading.py": "tests/labelling/test_exchange.py",
    "alutils/labelling/as_csv.py": "tests/labelling/test_exchange.py",
    "alutils/labelling/doccano.py": "tests/labelling/test_exchange.py",
    "alutils/labelling/label_studio.py": "tests/labelling/test_exchange.py",
    "alutils/labelling/card.py": "tests/labelling/test_model.py",
    "alutils/labelling/predictions.py": "tests/labelling/test_model.py",
    "alutils/labelling/__main__.py": "tests/labelling/test_model.py",
    "alutils/labelling/report_labels.py": "tests/labelling/test_report.py",
    "alutils/labelling/report_model.py": "tests/labelling/test_report.py",
    "alutils/labelling/report_opinions.py": "tests/labelling/test_report.py",
    "alutils/labelling/wording.py": "tests/labelling/test_report.py",
    "alutils/labelling/screen.py": "tests/labelling/test_annotator.py",
    # A script in the page, which only a browser runs.
    "alutils/labelling/keys.py": "tests/labelling/test_in_jupyterlab.py",
    "alutils/experiments/sections.py": "tests/experiments/test_config.py",
    "alutils/experiments/data.py": "tests/experiments/test_config.py",
    "alutils/experiments/build.py": "tests/experiments/test_kinds.py",
    "alutils/experiments/learning.py": "tests/experiments/test_run.py",
    "alutils/experiments/querying.py": "tests/experiments/test_run.py",
    "alutils/experiments/materials.py": "tests/experiments/test_run.py",
    "alutils/experiments/workers.py": "tests/experiments/test_carry_out.py",
    "alutils/experiments/__main__.py": "tests/experiments/test_carry_out.py",
    "bookbuild/execute.py": "tests/bookbuild/test_make.py",
    "bookbuild/progress.py": "tests/bookbuild/test_make.py",
    "bookbuild/pdf.py": "tests/book/test_browser.py",
    "bookbuild/address.py": "tests/test_colab_bootstrap.py",
    # Numbers that others have published, tested where they are used.
    "alutils/published/settings.py": "tests/published/test_error_ratio.py",
}
each_module = pytest.mark.parametrize("module", MODULES)


def path_of(module: str) -> Path:
    return PACKAGE / f"{module.replace('.', '/')}.py"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """Modules of alutils that a file imports, wherever in it it does so."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        else:
            continue
        inside = (n.removeprefix("alutils.") for n in names if n.startswith("alutils."))
        found |= {name for name in inside if name in MODULES}
    return found


def room(module: str) -> str:
    return module.split(".")[0]


def test_every_room_has_its_place_in_the_order():
    assert {room(module) for module in MODULES} == set(ROOMS)


def test_packages_themselves_import_nothing_so_that_no_room_costs_another():
    for path in PACKAGE.rglob("__init__.py"):
        assert imported(path) == set(), path


@each_module
def test_a_room_imports_only_from_its_left(module):
    place = ROOMS.index(room(module))
    others = {room(other) for other in imported(path_of(module))} - {room(module)}
    assert others <= set(ROOMS[:place])


def test_no_modules_import_in_a_circle():
    left = {module: imported(path_of(module)) for module in MODULES}
    while ready := [module for module, needs in left.items() if not needs & set(left)]:
        for module in ready:
            del left[module]
    assert not left


def mirrored(path: Path) -> Path:
    """Where the tests of a module stand: alutils/loop/oracle.py has them in
    tests/loop/test_oracle.py, bookbuild/make.py in tests/bookbuild/test_make.py."""
    inside = path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT)
    return ROOT / "tests" / inside.with_name(f"test_{inside.name}")


def test_every_module_has_its_tests_in_the_place_that_mirrors_it():
    modules = [path_of(module) for module in MODULES]
    modules += (ROOT / "bookbuild").glob("[!_]*.py")
    without = {
        path.relative_to(ROOT).as_posix()
        for path in modules
        if not mirrored(path).is_file()
    }
    assert without == set(TESTED_ELSEWHERE)
    for tests in TESTED_ELSEWHERE.values():
        assert (ROOT / tests).is_file()


def test_the_imports_are_found_at_all():
    # What the loop needs, by its own docstring and types.
    assert imported(path_of("loop.rounds")) >= {
        "errors",
        "learners.base",
        "loop.oracle",
        "corpus.splits",
        "strategies.base",
    }


@each_module
def test_a_module_can_be_read_in_one_sitting(module):
    source = path_of(module).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 260


@each_module
def test_a_module_and_every_public_function_and_class_in_it_say_what_they_are(module):
    tree = tree_of(path_of(module))
    public = [
        node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
    ]
    silent = [node.name for node in public if not ast.get_docstring(node)]
    assert silent == []
    assert ast.get_docstring(tree)


def test_the_examples_in_docstrings_give_what_they_say():
    results = [
        doctest.testmod(importlib.import_module(f"alutils.{module}"))
        for module in MODULES
    ]
    assert sum(result.attempted for result in results) > 0
    assert sum(result.failed for result in results) == 0
