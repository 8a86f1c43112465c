import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from alutils.labelling.sizes import (
    expected_interval,
    labels_for_half_width,
    projects_to_repay,
    start_size,
)


def half_width(labels: int, accuracy: float) -> float:
    low, high = proportion_confint(accuracy * labels, labels, method="wilson")
    return (high - low) / 2


@given(st.floats(0.005, 0.3), st.floats(0.02, 0.98))
def test_so_many_test_labels_and_no_fewer_make_the_interval_as_narrow(width, accuracy):
    labels = labels_for_half_width(width, accuracy)
    assert half_width(labels, accuracy) <= width + 1e-9
    assert labels == 1 or half_width(labels - 1, accuracy) > width - 1e-9


@given(st.integers(1, 2_000), st.sampled_from([0.5, 0.8, 0.85, 0.95, 1]))
def test_the_expected_interval_is_wilsons(labels, accuracy):
    right = round(accuracy * labels)
    expected = proportion_confint(right, labels, method="wilson")
    assert expected_interval(labels, accuracy) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3, 5, 20])
def test_a_start_shows_a_class_of_half_its_share_twice_in_95_of_100_starts(n_classes):
    size, share = start_size(n_classes), 1 / (2 * n_classes)
    assert binom.sf(1, size, share) >= 0.95
    assert binom.sf(1, size - 1, share) < 0.95


@given(st.floats(0.01, 0.99), st.integers(1, 1_000))
def test_a_control_is_repaid_once_the_saved_labels_reach_its_own(saving, asked):
    projects = projects_to_repay(saving)
    saved_each = asked / (1 - saving) - asked
    assert projects * saved_each >= asked * (1 - 1e-6)
    assert (projects - 1) * saved_each < asked


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, float("nan")])
def test_what_is_no_share_is_refused(value):
    with pytest.raises(
        ValueError, match=r"saving=.*: expected a share between 0 and 1"
    ):
        projects_to_repay(value)
    with pytest.raises(ValueError, match=r"half_width=.*: expected a share"):
        labels_for_half_width(value, 0.85)
    with pytest.raises(ValueError, match=r"accuracy=.*: expected a share"):
        labels_for_half_width(0.05, value)


def test_a_start_takes_two_classes():
    with pytest.raises(ValueError, match="1 classes: expected two or more"):
        start_size(1)
