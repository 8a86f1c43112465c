"""What holds for every source: each is found by itself, so a new one is checked too."""

import sys
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, source_with

import alutils.corpus.sources
from alutils.corpus.lookup import sources
from alutils.corpus.reviews import Reviews, load_reviews

NAMES = [name for module in sources() for name in getattr(module, "NAMES", ())]
each_source = pytest.mark.parametrize("source", [*NAMES, *KINDS])
each_kind = pytest.mark.parametrize("kind", KINDS)
PATHS = [kind for kind in KINDS if kind != "data_frame"]


@pytest.fixture
def where(source, tmp_path, monkeypatch, request):
    """The argument that names a source; its data are here, and in the cache if it uses
    one."""
    if source == "tfds":
        folder = request.getfixturevalue("prepared_tfds").folder
        monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    if source in NAMES:
        return source
    texts = [f"review {k}" for k in range(60)]
    return source_with(
        source, tmp_path, texts, ["pos" if k % 3 else "neg" for k in range(60)]
    )


@pytest.fixture
def own(kind, tmp_path):
    """Write reviews of one's own; the argument that names them."""

    def write(texts, labels=None):
        return source_with(kind, tmp_path, texts, labels)

    return write


def test_each_name_and_each_suffix_belongs_to_one_source():
    every = [*NAMES, *KINDS]
    assert len(every) == len(set(every))
    assert {"tfds", "wheel", "rotten_tomatoes", ".csv"} <= set(every)
    assert {".jsonl", ".json", ".parquet", "text_folder", "data_frame"} <= set(every)


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
    named = repr(where)
    if isinstance(where, pd.DataFrame):
        named = f"__import__('pandas').DataFrame({where.to_dict('list')!r})"
    answer = run_python(
        f"""
import sys
from alutils.corpus.reviews import load_reviews
load_reviews({named})
heavy = {{"tensorflow", "tensorflow_datasets", "keras", "matplotlib", "IPython"}}
print(heavy & set(sys.modules))
"""
    )
    assert answer.strip() == "set()"


# --- what a reader brings

A_TEXT = st.text(
    st.one_of(
        st.sampled_from("\"\\,;\t|'\r\n  aé\u2028\x0b\x85文🎬"),
        st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"]),
    ),
    min_size=1,
).filter(str.strip)


@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(A_TEXT, st.sampled_from(["pos", "neg", None])), min_size=1),
)
def test_the_same_reviews_in_any_kind_of_source_are_the_same_corpus(kind, rows):
    rows += [("fine", "pos"), ("dull", "neg")]
    texts, labels = zip(*rows, strict=True)
    with tempfile.TemporaryDirectory() as folder:
        own = load_reviews(source_with(kind, Path(folder), texts, labels))
    assert own.classes == ("neg", "pos")
    found = [
        (text, None if label < 0 else own.classes[label])
        for text, label in zip(own.texts, own.labels, strict=True)
    ]
    if kind == "text_folder":  # which has no other order than that of names
        found, rows = sorted(found, key=repr), sorted(rows, key=repr)
    assert found == rows


@each_kind
def test_texts_that_nobody_has_labelled_load_where_no_classes_are_known(own, kind):
    source = own(["a", "b", "c"])
    reviews = load_reviews(source, classes=())
    assert reviews.texts.tolist() == ["a", "b", "c"]
    assert reviews.labels.tolist() == [-1, -1, -1]
    assert reviews.classes == ()
    with pytest.raises(ValueError, match=r"load_reviews\(…, classes=\(\)\)"):
        load_reviews(source)


@each_kind
def test_classes_may_be_named_before_anything_is_labelled(own, kind):
    source = own(["a", "b"])
    reviews = load_reviews(source, classes=["bug", "praise", "question"])
    assert reviews.classes == ("bug", "praise", "question")
    assert reviews.labels.tolist() == [-1, -1]


@each_kind
def test_one_label_is_enough_where_the_classes_are_not_known(own, kind):
    reviews = load_reviews(own(["a", "b"], [None, "bug"]), classes=())
    assert reviews.classes == ("bug",)
    assert reviews.labels.tolist() == [-1, 0]


@each_kind
def test_a_label_outside_the_named_classes_is_refused_with_both(own, kind):
    source = own(["a", "b"], ["bug", "praise"])
    with pytest.raises(
        ValueError, match=r"own.*|DataFrame.*not among the classes \('praise'\).*'ham'"
    ):
        load_reviews(source, classes=("bug", "ham"))


