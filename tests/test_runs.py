import dataclasses

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alutils.reviews import SOURCES
from alutils.runs import CHOICES, MAY_BE_ZERO, Run
from alutils.settings import PROFILES

FIELDS = {field.name: field.default for field in dataclasses.fields(Run)}
NUMBERS = [name for name, default in FIELDS.items() if type(default) in (int, float)]
# What a value needs beside it.
NEEDS = {
    "bald": {"learner": "bilstm"},
    "error_ratio": {"order": "random"},
    "validation_part": {"validation": 0},
}

any_run = st.builds(
    Run,
    arm=st.text(max_size=5),
    seed=st.integers(0, 100),
    strategy=st.sampled_from(sorted({*CHOICES["strategy"]} - {"bald"})),
    labelled=st.integers(1, 3),
    rounds=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=2).map(
        tuple
    ),
    min_df=st.sampled_from([2, 5]),
    C=st.sampled_from([1, 2.5, 10, 10.0]),
    features=st.sampled_from(CHOICES["features"]),
    truncate=st.booleans(),
    order=st.just("random"),
)


# --- what can be said


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in CHOICES for value in CHOICES[name]]
)
def test_every_named_choice_can_be_taken(name, value):
    run = Run(**{name: value, **NEEDS.get(value, {})})
    assert getattr(run, name) == value


@pytest.mark.parametrize("name", CHOICES)
def test_the_default_is_one_of_the_choices(name):
    assert FIELDS[name] in CHOICES[name]


@pytest.mark.parametrize("source", [*SOURCES, "reviews.csv", "/somewhere/MINE.CSV"])
def test_reviews_come_from_a_known_source_or_a_csv_file(source):
    assert Run(source=source).source == source


def test_a_whole_number_may_stand_for_a_decimal_one():
    assert Run(C=1).C == 1


# --- what is refused, by name


@given(
    name=st.sampled_from(sorted(FIELDS)),
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.just(["linear"]),
)
def test_a_value_of_another_type_is_refused_with_the_type_expected(name, value):
    kind = type(FIELDS[name])
    assume(type(value) is not kind and (kind, type(value)) != (float, int))
    given = {"arm": "mine", name: value}
    with pytest.raises(ValueError) as refused:
        Run(**given)
    expected = "pairs of" if name == "rounds" else f"{kind.__name__}, as in"
    assert f"{name}={value!r}: expected {expected}" in str(refused.value)
    assert str(refused.value).startswith(f"{given['arm']}: ")


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_is_refused_with_all_that_are_known(name):
    with pytest.raises(ValueError) as refused:
        Run(arm="mine", **{name: "magic"})
    assert f"mine: unknown {name} 'magic': choose one of" in str(refused.value)
    assert all(repr(known) in str(refused.value) for known in CHOICES[name])


def test_an_unknown_source_is_refused_before_anything_is_loaded():
    with pytest.raises(ValueError, match="mine: unknown source 'imdb': choose one of"):
        Run(arm="mine", source="imdb")


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_below_zero_is_refused_and_zero_too_where_it_means_nothing(name):
    for number in (-1, 0):
        value = type(FIELDS[name])(number)
        if number == 0 and name in MAY_BE_ZERO:
            assert getattr(Run(**NEEDS.get(name, {}) | {name: 0}), name) == 0
            continue
        border = "at least 0" if name in MAY_BE_ZERO else "above 0"
        with pytest.raises(ValueError, match=f"{name}={value}: expected .* {border}"):
            Run(**{name: value})


