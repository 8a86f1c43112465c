import ast
from copy import deepcopy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from alutils.figures.moving import moving
from bookbuild.stills import with_stills_apart

FIGURE = {
    "figure": {"caption": "What to see.", "name": "fig-hills"},
    "image": {"alt": "Hills."},
}
PART = new_output(
    "display_data", {"text/html": moving("seesaw", {"a": [1]})._repr_html_()}
)
PICTURE = new_output("execute_result", {"image/png": "aGlsbHM="}, execution_count=1)


def a_chapter():
    prompt = {"code_prompt_show": "Show the code"}
    return new_notebook(
        cells=[
            new_markdown_cell("Look."),
            new_code_cell(
                "display(moving()); plot_histogram()",
                id="hills",
                metadata={"tags": ["hide-input"], "mystnb": {**FIGURE, **prompt}},
                outputs=[PART, PICTURE],
            ),
            new_code_cell("1", metadata={"mystnb": FIGURE}, outputs=[PICTURE]),
        ]
    )


def test_a_still_picture_gets_a_cell_behind_that_of_its_part_with_the_whole_figure():
    lead, part, still, other = with_stills_apart(a_chapter()).cells
    assert part.outputs == [PART]
    assert part.source == "display(moving()); plot_histogram()"
    assert part.metadata.tags == ["hide-input"]
    assert part.metadata.mystnb == {"code_prompt_show": "Show the code"}
    assert still.outputs == [PICTURE]
    # Something, or MyST-NB leaves the cell out; but nothing that runs twice.
    assert still.source.strip()
    assert not ast.parse(still.source).body
    assert still.metadata.tags == ["remove-input"]
    assert still.metadata.mystnb.items() >= FIGURE.items()
    assert still.id != part.id
    assert lead.source == "Look."
    assert other.outputs == [PICTURE]


def test_a_notebook_without_parts_stays_as_it_is_and_no_notebook_is_changed():
    chapter = a_chapter()
    kept = deepcopy(chapter)
    with_stills_apart(chapter)
    assert chapter == kept
    chapter.cells.pop(1)
    assert with_stills_apart(chapter) == chapter
