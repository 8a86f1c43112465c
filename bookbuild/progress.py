"""A pytest plugin that says which cell of a notebook runs, and for how long: the one
thing that nbmake keeps to itself.

It is loaded with `-p`, before pytest captures what is printed, and so keeps the
terminal for itself.
"""

import os
import sys
import threading
import time
from pathlib import Path

from nbclient import NotebookClient

TERMINAL = os.fdopen(os.dup(2), "w", buffering=1)
# Side by side, two would write over each other's lines.
IN_PLACE = TERMINAL.isatty() and "BOOKBUILD_SIDE_BY_SIDE" not in os.environ
NOTEBOOK = Path(sys.argv[-1]).stem
EVERY = 1 if IN_PLACE else 60  # seconds between two signs of life


class SpeakingClient(NotebookClient):
    def __init__(self, nb, **kwargs):
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        self._place = {
            id(cell): f"{k} of {len(code)}" for k, cell in enumerate(code, 1)
        }
        self._now, self._since = "", time.monotonic()
        super().__init__(nb, on_cell_start=self._start_cell, **kwargs)

    def execute(self, **kwargs):
        done = threading.Event()
        threading.Thread(target=self._speak, args=(done,), daemon=True).start()
        try:
            return super().execute(**kwargs)
        finally:
            done.set()

    def _start_cell(self, cell, cell_index):
        if id(cell) in self._place:
            self._now, self._since = self._place[id(cell)], time.monotonic()

    def _speak(self, done):
        while not done.wait(EVERY):
            seconds = time.monotonic() - self._since
            start, end = ("\r", "") if IN_PLACE else ("", "\n")
            line = f"{start}    {NOTEBOOK}, cell {self._now}, for {seconds:.0f} s   "
            print(line, end=end, file=TERMINAL, flush=True)
        if IN_PLACE:
            print("\r" + " " * 78, end="\r", file=TERMINAL, flush=True)


def pytest_configure(config):
    import nbmake.nb_run

    nbmake.nb_run.NotebookClient = SpeakingClient
