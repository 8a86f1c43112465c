"""From text to phrases: TF-IDF, and what goes together by latent semantic analysis.

Phrases are learnt from the rows that they are given, and from no others. What is made
here is kept between runs, mapped into memory and read-only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse
import sklearn
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from alutils.cache import cached_arrays, digest
from alutils.corpus.reviews import Reviews
from alutils.features.counts import check_words_are_seen, phrase_counts

# What made the arrays; another first number leaves those of an older form alone.
_MADE_BY = f"1 {sklearn.__version__} {scipy.__version__} {np.__version__}"


def tfidf(
    reviews: Reviews, vocabulary_rows: np.ndarray, *, min_df: int = 5
) -> scipy.sparse.csr_matrix:
    """TF-IDF of one- and two-word phrases for every review, shape (n_reviews,
    n_phrases).

    Phrases and their weights are learnt from `vocabulary_rows` alone; a phrase counts
    if at least `min_df` of those reviews hold it. Counts are damped (1 + log), as
    Manning, Raghavan and Schütze (2008) advise. The numbers are those of scikit-learn's
    `TfidfVectorizer`, and so are the words: two or more letters or digits, of any
    script that puts something between its words. In Chinese or Thai without spaces
    whole sentences would be words.

    Raises
    ------
    ValueError
        If no phrase is frequent enough, `min_df` is not a whole number above 0, or the
        texts are of a script whose words cannot be told apart.
    """
    if not isinstance(min_df, (int, np.integer)) or min_df < 1:
        raise ValueError(f"min_df={min_df}: expected a whole number of at least 1")
    rows = np.arange(len(reviews))[vocabulary_rows]

    def make() -> scipy.sparse.csr_matrix:
        check_words_are_seen(reviews.texts[rows])
        counts = phrase_counts(reviews.texts, rows, min_df)
        if counts.shape[1] == 0:
            raise ValueError(
                f"no phrase stands in {min_df} of the {len(rows)} reviews to learn"
                " from: lower min_df or give more"
            )
        weights = TfidfTransformer(sublinear_tf=True).fit(counts[rows])
        return weights.transform(counts, copy=False)

    return _kept("tfidf", [reviews.digest, rows, str(int(min_df))], make)


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
    rows = np.arange(phrases.shape[0])[rows]
    if dimensions > min(len(rows), phrases.shape[1]):
        raise ValueError(
            f"{dimensions} dimensions from {len(rows)} reviews and {phrases.shape[1]}"
            " phrases: ask for fewer"
        )

    def make() -> dict[str, np.ndarray]:
        directions = directions_of(phrases[rows], dimensions=dimensions, seed=seed)
        return {"places": places_of(phrases, directions)}

    parts = [*_identity(phrases), rows, f"{dimensions} {seed}"]
    return cached_arrays(_key("lsa", parts), make)["places"]


def directions_of(
    phrases: scipy.sparse.csr_matrix, *, dimensions: int, seed: int
) -> TruncatedSVD:
    """The directions of `lsa`, learnt from all the rows that are given."""
    directions = TruncatedSVD(dimensions, n_iter=4, random_state=seed)
    # Sums of several threads would differ in their last digits with how many.
    with threadpool_limits(1):
        return directions.fit(phrases)


def places_of(phrases: scipy.sparse.csr_matrix, directions: TruncatedSVD) -> np.ndarray:
    """Where rows lie along directions, array of float32, shape (n, dimensions); rows of
    length one or zero."""
    with threadpool_limits(1):
        return normalize(directions.transform(phrases)).astype(np.float32)


def beside(
    phrases: scipy.sparse.csr_matrix, places: np.ndarray, *, weight: float
) -> scipy.sparse.csr_matrix:
    """Phrases and places in one matrix, shape (n_reviews, n_phrases + dimensions), the
    places times `weight`."""

    given = f"{places.shape} {places.dtype} {weight!r}"
    return _kept(
        "beside",
        [*_identity(phrases), places, given],
        lambda: put_beside(phrases, places, weight=weight),
    )


def put_beside(
    phrases: scipy.sparse.csr_matrix, places: np.ndarray, *, weight: float
) -> scipy.sparse.csr_matrix:
    """What `beside` gives, made anew and kept nowhere."""
    dense = scipy.sparse.csr_matrix(weight * places)
    return scipy.sparse.hstack([phrases, dense], format="csr", dtype=np.float32)


def _identity(matrix: scipy.sparse.csr_matrix) -> list[str | np.ndarray]:
    """What tells a matrix from others: to read 100 MB of it takes a tenth of a second
    or two."""
    given = f"{matrix.shape} {matrix.dtype}"
    return [given, matrix.data, matrix.indices, matrix.indptr]


def _kept(
    name: str, parts: list[str | np.ndarray], make: Callable
) -> scipy.sparse.csr_matrix:
    def arrays() -> dict[str, np.ndarray]:
        made = make()
        made.sum_duplicates()  # and sorts; it has no duplicates if it was made here
        names = ("data", "indices", "indptr")
        return {n: getattr(made, n) for n in names} | {"shape": np.array(made.shape)}

    found = cached_arrays(_key(name, parts), arrays)
    matrix = scipy.sparse.csr_matrix(
        (found["data"], found["indices"], found["indptr"]), shape=tuple(found["shape"])
    )
    # Or the first use would read all of it to find out.
    matrix.has_sorted_indices = matrix.has_canonical_format = True
    return matrix


def _key(name: str, parts: list[str | np.ndarray]) -> str:
    return f"{name}-{digest([_MADE_BY, *parts])[:20]}"
