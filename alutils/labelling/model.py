"""A trained model, kept in a folder with its card."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.labelling.card import model_card
from alutils.labelling.model_files import (
    Features,
    Predictor,
    files_of,
    predictor_of,
)
from alutils.labelling.outcome import Outcome
from alutils.labelling.outputs import (
    read_facts,
    read_written,
    write_folder,
)
from alutils.provenance import current_commit, versions

KIND = "alutils model"
CHECKED = 2_000  # texts on which a model must answer as before it was kept
ENDS = ("", "_low", "_high")


@dataclass(frozen=True)
class KeptModel:
    """A model from a folder.

    Attributes
    ----------
    classes
        names, in the order of the columns
    facts
        what `facts.json` says of it
    predictor
        what answers
    """

    classes: tuple[str, ...]
    facts: dict
    predictor: Predictor

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Probability of each class for each text, shape (n_texts, k)."""
        if len(texts) == 0:
            return np.empty((0, len(self.classes)))
        return self.predictor.predict_proba(texts)


def keep_model(
    folder: Path | str,
    outcome: Outcome,
    reviews: Reviews,
    features: Features,
    *,
    about: str = "",
) -> Path:
    """Write the model of an outcome into a folder: `model.skops` (a linear model) or
    `model.keras` and `vocabulary.txt` (the network), its card `card.md`, and
    `facts.json`.

    What is written is read again first, and must give the texts of the corpus (of a large
    one, 2,000 of them) the same probabilities as the learner does, bit for bit.

    Parameters
    ----------
    features
        what gives any text the features that the learner has learnt on: for those of
        `tfidf`, what `vectorizer_of` gives for the same arguments
    about
        what the model is for, a sentence or two for its card

    Raises
    ------
    TypeError
        If the learner is of a kind that cannot be kept.
    ValueError
        If there is none, it has learnt from fewer than two classes, or the features are
        not its own.
    FileExistsError
        If the folder holds other files of these names, or some that were changed.
    """
    if outcome.learner is None:
        raise ValueError(
            "there is no model yet: label texts of two classes to learn from, then keep it"
        )
    files, needs = files_of(outcome.learner, features)
    facts = _facts(outcome, reviews, about) | needs
    rows = np.linspace(0, len(reviews) - 1, min(len(reviews), CHECKED)).astype(int)
    before = outcome.learner.predict_proba(rows)
    try:
        after = predictor_of(facts, files).predict_proba(reviews.texts[rows])
    except ValueError as error:  # another number of features
        after, why = None, str(error)
    else:
        why = "their probabilities differ"
    if after is None or not np.array_equal(before, after):
        raise ValueError(
            f"these features are not the learner's own ({why}): make them from the rows"
            " and settings that the learner's were made from"
        )
    card = model_card(facts, outcome)
    return write_folder(folder, files | {"card.md": card.encode()}, facts, KIND)


def kept_model(folder: Path | str) -> KeptModel:
    """The model in a folder that `keep_model` wrote. Nothing in it can run code of its
    own.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is not as it was written, lacks a part, or holds types of other packages than
        scikit-learn, NumPy and SciPy; the message names them.

    Warns
    -----
    UserWarning
        If it was made with other versions than are installed here.
    """
    facts = read_facts(folder, KIND)
    names = [name for name in facts["files"] if name != "card.md"]
    files = {name: read_written(folder, facts, name) for name in names}
    try:
        classes, made_with = tuple(facts["classes"]), dict(facts["versions"])
        predictor = predictor_of(facts, files)
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"{folder} does not hold all that a model needs ({error}): copy it again"
        ) from None
    here = _versions()
    others = [
        f"{package} {version} (here {here.get(package, 'none')})"
        for package, version in made_with.items()
        if here.get(package) != version
    ]
    if others:
        warnings.warn(
            f"the model in {folder} was made with {', '.join(others)}: its probabilities"
            " may differ in their last digits",
            stacklevel=2,
        )
    return KeptModel(classes, facts, predictor)


def _facts(outcome: Outcome, reviews: Reviews, about: str) -> dict:
    scores = [f"{s}{end}" for s in ("accuracy", "macro_f1") for end in ENDS]
    tested = outcome.errors is not None
    words = getattr(outcome.learner, "words", None)  # of one that starts from them
    return {
        "about": about,
        "classes": list(outcome.classes),
        "corpus": {
            "name": reviews.name,
            "reviews": len(reviews),
            "sha256": reviews.digest,
        },
        "training_labels": outcome.training_labels,
        "words": None if words is None else [list(one) for one in words.words],
        "test_labels": outcome.errors.reviews if tested else 0,
        "test_cannot_tell": outcome.cannot_tell,
        **{s: float(outcome.curve[s].iloc[-1]) if tested else None for s in scores},
        "versions": _versions(),
        "commit": current_commit(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _versions() -> dict[str, str]:
    packages = ("numpy", "scipy", "scikit-learn")
    return versions() | {name: metadata.version(name) for name in packages}
