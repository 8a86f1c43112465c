import unicodedata

import numpy as np
import pytest
import scipy.sparse
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from alutils.features.counts import _frequent, check_words_are_seen
from alutils.features.phrases import beside, lsa, tfidf
from alutils.published.storage_order import split_in_storage_order


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


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ALUTILS_CACHE", str(tmp_path))
    return tmp_path


def scikit_learns(texts, rows, min_df) -> scipy.sparse.csr_matrix:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=min_df, sublinear_tf=True, dtype=np.float32
    )
    return vectorizer.fit(texts[rows]).transform(texts)


def assert_same_to_the_bit(found, expected):
    assert found.shape == expected.shape
    for name in ("data", "indices", "indptr"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)


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


def test_tfidf_of_real_reviews_is_scikit_learns_to_the_bit(imdb):
    few = type(imdb)(imdb.texts[:2_000], imdb.labels[:2_000], "a part")
    rows = np.arange(1, 2_000, 3)
    assert_same_to_the_bit(tfidf(few, rows), scikit_learns(few.texts, rows, 5))


# Few words, so that phrases repeat within and between texts; among them some that sort
# before others only with the space counted in, and characters that are no part of words.
words = st.sampled_from(
    ["ab", "abc", "AB", "ab_c", "a", "zz", "12", "Éa", "éa", "ЖЗ", "жз", "ß1", "電影"]
)
between = st.sampled_from([" ", "  ", "-", "…", "'", "\n", "<br />", "", "💡", "\x1f"])
made_up = st.lists(st.tuples(words, between), max_size=12).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
texts_to_learn = st.lists(
    st.one_of(made_up, st.text(max_size=30), st.just(""), st.just("?! …")),
    min_size=1,
    max_size=12,
)


@settings(max_examples=300)
@given(texts=texts_to_learn, min_df=st.integers(1, 3), data=st.data())
@example(["a b c"], 1, None)
@example(["", "ab abc", "ab", "ab abc ab abc", ""], 1, None)
def test_tfidf_is_scikit_learns_to_the_bit_for_any_texts(
    corpus_of, texts, min_df, data
):
    # Any rows in any order, some of them twice: scikit-learn counts those twice too.
    rows = np.arange(len(texts))
    if data is not None:
        drawn = st.lists(st.integers(0, len(texts) - 1), min_size=1, max_size=15)
        rows = np.array(data.draw(drawn))
    reviews = corpus_of([0] * len(texts), texts)
    try:
        check_words_are_seen(reviews.texts[rows])
    except ValueError:
        assume(False)  # another test's matter
    try:
        expected = scikit_learns(reviews.texts, rows, min_df)
    except ValueError:
        with pytest.raises(ValueError, match="no phrase stands in"):
            tfidf(reviews, rows, min_df=min_df)
    else:
        assert_same_to_the_bit(tfidf(reviews, rows, min_df=min_df), expected)


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


@pytest.mark.parametrize("min_df", [0, -1, 0.5])
def test_tfidf_wants_a_whole_number_of_reviews(corpus_of, min_df):
    with pytest.raises(ValueError, match=f"min_df={min_df}: expected a whole number"):
        tfidf(corpus_of([0, 1]), np.arange(2), min_df=min_df)


def test_rows_may_be_given_as_a_mask(corpus_of):
    reviews = corpus_of([0, 1, 0], ["one two", "two three", "four"])
    mask = np.array([True, True, False])
    expected = tfidf(reviews, np.arange(2), min_df=1)
    assert_same_to_the_bit(tfidf(reviews, mask, min_df=1), expected)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["这部电影很好看，我很喜欢", "太无聊了，不推荐"], id="Chinese"),
        pytest.param(["この映画はとても面白かった。", "つまらない映画"], id="Japanese"),
        pytest.param(["ภาพยนตร์เรื่องนี้ดีมาก", "หนังเรื่องนี้น่าเบื่อ"], id="Thai"),
        pytest.param(["यह फिल्म बहुत अच्छी है", "फिल्म बेकार थी"], id="Hindi"),
        pytest.param(
            [unicodedata.normalize("NFD", "Phim này rất hay"), "Phim dở quá tệ"],
            id="Vietnamese, marks apart",
        ),
    ],
)
def test_texts_whose_words_cannot_be_told_apart_are_refused(corpus_of, texts):
    with pytest.raises(
        ValueError, match=r"whole sentences would count|words .* are cut"
    ):
        tfidf(corpus_of([0, 1], texts), np.arange(2), min_df=1)


