"""The findings that the summary and the slides quote."""

from __future__ import annotations

import re

import numpy as np
import pytest

from alutils.evidence.compare import compare
from alutils.evidence.curves import area_under_curve
from alutils.results import tracked_results
from bookbuild.findings import SAVINGS, findings, savings_table


def test_the_table_has_the_first_budget_from_which_the_mean_curve_stays_above():
    _, _, published, *rows = savings_table(0.858, 40_000).splitlines()
    assert published.split(" | ")[1:] == ["40,000", "– |"]
    runs = tracked_results("strategies_linear")
    for (says, arm), row in zip(SAVINGS.items(), rows, strict=True):
        mean = runs[runs["arm"] == arm].groupby("labels")["accuracy"].mean()
        below = mean.index[mean < 0.858].max()
        needed = mean.index[mean.index > below].min()
        assert row.startswith(f"| {says} | {needed:,} | ")
        low, high = (int(n.replace(",", "")) for n in re.findall(r"[\d,]+", row)[-2:])
        assert low <= needed <= high


def test_the_fall_of_margin_is_counted_start_by_start():
    runs = tracked_results("strategies_linear").query("arm == 'margin'")
    at = {n: runs[runs["labels"] == n].sort_values("seed") for n in (100, 200)}
    said = findings()
    for labels, rows in at.items():
        assert said[f"margin_at_{labels}"] == f"{rows['accuracy'].mean():.3f}"
    fell = at[200]["accuracy"].to_numpy() < at[100]["accuracy"].to_numpy()
    assert said["margin_fell"] == str(fell.sum())
    positive = at[200]["asked_positive"].to_numpy() / at[200]["asked"].to_numpy()
    larger = np.maximum(positive, 1 - positive)
    assert said["margin_one_class"] == f"{larger.mean():.0%}"


def test_the_summary_s_verdicts_are_those_of_the_runs():
    network = compare(area_under_curve(tracked_results("strategies_bilstm")), "random")
    assert not network["verdict"].str.startswith("higher").any()
    linear = tracked_results("strategies_linear").query("labels >= 500")
    linear = linear[~linear["arm"].str.contains("LSA") & (linear["arm"] != "random")]
    cleverer = compare(area_under_curve(linear), "margin")
    assert "higher" not in set(cleverer["verdict"])


def test_the_change_to_a_random_control_is_that_of_the_audit():
    audit = tracked_results("audit")
    last = audit.loc[audit.groupby(["arm", "seed"])["round"].idxmax()]
    by_arm = last.pivot(index="seed", columns="arm", values="accuracy")
    gap = 100 * (by_arm["random queries"] - by_arm["as published"]).mean()
    said = float(findings()["audit_random"].split()[0].replace("−", "-"))
    assert said == pytest.approx(gap, abs=0.005)
