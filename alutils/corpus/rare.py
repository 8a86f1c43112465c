"""Corpora in which one class is rare, cut from those in which it is not."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.corpus.splits import Splits


def with_positive_share(
    splits: Splits, reviews: Reviews, rng: np.random.Generator, *, share: float
) -> Splits:
    """The same splits with fewer positives: as many are left out, at random, of the
    validation part, of the test part and of what may be trained on, as leave each with a
    share of them. Negatives, and reviews whose labels are not known, all stay.

    Raises
    ------
    ValueError
        If the reviews have more than two classes, or a part has too few positives for
        the share; the message says how many there are, and how large a test set can be
        had.

    Examples
    --------
    >>> reviews = Reviews(["text"] * 12, [0, 1] * 6, "a dozen")
    >>> rows = np.arange(12)
    >>> few = with_positive_share(
    ...     Splits(rows[:0], rows[:0], rows[:4], rows[4:]),
    ...     reviews,
    ...     np.random.default_rng(0),
    ...     share=1 / 3,
    ... )
    >>> reviews.labels[few.test].tolist(), reviews.labels[few.pool].tolist()
    ([0, 1, 0], [0, 1, 0, 0, 1, 0])
    """
    if reviews.n_classes != 2:
        raise ValueError(
            f"a share of positives is for two classes, and {reviews.name} have"
            f" {reviews.n_classes}: leave it out"
        )
    all_positive, all_negative = (int(np.sum(reviews.labels == k)) for k in (1, 0))
    largest = int(min(all_positive / share, all_negative / (1 - share)) + 1e-9)
    left_out = []
    for name in ("validation", "test", "training"):
        rows = np.sort(getattr(splits, name))
        positive = rows[reviews.labels[rows] == 1]
        negatives = np.count_nonzero(reviews.labels[rows] == 0)
        wanted = round(negatives * share / (1 - share))
        if wanted > len(positive) or (len(rows) and not wanted):
            raise ValueError(
                f"a share of {share:g} positives in the {name} part wants {wanted:,}"
                f" beside its {negatives:,} negatives, and it has {len(positive):,}: give"
                f" a share from {1 / (negatives + 1):.2g} to"
                f" {len(positive) / len(rows):.2g}, or other sizes. With the"
                f" {all_positive:,} positives in {reviews.name}, a test set of that share"
                f" has at most {largest:,} reviews"
            )
        left_out.append(rng.permutation(positive)[wanted:])
    gone = np.concatenate(left_out)
    parts = {field.name: getattr(splits, field.name) for field in fields(splits)}
    return Splits(**{name: rows[~np.isin(rows, gone)] for name, rows in parts.items()})
