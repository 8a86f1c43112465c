"""What the runs of one process share: reviews, splits and features, each made once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy.sparse

from alutils.features import lsa, tfidf
from alutils.reviews import Reviews, load_reviews
from alutils.runs import Run
from alutils.splits import Splits, split_in_storage_order, split_officially


def corpus(run: Run) -> Reviews:
    """The reviews of a run. A CSV file that was written since it was read is read again:
    a cluster's worker may outlive it.

    Raises
    ------
    ValueError, FileNotFoundError, ConnectionError
        As `reviews.load_reviews` does.
    """
    _forget_if_changed(run.source)
    return _corpus(run.source, run.reviews)


def base_splits(run: Run, reviews: Reviews) -> Splits:
    """The splits before a start is drawn: the same for every seed.

    Raises
    ------
    ValueError
        If the reviews do not suffice.
    """
    kept = {"labelled": run.labelled, "validation": run.validation_part}
    if run.split == "official":
        return split_officially(reviews, np.random.default_rng(0), **kept)
    return split_in_storage_order(reviews, **kept, test=run.test)


def phrases(run: Run) -> scipy.sparse.csr_matrix:
    """TF-IDF of all reviews, shape (n_reviews, n_phrases). Words need no labels: every
    text that may be trained on teaches them."""
    return _phrases(_without_start(run))


def places(run: Run) -> np.ndarray:
    """LSA of all reviews, shape (n_reviews, run.dimensions)."""
    return _places(_without_start(run))


_read_when: dict[str, tuple[int, int] | None] = {}


def _forget_if_changed(source: str) -> None:
    path = Path(source)
    state = path.stat() if path.is_file() else None
    now = (state.st_mtime_ns, state.st_size) if state else None
    if _read_when.setdefault(source, now) != now:
        for cache in (_corpus, _phrases, _places):
            cache.cache_clear()
        _read_when[source] = now


def _without_start(run: Run) -> Run:
    """The settings that features depend on: one matrix serves all arms and seeds."""
    names = ("source", "reviews", "split", "test", "validation_part", "min_df")
    kept = {name: getattr(run, name) for name in (*names, "dimensions")}
    return Run(**kept, labelled=2, validation=0)


@lru_cache(maxsize=1)
def _corpus(source: str, limit: int) -> Reviews:
    return load_reviews(source, limit or None)


@lru_cache(maxsize=2)
def _phrases(run: Run) -> scipy.sparse.csr_matrix:
    return tfidf(_corpus(run.source, run.reviews), _taught_by(run), min_df=run.min_df)


@lru_cache(maxsize=2)
def _places(run: Run) -> np.ndarray:
    return lsa(_phrases(run), _taught_by(run), dimensions=run.dimensions, seed=0)


def _taught_by(run: Run) -> np.ndarray:
    """The rows that features learn from."""
    return np.sort(base_splits(run, _corpus(run.source, run.reviews)).training)
