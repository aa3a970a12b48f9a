"""Distribution and number of fixed points, Jacobian spectra, Kac–Rice statistics, and the printed forms that fail."""

import pickle

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.stats import norm

from rheobase.theory.random_networks import (
    TANH,
    JacobianSpectrum,
    action,
    critical_noise,
    dynamical_mean_field,
    fixed_point_distribution,
    radial_separation,
    random_network,
    velocity_statistics,
)

# g: α, β, γ, q, ⟨φ²⟩, C, radius, fraction of unstable eigenvalues.
TABLE = {
    1.1: ("0.074844", "0.077688", "-0.448257", "0.073216", "0.064205", "0.000144", "1.03325", None),
    1.25: ("0.215056", "0.231026", "-0.403461", "0.203463", "0.147857", "0.001524", "1.08531", None),
    1.5: ("0.514770", "0.571896", "-0.364455", "0.465940", "0.254176", "0.007143", "1.180549", "0.0282"),
    2.0: ("1.330348", "1.539586", "-0.331890", "1.146242", "0.384897", "0.024825", "1.394180", "0.0583"),
    2.5: ("2.40751", "2.86542", "-0.31933", "2.02641", "0.45847", "0.04392", "1.62496", None),
    3.0: ("3.73251", "4.53952", "-0.31369", "3.10301", "0.50439", "0.06138", "1.86449", "0.0996"),
    4.0: ("7.10244", "8.92067", "-0.30973", "5.83971", "0.55754", "0.08991", "2.35620", None),
    5.0: ("11.41222", "14.67381", "-0.30903", "9.35063", "0.58695", "0.11142", "2.85561", None),
    10.0: ("46.72434", "64.02836", "-0.31144", "38.4928", "0.64028", "0.16801", "5.37704", None),
}


def digits(value, printed):
    return abs(value - float(printed)) <= 0.75 * 10.0 ** -len(printed.split(".")[1])


@pytest.mark.parametrize("g", TABLE)
def test_table(g):
    found = fixed_point_distribution(g)
    assert found.residual < 1e-10
    assert not found.trivial
    spectrum = found.spectrum()
    got = (
        found.alpha,
        found.beta,
        found.gamma,
        found.q,
        found.mean_square_rate,
        found.complexity,
        found.radius,
        spectrum.unstable_fraction(),
    )
    for value, printed in zip(got, TABLE[g], strict=True):
        assert printed is None or digits(value, printed), (value, printed)
    assert 1 - spectrum.fraction_inside(1.0) == pytest.approx(found.alpha / g**2, abs=1e-12)


@pytest.mark.parametrize(("g", "outside"), [(1.5, 0.22879), (2.0, 0.33259), (3.0, 0.41472)])
def test_fraction_of_eigenvalues_beyond_the_unit_circle(g, outside):
    assert 1 - fixed_point_distribution(g).spectrum().fraction_inside(1.0) == pytest.approx(outside, abs=6e-6)


@pytest.mark.parametrize(("g", "outside"), [(1.5, 0.0990), (2.0, 0.1553), (3.0, 0.1782)])
def test_spectrum_along_the_dynamics(g, outside):
    z = np.linspace(-8, 8, 4001)
    theory = dynamical_mean_field(g)
    spectrum = JacobianSpectrum(g * TANH.slope(np.sqrt(theory.variance) * z), norm.pdf(z))
    assert spectrum.radius == pytest.approx(theory.radius, abs=1e-9)
    assert 1 - spectrum.fraction_inside(1.0) == pytest.approx(outside, abs=6e-5)


@pytest.mark.parametrize(
    ("g", "chance", "kurtosis"), [(1.5, 0.12550, 3.356), (2.0, 0.09176, 3.750), (3.0, 0.07265, 4.222)]
)
def test_shape_of_the_distribution(g, chance, kurtosis):
    found = fixed_point_distribution(g)
    a, b, c = found.alpha, found.beta, found.gamma

    def weight(y):
        return np.sqrt(1 + a * np.cosh(y) ** -4.0) * np.exp(-(y**2) / (2 * b) + c * np.tanh(y) ** 2)

    z = 2 * (quad(weight, 0, 2, epsabs=1e-13)[0] + quad(weight, 2, 40, epsabs=1e-13)[0])
    exact = 2 * quad(weight, 0, 0.1, epsabs=1e-13)[0] / z
    assert exact == pytest.approx(chance, abs=6e-6)
    assert found.probability(-0.1, 0.1) == pytest.approx(exact, rel=1e-6)
    assert found.probability(-1e3, 1e3) == pytest.approx(1, abs=1e-9)
    assert found.kurtosis == pytest.approx(kurtosis, abs=6e-4)
    assert found.density.argmax() == found.density.size // 2
    assert np.trapezoid(found.density, found.coordinates) == pytest.approx(1, abs=1e-12)


