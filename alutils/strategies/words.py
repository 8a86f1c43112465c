"""Which word to ask about: scores of words, as pure functions."""

from __future__ import annotations

import numpy as np
import scipy.sparse


def information_gain(
    held: scipy.sparse.csc_array, probabilities: np.ndarray
) -> np.ndarray:
    """How much a text's class, as a model sees it, tells of whether the text holds each
    word, in bits, shape (n_words,) (Settles 2011).

    Parameters
    ----------
    held : sparse array of bool, shape (n_texts, n_words)
    probabilities : array, shape (n_texts, k)

    Examples
    --------
    >>> held = scipy.sparse.csc_array([[True, True], [True, False]])
    >>> information_gain(held, np.array([[1.0, 0.0], [0.0, 1.0]])).tolist()
    [0.0, 1.0]
    """
    n = len(probabilities)
    there = held.T.astype(float) @ probabilities / n  # shape (n_words, k)
    classes = probabilities.mean(axis=0)
    share = there.sum(axis=1)

    def bits(joint: np.ndarray, word: np.ndarray) -> np.ndarray:
        by_chance = word[:, None] * classes
        ratio = np.divide(
            joint, by_chance, out=np.ones_like(joint), where=joint > 1e-12
        )
        return (joint * np.log2(ratio)).sum(axis=1)

    return bits(there, share) + bits(classes - there, 1 - share)
