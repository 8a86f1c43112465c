"""Splits as the published example makes them; for two classes only."""

from __future__ import annotations

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.corpus.splits import Splits, deal


def split_in_storage_order(
    reviews: Reviews, *, labelled: int, validation: int, test: int
) -> Splits:
    """Splits as the published example makes them: the first of each class to
    validation, then test, then labelled.

    Half of each size comes from each class; the pool is what is left.

    Raises
    ------
    ValueError
        If there are more than two classes, a size is odd, or a class has too few
        reviews.
    """
    if reviews.n_classes != 2:
        raise ValueError(
            f"{reviews.name} have {reviews.n_classes} classes, and the published example"
            " knows two: use split_at_random from alutils.corpus.splits"
        )
    return deal(
        [np.flatnonzero(reviews.labels == label) for label in (1, 0)],
        reviews,
        labelled=labelled,
        validation=validation,
        test=test,
    )
