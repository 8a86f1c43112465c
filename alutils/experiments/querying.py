"""Sections that build a strategy, one for each kind."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from alutils.experiments import kinds
from alutils.experiments.build import arguments, found, section_for
from alutils.experiments.materials import MATERIALS, Materials
from alutils.experiments.sections import Count, Section
from alutils.published.error_ratio import ErrorRatio
from alutils.strategies.base import Strategy
from alutils.strategies.uncertainty import CommitteeDoubt, Doubt, RandomFirst


class Querying(Section):
    """A strategy, by its kind and its own settings."""

    kind: str
    random_until: Count = 0  # labels before it takes over from random queries

    reads: ClassVar[frozenset[str]] = frozenset()  # materials
    asks_committee: ClassVar[bool] = False

    @property
    def needs_validation(self) -> bool:
        """Whether it looks at labelled validation reviews."""
        return False

    def build(self, materials: Materials) -> Strategy:
        """The strategy, random at first if so wished."""
        strategy = self.alone(materials)
        if self.random_until:
            return RandomFirst(strategy, self.random_until)
        return strategy

    def alone(self, materials: Materials) -> Strategy:
        """The strategy from its first query on."""
        raise NotImplementedError


class FoundQuerying(Querying):
    """A strategy that was found in the package."""

    maker: ClassVar[Callable[..., Strategy]]

    def alone(self, materials: Materials) -> Strategy:
        return self.maker(**arguments(self, self.maker, materials))


class ErrorRatioQuerying(Querying):
    """The published sampling, as `published.error_ratio` has it."""

    kind: Literal["error_ratio"] = "error_ratio"
    steering: Literal["validation", "test"] = "validation"
    classes: Literal["predicted", "true"] = "predicted"
    direction: Literal["corrected", "published", "equal"] = "corrected"
    truncate: bool = False
    order: Literal["storage", "random"] = "storage"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.classes, self.order) == ("predicted", "storage"):
            raise ValueError(
                "order='storage' gives the classes away in a pool that lies sorted by"
                " class: predicted classes need order='random'"
            )
        return self

    @property
    def needs_validation(self) -> bool:
        return self.steering == "validation"

    def alone(self, materials: Materials) -> Strategy:
        rows = getattr(materials.splits, self.steering)
        return ErrorRatio(
            (rows, materials.oracle.label(rows, purpose="steering")),
            classes_of=materials.oracle.leak if self.classes == "true" else None,
            direction=self.direction,
            truncate=self.truncate,
            order=self.order,
        )


@functools.cache
def strategy_section(kind: str) -> type[Querying]:
    """The section of a kind of strategy.

    Raises
    ------
    ValueError
        If nobody knows the kind; the message names those that are known.
    """
    if kind == "error_ratio":
        return ErrorRatioQuerying
    made = found("strategy", kind, kinds.strategies(MATERIALS), ["error_ratio"])
    first = next(iter(inspect.signature(made).parameters), None)
    maker = {
        "state": lambda: made,  # it is one already
        "probabilities": functools.partial(Doubt, made),
        "committee": functools.partial(CommitteeDoubt, made),
    }.get(first, made)
    return section_for(kind, FoundQuerying, maker, asks_committee=first == "committee")