def test_equations_of_the_saddle_point_and_the_printed_beta():
    g, D = 2.0, 0.1
    found = fixed_point_distribution(g, D)
    y, mean = found.coordinates, found.density * (found.coordinates[1] - found.coordinates[0])
    phi2, slope2 = np.tanh(y) ** 2, np.cosh(y) ** -4.0
    assert g**2 * (mean @ (1 / (1 / slope2 + found.alpha))) == pytest.approx(1, abs=1e-10)
    assert found.gamma == pytest.approx(g**2 / (2 * found.beta) * (mean @ y**2 / found.beta - 1), abs=1e-10)
    assert found.beta == pytest.approx(g**2 * (mean @ phi2) + D, abs=1e-10)
    # The slide prints β = ⟨φ²⟩ + D, without g². The action κ + D with κ = g²⟨φ²⟩ decides: β is its value.
    assert abs(found.beta - (mean @ phi2 + D)) > 0.5
    assert velocity_statistics(found.sample(50_000, seed=1), g, D).velocity_variance == pytest.approx(
        found.beta,
        abs=5 * g**2 * np.sqrt((mean @ phi2**2 - (mean @ phi2) ** 2) / 50_000),  # 5 sigma: 6e-7
    )


def test_complexity_is_entropy_minus_action():
    for g, D in ((1.5, 0.0), (2.0, 0.5), (4.0, 0.0)):
        found = fixed_point_distribution(g, D)
        step = found.coordinates[1] - found.coordinates[0]
        positive = found.density > 0
        entropy = -step * np.sum(found.density[positive] * np.log(found.density[positive]))
        # A network whose coordinates are the quantiles of μ*: its averages are those of μ* up to the tails beyond
        # the last quantiles, which hold of order ln N/N of ⟨y²⟩: 1e-5.
        fine = np.linspace(found.coordinates[0], found.coordinates[-1], 400_001)
        cumulative = CubicSpline(found.coordinates, found.density).antiderivative()(fine)
        x = np.interp((np.arange(1_000_000) + 0.5) / 1_000_000, cumulative, fine)
        assert entropy - action(x, g, D) == pytest.approx(found.complexity, abs=2e-5)


def test_complexity_is_the_maximum():
    # The density of another μ, here a Gaussian of the same q, has fewer fixed points.
    g = 2.0
    found = fixed_point_distribution(g)
    x = norm.ppf((np.arange(20_000) + 0.5) / 20_000) * np.sqrt(found.q)
    assert 0.5 * np.log(2 * np.pi * np.e * found.q) - action(x, g) < found.complexity - 0.01


def test_limit_at_the_transition():
    found = fixed_point_distribution(1.001)
    e = 0.001
    assert (found.q / e, found.beta / e, found.alpha / e) == pytest.approx((2 / 3, 2 / 3, 2 / 3), abs=0.005)
    assert found.gamma == pytest.approx(-0.5, abs=0.002)
    assert (found.radius - 1) / e == pytest.approx(1 / 3, abs=0.002)
    assert fixed_point_distribution(1.01).complexity / 0.01**3 == pytest.approx(16 / 81, abs=0.01)


@pytest.mark.parametrize(
    ("D", "complexity", "radius"),
    [(0.1, "0.01836", "1.3199"), (0.5, "0.00648", "1.1790"), (1.0, "0.00142", "1.0826"), (1.5, "0.00005", "1.0154")],
)
def test_frozen_noise(D, complexity, radius):
    found = fixed_point_distribution(2.0, D)
    assert found.residual < 1e-10
    assert digits(found.complexity, complexity)
    assert digits(found.radius, radius)


def test_critical_noise():
    def mean(function, v):
        return 2 * sum(
            quad(lambda z: function(np.sqrt(v) * z) * norm.pdf(z), a, b, epsabs=1e-14, limit=500)[0]
            for a, b in ((0, 2), (2, 14))
        )

    beta = brentq(lambda v: 4 * mean(lambda x: np.cosh(x) ** -4.0, v) - 1, 1, 10, xtol=1e-12)
    critical = beta - 4 * mean(lambda x: np.tanh(x) ** 2, beta)
    assert critical_noise(2.0) == pytest.approx(critical, abs=1e-9)
    assert critical == pytest.approx(1.635957, abs=1e-6)
    assert beta == pytest.approx(4.207895, abs=1e-6)
    # 121 Gauss–Hermite nodes, a common choice, do not resolve tanh at this variance; they give 1.63688 and 4.20897.
    z, w = np.polynomial.hermite_e.hermegauss(121)
    w = w / w.sum()
    coarse = brentq(lambda v: 4 * (w @ np.cosh(np.sqrt(v) * z) ** -4.0) - 1, 1, 10)
    assert coarse == pytest.approx(4.20897, abs=1e-5)
    assert coarse - 4 * (w @ np.tanh(np.sqrt(coarse) * z) ** 2) == pytest.approx(1.63688, abs=1e-5)


