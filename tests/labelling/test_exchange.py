import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import BEGAN, answer_to

from alutils.corpus.reviews import Reviews
from alutils.labelling import exchange
from alutils.labelling.as_csv import csv_of, read_csv
from alutils.labelling.doccano import doccano_lines, read_doccano
from alutils.labelling.events import ANSWERS, PURPOSES, Answer, Question, State
from alutils.labelling.exchange import Brought, compared
from alutils.labelling.known_texts import KnownTexts, text_hash
from alutils.labelling.label_studio import label_studio_tasks, read_label_studio
from alutils.labelling.store import Store


def through_csv(reviews, state):
    text = csv_of(state, reviews.texts, KnownTexts(reviews).hashes)
    # As a file in UTF-8: what it cannot hold is shown, the hash tells the text.
    return read_csv(text.encode(errors="backslashreplace").decode(), reviews)


def through_doccano(reviews, state):
    """As doccano does: what is no text or label is kept beside, with an id of its own."""
    lines = doccano_lines(reviews, state).encode().decode().splitlines()
    given = [{"id": 900 + k} | json.loads(line) for k, line in enumerate(lines)]
    out = [json.dumps(line | {"Comments": []}, ensure_ascii=True) for line in given]
    return read_doccano("\n".join(out), reviews)


def through_label_studio(reviews, state):
    """As Label Studio does: ids, people and times of its own; what a result holds is
    kept."""
    tasks = json.loads(json.dumps(label_studio_tasks(reviews, state)))
    for k, task in enumerate(tasks):
        task |= {"id": 70 + k, "created_at": "2026-06-01T10:00:00.5Z"}
        for annotation in task["annotations"]:
            annotation |= {"id": k, "completed_by": 1, "updated_at": task["created_at"]}
    return read_label_studio(tasks, reviews)


FORMATS = {
    "CSV": through_csv,
    "doccano": through_doccano,
    "Label Studio": through_label_studio,
}
each_format = pytest.mark.parametrize("name", FORMATS)


def table_in_the_docstring() -> dict[str, dict[str, bool]]:
    """What each format holds, as the module says it."""
    lines = exchange.__doc__.splitlines()
    edges = [k for k, line in enumerate(lines) if line.startswith("=====")]
    header = re.split(r"\s{2,}", lines[edges[0] + 1].strip())
    rows = [re.split(r"\s{2,}", li.strip()) for li in lines[edges[1] + 1 : edges[2]]]
    return {
        name: {row[0]: row[header.index(name)] == "yes" for row in rows}
        for name in header[1:]
    }


words = st.text(min_size=1).filter(lambda text: text.strip())
# Of the same words only one: a text is told by them.
corpora = st.lists(words, min_size=1, max_size=5, unique_by=text_hash)
classes = st.lists(words, min_size=2, max_size=3, unique=True)
times = st.integers(0, 10**12).map(lambda n: BEGAN + timedelta(microseconds=n))


@st.composite
def projects(draw):
    """Reviews, and answers of any kind to some of them."""
    texts, names = draw(corpora), tuple(draw(classes))
    people = draw(st.lists(words, min_size=1, max_size=2, unique=True))
    answers = []
    for row in range(len(texts)):
        for who in people:
            for purpose in draw(st.sets(st.sampled_from(PURPOSES))):
                kind = draw(st.sampled_from(ANSWERS))
                label = draw(st.sampled_from(names)) if kind == "label" else None
                p = draw(st.none() | st.just((0.1, 0.9)))
                round, strategy = draw(st.integers(0, 9)), draw(st.text())
                asked = Question(len(answers) + 1, row, purpose, round, strategy, p)
                seconds = draw(st.none() | st.floats(0, 1e6))
                undone = draw(st.booleans())
                when = draw(times)
                answers.append(Answer(asked, kind, label, who, when, seconds, undone))
    flags = {row: draw(st.text()) for row in range(len(texts)) if draw(st.booleans())}
    answers.sort(key=lambda answer: answer.when)
    reviews = Reviews(texts, [-1] * len(texts), "any", names)
    return reviews, State(names, (), tuple(answers), flags)


