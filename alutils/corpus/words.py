"""Words for each class, from which a model can start before the first label, and a
fixed list for movie reviews.

Words are lists of strings, one list a class, in the order of the corpus's classes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

# How the list was made, before any model had seen it: written down from memory, in one
# go, by somebody who knows that the texts are reviews of films, and who looked at no
# text, no label and no model meanwhile. First what came to mind first (20 a class), then
# as much again. A word is in if a reviewer would say with it what a film is worth; it is
# out if it tells what happens in a film (murder), names a kind of film (horror film) or a
# person. Single words of running text; another form of a word is another word. The
# order is the order in which they came.
MOVIE_WORDS = (
    (
        # negative
        *("bad", "worst", "awful", "boring", "waste", "terrible", "poor", "stupid"),
        *("horrible", "dull", "lame", "crap", "ridiculous", "pointless", "annoying"),
        *("mess", "poorly", "unfortunately", "disappointing", "garbage"),
        *("worse", "dreadful", "pathetic", "laughable", "mediocre", "tedious"),
        *("bland", "lousy", "trash", "rubbish", "forgettable", "predictable"),
        *("unfunny", "disappointment", "badly", "wasted", "idiotic", "painful"),
        *("fails", "avoid"),
    ),
    (
        # positive
        *("excellent", "wonderful", "great", "best", "brilliant", "loved", "amazing"),
        *("perfect", "superb", "favorite", "beautiful", "fantastic", "outstanding"),
        *("enjoyed", "masterpiece", "touching", "highly", "powerful", "delightful"),
        *("incredible", "terrific", "magnificent", "marvelous", "gem", "memorable"),
        *("captivating", "enjoyable", "charming", "hilarious", "stunning"),
        *("refreshing", "gripping", "compelling", "moving", "fascinating"),
        *("remarkable", "clever", "entertaining", "unforgettable", "recommended"),
    ),
)

# The same tokens as the phrases of the linear model: two letters or more, lower case.
_tokens = CountVectorizer().build_analyzer()

Words = tuple[tuple[str, ...], ...]


def clean_words(words: Sequence[Sequence[str]], classes: Sequence[str]) -> Words:
    """The words of each class as the tokenizer sees them: lower case, one space between
    the words of a phrase.

    Raises
    ------
    ValueError
        If there are not as many lists as classes, a class has no word, a word is given
        twice, or the tokenizer cannot see a word whole.

    Examples
    --------
    >>> clean_words([["Bad", "not  good"], ["great"]], ["negative", "positive"])
    (('bad', 'not good'), ('great',))
    """
    if isinstance(words, str) or any(isinstance(one, str) for one in words):
        raise ValueError(
            f"words={words!r}: expected one list of words for each class, such as"
            " [['bad', 'awful'], ['great']]"
        )
    if len(words) != len(classes):
        raise ValueError(
            f"{len(words)} lists of words for {len(classes)} classes"
            f" ({', '.join(map(str, classes))}): give one list for each class, in this"
            " order"
        )
    cleaned = tuple(tuple(_seen_whole(word) for word in one) for one in words)
    owner: dict[str, str] = {}
    for name, own in zip(classes, cleaned, strict=True):
        if not own:
            raise ValueError(f"class {name!r} has no words: give it at least one")
        for word in own:
            if word in owner:
                where = (
                    f"twice in class {name!r}"
                    if owner[word] == name
                    else f"in class {owner[word]!r} and in class {name!r}"
                )
                raise ValueError(f"the word {word!r} is {where}: name it once")
            owner[word] = name
    return cleaned


def draw_words(words: Words, n: int, rng: np.random.Generator) -> Words:
    """`n` words of each class in a random order; fewer of them, drawn from a generator in
    the same state, are the first of more.

    Raises
    ------
    ValueError
        If a class has fewer.

    Examples
    --------
    >>> words = (("bad", "awful", "dull"), ("great", "moving", "fun"))
    >>> draw_words(words, 2, np.random.default_rng(0))
    (('dull', 'bad'), ('fun', 'moving'))
    """
    if n > (fewest := min(map(len, words))):
        raise ValueError(
            f"{n} words for each class: the list has {fewest} of one class, ask for at"
            " most so many"
        )
    return tuple(tuple(one[k] for k in rng.permutation(len(one))[:n]) for one in words)


def _seen_whole(word: str) -> str:
    if not isinstance(word, str):
        raise ValueError(f"the word {word!r} is no text: give words as strings")
    seen = _tokens(word)
    letters = [c for c in word if unicodedata.category(c)[0] in "LMN"]
    if not seen or len("".join(seen)) < len("".join(letters).lower()):
        raise ValueError(
            f"the tokenizer cannot see {word!r}"
            f" ({'it leaves ' + repr(' '.join(seen)) if seen else 'nothing is left'}):"
            " it knows words of two letters or more between spaces or punctuation;"
            " give other words, or texts and words in a script that it can divide"
        )
    return " ".join(seen)
