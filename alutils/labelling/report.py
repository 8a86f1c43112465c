"""The report at the end: what was done, how sure one can be, what is wrong most often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from alutils.corpus.reviews import Reviews
from alutils.evidence.intervals import recall_intervals
from alutils.labelling.agreement import disagreements, pairs_of
from alutils.labelling.events import State
from alutils.labelling.label_errors import agreement_table
from alutils.labelling.outcome import Outcome
from alutils.labelling.outputs import write_folder
from alutils.labelling.page import heading, page, paragraph, table
from alutils.labelling.report_labels import (
    cost,
    summary,
    what_is_missing,
    what_was_done,
)
from alutils.labelling.report_model import how_sure, what_is_wrong
from alutils.labelling.report_opinions import second_opinions
from alutils.provenance import current_commit, versions

KIND = "alutils report"


def write_report(
    folder: Path | str,
    reviews: Reviews,
    state: State,
    outcome: Outcome,
    *,
    settings: Mapping[str, object] | None = None,
    settled: Mapping[int, str | None] | None = None,
) -> Path:
    """Write `report.html`, one file that stands alone, and its numbers as CSV files
    beside it. Of a project that is not finished it shows what there is, and says what is
    missing.

    Parameters
    ----------
    outcome
        of `outcome_of` the same reviews and state
    settings
        what else to name, such as sizes and strategy, by the names to show
    settled
        the right class of rows on which two answers differ; None if it has none

    Returns
    -------
    Path
        of report.html

    Raises
    ------
    FileExistsError
        If the folder holds other files of these names, or some that were changed.
    """
    pairs, settled = pairs_of(state.answers), settled or {}
    told = pairs if len(state.classes) > 1 else ()  # of one class nothing can be told
    tables = {"people": outcome.people, "classes": _classes(outcome)}
    tables["chosen"] = outcome.chosen
    if outcome.errors is not None:
        tables["curve"], tables["errors"] = outcome.curve, _errors(outcome)
        tables["mistakes"] = _mistakes(reviews, outcome)
    agreement = to_settle = pd.DataFrame()
    if told:
        agreement = agreement_table(told, state.classes, settled)
        to_settle = disagreements(told, settled)
        tables["second_opinions"] = agreement.reset_index()
        texts = reviews.texts[to_settle.index.to_numpy(dtype=np.int64)]
        tables["to_settle"] = to_settle.reset_index().assign(text=texts)
    made = datetime.now(UTC)
    settings = dict(settings or {}) | _made_with(reviews, made)
    facts = pd.DataFrame({"name": list(settings), "value": map(str, settings.values())})
    tables["settings"] = facts
    title = f"Labels for {reviews.name}"
    html = page(
        title,
        [
            heading(title, 1),
            paragraph(summary(outcome), "lead"),
            *what_is_missing(outcome, pairs),
            *what_was_done(reviews, outcome),
            *how_sure(outcome),
            *what_is_wrong(outcome, tables["classes"], tables.get("mistakes")),
            *second_opinions(reviews, len(outcome.classes), told, agreement, to_settle),
            *cost(outcome),
            heading("Settings and versions"),
            table(("name", "value"), facts.itertuples(index=False), kinds=("", "text")),
            paragraph(
                "The numbers of this page are in the files beside it: "
                + ", ".join(f"{name}.csv" for name in tables)
                + ".",
                "note",
            ),
        ],
    )
    files = {
        f"{name}.csv": its.to_csv(index=False, lineterminator="\r\n").encode(
            errors="backslashreplace"
        )
        for name, its in tables.items()
    }
    files["report.html"] = html.encode(errors="xmlcharrefreplace")
    facts = {"made": made.isoformat(timespec="seconds"), "corpus": reviews.digest}
    return write_folder(folder, files, facts, KIND) / "report.html"


def _classes(outcome: Outcome) -> pd.DataFrame:
    """A line for each class: labels of each purpose, and how well it is told, as far as
    that is known."""
    errors = outcome.errors
    if errors is None:
        return outcome.by_class
    low, high = np.transpose(recall_intervals(errors))
    return outcome.by_class.assign(
        precision=errors.precision,
        recall=errors.recall,
        recall_low=low,
        recall_high=high,
        f1=errors.f1,
    )


def _errors(outcome: Outcome) -> pd.DataFrame:
    counts = pd.DataFrame(outcome.errors.table, columns=list(outcome.classes))
    counts.insert(0, "a person said", outcome.classes, allow_duplicates=True)
    return counts


def _mistakes(reviews: Reviews, outcome: Outcome) -> pd.DataFrame:
    """Test texts that the model gets wrong, the surest first."""
    test = outcome.test
    wrong = test[test["label"] != test["predicted"]]
    wrong = wrong.sort_values("probability", ascending=False, kind="stable")
    return wrong.assign(text=reviews.texts[wrong["row"]])


def _made_with(reviews: Reviews, made: datetime) -> dict[str, object]:
    packages = {"scikit-learn": metadata.version("scikit-learn")}
    return {
        "texts": f"{len(reviews):,}, SHA-256 {reviews.digest}",
        "made": made.strftime("%d %B %Y, %H:%M UTC"),
        "versions": ", ".join(f"{k} {v}" for k, v in (versions() | packages).items()),
        "commit": current_commit(),
    }
