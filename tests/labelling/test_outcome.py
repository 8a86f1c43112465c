import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import answer_to
from sklearn.metrics import accuracy_score, f1_score

from alutils.corpus.reviews import Reviews
from alutils.labelling.events import ANSWERS, PURPOSES, Question, State
from alutils.labelling.outcome import outcome_of

NAMES = ("bug", "wish", "praise")
N = 40
REVIEWS = Reviews([f"text {row}" for row in range(N)], [-1] * N, "made up", NAMES)


class Noted:
    """Says of row r that it is of class r modulo k, and notes what it was taught."""

    def __init__(self, n_classes, rng):
        self.n_classes, self.taught = n_classes, None

    def fit(self, rows, labels, weights=None):
        self.taught = dict(zip(rows.tolist(), labels.tolist(), strict=True))

    def predict_proba(self, rows):
        return (
            0.1 / self.n_classes + 0.9 * np.eye(self.n_classes)[rows % self.n_classes]
        )


class Knowing(Noted):
    knows_classes = True


def of(*answers, classes=NAMES, pending=(), make=Noted):
    return outcome_of(REVIEWS, State(classes, tuple(pending), answers), make)


def in_test(row, label, **more):
    return answer_to(row, label, purpose="test", **more)


@st.composite
def states(draw):
    rows = st.integers(0, N - 1)
    answers = []
    for _ in range(draw(st.integers(0, 30))):
        kind = draw(st.sampled_from(ANSWERS))
        label = draw(st.sampled_from(NAMES)) if kind == "label" else None
        answers.append(
            answer_to(
                draw(rows),
                label,
                kind=kind,
                purpose=draw(st.sampled_from(PURPOSES)),
                who=draw(st.sampled_from(["ann", "ben"])),
                round=draw(st.integers(0, 2)),
                seconds=draw(st.none() | st.floats(0, 60)),
                undone=draw(st.booleans()),
            )
        )
    return State(NAMES, (), tuple(answers))


@settings(max_examples=60)
@given(states())
def test_what_people_did_and_what_classes_have_add_up_to_the_answers(state):
    outcome = outcome_of(REVIEWS, state, Noted)
    for purpose in PURPOSES:
        given_for = [
            a
            for a in state.current
            if a.kind == "label" and a.question.purpose == purpose
        ]
        assert outcome.people[purpose].sum() == len(given_for)
        assert outcome.by_class[purpose].sum() == len(given_for)
    skipped = sum(a.kind == "skip" and not a.undone for a in state.answers)
    assert outcome.people["skipped"].sum() == skipped
    unknown = sum(a.kind == "cannot_tell" for a in state.current)
    assert outcome.people["cannot_tell"].sum() == unknown
    undone = sum(a.undone for a in state.answers)
    assert outcome.people["taken_back"].sum() == undone
    timed = sum(a.seconds for a in state.answers if a.seconds is not None)
    assert outcome.minutes == pytest.approx(timed / 60)
    without = sum(a.seconds is None for a in state.answers)
    assert outcome.people["without_time"].sum() == without
    assert outcome.chosen["labels"].sum() == outcome.training_labels


@settings(max_examples=60)
@given(states())
def test_scores_are_those_of_the_labels_that_stand_in_the_test_set(state):
    outcome = outcome_of(REVIEWS, state, Noted)
    labels = state.labels("test")
    # Whoever could not tell after another's label has the last word.
    said = {
        a.question.row: a.label
        for a in state.answers
        if a.question.purpose == "test" and a.kind != "skip" and not a.undone
    }
    labels = {row: label for row, label in said.items() if label is not None}
    assert dict(zip(outcome.test["row"], outcome.test["label"], strict=True)) == labels
    assert outcome.cannot_tell == len(said) - len(labels)
    if outcome.learner is None or not labels:
        assert outcome.errors is None
        assert outcome.curve.empty
        return
    truth = [NAMES.index(label) for label in labels.values()]
    says = [row % 3 for row in labels]
    last = outcome.curve.iloc[-1]
    assert last["accuracy"] == pytest.approx(accuracy_score(truth, says))
    f1 = f1_score(truth, says, labels=[0, 1, 2], average="macro", zero_division=0)
    assert last["macro_f1"] == pytest.approx(f1)
    assert last["accuracy_low"] <= last["accuracy"] <= last["accuracy_high"]


def test_the_interval_of_the_accuracy_is_wilsons():
    right = [in_test(row, NAMES[row % 3]) for row in range(24)]
    wrong = [in_test(row, NAMES[(row + 1) % 3]) for row in range(24, 30)]
    last = of(*right, *wrong, answer_to(35, "bug")).curve.iloc[-1]
    # Wilson (1927): the roots of (p - x)^2 = z^2 x (1 - x) / n.
    n, p, z2 = 30, 0.8, 1.959964**2
    roots = np.roots([1 + z2 / n, -2 * p - z2 / n, p**2])
    assert [last["accuracy_high"], last["accuracy_low"]] == pytest.approx(
        sorted(roots, reverse=True), abs=1e-6
    )


def test_each_round_is_judged_after_its_own_labels_and_those_before():
    answers = [answer_to(row, NAMES[row % 2], round=row // 4) for row in range(12)]
    curve = of(*answers, in_test(30, "bug")).curve
    assert curve["round"].tolist() == [0, 1, 2]
    assert curve["labels"].tolist() == [4, 8, 12]


def test_a_text_that_was_drawn_for_the_test_set_is_never_learnt():
    waiting = Question(9, 4, "test", 0, "random")
    outcome = of(
        in_test(3, "bug"),
        *(answer_to(row, "wish") for row in (3, 4, 5)),
        answer_to(6, "bug"),
        pending=[waiting],
    )
    assert outcome.learner.taught == {5: 1, 6: 0}
    assert (outcome.training_labels, outcome.drawn) == (2, 2)


def test_a_project_without_two_classes_or_labels_has_no_model_yet():
    for outcome in (
        of(classes=()),
        of(answer_to(0, "bug"), in_test(1, "bug"), classes=("bug",)),
        of(in_test(1, "bug")),
        of(answer_to(0, None)),
    ):
        assert outcome.learner is None
        assert (outcome.training_labels, outcome.errors) == (0, None)
        assert outcome.curve.empty


def test_a_model_without_a_test_set_is_there_and_not_judged():
    outcome = of(answer_to(0, "bug"), answer_to(1, "wish"))
    assert outcome.learner.taught == {0: 0, 1: 1}
    assert (outcome.training_labels, outcome.errors) == (2, None)


def test_a_learner_that_knows_the_classes_is_judged_before_the_first_label():
    answers = [in_test(row, NAMES[row % 3]) for row in range(6)]
    alone = of(*answers, make=Knowing)
    assert alone.curve[["round", "labels"]].to_numpy().tolist() == [[-1, 0]]
    assert alone.learner.taught == {}
    later = of(*answers, answer_to(20, "bug"), make=Knowing)
    assert later.curve["labels"].tolist() == [0, 1]


def test_the_same_state_and_seed_give_the_same_random_generators():
    drawn = []

    def drawing(n_classes, rng):
        drawn.append(rng.random())
        return Noted(n_classes, rng)

    answers = (answer_to(0, "bug"), answer_to(1, "wish", round=1))
    of(*answers, make=drawing)
    of(*answers, make=drawing)
    assert drawn[: len(drawn) // 2] == drawn[len(drawn) // 2 :]
    assert len(set(drawn)) == len(drawn) // 2
