"""What a section of settings is: a small frozen model that says what came, what was
expected and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Count = Annotated[int, Field(ge=0)]
Size = Annotated[int, Field(gt=0)]
AboveZero = Annotated[float, Field(gt=0, allow_inf_nan=False)]
AtLeastZero = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]


class Section(BaseModel):
    """Settings that belong together, checked when they are made."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _names_are_known(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in given:
                if name not in cls.model_fields:
                    raise ValueError(cls._unknown(name))
        return given

    @classmethod
    def _unknown(cls, name: str) -> str:
        return unknown("setting", name, cls.model_fields)

    def given(self) -> dict[str, Any]:
        """The settings that were named."""
        found = {}
        for name, dumped in self.model_dump(mode="json").items():
            if name in self.model_fields_set:
                value = getattr(self, name)
                found[name] = value.given() if isinstance(value, Section) else dumped
        return found

    def defaults(self) -> dict[str, Any]:
        """All others, resolved."""
        found = {}
        for name, dumped in self.model_dump(mode="json").items():
            value = getattr(self, name)
            if isinstance(value, Section) and name in self.model_fields_set:
                found[name] = value.defaults()
            elif name not in self.model_fields_set:
                found[name] = dumped
        return found


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """A message about a name that nobody knows: the nearest known one, and all."""
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1)
    meant = f" (did you mean {near[0]!r}?)" if near else ""
    return (
        f"unknown {what} {name!r}{meant}: choose one of {', '.join(map(repr, known))}"
    )


def explained(error: ValidationError) -> str:
    """The first fault that pydantic found, in our form."""
    fault = error.errors()[0]
    context = fault.get("ctx", {})
    place = ".".join(str(part) for part in fault["loc"] if isinstance(part, str))
    if fault["type"] == "value_error":
        return f"{place}: {context['error']}" if place else str(context["error"])
    if place.startswith("rounds"):
        return (
            f"rounds={fault['input']!r}: expected pairs of how many rounds and how many"
            " labels in each, such as [[19, 100], [12, 250]]"
        )
    if fault["type"] == "literal_error":
        return f"unknown {place} {fault['input']!r}: choose {context['expected']}"
    expected = {
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "float_type": "a number",
        "bool_type": "true or false",
        "string_type": "a text",
        "finite_number": "a number above 0 and below infinity",
        "greater_than": f"a number above {context.get('gt', 0):g}",
        "greater_than_equal": f"a number of at least {context.get('ge', 0):g}",
        "less_than": f"a number below {context.get('lt', 0):,}",
        "less_than_equal": f"a number of at most {context.get('le', 0):g}",
        "model_type": "a table of settings, such as { labelled = 100 }",
    }.get(fault["type"], fault["msg"].removeprefix("Input should be "))
    return f"{place}={fault['input']!r}: expected {expected}"
