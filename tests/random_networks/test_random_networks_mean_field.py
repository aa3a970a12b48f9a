"""Dynamical mean-field theory: tables, transitions, limits, and the numbers behind them."""

import itertools
import pickle

import numpy as np
import pytest
from scipy.integrate import quad

from rheobase.theory.random_networks import (
    ERF,
    Transfer,
    critical_noise,
    dynamical_mean_field,
    rate_correlation,
)

# g: Δ₀, ⟨φ²⟩, half time, 1/e time, λ, radius. The moments are those of adaptive quadrature
# (`test_moments_by_adaptive_quadrature`); 121 Gauss–Hermite nodes err in these digits from g = 3 on.
TABLE = {
    1.05: ("0.05283", "0.04795", "49.58", "62.41", "0.00106", "1.00177"),
    1.1: ("0.11106", "0.09201", "26.61", "33.51", "0.00371", "1.00620"),
    1.25: ("0.31559", "0.20421", "12.643", "15.951", "0.01696", "1.02842"),
    1.5: ("0.747686", "0.34209", "7.846", "9.932", "0.0467", "1.07885"),
    2.0: ("1.924805", "0.51318", "5.361", "6.827", "0.1125", "1.19221"),
    2.5: ("3.49534", "0.61419", "4.511", "5.770", "0.1761", "1.30473"),
    3.0: ("5.446326", "0.68058", "4.084", "5.242", "0.2355", "1.41196"),
    4.0: ("10.46747", "0.7624", "3.66", "4.72", "0.3415", "1.6097"),
    5.0: ("16.96405", "0.8108", "3.455", "4.471", "0.4337", "1.7884"),
}


def gaussian_mean(function, variance):
    """Adaptive quadrature, independent of the grids of the package."""

    def integrand(z):
        return function(np.sqrt(variance) * z) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    return sum(quad(integrand, a, b, epsabs=1e-14, epsrel=1e-13, limit=500)[0] for a, b in ((-14, 0), (0, 14)))


def ln_cosh(x):
    return np.logaddexp(x, -x) - np.log(2)


@pytest.mark.parametrize("g", TABLE)
def test_table(g):
    theory = dynamical_mean_field(g)
    assert theory.chaotic
    got = (
        theory.variance,
        theory.mean_square_rate,
        theory.half_time,
        theory.decay_time,
        theory.lyapunov,
        theory.radius,
    )
    for value, printed in zip(got, TABLE[g], strict=True):
        unit = 10.0 ** -len(printed.split(".")[1])
        assert abs(value - float(printed)) <= 0.75 * unit, (value, printed)
    assert abs(theory.translation_error) < 1e-8


@pytest.mark.parametrize("g", [1.5, 3.0, 5.0])
def test_moments_by_adaptive_quadrature(g):
    theory = dynamical_mean_field(g)
    v = theory.variance
    assert theory.mean_square_rate == pytest.approx(gaussian_mean(lambda x: np.tanh(x) ** 2, v), abs=1e-10)
    slope = gaussian_mean(lambda x: np.cosh(x) ** -4.0, v)
    assert theory.radius == pytest.approx(g * np.sqrt(slope), abs=1e-10)
    # Conservation of the potential, ½Δ₀² = g²(⟨Φ²⟩ − ⟨Φ⟩²) with Φ = ln cosh.
    spread = gaussian_mean(lambda x: ln_cosh(x) ** 2, v) - gaussian_mean(ln_cosh, v) ** 2
    assert v**2 / 2 == pytest.approx(g**2 * spread, rel=1e-7)


def test_rate_correlation_against_two_dimensional_quadrature():
    nodes, weights = np.polynomial.hermite_e.hermegauss(200)
    weights = weights / weights.sum()
    correlation = rate_correlation(ERF, 1.7)
    for delta in (0.0, 0.4, 1.2):
        z, x = nodes[:, None], nodes[None, :]
        for function, got in ((ERF.phi, correlation(delta)), (ERF.slope, correlation.of_slopes(delta))):
            inner = function(np.sqrt(delta) * z + np.sqrt(1.7 - delta) * x) @ weights
            assert got == pytest.approx(weights @ inner**2, abs=1e-12)
    # For the error function the covariance of rates is known: (2/π) arcsin of the scaled covariance.
    c = np.pi / 2
    assert correlation(1.2) == pytest.approx(2 / np.pi * np.arcsin(c * 1.2 / (1 + c * 1.7)), abs=1e-13)


@pytest.mark.parametrize("D", [0.0, 0.5])
def test_autocovariance_solves_its_equation(D):
    theory = dynamical_mean_field(2.0, D)
    correlation = rate_correlation(Transfer("tanh", np.tanh, lambda x: 1 - np.tanh(x) ** 2), theory.variance)
    step = theory.lags[1]
    delta = theory.autocovariance
    second = (delta[2:] - 2 * delta[1:-1] + delta[:-2]) / step**2
    force = delta - 4 * correlation(delta) - D
    # Second differences err by step²/12 times the fourth derivative (below 1).
    np.testing.assert_allclose(second, force[1:-1], atol=step**2)
    assert delta[0] == theory.variance
    assert delta[-1] == pytest.approx(theory.plateau, abs=1e-5)
    assert (np.diff(delta) < 0).all()
    half = np.interp(theory.half_time, theory.lags, delta)
    assert half - theory.plateau == pytest.approx((theory.variance - theory.plateau) / 2, rel=1e-4)


