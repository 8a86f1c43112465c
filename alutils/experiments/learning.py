"""Sections that build a learner, one for each kind."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Strict, computed_field, model_validator

from alutils.corpus.lexicon import strongest_words
from alutils.corpus.words import MOVIE_WORDS, Words, draw_words
from alutils.experiments import kinds
from alutils.experiments.build import NoneIfZero, arguments, found, section_for
from alutils.experiments.materials import MATERIALS, Materials
from alutils.experiments.sections import (
    AboveZero,
    Count,
    Section,
    Share,
    Size,
)
from alutils.features.tokens import STANDARDIZATIONS, token_ids
from alutils.features.words import TextWords
from alutils.learners.base import Learner
from alutils.learners.committee import WithCommittee
from alutils.learners.from_words import FromWords
from alutils.learners.linear import LinearLearner
from alutils.learners.self_training import SelfTraining
from alutils.loop.words import LexiconOracle, words_asked_for
from alutils.provenance import start_tensorflow
from alutils.settings import PROFILES


class Learning(Section):
    """A learner, by its kind and its own settings."""

    kind: str

    reads: ClassVar[frozenset[str]] = frozenset()  # materials
    committee: ClassVar[bool] = False  # whether it offers one by itself
    needs_validation: ClassVar[bool] = False

    @property
    def has_committee(self) -> bool:
        """Whether its learner can be asked as a committee."""
        return self.committee

    def build(self, materials: Materials) -> Learner:
        """The learner, untaught."""
        raise NotImplementedError


class FoundLearning(Learning):
    """A learner that was found in the package, alone, with a committee, or teaching
    itself."""

    maker: ClassVar[Callable[..., Learner]]

    members: Count = 0  # of a committee beside it; 0 is none
    self_training: Count = 0  # passes over the pool; 0 is none
    share: Share = 0.3  # of the pool to guess on
    weight: AboveZero = 1.0  # of a guess, beside a label

    @property
    def has_committee(self) -> bool:
        return self.committee or self.members > 0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.members == 1:
            raise ValueError(
                "members=1: a committee of one never disagrees, give it at least 2"
            )
        if self.members and self.self_training:
            raise ValueError(
                f"members={self.members} and self_training={self.self_training}: a"
                " committee is not for a learner that teaches itself, leave out one"
            )
        return self

    def build(self, materials: Materials) -> Learner:
        def alone() -> Learner:
            return self.maker(**arguments(self, self.maker, materials))

        if self.members:
            members = [alone() for _ in range(self.members)]
            return WithCommittee(alone(), members, materials.rng)
        if self.self_training:
            return SelfTraining(
                alone(),
                materials.splits.pool,
                share=self.share,
                weight=self.weight,
                passes=self.self_training,
            )
        return alone()


class BiLSTM(Learning):
    """The published network, as `learners.bilstm` has it."""

    committee: ClassVar[bool] = True
    needs_validation: ClassVar[bool] = True

    kind: Literal["bilstm"] = "bilstm"
    profile: Literal[*PROFILES] = "full"  # vocabulary, batches, epochs, patience
    standardization: Literal[*STANDARDIZATIONS] = "keep_br"
    start: Literal["cold", "warm"] = "cold"
    checkpoint: Literal["own", "shared"] = "own"
    load_after_first_fit: bool = True
    shuffle_buffer: Annotated[Size | None, NoneIfZero] = None  # 0 is a full shuffle

    @computed_field
    @property
    def training(self) -> dict[str, int]:
        """What the profile stands for, so that a record says it."""
        names = (
            "vocabulary_size",
            "sequence_length",
            "batch_size",
            "epochs",
            "patience",
        )
        return {name: getattr(PROFILES[self.profile], name) for name in names}

    def build(self, materials: Materials) -> Learner:
        start_tensorflow()
        import keras

        from alutils.learners.bilstm import BiLSTMLearner
        from alutils.learners.network import seed_everything

        keras.utils.clear_session()
        seed_everything(materials.seed)
        settings = PROFILES[self.profile]
        tokens = token_ids(
            materials.reviews,
            materials.vocabulary_rows,
            vocabulary_size=settings.vocabulary_size,
            sequence_length=settings.sequence_length,
            standardization=self.standardization,
        )
        rows = materials.splits.validation
        return BiLSTMLearner(
            tokens.ids,
            (rows, materials.oracle.label(rows, purpose="validation")),
            settings,
            materials.rng,
            start=self.start,
            checkpoint=self.checkpoint,
            load_after_first_fit=self.load_after_first_fit,
            shuffle_buffer=self.shuffle_buffer,
            n_classes=materials.n_classes,
        )


class StartingFromWords(Learning):
    """A linear learner that starts from words, as `learners.from_words` has it."""

    reads: ClassVar[frozenset[str]] = frozenset({"features"})

    kind: Literal["from_words"] = "from_words"
    words: Size = 10  # of each class, drawn by the seed
    # From the book's own list, or from the forty of each class that the lexicon rates
    # strongest.
    word_list: Literal["movies", "lexicon"] = "movies"
    asked: Count = 0  # words to ask about after these; the lexicon answers
    class_shares: Annotated[tuple[AboveZero, ...], Strict(False)] = ()  # () is equal
    C: AboveZero = 1.0
    share: Share = 0.5
    weight: Share = 0.3
    fades_at: Size = 5_000
    passes: Size = 8
    guard: bool = True

    def build(self, materials: Materials) -> Learner:
        texts, unlabelled = materials.corpus.words, materials.splits.training
        listed = MOVIE_WORDS
        if self.word_list == "lexicon":
            listed = strongest_words(texts.words, len(MOVIE_WORDS[0]))
        words = draw_words(listed, self.words, materials.rng)

        def learner(words: Words, *, passes: int, guard: bool) -> Learner:
            return FromWords(
                LinearLearner(
                    materials.features, C=self.C, n_classes=materials.n_classes
                ),
                texts.of_classes(words),
                unlabelled,
                materials.rng,
                class_shares=self.class_shares or None,
                share=self.share,
                weight=self.weight,
                fades_at=self.fades_at,
                passes=passes,
                guard=guard,
            )

        def predicted_by(words: Words) -> np.ndarray:
            once = learner(words, passes=1, guard=False)
            once.fit(unlabelled[:0], unlabelled[:0])
            return once.predict_proba(unlabelled)

        if self.asked:
            there = TextWords(texts.words, texts.held[unlabelled])
            words = words_asked_for(
                words, there, LexiconOracle(), predicted_by, answers=self.asked
            )
        return learner(words, passes=self.passes, guard=self.guard)


OWN_SECTIONS = (BiLSTM, StartingFromWords)  # what is not found by its parameters


@functools.cache
def learner_section(kind: str) -> type[Learning]:
    """The section of a kind of learner.

    Raises
    ------
    ValueError
        If nobody knows the kind; the message names those that are known.
    """
    own = {section.model_fields["kind"].default: section for section in OWN_SECTIONS}
    if kind in own:
        return own[kind]
    maker = found("learner", kind, kinds.learners(MATERIALS), own)
    return section_for(
        kind, FoundLearning, maker, committee=hasattr(maker, "predict_members")
    )
