import pickle
import typing

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alutils.corpus.lookup import sources
from alutils.experiments.config import Run, merged
from alutils.experiments.data import Data, Start
from alutils.experiments.kinds import learners, stopping_rules, strategies
from alutils.experiments.learning import learner_section
from alutils.experiments.materials import MATERIALS, Features
from alutils.experiments.querying import strategy_section
from alutils.experiments.stopping import Watching, stopping_section
from alutils.experiments.threshold import Threshold
from alutils.settings import settings_for

LEARNERS = sorted({*learners(MATERIALS), "bilstm"})
STRATEGIES = sorted({*strategies(MATERIALS), "error_ratio"})
RULES = sorted(stopping_rules())
NAMES = [name for module in sources() for name in getattr(module, "NAMES", ())]
# What a kind needs beside it.
NEEDS = {
    "bald": {"learner": "bilstm"},
    "vote_entropy": {"learner": {"members": 2}},
    "error_ratio": {"strategy": {"kind": "error_ratio", "order": "random"}},
    **{rule: {"watch": {"stop_set": 2, "validation": 2}} for rule in RULES},
}
KINDS = ("learner", "strategy", "stopping")  # sections that have one


def a_run(**sections) -> Run:
    """A run with these settings and what they need besides."""
    needs = {}
    for section in sections.values():
        kind = section.get("kind") if isinstance(section, dict) else section
        needs = merged(needs, NEEDS.get(kind, {}) if isinstance(kind, str) else {})
    return Run(arm="mine", **merged(needs, sections))


def sections() -> dict[str, tuple[str, type]]:
    """Every section that there is, by a name for a test, with its place in a run."""
    found = {"data": ("data", Data), "start": ("start", Start)}
    found |= {"features": ("features", Features), "watch": ("watch", Watching)}
    found |= {kind: ("stopping", stopping_section(kind)) for kind in RULES}
    found["threshold"] = ("threshold", Threshold)
    found |= {kind: ("learner", learner_section(kind)) for kind in LEARNERS}
    return found | {kind: ("strategy", strategy_section(kind)) for kind in STRATEGIES}


SETTINGS = [
    (kind, name)
    for kind, (_, model) in sections().items()
    for name in model.model_fields
    if name != "kind"
]
CHOICES = [
    (kind, name, choice)
    for kind, (_, model) in sections().items()
    for name, field in model.model_fields.items()
    for choice in typing.get_args(field.annotation)
    if typing.get_origin(field.annotation) is typing.Literal
]


def with_setting(kind: str, name: str, value: object) -> Run:
    section, _ = sections()[kind]
    table = {"kind": kind} if section in KINDS else {}
    if name == "validation" and section == "watch":
        table["stop_set"] = 2
    return a_run(**{section: table | {name: value}})


def default_of(kind: str, name: str) -> object:
    return sections()[kind][1].model_fields[name].default


# --- what can be said


@pytest.mark.parametrize(("kind", "name", "choice"), CHOICES)
def test_every_choice_can_be_taken(kind, name, choice):
    section, _ = sections()[kind]
    besides = {"classes": "true"} if choice == "storage" and name == "order" else {}
    table = besides | {name: choice}
    if section in KINDS:
        table["kind"] = kind
    assert getattr(getattr(a_run(**{section: table}), section), name) == choice


@pytest.mark.parametrize("kind", STRATEGIES)
def test_every_strategy_can_be_named_alone_or_in_a_table(kind):
    table = a_run(strategy={"kind": kind})
    assert table.strategy.kind == kind
    if kind != "error_ratio":
        assert a_run(strategy=kind) == table


def test_the_kinds_that_the_book_s_grids_name_are_known():
    assert {"linear", "bilstm"} <= set(LEARNERS)
    assert set(STRATEGIES) >= {
        *("random", "least_confidence", "margin", "entropy", "around_the_median"),
        *("vote_entropy", "bald", "k_center", "diverse_doubt", "error_ratio"),
    }
    # What wraps another or needs a choice of its own is no kind.
    assert not {"random_first", "committee_doubt", "strategy"} & set(STRATEGIES)
    assert not {"self_training", "with_committee", "learner"} & set(LEARNERS)


