from functools import cache

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from alutils.features.words import HeldWords, held_words
from alutils.learners.from_words import FromWords
from alutils.learners.linear import LinearLearner
from alutils.learners.pseudo_labels import class_sizes, leaning

NONE = np.array([], dtype=int)


class Diary:
    """A learner that notes what it is taught and answers from a table."""

    def __init__(self, table: np.ndarray) -> None:
        self.table, self.taught = table, []

    def fit(self, rows, labels, weights=None) -> None:
        assert len(rows) == len(labels)
        self.taught.append((rows, labels, weights))

    def predict_proba(self, rows) -> np.ndarray:
        return self.table[rows]


@st.composite
def cases(draw):
    """Words of k classes in 40 texts, at least one text of each class's own; a table of
    probabilities, class shares, labelled rows and their labels."""
    k = draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    of_class = draw(st.integers(1, 3))
    held = rng.random((40, k * of_class)) < 0.3
    held[:k] = np.repeat(np.eye(k, dtype=bool), of_class, axis=1)
    names = [[f"word{i}{j}" for j in range(of_class)] for i in range(k)]
    words = HeldWords(held, tuple(map(tuple, names)))
    parts = rng.integers(1, 5, size=(40, k))
    shares = np.array(draw(st.lists(st.integers(1, 2), min_size=k, max_size=k)))
    rows = rng.permutation(40)[: draw(st.integers(0, 20))]
    labels = rng.integers(k, size=len(rows))
    return (
        words,
        parts / parts.sum(1, keepdims=True),
        shares / shares.sum(),
        rows,
        labels,
    )


@given(cases(), st.booleans(), st.sampled_from([0.5, 0.7, 1]))
def test_labels_are_never_overruled_and_shares_are_kept(case, guard, share):
    words, table, shares, rows, labels = case
    diary = Diary(table)
    try:
        learner = FromWords(
            diary,
            words,
            np.arange(40),
            np.random.default_rng(0),
            class_shares=shares,
            share=share,
            weight=0.1,
            fades_at=40,
            passes=3,
            guard=guard,
        )
    except ValueError as error:
        # Too few texts that lean to a class for one of each.
        assert "give more words" in str(error)
        return
    learner.fit(rows, labels)
    last_rows, last_labels, weights = diary.taught[-1]
    assert last_rows[: len(rows)].tolist() == rows.tolist()
    assert last_labels[: len(rows)].tolist() == labels.tolist()
    guessed = last_rows[len(rows) :]
    assert len(set(guessed)) == len(guessed)
    assert not set(guessed) & set(rows)
    if len(guessed):
        found = np.bincount(last_labels[len(rows) :], minlength=len(shares))
        assert found.tolist() == class_sizes(len(guessed), shares).tolist()
        assert (weights[: len(rows)] == 1).all()
        assert np.allclose(weights[len(rows) :], 0.1 * (1 - len(rows) / 40))


@given(cases())
def test_the_first_pass_guesses_only_where_words_tell_and_what_they_tell(case):
    words, table, shares, _, _ = case
    diary = Diary(table)
    try:
        learner = FromWords(
            diary,
            words,
            np.arange(40),
            np.random.default_rng(0),
            class_shares=shares,
            passes=1,
            guard=False,
        )
    except ValueError:
        return
    learner.fit(NONE, NONE)
    ((taught, labels, _),) = diary.taught
    assert leaning(words.counts)[taught, labels].all()


