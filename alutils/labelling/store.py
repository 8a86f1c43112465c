"""The store of a labelling project: a file of events, each on the disk before the next
text shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.labelling import allowed, remote
from alutils.labelling.as_csv import csv_of
from alutils.labelling.database import Line
from alutils.labelling.events import (
    Answer,
    Event,
    Question,
    State,
    last_answer,
    state_after,
)
from alutils.labelling.held_file import HeldFile, read_there
from alutils.labelling.known_texts import KnownTexts

FILE = "labels.sqlite"


class Store:
    """What was asked and answered about texts. `Store.open` opens one.

    Attributes
    ----------
    path, copy_to
        the file, and the folder that is given copies or None
    reviews, who
        the texts, and the person who answers
    read_only
        whether nothing can be added
    state
        what the events say
    damage
        what is wrong with a file of which not all can be read; None if nothing is
    """

    @classmethod
    def open(
        cls,
        folder: Path | str,
        reviews: Reviews,
        *,
        who: str,
        read_only: bool = False,
        copy_to: Path | str | None = None,
    ) -> Store:
        """The store in a folder; a new one if there is none.

        Texts are known by what they say: they may come in another order, and others may
        have been added. A process that opens a store again closes it where it was open
        before, so a cell can be run twice.

        Parameters
        ----------
        read_only
            look only, also while another process has it open; of a damaged file, what
            can be read
        copy_to
            a folder that `save_copy` writes to. If the store is not here, or older than
            the copy there, it goes on from the copy. A `folder` on a network or on Drive
            becomes that folder, and the store itself lies on a local disk

        Raises
        ------
        StoreHeld
            If another process has it open; the message says which.
        StoreDamaged
            If not all of the file can be read.
        ValueError
            If it is a store of other texts, of a newer form, or none, or it and its copy
            have each gone their own way.
        OSError
            If the folder or the file cannot be read or written.
        """
        folder = Path(folder).expanduser().resolve()
        if copy_to is not None:
            copy_to = Path(copy_to).expanduser().resolve()
        elif remote.is_remote(folder) and not read_only:
            folder, copy_to = remote.local_place(folder), folder
        return cls(folder, reviews, who, read_only, copy_to)

    def __init__(
        self,
        folder: Path,
        reviews: Reviews,
        who: str,
        read_only: bool,
        copy_to: Path | None,
    ) -> None:
        if not isinstance(who, str) or not who.strip():
            raise ValueError(f"who={who!r}: expected the name of the person who labels")
        self.path, self.copy_to = folder / FILE, copy_to
        self.who, self.read_only, self.damage = who, read_only, None
        self.reviews, self._texts = reviews, KnownTexts(reviews)
        self._events: list[Event] = []
        self.state = State()
        self._file = None if read_only else HeldFile(self.path, who, copy_to)
        try:
            if read_only:
                lines, self.damage = read_there(self.path)
            else:
                lines = self._file.after(0)
            self._texts.check((li.text for li in lines if li.text), self.path)
            self._take(lines)
        except BaseException:
            self._let_go()
            raise

    @property
    def different_rows(self) -> np.ndarray:
        """Rows whose texts differ, of copies the first, shape (n,)."""
        return self._texts.different

    def events(self) -> tuple[Event, ...]:
        """All events, in the order in which they happened."""
        return tuple(self._events)

    def ask(self, questions: Sequence[Mapping[str, object]]) -> tuple[Question, ...]:
        """Note new questions, all or none; each has the fields of `Question` without the
        number, which it is given here."""
        new = [("question", q["row"], allowed.question_facts(q)) for q in questions]
        self._catch_up()
        before = len(self._events)
        self._add(*new)
        return tuple(q for q in self.state.pending if q.number > before)

    def answer(
        self,
        number: int,
        kind: str,
        label: str | None = None,
        seconds: float | None = None,
    ) -> None:
        """Note the answer to a question; to tell the same twice changes nothing.

        Raises
        ------
        ValueError
            If this person is not asked that question, it was answered otherwise, or the
            label is no class.
        OSError
            If it cannot be written; the question then stays.
        """
        self._catch_up()
        question = allowed.question_to_answer(self.state, self.who, number, kind, label)
        if question is not None:
            facts = allowed.answer_facts(question, label, seconds)
            self._add((kind, question.row, facts))

    def bring_in(self, answers: Sequence[Answer]) -> None:
        """Add answers that were given elsewhere, all or none, with who gave them and
        when. `exchange.compared` tells which contradict none that stand."""
        self._catch_up()
        self._add(*allowed.brought(self.state, answers, len(self._events) + 1))

    def undo(self) -> Question | None:
        """Take back this person's last answer that stands; its question comes first
        again. None if there is none."""
        self._catch_up()
        last = last_answer(self.state, self.who)
        if last is None:
            return None
        self._add(("undo", last.question.row, {"question": last.question.number}))
        return last.question

    def flag(self, row: int, note: str = "") -> None:
        """Put a note on a text, to look at it again; the same note again takes it
        off."""
        self._catch_up()
        off = self.state.flags.get(int(row)) == note
        self._add(("flag", row, {"note": None if off else note}))

    def add_class(self, name: str) -> None:
        """Add a class; nothing happens if it is there."""
        self._catch_up()
        if name not in self.state.classes:
            allowed.check_new_class(self.state, name)
            self._add(("add_class", None, {"name": name}))

    def rename_class(self, name: str, to: str) -> None:
        """Give a class another name, and its labels with it; ValueError if there is no
        such class, or one of the new name."""
        self._catch_up()
        allowed.check_class(self.state, name)
        allowed.check_new_class(self.state, to)
        self._add(("rename_class", None, {"name": name, "to": to}))

    def remove_class(self, name: str) -> None:
        """Take away a class; ValueError if labels are of it, or there is none."""
        self._catch_up()
        allowed.check_unused_class(self.state, name)
        self._add(("remove_class", None, {"name": name}))

    @property
    def notes(self) -> dict[str, object]:
        """What was written down by `note`."""
        return dict(self.state.notes)

    def note(self, key: str, value: object) -> None:
        """Write down something that JSON can hold; nothing happens if it stands there."""
        self._catch_up()
        if self.state.notes.get(key) != json.loads(json.dumps(value)):
            self._add(("note", None, {"key": key, "value": value}))

    def save_copy(self) -> None:
        """Put a copy, and the answers as labels.csv, into the folder `copy_to`, if there
        is one. OSError or ValueError if that fails, or the copy has gone its own way."""
        if self.copy_to is not None and self._file and not self._file.closed:
            answers = csv_of(self.state, self.reviews.texts, self._texts.hashes)
            self._file.save_copy(answers)

    def close(self) -> None:
        """Save a copy where one is kept, and let go of the file."""
        try:
            self.save_copy()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()

    def _add(self, *new: tuple) -> None:
        """Add events of a kind, about a row, with their facts; of this person and now,
        unless who and when stand behind."""
        here, first = (self.who, datetime.now(UTC)), len(self._events) + 1
        lines = []
        for number, (kind, row, facts, *given) in enumerate(new, first):
            who, when = given or here
            text = None if row is None else self._texts.hashes[row]
            facts = json.dumps(facts, allow_nan=False)
            lines.append(Line(number, kind, who, when.isoformat(), text, facts))
        self._file.append(lines)
        self._take(lines)

    def _catch_up(self) -> None:
        """Take up what was written though writing seemed to fail."""
        if self._file is None or self._file.closed:
            how = "was opened to look only" if self.read_only else "has been closed"
            raise ValueError(f"{self.path} {how}: open it again (Store.open)")
        self._take(self._file.after(len(self._events)))

    def _take(self, lines: Sequence[Line]) -> None:
        for number, kind, who, at, text, facts in lines:
            row = None if text is None else self._texts.row(text)
            when = datetime.fromisoformat(at)
            event = Event(number, kind, who, when, row, json.loads(facts))
            self.state = state_after(self.state, event)
            self._events.append(event)
