from collections import Counter
from functools import partial
from itertools import combinations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skactiveml.pool import k_greedy_center
from states import state_of

from alutils.strategies.diversity import DiverseDoubt, KCenter
from alutils.strategies.scores import entropy, margin

# scikit-learn says so where fewer vectors differ than clusters are wanted; the strategy
# fills up then, which is tested.
copies_are_meant = pytest.mark.filterwarnings(
    "ignore:Number of distinct clusters:sklearn.exceptions.ConvergenceWarning"
)


@st.composite
def cases(draw, fewest=1, most=12):
    """Vectors of a few reviews, copies among them; a pool of at least one row, and
    labelled rows."""
    shape = draw(st.integers(fewest, most)), draw(st.integers(1, 3))
    # Small whole numbers: ties and copies are likely, and no distance is rounded.
    vectors = draw(arrays.arrays(np.float32, shape, elements=st.integers(-3, 3)))
    rows = draw(st.permutations(range(shape[0])))
    pool = draw(st.integers(1, shape[0]))
    labelled = draw(st.integers(0, shape[0] - pool))
    return vectors, rows[:pool], rows[pool : pool + labelled]


sizes, seeds = st.integers(0, 15), st.integers(0, 99)


@copies_are_meant
@pytest.mark.parametrize(
    "kind",
    [KCenter, DiverseDoubt, partial(DiverseDoubt, score=entropy, factor=1)],
    ids=["k-center", "diverse doubt", "diverse doubt without choice"],
)
@given(case=cases(), size=sizes, seed=seeds, torn=st.booleans())
def test_as_many_rows_of_the_pool_as_wanted_or_all_and_none_twice(
    table_learner, kind, case, size, seed, torn
):
    vectors, pool, labelled = case
    positive = np.full(12, 0.5) if torn else np.arange(12) % 3 / 2
    predict_proba = table_learner(positive).predict_proba
    asked, again = (
        kind(vectors)(state_of(pool, predict_proba, seed, labelled), size).tolist()
        for _ in range(2)
    )
    assert len(asked) == len(set(asked)) == min(size, len(pool))
    assert set(asked) <= set(pool)
    assert again == asked


@copies_are_meant
@pytest.mark.parametrize("kind", [KCenter, DiverseDoubt])
@pytest.mark.parametrize("labelled", [[], [0]], ids=["no label", "one label"])
def test_copies_of_one_review_are_rows_like_any_others(table_learner, kind, labelled):
    predict_proba = table_learner(np.full(10, 0.5)).predict_proba
    copies = np.full((10, 3), 0.7, dtype=np.float32)
    state = state_of(range(1, 10), predict_proba, labelled=labelled)
    asked = kind(copies)(state, 6).tolist()
    assert len(asked) == len(set(asked)) == 6


# --- k-center


def gap(vectors: np.ndarray, row: int, known: list[int]) -> float:
    """Squared distance of a row to the nearest of some others."""
    return min(
        sum(
            (float(a) - float(b)) ** 2 for a, b in zip(vectors[row], other, strict=True)
        )
        for other in vectors[known]
    )


@given(case=cases(), size=sizes)
def test_k_center_always_takes_a_row_that_is_farthest_from_all_known_ones(case, size):
    vectors, pool, labelled = case
    asked = KCenter(vectors)(state_of(pool, labelled=labelled), size).tolist()
    for k, row in enumerate(asked):
        known = labelled + asked[:k]
        if known:  # without, any row may be the first
            left = [other for other in pool if other not in asked[:k]]
            farthest = max(gap(vectors, other, known) for other in left)
            assert gap(vectors, row, known) == farthest


@given(
    case=cases(fewest=2, most=8).filter(lambda case: len(case[1]) > 1),
    size=st.integers(1, 3),
)
def test_k_center_covers_the_pool_at_most_twice_as_widely_as_the_best_choice(
    case, size
):
    # Gonzalez (1985) proved it of the greedy choice.
    vectors, pool, labelled = case
    size = min(size, len(pool))

    def radius(chosen) -> float:
        return max(gap(vectors, row, [*labelled, *chosen]) for row in pool) ** 0.5

    asked = KCenter(vectors)(state_of(pool, labelled=labelled), size).tolist()
    best = min(radius(chosen) for chosen in combinations(pool, size))
    assert radius(asked) <= 2 * best + 1e-9


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_k_center_is_scikit_activemls_greedy_one(dtype):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, 5))
    vectors = (vectors / np.linalg.norm(vectors, axis=1)[:, None]).astype(dtype)
    labels = np.full(40, np.nan)
    labels[:7] = 1
    theirs, _ = k_greedy_center(vectors, labels, batch_size=12, random_state=0)
    pool = rng.permutation(np.arange(7, 40))
    ours = KCenter(vectors)(state_of(pool, labelled=range(7)), 12)
    assert ours.tolist() == theirs.tolist()


