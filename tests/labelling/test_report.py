import re
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from labelled import answer_to

from alutils.corpus.reviews import Reviews
from alutils.labelling.events import Question, State
from alutils.labelling.label_errors import error_rate_if_alike
from alutils.labelling.outcome import outcome_of
from alutils.labelling.report import write_report

NAMES = ("bug <b>", "wish & hope", "praise")
N = 60
NASTY = '<script>alert("x")</script><img src="https://example.org/x.png"> </li> $x_1$'
REVIEWS = Reviews(
    [f"text {row} {NASTY}" for row in range(N)], [-1] * N, "<i>tickets</i>", NAMES
)


class Cyclic:
    """Says of row r that it is of class r modulo k, the surer the higher r is."""

    def __init__(self, n_classes, rng):
        self.k = n_classes

    def fit(self, rows, labels, weights=None):
        pass

    def predict_proba(self, rows):
        sure = 0.5 + rows[:, None] / (4 * N)
        others = (1 - sure) / (self.k - 1)
        return np.where(np.arange(self.k) == rows[:, None] % self.k, sure, others)


class Knowing(Cyclic):
    knows_classes = True


def in_test(row, label, **more):
    return answer_to(row, label, purpose="test", **more)


def name(row):
    return NAMES[row % 3]


# Ann is as right as the model on 18 test texts and not on 2; Ben, asked again, is with
# her on 15 texts and not on 3.
FINISHED = State(
    NAMES,
    (),
    (
        *(in_test(row, name(row), seconds=4.0) for row in range(40, 58)),
        in_test(58, name(59)),
        in_test(59, name(57)),
        *(answer_to(row, name(row), round=row // 10) for row in range(20)),
        answer_to(20, None, kind="skip", seconds=None),
        answer_to(21, name(1), undone=True),
        *(answer_to(r, name(r), purpose="again", who="<u>ben") for r in range(15)),
        *(
            answer_to(r, name(r + 1), purpose="again", who="<u>ben")
            for r in (16, 17, 19)
        ),
    ),
)
UNFINISHED = {
    "nothing": (State(), ["Classes: there are none", "A test set: none was drawn"]),
    "one class": (
        State(
            NAMES[:1],
            (),
            (
                *(answer_to(0, NAMES[0]), in_test(1, NAMES[0])),
                answer_to(0, NAMES[0], purpose="again", who="ben"),
            ),
        ),
        ["Classes: there is one"],
    ),
    "a test set only": (
        State(
            NAMES,
            (Question(9, 41, "test", 0, "random"),),
            (in_test(40, NAMES[0]), in_test(42, None, kind="cannot_tell")),
        ),
        ["A model: nothing has been", "Labels of the test set: 1 of 3 texts"],
    ),
    "no test set": (
        replace(
            FINISHED,
            answers=tuple(a for a in FINISHED.answers if a.question.purpose != "test"),
        ),
        ["A test set: none was drawn"],
    ),
    "a test set that nobody could tell": (
        State(
            NAMES, (), (in_test(40, None, kind="cannot_tell"), answer_to(0, NAMES[0]))
        ),
        [
            "Labels of the test set: nobody could tell",
            "learn from of wish &amp; hope and",
        ],
    ),
    "one class seen": (
        State(NAMES, (), (in_test(40, NAMES[1]), answer_to(0, NAMES[0]))),
        [
            "Labels to learn from of wish &amp; hope and praise",
            "Second opinions: no text",
        ],
    ),
    "skips only": (
        State(NAMES, (), (answer_to(3, None),)),
        ["A model: nothing has been", "Second opinions: no text"],
    ),
}


def written(folder, state, make=Cyclic, **given):
    """The page, its tables by name, and the outcome that they show."""
    outcome = outcome_of(REVIEWS, state, make)
    path = write_report(folder, REVIEWS, state, outcome, **given)
    tables = {csv.stem: pd.read_csv(csv) for csv in path.parent.glob("*.csv")}
    return path.read_text(encoding="utf-8"), tables, outcome


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    return written(folder, FINISHED, settings={"strategy": "<Doubt>"})


def test_the_numbers_beside_the_page_are_those_of_the_outcome(finished):
    _, tables, outcome = finished
    pd.testing.assert_frame_equal(tables["people"], outcome.people)
    pd.testing.assert_frame_equal(tables["curve"], outcome.curve)
    errors = tables["errors"].set_index("a person said")
    assert errors.to_numpy().tolist() == [list(row) for row in outcome.errors.table]
    assert tables["classes"]["recall"].tolist() == pytest.approx(outcome.errors.recall)
    assert tables["chosen"]["labels"].tolist() == [20]
    assert tables["mistakes"]["row"].tolist() == [59, 58]  # the surest first
    assert tables["to_settle"]["row"].tolist() == [16, 17, 19]


def test_the_page_says_the_numbers(finished):
    page, _, _ = finished
    # Wilson (1927) for 18 of 20: 69.9% to 97.2%.
    assert "right in 90% (95% interval 70 to 97%) of the test set, 20 texts" in page
    assert "Accuracy 90% (95% interval 70 to 97%); macro-F1" in page
    assert "58 labels by ann and &lt;u&gt;ben" in page
    assert "2 mistakes in 20 texts" in page
    assert "20 to learn from, 20 in the test set, 18 second opinions" in page
    rate, low, high = error_rate_if_alike(15, 18, 3)
    best = f"{100 * (1 - rate):.0f}% (95% interval {100 * (1 - high):.0f} to"
    assert f"would seem to be right in {best} {100 * (1 - low):.0f}%)" in page
    for name, value in (("strategy", "&lt;Doubt&gt;"), ("versions", "python ")):
        assert f'<td>{name}</td><td class="text">{value}' in page
    assert "What is missing" not in page


def test_markup_in_texts_classes_and_names_is_shown_and_nothing_is_fetched(finished):
    page, _, _ = finished
    assert "<title>Labels for &lt;i&gt;tickets&lt;/i&gt;</title>" in page
    assert "&lt;script&gt;alert(" in page
    tags = set(re.findall(r"<(\w+)", page))
    assert not tags & {"script", "b", "u", "i", "link", "iframe", "object"}
    images = re.findall(r"<img [^>]*>", page)
    assert len(images) == 2
    for image in images:
        assert 'src="data:image/svg+xml;base64,' in image
        assert re.search(r'alt="[^"]{20,}"', image)


@pytest.mark.parametrize("case", UNFINISHED)
def test_a_project_that_is_not_finished_is_told_what_is_missing(case, tmp_path):
    state, missing = UNFINISHED[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page, tables, outcome = written(tmp_path, state)
    for sentence in ("What is missing", *missing):
        assert sentence in page
    assert "nan" not in re.sub(r"base64,[^\"]*", "", page)
    assert ("curve" in tables) == (outcome.errors is not None)


def test_a_learner_that_knows_the_classes_misses_no_labels_of_them(tmp_path):
    state = State(NAMES, (), tuple(in_test(r, name(r)) for r in range(40, 50)))
    page, tables, _ = written(tmp_path, state, Knowing)
    assert "Labels to learn from" not in page
    assert "<td>start</td><td>0</td>" in page
    assert tables["curve"]["labels"].tolist() == [0]


def test_what_nobody_could_tell_is_counted_both_ways(tmp_path):
    unknown = [in_test(row, None, kind="cannot_tell") for row in range(30, 35)]
    state = replace(FINISHED, answers=(*FINISHED.answers, *unknown))
    page, _, _ = written(tmp_path, state)
    # 18 of 20 are right; of 25, 18 or 23.
    assert "Of 5 more texts in the test set nobody could tell the class." in page
    assert "they would make the accuracy 72% or 92%." in page


def test_texts_that_a_strategy_asked_for_say_nothing_of_the_ceiling(tmp_path):
    def asked_for(answer):
        question = replace(answer.question, strategy="Doubt(margin)")
        return replace(answer, question=question)

    answers = [asked_for(a) for a in FINISHED.answers if a.question.purpose != "test"]
    page, _, _ = written(tmp_path, State(NAMES, (), tuple(answers)))
    assert "How high an accuracy can be seen at all is not known" in page
    assert "would seem to be right in" not in page


def test_what_one_person_says_twice_counts_only_where_no_other_was_asked(tmp_path):
    first = [answer_to(row, name(row)) for row in range(12)]
    own = [answer_to(row, name(row), purpose="again") for row in range(8)]
    bens = [
        answer_to(row, name(row), purpose="again", who="ben") for row in range(6, 12)
    ]
    page, _, _ = written(tmp_path, State(NAMES, (), (*first, *own)))
    assert "given a class twice, by one person, 8 were given the same" in page
    assert "the same mistake twice" in page
    page, _, _ = written(tmp_path, State(NAMES, (), (*first, *own, *bens)))
    assert "given a class twice, by two people, 6 were given the same" in page
    assert "the same mistake twice" not in page


def test_what_is_settled_is_not_to_be_settled_again(tmp_path):
    page, tables, _ = written(
        tmp_path, FINISHED, settled={16: name(16), 17: name(17), 19: None}
    )
    assert tables["to_settle"].empty
    assert "To settle" not in page
    told = tables["second_opinions"].set_index(["first", "second"])
    # Of 17 texts that have a class the first was always right, the second wrong twice.
    line = told.loc[("ann", "<u>ben")]
    assert line["told_apart"]
    assert (line["first_errors"], line["to_settle"]) == (0, 0)
    assert line["second_errors"] == pytest.approx(2 / 17)


def test_a_later_report_takes_the_place_of_an_earlier_one_and_of_no_other_file(
    tmp_path,
):
    written(tmp_path, FINISHED)
    _, tables, _ = written(tmp_path, State(NAMES))
    assert "mistakes" not in tables
    (tmp_path / "people.csv").write_text("mine")
    with pytest.raises(FileExistsError, match=r"people\.csv was changed since"):
        written(tmp_path, FINISHED)
    assert (tmp_path / "people.csv").read_text() == "mine"
