"""Plots of random networks draw what they are given and return their artists."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rheobase.plot import random_networks as plot
from rheobase.theory.random_networks import (
    dynamical_mean_field,
    fixed_point_census,
    fixed_point_distribution,
    random_network,
)


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_autocovariance(ax):
    theory = dynamical_mean_field(2.0)
    activity = random_network(50, 2.0, seed=1).simulate(30, every=0.5, seed=1)
    curve, dots = plot.autocovariance(theory, activity, longest=10, ax=ax)
    assert curve.axes is ax
    assert curve.get_ydata()[0] == theory.variance
    assert dots.get_ydata()[0] == pytest.approx(activity.variance)
    assert curve.get_xdata()[-1] == 10
    (flat,) = plot.autocovariance(dynamical_mean_field(0.5, 1.0), ax=ax)
    assert np.ptp(flat.get_ydata()) == 0


def test_coordinates(ax):
    census = fixed_point_census(8, 4.0, networks=3, starts=60, seed=1)
    bars, curve = plot.coordinates(fixed_point_distribution(4.0), census, ax=ax)
    assert bars.axes is curve.axes is ax
    with pytest.raises(ValueError, match="origin as its only fixed point"):
        plot.coordinates(fixed_point_distribution(0.5), ax=ax)


def test_spectra(ax):
    values = np.array([-1 + 1j, 0.5, -2])
    dots, circle, _ = plot.eigenvalues(values, 1.5, ax=ax)
    np.testing.assert_array_equal(dots.get_xdata(), values.real)
    np.testing.assert_allclose(np.hypot(circle.get_xdata() + 1, circle.get_ydata()), 1.5)
    steps, curve = plot.radial_distribution(fixed_point_distribution(2.0).spectrum(), values, ax=ax)
    np.testing.assert_allclose(steps.get_xdata(), [1, 1, 1.5])
    assert curve.get_ydata()[-1] == 1


def test_curves_against_the_gain(ax):
    moving, fixed = plot.separation([0.5, 1.5], ax=ax)
    np.testing.assert_allclose(moving.get_ydata(), [0, 0.86469], atol=1e-5)
    np.testing.assert_allclose(fixed.get_ydata(), [0, 0.68260], atol=1e-5)
    census = fixed_point_census(8, 4.0, networks=3, starts=60, seed=1)
    curve, dot = plot.complexity([1.5, 2.0], censuses=[census], ax=ax)
    np.testing.assert_allclose(curve.get_ydata(), [0.007143, 0.024825], atol=1e-6)
    assert dot.get_ydata()[0] == pytest.approx(census.log_mean_count / 8)


def test_current_axes_are_the_default():
    curve, _ = plot.separation([1.5])
    assert curve.axes is plt.gca()
    plt.close("all")
