"""A newcomer on the page "Be the oracle", in a real browser.

tests/book/browser/oracle.mjs labels; the tests below judge what it saw. (Among the last,
because they need the built book.)
"""

from __future__ import annotations

import json
import re

import pytest
from browser import run_in_browser

from bookbuild.be_the_oracle import RANDOM_FIRST, page_arrays


@pytest.fixture(scope="module")
def found(html) -> dict:
    return run_in_browser("oracle.mjs", str(html))


@pytest.fixture(scope="module")
def made():
    return page_arrays()


def each_sitting(found, also=()):
    for sitting in [*found["sittings"], *also]:
        yield f"{sitting['theme']} {sitting['width']} {sitting['way']}", sitting


def answers(seen: dict) -> list[list]:
    """What the page has saved of the game that it shows."""
    state = json.loads(seen["stored"])
    rules = state["last"]
    return state["games"][f"{rules['strategy']} {rules['seed']}"]["answers"]


def test_sixty_labels_bring_every_newcomer_to_the_same_end(found, made):
    for name, sitting in each_sitting(found):
        assert sitting["first"]["start"] and not sitting["begun"]["start"], name
        saved = answers(sitting["ended"])
        assert [row for row, *_ in saved] == sitting["rows"], name
        assert len(saved) == len(set(sitting["rows"])) == 60, name
        wrong = sum(made["labels"][row] != label for row, label, *_ in saved)
        report = sitting["ended"]["end"]
        assert f"You agree with the data set on {60 - wrong} of 60" in report, name
        assert "took 3.0 seconds" in report, name
        assert "You had guessed 70 of 100 after 40 labels" in report, name
        assert "Nobody reads" not in report and "A coin" not in report, name
        assert len(sitting["apart"]) == wrong > 0, name
        assert sitting["ended"]["focus"] == "How you did", name
    everywhere = each_sitting(found, also=found["visits"])
    ends = {(seen["ended"]["told"], seen["ended"]["end"]) for _, seen in everywhere}
    assert len(ends) == 1
    accuracy = float(re.search(r"After 60 labels: ([\d.]+)\.", ends.pop()[0])[1])
    assert accuracy > 60


def test_the_first_rows_are_the_seed_s_and_the_page_says_so(found, made):
    _, sitting = next(each_sitting(found))
    assert sitting["rows"][:RANDOM_FIRST] == made["orders"][0][:RANDOM_FIRST].tolist()
    assert sitting["rows"][RANDOM_FIRST] != made["orders"][0][RANDOM_FIRST]
    assert f"as the first {RANDOM_FIRST} are" in sitting["begun"]["why"]
    assert "doubts this one most" in sitting["middle"]["why"]
    assert "The model" in sitting["middle"]["answered"]


def test_nothing_breaks_leaves_the_page_overflows_or_breaks_a_rule_of_wcag(found):
    everywhere = list(each_sitting(found, also=found["visits"]))
    assert len(everywhere) == 4
    for name, sitting in everywhere:
        assert sitting["faults"] == [], name
        assert sitting["violations"] == [], name
        assert sitting["overflow"] == [], name
    for part in ("books", "haste"):
        assert found[part]["faults"] == [], part


def test_no_name_in_the_drawing_lies_on_another(found):
    looks = [
        sitting[when] for sitting in found["sittings"] for when in ("middle", "ended")
    ]
    for seen in [*looks, *found["readers"].values()]:
        assert seen["curve"] and seen["crossed"] == []


def test_a_screen_reader_gets_names_sentences_and_what_happened(found):
    for name, sitting in each_sitting(found):
        start, middle, end = (
            sitting["tree"][key] for key in ("start", "middle", "end")
        )
        assert "slider" in start and "First, a guess" in start, name
        assert 'button "That is my guess: start"' in start, name
        for expected in (
            'group "Sentence to label"',
            'button "Negative 1"',
            'button "Positive 2"',
            'button "Can’t tell 3"',
            'button "Undo u"',
            "Learning curve. After 12 labels",
        ):
            assert expected in middle, f"{name}: {expected}"
        seen = sitting["middle"]
        assert seen["heard"] == f"{seen['answered']} Next: {seen['sentence']}", name
        assert 'heading "How you did"' in end, name
        assert 'combobox "Seed' in end and 'group "It asks for"' in end, name


