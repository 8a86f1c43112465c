import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score

from alutils.errors import count_errors
from alutils.loop.rounds import Round
from alutils.loop.tables import rounds_table

LABELS = np.arange(30) % 3
ANSWERS = np.random.default_rng(0).dirichlet(np.ones(3), 30)


def rounds_of(labels: np.ndarray, answers: np.ndarray) -> list[Round]:
    errors = count_errors(labels, answers)
    return [Round(k, np.arange(k), 10 + k, errors, 0.5) for k in range(2)]


def test_of_more_than_two_classes_there_is_a_row_a_round_without_two_class_errors():
    table = rounds_table(rounds_of(LABELS, ANSWERS))
    assert list(table.columns) == ["round", "labels", "reviews", "accuracy", "seconds"]
    assert table["accuracy"].tolist() == [np.mean(ANSWERS.argmax(axis=1) == LABELS)] * 2


def test_with_the_classes_names_there_are_measures_of_each_and_macro_f1():
    table = rounds_table(rounds_of(LABELS, ANSWERS), ("bad", "so-so", "good"))
    predicted = ANSWERS.argmax(axis=1)
    recall = recall_score(LABELS, predicted, average=None)
    last = table.iloc[-1]
    assert last["macro_f1"] == pytest.approx(
        f1_score(LABELS, predicted, average="macro")
    )
    for label, name in enumerate(("bad", "so-so", "good")):
        assert last[f"recall {name}"] == pytest.approx(recall[label])
        assert 0 <= last[f"average_precision {name}"] <= 1
    assert "false_negatives" not in table


def test_of_two_classes_the_names_add_columns_and_change_none():
    rounds = rounds_of(
        LABELS % 2, ANSWERS[:, :2] / ANSWERS[:, :2].sum(1, keepdims=True)
    )
    plain, full = rounds_table(rounds), rounds_table(rounds, ("bad", "good"))
    assert full[plain.columns].equals(plain)
    assert len(full.columns) == len(plain.columns) + 1 + 4 * 2


def test_other_than_as_many_names_as_classes_are_refused():
    with pytest.raises(
        ValueError, match=r"2 names .* for 3 classes: expected one name"
    ):
        rounds_table(rounds_of(LABELS, ANSWERS), ("bad", "good"))
