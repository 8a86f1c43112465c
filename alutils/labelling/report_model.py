"""The sections of the report about the model: how good it is, how it came there, and
where it is wrong; each as blocks of HTML."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from alutils.evidence.intervals import LEVEL
from alutils.labelling.outcome import Outcome
from alutils.labelling.page import (
    SHOWN,
    cases,
    errors_table,
    folded,
    heading,
    paragraph,
    picture,
    quotation,
    table,
)
from alutils.labelling.wording import many, percent, two_digits, with_interval


def how_sure(outcome: Outcome) -> Iterable[str]:
    """Accuracy, macro-F1 and the learning curve, with intervals; nothing without a model
    and a test."""
    if outcome.errors is None:
        return
    last, tested = outcome.curve.iloc[-1], outcome.errors.reviews
    yield heading("How sure we are")
    yield paragraph(
        f"Accuracy {percent(*_three(last, 'accuracy'))}; macro-F1, in which every class"
        f" counts alike, {percent(*_three(last, 'macro_f1'))}. The intervals say how far"
        f" the luck of the draw of {many(tested, 'text')} could have moved these numbers"
        " (Wilson 1927; of macro-F1 the bootstrap). They hold for texts of the same kind."
    )
    if unknown := outcome.cannot_tell:
        right = round(outcome.errors.accuracy * tested)
        worst, best = (100 * n / (tested + unknown) for n in (right, right + unknown))
        yield paragraph(
            f"Of {many(unknown, 'more text')} in the test set nobody could tell the class."
            f" Counted all wrong or all right, they would make the accuracy {worst:.0f}% or"
            f" {best:.0f}%."
        )
    yield from _curve(outcome.curve)


def _three(line: pd.Series, name: str) -> tuple[float, float, float]:
    return line[name], line[f"{name}_low"], line[f"{name}_high"]


def _curve(curve: pd.DataFrame) -> Iterable[str]:
    # Here, since Matplotlib takes a second that other users of the room need not spend.
    from alutils.figures.curves import plot_accuracy_by_labels

    bounds = list(zip(curve["accuracy_low"], curve["accuracy_high"], strict=True))
    figure = plot_accuracy_by_labels(
        {"after each round": (curve["labels"], curve["accuracy"], bounds)}
    )
    first, last = curve.iloc[0], curve.iloc[-1]
    yield picture(
        figure,
        alt=f"Accuracy on the test set against labels: {first['accuracy']:.2f} at"
        f" {many(int(first['labels']), 'label')}, {last['accuracy']:.2f} at"
        f" {last['labels']:.0f}, with intervals.",
        caption=f"The learning curve, computed again from the labels of each round; bars"
        f" are {100 * LEVEL:.0f}% intervals.",
    )
    if len(curve) > 1:
        gained = f"{100 * (last['accuracy'] - first['accuracy']):+.0f} points"
        yield paragraph(
            f"From {first['labels']:.0f} to {last['labels']:.0f} labels the accuracy went"
            f" from {100 * first['accuracy']:.0f}% to {100 * last['accuracy']:.0f}%"
            f" ({gained.replace('-', '−')}). All rounds are judged on the same texts."
        )
    yield folded(
        "the numbers of every round",
        table(
            ("round", "labels", "accuracy", "macro-F1"),
            (
                (
                    "start" if line["round"] < 0 else int(line["round"]),
                    int(line["labels"]),
                    *(
                        with_interval(*_three(line, n))
                        for n in ("accuracy", "macro_f1")
                    ),
                )
                for _, line in curve.iterrows()
            ),
        ),
    )


def what_is_wrong(
    outcome: Outcome, classes: pd.DataFrame, mistakes: pd.DataFrame
) -> Iterable[str]:
    """Errors by class, and the surest mistakes; nothing without a model and a test.

    Parameters
    ----------
    classes
        a line for each class: `precision`, `f1`, `recall` and the ends of its interval
    mistakes
        test texts that the model gets wrong, the surest first
    """
    if outcome.errors is None:
        return
    yield heading("What is wrong most often")
    if mistakes.empty:
        yield paragraph("The model gets every text of the test set right.")
    else:
        kinds = mistakes.groupby(["label", "predicted"], sort=False).size()
        label, predicted = kinds.idxmax()
        yield paragraph(
            f"{many(len(mistakes), 'mistake')} in"
            f" {many(outcome.errors.reviews, 'text')}. Most often,"
            f" {many(kinds.max(), 'time')}, the model says {predicted} of a text that a"
            f" person called {label}."
        )
    yield errors_table(outcome.classes, outcome.errors.table)
    yield table(
        ("class", "found (recall)", "right when named (precision)", "F1"),
        (
            (
                line["class"],
                with_interval(*_three(line, "recall")),
                two_digits(line["precision"]),
                two_digits(line["f1"]),
            )
            for _, line in classes.iterrows()
        ),
        caption="Of the texts of each class, the share that the model finds, with its"
        f" {100 * LEVEL:.0f}% interval; of those that it puts there, the share that"
        " belongs there; and both in one number.",
    )
    if mistakes.empty:
        return
    yield heading("The surest mistakes", 3)
    yield paragraph(
        "Here the model was surest and a person disagrees. Either can be wrong: read them."
    )
    yield cases(
        paragraph(
            f"Row {line.row}: {line.who} said {line.label}, the model says"
            f" {line.predicted} (probability {line.probability:.2f})."
        )
        + quotation(line.text)
        for line in mistakes.head(SHOWN).itertuples()
    )