@pytest.mark.parametrize(
    ("kind", "name"), [setting for setting in SETTINGS if setting[0] != "error_ratio"]
)
def test_every_default_is_a_value_that_its_setting_can_have(kind, name):
    default = default_of(kind, name)
    if default is not None:
        section, _ = sections()[kind]
        assert getattr(getattr(with_setting(kind, name, default), section), name) == (
            default
        )


@pytest.mark.parametrize(
    "source",
    [*NAMES, "reviews.csv", "/somewhere/MINE.CSV", "a.jsonl", "a.parquet", "texts/"],
)
def test_reviews_come_from_a_known_source_or_a_file_or_a_folder(source):
    assert Run(data={"source": source}).data.source == source


def test_a_whole_number_may_stand_for_a_decimal_one():
    assert Run(learner={"C": 1}).learner.C == 1


def test_zero_stands_for_none_where_none_is_the_default():
    run = a_run(learner={"kind": "bilstm", "shuffle_buffer": 0})
    assert run.learner.shuffle_buffer is None
    assert a_run(strategy={"kind": "bald", "candidates": 0}).strategy.candidates is None


def test_a_notebook_s_settings_give_its_reviews_and_sizes():
    settings = settings_for("small", source="wheel", positive="pos")
    assert Data.from_settings(settings) == Data(
        source="wheel", reviews=6_000, positive="pos", test=1_000, validation_part=500
    )
    assert Data.from_settings(settings_for("full")).reviews == 0


# --- what is refused, by name


@given(
    setting=st.sampled_from(SETTINGS),
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.just(["linear"]),
)
def test_a_value_of_another_type_is_refused_with_what_was_expected(setting, value):
    kind, name = setting
    section, default = sections()[kind][0], default_of(kind, name)
    # What may be left out is a number, or a text of a file of reviews.
    or_none = {type(None), str if kind == "data" else int}
    known = or_none if default is None else {type(default)}
    known |= {int} if float in known else set()
    assume(type(value) not in known)
    assume(not (value == 0 and default is None))
    with pytest.raises(ValueError) as refused:
        with_setting(kind, name, value)
    said = str(refused.value)
    assert said.startswith("mine: ")
    assert f"{section}.{name}" in said and repr(value) in said
    assert "expected" in said or "choose" in said


@pytest.mark.parametrize(
    ("section", "name", "value", "message"),
    [
        ("start", "labelled", "20", "start.labelled='20': expected a whole number"),
        ("start", "labelled", 20.0, "start.labelled=20.0: expected a whole number"),
        ("start", "labelled", True, "start.labelled=True: expected a whole number"),
        ("learner", "C", "1", "learner.C='1': expected a number"),
        ("learner", "share", 1.5, "learner.share=1.5: expected a number of at most 1"),
        ("data", "source", 3, "data.source=3: expected a text"),
        ("data", "test", 0, "data.test=0: expected a number above 0"),
        ("data", "reviews", -2, "data.reviews=-2: expected a number of at least 0"),
        (
            "start",
            "rows",
            "magic",
            "unknown start.rows 'magic': choose 'random', 'balanced', 'storage' or"
            " 'everything'",
        ),
    ],
)
def test_the_message_says_what_came_and_what_was_expected(
    section, name, value, message
):
    with pytest.raises(ValueError) as refused:
        Run(arm="mine", **{section: {name: value}})
    assert str(refused.value) == f"mine: {message}"


