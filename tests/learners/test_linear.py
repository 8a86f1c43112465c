import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
import sklearn
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from alutils.learners.linear import LinearLearner

ROWS, VALIDATION = np.arange(40), np.arange(60, 90)
TOKENS = np.random.default_rng(0).integers(1, 20, (90, 6)).astype(np.int32)
LABELS = (TOKENS[:, 0] > 10).astype(int)


@pytest.fixture(scope="module")
def features():
    counts = np.zeros((90, 20), dtype=np.float32)
    np.add.at(counts, (np.arange(90)[:, None], TOKENS), 1)
    return scipy.sparse.csr_matrix(counts)


def regression_by_hand(
    features, labels: np.ndarray, weights: np.ndarray, C: float
) -> np.ndarray:
    """Weights and intercept that are best for half of their squares and C times the
    weighted losses."""
    known = np.column_stack([features.toarray(), np.ones(len(labels))]).astype(float)
    signs = 2 * labels - 1

    def objective(w):
        towards = signs * (known @ w)
        loss = 0.5 * w @ w + C * weights @ np.logaddexp(0, -towards)
        return loss, w - C * known.T @ (weights * signs * expit(-towards))

    start = np.zeros(known.shape[1])
    exact = {"maxiter": 10_000, "ftol": 1e-15, "gtol": 1e-9}
    return scipy.optimize.minimize(
        objective, start, jac=True, method="L-BFGS-B", options=exact
    ).x


WEIGHTS = np.random.default_rng(1).integers(0, 4, 40)


@pytest.mark.parametrize(
    "weights", [None, WEIGHTS, WEIGHTS / 7], ids=["none", "whole", "parts"]
)
@pytest.mark.parametrize("C", [None, 0.1])
def test_the_linear_learner_is_the_best_logistic_regression(features, C, weights):
    learner = LinearLearner(features) if C is None else LinearLearner(features, C=C)
    learner.fit(ROWS, LABELS[ROWS], weights)
    *slopes, intercept = regression_by_hand(
        features[ROWS],
        LABELS[ROWS],
        np.ones(40) if weights is None else weights,
        10 if C is None else C,
    )
    found = learner.predict_proba(VALIDATION)
    expected = expit(features[VALIDATION] @ np.array(slopes) + intercept)
    assert np.allclose(found[:, 1], expected, atol=1e-4)
    assert np.allclose(found.sum(axis=1), 1)


def test_a_whole_weight_is_that_many_copies_of_a_review(features):
    weighted, repeated = LinearLearner(features), LinearLearner(features)
    weighted.fit(ROWS, LABELS[ROWS], WEIGHTS)
    rows = np.repeat(ROWS, WEIGHTS)
    repeated.fit(rows, LABELS[rows])
    assert np.allclose(
        weighted.predict_proba(VALIDATION),
        repeated.predict_proba(VALIDATION),
        atol=1e-4,
    )


@pytest.mark.parametrize("dense", [False, True])
def test_many_rows_are_scored_in_pieces_with_the_same_answers(features, dense):
    # More rows than fit in one piece, twice over; the last piece is not full.
    rows = np.random.default_rng(0).integers(0, 90, 50_001)
    learner = LinearLearner(features.toarray() if dense else features)
    learner.fit(ROWS, LABELS[ROWS])
    found = learner.predict_proba(rows)
    assert np.array_equal(found, learner.model.predict_proba(learner.features[rows]))
    assert np.array_equal(found, learner.predict_proba(np.arange(90))[rows])


def test_the_linear_learner_forgets_its_earlier_fits(features):
    learner, fresh = LinearLearner(features), LinearLearner(features)
    learner.fit(VALIDATION, 1 - LABELS[VALIDATION])
    for each in (learner, fresh):
        each.fit(ROWS, LABELS[ROWS])
    assert np.array_equal(
        learner.predict_proba(VALIDATION), fresh.predict_proba(VALIDATION)
    )


@pytest.mark.parametrize("rare", [0, 1])
def test_a_class_whose_weights_are_all_zero_is_not_learnt(features, rare):
    # scikit-learn's solver would take the other class for it.
    weights = (LABELS[ROWS] != rare).astype(float)
    learner = LinearLearner(features)
    learner.fit(ROWS, LABELS[ROWS], weights)
    known = int(weights.sum())
    expected = np.array([1, 1]) / (known + 2)
    expected[1 - rare] = (known + 1) / (known + 2)
    assert np.allclose(learner.predict_proba(VALIDATION), expected)


