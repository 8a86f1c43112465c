import json

import pytest


@pytest.fixture(scope="session")
def tfds_folder(tmp_path_factory):
    """A small folder of the data set's own format.

    40 training and 40 test reviews: more than TensorFlow Datasets reads in a row from
    one file.
    """
    import tensorflow as tf

    root = tmp_path_factory.mktemp("tfds")
    folder = root / "imdb_reviews" / "plain_text" / "1.0.0"
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
    (folder / "label.labels.txt").write_text("neg\npos\n")
    return root
