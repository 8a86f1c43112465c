"""A reader's own reviews, in a pandas DataFrame, which is only read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from alutils.corpus.columns import Columns, Description, chosen_columns
from alutils.corpus.files import told_of
from alutils.corpus.reviews import Reviews

if TYPE_CHECKING:
    import pandas as pd

KIND = "a pandas DataFrame"


def reads(source: object) -> bool:
    """Whether it is a DataFrame."""
    pandas = sys.modules.get("pandas")  # who has none has no DataFrame either
    return pandas is not None and isinstance(source, pandas.DataFrame)


def read(frame: pd.DataFrame, said: Description) -> Reviews:
    """The reviews of a DataFrame in its order, whatever its index, with a label of -1
    where the label is missing or empty.

    Raises
    ------
    ValueError
        If the frame is not what it should be; the message says what to change.
    """
    with told_of("the DataFrame"):
        said.leave_out("encoding", because="holds texts, not bytes")
        header = [str(name).strip() for name in frame.columns]
        text, label = chosen_columns(header, said)
        columns = Columns(
            _values(frame, text),
            None if label is None else _values(frame, label),
            text_column=header[text],
            label_column=None if label is None else header[label],
            place="row of iloc",
            places=range(len(frame)),
        )
        texts, numbers, classes = columns.checked(said)
        return Reviews(texts, numbers, "a DataFrame", classes)


def _values(frame: pd.DataFrame, column: int) -> list[object]:
    """The values of a column, None for each kind of gap that pandas has."""
    values = frame.iloc[:, column].astype(object)
    return values.where(values.notna(), None).tolist()
