"""Random networks of any transfer function, with structure, drive and noise, against closed forms."""

import numpy as np
import pytest

from rheobase.theory.random_networks import (
    TANH,
    NetworkActivity,
    RandomNetwork,
    Transfer,
    blocks,
    dynamical_mean_field,
    enumerate_fixed_points,
    fluctuating_state,
    random_network,
    stationary_state,
)


def rectified(x):
    return np.maximum(x, 0.0)


def logistic(x):
    return 1 / (1 + np.exp(-x))


RECTIFIER = Transfer("rectifier", rectified)
LOGISTIC = Transfer("logistic", logistic)
#: Of a supralinear network: a power law above threshold, whose slope is found.
POWER = Transfer("power", lambda x: 0.5 * np.maximum(x, 0.0) ** 1.5)


def test_any_function_is_a_transfer_function_with_its_slope():
    x = np.array([-2.0, -0.3, 0.7, 3.0])
    assert LOGISTIC.slope(x) == pytest.approx(logistic(x) * (1 - logistic(x)), abs=1e-10)
    assert RECTIFIER.slope(x) == pytest.approx([0, 0, 1, 1], abs=1e-10)
    assert not LOGISTIC.odd_sigmoid
    assert not RECTIFIER.odd_sigmoid
    assert TANH.odd_sigmoid
    # Rectified units become unstable at √2 (below), not at 1/φ'(0).
    with pytest.raises(ValueError, match="phi must be odd"):
        _ = RECTIFIER.critical_gain
    with pytest.raises(ValueError, match="phi must be odd"):
        dynamical_mean_field(1.5, transfer=LOGISTIC)
    with pytest.raises(ValueError, match="phi must be smooth"):
        dynamical_mean_field(1.5, transfer=Transfer("clipped", lambda x: np.clip(x, -1, 1)))
    with pytest.raises(ValueError, match="phi must give finite values"):
        Transfer("logarithm", np.log)


def test_rectified_units_become_unstable_at_the_square_root_of_two():
    """At radius 1, g²Φ(y) = 1 and (1 + y²)Φ + yN = 1/g² with y = μ/√Δ leave y = 0 (Kadmon & Sompolinsky 2015)."""
    for m, drive in ((-2.0, 1.0), (-0.5, 0.3), (-4.0, 2.0)):
        state = stationary_state(np.sqrt(2), transfer=RECTIFIER, m=m, drive=drive)
        assert state.radius == pytest.approx(1, abs=1e-3)
        # ⟨φ⟩ = √(Δ/2π) at zero mean holds the mean at zero.
        assert state.mean[0] == pytest.approx(0, abs=1e-3)
        assert state.rates[0] == pytest.approx(-drive / m, abs=1e-3)
        assert state.variance[0] == pytest.approx(2 * np.pi * (drive / m) ** 2, rel=1e-3)


@pytest.mark.parametrize("transfer", [LOGISTIC, POWER])
def test_populations_rest_as_the_theory_says(transfer):
    """Means over 400 units of two populations, whose standard errors are √(Δ/400)."""
    g, m, drive, n = np.array([[0.8, 1.0], [0.6, 0.5]]), np.array([[2.0, -3.0], [1.5, -1.0]]), [0.5, 0.2], 400
    theory = stationary_state(g, transfer=transfer, m=m, drive=drive)
    assert theory.radius < 1
    random = np.random.default_rng(1)
    J = random.standard_normal((2 * n, 2 * n)) * blocks(g, [n, n]) / np.sqrt(n) + blocks(m, [n, n]) / n
    network = RandomNetwork(1.0, 0.0, transfer, J, np.repeat(drive, n))
    x = network.simulate(40, x0=np.zeros(2 * n)).x[-1].reshape(2, n)
    # The mean activity feeds back to the means: as standard errors amplified by no more than a factor of two.
    assert (np.abs(x.mean(axis=1) - theory.mean) < 6 * np.sqrt(theory.variance / n)).all()
    assert x.var(axis=1) == pytest.approx(theory.variance, rel=4 * np.sqrt(2 / n))
    assert transfer.phi(x).mean(axis=1) == pytest.approx(theory.rates, abs=0.03)


