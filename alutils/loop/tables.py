"""What the rounds of a loop come to, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from alutils.loop.rounds import Round


def rounds_table(rounds: Iterable[Round], classes: Sequence[str] = ()) -> pd.DataFrame:
    """One row a round: labels, reviews, accuracy, seconds; of two classes the errors of
    both kinds too.

    Parameters
    ----------
    classes
        names of the classes, such as `Reviews.classes`; with them there are columns for
        macro-F1 and for recall, precision, F1 and average precision of each class

    Raises
    ------
    ValueError
        If there are other than as many names as classes.
    """
    return pd.DataFrame(_row(r, classes) for r in rounds)


def _row(done: Round, classes: Sequence[str]) -> dict[str, float]:
    test = done.test
    row = {"round": done.number, "labels": done.labels}
    if test.n_classes == 2:
        row["false_negatives"] = test.false_negatives
        row["false_positives"] = test.false_positives
    row |= {"reviews": test.reviews, "accuracy": test.accuracy}
    if classes:
        if len(classes) != test.n_classes:
            raise ValueError(
                f"{len(classes)} names {tuple(classes)} for {test.n_classes} classes:"
                " expected one name for each class"
            )
        row["macro_f1"] = test.macro_f1
        for measure in ("recall", "precision", "f1", "average_precision"):
            values = getattr(test, measure)
            if values is not None:
                named = zip(classes, values, strict=True)
                row |= {f"{measure} {name}": float(value) for name, value in named}
    return row | {"seconds": done.seconds}
