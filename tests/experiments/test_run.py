import dataclasses
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kinds import KINDS, source_with
from made_up_reviews import write_reviews
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
)
from sklearn.model_selection import StratifiedKFold

from alutils.corpus.words import MOVIE_WORDS
from alutils.experiments import learning, materials
from alutils.experiments import run as run_module
from alutils.experiments.config import Run
from alutils.experiments.data import Data
from alutils.experiments.kinds import strategies
from alutils.experiments.materials import MATERIALS, corpus
from alutils.experiments.querying import FoundQuerying, strategy_section
from alutils.experiments.run import run_one
from alutils.learners.from_words import FromWords
from alutils.records import runs_table

LABELS = np.random.default_rng(0).permutation([0, 1] * 120)
TEST, VALIDATION, STEPS = 40, 20, 4
POOL = len(LABELS) - TEST - 40  # what may be trained on, the first labels included
# Every strategy, with what it needs beside it.
LINEAR = {kind: {"strategy": {"kind": kind}} for kind in strategies(MATERIALS)}
for kind in LINEAR:
    if strategy_section(kind).asks_committee:
        LINEAR[kind]["learner"] = {"members": 3}
ERROR_RATIO = {"kind": "error_ratio", "order": "random"}
LINEAR["error_ratio"] = {"strategy": ERROR_RATIO}


