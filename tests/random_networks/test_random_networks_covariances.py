"""Covariances of functions of Gaussian variables whose Hermite series fall slowly, against closed forms."""

import numpy as np
import pytest

from rheobase.theory.random_networks import dynamical_mean_field, fluctuating_state
from rheobase.theory.random_networks.covariances import GaussianCovariances

RATIOS = np.concatenate([[1.0], 1 - np.geomspace(1e-5, 1, 30), -np.linspace(0.05, 1, 30)])


def of_rectified(ratio):
    """Cho and Saul 2009, of standard normal variables."""
    angle = np.arccos(ratio)
    return (np.sqrt(1 - ratio**2) + ratio * (np.pi - angle)) / (2 * np.pi)


def of_steps(ratio):
    return (np.pi - np.arccos(ratio)) / (2 * np.pi)


def test_covariances_of_kinks_and_steps_are_those_of_the_closed_forms():
    averages = GaussianCovariances()
    for function, scale, exact, error in (
        (lambda x: np.maximum(x, 0), 2.5, of_rectified, 1e-6),
        (lambda x: (x > 0) * 1.0, 1.0, of_steps, 1e-3),  # a step lies somewhere between two nodes
        (lambda x: 2 * (x > 0) - 1.0, 1.0, lambda ratio: 4 * of_steps(ratio) - 1, 4e-3),
    ):
        rest = averages.rest(function, 0.0, 2.5)
        _, found = averages(function, 0.0, 2.5 * RATIOS, rest)
        assert found == pytest.approx(scale * exact(RATIOS), abs=error)
    assert averages.rest(np.tanh, 0.3, 1.0) is None


def test_steep_functions_have_the_exponents_of_the_exact_theory():
    exact, found = dynamical_mean_field(15.0), fluctuating_state(15.0, longest=20.0)
    assert found.variance == pytest.approx([exact.variance], rel=2e-6)
    assert found.lyapunov == pytest.approx(exact.lyapunov, rel=2e-3)
