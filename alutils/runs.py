"""The settings of one run of an experiment, checked before anything is trained."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from alutils.reviews import SOURCES
from alutils.settings import PROFILES

# What can be named in a grid.
CHOICES = {
    "learner": ("linear", "bilstm"),
    "strategy": (
        "random",
        "least_confidence",
        "margin",
        "entropy",
        "around_the_median",
        "vote_entropy",
        "bald",
        "k_center",
        "diverse_doubt",
        "error_ratio",
    ),
    "profile": tuple(PROFILES),
    "split": ("storage", "official"),
    "start_rows": ("random", "balanced", "storage", "everything"),
    "features": ("tfidf", "tfidf+lsa"),
    "start": ("cold", "warm"),
    "checkpoint": ("own", "shared"),
    "steering": ("validation", "test"),
    "classes": ("predicted", "true"),
    "direction": ("corrected", "published", "equal"),
    "order": ("storage", "random"),
}
# Numbers that may be 0; all others are above it.
MAY_BE_ZERO = (
    *("seed", "reviews", "validation_part", "validation", "random_until"),
    *("self_training", "shuffle_buffer"),
)


@dataclass(frozen=True)
class Run:
    """Everything that one run depends on. Sizes are in reviews.

    Raises
    ------
    ValueError
        If a setting is of another type than its default, out of range, or no known
        choice, or two settings do not go together.
    """

    arm: str = "random"  # what the table calls it
    seed: int = 0
    learner: str = "linear"
    strategy: str = "random"
    # Which reviews.
    source: str = "tfds"
    reviews: int = 0  # of each source, the first of each class; 0 means all
    split: str = "storage"  # test and validation part: as published, or official
    test: int = 5_000  # in storage order; the official test set has its own size
    validation_part: int = 5_000  # where validation reviews are drawn from
    validation: int = 1_000
    start_rows: str = "random"  # how the first labels are drawn
    labelled: int = 100  # how many
    rounds: tuple[tuple[int, int], ...] = ((19, 100), (12, 250))  # so many of such size
    random_until: int = 0  # labels before the strategy takes over from random queries
    # The linear learner.
    features: str = "tfidf"
    min_df: int = 5
    dimensions: int = 300  # of the latent semantic analysis
    lsa_weight: float = 2.0
    directions: int = 50  # the leading ones of these, in which diversity is measured
    C: float = 10.0
    self_training: int = 0  # passes over the pool; 0 is none
    share: float = 0.3
    weight: float = 1.0
    members: int = 5  # of the committee
    # The BiLSTM.
    profile: str = "full"  # epochs, patience, batches, vocabulary
    start: str = "cold"
    checkpoint: str = "own"
    load_after_first_fit: bool = True
    shuffle_buffer: int = 0  # 0 is a full shuffle
    candidates: int = 2_000  # of the pool that BALD looks at in a round
    # The error ratio.
    steering: str = "validation"
    classes: str = "predicted"
    direction: str = "corrected"
    truncate: bool = False
    order: str = "storage"

    def __post_init__(self) -> None:
        if not _are_rounds(self.rounds):
            raise ValueError(
                f"{self.arm}: rounds={self.rounds!r}: expected pairs of how many rounds"
                " and how many labels in each, such as [[19, 100], [12, 250]]"
            )
        for field in dataclasses.fields(self):
            value, kind = getattr(self, field.name), type(field.default)
            if type(value) is not kind and not (kind is float and type(value) is int):
                raise ValueError(
                    f"{self.arm}: {field.name}={value!r}: expected {kind.__name__}, as"
                    f" in {field.name}={field.default!r}"
                )
            known = CHOICES.get(field.name)
            if known and value not in known:
                raise ValueError(
                    f"{self.arm}: unknown {field.name} {value!r}: choose one of"
                    f" {', '.join(map(repr, known))}"
                )
            may_be_zero = value == 0 and field.name in MAY_BE_ZERO
            is_number = kind in (int, float)
            if is_number and not (0 < value < math.inf or may_be_zero):
                smallest = "at least" if field.name in MAY_BE_ZERO else "above"
                raise ValueError(
                    f"{self.arm}: {field.name}={value!r}: expected a number"
                    f" {smallest} 0"
                )
        if self.source not in SOURCES and not self.source.lower().endswith(".csv"):
            raise ValueError(
                f"{self.arm}: unknown source {self.source!r}: choose one of"
                f" {', '.join(map(repr, SOURCES))}, or the path of a .csv file"
            )
        halves = ["reviews", "test", "validation_part", "validation"]
        halves += ["labelled"] if self.start_rows in ("balanced", "storage") else []
        for name in halves:
            if getattr(self, name) % 2:
                raise ValueError(
                    f"{self.arm}: {name}={getattr(self, name)}: half of it is of each"
                    " class, give an even number"
                )
        if self.share > 1:
            raise ValueError(f"{self.arm}: share={self.share}: expected at most 1")
        steers = self.strategy == "error_ratio" and self.steering == "validation"
        drawn = self.start_rows in ("random", "balanced")
        name = "validation" if drawn else "validation_part"
        if not getattr(self, name) and (steers or self.learner == "bilstm"):
            raise ValueError(
                f"{self.arm}: {name}=0: the error ratio counts its errors on"
                " validation reviews, and the BiLSTM stops by them; give it some"
            )
        if (self.strategy, self.classes, self.order) == (
            *("error_ratio", "predicted", "storage"),
        ):
            raise ValueError(
                f"{self.arm}: order='storage' gives the classes away in a pool that lies"
                " sorted by class: predicted classes need order='random'"
            )
        if drawn and self.validation > self.validation_part:
            raise ValueError(
                f"{self.arm}: validation={self.validation} is more than"
                f" validation_part={self.validation_part}, from which it is drawn"
            )
        if self.strategy == "vote_entropy" and self.members < 2:
            raise ValueError(
                f"{self.arm}: members={self.members}: a committee of one never"
                " disagrees, give it at least 2"
            )
        places = self.strategy in ("k_center", "diverse_doubt")
        if places and self.directions > self.dimensions:
            raise ValueError(
                f"{self.arm}: directions={self.directions} are more than"
                f" dimensions={self.dimensions}, of which they are the leading ones"
            )
        for name, value, needs, needed in (
            ("split", "official", "source", "tfds"),
            ("strategy", "bald", "learner", "bilstm"),
            ("strategy", "vote_entropy", "learner", "linear"),
            ("strategy", "vote_entropy", "self_training", 0),
            ("features", "tfidf+lsa", "learner", "linear"),
            ("learner", "bilstm", "self_training", 0),
        ):
            if getattr(self, name) == value and getattr(self, needs) != needed:
                raise ValueError(
                    f"{self.arm}: {name} {value!r} needs {needs} {needed!r}, not"
                    f" {getattr(self, needs)!r}"
                )

    @property
    def query_sizes(self) -> list[int]:
        """Labels asked for in each round."""
        return [size for count, size in self.rounds for _ in range(count)]

    @property
    def settings(self) -> str:
        """What differs from the defaults, apart from arm and seed, as text."""
        changed = {
            f.name: getattr(self, f.name)
            for f in dataclasses.fields(self)
            if f.name not in ("arm", "seed") and getattr(self, f.name) != f.default
        }
        if "rounds" in changed:
            changed["rounds"] = "+".join(f"{n}x{size}" for n, size in self.rounds)
        return " ".join(f"{name}={value}" for name, value in changed.items())


def _are_rounds(given: object) -> bool:
    return isinstance(given, tuple) and all(
        isinstance(pair, tuple)
        and len(pair) == 2
        and all(type(n) is int and n > 0 for n in pair)
        for pair in given
    )
