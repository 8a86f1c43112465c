from drawn import dashes
from example_figures import EXAMPLES, FIT


def test_training_and_validation_differ_by_their_dashes():
    for axis, quantity in zip(
        EXAMPLES["plot_history"]().axes, ("loss", "accuracy"), strict=True
    ):
        dashes_of = {
            name: dashes(
                line
                for line in axis.get_lines()
                if list(line.get_ydata()) == getattr(FIT, name)
            )
            for name in (quantity, f"val_{quantity}")
        }
        training, validation = dashes_of.values()
        assert len(training) == len(validation) == 2  # one line for each fit
        assert training[0] == training[1] != validation[0] == validation[1]


def test_the_history_of_two_fits_runs_on_and_marks_the_best_epoch_of_each():
    loss, accuracy = EXAMPLES["plot_history"]().axes
    for axis, quantity in ((loss, "val_loss"), (accuracy, "val_accuracy")):
        best = [
            line.get_xydata()[0].tolist()
            for line in axis.get_lines()
            if line.get_markersize() == 9
        ]
        # The second epoch has the lowest validation loss; the second fit starts with epoch 4.
        assert best == [[2, getattr(FIT, quantity)[1]], [5, getattr(FIT, quantity)[1]]]
    assert [text.get_text() for text in loss.texts] == ["round 0", "round 1"]
