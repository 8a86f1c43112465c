import numpy as np
import pytest
from made_up_reviews import write_reviews

from alutils.experiments.config import Run
from alutils.experiments.run import run_one
from alutils.records import runs_table

LABELS = np.random.default_rng(0).permutation([0, 1] * 60)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """8 labels, then 3 rounds of 4, on 120 made-up reviews in a CSV file."""
    path = write_reviews(tmp_path_factory.mktemp("reviews"), LABELS)
    return Run(
        data={"source": str(path), "test": 20, "validation_part": 20},
        start={"validation": 10, "labelled": 8},
        features={"min_df": 1},
        rounds=((3, 4),),
    )


def test_a_successor_that_is_like_the_learner_makes_the_same_errors(run):
    table = runs_table(
        [run_one(run.changed(successor={"learner": "linear", "at": [8, 16]}))]
    )
    own = table[["false_negatives", "false_positives"]].to_numpy()
    its = table[["successor_errors_1_as_0", "successor_errors_0_as_1"]].to_numpy()
    assert its[[0, 2]].tolist() == own[[0, 2]].tolist()
    assert np.isnan(its[[1, 3]]).all()


def test_a_successor_changes_nothing_about_the_run(run):
    alone = run_one(run)["rounds"]
    beside = run_one(
        run.changed(successor={"learner": {"kind": "linear", "C": 0.1}, "at": [20]})
    )["rounds"]
    for name in alone.keys() - {"seconds"}:
        assert beside[name] == alone[name], name
    assert set(beside) - set(alone) == {
        "successor_errors_0_as_1",
        "successor_errors_1_as_0",
    }


def test_a_network_learns_from_what_another_chose_and_pays_for_its_validation(run):
    network = {"kind": "bilstm", "profile": "small"}
    record = run_one(run.changed(successor={"learner": network, "at": [20]}))
    assert record["rounds"]["beside_training"] == [0, 0, 0, 10]
    errors = [
        record["rounds"][f"successor_errors_{pair}"] for pair in ("0_as_1", "1_as_0")
    ]
    assert [found[:3] for found in errors] == [[None] * 3] * 2
    assert all(0 <= found[3] <= 10 for found in errors)


@pytest.mark.parametrize(
    ("successor", "message"),
    [
        ({"learner": "linear"}, r"learner='linear', at=\[\].*has both"),
        ({"at": [8]}, r"learner=None, at=\[8\].*has both"),
        (
            {"learner": "linear", "at": [10]},
            r"successor.at=10: .* they are 8, 12, 16, 20",
        ),
        ({"learner": "linera", "at": [8]}, "did you mean 'linear'"),
        ({"learner": "linear", "at": [0]}, "above 0"),
    ],
)
def test_a_successor_that_cannot_be_is_refused(run, successor, message):
    with pytest.raises(ValueError, match=message):
        run.changed(successor=successor)


def test_a_network_that_has_no_validation_reviews_is_refused(run):
    with pytest.raises(ValueError, match="'bilstm' looks at labelled validation"):
        run.changed(start={"validation": 0}, successor={"learner": "bilstm", "at": [8]})
