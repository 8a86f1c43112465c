"""What a learner makes of its own examples, each left out in its turn."""

from __future__ import annotations

import numpy as np

from alutils.learners.base import Learner, as_examples


def out_of_fold(
    learner: Learner, rows: np.ndarray, labels: np.ndarray, *, folds: int = 5
) -> np.ndarray:
    """Probabilities for each row by the learner taught without it, shape (n, k)
    (cross-validation, Stone 1974).

    The first row goes to the first fold, the second to the second, and so on in turn.
    The learner is left as the last fold taught it.

    Raises
    ------
    ValueError, TypeError
        If there are fewer than two folds, no rows, or rows and labels do not match.
    """
    if folds < 2:
        raise ValueError(
            f"folds={folds}: to leave a row out and teach the others takes at least 2"
        )
    rows, labels, _ = as_examples(rows, labels, None)
    if not len(rows):
        raise ValueError("no rows to leave out: give the examples of a learner")
    fold = np.arange(len(rows)) % folds
    answers = []
    for left_out in range(min(folds, len(rows))):
        kept = fold != left_out
        learner.fit(rows[kept], labels[kept])
        answers.append(learner.predict_proba(rows[~kept]))
    found = np.empty((len(rows), answers[0].shape[1]))
    for left_out, answer in enumerate(answers):
        found[fold == left_out] = answer
    return found
