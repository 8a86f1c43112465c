import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.evidence.stopping import (
    BUDGETS,
    DECIDES,
    PRICES,
    RULES,
    THRESHOLDS,
    Prices,
    cheapest,
    differences,
    means_of_seeds,
    regrets_over_texts,
    stops_table,
    verdict,
)
from alutils.loop.stopping import FixedBudget, ValidationPlateau, never

PRICE = {"a price": Prices(label=2, error=0.5, texts=10_000)}


def watched_run(accuracy, arm="margin", seed=0, paid=50) -> pd.DataFrame:
    """A recorded run with this learning curve, 100 labels a round."""
    rounds = np.arange(len(accuracy))
    labels = 100 * (rounds + 1)
    return pd.DataFrame(
        {
            **{"arm": arm, "seed": seed, "round": rounds, "labels": labels},
            **{"labels_spent": labels + paid, "accuracy": accuracy},
            **{"least_confidence": 0.3, "validation_accuracy": accuracy},
        }
    )


curves = st.lists(st.integers(50, 100).map(lambda k: k / 100), min_size=3, max_size=9)


@given(curves, st.integers(1, 1_200))
def test_the_regret_of_a_rule_is_what_it_costs_above_the_cheapest_round(curve, budget):
    runs = watched_run(curve)
    (row,) = stops_table(runs, {"rule": FixedBudget(budget)}, PRICE).to_dict("records")
    cost = [(1 - a) * 5_000 + 2 * 100 * (k + 1) for k, a in enumerate(curve)]
    ends = [k for k in range(len(curve)) if 100 * (k + 1) >= budget]
    at = ends[0] if ends else len(curve) - 1
    assert row["never"] == (not ends)
    assert row["labels"] == 100 * (at + 1)
    assert row["accuracy"] == curve[at]
    assert row["lost"] == pytest.approx(curve[-1] - curve[at])
    assert row["a price"] == pytest.approx(cost[at] - min(cost))


@given(curves)
def test_no_rule_is_cheaper_than_the_best_end_and_who_never_stops_pays_for_the_last(
    curve,
):
    rules = {"never": never, "first": FixedBudget(1), **BUDGETS}
    stops = stops_table(watched_run(curve), rules, PRICES).set_index("rule")
    assert (stops[list(PRICES)] >= 0).all(axis=None)
    assert stops.loc["never", "labels"] == 100 * len(curve)
    assert stops.loc["never", "never"] and not stops.loc["first", "never"]


def test_a_rule_that_looks_at_validation_labels_pays_for_them_and_others_do_not():
    runs = watched_run([0.7, 0.7, 0.7, 0.7, 0.7], paid=80)
    rules = {"plateau": ValidationPlateau(2), "budget": FixedBudget(300)}
    stops = stops_table(runs, rules, PRICE).set_index("rule")
    assert stops["labels"].to_dict() == {"plateau": 380, "budget": 300}
    regrets = stops["a price"].round(6).to_dict()
    assert regrets == {"plateau": 2 * 280, "budget": 2 * 200}


@pytest.fixture(scope="module")
def stops():
    rng = np.random.default_rng(0)
    runs = [
        watched_run(0.9 - 0.3 * 0.7 ** np.arange(12) + rng.normal(0, 0.01, 12), *run)
        for run in [(arm, seed) for seed in range(6) for arm in ("random", "margin")]
    ]
    rules = {"never": never, **BUDGETS}
    return stops_table(pd.concat(runs, ignore_index=True), rules, PRICES)


def test_means_are_those_of_all_runs_and_their_intervals_hold_them(stops):
    for measure in ("labels", "lost", DECIDES, "never"):
        plain = stops.groupby("rule")[measure].mean()
        for rule, (value, low, high) in means_of_seeds(stops, measure).items():
            assert value == pytest.approx(plain[rule])
            assert low <= value + 1e-9 and value <= high + 1e-9


def test_differences_are_taken_seed_by_seed(stops):
    control = "budget of 500"
    found = differences(stops, DECIDES, control)
    assert set(found) == set(stops["rule"]) - {control}
    means = stops.groupby(["rule", "seed"])[DECIDES].mean().unstack("rule")
    for rule, (value, low, high) in found.items():
        by_seed = means[rule] - means[control]
        assert value == pytest.approx(by_seed.mean())
        assert by_seed.min() <= low <= value <= high <= by_seed.max()


def test_the_cheapest_is_the_one_with_the_lowest_mean_among_those_that_are_named(stops):
    means = stops.groupby("rule")[DECIDES].mean()
    two = ["budget of 500", "budget of 1,000"]
    assert cheapest(stops, DECIDES, two) == means[two].idxmin()
    # Who ends too few runs is not among them, however cheap.
    free = stops.assign(**{DECIDES: stops[DECIDES].where(~stops["never"], 0)})
    assert cheapest(free, DECIDES, ["never", "budget of 500"]) == "budget of 500"
    with pytest.raises(ValueError, match="none of 1 rules ends 90% of the runs"):
        cheapest(free, DECIDES, ["never"])


def test_regrets_over_texts_are_those_at_each_price():
    runs = {
        "here": watched_run([0.6, 0.7, 0.75]),
        "there": watched_run([0.5, 0.8, 0.8]),
    }
    runs = {
        place: pd.concat([table, table.assign(seed=1)]) for place, table in runs.items()
    }
    rules = {"never": never, "first": FixedBudget(1)}
    found = regrets_over_texts(runs, rules, [1_000, 10_000])
    assert found["texts"] == [1_000, 10_000]
    for place in found["places"]:
        for k, texts in enumerate(found["texts"]):
            prices = {"it": Prices(1, 1, texts)}
            expected = means_of_seeds(
                stops_table(runs[place["name"]], rules, prices), "it"
            )
            now = {rule["name"]: rule["regrets"][k] for rule in place["rules"]}
            assert now == expected


def test_places_that_do_not_agree_show_nothing():
    cheaper, dearer, either = (-2, -3, -1), (2, 1, 3), (0.5, -1, 2)
    assert verdict([cheaper, cheaper]) == "cheaper"
    assert verdict([dearer, dearer]) == "dearer"
    for places in ([cheaper, dearer], [cheaper, either], [either], [dearer, either]):
        assert verdict(places) == "not shown"


def test_arms_that_do_not_share_their_seeds_are_not_compared(stops):
    lacking = stops.query("not (arm == 'random' and seed == 3)")
    with pytest.raises(ValueError, match="an arm lacks a seed that another has"):
        means_of_seeds(lacking, "labels")


@pytest.mark.parametrize("name", ["label", "error", "texts"])
@pytest.mark.parametrize("value", [-1, -0.01, float("nan"), float("inf")])
def test_a_price_below_zero_is_refused(name, value):
    fair = {"label": 1, "error": 1, "texts": 10}
    with pytest.raises(
        ValueError, match=f"{name}={value}: expected a number of at lea"
    ):
        Prices(**fair | {name: value})


def test_what_is_compared_can_be_replayed_on_the_kept_runs_and_has_names_of_its_own():
    assert DECIDES in PRICES
    names = [*RULES, *BUDGETS, *THRESHOLDS]
    assert len(set(names)) == len(names)
    rules = [*RULES.values(), *BUDGETS.values(), *THRESHOLDS.values()]
    assert max(getattr(rule, "fits", 1) for rule in rules) <= 25