def test_a_flag_is_true_or_false():
    with pytest.raises(ValueError, match=r"truncate=1: expected true or false"):
        Run(strategy={"kind": "error_ratio", "order": "random", "truncate": 1})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"strategy": "magic"}, "strategy: unknown strategy 'magic'"),
        ({"learner": "svm"}, "learner: unknown learner 'svm'"),
        (
            {"strategy": "margn"},
            r"strategy: unknown strategy 'margn' \(did you mean 'margin'\?\)",
        ),
        ({"strategy": {"kind": 3}}, "strategy: kind=3: expected a text"),
        ({"learner": 3}, "learner=3: expected a table of settings"),
        ({"start": [1]}, r"start=\[1\]: expected a table of settings"),
        ({"features": "words"}, "unknown features.kind 'words': choose"),
        (
            {"start": {"labeled": 20}},
            r"start: unknown setting 'labeled' \(did you mean 'labelled'\?\)",
        ),
        (
            {"strategy": {"kind": "k_center", "member": 3}},
            "strategy: unknown setting 'member'",
        ),
        (
            {"learner": {"kind": "bilstm", "self_training": 1}},
            "learner: unknown setting 'self_training'",
        ),
        ({"strategies": "margin"}, r"unknown section 'strategies' \(did you mean 'str"),
        (
            {"labelled": 20},
            "'labelled' is a setting of start: write start = { labelled",
        ),
        ({"truncate": True}, "'truncate' is a setting of strategy"),
        ({"shuffle_buffer": 3}, "'shuffle_buffer' is a setting of learner"),
    ],
    ids=str,
)
def test_a_name_that_nobody_knows_is_answered_with_those_that_are_known(given, message):
    with pytest.raises(ValueError, match=f"mine: {message}") as refused:
        Run(arm="mine", **given)
    if given == {"strategy": "magic"}:
        assert all(repr(kind) in str(refused.value) for kind in STRATEGIES)


def test_an_unknown_source_is_refused_before_anything_is_loaded():
    with pytest.raises(ValueError) as refused:
        Run(arm="mine", data={"source": "imdb"})
    assert str(refused.value).startswith("mine: data: unknown source 'imdb'")
    assert all(repr(name) in str(refused.value) for name in NAMES)
    assert "or the path of a .csv" in str(refused.value)


@pytest.mark.parametrize(("kind", "name"), SETTINGS)
def test_a_number_below_zero_is_refused_and_zero_too_where_it_means_nothing(kind, name):
    default = default_of(kind, name)
    if type(default) not in (int, float):
        return
    for number in (-1, 0):
        value = type(default)(number)
        if number == 0 and (
            default == 0 or name in ("validation", "validation_part", "labelled")
        ):
            continue
        section = sections()[kind][0]
        with pytest.raises(
            ValueError, match=f"{section}.{name}={value}: expected a num"
        ):
            with_setting(kind, name, value)


@pytest.mark.parametrize(
    ("section", "name"),
    [("learner", "C"), ("features", "lsa_weight"), ("learner", "weight")],
)
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_not_a_number_and_infinity_are_no_numbers(section, name, value):
    with pytest.raises(ValueError, match=f"{section}.{name}={value}: expected a numb"):
        Run(**{section: {name: value}})


@pytest.mark.parametrize("seed", [-1, 2**32, 12_345_678_901_234])
def test_a_seed_that_no_generator_takes_is_refused_by_name(seed):
    with pytest.raises(ValueError, match=f"seed={seed}: expected"):
        Run(seed=seed)


@pytest.mark.parametrize(
    "rounds",
    [((9, 100), (1, -3)), ((2, 10.5),), (2, 10), ((2,),), [[True, 1]], 3, "no"],
)
def test_rounds_are_pairs_of_numbers_above_zero(rounds):
    with pytest.raises(
        ValueError, match=r"mine: rounds=.*: expected pairs of how many"
    ):
        Run(arm="mine", rounds=rounds)