def table_of(run: Run) -> pd.DataFrame:
    return runs_table([run_one(run)])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A run on 240 made-up reviews in a CSV file: 10 labels, then 4 rounds of 8."""
    path = write_reviews(tmp_path_factory.mktemp("reviews"), LABELS)
    return Run(
        data={"source": str(path), "test": TEST, "validation_part": 40},
        start={"validation": VALIDATION, "labelled": 10},
        features={"min_df": 1, "dimensions": 5, "directions": 3},
        rounds=((STEPS, 8),),
    )


@pytest.fixture
def carry_out(small):
    def carry(**changes) -> pd.DataFrame:
        return table_of(small.changed(**changes))

    return carry


@pytest.fixture
def seen(monkeypatch):
    """The splits that each loop was given, and the rows that it asked for."""
    loop, seen = run_module.active_learning_loop, []

    def watched(learner, strategy, oracle, splits, *others, **named):
        seen.append((splits, []))
        for done in loop(learner, strategy, oracle, splits, *others, **named):
            seen[-1][1].append(done.asked)
            yield done

    monkeypatch.setattr(run_module, "active_learning_loop", watched)
    return seen


def same_but_seconds(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.drop(columns="seconds").equals(other.drop(columns="seconds"))


# --- what can be named


@pytest.mark.parametrize("strategy", LINEAR)
def test_every_strategy_asks_for_its_budget_and_no_more(carry_out, strategy, seen):
    table = carry_out(**LINEAR[strategy])
    (splits, asked), *_ = seen
    assert table["labels"].tolist() == [10, 18, 26, 34, 42]
    assert table["asked"].tolist() == [10, 8, 8, 8, 8]
    assert set(np.concatenate(asked[1:])) <= set(splits.pool)
    assert table["asked_positive"].tolist() == [int(LABELS[a].sum()) for a in asked]
    assert table["leaked"].tolist() == [0] * 5
    assert table["asked_words"].tolist() == [10 * len(a) for a in asked]  # ten a text


@pytest.mark.parametrize("strategy", ["random", "margin", "k_center"])
@pytest.mark.parametrize(
    "learner",
    [
        {"learner": {"self_training": 2}},
        {"features": "tfidf+lsa", "learner": {"C": 1}},
    ],
    ids=str,
)
def test_every_linear_learner_goes_with_a_strategy(carry_out, strategy, learner):
    table = carry_out(strategy=strategy, **learner)
    assert table["labels"].tolist() == [10, 18, 26, 34, 42]
    assert not same_but_seconds(table, carry_out(strategy=strategy))


# --- the table


def test_a_record_says_which_run_it_is_and_what_it_was_made_with(small):
    run = small.changed(arm="mine", seed=3)
    record = run_one(run)
    assert (record["arm"], record["seed"]) == ("mine", 3)
    assert (record["given"], record["defaults"]) == run.settings()
    assert run.is_made_by(record)
    assert record["test"] == [TEST // 2, TEST // 2]
    assert len(record["rounds"]["seconds"]) == STEPS + 1
    made_with = record["versions"]
    assert {"python", "keras", "numpy", "scikit-learn"} == set(made_with) - {
        "tensorflow"
    }
    assert made_with["numpy"] == np.__version__
    (table,) = {len(c) for c in record["rounds"].values() if isinstance(c, list)}
    assert table == STEPS + 1  # what is always the same stands once
    assert record["rounds"]["leaked"] == record["rounds"]["beside_training"] == 0


def test_the_errors_are_those_of_scikit_learns_parts_put_together(
    carry_out, small, seen
):
    table = carry_out(strategy="margin", learner={"C": 2.5})
    ((splits, asked),) = seen
    texts = pd.read_csv(small.data.source)["text"]
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
        probabilities = model.predict_proba(phrases.transform(texts[splits.test]))
        expected = average_precision_score(LABELS[splits.test], probabilities[:, 1])
        assert row["average_precision_1"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("strategy", ["random", "vote_entropy", "diverse_doubt"])
def test_the_same_run_gives_the_same_table(carry_out, strategy):
    once, again = (carry_out(seed=2, **LINEAR[strategy]) for _ in range(2))
    assert same_but_seconds(once, again)


@pytest.fixture
def asking(monkeypatch):
    """Let a strategy of a grid be another one."""

    def replace(strategy) -> None:
        monkeypatch.setattr(FoundQuerying, "build", lambda self, made: strategy)

    return replace


def test_runs_in_threads_of_one_process_wait_for_each_other(carry_out, asking):
    at_work, counts = [], []

    def slow(state, size):
        at_work.append(size)
        time.sleep(0.01)
        counts.append(len(at_work))
        at_work.pop()
        return state.pool[:size]

    asking(slow)
    with ThreadPoolExecutor(2) as threads:
        tables = list(threads.map(lambda seed: carry_out(seed=seed), range(4)))
    assert [len(table) for table in tables] == [STEPS + 1] * 4
    assert counts == [1] * 4 * STEPS


def test_a_run_that_fails_lets_the_next_one_in(carry_out, asking, monkeypatch):
    def refuse(state, size):
        raise RuntimeError("not today")

    with monkeypatch.context() as patched:
        patched.setattr(FoundQuerying, "build", lambda self, made: refuse)
        with pytest.raises(RuntimeError, match="not today"):
            carry_out(strategy="margin")
    assert len(carry_out()) == STEPS + 1


# --- how runs start


def test_all_arms_of_a_seed_start_with_the_same_rows_and_other_seeds_with_others(
    carry_out, seen
):
    for seed in (0, 1, 2):
        for strategy in LINEAR:
            carry_out(seed=seed, rounds=((1, 8),), **LINEAR[strategy])
    starts = [tuple(splits.labelled) for splits, _ in seen]
    for seed in (0, 1, 2):
        assert len(set(starts[seed * len(LINEAR) : (seed + 1) * len(LINEAR)])) == 1
    assert len(set(starts)) == 3


def test_arms_with_the_same_learner_begin_with_the_same_numbers(carry_out):
    first = [carry_out(rounds=((1, 8),), **needs).iloc[0] for needs in LINEAR.values()]
    for row in first[1:]:
        for name in ("labels", "false_negatives", "false_positives", "asked_positive"):
            assert row[name] == first[0][name]


def test_a_start_may_be_balanced_or_as_published_or_everything(carry_out, seen):
    for start_rows in ("balanced", "storage", "everything"):
        carry_out(start={"rows": start_rows}, seed=1)
    (balanced, _), (storage, _), (everything, asked) = seen
    assert LABELS[balanced.labelled].sum() == 5
    # As published, the first of each class go to validation, test and labelled.
    ranks = [np.flatnonzero(LABELS == label)[40:45].tolist() for label in (1, 0)]
    assert storage.labelled.tolist() == ranks[0] + ranks[1]
    assert len(everything.labelled) == len(asked[0]) == POOL
    assert len(asked) == 1  # there is nothing left to ask for


def test_random_queries_come_first_if_so_wished(carry_out, seen):
    for strategy in ("random", {"kind": "margin", "random_until": 26}):
        carry_out(strategy=strategy)
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
        (LINEAR["error_ratio"], VALIDATION),
        ({"strategy": {**ERROR_RATIO, "steering": "test"}}, TEST),
        ({"strategy": {**ERROR_RATIO, "random_until": 1000}}, VALIDATION),
    ],
    ids=str,
)
def test_reviews_that_steer_cost_labels_and_unused_ones_do_not(
    carry_out, settings, besides
):
    table = carry_out(**settings)
    assert (table["labels_spent"] - table["labels"]).tolist() == [besides] * 5


def test_true_classes_that_are_looked_up_are_counted(carry_out):
    table = carry_out(strategy={**ERROR_RATIO, "classes": "true"})
    pool = [POOL - labels for labels in (10, 18, 26, 34)]
    assert table["leaked"].tolist() == [0, *itertools.accumulate(pool)]


@pytest.mark.parametrize("strategy", ["random", "diverse_doubt", "vote_entropy"])
def test_a_budget_beyond_the_pool_ends_with_the_pool_and_the_table_says_so(
    carry_out, strategy
):
    table = carry_out(rounds=((9, 50),), **LINEAR[strategy])
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
        features = {"kind": "tfidf+lsa", "min_df": 2}
        carry_out(strategy=strategy, seed=seed, features=features)
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
    changes = {"learner": {"kind": "bilstm", "profile": "small"}, "rounds": ((1, 8),)}
    bald = small.changed(strategy={"kind": "bald", "candidates": 30}, **changes)
    with pytest.MonkeyPatch.context() as patch:
        profile = dataclasses.replace(learning.PROFILES["small"], **tiny)
        patch.setitem(learning.PROFILES, "small", profile)
        return [table_of(bald), table_of(bald.changed(strategy=ERROR_RATIO))]


def test_the_bilstm_asks_for_its_budget_and_pays_for_its_validation_reviews(
    bilstm_tables,
):
    for table in bilstm_tables:
        assert table["labels"].tolist() == [10, 18]
        # They stop the training; the error ratio is steered by the same ones.
        assert table["labels_spent"].tolist() == [10 + VALIDATION, 18 + VALIDATION]
        assert table["leaked"].tolist() == [0, 0]


def test_the_bilstm_begins_alike_in_all_arms_of_a_seed(bilstm_tables):
    one, other = (table.iloc[0].drop(["arm", "seconds"]) for table in bilstm_tables)
    assert one.equals(other)


# --- what does not suffice


def test_a_corpus_that_does_not_suffice_is_named(carry_out):
    with pytest.raises(ValueError, match=r"the splits want 225 .* in reviews\.csv"):
        carry_out(data={"test": 400})
    with pytest.raises(FileNotFoundError, match=r"nowhere\.csv cannot be opened"):
        carry_out(data={"source": "nowhere.csv"})


def test_reviews_without_a_label_are_refused_for_nobody_could_answer(small, tmp_path):
    reviews = pd.read_csv(small.data.source, dtype=str)
    reviews.loc[[3, 9], "label"] = ""
    reviews.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(
        ValueError, match=r"2 of 240 reviews in mine\.csv have no label"
    ):
        run_one(small.changed(data={"source": str(tmp_path / "mine.csv")}))


@pytest.mark.parametrize("features", ["tfidf", "tfidf+lsa"])
def test_a_csv_file_that_was_written_again_is_read_again(small, tmp_path, features):
    path = tmp_path / "mine.csv"
    numbers = ["false_negatives", "false_positives"]

    def errors_on(texts: pd.DataFrame) -> list[list[int]]:
        texts.to_csv(path, index=False)
        run = small.changed(data={"source": str(path)}, features=features)
        return table_of(run)[numbers].to_numpy().tolist()

    reviews = pd.read_csv(small.data.source)
    others = reviews.assign(label=np.random.default_rng(0).permutation(LABELS))
    first, second = errors_on(reviews), errors_on(others)
    assert first != second
    assert errors_on(reviews) == first


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in (".csv", "data_frame")])
def test_the_same_reviews_in_another_kind_of_source_give_the_same_errors(
    small, tmp_path, kind
):
    reviews = pd.read_csv(small.data.source, dtype=str).sort_values("label")
    texts, labels = reviews["text"].tolist(), reviews["label"].tolist()
    sources = [source_with(k, tmp_path, texts, labels) for k in (".csv", kind)]
    first, second = (
        table_of(small.changed(data={"source": source})) for source in sources
    )
    numbers = ["false_negatives", "false_positives"]
    assert first[numbers].equals(second[numbers])


def test_a_folder_in_which_a_text_was_written_again_is_read_again(small, tmp_path):
    reviews = pd.read_csv(small.data.source, dtype=str)
    texts, labels = reviews["text"].tolist(), reviews["label"].tolist()
    source = source_with("text_folder", tmp_path, texts, labels)
    data, elsewhere = Data(source=f"{source}/"), tmp_path / "grids"
    before = corpus(data, elsewhere)
    assert corpus(data, elsewhere) is before
    changed = next(Path(source).rglob("*.txt"))
    changed.write_text("written again")
    assert "written again" in corpus(data, elsewhere).reviews.texts


# --- more than two classes


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """A run on 400 made-up reviews of four classes, a third of them of the first."""
    labels = np.random.default_rng(2).choice(4, 400, p=[0.34, 0.22, 0.22, 0.22])
    rng, path = np.random.default_rng(3), tmp_path_factory.mktemp("four") / "four.csv"
    names = ["autumn", "spring", "summer", "winter"]
    others = [f"word{k}" for k in range(40)]
    lines = [
        " ".join([names[label] + "al", *rng.choice(others, 6)]) + f",{names[label]}"
        for label in labels
    ]
    path.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return labels, Run(
        data={
            **{"source": str(path), "split": "random"},
            **{"test": 80, "validation_part": 40},
        },
        start={"validation": 20, "labelled": 6},
        features={"min_df": 1, "dimensions": 5, "directions": 3},
        rounds=((3, 30),),
    )


@pytest.mark.parametrize("strategy", sorted(set(LINEAR) - {"error_ratio"}))
def test_four_classes_go_through_every_strategy_and_are_counted_one_by_one(
    four, strategy
):
    labels, run = four
    record = run_one(run.changed(**LINEAR[strategy]))
    assert record["test"] == [20] * 4
    assert sum(1 for name in record["rounds"] if name.startswith("errors_")) == 12
    table = runs_table([record])
    assert "false_negatives" not in table
    asked = table[[f"asked_{k}" for k in range(4)]].sum(axis=1)
    assert asked.tolist() == table["asked"].tolist() == [6, 30, 30, 30]
    assert table["macro_f1"].between(0, 1).all()
    # Whoever looks for one class only learns little of three others.
    assert table["accuracy"].iloc[-1] > (
        0.25 if strategy == "surest_positives" else 0.5
    )
    assert table["average_precision_3"].notna().all()
    assert len(labels) == 400


def test_the_error_ratio_is_for_two_classes(four):
    with pytest.raises(ValueError, match="two classes"):
        run_one(four[1].changed(strategy=ERROR_RATIO))


# --- a start from words


def from_words(**more):
    learner = {"kind": "from_words", "words": 3, "word_list": "movies", **more}
    return {"learner": learner, "start": {"labelled": 0, "validation": 0}}


@pytest.fixture(scope="module")
def of_words(tmp_path_factory):
    """A run on 400 made-up reviews that hold words of the book's list."""
    rng, others = np.random.default_rng(1), [f"word{k}" for k in range(40)]
    path = tmp_path_factory.mktemp("words") / "words.csv"
    lines = [
        " ".join([*rng.choice(MOVIE_WORDS[label], 3), *rng.choice(others, 6)])
        + f",{label}"
        for label in np.arange(400) % 2
    ]
    path.write_text("text,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return Run(
        data={"source": str(path), "test": 80, "validation_part": 40},
        start={"validation": 0},
        features={"min_df": 1},
        rounds=((2, 10),),
    )


