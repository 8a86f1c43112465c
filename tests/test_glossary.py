"""The glossary, beside the terms that chapters and pages define in bold."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "book" / "glossary.md"
# Bold where a chapter defines nothing, each with its reason.
EMPHASIS = {
    "in person": "says in chapter 10 what differs when no script answers",
    "in person, answer in the cell above": "the same",
    "model": "one of three parts of a saving, not a definition (chapters 8, 10)",
    "texts": "one of three parts of a saving",
    "choice of labels": "one of three parts of a saving",
    "which way the model leans": "a sentence of chapter 1, stressed",
}
# A line may begin with a bold word that says what comes: in a list always, otherwise
# where a full stop or colon ends it.
IN_A_LIST = re.compile(r"^\s*(?:[-*]|\d+\.) (?:\*\*[^*]+\*\*)", flags=re.M)
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")


def terms() -> list[str]:
    """The terms of the glossary in their order."""
    text = GLOSSARY.read_text(encoding="utf-8")
    inside = text.partition("```{glossary}\n")[2].rpartition("```")[0]
    return [line for line in inside.splitlines() if line and not line.startswith(" ")]


def singular(term: str) -> str:
    """A term without capitals and plural, for comparison."""
    return re.sub(r"(?<=[^s])s$", "", term.lower())


def defined_in_bold(text: str) -> list[str]:
    """What a text in Markdown sets in bold to define it: no lead-in of a list or of a
    paragraph, no sentence, no number."""
    text = IN_A_LIST.sub("", text)
    return [
        bold
        for bold in BOLD.findall(text)
        if not re.search(r"[.?!:]$|\{\{|^[\d,.%]+$", bold)
    ]


PAGES = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("book/*.md")])


def text_of(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, 4).cells
    return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_term_that_a_page_defines_is_in_the_glossary(path):
    there = {singular(term) for term in terms()}
    missing = [
        bold
        for bold in defined_in_bold(text_of(path))
        if singular(bold) not in there and bold.lower() not in EMPHASIS
    ]
    assert not missing, (
        f"{missing} in {path.name}: define them in book/glossary.md, or set them in"
        " italics if they are stressed and not defined"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "A **pool** is the heap. Its **labelled set** grows.",
            ["pool", "labelled set"],
        ),
        ("**Overfitting** means to learn by heart.", ["Overfitting"]),
        ("**What you'll do.** Train a model.", []),
        ("- **Columns** are recognized by name.\n2. **Train** a model.", []),
        ("It gets **85.0%** with **1,300** of them, or **{{ best_labels }}**.", []),
        ("So **which five hundred?**", []),
    ],
)
def test_a_term_is_told_from_a_lead_in_a_number_and_a_sentence(text, found):
    assert defined_in_bold(text) == found


def test_the_glossary_is_in_alphabetical_order_and_has_each_term_once():
    found = [term.lower() for term in terms()]
    assert found == sorted(set(found))


def test_an_entry_is_a_sentence_or_two_and_ends_like_one():
    text = GLOSSARY.read_text(encoding="utf-8")
    entries = re.findall(r"^  (\S.*)$", text, flags=re.M)
    assert len(entries) == len(terms())
    for entry in entries:
        assert entry[0].isupper() or entry[0] in "`“", entry
        assert entry.endswith("."), entry
        assert len(re.findall(r"[.?](?: |$)", entry)) <= 3, entry
