"""What was seen after a fit, round by round, without a label of the test set."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alutils.errors import check_probabilities


@dataclass(frozen=True)
class Seen:
    """What was seen after one fit; None where it cannot be said yet, or was not measured.

    Attributes
    ----------
    labels
        labels in the training set
    kappa, kappa_two_back
        agreement of the predictions on the stop set with those one fit before, and two
        fits before, beyond chance (Cohen 1960); 1 if they are the same
    changed
        share of the stop set that is put into another class than one fit before
    entropy
        mean entropy over the stop set, of 1 for no idea at all
    least_confidence
        mean over the stop set of one minus the probability of the likeliest class: the
        share of errors that the model expects of itself
    expected_f
        F1 that the model expects of itself on the stop set, as `expected_f` has it
    batch_accuracy
        share of the last batch's labels that the model had said before it learnt them
    contradiction
        doubt about those that it had not, of a batch's mean doubt (Vlachos 2008)
    validation_accuracy
        accuracy on validation texts, whose labels have been paid for
    """

    labels: int
    kappa: float | None = None
    kappa_two_back: float | None = None
    changed: float | None = None
    entropy: float | None = None
    least_confidence: float | None = None
    expected_f: float | None = None
    batch_accuracy: float | None = None
    contradiction: float | None = None
    validation_accuracy: float | None = None

    def measured(self) -> dict[str, float | None]:
        """All but the labels, by name, as a run records it."""
        return {k: v for k, v in dataclasses.asdict(self).items() if k != "labels"}


def expected_f(probabilities: np.ndarray) -> float:
    """Mean over the classes of the F1 that a model expects of itself: each text counts as
    right with the probability of the class that it is put into, and as missing from each
    other class with the probability of that (Laws and Schütze 2008).

    Summed over all classes first, as some code has it, it would be the mean probability
    of the likeliest class.

    Parameters
    ----------
    probabilities : array of shape (n_samples, n_classes)

    Examples
    --------
    >>> round(expected_f(np.array([[0.9, 0.1], [0.3, 0.7]])), 3)
    0.798
    """
    probabilities = check_probabilities(probabilities)
    named = probabilities.argmax(axis=1)[:, None] == np.arange(probabilities.shape[1])
    right = (probabilities * named).sum(axis=0)
    either = probabilities.sum(axis=0) + named.sum(axis=0)
    return float(np.mean(2 * right[either > 0] / either[either > 0]))


def cohens_kappas(tables: np.ndarray) -> np.ndarray:
    """Agreement beyond chance of two who name classes: 0 as by chance, 1 always (Cohen
    1960), shape (n,); NaN where all have one answer.

    Parameters
    ----------
    tables : array of shape (n, k, k)
        how often each class of the one met each class of the other
    """
    texts = tables.sum(axis=(1, 2))
    seen = np.trace(tables, axis1=1, axis2=2) / texts
    chance = (tables.sum(axis=1) * tables.sum(axis=2)).sum(axis=1) / texts**2
    return np.divide(
        seen - chance, 1 - chance, out=np.full(len(tables), np.nan), where=chance < 1
    )


def seen_in(run: pd.DataFrame) -> tuple[Seen, ...]:
    """What was seen in a recorded run: its rounds, as `records.runs_table` gives them.

    Raises
    ------
    ValueError
        If they are of several runs, or nothing was watched.
    """
    names = [field.name for field in dataclasses.fields(Seen)]
    if "round" in run and run["round"].duplicated().any():
        raise ValueError("a round is there twice: give the rounds of one run")
    lacking = [name for name in names if name not in run or run[name].isna().all()]
    if "least_confidence" in lacking:
        raise ValueError(
            "nothing was watched in this run: make it again with a stop set, as in"
            " [watch] stop_set = 2000"
        )
    rounds = run.sort_values("labels", kind="stable")
    columns = [
        [None] * len(rounds) if name in lacking else rounds[name] for name in names
    ]
    return tuple(
        Seen(int(labels), *(None if pd.isna(x) else float(x) for x in others))
        for labels, *others in zip(*columns, strict=True)
    )
