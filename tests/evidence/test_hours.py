import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alutils.evidence.hours import hours_so_far, over_hours

ROUNDS = st.lists(
    st.tuples(st.integers(1, 200), st.integers(0, 50_000), st.floats(0, 1)),
    min_size=2,
    max_size=8,
)


def table_of(rounds, arm="random", seed=0):
    asked, words, accuracy = zip(*rounds, strict=True)
    return pd.DataFrame(
        {
            "arm": arm,
            "seed": seed,
            "round": range(len(asked)),
            "labels": np.cumsum(asked),
            "asked_words": words,
            "accuracy": accuracy,
        }
    )


def test_two_texts_of_a_hundred_words_take_what_one_would_reckon():
    table = table_of([(1, 100, 0.5), (1, 100, 0.6)])
    hours = hours_so_far(table, fixed=3.0, a_word=0.25)
    assert hours.tolist() == pytest.approx([28 / 3_600, 56 / 3_600])


@given(rounds=ROUNDS, fixed=st.floats(0.1, 60), a_word=st.floats(0, 1))
def test_hours_only_grow_and_a_round_is_worth_what_it_was(rounds, fixed, a_word):
    table = table_of(rounds)
    hours = hours_so_far(table, fixed=fixed, a_word=a_word).to_numpy()
    assert (np.diff(hours) > 0).all()
    found = over_hours(table, hours, fixed=fixed, a_word=a_word)
    assert found["accuracy"].to_numpy() == pytest.approx(table["accuracy"].to_numpy())


@given(rounds=ROUNDS)
def test_where_words_cost_nothing_hours_are_labels_by_another_name(rounds):
    table = table_of(rounds)
    labels = table["labels"].to_numpy()
    asked = np.linspace(labels[0], labels[-1], 7)
    found = over_hours(table, asked, fixed=3_600, a_word=0)["accuracy"]
    assert found.to_numpy() == pytest.approx(
        np.interp(asked, labels, table["accuracy"])
    )


def test_runs_are_told_apart_and_their_rows_may_lie_in_any_order():
    one = table_of([(1, 100, 0.5), (1, 300, 0.7)])
    other = table_of([(1, 200, 0.6), (1, 600, 0.8)], arm="margin", seed=3)
    both = pd.concat([one, other], ignore_index=True)
    shuffled = both.sample(frac=1, random_state=0)
    hours = hours_so_far(shuffled, fixed=0, a_word=3_600)
    assert hours.sort_index().tolist() == [100, 400, 200, 800]
    found = over_hours(shuffled, [300], fixed=0, a_word=3_600).set_index("arm")
    assert found.loc["random", "accuracy"] == pytest.approx(0.5 + 0.2 * 2 / 3)
    assert found.loc["margin", "accuracy"] == pytest.approx(0.6 + 0.2 / 6)


def test_hours_that_a_run_does_not_have_are_refused():
    table = table_of([(1, 100, 0.5), (1, 100, 0.6)])
    for hours in ([0.5], [3.0], [1.5, 2.5]):
        with pytest.raises(ValueError, match=r"goes from 1\.00 to 2\.00 hours"):
            over_hours(table, hours, fixed=3_600, a_word=0)


@pytest.mark.parametrize("seconds", [-1.0, np.nan, np.inf])
def test_seconds_that_nobody_can_take_are_refused(seconds):
    table = table_of([(1, 100, 0.5), (1, 100, 0.6)])
    for cost in ({"fixed": seconds, "a_word": 1}, {"fixed": 1, "a_word": seconds}):
        with pytest.raises(ValueError, match="expected seconds"):
            hours_so_far(table, **cost)


def test_runs_whose_words_nobody_counted_are_refused():
    table = table_of([(1, 100, 0.5), (1, 100, 0.6)])
    for lacking in (
        table.drop(columns="asked_words"),
        table.assign(asked_words=[np.nan, 100]),
    ):
        with pytest.raises(ValueError, match="words of the texts"):
            hours_so_far(lacking, fixed=1, a_word=1)
