"""Finds what a package offers, whatever its modules are called: a new module is tested
without being named."""

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any


def public_in(*packages: ModuleType) -> dict[str, Any]:
    """Functions and classes that the modules of these packages define, by module and
    name."""
    found = {}
    for package in packages:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            contents = vars(importlib.import_module(module.name)).items()
            for name, thing in contents:
                if getattr(thing, "__module__", None) == module.name and name[0] != "_":
                    found[f"{module.name}.{name}"] = thing
    return found


def has_methods(thing: Any, *names: str) -> bool:
    """Whether it is a class with these methods, and no protocol."""
    return (
        inspect.isclass(thing)
        and not getattr(thing, "_is_protocol", False)
        and all(callable(getattr(thing, name, None)) for name in names)
    )


def made_of(thing: Any, materials: dict[str, Any]) -> Any:
    """A class called with what it needs out of these materials, each found by the name
    of the parameter; the others keep their defaults. `n_classes` is always given."""
    given = {}
    for name, parameter in inspect.signature(thing).parameters.items():
        if parameter.default is parameter.empty or name == "n_classes":
            assert name in materials, (
                f"{thing.__qualname__} needs {name!r}: give it a default, or add it to"
                " the materials of this test"
            )
            given[name] = materials[name]
    return thing(**given)
