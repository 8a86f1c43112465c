import csv
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alutils.corpus.reviews import Reviews
from alutils.labelling import store as store_module
from alutils.labelling.database import StoreDamaged
from alutils.labelling.holding import StoreHeld
from alutils.labelling.store import Store

ROOT = Path(__file__).parents[2]


def rows_asked(store: Store, *rows: int, **more) -> list[int]:
    fields = {"purpose": "training", "round": 0, "strategy": "random", **more}
    return [q.number for q in store.ask([{"row": row, **fields} for row in rows])]


@pytest.fixture
def tickets(unlabelled) -> Reviews:
    return unlabelled(50)


@pytest.fixture
def opened(memory_folder, tickets):
    """Opens the store, as often as it is called."""

    def open_it(reviews=tickets, who="Ada", **more) -> Store:
        return Store.open(memory_folder / "labels", reviews, who=who, **more)

    yield open_it
    with suppress(Exception):
        open_it().close()


@pytest.fixture
def store(opened) -> Store:
    store = opened()
    for name in ("bug", "wish"):
        store.add_class(name)
    return store


# --- what is there after a restart


def test_everything_is_there_when_it_is_opened_again(store, opened):
    one, two, three = rows_asked(store, 4, 8, 2, probabilities=[0.25, 0.75])
    store.answer(one, "label", "bug", seconds=3.5)
    store.answer(two, "skip")
    store.flag(8, "what is this?")
    store.note("plan", {"labels": 300})
    before, events = store.state, store.events()
    store.close()
    again = opened()
    assert again.state == before
    assert again.events() == events
    assert [q.number for q in again.state.pending] == [three, two]
    assert again.state.pending[0].probabilities == (0.25, 0.75)
    assert again.state.answers[0].seconds == 3.5
    assert again.state.answers[0].when.utcoffset() == timedelta(0)
    assert again.state.flags == {8: "what is this?"}
    assert again.notes == {"plan": {"labels": 300}}


def test_each_answer_in_the_file_tells_all_that_was_known_at_asking(store, tickets):
    (number,) = rows_asked(
        store, 4, round=3, strategy="Doubt(margin)", probabilities=[0.25, 0.75]
    )
    store.answer(number, "label", "bug", seconds=3.5)
    with sqlite3.connect(store.path) as other_tool:
        who, text, facts = other_tool.execute(
            "SELECT who, text, facts FROM events WHERE kind = 'label'"
        ).fetchone()
    assert who == "Ada"
    assert len(text) == 64
    assert json.loads(facts) == {
        "question": number,
        "label": "bug",
        "seconds": 3.5,
        "purpose": "training",
        "round": 3,
        "strategy": "Doubt(margin)",
        "probabilities": [0.25, 0.75],
        "for": None,
    }


def test_events_in_the_file_cannot_be_changed_or_deleted(store):
    with sqlite3.connect(store.path) as other_tool:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            other_tool.execute("UPDATE events SET who = 'Eve'")
        with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
            other_tool.execute("DELETE FROM events")