def test_paper_and_pages_without_scripts_show_the_still_picture(found):
    for name, sitting in each_sitting(found):
        assert not sitting["still"], name
        assert sitting["print"] == {"still": True, "part": False}, name
    assert found["odd"]["scriptless"]["still"]
    assert "Where scripts run, you label here" in found["odd"]["scriptless"]["words"]


def test_the_address_names_the_rules_and_labels_outlive_a_reload(found, made):
    books = found["books"]
    assert books["start"]["strategy"] == "random"
    order = made["orders"][2].tolist()
    assert [row for row, *_ in answers(books["five"])] == order[:5]
    assert answers(books["left"])[-1][:2] == [order[5], -1]
    assert (books["back"]["row"], books["back"]["told"]) == (
        order[5],
        books["five"]["told"],
    )
    assert books["reloaded"]["row"] == order[4]
    assert "After 4 labels" in books["reloaded"]["told"]
    assert books["other"]["hash"] == "#strategy=doubt&seed=3"
    assert books["other"]["start"]
    assert books["again"]["row"] == books["stopped"]["row"]


def test_the_page_plays_once_a_second_with_the_data_set_s_labels_until_stopped(
    found, made
):
    played, stopped = found["books"]["played"], found["books"]["stopped"]
    own = [a for a in answers(played) if a[3]]
    assert len(own) == 3
    assert all(label == made["labels"][row] for row, label, *_ in own)
    assert played["focus"] == "Stop playing"
    assert stopped["stored"] == played["stored"]


def test_deleting_leaves_nothing(found):
    deleted, anew = found["books"]["deleted"], found["books"]["anew"]
    assert deleted["stored"] is None and deleted["start"]
    assert "Deleted" in deleted["notice"]
    assert deleted["focus"].startswith("Delete everything")
    assert anew["start"] and answers(anew) == []


def test_answers_faster_than_anyone_reads_are_not_counted(found):
    haste = found["haste"]
    assert answers(haste["atOnce"]) == []
    assert "faster than anyone can read" in haste["atOnce"]["answered"]
    assert len(answers(haste["twice"])) == 1
    assert len(answers(haste["held"])) == 2
    assert haste["nothing"]["stored"] == haste["held"]["stored"]


@pytest.mark.parametrize(
    "reader, told",
    [
        ("alike", "All of your 40 labels are the same"),
        ("coin", "A coin would agree with the data set about as often"),
        ("mixedUp", "Were the two buttons mixed up?"),
        ("hasty", "Nobody reads that fast"),
    ],
)
def test_an_odd_reader_is_told_kindly_what_the_page_sees(found, reader, told):
    everything = [
        "All of your",
        "A coin would agree",
        "Were the two buttons mixed up?",
        "Nobody reads that fast",
    ]
    seen = found["readers"][reader]
    assert seen["faults"] == []
    assert len(answers(seen)) == 40
    assert told in seen["end"]
    assert sum(sentence in seen["end"] for sentence in everything) == 1
    assert seen["focus"] == "How you did"


def test_a_model_that_has_seen_one_kind_only_stays_at_a_coin_s_share(found):
    alike, mixed = found["readers"]["alike"], found["readers"]["mixedUp"]
    assert "After 40 labels: 50.0." in alike["told"]
    assert float(re.search(r"After 40 labels: ([\d.]+)\.", mixed["told"])[1]) < 45


@pytest.mark.parametrize("kind", ["full", "refused"])
def test_a_browser_that_refuses_storage_is_told_of_and_the_page_works(found, kind):
    refused = found["odd"][kind]
    assert refused["faults"] == []
    assert refused["theme"] == "light"
    assert "lets the page save nothing" in refused["opened"]["notice"]
    assert "After 2 labels" in refused["used"]["told"]
    assert refused["reloaded"]["start"]


@pytest.mark.parametrize("kind", ["old", "foreign"])
def test_a_state_that_does_not_fit_is_left_out_with_a_sentence(found, kind):
    odd = found["odd"][kind]
    assert odd["faults"] == []
    assert "older version of this page" in odd["opened"]["notice"]
    assert "After 2 labels" in odd["used"]["told"]
    assert not odd["used"]["notice"]


def test_a_copy_on_disk_works_without_a_server_and_remembers(found):
    file = found["odd"]["file"]
    assert file["faults"] == []
    assert "After 2 labels" in file["reloaded"]["told"]
