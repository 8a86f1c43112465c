import numpy as np
import pytest
from given_answers import given
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from alutils.labelling.seconds import (
    LAST_ANSWERS,
    LEAST_ANSWERS,
    PUBLISHED,
    count_words,
    fit_seconds,
    seconds_a_label,
)

WORDS = np.exp(np.random.default_rng(0).normal(5.1, 0.7, 5_000)).astype(int) + 5


def answered(
    n: int, fixed: float, a_word: float, rng: np.random.Generator, breaks: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Lengths and seconds of a person whose seconds vary by a half, and who leaves for
    coffee now and then."""
    words = rng.choice(WORDS, n)
    luck = np.exp(rng.normal(-(0.5**2) / 2, 0.5, n))  # its mean is 1
    away = (rng.random(n) < breaks) * rng.uniform(200, 1_500, n)
    return words, (fixed + a_word * words) * luck + away


# --- the line


def median_line(words: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """What median regression says of each answer: of the lines through two answers, the
    one from which all are least far away (Koenker and Bassett 1978)."""
    i, j = np.triu_indices(len(words), 1)
    i, j = (k[words[i] != words[j]] for k in (i, j))
    slopes = (seconds[j] - seconds[i]) / (words[j] - words[i])
    lines = seconds[i][:, None] + slopes[:, None] * (words - words[i][:, None])
    return lines[np.abs(lines - seconds).sum(axis=1).argmin()]


@settings(max_examples=15)
@for_all(
    st.integers(0, 1_000),
    st.sampled_from([(4, 0.08), (0.5, 0.2), (20, 0), (25, -0.04), (-8, 0.3)]),
)
def test_the_line_is_that_of_least_squares_without_numbers_below_zero(seed, line):
    rng = np.random.default_rng(seed)
    words = rng.integers(1, 200, 41)
    seconds = np.clip(line[0] + line[1] * words + rng.normal(0, 2, 41), 0.1, 59)
    columns = np.stack([np.ones(41), words], axis=1)
    weight = 1 / np.maximum(median_line(words, seconds), 1)
    expected, _ = nnls(columns * weight[:, None], seconds * weight)
    found = fit_seconds(words, seconds)
    assert (found.fixed, found.a_word) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_a_person_who_leaves_for_coffee_is_as_fast_as_one_who_stays():
    words, seconds = answered(101, 4, 0.08, np.random.default_rng(0))
    stays = fit_seconds(words, seconds)
    leaves = fit_seconds([*words, 120, 40, 300], [*seconds, 600, 900, 3_600])
    assert (stays.breaks, leaves.breaks, leaves.answers) == (0, 3, 101)
    assert leaves.for_words(174) == pytest.approx(stays.for_words(174), rel=0.01)


def test_less_than_a_minute_is_no_break():
    words, seconds = np.full(50, 20), np.full(50, 4.0)
    seconds[:5] = 59
    assert fit_seconds(words, seconds).breaks == 0
    seconds[:5] = 61
    assert fit_seconds(words, seconds).breaks == 5


def test_texts_of_one_length_give_no_slope():
    seconds = np.random.default_rng(0).uniform(5, 15, 40)
    found = fit_seconds(np.full(40, 100), seconds)
    assert (found.fixed, found.a_word) == pytest.approx((seconds.mean(), 0))


def test_answers_that_took_no_time_give_none():
    found = fit_seconds(np.arange(40), np.zeros(40))
    assert found.hours(100, [1, 200]) == (0, 0, 0)
    with pytest.raises(ValueError, match="0 seconds by the answers so far: plan by"):
        found.labels_in(1, [1, 200])


def test_about_95_of_100_intervals_hold_the_hours_that_the_next_labels_take():
    rng, held = np.random.default_rng(1), np.zeros(2)
    for _ in range(100):
        line = fit_seconds(*answered(60, 4, 0.08, rng, breaks=0.03))
        for k, labels in enumerate((50, 400)):
            _, low, high = line.hours(labels, WORDS)
            held[k] += low <= answered(labels, 4, 0.08, rng)[1].sum() / 3_600 <= high
    assert held.min() >= 88 and held.max() <= 99


# --- too few answers


def test_too_few_answers_give_the_published_numbers():
    words, seconds = answered(LEAST_ANSWERS, 4, 0.08, np.random.default_rng(0))
    assert fit_seconds(words[1:], seconds[1:]) is PUBLISHED
    assert fit_seconds(words, seconds).answers == LEAST_ANSWERS
    assert PUBLISHED.answers == 0


def test_published_numbers_are_the_reading_of_every_word_and_a_click():
    # Brysbaert (2019): 238 words a minute, 175 to 300 for most; Card et al. (1980).
    minutes = [100 * 238 / rate + 100 * 2.65 / 60 for rate in (238, 300, 175)]
    assert PUBLISHED.hours(100, [138, 338]) == pytest.approx([m / 60 for m in minutes])


# --- from lines to hours and back


@for_all(st.floats(0, 100), st.lists(st.integers(0, 2_000), min_size=1, max_size=5))
def test_labels_fill_the_hours_and_not_more(hours, words):
    labels = PUBLISHED.labels_in(hours, words)
    assert PUBLISHED.hours(labels, words)[0] <= hours + 1e-9
    assert PUBLISHED.hours(labels + 1, words)[0] >= hours - 1e-9


def test_more_labels_are_known_better_for_their_number():
    line = fit_seconds(*answered(500, 4, 0.08, np.random.default_rng(0)))
    widths = []
    for labels in (10, 1_000):
        hours, low, high = line.hours(labels, WORDS)
        assert low < hours < high
        widths.append((high - low) / hours)
    assert widths[1] < widths[0] / 3


# --- answers of a store

TEXTS = ["one", "one two", "one two  three\nfour", ""]


def test_words_are_what_stands_between_white_space():
    assert count_words(TEXTS).tolist() == [1, 2, 4, 0]


def test_every_answer_took_its_time_the_last_ones_count_and_the_unmeasured_do_not():
    fast = [
        given(k % 4, "a", seconds=2.0 + k % 2, kind=kind, undone=undone)
        for k in range(LAST_ANSWERS // 2)
        for kind, undone in (("skip", False), ("label", True))
    ]
    slow = [given(0, "a", seconds=50.0) for _ in range(40)]
    unmeasured = [given(0, "a", seconds=None) for _ in range(40)]
    found = seconds_a_label([*slow, *fast, *unmeasured], TEXTS)
    assert found.answers == LAST_ANSWERS
    assert found == seconds_a_label(fast, TEXTS)
    assert seconds_a_label(unmeasured, TEXTS) is PUBLISHED


# --- what is no input


@pytest.mark.parametrize(
    ("words", "seconds", "message"),
    [
        ([1, 2], [1.0], r"shape \(2,\) and seconds of shape \(1,\): expected one of"),
        ([1, 2], [1.0, -3.0], r"-3.0 seconds: expected numbers of 0 or more"),
        ([1, 2], [1.0, np.nan], r"nan seconds"),
        ([1, 2], [np.inf, 1.0], r"inf seconds"),
        ([-1, 2], [1.0, 1.0], r"-1.0 words"),
    ],
)
def test_what_is_no_time_or_length_is_refused(words, seconds, message):
    with pytest.raises(ValueError, match=message):
        fit_seconds(words, seconds)


def test_hours_below_zero_and_no_texts_are_refused():
    with pytest.raises(ValueError, match="-1 labels: expected 0 or more"):
        PUBLISHED.hours(-1, [10])
    for hours in (-1, np.nan, np.inf):
        with pytest.raises(ValueError, match="hours: expected a number of 0 or more"):
            PUBLISHED.labels_in(hours, [10])
    with pytest.raises(ValueError, match=r"lengths of shape \(0,\): expected one for"):
        PUBLISHED.hours(1, [])