def test_what_was_acknowledged_is_there_once_after_a_hundred_kills(memory_folder):
    script = ROOT / "tests" / "support" / "label_until_killed.py"
    done = subprocess.run(
        [sys.executable, script, memory_folder / "killed"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    acknowledged = json.loads(done.stdout)
    assert len(acknowledged) == 100
    told = [line.split() for lines in acknowledged for line in lines]
    from label_until_killed import REVIEWS, label, open_desk

    with_kills = open_desk(memory_folder / "killed")
    answers = with_kills.store.state.answers
    kept = {a.question.number: a.label for a in answers}
    assert len(kept) == len(answers)
    assert {int(number): name for number, name in told}.items() <= kept.items()
    assert len(kept) - len(told) <= 100  # each may have died before it could tell
    assert len(told) > 50  # or this would show little
    asked = [e.facts["for"] for e in with_kills.store.events() if e.kind == "question"]
    assert len(asked) == len(kept) + len(with_kills.store.state.pending)
    # Somebody whom nobody killed is asked the same, and labels the same.
    desk = open_desk(memory_folder / "undisturbed")
    list(label(desk, len(answers)))
    others = desk.store.state.answers
    for mine, other in zip(answers, others, strict=True):
        assert (mine.question.row, mine.question.purpose, mine.label) == (
            other.question.row,
            other.question.purpose,
            other.label,
        )
    assert len(REVIEWS) > len(answers)


def test_what_was_not_yet_committed_when_the_power_went_is_not_there(store, opened):
    with_many_answers(store)
    whole, stopped = store.events(), store.path.parent.with_name("stopped")
    store.close()
    stopped.mkdir()
    writing = sqlite3.connect(store.path, isolation_level=None)
    writing.execute("PRAGMA cache_size = 1")  # so that it writes before it commits
    writing.execute("BEGIN IMMEDIATE")
    for number in range(200):
        row = (1000 + number, "note", "Ada", "2026-03-01", None, "{}" * 500, "")
        writing.execute("INSERT INTO events VALUES (?,?,?,?,?,?,?)", row)
    files = ("labels.sqlite", "labels.sqlite-journal")
    for name in files:
        (stopped / name).write_bytes(store.path.with_name(name).read_bytes())
    writing.execute("ROLLBACK")
    writing.close()
    before = [(stopped / name).read_bytes() for name in files]
    assert before[0] != store.path.read_bytes()
    looking = Store.open(stopped, store.reviews, who="Ada", read_only=True)
    assert looking.events() == whole
    assert looking.damage is None
    assert [(stopped / name).read_bytes() for name in files] == before
    going_on = Store.open(stopped, store.reviews, who="Ada")
    assert going_on.events() == whole
    going_on.add_class("crash")
    going_on.close()


# --- telling twice


@pytest.mark.parametrize("kind", ["label", "skip", "cannot_tell"])
def test_a_double_click_changes_nothing(store, kind):
    one, two = rows_asked(store, 1, 2)
    label = "bug" if kind == "label" else None
    store.answer(one, kind, label)
    before = store.events()
    store.answer(one, kind, label)
    assert store.events() == before
    assert store.state.pending[0].number == two


def test_another_answer_to_the_same_question_asks_for_an_undo_first(store):
    (one,) = rows_asked(store, 1)
    store.answer(one, "label", "bug")
    for answer in (("label", "wish"), ("skip",), ("cannot_tell",)):
        with pytest.raises(ValueError, match=r"answered with 'bug'.*undo"):
            store.answer(one, *answer)
    store.undo()
    store.answer(one, "label", "wish")
    assert store.state.labels("training") == {1: "wish"}


def test_a_class_that_is_there_and_a_note_that_stands_are_not_written_again(store):
    store.note("plan", [1, 2])
    before = store.events()
    store.add_class("bug")
    store.note("plan", [1, 2])
    assert store.events() == before


def test_an_undo_without_answers_changes_nothing(store):
    before = store.events()
    assert store.undo() is None
    assert store.events() == before


def test_the_same_flag_twice_takes_it_off(store):
    store.flag(3)
    assert store.state.flags == {3: ""}
    store.flag(3, "look again")
    assert store.state.flags == {3: "look again"}
    store.flag(3, "look again")
    assert store.state.flags == {}


# --- what will not do


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((99, "label", "bug"), "no question 99"),
        ((None, "label", "bug"), "no question None"),
        (("one", "label", "spam"), "no class 'spam': expected one of bug, wish"),
        (("one", "label"), "no class None"),
        (("one", "skip", "bug"), "skip with the label 'bug'"),
        (("one", "guess"), "expected one of label, skip, cannot_tell"),
    ],
)
def test_an_answer_that_is_none_is_refused_and_nothing_is_written(
    store, answer, message
):
    (one,) = rows_asked(store, 1)
    before = store.events()
    number = one if answer[0] == "one" else answer[0]
    with pytest.raises(ValueError, match=message):
        store.answer(number, *answer[1:])
    assert store.events() == before
    assert store.state.pending[0].number == one


