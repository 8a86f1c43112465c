"""The scripts that draw the parts to move: their numbers are those of the package."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from moving_parts import (
    ARMS,
    MOVING,
    STOPS,
    in_node,
    learning_runs,
    parts,
    queries,
    stopped_runs,
)
from scipy.stats import chisquare
from sklearn.metrics import accuracy_score, confusion_matrix

from alutils.evidence.intervals import share_of_labels
from alutils.evidence.seesaw import seesaw
from alutils.evidence.stopping import Prices, regrets_over_texts, stops_table
from alutils.figures.moving import moving
from alutils.strategies.scores import entropy, least_confidence, margin

ROOT = Path(__file__).parents[2]
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="no Node.js")


def data_of(part: str) -> dict:
    return json.loads(parts()[part].json)


@needs_node
def test_errors_at_every_threshold_are_those_of_the_confusion_matrix():
    data = data_of("threshold")
    # One text at each place of the grid at which one was counted.
    labels, places = (
        np.concatenate(columns)
        for columns in zip(
            *(
                (np.full(sum(data[name]), label), np.repeat(range(401), data[name]))
                for label, name in enumerate(("negative", "positive"))
            ),
            strict=True,
        )
    )
    asked = [0, 1, 150, 200, 399, 400]
    found = in_node("threshold", data, f"{asked}.map((k) => part.countsAt(data, k))")
    for place, now in zip(asked, found, strict=True):
        said = (places > place).astype(int)
        (tn, fp), (fn, tp) = confusion_matrix(labels, said, labels=[0, 1])
        names = ("trueNegatives", "falsePositives", "falseNegatives", "truePositives")
        assert [now[name] for name in names] == [tn, fp, fn, tp]
        assert now["accuracy"] == pytest.approx(accuracy_score(labels, said))
        assert now["ratio"] == (pytest.approx(fn / fp) if fp else None)


@needs_node
def test_accuracy_at_every_mark_is_that_of_the_recorded_probabilities():
    steps, truth = queries(np.random.default_rng(3))
    data = seesaw(steps, truth)
    plain = json.loads(moving("seesaw", data).json)
    marks = [0, 150, 200, 237, 400]
    found = in_node(
        "seesaw",
        plain,
        f"data.rounds.map((r) => {marks}.map((k) => part.accuracyAt(r, k)))",
    )
    for step, accuracies in zip(steps, found, strict=True):
        for mark, accuracy in zip(marks, accuracies, strict=True):
            assert accuracy == pytest.approx(
                np.mean((step.tested > mark / 400) == truth)
            )


@needs_node
def test_the_mark_moves_where_the_hills_are_and_a_guess_is_judged_by_the_labels():
    data = data_of("seesaw")
    low, high = in_node("seesaw", data, "part.rangeOf(data)")
    assert 0 <= low < 200 < high <= 400
    for one in data["rounds"]:
        inside = sum(one["pool"][low : high + 1])
        assert inside >= 0.99 * sum(one["pool"])
    asked = [{"asked": 100, "asked_positive": n} for n in (0, 49, 50, 51, 100)]
    expected = ["negative", "negative", "neither", "positive", "positive"]
    assert in_node("seesaw", asked, "data.map(part.outcome)") == expected


@needs_node
def test_what_is_saved_is_one_minus_the_share_that_python_finds():
    data = data_of("calculator")
    arm = data["arms"][list(ARMS).index("margin")]
    table = learning_runs(np.random.default_rng(4))
    reached = [0.80, 0.85, 0.95]
    shares = list(
        zip(*share_of_labels(table, "margin", "random", reached), strict=True)
    )
    plain = json.loads(moving("calculator", {"shares": shares}).json)["shares"]
    found = in_node("calculator", plain, "data.map(part.saving)")
    for (value, low, high), (saved, least, most) in zip(shares, found, strict=True):
        for share, number in ((value, saved), (low, most), (high, least)):
            known = np.isfinite(share) and share > 0
            assert number == (pytest.approx(1 - share, abs=1e-6) if known else None)
    assert found[2] == [None, None, None]  # nobody gets to 95%
    labels = [one[0] for one in arm["labels"]]
    hours = in_node("calculator", labels, "data.map((n) => part.hours(n, 41.3))")
    assert hours == [n if n is None else pytest.approx(n * 41.3 / 3600) for n in labels]


@needs_node
def test_an_interval_without_an_end_says_which_one_it_lacks():
    ends = [[1, 2], [None, 2], [1, None], [None, None]]
    words = in_node(
        "calculator", ends, "data.map(([a, b]) => part.between(a, b, String))"
    )
    assert words == ["1 to 2", "at most 2", "at least 1", "not known"]


@needs_node
def test_the_cheapest_way_to_stop_is_the_one_that_python_finds():
    data = data_of("prices")
    runs = stopped_runs(np.random.default_rng(8))
    data = json.loads(
        moving("prices", regrets_over_texts(runs, STOPS, data["texts"])).json
    )
    found = in_node(
        "prices",
        data,
        "data.places.map((p) => data.texts.map((_, k) => part.cheapest(p.rules, k)))",
    )
    for (_, table), best in zip(runs.items(), found, strict=True):
        prices = {str(n): Prices(1, 1, n) for n in data["texts"]}
        means = stops_table(table, STOPS, prices).groupby("rule")[list(prices)].mean()
        names = [[list(STOPS)[k] for k in places] for places in best]
        assert names == [[means[price].idxmin()] for price in prices]
    assert found[0] != found[1]  # who learns slowly had better go on
    tied = [{"regrets": [[n]]} for n in (5, 3, 3)]
    assert in_node("prices", tied, "part.cheapest(data, 0)") == [1, 2]


def mulberry32(state: int):
    """Ettinger's generator, written out with whole numbers of 32 bits."""
    mask = 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & mask
        mixed = ((state ^ (state >> 15)) * (1 | state)) & mask
        mixed ^= (mixed + (mixed ^ (mixed >> 7)) * (61 | mixed)) & mask
        yield (mixed ^ (mixed >> 14)) / 2**32


