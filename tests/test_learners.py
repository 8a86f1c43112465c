import keras
import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
from scipy.special import expit

from alutils import learners
from alutils.learners import AS_PUBLISHED, BiLSTMLearner, LinearLearner
from alutils.models import History, compile_model, seed_everything
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
    pair = [lstm(kind, **AS_PUBLISHED) for kind in (BiLSTMLearner, CompilingAnew)]
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


def test_no_rows_get_no_predictions():
    assert lstm().predict_proba(np.arange(0)).shape == (0, 2)
    assert LinearLearner(scipy.sparse.csr_matrix((3, 2))).predict_proba(
        np.arange(0)
    ).shape == (0, 2)


def small_model(vocabulary_size: int, sequence_length: int) -> keras.Model:
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


def test_with_dropout_a_pass_is_what_keras_gives_in_training_mode():
    # One seed gives both models the same weights and the same stream of dropout.
    ours, keras_model, rows = lstm(), lstm().model, np.array([3, 1, 4, 1])
    found = ours.predict_with_dropout(rows, passes=3)
    assert found.shape == (3, 4, 2)
    for answers in found:
        expected = keras.ops.convert_to_numpy(keras_model(TOKENS[rows], training=True))
        assert np.allclose(answers[:, 1], expected[:, 0], atol=1e-6)
        assert np.allclose(answers.sum(axis=1), 1)


def test_passes_with_dropout_differ_and_repeat_with_the_seed():
    once, again = (lstm().predict_with_dropout(VALIDATION, passes=4) for _ in range(2))
    assert np.array_equal(once, again)
    assert len(np.unique(once[:, :, 1].sum(axis=1))) == 4


def test_dropout_is_off_again_after_asking_with_it(twice_trained):
    learner = twice_trained[1]
    weights, before = learner.model.get_weights(), learner.predict_proba(VALIDATION)
    learner.predict_with_dropout(VALIDATION, passes=2)
    assert np.array_equal(learner.predict_proba(VALIDATION), before)
    assert np.array_equal(flat(learner.model.get_weights()), flat(weights))


def test_no_rows_get_no_predictions_with_dropout():
    assert lstm().predict_with_dropout(np.arange(0), passes=5).shape == (5, 0, 2)


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
        model.optimizer.build(model.trainable_variables)
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
    assert AS_PUBLISHED == {
        "start": "warm",
        "checkpoint": "shared",
        "load_after_first_fit": False,
        "shuffle_buffer": 20_000,
    }


def test_as_published_the_first_fit_keeps_its_last_epoch_and_others_get_the_best_yet(
    train,
):
    # Epochs 1 to 7; the best is epoch 1 until epoch 6 beats it.
    epochs, _, _, _ = train(AS_PUBLISHED, [0.3, 0.5], [0.4, 0.6], [0.5, 0.2, 0.9])
    assert epochs == [2, 1, 6]


def test_with_load_after_first_fit_the_first_fit_gets_its_best_too(train):
    epochs, _, _, _ = train(
        AS_PUBLISHED | {"load_after_first_fit": True}, [0.3, 0.5], [0.4, 0.6]
    )
    assert epochs == [1, 1]


def test_with_an_own_checkpoint_each_fit_gets_the_best_of_its_own_epochs(train):
    epochs, _, _, _ = train(
        AS_PUBLISHED | {"checkpoint": "own"}, [0.3, 0.5], [0.4, 0.6]
    )
    assert epochs == [2, 3]


def test_a_warm_start_goes_on_from_the_weights_at_hand(train):
    _, starts, initial, _ = train(AS_PUBLISHED, [0.3, 0.5], [0.4, 0.6], [0.5])
    assert np.array_equal(starts[0], initial)
    assert [np.unique(start).tolist() for start in starts[1:]] == [[2], [1]]


