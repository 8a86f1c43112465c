"""The parts to move, each with data such as a chapter gives it, and a page of them all."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pydata_sphinx_theme
import sphinx_book_theme
from made_up_runs import table_of

from alutils.evidence.seesaw import QueryStep, seesaw
from alutils.evidence.single_runs import single_runs
from alutils.evidence.stopping import regrets_over_texts
from alutils.evidence.targets import labels_over_targets
from alutils.evidence.thresholds import counts_by_class
from alutils.figures.moving import Moving, moving
from alutils.loop.stopping import FixedBudget, never

STATIC = Path(__file__).parents[2] / "_static"
MOVING = STATIC.parent / "_scripts" / "moving"
STYLES = [
    Path(theme.__file__).parent / f"theme/{theme.__name__}/static/styles/{name}.css"
    for theme, name in (
        (pydata_sphinx_theme, "pydata-sphinx-theme"),
        (sphinx_book_theme, "sphinx-book-theme"),
    )
]
ARMS = {
    "random": "random",
    "margin": "margin",
    "words": "the same, with self-training",
}
STOPS = {"budget of 500": FixedBudget(500), "going on to the end": never}
TARGETS = np.arange(160, 181) / 200


def tested(rng: np.random.Generator, middle: float) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of 2,000 texts around a middle, and their labels."""
    truth = np.arange(2_000) % 2
    logits = rng.normal(2.2 * truth - 1.1, 1.3) + np.log(middle / (1 - middle))
    return 1 / (1 + np.exp(-logits)), truth


def queries(rng: np.random.Generator) -> tuple[list[QueryStep], np.ndarray]:
    """Four queries of a model whose hill slides from side to side."""
    left, steps = np.arange(2_000), []
    hill = rng.random(len(left))
    for middle, positive in ((0.42, 38), (0.55, 71), (0.48, 34), (0.5, 55)):
        places = np.argsort(np.abs(hill - 0.5))[:100]
        asked, left = left[places], np.delete(left, places)
        hill = np.clip(rng.normal(middle, 0.08, len(left)), 0, 1)
        test, truth = tested(rng, middle)
        steps.append(QueryStep(asked, positive, left, hill, test))
    return steps, truth


def learning_runs(rng: np.random.Generator) -> pd.DataFrame:
    """Ten runs of each arm; no arm gets to the highest targets."""
    speed = {"random": 500, "margin": 300, "words": 200}
    return table_of(
        {
            (arm, seed): {
                n: 0.5 + 0.38 * (1 - np.exp(-n / s)) + rng.normal(0, 0.004)
                for n in range(100, 2_001, 100)
            }
            for arm, s in speed.items()
            for seed in range(10)
        }
    )


def final_runs(rng: np.random.Generator) -> pd.Series:
    """Final accuracy of twelve runs of one code."""
    index = pd.MultiIndex.from_product([["same"], range(12)], names=["arm", "seed"])
    return pd.Series(rng.normal(0.86, 0.008, 12), index)


def stopped_runs(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Five watched runs in each of two places, in one of which they learn slowly."""
    labels = np.arange(100, 2_001, 100)
    found = {}
    for name, speed in (("reviews", 200), ("sentences", 900)):
        runs = {
            ("margin", seed): {
                n: 0.5 + 0.38 * (1 - np.exp(-n / speed)) + rng.normal(0, 0.004)
                for n in labels
            }
            for seed in range(5)
        }
        found[name] = table_of(runs).assign(least_confidence=0.3)
    return found


def parts() -> dict[str, Moving]:
    """Every part to move, by its name."""
    rng = np.random.default_rng(0)
    data = {
        "threshold": counts_by_class(*tested(rng, 0.6)),
        "seesaw": seesaw(*queries(rng)),
        "calculator": {
            **labels_over_targets(learning_runs(rng), ARMS, "random", TARGETS),
            "seconds": 41.3,
        },
        "lottery": {
            **single_runs(final_runs(rng), {"same": "the published loop"}),
            "apart": 0.005,
            "gaps": {"version 1": 0.0071, "version 2": -0.0039},
        },
        "prices": {
            **regrets_over_texts(stopped_runs(rng), STOPS, [1_000, 10_000, 100_000]),
            "decides": 10_000,
        },
        "triangle": {
            "classes": ["negative", "positive", "mixed"],
            "points": [[0.48, 0.50, 0.02], [0.40, 0.33, 0.27]],
        },
    }
    return {name: moving(name, of) for name, of in data.items()}


def in_node(part: str, data: object, expression: str) -> object:
    """What an expression over `part` and `data` gives in JavaScript."""
    script = f"""
        require({json.dumps(str(MOVING / "moving.js"))});
        const part = require({json.dumps(str(MOVING / f"{part}.js"))});
        const data = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify({expression}));
    """
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(data), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def page(names: list[str]) -> str:
    """A page of the book's theme that shows some parts, above still pictures."""
    files = [*STYLES, *sorted(STATIC.glob("*.css")), MOVING / "moving.css"]
    styles = "".join(f'<link rel="stylesheet" href="{f.as_uri()}">' for f in files)
    scripts = "".join(
        f'<script defer src="{path.as_uri()}"></script>'
        for path in sorted(MOVING.glob("*.js"))
    )
    found = parts()
    cells = "".join(
        f'<h2>{name}</h2><div class="cell"><div class="cell_output docutils container">'
        f'<div class="output text_html">{found[name]._repr_html_()}</div></div></div>'
        f'<div class="cell"><div class="cell_output"><figure id="fig-{name}">'
        f'<img alt="still {name}" width="200" height="100"'
        ' src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">'
        "<figcaption><p>What to see in it.</p></figcaption></figure></div></div>"
        for name in names
    )
    return (
        '<!doctype html><html lang="en" data-theme="light" data-mode="light"><head>'
        '<meta charset="utf-8"><title>Parts to move</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{styles}{scripts}</head><body><main class='bd-content'><article class='bd-article'"
        f' style="max-width: 46rem; margin: auto; padding: 0 1rem">'
        f"<h1>Parts to move</h1>{cells}</article></main></body></html>"
    )
