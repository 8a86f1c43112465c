"""What every oracle promises. An oracle in a new module is found by itself."""

from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from found import has_methods, made_of, public_in

from alutils import loop

LABELS = np.array([0, 3, 1, 2, -1, 0, 2, 1])
MATERIALS = {"labels": LABELS, "n_classes": 4, "rng": np.random.default_rng(0)}


def oracles_in(*packages: ModuleType) -> dict[str, object]:
    return {
        name: thing
        for name, thing in public_in(*packages).items()
        if has_methods(thing, "label")
    }


FOUND = oracles_in(loop)
each = pytest.mark.parametrize("name", FOUND)


@each
def test_an_oracle_gives_each_row_a_label_or_says_that_it_does_not_know(name):
    oracle = made_of(FOUND[name], MATERIALS)
    for rows in ([], [4], [7, 0, 7]):
        labels = oracle.label(np.array(rows, dtype=int), purpose="test")
        assert labels.shape == (len(rows),)
        assert labels.dtype.kind == "i"
        assert set(labels.tolist()) <= {-1, 0, 1, 2, 3}


@each
def test_an_oracle_takes_lists_and_series_and_changes_nothing_that_it_is_given(name):
    labels = LABELS.copy()
    oracle = made_of(FOUND[name], MATERIALS | {"labels": labels})
    rows = np.array([2, 6])
    for given in (rows, [2, 6], pd.Series([2, 6], index=[9, 8])):
        assert len(oracle.label(given)) == 2
    oracle.label(rows)[:] = 9
    assert rows.tolist() == [2, 6]
    assert rows.flags.writeable
    assert labels.flags.writeable
    assert labels.tolist() == LABELS.tolist()


@each
@pytest.mark.parametrize("row", [-1, len(LABELS)])
def test_a_row_that_is_not_in_the_corpus_is_refused(name, row):
    with pytest.raises(IndexError, match=f"row {row} is not in the corpus"):
        made_of(FOUND[name], MATERIALS).label([0, row])


@each
@pytest.mark.parametrize("rows", [[0.0], [True], ["1"]])
def test_what_is_no_row_is_refused(name, rows):
    with pytest.raises(TypeError, match="expected whole numbers"):
        made_of(FOUND[name], MATERIALS).label(rows)


def test_the_oracles_of_the_book_are_found():
    names = {name.rsplit(".", 1)[1] for name in FOUND}
    assert "SimulatedOracle" in names
    assert "Oracle" not in names


def test_an_oracle_in_a_new_module_is_found(tmp_path, monkeypatch):
    (tmp_path / "silent.py").write_text(
        "class Silent:\n    def label(self, rows, purpose='training'): ...\n"
    )
    monkeypatch.setattr(loop, "__path__", [*loop.__path__, str(tmp_path)])
    assert set(oracles_in(loop)) - set(FOUND) == {"alutils.loop.silent.Silent"}
