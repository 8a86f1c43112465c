import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from alutils.learners.linear import LinearLearner
from alutils.learners.self_training import SelfTraining


class Diary:
    """A learner that notes what it is taught. It looks its answers up: after its first
    fit in the first table, after its second in the second."""

    def __init__(self, *tables: np.ndarray) -> None:
        self.tables, self.taught = tables, []

    def fit(self, rows, labels, weights=None) -> None:
        self.taught.append((rows, labels, weights))

    def predict_proba(self, rows) -> np.ndarray:
        positive = self.tables[len(self.taught) - 1][rows]
        return np.stack([1 - positive, positive], axis=1)


@st.composite
def cases(draw):
    """Labelled rows and rows without a label out of 20, which may be the same; a share
    and as many tables of probabilities as there are fits."""
    rows = draw(st.permutations(range(20)))[: draw(st.integers(1, 20))]
    unlabelled = draw(st.permutations(range(20)))[: draw(st.integers(0, 20))]
    share = draw(st.sampled_from([0.1, 0.3, 0.5, 1]))
    passes = draw(st.integers(1, 3))
    # Few different numbers: ties are likely.
    table = st.lists(st.integers(0, 8), min_size=20, max_size=20)
    tables = [np.array(draw(table)) / 8 for _ in range(passes + 1)]
    return np.array(rows), np.array(unlabelled, dtype=int), share, tables


LABELS = np.arange(20) % 2


@given(cases(), st.sampled_from([0.5, 1, 2]))
def test_each_pass_teaches_the_labels_and_as_many_sure_guesses_of_each_class(
    case, weight
):
    rows, unlabelled, share, tables = case
    diary = Diary(*tables)
    learner = SelfTraining(
        diary, unlabelled, share=share, weight=weight, passes=len(tables) - 1
    )
    learner.fit(rows, LABELS[rows])

    first, *passes = diary.taught
    assert first[0].tolist() == rows.tolist()
    assert first[1].tolist() == LABELS[rows].tolist()
    assert first[2] is None
    others = [row for row in unlabelled.tolist() if row not in rows]
    half = int(share * len(others) / 2)
    if len(set(LABELS[rows])) == 1:
        half = 0  # nothing to guess from before two classes have been seen
    assert len(passes) == (len(tables) - 1 if half else 0)
    for (taught, labels, weights), positive in zip(passes, tables, strict=False):
        n = len(rows)
        assert taught[:n].tolist() == rows.tolist()
        assert labels[:n].tolist() == LABELS[rows].tolist()
        assert weights.tolist() == [1] * n + [weight] * (2 * half)
        guessed = taught[n:].tolist()
        assert len(set(guessed)) == len(guessed) == 2 * half
        assert set(guessed) <= set(others)
        for label, sign in ((0, 1), (1, -1)):
            sure = positive[taught[n:][labels[n:] == label]]
            best = sorted(positive[others], key=lambda p: sign * p)[:half]
            assert sorted(sure) == sorted(best)


@given(cases())
def test_the_weights_of_the_labels_are_kept(case):
    rows, unlabelled, share, tables = case
    diary, given_weights = Diary(*tables), 1 + np.arange(len(rows)) / 4
    SelfTraining(diary, unlabelled, share=share, passes=len(tables) - 1).fit(
        rows, LABELS[rows], given_weights
    )
    for _, _, weights in diary.taught:
        assert weights[: len(rows)].tolist() == given_weights.tolist()


def test_a_lean_to_one_class_is_not_learnt_again():
    leaning = Diary(np.linspace(0.8, 1, 20), np.zeros(20))
    SelfTraining(leaning, np.arange(20), share=0.5, passes=1).fit(
        np.array([0, 1]), np.array([0, 1])
    )
    _, (_, labels, _) = leaning.taught
    assert np.bincount(labels).tolist() == [5, 5]