def test_a_question_for_another_person_is_not_taken(store):
    (one,) = rows_asked(store, 1, who="Ben")
    with pytest.raises(ValueError, match="for Ben, not for Ada"):
        store.answer(one, "label", "bug")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"purpose": "fun"}, "purpose='fun'"),
        ({"probabilities": [2, -1]}, "from 0 to 1"),
    ],
)
def test_a_question_that_is_none_is_refused_with_all_that_came_with_it(
    store, field, message
):
    good = {"row": 1, "purpose": "training", "round": 0, "strategy": "random"}
    with pytest.raises(ValueError, match=message):
        store.ask([good, {**good, **field}])
    assert store.state.pending == ()


def test_a_note_that_json_cannot_hold_is_refused(store):
    with pytest.raises(TypeError):
        store.note("plan", object())


@pytest.mark.parametrize("who", ["", "  ", None, 7])
def test_an_answer_needs_a_person(opened, who):
    with pytest.raises(ValueError, match="the name of the person"):
        opened(who=who)


def test_classes_are_renamed_and_removed_after_labels_were_given(store, opened):
    one, _ = rows_asked(store, 1, 2)
    store.answer(one, "label", "bug")
    store.rename_class("bug", "fault")
    with pytest.raises(ValueError, match="labels are of the class 'fault', 1 in all"):
        store.remove_class("fault")
    with pytest.raises(ValueError, match="there is a class 'wish' already"):
        store.rename_class("fault", "wish")
    for deed in (store.remove_class, lambda name: store.rename_class(name, "new")):
        with pytest.raises(ValueError, match="no class 'bug'"):
            deed("bug")
    with pytest.raises(ValueError, match="expected a name"):
        store.add_class(" ")
    store.remove_class("wish")
    store.undo()
    store.remove_class("fault")
    assert opened().state.classes == ()
    assert opened().state.answers[0].label == "fault"  # the history keeps it


@pytest.mark.parametrize("seconds", [-3.0, float("nan"), float("inf"), None])
def test_a_clock_that_was_set_back_has_measured_no_seconds(store, seconds):
    (one,) = rows_asked(store, 1)
    store.answer(one, "label", "bug", seconds=seconds)
    assert store.state.answers[0].seconds is None


def test_a_clock_that_goes_backwards_changes_no_order(store, opened, monkeypatch):
    class Backwards(datetime):
        hours = 0

        @classmethod
        def now(cls, tz=None):
            cls.hours += 1
            return datetime(2026, 3, 1, tzinfo=UTC) - timedelta(hours=cls.hours)

    monkeypatch.setattr(store_module, "datetime", Backwards)
    one, two = rows_asked(store, 1, 2)
    store.answer(one, "label", "bug")
    store.answer(two, "label", "bug")
    store.undo()
    store.answer(two, "label", "wish")
    monkeypatch.undo()
    again = opened()
    assert again.state.labels("training") == {1: "bug", 2: "wish"}
    times = [a.when for a in again.state.answers]
    assert times == sorted(times, reverse=True)


# --- which texts


def test_the_same_texts_in_another_order_with_more_of_them_open(store, opened, tickets):
    (one, _) = rows_asked(store, 7, 30)
    store.answer(one, "label", "bug")
    store.flag(30, "odd")
    texts = ["new at the top", *reversed(tickets.texts), "new at the end"]
    again = opened(Reviews(texts, [-1] * len(texts), "more tickets"))
    (row,) = again.state.labels("training")
    assert texts[row] == tickets.texts[7]
    assert [texts[q.row] for q in again.state.pending] == [tickets.texts[30]]
    assert [texts[r] for r in again.state.flags] == [tickets.texts[30]]


def test_white_space_makes_no_other_text_and_the_first_of_copies_stands_for_all(
    store, opened, tickets
):
    (one,) = rows_asked(store, 7)
    store.answer(one, "label", "bug")
    texts = [f"  {text.replace(' ', chr(10))}" for text in tickets.texts]
    again = opened(Reviews([*texts, *tickets.texts], [-1] * 100, "twice"))
    assert again.state.labels("training") == {7: "bug"}
    assert again.different_rows.tolist() == list(range(50))


