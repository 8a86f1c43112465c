import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from course import ENOUGH, STRATEGIES, TRUTH, begin, open_again, outcome, step
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alutils.loop.saved import read_session, write_session
from alutils.loop.session import Session
from alutils.strategies.base import random_sampling


class NoLearner:
    """Learns nothing, and gives all classes alike; notes what it was taught."""

    def __init__(self, classes: int = 2) -> None:
        self.classes, self.taught = classes, []

    def fit(self, rows, labels, weights=None) -> None:
        self.taught.append((rows.tolist(), labels.tolist()))

    def predict_proba(self, rows) -> np.ndarray:
        return np.full((len(rows), self.classes), 1 / self.classes)


def first_come(state, size):
    return state.pool[:size]


def session_of(pool, strategy=first_come, **known) -> Session:
    return Session(NoLearner(), strategy, pool, np.random.default_rng(0), **known)


# --- ask and tell


class AskingAndTelling(RuleBasedStateMachine):
    """A session beside books that are kept in the plainest way."""

    def __init__(self) -> None:
        super().__init__()
        self.everything = set(range(100, 125))
        pool = np.random.default_rng(1).permutation(sorted(self.everything))[3:]
        start = sorted(self.everything - set(pool.tolist()))
        self.session = session_of(
            pool, random_sampling, rows=start, labels=[0, 2, 1], n_classes=3
        )
        self.label_of = dict(zip(start, [0, 2, 1], strict=True))
        self.pending, self.aside = [], set()
        self.was_asked = set(start)

    @rule(n=st.integers(0, 12))
    def ask(self, n):
        free = set(self.session.pool.tolist())
        asked = self.session.ask(n).tolist()
        assert asked[: len(self.pending)] == self.pending[:n]
        new = asked[len(self.pending) :]
        assert len(asked) == min(n, len(self.pending) + len(free))
        assert set(new) <= free
        assert len(set(new)) == len(new)
        self.pending += new
        self.was_asked |= set(new)

    @rule(data=st.data(), ask_again=st.booleans())
    def tell(self, data, ask_again):
        asked = sorted(self.was_asked - set(self.label_of))
        rows = data.draw(st.permutations(asked))[: data.draw(st.integers(0, 4))]
        labels = [data.draw(st.integers(-1, 2)) for _ in rows]
        self.session.tell(rows, labels, ask_again=ask_again)
        for row, label in zip(rows, labels, strict=True):
            self.pending = [other for other in self.pending if other != row]
            self.aside.discard(row)
            if label >= 0:
                self.label_of[row] = label
            elif not ask_again:
                self.aside.add(row)

    @rule(data=st.data(), ask_again=st.booleans())
    def tell_again(self, data, ask_again):
        rows = data.draw(st.lists(st.sampled_from(sorted(self.label_of))))
        self.session.tell(
            rows, [self.label_of[row] for row in rows], ask_again=ask_again
        )

    @rule(data=st.data())
    def correct(self, data):
        rows = data.draw(st.lists(st.sampled_from(sorted(self.label_of)), unique=True))
        labels = [data.draw(st.integers(0, 2)) for _ in rows]
        self.session.correct(rows, labels)
        self.label_of |= dict(zip(rows, labels, strict=True))

    @precondition(lambda self: self.aside)
    @rule()
    def tell_again_that_nobody_knows(self):
        self.session.tell(sorted(self.aside), [-1] * len(self.aside))

    @invariant()
    def every_row_is_in_its_place(self):
        session = self.session
        assert session.rows.tolist() == list(self.label_of)
        assert session.labels.tolist() == list(self.label_of.values())
        assert session.pending.tolist() == self.pending
        assert set(session.aside.tolist()) == self.aside
        places = [session.rows, session.pool, session.pending, session.aside]
        assert sorted(np.concatenate(places).tolist()) == sorted(self.everything)


def test_whatever_is_asked_and_told_every_row_is_in_one_place_and_nothing_is_lost():
    run_state_machine_as_test(
        AskingAndTelling, settings=hypothesis_settings(stateful_step_count=20)
    )


def test_rows_that_were_never_asked_for_keep_their_order_and_returned_ones_come_last():
    session = session_of([7, 3, 9, 5])
    assert session.ask(2).tolist() == [7, 3]
    session.tell([3], [-1], ask_again=True)
    assert session.pool.tolist() == [9, 5, 3]
    session.tell([3], [-1], ask_again=True)  # told before: nothing changes
    assert session.pool.tolist() == [9, 5, 3]
    assert session.ask(4).tolist() == [7, 9, 5, 3]