def test_a_guess_is_made_anew_in_each_pass():
    turning = Diary(np.linspace(0, 1, 20), np.linspace(1, 0, 20), np.zeros(20))
    SelfTraining(turning, np.arange(2, 20), share=0.5, passes=2).fit(
        np.array([0, 1]), np.array([0, 1])
    )
    _, once, twice = (dict(zip(*fit[:2], strict=True)) for fit in turning.taught)
    assert {once[row] for row in (2, 3, 4)} == {0}
    assert {twice[row] for row in (2, 3, 4)} == {1}


def test_probabilities_are_those_of_the_learner_itself():
    diary = Diary(np.linspace(0, 1, 20))
    learner = SelfTraining(diary, np.arange(0))
    learner.fit(np.array([0, 1]), np.array([0, 1]))
    rows = np.array([7, 3])
    assert np.array_equal(learner.predict_proba(rows), diary.predict_proba(rows))


def test_guesses_move_a_real_learner_where_the_labels_say_little():
    # Two groups of reviews along a diagonal; the two labels tell only one phrase of it.
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 100)
    phrases = np.where(truth == 1, 1, -1)[:, None] + rng.normal(size=(200, 6))
    rows = np.array([0, 100])
    phrases[rows, 1:] = 0
    others = np.setdiff1d(np.arange(200), rows)

    def share_right(learner) -> float:
        learner.fit(rows, truth[rows])
        predicted = learner.predict_proba(others).argmax(axis=1)
        return np.mean(predicted == truth[others])

    features = scipy.sparse.csr_matrix(phrases)
    alone = share_right(LinearLearner(features))
    taught = share_right(SelfTraining(LinearLearner(features), others, passes=3))
    hardly = share_right(SelfTraining(LinearLearner(features), others, weight=1e-12))
    assert taught > alone + 0.05
    assert hardly == pytest.approx(alone, abs=0.02)


# --- any number of classes, and shares that are given


class Saying:
    """A learner that notes what it is taught, and looks its answers up."""

    def __init__(self, answers: np.ndarray) -> None:
        self.answers, self.taught = answers, []

    def fit(self, rows, labels, weights=None) -> None:
        self.taught.append((rows, labels, weights))

    def predict_proba(self, rows) -> np.ndarray:
        return self.answers[rows]


@st.composite
def cases_of_classes(draw):
    """Answers for 30 rows about 2 to 5 classes, ties among them, and shares of them."""
    classes = draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    weights = rng.integers(0, 4, (30, classes)) + 1e-3
    given = rng.dirichlet(np.ones(classes)) if draw(st.booleans()) else None
    return weights / weights.sum(axis=1, keepdims=True), given


@given(cases_of_classes(), st.sampled_from([0.2, 0.5, 1]))
def test_each_class_gets_its_share_of_guesses_on_rows_that_no_other_class_has(
    case, share
):
    answers, given_shares = case
    classes = answers.shape[1]
    rows, others = np.arange(classes), np.arange(classes, 30)
    saying = Saying(answers)
    SelfTraining(saying, others, share=share, passes=1, class_shares=given_shares).fit(
        rows, rows
    )
    shares = np.full(classes, 1 / classes) if given_shares is None else given_shares
    quotas = [int(share * len(others) * s) for s in shares]
    taught, labels, _ = saying.taught[-1]
    guessed, guesses = taught[classes:], labels[classes:]
    if len(saying.taught) == 1:
        assert sum(quotas) == 0
        return
    assert np.bincount(guesses, minlength=classes).tolist() == quotas
    assert len(set(guessed.tolist())) == len(guessed)
    assert set(guessed.tolist()) <= set(others.tolist())


