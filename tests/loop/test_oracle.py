import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.loop.oracle import SimulatedOracle

LABELS = np.array([0, 1, 1, 0, 1, 0, 0, 1])
rows_of_the_corpus = st.lists(st.integers(0, len(LABELS) - 1), max_size=12)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["training", "test", "validation"]), rows_of_the_corpus
        )
    )
)
def test_each_row_counts_once_for_a_purpose_and_once_in_all(questions):
    oracle = SimulatedOracle(LABELS)
    asked: dict[str, set[int]] = {}
    for purpose, rows in questions:
        assert oracle.label(np.array(rows, dtype=int), purpose=purpose).tolist() == [
            LABELS[row] for row in rows
        ]
        asked.setdefault(purpose, set()).update(rows)
    assert oracle.spent == {purpose: len(rows) for purpose, rows in asked.items()}
    assert oracle.count == len({row for rows in asked.values() for row in rows})
    assert oracle.leaked == 0


PURPOSES = ("training", "test", "validation")


@given(
    st.lists(st.tuples(st.sampled_from(PURPOSES[:2]), rows_of_the_corpus), max_size=6),
    st.lists(st.sampled_from(PURPOSES), max_size=4),
)
def test_a_row_that_served_two_of_the_purposes_counts_once_for_both(
    questions, purposes
):
    oracle = SimulatedOracle(LABELS)
    for purpose, rows in questions:
        oracle.label(np.array(rows, dtype=int), purpose=purpose)
    asked = {row for purpose, rows in questions if purpose in purposes for row in rows}
    assert oracle.count_for(*purposes) == len(asked)
    assert oracle.count_for(*PURPOSES) == oracle.count


def test_what_leaks_and_what_serves_another_purpose_is_not_counted_for_one():
    oracle = SimulatedOracle(LABELS)
    oracle.label(np.array([1, 2]))
    oracle.label(np.array([2, 3, 4]), purpose="validation")
    oracle.leak(np.array([5, 6, 7]))
    assert oracle.count_for("training") == 2
    assert oracle.count_for("training", "validation") == 4
    assert oracle.count_for("steering") == oracle.count_for() == 0


def test_labels_are_for_training_unless_another_purpose_is_named():
    oracle = SimulatedOracle(LABELS)
    oracle.label(np.array([2, 3]))
    assert oracle.spent == {"training": 2}


def test_what_leaks_is_counted_apart_from_what_is_paid_for():
    oracle = SimulatedOracle(LABELS)
    assert oracle.leak(np.array([1, 3, 4])).tolist() == [1, 0, 1]
    assert oracle.leaked == 3
    assert oracle.spent == {}
    assert oracle.count == 0


@pytest.mark.parametrize("row", [-1, len(LABELS)])
@pytest.mark.parametrize("question", ["label", "leak"])
def test_a_row_outside_the_corpus_is_refused_and_not_counted(question, row):
    oracle = SimulatedOracle(LABELS)
    with pytest.raises(
        IndexError, match=f"row {row} is not in the corpus: its rows go from 0 to 7"
    ):
        getattr(oracle, question)(np.array([0, row]))
    assert oracle.count == oracle.leaked == 0


def test_the_corpus_cannot_be_changed_through_an_answer():
    oracle = SimulatedOracle(LABELS)
    answer = oracle.label(np.array([0, 1]))
    answer[:] = 9
    assert oracle.label(np.array([0, 1])).tolist() == [0, 1]