def test_words_do_without_a_label_what_no_start_can(of_words):
    started = table_of(of_words.changed(**from_words(words=20)))
    assert started["labels"].tolist() == [0, 10, 20]
    assert started["accuracy"][0] > 0.8
    assert (started["passes"] >= 1).all()
    without = table_of(of_words.changed(start=from_words()["start"]))
    assert without["accuracy"][0] == 0.5


def test_fewer_words_are_the_first_of_more_and_each_seed_draws_others(
    of_words, monkeypatch
):
    drawn = []

    class Watched(FromWords):
        def __init__(self, learner, words, *others, **more):
            drawn.append(words.words)
            super().__init__(learner, words, *others, **more)

    monkeypatch.setattr(learning, "FromWords", Watched)
    for words, seed in ((2, 0), (5, 0), (5, 1)):
        table_of(of_words.changed(**from_words(words=words), seed=seed, rounds=()))
    fewer, more, others = drawn
    assert [one[:2] for one in more] == list(fewer)
    assert others != more


def test_words_that_are_asked_for_come_beside_those_that_were_drawn(
    of_words, monkeypatch
):
    made = []
    monkeypatch.setattr(
        learning,
        "FromWords",
        lambda learner, words, *others, **more: (
            made.append(words.words) or FromWords(learner, words, *others, **more)
        ),
    )
    table_of(of_words.changed(**from_words(asked=12, guard=False), rounds=()))
    start, final = made[0], made[-1]
    assert [one[:3] for one in final] == list(start)
    assert 0 < sum(map(len, final)) - 6 <= 12


