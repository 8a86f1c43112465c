"""What a stopping rule is worth: where it would have ended recorded runs, and how much
dearer that is than the best end that each run had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alutils.evidence.intervals import bootstrap_interval
from alutils.loop.seen import seen_in
from alutils.loop.stopping import (
    ClassificationChange,
    ContradictoryInformation,
    FixedBudget,
    OverallUncertainty,
    PerformanceConvergence,
    SelectedAccuracy,
    StabilizingPredictions,
    StoppingRule,
    ValidationPlateau,
    stops_at,
)

# Fixed before any run of results/stopping.toml: the rules as published, and the budgets.
RULES: Mapping[str, StoppingRule] = {
    "stabilizing predictions": StabilizingPredictions(),
    "stabilizing predictions, pairs": StabilizingPredictions(reading="pairs"),
    "classification change": ClassificationChange(),
    "overall uncertainty": OverallUncertainty(),
    "overall uncertainty, least confidence": OverallUncertainty(
        0.01, "least_confidence"
    ),
    "performance convergence": PerformanceConvergence(),
    "contradictory information": ContradictoryInformation(),
    "contradictory information, any drops": ContradictoryInformation(consecutive=False),
    "selected accuracy": SelectedAccuracy(),
    "validation plateau": ValidationPlateau(),
}
BUDGETS: Mapping[str, StoppingRule] = {
    f"budget of {labels:,}": FixedBudget(labels) for labels in (500, 1_000, 2_000)
}
# Thresholds from which one is chosen where settings may be chosen.
THRESHOLDS: Mapping[str, StoppingRule] = {
    f"stabilizing predictions at {threshold:.2f}": StabilizingPredictions(threshold)
    for threshold in (0.80, 0.85, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)
}


@dataclass(frozen=True)
class Prices:
    """What labels and errors cost, in one money.

    Attributes
    ----------
    label
        price of one label
    error
        price of one text that the model puts into the wrong class
    texts
        how many texts the model is there to classify

    Raises
    ------
    ValueError
        If one of them is below zero or no number.
    """

    label: float
    error: float
    texts: int

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < np.inf:  # False for NaN too
                raise ValueError(
                    f"{name}={value}: expected a number of at least 0, and below infinity"
                )

    def cost(self, accuracy: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Of a model with this accuracy and so many labels (Pullar-Strecker et al.
        2024): what it gets wrong, and what it was taught with.

        Examples
        --------
        >>> Prices(label=1, error=1, texts=10_000).cost(0.88, 1_000)
        2200.0
        """
        return (1 - accuracy) * self.texts * self.error + self.label * labels


# Fixed before any run too: an error costs as much as a label. The second one decides.
PRICES: Mapping[str, Prices] = {
    f"{texts:,} texts": Prices(label=1, error=1, texts=texts)
    for texts in (10_000, 30_000, 100_000)
}
DECIDES = "30,000 texts"
# Of the sentences' runs, a rule that may become the default has to end so many. (Written
# down when some of these runs were there, before any result on reviews was looked at:
# going on to the end is no rule, whatever it costs.)
MUST_END = 0.9


def stops_table(
    runs: pd.DataFrame, rules: Mapping[str, StoppingRule], prices: Mapping[str, Prices]
) -> pd.DataFrame:
    """Where each rule would have ended each run, one row for a rule and a run.

    A run that a rule never ends goes on to its last round and pays for that.

    Parameters
    ----------
    runs
        rounds of recorded runs that were watched, as `records.runs_table` gives them

    Returns
    -------
    Columns: `rule`, `arm`, `seed`; `never`, whether the rule ended it not at all;
    `labels` bought, those of the validation set included if the rule looks at them;
    `accuracy` at the end; `lost`, the accuracy that going on to the last round would have
    added; and for each of the prices, by its name, the regret: how much more it cost than
    the cheapest round of the run would have.

    Raises
    ------
    ValueError
        If a run was not watched, or a rule cannot be replayed on it.
    """
    rows = []
    for (arm, seed), run in runs.groupby(["arm", "seed"], sort=False):
        run = run.sort_values("round")
        seen = seen_in(run)
        accuracy, labels = run["accuracy"].to_numpy(), run["labels"].to_numpy()
        for name, rule in rules.items():
            end = stops_at(rule, seen)
            at = len(seen) - 1 if end is None else end
            bought = labels[at]
            if getattr(rule, "needs_validation", False):
                bought = run["labels_spent"].iloc[at]
            regrets = {
                what: price.cost(accuracy[at], bought)
                - price.cost(accuracy, labels).min()
                for what, price in prices.items()
            }
            rows.append(
                {
                    "rule": name,
                    "arm": arm,
                    "seed": seed,
                    "never": end is None,
                    "labels": bought,
                    "accuracy": accuracy[at],
                    "lost": accuracy[-1] - accuracy[at],
                    **regrets,
                }
            )
    return pd.DataFrame(rows)


