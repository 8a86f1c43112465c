import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from alutils.loop.noise import NoisyOracle, noise_near_the_boundary

LABELS = np.random.default_rng(0).integers(3, size=60)
MANY = np.random.default_rng(1).integers(2, size=20_000)


def noisy(labels=LABELS, seed=0, raters=3, rate=0.3, k=3, **more) -> NoisyOracle:
    rates = np.full((raters, 1), rate)
    rng = np.random.default_rng(seed)
    return NoisyOracle(labels, rng, rates, n_classes=k, **more)


questions = st.lists(
    st.tuples(
        st.lists(st.integers(0, len(LABELS) - 1), max_size=10),
        st.integers(0, 2),
        st.sampled_from(["training", "validation"]),
    ),
    max_size=8,
)


@given(questions, st.integers(0, 50), st.sampled_from([0.0, 0.4]))
def test_the_same_seed_gives_the_same_answers_whatever_the_order_and_the_batch(
    asked, seed, cant_tell
):
    one, other = (noisy(seed=seed, cant_tell=cant_tell) for _ in range(2))
    every = [other.label(np.arange(len(LABELS)), opinion=k).tolist() for k in range(3)]
    for rows, opinion, purpose in asked:
        said = one.label(rows, purpose, opinion=opinion).tolist()
        assert said == [every[opinion][row] for row in rows]


@given(st.integers(0, 50), st.integers(1, len(LABELS)))
def test_what_is_said_of_a_row_does_not_hang_on_how_many_others_there_are(seed, kept):
    rows = np.arange(kept)
    few, all_of_them = noisy(LABELS[:kept], seed), noisy(seed=seed)
    for opinion in range(3):
        some, all_said = (o.label(rows, opinion=opinion) for o in (few, all_of_them))
        assert some.tolist() == all_said.tolist()


@given(st.integers(0, 50))
def test_another_seed_and_another_rater_err_elsewhere(seed):
    rows = np.arange(len(LABELS))
    oracle = noisy(seed=seed)
    said = [oracle.label(rows, opinion=k).tolist() for k in range(3)]
    said.append(noisy(seed=seed + 1).label(rows).tolist())
    assert len(set(map(tuple, said))) == 4


@given(st.integers(0, 50))
def test_what_is_wrong_at_a_low_rate_is_wrong_at_a_higher_one(seed):
    rows = np.arange(len(LABELS))
    low, high = (noisy(seed=seed, rate=rate).label(rows) for rate in (0.1, 0.5))
    assert (high[low != LABELS] == low[low != LABELS]).all()


@given(questions, st.sampled_from([0.0, 0.4]))
def test_each_answer_is_counted_once_and_wrong_ones_are_too(asked, cant_tell):
    oracle, given_answers = noisy(cant_tell=cant_tell), {}
    for rows, opinion, purpose in asked:
        said = oracle.label(rows, purpose, opinion=opinion)
        for row, label in zip(rows, said.tolist(), strict=True):
            given_answers[row, opinion, purpose] = label
    for purpose in ("training", "validation"):
        of_it = [key for key in given_answers if key[2] == purpose]
        assert oracle.spent.get(purpose, 0) == oracle.count_for(purpose) == len(of_it)
    distinct = {key[:2]: label for key, label in given_answers.items()}
    assert oracle.count == len(distinct)
    wrong = sum(said not in (-1, LABELS[row]) for (row, _), said in distinct.items())
    assert oracle.wrong == wrong
    assert oracle.unknown == sum(said == -1 for said in distinct.values())
    trained = {key[:2] for key in given_answers if key[2] == "training"}
    rows = np.arange(len(LABELS))
    expected = [sum((row, k) in trained for k in range(3)) for row in rows]
    assert oracle.opinions(rows).tolist() == expected


def test_labels_for_the_test_are_true_and_count_as_no_mistake():
    oracle = noisy(rate=0.6)
    rows = np.arange(len(LABELS))
    assert oracle.label(rows, purpose="test").tolist() == LABELS.tolist()
    assert (oracle.wrong, oracle.unknown) == (0, 0)
    assert oracle.spent == {"test": len(LABELS)}


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("near", [False, True])
def test_the_share_of_wrong_answers_is_the_rate_that_was_named(rate, near):
    rates, rows = np.full((2, 1), rate), np.arange(len(MANY))
    if near:
        doubts = np.random.default_rng(2).beta(1, 3, size=len(MANY))
        rates = np.stack([noise_near_the_boundary(doubts, rate)] * 2)
    oracle = NoisyOracle(MANY, np.random.default_rng(3), rates)
    for opinion in range(2):
        wrong = int((oracle.label(rows, opinion=opinion) != MANY).sum())
        assert binomtest(wrong, len(MANY), rate).pvalue > 0.001


