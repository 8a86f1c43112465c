"""The annotator as a person meets it, in a real JupyterLab in a browser.

tests/book/browser/label.mjs labels there once, with keys and buttons, with a kernel that
is started anew and a browser that is closed in between; the tests below judge what it saw
and what the store knows afterwards.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pytest
from browser import run_in_browser

from alutils.corpus.reviews import Reviews
from alutils.labelling.events import State
from alutils.labelling.store import Store

ROOT = Path(__file__).parents[2]
PICTURES = os.environ.get("ALUTILS_PICTURES", "")  # a folder for them, to look at
CLASSES = ("bad", "so-so", "good", "top 4")
TEST, START, BATCH = 15, 20, 10
CELL = f"""
import json
from pathlib import Path

import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.features.phrases import tfidf
from alutils.labelling.annotator import annotate
from alutils.labelling.desk import Desk
from alutils.labelling.store import Store
from alutils.learners.linear import LinearLearner
from alutils.strategies.uncertainty import Doubt

texts = json.loads(Path("texts.json").read_text())
reviews = Reviews(texts, np.full(len(texts), -1), "reviews")
features = tfidf(reviews, np.arange(len(reviews)))
store = Store.open("store", reviews, who="reader")
for name in {CLASSES[:3]}:
    store.add_class(name)
