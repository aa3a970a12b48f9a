"""Escape of noise-driven states: closed forms, the limit of weak noise, and a rate network that forgets."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from rheobase.dynamics import kramers_rate, mean_first_passage
from rheobase.rates import RateNetwork, Tanh, self_connected_neuron


def double_well(x):
    return x - x**3


@pytest.mark.parametrize(("target", "sigma"), [(0.5, 1.0), (2.0, 1.0), (3.0, 0.7)])
def test_ornstein_uhlenbeck_process(target, sigma):
    """√π ∫ exp(u²) (1 + erf u) du from 0 to target/σ; downwards the same."""
    exact = np.sqrt(np.pi) * quad(lambda u: np.exp(u**2) * (1 + erf(u)), 0, target / sigma, epsrel=1e-12)[0]
    assert mean_first_passage(lambda x: -x, 0.0, target, sigma) == pytest.approx(exact, rel=1e-8)
    assert mean_first_passage(lambda x: -x, 0.0, -target, sigma) == pytest.approx(exact, rel=1e-8)


def test_diffusion_from_a_wall():
    """Without drift, from x0 with a wall at 0: (b² − x0²)/σ²."""
    assert mean_first_passage(lambda x: 0 * x, 0.5, 2.0, 0.8, reflecting=0.0) == pytest.approx(3.75 / 0.64, rel=1e-8)
    assert mean_first_passage(lambda x: 0 * x, 0.0, 2.0, 0.8, reflecting=0.0) == pytest.approx(4 / 0.64, rel=1e-8)
    assert mean_first_passage(lambda x: 0 * x, 1.0, 1.0, 0.8) == 0


def test_kramers_is_the_limit_of_weak_noise():
    """The relative error is linear in σ²: with σ² halved it halves, but for terms of the next order, σ² of itself."""
    excess = [
        mean_first_passage(double_well, -1.0, 1.0, s) * kramers_rate(double_well, -1.0, 0.0, s) - 1
        for s in np.sqrt([0.04, 0.02])
    ]
    assert 0 < excess[1] < excess[0] < 0.04
    assert excess[0] / excess[1] == pytest.approx(2, rel=0.08)
    assert mean_first_passage(double_well, -1.0, 1.0, 0.01) == np.inf


def test_a_neuron_that_excites_itself_forgets_as_predicted():
    """Thresholds at 30 and 90: passages renew, so that their number has at most the variance of a Poisson process."""
    neuron, sigma, copies, duration = self_connected_neuron(), 30.0, 200, 60.0
    network = RateNetwork(0.05 * np.eye(copies), -3.0, Tanh(60, 60), tau=1.0, dimensionless=True)
    run = network.simulate(duration, dt=0.02, x0=90.0, method="euler", noise=sigma, seed=1)
    side = np.where(np.abs(run.rates - 60) > 30, np.sign(run.rates - 60), 0)
    passages = sum(np.count_nonzero(np.diff(column[column != 0])) for column in side.T)
    expected = copies * duration / mean_first_passage(neuron, 90.0, 30.0, sigma)
    assert passages == pytest.approx(expected, abs=4 * np.sqrt(expected))


def valley(u):
    """Without an energy, though on the way from -1 to 0 the Jacobian is symmetric: the other variable does not act."""
    return np.stack([u[0] - u[0] ** 3, -3 * u[1] - u[0] * u[1]])


def swirl(u):
    return np.stack([double_well(u[0]) + u[1], -u[1]])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: kramers_rate(double_well, 0.0, 1.0, 0.5), "well must be a stable fixed point"),
        (lambda: kramers_rate(double_well, -1.0, 1.0, 0.5), "barrier must be an unstable fixed point"),
        (lambda: kramers_rate(double_well, -0.9, 0.0, 0.5), "well must be a fixed point"),
        (lambda: kramers_rate(np.sin, -np.pi, 2 * np.pi, 0.5), "beside each other"),
        (lambda: kramers_rate(swirl, [-1.0, 0.0], [0.0, 0.0], 0.5), "field must have an energy, a symmetric Jacobian"),
        (lambda: kramers_rate(valley, [-1.0, 0.0], [0.0, 0.0], 0.5), "field must have an energy, a symmetric Jacobian"),
        (lambda: mean_first_passage(swirl, 0.0, 1.0, 0.5), "field must take x0, a state of shape"),
        (lambda: mean_first_passage(lambda x: x, 0.0, 1.0, 0.5), "reflecting must be given"),
        (lambda: mean_first_passage(double_well, 0.0, 1.0, 0.5, reflecting=0.5), "must lie behind"),
        (lambda: mean_first_passage(double_well, 0.0, 1.0, 0.0), "sigma must be"),
    ],
)
def test_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()
