import numpy as np
import pytest

from alutils.corpus.reviews import load_reviews
from alutils.experiments.config import Run
from alutils.experiments.run import run_one

LABELS = np.random.default_rng(0).permutation([0, 1] * 60)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """8 labels, then 3 rounds of 4, on 120 made-up reviews of one to nine words."""
    rng, words = np.random.default_rng(1), ["dull", "fine"]
    path = tmp_path_factory.mktemp("reviews") / "reviews.csv"
    lines = [
        f"{words[k]} {'so ' * rng.integers(9)}number{i},{k}"
        for i, k in enumerate(LABELS)
    ]
    path.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return Run(
        data={"source": str(path), "test": 20, "validation_part": 20},
        start={"validation": 10, "labelled": 8},
        features={"min_df": 1},
        rounds=((3, 4),),
    )


def test_the_words_of_what_was_asked_for_are_counted(run, monkeypatch):
    from alutils.experiments import run as module

    asked, loop = [], module.active_learning_loop

    def listening(*given, **named):
        for done in loop(*given, **named):
            asked.append(done.asked)
            yield done

    monkeypatch.setattr(module, "active_learning_loop", listening)
    record = run_one(run)
    texts = load_reviews(run.data.source).texts
    words = [sum(len(texts[row].split()) for row in rows) for rows in asked]
    assert record["rounds"]["asked_words"] == words


def test_what_only_some_settings_have_is_left_out_of_the_others(run):
    plain = set(run_one(run)["rounds"])
    for changes, more in (
        ({"threshold": {"folds": 2}}, {"tuned_found", "tuned_named"}),
        (
            {"oracle": {"rates": [0.1]}},
            {"wrong_answers", "cant_tell", "taught", "taught_wrong"},
        ),
    ):
        assert set(run_one(run.changed(**changes))["rounds"]) - plain == more
