"""Sections about stopping: what a run watches, and by which rule it ends."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ClassVar, Self

import numpy as np
from pydantic import model_validator

from alutils.corpus.splits import Splits
from alutils.experiments import kinds
from alutils.experiments.build import found, section_for
from alutils.experiments.sections import Count, Section
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.stopping import StoppingRule
from alutils.loop.watching import Watch, set_aside


class Watching(Section):
    """What is set aside from the pool to be looked at after each fit."""

    stop_set: Count = 0  # texts that nobody labels; 0 watches nothing
    validation: Count = 0  # texts whose labels are asked for, and counted

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.validation and not self.stop_set:
            raise ValueError(
                f"validation={self.validation} beside stop_set=0: give a stop set too,"
                " its texts cost no label"
            )
        return self

    def set_aside(
        self, splits: Splits, rng: np.random.Generator
    ) -> tuple[Splits, np.ndarray]:
        """The splits without the rows to look at, and these rows.

        Raises
        ------
        ValueError
            If the pool has too few rows.
        """
        if not self.stop_set:  # nor is anything drawn, as before there was a watch
            return splits, splits.pool[:0]
        return set_aside(splits, rng, self.stop_set + self.validation)

    def build(self, rows: np.ndarray, oracle: SimulatedOracle) -> Watch | None:
        """The watch over the rows that were set aside; None if there are none."""
        if not self.stop_set:
            return None
        paid = rows[self.stop_set :]
        labels = oracle.label(paid, purpose="validation")
        return Watch(rows[: self.stop_set], (paid, labels))


class Stopping(Section):
    """A rule that may end a run, by its kind and its own settings."""

    kind: str

    maker: ClassVar[Callable[..., StoppingRule]]

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        self.build()  # a rule checks its own settings
        return self

    @property
    def needs_validation(self) -> bool:
        """Whether it looks at labelled validation reviews."""
        return getattr(self.build(), "needs_validation", False)

    def build(self) -> StoppingRule:
        """The rule."""
        names = type(self).model_fields.keys() - {"kind"}
        return self.maker(**{name: getattr(self, name) for name in names})


@functools.cache
def stopping_section(kind: str) -> type[Stopping]:
    """The section of a kind of stopping rule.

    Raises
    ------
    ValueError
        If nobody knows the kind; the message names those that are known.
    """
    made = found("stopping", kind, kinds.stopping_rules())
    first = next(iter(inspect.signature(made).parameters), None)
    maker = (lambda: made) if first == "seen" else made  # it is one already
    return section_for(kind, Stopping, maker)
