import json
from dataclasses import dataclass
from pathlib import Path

import pytest

# Written and read by one Python of its own: TensorFlow takes seconds to start. 40
# training and 40 test reviews are more than TensorFlow Datasets reads in a row from one
# file.
WRITE_AND_READ = """
import json
import os
from pathlib import Path

import tensorflow as tf
import tensorflow_datasets as tfds

from alutils.corpus.reviews import load_reviews

folder = Path(os.environ["TFDS_DATA_DIR"]) / "imdb_reviews" / "plain_text" / "1.0.0"
folder.mkdir(parents=True)
texts = {
    split: [f"{split} review {k}, séance" for k in range(40)]
    for split in ("train", "test")
}
splits = []
for split in texts:
    with tf.io.TFRecordWriter(
        str(folder / f"imdb_reviews-{split}.tfrecord-00000-of-00001")
    ) as writer:
        for k, text in enumerate(texts[split]):
            label = tf.train.Feature(
                int64_list=tf.train.Int64List(value=[int(k % 3 == 0)])
            )
            words = tf.train.Feature(
                bytes_list=tf.train.BytesList(value=[text.encode()])
            )
            features = tf.train.Features(feature={"label": label, "text": words})
            writer.write(tf.train.Example(features=features).SerializeToString())
    splits.append(
        {
            "name": split,
            "shardLengths": ["40"],
            "numBytes": "1",
            "filepathTemplate": "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}",
        }
    )
info = {
    "name": "imdb_reviews",
    "version": "1.0.0",
    "configName": "plain_text",
    "fileFormat": "tfrecord",
    "splits": splits,
}
(folder / "dataset_info.json").write_text(json.dumps(info))
(folder / "label.labels.txt").write_text("neg\\npos\\n")

found = [load_reviews("tfds") for _ in range(2)]
texts, labels = tfds.as_numpy(
    tfds.load(
        "imdb_reviews",
        split="train + test",
        as_supervised=True,
        batch_size=-1,
        shuffle_files=False,
        download=False,
    )
)
print(json.dumps({
    "calls": [
        [r.texts.tolist(), r.labels.tolist(), r.official_test.tolist()] for r in found
    ],
    "published": [[text.decode() for text in texts], labels.tolist()],
}))
"""


@dataclass(frozen=True)
class Prepared:
    """A small folder of TensorFlow Datasets, its reviews in the cache already."""

    folder: Path
    calls: list[list]  # texts, labels and official test set, as two calls gave them
    published: list[list]  # texts and labels, as the published call gives them


@pytest.fixture(scope="session")
def prepared_tfds(tmp_path_factory, run_python) -> Prepared:
    folder = tmp_path_factory.mktemp("tfds")
    answer = run_python(WRITE_AND_READ, TFDS_DATA_DIR=str(folder))
    return Prepared(folder, **json.loads(answer.splitlines()[-1]))