@pytest.mark.parametrize("symmetry", [-0.6, 0.4, 1.0])
def test_eigenvalues_of_partly_symmetric_weights_fill_an_ellipse(symmetry):
    n, g = 400, 1.5
    J = random_network(n, g, symmetry=symmetry, seed=3).J
    off = ~np.eye(n, dtype=bool)
    correlation = np.corrcoef(J[off], J.T[off])[0, 1]
    assert correlation == pytest.approx(symmetry, abs=4 / n)
    assert J[off].std() == pytest.approx(g / np.sqrt(n), rel=4 / n)
    values = np.linalg.eigvals(J)
    # Single eigenvalues pass the edge by some n^(-1/2).
    assert values.real.max() == pytest.approx(g * (1 + symmetry), abs=2.5 * g / np.sqrt(n))
    assert values.imag.max() == pytest.approx(g * (1 - symmetry), abs=2.5 * g / np.sqrt(n))


def test_structure_and_self_coupling_are_added():
    bare = random_network(50, 1.2, seed=4).J
    mean = np.full((50, 50), 0.5 / 50)
    assert random_network(50, 1.2, structure=mean, self_coupling=0.7, seed=4).J == pytest.approx(
        bare + mean + 0.7 * np.eye(50)
    )
    # A mean of the weights makes one eigenvalue at it, beyond the bulk.
    strong = random_network(300, 0.5, structure=np.full((300, 300), 3 / 300), seed=5).J
    assert np.abs(np.linalg.eigvals(strong)).max() == pytest.approx(3, abs=0.15)


def test_noise_in_time_is_amplified_as_the_linear_network_says():
    """x' = −x + Jx + σξ with J ~ N(0, g²/n): ⟨x²⟩ = σ² / 2√(1 − g²), by the spectrum σ²/(1 + ω² − g²)."""
    g, sigma = 0.6, 0.01
    activity = random_network(200, g, seed=6).simulate(
        150, dt=0.05, t_start=20, every=0.5, method="euler", noise=sigma, seed=7
    )
    # 200 units, 150 times: some 3 % of statistics and of finite size; forward Euler adds dt/2 = 2.5 %.
    assert activity.variance == pytest.approx(sigma**2 / (2 * np.sqrt(1 - g**2)), rel=0.12)
    with pytest.raises(ValueError, match="noise needs method='euler'"):
        random_network(5, g, seed=1).simulate(1, noise=0.1)


def test_drive_is_input_over_time():
    silent = RandomNetwork(0.0, 0.0, TANH, np.zeros((2, 2)))
    activity = silent.simulate(10, dt=0.01, x0=[0.0, 0.0], drive=lambda t: np.array([np.sin(t), 1.0]))
    steady = silent.simulate(10, dt=0.01, x0=[0.0, 0.0], drive=[0.5, 1.0])
    assert steady.x[-1] == pytest.approx(np.array([0.5, 1.0]) * (1 - np.exp(-10)), abs=1e-8)
    t = activity.times
    assert activity.x[:, 0] == pytest.approx((np.sin(t) - np.cos(t) + np.exp(-t)) / 2, abs=1e-4)
    assert activity.x[:, 1] == pytest.approx(1 - np.exp(-t), abs=1e-8)


def test_discrete_time_follows_its_mean_field():
    """x → Jφ(x): Δ = g²⟨φ²⟩ over N(0, Δ) (Molgedey, Schuchhardt & Schuster 1992)."""
    g, z = 2.0, np.linspace(-9, 9, 20001)
    chance, variance = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum(), 1.0
    for _ in range(200):
        variance = g**2 * (chance @ np.tanh(np.sqrt(variance) * z) ** 2)
    activity = random_network(400, g, seed=8).simulate(100, dt=1, t_start=50, method="euler", seed=9)
    assert activity.variance == pytest.approx(variance, rel=0.1)


def test_fixed_points_of_units_that_are_no_sigmoid():
    network = random_network(6, 0.5, 0.5, LOGISTIC, seed=10)
    found = enumerate_fixed_points(network, starts=50, seed=11)
    assert len(found) == 1
    assert network.field(found.points[0]) == pytest.approx(np.zeros(6), abs=1e-9)


