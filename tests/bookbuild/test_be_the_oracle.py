"""The page "Be the oracle": that it computes what alutils computes, and what it is given."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter

import numpy as np
import pytest

from alutils.cache import arrays_to_texts
from alutils.corpus.reviews import load_reviews
from alutils.evidence.intervals import share_interval
from alutils.loop.session import Session
from bookbuild.be_the_oracle import (
    BUDGETS,
    ORDERS,
    POOL,
    SCALE,
    STRATEGIES,
    TEST,
    SettledBeforehand,
    learner,
    page_arrays,
    script,
    still,
    substitutions,
    tidy,
)
from bookbuild.execute import ROOT

LABELS = 40
PRELUDE = f"""
const model = require({str(ROOT / "_scripts/oracle/model.js")!r});
const report = require({str(ROOT / "_scripts/oracle/report.js")!r});
require(process.argv[2]);
const materials = model.unpack(globalThis.beTheOracleData);
const print = (found) => console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def made():
    return page_arrays()


@pytest.fixture(scope="module")
def in_node(made, tmp_path_factory):
    """What a script prints as JSON that computes as the page does."""
    if not shutil.which("node"):
        pytest.skip("no Node.js: install Node.js 20 or later")
    folder = tmp_path_factory.mktemp("page")
    data = folder / "data.js"
    data.write_bytes(script(made))

    def run(code: str):
        (folder / "code.cjs").write_text(PRELUDE + code, encoding="utf-8")
        command = ["node", str(folder / "code.cjs"), str(data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def answer_of(row: int, label: int) -> int:
    """A person's answer: right but for every ninth sentence; every eleventh unknown."""
    return -1 if row % 11 == 0 else label if row % 9 else 1 - label


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_page_and_alutils_ask_for_the_same_rows_and_agree_on_what_they_learn(
    made, in_node, strategy
):
    found = in_node(f"""
    const answer = (row) => row % 11 === 0 ? -1 :
      row % 9 ? materials.labels[row] : 1 - materials.labels[row];
    print(materials.orders.map((_, seed) => {{
      const answers = [];
      for (let k = 0; k < {LABELS}; k += 1) {{
        const row = model.nextRow(materials, {{ strategy: {strategy!r}, seed, answers }});
        answers.push([row, answer(row)]);
      }}
      const learnt = model.learnt(materials, answers);
      const curve = model.learningCurve(materials, answers);
      return {{
        asked: answers.map(([row]) => row),
        probabilities: materials.rows.map((_, row) => learnt(row)),
        accuracy: curve[curve.length - 1],
      }};
    }}));
    """)
    assert len(found) == ORDERS == 20
    every, test = np.arange(POOL + TEST), np.arange(POOL, POOL + TEST)
    for order, page in zip(made["orders"], found, strict=True):
        one = learner(made["features"])
        session = Session(one, STRATEGIES[strategy], order, SettledBeforehand())
        asked = []
        for _ in range(LABELS):
            session.fit()
            (row,) = session.ask(1)
            session.tell([row], [answer_of(row, int(made["labels"][row]))])
            asked.append(int(row))
        session.fit()
        assert page["asked"] == asked
        ours = one.predict_proba(every)
        assert np.abs(ours[:, 1] - page["probabilities"]).max() < 1e-6
        right = np.mean(ours[test].argmax(axis=1) == made["labels"][test])
        assert page["accuracy"] == pytest.approx(right, abs=1e-12)


def test_a_pool_that_is_used_up_has_no_next_row(in_node):
    found = in_node("""
    const answers = materials.orders[0].map((row) => [row, materials.labels[row]]);
    print(["doubt", "random"].map((strategy) => [
      model.nextRow(materials, { strategy, seed: 0, answers: answers.slice(0, -1) }),
      model.nextRow(materials, { strategy, seed: 0, answers }),
      materials.orders[0].at(-1),
    ]));
    """)
    for last, none, expected in found:
        assert (last, none) == (expected, -1)


def test_the_band_holds_nine_of_ten_runs_of_random_labels(made, in_node):
    band = in_node(
        f"print({BUDGETS}.map((labels) => model.randomAfter(materials.band, labels)))"
    )
    for runs, at in zip(made["random"].T, band, strict=True):
        inside = np.mean((runs >= at["low"] - 1e-5) & (runs <= at["high"] + 1e-5))
        assert inside >= 0.9
        assert at["mean"] == pytest.approx(runs.mean(), abs=1e-5)
    between, beyond = in_node(
        "print([50, 400].map((labels) => model.randomAfter(materials.band, labels)))"
    )
    at_40, at_60 = (band[BUDGETS.index(labels)]["mean"] for labels in (40, 60))
    assert between["mean"] == pytest.approx((at_40 + at_60) / 2)
    assert beyond == band[-1]


def test_the_report_counts_as_our_intervals_do(in_node):
    shares = [(36, 40), (0, 8), (20, 20), (11, 20)]
    found = in_node(
        f"print({json.dumps(shares)}.map((s) => report.shareInterval(...s)))"
    )
    for (hits, of), interval in zip(shares, found, strict=True):
        assert interval == pytest.approx(share_interval(hits, of), abs=1e-9)
    assert in_node("print([[3, 1, 2], [4, 1, 2, 3]].map(report.median))") == [2, 2.5]


@pytest.mark.parametrize(
    "answers, said",
    [
        ("row % 10 ? right : 1 - right, 5, false", []),
        ("1, 5, false", ["All of your 40 labels are the same"]),
        ("row % 2, 5, false", ["A coin would agree"]),
        ("1 - right, 5, false", ["more often than a coin would"]),
        ("right, 0.3, false", ["Nobody reads"]),
        ("1, 0.1, true", []),  # the page's own
    ],
)
def test_what_is_striking_is_said_and_nothing_else(in_node, answers, said):
    code = f"""
    const answers = materials.orders[0].slice(0, 40).map((row) => {{
      const right = materials.labels[row];
      return [row, {answers}];
    }});
    const found = report.summary(materials, answers);
    print([report.observations(found), found]);
    """
    observations, found = in_node(code)
    assert len(observations) == len(said)
    for whole, part in zip(observations, said, strict=True):
        assert part in whole
    assert found["labels"] + found["played"] == 40
    assert found["agreed"] + len(found["apart"]) == found["labels"]


def test_pool_and_test_are_balanced_and_apart_and_come_from_the_sentences(made):
    texts = arrays_to_texts(made)
    known = Counter(map(tidy, load_reviews("rotten_tomatoes").texts))
    assert len(set(texts)) == POOL
    assert all(known[text] for text in texts)
    pool, test = np.split(made["labels"], [POOL])
    assert (pool.mean(), test.mean()) == (0.5, 0.5)
    assert [len(text.split()) > 4 for text in texts] == [True] * POOL
    for order in made["orders"]:
        assert sorted(order) == list(range(POOL))


def test_the_curve_rises_enough_to_be_seen(made):
    mean = dict(zip(BUDGETS, made["random"].mean(axis=0), strict=True))
    assert mean[0] == 0.5
    assert mean[40] > mean[10] + 0.04 > mean[0] + 0.1


def test_the_data_stays_small_and_the_same_inputs_give_the_same_bytes(made):
    data = script(made)
    assert data == script(page_arrays())
    assert len(data) < 150_000
    numbers = json.loads(re.fullmatch(rb"[\w.]+ = (.*);\n", data)[1])
    assert numbers["texts"] == arrays_to_texts(made)
    assert made["features"].shape == (POOL + TEST, numbers["dimensions"])
    # None was rounded: what the page divides is exactly what alutils is given.
    lengths = np.linalg.norm(made["features"] / SCALE, axis=1)
    assert lengths == pytest.approx(1, abs=1e-3)


def test_there_is_a_still_picture_and_the_page_can_quote_its_numbers(made):
    (axis,) = still(made).axes
    assert len(axis.get_lines()) >= 2
    page = (ROOT / "book" / "be-the-oracle.md").read_text(encoding="utf-8")
    quoted = set(re.findall(r"\{\{ (oracle_\w+) \}\}", page))
    assert quoted == set(substitutions(made))
