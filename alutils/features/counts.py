"""How often each phrase of one or two words stands in each text."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer


def phrase_counts(
    texts: np.ndarray, vocabulary_rows: np.ndarray, min_df: int
) -> scipy.sparse.csr_matrix:
    """Counts of float32, shape (n_texts, n_phrases), the phrases in the order of their
    characters: what scikit-learn's `CountVectorizer(ngram_range=(1, 2), min_df=min_df)`
    makes of all texts after a fit on `vocabulary_rows`. Where no phrase is frequent
    enough there is no column.

    Each text is cut into words once, and phrases are counted as numbers. That takes a
    quarter of the time of scikit-learn, which builds every phrase as a text, and those
    of the rows to learn from twice.

    Raises
    ------
    ValueError
        If there are too many words for such numbers: millions, in millions of texts.
    """
    _, words, lengths = all_words(texts)
    ends = np.cumsum(lengths)
    learnt = {
        "ends": ends,
        "times_learnt": np.bincount(vocabulary_rows, minlength=len(texts)),
        "min_df": min_df,
    }
    # A phrase cannot be frequent if one of its words is not.
    none = np.full_like(words, -1)
    known = _frequent(words, none, n_words=0, **learnt)[0]
    places = np.full(words.max(initial=-1) + 1, -1, dtype=np.int32)
    places[known] = np.arange(len(known))
    first, second = places[words], none
    del words
    second[:-1] = first[1:]
    second[ends[lengths > 0] - 1] = -1  # no phrase goes over a text's end
    counts = _frequent(first, second, n_words=len(known), **learnt)[1]
    del first, second, none
    return counts.tocsr()


def all_words(texts: Iterable[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The different words in alphabetical order; all words of all texts, one text after
    the other, each as its place in that order; and how many each text has."""
    scikit_learns = CountVectorizer()
    prepare, cut = scikit_learns.build_preprocessor(), scikit_learns.build_tokenizer()
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    pieces = []
    for text in texts:
        words = cut(prepare(text))
        found = map(numbers.__getitem__, words)
        pieces.append(np.fromiter(found, dtype=np.int32, count=len(words)))
    places = np.empty(len(numbers), dtype=np.int32)
    names = sorted(numbers)
    places[[numbers[word] for word in names]] = np.arange(len(numbers))
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    return names, places[np.concatenate([np.empty(0, np.int32), *pieces])], lengths


def _frequent(
    first: np.ndarray,
    second: np.ndarray,
    *,
    n_words: int,
    ends: np.ndarray,
    times_learnt: np.ndarray,
    min_df: int,
) -> tuple[np.ndarray, scipy.sparse.csc_matrix]:
    """Of the phrases that stand in at least `min_df` of the rows to learn from: their
    numbers, and how often each stands in each row. Each row's words end at `ends`.

    A word and the one after it, or -1 where there is none, make two phrases; -1 and
    whatever comes after it make none. The numbers are in the order of the phrases: those
    of one first word are neighbours, the word alone before all pairs, for a space sorts
    before everything that words are made of.
    """
    n_rows, base = len(times_learnt), n_words + 1
    bits = n_rows.bit_length()
    if base**2 << bits >= 2**63:
        raise ValueError(
            f"{n_words:,} words in {n_rows:,} texts are too many to count their pairs:"
            " raise min_df"
        )
    numbers, counts, texts, sizes = [], [], [], []
    # A part of the first words at a time, to spare memory.
    edges = np.linspace(0, first.max(initial=0) + 1, 17).astype(int)
    for start, end in pairwise(edges):
        here = np.flatnonzero((first >= start) & (first < end))
        in_pair = here[second[here] >= 0]
        phrases = np.concatenate([first[here], first[in_pair]], dtype=np.int64) * base
        phrases[len(here) :] += second[in_pair] + 1
        rows = np.searchsorted(ends, np.concatenate([here, in_pair]), side="right")
        # Phrase and row as one number, so that one sort brings all alike together.
        both = phrases << bits | rows
        both.sort()
        begins = np.flatnonzero(np.diff(both, prepend=-1))
        times = np.diff(begins, append=len(both)).astype(np.float32)
        phrases, rows = both[begins] >> bits, both[begins] & (1 << bits) - 1
        begins = np.flatnonzero(np.diff(phrases, prepend=-1))
        size = np.diff(begins, append=len(phrases))
        learnt = np.add.reduceat(times_learnt[rows], begins) if len(rows) else begins
        frequent = learnt >= min_df
        kept = np.repeat(frequent, size)
        numbers.append(phrases[begins[frequent]])
        counts.append(times[kept])
        texts.append(rows[kept].astype(np.int32))
        sizes.append(size[frequent])
    counts, texts = np.concatenate(counts), np.concatenate(texts)
    columns = np.cumsum(np.concatenate([[0], *sizes]))
    shape = (n_rows, len(columns) - 1)
    found = scipy.sparse.csc_matrix((counts, texts, columns), shape=shape)
    return np.concatenate(numbers), found


def check_words_are_seen(texts: Iterable[str]) -> None:
    """Refuse texts whose words cannot be told apart: a word here is two or more letters
    or digits with anything else around them.

    Raises
    ------
    ValueError
        If most texts are in Chinese or Japanese without spaces, or in a script that
        puts marks on its letters (Thai, Hindi and their neighbours), at which words
        are cut; marks that Unicode can join to their letters count too.
    """
    texts = list(texts)
    others = [text for text in texts if not text.isascii()]
    if 2 * len(others) <= len(texts):
        return
    letters, marks, unspaced = 0, 0, 0
    for character, times in Counter("".join(others)).items():
        kind = unicodedata.category(character)[0]
        letters += times * (kind == "L")
        marks += times * (kind == "M")
        name = unicodedata.name(character, "")
        unspaced += times * name.startswith(("CJK UNIFIED", "HIRAGANA", "KATAKANA"))
    pieces = sum(len(text.split()) for text in others)
    if 10 * marks > letters:
        raise ValueError(
            f"{marks:,} marks on {letters:,} letters: the words of this script are cut"
            " at its marks, so TF-IDF cannot count them. Bring the texts into Unicode's"
            " form NFC if they are not; for scripts such as Thai or Hindi, give the"
            " learner features of another kind"
        )
    if 2 * unspaced > letters and unspaced > 4 * pieces:
        raise ValueError(
            f"{unspaced:,} Chinese or Japanese characters, and {pieces:,} pieces with a"
            " space between them: whole sentences would count as words. Put spaces"
            " between the words first, with a word segmenter for the language"
        )
