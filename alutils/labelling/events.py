"""What happened while texts were labelled, and the state that follows from it.

Events are only ever added. Their order is that of their numbers, whatever the clock
said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce

PURPOSES = ("test", "training", "again")  # again: a second opinion
ANSWERS = ("label", "skip", "cannot_tell")


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes
    ----------
    number, kind
        from 1 up, and what happened, such as "question", "label" or "undo"
    who, when
        the person, and the time in UTC
    row
        the text that it is about; None if it is about none
    facts
        the rest, as plain values that JSON can hold
    """

    number: int
    kind: str
    who: str
    when: datetime
    row: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A text that a person is asked about.

    Attributes
    ----------
    number
        that of the event that asked it
    purpose
        one of `PURPOSES`
    round
        the batch that it was asked with, from 0
    strategy
        what chose the text
    probabilities
        the model's, at asking, in the order of the classes; of classes that were added
        later there is none; None if there was no model
    who
        whom it is for; None is anybody
    """

    number: int
    row: int
    purpose: str
    round: int
    strategy: str
    probabilities: tuple[float, ...] | None = None
    who: str | None = None

    def is_for(self, who: str) -> bool:
        """Whether this person may answer it."""
        return self.who in (None, who)


@dataclass(frozen=True)
class Answer:
    """What a person said to a question: `kind` is one of `ANSWERS`, `label` the name of
    a class or None, `seconds` how long the text was on the screen (None if nobody
    measured it). An answer that was taken back is `undone`, and stays in the
    history."""

    question: Question
    kind: str
    label: str | None
    who: str
    when: datetime
    seconds: float | None = None
    undone: bool = False


@dataclass(frozen=True)
class State:
    """All that events say.

    Attributes
    ----------
    classes
        names, in the order in which they were added
    pending
        questions without an answer, in the order in which they are to be shown
    answers
        in the order in which they were given, those taken back too
    flags
        a note for each row that is to be looked at again
    notes
        what else was written down, by its name
    """

    classes: tuple[str, ...] = ()
    pending: tuple[Question, ...] = ()
    answers: tuple[Answer, ...] = ()
    flags: Mapping[int, str] = field(default_factory=dict)
    notes: Mapping[str, object] = field(default_factory=dict)

    @property
    def current(self) -> tuple[Answer, ...]:
        """The answers that stand: of each row, person and purpose the last one that was
        not taken back."""
        last = {
            (a.question.row, a.who, a.question.purpose): number
            for number, a in enumerate(self.answers)
            if not a.undone
        }
        return tuple(self.answers[number] for number in sorted(last.values()))

    def labels(self, purpose: str) -> dict[int, str]:
        """The class of each row that was labelled for a purpose, in the order of the
        answers; a row that two people labelled has the later one's."""
        given = [a for a in self.answers if not a.undone and a.kind == "label"]
        return {a.question.row: a.label for a in given if a.question.purpose == purpose}

    def for_person(self, who: str) -> tuple[Question, ...]:
        """Pending questions that a person may answer."""
        return tuple(q for q in self.pending if q.is_for(who))


def state_of(events: Iterable[Event]) -> State:
    """The state after events, in the order of their numbers."""
    return reduce(state_after, events, State())


def state_after(state: State, event: Event) -> State:
    """The state after one more event."""
    facts = event.facts
    match event.kind:
        case "question":
            return replace(state, pending=(*state.pending, _question(event)))
        case "label" | "skip" | "cannot_tell":
            return _answered(state, event)
        case "undo":
            return _undone(state, event)
        case "flag":
            flags = {row: n for row, n in state.flags.items() if row != event.row}
            if facts["note"] is not None:
                flags[event.row] = facts["note"]
            return replace(state, flags=flags)
        case "add_class":
            return replace(state, classes=(*state.classes, facts["name"]))
        case "rename_class":
            return _renamed(state, facts["name"], facts["to"])
        case "remove_class":
            return _removed(state, facts["name"])
        case "note":
            return replace(state, notes={**state.notes, facts["key"]: facts["value"]})
    raise ValueError(f"event {event.number} is of the unknown kind {event.kind!r}")


def last_answer(state: State, who: str) -> Answer | None:
    """The last answer of a person that was not taken back; None if there is none."""
    standing = (a for a in reversed(state.answers) if not a.undone and a.who == who)
    return next(standing, None)


def _question(event: Event) -> Question:
    """The question that an event asks or answers; both tell all of it."""
    facts = event.facts
    p = facts["probabilities"]
    return Question(
        facts.get("question", event.number),
        event.row,
        facts["purpose"],
        facts["round"],
        facts["strategy"],
        None if p is None else tuple(p),
        facts["for"],
    )


def _answered(state: State, event: Event) -> State:
    facts, pending = event.facts, list(state.pending)
    # Where its question cannot be read any more, the answer still tells it.
    number = facts["question"]
    asked = (q for q in pending if q.number == number)
    question = next(asked, None) or _question(event)
    pending = [q for q in pending if q.number != number]
    skipped = any(
        a.question.number == number and a.kind == "skip" and not a.undone
        for a in state.answers
    )
    if event.kind == "skip" and not skipped:
        others = [
            place
            for place, other in enumerate(pending)
            if other.round == question.round and other.is_for(event.who)
        ]
        if others:  # it comes back after them; alone, it would come back at once
            pending.insert(others[-1] + 1, question)
    answer = Answer(
        question, event.kind, facts["label"], event.who, event.when, facts["seconds"]
    )
    return replace(state, pending=tuple(pending), answers=(*state.answers, answer))


def _undone(state: State, event: Event) -> State:
    taken_back = last_answer(state, event.who)
    if taken_back is None:
        return state
    question = taken_back.question
    answers = tuple(
        replace(a, undone=True) if a is taken_back else a for a in state.answers
    )
    # One that was skipped may have been asked anew since, and even answered.
    pending = tuple(q for q in state.pending if not _alike(q, question))
    if not any(
        _alike(a.question, question) and a.kind != "skip" and not a.undone
        for a in answers
    ):
        pending = (question, *pending)
    return replace(state, pending=pending, answers=answers)


def _alike(one: Question, other: Question) -> bool:
    return (one.row, one.purpose, one.who) == (other.row, other.purpose, other.who)


def _renamed(state: State, name: str, to: str) -> State:
    classes = tuple(to if c == name else c for c in state.classes)
    answers = tuple(
        replace(a, label=to) if a.label == name else a for a in state.answers
    )
    return replace(state, classes=classes, answers=answers)


def _removed(state: State, name: str) -> State:
    if name not in state.classes:
        return state
    place = state.classes.index(name)

    def without(question: Question) -> Question:
        p = question.probabilities
        kept = None if p is None else p[:place] + p[place + 1 :]
        return replace(question, probabilities=kept)

    return replace(
        state,
        classes=tuple(c for c in state.classes if c != name),
        pending=tuple(map(without, state.pending)),
        answers=tuple(replace(a, question=without(a.question)) for a in state.answers),
    )
