import logging

import keras
import numpy as np
import pytest

from alutils.learners import bilstm as learners
from alutils.learners.bilstm import BiLSTMLearner
from alutils.learners.network import History, compile_model, seed_everything
from alutils.published.settings import PUBLISHED_TRAINING
from alutils.settings import Settings

ROWS, MORE_ROWS, VALIDATION = np.arange(40), np.arange(60), np.arange(60, 90)
TOKENS = np.random.default_rng(0).integers(1, 20, (90, 6)).astype(np.int32)
LABELS = (TOKENS[:, 0] > 10).astype(int)
SETTINGS = Settings(
    vocabulary_size=20, sequence_length=6, batch_size=16, epochs=3, patience=3
)


def lstm(kind: type[BiLSTMLearner] = BiLSTMLearner, **switches) -> BiLSTMLearner:
    seed_everything(0)
    return kind(
        TOKENS,
        (VALIDATION, LABELS[VALIDATION]),
        SETTINGS,
        np.random.default_rng(1),
        **switches,
    )


def flat(weights) -> np.ndarray:
    return np.concatenate([w.ravel() for w in weights])


# --- really trained


class CompilingAnew(BiLSTMLearner):
    """A learner that compiles its model before each fit, as the published loop does."""

    def _fresh_optimizer(self) -> None:
        compile_model(self.model)


@pytest.fixture(scope="module")
def twice_trained():
    """Two learners of one seed, each trained twice as published; the second compiles
    anew for it."""
    pair = [lstm(kind, **PUBLISHED_TRAINING) for kind in (BiLSTMLearner, CompilingAnew)]
    for learner in pair:
        learner.fit(ROWS, LABELS[ROWS])
        learner.fit(MORE_ROWS, LABELS[MORE_ROWS])
    return pair


def test_the_same_seed_gives_the_same_weights_and_predictions_compiled_anew_or_not(
    twice_trained,
):
    one, other = twice_trained
    assert np.array_equal(
        flat(one.model.get_weights()), flat(other.model.get_weights())
    )
    assert np.array_equal(
        one.predict_proba(VALIDATION), other.predict_proba(VALIDATION)
    )
    assert one.histories == other.histories


def test_there_is_one_history_for_each_fit_with_one_entry_for_each_epoch(twice_trained):
    histories = twice_trained[0].histories
    assert [len(history.loss) for history in histories] == [3, 3]


def test_the_optimizer_starts_anew_with_each_fit(twice_trained):
    # 60 rows in batches of 16 are 4 steps; the 9 of the first fit are forgotten.
    assert int(twice_trained[0].model.optimizer.iterations) == 3 * 4


def test_the_shared_checkpoint_brings_back_the_best_model_of_both_fits(twice_trained):
    learner = twice_trained[0]
    labels, positive = LABELS[VALIDATION], learner.predict_proba(VALIDATION)[:, 1]
    loss = -np.mean(np.log(np.where(labels == 1, positive, 1 - positive)))
    assert loss == pytest.approx(
        min(learner.histories[0].val_loss + learner.histories[1].val_loss), rel=1e-4
    )


def test_predictions_are_probabilities_with_the_positive_class_second(twice_trained):
    learner = twice_trained[0]
    rows = np.array([7, 3, 7])
    found = learner.predict_proba(rows)
    assert found.shape == (3, 2)
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[:, 1] == pytest.approx(
        learner.model.predict(TOKENS[rows], verbose=0)[:, 0], abs=1e-6
    )
    assert np.array_equal(found[0], found[2])


