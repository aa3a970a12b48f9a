"""Mean fields in discrete time, of low rank and of several populations, against closed forms and networks."""

import numpy as np
import pytest

from rheobase.dynamics import lyapunov_exponents
from rheobase.theory.random_networks import (
    ERF,
    TANH,
    LowRank,
    RandomNetwork,
    Transfer,
    blocks,
    fluctuating_state,
    random_network,
)

#: Of twelve networks: Student's t of 11 degrees of freedom passes this once in 1000 times.
NETWORKS, T = 12, 4.44


def logistic(x):
    return 1 / (1 + np.exp(-x))


LOGISTIC = Transfer("logistic", logistic, lambda x: logistic(x) * (1 - logistic(x)))


def agree(seen, expected):
    """Whether the mean over networks is what is expected, within errors that their spread tells."""
    seen = np.asarray(seen)
    assert len(seen) == NETWORKS
    np.testing.assert_array_less(
        np.abs(seen.mean(axis=0) - expected), T * seen.std(axis=0, ddof=1) / np.sqrt(NETWORKS) + 1e-9
    )


@pytest.mark.parametrize(
    ("transfer", "g", "D", "m", "drive", "noise"),
    [(TANH, 2.0, 0.4, 0.0, 0.3, 0.0), (ERF, 1.3, 0.0, 0.0, 0.0, 0.6), (LOGISTIC, 4.0, 0.2, -2.0, 1.0, 0.5)],
)
def test_networks_in_discrete_time_follow_the_mean_field(transfer, g, D, m, drive, noise):
    theory = fluctuating_state(g, D, transfer, m=m, drive=drive, noise=noise, discrete=True)
    n, seen = 250, []
    for seed in range(NETWORKS):
        bare = random_network(n, g, D, transfer, structure=np.full((n, n), m / n), seed=seed)
        network = RandomNetwork(g, D, transfer, bare.J, bare.eta + drive)
        # Another seed than that of J: noise of the same numbers would be correlated with the weights.
        x = network.simulate(200, dt=1, t_start=50, method="euler", noise=noise, seed=100 + seed).x
        y = x - theory.mean[0]
        products = [np.mean(y[: 200 - k] * y[k:200]) for k in (0, 1, 3)]
        seen.append([y.mean(), *products, transfer.phi(x).mean()])
    agree(seen, [0.0, *theory.autocovariance[0, [0, 1, 3]], theory.rates[0]])


@pytest.mark.parametrize(("g", "D", "drive"), [(2.0, 0.0, 0.0), (3.0, 0.5, 0.0), (2.5, 0.3, 0.4)])
def test_exponents_in_discrete_time_are_logarithms_of_the_radius(g, D, drive):
    theory, seen = fluctuating_state(g, D, drive=drive, discrete=True), []
    assert theory.lyapunov == pytest.approx(np.log(theory.radius))
    for seed in range(NETWORKS):
        pair = []
        for n in (75, 150):
            bare = random_network(n, g, D, seed=seed)
            network = RandomNetwork(g, D, TANH, bare.J, bare.eta + drive)
            start = np.random.default_rng(seed).standard_normal(n)
            found = lyapunov_exponents(network, start, 200, dt=1, n=1, t_start=50, every=5, method="euler")
            pair.append(found.exponents[0])
        # The bias of finite networks falls as 1/n.
        seen.append(2 * pair[1] - pair[0])
    agree(seen, theory.lyapunov)


@pytest.mark.parametrize(
    ("transfer", "g", "m", "drive"),
    [
        (LOGISTIC, [[9.0, 11.0], [14.0, 6.0]], [[2.0, -3.0], [4.0, -1.0]], [0.5, -1.0]),
        (TANH, [[2.5, 1.0], [3.0, 1.5]], [[1.0, -2.0], [1.5, -1.0]], [0.2, 0.0]),
        (ERF, [[1.0, 3.0], [2.0, 2.0]], [[0.0, 0.0], [0.0, -3.0]], [0.3, -0.3]),
    ],
)
def test_exponents_of_populations_that_differ(transfer, g, m, drive):
    """With (1 + λ)² from two coupled wells, against networks of two sizes, for the bias falls as 1/n."""
    g, m = np.array(g), np.array(m)
    theory, seen = fluctuating_state(g, transfer=transfer, m=m, drive=drive, longest=30.0, dt=0.1), []
    assert theory.lyapunov > 0.1
    for seed in range(NETWORKS):
        pair = []
        for n in (30, 60):
            random = np.random.default_rng([seed, n])
            J = random.standard_normal((2 * n, 2 * n)) * blocks(g, [n, n]) / np.sqrt(n) + blocks(m, [n, n]) / n
            network = RandomNetwork(1.0, 0.0, transfer, J, np.repeat(drive, n))
            found = lyapunov_exponents(network, random.standard_normal(2 * n), 30, dt=0.25, n=1, t_start=10, every=1.0)
            pair.append(found.exponents[0])
        seen.append(2 * pair[1] - pair[0])
    agree(seen, theory.lyapunov)