def test_transition_under_noise_is_that_of_chaos():
    critical = critical_noise(2.0)
    beyond, before = fixed_point_distribution(2.0, critical + 1e-3), fixed_point_distribution(2.0, critical - 1e-3)
    assert beyond.trivial
    assert (beyond.alpha, beyond.gamma, beyond.complexity) == (0, 0, 0)
    assert beyond.radius < 1 < before.radius
    assert beyond.q == pytest.approx(beyond.beta) == pytest.approx(before.beta, abs=0.01)
    assert 0 < before.complexity < 1e-8
    assert not dynamical_mean_field(2.0, critical + 1e-3).chaotic
    assert beyond.kurtosis == pytest.approx(3, abs=1e-10)


@pytest.mark.parametrize("g", [0.0, 0.6, 1.0])
def test_single_fixed_point_without_noise(g):
    found = fixed_point_distribution(g)
    assert found.trivial
    assert (found.q, found.complexity, found.radius) == (0, 0, g)
    assert critical_noise(g) == 0
    assert found.probability(-0.1, 0.1) == 1
    assert not found.sample(3, seed=1).any()
    assert found.spectrum().unstable_fraction() == 0
    assert radial_separation(g) == (0, 0)


@pytest.mark.parametrize(
    ("g", "fixed", "moving"), [(1.5, 0.68260, 0.86469), (2.0, 1.07063, 1.38737), (3.0, 1.76154, 2.33374)]
)
def test_fixed_points_lie_inside_the_shell_of_the_dynamics(g, fixed, moving):
    assert radial_separation(g) == pytest.approx((fixed, moving), abs=6e-6)


@pytest.mark.parametrize("transfer", ["erf", "arctan"])
def test_other_transfer_functions(transfer):
    found = fixed_point_distribution(2.0, 0.1, transfer)
    assert found.residual < 1e-10
    assert 0 < found.complexity < 0.05
    assert 1 - found.spectrum().fraction_inside(1.0) == pytest.approx(found.alpha / 4, abs=1e-12)


def test_log_count_and_pickle():
    found = pickle.loads(pickle.dumps(fixed_point_distribution(3.0)))
    assert np.exp(found.expected_log_count(100)) == pytest.approx(4.6e2, rel=0.02)
    assert "fixed points" in found._repr_html_()


# ---- spectra ----


def test_ginibre():
    g = 1.7
    spectrum = JacobianSpectrum(np.full(5, g))
    np.testing.assert_allclose(
        spectrum.fraction_inside([0, 0.5, 1, 1.7, 3]), [0, 0.25 / g**2, 1 / g**2, 1, 1], atol=1e-12
    )
    assert spectrum.determinant_exponent() == pytest.approx(np.log(g) - (1 - g**-2) / 2, abs=1e-12)
    np.testing.assert_allclose(spectrum.density([0.5, 1.0, 2.0]), [1 / g**2, 2 / g**2, 0], atol=1e-10)
    # The share of a uniform disk of radius g right of 1: a circular segment.
    segment = (g**2 * np.arccos(1 / g) - np.sqrt(g**2 - 1)) / (np.pi * g**2)
    assert spectrum.unstable_fraction() == pytest.approx(segment, abs=1e-6)


def test_determinant_exponent_inside_the_unit_disk_is_zero():
    # Printed is z without the case z = 0, yet below radius 1 the equation for z has a negative root, and ζ > 0 with it.
    s = np.array([0.5, 0.9])
    assert JacobianSpectrum(s).determinant_exponent() == 0
    root = brentq(lambda z: np.mean(s**2 / (1 + z * s**2)) - 1, -1.0, 0.0)
    assert -root / 2 + np.mean(np.log1p(root * s**2)) / 2 > 0.05
    # The determinants of random matrices decide: their mean logarithm per unit is zero up to O(1/N).
    rng = np.random.Generator(np.random.Philox(1))
    X = rng.normal(0, 200**-0.5, (20, 200, 200)) * np.resize(s, 200)
    logs = np.linalg.slogdet(-np.eye(200) + X)[1] / 200
    assert abs(logs.mean()) < 0.005


