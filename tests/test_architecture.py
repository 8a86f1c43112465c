import ast
import doctest
import importlib
from pathlib import Path

import pytest

import alutils

PACKAGE = Path(alutils.__file__).parent
# Data flows one way: a module imports only from those before it.
ORDER = (
    "settings",
    "cache",
    "sources",
    "reviews",
    "splits",
    "features",
    "errors",
    "models",
    "learners",
    "self_training",
    "committees",
    "scores",
    "strategies",
    "diversity",
    "oracle",
    "loop",
    "evaluation",
    "learning_curves",
    "evidence",
    "runs",
    "materials",
    "simulation",
    "grids",
    "workers",
    "experiments",
    "pages",
    "style",
    "plots",
    "evidence_plots",
)
each_module = pytest.mark.parametrize("module", ORDER)


def tree_of(module: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))


def siblings_imported(module: str) -> set[str]:
    """Modules of alutils that a module imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"alutils.{node.module or ''}" if node.level else node.module]
            names += [
                f"{names[0].rstrip('.')}.{alias.name}"
                for alias in node.names
                if names[0].rstrip(".") == "alutils"
            ]
        else:
            continue
        found |= {
            name.split(".")[1]
            for name in names
            if name.startswith("alutils.") and name != "alutils."
        }
    return found


def test_every_module_has_its_place_in_the_order():
    assert {path.stem for path in PACKAGE.glob("*.py")} == {*ORDER, "__init__"}


def test_the_package_itself_imports_nothing():
    assert siblings_imported("__init__") == set()


@each_module
def test_a_module_imports_only_from_its_left(module):
    assert siblings_imported(module) <= set(ORDER[: ORDER.index(module)])


def test_the_imports_are_found_at_all():
    # What the loop needs, by its own docstring and types.
    assert siblings_imported("loop") >= {
        "errors",
        "learners",
        "oracle",
        "splits",
        "strategies",
    }


@each_module
def test_a_module_can_be_read_in_one_sitting(module):
    source = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 260


@each_module
def test_a_module_and_every_public_function_and_class_in_it_say_what_they_are(module):
    tree = tree_of(module)
    public = [
        node
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
    ]
    silent = [node.name for node in public if not ast.get_docstring(node)]
    assert public
    assert silent == []
    assert ast.get_docstring(tree)


def test_the_examples_in_docstrings_give_what_they_say():
    results = [
        doctest.testmod(importlib.import_module(f"alutils.{module}"))
        for module in ORDER
    ]
    assert sum(result.attempted for result in results) > 0
    assert sum(result.failed for result in results) == 0