@needs_node
def test_pairs_are_drawn_by_a_seeded_generator_from_two_different_runs():
    data = data_of("lottery")
    numbers, pairs = in_node(
        "lottery",
        data,
        "(() => { const random = part.chance(5); const twin = part.chance(5);"
        " return [Array.from({ length: 50 }, random),"
        " Array.from({ length: 2000 }, () => part.pair(data.arms, twin))]; })()",
    )
    assert numbers == list(itertools.islice(mulberry32(5), 50))
    (arm,) = data["arms"]
    accuracy = dict(zip(arm["seeds"], arm["accuracy"], strict=True))
    for drawn in pairs:
        assert drawn["accuracy"] == [accuracy[seed] for seed in drawn["seeds"]]
    # Each of the ordered pairs is as likely as any other: 2000 / 132 of each.
    often = {tuple(p): 0 for p in itertools.permutations(arm["seeds"], 2)}
    for drawn in pairs:
        often[tuple(drawn["seeds"])] += 1
    assert chisquare(list(often.values())).pvalue > 0.001


@needs_node
def test_the_share_of_all_pairs_that_are_far_apart_is_counted_not_drawn():
    data = data_of("lottery")
    gaps = [
        abs(one - other)
        for arm in data["arms"]
        for one, other in itertools.combinations(arm["accuracy"], 2)
    ]
    found = in_node("lottery", data, "part.allPairs(data.arms, data.apart)")
    assert found == {"far": sum(gap >= 0.005 for gap in gaps), "of": len(gaps)}


@needs_node
def test_the_pair_that_is_asked_about_could_be_taken_for_a_finding():
    data = data_of("lottery")
    far, alike = in_node(
        "lottery",
        data,
        "[part.telling(data.arms, data.apart, part.chance(1)),"
        " part.telling(data.arms, 1, part.chance(1))]",
    )
    assert abs(np.diff(far["accuracy"])) >= 0.005
    assert len(alike["seeds"]) == 2  # where no pair is that far apart, any will do