def test_a_cold_start_goes_back_to_the_same_initial_weights_every_time(train):
    _, starts, initial, _ = train(
        AS_PUBLISHED | {"start": "cold"}, [0.3, 0.5], [0.4, 0.6], [0.5]
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


# --- the linear model


@pytest.fixture(scope="module")
def features():
    counts = np.zeros((90, 20), dtype=np.float32)
    np.add.at(counts, (np.arange(90)[:, None], TOKENS), 1)
    return scipy.sparse.csr_matrix(counts)


def regression_by_hand(
    features, labels: np.ndarray, weights: np.ndarray, C: float
) -> np.ndarray:
    """Weights and intercept that are best for half of their squares and C times the
    weighted losses."""
    known = np.column_stack([features.toarray(), np.ones(len(labels))]).astype(float)
    signs = 2 * labels - 1

    def objective(w):
        towards = signs * (known @ w)
        loss = 0.5 * w @ w + C * weights @ np.logaddexp(0, -towards)
        return loss, w - C * known.T @ (weights * signs * expit(-towards))

    start = np.zeros(known.shape[1])
    exact = {"maxiter": 10_000, "ftol": 1e-15, "gtol": 1e-9}
    return scipy.optimize.minimize(
        objective, start, jac=True, method="L-BFGS-B", options=exact
    ).x


WEIGHTS = np.random.default_rng(1).integers(0, 4, 40)


@pytest.mark.parametrize(
    "weights", [None, WEIGHTS, WEIGHTS / 7], ids=["none", "whole", "parts"]
)
@pytest.mark.parametrize("C", [None, 0.1])
def test_the_linear_learner_is_the_best_logistic_regression(features, C, weights):
    learner = LinearLearner(features) if C is None else LinearLearner(features, C=C)
    learner.fit(ROWS, LABELS[ROWS], weights)
    *slopes, intercept = regression_by_hand(
        features[ROWS],
        LABELS[ROWS],
        np.ones(40) if weights is None else weights,
        10 if C is None else C,
    )
    found = learner.predict_proba(VALIDATION)
    expected = expit(features[VALIDATION] @ np.array(slopes) + intercept)
    assert np.allclose(found[:, 1], expected, atol=1e-4)
    assert np.allclose(found.sum(axis=1), 1)


def test_a_whole_weight_is_that_many_copies_of_a_review(features):
    weighted, repeated = LinearLearner(features), LinearLearner(features)
    weighted.fit(ROWS, LABELS[ROWS], WEIGHTS)
    rows = np.repeat(ROWS, WEIGHTS)
    repeated.fit(rows, LABELS[rows])
    assert np.allclose(
        weighted.predict_proba(VALIDATION),
        repeated.predict_proba(VALIDATION),
        atol=1e-4,
    )


@pytest.mark.parametrize("dense", [False, True])
def test_many_rows_are_scored_in_pieces_with_the_same_answers(features, dense):
    # More rows than fit in one piece, twice over; the last piece is not full.
    rows = np.random.default_rng(0).integers(0, 90, 50_001)
    learner = LinearLearner(features.toarray() if dense else features)
    learner.fit(ROWS, LABELS[ROWS])
    found = learner.predict_proba(rows)
    assert np.array_equal(found, learner.model.predict_proba(learner.features[rows]))
    assert np.array_equal(found, learner.predict_proba(np.arange(90))[rows])


def test_the_linear_learner_forgets_its_earlier_fits(features):
    learner, fresh = LinearLearner(features), LinearLearner(features)
    learner.fit(VALIDATION, 1 - LABELS[VALIDATION])
    for each in (learner, fresh):
        each.fit(ROWS, LABELS[ROWS])
    assert np.array_equal(
        learner.predict_proba(VALIDATION), fresh.predict_proba(VALIDATION)
    )


@pytest.mark.parametrize("label", [0, 1])
def test_labels_of_one_class_only_are_refused_with_what_to_do(features, label):
    with pytest.raises(
        ValueError, match="all 40 labels are of one class: ask for more"
    ):
        LinearLearner(features).fit(ROWS, np.full(40, label))
