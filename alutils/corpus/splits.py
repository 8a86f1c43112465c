"""Which review goes where: four arrays of rows that never overlap and together hold
every review once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alutils.corpus.classes import checked_classes
from alutils.corpus.reviews import Reviews


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


def split_at_random(
    reviews: Reviews,
    rng: np.random.Generator,
    *,
    labelled: int,
    validation: int,
    test: int,
) -> Splits:
    """Splits of the same sizes, with each class's rows drawn in a random order.

    Equal shares of each size come from each class; the pool is what is left, with the
    reviews whose labels are not known.

    Raises
    ------
    ValueError
        If a size is not a multiple of the number of classes, or a class has too few
        reviews.
    """
    return deal(
        [rng.permutation(rows) for rows in _by_class(reviews.labels, reviews)],
        reviews,
        labelled=labelled,
        validation=validation,
        test=test,
    )


def split_officially(
    reviews: Reviews, rng: np.random.Generator, *, labelled: int, validation: int
) -> Splits:
    """The data set's own test set, untouched; labelled, validation and pool are drawn
    from its training set. Reviews whose labels are not known go to the pool.

    Raises
    ------
    ValueError
        If the corpus comes without an official split, a size is not a multiple of the
        number of classes, or a class has too few training reviews.
    """
    if reviews.official_test is None:
        raise ValueError(
            f"{reviews.name} come without an official split: use source='tfds', or"
            " split_at_random"
        )
    training = np.where(reviews.official_test, -1, reviews.labels)
    testing = np.where(reviews.official_test, reviews.labels, -1)
    dealt = deal(
        [rng.permutation(rows) for rows in _by_class(training, reviews)],
        reviews,
        labelled=labelled,
        validation=validation,
        test=0,
    )
    test = np.concatenate(_by_class(testing, reviews))
    return Splits(dealt.labelled, dealt.validation, test, dealt.pool)


def draw_start(
    splits: Splits,
    reviews: Reviews,
    rng: np.random.Generator,
    *,
    labelled: int,
    validation: int,
    balanced: bool,
    balanced_validation: bool = True,
) -> Splits:
    """The same test reviews, with another start: a smaller labelled set and a smaller
    validation set, drawn at random.

    Reviews that may be trained on and are not drawn go to the pool, in the order of
    `splits`; validation reviews that are not drawn are left out.

    Parameters
    ----------
    balanced
        draw an equal share of the labelled rows from each class; otherwise as luck has
        it, as from reviews that nobody has labelled
    balanced_validation
        the same for the validation rows

    Raises
    ------
    ValueError
        If a size is not a multiple of the number of classes where it should be, or
        there are too few reviews to draw from.
    """

    def draw(rows: np.ndarray, size: int, name: str, equally: bool) -> np.ndarray:
        groups = [rows[reviews.labels[rows] >= 0]]
        if equally:
            groups = [
                rows[places] for places in _by_class(reviews.labels[rows], reviews)
            ]
            _check_shares({name: size}, reviews)
        share = size // len(groups)
        smallest = min(map(len, groups))
        if share > smallest:
            of_class, which = "", ""
            if equally:
                scarce = [len(group) for group in reversed(groups)].index(smallest)
                of_class, which = " of one class", f" ({reviews.classes[scarce]})"
            raise ValueError(
                f"{name}={size}: only {smallest:,} reviews{of_class} to draw {share:,}"
                f" from{which}, so at most {smallest * len(groups):,} would do"
            )
        drawn = [np.sort(rng.choice(group, share, replace=False)) for group in groups]
        return np.concatenate(drawn)

    start = draw(splits.training, labelled, "labelled", balanced)
    kept = draw(splits.validation, validation, "validation", balanced_validation)
    pool = splits.training[~np.isin(splits.training, start)]
    return Splits(start, kept, splits.test, pool)


def deal(
    by_class: list[np.ndarray],
    reviews: Reviews,
    *,
    labelled: int,
    validation: int,
    test: int,
) -> Splits:
    """Equal shares of each class's rows, in the order given: the first to validation,
    then to test, then to labelled, the rest to the pool; with it, the reviews whose
    labels are not known.

    Parameters
    ----------
    by_class : list of arrays of rows
        one for each class, the last class first

    Raises
    ------
    ValueError
        If a size is not a multiple of the number of classes, or a class has too few
        rows.
    """
    wanted = {"validation": validation, "test": test, "labelled": labelled}
    _check_shares(wanted, reviews)
    k = reviews.n_classes
    need = sum(wanted.values()) // k
    for rows, name in zip(by_class, reversed(reviews.classes), strict=True):
        if need > len(rows):
            shares = ", ".join(
                f"{split} {size // k:,}" for split, size in wanted.items()
            )
            raise ValueError(
                f"the splits want {need:,} {name} reviews ({shares}), but there are"
                f" {len(rows):,} in {reviews.name}: make a split smaller or bring more"
                f" reviews. With these, all sizes together may be"
                f" {k * min(map(len, by_class)):,} at most; they are"
                f" {sum(wanted.values()):,}"
            )
    start, splits = 0, {}
    for name, size in wanted.items():
        splits[name] = np.concatenate(
            [rows[start : start + size // k] for rows in by_class]
        )
        start += size // k
    unknown = np.flatnonzero(reviews.labels == -1)
    pool = np.concatenate([*(rows[start:] for rows in by_class), unknown])
    return Splits(pool=pool, **splits)


def _by_class(labels: np.ndarray, reviews: Reviews) -> list[np.ndarray]:
    # The last class first, as the published example has its positives first.
    return [np.flatnonzero(labels == k) for k in reversed(range(reviews.n_classes))]


def _check_shares(sizes: dict[str, int], reviews: Reviews) -> None:
    k = len(checked_classes(reviews.classes))
    for name, size in sizes.items():
        if size < 0 or size % k:
            below = max(size // k, 0) * k
            raise ValueError(
                f"{name}={size}: each of the {k} classes gets an equal share, so give"
                f" {'an even number' if k == 2 else f'a multiple of {k}'}, such as"
                f" {below or k} or {(below or k) + k}"
            )
