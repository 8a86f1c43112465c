"""A reader's own CSV file: its columns, labels and faults."""

import os
import tracemalloc
from pathlib import Path

import pytest

from alutils.corpus.reviews import load_reviews


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
    [
        "\ufefftext,label\na,pos\nb,neg\n",
        "text,label\r\na,pos\r\nb,neg\r\n",
        "text;label\r\na;pos\r\nb;neg\r\n",
        "text\tlabel\na\tpos\nb\tneg",
        "text|label\n\na|pos\nb|neg\n\n",
        "text,label\na,pos\nb,neg\n".encode("utf-16"),
    ],
    ids=["mark", "CRLF", "semicolons", "tabs", "bars", "UTF-16"],
)
def test_a_csv_file_may_come_from_a_spreadsheet(csv_file, content):
    own = load_reviews(csv_file(content))
    assert own.texts.tolist() == ["a", "b"]
    assert own.labels.tolist() == [1, 0]


def test_backslashes_before_quotation_marks_are_understood(csv_file):
    own = load_reviews(
        csv_file('text,label\n"He said \\"great\\", twice",pos\n"dull",neg\n')
    )
    assert own.texts.tolist() == ['He said "great", twice', "dull"]


def test_a_file_is_only_read(csv_file):
    content = "text,label\na,pos\nb,neg\n"
    path = csv_file(content)
    load_reviews(path)
    assert [file.read_text() for file in Path(path).parent.iterdir()] == [content]


def test_a_tilde_stands_for_the_home_folder(csv_file, monkeypatch):
    monkeypatch.setenv("HOME", str(Path(csv_file("text,label\na,pos\nb,neg\n")).parent))
    monkeypatch.setenv("USERPROFILE", os.environ["HOME"])
    assert len(load_reviews("~/own.csv")) == 2


# --- which label is positive


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ("Positive negative", ("negative", "Positive")),
        ("POS Neg", ("Neg", "POS")),
        ("fresh rotten", ("rotten", "fresh")),
        ("rotten fresh", ("rotten", "fresh")),
        ("1 0", ("0", "1")),
        ("1 -1", ("-1", "1")),
        ("Yes No", ("No", "Yes")),
        ("TRUE FALSE", ("FALSE", "TRUE")),
        ("good bad", ("bad", "good")),
        ("spam ham", ("ham", "spam")),
    ],
)
def test_of_two_well_known_labels_the_positive_one_is_recognized(
    csv_file, labels, classes
):
    first, second = labels.split()
    own = load_reviews(csv_file(f"text,label\na, {first}\nb,{second}\nc,{first} \n"))
    assert own.classes == classes
    assert [own.classes[label] for label in own.labels] == [first, second, first]


@pytest.mark.parametrize("positive", ["praise", "blame"])
def test_of_two_other_labels_the_reader_names_the_positive_one(csv_file, positive):
    path = csv_file("text,label\na,praise\nb, blame\nc,praise\n")
    own = load_reviews(path, positive=positive)
    assert own.classes[1] == positive
    assert own.labels.tolist() == ([1, 0, 1] if positive == "praise" else [0, 1, 0])


def test_the_readers_word_goes_before_a_well_known_meaning(csv_file):
    path = csv_file("text,label\na,pos\nb,neg\n")
    assert load_reviews(path, positive="neg").classes == ("pos", "neg")


def test_more_than_two_labels_are_in_alphabetical_order_without_regard_to_case(
    csv_file,
):
    path = csv_file("text,label\na,so-so\nb,Bad\nc,good\nd,Bad\n")
    own = load_reviews(path)
    assert own.classes == ("Bad", "good", "so-so")
    assert own.labels.tolist() == [2, 0, 1, 0]
    assert own.n_classes == 3


def test_an_empty_label_is_unknown(csv_file):
    own = load_reviews(csv_file("text,label\na,pos\nb,\nc,neg\nd,  \n"))
    assert own.labels.tolist() == [1, -1, 0, -1]


@pytest.mark.parametrize(
    "content", ["text\na\nb\n", "text,label\na,\nb,\n", "id,text\n1,a\n2,b\n"]
)
def test_a_file_without_labels_needs_the_classes_names(csv_file, content):
    path = csv_file(content)
    own = load_reviews(path, classes=["bad", "so-so", "good"])
    assert own.classes == ("bad", "so-so", "good")
    assert own.labels.tolist() == [-1, -1]
    with pytest.raises(ValueError, match=r"label_column=|classes=\("):
        load_reviews(path)


