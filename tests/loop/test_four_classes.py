"""Four classes end to end: reviews of IMDB and sentences of Rotten Tomatoes, negative and
positive."""

import numpy as np
import pytest

from alutils.corpus.reviews import Reviews, load_reviews
from alutils.corpus.splits import Splits
from alutils.features.phrases import tfidf
from alutils.features.tokens import token_ids
from alutils.learners.bilstm import BiLSTMLearner
from alutils.learners.linear import LinearLearner
from alutils.learners.network import seed_everything
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.loop.tables import rounds_table
from alutils.settings import Settings
from alutils.strategies.base import random_sampling
from alutils.strategies.uncertainty import Doubt

CLASSES = (
    "negative review",
    "positive review",
    "negative sentence",
    "positive sentence",
)
OF_EACH = 300


@pytest.fixture(scope="module")
def four_classes() -> Reviews:
    sources = [load_reviews(name, 2 * OF_EACH) for name in ("wheel", "rotten_tomatoes")]
    labels = np.concatenate([2 * k + r.labels for k, r in enumerate(sources)])
    texts = np.concatenate([r.texts for r in sources])
    return Reviews(texts, labels.astype(np.int8), "two sources", CLASSES)


@pytest.fixture(scope="module")
def splits(four_classes) -> Splits:
    rows = np.random.default_rng(0).permutation(len(four_classes))
    start, validation, test, pool = np.split(rows, [40, 140, 540])
    assert set(four_classes.labels[start]) == {0, 1, 2, 3}
    return Splits(start, validation, test, pool)


@pytest.fixture(scope="module")
def tables(four_classes, splits):
    """The rounds of margin and of random queries, by the name of the strategy."""
    features = tfidf(four_classes, splits.training, min_df=2)
    tables, paid = {}, {}
    for name, strategy in (("margin", Doubt()), ("random", random_sampling)):
        oracle = SimulatedOracle(four_classes.labels)
        rounds = active_learning_loop(
            LinearLearner(features, n_classes=4),
            strategy,
            oracle,
            splits,
            [40] * 5,
            np.random.default_rng(1),
        )
        tables[name] = rounds_table(rounds, CLASSES)
        paid[name] = oracle.spent
    return tables, paid


@pytest.mark.parametrize("strategy", ["margin", "random"])
def test_the_loop_learns_four_classes(tables, strategy):
    table = tables[0][strategy]
    assert table["labels"].tolist() == [40, 80, 120, 160, 200, 240]
    assert tables[1][strategy] == {"training": 240, "test": 400}
    # Guessing gives a quarter.
    assert table["macro_f1"].iloc[-1] > 0.5
    assert table["macro_f1"].iloc[-1] > table["macro_f1"].iloc[0]
    for name in CLASSES:
        assert table[f"recall {name}"].iloc[-1] > 0.25
        assert table[f"average_precision {name}"].iloc[-1] > 0.4


def test_margin_asks_other_rows_than_chance_and_begins_from_the_same_model(tables):
    margin, random = (tables[0][name] for name in ("margin", "random"))
    numbers = [name for name in margin.columns if name != "seconds"]
    assert margin[numbers].iloc[0].equals(random[numbers].iloc[0])
    assert not margin[numbers].iloc[-1].equals(random[numbers].iloc[-1])


def test_the_network_tells_long_reviews_from_short_sentences_by_its_softmax(
    four_classes, splits
):
    seed_everything(0)
    settings = Settings(
        vocabulary_size=500, sequence_length=30, batch_size=16, epochs=4, patience=4
    )
    sizes = {"vocabulary_size": 500, "sequence_length": 30}
    tokens = token_ids(four_classes, splits.training, **sizes).ids
    oracle = SimulatedOracle(four_classes.labels)
    validation = (splits.validation, oracle.label(splits.validation, "validation"))
    learner = BiLSTMLearner(
        tokens, validation, settings, np.random.default_rng(0), n_classes=4
    )
    start = Splits(
        splits.training[:200], splits.validation, splits.test, splits.pool[160:]
    )
    rng = np.random.default_rng(1)
    rounds = list(active_learning_loop(learner, Doubt(), oracle, start, [40], rng))
    assert [r.labels for r in rounds] == [200, 240]
    errors = rounds[-1].test
    assert errors.n_classes == 4
    # Which source a text is from, whatever its sentiment: guessing gives a half.
    by_source = np.array(errors.table).reshape(2, 2, 2, 2).sum(axis=(1, 3))
    assert by_source.trace() / errors.reviews > 0.8
    assert errors.macro_f1 > 0.25
