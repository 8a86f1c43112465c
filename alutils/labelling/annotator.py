"""Label texts by hand in one cell: buttons, keys, and the model that trains between."""

from __future__ import annotations

import time

from alutils.labelling.desk import Desk
from alutils.labelling.events import Question
from alutils.labelling.markup import (
    CUT_AT,
    heading_html,
    notice_html,
    progress_html,
    text_html,
)
from alutils.labelling.screen import Screen

END = "Nothing is left to ask: the budget is spent, or every text has its answer."


def annotate(desk: Desk, *, keys: bool = True) -> Annotator:
    """The annotator of a desk, as the last line of a cell: running that cell again, after
    a restart too, shows what the store knows.

    The model's own view of a text is never shown before the answer: people lean towards
    what they are told.

    Parameters
    ----------
    keys
        whether number keys answer besides the buttons. It takes anywidget, whose script
        Colab and VS Code fetch from a content network; without one, pass False: the
        buttons need none.
    """
    return Annotator(desk, keys=keys)


class Annotator:
    """A desk on the screen, in plain ipywidgets (7.7 or 8).

    The methods below are what the buttons and keys call; a `ScriptedPerson` calls them
    too. They return once the answer is on the disk, the model has trained if that was
    due, and the next text is drawn.

    Attributes
    ----------
    desk
        what is shown
    box
        the widget
    """

    def __init__(self, desk: Desk, *, keys: bool = True) -> None:
        self.desk, self.question = desk, None
        self._since, self._whole = 0.0, False
        self._screen = Screen(self._pressed, keys)
        self.box = self._screen.box
        self._go_on("")

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.box)

    def still(self) -> str:
        """What is on the screen now, as HTML that does nothing: for a page that nobody
        labels in."""
        return self._screen.still()

    def answer(self, label: str, *, seconds: float | None = None) -> None:
        """Give the text on the screen a class.

        Parameters
        ----------
        seconds
            how long the text was looked at; None takes the time since it was drawn

        Raises
        ------
        LookupError
            If no text is on the screen.
        ValueError
            If there is no such class.
        OSError
            If the answer could not be saved; the text stays.
        """
        question, seconds = self._asked(seconds)
        self.desk.answer(label, question=question.number, seconds=seconds)
        self._go_on(f"Row {question.row} is {label}: saved.")

    def skip(self, *, seconds: float | None = None) -> None:
        """Put the text on the screen off; raises as `answer` does."""
        question, seconds = self._asked(seconds)
        self.desk.skip(question=question.number, seconds=seconds)
        self._go_on(f"Row {question.row} is put off.")

    def cannot_tell(self, *, seconds: float | None = None) -> None:
        """Say that one cannot tell the class of the text on the screen; raises as
        `answer` does."""
        question, seconds = self._asked(seconds)
        self.desk.cannot_tell(question=question.number, seconds=seconds)
        self._go_on(f"Row {question.row}: can't tell, saved.")

    def undo(self) -> None:
        """Take the last answer back and show its text again; OSError if that could not
        be saved."""
        taken_back = self.desk.undo()
        if taken_back is None:
            return self._go_on("There is no answer to take back.")
        self._go_on(f"The answer to row {taken_back.row} is taken back.")

    def flag(self, note: str = "") -> None:
        """Mark the text on the screen to look at it again, or take the mark off; raises
        as `answer` does."""
        question, _ = self._asked()
        self.desk.flag(question=question.number, note=note)
        marked = question.row in self.desk.store.state.flags
        self._go_on(f"Row {question.row} is {'' if marked else 'no longer '}flagged.")

    def add_class(self, name: str) -> None:
        """Add a class, with a button of its own.

        Raises
        ------
        ValueError
            If the name is empty or there is such a class.
        OSError
            If that could not be saved.
        """
        self.desk.store.add_class(name.strip())
        self._screen.clear_name()
        self._go_on(f"There is a class {name.strip()} now.")

    def whole(self) -> None:
        """Show all of a text that was cut."""
        self._whole = True
        self._go_on("")

    def _asked(self, seconds: float | None = None) -> tuple[Question, float]:
        """The question on the screen, and for how long it has been there."""
        if self.question is None:
            raise LookupError("no text is on the screen: there is nothing to answer")
        since_drawn = time.monotonic() - self._since
        return self.question, since_drawn if seconds is None else seconds

    def _pressed(self, action: str, name: str) -> None:
        """Do what a button or a key stands for, and show what went wrong: nobody sees an
        error that leaves a callback. The text stays on the screen then."""
        try:
            if action.startswith("class-"):
                place, classes = int(action[6:]), self.desk.store.state.classes
                if place < len(classes):
                    self.answer(classes[place])
            elif action == "add_class":
                self.add_class(name)
            else:
                getattr(self, action)()
        except Exception as error:
            unsaved = "NOT SAVED: " if isinstance(error, OSError) else ""
            said = f"{unsaved}{error}"
            self._screen.say(said[:1].upper() + said[1:], error)
            self._screen.ready()

    def _go_on(self, said: str) -> None:
        """Train if that is due, and draw what comes next."""
        if self.desk.training_due:
            said = f"{said} {self._train(said)}"
        question = self.desk.question
        if question != self.question:
            self._since, self._whole = time.monotonic(), False
        self.question = question
        self._draw()
        complaint = self.desk.complaint
        self._screen.say(f"{said} Beware: {complaint}." if complaint else said.strip())
        self._screen.ready()

    def _train(self, said: str) -> str:
        self._screen.busy(True)
        self._screen.say(f"{said} The model trains now; then comes the next text.")
        try:
            trained = self.desk.train()
        except Exception as error:
            raise RuntimeError(
                f"every answer is saved, but the model could not be trained ({error})."
                " Give the last answer again to try once more"
            ) from error
        finally:
            self._screen.busy(False)
        return f"Trained on {trained.labels} labels in {trained.seconds:.1f} s."

    def _draw(self) -> None:
        state, progress = self.desk.store.state, self.desk.progress
        row, flag, text, cut = None, None, notice_html(END), False
        if self.question is not None:
            row, words = self.question.row, self.desk.text
            flag, text = state.flags.get(row), text_html(words, whole=self._whole)
            cut = len(words) > CUT_AT and not self._whole
        heading = heading_html(progress, row, flag)
        self._screen.show(heading, text, cut, state.classes, progress_html(progress))
