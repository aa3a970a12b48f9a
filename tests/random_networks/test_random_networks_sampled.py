"""The sampled mean field of partly symmetric and of self-coupled networks, against networks."""

import numpy as np
import pytest

from rheobase.theory.random_networks import (
    ARCTAN,
    ERF,
    TANH,
    Transfer,
    dynamical_mean_field,
    fluctuating_state,
    random_network,
    sampled_state,
)

#: Student's t of 7 degrees of freedom, of eight solutions or more networks, passes this once in 1000 times.
NETWORKS, T = 12, 5.41


@pytest.mark.parametrize(
    ("g", "D", "transfer", "coupling", "seed"),
    [
        (2.0, 0.0, TANH, {"symmetry": 0.15}, 4),
        (3.0, 0.0, TANH, {"symmetry": -0.4}, 4),
        (1.6, 0.5, ERF, {"symmetry": 0.3}, 4),
        (2.0, 0.0, TANH, {"self_coupling": 0.5}, 5),
        (3.0, 0.3, ARCTAN, {"self_coupling": -0.6}, 5),
        (3.0, 0.0, TANH, {"self_coupling": 1.1}, 5),
    ],
)
def test_networks_follow_the_mean_field(g, D, transfer, coupling, seed):
    theory = sampled_state(g, D, transfer, **coupling, longest=25.0, dt=0.25, units=160, rounds=20, seed=seed)
    seen = []
    for drawn in range(NETWORKS):
        network = random_network(150, g, D, transfer, **coupling, seed=drawn)
        run = network.simulate(40, dt=0.25, t_start=20, every=0.5, seed=100 + drawn)
        _, covariance = run.autocovariance(4.0)
        seen.append(covariance[[0, 4, 8]])
    at = np.searchsorted(theory.lags, [0.0, 2.0, 4.0])
    error = np.hypot(np.std(seen, axis=0, ddof=1) / np.sqrt(NETWORKS), theory.standard_error[at])
    np.testing.assert_array_less(np.abs(np.mean(seen, axis=0) - theory.autocovariance[at]), T * error)
    # The mean field of independent weights is not theirs.
    assert abs(np.mean(seen, axis=0)[0] - dynamical_mean_field(g, D, transfer).variance) > T * error[0]


def test_units_with_a_mean_fluctuate_about_it():
    """Without symmetry x is Gaussian, as in the theory that has means and no units to draw."""
    logistic = Transfer("logistic", lambda x: 1 / (1 + np.exp(-x)))
    state = sampled_state(3.0, 0.5, logistic, longest=6.0, dt=0.3, units=800, rounds=10, seed=1)
    exact = fluctuating_state(3.0, 0.5, logistic, longest=10.0, dt=0.1)
    assert (state.mean, exact.mean[0]) == pytest.approx((0, 0), abs=0.25)
    assert abs(state.variance - exact.variance[0]) < 4.5 * state.standard_error[0]
    chance = 3.0**2 * (state.rate_autocovariance[0] + 0.25) + 0.5
    assert chance == pytest.approx(state.variance, rel=0.1)