@each_kind
def test_labels_of_another_kind_need_not_be_read(own, kind):
    source = own(["a", "b"], ["hardware", "software"])
    for classes in ((), ("bug", "praise")):
        reviews = load_reviews(source, label_column="", classes=classes)
        assert reviews.labels.tolist() == [-1, -1]
        assert reviews.classes == classes
    with pytest.raises(ValueError, match=r"has no label in it: .*classes=\(\)"):
        load_reviews(source, label_column="")


@each_kind
def test_which_of_two_labels_is_positive_is_asked_for_and_can_be_said(own, kind):
    source = own(["a", "b"], ["blame", "praise"])
    for classes in (None, ()):
        with pytest.raises(ValueError, match=r"Pass positive='blame' or"):
            load_reviews(source, classes=classes)
    for positive in ("blame", "praise"):
        reviews = load_reviews(source, positive=positive)
        assert reviews.classes[1] == positive


@each_kind
def test_a_limit_takes_the_first_texts_where_not_all_are_labelled(own, kind):
    texts = [f"text {k}" for k in range(9)]
    source = own(texts)
    assert load_reviews(source, 4, classes=()).texts.tolist() == texts[:4]
    for wrong in (0, 10, 2.5):
        with pytest.raises(ValueError, match=rf"reviews={wrong}.* from 1 to 9"):
            load_reviews(source, wrong, classes=("x", "y"))


@each_kind
def test_a_text_may_be_alone_and_a_megabyte_long(own, kind):
    text = "tirade " * 150_000
    assert load_reviews(own([text]), classes=()).texts.tolist() == [text]


@each_kind
def test_a_source_without_texts_is_refused(own, kind):
    with pytest.raises(ValueError, match="expected"):
        load_reviews(own([]), classes=())


@each_kind
def test_empty_texts_are_refused_and_found(own, kind):
    source = own(["a", "", "c", " \n"])
    with pytest.raises(
        ValueError,
        match=r"2 reviews with an empty '?text'? \(review 2, 4, counted from 1",
    ):
        load_reviews(source, classes=())


@each_kind
def test_what_a_reader_brings_is_only_read(own, kind, tmp_path):
    source = own(["a", "b"], ["pos", None])

    def state():
        if isinstance(source, pd.DataFrame):
            return source.to_dict()
        files = sorted(tmp_path.rglob("*"))
        return [
            (f, f.stat().st_mtime_ns, f.is_file() and f.read_bytes()) for f in files
        ]

    before = state()
    load_reviews(source, classes=())
    assert state() == before


@pytest.mark.parametrize("kind", PATHS)
def test_what_is_not_there_is_named_with_the_folder_that_was_looked_in(kind, tmp_path):
    missing = "nowhere/texts" if kind == "text_folder" else f"nowhere{kind}"
    with pytest.raises(
        FileNotFoundError,
        match=rf"{missing} cannot be opened \(No such file.*you are in",
    ):
        load_reviews(missing, classes=())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text_folder"])
def test_whole_numbers_are_the_same_labels_with_and_without_decimals(own, kind):
    for labels in ([1, 0, 1], [1.0, 0.0, 1.0], ["1.0", "0", " 1 "], [1.0, None, 0]):
        reviews = load_reviews(own(["a", "b", "c"], labels))
        names = {"1.0": "1", "0.0": "0"}
        texts = [str(label).strip() for label in labels]
        known = [names.get(t, t) for t in texts if t != "None"]
        assert reviews.classes == ("0", "1")
        assert [str(label) for label in reviews.labels if label >= 0] == known


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text_folder"])
def test_a_column_that_is_not_there_is_named_with_those_that_are(own, kind):
    source = own(["a", "b"], ["pos", "neg"])
    for name in ("text_column", "label_column"):
        with pytest.raises(
            ValueError,
            match=rf"no column 'verdict' \(found: text, label\). Pass {name}=",
        ):
            load_reviews(source, **{name: "verdict"})


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


def test_a_name_goes_before_a_folder_of_that_name(tmp_path, monkeypatch):
    (tmp_path / "rotten_tomatoes").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_reviews("rotten_tomatoes", 4).name == "Rotten Tomatoes sentences"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("tickets.xlsx", "'tickets.xlsx'"),
        ("tickets", "'tickets'"),
        (7, "of type int"),
        (None, "of type NoneType"),
        (pd.Series(["a"]), "of type Series"),
    ],
)
def test_what_no_source_reads_is_told_what_could_be_read(source, what):
    with pytest.raises(
        ValueError, match=f"unknown source {what}: .*'wheel'"
    ) as refused:
        load_reviews(source, classes=())
    for kind in (".csv", ".jsonl", ".parquet", "folder of text files", "DataFrame"):
        assert kind in str(refused.value)