def test_a_store_of_other_texts_is_refused_by_hash(store, opened, unlabelled):
    rows_asked(store, 1, 2)
    others = unlabelled(50, first=2)
    with pytest.raises(
        ValueError, match=r"about 2 texts, and 1 of them .* SHA-256 \w{64}"
    ):
        opened(others)
    with pytest.raises(ValueError, match="about 2 texts, and 2 of them"):
        opened(unlabelled(50, first=9))
    opened()  # which did not let go of it for ever


# --- one process at a time


def held_by_another_process(folder: Path):
    """Another process that opens the store, says so, and waits."""
    code = (
        "import sys\n"
        "from alutils.corpus.reviews import Reviews\n"
        "from alutils.labelling.store import Store\n"
        "texts = [f'ticket {row}: it does not work' for row in range(50)]\n"
        "reviews = Reviews(texts, [-1] * 50, 'tickets')\n"
        "store = Store.open(sys.argv[1], reviews, who='Ben')\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, folder],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_second_process_is_told_who_has_it_and_may_look(store, opened):
    (one,) = rows_asked(store, 1)
    folder = store.path.parent
    store.close()
    with held_by_another_process(folder) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(
            StoreHeld, match=rf"by Ben \(process {other.pid} on .*since 2"
        ):
            opened()
        looking = opened(read_only=True)
        assert [q.number for q in looking.state.pending] == [one]
        with pytest.raises(ValueError, match="opened to look only"):
            looking.answer(one, "label", "bug")
        other.kill()
    assert opened().state.pending[0].number == one


def test_a_cell_that_is_run_twice_opens_it_anew_and_the_older_one_says_so(
    store, opened
):
    (one,) = rows_asked(store, 1)
    newer = opened()
    with pytest.raises(ValueError, match="has been closed: open it again"):
        store.answer(one, "label", "bug")
    store.close()  # which does not close the newer one
    newer.answer(one, "label", "bug")
    assert newer.state.labels("training") == {1: "bug"}


# --- disks


@contextmanager
def no_room_on_disk():
    """Files grow no further, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_an_answer_is_not_saved_and_works_once_there_is_room(
    store, opened
):
    one, two = rows_asked(store, 1, 2)
    before, events = store.state, store.events()
    with no_room_on_disk():
        for _ in range(2):
            with pytest.raises(OSError, match=r"(?s)Nothing was written"):
                store.answer(one, "label", "bug")
        with pytest.raises(OSError, match="Nothing was written"):
            rows_asked(store, 5, 6)
        assert store.state == before
    assert store.events() == events
    assert opened(read_only=True).events() == events
    store.answer(one, "label", "bug")
    assert [q.number for q in opened().state.pending] == [two]


@contextmanager
def ordinary_user(folder: Path):
    """Be no superuser, whom permissions do not stop; the folder is this user's own."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(folder, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_becomes_read_only_keeps_the_question(memory_folder, tickets):
    with ordinary_user(memory_folder):
        store = Store.open(memory_folder, tickets, who="Ada")
        store.add_class("bug")
        (one,) = rows_asked(store, 1)
        before = store.state
        memory_folder.chmod(0o555)
        with pytest.raises(OSError, match="Nothing was written"):
            store.answer(one, "label", "bug")
        assert store.state == before
        memory_folder.chmod(0o755)
        store.answer(one, "label", "bug")
        assert store.state.labels("training") == {1: "bug"}
        store.close()


def test_a_folder_that_is_read_only_from_the_start_can_be_looked_at(
    memory_folder, tickets
):
    with ordinary_user(memory_folder):
        store = Store.open(memory_folder, tickets, who="Ada")
        store.add_class("bug")
        store.close()
        (memory_folder / "labels.lock").unlink()
        memory_folder.chmod(0o555)
        with pytest.raises(PermissionError, match=r"cannot be written.*read_only=True"):
            Store.open(memory_folder, tickets, who="Ada")
        looking = Store.open(memory_folder, tickets, who="Ada", read_only=True)
        assert looking.state.classes == ("bug",)
        memory_folder.chmod(0o755)


def test_a_file_that_is_taken_away_meanwhile_is_not_written_to(store):
    (one,) = rows_asked(store, 1)
    store.path.rename(store.path.with_name("elsewhere.sqlite"))
    for _ in range(2):
        with pytest.raises(OSError, match="Nothing was written"):
            store.answer(one, "label", "bug")
    assert not store.path.exists()
    store.path.with_name("elsewhere.sqlite").rename(store.path)
    store.answer(one, "label", "bug")
    assert store.state.labels("training") == {1: "bug"}


def test_an_event_that_was_written_though_writing_was_broken_off_is_taken_up(
    store, monkeypatch
):
    (one,) = rows_asked(store, 1)

    def broken_off(lines):
        if lines:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store, "_take", broken_off)
        with pytest.raises(KeyboardInterrupt):
            store.ask(
                [{"row": 2, "purpose": "training", "round": 0, "strategy": "random"}]
            )
    store.answer(one, "label", "bug")
    assert [q.row for q in store.state.pending] == [2]


