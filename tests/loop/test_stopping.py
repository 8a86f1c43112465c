import itertools

import numpy as np
import pandas as pd
import pytest
import small_text.stopping_criteria as published
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from alutils.corpus.splits import split_at_random
from alutils.experiments import kinds
from alutils.loop.oracle import SimulatedOracle
from alutils.loop.rounds import active_learning_loop
from alutils.loop.seen import Seen
from alutils.loop.session import Session
from alutils.loop.stopping import (
    ClassificationChange,
    ContradictoryInformation,
    FixedBudget,
    OverallUncertainty,
    PerformanceConvergence,
    SelectedAccuracy,
    StabilizingPredictions,
    ValidationPlateau,
    never,
    stops_at,
)
from alutils.loop.watching import Watch, set_aside
from alutils.strategies.base import random_sampling
from alutils.strategies.uncertainty import Doubt

thresholds = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])
RULES = [
    StabilizingPredictions(0.5),
    StabilizingPredictions(0.4, reading="pairs"),
    ClassificationChange(0.2),
    OverallUncertainty(0.85),
    OverallUncertainty(0.3, "least_confidence"),
    PerformanceConvergence(0.05, window=2),
    ContradictoryInformation(2),
    ContradictoryInformation(2, consecutive=False),
    SelectedAccuracy(0.6),
    ValidationPlateau(2),
    FixedBudget(38),
    never,
]
# And whatever else is written in the package, with the settings that it is made with.
FOUND = [kinds.imported(where) for where in kinds.stopping_rules().values()]
FOUND = [rule() if isinstance(rule, type) else rule for rule in FOUND]
OTHERS = [rule for rule in FOUND if type(rule) not in set(map(type, RULES))]
each = pytest.mark.parametrize(
    "rule", [*RULES, *OTHERS], ids=lambda rule: getattr(rule, "__name__", str(rule))
)


class Unsteady:
    """A learner whose answers follow from how much it has learnt, so that the same
    labels give the same answers, whatever they are."""

    def __init__(self, seed: int) -> None:
        self.seed, self.positive = seed, np.full(120, 0.5)

    def fit(self, rows, labels, weights=None):
        noise = np.random.default_rng([self.seed, len(rows)]).random(120)
        drift = np.random.default_rng(self.seed).random(120)
        share = min(1, len(rows) / 60)
        self.positive = share * drift + (1 - share) * noise

    def predict_proba(self, rows):
        return np.stack([1 - self.positive[rows], self.positive[rows]], axis=1)


def seen_by(fits) -> tuple[Seen, ...]:
    """What a watch would have seen, of these measures alone."""
    return tuple(Seen(100 * (k + 1), **fit) for k, fit in enumerate(fits))


def watched_predictions(seed: int, fits: int = 8):
    """Probabilities of a stop set after each fit, and what a watch has seen."""
    rng, learner = np.random.default_rng(seed), Unsteady(seed)
    known = {"rows": np.arange(4), "labels": np.array([0, 1, 0, 1])}
    session = Session(learner, random_sampling, np.arange(4, 80), rng, **known)
    watch, stop = Watch(np.arange(80, 120)), np.arange(80, 120)
    said = []
    for _ in range(fits):
        watch.fit(session)
        said.append(session.predict_proba(stop))
        rows = session.ask(6)
        session.tell(rows, rows % 2)
    return said, watch.seen


# --- against others


@given(st.integers(0, 200), thresholds)
def test_kappas_of_successive_fits_stop_where_small_text_does(seed, threshold):
    said, seen = watched_predictions(seed)
    theirs = published.KappaAverage(num_classes=2, window_size=3, kappa=threshold)
    answers = [theirs.stop(predictions=p.argmax(axis=1)) for p in said]
    rule = StabilizingPredictions(threshold)
    assert [rule(seen[: k + 1]) for k in range(len(seen))] == answers


@given(st.integers(0, 200), thresholds)
@settings(max_examples=20)
def test_kappas_of_all_pairs_are_those_of_scikit_learn(seed, threshold):
    said, seen = watched_predictions(seed)
    classes = [p.argmax(axis=1) for p in said]
    rule = StabilizingPredictions(threshold, reading="pairs")
    assert not rule(seen[:2])
    for k in range(2, len(seen)):
        pairs = itertools.combinations(classes[k - 2 : k + 1], 2)
        mean = np.mean([cohen_kappa_score(*pair) for pair in pairs])
        assert rule(seen[: k + 1]) == (mean >= threshold)


