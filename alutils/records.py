"""Records of runs: a line of JSON for each, with its settings and what was measured."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

# What may lie below 0, down to -1: agreement can be worse than by chance.
_SIGNED = ("kappa", "kappa_two_back")
FORM = 1  # of the records that are written now
_KEYS = ("form", "arm", "seed", "given", "defaults")
_KEYS += ("versions", "commit", "test", "rounds")
_START = f'{{"form":{FORM},"arm":'  # what a record begins with, even if cut off


@dataclass(frozen=True)
class KeptRuns:
    """What a file of records holds.

    Attributes
    ----------
    records
        by arm and seed; if a run is there more than once, the last record counts
    complaints
        a line about each thing that is not as it should be
    size
        bytes up to the end of the last whole record
    """

    records: dict[tuple[str, int], dict]
    complaints: list[str]
    size: int


def read_runs(path: Path) -> KeptRuns:
    """The records of runs in a file, one a line; none, if there is no such file.

    A last line that was cut off is left out and told.

    Raises
    ------
    ValueError
        If the file is another than one of records, or a record is damaged or of a form
        that is not known here; the message names the line. Nothing is changed.
    """
    data = path.read_bytes() if path.exists() else b""
    records, complaints, size = {}, [], 0
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            size += len(line)
            continue
        try:
            record = json.loads(line)
        except ValueError:
            begun = line.startswith(_START.encode())
            if number == len(lines) and (begun or records):
                complaints.append(f"{path} is cut off in its last line ({number})")
                break
            record = None
        if not isinstance(record, dict) or "form" not in record:
            if not records:
                raise ValueError(
                    f"{path} is there and holds no records of runs: it is left as it is."
                    " Move it, or give the grid another name"
                )
            raise ValueError(
                f"{path}, line {number} is no record of a run: delete the line, and the"
                " grid makes its run again"
            )
        if record["form"] != FORM:
            raise ValueError(
                f"{path}, line {number} has form {record['form']!r}, and this version of"
                f" alutils reads form {FORM}: use the version that wrote it, or delete"
                " the line to make its run again"
            )
        if fault := _fault(record):
            raise ValueError(
                f"{path}, line {number}: {fault}; delete the line, and the grid makes its"
                " run again"
            )
        key = (record["arm"], record["seed"])
        if records.get(key, record) != record:
            complaints.append(
                f"{key[0]}, seed {key[1]}: there more than once in {path}, and not"
                f" alike; line {number}, the later one, counts"
            )
        records[key] = record
        size += len(line)
    return KeptRuns(records, complaints, size)


def _fault(record: dict) -> str | None:
    """What keeps a record from having come from a run."""
    if tuple(record) != _KEYS:
        return f"has {', '.join(record)}, expected {', '.join(_KEYS)}"
    kinds = {"arm": str, "seed": int, "given": dict, "defaults": dict}
    kinds |= {"versions": dict, "commit": str, "test": list, "rounds": dict}
    for name, kind in kinds.items():
        if type(record[name]) is not kind:
            return f"{name}={record[name]!r}, expected {kind.__name__}"
    test, classes = record["test"], range(len(record["test"]))
    if len(test) < 2 or not _counts(test):
        return f"test={test!r}, expected the number of test reviews of each class"
    errors = {i: [f"errors_{i}_as_{j}" for j in classes if j != i] for i in classes}
    counts = [f"asked_{i}" for i in classes] + ["beside_training", "leaked"]
    counts += [name for names in errors.values() for name in names]
    for name in ["seconds", *counts]:
        if name not in record["rounds"]:
            return f"has no {name} in its rounds"
    if not isinstance(record["rounds"]["seconds"], list):
        return "seconds expected a list, one number a round"
    columns = _columns(record)
    rounds = len(columns["seconds"])
    for name, values in columns.items():
        if len(values) != rounds or not values:
            return f"{name} has {len(values)} rounds, expected {rounds or 'some'}"
        if name in counts and not _counts(values):
            return f"{name}={values!r}, expected whole numbers of at least 0"
        missing = name not in counts and name != "seconds"
        numbers = [v for v in values if not (missing and v is None)]
        least = -1 if name in _SIGNED else 0
        if not all(type(v) in (int, float) and least <= v < math.inf for v in numbers):
            return f"{name}={values!r}, expected numbers of at least {least}"
    for i, names in errors.items():
        if max(map(sum, zip(*(columns[n] for n in names), strict=True))) > test[i]:
            return f"more errors on class {i} than its {test[i]} test reviews"
    return None


def _columns(record: Mapping) -> dict[str, list]:
    """What was measured, a value a round; a value that stands alone holds for all."""
    rounds = len(record["rounds"]["seconds"])
    return {
        name: column if isinstance(column, list) else [column] * rounds
        for name, column in record["rounds"].items()
    }


def _counts(values: list) -> bool:
    return all(type(value) is int and value >= 0 for value in values)


def runs_table(records: Iterable[Mapping]) -> pd.DataFrame:
    """The rounds of runs as a table, one row a round.

    Columns: `arm`, `seed`, `round`; `labels` in the training set; `false_negatives` and
    `false_positives` (of two classes); `reviews` in the test set and, of two classes,
    `reviews_positive`, the positive ones among them; `seconds`; `asked` and
    `asked_positive` (labels of the round, and the positive ones among them; of more
    classes `asked_0` and so on); `labels_spent` (reviews labelled for training,
    validation or steering; of several opinions on one, each counts); `leaked` (looks at
    labels without asking, so far); `rounds` of the run; `versions` and `commit`;
    `accuracy` and `macro_f1`. What else was measured follows by its name, missing in the
    runs that lack it.

    Parameters
    ----------
    records
        such as `experiments.run.run_one` gives them: `test` is how many test reviews
        each class has; `rounds` holds for each column a value a round, or one for all
        (of `seconds` always one a round);
        `errors_1_as_0` counts the reviews of class 1 that the model takes for class 0
    """
    tables = [_rounds_of(record) for record in records]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _rounds_of(record: Mapping) -> pd.DataFrame:
    test, columns = record["test"], _columns(record)
    columns = {name: np.array(column) for name, column in columns.items()}
    rounds, classes = len(columns["seconds"]), range(len(test))
    tables = np.zeros((rounds, len(test), len(test)), dtype=int)
    for i in classes:
        for j in classes:
            if i != j:
                tables[:, i, j] = columns.pop(f"errors_{i}_as_{j}")
        tables[:, i, i] = test[i] - tables[:, i].sum(axis=1)
    asked = np.stack([columns.pop(f"asked_{i}") for i in classes])
    labels = asked.sum(axis=0).cumsum()
    right = np.diagonal(tables, axis1=1, axis2=2)
    either = tables.sum(axis=1) + tables.sum(axis=2)  # of the class, or taken for it
    f1 = np.divide(2 * right, either, out=np.zeros(right.shape), where=either > 0)
    of_two = len(test) == 2
    return pd.DataFrame(
        {
            "arm": record["arm"],
            "seed": record["seed"],
            "round": range(rounds),
            "labels": labels,
            **({"false_negatives": tables[:, 1, 0]} if of_two else {}),
            **({"false_positives": tables[:, 0, 1]} if of_two else {}),
            "reviews": sum(test),
            **({"reviews_positive": test[1]} if of_two else {}),
            "seconds": columns.pop("seconds"),
            "asked": asked.sum(axis=0),
            **(
                {"asked_positive": asked[1]}
                if of_two
                else {f"asked_{i}": asked[i] for i in classes}
            ),
            "labels_spent": labels + columns.pop("beside_training"),
            "leaked": columns.pop("leaked"),
            "rounds": rounds,
            "versions": " ".join(f"{k}-{v}" for k, v in record["versions"].items()),
            "commit": record["commit"],
            "accuracy": 1 - (sum(test) - right.sum(axis=1)) / sum(test),
            "macro_f1": f1.mean(axis=1),
            **{name: column.astype(float) for name, column in columns.items()},
        }
    )
