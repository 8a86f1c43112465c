"""The headline of the welcome page: its figures say what the text says."""

from __future__ import annotations

import pytest
from drawn import named, said_by

from alutils.results import tracked_results
from bookbuild.headline import (
    HEADLINE_ARMS,
    STEPS,
    WORDS,
    headline_figure,
    headline_labels,
    headline_numbers,
    headline_runs,
    steps_figure,
)


def test_the_target_is_the_best_number_that_the_logs_print():
    best, _ = headline_labels()
    logs = tracked_results("published_logs")
    right = logs["reviews"] - logs["false_negatives"] - logs["false_positives"]
    assert best == pytest.approx((right / logs["reviews"]).max())


def test_from_its_labels_on_an_arm_s_mean_is_never_below_the_target_again():
    best, reached = headline_labels()
    runs = headline_runs()
    for arm, (labels, low, high) in reached.items():
        means = runs[runs["arm"] == arm].groupby("labels")["accuracy"].mean()
        assert (means[means.index >= labels] >= best - 1e-12).all()
        before = means[means.index < labels]
        assert before.empty or before.iloc[-1] < best
        assert low <= labels <= high


def test_every_step_takes_fewer_labels_than_the_one_before():
    _, reached = headline_labels()
    labels = [value for value, *_ in reached.values()]
    assert list(reached) == list(STEPS)
    assert labels == sorted(labels, reverse=True)
    assert len(set(labels)) == len(labels)


def test_both_figures_show_the_numbers_that_the_text_quotes():
    numbers = headline_numbers()
    quoted = ("random_labels", "margin_labels", "best_labels", "words_labels")
    for figure in (headline_figure(), steps_figure()):
        said = said_by(figure)
        assert {numbers[name] for name in quoted} <= said
        assert any(numbers["published_best"] in text for text in said)


def test_the_curve_with_words_begins_at_no_label_where_the_words_alone_end():
    axis = headline_figure().axes[0]
    (line,) = named(axis, [HEADLINE_ARMS[WORDS]])
    labels, accuracy = line.get_xydata()[0]
    assert labels == 0
    # Two grids, each with its own runs of the same thirty draws.
    assert f"{accuracy:.3f}" == headline_numbers()["words_at_zero"]
