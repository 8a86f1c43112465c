"""A session of many small steps, for tests that interrupt it: what comes next depends on
the session alone."""

import numpy as np

from alutils.learners.committee import WithCommittee
from alutils.learners.linear import LinearLearner
from alutils.loop.session import Session
from alutils.strategies.scores import vote_entropy
from alutils.strategies.uncertainty import CommitteeDoubt, Doubt

REVIEWS, CLASSES, ENOUGH = 90, 3, 40
_places = np.random.default_rng(0).normal(size=(REVIEWS, 4))
TRUTH = _places[:, :CLASSES].argmax(axis=1)
STRATEGIES = {"margin": Doubt(), "committee": CommitteeDoubt(vote_entropy)}


def linear() -> LinearLearner:
    return LinearLearner(_places, n_classes=CLASSES)


def learner_for(strategy: str):
    if strategy == "margin":
        return linear()
    return WithCommittee(
        linear(), [linear() for _ in range(3)], np.random.default_rng(7)
    )


def begin(strategy: str) -> Session:
    return Session(
        learner_for(strategy),
        STRATEGIES[strategy],
        np.arange(2, REVIEWS),
        np.random.default_rng(5),
        rows=[0, 1],
        labels=TRUTH[:2],
        n_classes=CLASSES,
        corpus="made-up reviews",
    )


def open_again(folder, strategy: str) -> Session:
    return Session.open(
        folder,
        learner_for(strategy),
        STRATEGIES[strategy],
        n_classes=CLASSES,
        corpus="made-up reviews",
    )


def step(session: Session) -> None:
    """Ask if nothing is pending, and tell some of what is: in any order, some of it
    unknown."""
    if len(session.pending) == 0:
        session.fit()
        session.ask(5)
    state = [
        len(session.rows),
        len(session.aside),
        len(session.pending),
        session.rounds,
    ]
    chance = np.random.default_rng(state)
    rows = chance.permutation(session.pending)[: chance.integers(1, 4)]
    labels = np.where(chance.random(len(rows)) < 0.2, -1, TRUTH[rows])
    session.tell(rows, labels, ask_again=bool(chance.random() < 0.5))


def outcome(session: Session) -> dict[str, list]:
    """All that a session says, and what it would ask for next."""
    session.fit()
    everything = np.arange(REVIEWS)
    said = {
        name: getattr(session, name).tolist()
        for name in ("rows", "labels", "pool", "pending", "aside")
    }
    said["probabilities"] = session.predict_proba(everything).tolist()
    if hasattr(session.learner, "predict_members"):
        said["members"] = session.learner.predict_members(everything).tolist()
    return said | {"next": session.ask(9).tolist(), "rounds": session.rounds}