@pytest.mark.parametrize("D", [0.0, 0.5])
def test_iterated_mean_field_is_that_of_the_potential(D):
    exact, found = dynamical_mean_field(2.0, D), fluctuating_state(2.0, D)
    assert found.variance[0] == pytest.approx(exact.variance, rel=1e-5)
    # At the longest lag little is left of the fluctuations.
    assert found.plateau[0] == pytest.approx(exact.plateau, abs=1e-4)
    assert found.radius == pytest.approx(exact.radius, rel=1e-5)
    # Differences of lags of 0.05 err by some 1e-5 in the ground state.
    assert found.lyapunov == pytest.approx(exact.lyapunov, abs=1e-4)
    at = np.searchsorted(found.lags, [2.0, 5.0])
    assert found.autocovariance[0, at] == pytest.approx(
        np.interp(found.lags[at], exact.lags, exact.autocovariance), abs=1e-4
    )


def test_weak_noise_makes_the_mean_field_linear():
    g, sigma = 0.6, 0.01
    found = fluctuating_state(g, noise=sigma)
    # The cusp at lag 0 costs some dt²; cubic terms of tanh cost the variance itself.
    assert found.variance[0] == pytest.approx(sigma**2 / (2 * np.sqrt(1 - g**2)), rel=1e-3)
    # The cubic terms of tanh take some 1 − 2 Δ from the slope.
    assert found.lyapunov == pytest.approx(g - 1, abs=2 * found.variance[0])
    gains = np.array([[0.3, 0.5], [0.6, 0.2]])
    populations = fluctuating_state(gains, noise=sigma)
    radius = np.sqrt(np.abs(np.linalg.eigvals(gains**2)).max())
    assert populations.lyapunov == pytest.approx(radius - 1, abs=2 * populations.variance.max())


def test_noise_calms_chaos_before_the_radius_is_one():
    """Schuecker, Goedeke and Helias 2018: with noise, the onset of chaos lies beyond that of local instability."""
    found = fluctuating_state(1.5, noise=0.8)
    assert found.radius > 1.02
    assert found.lyapunov < -0.02
    assert fluctuating_state(1.5).lyapunov > 0.02


@pytest.mark.parametrize(
    ("transfer", "g", "m", "drive", "noise"),
    [(TANH, 1.5, 0.0, 0.0, 0.8), (RECTIFIER, 1.2, -2.0, 1.0, 0.3), (LOGISTIC, 3.0, -2.0, 1.0, 0.5)],
)
def test_fluctuating_networks_follow_the_mean_field(transfer, g, m, drive, noise):
    theory = fluctuating_state(g, transfer=transfer, m=m, drive=drive, noise=noise)
    n, dt, networks, seen = 200, 0.1, 12, []
    for seed in range(networks):
        J = np.random.default_rng(seed).standard_normal((n, n)) * g / np.sqrt(n) + m / n
        network = RandomNetwork(1.0, 0.0, transfer, J, drive)
        run = network.simulate(60, dt=dt, t_start=20, every=0.5, method="euler", noise=noise, seed=seed)
        x = run.x.astype(float)
        _, covariance = NetworkActivity(run.times, x - theory.mean[0]).autocovariance(2.0)
        seen.append([x.mean(), covariance[0], covariance[4], transfer.phi(x).mean()])
    # Forward Euler filters by 1/(1 + ω² − ω²dt) instead of 1/(1 + ω²), and so adds dt (Δ − Δ * exp(−|τ|)/2) to Δ.
    kernel = np.exp(-np.abs(np.arange(-400, 401) * 0.05)) / 2 * 0.05
    whole = np.concatenate([theory.autocovariance[0, 400:0:-1], theory.autocovariance[0, :801]])
    smooth = np.convolve(whole, kernel, mode="valid")
    covariance = theory.autocovariance[0, [0, 40]]
    expected = [theory.mean[0], *(covariance + dt * (covariance - smooth[[0, 40]])), theory.rates[0]]
    error = np.std(seen, axis=0, ddof=1) / np.sqrt(networks)
    # Student's t of 11 degrees of freedom passes 4.44 once in 1000 times. The bias of finite networks is of the
    # order of the variance between them, next to Δ, and so below this error.
    assert (np.abs(np.mean(seen, axis=0) - expected) < 4.44 * error).all()


