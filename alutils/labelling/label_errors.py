"""How often people are wrong, told from how often they agree, and what that hides.

All of it takes errors to be independent: a person is wrong about a text with the same
chance whatever its class and whatever the other says, and then says any other class alike.
Errors on which people agree, because a text misleads everybody, cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from alutils.evidence.intervals import counts_interval, share_interval
from alutils.labelling.agreement import Estimate, Pair, agreement_of, by_people
from alutils.labelling.events import Answer


def error_rate_if_alike(agreeing: int, texts: int, n_classes: int) -> Estimate:
    """The error rate of each of two answers, if both have the same: of one person who
    was asked twice, or of two people alike; with its interval.

    Of one person it is too low: an error that she makes both times looks like agreement.
    Of two people who differ it lies between theirs. NaN if they agree no more often than
    by chance.

    Raises
    ------
    ValueError
        If `agreeing` is no count of the texts.

    Examples
    --------
    >>> rate, low, high = error_rate_if_alike(92, 100, n_classes=2)
    >>> print(f"{rate:.3f}, between {low:.3f} and {high:.3f}")
    0.042, between 0.021 and 0.082
    """
    low, high = share_interval(agreeing, texts)
    shares = np.array([agreeing / texts if texts else np.nan, high, low])
    skill = np.sqrt(np.maximum(_beyond_chance(shares, n_classes), 0))
    rates = np.where(skill > 0, _error_rate(skill, n_classes), np.nan)
    if np.isnan(rates[0]):
        return np.nan, np.nan, np.nan
    # An agreement that may be chance leaves it open how wrong they are.
    by_chance = _error_rate(0.0, n_classes)
    return tuple(float(r) for r in np.nan_to_num(rates, nan=by_chance))


def error_rates_settled(
    pairs: Sequence[Pair], settled: Mapping[int, str | None], classes: Sequence[str]
) -> tuple[Estimate, Estimate]:
    """The error rates of the first and of the second answers, once somebody has settled
    what is right where they differ; with their intervals.

    Only texts count that both gave a class and that have one. On how many the two are
    wrong alike follows from the rest.

    Parameters
    ----------
    pairs
        of two people, as `by_people` gives them, or of one
    settled
        the right class of each row on which they differ; None if it has none
    classes
        names of the classes, such as `State.classes`

    Raises
    ------
    ValueError
        If a disagreement is not settled, or not with one of the classes, or there is no
        text to count.
    """
    judged = [p for p in pairs if p.first.label and p.second.label]
    differing = [p for p in judged if not p.agrees]
    left = [p.row for p in differing if p.row not in settled]
    if left:
        raise ValueError(
            f"{len(left)} of {len(differing)} disagreements are not settled, such as row"
            f" {left[0]}: give the right class of each, or None if it has none"
        )
    for unknown in [settled[p.row] for p in differing]:
        if unknown not in (None, *classes):
            raise ValueError(
                f"settled as {unknown!r}: expected one of {', '.join(classes)}, or None"
            )
    without = sum(settled[p.row] is None for p in differing)
    texts = len(judged) - without
    if not texts:
        raise ValueError(f"{len(pairs)} pairs: none of them has two classes to compare")
    wrong = [
        sum(settled[p.row] not in (None, label) for p, label in said)
        for said in (
            [(p, p.first.label) for p in differing],
            [(p, p.second.label) for p in differing],
        )
    ]
    # Seen are errors that the other does not share: s1 = e1 (1 - e2 / (k - 1)).
    first, second = (w / texts for w in wrong)
    m = len(classes) - 1
    inner = (m + first - second) ** 2 - 4 * m * first
    if inner < 0:  # they differ more often than by chance
        return ((np.nan,) * 3,) * 2
    one = (m + first - second - np.sqrt(inner)) / 2
    other = one + second - first
    return _seen(wrong[0], texts, other / m), _seen(wrong[1], texts, one / m)


def _seen(wrong: int, texts: int, hidden: float) -> Estimate:
    """An error rate and its interval from the errors that are seen, a share of which is
    hidden."""
    shares = wrong / texts, *share_interval(wrong, texts)
    return tuple(float(min(share / (1 - hidden), 1)) for share in shares)


def error_rates_of_three(
    answers: Iterable[Answer], people: tuple[str, str, str], classes: Sequence[str]
) -> dict[str, Estimate]:
    """The error rate of each of three people who answered the same texts, with its
    interval, and no truth known: only one set of rates makes each two agree as often as
    they do (Joglekar, Garcia-Molina and Parameswaran 2013).

    Raises
    ------
    ValueError
        If no text was given a class by all three.
    """
    said: dict[int, dict[str, str]] = {}
    for answer in answers:
        if not answer.undone and answer.label is not None:
            said.setdefault(answer.question.row, {})[answer.who] = answer.label
    common = [labels for labels in said.values() if all(p in labels for p in people)]
    if not common:
        names = ", ".join(people)
        raise ValueError(f"no text was given a class by all three of {names}")
    one, two, three = (np.array([labels[p] for labels in common]) for p in people)
    # Who agrees with whom: all, the first two, the outer two, the last two, nobody.
    patterns = [one == two, one == three, two == three]
    whole = np.logical_and(*patterns[:2])
    counts = [whole.sum(), *((p & ~whole).sum() for p in patterns)]
    counts.append(len(common) - sum(counts))

    def rates(drawn: np.ndarray) -> np.ndarray:
        shares = (drawn[:, :1] + drawn[:, 1:4]) / len(common)
        beyond = np.maximum(_beyond_chance(shares, len(classes)), 1e-9)
        skills = np.sqrt(beyond.prod(axis=1, keepdims=True)) / beyond[:, ::-1]
        return _error_rate(np.minimum(skills, 1), len(classes))

    estimates = rates(np.array([counts]))[0]
    return {
        person: (
            float(estimates[k]),
            *counts_interval(np.array(counts), lambda drawn, k=k: rates(drawn)[:, k]),
        )
        for k, person in enumerate(people)
    }


def ceiling(error_rate: Estimate) -> Estimate:
    """The highest accuracy that can be seen against labels with so many errors: that of a
    model that is always right.

    Examples
    --------
    >>> ceiling((0.0625, 0.03125, 0.125))
    (0.9375, 0.875, 0.96875)
    """
    rate, low, high = error_rate
    return 1 - rate, 1 - high, 1 - low


def agreement_table(
    pairs: Iterable[Pair],
    classes: Sequence[str],
    settled: Mapping[int, str | None] | None = None,
) -> pd.DataFrame:
    """All that second opinions say, one row for each two people, by `first` and `second`.

    `texts`, how many of them are `to_settle`, and with its interval each (`..._low`,
    `..._high`): `agreement`; `kappa`; `first_errors` and `second_errors`, told apart if
    everything is settled, and one number for both, as if they were alike, if not
    (`told_apart`); and the `ceiling` of an accuracy against the first answers.

    All of it speaks of texts like those of the pairs. People err more on texts that a
    strategy asked for, which are the doubtful ones: for the ceiling of a test accuracy
    give pairs of texts that were drawn at random.

    Parameters
    ----------
    settled
        the right class of rows on which two differ; None if it has none
    """
    settled = settled or {}
    rows = {}
    for people, theirs in by_people(pairs).items():
        agreement = agreement_of(theirs, classes)
        judged = [p for p in theirs if p.first.label and p.second.label]
        told_apart = bool(judged) and all(p.agrees or p.row in settled for p in judged)
        if told_apart:
            first, second = error_rates_settled(judged, settled, classes)
        else:
            agreeing = sum(p.agrees for p in judged)
            first = error_rate_if_alike(agreeing, len(judged), len(classes))
            second = first
        estimates = {
            "agreement": agreement.share,
            "kappa": agreement.kappa,
            "first_errors": first,
            "second_errors": second,
            "ceiling": ceiling(first),
        }
        rows[people] = {
            "texts": agreement.texts,
            "to_settle": sum(not p.agrees and p.row not in settled for p in theirs),
            "told_apart": told_apart,
        }
        for name, (value, low, high) in estimates.items():
            rows[people] |= {name: value, f"{name}_low": low, f"{name}_high": high}
    table = pd.DataFrame(list(rows.values()))
    table.index = pd.MultiIndex.from_tuples(rows, names=["first", "second"])
    return table


def _beyond_chance(agreement: np.ndarray, n_classes: int) -> np.ndarray:
    """Of a share of agreement, what is beyond that of guesses: the product of the two
    skills, where a skill is 1 for who is always right and 0 for who guesses.

    For with errors e1 and e2, both independent and spread evenly over the other classes,
    the share is (1 - e1) (1 - e2) + e1 e2 / (k - 1).
    """
    return (n_classes * agreement - 1) / (n_classes - 1)


def _error_rate(skill: np.ndarray, n_classes: int) -> np.ndarray:
    return (1 - skill) * (n_classes - 1) / n_classes
