"""Every number that a run depends on, in one frozen place.

A notebook names a profile; `settings_for` turns the name into `Settings`. Nothing else
in the package has defaults of its own for sizes, epochs or seeds, so that a page cannot
quietly run on other numbers than it prints.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Sizes in reviews, lengths in tokens; the defaults are the sizes of the published
    example.

    Raises
    ------
    ValueError
        If a size is not a positive whole number, or a split that is drawn half from
        each class has an odd size.
    """

    source: str = (
        "tfds"  # "tfds", "wheel", "rotten_tomatoes", or the path of a CSV file
    )
    reviews: int | None = (
        None  # how many reviews of the source to use; None means all of them
    )
    labelled: int = 15_000  # labels that the loop starts with
    validation: int = 5_000
    test: int = 5_000  # the pool is what is left of the reviews
    rounds: int = 3
    query_size: int = 5_000  # labels asked for in each round
    vocabulary_size: int = 3_000
    sequence_length: int = 150
    batch_size: int = 256
    epochs: int = 20
    patience: int = 4  # epochs without a better validation loss before training stops
    seed: int = 0

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name == "source" or (field.name == "reviews" and value is None):
                continue
            smallest = 0 if field.name in ("seed", "rounds") else 1
            if (
                not isinstance(value, int)
                or isinstance(value, bool)
                or value < smallest
            ):
                raise ValueError(
                    f"{field.name}={value!r}: expected a whole number of at least"
                    f" {smallest}"
                )
        for name in ("labelled", "validation", "test", "reviews"):
            size = getattr(self, name)
            if size is not None and size % 2:
                raise ValueError(
                    f"{name}={size}: half of it comes from each class, so give an even"
                    " number"
                )
        if not isinstance(self.source, str) or not self.source:
            raise ValueError(
                f"source={self.source!r}: expected 'tfds', 'wheel', 'rotten_tomatoes'"
                " or a CSV file's path"
            )

    @property
    def query_sizes(self) -> tuple[int, ...]:
        """Labels asked for in each round, one entry a round."""
        return (self.query_size,) * self.rounds


PROFILES = {
    "full": Settings(),
    "small": Settings(
        source="wheel",
        reviews=6_000,
        labelled=1_500,
        validation=500,
        test=1_000,
        query_size=500,
        batch_size=64,
        epochs=6,
        patience=2,
    ),
}


def settings_for(profile: str, **changes: object) -> Settings:
    """Settings of a named profile, with single values replaced; a change to `None`
    keeps the profile's value.

    Raises
    ------
    ValueError
        If the profile, the name of a change, or a value is unknown.

    Examples
    --------
    >>> settings_for("full").labelled
    15000
    >>> settings_for("small", seed=7).seed
    7
    """
    if profile not in PROFILES:
        raise ValueError(
            f"unknown profile {profile!r}: choose one of"
            f" {', '.join(map(repr, PROFILES))}"
        )
    known = [field.name for field in dataclasses.fields(Settings)]
    for name in changes:
        if name not in known:
            raise ValueError(
                f"unknown setting {name!r}: choose one of {', '.join(known)}"
            )
    given = {name: value for name, value in changes.items() if value is not None}
    return dataclasses.replace(PROFILES[profile], **given)