def test_a_row_that_nobody_knew_may_get_its_label_later():
    session = session_of([7, 3, 9])
    session.ask(2)
    session.tell([7, 3], [-1, -1])
    assert session.ask(9).tolist() == [9]
    session.tell([3], [1])
    assert (session.rows.tolist(), session.aside.tolist()) == ([3], [7])


def test_a_row_that_nobody_knows_from_the_start_is_set_aside():
    session = session_of([5], rows=[1, 2], labels=[-1, 0])
    assert (session.rows.tolist(), session.aside.tolist()) == ([2], [1])


def test_a_learner_learns_what_is_known_in_the_order_in_which_it_was_told():
    session = session_of([7, 3, 9], rows=[4], labels=[1])
    session.ask(3)
    session.tell([9, 7], [0, 1])
    session.fit()
    session.tell([3], [0])
    session.fit()
    assert session.learner.taught == [
        ([4, 9, 7], [1, 0, 1]),
        ([4, 9, 7, 3], [1, 0, 1, 0]),
    ]
    assert session.rounds == 2
    assert session.fitted == len(session.rows)


def test_before_the_first_fit_and_without_a_label_a_session_can_ask():
    session = begin("margin")
    assert len(session.ask(4)) == 4
    nothing_known = session_of(np.arange(9))
    assert len(nothing_known.ask(4)) == 4
    nothing_known.fit()


def test_lists_and_series_will_do_and_nothing_that_is_handed_in_is_changed():
    pool, rows = np.array([7, 3, 9]), np.array([4])
    answers = pd.Series([1, 0], index=[8, 2])
    session = session_of(pool, rows=rows, labels=pd.Series([1], index=[5]))
    asked = session.ask(2)
    session.tell(asked.tolist(), answers)
    session.fit()
    assert session.labels.tolist() == [1, 1, 0]
    for given, then in ((pool, [7, 3, 9]), (rows, [4])):
        assert given.tolist() == then
        assert given.flags.writeable


@pytest.mark.parametrize("name", ["rows", "labels", "pending", "pool", "aside"])
def test_the_books_cannot_be_changed_from_outside(name):
    session = session_of([7, 3, 9], rows=[4], labels=[1])
    session.ask(1)
    with pytest.raises(ValueError, match="read-only"):
        getattr(session, name)[:] = 0


def test_the_committee_of_a_learner_is_shown_to_the_strategy():
    shown = []

    def look(state, size):
        shown.append(state.predict_members)
        return state.pool[:size]

    for learner in (NoLearner(), begin("committee").learner):
        Session(learner, look, [1, 2], np.random.default_rng(0)).ask(1)
    assert shown == [None, learner.predict_members]


