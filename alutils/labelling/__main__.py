"""Apply a kept model to new texts.

    python -m alutils.labelling apply model tickets.csv --out answers.csv

The texts may be in any kind of file that `load_reviews` takes, with or without labels.
The answers are a line for each text: its row (from 0) and the SHA-256 of its text, the
likeliest class, its probability, and the doubt, which is one minus the gap between the
two likeliest classes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from alutils.corpus.lookup import has_name
from alutils.corpus.reviews import load_reviews
from alutils.labelling.model import kept_model
from alutils.labelling.predictions import write_answers

PARTS = ("text_column", "encoding")  # of load_reviews, which are options here


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out the command line.

    Raises
    ------
    SystemExit
        If something is wrong; the message says what.
    """
    parser = argparse.ArgumentParser(
        prog="python -m alutils.labelling",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    apply = commands.add_parser("apply", help="what a kept model says of new texts")
    apply.add_argument("model", help="the folder that keep_model wrote")
    apply.add_argument("texts", help="a file of texts, or another source")
    apply.add_argument("--out", required=True, help="the CSV file to write")
    apply.add_argument(
        "--text-column", help="the column of the texts; often recognized"
    )
    apply.add_argument("--encoding", help="of a file that is not UTF-8, such as cp1252")
    apply.add_argument(
        "--replace", action="store_true", help="replace answers that are there already"
    )
    given = parser.parse_args(arguments)
    try:
        model = kept_model(given.model)
        # Labels that a file may have are of no interest, whatever their names.
        own = {} if has_name(given.texts) else {"classes": ()}
        texts = load_reviews(
            given.texts,
            text_column=given.text_column,
            encoding=given.encoding,
            **own,
        )
        path = write_answers(
            given.out, model, texts, source=given.texts, replace=given.replace
        )
    except (OSError, ValueError) as error:
        options = [
            f"--{name.replace('_', '-')}" for name in PARTS if f"{name}=" in str(error)
        ]
        here = f"; here that is {' and '.join(options)}" if options else ""
        sys.exit(" ".join(f"{type(error).__name__}: {error}{here}".split()))
    print(f"{len(texts):,} answers in {path}")


if __name__ == "__main__":
    main()