def said(answer, *, but=()):
    """What an answer says, without the number of its question."""
    question = answer.question
    parts = {
        "row": question.row,
        "purpose": question.purpose,
        "round": question.round,
        "strategy": question.strategy,
        "probabilities": question.probabilities,
        "kind": answer.kind,
        "label": answer.label,
        "who": answer.who,
        "when": answer.when,
        "seconds": answer.seconds,
        "undone": answer.undone,
    }
    return tuple(value for name, value in parts.items() if name not in but)


def sorted_by_text(lines):
    return sorted(lines, key=repr)


@settings(max_examples=60)
@given(projects())
def test_csv_brings_back_all_that_is_known_of_every_answer(project):
    reviews, state = project
    brought = through_csv(reviews, state)
    assert brought.unread == brought.strangers == ()
    assert sorted_by_text(map(said, brought.answers)) == sorted_by_text(
        map(said, state.answers)
    )
    answered = {answer.question.row for answer in state.answers}
    assert brought.flags == {r: n for r, n in state.flags.items() if r in answered}


@settings(max_examples=60)
@given(projects())
def test_label_studio_brings_back_every_answer_that_was_not_taken_back(project):
    reviews, state = project
    brought = through_label_studio(reviews, state)
    assert brought.unread == brought.strangers == ()
    assert sorted_by_text(
        said(a, but=["probabilities"]) for a in brought.answers
    ) == sorted_by_text(
        said(a, but=["probabilities"]) for a in state.answers if not a.undone
    )


@settings(max_examples=60)
@given(projects())
def test_doccano_brings_back_one_answer_for_each_text(project):
    reviews, state = project
    brought = through_doccano(reviews, state)
    assert brought.unread == brought.strangers == ()
    standing = {said(a, but=["probabilities"]) for a in state.answers if not a.undone}
    found = [said(a, but=["probabilities"]) for a in brought.answers]
    assert set(found) <= standing
    rows = [answer.question.row for answer in brought.answers]
    assert len(rows) == len(set(rows))
    ours = {a.question.row for a in state.answers if not a.undone}
    assert set(rows) == ours
    labels = {a.question.row: a.label for a in brought.answers}
    settled = state.labels("training") | state.labels("test")
    answered = {
        (a.question.row, a.question.purpose): a.kind
        for a in state.answers
        if not a.undone and a.kind != "skip"
    }
    for row, label in settled.items():
        kinds = {answered.get((row, "test")), answered.get((row, "training"))} - {None}
        if kinds == {"label"}:
            assert labels[row] == label


FULL = State(
    ("bug", "wish"),
    (),
    (
        answer_to(0, None, kind="skip", who="zoë"),
        answer_to(
            0,
            "bug",
            who="zoë",
            after=9,
            round=3,
            strategy="Doubt()",
            probabilities=[0, 1],
        ),
        answer_to(0, "wish", purpose="again", who="ben", after=20),
        answer_to(1, None, kind="cannot_tell", purpose="test", after=30),
        answer_to(2, None, kind="skip", after=40),
        answer_to(3, "bug", after=50, undone=True),
        answer_to(3, "wish", after=60),
    ),
    {1: "ask Ben"},
)
FOUR = Reviews(["one", "two", "three", "four"], [-1] * 4, "four texts", FULL.classes)


@each_format
def test_what_a_format_holds_is_what_the_table_says(name):
    brought = FORMATS[name](FOUR, FULL)
    ours = {(a.question.row, a.kind, a.who): a for a in FULL.answers if not a.undone}
    theirs = {
        (a.question.row, a.kind, a.who): a for a in brought.answers if not a.undone
    }
    labelled, doubted, skipped = (
        (0, "label", "zoë"),
        (1, "cannot_tell", "ann"),
        (2, "skip", "ann"),
    )

    def comes_back(part) -> bool:
        pairs = [(theirs[k], ours[k]) for k in (labelled, doubted, skipped)]
        return all(part(their) == part(our) for their, our in pairs)

    found = {
        "text": {a.question.row for a in brought.answers} == {0, 1, 2, 3},
        "label": comes_back(lambda a: a.label),
        "who": comes_back(lambda a: a.who),
        "when": comes_back(lambda a: a.when),
        "skip": skipped in theirs,
        "can't tell": doubted in theirs,
        "seconds": comes_back(lambda a: a.seconds),
        "purpose": comes_back(lambda a: a.question.purpose),
        "flag": brought.flags == FULL.flags,
        "round": comes_back(lambda a: a.question.round),
        "strategy": comes_back(lambda a: a.question.strategy),
        "second opinion": (0, "label", "ben") in theirs,
        "earlier answers": (0, "skip", "zoë") in theirs,
        "probabilities": comes_back(lambda a: a.question.probabilities),
        "taken back": any(a.undone for a in brought.answers),
    }
    assert found == table_in_the_docstring()[name]


