"""A reader's own file of JSON: an object a line or an array, and their faults."""

import pytest

from alutils.corpus.reviews import load_reviews


@pytest.fixture
def json_file(tmp_path):
    def write(content: str | bytes, suffix=".jsonl"):
        path = tmp_path / f"own{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


LINES = '{"text": "a", "label": "pos"}\n{"label": "neg", "text": "b"}\n'
ARRAY = f"[{LINES.strip().replace(chr(10), ',')}]"


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".json", ".JSONL"])
@pytest.mark.parametrize(
    "content",
    [
        LINES,
        ARRAY,
        f"\n  {ARRAY}\n",
        LINES.replace("\n", "\r\n\r\n"),
        f"\ufeff{LINES}",
        LINES.encode("utf-16"),
        LINES.rstrip(),
    ],
    ids=["lines", "array", "spaces", "CRLF", "mark", "UTF-16", "no end"],
)
def test_lines_and_arrays_are_told_apart_by_what_they_hold(json_file, content, suffix):
    own = load_reviews(json_file(content, suffix))
    assert own.texts.tolist() == ["a", "b"]
    assert own.labels.tolist() == [1, 0]
    assert own.name == f"own{suffix}"


def test_values_may_be_missing_null_or_not_a_number(json_file):
    lines = [
        '{"text": "a", "label": 1, "id": {"any": ["thing"]}}',
        '{"text": "b"}',
        '{"text": "c", "label": null}',
        '{"text": "d", "label": NaN}',
        '{"text": "e", "label": 0.0}',
    ]
    own = load_reviews(json_file("\n".join(lines)))
    assert own.labels.tolist() == [1, -1, -1, -1, 0]
    assert own.classes == ("0", "1")


def test_labels_in_lists_of_one_are_read_as_doccano_writes_them(json_file):
    own = load_reviews(
        json_file(
            '{"id": 1, "text": "a", "label": ["neg"], "Comments": []}\n'
            '{"id": 2, "text": "b", "label": [], "Comments": []}\n'
            '{"id": 3, "text": "c", "label": ["pos"], "Comments": []}\n'
        )
    )
    assert own.labels.tolist() == [0, -1, 1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"is empty: expected an object for each review"),
        ("[]", "is empty: expected an object"),
        (
            '{"text": "a"}\n\nfine, pos\n',
            r"line 3 is no JSON: Expecting value, at character 1\): expected an object",
        ),
        ('{"text": "a"}\n{"text": "b"\n', r"line 2 is no JSON: .*at character 13"),
        ('{\n  "text": "a"\n}\n', "line 1 is no JSON"),
        ('[{"text": "a"},\n {"text": "b"},\n]', "line [23] is no JSON"),
        ('{"text": "a"}\n["b"]\n', r"line 2 is \['b'\], of type list"),
        ('{"text": "a"}\nnull\n', "line 2 is None, of type NoneType"),
        ('[{"text": "a"}, "b"]', "number 2 in the array is 'b', of type str"),
        (
            '{"text": "a"}\n{"text": "b", "text": "c"}',
            "line 2: an object has 'text' twi",
        ),
        ('[{"x": {"y": 1, "y": 2}}]', "the array: an object has 'y' twice"),
        (f"{'[' * 100_000}", r"cannot be read \((the array: .*recursion|line 1 is no)"),
        (
            '{"text": "a"}\n{"text": {"de": "b"}}\n',
            r"a 'text' that is \{'de': 'b'\}, of type dict.*review 2, .*line 2\)",
        ),
        ('{"text": "a"}\n\n{"text": 5}\n', r"that is 5, of type int.*line 3\)"),
        ('{"text": "a"}\n\n{"id": 5}\n', r"an empty 'text' \(review 2, .*line 3\)"),
        (
            '[{"text": "a"}, {"text": ""}]',
            r"an empty 'text' \(review 2, counted from 1\)",
        ),
        ('{"text": "a\\ud83d"}', r"half a character, '\\ud83d'"),
        (
            '{"text": "a", "label": ["x", "y"]}',
            r"'label' that is no single label: \['x', 'y'\].*line 1\)",
        ),
        ('{"text": "a", "label": {"x": 1}}', "no single label"),
        ('{"review": "a"}\n{"text": "b"}', r"could be meant \('review', 'text'\)"),
        ('{"data": {"text": "a"}}', r"no column .*\(found: data\)\. Pass text_column="),
        (b'{"text": "\xe9t\xe9"}', r"not UTF-8 \(byte 0xe9\).*line 1.*'cp1252'"),
        (b'{"text": "a\0"}', "not text: byte 12.* save it as JSON in UTF-8"),
    ],
    ids=range(23),
)
def test_a_faulty_file_is_refused_with_its_name_the_fault_and_the_way_out(
    json_file, content, message
):
    with pytest.raises(ValueError, match=rf"(?s)JSON file \S*own\.jsonl .*{message}"):
        load_reviews(json_file(content), classes=())


def test_another_encoding_can_be_named(json_file):
    path = json_file('{"text": "café"}\n'.encode("cp1252"))
    own = load_reviews(path, classes=(), encoding="cp1252")
    assert own.texts.tolist() == ["café"]
