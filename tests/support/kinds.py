"""The same reviews in each kind of source that a reader can bring."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from alutils.corpus.lookup import sources

# A kind of file goes by its suffix, any other by the name of its module.
KINDS = [
    kind
    for module in sources()
    for kind in (
        *getattr(module, "SUFFIXES", ()),
        *([module.__name__.split(".")[-1]] if hasattr(module, "reads") else []),
    )
]


def frame_of(texts: Sequence[str], labels: Sequence[object] | None) -> pd.DataFrame:
    """A frame with the columns "text" and, where there are labels, "label"."""
    columns = {"text": texts} | ({} if labels is None else {"label": labels})
    return pd.DataFrame(columns, dtype=object)


def source_with(
    kind: str, folder: Path, texts: Sequence[str], labels: Sequence | None = None
) -> str | pd.DataFrame:
    """A source of a kind that holds these texts and labels (None: not known), in columns
    called "text" and "label" if it has any; a file is written into the folder."""
    records = [{"text": text} for text in texts]
    for record, label in zip(records, labels or (), strict=False):
        record["label"] = label
    path = folder / f"own{kind}"
    match kind:
        case ".csv" | ".tsv":
            with path.open("w", encoding="utf-8", newline="") as file:
                separator = "," if kind == ".csv" else "\t"
                names = ["text"] if labels is None else ["text", "label"]
                how = {"delimiter": separator, "quoting": csv.QUOTE_ALL}
                writer = csv.DictWriter(file, names, **how)
                writer.writeheader()
                writer.writerows(records)
        case ".jsonl" | ".ndjson":
            lines = [json.dumps(record, ensure_ascii=False) for record in records]
            path.write_bytes("".join(f"{line}\n" for line in lines).encode())
        case ".json":
            path.write_text(json.dumps(records, indent=1), encoding="utf-8")
        case ".parquet":
            frame_of(texts, labels).to_parquet(path)
        case "data_frame":
            return frame_of(texts, labels)
        case "text_folder":
            path = folder / "own"
            path.mkdir()
            for k, (text, label) in enumerate(
                zip(texts, labels or [None] * len(texts), strict=True)
            ):
                file = path / (label or "") / f"{k:04}.txt"
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(text.encode())
        case _:
            raise NotImplementedError(f"say here how {kind} is written")
    return str(path)
