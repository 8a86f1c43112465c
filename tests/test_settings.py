import dataclasses
from pathlib import Path

import pytest

from alutils.settings import PROFILES, Settings, settings_for


def test_the_full_profile_has_the_published_sizes():
    full = settings_for("full")
    published = {
        "source": "tfds",
        "reviews": None,
        "labelled": 15_000,
        "validation": 5_000,
        "test": 5_000,
        "rounds": 3,
        "query_size": 5_000,
        "vocabulary_size": 3_000,
        "sequence_length": 150,
        "batch_size": 256,
        "epochs": 20,
        "patience": 4,
    }
    assert {name: getattr(full, name) for name in published} == published
    assert full.query_sizes == (5_000, 5_000, 5_000)


def test_every_profile_leaves_a_pool_that_its_rounds_do_not_empty():
    available = {"tfds": 50_000, "wheel": 25_000}
    for settings in PROFILES.values():
        pool = (
            (settings.reviews or available[settings.source])
            - settings.labelled
            - settings.validation
            - settings.test
        )
        assert sum(settings.query_sizes) < pool


def test_settings_cannot_be_changed_after_they_are_made():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().epochs = 1


def test_a_change_replaces_one_value_and_none_keeps_the_profiles_own():
    changed = settings_for("small", epochs=3, seed=None, reviews=None)
    assert changed == dataclasses.replace(PROFILES["small"], epochs=3)


def test_an_unknown_profile_is_named_with_those_that_are_known():
    with pytest.raises(ValueError, match=r"'fast'.*'full', 'small'"):
        settings_for("fast")


def test_an_unknown_setting_is_named_with_those_that_are_known():
    with pytest.raises(ValueError, match=r"'epoch'.*labelled.*epochs.*seed"):
        settings_for("small", epoch=3)


@pytest.mark.parametrize("value", [0, -2, 1.5, "500", True])
@pytest.mark.parametrize("name", ["labelled", "epochs", "reviews", "vocabulary_size"])
def test_a_size_that_is_no_positive_whole_number_is_refused_by_name_and_value(
    name, value
):
    with pytest.raises(ValueError, match=f"{name}={value!r}.*whole number"):
        settings_for("small", **{name: value})


def test_no_rounds_and_seed_zero_are_allowed_but_nothing_below():
    assert settings_for("small", rounds=0).query_sizes == ()
    assert settings_for("small", seed=0).seed == 0
    for name in ("rounds", "seed"):
        with pytest.raises(ValueError, match=f"{name}=-1.*at least 0"):
            settings_for("small", **{name: -1})


@pytest.mark.parametrize("source", ["", 7])
def test_a_source_that_is_no_name_is_refused_with_the_names_there_are(source):
    with pytest.raises(
        ValueError, match=r"source=.*'tfds', 'wheel', 'rotten_tomatoes'"
    ):
        settings_for("small", source=source)


def test_a_source_may_be_a_path():
    assert settings_for("small", source=Path("own") / "r.csv").source == str(
        Path("own", "r.csv")
    )


def test_columns_and_the_positive_label_are_recognized_unless_they_are_given():
    names = ("text_column", "label_column", "positive", "encoding")
    assert all(getattr(settings_for("small"), name) is None for name in names)
    for name in names:
        given = settings_for("small", source="own.csv", **{name: "review"})
        assert getattr(given, name) == "review"


@pytest.mark.parametrize("value", ["", 7])
@pytest.mark.parametrize(
    "name", ["text_column", "label_column", "positive", "encoding"]
)
def test_a_column_or_label_that_is_no_name_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"{name}={value!r}: expected a name"):
        settings_for("small", **{name: value})


def test_a_limit_makes_all_sizes_smaller_as_fewer_reviews_do():
    few = settings_for("small", reviews=1_000)
    assert few.fitting(25_000) == settings_for("small").fitting(1_000)
    assert few.fitting(800) == settings_for("small").fitting(800)


def test_a_seed_is_refused_where_keras_would_refuse_it():
    assert settings_for("small", seed=2**32 - 1).seed == 2**32 - 1
    with pytest.raises(
        ValueError, match="seed=20261125120000: expected at most 4294967295"
    ):
        settings_for("small", seed=20_261_125_120_000)
