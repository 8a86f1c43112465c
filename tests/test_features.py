import string
from collections import Counter

import keras
import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from alutils.features import STANDARDIZATIONS, beside, lsa, tfidf, token_ids
from alutils.splits import split_in_storage_order

PADDING, UNKNOWN = 0, 1


def words_of(text: str, standardization: str) -> list[str]:
    """The tokens of a text without TensorFlow: as bytes, because it lowers ASCII
    letters only."""
    data = text.encode().lower()
    if standardization == "strip_br":
        data = data.replace(b"<br />", b" ")
    return [
        word.decode()
        for word in data.translate(None, string.punctuation.encode()).split()
    ]


def ids_of(
    text: str, vocabulary: list[str], length: int, standardization: str
) -> list[int]:
    known = {word: k for k, word in enumerate(vocabulary)}
    ids = [
        known.get(word, UNKNOWN) for word in words_of(text, standardization)[:length]
    ]
    return ids + [PADDING] * (length - len(ids))


@pytest.fixture(scope="module")
def split_corpus(corpus_of):
    """A corpus in which each split has a word of its own, and all of them share one."""
    labels = np.tile([0, 1], 20)
    splits = split_in_storage_order(
        corpus_of(labels), labelled=20, validation=4, test=6
    )
    texts = np.empty(len(labels), dtype=object)
    for name in ("labelled", "validation", "test", "pool"):
        texts[getattr(splits, name)] = f"shared {name}word shared"
    return corpus_of(labels, texts), splits


@pytest.mark.parametrize("standardization", STANDARDIZATIONS)
def test_the_vocabulary_never_sees_validation_test_or_pool(
    split_corpus, standardization
):
    reviews, splits = split_corpus
    tokens = token_ids(
        reviews,
        splits.labelled,
        vocabulary_size=50,
        sequence_length=4,
        standardization=standardization,
    )
    assert sorted(tokens.vocabulary[2:]) == ["labelledword", "shared"]
    shared = tokens.vocabulary.index("shared")
    for name in ("validation", "test", "pool"):
        assert (
            tokens.ids[getattr(splits, name)] == [shared, UNKNOWN, shared, PADDING]
        ).all()


@pytest.fixture(scope="module", params=STANDARDIZATIONS)
def learnt_from_imdb(imdb, request):
    """Rows, the tokens with a vocabulary learnt from them, and the standardization."""
    rows = np.arange(0, 25_000, 50)
    limits = {"vocabulary_size": 400, "sequence_length": 150}
    tokens = token_ids(imdb, rows, **limits, standardization=request.param)
    return rows, tokens, request.param


def test_the_vocabulary_is_the_most_frequent_words_counted_one_by_one(
    imdb, learnt_from_imdb
):
    rows, tokens, standardization = learnt_from_imdb
    counts = Counter(
        word for row in rows for word in words_of(imdb.texts[row], standardization)
    )
    learnt = tokens.vocabulary[2:]
    assert len(learnt) == len(set(learnt)) == 398
    # Equally frequent words may stand in any order, so their counts are compared.
    assert [counts[word] for word in learnt] == sorted(counts.values(), reverse=True)[
        :398
    ]


def test_ids_are_the_first_words_of_a_real_review_padded_with_zeros(
    imdb, learnt_from_imdb
):
    _, tokens, standardization = learnt_from_imdb
    assert tokens.ids.shape == (25_000, 150)
    sample = np.arange(0, 25_000, 25)
    expected = [
        ids_of(imdb.texts[row], tokens.vocabulary, 150, standardization)
        for row in sample
    ]
    assert tokens.ids[sample].tolist() == expected
    # Both kinds of review are there, or this says nothing about cutting and padding.
    lengths = np.array(
        [len(words_of(imdb.texts[row], standardization)) for row in sample]
    )
    assert (lengths > 150).any()
    assert (lengths < 150).any()


pieces = st.lists(
    st.sampled_from(["<br />", "<br", " ", "\n", "a", "BC", "É", "n't", "1.5", "."]),
    max_size=12,
).map("".join)


@settings(max_examples=15)
@given(
    texts=st.lists(pieces, min_size=1, max_size=5),
    standardization=st.sampled_from(STANDARDIZATIONS),
)
def test_ids_follow_the_vocabulary_for_any_text(corpus_of, texts, standardization):
    reviews = corpus_of([0] * (len(texts) + 1), ["a word to learn", *texts])
    tokens = token_ids(
        reviews,
        np.arange(len(reviews)),
        vocabulary_size=6,
        sequence_length=3,
        standardization=standardization,
    )
    expected = [
        ids_of(text, tokens.vocabulary, 3, standardization) for text in reviews.texts
    ]
    assert tokens.ids.tolist() == expected


