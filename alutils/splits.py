"""Which review goes where: four arrays of rows that never overlap and together hold
every review once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alutils.reviews import Reviews


@dataclass(frozen=True)
class Splits:
    """Rows of the corpus, each array of shape (n_rows,) and of whole numbers. Nothing is
    promised of their order, but that blocks of one class are to be expected."""

    labelled: np.ndarray  # what the loop starts with
    validation: np.ndarray
    test: np.ndarray
    pool: np.ndarray  # reviews whose labels nobody has asked for yet

    @property
    def training(self) -> np.ndarray:
        """Every row that may be trained on once its label is known: the labelled ones,
        then the pool."""
        return np.concatenate([self.labelled, self.pool])


def split_in_storage_order(
    reviews: Reviews, *, labelled: int, validation: int, test: int
) -> Splits:
    """Splits as the published example makes them: the first of each class to
    validation, then test, then labelled.

    Half of each size comes from each class; the pool is what is left.

    Raises
    ------
    ValueError
        If a class has too few reviews.
    """
    return _deal(
        [np.flatnonzero(reviews.labels == label) for label in (1, 0)],
        reviews,
        labelled,
        validation,
        test,
    )


def split_at_random(
    reviews: Reviews,
    rng: np.random.Generator,
    *,
    labelled: int,
    validation: int,
    test: int,
) -> Splits:
    """Splits of the same sizes, with each class's rows drawn in a random order.

    Raises
    ------
    ValueError
        If a class has too few reviews.
    """
    return _deal(
        [rng.permutation(np.flatnonzero(reviews.labels == label)) for label in (1, 0)],
        reviews,
        labelled,
        validation,
        test,
    )


def split_officially(
    reviews: Reviews, rng: np.random.Generator, *, labelled: int, validation: int
) -> Splits:
    """The data set's own test set, untouched; labelled, validation and pool are drawn
    from its training set.

    Raises
    ------
    ValueError
        If the corpus comes without an official split, or a class has too few training
        reviews.
    """
    if reviews.official_test is None:
        raise ValueError(
            f"{reviews.name} come without an official split: use source='tfds', or"
            " split_at_random"
        )
    classes = [
        rng.permutation(
            np.flatnonzero((reviews.labels == label) & ~reviews.official_test)
        )
        for label in (1, 0)
    ]
    dealt = _deal(classes, reviews, labelled, validation, 0)
    test = [
        np.flatnonzero((reviews.labels == label) & reviews.official_test)
        for label in (1, 0)
    ]
    return Splits(dealt.labelled, dealt.validation, np.concatenate(test), dealt.pool)


def draw_start(
    splits: Splits,
    reviews: Reviews,
    rng: np.random.Generator,
    *,
    labelled: int,
    validation: int,
    balanced: bool,
) -> Splits:
    """The same test reviews, with another start: a smaller labelled set and a smaller
    validation set, drawn at random.

    Reviews that may be trained on and are not drawn go to the pool, in the order of
    `splits`; validation reviews that are not drawn are left out.

    Parameters
    ----------
    balanced
        draw half of the labelled rows from each class; otherwise as luck has it, as
        from reviews that nobody has labelled. The validation rows are drawn in halves.

    Raises
    ------
    ValueError
        If there are too few reviews to draw from.
    """

    def draw(rows: np.ndarray, size: int, name: str, halves: bool) -> np.ndarray:
        classes = reviews.labels[rows] if halves else np.ones(len(rows))
        groups = [rows[classes == k] for k in ((1, 0) if halves else (1,))]
        share = size // len(groups)
        for group in groups:
            if share > len(group):
                raise ValueError(
                    f"{name}={size}: only {len(group):,} reviews"
                    f"{' of one class' if halves else ''} to draw {share:,} from"
                )
        drawn = [np.sort(rng.choice(group, share, replace=False)) for group in groups]
        return np.concatenate(drawn)

    start = draw(splits.training, labelled, "labelled", balanced)
    kept = draw(splits.validation, validation, "validation", True)
    pool = splits.training[~np.isin(splits.training, start)]
    return Splits(start, kept, splits.test, pool)


def _deal(
    by_class: list[np.ndarray],
    reviews: Reviews,
    labelled: int,
    validation: int,
    test: int,
) -> Splits:
    wanted = {"validation": validation, "test": test, "labelled": labelled}
    for rows, name in zip(by_class, reversed(reviews.classes), strict=True):
        need = sum(size // 2 for size in wanted.values())
        if need > len(rows):
            shares = ", ".join(
                f"{split} {size // 2:,}" for split, size in wanted.items()
            )
            raise ValueError(
                f"the splits want {need:,} {name} reviews ({shares}), but there are"
                f" {len(rows):,} in {reviews.name}: make a split smaller or bring more"
                " reviews"
            )
    start, splits = 0, {}
    for name, size in wanted.items():
        splits[name] = np.concatenate(
            [rows[start : start + size // 2] for rows in by_class]
        )
        start += size // 2
    return Splits(pool=np.concatenate([rows[start:] for rows in by_class]), **splits)