@given(st.integers(0, 200), st.sampled_from([0.0, 0.1, 0.2, 0.4]))
def test_changes_of_class_stop_where_small_text_does(seed, threshold):
    said, seen = watched_predictions(seed)
    theirs = published.ClassificationChange(num_classes=2, threshold=threshold)
    answers = [theirs.stop(predictions=p.argmax(axis=1)) for p in said]
    rule = ClassificationChange(threshold)
    assert [rule(seen[: k + 1]) for k in range(len(seen))] == answers


@given(st.integers(0, 200), thresholds)
@settings(max_examples=15)
def test_overall_uncertainty_stops_where_small_text_does(seed, threshold):
    said, seen = watched_predictions(seed)
    theirs = published.OverallUncertainty(num_classes=2, threshold=threshold)
    every = np.arange(40)
    answers = [theirs.stop(proba=p, indices_stopping=every) for p in said]
    rule = OverallUncertainty(threshold)
    assert [rule(seen[: k + 1]) for k in range(len(seen))] == answers


# --- by hand


def test_least_confidence_is_compared_instead_of_entropy_if_so_wished():
    seen = seen_by([{"entropy": 0.01, "least_confidence": 0.2}])
    assert not OverallUncertainty(0.1, "least_confidence")(seen)
    assert OverallUncertainty(0.1)(seen)


def test_the_expected_f_converges_at_a_new_maximum_of_a_flat_stretch():
    rule = PerformanceConvergence(threshold=0.01, window=2)

    def stops(*values):
        return stops_at(rule, seen_by({"expected_f": v} for v in values))

    assert stops(0.50, 0.60, 0.70) is None  # it rises by a tenth
    assert stops(0.50, 0.60, 0.60, 0.605) == 3  # from a mean of .6 to one of .6025
    assert stops(0.50, 0.70, 0.60, 0.605) is None  # no new maximum
    assert stops(0.70, 0.60, 0.50) is None


def test_contradictions_must_fall_one_after_the_other_unless_any_drop_counts():
    batches = [None, 9.0, 8.0, 9.0, 7.0, 6.0, 5.0]
    seen = seen_by({"contradiction": c} for c in batches)
    assert stops_at(ContradictoryInformation(), seen) == 6
    assert stops_at(ContradictoryInformation(consecutive=False), seen) == 5
    assert stops_at(ContradictoryInformation(4), seen) is None


def test_a_batch_that_was_foretold_stops_and_a_first_fit_foretells_nothing():
    seen = seen_by({"batch_accuracy": a} for a in (None, 0.85, 0.9, 0.8))
    assert stops_at(SelectedAccuracy(), seen) == 2


def test_a_plateau_is_as_many_fits_without_a_new_best():
    seen = seen_by({"validation_accuracy": a} for a in (0.6, 0.8, 0.7, 0.8, 0.79, 0.9))
    assert stops_at(ValidationPlateau(3), seen) == 4
    assert stops_at(ValidationPlateau(4), seen) is None
    # It looks at labels that somebody is paid for, as no other rule here does.
    assert [r for r in RULES if getattr(r, "needs_validation", False)] == [RULES[9]]


def test_a_budget_stops_at_its_labels_and_never_does_not_stop():
    seen = seen_by([{}] * 9)
    assert stops_at(FixedBudget(500), seen) == 4
    assert stops_at(FixedBudget(501), seen) == 5
    assert stops_at(FixedBudget(5_000), seen) is None
    assert stops_at(never, seen) is None


# --- in a loop, in a session, on a record


def play(rule, seed, reviews, other_test_labels=False):
    """The rounds of a loop of 13 at most, and the oracle."""
    rng = np.random.default_rng(seed)
    splits = split_at_random(reviews, rng, labelled=8, validation=0, test=20)
    splits, drawn = set_aside(splits, rng, 24)
    labels = reviews.labels.copy()
    if other_test_labels:
        labels[splits.test] = 1 - labels[splits.test]
    oracle = SimulatedOracle(labels)
    paid = drawn[16:], oracle.label(drawn[16:], purpose="validation")
    watch = Watch(drawn[:16], paid)
    given = Unsteady(seed), Doubt(), oracle, splits, [5] * 12, rng
    return list(active_learning_loop(*given, watch=watch, stop=rule)), oracle


@pytest.fixture(scope="module")
def reviews(corpus_of):
    return corpus_of(np.random.default_rng(0).permutation(np.repeat([0, 1], 60)))


