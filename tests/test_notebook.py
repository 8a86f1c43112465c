import dataclasses
import inspect
import platform
import tomllib
from importlib import metadata

import keras
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from alutils.corpus.splits import Splits
from alutils.notebook import (
    NotYet,
    banner,
    beginning,
    fitting_reviews,
    idea_of,
    quoted,
    show_grid,
    show_source,
    texts_to_label,
    wait_until,
)
from alutils.provenance import permitted_cores
from alutils.settings import settings_for
from alutils.strategies import scores
from alutils.strategies.scores import entropy, least_confidence, margin


def test_the_banner_says_on_what_the_page_was_run(corpus_of):
    line = banner("small", settings_for("small", seed=41), corpus_of([0, 1] * 617)).data
    backend = keras.backend.backend()
    name = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}[backend]
    for fact in (
        "profile `small`",
        "seed 41",
        "1,234 reviews (made-up reviews)",
        f"Python {platform.python_version()}",
        f"Keras {metadata.version('keras')}",
        f"{name} {metadata.version(backend)}",
        f"on {permitted_cores()} processor cores",
        "“positive” counts as positive and “negative” as negative",
    ):
        assert fact in line


def test_the_banner_says_which_label_counts_as_positive(corpus_of):
    reviews = corpus_of([0, 1], classes=("*rotten*", "fresh"))
    line = banner("small", settings_for("small"), reviews).data
    last = line.partition("Of their two labels, ")[2]
    assert shown_by_markdown(last) == (
        "“fresh” counts as positive and “*rotten*” as negative."
    )


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ((), "Their classes are not known yet."),
        (("bug",), "Of their classes, only “bug” is known yet."),
        (("bug", "*it*", "ham"), "Their classes are “bug”, “*it*” and “ham”."),
    ],
)
def test_the_banner_names_any_number_of_classes(corpus_of, classes, words):
    reviews = corpus_of([-1, -1], classes=classes)
    line = banner("small", settings_for("small"), reviews).data
    assert shown_by_markdown(line.rpartition(". ")[2]) == words


def shown_by_markdown(text: str) -> str:
    """What a reader sees of a line of Markdown, with everything on that the book has."""
    parser = MarkdownIt("gfm-like").use(dollarmath_plugin).use(front_matter_plugin)
    html = parser.disable("linkify").render(text)
    soup = BeautifulSoup(html, "html.parser")
    shown = soup.get_text().strip()
    assert not soup.select("em, code, h1, a, li, table, eq, s, del"), html
    return shown


NASTY = (
    *(
        "$5 and $6",
        "*great* _film_",
        "# a heading",
        "a <b>bold</b> &amp; word",
        "`code`",
    ),
    *(
        "- no list",
        "1. no list",
        "10) no list",
        "[no](link)",
        "![no](picture)",
        "a | b",
    ),
    *(
        "{{ nothing }}",
        "\\(x\\)",
        "~~so~~",
        "+ plus",
        ": no term",
        "> no quote",
        "=",
        "---",
    ),
    *(
        "{cite}`nobody2000`",
        ":::{note}",
        "back\\slash",
        "***",
        "%",
        "^[x]",
        "&lt;",
        "#",
    ),
)


@pytest.mark.parametrize("text", NASTY)
def test_a_quoted_text_reads_as_it_was_written(text):
    assert shown_by_markdown(quoted(text)) == text
    assert shown_by_markdown(f"He wrote: “{quoted(text)}”") == f"He wrote: “{text}”"


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_any_quoted_text_reads_as_it_was_written_on_one_line(text):
    line = " ".join(text.split())
    assert "\n" not in quoted(text)
    # Control characters are no text: HTML has no way to write them.
    if line.isprintable():
        assert shown_by_markdown(f"“{quoted(text)}”") == f"“{line}”"


def test_a_beginning_ends_between_words_and_says_that_there_is_more():
    assert beginning("One two three.", 14) == "One two three."
    assert beginning("One<br />two three", 11) == "One two …"
    assert beginning("unbroken" * 9, 8) == "unbroken …"