def test_given_classes_may_have_no_example_yet_but_hold_every_label(csv_file):
    path = csv_file("text,label\na,good\nb,\n")
    assert load_reviews(path, classes=("bad", "good")).labels.tolist() == [1, -1]
    with pytest.raises(ValueError, match=r"not among the classes \('good'\)"):
        load_reviews(path, classes=("bad", "better"))


# --- which column is which

EMPTY = r"2 reviews with an empty 'text' \(review 2, 4, .*line 3, 5\): fill or delete"


@pytest.mark.parametrize(
    "header",
    [
        "review,sentiment",
        "Text,Label",
        " SENTENCE ,Class",
        "content,category",
        "comment,target",
        "body,stars",
    ],
)
def test_columns_are_recognized_by_their_names_in_any_case(csv_file, header):
    own = load_reviews(csv_file(f"{header}\nfine,positive\ndull,negative\n"))
    assert own.texts.tolist() == ["fine", "dull"]
    assert own.labels.tolist() == [1, 0]


def test_an_export_of_label_studio_is_read_as_it_is(csv_file):
    own = load_reviews(
        csv_file(
            "annotation_id,annotator,created_at,id,lead_time,sentiment,text,updated_at\n"
            "1,1,x,1,1.0,Positive,fine,x\n2,1,x,2,1.0,Negative,dull,x\n"
        )
    )
    assert own.texts.tolist() == ["fine", "dull"]
    assert own.labels.tolist() == [1, 0]


def test_the_columns_of_a_csv_file_may_have_other_names(csv_file):
    own = load_reviews(
        csv_file("id,opinion,verdict\n1,a,bad\n2,b,good\n"),
        text_column="opinion",
        label_column="verdict",
    )
    assert own.texts.tolist() == ["a", "b"]
    assert own.classes == ("bad", "good")


def test_given_columns_go_before_those_that_would_be_recognized(csv_file):
    path = csv_file("text,review,label,stars\na,b,pos,0\nc,d,neg,1\n")
    own = load_reviews(path, text_column="review", label_column="stars")
    assert own.texts.tolist() == ["b", "d"]
    assert own.classes == ("0", "1")


