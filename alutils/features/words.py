"""Which words each text holds, counted by class."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer

from alutils.corpus.words import Words, clean_words

# Scripts that put no spaces between words, by the first word of their letters' names.
_WITHOUT_SPACES = {"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"}


def words_in_texts(texts: Iterable[str], words: Sequence[str]) -> np.ndarray:
    """Whether each text holds each word or phrase, array of bool of shape (n_texts,
    n_words).

    `words` are as `clean_words` gives them. That a word is there says more of a verdict
    than how often it is (Pang, Lee and Vaithyanathan 2002).

    Examples
    --------
    >>> words_in_texts(["Not good.", "Good, good!"], ["good", "not good"]).tolist()
    [[True, True], [True, False]]
    """
    tokens = CountVectorizer().build_analyzer()
    single = {word: place for place, word in enumerate(words) if " " not in word}
    phrases = [
        (f" {word} ", set(word.split()), place)
        for place, word in enumerate(words)
        if " " in word
    ]
    texts = list(texts)
    held = np.zeros((len(texts), len(words)), dtype=bool)
    for row, text in enumerate(texts):
        seen = tokens(text)
        distinct = set(seen)
        for word in single.keys() & distinct:
            held[row, single[word]] = True
        possible = [(p, place) for p, parts, place in phrases if parts <= distinct]
        if possible:
            running = f" {' '.join(seen)} "
            for phrase, place in possible:
                held[row, place] = phrase in running
    return held


@dataclass(frozen=True)
class TextWords:
    """Single words and the texts that hold them.

    Attributes
    ----------
    words
        in alphabetical order
    held : sparse array of bool, shape (n_texts, n_words)
        stored column by column
    """

    words: tuple[str, ...]
    held: scipy.sparse.csc_array

    def of_classes(self, words: Words) -> HeldWords:
        """The same for a few words for each class, all of them among these."""
        column = {word: place for place, word in enumerate(self.words)}
        places = [column[word] for one in words for word in one]
        return HeldWords(self.held[:, places].toarray(), words)


def frequent_words(
    texts: Iterable[str], *, share: float = 0.01, besides: Iterable[str] = ()
) -> TextWords:
    """The single words that at least so large a share of the texts hold, and those that
    are asked for besides.

    Examples
    --------
    >>> frequent_words(["A fine film.", "Fine, fine.", "A dull film"], share=0.5).words
    ('film', 'fine')
    """
    counter = CountVectorizer(binary=True, dtype=bool)
    held = scipy.sparse.csc_array(counter.fit_transform(texts))
    names, besides = counter.get_feature_names_out(), set(besides)
    often = np.diff(held.indptr) >= share * held.shape[0]
    kept = [k for k, name in enumerate(names) if often[k] or name in besides]
    return TextWords(tuple(names[kept].tolist()), held[:, kept])


@dataclass(frozen=True)
class HeldWords:
    """Which of the words for each class every text holds.

    Attributes
    ----------
    held : array of bool, shape (n_texts, n_words)
    words
        the words of each class; the columns of `held` are those of the first class, then
        those of the second, and so on
    """

    held: np.ndarray
    words: Words

    def __post_init__(self) -> None:
        n = sum(map(len, self.words))
        if self.held.ndim != 2 or self.held.shape[1] != n:
            raise ValueError(
                f"held has shape {self.held.shape} for {n} words: expected one column for"
                " each word"
            )

    @property
    def counts(self) -> np.ndarray:
        """How many of each class's words a text holds, shape (n_texts, n_classes)."""
        ends = np.cumsum([len(one) for one in self.words])[:-1]
        return np.stack(
            [part.sum(axis=1) for part in np.split(self.held, ends, axis=1)], axis=1
        )

    def only(self, words: Sequence[Sequence[str]]) -> HeldWords:
        """The same texts with other words for the classes, all of them among these.

        Raises
        ------
        ValueError
            If a word is not among these.
        """
        column = {
            word: place
            for place, word in enumerate(word for one in self.words for word in one)
        }
        strangers = [word for one in words for word in one if word not in column]
        if strangers:
            raise ValueError(
                f"{_named(strangers)} not among the {len(column)} words that were looked"
                " for: look for every word that a class may have"
            )
        places = [column[word] for one in words for word in one]
        return HeldWords(self.held[:, places], tuple(map(tuple, words)))


def held_words(
    texts: Iterable[str], words: Sequence[Sequence[str]], classes: Sequence[str]
) -> HeldWords:
    """The words for each class and the texts that hold them; words that no text holds
    are left out.

    Parameters
    ----------
    words
        one list for each class, in the order of `classes`; `MOVIE_WORDS` is one for the
        reviews of the book
    classes
        their names

    Raises
    ------
    ValueError
        If `clean_words` refuses the words, or no text holds any word of a class.

    Warns
    -----
    UserWarning
        If no text holds some of the words.

    Examples
    --------
    >>> texts, words = ["Awful, bad.", "Great!"], [["awful", "bad"], ["great"]]
    >>> held = held_words(texts, words, ["negative", "positive"])
    >>> held.counts
    array([[2, 0],
           [0, 1]])
    """
    words = clean_words(words, classes)
    flat = [word for one in words for word in one]
    held = HeldWords(words_in_texts(texts, flat), words)
    absent = [flat[place] for place in np.flatnonzero(~held.held.any(axis=0))]
    if not absent:
        return held
    left = [[word for word in one if word not in absent] for one in words]
    message = (
        f"no text holds {_named(absent)}; words left for each class:"
        f" {', '.join(str(len(one)) for one in left)}"
    )
    if any(_written_without_spaces(word) for word in absent):
        message += (
            ". Words are told apart by spaces here, and this script puts none between"
            " them: divide texts and words with a segmenter first"
        )
    if not all(left):
        raise ValueError(
            f"{message}. A class without words cannot start: give it others"
        )
    warnings.warn(message, stacklevel=2)
    return held.only(left)


def _named(words: Sequence[str]) -> str:
    shown = ", ".join(map(repr, words[:5]))
    return shown + (f" and {len(words) - 5} more" if len(words) > 5 else "")


def _written_without_spaces(word: str) -> bool:
    names = (unicodedata.name(letter, "").split() for letter in word)
    return any(name and name[0] in _WITHOUT_SPACES for name in names)
