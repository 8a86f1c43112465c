"""Reviews of other kinds than the book's own, for the chapters to run on."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd

from alutils.corpus.reviews import load_reviews
from bookbuild.execute import execute

# Labels and texts that Markdown would take for its own.
POSITIVE, NEGATIVE = "worth $5, *more* or <b>less</b>", "# | `no`\\"


def short_texts(path: Path) -> dict[str, object]:
    """Write a CSV file of 1,000 texts of a few words; what a notebook needs to read it."""
    sentences = load_reviews("rotten_tomatoes")
    rows = np.concatenate(
        [np.flatnonzero(sentences.labels == label)[:500] for label in (0, 1)]
    )
    texts = [
        " ".join(text.split()[:8]) + " $1 *or* <i>$2\n# {{"
        for text in sentences.texts[rows]
    ]
    labels = np.where(sentences.labels[rows] == 1, POSITIVE, NEGATIVE)
    pd.DataFrame({"what they say": texts, "verdict": labels}).to_csv(path, index=False)
    columns = {"text_column": "what they say", "label_column": "verdict"}
    return {"source": str(path), "positive": POSITIVE, **columns}


def outputs_on(notebook: Path, folder: Path, **parameters: object) -> list[dict]:
    """What a chapter shows on these reviews, cell by cell, as nbformat keeps it."""
    executed = execute(notebook, "small", folder, threads=1, **parameters)
    return [
        output
        for cell in nbformat.read(executed, 4).cells
        for output in cell.get("outputs", [])
    ]


def faults(outputs: list[dict]) -> list[str]:
    """Warnings, and numbers that are missing."""
    found = []
    for output in outputs:
        text = str(output.get("text", "")) + str(
            [v for k, v in output.get("data", {}).items() if k.startswith("text/")]
        )
        if output.get("name") == "stderr" or "WARNING" in text:
            found.append(text)
        found += re.findall(r".{0,60}\bnan\b.{0,60}", text, flags=re.IGNORECASE)
    return found
