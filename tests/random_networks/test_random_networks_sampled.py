"""The sampled mean field of partly symmetric and of self-coupled networks, against networks."""

import numpy as np
import pytest

from rheobase.theory.random_networks import ARCTAN, ERF, TANH, dynamical_mean_field, random_network, sampled_state

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
