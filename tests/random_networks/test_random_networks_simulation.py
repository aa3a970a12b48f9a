"""Simulated networks against the theory, and Lyapunov spectra."""

import pickle

import numpy as np
import pytest

from rheobase.dynamics import lyapunov_exponents
from rheobase.theory.random_networks import (
    TANH,
    NetworkActivity,
    RandomNetwork,
    critical_noise,
    dynamical_mean_field,
    random_network,
)


@pytest.fixture(scope="module")
def runs():
    """Six networks of 1000 units for each gain; the half time of one alone spreads by a third at g = 1.5."""
    found = {}
    for g in (1.5, 2.0, 3.0):
        networks = [random_network(1000, g, seed=100 + k, single_precision=True) for k in range(6)]
        found[g] = [(n, n.simulate(110, t_start=40, every=0.5, method="euler", seed=k)) for k, n in enumerate(networks)]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("g", [1.5, 2.0, 3.0])
def test_a_thousand_units_follow_the_mean_field(runs, g):
    theory = dynamical_mean_field(g)
    variance = np.mean([activity.variance for _, activity in runs[g]])
    assert variance == pytest.approx(theory.variance, rel=0.1)
    rate = np.mean([np.mean(np.tanh(activity.x) ** 2) for _, activity in runs[g]])
    assert rate == pytest.approx(theory.mean_square_rate, rel=0.1)
    covariances = [activity.autocovariance(20) for _, activity in runs[g]]
    lags, mean = covariances[0][0], np.mean([covariance for _, covariance in covariances], axis=0)
    half = np.interp(-mean[0] / 2, -mean, lags)
    each = [np.interp(-covariance[0] / 2, -covariance, lags) for _, covariance in covariances]
    # 10 % for finite size, and three standard errors for the spread of networks (t with 5 degrees of freedom: 3 %).
    assert abs(half - theory.half_time) < 0.1 * theory.half_time + 3 * np.std(each, ddof=1) / np.sqrt(6)


@pytest.mark.slow
def test_radius_of_the_jacobian_along_the_dynamics(runs):
    network, activity = runs[1.5][0]
    values = network.eigenvalues(activity.x[-1])
    assert np.abs(values + 1).max() == pytest.approx(dynamical_mean_field(1.5).radius, rel=0.1)


def test_autocovariance_against_its_definition():
    rng = np.random.Generator(np.random.Philox(1))
    x = rng.normal(size=(50, 4))
    lags, covariance = NetworkActivity(np.arange(50) * 0.2, x).autocovariance(2.0)
    np.testing.assert_allclose(lags, np.arange(11) * 0.2)
    expected = [np.mean(x[: 50 - k] * x[k:]) for k in range(11)]
    np.testing.assert_allclose(covariance, expected, atol=1e-13)


def test_below_the_transition_activity_dies():
    network = random_network(300, 0.5, seed=1)
    assert network.simulate(20, t_start=40, every=1, seed=2).variance < 1e-10


def test_frozen_noise_stops_chaos():
    network = random_network(300, 1.5, 5 * critical_noise(1.5), seed=1)
    activity = network.simulate(1, t_start=100, seed=2)
    assert np.linalg.norm(network.field(activity.x[-1])) < 1e-6
    theory = dynamical_mean_field(1.5, network.D)
    # The variance over 300 units of one network: relative error √(2/300) from its inputs, 4 sigma.
    assert activity.variance == pytest.approx(theory.variance, rel=4 * np.sqrt(2 / 300))


def test_methods_agree_and_converge():
    network = random_network(50, 2.0, seed=1)
    x0 = np.linspace(-1, 1, 50)
    exact = network.simulate(2, dt=0.005, every=2, x0=x0).x[-1]
    for method, order in (("euler", 1), ("rk4", 4)):
        errors = [
            np.abs(network.simulate(2, dt=dt, every=2, x0=x0, method=method).x[-1] - exact).max() for dt in (0.1, 0.05)
        ]
        assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


def test_a_network_of_integer_weights_is_one_of_numbers():
    J = np.array([[0, 3, 0], [0, 0, -3], [3, 0, 0]])
    whole = RandomNetwork(2.0, 0.0, TANH, J)
    exact = RandomNetwork(2.0, 0.0, TANH, J.astype(float), np.zeros(3))
    end = whole.simulate(10, x0=[0.5, -0.3, 0.2]).x[-1]
    np.testing.assert_array_equal(end, exact.simulate(10, x0=[0.5, -0.3, 0.2]).x[-1])
    assert end == pytest.approx([-0.26, -1.32, 1.16], abs=5e-3)
    J[:] = 0
    assert whole.J[0, 1] == 3