def small_model(
    vocabulary_size: int, sequence_length: int, n_classes: int
) -> keras.Model:
    assert n_classes == 2
    return keras.Sequential(
        [
            keras.layers.Input(shape=(sequence_length,), dtype="int32"),
            keras.layers.Embedding(vocabulary_size, 4),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def test_the_label_of_a_review_of_weight_zero_teaches_nothing(monkeypatch):
    monkeypatch.setattr(learners, "build_model", small_model)
    weights = np.where(ROWS < 25, 0.5, 0)
    other_labels = np.where(weights > 0, LABELS[ROWS], 1 - LABELS[ROWS])
    one, other = lstm(), lstm()
    initial = flat(one.model.get_weights())
    one.fit(ROWS, LABELS[ROWS], weights)
    other.fit(ROWS, other_labels, weights)
    learnt = flat(one.model.get_weights())
    assert np.array_equal(flat(other.model.get_weights()), learnt)
    assert not np.array_equal(learnt, initial)


# --- many answers of one model, with dropout


@pytest.fixture
def untouched(monkeypatch):
    """A learner that counts as trained and has its initial weights."""

    def train(model, batches, validation, *, checkpoint, **_) -> History:
        checkpoint.set_model(model)
        checkpoint.on_epoch_end(0, {"val_loss": 0.5})
        return History([0.5], [0.5], [0.5], [0.5])

    monkeypatch.setattr(learners, "fit_model", train)

    def make() -> BiLSTMLearner:
        learner = lstm()
        learner.fit(ROWS, LABELS[ROWS])
        return learner

    return make


def test_with_dropout_a_pass_is_what_keras_gives_in_training_mode(untouched):
    # One seed gives both models the same weights and the same stream of dropout.
    ours, keras_model, rows = untouched(), untouched().model, np.array([3, 1, 4, 1])
    found = ours.predict_members(rows, passes=3)
    assert found.shape == (3, 4, 2)
    for answers in found:
        expected = keras.ops.convert_to_numpy(keras_model(TOKENS[rows], training=True))
        assert np.allclose(answers[:, 1], expected[:, 0], atol=1e-6)
        assert np.allclose(answers.sum(axis=1), 1)


def test_with_dropout_answers_are_those_of_the_layers_put_together_by_hand(untouched):
    ours, layers = untouched(), untouched().model.layers
    before = keras.Sequential(layers[:-2]).predict(TOKENS[VALIDATION], verbose=0)
    found = ours.predict_members(VALIDATION)
    assert len(found) == 20
    for answers in found:
        by_hand = layers[-1](layers[-2](before, training=True))
        assert np.array_equal(answers[:, 1], keras.ops.convert_to_numpy(by_hand)[:, 0])


def test_passes_with_dropout_differ_and_repeat_with_the_seed(untouched):
    once, again = (untouched().predict_members(VALIDATION, passes=4) for _ in range(2))
    assert np.array_equal(once, again)
    assert len(np.unique(once[:, :, 1].sum(axis=1))) == 4


def test_dropout_is_off_again_after_asking_with_it(twice_trained):
    learner = twice_trained[1]
    weights, before = learner.model.get_weights(), learner.predict_proba(VALIDATION)
    learner.predict_members(VALIDATION, passes=2)
    assert np.array_equal(learner.predict_proba(VALIDATION), before)
    assert np.array_equal(flat(learner.model.get_weights()), flat(weights))


def test_no_rows_get_no_predictions_with_dropout(twice_trained):
    answers = twice_trained[0].predict_members(np.arange(0), passes=5)
    assert answers.shape == (5, 0, 2)


# --- more than two classes


def test_of_three_classes_one_without_an_example_gets_nothing_with_dropout_or_without():
    seed_everything(0)
    labels = np.where(LABELS == 1, 2, 0)
    validation = (VALIDATION, labels[VALIDATION])
    learner = BiLSTMLearner(
        TOKENS, validation, SETTINGS, np.random.default_rng(0), n_classes=3
    )
    learner.fit(ROWS, labels[ROWS])
    alone, together = learner.predict_proba(ROWS), learner.predict_members(ROWS)
    assert (alone.shape, together.shape) == ((40, 3), (20, 40, 3))
    for answers in (alone, together):
        assert (answers[..., 1] == 0).all()
        assert np.allclose(answers.sum(axis=-1), 1)
        assert (answers[..., [0, 2]] > 0).all()
    softmax = learner.model.predict(TOKENS[ROWS], verbose=0)
    expected = softmax[:, [0, 2]] / softmax[:, [0, 2]].sum(axis=1, keepdims=True)
    assert np.allclose(alone[:, [0, 2]], expected, atol=1e-6)


def test_labels_of_one_class_train_nothing_and_leave_no_trace(twice_trained):
    learner = lstm(**PUBLISHED_TRAINING)
    initial = flat(learner.model.get_weights())
    learner.fit(ROWS, np.zeros(40, dtype=int))
    assert learner.histories == []
    assert np.array_equal(flat(learner.model.get_weights()), initial)
    learner.fit(ROWS, LABELS[ROWS])
    assert learner.histories == twice_trained[0].histories[:1]


def test_tensorflows_logger_is_as_it_was_after_training_and_predicting(monkeypatch):
    monkeypatch.setattr(learners, "build_model", small_model)
    logger = logging.getLogger("tensorflow")
    monkeypatch.setattr(logger, "level", logging.INFO)
    learner = lstm()
    learner.fit(ROWS, LABELS[ROWS])
    learner.predict_proba(ROWS)
    assert logger.level == logging.INFO


# --- the published switches, on a training whose course is written down beforehand


class ScriptedTraining:
    """Takes the place of `fit_model`. Each epoch fills all weights with the next number,
    1, 2, 3 …, and reports the validation loss that the script gives it, so that the
    weights tell which epoch they are from."""

    def __init__(self, *losses_of_fits: list[float]) -> None:
        self.losses_of_fits = list(losses_of_fits)
        self.starts, self.batches, self.epoch = [], [], 0

    def __call__(
        self, model, batches, validation, *, epochs, patience, checkpoint
    ) -> History:
        self.starts.append(model.get_weights())
        self.batches.append(batches)
        losses = self.losses_of_fits.pop(0)
        checkpoint.set_model(model)
        for epoch, loss in enumerate(losses):
            self.epoch += 1
            model.set_weights(
                [np.full_like(w, self.epoch) for w in model.get_weights()]
            )
            checkpoint.on_epoch_end(epoch, {"val_loss": loss})
        return History(losses, losses, losses, losses)


@pytest.fixture
def train(monkeypatch):
    """Fit a learner once for each list of losses; tells the epoch that its weights are
    from after each fit."""

    def run(switches: dict, *losses_of_fits: list[float]):
        script = ScriptedTraining(*losses_of_fits)
        monkeypatch.setattr(learners, "fit_model", script)
        learner = lstm(**switches)
        initial, epochs = learner.model.get_weights(), []
        for _ in losses_of_fits:
            learner.fit(ROWS, LABELS[ROWS])
            (epoch,) = np.unique(flat(learner.model.get_weights()))
            epochs.append(epoch)
        return (
            epochs,
            [flat(start) for start in script.starts],
            flat(initial),
            script.batches,
        )

    return run


def test_the_published_switches_are_what_the_example_does():
    assert PUBLISHED_TRAINING == {
        "start": "warm",
        "checkpoint": "shared",
        "load_after_first_fit": False,
        "shuffle_buffer": 20_000,
    }


def test_as_published_the_first_fit_keeps_its_last_epoch_and_others_get_the_best_yet(
    train,
):
    # Epochs 1 to 7; the best is epoch 1 until epoch 6 beats it.
    epochs, _, _, _ = train(PUBLISHED_TRAINING, [0.3, 0.5], [0.4, 0.6], [0.5, 0.2, 0.9])
    assert epochs == [2, 1, 6]


def test_with_load_after_first_fit_the_first_fit_gets_its_best_too(train):
    epochs, _, _, _ = train(
        PUBLISHED_TRAINING | {"load_after_first_fit": True}, [0.3, 0.5], [0.4, 0.6]
    )
    assert epochs == [1, 1]


def test_with_an_own_checkpoint_each_fit_gets_the_best_of_its_own_epochs(train):
    epochs, _, _, _ = train(
        PUBLISHED_TRAINING | {"checkpoint": "own"}, [0.3, 0.5], [0.4, 0.6]
    )
    assert epochs == [2, 3]


def test_a_warm_start_goes_on_from_the_weights_at_hand(train):
    _, starts, initial, _ = train(PUBLISHED_TRAINING, [0.3, 0.5], [0.4, 0.6], [0.5])
    assert np.array_equal(starts[0], initial)
    assert [np.unique(start).tolist() for start in starts[1:]] == [[2], [1]]


def test_a_cold_start_goes_back_to_the_same_initial_weights_every_time(train):
    _, starts, initial, _ = train(
        PUBLISHED_TRAINING | {"start": "cold"}, [0.3, 0.5], [0.4, 0.6], [0.5]
    )
    assert len(np.unique(initial)) > 1
    assert all(np.array_equal(start, initial) for start in starts)


def test_without_switches_a_learner_is_careful(train):
    # Cold, an own checkpoint, and the best epoch of each fit, the first included.
    epochs, starts, initial, (batches, _) = train({}, [0.3, 0.5], [0.6, 0.4])
    assert epochs == [1, 4]
    assert np.array_equal(starts[1], initial)
    assert batches.buffer is None


def test_the_shuffle_buffer_holds_back_what_comes_late(train):
    _, _, _, (small,) = train({"shuffle_buffer": 3}, [0.3])
    # The first batch of 16 can only hold the first 16 + 3 - 1 examples.
    assert small.order[:16].max() < 18
    _, _, _, (whole,) = train({"shuffle_buffer": None}, [0.3])
    assert whole.order[:16].max() >= 18


def test_each_review_of_a_batch_comes_with_its_own_weight(monkeypatch):
    script = ScriptedTraining([0.3])
    monkeypatch.setattr(learners, "fit_model", script)
    learner = lstm()
    learner.fit(ROWS, LABELS[ROWS], ROWS / 4)
    (batches,) = script.batches
    row_of = {TOKENS[row].tobytes(): row for row in ROWS.tolist()}
    seen = []
    for batch in range(len(batches)):
        tokens, labels, weights = batches[batch]
        rows = np.array([row_of[review.tobytes()] for review in tokens])
        assert labels.tolist() == LABELS[rows].tolist()
        assert weights.tolist() == (rows / 4).tolist()
        seen += rows.tolist()
    assert sorted(seen) == ROWS.tolist()


@pytest.mark.parametrize(
    ("switch", "known"),
    [("start", "'cold', 'warm'"), ("checkpoint", "'own', 'shared'")],
)
def test_an_unknown_switch_position_is_named_with_those_that_are_known(switch, known):
    with pytest.raises(ValueError, match=f"{switch}='hot': choose one of {known}"):
        lstm(**{switch: "hot"})
