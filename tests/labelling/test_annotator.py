"""The annotator from the kernel's side, pressed as the browser presses it: by the
messages that buttons and keys send. What it looks like is tested in a JupyterLab."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html import unescape

import ipywidgets
import pytest
from people import desk_of

from alutils.corpus.reviews import Reviews
from alutils.labelling.annotator import Annotator, annotate


def widgets_in(box: ipywidgets.Box) -> Iterator[ipywidgets.Widget]:
    for child in getattr(box, "children", ()):
        yield child
        yield from widgets_in(child)


def words(annotator: Annotator) -> str:
    """Everything that can be read on the screen."""
    pages = [w for w in widgets_in(annotator.box) if isinstance(w, ipywidgets.HTML)]
    html = " ".join(w.value for w in pages if not w.value.startswith("<style>"))
    return unescape(re.sub("<[^>]+>", " ", html))


def buttons(annotator: Annotator) -> dict[str, ipywidgets.Button]:
    """The buttons by what stands on them."""
    found = [w for w in widgets_in(annotator.box) if isinstance(w, ipywidgets.Button)]
    return {button.description: button for button in found}


def send(widget: ipywidgets.Widget, content: dict) -> None:
    """A message as it comes from the browser."""
    widget._handle_msg(
        {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
    )


def press(annotator: Annotator, action: str, drawing=None, name: str = "") -> None:
    """A key, or a click that the layer of keys has passed on."""
    layer = annotator.box.children[-1]
    drawing = layer.drawing if drawing is None else drawing
    send(layer, {"action": action, "drawing": drawing, "name": name})


def given(annotator: Annotator) -> list[tuple]:
    """The answers that stand in the store, in order."""
    answers = annotator.desk.store.state.answers
    return [(a.question.row, a.label or a.kind) for a in answers if not a.undone]


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on when it is told to."""

    class Clock:
        now = 1000.0

        def monotonic(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr("alutils.labelling.annotator.time", clock)
    monkeypatch.setattr("alutils.labelling.screen.time", clock)
    return clock


@pytest.fixture
def desk(memory_folder, unlabelled):
    return desk_of(memory_folder, unlabelled(30))


@pytest.fixture
def annotator(desk) -> Annotator:
    return annotate(desk)


def test_a_key_labels_the_text_on_the_screen_and_shows_the_next(annotator):
    first = annotator.question
    assert f"ticket {first.row}:" in words(annotator)
    press(annotator, "class-1")
    assert given(annotator) == [(first.row, "wish")]
    assert annotator.question.row != first.row
    assert f"ticket {annotator.question.row}:" in words(annotator)
    assert f"Row {first.row} is wish: saved." in words(annotator)


def test_every_button_does_what_stands_on_it(clock, annotator):
    for name, answer in (("2 wish", "wish"), ("s skip", "skip")):
        clock.now += 5
        row = annotator.question.row
        send(buttons(annotator)[name], {"event": "click"})
        assert given(annotator)[-1] == (row, answer)
    clock.now += 5
    row = annotator.question.row
    send(buttons(annotator)["f flag"], {"event": "click"})
    assert list(annotator.desk.store.state.flags) == [row]
    assert "⚑ flagged" in words(annotator)
    clock.now += 5
    send(buttons(annotator)["f flag"], {"event": "click"})
    assert annotator.desk.store.state.flags == {}
    clock.now += 5
    send(buttons(annotator)["c can't tell"], {"event": "click"})
    assert given(annotator)[-1] == (row, "cannot_tell")
    clock.now += 5
    send(buttons(annotator)["u undo"], {"event": "click"})
    assert annotator.question.row == row
    assert len(given(annotator)) == 2


def test_a_double_click_answers_once_with_the_layer_of_keys(annotator):
    drawing = annotator.box.children[-1].drawing
    for action in ("class-0", "class-0", "class-1", "undo", "skip"):
        press(annotator, action, drawing)  # all of them made for the first text
    assert len(given(annotator)) == 1
    assert given(annotator)[0][1] == "bug"


def test_a_double_click_answers_once_without_it_too(desk, clock):
    annotator = annotate(desk, keys=False)
    button = buttons(annotator)["1 bug"]
    clock.now += 3
    send(button, {"event": "click"})
    clock.now += 0.2
    send(button, {"event": "click"})
    assert len(given(annotator)) == 1
    clock.now += 0.3  # somebody who answers half a second after the text came means it
    send(button, {"event": "click"})
    assert len(given(annotator)) == 2


def test_the_seconds_run_from_the_showing_of_a_text_to_its_answer(clock, annotator):
    press(annotator, "class-0")
    clock.now += 7.5
    press(annotator, "flag")  # which draws, but shows no other text
    clock.now += 1
    press(annotator, "class-0")
    clock.now += 2
    annotator.answer("bug", seconds=4.0)
    seconds = [a.seconds for a in annotator.desk.store.state.answers]
    assert seconds[1:] == [8.5, 4.0]


def test_the_model_trains_between_batches_and_the_screen_says_so(
    annotator, monkeypatch
):
    seen, train = [], annotator.desk.train

    def watched():
        seen.append(words(annotator))
        return train()

    monkeypatch.setattr(annotator.desk, "train", watched)
    for _ in range(8):  # four for the test set, four to start with
        assert seen == []
        press(annotator, "class-0")
    assert "saved. The model trains now" in seen[0]
    assert "Trained on 4 labels in 0.0 s." in words(annotator)
    assert annotator.question.round == 1


def test_what_the_model_thinks_is_not_shown_before_the_answer(annotator):
    while annotator.question.probabilities is None:
        press(annotator, "class-0")
    assert max(annotator.question.probabilities) == pytest.approx(0.5618)
    assert not re.search(r"5\d? ?%|\.56|\.43|44", words(annotator))


def test_an_answer_that_cannot_be_saved_leaves_the_text_and_says_so(
    annotator, monkeypatch
):
    row = annotator.question.row
    with monkeypatch.context() as full:

        def fail(*arguments, **more):
            raise OSError("the disk is full: make room and answer again")

        full.setattr(annotator.desk, "answer", fail)
        press(annotator, "class-0")
        assert "NOT SAVED: the disk is full: make room" in words(annotator)
        assert "saved." not in words(annotator)
        assert f"ticket {row}:" in words(annotator)
        with pytest.raises(OSError, match="disk is full"):
            annotator.answer("bug")
    press(annotator, "class-0")  # once there is room
    assert given(annotator) == [(row, "bug")]
    assert "NOT SAVED" not in words(annotator)


def test_a_training_that_fails_loses_no_answer_and_can_be_tried_again(
    annotator, monkeypatch
):
    while annotator.desk.progress.until_training != 1:
        press(annotator, "class-0")
    row = annotator.question.row

    def fail():
        raise MemoryError("no room for the features")

    with monkeypatch.context() as broken:
        broken.setattr(annotator.desk, "train", fail)
        press(annotator, "class-1")
    assert "could not be trained (no room for the features)" in words(annotator)
    assert given(annotator)[-1] == (row, "wish")
    press(annotator, "class-1")  # the same answer again
    assert "Trained on" in words(annotator)
    assert len(given(annotator)) == 8
    assert annotator.question.row != row


def test_a_copy_that_cannot_be_saved_is_told(annotator):
    annotator.desk.complaint = "no copy could be saved: the drive is gone"
    press(annotator, "class-0")
    assert "saved. Beware: no copy could be saved: the drive is gone." in words(
        annotator
    )


def test_it_draws_itself_anew_from_the_store(annotator, memory_folder, unlabelled):
    for action in ("class-0", "class-1", "skip", "flag"):
        press(annotator, action)
    again = annotate(desk_of(memory_folder, unlabelled(30)))
    assert again.question == annotator.question
    assert words(again).split("Labels")[1] == words(annotator).split("Labels")[1]
    press(annotator, "class-0")  # what another has taken over says so
    assert "open it again" in words(annotator)


def test_a_class_is_added_beside_the_others_which_stay_as_they_are(annotator):
    before = buttons(annotator)
    question = annotator.question
    press(annotator, "add_class", name=" praise ")
    assert annotator.desk.store.state.classes == ("bug", "wish", "praise")
    after = buttons(annotator)
    assert after["3 praise"].tooltip == "Label it praise"
    assert all(after[name] is button for name, button in before.items())
    assert annotator.question == question
    press(annotator, "class-2")
    assert given(annotator) == [(question.row, "praise")]
    press(annotator, "add_class", name="  ")
    assert "expected a name" in words(annotator)


def test_a_name_that_was_typed_is_taken_without_a_layer_of_keys(desk, clock):
    annotator = annotate(desk, keys=False)
    (field,) = (w for w in widgets_in(annotator.box) if isinstance(w, ipywidgets.Text))
    field.value = "praise"
    clock.now += 1
    send(buttons(annotator)["add class"], {"event": "click"})
    assert "3 praise" in buttons(annotator)
    assert field.value == ""


def test_a_number_without_a_class_does_nothing(annotator):
    before = words(annotator)
    press(annotator, "class-7")
    assert (given(annotator), words(annotator)) == ([], before)


def test_there_is_nothing_to_undo_at_first(annotator):
    press(annotator, "undo")
    assert "There is no answer to take back." in words(annotator)


def test_a_long_text_is_cut_and_shown_whole_on_demand(memory_folder):
    long = "x" * 1_000_000 + "the end"
    texts = [f"{row} {long}" for row in range(6)]
    reviews = Reviews(texts, [-1] * 6, "long texts")
    annotator = annotate(desk_of(memory_folder, reviews))
    (row,) = (w for w in annotator.box.children if "al-more" in w._dom_classes)
    assert "the end" not in words(annotator)
    assert row.layout.display is None
    press(annotator, "whole")
    assert "the end" in words(annotator)
    assert row.layout.display == "none"
    press(annotator, "class-0")
    assert "the end" not in words(annotator)


def test_the_end_is_told_and_the_last_answer_can_still_be_undone(
    memory_folder, unlabelled
):
    annotator = annotate(desk_of(memory_folder, unlabelled(30), budget=5))
    for _ in range(5):
        row = annotator.question.row
        press(annotator, "class-0")
    assert "Nothing is left to ask" in words(annotator)
    press(annotator, "class-0")
    assert "nothing to answer" in words(annotator)
    press(annotator, "undo")
    assert annotator.question.row == row


def test_without_anywidget_the_buttons_do_it_all(desk, clock, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    annotator = annotate(desk)
    assert "once anywidget is installed" in words(annotator)
    clock.now += 1
    send(buttons(annotator)["1 bug"], {"event": "click"})
    assert len(given(annotator)) == 1
    assert "skip" in buttons(annotator)


def test_a_cell_that_ends_with_it_shows_it(annotator, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    annotator._ipython_display_()
    assert shown == [annotator.box]


def test_nothing_large_is_imported_before_it_is_shown(run_python):
    code = "import sys, alutils.labelling.scripted; print(*sys.modules)"
    loaded = set(run_python(code).split())
    slow = {"anywidget", "ipywidgets", "IPython", "keras", "matplotlib", "tensorflow"}
    assert not loaded & slow
    assert "alutils.labelling.annotator" in loaded
