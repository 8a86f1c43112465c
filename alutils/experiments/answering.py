"""Who answers in a run: an oracle that knows, or raters who err; and what a round's
answers are spent on."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, Strict, model_validator

from alutils.experiments.materials import Corpus, Features, Materials
from alutils.experiments.sections import Section, Share
from alutils.learners.linear import LinearLearner
from alutils.loop.noise import NoisyOracle, noise_near_the_boundary
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.policies import AskAgain, MajorityOfThree, Policy, one_label_each
from alutils.loop.rounds import Round


class Answering(Section):
    """The oracle and the policy of a run."""

    # How often each rater is wrong, over the corpus; () is an oracle that knows.
    rates: Annotated[
        tuple[Annotated[float, Field(ge=0, lt=1)], ...], Strict(False)
    ] = ()
    noise: Literal["uniform", "near_the_boundary"] = "uniform"
    cant_tell: Annotated[float, Field(ge=0, le=1)] = 0.0  # share of doubts admitted
    policy: Literal["one_label_each", "majority_of_three", "ask_again"] = (
        "one_label_each"
    )
    share: Share = 0.3  # of a round's answers that may be asked again

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.rates and (self.cant_tell or self.noise != "uniform"):
            raise ValueError(
                "noise and cant_tell say how raters err, and there are none: name their"
                " rates, as in rates = [0.1]"
            )
        needed = 1 if self.policy == "one_label_each" else 3
        if needed > (len(self.rates) or 1):
            raise ValueError(
                f"policy {self.policy!r} asks {needed} raters about a review, and rates ="
                f" {list(self.rates)} has {len(self.rates) or 'not even one'}: a rater"
                " who is asked twice only says the same again; name three rates, or take"
                " policy 'one_label_each'"
            )
        return self

    def build(
        self, corpus: Corpus, features: Features, rng: np.random.Generator
    ) -> SimulatedOracle:
        """The oracle.

        Raises
        ------
        ValueError
            If a rater errs as often as one who guesses.
        """
        reviews = corpus.reviews
        if not self.rates:
            return SimulatedOracle(reviews.labels)
        k, rates = reviews.n_classes, np.array(self.rates)[:, None]
        if self.noise == "near_the_boundary":
            doubts = corpus.doubts(features)
            rates = np.stack(
                [noise_near_the_boundary(doubts, r, n_classes=k) for r in self.rates]
            )
        return NoisyOracle(
            reviews.labels, rng, rates, n_classes=k, cant_tell=self.cant_tell
        )

    def build_policy(self, materials: Materials) -> Policy:
        """What a round's answers are spent on. Known labels are contradicted by a linear
        model, whatever the learner is."""
        if self.policy == "majority_of_three":
            return MajorityOfThree()
        if self.policy == "ask_again":
            checker = LinearLearner(materials.features, n_classes=materials.n_classes)
            return AskAgain(checker, self.share)
        return one_label_each

    def measured(
        self, oracle: SimulatedOracle, done: Round, labels: np.ndarray
    ) -> dict[str, int]:
        """What raters who err have done so far: wrong answers, and those that say "can't
        tell"; and of how many labels in the training set how many are wrong."""
        if not self.rates:
            return {}
        rows, taught = done.taught
        return {
            "wrong_answers": oracle.wrong,
            "cant_tell": oracle.unknown,
            "taught": len(rows),
            "taught_wrong": int(np.sum(taught != labels[rows])),
        }
