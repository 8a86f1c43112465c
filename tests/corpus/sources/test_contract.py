"""What holds for every source: each is found by itself, so a new one is checked too."""

import sys
import textwrap

import numpy as np
import pytest

import alutils.corpus.sources
from alutils.corpus.reviews import Reviews, load_reviews, sources

NAMES = [name for module in sources() for name in getattr(module, "NAMES", ())]
SUFFIXES = [
    suffix for module in sources() for suffix in getattr(module, "SUFFIXES", ())
]
each_source = pytest.mark.parametrize("source", [*NAMES, *SUFFIXES])


@pytest.fixture(scope="module")
def prepared_tfds(tfds_folder, run_python):
    """The folder of TensorFlow Datasets, its reviews in the cache already."""
    run_python(
        "from alutils.corpus.reviews import load_reviews; load_reviews('tfds')",
        TFDS_DATA_DIR=str(tfds_folder),
    )
    return tfds_folder


@pytest.fixture
def where(source, tmp_path, monkeypatch, request):
    """The argument that names a source; its data are here, and in the cache if it uses
    one."""
    if source == "tfds":
        folder = request.getfixturevalue("prepared_tfds")
        monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    if source in NAMES:
        return source
    rows = [f"review {k},{'pos' if k % 3 else 'neg'}\n" for k in range(60)]
    path = tmp_path / f"own{source}"
    path.write_text("text,label\n" + "".join(rows))
    return str(path)


def test_each_name_belongs_to_one_source():
    every = [*NAMES, *SUFFIXES]
    assert len(every) == len(set(every))
    assert {"tfds", "wheel", "rotten_tomatoes", ".csv"} <= set(every)


@each_source
def test_a_source_gives_texts_and_labels_within_its_classes(where, source):
    reviews = load_reviews(where)
    assert isinstance(reviews, Reviews)
    assert len(reviews) > 0
    assert all(text.strip() for text in reviews.texts)
    assert set(reviews.labels.tolist()) == set(range(reviews.n_classes))
    assert reviews.name


@each_source
def test_a_source_gives_the_same_each_time(where, source):
    once, again = load_reviews(where), load_reviews(where)
    assert once.texts.tolist() == again.texts.tolist()
    assert once.labels.tolist() == again.labels.tolist()
    assert once.digest == again.digest


@each_source
def test_the_digest_differs_when_one_text_does(where, source):
    reviews = load_reviews(where)
    texts = reviews.texts.copy()
    texts[-1] += "!"
    other = Reviews(texts, reviews.labels, reviews.name, reviews.classes)
    assert other.digest != reviews.digest


@each_source
def test_a_limit_takes_the_first_of_each_class_in_the_sources_own_order(where, source):
    reviews = load_reviews(where)
    few = load_reviews(where, 5 * reviews.n_classes)
    rows = [np.flatnonzero(reviews.labels == k)[:5] for k in range(reviews.n_classes)]
    rows = np.sort(np.concatenate(rows))
    assert few.texts.tolist() == reviews.texts[rows].tolist()
    assert few.labels.tolist() == reviews.labels[rows].tolist()


@each_source
def test_a_source_whose_data_are_here_starts_no_tensorflow(where, source, run_python):
    answer = run_python(
        f"""
import sys
from alutils.corpus.reviews import load_reviews
load_reviews({where!r})
heavy = {{"tensorflow", "tensorflow_datasets", "keras", "matplotlib", "IPython"}}
print(heavy & set(sys.modules))
"""
    )
    assert answer.strip() == "set()"


def test_a_new_source_is_a_file_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "proverbs.py").write_text(
        textwrap.dedent(
            '''
            """Proverbs."""

            from alutils.corpus.reviews import Reviews

            NAMES = ("proverbs",)


            def read(name):
                """Two proverbs."""
                return Reviews(["All's well.", "All is lost."], [1, 0], "proverbs")
            '''
        )
    )
    path = alutils.corpus.sources.__path__
    monkeypatch.setattr(alutils.corpus.sources, "__path__", [*path, str(tmp_path)])
    assert load_reviews("proverbs").labels.tolist() == [1, 0]
    with pytest.raises(ValueError, match=r"choose one of .*'proverbs'"):
        load_reviews("poems")
    del sys.modules["alutils.corpus.sources.proverbs"]
    del alutils.corpus.sources.proverbs