@given(cases_of_classes())
def test_no_two_guesses_would_both_be_surer_the_other_way_round(case):
    answers, _ = case
    classes = answers.shape[1]
    rows, others = np.arange(classes), np.arange(classes, 30)
    saying = Saying(answers)
    SelfTraining(saying, others, share=0.5, passes=1).fit(rows, rows)
    taught, labels, _ = saying.taught[-1]
    sure = dict(zip(taught[classes:], labels[classes:], strict=True))
    left = [row for row in others if row not in sure]
    for row, label in sure.items():
        # Whoever was left out is no surer of the class than whoever was taken.
        assert all(answers[other, label] <= answers[row, label] for other in left)
        for other, its_label in sure.items():
            swapped = max(answers[row, its_label], answers[other, label])
            kept = max(answers[row, label], answers[other, its_label])
            assert swapped <= kept + 1e-12


@given(cases(), st.sampled_from([0.5, 1]))
def test_equal_shares_given_for_two_classes_teach_what_balanced_ones_do(case, weight):
    rows, unlabelled, share, tables = case
    one, other = Diary(*tables), Diary(*tables)
    for diary, class_shares in ((one, None), (other, [0.5, 0.5])):
        SelfTraining(
            diary,
            unlabelled,
            share=share,
            weight=weight,
            passes=len(tables) - 1,
            class_shares=class_shares,
        ).fit(rows, LABELS[rows])
    for ours, theirs in zip(one.taught, other.taught, strict=True):
        assert [np.asarray(x).tolist() for x in ours] == [
            np.asarray(x).tolist() for x in theirs
        ]


def test_a_class_without_an_example_is_not_guessed():
    saying = Saying(np.full((30, 3), 1 / 3))
    SelfTraining(saying, np.arange(2, 30), share=1, passes=1).fit([0, 1], [0, 2])
    _, labels, _ = saying.taught[-1]
    assert np.bincount(labels, minlength=3).tolist() == [1 + 9, 0, 1 + 9]


@pytest.mark.parametrize("labels", [[1, 1], [0, 0]])
def test_before_two_classes_have_been_seen_nothing_is_guessed(labels):
    diary = Diary(np.linspace(0, 1, 20))
    SelfTraining(diary, np.arange(20), share=1).fit([3, 4], labels)
    assert len(diary.taught) == 1


def test_shares_for_other_than_the_learners_classes_are_refused():
    learner = SelfTraining(
        Saying(np.full((30, 3), 1 / 3)), np.arange(30), class_shares=[0.5, 0.5]
    )
    with pytest.raises(
        ValueError, match=r"class_shares=.*: expected 3 numbers, one for"
    ):
        learner.fit([0, 1], [0, 1])


@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_no_guess_is_taken_from_what_is_no_probability(value):
    diary = Diary(np.array([0.1, 0.9, 0.2, value]))
    with pytest.raises(
        ValueError, match=r"row 1 of the probabilities.*between 0 and 1"
    ):
        SelfTraining(diary, np.array([2, 3]), share=1).fit(
            np.array([0, 1]), np.array([0, 1])
        )
    assert len(diary.taught) == 1


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"share": 0}, "share=0: expected a number above 0, at most 1"),
        ({"share": 1.1}, "share=1.1: expected a number above 0, at most 1"),
        ({"share": np.nan}, "share=nan: expected a number above 0, at most 1"),
        ({"weight": 0}, "weight=0: expected a number above 0"),
        ({"weight": -1}, "weight=-1: expected a number above 0"),
        ({"weight": np.nan}, "weight=nan: expected a number above 0"),
        ({"passes": 0}, "passes=0: expected at least 1"),
        ({"class_shares": [0.5, 0.6]}, "class_shares=.*: expected .*, together 1"),
        ({"class_shares": [1.5, -0.5]}, "class_shares=.*: expected one number of at l"),
        ({"class_shares": [np.nan, 1]}, "class_shares=.*: expected one number of at l"),
    ],
    ids=str,
)
def test_a_setting_out_of_range_is_refused_with_what_was_expected(setting, message):
    with pytest.raises(ValueError, match=message):
        SelfTraining(Diary(), np.arange(3), **setting)
