"""Answers on their way to other tools and back.

A text is told by what it says, so that other tools may number and order texts as they
like. What comes back never overwrites an answer that stands: what contradicts one is
listed. What each format can hold:

================  ===  =======  ============
what              CSV  doccano  Label Studio
================  ===  =======  ============
text              yes  yes      yes
label             yes  yes      yes
who               yes  yes      yes
when              yes  yes      yes
skip              yes  yes      yes
can't tell        yes  yes      yes
seconds           yes  yes      yes
purpose           yes  yes      yes
flag              yes  yes      yes
round             yes  yes      yes
strategy          yes  yes      yes
second opinion    yes  no       yes
earlier answers   yes  no       yes
probabilities     yes  no       no
taken back        yes  no       no
================  ===  =======  ============

A doccano example has one answer: the last that stands for test or training. "Earlier
answers" are those of a person on a text that the same person answered again later. What
a store knows besides (its notes, classes without a label and what is still to be asked)
travels in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from alutils.labelling.events import Answer, State


@dataclass(frozen=True)
class Brought:
    """What a file of another tool says of the texts of a corpus.

    Attributes
    ----------
    answers
        in the order in which they were given, as far as the file tells; their questions
        have the number 0, and the purpose "" where the file tells none
    flags
        the note on each row that has one
    strangers
        how texts begin that are not in the corpus
    unread
        what could not be understood, and why
    """

    answers: tuple[Answer, ...]
    flags: Mapping[int, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compared:
    """Answers that were brought, beside those that stand.

    Attributes
    ----------
    new
        answers that may be added; each has a purpose
    known
        answers that stand already, and skips of what was answered since
    conflicts
        an answer that stands and the one that contradicts it: by the same person, or
        for the same purpose
    classes
        names of classes that new answers need and that are not there yet
    """

    new: tuple[Answer, ...]
    known: tuple[Answer, ...]
    conflicts: tuple[tuple[Answer, Answer], ...]
    classes: tuple[str, ...]


def compared(state: State, brought: Brought) -> Compared:
    """Which of the answers that were brought are new, known or in conflict.

    A label by another person, in a file that tells no purpose, is a second opinion where
    there is an answer already.
    """
    standing = [answer for answer in state.answers if not answer.undone]
    tests = {q.row for q in state.pending if q.purpose == "test"}
    tests |= {a.question.row for a in state.answers if a.question.purpose == "test"}
    new, known, conflicts = [], [], []
    for answer in brought.answers:
        if answer.undone:
            continue  # it changes nothing, and is no one's opinion
        row, purpose = answer.question.row, answer.question.purpose
        on_row = [other for other in standing if other.question.row == row]
        mine = [other for other in on_row if other.who == answer.who]
        same_purpose = [o for o in mine if purpose in ("", o.question.purpose)]
        if any(_say_the_same(other, answer) for other in same_purpose):
            known.append(answer)
            continue
        settled = [o for o in on_row if o.kind != "skip"]
        against = [o for o in settled if o in same_purpose]
        if purpose in ("test", "training") and not against:
            against = [
                other
                for other in settled
                if other.question.purpose == purpose and not _agree(other, answer)
            ]
        if against and answer.kind == "skip":
            known.append(answer)
        elif against:
            conflicts.append((against[-1], answer))
        else:
            if not purpose:
                purpose = "test" if row in tests else "training"
                if any(other.question.purpose == purpose for other in settled):
                    purpose = "again"
                question = replace(answer.question, purpose=purpose)
                answer = replace(answer, question=question)
            new.append(answer)
            standing.append(answer)
    named = dict.fromkeys(answer.label for answer in new if answer.label is not None)
    classes = tuple(name for name in named if name not in state.classes)
    return Compared(tuple(new), tuple(known), tuple(conflicts), classes)


def _agree(one: Answer, other: Answer) -> bool:
    return (one.kind, one.label) == (other.kind, other.label)


def _say_the_same(one: Answer, other: Answer) -> bool:
    """Whether two answers of one person on one text are one: of skips, which can be
    many, those of one time."""
    at_once = one.kind != "skip" or one.when == other.when
    return _agree(one, other) and at_once


def rows_to_send(state: State, rows: Sequence[int] | None) -> list[int]:
    """The rows given; without any those that were asked for, answered ones first."""
    asked = (*(a.question for a in state.answers), *state.pending)
    return [*dict.fromkeys(q.row for q in asked)] if rows is None else [*map(int, rows)]
