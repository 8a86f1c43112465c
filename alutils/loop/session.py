"""Active learning at one's own pace: ask for rows, tell labels, today or next week."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from pathlib import Path

import numpy as np

from alutils.corpus.rows import as_rows
from alutils.learners.base import Learner
from alutils.loop.answers import Answers
from alutils.loop.saved import (
    check_alike,
    corrected,
    fitted_labels,
    generator_in,
    kinds_of,
    read_session,
    set_states,
    states_of,
    write_session,
)
from alutils.provenance import versions
from alutils.strategies.base import State, Strategy

Rows = Sequence[int] | np.ndarray


class Session:
    """A learner, a strategy, and what has been asked and told so far.

    Each row of the pool may be asked for, is pending, known, or set aside. Nothing that
    is handed in is changed, but the learner by `fit`.

    Parameters
    ----------
    learner, strategy
        what learns, and what chooses the rows to ask for
    pool : array of int, shape (n_rows,)
        rows that may be asked for
    rng
        the strategy's random generator
    rows, labels
        what is known from the start; a label of -1 sets its row aside
    n_classes
        labels go from 0 to `n_classes` - 1; None takes any from 0 up
    corpus
        digest of the texts that the rows stand for (`Reviews.digest`), so that `open`
        can tell them from others

    Attributes
    ----------
    rounds
        how often the learner has been fitted

    Raises
    ------
    ValueError, TypeError
        If a row is there twice, rows and labels differ in length, or a label is none.

    Examples
    --------
    >>> import numpy as np
    >>> from alutils.learners.linear import LinearLearner
    >>> from alutils.strategies.uncertainty import Doubt
    >>> learner = LinearLearner(np.array([[0.0], [1.0], [2.0], [9.0]]))
    >>> session = Session(
    ...     learner, Doubt(), [1, 2], np.random.default_rng(0), rows=[0, 3], labels=[0, 1]
    ... )
    >>> session.fit()
    >>> session.ask(1)
    array([2])
    >>> session.tell([2], [1])
    >>> session.rows, session.labels, session.pool
    (array([0, 3, 2]), array([0, 1, 1]), array([1]))
    """

    def __init__(
        self,
        learner: Learner,
        strategy: Strategy,
        pool: np.ndarray,
        rng: np.random.Generator,
        *,
        rows: Rows = (),
        labels: Rows = (),
        n_classes: int | None = 2,
        corpus: str | None = None,
    ) -> None:
        self.learner, self.strategy, self.rng = learner, strategy, rng
        self.corpus, self.rounds = corpus, 0
        self._answers = Answers(pool, pending=rows, n_classes=n_classes)
        self._answers.tell(rows, labels, ask_again=False)
        self._fitted: np.ndarray | None = None  # labels of the first known rows
        self._before_fit = states_of(learner)
        self._predictions: dict[bytes, np.ndarray] = {}

    @property
    def rows(self) -> np.ndarray:
        """Rows whose labels are known, in the order in which they were told."""
        return self._answers.known

    @property
    def labels(self) -> np.ndarray:
        """Labels of `rows`."""
        return self._answers.labels

    @property
    def fitted(self) -> int | None:
        """How many of `rows` were learnt last, the first ones; None before a fit."""
        return None if self._fitted is None else len(self._fitted)

    @property
    def pool(self) -> np.ndarray:
        """Rows that may be asked for: those that never were, in the pool's own order,
        then those that nobody knew and that are to be asked for again."""
        return self._answers.pool

    @property
    def pending(self) -> np.ndarray:
        """Rows asked for and not yet answered, in the order of asking."""
        return self._answers.pending

    @property
    def aside(self) -> np.ndarray:
        """Rows that nobody knows and that are not asked for again."""
        return self._answers.aside

    def ask(self, n: int) -> np.ndarray:
        """Rows to label: first those that are still pending, then new ones by the
        strategy; at most `n`, and no more than there are.

        Raises
        ------
        ValueError
            If `n` is no whole number of at least 0, or the strategy returns a row that
            is not in the pool, a row twice, or more rows than it was asked for.
        """
        if not isinstance(n, Integral) or n < 0:
            raise ValueError(f"ask({n!r}): expected a whole number of at least 0")
        pool, pending = self.pool, self.pending
        size = n - len(pending)
        if len(pool) and (size > 0 or not len(pending)):
            members = getattr(self.learner, "predict_members", None)
            known = (self.rows, members, self.labels)
            state = State(pool, self.predict_proba, self.rng, *known)
            asked = self.strategy(state, min(size, len(pool)))
            self._answers.ask(asked, size)
        return self.pending[:n]

    def tell(self, rows: Rows, labels: Rows, *, ask_again: bool = False) -> None:
        """Take the labels of rows that were asked for, in any order and number.

        A label of -1 means unknown: the row is set aside, or goes back to the pool if
        `ask_again`. What was told before changes nothing; a row that nobody knew may get
        its label later. After an error, nothing of it has been taken.

        Raises
        ------
        ValueError, TypeError
            If a row was not asked for or has another label, a label is none, or the two
            differ in length.
        """
        self._answers.tell(rows, labels, ask_again)

    def correct(self, rows: Rows, labels: Rows) -> None:
        """Put other labels in place of known ones, each row where it was in the order; the
        learner knows of it from the next fit on. After an error, nothing is changed.

        Raises
        ------
        ValueError, TypeError
            If a row's label is not known, or a label is no class.
        """
        self._answers.correct(rows, labels)

    def fit(self) -> None:
        """Teach the learner all that is known, in the order in which it was told."""
        rows, labels = self.rows, self.labels
        self._before_fit, self._fitted = states_of(self.learner), labels
        self._predictions.clear()
        self.learner.fit(rows, labels)
        self.rounds += 1

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """The learner's probabilities, shape (n, k); remembered until the next fit, for
        strategy and scoring may ask for the same rows."""
        key = as_rows(rows).tobytes()
        if key not in self._predictions:
            if len(self._predictions) == 8:  # who asks often fills no memory
                del self._predictions[next(iter(self._predictions))]
            self._predictions[key] = self.learner.predict_proba(rows)
        return self._predictions[key]

    def save(self, folder: Path | str) -> None:
        """Write the session into a folder, in place of an older one there; an
        interruption leaves the old one or the new one.

        Raises
        ------
        FileExistsError
            If the folder has a session.json that is none of ours.
        """
        arrays = self._answers.arrays()
        facts = {
            "n_classes": self._answers.n_classes,
            "corpus": self.corpus,
            "rounds": self.rounds,
            "fitted": self.fitted,
            "corrected_since": corrected(self._fitted, self.labels),
            "rng": self.rng.bit_generator.state,
            "learner_before_fit": self._before_fit,
            "learner_now": states_of(self.learner),
            "counts": {name: len(array) for name, array in arrays.items()},
            "versions": versions(),
        }
        write_session(Path(folder), facts, arrays)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        learner: Learner,
        strategy: Strategy,
        *,
        n_classes: int | None = 2,
        corpus: str | None = None,
    ) -> Session:
        """The session in a folder, with a learner and a strategy made as before.

        The learner learns again what it had learnt last, from the random state of that
        time. One that goes on from earlier fits, or draws from elsewhere than its own
        generators, as networks do, comes back a little different.

        Raises
        ------
        FileNotFoundError
            If there is none in the folder.
        ValueError
            If it is damaged, or of another form, corpus, number of classes or learner.
        """
        facts, arrays = read_session(Path(folder))
        states = facts["learner_before_fit"]
        generators = kinds_of(states), kinds_of(states_of(learner))
        check_alike(folder, "corpus", facts["corpus"], corpus)
        check_alike(folder, "n_classes", facts["n_classes"], n_classes)
        check_alike(folder, "the learner's random generators", *generators)
        rng = generator_in(facts["rng"])
        session = cls(learner, strategy, [], rng, n_classes=n_classes, corpus=corpus)
        session._answers = Answers(**arrays, n_classes=n_classes)
        session.rounds, session._before_fit = facts["rounds"], states
        if facts["fitted"] is not None:
            set_states(learner, states)
            session._fitted = fitted_labels(facts, session.labels)
            learner.fit(session.rows[: facts["fitted"]], session._fitted)
        set_states(learner, facts["learner_now"])
        return session