def test_determinant_exponent_and_radial_law_of_random_matrices():
    rng = np.random.Generator(np.random.Philox(2))
    N = 400
    s = np.resize([0.3, 1.0, 2.5], N)
    X = rng.normal(0, N**-0.5, (2, N, N)) * s
    spectrum = JacobianSpectrum(s)
    # Linear statistics of eigenvalues fluctuate by O(1/N); the bias is O(1/N) as well.
    logs = np.linalg.slogdet(-np.eye(N) + X)[1] / N
    np.testing.assert_allclose(logs, spectrum.determinant_exponent(), atol=0.01)
    values = np.linalg.eigvals(X[0])
    r = np.linspace(0.2, 1.8, 9)
    inside = (np.abs(values)[:, None] < r).mean(axis=0)
    np.testing.assert_allclose(inside, spectrum.fraction_inside(r), atol=0.03)
    assert (values.real > 1).mean() == pytest.approx(spectrum.unstable_fraction(), abs=0.02)


# ---- velocity and Jacobian at a fixed state ----


def test_sample_moments_at_a_fixed_state():
    N, g, D, samples = 4, 1.8, 0.6, 40_000
    rng = np.random.Generator(np.random.Philox(3))
    x = np.array([0.3, -1.0, 0.8, 2.0])
    J = rng.normal(0, g / np.sqrt(N), (samples, N, N))
    eta = rng.normal(0, np.sqrt(D), (samples, N))
    y = -x + J @ np.tanh(x) + eta
    dy = -np.eye(N) + J * TANH.slope(x)
    moments = velocity_statistics(x, g, D)
    everything = np.concatenate([y, dy.reshape(samples, -1)], axis=1)
    mean = np.concatenate([moments.velocity_mean, moments.jacobian_mean.ravel()])
    covariance = np.zeros((N + N * N, N + N * N))
    for i in range(N):
        covariance[i, i] = moments.velocity_variance
        row = N + i * N + np.arange(N)
        covariance[i, row] = covariance[row, i] = moments.k
        covariance[row, row] = moments.K
    variance = np.diag(covariance)
    # A sample covariance of Gaussians has variance (v_a v_b + c²)/n. Over 230 entries 5.5 sigma has probability 1e-5.
    spread = np.sqrt((np.outer(variance, variance) + covariance**2) / samples)
    centred = everything - mean
    measured = centred.T @ centred / samples  # about the known mean: ddof = 0
    assert (np.abs(measured - covariance) < 5.5 * spread).all()
    assert (np.abs(centred.mean(axis=0)) < 5.5 * np.sqrt(variance / samples)).all()


def test_statistics_at_a_fixed_point():
    N, g, D = 3, 1.5, 0.4
    x = np.array([0.5, -0.7, 1.1])
    moments = velocity_statistics(x, g, D)
    mean, covariance = moments.at_fixed_point()
    # Regression of the Jacobian row on the velocity, at y = 0.
    for i in range(N):
        joint = moments.k / moments.velocity_variance
        np.testing.assert_allclose(mean[i], -np.eye(N)[i] + joint * (0 - (-x[i])), atol=1e-14)
    np.testing.assert_allclose(
        covariance, np.diag(moments.K) - np.outer(moments.k, moments.k) / (moments.kappa + D), atol=1e-14
    )
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_network_draw_has_the_stated_statistics():
    network = random_network(600, 1.5, 0.7, seed=4)
    n = network.J.size
    assert network.J.var() == pytest.approx(1.5**2 / 600, rel=5 * np.sqrt(2 / n))  # 5 sigma: 6e-7
    assert abs(network.J.mean()) < 5 * 1.5 / np.sqrt(600 * n)
    assert network.eta.var() == pytest.approx(0.7, rel=5 * np.sqrt(2 / 600))


BAD = [
    (lambda: fixed_point_distribution(-1), ValueError, "g must be >= 0"),
    (lambda: fixed_point_distribution(2, D=np.inf), ValueError, "D must be finite"),
    (lambda: fixed_point_distribution(2, transfer="tanhh"), ValueError, "did you mean 'tanh'"),
    (lambda: fixed_point_distribution(2).probability(1, -1), ValueError, "high must be >= low, got low = 1"),
    (lambda: fixed_point_distribution(2).sample(-1), ValueError, "n must be >= 0"),
    (lambda: fixed_point_distribution(2).expected_log_count(0), ValueError, "n must be >= 1"),
    (lambda: JacobianSpectrum([]), ValueError, "s must hold at least one"),
    (lambda: JacobianSpectrum([1, 2], [0, 0]), ValueError, "weights must not all be zero"),
    (lambda: JacobianSpectrum([1, 2], [1, -1]), ValueError, "weights"),
    (lambda: JacobianSpectrum([1, 2], [1]), ValueError, "weights must have shape"),
    (lambda: JacobianSpectrum([1]).fraction_inside(-1), ValueError, "r .* must be >= 0"),
    (lambda: velocity_statistics([], 2), ValueError, "x must hold at least one"),
    (lambda: velocity_statistics([[0.0]], 2), ValueError, "x must have shape"),
    (lambda: action([0, 0], 2), ValueError, "x must not be the origin"),
    (lambda: action([0, np.nan], 2), ValueError, "x must be finite"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()
