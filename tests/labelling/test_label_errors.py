import numpy as np
import pytest
from given_answers import CLASSES, as_answers, confusion, given, said_by
from hypothesis import given as for_all
from hypothesis import strategies as st

from alutils.labelling.agreement import pairs_of
from alutils.labelling.label_errors import (
    agreement_table,
    ceiling,
    error_rate_if_alike,
    error_rates_of_three,
    error_rates_settled,
)


def share_agreeing(one: float, other: float, k: int) -> float:
    """How often two agree who err at these rates, by what both may say."""
    both = confusion(one, k).T @ confusion(other, k) / k
    return float(np.trace(both))


RATES = st.floats(0, 0.4)


def people_say(texts, shares, rates, rng):
    """What people with these error rates answer, the first first, and the truth."""
    k = len(shares)
    truth, answers = rng.choice(k, size=texts, p=shares), []
    people = zip(("Ann", "Bob", "Cid"), ("test", "again", "again"), rates, strict=False)
    for who, purpose, rate in people:
        said = said_by(truth, confusion(rate, k), rng)
        answers += as_answers(said, who, purpose, CLASSES[:k])
    return answers, {row: CLASSES[t] for row, t in enumerate(truth.tolist())}


SETTINGS = [
    (100, (0.5, 0.5)),
    (200, (0.85, 0.15)),
    (200, (0.6, 0.2, 0.15, 0.05)),
]
over_settings = pytest.mark.parametrize(("texts", "shares"), SETTINGS)


def holds(estimate, truth) -> bool:
    return estimate[1] <= truth <= estimate[2]


# --- two answers with the same error rate


@for_all(RATES, st.integers(2, 6))
def test_the_error_rate_is_that_with_which_two_would_agree_as_often(rate, k):
    texts = 10**9
    agreeing = round(share_agreeing(rate, rate, k) * texts)
    found, low, high = error_rate_if_alike(agreeing, texts, k)
    assert found == pytest.approx(rate, abs=1e-4)
    assert low <= found <= high


def test_of_100_intervals_90_hold_the_error_rate_of_a_person_asked_twice():
    rng, held = np.random.default_rng(0), np.zeros(2)
    for place, (k, rate) in enumerate([(2, 0.03), (4, 0.10)]):
        agreeing = rng.binomial(100, share_agreeing(rate, rate, k), size=100)
        held[place] = sum(holds(error_rate_if_alike(a, 100, k), rate) for a in agreeing)
    assert held.min() >= 90


def test_who_always_agrees_may_still_err_and_who_agrees_by_chance_shows_nothing():
    rate, low, high = error_rate_if_alike(50, 50, 2)
    assert rate == low == 0
    assert 0.01 < high < 0.05
    assert np.isnan(error_rate_if_alike(50, 100, 2)).all()
    assert np.isnan(error_rate_if_alike(0, 0, 2)).all()
    # An agreement that may be chance: she may as well be guessing.
    assert error_rate_if_alike(11, 20, 2)[2] == 0.5


# --- two, once what they differ about is settled


@over_settings
def test_of_100_intervals_90_hold_each_annotators_known_error_rate_and_ceiling(
    texts, shares
):
    rng, held = np.random.default_rng(0), np.zeros(4)
    for _ in range(100):
        answers, truth = people_say(texts, shares, (0.03, 0.10), rng)
        pairs, classes = pairs_of(answers), CLASSES[: len(shares)]
        settled = {p.row: truth[p.row] for p in pairs if not p.agrees}
        for place, (found, rate) in enumerate(
            zip(error_rates_settled(pairs, settled, classes), (0.03, 0.10), strict=True)
        ):
            held[place] += holds(found, rate)
            held[2 + place] += holds(ceiling(found), 1 - rate)
    assert held.min() >= 90


@for_all(RATES, RATES, st.integers(2, 4))
def test_errors_that_two_share_are_told_from_those_that_they_do_not(one, other, k):
    texts = 1_000  # as many as expected of each kind, to the nearest text
    e = one, other
    both = e[0] * e[1] / (k - 1)
    kinds = [e[0] * (1 - e[1]), (1 - e[0]) * e[1], both * (k - 2), both]
    counts = [round(texts * share) for share in kinds]
    right, wrong, third = "crash", "billing", "praise"
    said = [(wrong, right)] * counts[0] + [(right, wrong)] * counts[1]
    said += [(wrong, third)] * counts[2] + [(wrong, wrong)] * counts[3]
    said += [(right, right)] * (texts - len(said))
    answers = [given(row, a, "Ann", "test") for row, (a, _) in enumerate(said)]
    answers += [given(row, b, "Bob", "again") for row, (_, b) in enumerate(said)]
    settled = {row: right for row, (a, b) in enumerate(said) if a != b}
    found = error_rates_settled(pairs_of(answers), settled, CLASSES[:k])
    for estimate, rate in zip(found, e, strict=True):
        assert estimate[0] == pytest.approx(rate, abs=0.02)