FROM_ERRORS = {"kind": "error_ratio", "order": "random"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"strategy": "bald"},
            "strategy 'bald' asks a committee, and learner 'linear'",
        ),
        (
            {"strategy": "vote_entropy", "learner": {"self_training": 2}},
            "strategy 'vote_entropy' asks a committee",
        ),
        (
            {"strategy": "vote_entropy", "learner": {"self_training": 2, "members": 2}},
            "learner: members=2 and self_training=2: a committee is not for",
        ),
        (
            {"features": "tfidf+lsa", "learner": "bilstm"},
            r"features 'tfidf\+lsa' are not read by learner 'bilstm'",
        ),
        (
            {"strategy": "error_ratio"},
            "strategy: order='storage' gives the classes away",
        ),
        (
            {"strategy": FROM_ERRORS, "start": {"validation": 0}},
            "validation=0: 'error_ratio' looks at labelled validation reviews",
        ),
        ({"learner": "bilstm", "start": {"validation": 0}}, "validation=0: 'bilstm'"),
        (
            {
                "strategy": FROM_ERRORS,
                "start": {"rows": "storage"},
                "data": {"validation_part": 0},
            },
            "validation_part=0: 'error_ratio'",
        ),
        (
            {
                "learner": "bilstm",
                "start": {"rows": "everything"},
                "data": {"validation_part": 0},
            },
            "validation_part=0: 'bilstm'",
        ),
        (
            {"data": {"split": "official", "source": "wheel"}},
            "data: split 'official' needs source 'tfds', not 'wheel'",
        ),
        (
            {"strategy": "vote_entropy", "learner": {"members": 1}},
            "learner: members=1: a committee of one",
        ),
        (
            {"strategy": "k_center", "features": {"dimensions": 20}},
            "features.directions=50 are more than features.dimensions=20",
        ),
        ({"data": {"reviews": 3}}, "data: reviews=3: half of it"),
        (
            {"start": {"labelled": 7, "rows": "storage"}},
            "start.labelled=7: half of it",
        ),
        ({"data": {"test": 41}}, "data: test=41: half of it is of each class"),
        (
            {"start": {"labelled": 7, "rows": "balanced"}},
            "start.labelled=7: half of it",
        ),
        ({"start": {"validation": 7}}, "start.validation=7: half of it"),
        (
            {"data": {"validation_part": 500}},
            "start.validation=1000 is more than data.validation_part=500",
        ),
    ],
    ids=str,
)
def test_sections_that_do_not_go_together_are_refused(settings, message):
    with pytest.raises(ValueError, match=f"mine: {message}"):
        Run(arm="mine", **settings)


def test_a_validation_set_that_comes_as_luck_has_it_need_not_be_even():
    run = Run(start={"validation": 7, "validation_rows": "random"})
    assert run.start.validation == 7


def test_a_start_that_takes_the_validation_part_whole_does_not_mind_its_size():
    run = Run(data={"validation_part": 500}, start={"rows": "storage"})
    assert run.data.validation_part == 500


def test_other_shares_than_halves_are_for_the_splits_to_judge():
    data = {"split": "random", "test": 45, "validation_part": 45}
    assert Run(data=data, start={"validation": 45}).data.test == 45


# --- what it says of itself


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9)), max_size=4))
def test_query_sizes_spell_the_rounds_out(rounds):
    sizes = Run(rounds=rounds).query_sizes
    assert len(sizes) == sum(count for count, _ in rounds)
    for count, size in rounds:
        assert sizes[:count] == [size] * count
        sizes = sizes[count:]


def test_settings_are_those_that_were_named_and_all_others_and_none_twice():
    run = Run(
        arm="mine",
        seed=3,
        strategy="margin",
        rounds=((9, 100), (2, 50)),
        learner={"C": 1},
        start={"labelled": 100},
    )
    given, defaults = run.settings()
    assert given == {
        "strategy": {"kind": "margin"},
        "rounds": [[9, 100], [2, 50]],
        "learner": {"C": 1},
        "start": {"labelled": 100},
    }
    assert defaults["start"] == {
        "rows": "random",
        "validation": 1_000,
        "validation_rows": "balanced",
    }
    assert defaults["data"]["test"] == 5_000
    assert "C" not in defaults["learner"] and defaults["learner"]["members"] == 0
    again = merged(defaults, given)
    assert Run(arm="mine", seed=3, **again) == run


