"""What the summary and the slides quote: the book's findings in a few numbers."""

from __future__ import annotations

from alutils.evidence.compare import compare
from alutils.evidence.curves import accuracy_at, final_accuracy, rounds_at
from alutils.evidence.intervals import mean_labels_to_target
from alutils.evidence.wording import in_points
from alutils.results import tracked_results

# What was done, by the arms of the large experiment; each line adds to one above it.
SAVINGS = {
    "another model: linear, random labels": "random",
    "and it asks for what it doubts (margin)": "margin",
    "instead, it reads the texts first (LSA)": "random, LSA",
    "both: LSA and margin": "margin, LSA",
    "both, and its own surest guesses": "margin, LSA, self-training",
}


def savings_table(best: float, published_labels: int) -> str:
    """The labels that each step of `SAVINGS` takes to the best published accuracy, as a
    table in Markdown, with the ends of their interval."""
    runs = tracked_results("strategies_linear")
    rows = [f"| published: a network, all labels | {published_labels:,} | – |"]
    for says, arm in SAVINGS.items():
        value, low, high = mean_labels_to_target(runs, arm, best)
        rows.append(f"| {says} | {value:,.0f} | {low:,.0f}–{high:,.0f} |")
    header = "| what was done | training labels | 95% interval |\n|:--|--:|--:|"
    return "\n".join([header, *rows])


def findings() -> dict[str, str]:
    """Text for each name that the summary and the slides hold in double braces."""
    linear = tracked_results("strategies_linear")
    early = {labels: accuracy_at(linear, labels)["margin"] for labels in (100, 200)}
    fell = early[200] < early[100]
    words = final_accuracy(tracked_results("words"))["20 words"]
    audit = final_accuracy(tracked_results("audit"))
    luck, against = audit["as published"], compare(audit, "as published")
    asked = rounds_at(linear, 200).query("arm == 'margin'")
    of_one_class = (asked["asked_positive"] / asked["asked"] - 0.5).abs() + 0.5
    return {
        "margin_at_100": f"{early[100].mean():.3f}",
        "margin_at_200": f"{early[200].mean():.3f}",
        "margin_fell": str(fell.sum()),
        "margin_one_class": f"{of_one_class.mean():.0%}",
        "words_accuracy": f"{words.mean():.3f}",
        "luck_low": f"{luck.min():.3f}",
        "luck_high": f"{luck.max():.3f}",
        "luck_seeds": str(len(luck)),
        "audit_random": in_points(against.loc["random queries"]),
        "audit_random_verdict": against.loc["random queries", "verdict"],
        "audit_turned": in_points(against.loc["direction turned"]),
        "audit_turned_verdict": against.loc["direction turned", "verdict"],
        "audit_cold": in_points(against.loc["cold start"]),
        "audit_cold_verdict": against.loc["cold start", "verdict"],
    }
