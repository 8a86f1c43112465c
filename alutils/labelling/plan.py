"""Before the first label: what a number of labels or hours is good for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import pandas as pd

from alutils.evidence.intervals import reach_of_gap
from alutils.labelling.seconds import PUBLISHED, SecondsALabel
from alutils.labelling.sizes import (
    expected_interval,
    labels_for_half_width,
    start_size,
)

# Fewer test labels than this cannot tell a fair model from a good one: .85 is then
# somewhere between .69 and .94.
LEAST_TEST = 30
# Twice as many labels make an interval narrower by no more than three tenths, and a model
# that has learnt too little helps nobody, however well it is measured. So the test set
# gets no more than this, even if the interval stays wider than was wished.
MOST_TEST = 1 / 3
# Part of the training labels that is drawn at random, and its most: what chapter 8 used.
START_PART, MOST_START = 1 / 4, 500


@dataclass(frozen=True)
class Plan:
    """What the labels of a project are for.

    Attributes
    ----------
    test
        drawn at random before anything else, never trained on
    start
        drawn at random, to learn from before anything is asked for
    asked
        asked for by a strategy, batch by batch
    again
        second opinions on texts that are labelled already
    n_classes, accuracy
        what it was made for; the accuracy is a guess
    seconds_a_label
        for a text of average length
    hours
        of all labels, and between which two they lie, without breaks
    """

    test: int
    start: int
    asked: int
    again: int
    n_classes: int
    accuracy: float
    seconds_a_label: float
    hours: tuple[float, float, float]

    @property
    def labels(self) -> int:
        """All answers that the plan asks a person for."""
        return self.test + self.start + self.asked + self.again

    @property
    def test_interval(self) -> tuple[float, float]:
        """The 95% interval that the test set will give, if the guess is right."""
        return expected_interval(self.test, self.accuracy)

    @property
    def gap(self) -> float:
        """The least gap in accuracy between two models that this test set would show,
        as `reach_of_gap` has it."""
        run = pd.Series({"accuracy": self.accuracy, "reviews": self.test})
        return float(reach_of_gap(run, run))

    def lines(self) -> pd.DataFrame:
        """One row for each part, the sum, and the control that is not in it, by `part`:
        `labels`, `hours`, and `what for` in words."""
        low, high = self.test_interval
        agreement = expected_interval(self.again, 0.95)
        for_what = {
            "test set": f"an accuracy of {self.accuracy:.0%} will be known as"
            f" {low:.1%} to {high:.1%}",
            "random start": "what every class looks like",
            "asked for": "what the strategy chooses",
            "second opinion": "an agreement of 95% will be known as {:.0%} to {:.0%}"
            "".format(*agreement),
            "in all": "between {:.1f} and {:.1f} hours, without breaks".format(
                *self.hours[1:]
            ),
            "random control, not in the sum": "what the strategy saves, if it is more"
            f" than {100 * self.gap:.1f} points",
        }
        parts = self.test, self.start, self.asked, self.again
        labels = [*parts, self.labels, self.asked]
        return pd.DataFrame(
            {
                "labels": labels,
                "hours": [n * self.seconds_a_label / 3_600 for n in labels],
                "what for": for_what.values(),
            },
            index=pd.Index(for_what, name="part"),
        ).query("labels > 0")

    def alternatives(
        self, sizes: Iterable[int] = (100, 150, 200, 300, 500)
    ) -> pd.DataFrame:
        """Other sizes of the test set side by side, by `test`: `low`, `high` and
        `half_width` of the interval, and what they leave `for_training`."""
        rows = {}
        for size in sizes:
            low, high = expected_interval(size, self.accuracy)
            rows[size] = {
                "low": low,
                "high": high,
                "half_width": (high - low) / 2,
                "for_training": self.test + self.start + self.asked - size,
            }
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("test")
        return table[table["for_training"] > 0]


def plan_labels(
    *,
    labels: int | None = None,
    hours: float | None = None,
    words: Sequence[int],
    n_classes: int,
    accuracy: float,
    seconds: SecondsALabel = PUBLISHED,
    half_width: float = 0.05,
    start: int | None = None,
    again_share: float = 0.05,
) -> Plan:
    """Split a number of labels, or of hours, among what they are for.

    The second opinion gets its share of what is labelled. The test set gets what an
    interval of the wished half-width takes, but no more than a third of the rest. Of
    what is left a quarter is the random start: at least `start_size`, at most 500.
    The strategy asks for the others.

    Parameters
    ----------
    labels, hours
        one of the two: answers in all, or time
    words
        lengths of all texts that there are, in words, as `count_words` gives them
    accuracy
        what you expect, between 0 and 1; to be cautious, guess low
    half_width
        how far the accuracy may lie to each side, as a share
    start
        the random start, if you know better; 0 for a model that starts from words
    again_share
        second opinions, as a share of the labelled texts

    Raises
    ------
    ValueError
        If neither or both of labels and hours are given, a number is none of its kind, the
        budget is too small, or it is enough for every text.
    """
    if (labels is None) == (hours is None):
        raise ValueError(f"labels={labels} and hours={hours}: give one of the two")
    if not 0 <= again_share <= 1:
        raise ValueError(f"again_share={again_share}: expected a share from 0 to 1")
    if start is not None and start < 0:
        raise ValueError(f"start={start}: expected 0 labels or more")
    wished = labels_for_half_width(half_width, accuracy)
    least_start = start_size(n_classes)

    def split(total: int) -> tuple[int, int, int, int]:
        again = int(total * again_share / (1 + again_share))
        test = min(wished, int((total - again) * MOST_TEST))
        learnt = total - again - test
        first = max(least_start, min(int(learnt * START_PART), MOST_START))
        if start is not None:
            first = start
        return test, first, learnt - first, again

    def is_enough(total: int) -> bool:
        test, first, asked, _ = split(total)
        return test >= min(LEAST_TEST, wished) and asked >= max(first, 1)

    seconds_a_label = 3_600 * seconds.hours(1, words)[0]
    total = seconds.labels_in(hours, words) if labels is None else labels
    if not is_enough(total):
        least = next(n for n in count(1) if is_enough(n))
        raise ValueError(
            f"{total} labels for {n_classes} classes: expected {least} or more"
            f" ({least * seconds_a_label / 3_600:.1f} hours), or too little is left to"
            " ask for beside a test set and a random start; label fewer texts at random"
            " only to see what they are like"
        )
    test, first, asked, again = split(total)
    if test + first + asked >= len(words):
        raise ValueError(
            f"{total} labels for {len(words)} texts: expected fewer; label them all, and"
            " nothing need be asked for"
        )
    expected_hours = seconds.hours(total, words)
    parts = test, first, asked, again
    return Plan(*parts, n_classes, accuracy, seconds_a_label, expected_hours)
