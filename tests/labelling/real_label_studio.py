"""Exchange with a real Label Studio: `make test-label-studio` runs this.

The server runs in the environment of its own that LABEL_STUDIO names the command of, on
this machine alone, with its data in a folder that is thrown away.
"""

import json
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request

import numpy as np
import pytest
from labelled import answer_to

from alutils.corpus.reviews import Reviews
from alutils.labelling.events import State
from alutils.labelling.exchange import compared
from alutils.labelling.label_studio import (
    label_studio_config,
    label_studio_tasks,
    read_label_studio,
)

EMAIL = "annotator@example.org"
TEXTS = [
    "Plain.",
    'A "quoted" <br /> review & more — with ünicode, 中文 and 🎬.',
    "Two\nlines\tand a tab.",
    "Nobody can tell.",
    "Skipped here.",
    "To be labelled there.",
    "To be skipped there.",
    "Predicted only.",
]
CLASSES = ("bad <1>", 'so "so"', "good & great")


class Server:
    """A running Label Studio, spoken to through its API."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def ask(self, method: str, path: str, content: object = None) -> object:
        """What the API answers."""
        request = urllib.request.Request(
            self.url + path,
            None if content is None else json.dumps(content).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Token {self.token}",
            },
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error} {error.read()[:2000]}") from None


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder, token = tmp_path_factory.mktemp("label-studio"), secrets.token_hex(20)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [os.environ["LABEL_STUDIO"], "start", "--no-browser"]
    command += ["--internal-host", "127.0.0.1", "--port", str(port)]
    command += ["--data-dir", str(folder), "--username", EMAIL]
    command += ["--password", secrets.token_hex(8), "--user-token", token]
    command += ["--enable-legacy-api-token"]
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH"
    }
    environment |= {"COLLECT_ANALYTICS": "0", "LATEST_VERSION_CHECK": "0"}
    environment |= {
        "SENTRY_RATE": "0",
        "FRONTEND_SENTRY_RATE": "0",
        "HOME": str(folder),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=folder
        )
        try:
            found = Server(f"http://127.0.0.1:{port}", token)
            for _ in range(600):
                try:
                    found.ask("GET", "/api/version")
                    break
                except (OSError, AssertionError):
                    assert process.poll() is None, (folder / "log").read_text()[-3000:]
                    time.sleep(0.5)
            else:
                pytest.fail((folder / "log").read_text()[-3000:])
            yield found
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="module")
def reviews():
    return Reviews(TEXTS, [-1] * len(TEXTS), "made up", CLASSES)


@pytest.fixture(scope="module")
def state():
    answers = (
        answer_to(0, CLASSES[0], purpose="test", seconds=4.25),
        answer_to(
            1, CLASSES[1], who="zoë", after=10, round=2, strategy="Doubt(margin)"
        ),
        answer_to(2, CLASSES[2], after=20, seconds=None),
        answer_to(2, CLASSES[0], purpose="again", who="ben", after=30),
        answer_to(3, None, kind="cannot_tell", after=40),
        answer_to(4, None, kind="skip", after=50),
    )
    return State(CLASSES, (), answers, {2: "look again"})


@pytest.fixture(scope="module")
def exported(server, reviews, state):
    """What comes out of a project that our tasks went into and people worked in."""
    project = server.ask("POST", "/api/projects", {"title": "round trip"})["id"]
    config = {"label_config": label_studio_config(CLASSES)}
    server.ask("PATCH", f"/api/projects/{project}", config)
    p = np.full((len(TEXTS), 3), 0.2)
    p[np.arange(len(TEXTS)), np.arange(len(TEXTS)) % 3] = 0.6
    tasks = label_studio_tasks(
        reviews, state, range(len(TEXTS)), probabilities=p, model_version="round 3"
    )
    done = server.ask("POST", f"/api/projects/{project}/import", tasks)
    assert done["task_count"] == len(TEXTS)
    listed = server.ask("GET", f"/api/tasks?project={project}&fields=all&page_size=100")
    there = {task["data"]["row"]: task for task in listed["tasks"]}
    label = {"from_name": "label", "to_name": "text", "type": "choices"}
    good = {**label, "value": {"choices": [CLASSES[2]]}}
    given = {"result": [good], "lead_time": 7.5}
    server.ask("POST", f"/api/tasks/{there[5]['id']}/annotations/", given)
    skipped = {"result": [], "lead_time": 1.5, "was_cancelled": True}
    server.ask("POST", f"/api/tasks/{there[6]['id']}/annotations/", skipped)
    # Somebody there changes their mind about a label that came from here.
    (before,) = server.ask("GET", f"/api/tasks/{there[0]['id']}/annotations/")
    before["result"][0]["value"] = {"choices": [CLASSES[1]]}
    server.ask(
        "PATCH", f"/api/annotations/{before['id']}/", {"result": before["result"]}
    )
    export = f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true"
    return there, server.ask("GET", export)


def test_predictions_arrive_with_their_scores(exported):
    there, _ = exported
    for row, task in there.items():
        (prediction,) = task["predictions"]
        assert prediction["score"] == 0.6
        assert prediction["model_version"] == "round 3"
        (result,) = prediction["result"]
        assert result["value"]["choices"] == [CLASSES[row % 3]]


def said(answer):
    """All of an answer that Label Studio can hold."""
    question = answer.question
    asked = (question.row, question.purpose, question.round, question.strategy)
    return (*asked, answer.kind, answer.label, answer.who, answer.when, answer.seconds)


def test_every_answer_comes_back_as_it_was(exported, reviews, state):
    brought = read_label_studio(exported[1], reviews)
    assert brought.unread == brought.strangers == ()
    assert brought.flags == state.flags
    # That of row 0 was changed there.
    ours = {said(answer) for answer in state.answers if answer.question.row}
    of_ours = (
        answer for answer in brought.answers if answer.question.row in range(1, 5)
    )
    theirs = {said(answer) for answer in of_ours}
    assert theirs == ours


def test_what_was_answered_there_is_new(exported, reviews, state):
    people = {1: EMAIL}
    found = compared(state, read_label_studio(exported[1], reviews, people=people))
    assert [
        (a.question.row, a.kind, a.label, a.seconds, a.who, a.question.purpose)
        for a in found.new
    ] == [
        (5, "label", CLASSES[2], 7.5, EMAIL, "training"),
        (6, "skip", None, 1.5, EMAIL, "training"),
        (0, "label", CLASSES[1], 4.25, EMAIL, "again"),
    ]
    assert len(found.known) == 5
    assert found.conflicts == ()
