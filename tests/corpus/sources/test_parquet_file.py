"""A reader's own Parquet file: its types and its faults."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alutils.corpus.reviews import load_reviews


@pytest.fixture
def parquet_file(tmp_path):
    def write(**columns):
        path = tmp_path / "own.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    return write


@pytest.mark.parametrize(
    "labels",
    [
        pa.array([1, None, 0], pa.int8()),
        pa.array([1.0, None, 0.0]),
        pa.array(["1", "", "0"], pa.large_string()),
        pa.array(["1", None, "0"]).dictionary_encode(),
        pa.array([["1"], [], ["0"]]),
    ],
    ids=lambda labels: str(labels.type)[:20],
)
def test_labels_may_be_of_many_types(parquet_file, labels):
    path = parquet_file(id=[1, 2, 3], text=["a", "b", "c"], label=labels)
    own = load_reviews(path)
    assert own.texts.tolist() == ["a", "b", "c"]
    assert own.classes == ("0", "1")
    assert own.labels.tolist() == [1, -1, 0]


def test_other_columns_are_not_read(parquet_file, monkeypatch):
    read = []
    whole = pq.ParquetFile.read

    def noted(self, columns=None, **more):
        read.extend(columns)
        return whole(self, columns, **more)

    monkeypatch.setattr(pq.ParquetFile, "read", noted)
    path = parquet_file(blob=[b"x" * 100], text=["a"], label=["pos"])
    load_reviews(path, classes=())
    assert read == ["text", "label"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"opinion": ["a"]}, r"no column .*\(found: opinion\)\. Pass text_column="),
        ({"text": [1, 2]}, r"'text' that is 1, of type int.*\(review 1"),
        ({"text": [b"a"]}, "'text' that is b'a', of type bytes"),
        ({"text": [{"de": "a"}]}, "of type dict"),
        ({"text": ["a", None]}, "1 reviews with an empty 'text'"),
        ({"text": pa.array([], pa.string())}, "has no reviews"),
        ({"text": ["a"], "label": [["x", "y"]]}, "no single label"),
    ],
    ids=range(7),
)
def test_a_faulty_file_is_refused_with_its_name(parquet_file, columns, message):
    with pytest.raises(ValueError, match=rf"Parquet file \S*own\.parquet .*{message}"):
        load_reviews(parquet_file(**columns), classes=())


def test_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "own.parquet"
    pq.write_table(pa.table([["a"], ["b"]], names=["text", "text"]), path)
    with pytest.raises(ValueError, match=r"several columns .*\('text', 'text'\)"):
        load_reviews(path, classes=())


def test_what_is_no_parquet_file_is_refused(parquet_file):
    path = parquet_file(text=["a" * 1000, "b"], label=["pos", "neg"])
    whole = path.read_bytes()
    for damaged in (b"", b"text,label\na,pos\n" * 9, whole[:-20], whole[20:]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"own\.parquet is damaged, or no Parquet"):
            load_reviews(path)


def test_an_encoding_is_refused_for_it_has_its_own(parquet_file):
    with pytest.raises(
        ValueError, match=r"own\.parquet says itself.*leave out encoding"
    ):
        load_reviews(parquet_file(text=["a"]), classes=(), encoding="cp1252")