@each_format
def test_texts_are_told_by_what_they_say_wherever_they_stand(name):
    def moved(reviews, order):
        return Reviews([reviews.texts[k] for k in order], [-1] * len(order), "moved")

    out = {
        "CSV": lambda: csv_of(FULL, FOUR.texts, KnownTexts(FOUR).hashes),
        "doccano": lambda: doccano_lines(FOUR, FULL),
        "Label Studio": lambda: label_studio_tasks(FOUR, FULL),
    }[name]()
    read = {
        "CSV": read_csv,
        "doccano": read_doccano,
        "Label Studio": read_label_studio,
    }[name]
    here, there = read(out, FOUR), read(out, moved(FOUR, [3, 1, 2, 0]))
    place = {0: 3, 1: 1, 2: 2, 3: 0}
    assert [place[a.question.row] for a in here.answers] == [
        a.question.row for a in there.answers
    ]
    few = read(out, moved(FOUR, [1, 2]))
    assert {a.question.row for a in few.answers} == {0, 1}
    assert set(few.strangers) == {"one", "four"}


@each_format
def test_what_went_out_and_comes_back_is_known_and_changes_nothing(name):
    found = compared(FULL, FORMATS[name](FOUR, FULL))
    assert found.new == found.conflicts == found.classes == ()
    assert found.known


@each_format
def test_an_empty_store_can_be_filled_from_a_file_and_again_without_change(
    name, memory_folder
):
    brought = FORMATS[name](FOUR, FULL)
    store = Store.open(memory_folder, FOUR, who="ann")
    for again in (False, True):
        found = compared(store.state, brought)
        assert found.conflicts == ()
        assert (found.new == ()) == again
        for label in found.classes:
            store.add_class(label)
        store.bring_in(found.new)
    store.close()
    store = Store.open(memory_folder, FOUR, who="ann")
    assert store.state.labels("training") == FULL.labels("training")
    expected = {said(a, but=["undone"]) for a in brought.answers if not a.undone}
    assert {said(a, but=["undone"]) for a in store.state.answers} == expected
    store.close()


def brought(*answers):
    return Brought(answers)


def of_no_purpose(row, label, who, **more):
    return answer_to(row, label, purpose="", who=who, after=99, **more)


def test_another_answer_of_the_same_person_is_a_conflict_and_never_overwrites():
    found = compared(FULL, brought(of_no_purpose(3, "bug", "ann")))
    assert found.new == ()
    ((standing, theirs),) = found.conflicts
    assert (standing.label, theirs.label) == ("wish", "bug")


def test_another_answer_for_the_same_purpose_is_a_conflict_whoever_gave_it():
    theirs = answer_to(3, "bug", who="eve")
    assert compared(FULL, brought(theirs)).conflicts == ((FULL.answers[-1], theirs),)


def test_the_answer_of_another_person_is_a_second_opinion():
    (new,) = compared(FULL, brought(of_no_purpose(3, "bug", "eve"))).new
    assert new.question.purpose == "again"


def test_a_first_answer_is_for_training_unless_the_text_is_in_the_test_set():
    tests = State(("bug", "wish"), (Question(1, 2, "test", 0, "random"),))
    two = brought(of_no_purpose(1, "bug", "eve"), of_no_purpose(2, "bug", "eve"))
    found = compared(tests, two)
    assert [a.question.purpose for a in found.new] == ["training", "test"]


def test_a_skip_of_what_was_answered_since_changes_nothing():
    found = compared(FULL, brought(answer_to(3, None, kind="skip", after=2)))
    assert (found.new, len(found.known), found.conflicts) == ((), 1, ())