@pytest.mark.parametrize("name", ["C", "lsa_weight", "weight"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_not_a_number_and_infinity_are_no_numbers(name, value):
    with pytest.raises(ValueError, match=f"{name}={value}: expected a number above 0"):
        Run(**{name: value})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strategy": "bald"}, "strategy 'bald' needs learner 'bilstm', not 'linear'"),
        (
            {"strategy": "vote_entropy", "learner": "bilstm"},
            "strategy 'vote_entropy' needs learner 'linear', not 'bilstm'",
        ),
        (
            {"strategy": "vote_entropy", "self_training": 2},
            "strategy 'vote_entropy' needs self_training 0, not 2",
        ),
        (
            {"features": "tfidf+lsa", "learner": "bilstm"},
            r"features 'tfidf\+lsa' needs learner 'linear', not 'bilstm'",
        ),
        (
            {"learner": "bilstm", "self_training": 1},
            "learner 'bilstm' needs self_training 0, not 1",
        ),
        ({"strategy": "error_ratio"}, "order='storage' gives the classes away"),
        ({"strategy": "error_ratio", "validation": 0}, "validation=0: the error ratio"),
        ({"learner": "bilstm", "validation": 0}, "validation=0: .* the BiLSTM stops"),
        (
            {
                "strategy": "error_ratio",
                "order": "random",
                "start_rows": "storage",
                "validation_part": 0,
            },
            "validation_part=0: the error ratio",
        ),
        (
            {"learner": "bilstm", "start_rows": "everything", "validation_part": 0},
            "validation_part=0: .* the BiLSTM stops",
        ),
        (
            {"split": "official", "source": "wheel"},
            "split 'official' needs source 'tfds', not 'wheel'",
        ),
        ({"strategy": "vote_entropy", "members": 1}, "members=1: a committee of one"),
        (
            {"strategy": "k_center", "dimensions": 20},
            "directions=50 are more than dimensions=20",
        ),
        ({"reviews": 3}, "reviews=3: half of it"),
        ({"labelled": 7, "start_rows": "storage"}, "labelled=7: half of it"),
        ({"share": 1.5, "self_training": 2}, "share=1.5: expected at most 1"),
        ({"test": 41}, "test=41: half of it is of each class"),
        ({"labelled": 7, "start_rows": "balanced"}, "labelled=7: half of it"),
        ({"rounds": ((9, 100), (1, -3))}, "rounds=.*: expected pairs"),
        ({"rounds": ((2, 10.5),)}, "rounds=.*: expected pairs"),
        (
            {"validation_part": 500},
            "validation=1000 is more than validation_part=500",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_settings_that_do_not_go_together_are_refused(settings, message):
    with pytest.raises(ValueError, match=f"mine: {message}"):
        Run(arm="mine", **settings)


def test_a_start_that_takes_the_validation_part_whole_does_not_mind_its_size():
    assert Run(validation_part=500, start_rows="storage").validation_part == 500


# --- what it says of itself


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9)), max_size=4))
def test_query_sizes_spell_the_rounds_out(rounds):
    sizes = Run(rounds=tuple(rounds)).query_sizes
    assert len(sizes) == sum(count for count, _ in rounds)
    for count, size in rounds:
        assert sizes[:count] == [size] * count
        sizes = sizes[count:]


def test_settings_name_what_differs_from_the_defaults_and_nothing_else():
    run = Run(
        arm="mine", seed=3, strategy="margin", rounds=((9, 100), (2, 50)), C=1, min_df=5
    )
    assert run.settings == "strategy=margin rounds=9x100+2x50 C=1"
    assert Run(arm="mine", seed=3).settings == ""


@given(any_run, any_run)
def test_two_runs_have_the_same_settings_if_only_arm_and_seed_differ(one, other):
    alike = dataclasses.replace(other, arm=one.arm, seed=one.seed) == one
    assert (one.settings == other.settings) == alike


@given(any_run, st.text(max_size=5), st.integers(0, 100))
def test_arm_and_seed_leave_the_settings_as_they_are(run, arm, seed):
    assert dataclasses.replace(run, arm=arm, seed=seed).settings == run.settings


def test_a_default_that_changes_makes_tables_stale_that_cannot_know_it():
    """`settings` names what differs from the defaults. So whoever changes one of these
    must make every table under book/results again."""
    assert FIELDS == {
        "arm": "random",
        "seed": 0,
        "learner": "linear",
        "strategy": "random",
        "source": "tfds",
        "reviews": 0,
        "split": "storage",
        "test": 5000,
        "validation_part": 5000,
        "validation": 1000,
        "start_rows": "random",
        "labelled": 100,
        "rounds": ((19, 100), (12, 250)),
        "random_until": 0,
        "features": "tfidf",
        "min_df": 5,
        "dimensions": 300,
        "lsa_weight": 2.0,
        "directions": 50,
        "C": 10.0,
        "self_training": 0,
        "share": 0.3,
        "weight": 1.0,
        "members": 5,
        "profile": "full",
        "start": "cold",
        "checkpoint": "own",
        "load_after_first_fit": True,
        "shuffle_buffer": 0,
        "candidates": 2000,
        "steering": "validation",
        "classes": "predicted",
        "direction": "corrected",
        "truncate": False,
        "order": "storage",
    }
    full = PROFILES["full"]
    assert (full.vocabulary_size, full.sequence_length) == (3_000, 150)
    assert (full.batch_size, full.epochs, full.patience) == (256, 20, 4)