def test_who_cannot_tell_is_not_wrong_and_a_text_without_a_class_does_not_count():
    answers = [
        *(given(row, "crash", "Ann", "test") for row in range(12)),
        *(given(row, "crash", "Bob", "again") for row in range(9)),
        given(9, None, "Bob", "again"),
        given(10, "praise", "Bob", "again"),
        given(11, "praise", "Bob", "again"),
    ]
    settled = {10: "crash", 11: None}
    ann, bob = error_rates_settled(pairs_of(answers), settled, CLASSES)
    assert (ann[0], bob[0]) == (0, pytest.approx(1 / 10))


def test_two_who_differ_more_often_than_by_chance_have_no_rates():
    answers = [given(row, "crash", "Ann", "test") for row in range(10)]
    answers += [given(row, "praise", "Bob", "again") for row in range(10)]
    settled = {row: ("crash", "praise")[row % 2] for row in range(10)}
    found = error_rates_settled(pairs_of(answers), settled, ("crash", "praise"))
    assert np.isnan(found).all()


def test_what_is_not_settled_or_no_class_is_named():
    answers = [given(row, "crash", "Ann", "test") for row in range(3)]
    answers += [given(row, "praise", "Bob", "again") for row in range(3)]
    pairs = pairs_of(answers)
    with pytest.raises(ValueError, match=r"2 of 3 disagreements are not settled, .* 0"):
        error_rates_settled(pairs, {1: "crash"}, CLASSES)
    with pytest.raises(ValueError, match="settled as 'refund': expected one of billi"):
        error_rates_settled(pairs, dict.fromkeys(range(3), "refund"), CLASSES)
    with pytest.raises(ValueError, match="3 pairs: none of them has two classes"):
        error_rates_settled(pairs, dict.fromkeys(range(3)), CLASSES)


# --- three, without a truth


@over_settings
def test_of_100_intervals_90_hold_each_of_three_error_rates_without_a_truth(
    texts, shares
):
    rates, rng = {"Ann": 0.03, "Bob": 0.10, "Cid": 0.06}, np.random.default_rng(2)
    held = dict.fromkeys(rates, 0)
    for _ in range(100):
        answers, _ = people_say(texts, shares, rates.values(), rng)
        found = error_rates_of_three(answers, tuple(rates), CLASSES[: len(shares)])
        for person, rate in rates.items():
            held[person] += holds(found[person], rate)
    assert min(held.values()) >= 90


def test_three_are_told_apart_with_texts_enough():
    rates = {"Ann": 0.02, "Bob": 0.20, "Cid": 0.10}
    rng = np.random.default_rng(0)
    answers, _ = people_say(20_000, (0.7, 0.2, 0.1), rates.values(), rng)
    found = error_rates_of_three(answers, tuple(rates), CLASSES[:3])
    for person, rate in rates.items():
        assert found[person][0] == pytest.approx(rate, abs=0.01)


def test_three_need_a_text_that_all_of_them_answered():
    answers = [given(0, "crash", who) for who in ("Ann", "Bob")]
    with pytest.raises(ValueError, match="no text was given a class by all three of A"):
        error_rates_of_three(answers, ("Ann", "Bob", "Cid"), CLASSES)


# --- all of it


def test_the_table_has_a_row_for_each_two_people_and_tells_them_apart_once_settled():
    rng = np.random.default_rng(0)
    answers, truth = people_say(150, (0.5, 0.5), (0.03, 0.10), rng)
    answers += [given(row, truth[row], "Ann", "again") for row in range(20)]
    pairs, classes = pairs_of(answers), CLASSES[:2]
    before = agreement_table(pairs, classes)
    assert before.index.tolist() == [("Ann", "Bob"), ("Ann", "Ann")]
    both = before.loc[("Ann", "Bob")]
    differ = [p.row for p in pairs if not p.agrees and p.people == ("Ann", "Bob")]
    assert (both["texts"], both["to_settle"]) == (150, len(differ))
    assert both["first_errors"] == both["second_errors"]
    alike = error_rate_if_alike(150 - len(differ), 150, 2)
    assert both["ceiling"] == 1 - alike[0]
    assert both["ceiling_low"] < both["ceiling"] < both["ceiling_high"]

    after = agreement_table(pairs, classes, truth).loc[("Ann", "Bob")]
    assert (after["to_settle"], after["told_apart"]) == (0, True)
    assert after["first_errors"] < both["first_errors"] < after["second_errors"]
    assert after["ceiling"] == 1 - after["first_errors"]
    assert after["agreement"] == both["agreement"]
