import numpy as np
import pytest

from alutils.features.word_vectors import main_directions, mean_vectors, word_vectors

# Cats and dogs keep the same company, and so do films and books, but not the same as they.
TEXTS = [
    f"{one} {verb} {other}"
    for one in ("the cat", "the dog")
    for verb in ("eats", "chases", "smells")
    for other in ("my food", "your bone")
] + [
    f"{one} {verb} {other}"
    for one in ("this film", "this book")
    for verb in ("bores", "thrills", "moves")
    for other in ("every critic", "some reader")
]


def of_words(vectors, *words):
    return [vectors.vectors[vectors.words.index(word)] for word in words]


def test_words_that_keep_the_same_company_lie_close_together():
    vectors = word_vectors(TEXTS, dimensions=4, seed=0, window=3)
    cat, dog, film, book = of_words(vectors, "cat", "dog", "film", "book")
    assert min(cat @ dog, film @ book) > 0.9
    assert max(cat @ film, dog @ book) < 0.5


def test_the_order_of_the_texts_does_not_matter_for_windows_end_where_they_end():
    one, other = (
        word_vectors(texts, dimensions=6, seed=0, window=9)
        for texts in (TEXTS, TEXTS[::-1])
    )
    of_one, of_other = (of_words(vectors, *one.words) for vectors in (one, other))
    assert np.inner(of_one, of_one) == pytest.approx(np.inner(of_other, of_other))


def test_shares_are_of_running_words_and_the_most_frequent_come_first():
    vectors = word_vectors(TEXTS, dimensions=2, seed=0, most_words=3)
    running = [word for text in TEXTS for word in text.split()]
    assert set(vectors.words) <= set(running) and len(vectors.words) == 3
    for word, share in zip(vectors.words, vectors.shares, strict=True):
        assert share == pytest.approx(running.count(word) / len(running))
    assert (np.diff(vectors.shares) <= 0).all()


def test_the_same_seed_gives_the_same_vectors():
    one, other = (word_vectors(TEXTS, dimensions=3, seed=1).vectors for _ in range(2))
    assert (one == other).all()


def test_too_few_words_are_refused():
    with pytest.raises(ValueError, match="4 dimensions of 2 words: ask for fewer"):
        word_vectors(["sun moon"], dimensions=4, seed=0)


def test_a_text_lies_where_its_words_do_and_nowhere_without_a_known_one():
    vectors = word_vectors(TEXTS, dimensions=3, seed=0)
    (cat,) = of_words(vectors, "cat")
    alone, none = mean_vectors(["Cat!", "zebra"], vectors)
    assert alone @ cat / np.linalg.norm(alone) == pytest.approx(1)
    assert (none == 0).all()


def test_main_directions_are_those_of_a_singular_value_decomposition():
    rng = np.random.default_rng(0)
    places = rng.normal(size=(50, 5)) * [9, 1, 5, 0.1, 3] + 4
    found = main_directions(places, 2)
    _, _, directions = np.linalg.svd(places - places.mean(axis=0))
    expected = (places - places.mean(axis=0)) @ directions[:2].T
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.abs(found) == pytest.approx(np.abs(expected))