def test_where_there_are_no_labels_there_is_nothing_to_look_at(opened):
    with pytest.raises(FileNotFoundError, match="no labels in"):
        opened(read_only=True)


# --- files that are not as they should be


def with_many_answers(store: Store) -> None:
    numbers = rows_asked(store, *range(50))
    for number in numbers:
        store.answer(number, "label", "bug", seconds=1.0)


def test_of_a_damaged_file_the_answers_that_can_be_read_are_read(store, opened):
    with_many_answers(store)
    whole = store.events()
    store.close()
    content = bytearray(store.path.read_bytes())
    assert len(content) > 6 * 4096
    content[4 * 4096 : 5 * 4096] = random.Random(0).randbytes(4096)
    store.path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"can be read.*read_only=True"):
        opened()
    looking = opened(read_only=True)
    assert "is damaged" in looking.damage
    left = looking.events()
    assert all(event in whole for event in left)
    assert len(whole) > len(left)
    assert len(left) > len(whole) / 2
    answered = {a.question.row for a in looking.state.current}
    assert len(answered) > 20
    assert store.path.read_bytes() == content  # it was only looked at


def test_one_changed_letter_is_noticed(store, opened):
    with_many_answers(store)
    store.close()
    content = store.path.read_bytes()
    store.path.write_bytes(content.replace(b'"label": "bug"', b'"label": "bog"', 1))
    with pytest.raises(StoreDamaged, match="not all events are as they were written"):
        opened()
    assert len(opened(read_only=True).state.current) == 49


def test_a_file_that_was_cut_short_is_noticed(store, opened):
    with_many_answers(store)
    store.close()
    content = store.path.read_bytes()
    store.path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreDamaged):
        opened()
    opened(read_only=True)


def test_whatever_bytes_change_labels_are_right_or_the_file_is_refused(store, opened):
    with_many_answers(store)
    whole = store.events()
    store.close()
    content = store.path.read_bytes()
    rng = random.Random(1)
    refused = 0
    for _ in range(60):
        changed = bytearray(content)
        start = rng.randrange(len(changed))
        for place in range(start, min(start + rng.choice([1, 8, 500]), len(changed))):
            changed[place] = rng.randrange(256)
        store.path.write_bytes(changed)
        try:
            assert all(event in whole for event in opened(read_only=True).events())
            assert opened().events() == whole
        except (ValueError, OSError):
            refused += 1
    assert refused > 20
    store.path.write_bytes(content)


def test_a_file_of_a_newer_form_is_refused_with_what_to_do(store, opened):
    store.close()
    with sqlite3.connect(store.path) as newer:
        newer.execute("PRAGMA user_version = 2")
    for read_only in (False, True):
        with pytest.raises(
            ValueError, match=r"is of form 2.*reads form 1: use the version"
        ):
            opened(read_only=read_only)


