"""Texts that are there more than once: labelled once, they need no second label."""

from __future__ import annotations

import numpy as np

from alutils.corpus.reviews import Reviews


def first_copies(reviews: Reviews) -> np.ndarray:
    """For each row the first row that has the same text, whatever white space is between
    its words: an array of int64, shape (n_reviews,).

    Examples
    --------
    >>> reviews = Reviews(["Dull.", "So good!", " So  good!\\n"], [0, 1, 1], "three")
    >>> first_copies(reviews)
    array([0, 1, 1])
    """
    first: dict[str, int] = {}
    rows = (
        first.setdefault(" ".join(text.split()), row)
        for row, text in enumerate(reviews.texts)
    )
    return np.fromiter(rows, dtype=np.int64, count=len(reviews))


def contradictions(reviews: Reviews) -> list[np.ndarray]:
    """The labelled rows of each text that has two different labels: arrays of rows, in
    the order of the first row of each.

    Examples
    --------
    >>> reviews = Reviews(["Hm.", "Fun.", "Hm.", "Hm."], [0, 1, 1, -1], "four")
    >>> contradictions(reviews)
    [array([0, 2])]
    """
    known = np.flatnonzero(reviews.labels >= 0)
    of_text: dict[int, list[int]] = {}
    for row, first in zip(known, first_copies(reviews)[known], strict=True):
        of_text.setdefault(int(first), []).append(int(row))
    return [
        np.array(rows)
        for rows in of_text.values()
        if len(set(reviews.labels[rows].tolist())) > 1
    ]