@pytest.mark.parametrize(
    ("texts", "n_phrases"),
    [
        # By hand: words of two characters or more, and pairs of neighbours.
        pytest.param(
            ["这部 电影 很 好看", "这部 电影 无聊"], 7, id="Chinese with spaces"
        ),
        pytest.param(["이 영화는 정말 좋았다", "지루한 영화"], 8, id="Korean"),
        pytest.param(["هذا الفيلم رائع", "فيلم ممل جدا"], 10, id="Arabic"),
        pytest.param(["Фильм понравился", "ФИЛЬМ плохой"], 5, id="Russian"),
        pytest.param(["Öde und zäh", "ÖDE"], 5, id="German"),
        pytest.param(["Phim này rất hay", "Phim dở quá tệ"], 13, id="Vietnamese"),
        pytest.param(
            ["Great film 这部电影很好看", "a great film"], 5, id="a quotation"
        ),
    ],
)
def test_texts_with_something_between_words_are_read(corpus_of, texts, n_phrases):
    found = tfidf(corpus_of([0, 1], texts), np.arange(2), min_df=1)
    assert found.shape == (2, n_phrases)


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


def test_lsa_does_not_depend_on_how_many_threads_there_are(imdb, own_cache):
    reviews = type(imdb)(imdb.texts[:2_000], imdb.labels[:2_000], "a part")
    rows = np.arange(2_000)
    features = tfidf(reviews, rows)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(lsa(features, rows, dimensions=50, seed=0))
        for entry in own_cache.glob("lsa-*"):
            entry.rename(own_cache / f"away-{threads}")  # or it would be read again
    assert len(list(own_cache.glob("away-*"))) == 2
    assert np.array_equal(*found)


# --- what is kept


def everything(reviews, rows, *, min_df=1, dimensions=2, seed=0, weight=2.0):
    features = tfidf(reviews, rows, min_df=min_df)
    places = lsa(features, rows, dimensions=dimensions, seed=seed)
    return features, places, beside(features, places, weight=weight)


@pytest.fixture
def songs(corpus_of):
    texts = ["space ship", "love song", "space song", "ship of love", "", "song"]
    return corpus_of([0] * 6, texts)


def test_a_second_process_makes_no_feature_again(own_cache, songs, monkeypatch):
    rows = np.arange(6)
    made = everything(songs, rows)
    for name in ("phrase_counts", "TruncatedSVD", "scipy.sparse.hstack"):
        monkeypatch.delattr(f"alutils.features.phrases.{name}")
    again = type(songs)(songs.texts.copy(), 1 - songs.labels, "other labels and name")
    for found, expected in zip(everything(again, rows), made, strict=True):
        if scipy.sparse.issparse(found):
            assert_same_to_the_bit(found, expected)
        else:
            assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    "change",
    [
        {"min_df": 2},
        {"dimensions": 3},
        {"seed": 1},
        {"weight": 1.0},
        {"rows": np.arange(5)},
        {
            "texts": [
                "space ship",
                "love song",
                "space song",
                "ship of love",
                "",
                "sing",
            ]
        },
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_a_feature_makes_it_anew(own_cache, songs, corpus_of, change):
    def entries(*, texts=songs.texts, rows=np.arange(6), **more) -> set[str]:  # noqa: B008
        everything(corpus_of([0] * 6, texts), rows, **more)
        return {path.name for path in own_cache.iterdir()}

    before = entries()
    assert len(before) == 3
    assert len(entries(**change) - before) >= 1


def test_features_are_made_where_nothing_can_be_kept(songs, tmp_path, monkeypatch):
    kept = everything(songs, np.arange(6))
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ALUTILS_CACHE", str(tmp_path / "file" / "cache"))
    for made, expected in zip(everything(songs, np.arange(6)), kept, strict=True):
        assert abs(made - expected).max() == 0


def test_a_model_learns_from_features_that_are_mapped_and_cannot_be_written(
    own_cache, imdb
):
    few = imdb.texts[::25]
    reviews = type(imdb)(few, imdb.labels[::25].copy(), "a part")
    rows = np.arange(len(few))
    features = tfidf(reviews, rows)
    both = beside(features, lsa(features, rows, dimensions=5, seed=0), weight=2)
    for matrix in (features, both):
        for array in (matrix.data, matrix.indices):
            assert not array.flags.writeable
            assert "memmap" in {type(each).__name__ for each in bases_of(array)}
        copied = scipy.sparse.csr_matrix(matrix, copy=True)
        for solver, dual in (("liblinear", True), ("lbfgs", False)):
            ours, theirs = (
                LogisticRegression(solver=solver, dual=dual, random_state=0)
                .fit(given, reviews.labels)
                .predict_proba(given)
                for given in (matrix, copied)
            )
            assert np.array_equal(ours, theirs)


def bases_of(array):
    while array is not None:
        yield array
        array = getattr(array, "base", None)


def test_more_pairs_than_numbers_can_tell_apart_are_refused():
    # A made-up column of so many texts that takes no memory.
    times_learnt = np.broadcast_to(np.int64(1), (2**40,))
    nothing = np.empty(0, dtype=np.int32)
    with pytest.raises(ValueError, match=r"4,096 words in .* too many.* raise min_df"):
        _frequent(
            nothing,
            nothing,
            n_words=2**12,
            ends=nothing,
            times_learnt=times_learnt,
            min_df=1,
        )