@pytest.mark.parametrize(("g", "overlap", "variance"), [(0.0, 2.0, 1.0), (0.8, 2.0, 1.0), (0.5, 3.0, 2.5)])
def test_weights_of_rank_one_make_two_states(g, overlap, variance):
    """κ = overlap κ⟨φ'⟩ and Δ = g²⟨φ²⟩ + variance κ² over N(0, Δ), Mastrogiuseppe & Ostojic 2018, by bisection."""
    z, weight = np.polynomial.hermite_e.hermegauss(120)
    weight = weight / weight.sum()
    low, high = 1e-6, 50.0
    for _ in range(80):
        delta = (low + high) / 2
        low, high = (delta, high) if overlap * (weight @ TANH.slope(np.sqrt(delta) * z)) > 1 else (low, delta)
    kappa = np.sqrt((delta - g**2 * (weight @ np.tanh(np.sqrt(delta) * z) ** 2)) / variance)
    for sign in (1.0, -1.0):
        state = fluctuating_state(g, low_rank=LowRank(overlap, variance), kappa=sign)
        # The Hermite series leaves some 1e-5 out at lags beyond 0.
        assert state.kappa == pytest.approx([sign * kappa], rel=1e-4)
        assert state.variance == pytest.approx([delta], rel=1e-4)
        assert state.plateau == pytest.approx([delta], rel=1e-4)
    assert fluctuating_state(g).kappa.shape == (0,)
    silent = fluctuating_state(g, low_rank=LowRank(overlap, variance), kappa=0.0)
    assert silent.kappa == pytest.approx([0.0], abs=1e-6)


def test_weights_of_equal_vectors_are_a_mean():
    """Where only the means of the vectors differ from 0, the part of rank one is a mean weight."""
    state = fluctuating_state(2.0, transfer=LOGISTIC, drive=1.0, low_rank=LowRank(0.0, 0.0, left=-1.0, right=2.0))
    mean = fluctuating_state(2.0, transfer=LOGISTIC, drive=1.0, m=-2.0)
    assert state.mean == pytest.approx(mean.mean, abs=1e-7)
    assert state.variance == pytest.approx(mean.variance, rel=1e-7)
    assert state.kappa == pytest.approx(2 * state.rates, rel=1e-7)


@pytest.mark.parametrize(
    ("g", "part", "drive", "noise"),
    [
        (1.2, LowRank(2.5), 0.0, 0.0),
        (0.9, LowRank(1.5, 2.0, left=0.5, right=0.6), 0.2, 0.5),
        (0.8, LowRank([[2.0, 0.5], [0.3, 1.2]], [[1.0, 0.3], [0.3, 0.8]]), 0.0, 0.4),
    ],
)
def test_networks_with_a_part_of_low_rank_follow_the_mean_field(g, part, drive, noise):
    theory = fluctuating_state(g, low_rank=part, kappa=2.0, drive=drive, noise=noise, discrete=True)
    n, seen = 300, []
    for seed in range(NETWORKS):
        random = np.random.default_rng(seed)
        J = random.standard_normal((n, n)) * g / np.sqrt(n) + part.draw(n, random)
        network = RandomNetwork(g, 0.0, TANH, J, drive)
        x = network.simulate(100, dt=1, t_start=50, method="euler", noise=noise, seed=seed).x
        # Of κ and −κ either may be reached; where the vectors have no mean, the one is the mirror of the other.
        seen.append([np.mean(x**2), np.mean(np.mean(x, axis=0) ** 2)])
    square = theory.mean[0] ** 2
    agree(seen, [theory.variance[0] + square, theory.plateau[0] + square + noise_left(theory, 101)])


