"""A pytest plugin that says which cell of a notebook runs; the one thing that nbmake
keeps to itself.

It is loaded with `-p`, before pytest captures what is printed, and so can keep the
terminal for itself.
"""

import os

from nbclient import NotebookClient

TERMINAL = os.fdopen(os.dup(2), "w", buffering=1)
IN_PLACE = TERMINAL.isatty()


class SpeakingClient(NotebookClient):
    def __init__(self, nb, **kwargs):
        numbers = {
            id(cell): k
            for k, cell in enumerate(
                (c for c in nb.cells if c.cell_type == "code"), start=1
            )
        }
        last = len(numbers)

        def say(cell, cell_index):
            number = numbers.get(id(cell))
            if number and IN_PLACE:
                print(
                    f"\r    cell {number} of {last}",
                    end="\n" if number == last else "",
                    file=TERMINAL,
                    flush=True,
                )
            elif number and (number % 5 == 0 or number == last):
                print(f"    cell {number} of {last}", file=TERMINAL)

        super().__init__(nb, on_cell_start=say, **kwargs)


def pytest_configure(config):
    import nbmake.nb_run

    nbmake.nb_run.NotebookClient = SpeakingClient
