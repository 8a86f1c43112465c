"""Asking about words instead of texts: the model proposes, somebody answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from alutils.corpus.lexicon import lexicon
from alutils.corpus.words import Words
from alutils.features.words import TextWords
from alutils.strategies.words import information_gain


class WordOracle(Protocol):
    """Whoever can be asked what a word says."""

    def word_class(self, word: str) -> int:
        """The class that the word speaks for, 0 to k - 1; -1 for neither."""


class LexiconOracle:
    """A published lexicon that answers for a person: negative or positive where people
    rated a word at least so strongly, neither otherwise. It never sees a label.

    Attributes
    ----------
    asked
        the words it was asked about, each with its answer
    """

    def __init__(self, *, at_least: float = 1.0) -> None:
        self.at_least = at_least
        self.asked: dict[str, int] = {}

    def word_class(self, word: str) -> int:
        rating = lexicon().get(word, 0.0)
        answer = int(rating > 0) if abs(rating) >= self.at_least else -1
        self.asked[word] = answer
        return answer


def words_asked_for(
    words: Words,
    candidates: TextWords,
    oracle: WordOracle,
    predicted_by: Callable[[Words], np.ndarray],
    *,
    answers: int,
    at_once: int = 5,
) -> Words:
    """More words for each class, by asking about those whose class would teach a model
    most (Druck, Settles and McCallum 2009; Settles 2011).

    A model learns from the words so far; the words that tell most of what it predicts
    are asked about, a few at once; and so on. A word that speaks for neither class has
    cost an answer too.

    Parameters
    ----------
    words
        of each class, to begin with
    candidates
        the words that may be asked about, in the texts that the model predicts
    oracle
        who answers
    predicted_by
        from the words of each class to what a model makes of the texts, probabilities of
        shape (n_texts, k)
    answers
        how many words to ask about
    at_once
        how many of them before the model learns again

    Raises
    ------
    ValueError
        If there are too few candidates.
    """
    given = [list(one) for one in words]
    asked = {word for one in words for word in one}
    left = [k for k, word in enumerate(candidates.words) if word not in asked]
    if answers > len(left):
        raise ValueError(
            f"{answers} words to ask about, and there are {len(left)}: ask about fewer"
        )
    while answers > 0:
        probabilities = predicted_by(tuple(map(tuple, given)))
        gain = information_gain(candidates.held[:, left], probabilities)
        best = np.argsort(-gain, kind="stable")[: min(at_once, answers)]
        for place in best:
            word = candidates.words[left[place]]
            if (found := oracle.word_class(word)) >= 0:
                given[found].append(word)
        left = [k for place, k in enumerate(left) if place not in set(best.tolist())]
        answers -= len(best)
    return tuple(map(tuple, given))
