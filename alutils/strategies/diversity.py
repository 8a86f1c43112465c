"""What to ask next when reviews should not be alike: strategies that look at where a
review lies among the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin_min
from threadpoolctl import threadpool_limits

from alutils.strategies.base import State, highest, random_sampling
from alutils.strategies.scores import margin


@dataclass(frozen=True)
class KCenter:
    """The core-set approach: again and again the row farthest from everything that is
    labelled or chosen already (Sener and Savarese 2018, their greedy method). Of rows
    equally far, the first of the pool.

    Attributes
    ----------
    vectors : array of shape (n_reviews, n_dimensions)
        where each review lies, such as `features.lsa` gives it
    """

    vectors: np.ndarray

    def __call__(self, state: State, size: int) -> np.ndarray:
        places, chosen = self.vectors[state.pool], []
        lengths = np.einsum("ij,ij->i", places, places)
        gap = 1e30 * (1 + state.rng.random(len(places)))  # no label: begin anywhere
        if len(state.labelled):
            known = self.vectors[state.labelled]
            _, gap = pairwise_distances_argmin_min(places, known, metric="sqeuclidean")
        for _ in range(min(size, len(places))):
            farthest = int(np.argmax(gap))
            chosen.append(farthest)
            # Squared distances, by the law of cosines: no copy of all places.
            to_chosen = lengths + lengths[farthest] - 2 * (places @ places[farthest])
            gap = np.minimum(gap, to_chosen)
            gap[farthest] = -np.inf  # never again, even if the pool holds a copy
        return state.pool[chosen]


@dataclass(frozen=True)
class DiverseDoubt:
    """Doubt and diversity at once: the most doubted rows are put into as many clusters
    as labels are wanted, and each cluster sends its most central row (Zhdanov 2019).

    Attributes
    ----------
    vectors : array of shape (n_reviews, n_dimensions)
        where each review lies
    score
        of doubt; it weighs the rows in the clustering too
    factor
        how many times more rows are clustered than asked for
    """

    vectors: np.ndarray
    score: Callable[[np.ndarray], np.ndarray] = margin
    factor: int = 5

    def __call__(self, state: State, size: int) -> np.ndarray:
        size = min(size, len(state.pool))
        if size == 0:
            return state.pool[:0]
        doubt = self.score(state.predict_proba(state.pool))
        kept = highest(doubt, self.factor * size, state.rng)
        places, weights = self.vectors[state.pool[kept]], doubt[kept] + 1e-6
        seed = int(state.rng.integers(2**31))
        clusters = KMeans(size, n_init=1, max_iter=20, random_state=seed)
        with threadpool_limits(1):  # several add up in an order that chance decides
            to_centre = clusters.fit(places, sample_weight=weights).transform(places)
        own = clusters.labels_
        central = [
            kept[own == k][np.argmin(to_centre[own == k, k])] for k in np.unique(own)
        ]
        asked = state.pool[central]
        # Copies of one review share a cluster and leave another empty: fill up.
        left = State(np.setdiff1d(state.pool, asked), state.predict_proba, state.rng)
        return np.concatenate([asked, random_sampling(left, size - len(asked))])
