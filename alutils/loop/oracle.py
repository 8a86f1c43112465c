"""Who knows the labels: the one place that hands them out, and counts each one."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from alutils.corpus.rows import as_rows


class Oracle(Protocol):
    """Whoever can be asked for labels: a corpus that has them, or people."""

    def label(self, rows: np.ndarray, purpose: str = "training") -> np.ndarray:
        """Labels of the rows, 0 to k - 1, shape (n,); -1 where the oracle does not
        know."""


class SimulatedOracle:
    """Stands in for the people who would label the reviews.

    Parameters
    ----------
    labels : array of int, shape (n_reviews,)
        the corpus's own labels, 0 to k - 1; -1 where it has none

    Attributes
    ----------
    leaked
        how often a label was looked at without being asked for, every look counted; 0
        in any experiment that could be repeated with people
    """

    def __init__(self, labels: np.ndarray) -> None:
        self._labels = np.asarray(labels)
        self._asked: dict[str, set[int]] = {}
        self.leaked = 0

    def label(self, rows: np.ndarray, purpose: str = "training") -> np.ndarray:
        """Labels of the rows, shape (n,). Each row counts once for a purpose, however
        often it is asked for.

        Raises
        ------
        IndexError, TypeError
            If a row is not in the corpus, or no whole number.
        """
        rows = self._checked(rows)
        self._asked.setdefault(purpose, set()).update(rows.tolist())
        return self._labels[rows]

    def leak(self, rows: np.ndarray) -> np.ndarray:
        """True labels that nobody has paid for. Only there to reproduce loops that
        peek; it keeps count too."""
        rows = self._checked(rows)
        self.leaked += len(rows)
        return self._labels[rows]

    @property
    def spent(self) -> dict[str, int]:
        """Labels handed out for each purpose."""
        return {purpose: len(rows) for purpose, rows in self._asked.items()}

    @property
    def count(self) -> int:
        """Reviews labelled in all; one that served two purposes counts once."""
        return self.count_for(*self._asked)

    def count_for(self, *purposes: str) -> int:
        """Reviews labelled for any of these purposes; one that served two counts
        once."""
        return len(set().union(*(self._asked.get(p, set()) for p in purposes)))

    def _checked(self, rows: np.ndarray) -> np.ndarray:
        rows = as_rows(rows)
        outside = rows[(rows < 0) | (rows >= len(self._labels))]
        if len(outside):
            raise IndexError(
                f"row {outside[0]} is not in the corpus: its rows go from 0 to"
                f" {len(self._labels) - 1}"
            )
        return rows