def test_seeds_repeat_and_results_pickle():
    a, b = (random_network(20, 2.0, 0.3, seed=5) for _ in range(2))
    np.testing.assert_array_equal(a.J, b.J)
    np.testing.assert_array_equal(a.eta, b.eta)
    first, second = a.simulate(2, seed=7), pickle.loads(pickle.dumps(b)).simulate(2, seed=7)
    np.testing.assert_array_equal(first.x, second.x)
    assert not np.array_equal(a.J, random_network(20, 2.0, 0.3, seed=6).J)


def test_jacobian_of_a_network_by_differences():
    network = random_network(6, 1.5, 0.2, "erf", seed=1)
    x = np.linspace(-1, 1, 6)
    h = 1e-6
    numeric = np.stack([(network.field(x + h * e) - network.field(x - h * e)) / (2 * h) for e in np.eye(6)], axis=1)
    np.testing.assert_allclose(network.jacobian(x), numeric, atol=1e-9)


@pytest.mark.slow
def test_lyapunov_exponents_of_a_resting_network_are_eigenvalues():
    network = random_network(40, 0.8, 1.0, seed=3)
    rest = network.simulate(1, t_start=200, seed=1).x[-1]
    expected = np.sort(network.eigenvalues(rest).real)[::-1][:4]
    spectrum = lyapunov_exponents(network, rest, 400, dt=0.1, n=4, t_start=50, seed=2)
    # Complex pairs beat within the window, hence the tolerance.
    np.testing.assert_allclose(spectrum.exponents, expected, atol=0.01)
    assert spectrum.dimension == 0


def test_sum_of_all_exponents_is_the_mean_divergence():
    network = random_network(20, 3.0, seed=8)
    spectrum = lyapunov_exponents(network, np.linspace(-2, 2, 20), 50, dt=0.1, t_start=20)
    # tr(−1 + J diag φ') averages to −N + Σ J_ii φ'_i; with J_ii = 0 it is −N whatever the motion.
    J = network.J.copy()
    np.fill_diagonal(J, 0)
    hollow = type(network)(network.g, network.D, network.transfer, J, network.eta)
    hollowed = lyapunov_exponents(hollow, np.linspace(-2, 2, 20), 50, dt=0.1, t_start=20)
    assert hollowed.exponents.sum() == pytest.approx(-20, abs=1e-3)
    assert spectrum.exponents.shape == spectrum.standard_errors.shape == (20,)
    assert (np.diff(spectrum.exponents) <= 0).all()


@pytest.mark.slow
def test_largest_exponent_approaches_the_mean_field():
    network = random_network(1000, 3.0, seed=4, single_precision=True)
    spectrum = lyapunov_exponents(network, np.random.default_rng(1).normal(size=1000), 60, dt=0.1, n=2, t_start=20)
    # Finite size lowers the exponent by some tenths of its value at this N.
    assert spectrum.exponents[0] == pytest.approx(dynamical_mean_field(3.0).lyapunov, rel=0.2)
    assert np.isnan(spectrum.dimension)


NETWORK = random_network(5, 2.0, seed=1)
BAD = [
    (lambda: random_network(0, 2), ValueError, "n must be >= 1"),
    (lambda: random_network(2.5, 2), TypeError, "n must be an integer"),
    (lambda: random_network(5, -2), ValueError, "g must be >= 0"),
    (lambda: random_network(5, 2, -1), ValueError, "D must be >= 0"),
    (lambda: random_network(5, 2, seed=-1), ValueError, "seed must be >= 0"),
    (lambda: NETWORK.simulate(1, method="rk"), ValueError, "did you mean 'rk4'"),
    (lambda: NETWORK.simulate(1, dt=3), ValueError, "dt must be > 0 and < 2"),
    (lambda: NETWORK.simulate(1.03), ValueError, "duration must be a multiple"),
    (lambda: NETWORK.simulate(1, t_start=0.05), ValueError, "t_start must be a multiple"),
    (lambda: NETWORK.simulate(1, every=0), ValueError, "every must be at least"),
    (lambda: NETWORK.simulate(1, x0=[1, 2]), ValueError, "x0 must have shape"),
    (lambda: NETWORK.simulate(1, seed=1).autocovariance(2), ValueError, "longest must be"),
    (lambda: NETWORK.eigenvalues([0]), ValueError, "x must have shape"),
    (lambda: lyapunov_exponents(NETWORK, np.ones(5), 50, n=6), ValueError, "n must be"),
    (lambda: lyapunov_exponents(NETWORK, np.ones(5), 5, every=1.0), ValueError, "duration must be at least"),
    (lambda: RandomNetwork(2.0, 0.0, TANH, np.ones((2, 3))), ValueError, "J must be square"),
    (lambda: RandomNetwork(2.0, 0.0, TANH, np.ones(3)), ValueError, "J must have shape"),
    (lambda: RandomNetwork(2.0, 0.0, TANH, np.eye(3), np.zeros(2)), ValueError, "eta must be a number or have shape"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()
