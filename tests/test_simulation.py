import dataclasses
import itertools
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

from alutils import materials, simulation
from alutils.grids import COLUMNS
from alutils.runs import CHOICES, Run
from alutils.simulation import STRATEGIES, run_one

LABELS = np.random.default_rng(0).permutation([0, 1] * 120)
TEST, VALIDATION, STEPS = 40, 20, 4
POOL = len(LABELS) - TEST - 40  # what may be trained on, the first labels included
LINEAR = [name for name in STRATEGIES if name != "bald"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A run on 240 made-up reviews in a CSV file: 10 labels, then 4 rounds of 8."""
    words = [["dull", "flat", "weak", "slow"], ["fine", "warm", "bright", "moving"]]
    others, rng = [f"word{k}" for k in range(40)], np.random.default_rng(1)
    path = tmp_path_factory.mktemp("reviews") / "reviews.csv"
    lines = [
        " ".join([*rng.choice(words[label], 2), *rng.choice(others, 8)]) + f",{label}"
        for label in LABELS
    ]
    path.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return Run(
        source=str(path),
        test=TEST,
        validation_part=40,
        validation=VALIDATION,
        labelled=10,
        rounds=((STEPS, 8),),
        min_df=1,
        dimensions=5,
        directions=3,
        order="random",
    )


@pytest.fixture
def carry_out(small):
    def carry(**changes) -> pd.DataFrame:
        return run_one(dataclasses.replace(small, **changes))

    return carry


@pytest.fixture
def seen(monkeypatch):
    """The splits that each loop was given, and the rows that it asked for."""
    loop, seen = simulation.active_learning_loop, []

    def watched(learner, strategy, oracle, splits, *others):
        seen.append((splits, []))
        for done in loop(learner, strategy, oracle, splits, *others):
            seen[-1][1].append(done.asked)
            yield done

    monkeypatch.setattr(simulation, "active_learning_loop", watched)
    return seen


def same_but_seconds(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.drop(columns="seconds").equals(other.drop(columns="seconds"))


# --- what can be named


def test_the_strategies_are_those_that_a_run_can_name():
    assert set(STRATEGIES) == set(CHOICES["strategy"])


@pytest.mark.parametrize("strategy", LINEAR)
def test_every_strategy_asks_for_its_budget_and_no_more(carry_out, strategy, seen):
    table = carry_out(strategy=strategy)
    (splits, asked), *_ = seen
    assert table["labels"].tolist() == [10, 18, 26, 34, 42]
    assert table["asked"].tolist() == [10, 8, 8, 8, 8]
    assert set(np.concatenate(asked[1:])) <= set(splits.pool)
    assert table["asked_positive"].tolist() == [int(LABELS[a].sum()) for a in asked]
    assert table["leaked"].tolist() == [0] * 5


@pytest.mark.parametrize("strategy", ["random", "margin", "k_center"])
@pytest.mark.parametrize(
    "learner", [{"self_training": 2}, {"features": "tfidf+lsa", "C": 1}], ids=str
)
def test_every_linear_learner_goes_with_a_strategy(carry_out, strategy, learner):
    table = carry_out(strategy=strategy, **learner)
    assert table["labels"].tolist() == [10, 18, 26, 34, 42]
    plain = carry_out(strategy=strategy)
    assert not same_but_seconds(table.assign(settings=""), plain.assign(settings=""))


# --- the table


def test_a_table_says_which_run_it_is_and_what_it_was_made_with(carry_out, small):
    table = carry_out(arm="mine", seed=3)
    assert set(table.columns) == set(COLUMNS)
    assert set(table["arm"]) == {"mine"}
    assert set(table["seed"]) == {3}
    assert set(table["settings"]) == {small.settings}
    assert table["round"].tolist() == list(range(STEPS + 1))
    assert set(table["rounds"]) == {STEPS + 1}
    assert set(table["reviews"]) == {TEST}
    made_with = dict(pair.split("-", 1) for pair in table["versions"][0].split())
    assert {"python", "keras", "numpy", "scikit"} == set(made_with) - {"tensorflow"}
    assert made_with["numpy"] == np.__version__


def test_the_errors_are_those_of_scikit_learns_parts_put_together(
    carry_out, small, seen
):
    table = carry_out(strategy="margin", C=2.5)
    ((splits, asked),) = seen
    texts = pd.read_csv(small.source)["text"]
    phrases = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
    phrases.fit(texts[np.sort(splits.training)])
    for number, row in table.iterrows():
        rows = np.concatenate(asked[: number + 1])
        model = LogisticRegression(C=2.5, solver="liblinear", dual=True, max_iter=1000)
        model.fit(phrases.transform(texts[rows]), LABELS[rows])
        predicted = model.predict(phrases.transform(texts[splits.test]))
        _, false_positives, false_negatives, _ = confusion_matrix(
            LABELS[splits.test], predicted
        ).ravel()
        found = (row["false_positives"], row["false_negatives"])
        assert found == (false_positives, false_negatives)


@pytest.mark.parametrize("strategy", ["random", "vote_entropy", "diverse_doubt"])
def test_the_same_run_gives_the_same_table(carry_out, strategy):
    once, again = (carry_out(strategy=strategy, seed=2) for _ in range(2))
    assert same_but_seconds(once, again)


def test_runs_in_threads_of_one_process_wait_for_each_other(carry_out, monkeypatch):
    at_work, counts = [], []

    def slow(setup):
        def ask(state, size):
            at_work.append(size)
            time.sleep(0.01)
            counts.append(len(at_work))
            at_work.pop()
            return state.pool[:size]

        return ask

    monkeypatch.setitem(STRATEGIES, "random", slow)
    with ThreadPoolExecutor(2) as threads:
        tables = list(threads.map(lambda seed: carry_out(seed=seed), range(4)))
    assert [len(table) for table in tables] == [STEPS + 1] * 4
    assert counts == [1] * 4 * STEPS


def test_a_run_that_fails_lets_the_next_one_in(carry_out, monkeypatch):
    def refuse(setup):
        raise RuntimeError("not today")

    monkeypatch.setitem(STRATEGIES, "margin", refuse)
    with pytest.raises(RuntimeError, match="not today"):
        carry_out(strategy="margin")
    assert len(carry_out()) == STEPS + 1


# --- how runs start


def test_all_arms_of_a_seed_start_with_the_same_rows_and_other_seeds_with_others(
    carry_out, seen
):
    for seed in (0, 1, 2):
        for strategy in LINEAR:
            carry_out(strategy=strategy, seed=seed, rounds=((1, 8),))
    starts = [tuple(splits.labelled) for splits, _ in seen]
    for seed in (0, 1, 2):
        assert len(set(starts[seed * len(LINEAR) : (seed + 1) * len(LINEAR)])) == 1
    assert len(set(starts)) == 3


def test_arms_with_the_same_learner_begin_with_the_same_numbers(carry_out):
    first = [
        carry_out(strategy=strategy, rounds=((1, 8),)).iloc[0] for strategy in LINEAR
    ]
    for row in first[1:]:
        for name in ("labels", "false_negatives", "false_positives", "asked_positive"):
            assert row[name] == first[0][name]


def test_a_start_may_be_balanced_or_as_published_or_everything(carry_out, seen):
    for start_rows in ("balanced", "storage", "everything"):
        carry_out(start_rows=start_rows, seed=1)
    (balanced, _), (storage, _), (everything, asked) = seen
    assert LABELS[balanced.labelled].sum() == 5
    # As published, the first of each class go to validation, test and labelled.
    ranks = [np.flatnonzero(LABELS == label)[40:45].tolist() for label in (1, 0)]
    assert storage.labelled.tolist() == ranks[0] + ranks[1]
    assert len(everything.labelled) == len(asked[0]) == POOL
    assert len(asked) == 1  # there is nothing left to ask for


def test_random_queries_come_first_if_so_wished(carry_out, seen):
    for settings in ({}, {"strategy": "margin", "random_until": 26}):
        carry_out(**settings)
    (_, random), (_, mixed) = seen
    # 10 and 18 labels are fewer than 26: two rounds are random, then margin asks.
    alike = [
        one.tolist() == two.tolist() for one, two in zip(random, mixed, strict=True)
    ]
    assert alike == [True, True, True, False, False]


# --- what labels cost


@pytest.mark.parametrize(
    ("settings", "besides"),
    [
        ({}, 0),
        ({"strategy": "margin"}, 0),
        ({"strategy": "error_ratio"}, VALIDATION),
        ({"strategy": "error_ratio", "steering": "test"}, TEST),
        ({"strategy": "error_ratio", "random_until": 1000}, VALIDATION),
    ],
    ids=str,
)
def test_reviews_that_steer_cost_labels_and_unused_ones_do_not(
    carry_out, settings, besides
):
    table = carry_out(**settings)
    assert (table["labels_spent"] - table["labels"]).tolist() == [besides] * 5


def test_true_classes_that_are_looked_up_are_counted(carry_out):
    table = carry_out(strategy="error_ratio", classes="true")
    pool = [POOL - labels for labels in (10, 18, 26, 34)]
    assert table["leaked"].tolist() == [0, *itertools.accumulate(pool)]


@pytest.mark.parametrize("strategy", ["random", "diverse_doubt", "vote_entropy"])
def test_a_budget_beyond_the_pool_ends_with_the_pool_and_the_table_says_so(
    carry_out, strategy
):
    table = carry_out(strategy=strategy, rounds=((9, 50),))
    assert table["labels"].tolist() == [10, 60, 110, POOL]
    assert table["asked"].tolist() == [10, 50, 50, POOL - 110]
    assert set(table["rounds"]) == {4}  # of ten that it might have been


# --- features


def test_one_matrix_serves_all_arms_and_seeds_and_has_not_seen_the_test_reviews(
    carry_out, seen, monkeypatch
):
    made, tfidf = [], materials.tfidf

    def watched(reviews, rows, **settings):
        made.append(rows)
        return tfidf(reviews, rows, **settings)

    monkeypatch.setattr(materials, "tfidf", watched)
    for seed, strategy in itertools.product((0, 1), ("random", "k_center")):
        carry_out(strategy=strategy, seed=seed, min_df=2, features="tfidf+lsa")
    (learnt_from,) = made
    for splits, _ in seen:
        assert sorted(splits.training) == learnt_from.tolist()
        assert not set(learnt_from) & {*splits.test, *splits.validation}


# --- the BiLSTM


@pytest.fixture(scope="module")
def bilstm_tables(small):
    """Two runs at one seed, on shorter reviews and for fewer epochs than the small
    profile has."""
    tiny = {"vocabulary_size": 100, "sequence_length": 12, "epochs": 2}
    changes = {"learner": "bilstm", "profile": "small", "rounds": ((1, 8),)}
    bald = dataclasses.replace(small, strategy="bald", candidates=30, **changes)
    with pytest.MonkeyPatch.context() as patch:
        profile = dataclasses.replace(simulation.PROFILES["small"], **tiny)
        patch.setitem(simulation.PROFILES, "small", profile)
        return [
            run_one(bald),
            run_one(dataclasses.replace(bald, strategy="error_ratio")),
        ]


def test_the_bilstm_asks_for_its_budget_and_pays_for_its_validation_reviews(
    bilstm_tables,
):
    for table in bilstm_tables:
        assert table["labels"].tolist() == [10, 18]
        # They stop the training; the error ratio is steered by the same ones.
        assert table["labels_spent"].tolist() == [10 + VALIDATION, 18 + VALIDATION]
        assert table["leaked"].tolist() == [0, 0]


def test_the_bilstm_begins_alike_in_all_arms_of_a_seed(bilstm_tables):
    one, other = (
        table.iloc[0].drop(["seconds", "settings"]) for table in bilstm_tables
    )
    assert one.equals(other)


# --- what does not suffice


def test_a_corpus_that_does_not_suffice_is_named(carry_out):
    with pytest.raises(ValueError, match=r"the splits want 225 .* in reviews\.csv"):
        carry_out(test=400)
    with pytest.raises(FileNotFoundError, match=r"nowhere\.csv cannot be opened"):
        carry_out(source="nowhere.csv")


@pytest.mark.parametrize("features", ["tfidf", "tfidf+lsa"])
def test_a_csv_file_that_was_written_again_is_read_again(small, tmp_path, features):
    path = tmp_path / "mine.csv"
    numbers = ["false_negatives", "false_positives"]

    def errors_on(texts: pd.DataFrame) -> list[list[int]]:
        texts.to_csv(path, index=False)
        run = dataclasses.replace(small, source=str(path), features=features)
        return run_one(run)[numbers].to_numpy().tolist()

    reviews = pd.read_csv(small.source)
    others = reviews.assign(label=np.random.default_rng(0).permutation(LABELS))
    first, second = errors_on(reviews), errors_on(others)
    assert first != second
    assert errors_on(reviews) == first
