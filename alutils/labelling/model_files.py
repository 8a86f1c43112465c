"""What a trained model is on disk, and how it is read from there: without pickle, and
with nothing in it that could run code of its own."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from alutils.features.tokens import TokenReader
from alutils.features.vectorizer import Vectorizer
from alutils.learners.base import Learner
from alutils.learners.linear import LinearLearner, LinearModel

if TYPE_CHECKING:
    import keras

Features = Vectorizer | TokenReader
PIECE = 5_000  # texts at a time, to spare memory: each is computed by itself


class Predictor(Protocol):
    """A model that reads texts itself."""

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Probability of each class, shape (n_texts, k)."""


@dataclass(frozen=True)
class LinearPredictor:
    """A linear model and what makes its features."""

    features: Vectorizer
    model: LinearModel

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Probability of each class, shape (n_texts, k)."""
        pieces = [
            self.model.predict_proba(self.features.transform(texts[start:][:PIECE]))
            for start in range(0, len(texts), PIECE)
        ]
        return np.concatenate(pieces)


@dataclass(frozen=True)
class NetworkPredictor:
    """The network, what makes its token ids, and the classes that had an example."""

    features: TokenReader
    model: keras.Model
    seen: np.ndarray
    n_classes: int

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Probability of each class, shape (n_texts, k)."""
        from alutils.learners.bilstm import class_columns

        ids = self.features.transform(texts)
        answers = self.model.predict(ids, batch_size=512, verbose=0)
        return class_columns(answers, self.seen, self.n_classes)


def files_of(learner: Learner, features: Features) -> tuple[dict[str, bytes], dict]:
    """The files of a trained learner, and the facts that reading them takes.

    Raises
    ------
    TypeError
        If there is no way to keep such a learner, or such features of it.
    ValueError
        If it has learnt from fewer than two classes.
    """
    while hasattr(learner, "learner"):  # one around another: the inner one answers
        learner = learner.learner
    if isinstance(learner, LinearLearner) and isinstance(features, Vectorizer):
        return _linear_files(learner, features)
    if hasattr(learner, "tokens") and isinstance(features, TokenReader):
        return _network_files(learner, features)
    raise TypeError(
        f"a {type(learner).__name__} with a {type(features).__name__} cannot be kept:"
        " expected a LinearLearner with a Vectorizer, or a BiLSTMLearner with a"
        " TokenReader"
    )


def predictor_of(facts: Mapping, files: Mapping[str, bytes]) -> Predictor:
    """The model in files that `files_of` gave.

    Raises
    ------
    ValueError
        If they hold anything else; types of other packages than scikit-learn, NumPy and
        SciPy are named and not loaded.
    """
    if facts["learner"] == "network":
        return _network(facts, files)
    predictor = _linear(files["model.skops"])
    if predictor.model.n_classes != len(facts["classes"]):
        raise ValueError(
            f"facts.json names {len(facts['classes'])} classes and its model has"
            f" {predictor.model.n_classes}: copy the folder again"
        )
    return predictor


def _checked_seen(seen: Sequence[int]) -> list[int]:
    if len(seen) < 2:
        raise ValueError(
            f"the learner has learnt from {len(seen)} classes: expected labels of two or"
            " more"
        )
    return [int(one) for one in seen]


def _linear_files(
    learner: LinearLearner, features: Vectorizer
) -> tuple[dict[str, bytes], dict]:
    import skops.io

    learnt = learner.learnt
    seen = _checked_seen([] if learnt is None else learnt.seen)
    # Plain parts, so that skops and scikit-learn are enough to open them.
    parts = {
        "phrases": features.phrases,
        "directions": features.directions,
        "weight": features.weight,
        "models": list(learnt.models),
        "seen": seen,
        "n_classes": learnt.n_classes,
    }
    data = skops.io.dumps(parts, compression=zipfile.ZIP_DEFLATED)
    return {"model.skops": data}, {"learner": "linear"}


def _linear(data: bytes) -> LinearPredictor:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        # Trusts scikit-learn, NumPy and SciPy, and builds nothing before it has looked.
        parts = skops.io.loads(data, trusted=[])
    except UntrustedTypesFoundException:
        names = skops.io.get_untrusted_types(data=data)
        raise ValueError(
            f"model.skops holds {', '.join(names)}: expected nothing but what"
            " scikit-learn, NumPy and SciPy have, so it is none of ours and is not loaded"
        ) from None
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"model.skops cannot be read ({error}): copy it again"
        ) from None
    expected = {
        "phrases": TfidfVectorizer,
        "directions": TruncatedSVD | None,
        "weight": float,
        "models": list,
        "seen": list,
        "n_classes": int,
    }
    found = parts if isinstance(parts, dict) else {}
    strange = [
        name for name, kind in expected.items() if not isinstance(found.get(name), kind)
    ]
    strange += [m for m in found.get("models", []) if type(m) is not LogisticRegression]
    if strange:
        raise ValueError(
            f"model.skops holds no model of ours (at {strange[0]}): it is not used"
        )
    return LinearPredictor(
        Vectorizer(parts["phrases"], parts["directions"], parts["weight"]),
        LinearModel(
            tuple(parts["models"]), np.array(parts["seen"]), parts["n_classes"]
        ),
    )


def _network_files(learner: Learner, features: TokenReader) -> tuple[dict, dict]:
    seen = _checked_seen(learner.seen)
    with tempfile.TemporaryDirectory(prefix="alutils-") as scratch:
        path = Path(scratch) / "model.keras"
        learner.model.save(path)
        model = path.read_bytes()
    files = {
        "model.keras": model,
        "vocabulary.txt": "\n".join(features.vocabulary).encode(),
    }
    return files, {
        "learner": "network",
        "seen": seen,
        "sequence_length": features.sequence_length,
        "standardization": features.standardization,
    }


def _network(facts: Mapping, files: Mapping[str, bytes]) -> NetworkPredictor:
    from alutils.provenance import start_tensorflow

    start_tensorflow()
    import keras

    with tempfile.TemporaryDirectory(prefix="alutils-") as scratch:
        path = Path(scratch) / "model.keras"
        path.write_bytes(files["model.keras"])
        try:
            model = keras.saving.load_model(path, safe_mode=True, compile=False)
        except Exception as error:  # Keras has many; the remedy is the same
            raise ValueError(
                f"model.keras is no model that can be loaded in safe mode ({error})"
            ) from None
    reader = TokenReader(
        tuple(files["vocabulary.txt"].decode().split("\n")),
        facts["sequence_length"],
        facts["standardization"],
    )
    n_classes = len(facts["classes"])
    return NetworkPredictor(reader, model, np.array(facts["seen"]), n_classes)
