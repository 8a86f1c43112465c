import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.evidence.compare import compare
from alutils.evidence.noise import (
    advantages,
    first_not_shown,
    for_the_same_money,
    in_pairs,
    seen_accuracy,
)

ANSWERS = [100, *range(200, 1_001, 100), 1_250, 1_500, 1_750, 2_000]


def runs(arm, at, seeds=8, texts=1.0) -> pd.DataFrame:
    """Runs of an arm whose accuracy is a function of seed and answers."""
    return pd.DataFrame(
        {
            "arm": arm,
            "seed": seed,
            "round": number,
            "labels": int(answers * texts),
            "labels_spent": answers,
            "accuracy": at(seed, answers),
        }
        for seed in range(seeds)
        for number, answers in enumerate(ANSWERS)
    )


def test_an_advantage_is_the_mean_one_from_500_to_2000_answers_whatever_else_there_is():
    def control(seed, answers):
        return 0.7 + seed / 100

    def better(seed, answers):  # by a hundredth at 500, three at 2,000; bad before
        return control(seed, answers) + (
            0.01 + 0.02 * (answers - 500) / 1_500 if answers >= 500 else -0.3
        )

    table = pd.concat(
        [
            runs("control", control),
            runs("better", better, texts=0.4),
            runs("same", control),
        ]
    )
    pairs = {"one": ("better", "control"), "other": ("same", "control")}
    found = advantages(table, pairs)
    assert found.loc["one", "difference"] == pytest.approx(0.02)
    assert found["verdict"].tolist() == [
        "higher",
        "not shown, and too little to matter",
    ]
    at_the_end = for_the_same_money(table, pairs)
    assert at_the_end.loc["one", "difference"] == pytest.approx(0.03)


def test_with_one_control_pairs_are_what_compare_gives():
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([["a", "b", "c"], range(12)])
    measure = pd.Series(rng.random(36), index.set_names(["arm", "seed"]))
    found = in_pairs(measure, {"b": ("b", "a"), "c": ("c", "a")})
    pd.testing.assert_frame_equal(found, compare(measure, "a"))


def test_seeds_that_one_of_a_pair_lacks_are_left_out_of_this_pair_only():
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([["a", "b", "c"], range(12)])
    measure = pd.Series(rng.random(36), index.set_names(["arm", "seed"]))
    found = in_pairs(measure.drop(("b", 3)), {"b": ("b", "a"), "c": ("c", "a")})
    assert found["seeds"].tolist() == [11, 12]


def test_an_arm_that_is_not_there_is_named():
    index = pd.MultiIndex.from_product([["a", "b"], range(3)], names=["arm", "seed"])
    with pytest.raises(ValueError, match="no arm 'c' among a, b"):
        in_pairs(pd.Series(0.5, index), {"x": ("c", "a")})


@pytest.mark.parametrize(
    ("verdicts", "first"),
    [
        (["higher", "higher, but too little to matter", "higher"], None),
        (["higher", "not shown", "higher"], "5 %"),
        (["lower", "not shown", "higher"], "0 %"),
        (["too few seeds", "higher", "higher"], "0 %"),
    ],
)
def test_the_first_level_that_does_not_show_it_is_named(verdicts, first):
    levels = ["0 %", "5 %", "10 %"]
    findings = pd.DataFrame({"verdict": verdicts}, index=levels)
    assert first_not_shown(findings, levels) == first


@given(
    st.integers(0, 1_000),
    st.floats(0.3, 1),
    st.floats(0, 0.45),
    st.sampled_from([2, 4]),
)
def test_an_accuracy_is_seen_as_a_simulation_has_it(seed, accuracy, rate, k):
    rng, n = np.random.default_rng(seed), 20_000

    def changed(labels, chance):
        others = (labels + rng.integers(1, k, size=n)) % k
        return np.where(rng.random(n) < chance, others, labels)

    truth = rng.integers(k, size=n)
    predicted, said = changed(truth, 1 - accuracy), changed(truth, rate)
    seen = (predicted == said).mean()
    expected = seen_accuracy(accuracy, rate, n_classes=k)
    assert seen == pytest.approx(expected, abs=4.5 * 0.5 / np.sqrt(n))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5))
def test_of_two_classes_differences_shrink_by_one_minus_twice_the_rate(
    one, other, rate
):
    seen = seen_accuracy(one, rate) - seen_accuracy(other, rate)
    assert seen == pytest.approx((1 - 2 * rate) * (one - other), abs=1e-9)
