"""The features of texts that are not in the corpus: what `tfidf`, `lsa` and `beside` have
learnt from it, applied to any others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from alutils.corpus.reviews import Reviews
from alutils.features.phrases import directions_of, places_of, put_beside


@dataclass(frozen=True)
class Vectorizer:
    """From any texts to the numbers that the corpus got, bit for bit.

    Attributes
    ----------
    phrases
        scikit-learn's, learnt from the texts that `tfidf` learns from
    directions
        those of `lsa`; None without
    weight
        how much the places count beside the phrases, as in `beside`
    """

    phrases: TfidfVectorizer
    directions: TruncatedSVD | None = None
    weight: float = 1.0

    def transform(self, texts: Iterable[str]) -> scipy.sparse.csr_matrix:
        """Features of float32, shape (n_texts, n_features)."""
        found = self.phrases.transform(texts)
        found.sort_indices()
        if self.directions is None:
            return found
        return put_beside(found, places_of(found, self.directions), weight=self.weight)


def vectorizer_of(
    reviews: Reviews,
    vocabulary_rows: np.ndarray,
    *,
    min_df: int = 5,
    lsa_rows: np.ndarray | None = None,
    dimensions: int = 0,
    seed: int = 0,
    weight: float = 1.0,
) -> Vectorizer:
    """What gives other texts the features that `tfidf(reviews, vocabulary_rows,
    min_df=min_df)` gives the corpus; with `dimensions`, those of `lsa` beside them.

    It learns anew from the same texts, in scikit-learn, so that what is kept of it needs
    scikit-learn alone: about a second for each thousand reviews.

    Parameters
    ----------
    vocabulary_rows, min_df
        as in `tfidf`
    lsa_rows, dimensions, seed
        `rows` and the rest as in `lsa`
    weight
        as in `beside`
    """
    rows = np.arange(len(reviews))[vocabulary_rows]
    phrases = TfidfVectorizer(
        ngram_range=(1, 2), min_df=min_df, sublinear_tf=True, dtype=np.float32
    )
    phrases.fit(reviews.texts[rows])
    if not dimensions:
        return Vectorizer(phrases)
    found = phrases.transform(reviews.texts[lsa_rows])
    found.sort_indices()
    directions = directions_of(found, dimensions=dimensions, seed=seed)
    return Vectorizer(phrases, directions, weight)
