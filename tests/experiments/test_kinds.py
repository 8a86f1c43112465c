"""Whoever writes a strategy or a learner into a file of its own can name it in a grid."""

import pytest

from alutils import learners, strategies
from alutils.experiments import kinds
from alutils.experiments.config import Run
from alutils.experiments.materials import MATERIALS

STRATEGY = '''
"""Doubt, seen through thick glasses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from alutils.strategies.base import State


def first_of_the_pool(state: State, size: int) -> np.ndarray:
    """The first rows of the pool."""
    return state.pool[:size]


def closeness(probabilities: np.ndarray) -> np.ndarray:
    """How near the first class is to one half."""
    return -abs(probabilities[:, 0] - 0.5)


@dataclass(frozen=True)
class EveryNth:
    """Every nth row of the pool, from one end."""

    vectors: np.ndarray
    step: int = 2
    end: Literal["front", "back"] = "front"
    blur: float = 0.0
    until: int | None = None
    note: str = ""

    def __call__(self, state: State, size: int) -> np.ndarray:
        assert len(self.vectors) > len(state.pool)
        rows = state.pool if self.end == "front" else state.pool[::-1]
        return rows[:: self.step][:size]


@dataclass(frozen=True)
class Wrapped:
    """Needs another strategy, so a grid cannot name it."""

    inner: EveryNth

    def __call__(self, state: State, size: int) -> np.ndarray:
        return self.inner(state, size)
'''
LEARNER = '''
"""The share of each class, whatever the text."""

from __future__ import annotations

import numpy as np

import a_package_that_is_not_here_but_only_wanted_when_the_kind_is_named


class MajorityLearner:
    """The share of each class."""

    def __init__(self, features, n_classes: int, *, smooth: float = 1.0) -> None:
        self.n, self.smooth = n_classes, smooth

    def fit(self, rows, labels, weights=None):
        self.counts = np.bincount(labels, minlength=self.n) + self.smooth

    def predict_proba(self, rows):
        return np.tile(self.counts / self.counts.sum(), (len(rows), 1))


class AroundLearner:
    """Needs another learner, so a grid cannot name it."""

    def __init__(self, learner) -> None: ...

    def fit(self, rows, labels, weights=None): ...

    def predict_proba(self, rows): ...
'''


@pytest.fixture
def written(monkeypatch, tmp_path):
    """The package with one more strategy file and one more learner file."""
    for package, name, text in (
        (strategies, "thick_glasses", STRATEGY),
        (learners, "majority", LEARNER),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])


def test_what_is_written_in_a_file_of_its_own_is_found_by_its_name(written):
    found = kinds.strategies(MATERIALS)
    module = "alutils.strategies.thick_glasses"
    assert found["first_of_the_pool"] == f"{module}:first_of_the_pool"
    assert found["closeness"] == f"{module}:closeness"
    assert found["every_nth"] == f"{module}:EveryNth"
    assert "wrapped" not in found
    found = kinds.learners(MATERIALS)
    assert found["majority"] == "alutils.learners.majority:MajorityLearner"
    assert "around" not in found


def test_its_fields_are_its_settings_and_what_is_made_for_it_is_none(written):
    run = Run(strategy={"kind": "every_nth", "step": 3, "end": "back", "until": 0})
    assert run.strategy.step == 3
    assert set(type(run.strategy).model_fields) == {
        *("kind", "random_until", "step", "end", "blur", "until", "note"),
    }
    for wrong, said in [
        ({"step": 0}, "strategy.step=0: expected a number above 0"),
        ({"end": "middle"}, "unknown strategy.end 'middle': choose 'front' or 'back'"),
        ({"blur": -0.5}, "strategy.blur=-0.5: expected a number of at least 0"),
        ({"note": 3}, "strategy.note=3: expected a text"),
        ({"vectors": 3}, "strategy: unknown setting 'vectors'"),
    ]:
        with pytest.raises(ValueError, match=said):
            Run(strategy={"kind": "every_nth", **wrong})


def test_a_module_is_not_imported_before_its_kind_is_named(written):
    with pytest.raises(ValueError, match=r"choose one of .*'majority'"):
        Run(learner="svm")
    with pytest.raises(ModuleNotFoundError, match="only_wanted_when_the_kind_is_named"):
        Run(learner="majority")
