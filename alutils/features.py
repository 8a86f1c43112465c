"""From text to numbers: token ids for the LSTM, TF-IDF for the linear model.

Both learn their vocabulary from the rows that they are given, and from no others.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

import keras
import numpy as np
import scipy.sparse
import tensorflow as tf
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from alutils.cache import cached_arrays, digest
from alutils.reviews import Reviews

STANDARDIZATIONS = ("keep_br", "strip_br")


@dataclass(frozen=True)
class TokenIds:
    """Reviews as the LSTM reads them.

    Attributes
    ----------
    ids : array of int32, shape (n_reviews, sequence_length)
        0 pads, 1 is any word that the vocabulary lacks
    vocabulary
        the words by id, the most frequent first
    """

    ids: np.ndarray
    vocabulary: list[str]


def strip_br(texts: tf.Tensor) -> tf.Tensor:
    """Lower case, `<br />` to a space, punctuation away: the Keras 2 version of the
    published example."""
    without_breaks = tf.strings.regex_replace(tf.strings.lower(texts), "<br />", " ")
    return tf.strings.regex_replace(
        without_breaks, f"[{re.escape(string.punctuation)}]", ""
    )


def token_ids(
    reviews: Reviews,
    vocabulary_rows: np.ndarray,
    *,
    vocabulary_size: int,
    sequence_length: int,
    standardization: str = "keep_br",
) -> TokenIds:
    """Token ids of every review, with a vocabulary learnt from `vocabulary_rows` alone.

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
        the published example; it leaves `<br />` behind as the word br, or glued to its neighbour) or "strip_br" (as in
        the Keras 2 version)

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
    if len(vocabulary_rows) == 0:
        raise ValueError(
            "no vocabulary_rows: give at least one row to learn the vocabulary from"
        )

    def make() -> dict[str, np.ndarray]:
        own = standardization == "strip_br"
        layer = keras.layers.TextVectorization(
            vocabulary_size,
            standardize=None if own else "lower_and_strip_punctuation",
            output_sequence_length=sequence_length,
        )

        def batches(texts: np.ndarray) -> tf.data.Dataset:
            dataset = tf.data.Dataset.from_tensor_slices(texts).batch(1024)
            # Outside the layer, which calls functions eagerly on other backends.
            return dataset.map(strip_br) if own else dataset

        # Whole batches at a time: a map over single reviews, as published, takes
        # several times as long.
        layer.adapt(batches(reviews.texts[vocabulary_rows]))
        read = batches(reviews.texts).map(layer, num_parallel_calls=tf.data.AUTOTUNE)
        ids = [batch.numpy() for batch in read]
        return {
            "ids": np.concatenate(ids).astype(np.int32),
            "vocabulary": np.array(layer.get_vocabulary()),
        }

    key = [
        keras.__version__,
        f"{vocabulary_size} {sequence_length} {standardization}",
        np.ascontiguousarray(vocabulary_rows, dtype=np.int64).tobytes(),
        *reviews.texts,
    ]
    stored = cached_arrays("tokens-" + digest(key)[:20], make)
    return TokenIds(stored["ids"], stored["vocabulary"].tolist())


def tfidf(
    reviews: Reviews, vocabulary_rows: np.ndarray, *, min_df: int = 5
) -> scipy.sparse.csr_matrix:
    """TF-IDF of one- and two-word phrases for every review, shape (n_reviews,
    n_phrases).

    Phrases and their weights are learnt from `vocabulary_rows` alone; a phrase counts
    if at least `min_df` of those reviews hold it. Counts are damped (1 + log), as
    Manning, Raghavan and Schütze (2008) advise.

    Raises
    ------
    ValueError
        If no phrase is frequent enough.
    """
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=min_df, sublinear_tf=True, dtype=np.float32
    )
    try:
        vectorizer.fit(reviews.texts[vocabulary_rows])
    except ValueError as error:
        raise ValueError(
            f"no phrase stands in {min_df} of the {len(vocabulary_rows)} reviews to"
            " learn from: lower min_df or give more"
        ) from error
    return vectorizer.transform(reviews.texts)


def lsa(
    phrases: scipy.sparse.csr_matrix, rows: np.ndarray, *, dimensions: int, seed: int
) -> np.ndarray:
    """Where each review lies among the others, from the words that go together: latent
    semantic analysis (Deerwester et al. 1990).

    Parameters
    ----------
    phrases : sparse matrix, shape (n_reviews, n_phrases)
        such as `tfidf` gives it
    rows
        reviews to learn from; it takes no labels, so any whose text may be seen
    dimensions
        numbers to keep of each review

    Returns
    -------
    array of float32, shape (n_reviews, dimensions)
        rows of length one (or zero, for a review without a known phrase)

    Raises
    ------
    ValueError
        If there are fewer phrases, or fewer reviews to learn from, than dimensions.
    """
    if dimensions > min(len(rows), phrases.shape[1]):
        raise ValueError(
            f"{dimensions} dimensions from {len(rows)} reviews and {phrases.shape[1]}"
            " phrases: ask for fewer"
        )
    directions = TruncatedSVD(dimensions, n_iter=4, random_state=seed)
    directions.fit(phrases[rows])
    return normalize(directions.transform(phrases)).astype(np.float32)


def beside(
    phrases: scipy.sparse.csr_matrix, places: np.ndarray, *, weight: float
) -> scipy.sparse.csr_matrix:
    """Phrases and places in one matrix, shape (n_reviews, n_phrases + dimensions), the
    places times `weight`."""
    dense = scipy.sparse.csr_matrix(weight * places)
    return scipy.sparse.hstack([phrases, dense], format="csr", dtype=np.float32)