def test_the_strongest_words_of_the_lexicon_can_be_drawn_from(of_words):
    with pytest.raises(ValueError, match="ask for fewer than 40 of each"):
        run_one(of_words.changed(**from_words(word_list="lexicon")))


def test_a_smaller_share_of_positives_reaches_every_part(of_words):
    record = run_one(of_words.changed(data={"positive_share": 0.2}))
    assert record["test"] == [40, 10]


def test_a_search_is_for_a_few_of_the_positive_words_and_each_seed_draws_others(
    of_words, seen
):
    texts = pd.read_csv(of_words.data.source)["text"]
    found = {}
    for seed in (0, 1):
        # As many as a text holds: a text that holds none of them is no find.
        run = of_words.changed(
            seed=seed,
            strategy={"kind": "search_first", "until": 20},
            start={"labelled": 10, "validation": 0},
            features={"search_words": 20},
            rounds=((1, 10), (1, 10)),
        )
        run_one(run)
        _, (_, first, second) = seen.pop()
        words = [set(texts[row].split()) & set(MOVIE_WORDS[1]) for row in first]
        assert len(first) == len(second) == 10
        assert all(words)
        found[seed] = first.tolist()
    assert found[0] != found[1]


# --- a threshold that is tuned


def test_a_tuned_threshold_is_that_of_scikit_learns_parts_put_together(small, seen):
    record = run_one(small.changed(threshold={"folds": 4}, strategy="margin"))
    ((splits, asked),) = seen
    texts = pd.read_csv(small.data.source)["text"]
    phrases = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
    phrases.fit(texts[np.sort(splits.training)])
    rows = np.concatenate(asked)

    def positive(known, others):
        model = LogisticRegression(C=10, solver="liblinear", dual=True, max_iter=1000)
        model.fit(phrases.transform(texts[known]), LABELS[known])
        return model.predict_proba(phrases.transform(texts[others]))[:, 1]

    folds = StratifiedKFold(4, shuffle=True, random_state=0)
    out_of_fold = np.empty(len(rows))
    for others, fold in folds.split(rows, LABELS[rows]):
        out_of_fold[fold] = positive(rows[others], rows[fold])
    precision, recall, thresholds = precision_recall_curve(LABELS[rows], out_of_fold)
    best = (2 * precision * recall / (precision + recall))[:-1].argmax()
    # Scikit-learn's threshold lies at a probability, ours halfway below it.
    lower = out_of_fold[out_of_fold < thresholds[best]]
    threshold = (thresholds[best] + lower.max(initial=-1)) / 2
    named = positive(rows, splits.test) > threshold
    assert record["rounds"]["tuned_named"][-1] == named.sum()
    assert (
        record["rounds"]["tuned_found"][-1]
        == (named & (LABELS[splits.test] == 1)).sum()
    )


