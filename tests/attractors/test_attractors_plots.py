"""Plots of associative memories."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rheobase import plot
from rheobase.attractors import cross_pattern, recovery_curves, smiley_pattern
from rheobase.learning import hebbian


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_patterns_stand_side_by_side(ax):
    image = plot.patterns([cross_pattern(), smiley_pattern()], ax=ax)
    drawn = np.ma.filled(image.get_array(), np.nan)
    assert image.axes is ax
    assert np.array_equal(drawn[:, :8], cross_pattern().reshape(8, 8))
    assert np.array_equal(drawn[:, 9:], smiley_pattern().reshape(8, 8))
    assert np.isnan(drawn[:, 8]).all()


def test_weights_energy_and_overlaps_show_what_they_are_given(ax):
    weights = hebbian(cross_pattern())
    image = plot.hopfield_weights(weights, ax=ax)
    assert np.array_equal(image.get_array(), weights)
    assert image.get_clim() == (-1 / 64, 1 / 64)
    lines = plot.hopfield_energy([[0.0, -1.0, -2.0], [0.0, -3.0, -3.0]], ax=ax)
    assert lines[1].get_ydata().tolist() == [0, -3, -3]
    (line,) = plot.overlaps([0, 1], [0.4, 1.0], labels=["X"], ax=ax)
    assert line.get_ydata().tolist() == [0.4, 1.0]


@pytest.mark.parametrize(("along", "count", "x"), [("counts", 3, [2, 8]), ("flips", 2, [0.0, 0.25, 0.5])])
def test_recovery_curves_along_either_axis(ax, along, count, x):
    curves = recovery_curves(16, [2, 8], [0, 4, 8], networks=2, seed=1)
    bars = plot.recovery_curves(curves, along=along, ax=ax)
    assert len(bars) == count
    assert bars[0][0].get_xdata().tolist() == x
    wanted = curves.recovered[:, 0] if along == "counts" else curves.recovered[0]
    assert np.array_equal(bars[0][0].get_ydata(), wanted)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: plot.patterns(np.ones(10)), "shape must have 10 units"),
        (lambda: plot.patterns(np.ones(10), shape=(3, 3)), "shape must have 10 units"),
        (lambda: plot.hopfield_weights([1.0]), "weights must have shape"),
        (lambda: plot.overlaps([0, 1], [1.0]), "values must have shape (2, any)"),
        (lambda: plot.overlaps([0], [1.0], labels=["a", "b"]), "labels must have one name"),
        (lambda: plot.recovery_curves(recovery_curves(8, [1], networks=2), along="x"), "along must be one of"),
    ],
)
def test_bad_input_is_refused(call, text):
    with pytest.raises(ValueError) as caught:
        call()
    assert text in str(caught.value)
