"""Label in a kernel with a runtime's own versions of ipywidgets and anywidget.

This side speaks as Colab's page does: it hears of each widget as it is made, and sends
what a click on a button and a key send. It needs alutils in the kernel's environment.
"""

from __future__ import annotations

import time
from pathlib import Path
from queue import Empty

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

from bookbuild.kernel import write_kernel

LONGEST = 120  # seconds until a kernel has answered
SET_UP = """
import tempfile

import anywidget
import ipykernel
import ipywidgets
import numpy as np

from alutils.corpus.reviews import Reviews
from alutils.features.phrases import tfidf
from alutils.labelling.annotator import annotate
from alutils.labelling.desk import Desk
from alutils.labelling.store import Store
from alutils.learners.linear import LinearLearner
from alutils.strategies.uncertainty import Doubt

texts = [f"Ticket <b>{row}</b>: {'it broke' if row % 2 else 'thanks'}" for row in range(40)]
reviews = Reviews(texts, [-1] * len(texts), "tickets")
features = tfidf(reviews, np.arange(len(reviews)))
store = Store.open(tempfile.mkdtemp(), reviews, who="reader")
for name in ("praise", "bug"):
    store.add_class(name)
desk = Desk(
    reviews,
    store,
    make_learner=lambda n_classes, rng: LinearLearner(features, n_classes=n_classes),
    strategy=Doubt(),
    test_size=2,
    start_size=2,
    batch_size=2,
    budget=None,
    again_share=0,
)
annotate(desk)
"""
REPORT = """
versions = [f"{m.__name__} {m.__version__}" for m in (ipykernel, ipywidgets, anywidget)]
answers = [(a.kind, a.label, a.undone) for a in store.state.answers]
print(", ".join(versions), answers, sep="\\n")
"""
GIVEN = [
    ("label", "bug", False),  # by a click
    ("label", "praise", False),  # by a key, and so on
    ("skip", None, False),
    ("label", "bug", True),
    ("label", "praise", False),
    ("label", "bug", False),
]


class Page:
    """A kernel and the widgets that it has shown, each by its number."""

    def __init__(self, client) -> None:
        self.client, self.states, self.printed = client, {}, ""

    def run(self, code: str) -> None:
        """Execute a cell, and hear what comes of it."""
        self._hear(self.client.execute(code))

    def send(self, widget: str, content: dict) -> None:
        """What a widget's view sends, and what comes of it."""
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": widget, "data": data})
        self.client.shell_channel.send(message)
        self._hear(message["header"]["msg_id"])

    def widget(self, mark: str) -> str:
        """The widget with a class of that name."""
        (found,) = (
            number
            for number, state in self.states.items()
            if mark in state.get("_dom_classes", ())
        )
        return found

    def press(self, action: str) -> None:
        """What a key sends."""
        (layer,) = (n for n, state in self.states.items() if "drawing" in state)
        drawing = self.states[layer]["drawing"]
        self.send(layer, {"action": action, "drawing": drawing, "name": ""})

    def _hear(self, asked: str) -> None:
        """Take up what the kernel says until it has done what it was asked for."""
        while True:
            message = self.client.get_iopub_msg(timeout=LONGEST)
            kind, content = message["msg_type"], message["content"]
            if kind == "comm_open":
                self.states[content["comm_id"]] = dict(content["data"]["state"])
            elif kind == "comm_msg" and content["data"].get("method") == "update":
                self.states[content["comm_id"]].update(content["data"]["state"])
            elif kind == "stream":
                self.printed += content["text"]
            elif kind == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            elif kind == "status" and content["execution_state"] == "idle":
                if message["parent_header"].get("msg_id") == asked:
                    return


def faults_of_annotator(kernel: dict[str, object], folder: Path) -> list[str]:
    """What went wrong when a person labelled in such a kernel; prints its versions."""
    (folder / "jupyter").mkdir()
    kernels = write_kernel(folder / "jupyter", kernel) / "kernels"
    specs = KernelSpecManager(kernel_dirs=[str(kernels)], ensure_native_kernel=False)
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=specs)
    manager.start_kernel(cwd=str(folder))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=LONGEST)
        page = Page(client)
        page.run(SET_UP)
        time.sleep(0.5)  # a click that comes at once is none
        page.send(page.widget("al-do-class-1"), {"event": "click"})
        for action in ("class-0", "skip", "class-1", "undo", "class-0", "class-1"):
            page.press(action)
        page.run(REPORT)
    except (RuntimeError, ValueError, Empty) as error:
        return [f"the annotator: {error!r}"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    versions, answers = page.printed.splitlines()[-2:]
    shown = " ".join(str(state.get("value", "")) for state in page.states.values())
    print(f"  the annotator: {versions}", flush=True)
    faults = []
    if answers != str(GIVEN):
        faults.append(f"the annotator took {answers}, not {GIVEN}")
    if "Trained on 2 labels" not in shown or "Ticket &lt;b&gt;" not in shown:
        faults.append(f"the annotator shows {shown}")
    return faults
