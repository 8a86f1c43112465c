"""Made-up runs, as tidy tables and as one number a run, for the tests of the evidence."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

Curve = dict[int, float]


def table_of(runs: dict[tuple[str, int], Curve]) -> pd.DataFrame:
    """A tidy table: for each arm and seed a curve, from labels to accuracy."""
    return pd.DataFrame(
        [
            (arm, seed, number, labels, accuracy)
            for (arm, seed), curve in runs.items()
            for number, (labels, accuracy) in enumerate(curve.items())
        ],
        columns=["arm", "seed", "round", "labels", "accuracy"],
    )


def measure_of(arms: dict[str, dict[int, float]]) -> pd.Series:
    """One number for each arm and seed."""
    numbers = {
        (arm, seed): x for arm, seeds in arms.items() for seed, x in seeds.items()
    }
    index = pd.MultiIndex.from_tuples(numbers, names=["arm", "seed"])
    return pd.Series(list(numbers.values()), index, dtype=float)


hundredths = st.integers(0, 100).map(lambda k: k / 100)


@st.composite
def curves(draw, least=2):
    labels = draw(st.sets(st.integers(1, 5_000), min_size=least, max_size=12))
    return {n: draw(hundredths) for n in sorted(labels)}


def first_budget_from_which_all_reach(curve: Curve, target: float) -> float:
    return min(
        (
            budget
            for budget in curve
            if all(accuracy >= target for n, accuracy in curve.items() if n >= budget)
        ),
        default=np.inf,
    )
