"""A reader's own files: opened to be read, decoded, and named in every message."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The commonest encoding of files that are not UTF-8: Excel's, on Windows in the West.
LIKELY = "cp1252"


@contextmanager
def told_of(what: str) -> Iterator[None]:
    """Put a file's name in front of every message about it.

    Raises
    ------
    FileNotFoundError
        In place of any other error at opening.
    ValueError
        With what is wrong with the content.
    """
    try:
        yield
    except OSError as error:
        raise FileNotFoundError(
            f"{what} cannot be opened ({error.strerror or error}): check the path (you"
            f" are in {Path.cwd()})"
        ) from None
    except ValueError as error:
        raise ValueError(f"{what} {error}") from None


def utf8(
    data: bytes,
    encoding: str | None = None,
    *,
    advice: str = "save it as CSV in UTF-8 and try again",
) -> bytes:
    """The same text in UTF-8 without a byte-order mark.

    Parameters
    ----------
    encoding
        in which the text is; None stands for UTF-8, or UTF-16 with its mark
    advice
        what to do with a file that is not text

    Raises
    ------
    ValueError
        If the text is in another encoding, with the place of the first wrong byte and
        how it would read in the likeliest other one. It is never guessed: nearly any file
        can be read in nearly any encoding, and comes out wrong.
    """
    if encoding is not None:
        data = _decoded(data, encoding).encode()
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError as error:
            raise ValueError(
                f"begins as UTF-16, but byte {error.start + 1:,} does not go on so:"
                " save it as UTF-8 and try again"
            ) from None
    data = data.removeprefix(codecs.BOM_UTF8)
    if (nul := data.find(b"\0")) >= 0:
        raise ValueError(
            f"is not text: byte {nul + 1:,}, in line {_line(data, nul)}, is 0: {advice}"
        )
    # Line by line, for one rare character would make a whole text four times as large.
    lines = io.BytesIO(data)
    for line in lines:
        try:
            line.decode()
        except UnicodeDecodeError as error:
            place = lines.tell() - len(line) + error.start
            raise ValueError(
                f"is not UTF-8 (byte 0x{data[place]:02x}): save it as UTF-8 and try"
                f" again. The byte is number {place + 1:,}, in line"
                f" {_line(data, place)}{_as_likely(line, error.start)}"
            ) from None
    return data


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise ValueError(
            f"is read with encoding={encoding!r}, which Python does not know: expected"
            " a name such as 'utf-8', 'utf-16', 'cp1252' or 'mac-roman'"
        ) from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"is not in encoding={encoding!r} (byte 0x{data[error.start]:02x}, number"
            f" {error.start + 1:,}, in line {_line(data, error.start)}): leave it out,"
            " or give another"
        ) from None


def _as_likely(line: bytes, place: int) -> str:
    try:
        read = line.decode(LIKELY)  # a character is a byte there
    except UnicodeDecodeError:
        return ""
    near = read[max(0, place - 15) : place + 16].strip()
    return (
        f", which reads {near!r} in {LIKELY}, as Excel writes it on Windows. If that is"
        f" right, pass encoding={LIKELY!r} to settings_for or to load_reviews, or write"
        f' encoding = "{LIKELY}" under [data] in a grid'
    )


def _line(data: bytes, place: int) -> int:
    return len(re.split(rb"\r\n|\r|\n", data[:place]))
