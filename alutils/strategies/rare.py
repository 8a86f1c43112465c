"""What to ask next when one class is rare: strategies that look for its texts.

Where the learner tells no text from another, as from labels of one class only, each of
them asks at random among what it looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from sklearn.cluster import kmeans_plusplus
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from alutils.strategies.base import State, Strategy, highest, random_sampling
from alutils.strategies.scores import margin
from alutils.strategies.uncertainty import Doubt


def surest_positives(state: State, size: int) -> np.ndarray:
    """The rows to which the learner gives the highest probability of the last class, of
    two the positive one: relevance sampling (Lewis and Gale 1994)."""
    positive = state.predict_proba(state.pool)[:, -1]
    return state.pool[highest(positive, size, state.rng)]


@dataclass(frozen=True)
class SearchFirst:
    """What a search for a few words brings up, until `until` labels are there, then
    another strategy: people find the first texts of a rare class (guided learning;
    Attenberg and Provost 2010).

    Every text that is looked at costs a label, whatever it turns out to be.

    Attributes
    ----------
    hits : array of int, shape (n_reviews,)
        how many of the words each text holds; those that hold most come first, of
        equal ones chance decides
    then
        what asks next
    until
        labels in all, the first ones included
    """

    hits: np.ndarray
    then: Strategy = field(default_factory=Doubt)
    until: int = 100

    def __call__(self, state: State, size: int) -> np.ndarray:
        if len(state.labelled) >= self.until:
            return self.then(state, size)
        return state.pool[highest(self.hits[state.pool], size, state.rng)]


@dataclass(frozen=True)
class AroundAnchors:
    """Doubt in a small part of the pool, near to what is labelled already: of each class
    some labelled rows are drawn as anchors, far from each other, and the rows nearest to
    each of them are looked at (AnchorAL; Lesci and Vlachos 2024).

    A rare class has as many anchors as any other, so that the part of the pool holds
    more of it than the pool. If the part is too small for a query, random rows fill it.

    Attributes
    ----------
    vectors : array of shape (n_reviews, n_dimensions)
        where each review lies; nearness is the cosine
    score
        of doubt
    anchors
        of each class, at most
    neighbours
        of each anchor
    """

    vectors: np.ndarray
    score: Callable[[np.ndarray], np.ndarray] = margin
    anchors: int = 10
    neighbours: int = 50

    def __call__(self, state: State, size: int) -> np.ndarray:
        near = self.looked_at(state)
        doubt = self.score(state.predict_proba(near))
        asked = near[highest(doubt, size, state.rng)]
        left = np.setdiff1d(state.pool, asked)
        missing = min(size, len(state.pool)) - len(asked)
        if not missing:
            return asked
        left = State(left, state.predict_proba, state.rng)
        return np.concatenate([asked, random_sampling(left, missing)])

    def looked_at(self, state: State) -> np.ndarray:
        """The rows of the pool near to anchors; all of it before the first label."""
        anchors = [
            self._far_from_each_other(state.labelled[state.labels == label], state.rng)
            for label in np.unique(state.labels)
        ]
        if not anchors:
            return state.pool
        places = normalize(self.vectors[state.pool])
        nearness = normalize(self.vectors[np.concatenate(anchors)]) @ places.T
        kept = min(self.neighbours, len(places))
        nearest = np.argpartition(-nearness, kept - 1, axis=1)[:, :kept]
        return state.pool[np.unique(nearest)]

    def _far_from_each_other(
        self, rows: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Some of the rows, by the first step of k-means++ (Arthur and Vassilvitskii
        2007)."""
        if len(rows) <= self.anchors:
            return rows
        seed = int(rng.integers(2**31))
        places = normalize(self.vectors[rows])
        with threadpool_limits(1):  # several add up in an order that chance decides
            _, chosen = kmeans_plusplus(places, self.anchors, random_state=seed)
        return rows[np.unique(chosen)]  # copies of one text are there twice
