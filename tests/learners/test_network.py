import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from alutils.errors import count_errors
from alutils.learners.network import (
    Batches,
    History,
    best_checkpoint,
    buffered_order,
    build_model,
    compile_model,
    fit_model,
    load_checkpoint,
    seed_everything,
)


def test_the_model_has_the_published_parameters_layer_by_layer():
    model = build_model(3_000, 150)
    layers = [(type(layer).__name__, layer.count_params()) for layer in model.layers]
    assert layers == [
        ("Embedding", 384_000),
        ("Bidirectional", 41_216),
        ("GlobalMaxPooling1D", 0),
        ("Dense", 1_300),
        ("Dropout", 0),
        ("Dense", 21),
    ]
    assert model.count_params() == 426_537
    assert model.output_shape == (None, 1)


def published_model() -> keras.Model:
    """The network as it stands in the published example, with this book's seed."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input(shape=(6,), dtype="int32"),
            layers.Embedding(20, 128),
            layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
            layers.GlobalMaxPooling1D(),
            layers.Dense(20, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def test_the_weights_and_the_dropout_are_those_of_the_published_model_of_one_seed():
    tokens, outcomes = np.arange(12).reshape(2, 6), []
    for make in (published_model, lambda: build_model(20, 6)):
        seed_everything(3)
        model = make()
        answers = keras.ops.convert_to_numpy(model(tokens, training=True))
        outcomes.append([*model.get_weights(), answers])
    for ours, theirs in zip(*outcomes, strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("classes", [3, 5])
def test_of_more_than_two_classes_only_the_answer_differs(classes):
    seed_everything(3)
    two = build_model(20, 6)
    seed_everything(3)
    more = build_model(20, 6, classes)
    assert more.output_shape == (None, classes)
    assert more.layers[-1].activation is keras.activations.softmax
    assert more.count_params() == two.count_params() + (classes - 1) * 21
    for ours, theirs in zip(
        more.get_weights()[:-2], two.get_weights()[:-2], strict=True
    ):
        assert np.array_equal(ours, theirs)


# --- the order of training


@given(
    n=st.integers(0, 60),
    buffer=st.none() | st.integers(1, 70),
    seed=st.integers(0, 100),
)
def test_a_shuffle_buffer_gives_out_every_example_once_and_none_too_early(
    n, buffer, seed
):
    order = buffered_order(n, buffer, np.random.default_rng(seed))
    assert sorted(order.tolist()) == list(range(n))
    # When the element at a position leaves, the buffer has seen no more than as many
    # elements as have left before, and as it holds.
    for position, element in enumerate(order):
        assert element < position + (n if buffer is None else buffer)


def positions(orders: np.ndarray) -> np.ndarray:
    """How often each element (row) left at each position (column), shape (n, n)."""
    n = orders.shape[1]
    return np.array(
        [
            np.bincount(np.nonzero(orders == element)[1], minlength=n)
            for element in range(n)
        ]
    )


def probability_of_one_source(first: np.ndarray, second: np.ndarray) -> float:
    """The lowest p-value over the elements, times their number: do both tables come
    from one distribution?"""
    pairs = [np.stack([a, b])[:, a + b > 0] for a, b in zip(first, second, strict=True)]
    return min(chi2_contingency(pair).pvalue for pair in pairs) * len(first)


@pytest.mark.parametrize("buffer", [3, 7, 10, None])
def test_a_shuffle_buffer_shuffles_like_the_one_of_tensorflow(buffer):
    n, times = 10, 3_000
    dataset = (
        tf.data.Dataset.range(n)
        .shuffle(n if buffer is None else buffer, seed=1)
        .repeat(times)
        .batch(n)
    )
    theirs = positions(np.array(list(dataset.as_numpy_iterator())))
    rng = np.random.default_rng(1)
    ours = positions(np.array([buffered_order(n, buffer, rng) for _ in range(times)]))
    assert probability_of_one_source(ours, theirs) > 0.001
    # The same comparison tells a buffer of one place less apart, so it is not blind.
    other = positions(
        np.array([buffered_order(n, (buffer or n) - 1, rng) for _ in range(times)])
    )
    assert probability_of_one_source(other, theirs) < 0.001


@given(
    n=st.integers(1, 30), size=st.integers(1, 10), buffer=st.none() | st.integers(1, 40)
)
def test_an_epoch_shows_each_review_once_with_its_own_label(n, size, buffer):
    rows = np.arange(100, 100 + 2 * n, 2)
    tokens = np.arange(300).reshape(300, 1)
    labels = rows % 3 == 0
    batches = Batches(tokens, rows, labels, size, np.random.default_rng(0), buffer)
    for _ in range(2):
        epoch = [batches[k] for k in range(len(batches))]
        assert [len(x) for x, _ in epoch[:-1]] == [size] * (len(epoch) - 1)
        shown = np.concatenate([x for x, _ in epoch])[:, 0]
        assert sorted(shown.tolist()) == rows.tolist()
        assert np.array_equal(np.concatenate([y for _, y in epoch]), shown % 3 == 0)
        batches.on_epoch_end()


def test_each_epoch_has_a_new_order_that_repeats_with_the_seed():
    def orders(seed):
        batches = Batches(
            np.zeros((50, 1)),
            np.arange(50),
            np.zeros(50),
            50,
            np.random.default_rng(seed),
        )
        first = batches.order
        batches.on_epoch_end()
        return first.tolist(), batches.order.tolist()

    first, second = orders(0)
    assert first != second
    assert orders(0) == (first, second)
    assert orders(1) != (first, second)


# --- training


@pytest.fixture(scope="module")
def small():
    """A small model of the published shape, and reviews of six tokens whose first one
    tells the class."""
    seed_everything(0)
    tokens = np.random.default_rng(0).integers(1, 20, (80, 6)).astype(np.int32)
    return build_model(20, 6), tokens, (tokens[:, 0] > 10).astype(int)


def test_the_same_seed_gives_the_same_initial_weights_and_another_seed_others():
    def weights(seed):
        seed_everything(seed)
        return np.concatenate([w.ravel() for w in build_model(5, 2).get_weights()])

    assert np.array_equal(weights(3), weights(3))
    assert not np.array_equal(weights(3), weights(4))


def test_keras_counts_the_same_errors_while_it_trains(small):
    model, tokens, labels = small
    compile_model(model)
    report = model.evaluate(
        tokens, labels.astype(np.float32), return_dict=True, verbose=0
    )
    positive = model.predict(tokens, verbose=0)[:, 0].astype(float)
    errors = count_errors(labels, np.stack([1 - positive, positive], axis=1))
    assert (report["false_negatives"], report["false_positives"]) == (
        errors.false_negatives,
        errors.false_positives,
    )
    assert report["accuracy"] == pytest.approx(errors.accuracy)


def test_of_more_than_two_classes_keras_counts_the_same_errors_while_it_trains(small):
    _, tokens, _ = small
    labels = tokens[:, 1] % 3
    seed_everything(0)
    model = build_model(20, 6, 3)
    compile_model(model)
    report = model.evaluate(
        tokens, labels.astype(np.float32), return_dict=True, verbose=0
    )
    probabilities = model.predict(tokens, verbose=0)
    right = probabilities[np.arange(80), labels]
    assert report["loss"] == pytest.approx(-np.log(right).mean(), rel=1e-5)
    errors = count_errors(labels, probabilities)
    assert report["accuracy"] == pytest.approx(errors.accuracy)


@pytest.fixture(scope="module")
def overfitted(small, tmp_path_factory):
    """Training that makes the validation worse and worse, because there every label is
    turned round."""
    model, tokens, labels = small
    seed_everything(0)
    compile_model(model)
    path = tmp_path_factory.mktemp("checkpoint") / "best.keras"
    history = fit_model(
        model,
        Batches(tokens, np.arange(80), labels, 8, np.random.default_rng(0)),
        (tokens, 1 - labels),
        epochs=12,
        patience=2,
        checkpoint=best_checkpoint(path),
    )
    return history, path


def test_training_stops_when_the_validation_loss_has_not_fallen_for_so_many_epochs(
    overfitted,
):
    history, _ = overfitted
    best = min(range(len(history.val_loss)), key=history.val_loss.__getitem__)
    assert history.best_epoch == best
    assert len(history.loss) == best + 1 + 2 < 12
    assert (
        len(history.loss)
        == len(history.val_loss)
        == len(history.accuracy)
        == len(history.val_accuracy)
    )


def test_the_checkpoint_holds_the_best_epoch_and_the_model_keeps_the_last(
    overfitted, small
):
    (history, path), (model, tokens, labels) = overfitted, small
    turned = (1 - labels).astype(np.float32)
    best = load_checkpoint(path)
    compile_model(best)
    assert best.evaluate(tokens, turned, return_dict=True, verbose=0)[
        "loss"
    ] == pytest.approx(min(history.val_loss), rel=1e-5)
    assert model.evaluate(tokens, turned, return_dict=True, verbose=0)[
        "loss"
    ] == pytest.approx(history.val_loss[-1], rel=1e-5)
    assert history.val_loss[-1] > min(history.val_loss)


def test_compiling_again_forgets_what_the_optimizer_had_gathered(small):
    model, tokens, labels = small
    model = keras.models.clone_model(model)
    compile_model(model)
    model.train_on_batch(tokens[:8], labels[:8].astype(np.float32))
    assert int(model.optimizer.iterations) == 1
    weights = model.get_weights()
    compile_model(model)
    assert int(model.optimizer.iterations) == 0
    assert all(
        np.array_equal(a, b) for a, b in zip(model.get_weights(), weights, strict=True)
    )


def test_the_best_epoch_is_that_of_the_lowest_validation_loss():
    assert (
        History(
            loss=[3, 2, 1],
            val_loss=[0.5, 0.2, 0.4],
            accuracy=[0, 0, 0],
            val_accuracy=[0, 0, 1],
        ).best_epoch
        == 1
    )


# --- checkpoints


def test_a_whole_checkpoint_brings_the_weights_back(small, tmp_path):
    path = tmp_path / "model.keras"
    small[0].save(path)
    loaded = load_checkpoint(path)
    assert all(
        np.array_equal(a, b)
        for a, b in zip(loaded.get_weights(), small[0].get_weights(), strict=True)
    )


def test_a_missing_checkpoint_is_named_with_why_it_may_be_missing(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no checkpoint \S*none\.keras: .*validation loss"
    ):
        load_checkpoint(tmp_path / "none.keras")


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_a_checkpoint_that_would_run_code_of_its_own_is_refused(tmp_path):
    path = tmp_path / "model.keras"
    code = keras.layers.Lambda(lambda x: x + 1)
    keras.Sequential([keras.layers.Input((6,)), code]).save(path)
    with pytest.raises(ValueError, match="Lambda"):
        load_checkpoint(path)