def texts_of(n=300, seed=0, k=2):
    """Texts of k classes: columns that tell the class, and three words for each."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(k, size=n)
    own = np.repeat(np.eye(k), 10, axis=1)[classes]
    features = (rng.random((n, 10 * k)) < 0.1 + 0.25 * own).astype(float)
    held = (
        rng.random((n, 3 * k)) < 0.03 + 0.2 * np.repeat(np.eye(k), 3, axis=1)[classes]
    )
    names = tuple(tuple(f"word{i}{j}" for j in range(3)) for i in range(k))
    matrix = scipy.sparse.csr_matrix(np.hstack([features, held]))
    return classes, matrix, HeldWords(held, names)


def from_words(matrix, words, seed=0, **settings) -> FromWords:
    return FromWords(
        LinearLearner(matrix),
        words,
        np.arange(matrix.shape[0]),
        np.random.default_rng(seed),
        **{"passes": 3, **settings},
    )


def right(learner, classes) -> float:
    found = learner.predict_proba(np.arange(len(classes))).argmax(axis=1)
    return float(np.mean(found == classes))


def test_without_any_label_it_tells_the_classes_better_than_the_words_do():
    classes, matrix, words = texts_of()
    learner = from_words(matrix, words)
    learner.fit([], [])
    by_words = words.counts.argmax(axis=1)
    assert right(learner, classes) > np.mean(by_words == classes) + 0.05


def test_the_same_seed_gives_the_same_numbers_and_a_fit_leaves_nothing_behind():
    classes, matrix, words = texts_of()
    rows = np.array([0, 5, 7])
    one, other = (from_words(matrix, words, seed=1) for _ in range(2))
    one.fit(rows, classes[rows])
    other.fit(NONE, NONE)
    other.fit(rows, classes[rows])
    everything = np.arange(len(classes))
    assert np.array_equal(
        one.predict_proba(everything), other.predict_proba(everything)
    )


def test_what_labels_weigh_changes_nothing_before_the_first():
    # So results that were measured without a label outlive a change of that.
    classes, matrix, words = texts_of()
    everything, rows = np.arange(len(classes)), np.arange(20)
    light, heavy = (
        FromWords(
            LinearLearner(matrix, C=C),
            words,
            everything,
            np.random.default_rng(0),
            weight=weight,
        )
        for C, weight in ((1, 0.3), (10, 0.03))
    )
    for learner in (light, heavy):
        learner.fit(NONE, NONE)
    before = [learner.predict_proba(everything) for learner in (light, heavy)]
    assert np.array_equal(*before)
    for learner in (light, heavy):
        learner.fit(rows, 1 - classes[rows])
    assert right(heavy, classes) < right(light, classes)


def test_the_order_of_the_unlabelled_rows_tells_nothing():
    # All texts are alike, and rows lie sorted by class: neither may the guesses know the
    # classes, nor may they all be taken from one end.
    n = 400
    classes = np.repeat([0, 1], n // 2)
    held = np.ones((n, 2), dtype=bool)
    held[0, 1] = held[-1, 0] = False
    words = HeldWords(held, (("bad",), ("good",)))
    diary = Diary(np.full((n, 2), 0.5))
    FromWords(
        diary, words, np.arange(n), np.random.default_rng(0), passes=2, guard=False
    ).fit(NONE, NONE)
    rows, guesses, _ = diary.taught[-1]
    assert len(rows) == n / 2
    assert 0.4 < np.mean(classes[rows] == guesses) < 0.6
    assert 0.4 < np.mean(classes[rows]) < 0.6


def test_from_fades_at_on_it_is_the_learner_without_words():
    classes, matrix, words = texts_of()
    rows = np.arange(50)
    learner, plain = from_words(matrix, words, fades_at=50), LinearLearner(matrix)
    learner.fit(rows, classes[rows])
    plain.fit(rows, classes[rows])
    everything = np.arange(len(classes))
    assert np.array_equal(
        learner.predict_proba(everything), plain.predict_proba(everything)
    )


def test_labels_of_weight_zero_do_not_make_the_words_fade():
    classes, matrix, words = texts_of()
    rows = np.arange(50)
    learner = from_words(matrix, words, fades_at=50)
    learner.fit(rows, classes[rows], np.zeros(50))
    assert right(learner, classes) > 0.8


def test_labels_that_contradict_the_words_win_in_the_end():
    classes, matrix, words = texts_of()
    rows = np.arange(200)
    learner = from_words(matrix, words, fades_at=250)
    learner.fit(NONE, NONE)
    before = right(learner, classes)
    learner.fit(rows, 1 - classes[rows])
    assert right(learner, classes) < 0.2 < 0.8 < before


def test_the_weights_of_labels_are_passed_on():
    _, _, words = texts_of()
    diary = Diary(np.full((300, 2), 0.5))
    learner = FromWords(
        diary, words, np.arange(300), np.random.default_rng(0), guard=False, passes=1
    )
    learner.fit(np.array([3, 4]), np.array([0, 1]), np.array([2.0, 5.0]))
    assert diary.taught[-1][2][:2].tolist() == [2, 5]


@pytest.mark.parametrize("k", [3, 4, 5])
def test_any_number_of_classes_starts_from_words(k):
    classes, matrix, words = texts_of(n=300 * k, k=k)
    learner = FromWords(
        OneAgainstTheRest(matrix, k),
        words,
        np.arange(len(classes)),
        np.random.default_rng(0),
        passes=3,
    )
    learner.fit(NONE, NONE)
    assert right(learner, classes) > np.mean(words.counts.argmax(axis=1) == classes)


class OneAgainstTheRest:
    """Nearest class mean, with distances as odds: any number of classes in six lines."""

    def __init__(self, matrix, k) -> None:
        self.matrix, self.k = matrix.toarray(), k

    def fit(self, rows, labels, weights=None) -> None:
        x = self.matrix[rows]
        self.means = np.stack([x[labels == one].mean(axis=0) for one in range(self.k)])

    def predict_proba(self, rows) -> np.ndarray:
        far = ((self.matrix[rows, None] - self.means) ** 2).sum(axis=2)
        odds = np.exp(-(far - far.min(axis=1, keepdims=True)))
        return odds / odds.sum(axis=1, keepdims=True)


def with_a_subject(seed, n=2000):
    """Texts whose subject is plainer than their verdict, and words that a subject likes
    better than the other: guesses that learn from each other end at the subject."""
    rng = np.random.default_rng(seed)
    verdict, subject = rng.integers(2, size=(2, n))
    sixty, twelve = np.arange(60) % 2, np.repeat([0, 1], 6)
    of_subject = rng.random((n, 60)) < np.where(sixty == subject[:, None], 0.675, 0.325)
    of_verdict = rng.random((n, 60)) < np.where(sixty == verdict[:, None], 0.37, 0.13)
    held = rng.random((n, 12)) < np.where(
        twelve == verdict[:, None], 0.12, 0.05
    ) * np.where(twelve == subject[:, None], 1.3, 0.7)
    matrix = np.hstack([of_subject, of_verdict, held]).astype(float)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    names = tuple(tuple(f"word{k}{i}" for i in range(6)) for k in range(2))
    return verdict, scipy.sparse.csr_matrix(matrix), HeldWords(held, names)


@cache
def with_and_without_guard(seed):
    verdict, matrix, words = with_a_subject(seed)
    found = {}
    for guard, passes in ((False, 1), (False, 8), (True, 8)):
        learner = from_words(
            matrix, words, guard=guard, passes=passes, share=0.3, weight=0.1
        )
        learner.fit(NONE, NONE)
        found[guard, passes] = right(learner, verdict)
    return found, learner.kept_back


@pytest.mark.parametrize("seed", range(4))
def test_without_the_guard_the_guesses_drift_away_from_the_words(seed):
    found, _ = with_and_without_guard(seed)
    assert found[False, 8] < 0.6 < 0.7 < found[False, 1]


@pytest.mark.parametrize("seed", range(4))
def test_the_guard_stops_the_drift(seed):
    found, kept_back = with_and_without_guard(seed)
    assert found[True, 8] > found[False, 8] + 0.1
    assert kept_back[:2].max() > kept_back[-1]


@pytest.mark.parametrize("seed", range(4))
def test_the_guard_looks_no_further_than_to_the_first_pass_that_is_clearly_worse(seed):
    _, kept_back = with_and_without_guard(seed)
    assert len(kept_back) < 8
    assert (kept_back[:-1] > kept_back[-1]).any()


def test_where_more_passes_help_the_guard_makes_more_than_one():
    classes, matrix, words = texts_of(n=3000, seed=3)
    learner = from_words(matrix, words, passes=5)
    learner.fit(NONE, NONE)
    once = from_words(matrix, words, passes=1)
    once.fit(NONE, NONE)
    assert right(learner, classes) >= right(once, classes)
    assert learner.kept_back.max() > 0.6


def test_one_word_for_a_class_cannot_be_kept_back_and_does_with_two_passes():
    classes, matrix, words = texts_of()
    single = words.only([["word00"], ["word10", "word11"]])
    guarded = from_words(matrix, single, passes=6)
    guarded.fit(NONE, NONE)
    two = from_words(matrix, single, passes=2, guard=False)
    two.fit(NONE, NONE)
    everything = np.arange(len(classes))
    assert guarded.kept_back is None
    assert np.array_equal(
        guarded.predict_proba(everything), two.predict_proba(everything)
    )


def test_texts_and_words_are_all_that_a_start_takes():
    texts = ["awful film", "bad, bad film", "great film", "a great cast"] * 5
    words = held_words(texts, [["awful", "bad"], ["great", "cast"]], ["no", "yes"])
    rows = np.arange(len(texts))
    matrix = scipy.sparse.csr_matrix(words.held.astype(float))
    learner = FromWords(LinearLearner(matrix), words, rows, np.random.default_rng(0))
    learner.fit([], [])
    assert learner.predict_proba(rows).argmax(axis=1).tolist() == [0, 0, 1, 1] * 5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"share": 0}, "share=0"),
        ({"share": 1.5}, "share=1.5"),
        ({"weight": 0}, "weight=0"),
        ({"weight": 2}, "weight=2"),
        ({"passes": 0}, "passes=0"),
        ({"fades_at": 0}, "fades_at=0"),
        ({"class_shares": [0.5, 0.4]}, "add up to 0.9"),
        ({"class_shares": [0.2, 0.3, 0.5]}, "expected 2 numbers"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    _, matrix, words = texts_of()
    with pytest.raises(ValueError, match=message):
        from_words(matrix, words, **settings)


def test_texts_that_lean_to_no_class_are_counted_in_the_refusal():
    words = HeldWords(np.array([[1, 1], [1, 0]], dtype=bool), (("bad",), ("good",)))
    with pytest.raises(ValueError, match=r"the 2 unlabelled texts, \[1, 0\] hold more"):
        FromWords(Diary(np.eye(2)), words, np.arange(2), np.random.default_rng(0))


def test_no_texts_at_all_are_refused():
    _, _, words = texts_of()
    with pytest.raises(ValueError, match="of the 0 unlabelled texts"):
        FromWords(Diary(np.eye(2)), words, NONE, np.random.default_rng(0))
