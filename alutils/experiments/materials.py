"""What stands for the texts of a run, and all that its learner and its strategy are made
of."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import scipy.sparse
from pydantic import model_validator

from alutils.corpus.reviews import Reviews
from alutils.corpus.splits import Splits
from alutils.corpus.words import MOVIE_WORDS
from alutils.experiments.data import Data
from alutils.experiments.sections import AboveZero, Section, Size
from alutils.features.phrases import beside, lsa, tfidf
from alutils.features.words import TextWords, frequent_words, words_in_texts
from alutils.labelling.seconds import count_words
from alutils.learners.linear import LinearLearner
from alutils.learners.out_of_fold import out_of_fold
from alutils.loop.oracle import SimulatedOracle
from alutils.strategies.scores import margin


class Features(Section):
    """What stands for a text, where a learner or a strategy reads features."""

    kind: Literal["tfidf", "tfidf+lsa"] = "tfidf"
    min_df: Size = 5  # reviews that a phrase must stand in
    dimensions: Size = 300  # of the latent semantic analysis
    lsa_weight: AboveZero = 2.0  # beside the phrases
    directions: Size = 50  # the leading ones of these, in which diversity is measured
    search_words: Size = 10  # positive ones that a search looks for, drawn by the seed

    @model_validator(mode="before")
    @classmethod
    def _kind_alone(cls, given: Any) -> Any:
        return {"kind": given} if isinstance(given, str) else given


class Corpus:
    """Reviews and what was made of their texts, which the runs of a process share."""

    def __init__(self, data: Data, folder: Path) -> None:
        self.data, self.reviews = data, data.load(folder)
        self._made: dict[tuple, Any] = {}

    @cached_property
    def taught_by(self) -> np.ndarray:
        """The rows that features learn from. Words need no labels: every text that may
        be trained on teaches them."""
        return np.sort(self.data.splits(self.reviews, labelled=0).training)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Words of each review, shape (n_reviews,)."""
        return count_words(self.reviews.texts)

    def phrases(self, settings: Features) -> scipy.sparse.csr_matrix:
        """TF-IDF of all reviews, shape (n_reviews, n_phrases)."""
        return self._once(
            ("phrases", settings.min_df),
            lambda: tfidf(self.reviews, self.taught_by, min_df=settings.min_df),
        )

    def places(self, settings: Features) -> np.ndarray:
        """LSA of all reviews, shape (n_reviews, settings.dimensions)."""
        phrases, dimensions = self.phrases(settings), settings.dimensions
        return self._once(
            ("places", settings.min_df, dimensions),
            lambda: lsa(phrases, self.taught_by, dimensions=dimensions, seed=0),
        )

    def features(self, settings: Features) -> scipy.sparse.csr_matrix:
        """What a linear learner reads, shape (n_reviews, n_features)."""
        phrases, weight = self.phrases(settings), settings.lsa_weight
        if settings.kind == "tfidf":
            return phrases
        places = self.places(settings)
        return self._once(
            ("both", settings.min_df, settings.dimensions, weight),
            lambda: beside(phrases, places, weight=weight),
        )

    def doubts(self, settings: Features) -> np.ndarray:
        """How hard each review is, shape (n_reviews,): 1 minus the margin of a linear
        model that was taught the true labels of others. It says where simulated raters
        err; no learner sees it."""

        def made() -> np.ndarray:
            reviews = self.reviews
            model = LinearLearner(self.phrases(settings), n_classes=reviews.n_classes)
            rows = np.arange(len(reviews))
            return margin(out_of_fold(model, rows, reviews.labels))

        return self._once(("doubts", settings.min_df), made)

    @cached_property
    def words(self) -> TextWords:
        """The words that a hundredth of the texts hold, those of the fixed list too."""
        besides = (word for one in MOVIE_WORDS for word in one)
        return frequent_words(self.reviews.texts, besides=besides)

    @cached_property
    def positive_words(self) -> np.ndarray:
        """Whether each text holds each positive word of the fixed list, array of bool,
        shape (n_reviews, n_words)."""
        return words_in_texts(self.reviews.texts, MOVIE_WORDS[-1])

    def _once(self, key: tuple, make: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def corpus(data: Data, folder: Path) -> Corpus:
    """The corpus of a run, made once for all runs that share it. A file that was written
    since it was read is read again: a cluster's worker may outlive it.

    Raises
    ------
    ValueError, FileNotFoundError, ConnectionError
        If the reviews are not there, or do not suffice.
    """
    path = Path(data.path(folder))
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    states = [(file, file.stat()) for file in files if file.is_file()]
    stamp = tuple((file, s.st_mtime_ns, s.st_size) for file, s in states)
    return _corpus(data, folder, stamp)


@functools.lru_cache(maxsize=2)
def _corpus(data: Data, folder: Path, stamp: tuple) -> Corpus:
    return Corpus(data, folder)


@dataclass(frozen=True)
class Materials:
    """What learners and strategies are made of: a parameter that has the name of one
    gets it.

    Attributes
    ----------
    reviews, splits, oracle
        what a run is about
    rng
        the learner's own random generator
    seed
        for what has one seed for the whole process
    vocabulary_rows
        rows whose words a network may know
    """

    reviews: Reviews
    splits: Splits
    oracle: SimulatedOracle
    rng: np.random.Generator
    seed: int
    vocabulary_rows: np.ndarray
    corpus: Corpus
    settings: Features

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return self.reviews.n_classes

    @cached_property
    def features(self) -> scipy.sparse.csr_matrix:
        """Features of all reviews, shape (n_reviews, n_features)."""
        return self.corpus.features(self.settings)

    @cached_property
    def vectors(self) -> np.ndarray:
        """Where each review lies, shape (n_reviews, directions)."""
        places = self.corpus.places(self.settings)[:, : self.settings.directions]
        return np.ascontiguousarray(places)

    @cached_property
    def hits(self) -> np.ndarray:
        """How many of a few search words each text holds, shape (n_reviews,)."""
        held, words = self.corpus.positive_words, self.settings.search_words
        drawn = np.random.default_rng(self.seed).permutation(held.shape[1])[:words]
        return held[:, drawn].sum(axis=1)


MATERIALS = frozenset({"reviews", "splits", "oracle", "rng", "seed", "vocabulary_rows"})
MATERIALS |= {"n_classes", "features", "vectors", "hits"}
