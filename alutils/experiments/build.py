"""Sections made from code: of the parameters of a learner or strategy, those that are
called like a material get it, and the others are its settings."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, create_model

from alutils.experiments.kinds import imported
from alutils.experiments.materials import MATERIALS, Materials
from alutils.experiments.sections import (
    AboveZero,
    AtLeastZero,
    Count,
    Section,
    Size,
    unknown,
)

# A grid has no way to write None, so 0 stands for it.
NoneIfZero = BeforeValidator(lambda given: None if given == 0 else given)


def found(what: str, kind: str, known: Mapping[str, str], own: Iterable = ()) -> Any:
    """What was found in the package under a kind.

    Raises
    ------
    ValueError
        If nobody knows the kind; the message names those that are known, those that
        have a section of their `own` among them.
    """
    if kind not in known:
        raise ValueError(unknown(what, kind, [*known, *own]))
    return imported(known[kind])


def section_for(kind: str, base: type, maker: Callable, **says: bool) -> type:
    """A section whose settings are the parameters of what it makes."""
    parameters = inspect.signature(maker, eval_str=True).parameters.values()
    settings = {
        p.name: (setting, p.default)
        for p in parameters
        if p.name not in MATERIALS and (setting := _setting(p)) is not None
    }
    section = create_model(kind, __base__=base, kind=(Literal[kind], kind), **settings)
    section.maker = staticmethod(maker)
    section.reads = frozenset(p.name for p in parameters) & MATERIALS
    for name, value in says.items():
        setattr(section, name, value)
    return section


def _setting(parameter: inspect.Parameter) -> Any:
    """The type of a setting with what its value may be, or None if a grid cannot write
    one. A number is above 0, unless it is 0 when it is left out."""
    kind, default = parameter.annotation, parameter.default
    if isinstance(kind, types.UnionType) and type(None) in typing.get_args(kind):
        (inner,) = set(typing.get_args(kind)) - {type(None)}
        allowed = {int: Size, float: AboveZero, str: str}.get(inner)
        return allowed and Annotated[allowed | None, NoneIfZero]
    if kind is bool or kind is str or typing.get_origin(kind) is Literal:
        return kind
    if kind is int:
        return Count if default == 0 else Size
    if kind is float:
        return AtLeastZero if default == 0 else AboveZero
    return None


def arguments(section: Section, maker: Callable, materials: Materials) -> dict:
    """What a maker is called with: materials and settings, each by its name."""
    names = inspect.signature(maker).parameters
    return {
        name: getattr(materials if name in MATERIALS else section, name)
        for name in names
        if name in MATERIALS or name in type(section).model_fields
    }