@pytest.mark.parametrize(
    ("content", "given", "message"),
    [
        (
            "opinion,label\na,pos\nb,neg\n",
            {},
            r"no column that is called 'text', 'review', .*\(found: opinion, label\)\."
            r" Pass text_column=….*notebook.*load_reviews.*text_column = .* grid",
        ),
        (
            "text,verdict\na,pos\nb,neg\n",
            {},
            r"no column that is called 'label', .*\(found: text, verdict\)\."
            r" Pass label_column=….*notebook.*load_reviews.*label_column = .* grid",
        ),
        (
            "review,label\na,pos\nb,neg\n",
            {"text_column": "text"},
            r"no column 'text' \(found: review, label\)\. Pass text_column=",
        ),
        (
            "text,stars\na,pos\nb,neg\n",
            {"label_column": "label"},
            r"no column 'label' \(found: text, stars\)\. Pass label_column=",
        ),
        (
            "text,Review,label\na,b,pos\n",
            {},
            r"several columns that could be meant \('text', 'Review'\) \(found: text,"
            r" Review, label\)\. Pass text_column=",
        ),
        (
            "text,label,label\na,pos,neg\n",
            {"label_column": "label"},
            r"several columns that could be meant \('label', 'label'\)",
        ),
        (
            "text,label\na,pos\n",
            {"label_column": "text"},
            "texts and labels in one column, 'text'",
        ),
        (
            "text,label\na,x\n ,y\nb,y\n,x\n",
            {},
            EMPTY,
        ),
        ("label;text\nx;a\ny; \ny;b\nx;\n", {}, EMPTY),
        (
            "text,label\na,x\nb,x\n",
            {},
            r"1 different labels in 'label' \('x'\): expected at least two",
        ),
        (
            "text,label\na,praise\nb,blame\n",
            {},
            "labels 'blame' and 'praise' in 'label', .*Pass positive='blame' or"
            " positive='praise' .*notebook.*grid",
        ),
        (
            "text,label\na,praise\nb,blame\n",
            {"positive": "good"},
            "no label 'good' in 'label', only 'blame', 'praise'",
        ),
        (
            "text,label\na,x\nb,y\nc,z\n",
            {"positive": "x"},
            r"3 different labels in 'label' \('x', 'y', 'z'\), and positive='x' is for two",
        ),
        (
            "text,label\na,pos\nb,Pos\nc,neg\n",
            {},
            "differ in case only \\('Pos' and 'pos'\\): write them alike",
        ),
        (
            "text,label\na,pos\n",
            {"positive": "pos", "classes": ("pos", "neg")},
            "give one of the two",
        ),
        (
            'text,label\na,pos\nb,neg\n"c",neg""\n',
            {},
            r"quotation mark in the label 'neg\"\"' \(line 4\): take it out",
        ),
        ("text\na\n", {"classes": "pos"}, "classes='pos': expected at least two"),
        ("text,label\n", {}, "has a header and no reviews: expected one review a line"),
        (
            "text,label\ncafé,x\nb,y\n".encode("latin-1"),
            {},
            r"not UTF-8 \(byte 0xe9\): save it as UTF-8.*number 15, in line 2",
        ),
        ("", {}, "is empty: expected a header and one review a line"),
        ("\ufeff\n\n", {}, "is empty: expected a header and one review a line"),
        (
            "text,label\na,x\nb, but c,y\n",
            {},
            r"cannot be read \(line 3 .*quote texts that hold commas",
        ),
        (
            'text,label\nfine,pos\n"Great stuff,pos\ndull,neg\nslow,neg\n"Awful,neg\n',
            {},
            r"cannot be read \(line 3 opens a quotation mark",
        ),
        (
            'text,label\nfine,pos\n"Great stuff,pos\ndull,neg\nslow",neg\nbad,neg\n',
            {},
            r"line 3 opens a quotation mark that closes in line 5, but line 3 between"
            r".*looks like a review of its own.*close the quotation mark.*tabs",
        ),
        (
            "text,label\na,pos\nb,neg\nc,neg\nd,po",
            {},
            "ends in the middle of a line, with the label 'po'.*'pos' had been cut off",
        ),
    ],
    ids=lambda value: (
        None if isinstance(value, (bytes, dict)) else value.replace("\n", "|")[:30]
    ),
)
def test_a_faulty_csv_file_is_refused_with_its_name_the_fault_and_the_way_out(
    csv_file, content, given, message
):
    with pytest.raises(ValueError, match=rf"(?s)CSV file \S*own\.csv .*{message}"):
        load_reviews(csv_file(content), **given)


def test_long_names_are_cut_short_in_a_message(csv_file):
    with pytest.raises(ValueError, match="long") as caught:
        load_reviews(csv_file(f"{'long ' * 1000},b\na,c\n"))
    assert len(str(caught.value)) < 600


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
    path = csv_file("text,label\na,praise\nb,blame\nc,praise\n")
    with pytest.raises(
        ValueError,
        match=r"reviews=4 wants 2 blame reviews, but own.csv has 1: ask for fewer, at"
        r" most 2 \(reviews=2 in settings_for",
    ):
        load_reviews(path, limit=4, positive="praise")
    assert len(load_reviews(path, limit=2, positive="praise")) == 2


def test_reading_a_csv_file_starts_no_tensorflow(csv_file, run_python):
    path = csv_file("text,label\na,pos\nb,neg\n")
    answer = run_python(
        f"""
import sys
from alutils.corpus.reviews import load_reviews
load_reviews({path!r})
heavy = {{"tensorflow", "tensorflow_datasets", "keras", "pandas", "matplotlib"}}
print(heavy & set(sys.modules))
"""
    )
    assert answer.strip() == "set()"


def test_a_text_of_any_length_costs_about_its_own_size(csv_file):
    text = "x" * 10_000_000
    path = csv_file(f"text,label\n{text},pos\nb,neg\n")
    tracemalloc.start()
    own = load_reviews(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert own.texts[0] == text
    # The csv module keeps four bytes a character, and up to as much again in reserve.
    assert most < 12 * len(text)
