"""Strong mean weights, as in balanced networks: theory that settles, and what single eigenvalues they make."""

import numpy as np
import pytest

from rheobase.theory.random_networks import (
    RandomNetwork,
    Transfer,
    blocks,
    fluctuating_state,
    random_network,
    stationary_state,
)

RECTIFIER = Transfer("rectifier", lambda x: np.maximum(x, 0))
LOGISTIC = Transfer("logistic", lambda x: 1 / (1 + np.exp(-x)))
POSITIVE = Transfer("1 + tanh", lambda x: 1 + np.tanh(x), lambda x: 1 - np.tanh(x) ** 2)


@pytest.mark.parametrize("m", [-5.0, -1000.0])
def test_rectified_units_are_as_stable_under_any_inhibition(m):
    """Without bounds or noise all scales with the drive: μ/√Δ, and with it radius and exponent, depend on g alone."""
    weak, strong = (stationary_state(1.2, transfer=RECTIFIER, m=mean, drive=1.0 - mean) for mean in (-1.0, m))
    assert strong.radius == pytest.approx(weak.radius, abs=1e-9)
    assert strong.mean == pytest.approx(m * strong.rates + 1 - m, abs=1e-6)
    weak, strong = (
        fluctuating_state(1.6, transfer=RECTIFIER, m=mean, drive=1.0 - mean, longest=16.0, dt=0.2) for mean in (-1.0, m)
    )
    assert strong.radius == pytest.approx(weak.radius, abs=1e-6) and strong.radius > 1
    assert strong.lyapunov == pytest.approx(weak.lyapunov, abs=1e-6)


def test_saturating_units_settle_under_strong_inhibition():
    rest = stationary_state(3.0, transfer=LOGISTIC, m=-50.0, drive=20.0)
    moving = fluctuating_state(3.0, transfer=LOGISTIC, m=-50.0, drive=20.0, longest=20.0, dt=0.1)
    assert (moving.mean, moving.variance) == (pytest.approx(rest.mean), pytest.approx(rest.variance))
    assert moving.radius == pytest.approx(rest.radius) and moving.lyapunov == pytest.approx(rest.radius - 1, abs=1e-6)


def test_balanced_populations_follow_the_theory():
    """Means and variances over 200 units each; the mean rates are held by the balance, m r + drive ≈ 0."""
    g, m = np.array([[0.6, 0.9], [0.6, 0.8]]), 20 * np.array([[1.0, -2.0], [1.0, -1.8]])
    drive, n = np.array([20.0, 16.0]), 200
    theory = stationary_state(g, transfer=RECTIFIER, m=m, drive=drive)
    assert theory.radius < 1
    random = np.random.default_rng(1)
    J = random.standard_normal((2 * n, 2 * n)) * blocks(g, [n, n]) / np.sqrt(n)
    # Rows whose sums are exactly those of the means, for the balance would amplify their sampling errors.
    for part in (slice(n), slice(n, None)):
        J[:, part] -= J[:, part].mean(axis=1, keepdims=True)
    J += blocks(m, [n, n]) / n
    x = np.zeros(2 * n)
    for _ in range(800):
        x += 0.02 * (J @ RECTIFIER.phi(x) + np.repeat(drive, n) - x)
    x = x.reshape(2, n)
    assert RECTIFIER.phi(x).mean(axis=1) == pytest.approx(theory.rates, rel=0.05)


def test_single_eigenvalues_are_those_that_networks_have():
    """Means over 24 networks of 200 units; m⟨φ'⟩, of an x without regard to J, lies some five standard errors away."""
    g, m, drive, n = 0.8, 1.3, -1.5, 200
    theory, seen, naive = stationary_state(g, transfer=POSITIVE, m=m, drive=drive), [], []
    assert theory.outliers.shape == (2,) and theory.outliers[0].real > 1.5 * theory.radius
    for seed in range(24):
        J = random_network(n, g, structure=np.full((n, n), m / n), seed=seed).J
        network, x = RandomNetwork(g, 0.0, POSITIVE, J, drive), np.full(n, theory.mean[0])
        for _ in range(8):
            x = x - np.linalg.solve(network.jacobian(x), network.field(x))
        seen.append(np.linalg.eigvals(J * POSITIVE.slope(x)).real.max())
        naive.append(m * POSITIVE.slope(x).mean())
    error = np.std(seen, ddof=1) / np.sqrt(len(seen))
    assert np.mean(seen) == pytest.approx(theory.outliers[0].real, abs=3 * error)
    assert np.mean(seen) > np.mean(naive) + 3 * error
