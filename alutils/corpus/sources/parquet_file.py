"""A reader's own reviews, from a Parquet file. The file is only read."""

from __future__ import annotations

from pathlib import Path

from alutils.corpus.columns import Columns, Description, chosen_columns
from alutils.corpus.files import told_of
from alutils.corpus.reviews import Reviews

SUFFIXES = (".parquet",)


def read(path: Path, said: Description) -> Reviews:
    """The reviews of a Parquet file, with a label of -1 where the label is null or empty.
    Other columns than those of texts and labels are not read.

    Raises
    ------
    ValueError
        If the file is not what it should be; the message says what to change.
    FileNotFoundError
        If it cannot be opened.
    """
    with told_of(f"Parquet file {path}"), path.open("rb") as opened:
        said.leave_out("encoding", because="says itself how its texts are encoded")
        import pyarrow
        from pyarrow.parquet import ParquetFile

        try:
            file = ParquetFile(opened)
            names = file.schema_arrow.names
            header = [name.strip() for name in names]
            text, label = chosen_columns(header, said)
            read = [
                None if k is None else file.read([names[k]]).column(0).to_pylist()
                for k in (text, label)
            ]
        except (pyarrow.ArrowException, OSError) as error:
            (what, *_) = str(error).splitlines() or [type(error).__name__]
            raise ValueError(
                f"is damaged, or no Parquet file ({what}): write it again"
            ) from None
        columns = Columns(
            *read,
            text_column=header[text],
            label_column=None if label is None else header[label],
        )
        texts, numbers, classes = columns.checked(said)
        return Reviews(texts, numbers, path.name, classes)
