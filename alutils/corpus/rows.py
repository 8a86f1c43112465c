"""Rows of the corpus: whole numbers in one dimension, whatever they are handed over
in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def as_rows(rows: np.ndarray | pd.Series | Sequence[int]) -> np.ndarray:
    """Rows as an array of int64, shape (n,), from an array, a list or a Series.

    Raises
    ------
    TypeError
        If they are no whole numbers in one dimension.

    Examples
    --------
    >>> as_rows([4, 2])
    array([4, 2])
    """
    given = np.asarray(rows)
    if given.ndim != 1:
        raise TypeError(f"rows have shape {given.shape}: expected one dimension")
    if len(given) and given.dtype.kind not in "iu":
        raise TypeError(
            f"rows are {given.dtype}: expected whole numbers (np.flatnonzero makes them"
            " of a mask)"
        )
    return given.astype(np.int64, copy=False)
