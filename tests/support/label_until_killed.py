"""A person labels at a desk until the process is killed, a hundred times over; prints
what was acknowledged. Run as `python label_until_killed.py FOLDER`."""

import json
import os
import random
import signal
import sys
import time

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.labelling.desk import Desk
from alutils.labelling.store import Store
from alutils.strategies.uncertainty import Doubt

KILLS = 100
REVIEWS = Reviews([f"ticket {row}" for row in range(2000)], [-1] * 2000, "tickets")


class Shares:
    """Learns how frequent each class is, and guesses at the rest from the row."""

    def __init__(self, n_classes: int) -> None:
        self.n_classes, self.labels = n_classes, np.zeros(0)

    def fit(self, rows, labels, weights=None) -> None:
        self.labels = labels

    def predict_proba(self, rows) -> np.ndarray:
        lean = (np.asarray(rows) * 7919 % 1000 + len(self.labels)) % 1000 / 1000
        return np.stack([lean, 1 - lean], axis=1)


def open_desk(folder) -> Desk:
    store = Store.open(folder, REVIEWS, who="Ada")
    for name in ("bug", "wish"):
        store.add_class(name)
    return Desk(
        REVIEWS,
        store,
        make_learner=lambda n_classes, rng: Shares(n_classes),
        strategy=Doubt(),
        test_size=5,
        start_size=5,
        batch_size=5,
        budget=None,
        again_share=0.2,
    )


def label(desk: Desk, number: int | None = None):
    """Answers so many questions, or without end; yields each once it is saved."""
    while number is None or number > 0:
        if desk.training_due:
            desk.train()
        question = desk.question
        name = ("bug", "wish")[question.row % 2]
        desk.answer(name, question=question.number)
        number = None if number is None else number - 1
        yield question.number, name


def label_and_tell(folder, pipe: int) -> None:
    for number, name in label(open_desk(folder)):
        os.write(pipe, f"{number} {name}\n".encode())


def killed_at_random(folder, moments: random.Random) -> list[str]:
    """What one process acknowledged before it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            label_and_tell(folder, writing)
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(moments.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it had ended by itself"
    with open(reading) as told:
        return told.read().splitlines()


if __name__ == "__main__":
    moments = random.Random(0)
    print(json.dumps([killed_at_random(sys.argv[1], moments) for _ in range(KILLS)]))