def test_tuning_changes_nothing_else_that_is_measured_and_is_not_there_unless_asked_for(
    small,
):
    plain, tuned = (
        run_one(small.changed(threshold={"folds": folds}))["rounds"] for folds in (0, 3)
    )
    assert set(tuned) - set(plain) == {"tuned_found", "tuned_named"}
    for name in set(plain) - {"seconds"}:
        assert plain[name] == tuned[name]


def test_a_tuned_threshold_is_for_two_classes(four):
    with pytest.raises(ValueError, match=r"for two classes, .* have 4"):
        run_one(four[1].changed(threshold={"folds": 5}))


# --- first labels of one class


@pytest.mark.parametrize("strategy", sorted(set(LINEAR) - {"error_ratio"}))
def test_a_run_whose_first_labels_hold_one_class_goes_on_and_does_not_fail(
    of_words, strategy
):
    settings = {
        "data": {"positive_share": 0.05, "validation_part": 0},
        "start": {"labelled": 2, "validation": 0},
        "features": {"min_df": 1, "dimensions": 5, "directions": 3},
        "threshold": {"folds": 5},
        "rounds": ((3, 20),),
    }
    table = table_of(of_words.changed(**LINEAR[strategy], **settings))
    assert table["asked"].tolist() == [2, 20, 20, 20]
    assert table["asked_positive"].iloc[0] == 0
    assert (table["tuned_found"] <= table["tuned_named"]).all()


# --- what a run of the linear learner does not start


def test_a_run_of_the_linear_learner_starts_neither_keras_nor_tensorflow(
    small, run_python
):
    said = run_python(
        "import sys\n"
        "from alutils.experiments.config import Run\n"
        "from alutils.experiments.run import run_one\n"
        f"run_one(Run(**{small.given()!r}))\n"
        "slow = ('keras', 'tensorflow', 'tensorflow_datasets', 'matplotlib')\n"
        "print({*slow, 'statsmodels', 'IPython', 'jax', 'torch'} & set(sys.modules))"
    )
    assert said.strip() == "set()"
