"""A strict reader: what honest writers write comes back exactly, and a forgotten
quotation mark never swallows a record."""

import csv
import io
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.files import utf8
from alutils.corpus.tables import read_table, swallowed_record

SEPARATORS = (",", ";", "\t", "|")
# What can go wrong, much more often than by chance; no label's name can come of it.
AWKWARD = '"""\\,;\t|\'\r\n  aé\u2028\x0b\x85文🎬'


def texts(alphabet=AWKWARD, **sizes):
    any_text = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
    return st.text(st.one_of(st.sampled_from(alphabet), any_text), **sizes)


def rows(*, labels=("pos", "neg"), columns=1, **options):
    """Some texts to a row, with one of the labels."""
    row = st.tuples(*[texts(**options)] * columns, st.sampled_from(labels))
    return st.lists(row, min_size=1, max_size=8)


def written(header, rows, **how) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, **how).writerows([header, *rows])
    return file.getvalue().encode()


def read(data: bytes):
    table = read_table(data)
    columns = [table.column(number) for number in range(len(table.header))]
    return table.header, list(zip(*columns, strict=True))


@given(
    rows(columns=2),
    st.sampled_from(SEPARATORS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_what_the_csv_module_writes_comes_back_exactly(rows, separator, quoting):
    header = ("title", "text", "label")
    data = written(header, rows, delimiter=separator, quoting=quoting)
    assert read(utf8(data)) == (header, rows)


@given(rows(), st.sampled_from(SEPARATORS))
def test_backslashes_before_quotation_marks_are_recognized(rows, separator):
    rows = [('She said "hm", twice', "pos"), *rows]
    how = {"doublequote": False, "escapechar": "\\", "delimiter": separator}
    data = written(("text", "label"), rows, **how)
    assert read(data) == (("text", "label"), rows)


# Where a line ends with "\n", pandas and the csv module leave "\r" without quotes.
@given(
    rows(alphabet=AWKWARD.replace("\r", "")),
    st.sampled_from(SEPARATORS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_pandas_writes_comes_back_exactly(rows, separator, quoting):
    rows = [(text.replace("\r", ""), label) for text, label in rows]
    frame = pd.DataFrame(rows, columns=["text", "label"])
    text = frame.to_csv(index=False, sep=separator, quoting=quoting)
    assert read(text.encode()) == (("text", "label"), rows)


@given(st.lists(texts(min_size=1), min_size=1), st.sampled_from(SEPARATORS))
def test_a_single_column_needs_no_separator(found, separator):
    found = [text for text in found if text.strip("\r\n")] or ["a"]
    data = written(["text"], [[text] for text in found], delimiter=separator)
    assert read(data) == (("text",), [(text,) for text in found])


@given(rows(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_utf_8_and_utf_16_with_its_mark_are_read(rows, encoding):
    text = written(("text", "label"), rows).decode()
    assert read(utf8(text.encode(encoding))) == (("text", "label"), rows)


def with_anchors(rows):
    """Both labels occur in a record that nothing happens to."""
    return [*rows, ("fine", "pos"), ("dull", "neg")]


@given(st.data())
def test_a_file_with_one_quotation_mark_too_few_is_refused_with_a_line(data):
    # Without backslashes, which might be another way of quoting.
    alphabet = AWKWARD.replace("\\", "")
    found = [
        (text.replace("\\", ""), label)
        for text, label in data.draw(rows(alphabet=alphabet, min_size=1))
    ]
    whole = written(("text", "label"), [('A "quoted" one', "pos"), *found])
    marks = [place for place, byte in enumerate(whole) if byte == ord('"')]
    place = data.draw(st.sampled_from(marks))
    with pytest.raises(ValueError, match=r"cannot be read \(line \d+ "):
        read_table(whole[:place] + whole[place + 1 :])


LAYOUTS = {
    ("text", "label"): lambda row, text, label: (text, label),
    ("label", "text"): lambda row, text, label: (label, text),
    ("id", "text", "label", "day"): lambda row, *fields: (str(row), *fields, "Monday"),
}


@given(st.data(), st.sampled_from(list(LAYOUTS)), st.sampled_from([",", ";", "\t"]))
def test_two_forgotten_quotation_marks_that_pair_up_are_found(data, header, separator):
    quoted = texts().map(lambda text: text.replace('"', "") + f"a{separator}b")
    label = st.sampled_from(["pos", "neg"])
    between = data.draw(st.lists(st.tuples(st.text("abé文 "), label), max_size=4))
    first, last = (
        data.draw(st.tuples(quoted, label)),
        data.draw(st.tuples(quoted, label)),
    )
    found = with_anchors([first, *between, last])
    found = [LAYOUTS[header](row, *fields) for row, fields in enumerate(found)]
    whole = written(header, found, delimiter=separator)
    opened, closed, opened_again, _ = re.finditer(b'"', whole)
    damaged = whole[: closed.start()] + whole[closed.end() : opened_again.start()]
    damaged += whole[opened_again.end() :]
    try:
        table = read_table(damaged)
    except ValueError:
        return
    opens, other, closes = swallowed_record(table, header.index("label"))
    assert opens == len(re.split(b"\r\n|\r|\n", whole[: opened.start()]))
    assert opens <= other <= closes
    assert len(table.records) < len(found)


@given(st.data(), st.sampled_from(list(LAYOUTS)))
def test_no_two_forgotten_quotation_marks_swallow_a_record(data, header):
    found = with_anchors([('A "quoted" one', "pos"), *data.draw(rows())])
    found = [LAYOUTS[header](row, *fields) for row, fields in enumerate(found)]
    whole = written(header, found, quoting=data.draw(st.sampled_from([0, 1, 2])))
    marks = [place for place, byte in enumerate(whole) if byte == ord('"')]
    for _ in range(2):
        marks.remove(place := data.draw(st.sampled_from(marks)))
        whole = whole[:place] + b"\0" + whole[place + 1 :]
    try:
        table = read_table(whole.replace(b"\0", b""))
    except ValueError:
        return
    if swallowed_record(table, header.index("label")) is None:
        assert len(table.records) >= len(found)


@given(st.data())
def test_a_file_that_is_cut_off_is_refused_or_ends_early_but_nothing_else(data):
    found = data.draw(rows())
    whole = written(("text", "label"), found)
    cut = whole[: data.draw(st.integers(len("text,label\r\n"), len(whole)))]
    try:
        left = read(cut.decode(errors="ignore").encode())[1]
    except ValueError:
        return
    assert left[:-1] == found[: max(len(left) - 1, 0)]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            'text,label\nfine,pos\n"Great,pos\ndull,neg\n',
            "line 3 opens .* never closed",
        ),
        (
            'text,label\nfine,pos\n"Great stuff,pos\ndull,neg\n"Awful stuff,neg\nbad,neg\n',
            "line 3 opens a quotation mark that closes in line 5, with text behind it",
        ),
        (
            'text,label\nHe said "great,pos\n',
            "line 2 holds a quotation mark in a field that does not begin with one",
        ),
        ('text,label\ngood, "fine",pos\n', "line 2 holds a quotation mark"),
        ("text,label\n\nlong, but good,pos\n", "line 3 has 3 fields, the header 2"),
        ("text;label\nlong; but good;pos\n", "quote texts that hold semicolons"),
        ("text\tlabel\nlong\tbut good\tpos\n", "quote texts that hold tabs"),
        ("text|label\nlong\n", "line 2 has 1 fields.*hold vertical bars"),
        (
            '"text","label"\n"say \\"x\\", twice","pos"\n"dull,"neg"\n',
            "line 3 opens a quotation mark that closes in line 3",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(content, fault):
    with pytest.raises(ValueError, match=f"cannot be read.*{fault}"):
        read_table(content.encode())


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(line_break):
    lines = ["text,label", "", '"a', 'b",pos', "", "c,neg"]
    table = read_table(line_break.join(lines).encode())
    assert table.lines == [3, 6]


@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_a_first_line_that_names_the_separator_is_no_header(line):
    data = f"{line}text;label\na;pos\n".encode()
    assert read(data) == (("text", "label"), [("a", "pos")])
    assert read_table(data).lines == [3]


def test_pairs_of_quotation_marks_in_a_text_without_quotes_stand_for_themselves():
    content = b'text,label\nHe said "great" twice,pos\n5" and 6" wide,neg\n'
    assert read(content)[1] == [
        ('He said "great" twice', "pos"),
        ('5" and 6" wide', "neg"),
    ]


@pytest.mark.parametrize(
    ("content", "label", "lines"),
    [
        # Opened in one record, closed in another: correct CSV, and two records lost.
        ('text,label\n"Great,pos\ndull,neg\nslow",neg\nfine,pos\n', 1, (2, 2, 4)),
        ('text,label\n"Long, but\ngood,pos\nslow",neg\nfine,pos\n', 1, (2, 3, 4)),
        ('label,text\npos,"Great\nneg,dull\nneg,slow"\nneg,bad\n', 0, (2, 3, 4)),
        ('text,label\nfine,"pos\ndull,neg"\nbad,neg\n', 1, (2, 3, 3)),
        ('id,text,label\n1,"a\nb,pos\n2,c",neg\n3,d,pos\n', 2, (2, 3, 4)),
        ('a,text,b,label\n"x\ny",t,"1,pos\nx,t,1",neg\nx,t,1,pos\n', 3, (3, 3, 4)),
    ],
)
def test_a_text_that_swallowed_a_record_is_found(content, label, lines):
    assert swallowed_record(read_table(content.encode()), label) == lines


@given(rows(columns=2))
def test_honest_texts_of_many_lines_are_above_suspicion(rows):
    rows = with_anchors([(text, label) for _, text, label in rows])
    table = read_table(written(("text", "label"), rows))
    assert swallowed_record(table, 1) is None


def test_a_list_of_verses_is_above_suspicion():
    verses = '"Two stars, a moon,\nand one, positive\nnight: 1, 2, 3",positive\n'
    content = f"text,label\n{verses}dull,negative\n"
    assert swallowed_record(read_table(content.encode()), 1) is None


def test_a_text_of_a_megabyte_is_read_as_any_other():
    text = '"x' * 500_000
    limit = csv.field_size_limit()
    assert read(written(("text", "label"), [(text, "pos")]))[1] == [(text, "pos")]
    assert csv.field_size_limit() == limit


def test_other_backslashes_stay_where_quotation_marks_have_one():
    content = rb"""text,label
"C:\new \\ \"x\", and \
more",pos
It is \"fine\" \o/,neg
"""
    assert read(content)[1] == [
        ('C:\\new \\ "x", and \\\nmore', "pos"),
        ('It is "fine" \\o/', "neg"),
    ]


@pytest.mark.parametrize(
    "record", ['"a ""great"" one, \\"b\\"",pos', '5" wide \\"b\\",pos', '"\\"",6" \\"']
)
def test_quotation_marks_without_a_backslash_are_a_fault_where_others_have_one(record):
    content = f'text,label\n"a \\"b\\", c",neg\n{record}\n'
    with pytest.raises(ValueError, match="line 3 holds a quotation mark"):
        read_table(content.encode())
