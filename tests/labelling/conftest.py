"""What the tests of labelling share: texts, folders, learners, and people."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from alutils.corpus.reviews import Reviews


@pytest.fixture(scope="session")
def unlabelled():
    """Made-up texts that nobody has labelled."""

    def make(number: int, first: int = 0) -> Reviews:
        texts = [
            f"ticket {row}: it does not work" for row in range(first, first + number)
        ]
        return Reviews(texts, [-1] * number, "made-up tickets")

    return make


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """An empty folder, in memory where the system has that: a store there need not wait
    for a disk."""
    memory = Path("/dev/shm")
    there = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="alutils-tests-", dir=there))
    yield folder
    shutil.rmtree(folder)
