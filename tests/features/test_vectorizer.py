import numpy as np
import pytest

from alutils.corpus.reviews import Reviews
from alutils.features.phrases import beside, lsa, tfidf
from alutils.features.vectorizer import vectorizer_of

ROWS = np.arange(0, 300, 2)


@pytest.fixture(scope="module")
def reviews(imdb):
    return Reviews(imdb.texts[:300], imdb.labels[:300], "some of IMDB")


def same(found, expected):
    return found.shape == expected.shape and all(
        np.array_equal(getattr(found, part), getattr(expected, part))
        for part in ("data", "indices", "indptr")
    )


@pytest.mark.parametrize("min_df", [2, 5])
def test_the_texts_of_the_corpus_get_its_phrases_bit_for_bit(reviews, min_df):
    vectorizer = vectorizer_of(reviews, ROWS, min_df=min_df)
    expected = tfidf(reviews, ROWS, min_df=min_df)
    assert same(vectorizer.transform(reviews.texts), expected)
    some = [7, 7, 250]
    assert same(vectorizer.transform(reviews.texts[some]), expected[some])


def test_with_directions_they_get_their_places_too(reviews):
    phrases = tfidf(reviews, ROWS)
    rows = np.arange(200)
    expected = beside(phrases, lsa(phrases, rows, dimensions=8, seed=3), weight=0.5)
    vectorizer = vectorizer_of(
        reviews, ROWS, lsa_rows=rows, dimensions=8, seed=3, weight=0.5
    )
    assert same(vectorizer.transform(reviews.texts), expected)


def test_a_text_without_a_known_phrase_has_no_number(reviews):
    found = vectorizer_of(reviews, ROWS).transform(["", "qwxz qwxz"])
    assert found.shape[0] == 2
    assert found.nnz == 0
