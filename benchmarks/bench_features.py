"""What the features cost, beside scikit-learn's own way to make them.

    python benchmarks/bench_features.py               # everything, about 15 minutes
    python benchmarks/bench_features.py --only cold   # one part: cold or warm
    python benchmarks/bench_features.py --turns 1     # fewer turns than 3

Run it on a machine that does nothing else. Each measurement has a process of its own,
in which the reviews lie ready; TFDS's 50,000 if they are here, else 25,000. Features
learn from all reviews that may be trained on, as in the grids. Seconds are medians with
(lowest–highest); a ratio is the median of the ratios of the single turns.

cold : tfidf with an empty cache folder. Beside it scikit-learn's TfidfVectorizer, fit
    and transform. That both give the same numbers is checked first.
warm : tfidf and lsa with a filled cache folder. Beside it TfidfVectorizer and
    TruncatedSVD, which keep nothing.

Memory is the highest of the process, its texts and imports included.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from functools import partial
from statistics import median

import numpy as np
import scipy.sparse
from side_by_side import (
    in_fresh_process,
    print_line,
    print_machine,
    settings_to_prepare,
    take_turns,
)
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from alutils.corpus.reviews import Reviews, load_reviews
from alutils.features.phrases import lsa, tfidf
from alutils.published.storage_order import split_in_storage_order
from alutils.settings import Settings

MIN_DF, DIMENSIONS = 5, 300
Features = tuple[scipy.sparse.csr_matrix, np.ndarray | None]


def reviews_and_rows(settings: Settings) -> tuple[Reviews, np.ndarray]:
    """The reviews, and the rows that features learn from."""
    reviews = load_reviews(settings.source)
    sizes = {name: getattr(settings, name) for name in ("validation", "test")}
    splits = split_in_storage_order(reviews, labelled=2, **sizes)
    return reviews, np.sort(splits.training)


def our_way(reviews: Reviews, rows: np.ndarray, with_lsa: bool) -> Features:
    phrases = tfidf(reviews, rows, min_df=MIN_DF)
    if not with_lsa:
        return phrases, None
    return phrases, lsa(phrases, rows, dimensions=DIMENSIONS, seed=0)


def scikit_learns(reviews: Reviews, rows: np.ndarray, with_lsa: bool) -> Features:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=MIN_DF, sublinear_tf=True, dtype=np.float32
    )
    phrases = vectorizer.fit(reviews.texts[rows]).transform(reviews.texts)
    if not with_lsa:
        return phrases, None
    directions = TruncatedSVD(DIMENSIONS, n_iter=4, random_state=0).fit(phrases[rows])
    return phrases, normalize(directions.transform(phrases)).astype(np.float32)


def highest_memory() -> float:
    """In MiB, of this process; Linux only, else not a number."""
    try:
        with open("/proc/self/status") as status:
            (line,) = (line for line in status if line.startswith("VmHWM"))
    except OSError:
        return float("nan")
    return int(line.split()[1]) / 1024


def seconds_and_memory(
    way, settings: Settings, cache: str, with_lsa: bool
) -> tuple[float, float]:
    reviews, rows = reviews_and_rows(settings)
    os.environ["ALUTILS_CACHE"] = cache
    started = time.perf_counter()
    way(reviews, rows, with_lsa)
    return time.perf_counter() - started, highest_memory()


def same_numbers(settings: Settings, cache: str) -> bool:
    """Whether both ways give the same TF-IDF to the bit; fills the cache folder."""
    reviews, rows = reviews_and_rows(settings)
    os.environ["ALUTILS_CACHE"] = cache
    ours, theirs = (way(reviews, rows, False)[0] for way in (our_way, scikit_learns))
    return all(
        np.array_equal(getattr(ours, name), getattr(theirs, name))
        for name in ("data", "indices", "indptr")
    )


def side(memory: list[float], way, settings: Settings, folder: str | None, lsa: bool):
    """A side that takes turns; without a folder each turn has an empty one."""

    def seconds() -> float:
        with tempfile.TemporaryDirectory() as empty:
            given = (way, settings, folder or empty, lsa)
            took, highest = in_fresh_process(seconds_and_memory, *given)
        memory.append(highest)
        return took

    return seconds


def compare(what: str, settings: Settings, turns: int, folder: str | None, most: float):
    with_lsa = what == "warm"
    memories = [], []
    sides = [
        side(memory, way, settings, folder, with_lsa)
        for memory, way in zip(memories, (our_way, scikit_learns), strict=True)
    ]
    ours, theirs = take_turns(turns, *sides)
    print_line(what, ours, "scikit-learn's", theirs, ratio=most)
    mine, other = (median(memory) for memory in memories)
    print(f"{'':<14} {mine:,.0f} MiB{'':<15} {'':<14} {other:,.0f} MiB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("cold", "warm"))
    parser.add_argument("--source", choices=("tfds", "wheel"))
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    print_machine("numpy", "scikit-learn")
    settings = settings_to_prepare(given.source)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ALUTILS_CACHE"] = cache
        if not in_fresh_process(same_numbers, settings, cache):
            raise SystemExit("the two ways give different numbers")
        print("both ways give the same TF-IDF, to the bit")
        if given.only in (None, "cold"):
            compare("cold", settings, given.turns, None, 0.6)
        if given.only in (None, "warm"):
            fill = partial(seconds_and_memory, our_way, settings, cache, True)
            in_fresh_process(fill)
            compare("warm", settings, given.turns, cache, 0.05)


if __name__ == "__main__":
    main()