def test_populations_alike_are_as_one():
    one = fluctuating_state(2.0, transfer=LOGISTIC, m=-2.0, drive=1.0, noise=0.5, longest=20.0)
    two = fluctuating_state(
        np.full((2, 2), np.sqrt(2.0)), transfer=LOGISTIC, m=np.full((2, 2), -1.0), drive=1.0, noise=0.5, longest=20.0
    )
    assert two.variance == pytest.approx(np.repeat(one.variance, 2), rel=1e-6)
    assert two.mean == pytest.approx(np.repeat(one.mean, 2), abs=1e-6)
    assert two.radius == pytest.approx(one.radius, rel=1e-6)
    assert two.lyapunov == pytest.approx(one.lyapunov, abs=1e-6)
    with pytest.raises(ValueError, match=r"m must be a number or have shape \(2, 2\)"):
        fluctuating_state(np.ones((2, 2)), m=[1.0, 2.0])
    with pytest.raises(ValueError, match="activity stay finite"):
        fluctuating_state(3.0, transfer=RECTIFIER)


@pytest.mark.parametrize("density", [0.5, 1.0])
def test_populations_are_drawn_with_the_gains_and_means_of_the_theory(density):
    """Variances of 40·60 weights and more, with standard errors of √(2/2400); sparse ones have p times the weights."""
    gains, sizes = np.array([[0.5, 2.0], [0.0, 1.0]]), [40, 60]
    means = np.array([[3.0, -4.0], [1.0, 0.0]]) if density == 1 else 0.0
    network = random_network(100, gains, m=means, sizes=sizes, density=density, seed=2)
    J = network.J if density == 1 else network.J.toarray()
    for a, rows in enumerate((slice(40), slice(40, None))):
        for b, columns in enumerate((slice(40), slice(40, None))):
            block, mean = J[rows, columns], np.broadcast_to(means, (2, 2))[a, b] / sizes[b]
            error = gains[a, b] / np.sqrt(sizes[b] * block.size)
            assert block.mean() == pytest.approx(mean, abs=4 * error + 1e-12)
            squares = np.mean((block - mean) ** 2) * sizes[b]
            assert squares == pytest.approx(gains[a, b] ** 2, rel=4 * np.sqrt((3 / density - 1) / block.size))
    # Gains from the second population to the first alone do not count: no loop leads through them.
    assert network.g == pytest.approx(1.0)
    with pytest.raises(ValueError, match="sizes must be given where g is that of several populations, here 2"):
        random_network(100, gains)
    with pytest.raises(ValueError, match="sizes must be whole numbers that add up to n = 100"):
        random_network(100, gains, sizes=[40, 61])
    with pytest.raises(ValueError, match="density must be 1 with symmetry, m or structure"):
        random_network(100, gains, m=1.0, sizes=sizes, density=0.5)


def test_one_population_of_any_size_is_as_before():
    alone = random_network(30, 1.5, 0.2, structure=np.full((30, 30), 2 / 30), seed=3)
    named = random_network(30, [[1.5]], 0.2, m=2.0, sizes=[30], seed=3)
    assert alone.J == pytest.approx(named.J, abs=1e-15) and (alone.eta == named.eta).all()


def test_activity_that_is_lost_is_an_error_and_no_start_is_taken_from_there():
    network = random_network(20, 20.0, transfer=RECTIFIER, m=20.0, seed=1)
    with pytest.raises(ValueError, match="the activity must stay finite, but it was lost by t ="):
        network.simulate(200.0, seed=1)
    with pytest.raises(ValueError, match=r"lost by t = 1\.2"):
        random_network(20, 1.0, seed=1).simulate(3.0, drive=lambda t: 0.0 if t < 1.05 else np.nan, method="euler")
    assert enumerate_fixed_points(network, 5, method="newton", seed=1).fixed.all()
