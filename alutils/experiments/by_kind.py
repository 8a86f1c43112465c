"""A section that has a kind, given as a table or as its kind alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator

from alutils.experiments.sections import Section

DEFAULT_KINDS = {"learner": "linear", "strategy": "random", "stopping": "never"}


def of_its_kind(name: str, section_of: Callable[[str], type[Section]]) -> Any:
    """Turn a table with a `kind`, or a kind alone, into the section of that kind."""

    def made(given: Any) -> Any:
        given = as_table(name, given)
        if not isinstance(given, dict):
            return given
        kind = given.get("kind", DEFAULT_KINDS[name])
        if not isinstance(kind, str):
            raise ValueError(f"kind={kind!r}: expected a text, such as 'margin'")
        return section_of(kind).model_validate(given)

    return BeforeValidator(made)


def as_table(section: str, given: Any) -> Any:
    """What was given for a section, as a table of its settings."""
    if isinstance(given, str) and section in ("features", *DEFAULT_KINDS):
        return {"kind": given}
    return given.given() if isinstance(given, Section) else given