def csv_of(path, sizes) -> str:
    lines = ["text,label"]
    for label, size in sizes.items():
        lines += [f"{label} text {k},{label}" for k in range(size)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_fewer_reviews_than_a_profile_wants_make_all_sizes_smaller(tmp_path):
    source = csv_of(tmp_path / "mine.csv", {"pos": 700, "neg": 500})
    wanted = settings_for("small", source=source)
    settings, reviews = fitting_reviews(wanted)
    assert len(reviews) == settings.reviews == 1_000
    assert reviews.labels.sum() == 500
    sizes = [*settings.sizes.values(), *settings.query_sizes]
    assert sum(sizes) <= 1_000
    assert all(size > 0 and size % 10 == 0 for size in sizes)
    before = [*wanted.sizes.values(), *wanted.query_sizes]
    for size, full in zip(sizes, before, strict=True):
        assert size == pytest.approx(full * 1_000 / sum(before), abs=10)


def test_a_limit_makes_all_sizes_smaller(tmp_path):
    source = csv_of(tmp_path / "mine.csv", {"pos": 700, "neg": 600})
    settings, reviews = fitting_reviews(
        settings_for("small", source=source, reviews=500)
    )
    assert len(reviews) == settings.reviews == 500
    assert 0 < sum(settings.sizes.values()) + sum(settings.query_sizes) <= 500
    with pytest.raises(ValueError, match="reviews=498: a chapter needs at least 500"):
        fitting_reviews(settings_for("small", source=source, reviews=498))


def test_enough_reviews_change_no_setting():
    wanted = settings_for("small")
    settings, reviews = fitting_reviews(wanted)
    assert settings == wanted
    assert len(reviews) == wanted.reviews


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"pos": 900, "neg": 30}, "have 30 reviews with the rarer of their two labels"),
        ({"good": 300, "bad": 300, "ugly": 300}, "have 3 classes .*about two"),
    ],
)
def test_reviews_that_a_chapter_can_do_nothing_with_are_refused(
    tmp_path, sizes, message
):
    source = csv_of(tmp_path / "mine.csv", sizes)
    with pytest.raises(ValueError, match=rf"mine\.csv {message}"):
        fitting_reviews(settings_for("small", source=source))


def test_a_helper_is_shown_whole_behind_a_fold_and_in_short_before_it():
    shown = show_source(least_confidence, Splits).data
    *short, whole = shown.split("```python\n")[1:]
    for block, helper in zip(short, (least_confidence, Splits), strict=True):
        source = inspect.getsource(helper).rstrip()
        assert source in whole
        lines = block[: block.index("\n```")].splitlines()
        assert set(lines) <= set(source.splitlines())
        assert '"""' not in block and "raise" not in block
    assert "def least_confidence(" in short[0] and "return 1 -" in short[0]
    assert "@dataclass(frozen=True)\nclass Splits:" in short[1]
    assert shown.index("<summary>") < shown.index(whole)


def test_a_short_source_computes_what_the_whole_one_does():
    short = {}
    for helper in (least_confidence, margin, entropy):
        exec(idea_of(inspect.getsource(helper)), vars(scores) | short, short)
    p = np.random.default_rng(0).dirichlet(np.ones(3), size=50)
    for name, idea in short.items():
        assert np.array_equal(idea(p), vars(scores)[name](p))


def test_a_helper_without_docstring_or_checks_is_shown_once():
    assert show_source(inspect.getsource).data.count("```python") == 2
    assert show_source(csv_of).data.count("```python") == 1


def test_a_grid_is_shown_as_its_file_has_it():
    shown = show_grid("audit").data
    assert shown.startswith("```toml\n")
    text = shown.removeprefix("```toml\n").removesuffix("\n```")
    assert tomllib.loads(text)["arms"]["cold start"] == {"learner": {"start": "cold"}}


def test_an_unknown_grid_is_refused_with_those_that_there_are():
    with pytest.raises(
        FileNotFoundError, match=r"no grid named 'mine' \(kept: .*audit"
    ):
        show_grid("mine")


# --- a page that labels


@pytest.fixture
def half_labelled(tmp_path):
    """A file of ten texts of three classes, of which half have a label."""
    path = tmp_path / "tickets.csv"
    lines = [f"ticket {k},{'abc'[k % 3] if k % 2 else ''}" for k in range(10)]
    path.write_text("\n".join(["text,label", *lines]))
    return settings_for("small", source=path)


def test_a_person_may_label_a_file_of_which_some_texts_have_labels(half_labelled):
    reviews = texts_to_label(half_labelled, by_hand=True)
    assert len(reviews) == 10
    assert reviews.classes == ("a", "b", "c")
    assert (reviews.labels == -1).sum() == 5


def test_a_person_may_label_the_first_texts_of_a_file(half_labelled):
    settings = dataclasses.replace(half_labelled, reviews=4)
    first = texts_to_label(settings, by_hand=True)
    assert [*first.texts] == [f"ticket {k}" for k in range(4)]


def test_a_script_cannot_answer_where_labels_are_missing(half_labelled):
    with pytest.raises(ValueError, match=r'5 texts .* have no label.*who = "Ada"'):
        texts_to_label(half_labelled, by_hand=False)


def test_a_script_answers_for_as_many_texts_of_each_class_as_the_profile_uses():
    reviews = texts_to_label(settings_for("small", reviews=600), by_hand=False)
    assert [*np.bincount(reviews.labels)] == [300, 300]


def test_a_page_that_waits_says_what_for_and_not_where():
    with pytest.raises(NotYet, match=r"Not yet: label a text\. Then run") as stopped:
        wait_until([], "label a text")
    assert stopped.value._render_traceback_() == [str(stopped.value)]
    wait_until({"a"}, "label a text")
