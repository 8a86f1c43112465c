"""Which reviews a run has, how they are split, and how it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from alutils.corpus.lookup import has_name, source_of
from alutils.corpus.rare import with_positive_share
from alutils.corpus.reviews import Reviews, load_reviews
from alutils.corpus.splits import (
    Splits,
    draw_start,
    split_at_random,
    split_officially,
)
from alutils.experiments.sections import Count, Section, Size
from alutils.published.storage_order import split_in_storage_order
from alutils.settings import Settings


class Data(Section):
    """Which reviews, and which of them test."""

    source: str = "tfds"  # or another of the corpus's sources, or a path
    reviews: Count = 0  # of the source, the first of each class; 0 means all
    text_column: str | None = None  # of a file; recognized if left out
    label_column: str | None = None
    positive: str | None = None  # the label that counts as positive
    encoding: str | None = None  # of a file of text, where it is not recognized
    # Test and validation part: the published ones, the official test set, or random.
    split: Literal["storage", "official", "random"] = "storage"
    test: Size = 5_000  # the official test set has its own size
    validation_part: Count = 5_000  # where validation reviews are drawn from
    # Positives are left out of each split until they have this share; 0 leaves none out.
    positive_share: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The reviews and sizes of a notebook's settings."""
        columns = ("text_column", "label_column", "positive", "encoding")
        return cls(
            source=settings.source,
            reviews=settings.reviews or 0,
            **{name: getattr(settings, name) for name in columns},
            test=settings.test,
            validation_part=settings.validation,
        )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        source_of(self.source)
        if self.split == "official" and self.source != "tfds":
            raise ValueError(
                f"split 'official' needs source 'tfds', not {self.source!r}: the others"
                " come without a test set of their own; choose 'storage' or 'random'"
            )
        if self.split != "random":
            for name in ("reviews", "test", "validation_part"):
                check_halves(name, getattr(self, name))
        return self

    def path(self, folder: Path) -> str:
        """The source, a path in full: a relative one starts at `folder`."""
        if has_name(self.source):
            return self.source
        return str(folder / Path(self.source).expanduser())

    def load(self, folder: Path) -> Reviews:
        """The reviews.

        Raises
        ------
        ValueError, FileNotFoundError, ConnectionError
            As `corpus.reviews.load_reviews` does, or if a label is not known.
        """
        reviews = load_reviews(
            self.path(folder),
            self.reviews or None,
            text_column=self.text_column,
            label_column=self.label_column,
            positive=self.positive,
            encoding=self.encoding,
        )
        if unlabelled := int(np.sum(reviews.labels < 0)):
            raise ValueError(
                f"{unlabelled} of {len(reviews)} reviews in {reviews.name} have no"
                " label: an experiment plays the oracle and needs them all; leave"
                " those reviews out"
            )
        return reviews

    def splits(self, reviews: Reviews, labelled: int) -> Splits:
        """The splits before a start is drawn: the same for every seed.

        Raises
        ------
        ValueError
            If the reviews do not suffice.
        """
        sizes = {"labelled": labelled, "validation": self.validation_part}
        rng = np.random.default_rng(0)
        if self.split == "storage":
            splits = split_in_storage_order(reviews, **sizes, test=self.test)
        elif self.split == "random":
            splits = split_at_random(reviews, rng, **sizes, test=self.test)
        else:
            splits = split_officially(reviews, rng, **sizes)
        if not self.positive_share:
            return splits
        return with_positive_share(
            splits, reviews, np.random.default_rng(0), share=self.positive_share
        )


def check_halves(name: str, size: int) -> None:
    """Refuse a size of which half cannot come from each class."""
    if size % 2:
        raise ValueError(
            f"{name}={size}: half of it is of each class, give an even number"
        )


class Start(Section):
    """What a run knows before it asks."""

    rows: Literal["random", "balanced", "storage", "everything"] = "random"
    labelled: Count = 100
    validation: Count = 1_000  # drawn from the validation part
    # In equal shares of each class, or as luck has it, as where one class is rare.
    validation_rows: Literal["balanced", "random"] = "balanced"

    @property
    def is_drawn(self) -> bool:
        """Whether the start is drawn anew with each seed."""
        return self.rows in ("random", "balanced")

    def splits(self, data: Data, reviews: Reviews, rng: np.random.Generator) -> Splits:
        """The splits that a loop begins with."""
        labelled = self.labelled
        if self.rows == "random":  # not drawn from each class alike
            labelled -= labelled % reviews.n_classes
        base = data.splits(reviews, labelled)
        if self.rows == "storage":
            return base
        if self.rows == "everything":
            return Splits(base.training, base.validation, base.test, base.pool[:0])
        return draw_start(
            base,
            reviews,
            rng,
            labelled=self.labelled,
            validation=self.validation,
            balanced=self.rows == "balanced",
            balanced_validation=self.validation_rows == "balanced",
        )
