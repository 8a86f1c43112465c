"""The desk at which a person labels: which text is next, and when the model learns.

Buttons and a scripted person sit at the same desk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.labelling.asking import Asking, Sizes
from alutils.labelling.batches import asked, examples, next_round
from alutils.labelling.events import PURPOSES, Question
from alutils.labelling.progress import Progress, progress_of
from alutils.labelling.store import Store
from alutils.learners.base import Learner
from alutils.loop.session import Session
from alutils.strategies.base import Strategy


@dataclass(frozen=True)
class Trained:
    """A training: the batch that it came before, the labels that were learnt, and the
    seconds that it took, the choice of the batch included."""

    round: int
    labels: int
    seconds: float


class Desk:
    """A person's place at a store: it shows questions and takes answers.

    The test set comes first, drawn at random and never learnt; then a random start; then
    batches that the strategy chooses, and before each of them the model learns. Of texts
    that are copies of each other one is asked about. What is asked follows from the
    events in the store, so that it does not matter when the desk was closed.

    Parameters
    ----------
    make_learner
        gives a new learner for a number of classes, at least 2, and a random generator
    test_size, start_size, batch_size
        texts in the test set, labels before the strategy chooses, texts in a batch
    budget
        answers in all, for the test set and second opinions too; None sets no limit
    again_share
        the share of the texts answered for training and for the test set, by whomever,
        that this person answers once more; these answers are not learnt
    only_again
        ask this person for such second opinions and for nothing else

    Attributes
    ----------
    complaint
        why the last copy could not be saved (`Store.save_copy`); None if nothing is wrong

    Raises
    ------
    ValueError
        If a number is out of range, the store's test set is of another size, or the store
        was opened with other reviews.
    OSError
        If the first questions cannot be written.
    """

    def __init__(
        self,
        reviews: Reviews,
        store: Store,
        *,
        make_learner: Callable[[int, np.random.Generator], Learner],
        strategy: Strategy,
        test_size: int,
        start_size: int,
        batch_size: int,
        budget: int | None,
        again_share: float = 0.05,
        only_again: bool = False,
        seed: int = 0,
    ) -> None:
        if len(reviews) != len(store.reviews) or reviews.digest != store.reviews.digest:
            raise ValueError(
                f"the texts of {reviews.name} are not those that the store was opened"
                " with: give both the same reviews"
            )
        self.reviews, self.store = reviews, store
        self.make_learner, self.strategy = make_learner, strategy
        sizes = Sizes(
            test_size, start_size, batch_size, budget, again_share, only_again
        )
        self._asking = Asking(store, sizes, seed)
        self._session: Session | None = None
        self._learnt: tuple[dict[int, int], int] | None = None
        self._asked_for_nothing = False  # though there was something left
        self.complaint: str | None = None
        self._refill()

    @property
    def question(self) -> Question | None:
        """What is to be answered now; None if a training is due, the budget is spent or
        nothing is left to ask."""
        waiting = self._asking.waiting if self._asking.left > 0 else ()
        return next(iter(waiting), None)

    @property
    def text(self) -> str:
        """The text of the question; empty if there is none."""
        question = self.question
        return "" if question is None else self.reviews.texts[question.row]

    def answer(
        self, label: str, *, question: int, seconds: float | None = None
    ) -> None:
        """Give the text of a question, by its number, a label; the same twice changes
        nothing.

        Raises
        ------
        ValueError
            If this person is not asked that question, it was answered otherwise, or
            there is no such class.
        OSError
            If the answer cannot be written; the question then stays.
        RuntimeError
            If the answer is written, but the next questions cannot be.
        """
        self._take(question, "label", label, seconds)

    def skip(self, *, question: int, seconds: float | None = None) -> None:
        """Put a question off until the others of its batch are done; the second time, to
        a later batch. Raises as `answer` does."""
        self._take(question, "skip", None, seconds)

    def cannot_tell(self, *, question: int, seconds: float | None = None) -> None:
        """Say that the text's class cannot be told; it is not asked again. Raises as
        `answer` does."""
        self._take(question, "cannot_tell", None, seconds)

    def undo(self) -> Question | None:
        """Take back this person's last answer; its question is then shown again. None if
        there is no answer."""
        return self.store.undo()

    def flag(self, *, question: int, note: str = "") -> None:
        """Put a note on the text of a question, to look at it again; the same note again
        takes it off."""
        everything = (
            q for purpose in PURPOSES for q in asked(self.store.state, purpose)
        )
        for one in everything:
            if one.number == question:
                return self.store.flag(one.row, note)
        raise ValueError(f"there is no question {question!r}: flag one that was asked")

    @property
    def training_due(self) -> bool:
        """Whether the model is to learn now, before anything else is asked, or for the
        last time."""
        if self.question is not None or len(self.store.state.classes) < 2:
            return False
        if self._asking.sizes.only_again:
            return False
        if self._asking.test_missing or self._asking.start_missing:
            return False
        more = self._asking.is_more and not self._asked_for_nothing
        return more or self._learnt != self._to_learn()

    def train(self) -> Trained:
        """Let the model learn, and ask for the next batch.

        Raises
        ------
        OSError
            If the questions cannot be written.
        """
        started, batch = time.perf_counter(), next_round(self.store.state)
        self._fit()
        if not self._asking.waiting and self._asking.is_more:
            number = self._asking.ask_batch(self._session, self._asking.sizes.batch)
            self._asked_for_nothing = number == 0
        seconds = time.perf_counter() - started
        return Trained(batch, len(self._session.rows), seconds)

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """The model's probabilities, shape (n, k), in the order of the classes; it learns
        first if it has not.

        Raises
        ------
        ValueError
            If fewer than two classes are named.
        """
        classes = len(self.store.state.classes)
        if classes < 2:
            raise ValueError(f"{classes} classes are named: name two first (add_class)")
        if self._learnt is None or self._learnt[1] != classes:
            self._fit()
        return self._session.predict_proba(rows)

    @property
    def progress(self) -> Progress:
        """How far the labelling is."""
        question, left = self.question, self._asking.left
        waiting = len(self._asking.waiting)
        if question is not None and question.purpose == "test":
            waiting += self._asking.start_missing
        return progress_of(
            self.store.state,
            self.store.who,
            test_size=self._asking.sizes.test,
            until_training=0 if question is None else int(min(waiting, left)),
            budget_left=None
            if self._asking.sizes.budget is None
            else max(0, int(left)),
            round=question.round if question else next_round(self.store.state),
        )

    def _take(
        self, question: int, kind: str, label: str | None, seconds: float | None
    ) -> None:
        self.store.answer(question, kind, label, seconds)
        try:
            self._refill()
        except OSError as error:
            raise RuntimeError(
                f"the answer is saved, but not the questions that come next: {error}."
                " Then give the same answer again"
            ) from error

    def _refill(self) -> None:
        """Ask what comes next, where a batch is done and the model need not learn."""
        if self._asking.waiting:
            return
        try:
            self.store.save_copy()
            self.complaint = None
        except (OSError, ValueError) as error:  # the answers are safe where they are
            self.complaint = f"no copy could be saved: {error}"
        if not self.training_due and self._asking.is_more:
            self._asking.ask_first()

    def _fit(self) -> None:
        session = self._asking.new_session(self.strategy, self.make_learner)
        session.fit()
        self._session, self._learnt = session, self._to_learn()

    def _to_learn(self) -> tuple[dict[int, int], int]:
        return examples(self.store.state), len(self.store.state.classes)