@pytest.mark.parametrize(
    ("g", "part", "drive"),
    [
        (1.2, LowRank(2.5), 0.0),
        (2.5, LowRank(0.5, 1.5, left=0.6, right=0.7), 0.2),
        (2.0, LowRank([[0.6, 0.3], [-0.2, 0.5]], [[1.0, 0.3], [0.3, 0.8]], left=[0.5, 0.0], right=[0.6, 0.4]), 0.5),
    ],
)
def test_networks_with_a_part_of_low_rank_follow_the_mean_field_in_continuous_time(g, part, drive):
    theory = fluctuating_state(g, low_rank=part, kappa=2.0, drive=drive, longest=40.0, dt=0.1)
    n, seen = 200, []
    for seed in range(NETWORKS):
        random = np.random.default_rng(seed)
        J = random.standard_normal((n, n)) * g / np.sqrt(n) + part.draw(n, random)
        network = RandomNetwork(g, 0.0, TANH, J, drive)
        run = network.simulate(40, dt=0.25, t_start=15, every=0.5, x0=np.ones(n))
        seen.append(run.autocovariance(10.0)[1][[0, 4, 20]])
    agree(seen, theory.autocovariance[0, [0, 20, 100]] + theory.mean[0] ** 2)


def test_what_finite_networks_have_beyond_the_mean_field_near_the_onset_of_an_overlap_vanishes_as_1_over_n():
    """Overlaps that are hardly too small to last on their own fluctuate, with a variance that falls as 1/n."""
    g, part, noise = 2.2, LowRank([[2.0, 0.5], [0.3, 1.2]], [[1.0, 0.3], [0.3, 0.8]]), 0.4
    theory = fluctuating_state(g, low_rank=part, kappa=2.0, noise=noise, discrete=True)
    assert np.abs(theory.kappa).max() < 1e-5
    means, errors = [], []
    for n, networks in ((100, 96), (400, 48)):
        seen = []
        for seed in range(networks):
            random = np.random.default_rng([seed, n])
            J = random.standard_normal((n, n)) * g / np.sqrt(n) + part.draw(n, random)
            run = RandomNetwork(g, 0.0, TANH, J).simulate(
                100, dt=1, t_start=50, method="euler", noise=noise, seed=1000 + seed
            )
            seen.append(np.mean(run.x**2))
        means.append(np.mean(seen))
        errors.append(np.std(seen, ddof=1) / np.sqrt(networks))
    (small, large), (of_small, of_large) = np.array(means) - theory.variance[0], errors
    assert small > 5 * of_small
    assert (4 * large - small) / 3 == pytest.approx(0, abs=4 * np.hypot(4 * of_large, of_small) / 3)


def noise_left(theory, samples):
    """Variance that the mean over so many samples keeps beyond the plateau."""
    lags = np.arange(1, len(theory.lags))
    beyond = theory.autocovariance[0] - theory.plateau[0]
    inside = lags < samples
    pairs = (samples - lags[inside]) * beyond[1:][inside]
    return (samples * beyond[0] + 2 * pairs.sum()) / samples**2


def test_bad_parts_of_low_rank():
    with pytest.raises(ValueError, match=r"overlap must be a number or have shape \(R, R\)"):
        LowRank([1.0, 2.0])
    with pytest.raises(ValueError, match="variance must be a number or have shape"):
        LowRank(1.0, [1.0, 2.0])
    with pytest.raises(ValueError, match="variance must be symmetric without negative"):
        LowRank(1.0, -1.0)
    with pytest.raises(ValueError, match="left must be a number"):
        LowRank(1.0, left=[1.0, 2.0])
    with pytest.raises(ValueError, match="overlap must lie in the span of variance"):
        LowRank(1.0, 0.0).draw(10)
    with pytest.raises(ValueError, match="low_rank needs one population, got 2"):
        fluctuating_state(np.ones((2, 2)), low_rank=LowRank(1.0))
    with pytest.raises(ValueError, match="kappa must be a number"):
        fluctuating_state(1.0, low_rank=LowRank(1.0), kappa=[1.0, 2.0])