def test_a_record_says_what_a_network_s_profile_stood_for():
    _, defaults = a_run(learner="bilstm").settings()
    assert defaults["learner"]["training"] == {
        "vocabulary_size": 3_000,
        "sequence_length": 150,
        "batch_size": 256,
        "epochs": 20,
        "patience": 4,
    }


@pytest.mark.parametrize("kind", STRATEGIES)
def test_a_run_travels_to_another_process_as_it_is(kind, tmp_path):
    run = a_run(strategy={"kind": kind}, seed=4, folder=tmp_path)
    there = pickle.loads(pickle.dumps(run))
    assert there == run
    assert there.settings() == run.settings()
    assert there.folder == tmp_path


def test_a_changed_run_keeps_all_else_and_another_kind_takes_nothing_over():
    run = a_run(strategy={"kind": "margin", "random_until": 50}, start={"labelled": 8})
    assert run.changed(seed=7).seed == 7
    assert run.changed(seed=7).settings() == run.settings()
    changed = run.changed(arm="other", strategy="entropy", start={"validation": 6})
    assert changed.arm == "other"
    assert (changed.start.labelled, changed.start.validation) == (8, 6)
    assert changed.strategy.random_until == 0
    assert run.changed(strategy={"random_until": 9}).strategy.kind == "margin"


# --- whether a record is of such a run


def record_of(run: Run) -> dict:
    given, defaults = run.settings()
    return {"given": given, "defaults": defaults}


def test_a_run_with_the_same_settings_is_the_same_whichever_of_them_were_named():
    short = Run(strategy="margin")
    full = Run(**merged(short.settings()[1], short.settings()[0]))
    assert short.is_made_by(record_of(full)) and full.is_made_by(record_of(short))
    assert short.is_made_by(record_of(Run(strategy="margin", seed=3, arm="other")))


@pytest.mark.parametrize(
    "change",
    [
        {"strategy": "margin"},
        {"learner": {"C": 1}},
        {"rounds": [[2, 10]]},
        {"data": {"source": "wheel"}},
        {"features": "tfidf+lsa"},
        {"strategy": {"random_until": 30}},
    ],
    ids=str,
)
def test_a_setting_that_was_named_then_or_is_named_now_tells_two_runs_apart(change):
    run = Run()
    assert not run.changed(**change).is_made_by(record_of(run))
    assert not run.is_made_by(record_of(run.changed(**change)))


def test_a_whole_number_is_the_same_number_written_either_way():
    for now, then in ((1, 1.0), (1.0, 1)):
        record = record_of(Run(learner={"C": then}))
        record["given"]["learner"]["C"] = then
        assert Run(learner={"C": now}).is_made_by(record)


def test_a_default_that_changed_since_makes_no_old_run_stale():
    record = record_of(Run(strategy="margin"))
    record["defaults"]["start"]["validation"] = 40
    assert Run(strategy="margin").is_made_by(record)
    assert not Run(strategy="margin", start={"validation": 1_000}).is_made_by(record)


def test_a_setting_that_came_later_makes_no_old_run_stale_unless_it_is_used():
    record = record_of(Run(strategy="margin"))
    del record["defaults"]["learner"]["members"]
    assert Run(strategy="margin").is_made_by(record)
    assert Run(strategy="margin", learner={"members": 0}).is_made_by(record)
    assert not Run(strategy="margin", learner={"members": 5}).is_made_by(record)


def test_a_setting_that_is_gone_makes_the_runs_stale_that_named_it():
    record = record_of(Run())
    record["defaults"]["start"]["luck"] = 3
    assert Run().is_made_by(record)
    record["given"]["start"] = {"luck": 3}
    assert not Run().is_made_by(record)
