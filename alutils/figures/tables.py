"""Tables as the pages show them: words for headers, numbers that line up, intervals that
do not break, nothing wider than its frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby
from numbers import Integral, Real

import numpy as np
import pandas as pd

MISSING = "–"
SHORT = 15  # letters of a row's name that stay on one line, however narrow the page


@dataclass(frozen=True)
class Table:
    """A table, for a page and for a terminal."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def table(
    frame: pd.DataFrame,
    *,
    digits: int | Mapping[object, int] = 3,
    rows: str | None = None,
    with_sign: Collection[object] = (),
) -> Table:
    """A table of a frame; its index becomes the first column.

    A cell of three numbers is a value with its interval. What is missing is a dash.

    Parameters
    ----------
    digits
        after the point: of all columns, or of those named (the others have 3)
    rows
        what the first column holds, if the index has no name
    with_sign
        columns whose positive numbers show a plus

    Raises
    ------
    ValueError
        If a header is no words, such as `p_holm`, or the first column has none.

    Examples
    --------
    >>> table(pd.DataFrame({"gain": [0.5, None]}, index=["a", "b"]), digits=1, rows="arm")
    arm gain
      a  0.5
      b    –
    """
    names = [name or rows for name in frame.index.names]
    headers = [name for name in names if name is not None]
    if len(headers) < len(names):
        raise ValueError(
            "the first column has no header: name the index, or pass rows="
        )
    for name in [*headers, *(part for column in frame for part in _parts(column))]:
        if "_" in str(name):
            raise ValueError(
                f"{name!r} is no header for a reader: rename the column, in words"
            )
    columns = {
        column: [
            _in_words(value, _digits(digits, column), column in with_sign)
            for value in frame[column]
        ]
        for column in frame
    }
    numbers = {column: all(map(_is_number, frame[column])) for column in frame}
    index = [[_in_words(v, 3, False) for v in _parts(key)] for key in frame.index]
    body = [
        "".join(f'<th scope="row"{_short(name)}>{escape(name)}</th>' for name in key)
        + "".join(
            f"<td{_left(not numbers[column])}>{escape(cells[place])}</td>"
            for column, cells in columns.items()
        )
        for place, key in enumerate(index)
    ]
    head = _head(headers, list(frame.columns), numbers)
    label = escape(f"Table: {', '.join(map(str, headers))} and what belongs to each")
    html = (
        f'<div class="table-frame" role="region" tabindex="0" aria-label="{label}">'
        f'<table class="dataframe"><thead>{head}</thead><tbody>'
        f"{''.join(f'<tr>{row}</tr>' for row in body)}</tbody></table></div>"
    )
    text = pd.DataFrame(
        [
            [*key, *(cells[k] for cells in columns.values())]
            for k, key in enumerate(index)
        ],
        columns=[*headers, *(" ".join(map(str, _parts(c))) for c in columns)],
    )
    return Table(html, text.to_string(index=False, max_colwidth=40))


def _parts(key: object) -> tuple:
    return key if isinstance(key, tuple) else (key,)


def _digits(digits: int | Mapping[object, int], column: object) -> int:
    return digits if isinstance(digits, int) else digits.get(column, 3)


def _left(text: bool) -> str:
    return ' class="text"' if text else ""


def _short(name: str) -> str:
    return ' class="short"' if len(name) <= SHORT else ""


def _is_missing(value: object) -> bool:
    return (
        value is None or value is pd.NA or (isinstance(value, Real) and value != value)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, Real | tuple) or _is_missing(value)


def _in_words(value: object, digits: int, sign: bool) -> str:
    """One cell.

    Examples
    --------
    >>> _in_words(-0.0004, 3, False), _in_words(12345, 3, False)
    ('0.000', '12,345')
    >>> _in_words((0.5, -1.25, 2), 1, True).replace(chr(160), " ")
    '+0.5 (−1.2 to +2.0)'
    """
    if isinstance(value, tuple):
        of, low, high = (_in_words(float(part), digits, sign) for part in value)
        return MISSING if of == MISSING else f"{of}\u00a0({low}\u00a0to\u00a0{high})"
    if _is_missing(value):
        return MISSING
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, Real):
        digits = 0 if isinstance(value, Integral) else digits
        value = round(value, digits) + 0  # of a rounded -0.0, the sum is 0.0
        return f"{value:{'+' if sign and value else ''},.{digits}f}".replace("-", "−")
    return str(value)


def _head(
    headers: list[str], columns: list[object], numbers: Mapping[object, bool]
) -> str:
    """The rows of headers; where columns have two names, the upper one spans its own."""
    deep = any(len(_parts(column)) > 1 for column in columns)
    span = ' rowspan="2"' if deep else ""
    first = "".join(
        f'<th scope="col" class="text"{span}>{escape(str(h))}</th>' for h in headers
    )
    last = "".join(
        f'<th scope="col"{_left(not numbers[c])}>{escape(str(_parts(c)[-1]))}</th>'
        for c in columns
    )
    if not deep:
        return f"<tr>{first}{last}</tr>"
    groups = [(name, len(list(of))) for name, of in groupby(columns, lambda c: c[0])]
    upper = "".join(
        f'<th scope="colgroup" colspan="{size}">{escape(str(name))}</th>'
        for name, size in groups
    )
    return f"<tr>{first}{upper}</tr><tr>{last}</tr>"
