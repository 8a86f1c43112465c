"""An answer as its named parts, as files of other tools hold it, and what is gathered
while such a file is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from alutils.corpus.reviews import Reviews
from alutils.labelling.events import ANSWERS, PURPOSES, Answer, Question
from alutils.labelling.exchange import Brought
from alutils.labelling.known_texts import KnownTexts, text_hash


class Reading:
    """What is gathered while another tool's file is read.

    Parameters
    ----------
    reviews
        the corpus that its texts belong to
    who
        who answered, where the file does not say
    """

    def __init__(self, reviews: Reviews, who: str) -> None:
        self.who, self.now = who, datetime.now(UTC)
        self._texts = KnownTexts(reviews)
        self._answers: list[Answer] = []
        self._flags: dict[int, str] = {}
        self._strangers: list[str] = []
        self._unread: list[str] = []

    def row_of(self, text: str | None, sha256: str | None) -> int | None:
        """The row of a text, by its hash if that is given; None, and noted, if the
        corpus has no such text."""
        for found in (sha256, None if text is None else text_hash(text)):
            if found in self._texts:
                return self._texts.row(found)
        self._strangers.append(" ".join((text or sha256 or "").split())[:60])
        return None

    def flag(self, row: int, note: str | None) -> None:
        """Note a flag, if there is one."""
        if note is not None:
            self._flags[row] = note

    def unread(self, place: str, why: str) -> None:
        """Note that something could not be understood."""
        self._unread.append(f"{place}: {why}")

    def answer(self, place: str, row: int, said: Mapping[str, object]) -> None:
        """Note an answer, by the names of its parts: `kind` and `label`; and where they
        are known `who`, `when` (ISO 8601), `seconds`, `purpose`, `round`, `strategy`,
        `probabilities` and `undone`."""
        try:
            self._answers.append(self._answer(row, said))
        except (ValueError, TypeError) as error:
            self.unread(place, str(error))

    def _answer(self, row: int, said: Mapping[str, object]) -> Answer:
        kind, label = said.get("kind") or "label", said.get("label")
        purpose = said.get("purpose") or ""
        if kind not in ANSWERS or (kind == "label") != isinstance(label, str):
            raise ValueError(f"the answer {kind!r} with the label {label!r}")
        if purpose not in ("", *PURPOSES):
            raise ValueError(f"the purpose {purpose!r}")
        p, seconds = said.get("probabilities"), said.get("seconds")
        question = Question(
            0,
            row,
            purpose,
            int(said.get("round") or 0),
            str(said.get("strategy") or ""),
            None if p is None else tuple(map(float, p)),
        )
        when = said.get("when")
        return Answer(
            question,
            kind,
            label,
            str(said.get("who") or self.who),
            self.now if when is None else _utc(when),
            None if seconds is None else float(seconds),
            bool(said.get("undone")),
        )

    def brought(self) -> Brought:
        """All that was noted."""
        return Brought(
            tuple(sorted(self._answers, key=lambda answer: answer.when)),
            self._flags,
            tuple(self._strangers),
            tuple(self._unread),
        )


def _utc(when: str) -> datetime:
    found = datetime.fromisoformat(when)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def parts_of(answer: Answer, *, without: Sequence[str] = ()) -> dict[str, object]:
    """What an answer says, by the names that `Reading.answer` takes; parts that are None
    are left out."""
    question = answer.question
    parts = {
        "purpose": question.purpose,
        "round": question.round,
        "strategy": question.strategy,
        "probabilities": question.probabilities,
        "kind": answer.kind,
        "label": answer.label,
        "who": answer.who,
        "when": answer.when.isoformat(),
        "seconds": answer.seconds,
        "undone": answer.undone,
    }
    return {
        name: part
        for name, part in parts.items()
        if part is not None and name not in without
    }
