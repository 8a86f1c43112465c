import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import measure_of

from alutils.evidence.compare import compare
from alutils.evidence.wording import in_points, signed


def test_a_row_is_said_in_points_with_signs_as_printed():
    row = pd.Series({"difference": -0.01234, "low": -0.02, "high": 0.005, "seeds": 30})
    assert in_points(row) == ("−1.23 points (95% interval −2.00 to +0.50, 30 seeds)")


def test_a_row_of_a_comparison_can_be_said():
    measure = measure_of({"random": {0: 0.5, 1: 0.5}, "margin": {0: 0.6, 1: 0.6}})
    for row in (
        compare(measure, "random").loc["margin"],
        compare(measure, "random").drop(columns="verdict").loc["margin"],
    ):
        assert (
            in_points(row) == "+10.00 points (95% interval +10.00 to +10.00, 2 seeds)"
        )


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_a_signed_number_is_read_back_as_it_was_rounded(value, digits):
    said = signed(value, digits)
    assert said[0] in "+−" and "-" not in said
    assert float(said.replace("−", "-")) == round(value, digits)


def test_a_minus_is_as_long_as_a_plus():
    assert (signed(-0.5), signed(0.5), signed(-12.34, 1)) == ("−0.50", "+0.50", "−12.3")