def test_k_center_without_labels_may_begin_anywhere():
    vectors, state = np.arange(5.0)[:, None], state_of(range(5))
    first = Counter(KCenter(vectors)(state, 1).item() for _ in range(1_000))
    assert set(first) == set(range(5))
    assert scipy.stats.chisquare(list(first.values())).pvalue > 0.001


def test_k_center_without_labels_goes_on_with_the_row_farthest_from_the_first():
    vectors = np.arange(5.0)[:, None]
    for seed in range(20):
        first, second = KCenter(vectors)(state_of(range(5), seed=seed), 2).tolist()
        assert second in ([4] if first < 2 else [0] if first > 2 else [0, 4])


def test_k_center_takes_copies_last():
    vectors = np.array([[0.0], [3], [3], [7], [0]])
    asked = KCenter(vectors)(state_of([1, 2, 3, 4], labelled=[0]), 4).tolist()
    assert asked[0] == 3
    assert set(asked[2:]) in ({4, 1}, {4, 2})


def test_k_center_takes_no_row_twice_where_distances_are_lost_to_rounding():
    # Far from zero, the squared distance between copies can come out below zero.
    vectors = np.random.default_rng(0).normal(size=(30, 8)) * 3e4
    vectors[10:] = vectors[:20]
    asked = KCenter(vectors.astype(np.float32))(state_of(range(30)), 30)
    assert sorted(asked.tolist()) == list(range(30))


# --- diverse doubt


def test_diverse_doubt_asks_once_in_each_of_the_groups_that_lie_apart(table_learner):
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(4), 10)
    vectors = 100 * np.eye(4)[groups] + rng.normal(size=(40, 4))
    predict_proba = table_learner(rng.random(40)).predict_proba
    for seed in range(10):
        state = state_of(rng.permutation(40), predict_proba, seed)
        asked = DiverseDoubt(vectors, factor=10)(state, 4)
        assert sorted(groups[asked]) == [0, 1, 2, 3]


@pytest.mark.parametrize("score", [margin, entropy])
def test_diverse_doubt_looks_at_the_most_doubted_rows_only(table_learner, score):
    rng = np.random.default_rng(0)
    vectors, positive = rng.normal(size=(100, 3)), rng.random(100)
    nearest_to_a_half = np.argsort(np.abs(positive - 0.5))
    for factor in (1, 3):
        state = state_of(range(100), table_learner(positive).predict_proba)
        asked = DiverseDoubt(vectors, score, factor)(state, 7)
        assert set(asked.tolist()) <= set(nearest_to_a_half[: 7 * factor].tolist())


@given(
    vectors=arrays.arrays(float, (12, 2), elements=st.integers(-5, 5)),
    order=st.permutations(range(12)),
)
def test_one_cluster_sends_the_row_nearest_to_its_weighted_middle(
    table_learner, vectors, order
):
    # All on one side of a half and apart, so that it is clear which are doubted most.
    positive = (np.array(order) + 1) / 25
    doubted = sorted(range(12), key=lambda row: -positive[row])[:5]
    doubt = [1 - abs(1 - 2 * positive[row]) for row in doubted]
    middle = np.average(vectors[doubted], axis=0, weights=doubt)
    to_middle = np.linalg.norm(vectors - middle, axis=1)
    state = state_of(range(12), table_learner(positive).predict_proba)
    (asked,) = DiverseDoubt(vectors)(state, 1).tolist()
    assert asked in doubted
    assert to_middle[asked] == pytest.approx(to_middle[doubted].min(), abs=1e-4)


@copies_are_meant
def test_diverse_doubt_fills_up_with_random_rows_where_copies_leave_clusters_empty(
    table_learner,
):
    # Rows 0 to 9 are doubted, and copies of one another; the others are sure.
    vectors = np.random.default_rng(0).random((30, 2))
    vectors[:10] = 0.5
    positive = np.where(np.arange(30) < 10, 0.5, 1)
    predict_proba = table_learner(positive).predict_proba
    fillers = Counter()
    for seed in range(40):
        state = state_of(range(30), predict_proba, seed)
        first, *others = DiverseDoubt(vectors, factor=2)(state, 4).tolist()
        assert first < 10
        fillers.update(others)
    assert fillers.total() == 40 * 3
    doubted = sum(fillers[row] for row in range(10))
    # One of ten is taken already, so the fillers are 9 doubted rows and 20 sure ones.
    assert scipy.stats.binomtest(doubted, fillers.total(), 9 / 29).pvalue > 0.001


@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_what_is_no_probability_is_refused_by_diverse_doubt(table_learner, value):
    predict_proba = table_learner(np.array([0.5, 0.6, value])).predict_proba
    with pytest.raises(
        ValueError, match=r"row 2 of the probabilities.*between 0 and 1"
    ):
        DiverseDoubt(np.eye(3))(state_of(range(3), predict_proba), 2)
