import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alutils.corpus.reviews import Reviews
from alutils.labelling.asking import name_of
from alutils.labelling.desk import Desk
from alutils.labelling.store import Store
from alutils.learners.linear import LinearLearner
from alutils.strategies.base import random_sampling
from alutils.strategies.uncertainty import Doubt, RandomFirst

NAMES = ("bug", "wish", "praise", "question", "spam")


class Bench:
    """Texts with places, from which the linear learner can learn, and a desk to which
    somebody may come back."""

    def __init__(self, folder, texts: int = 120, classes: int = 2, **sizes) -> None:
        rng = np.random.default_rng(7)
        self.places = rng.normal(size=(texts, 4))
        self.classes = NAMES[:classes]
        names = [f"text number {row}" for row in range(texts)]
        self.reviews = Reviews(names, [-1] * texts, "made-up texts")
        self.folder, self.named = folder, self.classes
        usual = {"test_size": 10, "start_size": 10, "batch_size": 10, "budget": 80}
        self.sizes = {"strategy": Doubt(), **usual, **sizes}
        self.taught: list[list[int]] = []  # rows that were learnt, a list a training
        self.desk = self.come()

    def come(self, who: str = "Ada", **more: object) -> Desk:
        """Sit down, after whatever happened before."""
        store = Store.open(self.folder, self.reviews, who=who)
        for name in self.named:
            store.add_class(name)
        sizes = self.sizes | more
        self.desk = Desk(self.reviews, store, make_learner=self.learner, **sizes)
        return self.desk

    def learner(self, n_classes, rng) -> LinearLearner:
        learner, taught = LinearLearner(self.places, n_classes=n_classes), self.taught

        class Noting:
            predict_proba = learner.predict_proba

            def fit(self, rows, labels) -> None:
                taught.append(rows.tolist())
                learner.fit(rows, labels)

        return Noting()

    def truth(self, row: int) -> str:
        return self.classes[int(self.places[row, : len(self.classes)].argmax())]

    def step(self, label=None) -> bool:
        """Answer one question; False if there was none."""
        if self.desk.training_due:
            self.desk.train()
        question = self.desk.question
        if question is None:
            return False
        label = label or self.truth(question.row)
        self.desk.answer(label, question=question.number, seconds=2.0)
        return True

    def answers(self, number: int = 10_000) -> int:
        for done in range(number):
            if not self.step():
                return done
        return number

    def asked(self) -> list[tuple]:
        questions = (a.question for a in self.desk.store.state.answers)
        return [
            (q.row, q.purpose, q.round, q.strategy, q.probabilities) for q in questions
        ]

    def rows(self, purpose: str) -> list[int]:
        return [row for row, its, *_ in self.asked() if its == purpose]


@pytest.fixture
def bench(memory_folder):
    made = []

    def make(**more) -> Bench:
        made.append(Bench(memory_folder / f"store-{len(made)}", **more))
        return made[-1]

    yield make
    for one in made:
        one.desk.store.close()


# --- what is asked


def test_the_test_set_comes_first_without_a_random_start_too(bench):
    one = bench(start_size=0)
    assert not one.desk.training_due
    one.answers(30)
    assert [purpose for _, purpose, *_ in one.asked()][:11] == [
        *["test"] * 10,
        "training",
    ]


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_the_test_set_comes_first_then_a_random_start_then_what_the_model_doubts(
    bench, classes
):
    one = bench(classes=classes)
    assert one.answers() == 80
    by_round = {}
    for _, purpose, number, strategy, p in one.asked():
        if purpose != "again":
            by_round.setdefault((purpose, number), set()).add((strategy, p is None))
    assert list(by_round) == [
        ("test", 0),
        *(("training", k) for k in range(len(by_round) - 1)),
    ]
    assert (
        by_round.pop(("test", 0)) == by_round.pop(("training", 0)) == {("random", True)}
    )
    assert set.union(*by_round.values()) == {("Doubt(margin)", False)}
    assert all(len(p) == classes for *_, p in one.asked() if p)
    accurate = [
        one.classes[p] == one.truth(row)
        for row, p in enumerate(one.desk.predict_proba(np.arange(120)).argmax(axis=1))
    ]
    assert np.mean(accurate) > 1.5 / classes


