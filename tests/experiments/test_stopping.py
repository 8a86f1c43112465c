"""Runs that are watched, and rules that end them."""

import numpy as np
import pytest

from alutils import loop
from alutils.experiments.config import Run
from alutils.experiments.kinds import stopping_rules
from alutils.experiments.run import run_one
from alutils.experiments.stopping import stopping_section
from alutils.loop.stopping import FixedBudget, StabilizingPredictions, stops_at
from alutils.records import runs_table

WATCH = {"stop_set": 40, "validation": 20}


@pytest.fixture(scope="module")
def small():
    """A run on 400 reviews: 20 labels, then 6 rounds of 10."""
    return Run(
        data={"source": "wheel", "reviews": 400, "test": 60, "validation_part": 40},
        start={"validation": 20, "labelled": 20},
        features={"min_df": 2, "dimensions": 5, "directions": 3},
        strategy="margin",
        rounds=((6, 10),),
    )


@pytest.fixture(scope="module")
def table_of(small):
    def table(**changes):
        return runs_table([run_one(small.changed(**changes))])

    return table


@pytest.fixture(scope="module")
def whole(table_of):
    return table_of(watch=WATCH)


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "stabilizing_predictions", "threshold": 0.4},
        {"kind": "stabilizing_predictions", "threshold": 0.3, "reading": "pairs"},
        {"kind": "validation_plateau", "patience": 1},
        {"kind": "selected_accuracy", "threshold": 0.6},
        {"kind": "fixed_budget", "labels": 45},
        "never",
    ],
    ids=str,
)
def test_a_rule_ends_a_run_where_replayed_on_the_whole_run_it_stops(
    small, table_of, whole, settings
):
    ended = table_of(watch=WATCH, stopping=settings)
    rule = small.changed(watch=WATCH, stopping=settings).stopping.build()
    stop = stops_at(rule, whole)
    assert len(ended) == (7 if stop is None else stop + 1)
    for name in ("labels", "accuracy", "kappa", "labels_spent", "asked_words"):
        assert ended[name].equals(whole[name].iloc[: len(ended)])


def test_what_is_looked_at_is_set_aside_and_its_labels_are_counted(table_of, whole):
    plain = table_of()
    assert "kappa" not in plain and "validation_accuracy" not in plain
    assert set(plain["labels_spent"] - plain["labels"]) == {0}
    assert set(whole["labels_spent"] - whole["labels"]) == {20}
    # The start is drawn before, so that a watched run starts as others do.
    assert whole.iloc[0]["accuracy"] == plain.iloc[0]["accuracy"]
    everything = {"rounds": ((9, 50),)}
    left = table_of(watch=WATCH, **everything)["labels"].max()
    assert left == table_of(**everything)["labels"].max() - 60


def test_all_arms_of_a_seed_look_at_the_same_texts(table_of, whole):
    other = table_of(watch=WATCH, strategy="random")
    for name in ("entropy", "expected_f", "validation_accuracy"):
        assert other[name].iloc[0] == whole[name].iloc[0]
    assert table_of(watch=WATCH, seed=1)["entropy"].iloc[0] != whole["entropy"].iloc[0]


def test_words_are_counted_of_the_texts_that_were_asked_for(small, whole):
    reviews = small.data.load(small.folder)
    start = small.start.splits(
        small.data, reviews, np.random.default_rng(small.seed).spawn(3)[0]
    )
    words = sum(len(reviews.texts[row].split()) for row in start.labelled)
    assert whole["asked_words"].iloc[0] == words


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"watch": {"validation": 20}}, "watch: validation=20 beside stop_set=0: give"),
        (
            {"stopping": "stabilizing_predictions"},
            "stopping 'stabilizing_predictions' has nothing to look at: set texts",
        ),
        (
            {"stopping": "validation_plateau", "watch": {"stop_set": 40}},
            "watch.validation=0: 'validation_plateau' looks at labelled validation",
        ),
        (
            {"stopping": "stabilising_predictions", "watch": WATCH},
            r"stopping: unknown stopping .* \(did you mean 'stabilizing_predictions'",
        ),
        (
            {
                "stopping": {
                    "kind": "stabilizing_predictions",
                    "window": 5,
                    "reading": "pairs",
                },
                "watch": WATCH,
            },
            "stopping: window=5: kappas of pairs",
        ),
        ({"stopping": {"threshold": 0.9}, "watch": WATCH}, "stopping: unknown setting"),
        ({"stop_set": 40}, "'stop_set' is a setting of watch: write watch = "),
    ],
    ids=range(7),
)
def test_what_cannot_stop_a_run_is_refused_before_it_begins(settings, message):
    with pytest.raises(ValueError, match=f"mine: {message}"):
        Run(arm="mine", **settings)


def test_more_than_the_pool_has_is_not_looked_at(table_of):
    with pytest.raises(ValueError, match="3,000 rows to set aside from a pool of 280"):
        table_of(watch={"stop_set": 3_000})


def test_a_record_from_before_there_was_a_watch_is_still_of_the_same_run():
    given, defaults = Run(strategy="margin").settings()
    for later in ("watch", "stopping"):
        del defaults[later]
    record = {"given": given, "defaults": defaults}
    assert Run(strategy="margin").is_made_by(record)
    assert Run(strategy="margin", stopping="never").is_made_by(record)
    assert not Run(strategy="margin", watch=WATCH).is_made_by(record)
    for rule in sorted(set(stopping_rules()) - {"never"}):
        run = Run(strategy="margin", watch=WATCH, stopping=rule)
        assert not run.is_made_by(record)
        watched = Run(strategy="margin", watch=WATCH).settings()
        old = {"given": watched[0], "defaults": watched[1] | {"stopping": {}}}
        assert not run.is_made_by(old)


def test_the_rules_of_the_book_are_found_and_can_be_set():
    assert set(stopping_rules()) == {
        *("never", "fixed_budget", "stabilizing_predictions", "classification_change"),
        *("overall_uncertainty", "performance_convergence", "selected_accuracy"),
        *("contradictory_information", "validation_plateau"),
    }
    section = stopping_section("stabilizing_predictions")
    made = section(kind="stabilizing_predictions", threshold=0.9).build()
    assert made == StabilizingPredictions(0.9)
    assert stopping_section("fixed_budget")(labels=30).build() == FixedBudget(30)


def test_a_rule_that_is_written_in_a_file_of_its_own_is_found_by_its_name(
    tmp_path, monkeypatch
):
    (tmp_path / "rested.py").write_text(
        "def after_ten(seen):\n    return len(seen) > 10\n"
    )
    monkeypatch.setattr(loop, "__path__", [*loop.__path__, str(tmp_path)])
    assert stopping_rules()["after_ten"] == "alutils.loop.rested:after_ten"
