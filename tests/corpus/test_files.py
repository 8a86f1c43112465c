"""Files of text in other encodings: read if they are marked or named, else refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.corpus.files import told_of, utf8

TEXT = st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"]))


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_is_utf_8_or_has_a_mark_is_recognized(text, encoding):
    assert utf8(text.encode(encoding)).decode() == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "„Für 5 €“ – très cher"),
        ("latin-1", "Größe"),
        ("mac-roman", "naïve café"),
        ("cp1250", "příliš žluťoučký"),
        ("shift-jis", "映画"),
        ("utf-16-le", "café"),
        ("utf-32", "文🎬"),
        ("utf-8", "文🎬"),
    ],
)
def test_any_encoding_is_read_once_it_is_named(encoding, text):
    assert utf8(text.encode(encoding), encoding).decode() == text


@given(TEXT)
def test_a_mark_is_no_part_of_the_text_though_the_encoding_is_named(text):
    assert utf8(text.encode("utf-8-sig"), "utf-8").decode() == text
    assert utf8(f"\ufeff{text}".encode("utf-16-be"), "utf-16-be").decode() == text


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (
            "text,label\ncafé,x\n".encode("latin-1"),
            r"byte 0xe9\).*number 15, in line 2",
        ),
        ("text,label\nein „Film“,x\n".encode("cp1252"), r"byte 0x84\).*line 2"),
        ("text,label\n映画,x\n".encode("shift-jis"), "not UTF-8.*line 2"),
        ("text,label\na,x\n".encode("utf-16-le"), "not text: byte 2, in line 1, is 0"),
        ("text,label\na,x\n".encode("utf-16") + b"\0", "UTF-16, but byte 33"),
        ("text,label\na,x\n".encode("utf-32"), "not text.*save it as CSV in UTF-8"),
        (b"PK\x03\x04\x14\0\x06", "not text: byte 6"),
    ],
)
def test_other_encodings_are_refused_with_the_place_of_the_byte(data, fault):
    with pytest.raises(ValueError, match=f"(?s){fault}"):
        utf8(data)


def test_a_refusal_shows_how_the_words_would_read_as_excel_writes_them():
    data = "text;label\r\nZu teuer, 5 € für das; neg\r\n".encode("cp1252")
    with pytest.raises(ValueError) as refused:
        utf8(data)
    assert "'Zu teuer, 5 € für das; neg'" in str(refused.value)
    assert "pass encoding='cp1252' to settings_for or to load_reviews" in str(
        refused.value
    )
    # Byte 0x81 means nothing there, so nothing is proposed.
    with pytest.raises(ValueError, match=r"in line 1$"):
        utf8(b"a\x81\xe9,x\n")


@pytest.mark.parametrize("encoding", ["klingon", "hex", ""])
def test_an_encoding_that_does_not_exist_is_refused_by_name(encoding):
    with pytest.raises(
        ValueError, match=f"encoding={encoding!r}, which Python does not"
    ):
        utf8(b"a", encoding)


def test_an_encoding_in_which_the_file_is_not_is_refused_with_the_place():
    with pytest.raises(
        ValueError, match=r"not in encoding='ascii' \(byte 0xc3, number 4, in line 2\)"
    ):
        utf8("a\r\né".encode(), "ascii")


def test_every_message_about_a_file_begins_with_its_name():
    with pytest.raises(ValueError, match=r"^file a\.txt is empty$"):
        with told_of("file a.txt"):
            raise ValueError("is empty")
    with pytest.raises(FileNotFoundError, match=r"^file a\.txt cannot be opened \(No"):
        with told_of("file a.txt"):
            open("/nowhere/a.txt")
