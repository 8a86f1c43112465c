"""What every strategy promises. A strategy in a new module is found by itself."""

import inspect
from types import ModuleType

import numpy as np
import pytest
from found import has_methods, made_of, public_in
from hypothesis import given
from hypothesis import strategies as st

from alutils import published, strategies
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.session import Session
from alutils.strategies import scores
from alutils.strategies.base import State, random_sampling

REVIEWS = 24


def strategies_in(*packages: ModuleType) -> dict[str, object]:
    """Functions of a state and a size, and classes of which an instance is one."""
    return {
        name: thing
        for name, thing in public_in(*packages).items()
        if (inspect.isfunction(thing) or has_methods(thing, "__call__"))
        and [
            name
            for name in inspect.signature(
                thing if inspect.isfunction(thing) else thing.__call__
            ).parameters
            if name != "self"
        ]
        == ["state", "size"]
    }


FOUND = strategies_in(strategies, published)
FOR_TWO_CLASSES = strategies_in(published)


def doubt(answers: np.ndarray) -> np.ndarray:
    """A score of probabilities, or of a committee's."""
    score = scores.entropy if answers.ndim == 2 else scores.vote_entropy
    return score(answers)


def made(name: str, vectors: np.ndarray):
    strategy = FOUND[name]
    if inspect.isfunction(strategy):
        return strategy
    materials = {
        "vectors": vectors,
        "hits": (vectors > 0).sum(axis=1),
        "score": doubt,
        "then": random_sampling,
        "until": 6,
        "steering": (np.arange(4), np.arange(4) % 2),
    }
    return made_of(strategy, materials)


class Case:
    """Everything that a strategy may see, with ties and copies of texts among it."""

    def __init__(self, classes: int, seed: int, copies: bool) -> None:
        rng = np.random.default_rng(seed)
        different = 6 if copies else REVIEWS
        text = rng.integers(different, size=REVIEWS)
        self.vectors = rng.normal(size=(different, 3)).astype(np.float32)[text]
        self.answers = rng.dirichlet(np.ones(classes), different)[text]
        self.members = rng.dirichlet(np.ones(classes), (3, different))[:, text]
        rows = rng.permutation(REVIEWS)
        pool = int(rng.integers(1, REVIEWS + 1))
        self.pool, self.labelled, self.seed = rows[:pool], rows[pool:], seed
        # At times of one class only, as where another is rare.
        self.labels = rng.integers(rng.integers(1, classes + 1), size=REVIEWS)[
            rows[pool:]
        ]

    def state(self) -> State:
        return State(
            self.pool.copy(),
            lambda rows: self.answers[rows],
            np.random.default_rng(self.seed),
            self.labelled.copy(),
            lambda rows: self.members[:, rows],
            self.labels.copy(),
        )


each = pytest.mark.parametrize("name", FOUND)
# scikit-learn says so where fewer vectors differ than clusters are wanted; a strategy
# has to cope with it.
copies_are_meant = pytest.mark.filterwarnings(
    "ignore:Number of distinct clusters:sklearn.exceptions.ConvergenceWarning"
)


@st.composite
def cases(draw, most_classes: int):
    return Case(
        draw(st.integers(2, most_classes)),
        draw(st.integers(0, 999)),
        draw(st.booleans()),
    )


def of_each_strategy(test):
    """Run a test of a case and a size for each strategy, with as many classes as it can
    do with."""

    @copies_are_meant
    @each
    @given(data=st.data(), size=st.integers(0, REVIEWS + 3))
    def run(name, data, size):
        case = data.draw(cases(most_classes=2 if name in FOR_TWO_CLASSES else 5))
        test(made(name, case.vectors), case, size)

    run.__name__ = test.__name__
    return run


@of_each_strategy
def test_a_strategy_gives_as_many_rows_of_the_pool_as_wanted_or_all_and_none_twice(
    strategy, case, size
):
    asked = strategy(case.state(), size)
    assert asked.shape == (min(size, len(case.pool)),)
    assert len(set(asked.tolist())) == len(asked)
    assert set(asked.tolist()) <= set(case.pool.tolist())


@of_each_strategy
def test_the_same_random_state_gives_the_same_rows(strategy, case, size):
    once, again = (strategy(case.state(), size).tolist() for _ in range(2))
    assert once == again


@of_each_strategy
def test_a_strategy_changes_nothing_that_it_sees(strategy, case, size):
    state = case.state()
    pool, labelled, labels = (
        state.pool.copy(),
        state.labelled.copy(),
        state.labels.copy(),
    )
    answers, members = case.answers.copy(), case.members.copy()
    vectors = case.vectors.copy()
    strategy(state, size)
    for now, then in (
        (state.pool, pool),
        (state.labelled, labelled),
        (state.labels, labels),
        (case.answers, answers),
        (case.members, members),
        (case.vectors, vectors),
    ):
        assert np.array_equal(now, then)
        assert now.flags.writeable


class TableLearner:
    """Looks its answers up, those of a committee too."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def fit(self, rows, labels, weights=None) -> None:
        pass

    def predict_proba(self, rows) -> np.ndarray:
        return self.case.answers[rows]

    def predict_members(self, rows) -> np.ndarray:
        return self.case.members[:, rows]


@of_each_strategy
def test_in_a_session_only_what_is_asked_for_is_paid_for(strategy, case, size):
    oracle = SimulatedOracle(np.arange(REVIEWS) % case.answers.shape[1])
    known = {"rows": case.labelled, "labels": oracle.label(case.labelled, "start")}
    rng = np.random.default_rng(case.seed)
    session = Session(
        TableLearner(case), strategy, case.pool, rng, **known, n_classes=None
    )
    asked = session.ask(size)
    session.tell(asked, oracle.label(asked))
    assert oracle.spent.get("training", 0) == len(asked) == min(size, len(case.pool))
    assert oracle.leaked == 0


@pytest.mark.parametrize("name", FOR_TWO_CLASSES)
@pytest.mark.parametrize("classes", [3, 4, 5])
def test_what_is_for_two_classes_says_so(name, classes):
    case = Case(classes, seed=0, copies=False)
    with pytest.raises(ValueError, match=r"for two classes.*: use "):
        made(name, case.vectors)(case.state(), 2)


def test_the_strategies_of_the_book_are_found():
    names = {name.rsplit(".", 1)[1] for name in FOUND}
    assert names >= {"random_sampling", "Doubt", "CommitteeDoubt", "KCenter"}
    assert {name.rsplit(".", 1)[1] for name in FOR_TWO_CLASSES} >= {"ErrorRatio"}
    assert not names & {"Strategy", "State", "highest", "margin"}


def test_a_strategy_in_a_new_module_is_found(tmp_path, monkeypatch):
    (tmp_path / "first_come.py").write_text(
        "def first_come(state, size):\n    return state.pool[:size]\n"
    )
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    new = set(strategies_in(strategies)) - set(FOUND)
    assert new == {"alutils.strategies.first_come.first_come"}
