"""A second opinion: how often two answers about one text agree, and where they do not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alutils.evidence.intervals import counts_interval, share_interval
from alutils.labelling.events import Answer
from alutils.loop.seen import cohens_kappas

CANNOT_TELL = "can't tell"  # as tables show it, beside the classes

Estimate = tuple[float, float, float]  # a value and the ends of its 95% interval


@dataclass(frozen=True)
class Pair:
    """Two answers about one text, by one person or by two."""

    first: Answer
    second: Answer

    @property
    def row(self) -> int:
        """The text."""
        return self.first.question.row

    @property
    def people(self) -> tuple[str, str]:
        """Who gave the first answer, and who the second."""
        return self.first.who, self.second.who

    @property
    def agrees(self) -> bool:
        """Whether both say the same; to say "can't tell" twice is to agree."""
        return self.first.label == self.second.label


def pairs_of(answers: Iterable[Answer]) -> tuple[Pair, ...]:
    """Each second opinion with the answer that the text was given before.

    Answers that were taken back and skips are no opinions. Of several by one person for
    one purpose the last counts.

    Parameters
    ----------
    answers
        in the order in which they were given, as `State.answers`
    """
    firsts, seconds = {}, {}
    for answer in answers:
        if answer.undone or answer.kind == "skip":
            continue
        question = answer.question
        if question.purpose == "again":
            seconds[question.row, answer.who] = answer
        else:
            firsts[question.row] = answer
    return tuple(
        Pair(firsts[row], second)
        for (row, _), second in seconds.items()
        if row in firsts
    )


def by_people(pairs: Iterable[Pair]) -> dict[tuple[str, str], tuple[Pair, ...]]:
    """The pairs of each two people, whoever answered first named first; a person asked
    twice is both."""
    found: dict[tuple[str, str], tuple[Pair, ...]] = {}
    for pair in pairs:
        found[pair.people] = (*found.get(pair.people, ()), pair)
    return found


def disagreements(pairs: Iterable[Pair], settled: Collection[int] = ()) -> pd.DataFrame:
    """What is to be settled: one row for each pair that differs, by `row`, with both
    answers, who gave them and when.

    Parameters
    ----------
    settled
        rows that were settled already
    """
    columns = "row", "first", "by", "on", "second", "second_by", "second_on"
    return pd.DataFrame(
        [
            (p.row, *(part for a in (p.first, p.second) for part in _told(a)))
            for p in pairs
            if not p.agrees and p.row not in settled
        ],
        columns=columns,
    ).set_index("row")


def _told(answer: Answer) -> tuple:
    return answer.label or CANNOT_TELL, answer.who, answer.when


@dataclass(frozen=True)
class Agreement:
    """How often two answers about one text agree.

    Attributes
    ----------
    answers
        the classes, and "can't tell" last
    table
        how often each first answer met each second one: a row for each first answer, in
        the order of `answers`
    """

    answers: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]

    @property
    def texts(self) -> int:
        """Number of texts with two answers."""
        return sum(map(sum, self.table))

    @property
    def agreeing(self) -> int:
        """Number of texts about which both answers are the same."""
        return sum(row[k] for k, row in enumerate(self.table))

    @property
    def share(self) -> Estimate:
        """Share of texts about which both agree, with Wilson's interval."""
        low, high = share_interval(self.agreeing, self.texts)
        return self.agreeing / self.texts, low, high

    @property
    def kappa(self) -> Estimate:
        """How far they agree beyond chance: 0 as by chance, 1 always (Cohen 1960), with
        its interval, as `counts_interval` has it; NaN if only one answer was given."""
        counts = np.array(self.table)
        # An answer that nobody gave says nothing of what other texts would be given.
        given = counts.any(axis=0) | counts.any(axis=1)
        counts = counts[given][:, given]
        if len(counts) < 2:
            return np.nan, np.nan, np.nan
        return float(cohens_kappas(counts[None])[0]), *counts_interval(
            counts, cohens_kappas
        )

    def shown(self) -> pd.DataFrame:
        """The table with names: first answers down, second ones across."""
        return pd.DataFrame(
            self.table,
            index=pd.Index(self.answers, name="first"),
            columns=pd.Index(self.answers, name="second"),
        )


def agreement_of(pairs: Iterable[Pair], classes: Sequence[str]) -> Agreement:
    """How often the two answers of each pair agree, "can't tell" an answer of its own.

    Parameters
    ----------
    classes
        names of the classes, such as `State.classes`

    Raises
    ------
    ValueError
        If there is no pair, or a label is none of the classes.
    """
    pairs = tuple(pairs)
    if not pairs:
        raise ValueError("no text has a second answer: ask for some again first")
    place = {name: k for k, name in enumerate(classes)} | {None: len(classes)}
    labels = [(p.first.label, p.second.label) for p in pairs]
    for unknown in [label for pair in labels for label in pair if label not in place]:
        raise ValueError(f"label {unknown!r}: expected one of {', '.join(classes)}")
    counts = np.zeros((len(place), len(place)), dtype=np.int64)
    np.add.at(counts, tuple(np.transpose([[place[x] for x in p] for p in labels])), 1)
    table = tuple(map(tuple, counts.tolist()))
    return Agreement((*classes, CANNOT_TELL), table)
