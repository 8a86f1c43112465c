"""Pseudo-labels: guesses that a learner takes for labels, how they are chosen, and how
much they count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def first_scores(counts: np.ndarray, class_shares: np.ndarray) -> np.ndarray:
    """What the words alone make of each text: probabilities, shape (n, k).

    A class's share of the words that a text holds, with one word more divided by the
    class shares; for two classes of equal shares that is (good - bad) / (good + bad +
    1), moved to lie between 0 and 1 (after Turney 2002).

    Parameters
    ----------
    counts : array of int, shape (n, k)
        how many of each class's words each text holds
    class_shares : array of float, shape (k,)

    Examples
    --------
    >>> first_scores(np.array([[3, 0], [0, 0]]), np.array([0.5, 0.5]))
    array([[0.875, 0.125],
           [0.5  , 0.5  ]])
    """
    return (counts + class_shares) / (counts.sum(axis=1, keepdims=True) + 1)


def leaning(counts: np.ndarray) -> np.ndarray:
    """Whether each text holds more words of a class than of any other, shape (n, k).

    Examples
    --------
    >>> leaning(np.array([[2, 1], [1, 1], [0, 1]])).tolist()
    [[True, False], [False, False], [False, True]]
    """
    most = counts == counts.max(axis=1, keepdims=True)
    return most & (most.sum(axis=1, keepdims=True) == 1)


def class_sizes(n: int, class_shares: np.ndarray) -> np.ndarray:
    """`n` texts divided among the classes by their shares, shape (k,); what is left over
    goes to those that rounding down took most from.

    Examples
    --------
    >>> class_sizes(10, np.array([0.25, 0.75])).tolist()
    [3, 7]
    """
    exact = n * np.asarray(class_shares)
    sizes = np.floor(exact + 1e-9).astype(int)
    most_taken = np.argsort(np.round(sizes - exact, 9), kind="stable")
    sizes[most_taken[: n - sizes.sum()]] += 1
    return sizes


def surest_of_each_class(
    probabilities: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The places of the texts that are surest to be of each class, none twice, and these
    classes in ascending order, each of shape (sum of sizes,).

    Of two classes these are the ends of one ranking, equally sure texts in the order in
    which they stand. Of more, texts go from the surest guess to the least sure, each to
    the first class that has room left. Counting off by size keeps a lean to one class
    from being learnt again (Yarowsky 1995; McCallum and Nigam 1999).

    Examples
    --------
    >>> sure = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.7, 0.3]])
    >>> places, classes = surest_of_each_class(sure, np.array([1, 2]))
    >>> dict(zip(places.tolist(), classes.tolist()))
    {0: 0, 3: 1, 1: 1}
    """
    n, k = probabilities.shape
    classes = np.repeat(np.arange(k), sizes)
    if k == 2:
        order = np.argsort(probabilities[:, 1], kind="stable")
        places = np.concatenate([order[: sizes[0]], order[n - sizes[1] :]])
        return places, classes
    places_of: list[list[int]] = [[] for _ in range(k)]
    taken = np.zeros(n, dtype=bool)
    for pair in np.argsort(-probabilities, axis=None, kind="stable").tolist():
        place, one = divmod(pair, k)
        if not taken[place] and len(places_of[one]) < sizes[one]:
            taken[place] = True
            places_of[one].append(place)
    return np.array([place for own in places_of for place in own], dtype=int), classes


def divided(probabilities: np.ndarray, class_shares: np.ndarray) -> np.ndarray:
    """A class for every text, shape (n,), as many of each as their shares say."""
    sizes = class_sizes(len(probabilities), class_shares)
    places, classes = surest_of_each_class(probabilities, sizes)
    return classes[np.argsort(places)]


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Share of texts that two divisions put into the same class, between 0 and 1."""
    return float(np.mean(one == other))


def pseudo_label_weight(labels: int, *, weight: float, fades_at: int) -> float:
    """How much a pseudo-label counts beside a label, when there are so many labels:
    `weight` without any, then less in a straight line, nothing from `fades_at` labels on.

    Examples
    --------
    >>> pseudo_label_weight(500, weight=0.1, fades_at=1000)
    0.05
    """
    return weight * max(0.0, 1 - labels / fades_at)


def passes_to_keep(agreements: np.ndarray, texts: int) -> int:
    """How many passes to make: as few as agree with words that were kept back as well as
    the best number does, but for one standard error (Breiman et al. 1984).

    Parameters
    ----------
    agreements : array of float, shape (passes,)
        share of texts on which each pass agrees with the words that were kept back
    texts
        how many texts that is a share of

    Examples
    --------
    >>> passes_to_keep(np.array([0.60, 0.68, 0.70, 0.65]), texts=10_000)
    3
    >>> passes_to_keep(np.array([0.60, 0.68, 0.70, 0.65]), texts=100)
    2
    """
    return int(np.flatnonzero(agreements >= _as_good(agreements, texts))[0]) + 1


def has_fallen(agreements: Sequence[float], texts: int) -> bool:
    """Whether the last pass agrees worse than the best one by more than a standard
    error, so that more of them are not worth their time: in all of the 270 trials that
    chose the guard, watching on would have kept the same number of passes."""
    return len(agreements) > 0 and agreements[-1] < _as_good(agreements, texts)


def _as_good(agreements: Sequence[float], texts: int) -> float:
    best = max(agreements)
    return best - np.sqrt(best * (1 - best) / texts)


def checked_shares(class_shares: np.ndarray | None, n_classes: int) -> np.ndarray:
    """Class shares as an array of shape (n_classes,); None means all alike.

    Raises
    ------
    ValueError
        If they are not above 0 each and 1 together, or not as many as classes.
    """
    if class_shares is None:
        return np.full(n_classes, 1 / n_classes)
    shares = np.asarray(class_shares, dtype=float)
    if shares.shape != (n_classes,):
        raise ValueError(
            f"class_shares={class_shares}: expected {n_classes} numbers, one for each"
            " class"
        )
    if not (shares > 0).all() or not np.isclose(shares.sum(), 1):
        raise ValueError(
            f"class_shares={class_shares} add up to {shares.sum():g}: expected numbers"
            " above 0 that add up to 1"
        )
    return shares