def test_a_database_of_somebody_else_is_left_as_it_is(store, opened):
    store.close()
    store.path.unlink()
    with sqlite3.connect(store.path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    before = store.path.read_bytes()
    with pytest.raises(ValueError, match="no store of labels: it is left as it is"):
        opened()
    assert store.path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_as_it_is(store, opened):
    store.close()
    store.path.write_text("my notes on labels, which took me a whole afternoon\n" * 200)
    before = store.path.read_bytes()
    with pytest.raises(StoreDamaged):
        opened()
    assert store.path.read_bytes() == before


def test_a_store_that_was_stopped_before_its_first_event_is_a_new_one(store, opened):
    store.close()
    store.path.write_bytes(b"")
    assert opened().events() == ()


# --- copies elsewhere


def test_a_copy_holds_all_events_and_the_answers_as_a_table(
    opened, memory_folder, tickets
):
    drive = memory_folder / "drive"
    store = opened(copy_to=drive)
    store.add_class("bug")
    one, two = rows_asked(store, 1, 2)
    store.answer(one, "label", "bug", seconds=2.0)
    store.save_copy()
    store.answer(two, "label", "bug")
    copied = Store.open(drive, tickets, who="Ada", read_only=True)
    assert copied.events() == store.events()[:-1]
    with (drive / "labels.csv").open(newline="", encoding="utf-8") as table:
        (line,) = csv.DictReader(table)
    assert line["text"] == tickets.texts[1]
    assert (line["label"], line["who"], line["seconds"]) == ("bug", "Ada", "2.0")
    assert sorted(file.name for file in drive.iterdir()) == [
        "labels.csv",
        "labels.sqlite",
    ]


def test_where_the_store_is_gone_or_older_it_goes_on_from_the_copy(
    opened, memory_folder
):
    drive = memory_folder / "drive"
    store = opened(copy_to=drive)
    store.add_class("bug")
    store.close()
    older = store.path.read_bytes()
    store = opened(copy_to=drive)
    one, two = rows_asked(store, 1, 2)
    store.answer(one, "label", "bug")
    events = store.events()
    store.close()
    for here in (None, older):
        store.path.unlink()
        if here:
            store.path.write_bytes(here)
        again = opened(copy_to=drive)
        assert again.events() == events
        assert [q.number for q in again.state.pending] == [two]
        again.close()
    assert opened().events() == events  # without its copy, too


def test_a_copy_that_has_gone_its_own_way_is_neither_taken_nor_replaced(
    opened, memory_folder, tickets
):
    drive = memory_folder / "drive"
    store = opened(copy_to=drive)
    store.add_class("bug")
    store.save_copy()
    other = Store.open(drive, tickets, who="Ben")
    other.add_class("crash")
    other.close()
    before = (drive / "labels.sqlite").read_bytes()
    store.add_class("wish")
    with pytest.raises(ValueError, match="each gone their own way"):
        store.save_copy()
    with pytest.raises(ValueError, match="each gone their own way"):
        store.close()
    with pytest.raises(ValueError, match="each gone their own way: choose which"):
        opened(copy_to=drive)
    assert (drive / "labels.sqlite").read_bytes() == before
    assert opened().state.classes == ("bug", "wish")


def test_a_table_that_is_not_ours_is_not_replaced_by_a_copy(opened, memory_folder):
    drive = memory_folder / "drive"
    drive.mkdir()
    (drive / "labels.csv").write_text("text,label\nmine,good\n")
    store = opened(copy_to=drive)
    with pytest.raises(FileExistsError, match="is none of ours"):
        store.save_copy()
    assert (drive / "labels.csv").read_text() == "text,label\nmine,good\n"
    (drive / "labels.csv").unlink()


def test_the_live_store_of_a_remote_folder_lies_on_a_local_disk(
    memory_folder, tickets, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(memory_folder / "home"))
    monkeypatch.setattr(Path, "home", lambda: memory_folder / "home")
    drive = memory_folder / "Dropbox" / "tickets"
    store = Store.open(drive, tickets, who="Ada")
    assert not store.path.is_relative_to(drive)
    assert store.copy_to == drive
    store.add_class("bug")
    assert not drive.exists()
    store.close()
    assert (drive / "labels.sqlite").exists()
    store.path.unlink()  # as when Colab takes its machine away
    again = Store.open(drive, tickets, who="Ada")
    assert again.state.classes == ("bug",)
    again.close()
