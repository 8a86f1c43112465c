"""From words to a few numbers: words that keep the same company lie close together, and
a sentence lies where its words do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from alutils.features.counts import all_words


@dataclass(frozen=True)
class WordVectors:
    """Where words lie.

    Attributes
    ----------
    words
        from the most frequent on
    vectors : array, shape (n_words, dimensions)
        rows of length one
    shares : array, shape (n_words,)
        how many of all running words each one is
    """

    words: tuple[str, ...]
    vectors: np.ndarray
    shares: np.ndarray


def word_vectors(
    texts: Iterable[str],
    *,
    dimensions: int,
    seed: int,
    most_words: int = 8_000,
    window: int = 5,
) -> WordVectors:
    """Vectors of the most frequent words, from the texts alone: which words stand within
    `window` words of which, more often than by chance (positive pointwise mutual
    information; Church and Hanks 1990), and what of that a few directions keep (Levy,
    Goldberg and Dagan 2015, whose smoothing of the contexts this has too).

    Raises
    ------
    ValueError
        If there are no more words than dimensions.
    """
    names, running, lengths = all_words(texts)
    times = np.bincount(running, minlength=len(names))
    kept = np.argsort(-times, kind="stable")[:most_words]
    if len(kept) <= dimensions:
        raise ValueError(
            f"{dimensions} dimensions of {len(kept)} words: ask for fewer, or give more"
            " texts"
        )
    places = np.full(len(names), -1)
    places[kept] = np.arange(len(kept))
    # Windows do not reach from one text into the next.
    spaced = np.full(len(running) + window * len(lengths), -1)
    spaced[
        np.arange(len(running)) + window * np.repeat(np.arange(len(lengths)), lengths)
    ] = places[running]
    together = _together(spaced, len(kept), window)
    with threadpool_limits(1):  # the last digits would differ with the threads
        directions, _, _ = randomized_svd(
            _mutual_information(together), dimensions, n_iter=3, random_state=seed
        )
    return WordVectors(
        tuple(names[k] for k in kept), normalize(directions), times[kept] / len(running)
    )


def mean_vectors(texts: Iterable[str], vectors: WordVectors) -> np.ndarray:
    """Where texts lie: the mean of their words' vectors, frequent words counting less
    (Arora, Liang and Ma 2017); shape (n_texts, dimensions), zero for a text without a
    known word."""
    counter = CountVectorizer(vocabulary=vectors.words, binary=True)
    held = counter.transform(texts).astype(float)
    weights = 1e-3 / (1e-3 + vectors.shares)
    return normalize(held, norm="l1") @ (vectors.vectors * weights[:, None])


def main_directions(places: np.ndarray, dimensions: int) -> np.ndarray:
    """The same places along the few directions in which they differ most (Pearson 1901):
    rows of length one, shape (n, dimensions)."""
    centred = places - places.mean(axis=0)
    with threadpool_limits(1):
        _, directions = np.linalg.eigh(centred.T @ centred)
        return normalize(centred @ directions[:, : -dimensions - 1 : -1])


def _together(spaced: np.ndarray, n_words: int, window: int) -> scipy.sparse.coo_array:
    """How often two words stand within a window, shape (n_words, n_words); -1 is no
    word."""
    counts = scipy.sparse.csr_array((n_words, n_words))
    for apart in range(1, window + 1):
        first, second = spaced[:-apart], spaced[apart:]
        both = (first >= 0) & (second >= 0)
        ones = np.ones(both.sum())
        counts += scipy.sparse.csr_array(
            (ones, (first[both], second[both])), shape=counts.shape
        )
    return (counts + counts.T).tocoo()


def _mutual_information(together: scipy.sparse.coo_array) -> scipy.sparse.csr_array:
    total, (word, context) = together.sum(), together.coords
    words = together.sum(axis=1)
    contexts = words**0.75
    contexts *= total / contexts.sum()
    bits = np.log(together.data * total / (words[word] * contexts[context]))
    above = bits > 0
    return scipy.sparse.csr_array(
        (bits[above], (word[above], context[above])), shape=together.shape
    )
