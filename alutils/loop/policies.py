"""What the money of a round buys: new labels, or second opinions on old ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from alutils.learners.base import Learner
from alutils.learners.out_of_fold import out_of_fold
from alutils.loop.noise import NoisyOracle
from alutils.loop.oracle import Oracle
from alutils.loop.session import Session


class Policy(Protocol):
    """Spends a round's answers: it asks the session for rows and the oracle about them,
    and tells the session what was answered.

    One that wants more than one opinion on a row says of how many raters, by an
    attribute `raters`.
    """

    def __call__(self, session: Session, oracle: Oracle, size: int) -> np.ndarray:
        """The rows asked about for the first time, shape (n,), for at most `size` answers
        in all."""


def one_label_each(session: Session, oracle: Oracle, size: int) -> np.ndarray:
    """A new row for each answer."""
    asked = session.ask(size)
    session.tell(asked, oracle.label(asked))
    return asked


@dataclass(frozen=True)
class MajorityOfThree:
    """Three raters for each row asked about, and the label that most of them give: a
    third of the rows for the same money. What is left over of a round buys rows with one
    answer."""

    raters: ClassVar[int] = 3

    def __call__(self, session: Session, oracle: NoisyOracle, size: int) -> np.ndarray:
        check_raters(self, oracle)
        thrice, once = divmod(size, self.raters)
        asked = session.ask(thrice + once)
        first, rest = asked[:thrice], asked[thrice:]
        given = [oracle.label(first, opinion=k) for k in range(self.raters)]
        session.tell(first, majority(np.stack(given, axis=1)))
        session.tell(rest, oracle.label(rest))
        return asked


@dataclass(frozen=True)
class AskAgain:
    """The same again for what a model contradicts: a part of each round's answers goes to
    known rows whose label is the least likely, by a model that was taught without them.

    Another rater is asked about each; where the two differ, a third decides. A row is
    checked once only: who always asks for the strangest label asks for the same one for
    ever (Lin, Mausam and Weld 2016).

    Attributes
    ----------
    checker
        the model that contradicts; it is taught anew in each round
    share
        the part of a round's answers that may go to known rows
    folds
        of the known rows, to leave out one at a time
    """

    checker: Learner
    share: float = 0.3
    folds: int = 5

    raters: ClassVar[int] = 3

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(
                f"share={self.share}: expected a number above 0, at most 1"
            )

    def __call__(self, session: Session, oracle: NoisyOracle, size: int) -> np.ndarray:
        check_raters(self, oracle)
        # Each may take a second and a third answer.
        again = self.contradicted(session, oracle)[: int(self.share * size) // 2]
        left = size
        if len(again):
            left -= self._checked(again, session, oracle)
        return one_label_each(session, oracle, left)

    def contradicted(self, session: Session, oracle: NoisyOracle) -> np.ndarray:
        """Known rows, with one opinion so far, of whose label the model is less sure than
        of another; the least likely first."""
        rows, labels = session.rows, session.labels
        if not len(rows):
            return rows
        probabilities = out_of_fold(self.checker, rows, labels, folds=self.folds)
        given = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
        doubtful = given < probabilities.max(axis=1)
        doubtful &= oracle.opinions(rows) == 1
        return rows[doubtful][np.argsort(given[doubtful], kind="stable")]

    def _checked(self, rows: np.ndarray, session: Session, oracle: NoisyOracle) -> int:
        """Ask again, correct what turns out otherwise; how many answers it took."""
        opinions = np.full((len(rows), 3), -1)
        opinions[:, 0] = oracle.label(rows)  # paid for before
        opinions[:, 1] = oracle.label(rows, opinion=1)
        differ = (opinions[:, 1] >= 0) & (opinions[:, 0] != opinions[:, 1])
        opinions[differ, 2] = oracle.label(rows[differ], opinion=2)
        session.correct(rows, majority(opinions))
        return len(rows) + int(differ.sum())


def majority(opinions: np.ndarray) -> np.ndarray:
    """The label that most give, shape (n,); the earliest of those that equally many give;
    -1 if nobody knows.

    Parameters
    ----------
    opinions : array of int, shape (n, n_opinions)
        -1 where a rater does not know

    Examples
    --------
    >>> majority(np.array([[0, 1, 1], [1, 0, -1], [-1, -1, -1]]))
    array([ 1,  1, -1])
    """
    votes = (opinions[:, :, None] == opinions[:, None, :]).sum(axis=2)
    votes[opinions < 0] = 0
    return np.take_along_axis(opinions, votes.argmax(axis=1)[:, None], axis=1)[:, 0]


def check_raters(policy: Policy, oracle: Oracle) -> None:
    """Refuse a policy that wants more opinions on a row than there are raters.

    Raises
    ------
    ValueError
        If it does.
    """
    wanted, there = getattr(policy, "raters", 1), getattr(oracle, "raters", 1)
    if wanted > there:
        raise ValueError(
            f"{type(policy).__name__} asks {wanted} raters about a row, and the oracle"
            f" has {there}: asked twice, a rater would only say the same again; take an"
            " oracle with more raters, or one_label_each"
        )
