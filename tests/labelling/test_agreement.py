import warnings

import numpy as np
import pytest
from given_answers import CLASSES, as_answers, confusion, given, said_by
from hypothesis import given as for_all
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.proportion import proportion_confint

from alutils.labelling.agreement import (
    CANNOT_TELL,
    agreement_of,
    by_people,
    disagreements,
    pairs_of,
)

# --- which answers make a pair


def test_a_second_opinion_is_paired_with_the_answer_that_the_text_had():
    first = [given(0, "crash", purpose="test"), given(1, "praise"), given(2, None)]
    again = [given(2, "praise", purpose="again"), given(0, "crash", "Bob", "again")]
    assert [(p.row, p.first, p.second) for p in pairs_of([*first, *again])] == [
        (2, first[2], again[0]),
        (0, first[0], again[1]),
    ]


def test_what_was_taken_back_or_skipped_is_no_opinion_and_the_last_one_counts():
    answers = [
        given(0, "crash", undone=True),
        given(0, "praise"),
        given(0, None, purpose="again", kind="skip"),
        given(0, "crash", purpose="again", undone=True),
        given(0, "question", purpose="again"),
        given(0, "praise", purpose="again"),
        given(1, "praise", purpose="again"),  # its first answer was taken back
    ]
    (pair,) = pairs_of(answers)
    assert (pair.first, pair.second) == (answers[1], answers[5])
    assert pair.agrees


def test_pairs_are_sorted_by_who_answered():
    answers = [given(row, "crash") for row in range(3)]
    answers += [given(row, "crash", "Bob", "again") for row in (0, 2)]
    answers += [given(row, "crash", "Ann", "again") for row in (2, 1)]
    found = by_people(pairs_of(answers))
    assert {people: [p.row for p in pairs] for people, pairs in found.items()} == {
        ("Ann", "Bob"): [0, 2],
        ("Ann", "Ann"): [2, 1],
    }


# --- how often they agree

# None is "can't tell".
OPINIONS = st.sampled_from([*CLASSES, None])


def pairs_that_say(said):
    answers = []
    for row, (first, second) in enumerate(said):
        answers += [given(row, first), given(row, second, "Bob", "again")]
    return pairs_of(answers)


@for_all(st.lists(st.tuples(OPINIONS, OPINIONS), min_size=1, max_size=40))
def test_table_share_and_kappa_are_those_of_other_libraries(said):
    agreement = agreement_of(pairs_that_say(said), CLASSES)
    first, second = (
        [x or CANNOT_TELL for x in side] for side in zip(*said, strict=True)
    )
    names = [*CLASSES, CANNOT_TELL]
    assert agreement.answers == tuple(names)
    expected = confusion_matrix(first, second, labels=names)
    assert np.array_equal(agreement.table, expected)
    assert np.array_equal(agreement.shown(), expected)
    same = sum(a == b for a, b in said)
    interval = proportion_confint(same, len(said), method="wilson")
    assert agreement.share == pytest.approx((same / len(said), *interval), abs=1e-9)
    kappa, low, high = agreement.kappa
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns where it is NaN
        theirs = cohen_kappa_score(first, second)
    assert kappa == pytest.approx(theirs, nan_ok=True)
    assert np.isnan(kappa) == (len({*first, *second}) == 1)
    assert np.isnan(kappa) or -1 <= low <= high <= 1


def test_opinions_that_always_agree_may_still_differ_elsewhere():
    agreement = agreement_of(
        pairs_that_say([("crash", "crash")] * 9 + [("praise",) * 2]), CLASSES
    )
    assert (agreement.share[0], agreement.kappa[0]) == (1, 1)
    assert agreement.share[1] < 0.8
    assert agreement.kappa[1] < 0.8


# Bob cannot tell one text in twenty. Labels differ in how frequent they are.
SETTINGS = [
    (100, (0.5, 0.5), 0.0),
    (200, (0.85, 0.15), 0.0),
    (200, (0.6, 0.2, 0.15, 0.05), 0.05),
]


@pytest.mark.parametrize(("texts", "shares", "cannot_tell"), SETTINGS)
def test_of_100_intervals_90_hold_the_agreement_of_annotators_who_err_at_known_rates(
    texts, shares, cannot_tell
):
    rng, k = np.random.default_rng(0), len(shares)
    chances = confusion(0.03, k), confusion(0.10, k, cannot_tell)
    both = (chances[0].T * shares) @ chances[1]
    first, second = np.indices(both.shape).reshape(2, -1)
    kappa = cohen_kappa_score(first, second, sample_weight=both.ravel())
    held = np.zeros(2)
    for _ in range(100):
        truth = rng.choice(k, size=texts, p=shares)
        answers = []
        for who, purpose, c in zip(
            ("Ann", "Bob"), ("test", "again"), chances, strict=True
        ):
            said = said_by(truth, c, rng)
            answers += as_answers(said, who, purpose, CLASSES[:k])
        agreement = agreement_of(pairs_of(answers), CLASSES[:k])
        held[0] += agreement.share[1] <= np.trace(both) <= agreement.share[2]
        held[1] += agreement.kappa[1] <= kappa <= agreement.kappa[2]
    assert held.min() >= 90


# --- where they do not


def test_disagreements_are_listed_until_they_are_settled():
    pairs = pairs_that_say(
        [("crash", "praise"), ("crash", "crash"), (None, "praise"), (None, None)]
    )
    table = disagreements(pairs)
    assert table.index.tolist() == [0, 2]
    assert table.loc[0, ["first", "by", "second", "second_by"]].tolist() == [
        *("crash", "Ann"),
        *("praise", "Bob"),
    ]
    assert table.loc[2, "first"] == CANNOT_TELL
    assert table.loc[0, "on"] == pairs[0].first.when
    assert table.loc[0, "second_on"] == pairs[0].second.when
    assert disagreements(pairs, settled={0: "crash"}).index.tolist() == [2]
    assert disagreements(pairs, settled=[0, 2]).empty


# --- what is no agreement


def test_without_a_second_opinion_there_is_no_agreement():
    with pytest.raises(ValueError, match="no text has a second answer: ask for some"):
        agreement_of(pairs_of([given(0, "crash")]), CLASSES)


def test_a_label_that_is_none_of_the_classes_is_named():
    with pytest.raises(ValueError, match="label 'refund': expected one of billing, cr"):
        agreement_of(pairs_that_say([("crash", "refund")]), CLASSES)
