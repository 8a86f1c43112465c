"""The command that opens the chapter on labelling on a reader's own file."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from alutils.corpus.reviews import load_reviews
from alutils.labelling.model import kept_model
from bookbuild.label import lab_command, main, set_chapter


@pytest.fixture
def tickets(tmp_path):
    """A file of texts that nobody has labelled."""
    sentences = load_reviews("rotten_tomatoes").texts[:400]
    path = tmp_path / "tickets.csv"
    path.write_text(
        "text\n" + "\n".join(f'"{t.replace(chr(34), "")}"' for t in sentences)
    )
    return path


def values_in(path) -> dict[str, object]:
    """What the cells that set parameters leave behind."""
    values = {}
    for cell in nbformat.read(path, 4).cells:
        if {"parameters", "injected-parameters"} & {*cell.metadata.get("tags", [])}:
            exec(cell.source, values)
    return values


def test_the_copy_names_the_texts_the_person_and_the_store(tickets, tmp_path):
    before = tickets.read_bytes()
    path = set_chapter(tickets, tmp_path / "labels", "Ada")
    found = values_in(path)
    named = found["source"], found["who"], found["folder"]
    assert named == (str(tickets), "Ada", str(path.parent))
    assert tickets.read_bytes() == before


def test_tomorrow_the_same_copy_is_opened_as_it_was_left(tickets, tmp_path):
    path = set_chapter(tickets, tmp_path / "labels", "Ada")
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("My notes."))
    nbformat.write(notebook, path)
    left = path.read_bytes()
    assert set_chapter(tickets, tmp_path / "labels", "Ada").read_bytes() == left


def test_another_person_gets_a_copy_of_their_own_beside_the_same_store(
    tickets, tmp_path
):
    paths = [set_chapter(tickets, tmp_path / "labels", who) for who in ("Ada", "B/n ü")]
    assert [path.name for path in paths] == ["label-Ada.ipynb", "label-B-n-ü.ipynb"]
    assert values_in(paths[1])["who"] == "B/n ü"


def test_a_store_that_was_begun_with_other_texts_is_left_alone(tickets, tmp_path):
    path = set_chapter(tickets, tmp_path / "labels", "Ada")
    left = path.read_bytes()
    other = tmp_path / "others.csv"
    other.write_bytes(tickets.read_bytes())
    with pytest.raises(ValueError, match=r"was begun with .*tickets\.csv.*STORE="):
        set_chapter(other, tmp_path / "labels", "Ada")
    assert path.read_bytes() == left


@pytest.mark.parametrize(
    ("texts", "message"),
    [("", "make label DATA="), ("nowhere.csv", "nowhere.csv")],
)
def test_without_texts_the_command_says_so_and_makes_no_store(texts, message, tmp_path):
    with pytest.raises(SystemExit, match=message):
        main([texts, "--store", str(tmp_path / "labels")])
    assert not (tmp_path / "labels").exists()


def test_run_from_the_top_it_stops_at_the_first_text_and_asks_for_labels(
    tickets, tmp_path
):
    path = set_chapter(tickets, tmp_path / "labels", "Ada")
    _, environment = lab_command(path)
    client = NotebookClient(nbformat.read(path, 4), timeout=300)
    with pytest.raises(CellExecutionError, match="Not yet: label the test set"):
        client.execute(cwd=str(path.parent), env=environment)
    shown = str(client.nb.cells)
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "Traceback" not in shown


BY_SCRIPT = """
from alutils.labelling.scripted import ScriptedPerson

classes = dict(enumerate("bpo"[len(text) % 3] for text in reviews.texts))
for name in ("b", "p", "o"):
    annotator.add_class(name)
ScriptedPerson(classes, "Ada", np.random.default_rng(0)).label_all(annotator)
"""


def test_with_labels_it_runs_to_its_end_and_leaves_a_report_and_a_model(
    tickets, tmp_path
):
    path = set_chapter(tickets, tmp_path / "labels", "Ada")
    _, environment = lab_command(path)
    notebook = nbformat.read(path, 4)
    desk = next(
        k for k, c in enumerate(notebook.cells) if "annotate(" in c.source[-200:]
    )
    notebook.cells.insert(desk + 1, nbformat.v4.new_code_cell(BY_SCRIPT))
    NotebookClient(notebook, timeout=300).execute(cwd=str(path.parent), env=environment)
    assert (path.parent / "report" / "report.html").is_file()
    assert kept_model(path.parent / "model").classes == ("b", "p", "o")
