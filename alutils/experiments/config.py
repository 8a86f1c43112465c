"""The settings of one run, in sections, checked before anything is loaded or trained."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SerializeAsAny, Strict, ValidationError, model_validator

from alutils.experiments.answering import Answering
from alutils.experiments.by_kind import DEFAULT_KINDS, as_table, of_its_kind
from alutils.experiments.data import Data, Start, check_halves
from alutils.experiments.learning import OWN_SECTIONS, Learning, learner_section
from alutils.experiments.materials import Features
from alutils.experiments.querying import Querying, strategy_section
from alutils.experiments.sections import Section, Size, explained, unknown
from alutils.experiments.stopping import Stopping, Watching, stopping_section
from alutils.experiments.successor import Successor
from alutils.experiments.threshold import Threshold

_Rounds = Annotated[
    tuple[Annotated[tuple[Size, Size], Strict(False)], ...], Strict(False)
]


class Run(Section):
    """Everything that one run depends on. Sizes are in reviews.

    A section may be given as a table of its settings, or, where it has a `kind`, as that
    alone. Settings of a kind are those of its learner, strategy or stopping rule.

    Raises
    ------
    ValueError
        If a name is unknown, a value is none that its setting can have, or two settings
        do not go together.

    Examples
    --------
    >>> run = Run(strategy="margin", learner={"kind": "linear", "C": 1})
    >>> run.learner.C, run.start.labelled
    (1.0, 100)
    """

    arm: str = "random"  # what tables call it
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    data: Data = Field(default_factory=Data)
    start: Start = Field(default_factory=Start)
    features: Features = Field(default_factory=Features)
    learner: Annotated[
        SerializeAsAny[Learning], of_its_kind("learner", learner_section)
    ] = Field(default_factory=lambda: learner_section(DEFAULT_KINDS["learner"])())
    strategy: Annotated[
        SerializeAsAny[Querying], of_its_kind("strategy", strategy_section)
    ] = Field(default_factory=lambda: strategy_section(DEFAULT_KINDS["strategy"])())
    watch: Watching = Field(default_factory=Watching)
    stopping: Annotated[
        SerializeAsAny[Stopping], of_its_kind("stopping", stopping_section)
    ] = Field(default_factory=lambda: stopping_section(DEFAULT_KINDS["stopping"])())
    threshold: Threshold = Field(default_factory=Threshold)
    oracle: Answering = Field(default_factory=Answering)
    rounds: _Rounds = ((19, 100), (12, 250))  # so many of so many labels each
    successor: Successor = Field(default_factory=Successor)
    # Where a relative path starts; it changes no number, so it is no setting.
    folder: Path = Field(default_factory=Path.cwd, exclude=True)

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            arm = given.get("arm", "random")
            raise ValueError(f"{arm}: {explained(error)}") from None

    def __reduce__(self) -> tuple:
        # The class of a section that was made for its kind cannot be pickled.
        return _again, ({**self.given(), "folder": self.folder},)

    @classmethod
    def _unknown(cls, name: str) -> str:
        sections = {
            "data": [Data],
            "start": [Start],
            "features": [Features],
            "learner": [learner_section("linear"), *OWN_SECTIONS],
            "strategy": [strategy_section("random"), strategy_section("error_ratio")],
            "watch": [Watching],
            "stopping": [stopping_section("fixed_budget")],
            "threshold": [Threshold],
            "oracle": [Answering],
            "successor": [Successor],
        }
        for section, models in sections.items():
            if any(name in model.model_fields for model in models):
                return (
                    f"{name!r} is a setting of {section}: write {section} ="
                    f" {{ {name} = … }}, or {name} = … under [{section}] for all arms"
                )
        return unknown("section", name, [*sections, "rounds"])

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        data, start, learner, strategy = (
            *(self.data, self.start, self.learner, self.strategy),
        )
        if data.split != "random":
            if start.validation_rows == "balanced":
                check_halves("start.validation", start.validation)
            if start.rows in ("balanced", "storage"):
                check_halves("start.labelled", start.labelled)
        if not start.labelled and learner.kind == "bilstm":
            raise ValueError(
                "start.labelled=0: 'bilstm' knows the words of its first labels only,"
                " give it some"
            )
        if start.is_drawn and start.validation > data.validation_part:
            raise ValueError(
                f"start.validation={start.validation} is more than"
                f" data.validation_part={data.validation_part}, from which it is drawn:"
                " make the one smaller or the other larger"
            )
        name, section = (
            ("validation", start) if start.is_drawn else ("validation_part", data)
        )
        if not getattr(section, name):
            for needs in (learner, strategy, self.successor.learner):
                if needs and needs.needs_validation:
                    raise ValueError(
                        f"{name}=0: {needs.kind!r} looks at labelled validation reviews,"
                        " give it some"
                    )
        if missed := set(self.successor.at) - set(self._labels()):
            raise ValueError(
                f"successor.at={min(missed)}: no round ends with so many labels; they are"
                f" {', '.join(map(str, self._labels()))}"
            )
        if strategy.asks_committee and not learner.has_committee:
            raise ValueError(
                f"strategy {strategy.kind!r} asks a committee, and learner"
                f" {learner.kind!r} has none here: give it members, as in learner ="
                " { members = 5 }, or take the learner 'bilstm'"
            )
        stopping = self.stopping
        if stopping.kind != "never" and not self.watch.stop_set:
            raise ValueError(
                f"stopping {stopping.kind!r} has nothing to look at: set texts of the"
                " pool aside, as in watch = { stop_set = 2000 }"
            )
        if stopping.needs_validation and not self.watch.validation:
            raise ValueError(
                f"watch.validation=0: {stopping.kind!r} looks at labelled validation"
                " reviews, give it some"
            )
        features = self.features
        if features.kind != "tfidf" and "features" not in learner.reads:
            raise ValueError(
                f"features {features.kind!r} are not read by learner {learner.kind!r}:"
                " leave them out, or take the learner 'linear'"
            )
        if "vectors" in strategy.reads and features.directions > features.dimensions:
            raise ValueError(
                f"features.directions={features.directions} are more than"
                f" features.dimensions={features.dimensions}, of which they are the"
                " leading ones: ask for fewer"
            )
        return self

    @property
    def query_sizes(self) -> list[int]:
        """Labels asked for in each round."""
        return [size for count, size in self.rounds for _ in range(count)]

    def _labels(self) -> list[int]:
        """Labels in the training set after each round, if the pool lasts."""
        return list(itertools.accumulate([self.start.labelled, *self.query_sizes]))

    def changed(self, **changes: Any) -> Self:
        """The same run with other settings, given as `merged` takes them."""
        return type(self)(**merged({**self.given(), "folder": self.folder}, changes))

    def settings(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The settings that were named and all others, both by section; without arm and
        seed."""
        both = self.given(), self.defaults()
        for found in both:
            for name in ("arm", "seed"):
                found.pop(name, None)
        return both

    def is_made_by(self, record: Mapping) -> bool:
        """Whether a record of this arm and seed is of a run with these settings: every
        setting that is named, now or then, has the same value. What was no setting yet
        counts as left out."""
        given, others = map(_flat, self.settings())
        now, given_then = given | others, _flat(record["given"])
        then = given_then | _flat(record["defaults"])
        return all(
            name in now and then.get(name, self._default(name)) == now[name]
            for name in given | given_then
        )

    def _default(self, name: str) -> Any:
        section, _, setting = name.rpartition(".")
        if setting == "kind" and section in DEFAULT_KINDS:
            return DEFAULT_KINDS[section]
        fields = type(getattr(self, section) if section else self).model_fields
        return fields[setting].get_default(call_default_factory=True)


def merged(common: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by section with changes: setting by setting, but that a learner or
    strategy of another kind takes nothing over.

    Examples
    --------
    >>> common = {"strategy": "margin", "learner": {"C": 1}}
    >>> merged(common, {"strategy": "random", "learner": {"members": 5}})
    {'strategy': {'kind': 'random'}, 'learner': {'C': 1, 'members': 5}}
    """
    both = dict(common)
    for name, change in changes.items():
        old, both[name] = as_table(name, common.get(name)), as_table(name, change)
        if isinstance(old, dict) and isinstance(both[name], dict):
            kind = old.get("kind", DEFAULT_KINDS.get(name))
            if name not in DEFAULT_KINDS or both[name].get("kind", kind) == kind:
                both[name] = old | both[name]
    return both


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of all sections by their full names, such as start.labelled."""
    found = {}
    for section, values in settings.items():
        if isinstance(values, dict):
            found |= {f"{section}.{name}": value for name, value in values.items()}
        else:
            found[section] = values
    return found


def _again(given: dict[str, Any]) -> Run:
    return Run(**given)
