"""What is asked next at a desk: the test set, a random start, then batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alutils.labelling.batches import (
    answers_left,
    asked,
    examples,
    next_round,
    second_opinions,
    settled,
    unsettled_tests,
)
from alutils.labelling.events import PURPOSES, Question, State
from alutils.labelling.store import Store
from alutils.learners.base import Learner
from alutils.loop.session import Session
from alutils.strategies.base import Strategy, random_sampling


@dataclass(frozen=True)
class Sizes:
    """How much is asked, as `Desk` says.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    test: int
    start: int
    batch: int
    budget: int | None
    again_share: float
    only_again: bool = False

    def __post_init__(self) -> None:
        for name, least in (("test", 0), ("start", 0), ("batch", 1)):
            value = getattr(self, name)
            if value < least:
                raise ValueError(f"{name}_size={value}: expected at least {least}")
        if self.budget is not None and self.budget <= self.test:
            raise ValueError(
                f"budget={self.budget} with a test set of {self.test}: expected more, so"
                " that answers are left to learn from"
            )
        if not 0 <= self.again_share <= 1:
            raise ValueError(
                f"again_share={self.again_share}: expected a number from 0 to 1"
            )


class Asking:
    """Asks one person questions of a store. All that is drawn at random comes from the
    seed, the purpose and the number of the batch or of the question.

    Raises
    ------
    ValueError
        If the texts are too few, or the store has a test set of another size.
    """

    def __init__(self, store: Store, sizes: Sizes, seed: int) -> None:
        self.store, self.sizes, self.seed = store, sizes, seed
        self._rows = store.different_rows
        tests = {q.row for q in asked(self.state, "test")}
        if sizes.test >= len(self._rows):
            raise ValueError(
                f"test_size={sizes.test} of {len(self._rows)} different texts: expected"
                " fewer, so that texts are left to learn from"
            )
        if len(tests) != sizes.test and (tests or asked(self.state, "training")):
            raise ValueError(
                f"test_size={sizes.test}, but {store.path} has a test set of"
                f" {len(tests)}, which was drawn before anything else: give that number"
            )

    @property
    def state(self) -> State:
        """What the events say."""
        return self.store.state

    @property
    def waiting(self) -> tuple[Question, ...]:
        """What this person is to answer, in order."""
        waiting = self.state.for_person(self.store.who)
        if self.sizes.only_again:
            return tuple(q for q in waiting if q.purpose == "again")
        return waiting

    @property
    def left(self) -> float:
        """Answers that the budget still pays for."""
        return answers_left(self.state, self.sizes.budget)

    @property
    def test_missing(self) -> bool:
        """Whether the test set is still to be drawn."""
        drawn = asked(self.state, "test")
        return bool(self.sizes.test and not drawn and not self.sizes.only_again)

    @property
    def start_missing(self) -> int:
        """Labels that are missing in the random start, as far as there are texts and
        answers for them."""
        done = len(settled(self.state, "training"))
        texts = len(self._rows) - self.sizes.test - done
        labels = len(self.state.labels("training"))
        return int(max(0, min(self.sizes.start - labels, texts, self.left)))

    @property
    def is_more(self) -> bool:
        """Whether there is anything to ask, and the budget pays for it."""
        new = 0 if self.sizes.only_again else len(self._pool())
        return self.left > 0 and bool(new or self._others())

    def new_session(
        self,
        strategy: Strategy,
        make_learner: Callable[[int, np.random.Generator], Learner | None],
    ) -> Session:
        """A session that knows all that was answered for training."""
        n_classes = max(2, len(self.state.classes))
        for_learner, for_strategy = self._rng("training", self._next_round).spawn(2)
        known = examples(self.state)
        return Session(
            make_learner(n_classes, for_learner),
            strategy,
            self._pool(),
            for_strategy,
            rows=[*known],
            labels=[*known.values()],
            n_classes=n_classes,
        )

    def ask_first(self) -> None:
        """Ask what needs no model: the test set, and once that is done a random batch."""
        if self.test_missing:
            rng = self._rng("test", 0)
            drawn = rng.choice(self._rows, self.sizes.test, replace=False)
            fields = {"purpose": "test", "round": 0, "strategy": "random"}
            self.store.ask([{"row": int(row), **fields} for row in drawn])
        else:
            session = self.new_session(random_sampling, lambda *_: None)
            self.ask_batch(session, self.start_missing or self.sizes.batch)

    def ask_batch(self, session: Session, size: int) -> int:
        """Ask a batch of the session's choice and, at random places in it, what else is
        due: test texts that were put off, and second opinions. Returns how many."""
        others = self._others()
        size = 0 if self.sizes.only_again else int(min(size, self.left - len(others)))
        chosen = session.ask(size) if size else ()
        named = name_of(session.strategy)
        batch = [("training", int(row), named) for row in chosen]
        rng = self._rng("again", self._next_round)
        for purpose, row in others:
            batch.insert(rng.integers(len(batch) + 1), (purpose, row, "random"))
        p = [None] * len(batch)
        if session.rounds and batch:
            p = session.predict_proba(np.array([row for _, row, _ in batch]))
        fields = {"round": self._next_round}
        questions = [
            {
                "row": row,
                "purpose": purpose,
                "strategy": how,
                "probabilities": its,
                **fields,
            }
            for (purpose, row, how), its in zip(batch, p, strict=True)
        ]
        for question in questions:
            if question["purpose"] == "again":
                question["who"] = self.store.who
        self.store.ask(questions)
        return len(questions)

    @property
    def _next_round(self) -> int:
        return next_round(self.state)

    def _rng(self, purpose: str, number: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, PURPOSES.index(purpose), number])

    def _pool(self) -> np.ndarray:
        away = [*settled(self.state, "training"), *(q.row for q in self.state.pending)]
        away += [q.row for q in asked(self.state, "test")]
        return np.setdiff1d(self._rows, np.array(away, dtype=np.int64))

    def _others(self) -> list[tuple[str, int]]:
        again = second_opinions(
            self.state,
            self.store.who,
            self.sizes.again_share,
            lambda number: np.random.default_rng([self.seed, len(PURPOSES), number]),
        )
        if self.sizes.only_again:
            return [("again", row) for row in again][: int(min(len(again), self.left))]
        again = again[: max(1, self.sizes.batch // 2)]
        tests = [("test", row) for row in unsettled_tests(self.state)]
        others = [*tests, *(("again", row) for row in again)]
        return others[: int(min(len(others), self.left))]


def name_of(strategy: Strategy) -> str:
    """A strategy's name, with its settings if it has some.

    Examples
    --------
    >>> from alutils.strategies.uncertainty import Doubt
    >>> name_of(random_sampling), name_of(Doubt())
    ('random', 'Doubt(margin)')
    """
    if strategy is random_sampling:
        return "random"
    if hasattr(strategy, "__name__"):
        return strategy.__name__
    settings = (name_of(v) if callable(v) else repr(v) for v in vars(strategy).values())
    return f"{type(strategy).__name__}({', '.join(settings)})"
