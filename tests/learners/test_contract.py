"""What every learner promises. A learner in a new module is found by itself."""

from types import ModuleType

import keras
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from found import has_methods, made_of, public_in

from alutils import learners
from alutils.features.words import HeldWords
from alutils.learners import bilstm
from alutils.learners.linear import LinearLearner
from alutils.learners.network import seed_everything
from alutils.settings import Settings

REVIEWS = 120
ROWS, OTHERS = np.arange(40), np.arange(60, 90)
TOKENS = np.random.default_rng(0).integers(1, 20, (REVIEWS, 6)).astype(np.int32)
FEATURES = scipy.sparse.csr_matrix(
    np.stack([np.bincount(review, minlength=20) for review in TOKENS]).astype(
        np.float32
    )
)
SETTINGS = Settings(
    vocabulary_size=20, sequence_length=6, batch_size=16, epochs=1, patience=1
)


def learners_in(*packages: ModuleType) -> dict[str, object]:
    return {
        name: thing
        for name, thing in public_in(*packages).items()
        if has_methods(thing, "fit", "predict_proba")
    }


FOUND = learners_in(learners)


@pytest.fixture(autouse=True)
def quick_network(monkeypatch):
    """A network without its slow layer, for what has nothing to do with it."""

    def build(vocabulary_size, sequence_length, n_classes=2) -> keras.Model:
        two = n_classes == 2
        return keras.Sequential(
            [
                keras.layers.Input(shape=(sequence_length,), dtype="int32"),
                keras.layers.Embedding(vocabulary_size, 4),
                keras.layers.GlobalMaxPooling1D(),
                keras.layers.Dropout(0.5),
                keras.layers.Dense(1, activation="sigmoid")
                if two
                else keras.layers.Dense(n_classes, activation="softmax"),
            ]
        )

    monkeypatch.setattr(bilstm, "build_model", build)


def labels_of(classes: int) -> np.ndarray:
    return TOKENS[:, 0] % classes


def words_of(classes: int) -> HeldWords:
    """Three words for each class: the first token of a text tells its class."""
    tokens = np.add.outer(np.arange(classes), classes * np.arange(1, 4)).ravel()
    held = FEATURES[:, tokens].toarray() > 0
    words = tuple(map(str, tokens))
    return HeldWords(
        held, tuple(words[start : start + 3] for start in range(0, len(words), 3))
    )


def made(name: str, classes: int):
    seed_everything(0)
    linear = {"features": FEATURES, "n_classes": classes}
    validation = np.arange(90, 120)
    return made_of(
        FOUND[name],
        {
            **linear,
            "tokens": TOKENS,
            "validation": (validation, labels_of(classes)[validation]),
            "settings": SETTINGS,
            "rng": np.random.default_rng(1),
            "learner": LinearLearner(**linear),
            "members": [LinearLearner(**linear) for _ in range(3)],
            "unlabelled": np.arange(60),
            "words": words_of(classes),
        },
    )


each = pytest.mark.parametrize("name", FOUND)
# Who knows the classes from elsewhere need not be silent where labels say nothing of them;
# the others have nothing else to go by.
KNOWING = [name for name in FOUND if getattr(FOUND[name], "knows_classes", False)]
each_knowing = pytest.mark.parametrize("name", KNOWING)
each_other = pytest.mark.parametrize("name", [n for n in FOUND if n not in KNOWING])
of_classes = pytest.mark.parametrize("classes", [2, 3, 4, 5])


def all_answers(learner, rows) -> list[np.ndarray]:
    """What it says of rows, and what each of its committee says if it has one."""
    members = getattr(learner, "predict_members", lambda rows: [])
    return [learner.predict_proba(rows), *members(rows)]


@each
@of_classes
def test_answers_are_a_probability_of_each_class_for_each_row(name, classes):
    learner, labels = made(name, classes), labels_of(classes)
    learner.fit(ROWS, labels[ROWS])
    for answers in all_answers(learner, OTHERS):
        assert answers.shape == (len(OTHERS), classes)
        assert answers.sum(axis=1) == pytest.approx(1)
        assert ((answers >= 0) & (answers <= 1)).all()
        assert len(np.unique(answers)) > classes
    for answers in all_answers(learner, np.arange(0)):
        assert answers.shape == (0, classes)


@each_other
@of_classes
def test_without_a_label_all_classes_are_alike_for_every_row(name, classes):
    learner = made(name, classes)
    nothing = np.arange(0)
    for fit in (lambda: None, lambda: learner.fit(nothing, nothing)):
        fit()
        for answers in all_answers(learner, OTHERS):
            assert np.allclose(answers, np.full((len(OTHERS), classes), 1 / classes))


@each_other
@of_classes
def test_labels_of_one_class_give_every_row_their_smoothed_shares(name, classes):
    learner, labels = made(name, classes), labels_of(classes)
    if classes == 2:  # what was learnt before is forgotten
        learner.fit(ROWS, labels[ROWS])
    for label in {0, classes - 1}:
        learner.fit(ROWS[:8], np.full(8, label))
        shares = (8 * np.eye(classes)[label] + 1) / (8 + classes)
        for answers in all_answers(learner, OTHERS):
            assert np.allclose(answers, shares)


