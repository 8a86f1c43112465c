import numpy as np
import pytest

from alutils.evidence.seesaw import QueryStep, seesaw


def recorded(rng, n_rounds=3, pool=60, size=10, n_test=40):
    """A run whose model gives any probabilities, and the labels of its test texts."""
    left, steps = np.arange(100, 100 + pool), []
    for _ in range(n_rounds):
        asked = rng.choice(left, size, replace=False)
        left = np.setdiff1d(left, asked)
        hill, tested = rng.random(len(left)), rng.random(n_test)
        steps.append(QueryStep(asked, rng.integers(size + 1), left, hill, tested))
    return steps, rng.integers(2, size=n_test)


def test_each_round_says_what_was_asked_and_what_has_come_of_it_so_far():
    steps, truth = recorded(np.random.default_rng(0))
    rounds = seesaw(steps, truth)["rounds"]
    positive = [step.positive for step in steps]
    assert [r["labels"] for r in rounds] == [10, 20, 30]
    assert [r["asked"] for r in rounds] == [10, 10, 10]
    assert [r["asked_positive"] for r in rounds] == positive
    assert [r["positive"] for r in rounds] == np.cumsum(positive).tolist()
    assert [r["middle"] for r in rounds] == [np.median(s.hill) for s in steps]


def test_what_the_next_query_takes_are_heights_of_the_hill_at_its_rows():
    steps, truth = recorded(np.random.default_rng(1))
    rounds = seesaw(steps, truth)["rounds"]
    for found, step, after in zip(rounds[:-1], steps[:-1], steps[1:], strict=True):
        hill = dict(zip(step.left.tolist(), step.hill.tolist(), strict=True))
        expected = sorted(hill[row] for row in after.asked.tolist())
        assert found["next"] == pytest.approx(expected, abs=5e-5)
    assert len(rounds[-1]["next"]) == 0


def test_accuracy_at_any_mark_can_be_had_from_the_counts_of_the_test_texts():
    steps, truth = recorded(np.random.default_rng(2))
    found = seesaw(steps, truth)
    for place in (0, 100, 217, found["thresholds"]):
        mark = place / found["thresholds"]
        for step, one in zip(steps, found["rounds"], strict=True):
            below = {name: n[: place + 1].sum() for name, n in one["test"].items()}
            right = below["negative"] + (truth == 1).sum() - below["positive"]
            assert right == np.sum((step.tested > mark) == truth)
            assert one["pool"][: place + 1].sum() == np.sum(step.hill <= mark)


def test_queries_out_of_order_are_refused():
    steps, truth = recorded(np.random.default_rng(3))
    with pytest.raises(ValueError, match="10 rows of a query are not among those"):
        seesaw([steps[1], steps[0]], truth)