def test_each_batch_is_what_the_model_doubts_most_after_learning_all_answers(bench):
    one = bench(again_share=0.0)
    one.answers(30)
    one.desk.train()
    labels = one.desk.store.state.labels("training")
    model = LinearLearner(one.places)
    model.fit(
        np.array([*labels]), np.array([one.classes.index(v) for v in labels.values()])
    )
    taken = {*labels, *one.desk.store.state.labels("test")}
    pool = np.array([row for row in range(120) if row not in taken])
    doubted = pool[np.argsort(np.abs(model.predict_proba(pool)[:, 1] - 0.5))[:10]]
    pending = one.desk.store.state.pending
    assert [q.row for q in pending] == doubted.tolist()
    told = [q.probabilities for q in pending]
    assert np.allclose(told, model.predict_proba(doubted))


def test_no_test_text_is_ever_learnt_and_no_copy_of_one(memory_folder):
    texts = [f"text {row % 40}" + " " * (row // 40) for row in range(120)]
    reviews = Reviews(texts, [-1] * 120, "each text three times")
    taught = set()

    class Noting:
        def fit(self, rows, labels):
            taught.update(texts[row].strip() for row in rows)

        def predict_proba(self, rows):
            return np.full((len(rows), 2), 0.5)

    store = Store.open(memory_folder, reviews, who="Ada")
    for name in ("bug", "wish"):
        store.add_class(name)
    desk = Desk(
        reviews,
        store,
        make_learner=lambda n_classes, rng: Noting(),
        strategy=random_sampling,
        test_size=15,
        start_size=5,
        batch_size=5,
        budget=None,
        again_share=0.5,
    )
    seen = []
    while desk.training_due or desk.question:
        if desk.training_due:
            desk.train()
        elif desk.question.purpose != "again":
            seen.append((desk.question.purpose, desk.text.strip()))
            desk.answer("bug", question=desk.question.number)
        else:
            desk.answer("wish", question=desk.question.number)
    assert len({text for _, text in seen}) == len(seen) == 40
    tests = {text for purpose, text in seen if purpose == "test"}
    assert len(tests) == 15
    assert taught == {text for _, text in seen} - tests
    store.close()


def test_nothing_is_asked_twice_but_for_a_second_opinion_and_the_budget_is_kept(bench):
    one = bench(texts=200, budget=150, again_share=0.3)
    assert one.answers() == 150
    first = one.rows("test") + one.rows("training")
    assert len(set(first)) == len(first)
    assert len(first) + len(one.rows("again")) == 150
    assert one.desk.progress.budget_left == 0
    assert one.desk.question is None
    assert not one.desk.training_due
    assert not one.step()


def test_second_opinions_are_a_share_asked_later_and_never_learnt(bench):
    one = bench(texts=600, budget=500, batch_size=20, again_share=0.25)
    while one.step():
        answered = one.desk.store.state.answers[-1]
        if answered.question.purpose == "again":  # said the other way round on purpose
            one.desk.undo()
            other = {"bug": "wish", "wish": "bug"}[one.truth(answered.question.row)]
            one.desk.answer(other, question=answered.question.number)
    standing = one.desk.store.state.current
    rows = [(a.question.row, a.question.purpose) for a in standing]
    places = {entry: place for place, entry in enumerate(rows)}
    again = one.desk.store.state.labels("again")
    labels = one.desk.store.state.labels
    first = {
        row: (purpose, label)
        for purpose in ("test", "training")
        for row, label in labels(purpose).items()
    }
    assert 0.15 < len(again) / len(first) < 0.35
    for row, label in again.items():
        purpose, before = first[row]
        assert places[row, "again"] - places[row, purpose] > 10
        assert before == one.truth(row) != label
    assert {first[row][0] for row in again} == {"test", "training"}
    for taught in one.taught:
        assert len(set(taught)) == len(taught)
    before_and_after = [
        rows[k + 1][1] for k, (_, what) in enumerate(rows[:-1]) if what == "again"
    ]
    assert Counter(before_and_after)["training"] > 10  # mixed in, not one after another


def test_another_person_is_asked_about_a_share_of_what_the_first_has_answered(bench):
    one = bench(texts=200, budget=None, again_share=0.3)
    one.answers(60)
    answered = one.desk.store.state.labels("training")
    one.come("Ben")
    one.answers(60)
    opinions = [
        a for a in one.desk.store.state.current if a.question.purpose == "again"
    ]
    of_ben = [a for a in opinions if a.who == "Ben" and a.question.row in answered]
    assert 0.1 < len(of_ben) / len(answered) < 0.5
    assert all(a.question.who == a.who for a in opinions)


def test_a_person_can_be_asked_for_second_opinions_and_nothing_else(bench):
    one = bench(texts=200, budget=None, again_share=0.3)
    one.answers(60)
    answered = {a.question.row for a in one.desk.store.state.current}
    one.come("Ben", only_again=True)
    one.answers()
    of_ben = [a.question for a in one.desk.store.state.current if a.who == "Ben"]
    assert {question.purpose for question in of_ben} == {"again"}
    assert {question.row for question in of_ben} <= answered
    assert 0.1 < len(of_ben) / len(answered) < 0.5
    assert one.desk.question is None and not one.desk.training_due


def test_without_a_share_nobody_is_asked_again(bench):
    one = bench(again_share=0.0)
    one.answers()
    assert one.rows("again") == []


# --- what follows from the events


def test_who_closes_the_desk_after_every_answer_is_asked_what_others_are(bench):
    through, closed = (bench(again_share=0.3) for _ in range(2))
    through.answers()
    while closed.step():
        closed.desk.store.close()
        closed.come()
    assert closed.asked() == through.asked()
    assert len(closed.asked()) == 80


def test_who_undoes_and_skips_at_random_is_asked_the_same_after_every_restart(bench):
    def course(one: Bench, restarts: bool) -> list[tuple]:
        rng = np.random.default_rng(5)
        for _ in range(120):
            if one.desk.training_due:
                one.desk.train()
            question, dice = one.desk.question, rng.random()
            if question is None:
                break
            if dice < 0.15:
                one.desk.skip(question=question.number)
            elif dice < 0.25:
                one.desk.cannot_tell(question=question.number)
            elif dice < 0.35:
                one.desk.undo()
            else:
                one.step()
            if restarts:
                one.come()
        return one.asked()

    through, closed = (bench(again_share=0.3) for _ in range(2))
    asked = course(through, restarts=False)
    assert course(closed, restarts=True) == asked
    for one in (through, closed):
        for purpose in ("test", "training"):
            current = [
                a.question.row
                for a in one.desk.store.state.current
                if a.question.purpose == purpose and a.kind != "skip"
            ]
            assert len(set(current)) == len(current)


def test_another_seed_asks_something_else(bench):
    asked = []
    for seed in (0, 1, 0):
        one = bench(seed=seed)
        one.answers(25)
        asked.append(one.asked())
    assert asked[0] == asked[2] != asked[1]


def test_pending_questions_survive_a_restart_in_their_order(bench):
    one = bench()
    one.answers(25)
    pending = one.desk.store.state.pending
    assert len(pending) > 3
    assert one.come().store.state.pending == pending
    assert one.desk.question == pending[0]


# --- skips, and what cannot be told


def test_a_text_that_is_put_off_twice_comes_in_a_later_batch(bench):
    one = bench(again_share=0.0)
    one.answers(12)
    hard = one.desk.question.row
    rounds = []
    for _ in range(60):
        if one.desk.training_due:
            one.desk.train()
        question = one.desk.question
        if question is None:
            break
        if question.row == hard:
            rounds.append(question.round)
            one.desk.skip(question=question.number)
        else:
            one.step()
    assert rounds[:2] == [0, 0]
    assert all(later > 0 for later in rounds[2:])
    assert max(Counter(rounds).values()) <= 2


def test_test_texts_that_are_put_off_come_back_until_the_test_set_is_whole(bench):
    one = bench()
    hard = one.desk.question.row
    while one.desk.question.purpose == "test":
        if one.desk.question.row == hard:
            one.desk.skip(question=one.desk.question.number)
        else:
            one.step()
    assert one.desk.progress.test_done == 9
    one.answers()
    assert one.desk.progress.test_done == 10
    assert one.rows("test")[-1] == hard
    assert all(hard not in taught for taught in one.taught)


def test_the_only_text_that_is_left_can_be_put_off_for_ever(bench):
    one = bench(
        texts=12, test_size=5, start_size=2, batch_size=3, budget=None, again_share=0
    )
    one.answers(11)
    for _ in range(5):
        if one.desk.training_due:
            one.desk.train()
        (question,) = one.desk.store.state.pending
        one.desk.skip(question=question.number)
        assert not one.desk.store.state.pending
    assert one.answers() == 1


def test_what_cannot_be_told_is_not_asked_again_counts_for_the_test_and_is_not_learnt(
    bench,
):
    one = bench(again_share=0.0)
    untold = []
    while True:
        if one.desk.training_due:
            one.desk.train()
        question = one.desk.question
        if question is None:
            break
        if question.row % 3 == 0:
            untold.append(question.row)
            one.desk.cannot_tell(question=question.number)
        else:
            one.step()
    assert len(set(untold)) == len(untold) > 10
    assert one.desk.progress.test_done == 10
    assert not {row for taught in one.taught for row in taught} & set(untold)
    # The random start has the labels that were wanted, whatever could not be told.
    assert len(one.taught[0]) == 10


def test_what_could_not_be_told_can_be_undone(bench):
    one = bench()
    one.answers(15)
    question = one.desk.question
    one.desk.cannot_tell(question=question.number)
    assert one.desk.undo() == question
    assert one.desk.question == question
    one.desk.answer("bug", question=question.number)
    assert one.desk.store.state.labels("training")[question.row] == "bug"


# --- classes


def test_classes_can_be_named_while_labelling_and_until_two_are_rows_are_random(
    memory_folder,
):
    one = Bench(memory_folder / "free", budget=70, again_share=0.0)
    one.desk.store.close()
    one.folder, one.named = memory_folder / "freer", ()
    desk = one.come()
    for place in range(30):
        assert not desk.training_due
        question = desk.question
        if place == 3:
            desk.store.add_class("bug")
        if place < 3:
            desk.cannot_tell(question=question.number)
        else:
            desk.answer("bug", question=question.number)
    with pytest.raises(ValueError, match="1 classes are named: name two first"):
        desk.predict_proba(np.arange(3))
    assert one.taught == []
    desk.store.add_class("wish")
    one.answers()
    assert len(one.asked()) == 70
    strategies = [strategy for *_, strategy, _ in one.asked()]
    assert strategies[:30] == ["random"] * 30
    assert strategies[-1] == "Doubt(margin)"
    desk.store.add_class("praise")
    assert desk.predict_proba(np.arange(3)).shape == (3, 3)
    desk.store.close()


def test_a_class_named_late_is_learnt_with_the_next_training(bench):
    one = bench(again_share=0.0)
    one.answers(25)
    one.classes = (*one.classes, "praise")
    one.desk.store.add_class("praise")
    one.answers()
    widths = [len(p) for *_, p in one.asked() if p]
    assert widths == sorted(widths)
    assert set(widths) == {2, 3}


def test_a_person_who_gives_every_text_the_same_class_comes_to_the_end(bench):
    one = bench(again_share=0.3)
    while one.step("wish"):
        pass
    assert len(one.asked()) == 80
    assert one.desk.progress.labels_by_class["bug"] == 0
    assert one.desk.predict_proba(np.arange(5)).argmax(axis=1).tolist() == [1] * 5


# --- the end, and budgets


def test_where_every_text_is_labelled_it_ends(bench):
    one = bench(texts=40, budget=None, again_share=1.0)
    one.answers()
    assert sorted(one.rows("test") + one.rows("training")) == list(range(40))
    assert one.desk.question is None
    assert one.desk.text == ""
    assert not one.desk.training_due
    assert len(one.taught[-1]) == 30


def test_a_strategy_that_has_nothing_to_ask_ends_it(bench):
    one = bench(strategy=lambda state, size: state.pool[:0], again_share=0.0)
    assert one.answers() == 20
    assert not one.desk.training_due


def test_after_the_last_answer_the_model_learns_once_more(bench):
    one = bench(again_share=0.0)
    one.answers()
    assert len(one.taught[-1]) == 70
    again = one.come()
    assert again.training_due  # the model is not kept, the labels are
    assert again.train().labels == 70
    assert not again.training_due


def test_an_undo_at_the_end_gives_the_answer_back_to_the_budget(bench):
    one = bench()
    one.answers()
    question = one.desk.undo()
    assert one.desk.question == question
    assert one.desk.progress.budget_left == 1
    assert one.answers() == 1


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"test_size": -1}, "test_size=-1"),
        ({"start_size": -1}, "start_size=-1"),
        ({"batch_size": 0}, "batch_size=0: expected at least 1"),
        ({"budget": 10}, "budget=10 with a test set of 10"),
        ({"again_share": 1.5}, "again_share=1.5"),
        ({"test_size": 120, "budget": None}, "test_size=120 of 120 different texts"),
    ],
)
def test_sizes_that_cannot_be_are_refused(bench, sizes, message):
    with pytest.raises(ValueError, match=message):
        bench(**sizes)