def test_raters_may_each_have_a_rate_of_their_own():
    rates = np.array([[0.0], [0.1], [0.3]])
    oracle = NoisyOracle(MANY, np.random.default_rng(0), rates)
    rows = np.arange(len(MANY))
    # Who comes first is drawn for each row, so that any opinion is as good on average.
    for opinion in range(3):
        wrong = int((oracle.label(rows, opinion=opinion) != MANY).sum())
        assert binomtest(wrong, len(MANY), rates.mean()).pvalue > 0.001
    wrong = np.sum([oracle.label(rows, opinion=k) != MANY for k in range(3)], axis=0)
    # One never errs, and the two others do so independently.
    expected = np.array([0.9 * 0.7, 0.1 * 0.7 + 0.9 * 0.3, 0.1 * 0.3]) * len(MANY)
    assert chisquare(np.bincount(wrong), expected).pvalue > 0.001


def test_a_wrong_label_is_any_other_class_alike():
    labels = np.zeros(20_000, dtype=int)
    said = noisy(labels, rate=0.6, k=4).label(np.arange(20_000))
    assert chisquare(np.bincount(said[said > 0])[1:]).pvalue > 0.001


def test_who_admits_all_doubts_is_never_wrong_and_who_admits_half_is_so_half_as_often():
    rows = np.arange(len(MANY))
    for cant_tell in (0.5, 1.0):
        oracle = noisy(MANY, rate=0.2, k=2, cant_tell=cant_tell)
        oracle.label(rows)
        wrong = 0.2 * (1 - cant_tell)
        assert binomtest(oracle.wrong, len(MANY), wrong).pvalue > 0.001
        # Of two classes half of the guesses are right: doubts are twice the errors.
        assert binomtest(oracle.unknown, len(MANY), 0.4 * cant_tell).pvalue > 0.001


def test_nobody_knows_a_label_that_the_corpus_lacks():
    oracle = noisy(np.array([0, -1, 1]), rate=0.4, k=2)
    assert oracle.label([1, 1], opinion=2).tolist() == [-1, -1]
    assert oracle.wrong == 0


# --- noise near the boundary


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=40),
    st.floats(0, 0.6),
    st.integers(2, 4),
)
def test_noise_near_the_boundary_has_the_named_mean_grows_with_doubt_and_is_no_worse_than_a_guess(
    doubts, rate, k
):
    most = (k - 1) / k
    rate = min(rate, most - 0.01)
    chances = noise_near_the_boundary(doubts, rate, n_classes=k)
    assert chances.mean() == pytest.approx(rate, abs=1e-9)
    assert (chances <= most + 1e-12).all()
    in_order = chances[np.argsort(doubts, kind="stable")]
    assert (np.diff(in_order) >= -1e-12).all()
    below = chances < most - 1e-9
    if below.any() and rate:
        per_doubt = chances[below] / np.array(doubts)[below]
        assert per_doubt == pytest.approx(np.full(len(per_doubt), per_doubt[0]))


@pytest.mark.parametrize(
    ("doubts", "rate", "message"),
    [
        ([0.0, 0.0, 0.5, 0.5], 0.25, "only 50% of the rows are in any doubt"),
        ([0.0, 0.0], 0.0, "only 0% of the rows are in any doubt"),
        ([0.1, -0.1], 0.1, "a doubt is below 0 or no number"),
        ([0.1, np.nan], 0.1, "a doubt is below 0 or no number"),
        ([0.1, 0.2], 0.5, "a rate of noise of 0.5: .* less than 0.5"),
        ([0.1, 0.2], -0.1, "expected at least 0 and less than 0.5"),
    ],
)
def test_a_rate_that_the_doubts_cannot_give_is_refused(doubts, rate, message):
    with pytest.raises(ValueError, match=message):
        noise_near_the_boundary(doubts, rate)


# --- what is refused


@pytest.mark.parametrize(
    ("rate", "k", "most"), [(0.5, 2, "0.5"), (0.8, 2, "0.5"), (0.75, 4, "0.75")]
)
def test_a_rate_at_which_labels_say_nothing_is_refused(rate, k, most):
    with pytest.raises(
        ValueError,
        match=f"a rate of noise of {rate}: whoever guesses among {k} classes .*"
        f"expected at least 0 and less than {most}",
    ):
        noisy(LABELS % k, rate=rate, k=k)


@pytest.mark.parametrize("rate", [-0.1, np.nan])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match="expected at least 0 and less than"):
        noisy(rate=rate)


@pytest.mark.parametrize("shape", [(3,), (1, 59), (0, 1), (1, 1, 1)])
def test_rates_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="expected one number, or an array of a row"):
        NoisyOracle(LABELS, np.random.default_rng(0), np.zeros(shape), n_classes=3)


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_a_share_of_doubts_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match=r"cant_tell=.*between 0 and 1"):
        noisy(cant_tell=share)


@pytest.mark.parametrize("opinion", [-1, 1, 3])
def test_an_opinion_of_a_rater_who_does_not_exist_is_refused_and_not_counted(opinion):
    oracle = noisy(raters=1)
    with pytest.raises(ValueError, match=f"opinion={opinion}, and there are 1 raters"):
        oracle.label([0], opinion=opinion)
    assert oracle.count == 0