def cheapest(stops: pd.DataFrame, price: str, among: Iterable[str]) -> str:
    """The rule with the lowest mean regret at a price, of those that end at least
    `MUST_END` of the runs; the first one of equals.

    Raises
    ------
    ValueError
        If none of them ends so many.
    """
    rules = stops[stops["rule"].isin(list(among))].groupby("rule", sort=False)
    ending = rules["never"].mean() <= 1 - MUST_END + 1e-9
    if not ending.any():
        raise ValueError(f"none of {len(rules)} rules ends {MUST_END:.0%} of the runs")
    return str(rules[price].mean()[ending].idxmin())


def regrets_over_texts(
    runs: Mapping[str, pd.DataFrame],
    rules: Mapping[str, StoppingRule],
    texts: Sequence[int],
) -> dict[str, object]:
    """Mean regret of each rule, with its interval, over a grid of how many texts the
    model is there for; an error costs as much as a label.

    Parameters
    ----------
    runs
        recorded runs by the name of their place

    Returns
    -------
    `texts`, and `places`: for each its `name` and its `rules`, for each of them its
    `name` and `regrets`: value, low, high for each number of texts.
    """
    prices = {f"{n:,} texts": Prices(label=1, error=1, texts=int(n)) for n in texts}
    places = []
    for name, table in runs.items():
        stops = stops_table(table, rules, prices)
        found = [means_of_seeds(stops, price) for price in prices]
        of_rules = [{"name": r, "regrets": [at[r] for at in found]} for r in rules]
        places.append({"name": name, "rules": of_rules})
    return {"texts": [int(n) for n in texts], "places": places}


def verdict(differences: Iterable[tuple[float, float, float]]) -> str:
    """What differences in regret say, each with its interval, if all places are to agree:
    "cheaper", "dearer" or "not shown"."""
    ends = [(low, high) for _, low, high in differences]
    if all(high < 0 for _, high in ends):
        return "cheaper"
    return "dearer" if all(low > 0 for low, _ in ends) else "not shown"


def means_of_seeds(
    stops: pd.DataFrame, measure: str
) -> dict[str, tuple[float, float, float]]:
    """A measure of each rule: the mean over all runs, and its 95% bootstrap interval over
    seeds; value, low, high. The arms of a seed are drawn together.

    Parameters
    ----------
    stops
        as `stops_table` gives it; every arm at every seed
    """
    by_seed = _by_seed(stops, measure)
    return {rule: _mean(by_seed[rule].to_numpy()) for rule in by_seed}


def differences(
    stops: pd.DataFrame, measure: str, control: str
) -> dict[str, tuple[float, float, float]]:
    """The same of what each rule has more of than a control, seed by seed."""
    by_seed = _by_seed(stops, measure)
    others: Sequence[str] = [rule for rule in by_seed if rule != control]
    return {
        rule: _mean((by_seed[rule] - by_seed[control]).to_numpy()) for rule in others
    }


def _by_seed(stops: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Means over the arms, a row for each seed and a column for each rule."""
    runs = stops.pivot(index=["seed", "arm"], columns="rule", values=measure)
    if runs.unstack("arm").isna().any(axis=None):
        raise ValueError("an arm lacks a seed that another has: compare whole seeds")
    return runs.astype(float)[stops["rule"].unique()].groupby("seed").mean()


def _mean(values: np.ndarray) -> tuple[float, float, float]:
    low, high = bootstrap_interval(len(values), lambda at: values[at].mean(axis=1))
    return float(values.mean()), float(low), float(high)