def test_limit_at_the_transition():
    ratio, shape = [], []
    for epsilon in (0.02, 0.01):
        theory = dynamical_mean_field(1 + epsilon)
        ratio.append(theory.variance / epsilon)
        shape.append(theory.lyapunov / epsilon**2)
    assert ratio[1] == pytest.approx(1.0116, abs=1e-4)
    assert 2 * ratio[1] - ratio[0] == pytest.approx(1, abs=1e-3)  # Δ₀/ε → 1, linearly
    assert 2 * shape[1] - shape[0] == pytest.approx(0.5, abs=0.005)  # λ → ε²/2
    theory = dynamical_mean_field(1.001)
    # With C_φ = Δ(1 − 2Δ₀ + 5Δ₀²) + ⅔Δ³ to third order, Δ'² = Δ₀²Δ²/3 − Δ⁴/3 is solved by a hyperbolic secant.
    profile = 1 / np.cosh(0.001 * theory.lags / np.sqrt(3))
    np.testing.assert_allclose(theory.autocovariance / theory.variance, profile, atol=2e-3)


@pytest.mark.parametrize("g", [0.0, 0.5, 1.0])
def test_below_the_transition_the_network_falls_silent(g):
    theory = dynamical_mean_field(g)
    assert not theory.chaotic
    assert theory.variance == theory.mean_square_rate == theory.plateau == 0
    assert theory.lyapunov == pytest.approx(g - 1)
    assert theory.half_time == np.inf


@pytest.mark.slow
def test_frozen_noise_calms_the_network():
    D = [0.0, 0.1, 0.5, 1.0, 1.5, 1.63]
    theories = [dynamical_mean_field(2.0, d) for d in D]
    exponents = [theory.lyapunov for theory in theories]
    assert all(a > b > 0 for a, b in itertools.pairwise(exponents))
    for theory in theories:
        assert theory.chaotic
        assert abs(theory.translation_error) < 1e-7
        plateau = 4 * rate_correlation(Transfer("t", np.tanh, lambda x: 1 - np.tanh(x) ** 2), theory.variance)(
            theory.plateau
        )
        assert theory.plateau == pytest.approx(plateau + theory.D, abs=1e-10)
    critical = critical_noise(2.0)
    above, below = dynamical_mean_field(2.0, critical + 0.01), dynamical_mean_field(2.0, critical - 0.01)
    assert not above.chaotic
    assert below.chaotic
    assert above.lyapunov == pytest.approx(above.radius - 1)
    assert above.lyapunov < 0 < below.lyapunov


def test_other_transfer_functions():
    erf, arctan = dynamical_mean_field(2.0, transfer="erf"), dynamical_mean_field(2.0, transfer="arctan")
    # For erf the condition V(Δ₀) = 0 has a closed form: ∫(2/π) arcsin(cΔ/(1 + cΔ₀))dΔ with c = π/2.
    v, c = erf.variance, np.pi / 2
    integral = quad(lambda d: 2 / np.pi * np.arcsin(c * d / (1 + c * v)), 0, v, epsabs=1e-13)[0]
    assert v**2 / 2 == pytest.approx(4 * integral, rel=1e-10)
    for theory in (erf, arctan):
        assert abs(theory.translation_error) < 1e-8
        assert theory.chaotic
    assert arctan.variance < erf.variance  # it saturates later


def test_result_is_picklable():
    theory = dynamical_mean_field(1.5)
    assert pickle.loads(pickle.dumps(theory)).variance == theory.variance
    assert "chaotic" in theory._repr_html_()


def linear(x):
    return 1.0 * np.asarray(x)


def ones(x):
    return np.ones(np.shape(x))


def clipped(x):
    return np.clip(x, -1, 1)


def clipped_slope(x):
    return np.where(np.abs(x) < 1, 1.0, 0.0)


BAD = [
    (lambda: dynamical_mean_field(-1), ValueError, "g must be >= 0"),
    (lambda: dynamical_mean_field(np.nan), ValueError, "g must be finite"),
    (lambda: dynamical_mean_field("2"), TypeError, "g must be a number"),
    (lambda: dynamical_mean_field(2, -0.1), ValueError, "D must be >= 0"),
    (lambda: dynamical_mean_field(2, transfer="tan"), ValueError, "did you mean"),
    (lambda: dynamical_mean_field(2, transfer=np.tanh), TypeError, "transfer must be one of"),
    (
        lambda: dynamical_mean_field(2, transfer=Transfer("line", linear, ones)),
        ValueError,
        "g must let the activity stay finite",
    ),
    (lambda: dynamical_mean_field(2, transfer=Transfer("cos", np.cos)), ValueError, "phi must be odd"),
    (lambda: Transfer("t", np.tanh, np.cos), ValueError, "slope must be the derivative"),
    (
        lambda: dynamical_mean_field(2, transfer=Transfer("cube", lambda x: x**3, lambda x: 3 * x**2)),
        ValueError,
        "largest at zero",
    ),
    (lambda: critical_noise(-1), ValueError, "g must be >= 0"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()