desk = Desk(
    reviews,
    store,
    make_learner=lambda n_classes, rng: LinearLearner(features, n_classes=n_classes),
    strategy=Doubt(),
    test_size={TEST},
    start_size={START},
    batch_size={BATCH},
    budget=100,
    again_share=0,
)
annotate(desk)
"""


def write_project(folder: Path, texts: list[str]) -> None:
    """A notebook of one cell beside a file of texts."""
    (folder / "texts.json").write_text(json.dumps(texts))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "label.ipynb")


@contextmanager
def jupyterlab(folder: Path) -> Iterator[tuple[str, str]]:
    """The address and the token of a JupyterLab on a folder, which knows nothing of
    this user and asks nothing of the network."""
    own = folder.parent / "jupyter"
    settings = own / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"checkForUpdates": False, "doNotDisturbMode": True, "fetchNews": "false"}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_CONFIG_DIR": str(own),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings.parents[1]),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "lab" / "workspaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.port=0", "--ServerApp.open_browser=False"]
    command += ["--LabApp.expose_app_in_browser=True"]
    command += ["--LabApp.extension_manager=readonly"]
    command += ["--ServerApp.jpserver_extensions={'jupyter_lsp': False}"]
    with open(own / "log.txt", "w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield _address(own / "runtime", server)
        finally:
            server.terminate()  # which ends its kernels
            server.wait(timeout=60)


def _address(runtime: Path, server: subprocess.Popen) -> tuple[str, str]:
    """Where a server can be reached, once it says so."""
    for _ in range(600):
        for path in runtime.glob(f"jpserver-{server.pid}.json"):
            try:
                said = json.loads(path.read_text())
            except ValueError:  # half written
                continue
            return said["url"], said["token"]
        assert server.poll() is None, "JupyterLab ended at once"
        time.sleep(0.1)
    raise AssertionError("JupyterLab did not start within a minute")


@dataclass(frozen=True)
class Sittings:
    """What the browser saw, the texts, and what the store knows afterwards."""

    seen: dict
    texts: list[str]
    state: State


@pytest.fixture(scope="module")
def sittings(imdb, tmp_path_factory) -> Sittings:
    folder = tmp_path_factory.mktemp("labelled-by-hand") / "project"
    folder.mkdir()
    texts = [str(text) for text in imdb.texts[:300]]
    write_project(folder, texts)
    with jupyterlab(folder) as (address, token):
        seen = run_in_browser(
            "label.mjs", address, token, "label.ipynb", PICTURES, timeout=300
        )
    reviews = Reviews(texts, np.full(len(texts), -1), "reviews")
    store = Store.open(folder / "store", reviews, who="reader", read_only=True)
    return Sittings(seen, texts, store.state)


def labelled(sittings: Sittings) -> list[tuple[int, str]]:
    """Rows and classes of the labels that stand, in order."""
    answers = sittings.state.answers
    return [(a.question.row, a.label) for a in answers if a.label and not a.undone]


def test_sixty_labels_are_in_the_store_as_they_were_given(sittings):
    given = [(a["row"], CLASSES[a["row"] % 4]) for a in sittings.seen["answers"]]
    assert len(given) == 60
    assert labelled(sittings) == given


def test_no_text_is_labelled_twice(sittings):
    rows = [row for row, _ in labelled(sittings)]
    assert len(set(rows)) == len(rows)


def test_each_text_was_shown_letter_by_letter_with_its_markup(sittings):
    for row, text in sittings.seen["texts"]:
        assert text == sittings.texts[row]
    assert any("<br />" in text for _, text in sittings.seen["texts"])


def test_a_double_click_and_a_held_key_answer_once(sittings):
    ways = [answer["way"] for answer in sittings.seen["answers"]]
    assert {"keys", "clicks", "double click", "held key"} == set(ways)
    held = ways.index("held key")
    # What was on the screen after them is the text after theirs, not a later one.
    rows = [row for row, _ in labelled(sittings)]
    assert sittings.seen["beforeNothing"]["row"] not in rows[: held + 1]
    assert len(sittings.state.answers) == 60 + 3  # an undone one, a skip, a can't tell


def test_modifiers_and_other_keys_do_nothing(sittings):
    assert sittings.seen["nothing"] == sittings.seen["beforeNothing"]


def test_no_key_reaches_the_notebook(sittings):
    # There, 1 turns a cell into a heading, x cuts it, c copies it, and s saves.
    for moment in ("nothing", "flagged", "afterRestart", "beforeClose", "last"):
        assert sittings.seen[moment]["cells"] == [True], moment
    assert "al-annotator" in sittings.seen["nothing"]["around"]


def test_undo_shows_the_text_again(sittings):
    wrong, then = sittings.seen["undone"]["wrong"], sittings.seen["undone"]["then"]
    assert (then["row"], then["text"]) == (wrong["row"], wrong["text"])
    undone = [a for a in sittings.state.answers if a.undone]
    assert [a.question.row for a in undone] == [wrong["row"]]
    assert undone[0].label != CLASSES[wrong["row"] % 4]


def test_a_skipped_text_comes_back_at_the_end_of_its_batch(sittings):
    skipped = sittings.seen["skipped"]
    (skip,) = (a for a in sittings.state.answers if a.kind == "skip")
    assert skip.question.row == skipped != sittings.seen["afterSkip"]["row"]
    batch = [a.question for a in sittings.state.answers if not a.undone]
    batch = [q.row for q in batch if q.round == skip.question.round]
    assert skipped in (row for row, _ in labelled(sittings))
    assert batch.count(skipped) == 2


def test_what_nobody_can_tell_and_what_is_flagged_is_noted(sittings):
    unknown = [
        a.question.row for a in sittings.state.answers if a.kind == "cannot_tell"
    ]
    assert unknown == [sittings.seen["cannotTell"]]
    assert list(sittings.state.flags) == [sittings.seen["flagged"]["row"]]
    assert "flagged" in sittings.seen["flagged"]["heading"]


def test_a_class_can_be_typed_and_its_digits_answer_nothing(sittings):
    first, added = sittings.seen["first"], sittings.seen["added"]
    assert first["classes"] == ["1 bad", "2 so-so", "3 good"]
    assert added["classes"] == ["1 bad", "2 so-so", "3 good", "4 top 4"]
    assert added["row"] == first["row"]
    assert sittings.state.classes == CLASSES


@pytest.mark.parametrize("what", ["Restart", "Close"])
def test_it_goes_on_where_it_was(sittings, what):
    before, after = sittings.seen[f"before{what}"], sittings.seen[f"after{what}"]
    for part in ("row", "text", "heading", "classes"):
        assert after[part] == before[part]


def test_the_model_trains_between_batches(sittings):
    trained = [a for a in sittings.seen["answers"] if "Trained on" in a["message"]]
    assert len(trained) >= 3
    by_model = [a for a in sittings.state.answers if a.question.probabilities]
    assert {a.question.strategy for a in by_model} != {"random"}


def test_every_answer_has_the_seconds_that_its_text_was_shown(sittings):
    assert all(0 < a.seconds < 60 for a in sittings.state.answers)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_rule_of_wcag_2_2_is_broken_in_either_theme(sittings, theme):
    assert sittings.seen["accessibility"][theme] == []
    brightness = sittings.seen["brightness"][theme]
    assert (brightness > 240) if theme == "light" else (brightness < 60)


def test_it_fits_a_phone(sittings):
    assert sittings.seen["overflow"] == []


def test_nothing_is_asked_of_the_network_and_no_script_fails(sittings):
    assert sittings.seen["faults"] == []
