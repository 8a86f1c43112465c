"""From text to token ids, as the network reads them.

The vocabulary is learnt from the rows that it is given, and from no others.
"""

from __future__ import annotations

import re
import string
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np

from alutils.cache import arrays_to_texts, cached_arrays, digest, texts_to_arrays
from alutils.corpus.reviews import Reviews
from alutils.provenance import start_tensorflow

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

PUBLISHED_STANDARDIZATIONS = ("keep_br", "strip_br")
STANDARDIZATIONS = (*PUBLISHED_STANDARDIZATIONS, "unicode")


@dataclass(frozen=True)
class TokenIds:
    """Reviews as the LSTM reads them.

    Attributes
    ----------
    ids : array of int32, shape (n_reviews, sequence_length)
        0 pads, 1 is any word that the vocabulary lacks; read-only
    vocabulary
        the words by id, the most frequent first
    """

    ids: np.ndarray
    vocabulary: list[str]


def strip_br(texts: tf.Tensor) -> tf.Tensor:
    """Lower case, `<br />` to a space, punctuation away: the Keras 2 version of the
    published example. Both are those of ASCII only: “Great” keeps its quotation marks,
    and Übel is another word than übel."""
    import tensorflow as tf

    without_breaks = tf.strings.regex_replace(tf.strings.lower(texts), "<br />", " ")
    return tf.strings.regex_replace(
        without_breaks, f"[{re.escape(string.punctuation)}]", ""
    )


def plain_words(text: str) -> str:
    """Lower case and no punctuation, of every script; `<br />` and all that parts words
    become spaces, apostrophes and hyphens go without a trace, as ASCII's do in the
    published example.

    Letters with accents are the same however they are written (Unicode's form NFC).
    Lower case is the same in all languages, so that Turkish gets a dotted i for I.

    Examples
    --------
    >>> plain_words("It’s “great”—really…<br />ÜBEL, Фильм!").split()
    ['its', 'great', 'really', 'übel', 'фильм']
    """
    lower = unicodedata.normalize("NFC", text.lower()).replace("<br />", " ")
    return lower.translate(_punctuation())


@cache
def _punctuation() -> dict[int, str]:
    # Punctuation (P), what counts as such on a keyboard ($ + ^: Sc, Sm, Sk), spaces of
    # any width (Z) and control characters (Cc: dashes of Windows read as Latin-1 are
    # such); emoji (So) stay.
    characters = map(chr, range(sys.maxunicode + 1))
    parting = {
        ord(character): " "
        for character in characters
        if (kind := unicodedata.category(character))[0] in "PZ"
        or kind in ("Sc", "Sm", "Sk", "Cc")
    }
    within_words = "'’‘ʼ´`＇-‐‑\N{SOFT HYPHEN}"
    return parting | dict.fromkeys(map(ord, within_words), "")


def token_ids(
    reviews: Reviews,
    vocabulary_rows: np.ndarray,
    *,
    vocabulary_size: int,
    sequence_length: int,
    standardization: str = "keep_br",
) -> TokenIds:
    """Token ids of every review, with a vocabulary learnt from `vocabulary_rows` alone.

    Words are what lies between spaces: of a text in Chinese or Thai without spaces,
    whole sentences.

    Parameters
    ----------
    vocabulary_rows
        rows whose texts may be seen by the vocabulary, usually the labelled ones
    vocabulary_size
        words to keep, the two reserved ids included
    sequence_length
        tokens to keep of each review, from its start
    standardization
        "keep_br" (Keras's own lower_and_strip_punctuation, as in the Keras 3 version of
        the published example; it leaves `<br />` behind as the word br, or glued to its
        neighbour), "strip_br" (as in the Keras 2 version), or "unicode"; the first two
        know lower case and punctuation of ASCII only, so use "unicode" for texts in
        other languages than English

    Raises
    ------
    ValueError
        If the standardization is unknown or there are no rows to learn from.
    """
    if standardization not in STANDARDIZATIONS:
        raise ValueError(
            f"unknown standardization {standardization!r}: choose one of"
            f" {', '.join(STANDARDIZATIONS)}"
        )
    rows = np.arange(len(reviews))[vocabulary_rows]
    if len(rows) == 0:
        raise ValueError(
            "no vocabulary_rows: give at least one row to learn the vocabulary from"
        )

    def make() -> dict[str, np.ndarray]:
        layer = _layer(standardization, vocabulary_size, sequence_length)
        # Whole batches at a time: a map over single reviews, as published, takes
        # several times as long.
        layer.adapt(_batches(reviews.texts[rows], standardization))
        ids = _ids(layer, reviews.texts, standardization)
        return {"ids": ids, **texts_to_arrays(layer.get_vocabulary())}

    # The first number stands for this code: another one leaves older arrays alone.
    how = f"2 {metadata.version('keras')} {vocabulary_size} {sequence_length}"
    key = digest([how, standardization, rows, reviews.digest])
    stored = cached_arrays(f"tokens-{key[:20]}", make)
    return TokenIds(stored["ids"], arrays_to_texts(stored))


@dataclass(frozen=True)
class TokenReader:
    """From any texts to token ids, in a vocabulary that `token_ids` has learnt.

    Attributes
    ----------
    vocabulary
        the words by id, as `TokenIds` has them
    sequence_length, standardization
        as in `token_ids`
    """

    vocabulary: tuple[str, ...]
    sequence_length: int
    standardization: str

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        """Token ids, array of int32, shape (n_texts, sequence_length)."""
        layer = _layer(self.standardization, len(self.vocabulary), self.sequence_length)
        layer.set_vocabulary(list(self.vocabulary))
        return _ids(layer, texts, self.standardization)


def _layer(
    standardization: str, vocabulary_size: int, sequence_length: int
) -> keras.layers.TextVectorization:
    start_tensorflow()
    import keras

    keras_does_it = standardization == "keep_br"
    return keras.layers.TextVectorization(
        vocabulary_size,
        standardize="lower_and_strip_punctuation" if keras_does_it else None,
        output_sequence_length=sequence_length,
    )


def _batches(texts: np.ndarray, standardization: str) -> tf.data.Dataset:
    import tensorflow as tf

    if standardization == "unicode":
        texts = [plain_words(text) for text in texts]
    dataset = tf.data.Dataset.from_tensor_slices(texts).batch(1024)
    # Outside the layer, which calls functions eagerly on other backends.
    return dataset.map(strip_br) if standardization == "strip_br" else dataset


def _ids(
    layer: keras.layers.TextVectorization, texts: np.ndarray, standardization: str
) -> np.ndarray:
    import tensorflow as tf

    batches = _batches(texts, standardization)
    read = batches.map(layer, num_parallel_calls=tf.data.AUTOTUNE)
    return np.concatenate([batch.numpy() for batch in read]).astype(np.int32)
