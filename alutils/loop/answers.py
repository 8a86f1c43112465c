"""What has been asked and what was answered: the books of a session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from alutils.corpus.rows import as_rows


class Answers:
    """Rows of a pool, each in one place only: never asked for, pending, known, set aside,
    or returned to be asked for again.

    Parameters
    ----------
    pool : array of int, shape (n_rows,)
        rows that nobody has been asked for
    pending, known, labels, aside, returned
        rows in the other places, and the labels of the known ones
    n_classes
        labels go from 0 to `n_classes` - 1; None takes any from 0 up

    Raises
    ------
    ValueError, TypeError
        If a row is there twice, a row is no whole number, or a label is none.
    """

    def __init__(
        self,
        pool: np.ndarray,
        *,
        pending: Sequence[int] = (),
        known: Sequence[int] = (),
        labels: Sequence[int] = (),
        aside: Sequence[int] = (),
        returned: Sequence[int] = (),
        n_classes: int | None = 2,
    ) -> None:
        self.n_classes = n_classes
        others = [as_rows(rows) for rows in (pending, known, aside, returned)]
        self._pool = _fixed(as_rows(pool).copy())
        found, counts = np.unique(
            np.concatenate([self._pool, *others]), return_counts=True
        )
        for row in found[counts > 1][:1]:
            raise ValueError(
                f"row {row} is there twice, in the pool or among the labelled rows: each"
                " row belongs in one place only"
            )
        # Dictionaries keep the order in which rows came.
        pending, known, aside, returned = (dict.fromkeys(r.tolist()) for r in others)
        self._pending, self._aside, self._returned = pending, aside, returned
        self._known = self._checked(known, labels)

    @property
    def known(self) -> np.ndarray:
        """Rows whose labels are known, in the order in which they were told."""
        return _array(self._known)

    @property
    def labels(self) -> np.ndarray:
        """Labels of `known`."""
        return _array(self._known.values())

    @property
    def pool(self) -> np.ndarray:
        """Rows that may be asked for: those that never were, in the pool's own order,
        then those that were returned."""
        if not self._returned:  # a large pool is not copied each time
            return self._pool
        return _fixed(np.concatenate([self._pool, _array(self._returned)]))

    @property
    def pending(self) -> np.ndarray:
        """Rows asked for and not yet answered, in the order of asking."""
        return _array(self._pending)

    @property
    def aside(self) -> np.ndarray:
        """Rows that nobody knows and that are not asked for again."""
        return _array(self._aside)

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything, as what `Answers` takes."""
        return {
            "pool": self._pool,
            "pending": self.pending,
            "known": self.known,
            "labels": self.labels,
            "aside": self.aside,
            "returned": _array(self._returned),
        }

    def ask(self, asked: np.ndarray, size: int) -> None:
        """Note that a strategy asks for rows of the pool, at most `size`.

        Raises
        ------
        ValueError
            If it asks for a row that is not in the pool, a row twice, or more rows.
        """
        rows = _checked_query(asked, self.pool, size)
        self._pool = _fixed(self._pool[~np.isin(self._pool, rows)])
        for row in rows.tolist():
            self._returned.pop(row, None)
            self._pending[row] = None

    def tell(self, rows: np.ndarray, labels: np.ndarray, ask_again: bool) -> None:
        """Take labels, as `Session.tell` says."""
        told = self._checked(as_rows(rows).tolist(), labels)
        places = (self._known, self._pending, self._aside, self._returned)
        for row, label in told.items():
            if not any(row in place for place in places):
                raise ValueError(
                    f"row {row} was not asked for: tell only rows that ask(n) gave"
                )
            if self._known.get(row, label) != label:
                raise ValueError(_contradiction(row, self._known[row], label))
        for row, label in told.items():
            unknown = self._returned if ask_again else self._aside
            new = self._known if label >= 0 else unknown
            if row in self._known or row in new:
                continue  # told before
            for place in places:
                place.pop(row, None)
            new[row] = label

    def correct(self, rows: np.ndarray, labels: np.ndarray) -> None:
        """Take other labels of known rows, as `Session.correct` says."""
        told = self._checked(as_rows(rows).tolist(), labels)
        for row, label in told.items():
            if row not in self._known:
                raise ValueError(
                    f"row {row} has no label to correct: tell(…) takes a first one"
                )
            if label < 0:
                raise ValueError(
                    f"row {row} is corrected to {label}: expected a class, for a row"
                    " with a label stays known"
                )
        self._known |= told

    def _checked(self, rows: Iterable[int], labels: np.ndarray) -> dict[int, int]:
        rows, labels = list(rows), np.asarray(labels)
        if labels.shape != (len(rows),):
            raise ValueError(
                f"{len(rows)} rows and labels of shape {labels.shape}: expected one label"
                " for each row"
            )
        if len(labels) and labels.dtype.kind not in "iu":
            raise TypeError(
                f"labels are {labels.dtype}: expected whole numbers, -1 where unknown"
            )
        told: dict[int, int] = {}
        for row, label in zip(rows, labels.tolist(), strict=True):
            if label < -1 or (self.n_classes is not None and label >= self.n_classes):
                upto = "up" if self.n_classes is None else f"to {self.n_classes - 1}"
                raise ValueError(
                    f"row {row} has the label {label}: expected a whole number from 0"
                    f" {upto}, or -1 where unknown"
                )
            if told.setdefault(row, label) != label:
                raise ValueError(_contradiction(row, told[row], label))
        return told


def _contradiction(row: int, known: int, told: int) -> str:
    return (
        f"row {row} has the label {known}, and is now told {told}: tell one label for a"
        " row; to correct one that is known, use correct(…)"
    )


def _array(rows: Iterable[int]) -> np.ndarray:
    return _fixed(np.array(list(rows), dtype=np.int64))


def _fixed(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)  # whoever is shown it may look, not rearrange
    return array


def _checked_query(asked: np.ndarray, pool: np.ndarray, size: int) -> np.ndarray:
    asked = np.asarray(asked)
    if asked.ndim != 1 or (len(asked) and asked.dtype.kind not in "iu"):
        raise ValueError(
            f"the strategy returned an array of {asked.dtype} and shape {asked.shape}:"
            " return rows, whole numbers in one dimension"
        )
    if len(asked) > size:
        raise ValueError(
            f"the strategy asked for {len(asked)} rows, but the round's budget is"
            f" {size}"
        )
    if len(np.unique(asked)) < len(asked):
        raise ValueError(
            "the strategy asked for a row twice: return each row at most once"
        )
    foreign = asked[~np.isin(asked, pool)]
    if len(foreign):
        raise ValueError(
            f"the strategy asked for row {foreign[0]}, which is not in the pool: choose"
            " from state.pool"
        )
    return asked.astype(np.int64)
