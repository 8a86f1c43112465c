import re
import string
import unicodedata
from collections import Counter

import keras
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alutils.features.tokens import STANDARDIZATIONS, plain_words, token_ids
from alutils.published.storage_order import split_in_storage_order

PADDING, UNKNOWN = 0, 1


def words_of(text: str, standardization: str) -> list[str]:
    """The tokens of a text without TensorFlow: as bytes, because it lowers ASCII
    letters only, and knows spaces of ASCII only."""
    if standardization == "unicode":
        joined = re.sub(r"['`´‘’\xad-]", "", text.lower().replace("<br />", " "))
        symbols = "¨£¢¤₤₨"  # of the reviews, beside those of ASCII; © and ° stay
        apart = re.sub(rf"[\x80-\x9f_{symbols}$+<=>^|~]", " ", joined)
        return "".join(
            " " if unicodedata.category(c)[0] in "PZ" else c for c in apart
        ).split()
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
    st.sampled_from(
        ["<br />", "<br", " ", "\n", "a", "BC", "É", "n't", "1.5", ".", "-", "“"]
    ),
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


# --- other languages


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (
            ["Отлично! Фильм понравился.", "ОТЛИЧНО — фильм понравился"],
            ["отлично", "фильм", "понравился"],
        ),
        (["Übel! Öde und „zäh“.", "ÜBEL, öde und zäh…"], ["übel", "öde", "und", "zäh"]),
        (["ΦΊΛΟΣ, ωραία;", "«φίλος»· Ωραία"], ["φίλος", "ωραία"]),
        (["It’s “great”—really…", "it's great - really"], ["its", "great", "really"]),
        (["¿Qué película?", "qué\u00a0película"], ["qué", "película"]),
        (["L’été‐là", "l'ÉTÉ-là"], ["létélà"]),
        (["cafe\u0301 creme", "CAFÉ CREME"], ["café", "creme"]),
        (["映画。とても！", "映画　とても"], ["映画", "とても"]),
        (["هل هذا رائع؟", "هل هذا رائع"], ["هل", "هذا", "رائع"]),
        (["5 € <b>fine</b> $", "5 fine<br />"], None),
    ],
    ids=[
        *("Russian", "German", "Greek", "curly quotes", "Spanish", "French"),
        *("accents written apart", "wide spaces", "Arabic", "currencies"),
    ],
)
def test_unicode_gives_the_same_words_however_they_are_written(corpus_of, texts, words):
    reviews = corpus_of([0, 1], texts)
    tokens = token_ids(
        reviews,
        np.arange(2),
        vocabulary_size=50,
        sequence_length=8,
        standardization="unicode",
    )
    read = [[tokens.vocabulary[k] for k in row if k > 0] for row in tokens.ids]
    if words is None:
        assert set(tokens.vocabulary[2:]) >= {"5", "fine"}
        assert not set("€$<>/") & set("".join(tokens.vocabulary[2:]))
    else:
        assert read == [words, words]


def test_the_published_standardizations_know_ascii_only_and_say_so(corpus_of):
    reviews = corpus_of([0, 1], ["Фильм", "фильм “great”"])
    for standardization in ("keep_br", "strip_br"):
        tokens = token_ids(
            reviews,
            np.arange(2),
            vocabulary_size=50,
            sequence_length=2,
            standardization=standardization,
        )
        assert set(tokens.vocabulary[2:]) == {"Фильм", "фильм", "“great”"}
    assert "ASCII only" in " ".join(token_ids.__doc__.split())


@given(text=st.text())
@example("It’s “great”—really…<br />ÜBEL, Фильм!")
def test_plain_words_have_no_punctuation_and_no_two_cases(text):
    plain = plain_words(text)
    assert not {c for c in plain if unicodedata.category(c).startswith("P")}
    assert not {c for c in string.punctuation if c in plain}
    assert plain_words(plain) == plain


def test_emoji_are_kept():
    assert plain_words("Great 👍, really ❤").split() == ["great", "👍", "really", "❤"]


# --- what is kept


def test_one_long_word_costs_no_room_for_the_others(own_cache, corpus_of, tmp_path):
    # As a column of fixed width, 1,001 words would take 400 MB.
    long = "x" * 100_000
    reviews = corpus_of([0, 1], [long, " ".join(f"w{k}" for k in range(1_000))])
    tokens = token_ids(reviews, np.arange(2), vocabulary_size=5_000, sequence_length=3)
    assert len(tokens.vocabulary) == 1_003
    assert long in tokens.vocabulary
    stored = sum(file.stat().st_size for file in tmp_path.rglob("*.npy"))
    assert stored < 200_000


def test_token_ids_from_the_cache_start_no_tensorflow(own_cache, corpus_of, run_python):
    sizes = {"vocabulary_size": 9, "sequence_length": 3}
    token_ids(corpus_of([0, 1], ["one two", "two"]), np.arange(2), **sizes)
    read = run_python(
        "import sys; import numpy as np;"
        "from alutils.corpus.reviews import Reviews;"
        "from alutils.features.tokens import token_ids;"
        "texts = np.array(['one two', 'two'], dtype=object);"
        "reviews = Reviews(texts, np.array([0, 1], dtype=np.int8), 'another name');"
        f"tokens = token_ids(reviews, np.arange(2), **{sizes});"
        "print(tokens.vocabulary, sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    assert read.strip() == "['', '[UNK]', 'two', 'one'] []"
