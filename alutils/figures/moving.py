"""Parts of a page that a reader moves: what they are made of, for the scripts that draw
them in the book's pages."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

DECIMALS = 6


@dataclass(frozen=True)
class Moving:
    """A part to move, as a cell's output; `moving` makes it."""

    part: str
    json: str

    def _repr_html_(self) -> str:
        return (
            f'<div class="moving" data-part="{self.part}">'
            f'<script type="application/json">{self.json}</script></div>'
        )

    def __repr__(self) -> str:
        return f"(In the book's pages, a part to move: {self.part}.)"


def moving(part: str, data: Mapping[str, object]) -> Moving:
    """A part to move, above the still picture that the same cell returns.

    Where the book's scripts run, they draw the part and hide the picture; everywhere
    else, as in Jupyter or on paper, the part shows nothing.

    Parameters
    ----------
    part
        what the script is called: "seesaw" is drawn by `_scripts/moving/seesaw.js`
    data
        numbers, texts, lists and mappings, of NumPy too. Numbers are rounded to six
        decimals; what is no finite number becomes null

    Raises
    ------
    ValueError
        If `part` is no word of small letters.
    TypeError
        If `data` holds something else.

    Examples
    --------
    >>> moving("seesaw", {"labels": np.array([100, 200])})
    (In the book's pages, a part to move: seesaw.)
    """
    if not re.fullmatch("[a-z]+", part):
        raise ValueError(f"part {part!r}: expected a word of small letters")
    text = json.dumps(_plain(data), separators=(",", ":"), allow_nan=False)
    # Inside a script, only a tag could end the data before its end.
    return Moving(part, text.replace("<", "\\u003c"))


def _plain(value: object) -> object:
    """The same with Python's own types, which JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inside) for key, inside in value.items()}
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(inside) for inside in value]
    if isinstance(value, float):
        return round(value, DECIMALS) if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(
        f"{type(value).__name__} {value!r}: a part to move takes numbers, texts, lists"
        " and mappings"
    )
