"""Plots of population codes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rheobase import plot
from rheobase.coding import Cosine, FisherDiscriminant


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


RNG = np.random.default_rng(1)
X, Y = RNG.standard_normal((40, 2)) + np.repeat([[0, 0], [2, 3]], 20, axis=0), np.repeat([0, 1], 20)
NET = FisherDiscriminant().fit(X, Y)


def test_discriminant_line_is_the_threshold(ax):
    points, line = plot.discriminant(NET, X, Y, ax=ax)
    assert np.array_equal(points[1].get_offsets(), X[Y == 1])
    ends = np.array([line.get_xy1(), line.get_xy2()])
    assert np.allclose(ends @ NET.weights_, NET.threshold_)
    assert line.axes is ax


def test_histograms_count_every_trial(ax):
    histograms, line = plot.discriminant_histogram(NET, X, Y, ax=ax)
    assert [sum(bar.get_height() for bar in bars) for bars in histograms] == [20, 20]
    assert line.get_xdata()[0] == NET.threshold_


def test_tuning_curve_draws_means_and_curve(ax):
    points, curve = plot.tuning_fit([0, 0, 90, 90], [1, 3, 5, 5], Cosine(4, 2, 90), ax=ax)
    assert points.get_ydata().tolist() == [2, 5]
    assert curve.get_ydata()[-1] == 6


def test_discriminability_draws_each_curve(ax):
    lines = plot.discriminability([1, 2], {"a": [1, 2], "b": [1, 1.5]}, ax=ax)
    assert [line.get_label() for line in lines] == ["a", "b"]
    assert lines[1].get_ydata().tolist() == [1, 1.5]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: plot.discriminant(NET, X[:, :1], Y), "x must have shape (any, 2)"),
        (lambda: plot.discriminant(FisherDiscriminant(), X, Y), "before fit"),
        (lambda: plot.discriminant(FisherDiscriminant().fit(X[:, :1], Y), X[:, :1], Y), "x must have shape (any, 2)"),
        (lambda: plot.discriminant_histogram(NET, X, Y, bins=0), "bins must be >= 1"),
        (lambda: plot.tuning_fit([], []), "stimuli must hold at least one trial"),
        (lambda: plot.tuning_fit([1], [1, 2]), "responses must have shape (1,)"),
        (lambda: plot.discriminability([1, 2], {"a": [1]}), "curves['a'] must have shape (2,)"),
    ],
)
def test_bad_input_is_refused(call, text):
    with pytest.raises(ValueError) as caught:
        call()
    assert text in str(caught.value)
