"""What a kept model says of texts, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from alutils.corpus.reviews import Reviews
from alutils.files import written_whole
from alutils.labelling.known_texts import text_hash
from alutils.labelling.model import KeptModel
from alutils.labelling.model_files import PIECE
from alutils.strategies.scores import margin

COLUMNS = ("row", "sha256", "class", "probability", "doubt")


def write_answers(
    path: Path | str,
    model: KeptModel,
    reviews: Reviews,
    *,
    source: Path | str,
    replace: bool = False,
) -> Path:
    """Write what a model says of texts as CSV, a line for each text in their order.

    The columns are `row` (from 0), `sha256` (of the text, as in a store), `class` (the
    likeliest), its `probability`, and `doubt` (one minus the gap between the two
    likeliest, from 0 to 1).

    Parameters
    ----------
    source
        where the texts come from, which is never written to
    replace
        whether such answers that are there already may be replaced

    Raises
    ------
    FileExistsError
        If there is a file of that name, unless it holds such answers and may be
        replaced.
    ValueError
        If it is the source, or lies in the source's folder.
    """
    path, source = Path(path).expanduser(), Path(source).expanduser()
    if source.exists() and source.resolve() in (
        path.resolve(),
        *path.resolve().parents,
    ):
        raise ValueError(
            f"{path} is where the texts come from: let --out name a file elsewhere"
        )
    if path.exists() or path.is_symlink():
        if not _holds_answers(path):
            raise FileExistsError(
                f"{path} is there and holds no such answers (columns"
                f" {', '.join(COLUMNS)}): it is left as it is; choose another name"
            )
        if not replace:
            raise FileExistsError(
                f"{path} is there: choose another name, or say --replace"
            )
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as file:
        file.writelines(_lines(model, reviews))
    return path


def _holds_answers(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline().strip() == ",".join(COLUMNS)
    except OSError:
        return False


def _lines(model: KeptModel, reviews: Reviews) -> Iterator[bytes]:
    yield (",".join(COLUMNS) + "\r\n").encode()
    for start in range(0, len(reviews), PIECE):
        texts = reviews.texts[start : start + PIECE]
        probabilities = model.predict_proba(texts)
        piece = io.StringIO()
        lines = csv.writer(piece, lineterminator="\r\n")
        for place, (text, chosen, doubt) in enumerate(
            zip(texts, probabilities.argmax(axis=1), margin(probabilities), strict=True)
        ):
            # As short as a number can be and still be read back the same.
            probability = float(probabilities[place, chosen])
            name = model.classes[chosen]
            lines.writerow(
                [start + place, text_hash(text), name, probability, float(doubt)]
            )
        yield piece.getvalue().encode()
