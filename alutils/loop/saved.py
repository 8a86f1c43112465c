"""A folder with a session in it, as plain data: facts in JSON, rows in one npz file.

The facts name the file of rows by its content and are put in place last, in one step:
whoever is interrupted, even by a power cut, leaves the old session or the new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from alutils.cache import digest
from alutils.files import written_whole

KIND, FORM = "alutils session", 1


def write_session(
    folder: Path, facts: dict[str, object], arrays: dict[str, np.ndarray]
) -> None:
    """Write a session, in place of an older one.

    Raises
    ------
    FileExistsError
        If the folder has a session.json that is none of ours.
    """
    folder.mkdir(parents=True, exist_ok=True)
    older = _facts(folder)
    if (folder / "session.json").exists() and older.get("kind") != KIND:
        raise FileExistsError(
            f"{folder / 'session.json'} is not a session's: save into another folder"
        )
    rows_file = f"rows-{_content(arrays)[:20]}.npz"
    with written_whole(folder / rows_file) as file:
        np.savez(file, **arrays)
    facts = {"kind": KIND, "form": FORM, "rows": rows_file, **facts}
    facts["digest"] = _digest_of(facts)
    text = json.dumps(facts, indent=1, default=_as_numbers)
    with written_whole(folder / "session.json") as file:
        file.write(text.encode())
    if older.get("rows", rows_file) != rows_file:
        (folder / older["rows"]).unlink(missing_ok=True)


def read_session(folder: Path) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """The facts and the rows of a session.

    Raises
    ------
    FileNotFoundError
        If there is none in the folder.
    ValueError
        If it is damaged, or of another form.
    """
    if not (folder / "session.json").is_file():
        raise FileNotFoundError(
            f"there is no session in {folder} (you are in {Path.cwd()}): check the path,"
            " or begin a session and save it there"
        )
    facts = _facts(folder)
    if facts.get("kind") == KIND and facts.get("form") != FORM:
        raise ValueError(
            f"the session in {folder} is of form {facts.get('form')}, expected {FORM}:"
            " open it with the version of alutils that saved it"
        )
    if facts.get("kind") != KIND or facts.pop("digest", None) != _digest_of(facts):
        raise ValueError(_damaged(folder, "session.json"))
    rows_file = folder / str(facts["rows"])
    try:
        with np.load(rows_file, allow_pickle=False) as stored:
            arrays = dict(stored)
    except (
        Exception
    ) as error:  # whatever is wrong with the file, the remedy is the same
        raise ValueError(_damaged(folder, rows_file.name)) from error
    if rows_file.name != f"rows-{_content(arrays)[:20]}.npz":
        raise ValueError(_damaged(folder, rows_file.name))
    return facts, arrays


def check_alike(folder: Path | str, what: str, then: object, now: object) -> None:
    """Refuse to open a session with something else than it was saved with.

    Raises
    ------
    ValueError
        If the two are not the same.
    """
    if then != now:
        raise ValueError(
            f"the session in {folder} was saved with {what} {then!r}, and is opened with"
            f" {now!r}: open it with what it was saved with"
        )


def corrected(fitted: np.ndarray | None, labels: np.ndarray) -> list[list[int]]:
    """Place and former label of what was corrected since a learner was fitted."""
    if fitted is None:
        return []
    places = np.flatnonzero(fitted != labels[: len(fitted)])
    return [[int(place), int(fitted[place])] for place in places]


def fitted_labels(facts: dict[str, object], labels: np.ndarray) -> np.ndarray:
    """The labels that a learner was fitted on, from the facts of a session and the labels
    that are known now."""
    fitted = labels[: facts["fitted"]].copy()
    # Sessions of before there were corrections know of none.
    for place, label in facts.get("corrected_since", []):
        fitted[place] = label
    return fitted


def generator_in(state: dict[str, object]) -> np.random.Generator:
    """A random generator of the kind and in the state that were saved."""
    rng = np.random.Generator(getattr(np.random, state["bit_generator"])())
    rng.bit_generator.state = state
    return rng


def _damaged(folder: Path, name: str) -> str:
    return (
        f"the session in {folder} is damaged ({name}): bring the folder back from a copy,"
        " or begin a new session"
    )


def _facts(folder: Path) -> dict[str, object]:
    if not (folder / "session.json").is_file():
        return {}
    try:
        facts = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _content(arrays: dict[str, np.ndarray]) -> str:
    parts = ((name, str(a.dtype), a.tobytes()) for name, a in sorted(arrays.items()))
    return digest(part for parts_of_one in parts for part in parts_of_one)


def _digest_of(facts: dict[str, object]) -> str:
    return digest([json.dumps(facts, sort_keys=True, default=_as_numbers)])


def _as_numbers(value: np.ndarray | np.integer) -> list | int:
    return value.tolist()


def _generators(learner: object) -> Iterator[np.random.Generator]:
    """What a learner, and the learners within it, draw from."""
    for value in getattr(learner, "__dict__", {}).values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, np.random.Generator):
                yield part
            elif hasattr(part, "fit") and hasattr(part, "predict_proba"):
                yield from _generators(part)


def states_of(learner: object) -> list[dict[str, object]]:
    """The random state of each generator that a learner draws from."""
    return [generator.bit_generator.state for generator in _generators(learner)]


def set_states(learner: object, states: list[dict[str, object]]) -> None:
    """Set the generators of a learner to what `states_of` gave."""
    for generator, state in zip(_generators(learner), states, strict=True):
        generator.bit_generator.state = state


def kinds_of(states: list[dict[str, object]]) -> list[object]:
    """The name of each generator's kind, such as "PCG64"."""
    return [state["bit_generator"] for state in states]
