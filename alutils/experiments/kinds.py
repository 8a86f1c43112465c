"""What a grid can name without anybody having listed it: the strategies, learners and
stopping rules of the package, found where they are written.

Modules are read, not imported, until one of theirs is named: who names a linear learner
must not wait for Keras.
"""

from __future__ import annotations

import ast
import functools
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

Node = ast.FunctionDef | ast.ClassDef


def strategies(materials: frozenset[str]) -> dict[str, str]:
    """Strategies by their kind, as "module:name".

    These are the functions of `state` and `size`, the classes whose objects are called
    with these, and the scores: functions of `probabilities` or of a `committee`. What
    needs more than `materials` to be made is left out.
    """

    def is_strategy(node: Node) -> bool:
        if isinstance(node, ast.ClassDef):
            call = _method(node, "__call__")
            return call is not None and _parameters(call)[1:] == ["state", "size"]
        return _parameters(node) in (
            ["state", "size"],
            ["probabilities"],
            ["committee"],
        )

    found = _public("strategies", "published")
    return _by_kind(found, is_strategy, materials, "_sampling")


def learners(materials: frozenset[str]) -> dict[str, str]:
    """Learners by their kind, as "module:name": classes with `fit` and `predict_proba`.
    What needs more than `materials` to be made is left out."""

    def is_learner(node: Node) -> bool:
        methods = ("fit", "predict_proba")
        return isinstance(node, ast.ClassDef) and all(_method(node, m) for m in methods)

    return _by_kind(_public("learners", "published"), is_learner, materials, "_learner")


def stopping_rules() -> dict[str, str]:
    """Stopping rules by their kind, as "module:name": functions of what was `seen`, and
    classes whose objects are called with it. What needs anything to be made is left
    out."""

    def is_rule(node: Node) -> bool:
        if isinstance(node, ast.ClassDef):
            call = _method(node, "__call__")
            return call is not None and _parameters(call)[1:] == ["seen"]
        return _parameters(node) == ["seen"]

    return _by_kind(_public("loop"), is_rule, frozenset(), "_rule")


def imported(found: str) -> Callable:
    """What "module:name" stands for."""
    module, name = found.split(":")
    return getattr(importlib.import_module(module), name)


def _by_kind(
    found: Iterator[tuple[str, Node]],
    wanted: Callable[[Node], bool],
    materials: frozenset[str],
    ending: str,
) -> dict[str, str]:
    kinds = {}
    for module, node in found:
        to_be_made = isinstance(node, ast.ClassDef)
        if wanted(node) and not (to_be_made and _required(node) - materials):
            words = re.sub(r"(?<=.)(?=[A-Z][a-z])", "_", node.name).lower()
            kinds[words.removesuffix(ending)] = f"{module}:{node.name}"
    return kinds


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _public(*packages: str) -> Iterator[tuple[str, Node]]:
    """Module and node of each public function and class in packages of alutils."""
    for package in packages:
        folders = importlib.import_module(f"alutils.{package}").__path__
        for path in sorted(p for f in folders for p in Path(f).glob("*.py")):
            for node in _tree(path).body:
                if isinstance(node, Node) and not _is_aside(node):
                    yield f"alutils.{package}.{path.stem}", node


def _method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    of_name = (
        n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == name
    )
    return next(of_name, None)


def _parameters(node: ast.FunctionDef) -> list[str]:
    return [a.arg for a in node.args.posonlyargs + node.args.args]


def _is_aside(node: Node) -> bool:
    """Whether it is there for other code only: private, or a protocol."""
    bases = getattr(node, "bases", ())
    return node.name.startswith("_") or "Protocol" in map(ast.unparse, bases)


def _required(node: ast.ClassDef) -> set[str]:
    """What an object cannot be made without: parameters, or a dataclass's fields."""
    init = _method(node, "__init__")
    if init is None:
        fields = (n for n in node.body if isinstance(n, ast.AnnAssign))
        return {n.target.id for n in fields if n.value is None}
    names, given = _parameters(init)[1:], init.args
    by_name = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return set(names[: len(names) - len(given.defaults)]) | {
        a.arg for a, default in by_name if default is None
    }
