"""What came of the labelling, in numbers: all of them from the events, and from a model
that learns anew what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alutils.corpus.reviews import Reviews
from alutils.errors import ErrorCounts, count_errors
from alutils.evidence.intervals import accuracy_interval, macro_f1_interval
from alutils.labelling.batches import asked, settled
from alutils.labelling.events import PURPOSES, Answer, State
from alutils.learners.base import Learner


@dataclass(frozen=True)
class Outcome:
    """What came of the labelling.

    Attributes
    ----------
    classes
        names, in the order of the model's columns
    learner
        what has learnt all labels for training; the accuracy is that of this one. None if
        nothing can be learnt yet
    training_labels : int
        what `learner` has learnt from
    curve : DataFrame
        a line for each round, the last for all labels: `round`, `labels`, `accuracy` and
        `macro_f1` on the test set, each with `_low` and `_high`, and `reviews` tested. Of
        a learner that knows the classes without labels, the first is of round -1. No line
        without a learner or a labelled test text
    errors : `ErrorCounts`
        of `learner` on the test set, a person's label against the model's; None where the
        curve has no line
    test : DataFrame
        a line for each labelled text of the test set, in the order of the rows: `row`,
        `label`, `who` gave it, and if there is a learner `predicted`, and `probability`
        of the class predicted
    drawn : int
        texts that were drawn for the test set
    cannot_tell : int
        those of them that have no label because nobody could tell
    people : DataFrame
        a line for each person: answers of each kind, and `minutes` where time was
        taken
    by_class : DataFrame
        a line for each class: labels for each purpose
    chosen : DataFrame
        a line for each way in which labelled texts for training were chosen
    seconds : array of float, shape (n,)
        how long each label took, where time was taken
    """

    classes: tuple[str, ...]
    learner: Learner | None
    training_labels: int
    curve: pd.DataFrame
    errors: ErrorCounts | None
    test: pd.DataFrame
    drawn: int
    cannot_tell: int
    people: pd.DataFrame
    by_class: pd.DataFrame
    chosen: pd.DataFrame
    seconds: np.ndarray

    @property
    def labels(self) -> int:
        """Labels of all purposes."""
        return int(self.by_class[list(PURPOSES)].to_numpy().sum())

    @property
    def minutes(self) -> float:
        """Time that answers took, those taken back too, where it was taken."""
        return float(self.people["minutes"].sum())


def outcome_of(
    reviews: Reviews,
    state: State,
    make_learner: Callable[[int, np.random.Generator], Learner],
    *,
    seed: int = 0,
) -> Outcome:
    """The numbers of a report, also of a project that is not finished: a learner is made
    and fitted for every round.

    Parameters
    ----------
    make_learner
        a new learner for a number of classes and a random generator
    """
    tested = settled(state, "test")
    drawn = {question.row for question in asked(state, "test")}
    # A text that was ever drawn for the test set is not learnt from, whoever brought it.
    taught = {
        row: answer
        for row, answer in settled(state, "training").items()
        if row not in drawn and answer.kind == "label"
    }
    labelled = {row: a for row, a in sorted(tested.items()) if a.kind == "label"}
    test = pd.DataFrame(
        {
            "row": np.array(list(labelled), dtype=np.int64),
            "label": [answer.label for answer in labelled.values()],
            "who": [answer.who for answer in labelled.values()],
        }
    )
    learner, errors, lines = None, None, []
    for number, learner in _learners(state.classes, taught, make_learner, seed):
        if labelled:
            probabilities = learner.predict_proba(test["row"].to_numpy())
            errors = count_errors(_numbers(labelled, state.classes), probabilities)
            labels = sum(a.question.round <= number for a in taught.values())
            lines.append({"round": number, "labels": labels} | _scores(errors))
    if errors is not None:
        likeliest = probabilities.argmax(axis=1)
        test["predicted"] = [state.classes[number] for number in likeliest]
        test["probability"] = probabilities.max(axis=1)
    return Outcome(
        classes=state.classes,
        learner=learner,
        training_labels=0 if learner is None else len(taught),
        curve=pd.DataFrame(lines),
        errors=errors,
        test=test,
        drawn=len(drawn),
        cannot_tell=sum(a.kind == "cannot_tell" for a in tested.values()),
        people=_people(state),
        by_class=_by_class(state),
        chosen=_chosen(taught),
        seconds=np.array(
            [a.seconds for a in _given(state) if a.kind == "label" and a.seconds]
        ),
    )


def _learners(
    classes: tuple[str, ...],
    taught: dict[int, Answer],
    make_learner: Callable[[int, np.random.Generator], Learner],
    seed: int,
) -> Iterator[tuple[int, Learner]]:
    """Each round that has labels, and a learner of all labels until then."""
    if len(classes) < 2:
        return
    rounds = {answer.question.round for answer in taught.values()}
    for number in (-1, *sorted(rounds)):
        learner = make_learner(len(classes), np.random.default_rng([seed, number + 1]))
        if number < 0 and not getattr(learner, "knows_classes", False):
            continue
        until = {row: a for row, a in taught.items() if a.question.round <= number}
        rows = np.array(list(until), dtype=np.int64)
        learner.fit(rows, _numbers(until, classes))
        yield number, learner


def _given(state: State) -> list[Answer]:
    return [answer for answer in state.answers if not answer.undone]


def _numbers(answers: dict[int, Answer], classes: tuple[str, ...]) -> np.ndarray:
    numbers = [classes.index(answer.label) for answer in answers.values()]
    return np.array(numbers, dtype=np.int64)


def _scores(errors: ErrorCounts) -> dict[str, float]:
    low, high = accuracy_interval(errors)
    f1_low, f1_high = macro_f1_interval(errors)
    return {
        "accuracy": errors.accuracy,
        "accuracy_low": low,
        "accuracy_high": high,
        "macro_f1": errors.macro_f1,
        "macro_f1_low": f1_low,
        "macro_f1_high": f1_high,
        "reviews": errors.reviews,
    }


def _people(state: State) -> pd.DataFrame:
    counts = (*PURPOSES, "cannot_tell", "skipped", "taken_back")
    nothing = dict.fromkeys(counts, 0) | {"minutes": 0.0, "without_time": 0}
    lines = {}
    for answer in state.answers:
        line = lines.setdefault(answer.who, {"who": answer.who} | nothing)
        line["minutes"] += (answer.seconds or 0) / 60
        line["without_time"] += answer.seconds is None
        if answer.undone:
            line["taken_back"] += 1
        elif answer.kind == "skip":
            line["skipped"] += 1
    for answer in state.current:
        if answer.kind == "label":
            lines[answer.who][answer.question.purpose] += 1
        elif answer.kind == "cannot_tell":
            lines[answer.who]["cannot_tell"] += 1
    return pd.DataFrame(list(lines.values()), columns=["who", *nothing])


def _by_class(state: State) -> pd.DataFrame:
    lines = {name: dict.fromkeys(PURPOSES, 0) for name in state.classes}
    for answer in state.current:
        if answer.kind == "label":
            lines[answer.label][answer.question.purpose] += 1
    columns = ["class", *PURPOSES]
    found = [{"class": name} | counts for name, counts in lines.items()]
    return pd.DataFrame(found, columns=columns)


def _chosen(taught: dict[int, Answer]) -> pd.DataFrame:
    strategies = [answer.question.strategy for answer in taught.values()]
    counts = pd.Series(strategies).value_counts(sort=False)
    return pd.DataFrame({"strategy": counts.index, "labels": counts.to_numpy()})