def test_two_answers_that_contradict_each_other_are_told_too():
    one, other = answer_to(2, "bug", who="eve"), answer_to(2, "wish", who="eve")
    found = compared(State(FULL.classes), brought(one, other))
    assert (found.new, found.conflicts) == ((one,), ((one, other),))


def test_classes_that_are_not_there_yet_are_named():
    found = compared(FULL, brought(of_no_purpose(2, "praise", "eve")))
    assert found.classes == ("praise",)


def test_an_answer_to_a_pending_question_is_its_answer(memory_folder):
    store = Store.open(memory_folder, FOUR, who="ann")
    store.add_class("bug")
    fields = {"purpose": "training", "round": 5, "strategy": "Doubt()"}
    (question,) = store.ask([{"row": 2, **fields}])
    store.bring_in(compared(store.state, brought(of_no_purpose(2, "bug", "eve"))).new)
    assert store.state.pending == ()
    (answer,) = store.state.answers
    assert (answer.question, answer.who) == (question, "eve")
    assert answer.when == BEGAN + timedelta(seconds=99)
    store.close()


def test_a_label_that_is_no_class_is_refused_and_nothing_is_added(memory_folder):
    store = Store.open(memory_folder, FOUR, who="ann")
    store.add_class("bug")
    with pytest.raises(ValueError, match="no class 'wish'"):
        store.bring_in([answer_to(1, "bug"), answer_to(2, "wish")])
    assert store.state.answers == ()
    store.close()


def test_what_cannot_be_understood_is_listed_with_its_place():
    found = read_doccano('{"text": "one", "label": ["a", "b"]}\n[1]\nno\n', FOUR)
    assert [line.partition(":")[0] for line in found.unread] == [
        "line 1",
        "line 2",
        "line 3",
    ]
    found = read_csv("text,label,when\none,bug,yesterday\ntwo,bug,\n", FOUR)
    assert len(found.answers) == 1
    assert found.unread[0].startswith("answer 1: ")
    both = [
        {"from_name": name, "type": "choices", "value": {"choices": [said]}}
        for name, said in (("label", "bug"), ("unsure", "can't tell"))
    ]
    tasks = [
        7,
        {"data": {"text": "one"}, "annotations": [{"id": 4, "result": 1}]},
        {"data": {"text": "two"}, "annotations": [{"id": 5, "result": []}]},
        {"data": {"text": "four"}, "annotations": [{"id": 6, "result": both}]},
    ]
    found = read_label_studio(tasks, FOUR)
    assert [line.partition(":")[0] for line in found.unread] == [
        "task 1",
        "task 2, annotation 4",
        "task 3, annotation 5",
        "task 4, annotation 6",
    ]


def test_a_csv_file_of_others_needs_texts_and_labels_only():
    found = read_csv("label,text\nbug,two\n,three\nwish,one\n", FOUR, who="Eve")
    assert [(a.question.row, a.label, a.who) for a in found.answers] == [
        (1, "bug", "Eve"),
        (0, "wish", "Eve"),
    ]
    with pytest.raises(ValueError, match="has the columns body: expected text"):
        read_csv("body\nx\n", FOUR)


def test_a_time_without_a_zone_counts_as_utc_and_others_are_brought_to_it():
    lines = (
        "text,label,when\none,bug,2026-03-01 10:00\ntwo,bug,2026-03-01T10:00+02:00\n"
    )
    found = read_csv(lines, FOUR)
    assert [a.when for a in found.answers] == [
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        datetime(2026, 3, 1, 10, tzinfo=UTC),
    ]


def test_a_label_changed_in_doccano_is_a_new_answer_and_one_taken_away_is_none():
    lines = [
        json.loads(line) for line in doccano_lines(FOUR, FULL, [0, 3]).splitlines()
    ]
    lines[0]["label"], lines[1]["label"] = ["wish"], []
    text = "\n".join(map(json.dumps, lines))
    (answer,) = read_doccano(text, FOUR, who="eve").answers
    assert (answer.question.row, answer.label, answer.who) == (0, "wish", "eve")


def test_texts_of_any_length_go_through_csv():
    long = Reviews(["word " * 300_000, "b"], [-1, -1], "long")
    state = State(("x", "y"), (), (answer_to(0, "x"),))
    assert through_csv(long, state).answers[0].label == "x"