@each_knowing
@of_classes
def test_who_knows_the_classes_tells_rows_apart_whatever_labels_there_are(
    name, classes
):
    learner = made(name, classes)
    for labels in ([], [0, 0, 0], [classes - 1]):
        learner.fit(ROWS[: len(labels)], labels)
        for answers in all_answers(learner, OTHERS):
            assert answers.sum(axis=1) == pytest.approx(1)
            assert len(np.unique(answers)) > classes
            assert answers.any(axis=0).all()


@each_other
@pytest.mark.parametrize("classes", [3, 5])
def test_a_class_without_an_example_gets_no_probability(name, classes):
    learner, labels = made(name, classes), labels_of(classes)
    some = ROWS[labels[ROWS] != 1]
    learner.fit(some, labels[some])
    for answers in all_answers(learner, OTHERS):
        assert (answers[:, 1] == 0).all()
        assert answers.sum(axis=1) == pytest.approx(1)


@each
def test_labels_of_one_class_leave_no_trace_in_what_is_learnt_later(name):
    labels, answers = labels_of(3), []
    for before in (False, True):
        learner = made(name, 3)
        if before:
            learner.fit(ROWS[:8], np.zeros(8, dtype=int))
        # Another fit may draw from the same generator; what comes next must not care.
        if hasattr(learner, "rng"):
            learner.rng = np.random.default_rng(2)
        learner.fit(ROWS, labels[ROWS])
        answers.append(learner.predict_proba(OTHERS))
    assert np.array_equal(*answers)


@each
def test_a_review_of_weight_zero_teaches_nothing(name):
    labels = labels_of(3)
    weights = np.where(ROWS < 30, 1.0, 0.0)
    turned = np.where(weights == 0, (labels[ROWS] + 1) % 3, labels[ROWS])
    answers = []
    for given in (labels[ROWS], turned):
        learner = made(name, 3)
        learner.fit(ROWS, given, weights)
        answers.append(learner.predict_proba(OTHERS))
    assert np.array_equal(*answers)


@each
def test_lists_and_series_do_as_well_as_arrays(name):
    labels, answers = labels_of(2), []
    for hand_over in (np.array, list, lambda a: pd.Series(a, index=a[::-1])):
        learner = made(name, 2)
        learner.fit(hand_over(ROWS), hand_over(labels[ROWS]), hand_over(np.ones(40)))
        answers.append(learner.predict_proba(hand_over(OTHERS)))
    assert np.array_equal(answers[0], answers[1])
    assert np.array_equal(answers[0], answers[2])


@each
def test_what_is_handed_over_is_not_changed(name):
    given = [ROWS.copy(), labels_of(2)[ROWS], np.ones(40)]
    before = [array.copy() for array in given]
    learner = made(name, 2)
    learner.fit(*given)
    learner.predict_proba(given[0])
    for now, then in zip(given, before, strict=True):
        assert np.array_equal(now, then)
        assert now.flags.writeable


@each
@pytest.mark.parametrize(
    ("rows", "labels", "weights", "message"),
    [
        ([0, 1, 2], [0, 1], None, r"3 rows and labels of shape \(2,\)"),
        ([0, 1], [0, 1], [1.0], r"2 rows and weights of shape \(1,\)"),
        ([0, 1], [0, -1], None, "label -1 is no class to learn: .*leave out"),
        ([0.5, 1], [0, 1], None, "rows are float64: expected whole numbers"),
        ([True, False], [0, 1], None, r"rows are bool: .*np\.flatnonzero"),
        ([[0, 1]], [[0, 1]], None, r"rows have shape \(1, 2\): expected one dim"),
        ([0, 1], [0.5, 1], None, "labels are float64: expected whole numbers"),
        ([0, 1], ["a", "b"], None, "labels are <U1: expected whole numbers"),
        ([0, 1], [0, 1], [1.0, -1.0], "a weight is below 0 or no number"),
        ([0, 1], [0, 1], [1.0, np.nan], "a weight is below 0 or no number"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(name, rows, labels, weights, message):
    with pytest.raises((ValueError, TypeError), match=message):
        made(name, 2).fit(rows, labels, weights)


@each
def test_a_label_that_is_no_class_is_refused(name):
    with pytest.raises(ValueError, match=r"label 2 is no class .* from 0 to 1"):
        made(name, 2).fit([0, 1, 2], [0, 1, 2])


def test_the_learners_of_the_book_are_found():
    names = {name.rsplit(".", 1)[1] for name in FOUND}
    assert names >= {"LinearLearner", "BiLSTMLearner", "SelfTraining", "WithCommittee"}
    assert "FromWords" in {name.rsplit(".", 1)[1] for name in KNOWING}
    assert "Learner" not in names


def test_a_learner_in_a_new_module_is_found(tmp_path, monkeypatch):
    (tmp_path / "coin.py").write_text(
        "class Coin:\n    def fit(self, rows, labels, weights=None): ...\n"
        "    def predict_proba(self, rows): ...\n"
    )
    monkeypatch.setattr(learners, "__path__", [*learners.__path__, str(tmp_path)])
    new = set(learners_in(learners)) - set(FOUND)
    assert new == {"alutils.learners.coin.Coin"}