def test_the_two_standardizations_differ_by_the_word_br(corpus_of):
    reviews = corpus_of(
        [0, 1], ["A fine film. <br /><br /> Go!", "A film <br /> to see"]
    )
    keep, strip = (
        token_ids(
            reviews,
            np.arange(2),
            vocabulary_size=50,
            sequence_length=8,
            standardization=standardization,
        )
        for standardization in ("keep_br", "strip_br")
    )
    assert set(keep.vocabulary) - set(strip.vocabulary) == {"br"}
    assert set(strip.vocabulary) <= set(keep.vocabulary)
    assert [keep.vocabulary[k] for k in keep.ids[0]] == [
        "a",
        "fine",
        "film",
        "br",
        "br",
        "go",
        "",
        "",
    ]
    assert [strip.vocabulary[k] for k in strip.ids[0]] == [
        "a",
        "fine",
        "film",
        "go",
        "",
        "",
        "",
        "",
    ]


def test_keep_br_glues_a_break_to_the_word_before_it_and_strip_br_does_not(corpus_of):
    # As the real reviews have it: no space between the full stop and the break.
    reviews = corpus_of([0], ["Fine film.<br /><br />Go"])
    keep = token_ids(reviews, np.arange(1), vocabulary_size=50, sequence_length=4)
    strip = token_ids(
        reviews,
        np.arange(1),
        vocabulary_size=50,
        sequence_length=4,
        standardization="strip_br",
    )
    assert set(keep.vocabulary[2:]) == {"fine", "filmbr", "br", "go"}
    assert set(strip.vocabulary[2:]) == {"fine", "film", "go"}


def test_an_unknown_standardization_is_named_with_those_that_are_known(corpus_of):
    with pytest.raises(ValueError, match=r"'no_br'.*keep_br, strip_br"):
        token_ids(
            corpus_of([0]),
            np.arange(1),
            vocabulary_size=5,
            sequence_length=2,
            standardization="no_br",
        )


def test_a_vocabulary_of_no_rows_is_refused(corpus_of):
    with pytest.raises(ValueError, match=r"no vocabulary_rows.*at least one row"):
        token_ids(corpus_of([0]), np.arange(0), vocabulary_size=5, sequence_length=2)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ALUTILS_CACHE", str(tmp_path))


def test_token_ids_come_from_the_cache_the_second_time(
    own_cache, corpus_of, monkeypatch
):
    reviews = corpus_of([0, 1], ["one two", "two three"])
    first = token_ids(reviews, np.arange(2), vocabulary_size=9, sequence_length=3)
    monkeypatch.delattr(keras.layers, "TextVectorization")
    second = token_ids(reviews, np.arange(2), vocabulary_size=9, sequence_length=3)
    assert second.vocabulary == first.vocabulary
    assert np.array_equal(second.ids, first.ids)
    assert second.ids.dtype == first.ids.dtype == np.int32