SCORES = {"least confidence": least_confidence, "margin": margin, "entropy": entropy}


@needs_node
@pytest.mark.parametrize("name", SCORES)
def test_a_score_of_the_triangle_is_that_of_the_package_along_its_whole_line(name):
    p = np.random.default_rng(0).dirichlet([1, 1, 1], 20)
    p = [*p.tolist(), [1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]]
    of = f"part.scores[{json.dumps(name)}]"
    values, lines = in_node(
        "triangle",
        p,
        f"[data.map({of}), data.slice(0, 20).map((p) => part.contour({of}, p).flat())]",
    )
    assert values == pytest.approx(SCORES[name](np.array(p)).tolist(), abs=1e-9)
    for value, line in zip(values[:20], lines, strict=True):
        assert len(line) > 10
        assert SCORES[name](np.array(line)) == pytest.approx(value, abs=1e-6)


@needs_node
def test_each_score_asks_first_for_what_it_doubts_more():
    points = data_of("triangle")["points"]
    expected = {
        name: int(np.argmax(score(np.array(points)))) for name, score in SCORES.items()
    }
    found = in_node(
        "triangle",
        points,
        "Object.fromEntries(Object.entries(part.scores)"
        ".map(([name, score]) => [name, part.first(score, data)]))",
    )
    assert found == expected
    assert set(expected.values()) == {0, 1}  # they do not agree
    same = [points[0], points[0]]
    assert in_node("triangle", same, "part.first(part.scores.margin, data)") is None


@needs_node
def test_a_point_that_is_moved_stays_a_probability():
    p = np.random.default_rng(1).dirichlet([1, 1, 1], 20).tolist()
    back, outside, raised = in_node(
        "triangle",
        p,
        "[data.map((p) => part.probabilities(part.place(p))),"
        " [[-1, -1], [2, 0.1], [0.5, 3]].map(part.probabilities),"
        " [[0, 0, 1], ...data].map((p) => part.withProbability(p, 2, 0.4))]",
    )
    assert np.array(back) == pytest.approx(np.array(p))
    for one in outside:
        assert min(one) >= 0
        assert sum(one) == pytest.approx(1)
    assert raised[0] == pytest.approx([0.3, 0.3, 0.4])
    for before, after in zip(p, raised[1:], strict=True):
        assert after[2] == 0.4
        assert after[0] / after[1] == pytest.approx(before[0] / before[1])


@needs_node
def test_numbers_are_written_as_in_the_tables_of_the_book():
    written = in_node(
        "threshold",
        [-0.0004, -1.25, 0.12345],
        "[...data.map((n) => moving.fixed(n, 2)), moving.percent(0.8623),"
        " moving.count(12345), moving.ticks(0, 1, 5), moving.ticks(0.42, 0.58, 4)]",
    )
    assert written[:5] == ["0.00", "−1.25", "0.12", "86.2%", "12,345"]
    assert written[5:] == [[0, 0.2, 0.4, 0.6, 0.8, 1], [0.45, 0.5, 0.55]]


def parts_named_in(text: str) -> set[str]:
    return set(re.findall(r"""\bmoving\(\s*["']([a-z]+)["']""", text))


def test_every_part_that_a_page_names_has_its_script():
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("book/**/*.md")]
    for path in ROOT.glob("notebooks/*.ipynb"):
        texts += [cell.source for cell in nbformat.read(path, 4).cells]
    named = set().union(*map(parts_named_in, texts))
    assert named <= {path.stem for path in MOVING.glob("*.js")} - {"moving"}
    assert parts_named_in('display(\n    moving(\n        "seesaw", {}))') == {"seesaw"}


@pytest.mark.parametrize("path", sorted(MOVING.glob("*.js")), ids=lambda p: p.name)
def test_a_script_costs_a_page_less_than_twelve_kilobytes(path):
    assert path.stat().st_size < 12_000
