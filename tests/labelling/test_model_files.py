"""The network as files; the linear model's are tested in test_model.py."""

import hashlib
import json
import shutil

import numpy as np
import pytest
from labelled import labelled_state

from alutils.corpus.reviews import Reviews
from alutils.features.tokens import TokenReader, token_ids
from alutils.labelling.model import keep_model, kept_model
from alutils.labelling.outcome import outcome_of
from alutils.settings import Settings

SETTINGS = Settings(
    vocabulary_size=60, sequence_length=8, batch_size=16, epochs=1, patience=1
)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Reviews in three classes, of which two are taught, and the outcome and folder of a
    network that has learnt them."""
    from alutils.learners.bilstm import BiLSTMLearner

    rng = np.random.default_rng(0)
    labels = np.tile([0, 1], 40)
    texts = [
        f"{'“Gut”' if label else 'ÜBEL'}: {' '.join(rng.choice(list('abcdefgh'), 5))} {row}"
        for row, label in enumerate(labels)
    ]
    reviews = Reviews(texts, labels, "made up", ("bad", "good", "other"))
    tokens = token_ids(
        reviews,
        np.arange(80),
        vocabulary_size=60,
        sequence_length=8,
        standardization="unicode",
    )

    def learner(n_classes, rng):
        validation = np.arange(60, 70), labels[60:70]
        return BiLSTMLearner(tokens.ids, validation, SETTINGS, rng, n_classes=n_classes)

    state = labelled_state(reviews, tested=10, rounds=[40])
    outcome = outcome_of(reviews, state, learner)
    reader = TokenReader(tuple(tokens.vocabulary), 8, "unicode")
    folder = tmp_path_factory.mktemp("network") / "model"
    keep_model(folder, outcome, reviews, reader)
    return reviews, outcome, folder


def test_a_kept_network_gives_the_same_probabilities_in_another_process(
    network, tmp_path, run_python
):
    reviews, outcome, folder = network
    texts, answers = tmp_path / "texts.json", tmp_path / "answers.npy"
    texts.write_text(json.dumps(list(reviews.texts)))
    run_python(
        f"""
import json
import numpy as np
from alutils.labelling.model import kept_model
texts = json.load(open({str(texts)!r}))
np.save({str(answers)!r}, kept_model({str(folder)!r}).predict_proba(texts))
"""
    )
    before = outcome.learner.predict_proba(np.arange(80))
    assert np.load(answers).tobytes() == before.tobytes()
    assert len(np.unique(before[:, 0])) > 1
    assert not before[:, 2].any()  # nobody has shown it one


def test_a_network_with_code_of_its_own_is_refused(network, tmp_path):
    import keras

    folder = shutil.copytree(network[2], tmp_path / "copy")
    layers = [keras.layers.Input((8,)), keras.layers.Lambda(lambda ids: ids + 1)]
    keras.Sequential(layers).save(folder / "model.keras")
    facts = json.loads((folder / "facts.json").read_text())
    content = (folder / "model.keras").read_bytes()
    facts["files"]["model.keras"] = hashlib.sha256(content).hexdigest()
    (folder / "facts.json").write_text(json.dumps(facts))
    with pytest.raises(ValueError, match="no model that can be loaded in safe mode"):
        kept_model(folder)


def test_another_vocabulary_than_the_networks_is_refused(network, tmp_path):
    reviews, outcome, folder = network
    words = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
    reader = TokenReader((*words[:2], *words[:1:-1]), 8, "unicode")
    with pytest.raises(ValueError, match="not the learner's own"):
        keep_model(tmp_path / "m", outcome, reviews, reader)
