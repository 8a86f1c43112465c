import numpy as np
import pytest
from made_up_reviews import write_reviews

from alutils.experiments.config import Run
from alutils.experiments.materials import corpus
from alutils.experiments.run import run_one
from alutils.records import runs_table

LABELS = np.random.default_rng(0).permutation([0, 1] * 120)
THREE = {"rates": [0.2, 0.2, 0.2]}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A run on 240 made-up reviews: 30 labels, then 3 rounds of 20."""
    path = write_reviews(tmp_path_factory.mktemp("reviews"), LABELS)
    return Run(
        data={
            "source": str(path),
            "split": "random",
            "test": 40,
            "validation_part": 10,
        },
        start={"validation": 0, "labelled": 30},
        features={"min_df": 1},
        rounds=((3, 20),),
    )


def columns(record, *names) -> list[list]:
    rounds = len(record["rounds"]["seconds"])
    found = [record["rounds"][name] for name in names]
    return [one if isinstance(one, list) else [one] * rounds for one in found]


def without_seconds(record) -> dict:
    return {n: v for n, v in record["rounds"].items() if n != "seconds"}


def test_a_run_without_noise_records_nothing_of_it_and_is_what_it_was(small):
    record = run_one(small)
    noise = {"wrong_answers", "cant_tell", "taught", "taught_wrong"}
    assert not noise & set(record["rounds"])
    silent = run_one(small.changed(oracle={"rates": [0.0]}))
    for name, values in without_seconds(record).items():
        assert silent["rounds"][name] == values


@pytest.mark.parametrize("policy", ["one_label_each", "majority_of_three", "ask_again"])
@pytest.mark.parametrize("noise", ["uniform", "near_the_boundary"])
@pytest.mark.parametrize("cant_tell", [0.0, 0.5])
def test_every_answer_is_a_label_spent(small, policy, noise, cant_tell):
    oracle = {**THREE, "policy": policy, "noise": noise, "cant_tell": cant_tell}
    record = run_one(small.changed(oracle=oracle))
    table = runs_table([record])
    assert table["labels_spent"].tolist() == [30, 50, 70, 90]
    wrong, unknown, taught, taught_wrong = columns(
        record, "wrong_answers", "cant_tell", "taught", "taught_wrong"
    )
    for k in range(4):
        assert taught[k] <= table["labels"][k]
        assert taught_wrong[k] <= wrong[k] + unknown[k] <= table["labels_spent"][k]
    if policy == "one_label_each":
        assert taught == [n - u for n, u in zip([30, 50, 70, 90], unknown, strict=True)]
        assert taught_wrong == wrong
    if not cant_tell:
        assert unknown == [0] * 4
        assert taught == table["labels"].tolist()
    assert wrong == sorted(wrong)
    assert wrong[-1] > 0


def test_all_arms_of_a_seed_start_with_the_same_answers(small):
    starts = {
        run_one(
            small.changed(strategy=strategy, oracle={**THREE, "policy": policy}, seed=5)
        )["rounds"]["taught_wrong"][0]
        for strategy in ("random", "margin")
        for policy in ("one_label_each", "majority_of_three", "ask_again")
    }
    assert len(starts) == 1


def test_the_same_run_is_wrong_in_the_same_places(small):
    run = small.changed(oracle={**THREE, "policy": "ask_again"}, strategy="margin")
    assert without_seconds(run_one(run)) == without_seconds(run_one(run))


def test_near_the_boundary_wrong_answers_are_where_a_model_that_knows_is_in_doubt(
    small,
):
    shared = corpus(small.data, small.folder)
    doubts = shared.doubts(small.features)
    assert doubts.shape == LABELS.shape
    assert ((0 <= doubts) & (doubts <= 1)).all()
    section = small.changed(oracle={"rates": [0.2], "noise": "near_the_boundary"})
    rng = np.random.default_rng(0)
    oracle = section.oracle.build(shared, small.features, rng)
    wrong = oracle.label(np.arange(240)) != shared.reviews.labels
    assert doubts[wrong].mean() > doubts[~wrong].mean()


@pytest.mark.parametrize(
    ("oracle", "message"),
    [
        ({"policy": "majority_of_three"}, "asks 3 raters .* not even one"),
        ({"rates": [0.1], "policy": "ask_again"}, "asks 3 raters .* has 1: .* twice"),
        ({"rates": [0.1] * 2, "policy": "ask_again"}, "asks 3 raters .* has 2"),
        ({"noise": "near_the_boundary"}, "there are none: name their rates"),
        ({"cant_tell": 0.5}, "there are none: name their rates"),
        ({"rates": [1.0]}, "rates=1.0: expected a number below 1"),
        ({"rates": [-0.1]}, "rates=-0.1: expected a number of at least 0"),
        ({"rates": [0.1], "cant_tell": 1.5}, "cant_tell=1.5: expected a number of at"),
        ({"rates": [0.1], "noise": "loud"}, "unknown oracle.noise 'loud': choose"),
        ({"rate": 0.1}, "unknown setting 'rate' .*did you mean 'rates'"),
    ],
)
def test_settings_of_an_oracle_that_do_not_go_together_are_refused(oracle, message):
    with pytest.raises(ValueError, match=message):
        Run(oracle=oracle)


def test_raters_who_may_as_well_guess_are_refused(small):
    with pytest.raises(ValueError, match=r"a rate of noise of 0.5: .* less than 0.5"):
        run_one(small.changed(oracle={"rates": [0.1, 0.5]}))