def test_a_test_set_that_was_drawn_keeps_its_size(bench):
    one = bench()
    one.answers(3)
    one.sizes["test_size"] = 20
    with pytest.raises(
        ValueError, match="has a test set of 10, which was drawn before"
    ):
        one.come()
    one.sizes["test_size"] = 10
    one.come()


def test_a_desk_for_other_texts_than_the_store_s_is_refused(bench):
    one = bench()
    others = Reviews(one.reviews.texts[::-1], [-1] * 120, "turned round")
    with pytest.raises(ValueError, match="turned round are not those that the store"):
        Desk(others, one.desk.store, make_learner=one.learner, **one.sizes)


@given(
    seed=st.integers(0, 2**16),
    sizes=st.fixed_dictionaries(
        {
            "test_size": st.integers(0, 12),
            "start_size": st.integers(0, 12),
            "batch_size": st.integers(1, 12),
            "budget": st.one_of(st.none(), st.integers(13, 40)),
            "again_share": st.sampled_from([0.0, 0.3, 1.0]),
        }
    ),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_sizes_and_the_person_it_ends_and_counts_add_up(
    bench, seed, sizes
):
    one, rng = bench(texts=30, **sizes), np.random.default_rng(seed)
    for _ in range(1_000):
        question, dice = one.desk.question, rng.random()
        if one.desk.training_due:
            one.desk.train()
        elif question is None:
            break
        elif dice < 0.2:
            one.desk.skip(question=question.number)
        elif dice < 0.3:
            one.desk.cannot_tell(question=question.number)
        elif dice < 0.35:
            one.desk.undo()
        else:
            one.step()
    assert one.desk.question is None, "it goes on and on"
    given = [a for a in one.desk.store.state.current if a.kind != "skip"]
    rows = {purpose: [] for purpose in ("test", "training", "again")}
    for answer in given:
        rows[answer.question.purpose].append(answer.question.row)
    once = rows["test"] + rows["training"]
    assert len(set(once)) == len(once)
    assert set(rows["again"]) <= set(once)
    if sizes["budget"] is None:
        assert len(once) == 30
    else:
        assert len(given) == sizes["budget"] or len(once) == 30
    one.desk.store.close()


# --- what is shown


def test_progress_counts_what_was_done_and_what_is_left(bench):
    one = bench(again_share=0.0)
    begun = one.desk.progress
    assert (begun.test_done, begun.test_size, begun.labels) == (0, 10, 0)
    assert (begun.until_training, begun.budget_left, begun.round) == (20, 80, 0)
    assert begun.seconds_per_label is None
    one.answers(13)
    later = one.desk.progress
    assert (later.test_done, later.labels, later.until_training) == (10, 3, 7)
    assert sum(later.labels_by_class.values()) == 3
    assert later.seconds_per_label == 2.0
    one.answers(12)
    assert (one.desk.progress.round, one.desk.progress.until_training) == (1, 5)
    one.answers()
    assert (one.desk.progress.until_training, one.desk.progress.budget_left) == (0, 0)


def test_a_flag_is_put_on_the_text_of_a_question(bench):
    one = bench()
    question = one.desk.question
    one.desk.flag(question=question.number, note="odd")
    assert one.desk.store.state.flags == {question.row: "odd"}
    one.step()
    one.desk.flag(question=question.number, note="odd")
    assert one.desk.store.state.flags == {}
    with pytest.raises(ValueError, match="no question 999"):
        one.desk.flag(question=999)


def test_the_text_is_that_of_the_question(bench):
    one = bench()
    assert one.desk.text == one.reviews.texts[one.desk.question.row]


def test_strategies_are_noted_by_their_names():
    assert name_of(RandomFirst(Doubt(), 50)) == "RandomFirst(Doubt(margin), 50)"
    assert "0x" not in name_of(Doubt())


# --- what goes wrong


def test_when_no_more_can_be_asked_for_the_answer_is_saved_and_can_be_given_again(
    bench, monkeypatch
):
    one = bench()
    one.answers(9)
    question = one.desk.question
    label = one.truth(question.row)

    def full(questions):
        raise OSError("the disk is full: make room")

    with monkeypatch.context() as patched:
        patched.setattr(one.desk.store, "ask", full)
        with pytest.raises(
            RuntimeError, match=r"the answer is saved.*the disk is full"
        ):
            one.desk.answer(label, question=question.number)
    assert one.desk.store.state.labels("test")[question.row] == label
    one.desk.answer(label, question=question.number)
    assert one.desk.question.purpose == "training"
    assert one.answers() == 70


def test_after_each_batch_a_copy_is_saved_and_a_complaint_stops_nobody(
    memory_folder, monkeypatch
):
    one = Bench(memory_folder / "store", again_share=0.0)
    drive = memory_folder / "drive"
    one.desk.store.close()
    open_store = Store.open
    monkeypatch.setattr(
        Store,
        "open",
        lambda folder, r, **more: open_store(folder, r, copy_to=drive, **more),
    )
    one.come()

    def labels_copied() -> int:
        copy = open_store(drive, one.reviews, who="Ada", read_only=True)
        return len(copy.state.answers)

    one.answers(9)
    assert not drive.exists()
    one.answers(1)
    assert labels_copied() == 10
    one.answers(15)
    assert labels_copied() == 20
    copy = (drive / "labels.csv").read_bytes()
    (drive / "labels.csv").write_text("mine")
    one.answers(5)
    assert re.search("no copy could be saved: .*none of ours", one.desk.complaint)
    one.answers(5)
    (drive / "labels.csv").write_bytes(copy)
    one.answers()
    assert one.desk.complaint is None
    assert labels_copied() == 80
    one.desk.store.close()
