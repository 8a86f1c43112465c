import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from alutils.labelling.plan import LEAST_TEST, MOST_START, plan_labels
from alutils.labelling.seconds import PUBLISHED, fit_seconds
from alutils.labelling.sizes import (
    expected_interval,
    labels_for_half_width,
    start_size,
)

WORDS = np.random.default_rng(0).integers(20, 400, 20_000)


def a_plan(**others):
    return plan_labels(
        **{"labels": 400, "words": WORDS, "n_classes": 2, "accuracy": 0.85} | others
    )


# --- how labels are split


@given(
    st.integers(100, 15_000),
    st.integers(2, 12),
    st.sampled_from([0.5, 0.85, 0.97]),
    st.sampled_from([0.02, 0.05, 0.1]),
    st.sampled_from([0, 0.05, 0.2]),
)
def test_every_label_is_for_one_thing(labels, n_classes, accuracy, width, again):
    settings = dict(n_classes=n_classes, accuracy=accuracy, half_width=width)
    try:
        plan = a_plan(labels=labels, again_share=again, **settings)
    except ValueError as error:
        assert "expected" in str(error)
        assume(False)
    once = plan.test + plan.start + plan.asked
    assert once + plan.again == plan.labels == labels
    assert plan.again <= again * once < plan.again + 1 + again
    wished = labels_for_half_width(width, accuracy)
    assert plan.test in (wished, once // 3)
    assert plan.test <= min(wished, once / 3)
    assert start_size(n_classes) <= plan.start <= max(MOST_START, start_size(n_classes))
    assert plan.asked >= plan.start


def test_with_labels_enough_the_interval_is_as_narrow_as_wished():
    plan = a_plan(labels=3_000, half_width=0.04)
    low, high = plan.test_interval
    assert (high - low) / 2 == pytest.approx(0.04, abs=0.0005)
    assert plan.start == MOST_START


def test_a_model_that_starts_from_words_needs_no_random_start():
    plan, usual = a_plan(start=0), a_plan()
    assert (plan.start, plan.test) == (0, usual.test)
    assert plan.asked == usual.asked + usual.start
    assert "random start" not in plan.lines().index


# --- hours


def test_a_plan_by_hours_fills_them():
    plan = a_plan(labels=None, hours=7.5)
    # Brysbaert's 238 words a minute, and 2.65 seconds for the click.
    a_label = WORDS.mean() * 60 / 238 + 2.65
    assert plan.labels == int(7.5 * 3_600 / a_label)
    assert plan.hours[0] == pytest.approx(plan.labels * a_label / 3_600)
    assert plan.hours[1] < plan.hours[0] <= 7.5 < plan.hours[2]


def test_a_fast_person_gets_more_labels_into_the_same_hours():
    rng = np.random.default_rng(0)
    words = rng.choice(WORDS, 60)
    fast = fit_seconds(words, 2 + 0.05 * words + rng.uniform(0, 1, 60))
    by_hours = dict(labels=None, hours=7.5)
    assert a_plan(**by_hours, seconds=fast).labels > 2 * a_plan(**by_hours).labels


# --- what is shown


def test_lines_add_up_and_leave_the_control_out():
    plan = a_plan()
    lines = plan.lines()
    assert list(lines.columns) == ["labels", "hours", "what for"]
    *parts, whole, control = lines.index
    for column in ("labels", "hours"):
        assert lines.loc[parts, column].sum() == pytest.approx(lines[column][whole])
    assert lines["labels"][control] == plan.asked
    assert "not in the sum" in control
    low, high = plan.test_interval
    assert f"{low:.1%} to {high:.1%}" in lines["what for"]["test set"]


def test_the_least_gap_that_a_control_would_show_is_statsmodels_interval():
    plan = a_plan(accuracy=0.8, labels=450, again_share=0)
    right = (round(0.8 * plan.test), plan.test)
    low, high = confint_proportions_2indep(*right, *right, method="wald")
    assert plan.test == 150
    assert plan.gap == pytest.approx((high - low) / 2)


def test_other_test_sizes_stand_side_by_side():
    plan = a_plan()
    table = plan.alternatives()
    assert table.index.tolist() == [100, 150, 200, 300]  # 500 are more than there are
    for size, row in table.iterrows():
        assert (row["low"], row["high"]) == expected_interval(size, 0.85)
        assert row["half_width"] == pytest.approx((row["high"] - row["low"]) / 2)
        assert size + row["for_training"] + plan.again == plan.labels
    assert table["half_width"].is_monotonic_decreasing


# --- what is no plan


@pytest.mark.parametrize("n_classes", [2, 5, 12])
def test_too_few_labels_name_the_least_that_will_do(n_classes):
    with pytest.raises(ValueError, match="10 labels") as refused:
        a_plan(labels=10, n_classes=n_classes)
    least = int(str(refused.value).split("expected ")[1].split(" or more")[0])
    plan = a_plan(labels=least, n_classes=n_classes)
    assert plan.test >= LEAST_TEST
    with pytest.raises(ValueError, match=f"expected {least} or more"):
        a_plan(labels=least - 1, n_classes=n_classes)


def test_too_few_hours_name_the_hours_that_will_do():
    with pytest.raises(ValueError, match=r"or more \(") as refused:
        a_plan(labels=None, hours=0.1)
    hours = float(str(refused.value).split("or more (")[1].split(" hours")[0])
    assert a_plan(labels=None, hours=hours + 0.05).test >= LEAST_TEST


def test_labels_for_every_text_need_no_plan():
    with pytest.raises(
        ValueError, match=r"400 labels for 300 texts: .* label them all"
    ):
        a_plan(words=WORDS[:300])


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"hours": 8}, "labels=400 and hours=8: give one of the two"),
        ({"labels": None}, "labels=None and hours=None: give one of the two"),
        ({"labels": -5}, "-5 labels for 2 classes: expected"),
        ({"labels": None, "hours": -1}, "-1 hours: expected a number of 0 or more"),
        ({"n_classes": 1}, "1 classes: expected two or more"),
        ({"accuracy": 85}, "accuracy=85: expected a share between 0 and 1"),
        ({"half_width": 0}, "half_width=0: expected a share between 0 and 1"),
        ({"again_share": 1.5}, "again_share=1.5: expected a share from 0 to 1"),
        ({"start": -1}, "start=-1: expected 0 labels or more"),
        ({"start": 390}, "400 labels for 2 classes: expected"),
        ({"words": []}, r"lengths of shape \(0,\): expected one for each text"),
    ],
)
def test_what_is_no_budget_is_refused(others, message):
    with pytest.raises(ValueError, match=message):
        a_plan(**others)


def test_a_plan_says_the_same_of_the_same():
    assert a_plan() == a_plan(seconds=PUBLISHED)
