"""The card of a model: what whoever uses it must know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from alutils.evidence.intervals import LEVEL
from alutils.labelling.outcome import Outcome
from alutils.labelling.wording import many

FEW = 20  # labels of a class from which little can have been learnt
LICENCE = (
    "Yours to choose. Until one is written here, nobody else has been given rights."
)


def model_card(facts: Mapping, outcome: Outcome) -> str:
    """The card as Markdown, with the headings that Mitchell et al. (2019) ask for.

    Parameters
    ----------
    facts
        those of `facts.json`
    """
    corpus, classes = facts["corpus"], facts["classes"]
    made_with = [f"{name} {version}" for name, version in facts["versions"].items()]
    blocks = [
        f"# Model card: {_plain(corpus['name'])}",
        "## What it is for",
        _plain(facts["about"]) or "To be filled in: who uses it, and on which texts.",
        f"It puts a text into one of {len(classes)} classes, and says how probable it"
        f" takes each of them to be. {_KINDS[facts['learner']]}",
        "## Labels",
        _table(
            ("class", "to learn from", "in the test set"),
            (
                (line[1], line.training, line.test)
                for line in outcome.by_class.itertuples()
            ),
        ),
        _labels(facts, outcome),
        "## How good it is",
        *_tested(facts),
        "## Limits",
        "\n".join(f"- {limit}" for limit in _limits(outcome)),
        "## How it was made",
        f"On {facts['made']} at commit {facts['commit']}, with {', '.join(made_with)}.",
        f"Corpus: {corpus['reviews']:,} texts, SHA-256 `{corpus['sha256']}`.",
        "## How to apply it",
        "    python -m alutils.labelling apply THIS_FOLDER TEXTS.csv --out ANSWERS.csv",
        "## Licence",
        LICENCE,
    ]
    return "\n\n".join(blocks) + "\n"


_KINDS = {
    "linear": "It is a logistic regression on phrases of one and two words (TF-IDF), kept"
    " in `model.skops`.",
    "network": "It is a bidirectional LSTM on the first words of a text, kept in"
    " `model.keras` and `vocabulary.txt`.",
}


def _labels(facts: Mapping, outcome: Outcome) -> str:
    chosen = ", ".join(
        f"{line.labels} by {_plain(line.strategy) or 'an unknown way'}"
        for line in outcome.chosen.itertuples()
    )
    n = len(outcome.people)
    people = "One person" if n == 1 else f"{n} people"
    said = f"It has learnt from {many(facts['training_labels'], 'label')}"
    said += f"; their texts were chosen as follows: {chosen}. " if chosen else ". "
    said += f"{people} labelled."
    if facts["words"] is not None:
        named = "; ".join(
            f"{_plain(name)}: {_plain(', '.join(words))}"
            for name, words in zip(facts["classes"], facts["words"], strict=True)
        )
        said += (
            " Beside them it has learnt from its own guesses, which began at words that"
            f" were given for each class ({named})."
        )
    return said


def _tested(facts: Mapping) -> Iterable[str]:
    if not facts["test_labels"]:
        yield "Nobody has measured it: no text of a test set has a label."
        return
    yield _table(
        ("", "on the test set", f"{100 * LEVEL:.0f}% interval"),
        (
            (
                name,
                f"{facts[key]:.3f}",
                f"{facts[f'{key}_low']:.3f} to {facts[f'{key}_high']:.3f}",
            )
            for key, name in (("accuracy", "accuracy"), ("macro_f1", "macro-F1"))
        ),
    )
    yield _test_set(facts)


def _test_set(facts: Mapping) -> str:
    tested, unknown = facts["test_labels"], facts["test_cannot_tell"]
    said = (
        f"The test set is {tested} labelled texts, drawn at random before anything else"
        " and never learnt from. The intervals speak of the luck of that draw (Wilson"
        " 1927; of macro-F1 the bootstrap)."
    )
    if unknown:
        worst = facts["accuracy"] * tested / (tested + unknown)
        said += (
            f" Of {unknown} more texts of the draw nobody could tell the class, and they"
            f" are not in these numbers; counted as errors, they make the accuracy"
            f" {worst:.3f}."
        )
    return said


def _limits(outcome: Outcome) -> Iterable[str]:
    yield (
        "These numbers hold for texts of the kind and time that the test set was drawn"
        " from. Nobody has measured it on others."
    )
    yield "A label is what a person said. Where people err, so does the test."
    yield (
        "Its probabilities are not calibrated: 0.9 does not promise nine right out of ten."
    )
    counts = zip(outcome.classes, outcome.by_class["training"], strict=True)
    if rare := [name for name, labels in counts if labels < FEW]:
        yield (
            f"It has learnt from fewer than {FEW} labels of"
            f" {', '.join(map(_plain, rare))}."
        )


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    marks = ("---", *["---:"] * (len(header) - 1))
    cells = [header, marks, *([_plain(str(cell)) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _plain(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    return re.sub(r"([\\`*_\[\]<>#|&])", r"\\\1", " ".join(text.split()))
