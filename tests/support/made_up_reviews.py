"""Reviews made up of a few words for each class and many that say nothing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

TELLING = (("dull", "flat", "weak", "slow"), ("fine", "warm", "bright", "moving"))


def write_reviews(folder: Path, labels: Sequence[int]) -> Path:
    """A CSV file with a review of ten words for each label, two of them telling."""
    others, rng = [f"word{k}" for k in range(40)], np.random.default_rng(1)
    path = folder / "reviews.csv"
    lines = [
        " ".join([*rng.choice(TELLING[label], 2), *rng.choice(others, 8)]) + f",{label}"
        for label in labels
    ]
    path.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path
