"""Plots of training."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rheobase import plot
from rheobase.learning import LearningCurve

CURVE = LearningCurve(np.array([2.0, 1.0]), np.array([0.1, 0.6]), np.array([2.1, 1.5]), np.array([0.1, 0.5]))


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_learning_curve_draws_training_and_test(ax):
    lines = plot.learning_curve(CURVE, of="accuracy", ax=ax)
    assert [line.get_ydata().tolist() for line in lines] == [[0.1, 0.6], [0.1, 0.5]]
    assert lines[0].axes is ax
    assert len(plot.learning_curve(LearningCurve(CURVE.loss, CURVE.accuracy), ax=ax)) == 1


def test_confusion_matrix_shows_counts_and_labels(ax):
    image = plot.confusion_matrix([[5, 1], [0, 4]], [0.0, 30.0], ax=ax)
    assert image.get_array().tolist() == [[5, 1], [0, 4]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0", "30"]
    assert sorted(text.get_text() for text in ax.texts) == ["1", "4", "5"]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: plot.learning_curve(CURVE, of="cost"), "of must be one of"),
        (lambda: plot.confusion_matrix([[1, 2]], ["a"]), "counts must have shape (1, 1)"),
    ],
)
def test_bad_input_is_refused(call, text):
    with pytest.raises(ValueError) as caught:
        call()
    assert text in str(caught.value)