@pytest.mark.parametrize(
    "change",
    [
        {"texts": ["one two", "two four"]},
        {"rows": [0]},
        {"vocabulary_size": 3},
        {"sequence_length": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_cache_is_not_asked_when_anything_has_changed(own_cache, corpus_of, change):
    def ids(
        texts=("one two", "two three"),
        rows=(0, 1),
        vocabulary_size=9,
        sequence_length=3,
    ):
        reviews = corpus_of([0, 1], list(texts))
        return token_ids(
            reviews,
            np.array(rows),
            vocabulary_size=vocabulary_size,
            sequence_length=sequence_length,
        )

    before, after = ids(), ids(**change)
    assert before.vocabulary != after.vocabulary or before.ids.shape != after.ids.shape


# --- TF-IDF


def test_tfidf_is_what_scikit_learn_makes_of_the_rows_to_learn_from(imdb):
    few = imdb.texts[:400]
    reviews = type(imdb)(few, imdb.labels[:400], "a part")
    rows = np.arange(0, 400, 2)
    features = tfidf(reviews, rows)
    expected = (
        TfidfVectorizer(ngram_range=(1, 2), min_df=5, sublinear_tf=True)
        .fit(few[rows])
        .transform(few)
    )
    assert features.shape == expected.shape
    assert np.abs(features - expected).max() < 1e-6


def test_tfidf_never_sees_validation_test_or_pool(split_corpus, corpus_of):
    reviews, splits = split_corpus
    features = tfidf(reviews, splits.labelled, min_df=1)
    # Four phrases: the shared word, the labelled reviews' own, and the two pairs.
    assert features.shape == (40, 4)
    others = reviews.texts.copy()
    for name in ("validation", "test", "pool"):
        others[getattr(splits, name)] = "something else altogether"
    changed = tfidf(corpus_of(reviews.labels, others), splits.labelled, min_df=1)
    assert (changed[splits.labelled] != features[splits.labelled]).nnz == 0
    assert changed[splits.pool].nnz == 0


def test_tfidf_without_a_frequent_phrase_says_what_to_do(corpus_of):
    with pytest.raises(
        ValueError,
        match=r"no phrase stands in 5 of the 2 reviews.*lower min_df or give more",
    ):
        tfidf(corpus_of([0, 1]), np.arange(2))


# --- places from latent semantic analysis


@pytest.fixture
def phrases() -> scipy.sparse.csr_matrix:
    """Counts of 12 phrases in 30 reviews; the last review holds none."""
    counts = np.random.default_rng(0).poisson(0.7, (30, 12))
    counts[-1] = 0
    return scipy.sparse.csr_matrix(counts, dtype=np.float32)


LEARNT_FROM = np.arange(0, 30, 2)


@pytest.mark.parametrize("dimensions", [1, 3, 12])
def test_lsa_is_what_a_singular_value_decomposition_gives(phrases, dimensions):
    places = lsa(phrases, LEARNT_FROM, dimensions=dimensions, seed=0)
    assert places.shape == (30, dimensions)
    assert places.dtype == np.float32
    dense = phrases.toarray().astype(float)
    _, _, directions = np.linalg.svd(dense[LEARNT_FROM], full_matrices=False)
    expected = dense @ directions[:dimensions].T
    lengths = np.linalg.norm(expected, axis=1, keepdims=True)
    expected /= np.where(lengths == 0, 1, lengths)
    # A direction may point either way, so the angles between reviews are compared.
    assert np.allclose(places @ places.T, expected @ expected.T, atol=1e-5)


def test_places_have_length_one_or_zero_without_a_known_phrase(phrases):
    lengths = np.linalg.norm(lsa(phrases, LEARNT_FROM, dimensions=4, seed=0), axis=1)
    assert np.allclose(lengths[:-1], 1)
    assert lengths[-1] == 0


def test_lsa_never_sees_other_rows_than_those_to_learn_from(phrases):
    others = phrases.toarray()
    others[1::2] = np.random.default_rng(1).poisson(5, (15, 12))
    changed = lsa(scipy.sparse.csr_matrix(others), LEARNT_FROM, dimensions=4, seed=0)
    same = lsa(phrases, LEARNT_FROM, dimensions=4, seed=0)
    assert np.allclose(changed[LEARNT_FROM], same[LEARNT_FROM], atol=1e-6)
    assert not np.allclose(changed[1::2], same[1::2], atol=1e-2)


def test_lsa_repeats_with_its_seed(imdb):
    reviews = type(imdb)(imdb.texts[:200], imdb.labels[:200], "a part")
    rows = np.arange(200)
    features = tfidf(reviews, rows)
    one, other = (lsa(features, rows, dimensions=5, seed=0) for _ in range(2))
    assert np.array_equal(one, other)


def test_reviews_with_the_same_words_lie_together(corpus_of):
    texts = ["space ship"] * 5 + ["love song"] * 5 + ["ship space", "song love"]
    reviews = corpus_of([0] * 12, texts)
    features = tfidf(reviews, np.arange(10), min_df=1)
    places = lsa(features, np.arange(10), dimensions=2, seed=0)
    nearness = places @ places.T
    assert np.allclose(nearness[10, :5], 1, atol=1e-5)
    assert np.allclose(nearness[11, 5:10], 1, atol=1e-5)
    assert np.allclose(nearness[10, 5:10], 0, atol=1e-5)


@pytest.mark.parametrize(
    ("rows", "dimensions", "found"),
    [(15, 13, "15 reviews and 12 phrases"), (4, 5, "4 reviews and 12 phrases")],
)
def test_more_dimensions_than_reviews_or_phrases_are_refused(
    phrases, rows, dimensions, found
):
    with pytest.raises(
        ValueError, match=f"{dimensions} dimensions from {found}: ask for fewer"
    ):
        lsa(phrases, np.arange(rows), dimensions=dimensions, seed=0)


@pytest.mark.parametrize("weight", [0, 0.5, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_phrases_and_places_stand_beside_each_other(phrases, weight, dtype):
    places = np.random.default_rng(0).normal(size=(30, 3)).astype(dtype)
    both = beside(phrases, places, weight=weight)
    assert scipy.sparse.issparse(both)
    assert both.format == "csr"
    assert both.dtype == np.float32
    expected = np.concatenate([phrases.toarray(), weight * places], axis=1)
    assert np.allclose(both.toarray(), expected, rtol=1e-6)