# --- more than two classes


@pytest.mark.parametrize("classes", [3, 4, 5])
@pytest.mark.parametrize("weights", [None, WEIGHTS / 7], ids=["no weights", "weights"])
def test_of_more_classes_each_is_learnt_against_the_rest_as_scikit_learn_does(
    features, classes, weights
):
    labels = TOKENS[:, 0] % classes
    learner = LinearLearner(features, n_classes=classes)
    learner.fit(ROWS, labels[ROWS], weights)
    found = learner.predict_proba(VALIDATION)
    model = LogisticRegression(C=10, solver="liblinear", dual=True, random_state=0)
    with sklearn.config_context(enable_metadata_routing=True):
        model.set_fit_request(sample_weight=True)
        given = {} if weights is None else {"sample_weight": weights}
        theirs = OneVsRestClassifier(model.set_params(max_iter=1000)).fit(
            features[ROWS], labels[ROWS], **given
        )
    assert np.allclose(found, theirs.predict_proba(features[VALIDATION]), atol=1e-3)
    assert np.allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize("missing", range(4))
def test_a_class_without_an_example_has_its_column_and_no_probability(
    features, missing
):
    labels = TOKENS[:, 0] % 4
    rows = ROWS[labels[ROWS] != missing]
    learner = LinearLearner(features, n_classes=4)
    learner.fit(rows, labels[rows])
    found = learner.predict_proba(VALIDATION)
    of_three = LinearLearner(features, n_classes=3)
    of_three.fit(rows, labels[rows] - (labels[rows] > missing))
    others = [k for k in range(4) if k != missing]
    assert (found[:, missing] == 0).all()
    assert np.array_equal(found[:, others], of_three.predict_proba(VALIDATION))


def test_two_classes_seen_of_four_are_learnt_as_two(features):
    labels = np.where(LABELS == 1, 3, 1)
    of_four, of_two = LinearLearner(features, n_classes=4), LinearLearner(features)
    of_four.fit(ROWS, labels[ROWS])
    of_two.fit(ROWS, LABELS[ROWS])
    found = of_four.predict_proba(VALIDATION)
    assert np.array_equal(found[:, [1, 3]], of_two.predict_proba(VALIDATION))
    assert (found[:, [0, 2]] == 0).all()


def test_a_review_that_every_model_denies_is_torn_between_the_classes():
    far = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [-1e6, -1e6]])
    learner = LinearLearner(np.vstack([far, -far]), n_classes=3, C=1e4)
    learner.fit([0, 1, 2], [0, 1, 2])
    for answers in learner.predict_proba(np.arange(8)):
        assert np.isfinite(answers).all()
        assert answers.sum() == pytest.approx(1)


def test_an_exact_learner_goes_to_the_optimum_and_leaves_the_intercept_free():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(60, 4)), rng.integers(0, 2, 60)
    learner = LinearLearner(features, C=3.0, exact=True)
    learner.fit(ROWS, labels[ROWS])
    known = np.column_stack([features[ROWS], np.ones(len(ROWS))])
    signs = 2 * labels[ROWS] - 1

    def slope(weights):
        wrong = signs * expit(-signs * (known @ weights))
        return np.append(weights[:-1], 0) - 3.0 * known.T @ wrong

    weights = scipy.optimize.root(slope, np.zeros(5), tol=1e-13).x
    expected = expit(np.column_stack([features, np.ones(60)]) @ weights)
    found = learner.predict_proba(np.arange(60))
    assert found[:, 1] == pytest.approx(expected, abs=1e-9)


# --- classes that count alike


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("weights", [None, WEIGHTS + 1.0], ids=["none", "whole"])
def test_balanced_classes_count_alike_however_many_labels_they_have(
    features, exact, weights
):
    labels = np.zeros(40, dtype=int)
    labels[:3] = 1
    plain, balanced = (
        LinearLearner(features, C=0.1, exact=exact, class_weights=kind)
        for kind in ("none", "balanced")
    )
    given = np.ones(40) if weights is None else weights
    share = [given[labels == k].sum() for k in (0, 1)]
    by_hand = (
        given * np.where(labels == 1, sum(share) / share[1], sum(share) / share[0]) / 2
    )
    plain.fit(ROWS, labels, by_hand)
    balanced.fit(ROWS, labels, weights)
    assert balanced.predict_proba(VALIDATION) == pytest.approx(
        plain.predict_proba(VALIDATION), abs=2e-3
    )
