import pytest
from made_up_runs import table_of

from alutils.evidence.curves import final_accuracy
from alutils.evidence.single_runs import single_runs

RUNS = table_of(
    {
        ("margin", 4): {100: 0.7, 200: 0.9},
        ("random", 3): {100: 0.6, 200: 0.8},
        ("random", 7): {100: 0.6, 200: 0.75},
    }
)


def test_each_arm_has_its_last_accuracies_beside_their_seeds():
    found = single_runs(final_accuracy(RUNS), {"random": "by chance"})
    assert found == {
        "arms": [{"name": "by chance", "seeds": [3, 7], "accuracy": [0.8, 0.75]}]
    }


@pytest.mark.parametrize(("arm", "runs"), [("margin", 1), ("bald", 0)])
def test_an_arm_without_a_pair_is_refused(arm, runs):
    with pytest.raises(ValueError, match=f"'{arm}' has {runs} runs: a pair takes two"):
        single_runs(final_accuracy(RUNS), {arm: "words"})
