"""A person out of a script: answers as the buttons do, and errs as often as it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from alutils.labelling.annotator import Annotator
from alutils.labelling.desk import Desk


class ScriptedPerson:
    """Labels in place of a reader, where a page is executed or a method is measured.

    Parameters
    ----------
    labels
        the true class of each text, by its row
    who
        the person whose store it may answer in
    rng
        decides on errors, skips and the rest
    error_rate
        share of labels that are another class than the true one, each as likely
    skips, cannot_tell
        shares of the texts that are put off, and that the person does not know
    pace
        (a, b): the answer to a text of w words takes about a + b · w seconds, which the
        store is told and nobody waits for; None measures the true time

    Raises
    ------
    ValueError
        If a share is not between 0 and 1, or skips and `cannot_tell` leave no answers.

    Examples
    --------
    >>> person = ScriptedPerson(["good", "bad"], "Ada", np.random.default_rng(0))
    >>> person.who
    'Ada'
    """

    def __init__(
        self,
        labels: Sequence[str] | Mapping[int, str],
        who: str,
        rng: np.random.Generator,
        error_rate: float = 0.0,
        skips: float = 0.0,
        cannot_tell: float = 0.0,
        *,
        pace: tuple[float, float] | None = None,
    ) -> None:
        shares = {"error_rate": error_rate, "skips": skips, "cannot_tell": cannot_tell}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"{name}={share}: expected a share, from 0 to 1")
        if skips + cannot_tell >= 1:
            raise ValueError(
                f"skips={skips} and cannot_tell={cannot_tell} leave no text to label:"
                " together they must be below 1"
            )
        self.labels, self.who, self.rng, self.pace = labels, who, rng, pace
        self.error_rate, self.skips, self.unknown = error_rate, skips, cannot_tell

    def label_all(self, at: Annotator | Desk, n: int | None = None) -> int:
        """Answer what is asked, `n` times or until nothing is left; how often that was.

        Raises
        ------
        ValueError
            If it is another person's store, or a text's class is not among its classes.
        """
        desk = at.desk if isinstance(at, Annotator) else at
        if desk.store.who != self.who:
            raise ValueError(
                f"the store is open for {desk.store.who}, and this is {self.who}: open"
                f" it with who={self.who!r}"
            )
        given = 0
        while given != n:
            if desk.training_due:
                desk.train()
            if desk.question is None:
                break
            self._answer(at, desk)
            given += 1
        return given

    def _answer(self, at: Annotator | Desk, desk: Desk) -> None:
        # At a desk there is no screen that knows which question is meant.
        which = {"question": desk.question.number} if at is desk else {}
        which["seconds"] = self._seconds(desk.text)
        fate = self.rng.random()
        label = self._label(desk.question.row, desk.store.state.classes)
        if fate < self.skips:
            at.skip(**which)
        elif fate < self.skips + self.unknown:
            at.cannot_tell(**which)
        else:
            at.answer(label, **which)

    def _label(self, row: int, classes: tuple[str, ...]) -> str:
        true = self.labels[row]
        if true not in classes:
            raise ValueError(
                f"row {row} is of class {true!r}, and the store has"
                f" {', '.join(classes) or 'none'}: add it first (add_class)"
            )
        others = [name for name in classes if name != true]
        errs = self.rng.random() < self.error_rate and others
        return str(self.rng.choice(others)) if errs else true

    def _seconds(self, text: str) -> float | None:
        if self.pace is None:
            return None
        a, b = self.pace
        return float((a + b * len(text.split())) * self.rng.lognormal(0, 0.3))
