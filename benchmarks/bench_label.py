"""How long a person who labels waits: for the next text, and for a training.

    python benchmarks/bench_label.py                  # about three minutes
    python benchmarks/bench_label.py --folder FOLDER  # the store on the disk of FOLDER

Run it on a machine that does nothing else. 50,000 texts: TFDS's if they are here, else
the wheel's 25,000, each of them twice, the second time as another text.

next text : from an answer to the question and the progress that come next, trainings
    apart; of 600 answers, 100 of them for a test set, the median and the 95th percentile.
    Beside it one event alone, written and synced.
opening : a store with these answers, and the desk, as after a restart of the kernel.
training : the linear learner on TF-IDF learns 500 labels and more, and the strategy
    chooses the next batch from all other texts. Beside it what a person needs for five labels, at 10 s
    each: a fourth of the time that it takes to read a whole review (Brysbaert 2019: 238
    words a minute; the reviews have a median of 174).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from side_by_side import Seconds, print_line, print_machine, settings_to_prepare

from alutils.corpus.reviews import Reviews, load_reviews
from alutils.features.phrases import tfidf
from alutils.labelling.desk import Desk
from alutils.labelling.store import Store
from alutils.learners.linear import LinearLearner
from alutils.strategies.uncertainty import Doubt

TEXTS, TEST, LABELS, BATCH, SECONDS_PER_LABEL = 50_000, 100, 500, 25, 10.0


def texts_to_label(source: str) -> Reviews:
    reviews = load_reviews(source)
    if len(reviews) >= TEXTS:
        return reviews
    texts = [*reviews.texts, *(f"{text} Once more." for text in reviews.texts)]
    return Reviews(texts, np.tile(reviews.labels, 2), f"{reviews.name}, twice")


def come(folder: Path, reviews: Reviews, features, budget: int) -> Desk:
    store = Store.open(folder, reviews, who="Ada")
    for name in reviews.classes:
        store.add_class(name)
    return Desk(
        reviews,
        store,
        make_learner=lambda n, rng: LinearLearner(features, n_classes=n),
        strategy=Doubt(),
        test_size=TEST,
        start_size=100,
        batch_size=BATCH,
        budget=budget,
        again_share=0.0,
    )


def label_all(desk: Desk) -> tuple[Seconds, Seconds]:
    """The seconds until each next text, and those of each training."""
    waits, trainings = [], []
    while desk.training_due or desk.question:
        if desk.training_due:
            trainings.append(desk.train().seconds)
            continue
        question = desk.question
        name = desk.reviews.classes[desk.reviews.labels[question.row]]
        started = time.perf_counter()
        desk.answer(name, question=question.number, seconds=1.0)
        if not desk.training_due and desk.question:
            desk.progress, desk.text  # noqa: B018
            waits.append(time.perf_counter() - started)
    return waits, trainings


def one_event(store: Store) -> float:
    started = time.perf_counter()
    store.flag(0)
    return time.perf_counter() - started


def opening(folder: Path, reviews: Reviews, features) -> float:
    started = time.perf_counter()
    come(folder, reviews, features, TEST + LABELS)
    return time.perf_counter() - started


def print_waits(what: str, seconds: Seconds, aim: float | None = None) -> None:
    middle, high = np.percentile(seconds, [50, 95])
    verdict = (
        "" if aim is None else f"at most {aim}: {'met' if high <= aim else 'missed'}"
    )
    print(f"{what:<14} median {middle:.4f} s, 95th percentile {high:.4f} s", end="  ")
    print(f"({len(seconds)} times)  {verdict}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", choices=("tfds", "wheel"))
    parser.add_argument("--folder", help="where to keep the store meanwhile")
    given = parser.parse_args()
    print_machine("numpy", "scikit-learn", "scipy")
    source = settings_to_prepare(given.source).source
    reviews, has_aims = texts_to_label(source), source == "tfds"
    with (
        tempfile.TemporaryDirectory() as cache,
        tempfile.TemporaryDirectory(dir=given.folder) as scratch,
    ):
        os.environ.setdefault("ALUTILS_CACHE", cache)
        features = tfidf(reviews, np.arange(len(reviews)))
        print(f"{len(reviews):,} texts, {features.shape[1]:,} phrases", flush=True)
        folder = Path(scratch)
        desk = come(folder, reviews, features, TEST + LABELS)
        waits, _ = label_all(desk)
        print_waits("next text", waits, 0.1 if has_aims else None)
        print_waits("one event", [one_event(desk.store) for _ in range(200)])
        print_waits("opening", [opening(folder, reviews, features) for _ in range(3)])
        trainings = []
        for budget in range(TEST + LABELS + 1, TEST + LABELS + 8):
            desk.store.close()
            desk = come(folder, reviews, features, budget)
            _, seconds = label_all(desk)
            trainings += seconds[:1]  # before the budget's one more text
        person = [5 * SECONDS_PER_LABEL] * len(trainings)
        aim = {"ratio": 1.0} if has_aims else {}
        print_line("training", trainings, "five labels", person, **aim)
        desk.store.close()


if __name__ == "__main__":
    main()
