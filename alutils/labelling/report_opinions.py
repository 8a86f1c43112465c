"""The section of the report about second opinions, as blocks of HTML."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from alutils.corpus.reviews import Reviews
from alutils.labelling.agreement import Pair
from alutils.labelling.label_errors import ceiling, error_rate_if_alike
from alutils.labelling.page import SHOWN, cases, heading, paragraph, quotation, table
from alutils.labelling.wording import many, percent, with_interval


def second_opinions(
    reviews: Reviews,
    n_classes: int,
    pairs: tuple[Pair, ...],
    agreement: pd.DataFrame,
    to_settle: pd.DataFrame,
) -> Iterable[str]:
    """How far answers about one text agree, what is to be settled, and how high an
    accuracy can be seen; nothing if no text has two answers.

    Parameters
    ----------
    agreement
        of `agreement_table`
    to_settle
        of `disagreements`
    """
    if not pairs:
        return
    yield heading("Second opinions")
    yield paragraph(
        "Some texts were answered twice. Kappa is agreement beyond chance: 0 as by chance,"
        " 1 always (Cohen 1960)."
    )
    numbers = ("agreement", "kappa", "first_errors", "second_errors")
    yield table(
        (
            *("first", "second", "texts", "to settle", "agreement", "kappa"),
            *("errors of the first", "of the second"),
        ),
        (
            (
                *(line["first"], line["second"], line["texts"], line["to_settle"]),
                *(
                    with_interval(line[n], line[f"{n}_low"], line[f"{n}_high"])
                    for n in numbers
                ),
            )
            for line in agreement.reset_index().to_dict("records")
        ),
        caption="Where one name stands twice, one person was asked twice. Where not all is"
        " settled, both are taken to err alike.",
        kinds=("", "text"),
    )
    yield paragraph(_ceiling(pairs, n_classes))
    if not len(to_settle):
        return
    yield heading("To settle", 3)
    yield cases(
        paragraph(
            f"Row {row}: {line['by']} said {line['first']},"
            f" {line['second_by']} said {line['second']}."
        )
        + quotation(reviews.texts[row])
        for row, line in to_settle.head(SHOWN).iterrows()
    )
    if len(to_settle) > SHOWN:
        left = many(len(to_settle) - SHOWN, "more text")
        yield paragraph(f"{left} to settle: see to_settle.csv.", "note")


def _ceiling(pairs: tuple[Pair, ...], n_classes: int) -> str:
    """What the agreement says of the best accuracy that can be seen."""
    # A strategy asks for doubtful texts, about which people err more than elsewhere.
    drawn = [
        pair
        for pair in pairs
        if pair.first.label and pair.second.label
        if pair.first.question.strategy == "random"
    ]
    by_two = [pair for pair in drawn if len(set(pair.people)) == 2]
    shown = by_two or drawn
    agreeing = sum(pair.agrees for pair in shown)
    rate = error_rate_if_alike(agreeing, len(shown), n_classes)
    if np.isnan(rate[0]):
        return (
            "How high an accuracy can be seen at all is not known: that takes second"
            " opinions on texts that were drawn at random, and that agree more often than"
            " by chance."
        )
    said = (
        f"Of {many(len(shown), 'text')} that were drawn at random and given a class twice,"
        f" by {'two people' if by_two else 'one person'}, {agreeing} were given the same"
        " one. If people err alike and by themselves, a model that is always right would"
        f" seem to be right in {percent(*ceiling(rate))} of such texts: do not expect to"
        " see more."
    )
    if not by_two:
        said += " It may be less, for a person may make the same mistake twice."
    return said
