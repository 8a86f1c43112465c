"""Texts as a store knows them: by what they say, wherever in the corpus they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from alutils.corpus.reviews import Reviews


class KnownTexts:
    """Texts and their SHA-256, in which any white space counts as one space; texts that
    are alike but for that are one text.

    Attributes
    ----------
    hashes
        of each row
    """

    def __init__(self, reviews: Reviews) -> None:
        self.reviews = reviews
        self.hashes = [text_hash(text) for text in reviews.texts]
        self._rows: dict[str, int] = {}
        for row, text in enumerate(self.hashes):
            self._rows.setdefault(text, row)

    @property
    def different(self) -> np.ndarray:
        """Rows of different texts, of copies the first, shape (n,)."""
        return np.fromiter(self._rows.values(), dtype=np.int64)

    def __contains__(self, text: object) -> bool:
        return text in self._rows

    def row(self, text: str) -> int:
        """The row of the text with this hash, of copies the first."""
        return self._rows[text]

    def check(self, hashes: Iterable[str], path: Path) -> None:
        """Check that a store's texts are among these.

        Raises
        ------
        ValueError
            If one is missing.
        """
        asked = set(hashes)
        missing = asked - self._rows.keys()
        if missing:
            raise ValueError(
                f"{path} is about {len(asked)} texts, and {len(missing)} of them are not"
                f" among the {len(self.reviews)} of {self.reviews.name} (one has the SHA-256"
                f" {min(missing)}): open it with the texts that it was begun with, or"
                " choose another folder for these"
            )


def text_hash(text: str) -> str:
    """SHA-256 of a text in which any white space counts as one space."""
    plain = " ".join(text.split())
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()
