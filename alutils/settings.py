"""Every number that a run depends on, in one frozen place.

A notebook names a profile; `settings_for` turns the name into `Settings`. Chapters take
every size, length and seed from there, so that a page cannot quietly run on other
numbers than it prints.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

LARGEST_SEED = 2**32 - 1  # of keras.utils.set_random_seed
NAMES = ("source", "text_column", "label_column", "positive", "encoding")


@dataclass(frozen=True)
class Settings:
    """Sizes in reviews, lengths in tokens; the defaults are the sizes of the published
    example.

    Raises
    ------
    ValueError
        If a size is not a positive whole number, or another value is not what it should
        be. Whether each class can give its share is for the splits to say, which know
        the classes.
    """

    source: str | Path = (
        "tfds"  # "tfds", "wheel", "rotten_tomatoes", or the path of a file or folder
    )
    # Of a file, where they are not recognized:
    text_column: str | None = None
    label_column: str | None = None
    positive: str | None = None  # of two labels, the one that counts as positive
    encoding: str | None = None  # such as "cp1252"; UTF-8 and UTF-16 are recognized
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
            if field.name in NAMES or (field.name == "reviews" and value is None):
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
        if self.seed > LARGEST_SEED:
            raise ValueError(
                f"seed={self.seed}: expected at most {LARGEST_SEED}, for Keras takes no"
                " larger one"
            )
        if not isinstance(self.source, (str, Path)) or not str(self.source):
            raise ValueError(
                f"source={self.source!r}: expected the name of a source, such as 'tfds',"
                " 'wheel', 'rotten_tomatoes', or the path of a file or folder"
            )
        object.__setattr__(self, "source", str(self.source))
        for name in NAMES[1:]:
            value = getattr(self, name)
            if value is not None and (not isinstance(value, str) or not value):
                raise ValueError(
                    f"{name}={value!r}: expected a name as it stands in the file, in"
                    " quotation marks, or nothing"
                )

    @property
    def query_sizes(self) -> tuple[int, ...]:
        """Labels asked for in each round, one entry a round."""
        return (self.query_size,) * self.rounds

    @property
    def sizes(self) -> dict[str, int]:
        """Sizes of the splits, under the names that the functions of `corpus.splits`
        give them; the pool is what is left."""
        return {
            name: getattr(self, name) for name in ("labelled", "validation", "test")
        }

    def with_all_reviews(self) -> Settings:
        """The same for all reviews of the source, however many."""
        return dataclasses.replace(self, reviews=None)

    def fitting(self, available: int) -> Settings:
        """The same, or if so many reviews (as many of each class), or those that are to
        be used, do not suffice, with the sizes of splits and queries smaller in
        proportion, in tens.

        Examples
        --------
        >>> settings_for("small").fitting(1_000).sizes
        {'labelled': 330, 'validation': 110, 'test': 220}
        >>> settings_for("small").fitting(6_000) == settings_for("small")
        True
        """
        reviews = None if self.reviews is None else min(self.reviews, available)
        wanted = sum(self.sizes.values()) + sum(self.query_sizes)
        share = (available if reviews is None else reviews) / wanted
        smaller = {
            name: int(getattr(self, name) * share) // 10 * 10
            for name in (*self.sizes, "query_size")
            if share < 1
        }
        return dataclasses.replace(self, reviews=reviews, **smaller)


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
