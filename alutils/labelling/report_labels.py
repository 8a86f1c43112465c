"""The sections of the report about labels: what was labelled and by whom, what is
missing, and what it cost; each as blocks of HTML."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.labelling.agreement import Pair
from alutils.labelling.outcome import Outcome
from alutils.labelling.page import (
    heading,
    paragraph,
    picture,
    points,
    table,
)
from alutils.labelling.wording import NONE, listed, many, percent


def summary(outcome: Outcome) -> str:
    """The report in two sentences."""
    if not len(outcome.people):
        return "Nobody has answered yet."
    took = f", in {outcome.minutes:,.0f} minutes" if outcome.minutes >= 1 else ""
    said = f"{many(outcome.labels, 'label')} by {listed(list(outcome.people['who']))}"
    said += f"{took}. "
    if outcome.learner is None:
        return said + "There is no model yet."
    learnt = f"The model that has learnt from {outcome.training_labels} of them"
    if outcome.errors is None:
        return said + f"{learnt} has not been tested."
    right = percent(
        *outcome.curve.iloc[-1][["accuracy", "accuracy_low", "accuracy_high"]]
    )
    return (
        f"{said}{learnt} is right in {right} of the test set,"
        f" {many(outcome.errors.reviews, 'text')} drawn at random and kept from it."
    )


def what_is_missing(outcome: Outcome, pairs: tuple[Pair, ...]) -> Iterable[str]:
    """What a finished project has and this one lacks; nothing if it lacks nothing."""
    missing = list(_missing(outcome, pairs))
    if missing:
        yield heading("What is missing")
        yield points(missing)


def _missing(outcome: Outcome, pairs: tuple[Pair, ...]) -> Iterable[str]:
    counts = zip(outcome.classes, outcome.by_class["training"], strict=True)
    unseen = [name for name, labels in counts if not labels]
    if len(outcome.classes) < 2:
        yield (
            f"Classes: there {'is one' if outcome.classes else 'are none'}, and a model"
            " needs two."
        )
    elif outcome.learner is None:
        yield "A model: nothing has been labelled to learn from."
    elif unseen and not getattr(outcome.learner, "knows_classes", False):
        yield (
            f"Labels to learn from of {listed(unseen)}: the model can only name what it"
            " has seen."
        )
    if not outcome.drawn:
        yield (
            "A test set: none was drawn at random, so nobody knows how good the model is."
        )
    elif left := outcome.drawn - len(outcome.test) - outcome.cannot_tell:
        yield (
            f"Labels of the test set: {left} of {many(outcome.drawn, 'text')} without an"
            " answer. They are asked about in random order, so what is known of the others"
            " holds as it is, unless the hard ones were put off."
        )
    elif not len(outcome.test):
        yield "Labels of the test set: nobody could tell the class of any of its texts."
    if not pairs:
        yield (
            "Second opinions: no text has two answers, so nobody knows how often a label"
            " is wrong."
        )


def what_was_done(reviews: Reviews, outcome: Outcome) -> Iterable[str]:
    """What was labelled, and by whom."""
    yield heading("What was done")
    said = f"{many(len(reviews), 'text')}."
    if outcome.drawn:
        said += (
            f" The test set is {outcome.drawn} of them, drawn at random; no model learns"
            " from it."
        )
    chosen = [
        f"{line.labels} by {line.strategy or 'a way that nobody noted'}"
        for line in outcome.chosen.itertuples()
    ]
    if chosen:
        said += f" Labels to learn from, by what chose their texts: {listed(chosen)}."
    yield paragraph(said)
    if len(outcome.by_class):
        yield table(
            ("class", "to learn from", "in the test set", "second opinions"),
            outcome.by_class[["class", "training", "test", "again"]].itertuples(
                index=False
            ),
            caption="Labels of each class.",
        )
    if not len(outcome.people):
        return
    names = ["who", "training", "test", "again", "cannot_tell", "skipped", "taken_back"]
    yield table(
        (
            *("who", "to learn from", "in the test set", "second opinions"),
            *("can't tell", "skipped", "taken back", "minutes"),
        ),
        (
            (*line[1:8], f"{line.minutes:.1f}" if line.minutes else NONE)
            for line in outcome.people[[*names, "minutes"]].itertuples()
        ),
        caption="Answers of each person.",
    )


def cost(outcome: Outcome) -> Iterable[str]:
    """Labels, minutes, and how the seconds of a label spread; nothing without an
    answer."""
    if not len(outcome.people):
        return
    yield heading("What it cost")
    without = int(outcome.people["without_time"].sum())
    untimed = (
        f", without {many(without, 'answer')} that nobody timed" if without else ""
    )
    training, test, again = outcome.by_class[["training", "test", "again"]].sum()
    yield paragraph(
        f"{many(outcome.labels, 'label')}: {training} to learn from, {test} in the test"
        f" set, {many(again, 'second opinion')}. Skips and what was taken back cost time"
        f" as well: {outcome.minutes:.1f} minutes in all{untimed}."
    )
    seconds = outcome.seconds
    if len(seconds) < 2:
        return
    # Here, since Matplotlib takes a second that other users of the room need not spend.
    from alutils.figures.counts import plot_histogram

    middle, most = np.median(seconds), np.quantile(seconds, 0.98)
    # The few that were left open over lunch are no part of the picture.
    bins = np.linspace(0, max(most, 1), 25)
    yield picture(
        plot_histogram(
            seconds,
            bins,
            x_label="seconds a label",
            y_label="labels",
            mark=(float(middle), f"median {middle:.1f}"),
        ),
        alt=f"How many seconds labels took: half of them up to {middle:.1f}, nine tenths"
        f" up to {np.quantile(seconds, 0.9):.1f}.",
        caption="Seconds that each label took; the longest two in a hundred are left"
        " out.",
    )