@each
@given(seed=st.integers(0, 100))
@settings(max_examples=8)
def test_replayed_on_a_run_that_went_on_a_rule_stops_where_it_stopped_the_live_one(
    reviews, rule, seed
):
    ended, _ = play(rule, seed, reviews)
    whole, _ = play(None, seed, reviews)
    table = pd.DataFrame(
        {"round": r.number, "labels": r.labels} | r.seen.measured() for r in whole
    )
    stop = stops_at(rule, table)
    assert stop == stops_at(rule, [r.seen for r in whole])
    assert len(ended) == (len(whole) if stop is None else stop + 1)
    assert [r.stopped for r in ended] == [False] * (len(ended) - 1) + [stop is not None]
    assert [r.seen for r in ended] == [r.seen for r in whole[: len(ended)]]
    assert not any(r.stopped for r in whole)


def test_the_rules_of_these_tests_stop_early_late_and_not_at_all(reviews):
    stops = [[len(play(rule, seed, reviews)[0]) for seed in range(4)] for rule in RULES]
    assert len(set(map(max, stops))) > 3
    assert sum(min(s) < 13 for s in stops) >= len(RULES) - 2


@each
@given(seed=st.integers(0, 100))
@settings(max_examples=8)
def test_no_rule_looks_at_a_test_label(reviews, rule, seed):
    rounds, oracle = play(rule, seed, reviews)
    # The loop's own score takes the test labels; nobody takes others than are counted.
    taken = {"training": rounds[-1].labels, "validation": 8, "test": 20}
    assert oracle.spent == taken
    assert oracle.leaked == 0
    # Other test labels change the score, and nothing that a rule goes by.
    others, _ = play(rule, seed, reviews, other_test_labels=True)
    assert [r.seen for r in others] == [r.seen for r in rounds]
    assert [r.stopped for r in others] == [r.stopped for r in rounds]
    for one, other in zip(rounds, others, strict=True):
        assert one.test.accuracy == pytest.approx(1 - other.test.accuracy)


def test_a_rule_tells_the_person_at_a_session_when_to_stop():
    rng, rule = np.random.default_rng(0), FixedBudget(14)
    known = {"rows": np.arange(4), "labels": np.array([0, 1, 0, 1])}
    session = Session(Unsteady(0), random_sampling, np.arange(4, 80), rng, **known)
    watch, answers = Watch(np.arange(80, 120)), 0
    watch.fit(session)
    while not rule(watch.seen):
        for row in session.ask(5):
            session.tell([row], [row % 2])
            answers += 1
        watch.fit(session)
    assert answers == 10
    assert [seen.labels for seen in watch.seen] == [4, 9, 14]


# --- what is refused


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (StabilizingPredictions(), 4),
        (StabilizingPredictions(window=30), 31),
        (StabilizingPredictions(reading="pairs"), 3),
        (ClassificationChange(), 2),
        (PerformanceConvergence(), 11),
        (ContradictoryInformation(), 5),
        (SelectedAccuracy(), 2),
        (ValidationPlateau(9), 10),
    ],
    ids=lambda rule: getattr(rule, "__name__", str(rule)),
)
def test_a_window_longer_than_the_run_never_stops_and_replayed_is_told(rule, fits):
    first = {"expected_f": 0.7, "validation_accuracy": 0.6}
    later = {"kappa": 1, "kappa_two_back": 1, "changed": 0, "batch_accuracy": 1}
    later |= first | {"contradiction": 1}
    run = seen_by([first, *[later] * (fits - 2)])
    assert not any(rule(run[:k]) for k in range(1, fits))
    with pytest.raises(
        ValueError, match=f"takes {fits} fits .* the run has {fits - 1}:"
    ):
        stops_at(rule, run)
    stops_at(rule, seen_by([first, *[later] * (fits - 1)]))


def test_a_rule_without_what_it_goes_by_is_told_what_was_not_measured():
    run = seen_by([{"entropy": 0.5}] * 5)
    with pytest.raises(ValueError, match="validation_accuracy was not measured in 3 f"):
        stops_at(ValidationPlateau(), run)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StabilizingPredictions(window=0), "window=0: expected a whole number"),
        (
            lambda: StabilizingPredictions(window=4, reading="pairs"),
            "window=4: kappas of",
        ),
        (lambda: PerformanceConvergence(window=0), "window=0: expected"),
        (lambda: ContradictoryInformation(0), "drops=0: expected"),
        (lambda: ValidationPlateau(-1), "patience=-1: expected"),
    ],
    ids=range(5),
)
def test_a_window_of_nothing_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
