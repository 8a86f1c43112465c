"""The parts to move, as a reader's browser shows them on one page of the book's theme.

tests/book/browser/moving.mjs moves each of them once; the tests below judge what it saw.
"""

from __future__ import annotations

import pytest
from browser import run_in_browser
from moving_parts import page, parts

PARTS = list(parts())


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict:
    path = tmp_path_factory.mktemp("moving") / "page.html"
    path.write_text(page(PARTS), encoding="utf-8")
    return run_in_browser("moving.mjs", str(path))


def test_a_page_of_all_parts_opens_from_a_file_without_a_fault(seen):
    assert seen["names"] == PARTS
    assert seen["faults"] == []


@pytest.mark.parametrize("part", PARTS)
def test_a_keyboard_alone_moves_a_part_and_never_loses_its_place(seen, part):
    found = seen["keyboard"][part]
    assert len(found["reached"]) >= 1
    assert found["after"] != found["before"]
    assert found["lost"] == 0
    for control in found["reached"]:
        assert control["words"].strip()
        assert control["outline"] != "none"


@pytest.mark.parametrize("part", PARTS)
def test_what_has_come_of_a_move_is_said_aloud(seen, part):
    assert len(seen["keyboard"][part]["said"]) > 20


@pytest.mark.parametrize("part", ["threshold", "seesaw", "triangle"])
def test_a_picture_can_be_dragged(seen, part):
    assert seen["mouse"][part]


@pytest.mark.parametrize("state", ["atFirst", "light", "dark"])
def test_no_part_breaks_a_rule_of_wcag(seen, state):
    assert seen[state] == []


def test_a_part_takes_the_place_of_the_still_picture_whose_caption_stays(seen):
    assert seen["screen"] == {
        "stills": [False] * len(PARTS),
        "captions": [True] * len(PARTS),
    }


def test_paper_shows_the_still_picture_alone(seen):
    assert seen["print"] == {
        "stills": [True] * len(PARTS),
        "moving": [False] * len(PARTS),
    }


def test_without_scripts_the_still_pictures_stand_alone(seen):
    heights = seen["without"]["heights"]
    assert len(heights) == 2 * len(PARTS)
    assert heights == [0, 100] * len(PARTS)


def test_a_part_that_cannot_be_drawn_leaves_its_still_picture(seen):
    stills = [part == "seesaw" for part in PARTS]
    assert seen["broken"] == {"stills": stills, "warned": 1}


@pytest.mark.parametrize("width", ["phone", "narrower"])
def test_nothing_reaches_past_the_edge_of_a_phone(seen, width):
    past = seen["phone"]["past"] if width == "phone" else seen["narrower"]
    assert past == []


def test_the_address_holds_what_was_moved_and_only_that(seen):
    assert seen["untouched"]
    assert all(seen["kept"].values()), seen["kept"]
    share = float(seen["kept"]["threshold"])
    assert float(seen["phone"]["threshold"]) == pytest.approx(400 * share)


def test_an_address_of_nonsense_shows_the_parts_all_the_same(seen):
    assert sum(seen["odd"]) > len(PARTS)