def test_the_strategy_sees_the_labels_that_are_known_and_of_the_pool_none():
    shown = []

    def look(state, size):
        shown.append((state.labelled.tolist(), state.labels.tolist()))
        return state.pool[:size]

    session = session_of([7, 3, 9], look, rows=[4, 5], labels=[1, -1])
    session.ask(1)
    session.tell([7], [0])
    session.ask(1)
    assert shown == [([4], [1]), ([4, 7], [1, 0])]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (([9], [0]), r"row 9 was not asked for: tell only rows that ask\(n\) gave"),
        (([50], [0]), "row 50 was not asked for"),
        (([7], [2]), "row 7 has the label 2: expected .* from 0 to 1, or -1"),
        (([7], [-2]), "row 7 has the label -2: expected .* or -1 where unknown"),
        (([4], [0]), "row 4 has the label 1, and is now told 0: .*use correct"),
        (([4], [-1]), "row 4 has the label 1, and is now told -1"),
        (([7, 7], [0, 1]), "row 7 has the label 0, and is now told 1"),
        (([7, 7], [1, -1]), "row 7 has the label 1, and is now told -1"),
        (([7, 3], [0]), r"2 rows and labels of shape \(1,\): expected one label for"),
        (([7], [[0]]), r"1 rows and labels of shape \(1, 1\)"),
        (([7], [1.0]), "labels are float64: expected whole numbers, -1 where"),
        (([7], ["positive"]), "labels are <U8: expected whole numbers"),
        (([7], [None]), "labels are object: expected whole numbers"),
        (([7.0], [1]), "rows are float64: expected whole numbers"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_was_expected(told, message):
    session = session_of([7, 3, 9], rows=[4], labels=[1])
    session.ask(2)
    rows, labels = told
    with pytest.raises((ValueError, TypeError), match=message):
        session.tell(rows, labels)
    assert session.rows.tolist() == [4]
    assert session.pending.tolist() == [7, 3]


def test_of_answers_with_a_fault_none_is_taken():
    session = session_of([7, 3, 9], rows=[4], labels=[1])
    session.ask(2)
    for row, label in ((9, 0), (4, 0), (7, 5)):
        with pytest.raises(ValueError, match=f"row {row} "):
            session.tell([3, row], [1, label])
    assert session.rows.tolist() == [4]
    assert session.pending.tolist() == [7, 3]


@pytest.mark.parametrize(
    ("corrected", "message"),
    [
        (([4, 7], [0, 1]), r"row 7 has no label to correct: tell\(…\) takes a first"),
        (([4, 9], [0, 1]), "row 9 has no label to correct"),
        (([4], [-1]), "row 4 is corrected to -1: expected a class"),
        (([4], [2]), "row 4 has the label 2: expected .* from 0 to 1"),
        (([4, 4], [0, 1]), "row 4 has the label 0, and is now told 1"),
        (([4, 7], [0]), r"2 rows and labels of shape \(1,\)"),
        (([4.0], [0]), "rows are float64: expected whole numbers"),
    ],
)
def test_what_cannot_be_corrected_is_refused_and_nothing_is_changed(corrected, message):
    session = session_of([7, 3, 9], rows=[4], labels=[1])
    session.ask(2)
    with pytest.raises((ValueError, TypeError), match=message):
        session.correct(*corrected)
    assert (session.rows.tolist(), session.labels.tolist()) == ([4], [1])


def test_a_learner_learns_a_corrected_label_at_its_old_place():
    session = session_of([7], rows=[4, 5, 6], labels=[1, 0, 1])
    session.fit()
    session.correct([5, 6], [1, 1])
    session.fit()
    assert session.learner.taught == [([4, 5, 6], [1, 0, 1]), ([4, 5, 6], [1, 1, 1])]


def test_without_a_number_of_classes_any_label_from_0_up_is_taken():
    session = session_of([7, 3], n_classes=None)
    session.ask(2)
    session.tell([7], [12])
    assert session.labels.tolist() == [12]
    with pytest.raises(
        ValueError, match=r"row 3 has the label -2: .* from 0 up, or -1"
    ):
        session.tell([3], [-2])


@pytest.mark.parametrize("n", [-1, 2.5, "5", None])
def test_a_number_that_is_none_is_not_asked_for(n):
    with pytest.raises(ValueError, match=r"ask\(.*\): expected a whole number"):
        session_of([1, 2]).ask(n)


@pytest.mark.parametrize(
    ("pool", "rows", "row"), [([1, 2, 1], [], 1), ([1, 2], [2], 2), ([1], [3, 3], 3)]
)
def test_a_row_in_two_places_is_refused(pool, rows, row):
    with pytest.raises(ValueError, match=f"row {row} is there twice"):
        session_of(pool, rows=rows, labels=[0] * len(rows))


# --- save and open


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_saved_and_opened_after_every_tell_a_session_ends_like_one_that_ran_through(
    strategy, tmp_path
):
    through, interrupted = begin(strategy), begin(strategy)
    while len(through.rows) < ENOUGH:
        step(through)
        step(interrupted)
        interrupted.save(tmp_path)
        interrupted = open_again(tmp_path, strategy)
    assert outcome(interrupted) == outcome(through)


LIVES = """
import json, os, signal, sys
from course import *

folder, strategy = sys.argv[1:]
kills = 0
while True:
    child = os.fork()
    if child == 0:
        try:
            begun = os.path.exists(folder)
            session = open_again(folder, strategy) if begun else begin(strategy)
            if len(session.rows) >= ENOUGH:
                print(json.dumps(outcome(session) | {"kills": kills}), flush=True)
                os._exit(0)
            step(session)
            session.save(folder)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        sys.exit(os.WEXITSTATUS(status))
    assert os.WTERMSIG(status) == signal.SIGKILL
    kills += 1
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_killed_after_every_tell_a_session_ends_like_one_that_ran_through(
    strategy, tmp_path, run_python
):
    support = str(Path(__file__).parents[1] / "support")
    folder = str(tmp_path / "session")
    code = f"import sys; sys.argv = ['', {folder!r}, {strategy!r}]" + LIVES
    survived = json.loads(run_python(code, PYTHONPATH=support))
    through = begin(strategy)
    tells = 0
    while len(through.rows) < ENOUGH:
        step(through)
        tells += 1
    assert survived.pop("kills") == tells > 20
    assert survived == outcome(through)


def test_a_committee_comes_back_as_it_was_fitted_even_if_more_was_told_since(tmp_path):
    session = begin("committee")
    for _ in range(12):
        step(session)
    session.fit()
    session.ask(6)
    session.tell(session.pending[:2], TRUTH[session.pending[:2]])
    session.save(tmp_path)
    again = open_again(tmp_path, "committee")
    everything = np.arange(len(TRUTH))
    for one, other in (
        (session.predict_proba(everything), again.predict_proba(everything)),
        (
            session.learner.predict_members(everything),
            again.learner.predict_members(everything),
        ),
    ):
        assert np.array_equal(one, other)
    assert outcome(again) == outcome(session)


def test_a_session_corrected_since_its_fit_comes_back_as_it_was_fitted(tmp_path):
    session = begin("margin")
    for _ in range(12):
        step(session)
    session.fit()
    wrong = session.rows[[0, 3, 7]]
    session.correct(wrong, (TRUTH[wrong] + 1) % 3)
    session.save(tmp_path)
    again = open_again(tmp_path, "margin")
    everything = np.arange(len(TRUTH))
    one, other = (s.predict_proba(everything).tolist() for s in (session, again))
    assert one == other
    again.save(tmp_path)  # nothing is lost by looking at it
    again = open_again(tmp_path, "margin")
    assert again.predict_proba(everything).tolist() == one
    session.correct(wrong[:1], TRUTH[wrong[:1]])
    again.correct(wrong[:1], TRUTH[wrong[:1]])
    assert outcome(again) == outcome(session)


def test_a_session_saved_before_labels_could_be_corrected_is_opened(tmp_path):
    session = begin("margin")
    session.fit()
    session.save(tmp_path)
    facts, arrays = read_session(tmp_path)
    del facts["corrected_since"]
    kept = ("kind", "form", "rows")
    facts = {name: fact for name, fact in facts.items() if name not in kept}
    write_session(tmp_path, facts, arrays)
    assert outcome(open_again(tmp_path, "margin")) == outcome(session)


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_kind_of_random_generator_goes_on_where_it_was(kind, tmp_path):
    rng = np.random.Generator(getattr(np.random, kind)(3))
    rng.integers(9, dtype=np.int32)  # half of a draw is kept back
    session = Session(NoLearner(), random_sampling, np.arange(50), rng)
    session.save(tmp_path)
    again = Session.open(tmp_path, NoLearner(), random_sampling)
    assert again.ask(20).tolist() == session.ask(20).tolist()


def test_what_is_saved_is_plain_data(tmp_path):
    session = session_of([7, 3, 9], rows=[4], labels=[1], corpus="abc")
    session.ask(1)
    session.save(tmp_path)
    facts = json.loads((tmp_path / "session.json").read_text())
    assert facts["n_classes"] == 2
    assert facts["corpus"] == "abc"
    assert {"python", "keras"} <= set(facts["versions"])
    with np.load(tmp_path / facts["rows"], allow_pickle=False) as arrays:
        assert {name: arrays[name].tolist() for name in arrays} == {
            "pool": [3, 9],
            "pending": [7],
            "known": [4],
            "labels": [1],
            "aside": [],
            "returned": [],
        }
    assert len(list(tmp_path.iterdir())) == 2


def opened(folder, learner=None, **more) -> Session:
    return Session.open(folder, learner or NoLearner(), first_come, **more)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"corpus": "other"}, "saved with corpus 'abc', and is opened with 'other'"),
        ({}, "saved with corpus 'abc', and is opened with None"),
        ({"corpus": "abc", "n_classes": 3}, "saved with n_classes 2, .* with 3"),
        (
            {"corpus": "abc", "learner": begin("committee").learner},
            r"the learner's random generators \[\], and is opened with \['PCG64'\]",
        ),
    ],
)
def test_a_session_of_something_else_is_refused(given, message, tmp_path):
    session_of([7, 3], corpus="abc").save(tmp_path)
    with pytest.raises(ValueError, match=rf"{message}: open it with what it was"):
        opened(tmp_path, **given)
    assert opened(tmp_path, corpus="abc").pool.tolist() == [7, 3]
