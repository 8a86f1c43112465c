"""A state of the loop, made by hand, for the tests of strategies."""

import numpy as np

from alutils.strategies.base import State


def state_of(
    pool, predict_proba=None, seed=0, labelled=(), predict_members=None, labels=()
) -> State:
    """What a strategy sees: these rows in the pool, these probabilities, the answers of
    this committee, and these labels of the labelled rows."""
    return State(
        np.array(pool, dtype=int),
        predict_proba,
        np.random.default_rng(seed),
        np.array(labelled, dtype=int),
        predict_members,
        np.array(labels, dtype=int),
    )
