import numpy as np
import pytest
from people import desk_of

from alutils.labelling.annotator import annotate
from alutils.labelling.scripted import ScriptedPerson

CLASSES = ("bug", "wish", "praise")


def true_classes(number: int) -> list[str]:
    return [CLASSES[row % 3] for row in range(number)]


def ada(number: int, seed: int = 0, **more) -> ScriptedPerson:
    return ScriptedPerson(
        true_classes(number), "Ada", np.random.default_rng(seed), **more
    )


def answered(desk) -> list[tuple]:
    return [(a.question.row, a.kind, a.label) for a in desk.store.state.answers]


def test_whoever_never_errs_gives_every_text_its_class(memory_folder, unlabelled):
    desk = desk_of(memory_folder, unlabelled(30), CLASSES)
    assert ada(30).label_all(desk) == 30
    state = desk.store.state
    given = state.labels("test") | state.labels("training")
    assert given == dict(enumerate(true_classes(30)))


def test_so_many_answers_are_given_as_were_asked_for(memory_folder, unlabelled):
    desk = desk_of(memory_folder, unlabelled(30), CLASSES)
    person = ada(30)
    assert person.label_all(desk, 0) == 0
    assert person.label_all(desk, 7) == 7
    assert len(desk.store.state.answers) == 7
    assert person.label_all(desk) == 23


def test_the_buttons_path_and_the_desk_give_the_same_answers(memory_folder, unlabelled):
    shares = {"error_rate": 0.3, "skips": 0.2, "cannot_tell": 0.1}
    told = []
    for name, at in (("desk", lambda desk: desk), ("screen", annotate)):
        desk = desk_of(memory_folder / name, unlabelled(40), CLASSES)
        ada(40, **shares).label_all(at(desk))
        told.append(answered(desk))
    assert told[0] == told[1]


def test_errors_skips_and_unknown_come_as_often_as_was_said(memory_folder, unlabelled):
    n = 1200
    reviews = unlabelled(n)
    desk = desk_of(memory_folder, reviews, CLASSES, test_size=n - 1)
    shares = {"error_rate": 0.1, "skips": 0.06, "cannot_tell": 0.04}
    ada(n, **shares).label_all(desk, 600)
    kinds = [kind for _, kind, _ in answered(desk)]
    labels = desk.store.state.labels("test")
    wrong = sum(label != true_classes(n)[row] for row, label in labels.items())
    for count, share, of in (
        (kinds.count("skip"), 0.06, 600),
        (kinds.count("cannot_tell"), 0.04, 600),
        (wrong, 0.1, len(labels)),
    ):
        # Four standard deviations of a binomial.
        assert abs(count - share * of) < 4 * np.sqrt(of * share * (1 - share))


def test_the_seconds_follow_the_words_where_a_pace_is_given(memory_folder, unlabelled):
    desk = desk_of(memory_folder, unlabelled(60), CLASSES)
    ada(60, pace=(4.0, 0.5)).label_all(desk)
    seconds = [a.seconds for a in desk.store.state.answers]
    # The made-up texts have 6 words each: 4 + 6 / 2, give or take, in the median.
    assert np.median(seconds) == pytest.approx(7.0, rel=0.1)
    assert np.std(np.log(seconds)) == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize(
    "more, said",
    [
        ({"error_rate": 1.2}, r"error_rate=1.2: expected a share"),
        ({"skips": -0.1}, r"skips=-0.1: expected a share"),
        ({"skips": 0.5, "cannot_tell": 0.5}, "leave no text to label"),
    ],
)
def test_impossible_shares_are_refused(more, said):
    with pytest.raises(ValueError, match=said):
        ada(3, **more)


def test_another_persons_store_is_left_alone(memory_folder, unlabelled):
    desk = desk_of(memory_folder, unlabelled(10), CLASSES)
    bob = ScriptedPerson(true_classes(10), "Bob", np.random.default_rng(0))
    with pytest.raises(ValueError, match="open for Ada, and this is Bob"):
        bob.label_all(desk)
    assert desk.store.state.answers == ()


def test_a_class_that_the_store_lacks_is_named(memory_folder, unlabelled):
    desk = desk_of(memory_folder, unlabelled(10), ("bug", "wish"))
    with pytest.raises(ValueError, match="class 'praise', and the store has bug, wish"):
        ada(10).label_all(desk)
