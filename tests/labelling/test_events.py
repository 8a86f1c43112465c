from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alutils.labelling.events import Event, State, state_after, state_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Told:
    """Events, told one after the other."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def tell(self, kind, row=None, who="Ada", when=NOON, **facts) -> int:
        number = len(self.events) + 1
        self.events.append(Event(number, kind, who, when, row, facts))
        return number

    def ask(self, row, purpose="training", round=0, p=None, whom=None) -> int:
        facts = {"purpose": purpose, "round": round, "strategy": "random"}
        return self.tell("question", row, probabilities=p, **facts, **{"for": whom})

    def say(self, number, kind="label", label=None, who="Ada", when=NOON) -> None:
        asked = self.events[number - 1]
        facts = {**asked.facts, "question": number, "label": label, "seconds": 2.0}
        self.tell(kind, asked.row, who, when, **facts)

    @property
    def state(self) -> State:
        return state_of(self.events)

    @property
    def pending(self) -> list[int]:
        return [q.number for q in self.state.pending]


@pytest.fixture
def told() -> Told:
    told = Told()
    for name in ("bad", "good"):
        told.tell("add_class", name=name)
    return told


def test_a_label_answers_its_question_and_leaves_the_others(told):
    first, second = told.ask(row=7), told.ask(row=3)
    told.say(first, label="good")
    assert told.pending == [second]
    assert told.state.labels("training") == {7: "good"}
    assert told.state.labels("test") == {}


def test_a_skipped_question_comes_after_the_others_of_its_batch_and_then_not_at_all(
    told,
):
    one, two, three = (told.ask(row, round=1) for row in range(3))
    next_batch = told.ask(row=9, round=2)
    told.say(one, "skip")
    assert told.pending == [two, three, one, next_batch]
    told.say(two, label="bad")
    told.say(three, "skip")
    assert told.pending == [one, three, next_batch]
    told.say(one, "skip")
    assert told.pending == [three, next_batch]
    assert 0 not in told.state.labels("training")


def test_one_that_is_alone_in_its_batch_does_not_come_back_at_once(told):
    told.say(told.ask(row=1), "skip")
    assert told.pending == []


def test_what_cannot_be_told_is_no_label_and_not_asked_again(told):
    told.say(told.ask(row=1), "cannot_tell")
    assert told.pending == []
    assert told.state.labels("training") == {}
    assert [a.kind for a in told.state.current] == ["cannot_tell"]


@pytest.mark.parametrize("kind", ["label", "skip", "cannot_tell"])
def test_an_undo_puts_the_last_question_back_in_front_and_keeps_the_history(told, kind):
    one, two, three = (told.ask(row) for row in range(3))
    told.say(one, kind, label="bad" if kind == "label" else None)
    told.tell("undo")
    assert told.pending == [one, two, three]
    assert [(a.kind, a.undone) for a in told.state.answers] == [(kind, True)]
    assert told.state.current == ()


def test_undo_takes_back_what_the_same_person_said_last(told):
    one, two = told.ask(row=1), told.ask(row=2)
    told.say(one, label="good", who="Ada")
    told.say(two, label="bad", who="Ben")
    told.tell("undo", who="Ada")
    assert told.pending == [one]
    assert told.state.labels("training") == {2: "bad"}
    told.tell("undo", who="Ada")
    assert told.pending == [one]


def test_a_text_that_was_skipped_and_asked_anew_is_never_asked_twice_after_undos(told):
    old = told.ask(row=1, round=0)
    told.say(old, "skip")
    new = told.ask(row=1, round=1)
    other = told.ask(row=2, round=1)
    told.tell("undo")
    assert told.pending == [old, other]
    told.say(old, "skip")
    newer = told.ask(row=1, round=2)
    told.say(newer, label="good", who="Ben")
    told.tell("undo", who="Ada")  # of the skip, after Ben has answered
    assert told.pending == [other]
    assert told.state.labels("training") == {1: "good"}
    assert new not in told.pending


def test_of_two_answers_to_one_text_the_later_stands_whatever_the_clock_says(told):
    told.say(told.ask(row=1), label="good", when=NOON)
    told.say(told.ask(row=1), label="bad", when=NOON - timedelta(days=1))
    assert told.state.labels("training") == {1: "bad"}
    assert [a.label for a in told.state.current] == ["bad"]
    assert [a.label for a in told.state.answers] == ["good", "bad"]


def test_second_opinions_and_other_people_stand_beside_the_first_answer(told):
    told.say(told.ask(row=1), label="good")
    told.say(told.ask(row=1, purpose="again", whom="Ada"), label="bad")
    told.say(told.ask(row=1, purpose="again", whom="Ben"), label="bad", who="Ben")
    assert told.state.labels("training") == {1: "good"}
    said = [(a.who, a.question.purpose, a.label) for a in told.state.current]
    assert said == [
        ("Ada", "training", "good"),
        ("Ada", "again", "bad"),
        ("Ben", "again", "bad"),
    ]


def test_a_question_for_one_person_is_not_shown_to_another(told):
    for_ada = told.ask(row=1, whom="Ada")
    for_all = told.ask(row=2)
    assert [q.number for q in told.state.for_person("Ada")] == [for_ada, for_all]
    assert [q.number for q in told.state.for_person("Ben")] == [for_all]


def test_a_flag_is_a_note_that_can_be_taken_off(told):
    told.tell("flag", row=4, note="sarcasm?")
    told.tell("flag", row=5, note="")
    assert told.state.flags == {4: "sarcasm?", 5: ""}
    told.tell("flag", row=4, note=None)
    assert told.state.flags == {5: ""}


def test_labels_follow_their_class_to_its_new_name(told):
    told.say(told.ask(row=1), label="good")
    told.tell("rename_class", name="good", to="fine")
    assert told.state.classes == ("bad", "fine")
    assert told.state.labels("training") == {1: "fine"}


def test_probabilities_stay_in_the_order_of_the_classes_when_one_is_taken_away(told):
    told.tell("add_class", name="mixed")
    told.ask(row=1, p=[0.2, 0.5, 0.3])
    told.say(told.ask(row=2, p=[0.1, 0.2, 0.7]), label="bad")
    told.tell("remove_class", name="good")
    told.tell("add_class", name="new")
    assert told.state.classes == ("bad", "mixed", "new")
    assert told.state.pending[0].probabilities == (0.2, 0.3)
    assert told.state.answers[0].question.probabilities == (0.1, 0.7)


def test_notes_hold_what_was_written_last(told):
    told.tell("note", key="plan", value={"labels": 400})
    told.tell("note", key="plan", value={"labels": 300})
    assert told.state.notes == {"plan": {"labels": 300}}


def test_an_answer_can_be_understood_where_its_question_is_lost(told):
    number = told.ask(row=6, p=[0.4, 0.6])
    told.say(number, label="bad")
    lost = [e for e in told.events if e.kind != "question"]
    assert state_of(lost).current == told.state.current


def test_an_event_of_an_unknown_kind_is_told_by_its_name(told):
    told.tell("applaud")
    with pytest.raises(ValueError, match="event 3 is of the unknown kind 'applaud'"):
        told.state  # noqa: B018


class Labelling(RuleBasedStateMachine):
    """Two people at one store, beside books that are kept in the plainest way."""

    def __init__(self) -> None:
        super().__init__()
        self.told = Told()
        self.told.tell("add_class", name="a")
        self.told.tell("add_class", name="b")
        self.state = self.told.state
        self.said: list[list] = []  # who, number, row, label or kind, whether it stands

    def follow(self) -> None:
        self.state = state_after(self.state, self.told.events[-1])

    @rule(round=st.integers(0, 2))
    def ask(self, round):
        for row in (len(self.told.events) + 100, len(self.told.events) + 200):
            self.told.ask(row, round=round)
            self.follow()

    @precondition(lambda self: self.state.pending)
    @rule(
        kind=st.sampled_from(["a", "b", "skip", "cannot_tell"]),
        who=st.sampled_from(["Ada", "Ben"]),
        place=st.integers(0, 3),
    )
    def answer(self, kind, who, place):
        question = self.state.pending[min(place, len(self.state.pending) - 1)]
        label = kind if kind in "ab" else None
        self.told.say(question.number, "label" if label else kind, label=label, who=who)
        self.follow()
        self.said.append([who, question.number, question.row, kind, True])

    @rule(who=st.sampled_from(["Ada", "Ben"]))
    def undo(self, who):
        self.told.tell("undo", who=who)
        self.follow()
        for entry in reversed(self.said):
            if entry[0] == who and entry[4]:
                entry[4] = False
                break

    @invariant()
    def labels_are_what_was_said_and_not_taken_back(self):
        standing = [e for e in self.said if e[4]]
        labels = {row: what for _, _, row, what, _ in standing if what in "ab"}
        assert self.state.labels("training") == labels
        answered = [e[1] for e in standing if e[3] != "skip"]
        assert len(set(answered)) == len(answered)
        pending = [q.number for q in self.state.pending]
        assert len(set(pending)) == len(pending)
        assert not set(pending) & set(answered)

    @invariant()
    def no_question_is_lost_but_by_two_skips_or_one_alone(self):
        asked = {e.number for e in self.told.events if e.kind == "question"}
        answered = {e[1] for e in self.said if e[4]}
        pending = {q.number for q in self.state.pending}
        assert asked - answered <= pending

    def teardown(self):
        assert state_of(self.told.events) == self.state


def test_whatever_two_people_do_no_question_is_lost_and_no_label_made_up():
    run_state_machine_as_test(
        Labelling,
        settings=hypothesis_settings(max_examples=40, stateful_step_count=30),
    )
