"""What can be seen of a model while labels are bought, without a label of the test set:
what it says of texts that nobody labels, and how well it foretold the last labels."""

from __future__ import annotations

import dataclasses

import numpy as np

from alutils.corpus.rows import as_rows
from alutils.corpus.splits import Splits
from alutils.errors import check_probabilities
from alutils.loop.seen import Seen, cohens_kappas, expected_f
from alutils.loop.session import Session
from alutils.strategies.scores import entropy, least_confidence

DECIMALS = 5  # of all that is seen, so that a record of it is the same number again


class Watch:
    """Looks at a session before and after each fit.

    It is not saved with a session; one that is opened again is watched anew.

    Parameters
    ----------
    stop_rows : array of int, shape (n,)
        the stop set: rows whose texts are looked at and never labelled
    validation : rows and labels, both of shape (n,)
        rows that are not learnt, with labels that somebody has been asked for; a label
        of -1 is left out

    Attributes
    ----------
    seen
        a `Seen` for each fit so far

    Raises
    ------
    ValueError
        If there is no row in the stop set, or one is there twice.
    """

    def __init__(
        self,
        stop_rows: np.ndarray,
        validation: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        self.stop_rows = as_rows(stop_rows)
        if not len(self.stop_rows):
            raise ValueError("the stop set is empty: give it texts of the pool")
        if len(np.unique(self.stop_rows)) < len(self.stop_rows):
            raise ValueError("the stop set has a row twice: give each row once")
        rows, labels = validation or ([], [])
        rows, labels = as_rows(rows), np.asarray(labels, dtype=np.int64)
        self.validation = rows[labels >= 0], labels[labels >= 0]
        self.seen: tuple[Seen, ...] = ()
        self._said: list[np.ndarray] = []  # classes of the stop set, the latest first
        self._session: Session | None = None

    def check_apart(self, **others: np.ndarray) -> None:
        """Refuse rows that are looked at and have another place too.

        Raises
        ------
        ValueError
            If a row of the stop or validation set is among others; it names both.
        """
        for ours, rows in (
            ("stop", self.stop_rows),
            ("validation", self.validation[0]),
        ):
            for name, theirs in others.items():
                for row in rows[np.isin(rows, as_rows(theirs))][:1]:
                    raise ValueError(
                        f"row {row} is in the watch's {ours} set and in the {name} rows:"
                        " what is looked at is neither learnt nor tested on; take it out"
                        " of the pool first, as set_aside does"
                    )

    def fit(self, session: Session) -> Seen:
        """Fit a session, and look at its model before and after.

        Raises
        ------
        ValueError
            If the session may learn a row that is looked at, or is another one than
            before.
        """
        if self._session is None:
            places = ("pool", "pending", "aside")
            self.check_apart(
                labelled=session.rows, **{p: getattr(session, p) for p in places}
            )
        elif self._session is not session:
            raise ValueError("a watch follows one session: make another for this one")
        self._session = session
        foretold = self._foretold(session)
        session.fit()
        seen = Seen(len(session.rows), **foretold, **self._looked(session))
        self.seen += (seen,)
        return seen

    def _foretold(self, session: Session) -> dict[str, float]:
        """How the last labels compare with what the model said before it knew them."""
        rows, labels = session.rows[session.fitted :], session.labels[session.fitted :]
        if session.fitted is None or not len(rows):
            return {}
        probabilities = check_probabilities(session.predict_proba(rows))
        wrong = probabilities.argmax(axis=1) != labels
        doubt = least_confidence(probabilities)
        contradicted = doubt[wrong].sum() / doubt.mean() if wrong.any() else 0.0
        return _rounded(batch_accuracy=1 - wrong.mean(), contradiction=contradicted)

    def _looked(self, session: Session) -> dict[str, float]:
        """What the model says of the stop set and of the validation set."""
        probabilities = check_probabilities(session.predict_proba(self.stop_rows))
        now, doubt = probabilities.argmax(axis=1), least_confidence(probabilities)
        looked = {
            "entropy": entropy(probabilities).mean() / np.log2(probabilities.shape[1]),
            "least_confidence": doubt.mean(),
            "expected_f": expected_f(probabilities),
        }
        names = ("kappa", "kappa_two_back")
        for name, before in zip(names, self._said, strict=False):
            looked[name] = _kappa(before, now, probabilities.shape[1])
        for before in self._said[:1]:
            looked["changed"] = np.mean(before != now)
        self._said = [now, *self._said][: len(names)]
        rows, labels = self.validation
        if len(rows):
            right = session.predict_proba(rows).argmax(axis=1) == labels
            looked["validation_accuracy"] = right.mean()
        return _rounded(**looked)


def set_aside(
    splits: Splits, rng: np.random.Generator, size: int
) -> tuple[Splits, np.ndarray]:
    """Rows of the pool drawn at random, such as a stop set, and the splits without them.

    Raises
    ------
    ValueError
        If the pool has too few rows to leave any.
    """
    if not 0 <= size < max(len(splits.pool), 1):
        raise ValueError(
            f"{size:,} rows to set aside from a pool of {len(splits.pool):,}: one at"
            " least must stay there, so ask for fewer"
        )
    drawn = rng.choice(splits.pool, size, replace=False)
    left = splits.pool[~np.isin(splits.pool, drawn)]
    return dataclasses.replace(splits, pool=left), drawn


def _kappa(before: np.ndarray, now: np.ndarray, n_classes: int) -> float:
    if np.array_equal(before, now):
        return 1.0  # also where one class is all that there is
    pairs = np.bincount(n_classes * before + now, minlength=n_classes**2)
    return float(cohens_kappas(pairs.reshape(1, n_classes, n_classes))[0])


def _rounded(**numbers: float) -> dict[str, float]:
    return {name: round(float(number), DECIMALS) for name, number in numbers.items()}
