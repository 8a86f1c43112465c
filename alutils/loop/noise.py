"""Oracles that are wrong on purpose: raters who doubt, and then guess or say so."""

from __future__ import annotations

import numpy as np

from alutils.loop.oracle import SimulatedOracle


def wrong_by_guessing(n_classes: int) -> float:
    """How often whoever guesses among the classes is wrong: the rate of errors at which
    labels say nothing any more.

    Examples
    --------
    >>> wrong_by_guessing(2)
    0.5
    """
    return (n_classes - 1) / n_classes


class NoisyOracle(SimulatedOracle):
    """Stands in for raters who make mistakes.

    A rater who doubts guesses one of the classes, all alike, or says "can't tell".
    What she says of a row hangs on the generator's seed, her number and the row alone,
    so that it is the same in whatever order and however often she is asked. Which
    rater is the first, the second and so on is drawn for each row. Labels for the
    purpose "test" are true: they measure what a model really does.

    Parameters
    ----------
    labels : array of int, shape (n_reviews,)
        the corpus's own labels, 0 to k - 1; -1 where it has none, and nobody knows it
    rng
        draws doubts and guesses
    rates : number, or array, shape (n_raters, n_reviews) or (n_raters, 1)
        chance that an answer of each rater is wrong, if each doubt ends in a guess; a
        number is that of one rater
    n_classes
        number of classes, k
    cant_tell
        share of the doubts that raters admit, between 0 and 1; the label is -1 then

    Raises
    ------
    ValueError
        If a rater is wrong so often that she may as well guess, or a number is out of
        range.
    """

    def __init__(
        self,
        labels: np.ndarray,
        rng: np.random.Generator,
        rates: np.ndarray | float = 0.0,
        *,
        n_classes: int = 2,
        cant_tell: float = 0.0,
    ) -> None:
        super().__init__(labels)
        rates, reviews = np.asarray(rates, dtype=float), len(self._labels)
        rates = rates.reshape(1, 1) if rates.ndim == 0 else rates
        if rates.ndim != 2 or rates.shape[1] not in (1, reviews) or not len(rates):
            raise ValueError(
                f"rates of shape {rates.shape}: expected one number, or an array of a row"
                f" for each rater, with 1 or {reviews} numbers in it"
            )
        _check(rates, n_classes)
        if not 0 <= cant_tell <= 1:
            raise ValueError(f"cant_tell={cant_tell}: expected a share between 0 and 1")
        self.raters = len(rates)
        order, *raters = rng.spawn(1 + self.raters)
        # Numbers of one row lie together, so that a longer corpus changes none.
        self._order = order.random((reviews, self.raters)).argsort(axis=1)
        doubts = np.broadcast_to(rates, (self.raters, reviews))
        doubts = doubts / wrong_by_guessing(n_classes)
        self._answers = np.stack([self._labels] * self.raters)
        for answers, doubt, rater in zip(self._answers, doubts, raters, strict=True):
            in_doubt, guess, admits = rater.random((reviews, 3)).T
            guesses = np.where(admits < cant_tell, -1, (guess * n_classes).astype(int))
            answers[:] = np.where(in_doubt < doubt, guesses, answers)
        self._answers[:, self._labels < 0] = -1

    def label(
        self, rows: np.ndarray, purpose: str = "training", *, opinion: int = 0
    ) -> np.ndarray:
        """What the raters say of the rows, shape (n,); -1 for "can't tell". Each rater's
        answer on a row counts once for a purpose.

        Parameters
        ----------
        opinion
            0 for the first opinion on each row, 1 for a second one, and so on: each from
            another rater

        Raises
        ------
        IndexError, TypeError
            If a row is not in the corpus, or no whole number.
        ValueError
            If there are not so many raters.
        """
        rows = self._checked(rows)
        if not 0 <= opinion < self.raters:
            raise ValueError(
                f"opinion={opinion}, and there are {self.raters} raters, numbered from 0:"
                " the same rater would only say the same again; take more raters, or ask"
                " for fewer opinions"
            )
        self._asked.setdefault(purpose, set()).update(
            (rows * self.raters + opinion).tolist()
        )
        if purpose == "test":
            return self._labels[rows]
        return self._answers[self._order[rows, opinion], rows]

    def opinions(self, rows: np.ndarray) -> np.ndarray:
        """How many raters have answered on each row for training, shape (n,)."""
        asked = self._asked.get("training", set())
        keys = self._checked(rows)[:, None] * self.raters + np.arange(self.raters)
        held = [[key in asked for key in of_row] for of_row in keys.tolist()]
        return np.array(held, dtype=bool).reshape(keys.shape).sum(axis=1)

    @property
    def wrong(self) -> int:
        """Wrong answers handed out, for whatever purpose but the test."""
        said, true = self._said()
        return int(np.sum((said >= 0) & (said != true)))

    @property
    def unknown(self) -> int:
        """How often a rater said "can't tell"."""
        return int(np.sum(self._said()[0] < 0))

    def _said(self) -> tuple[np.ndarray, np.ndarray]:
        """All answers handed out, and what is true."""
        noisy = (asked for purpose, asked in self._asked.items() if purpose != "test")
        keys = np.array(sorted(set().union(*noisy)), dtype=np.int64)
        rows, opinions = np.divmod(keys, self.raters)
        return self._answers[self._order[rows, opinions], rows], self._labels[rows]


def noise_near_the_boundary(
    doubts: np.ndarray, rate: float, *, n_classes: int = 2
) -> np.ndarray:
    """Chance of a wrong label for each row, in proportion to how doubtful it is, but
    never worse than a guess; their mean is the named rate (after Du and Ling 2010).

    Parameters
    ----------
    doubts : array, shape (n,)
        how hard each row is, at least 0; such as 1 minus the margin between the two
        likeliest classes, by a model that has not seen the row

    Raises
    ------
    ValueError
        If the rate is out of range, or too many rows are beyond doubt to reach it.
    """
    doubts, most = np.asarray(doubts, dtype=float), wrong_by_guessing(n_classes)
    _check(np.array([[rate]]), n_classes)
    if not (doubts >= 0).all():  # NaN too
        raise ValueError("a doubt is below 0 or no number: expected 0 or more")
    if most * np.mean(doubts > 0) <= rate:
        raise ValueError(
            f"rate={rate}: only {np.mean(doubts > 0):.0%} of the rows are in any doubt,"
            f" and none is wrong more often than {most:.2f}; name a lower rate"
        )
    low, high = 0.0, most / doubts[doubts > 0].min()
    for _ in range(100):  # halved each time
        factor = (low + high) / 2
        too_much = np.minimum(factor * doubts, most).mean() > rate
        low, high = (low, factor) if too_much else (factor, high)
    return np.minimum(low * doubts, most)


def _check(rates: np.ndarray, n_classes: int) -> None:
    most = wrong_by_guessing(n_classes)
    if not ((rates >= 0) & (rates <= most)).all() or (rates.mean(axis=1) >= most).any():
        raise ValueError(
            f"a rate of noise of {rates.max():g}: whoever guesses among {n_classes}"
            f" classes is wrong in {most:.3g} of all cases, so labels with so much noise"
            f" say nothing; expected at least 0 and less than {most:.3g}"
        )
