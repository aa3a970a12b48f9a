"""Dynamical mean field where units are nearly signs, and up to the critical noise: limits, closed forms, simulation."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from rheobase.theory.random_networks import (
    ARCTAN,
    ERF,
    TANH,
    critical_noise,
    dynamical_mean_field,
    random_network,
    rate_correlation,
)

C = np.pi / 2


def height(delta, variance):
    """∫C_φ from 0 for the error function, where C_φ = (2/π) arcsin(κΔ/Δ₀), κ = cΔ₀/(1 + cΔ₀); a step has κ = 1."""
    kappa = C / (1 + C * variance)
    x = kappa * delta
    return 2 / np.pi * (delta * np.arcsin(x) - (1 - np.sqrt(1 - x**2)) / kappa)


def exponent_by_shooting(g, variance):
    """λ of the error function's orbit: the energy at which ψ, integrated with Δ from the top, decays at last."""
    kappa = C / (1 + C * variance)
    tail = np.sqrt(1 - g**2 * 2 / np.pi * kappa)

    def slope(tau, y, energy):
        delta, speed, log_slope = y
        well = 1 - g**2 * 2 / np.pi * kappa / np.sqrt(1 - (kappa * delta) ** 2)
        force = delta - g**2 * 2 / np.pi * np.arcsin(kappa * delta)
        return [speed, force, well - energy - log_slope**2]

    def mismatch(energy):
        end = solve_ivp(slope, (0, 8 / tail), [variance, 0, 0], args=(energy,), rtol=1e-10, atol=1e-12).y[2, -1]
        return np.clip(end, -5, 5) + np.sqrt(tail**2 - energy)

    return -1 + np.sqrt(1 - brentq(mismatch, -3 * np.log(g) ** 2, 0.0, xtol=1e-9))


@pytest.mark.parametrize("g", [5.0, 40.0])
def test_error_function_by_closed_forms_and_shooting(g):
    theory = dynamical_mean_field(g, transfer="erf")
    variance = brentq(lambda v: v**2 / 2 - g**2 * height(v, v), 0.5 * g**2, g**2)
    assert theory.variance == pytest.approx(variance, rel=1e-10)

    def pace(x):  # Δ = Δ₀(1 − x²)
        delta = variance * (1 - x**2)
        return 2 * variance * x / np.sqrt(delta**2 - 2 * g**2 * height(delta, variance))

    assert theory.half_time == pytest.approx(quad(pace, 1e-5, np.sqrt(0.5), epsrel=1e-10)[0], rel=1e-4)
    # The orbit is unstable: the integration's 1e-10 grows by e⁸ until the end.
    assert theory.lyapunov == pytest.approx(exponent_by_shooting(g, variance), rel=1e-4)
    assert abs(theory.translation_error) < 1e-7


@pytest.mark.slow
@pytest.mark.parametrize("transfer", [TANH, ARCTAN])
def test_strong_gains_are_those_of_a_step(transfer):
    """C = (2/π) arcsin(Δ/Δ₀) leads to Δ₀ = 2(1 − 2/π)g², a tail of rate √(1 − 1/(π − 2)) and a half time of 2.99688."""

    def pace(x):
        u = 1 - x**2
        arc = np.arcsin(u)
        return x / np.sqrt(u**2 / 4 - (u * arc + np.sqrt(1 - u**2) - 1) / (2 * np.pi - 4))

    half_time = quad(pace, 0, np.sqrt(0.5))[0]
    errors = []
    for g in (30.0, 120.0):
        theory = dynamical_mean_field(g, transfer=transfer)
        errors.append(
            [
                theory.variance / g**2 / (2 * (1 - 2 / np.pi)) - 1,
                theory.tail_rate / np.sqrt(1 - 1 / (np.pi - 2)) - 1,
                theory.half_time / half_time - 1,
                theory.mean_square_rate - 1,
            ]
        )
        assert theory.chaotic and abs(theory.translation_error) < 1e-5
    near, far = np.abs(errors)
    assert (far < 0.04).all() and (far < 0.4 * near).all()


@pytest.mark.parametrize(
    ("transfer", "variance"), [(ERF, 1e-4), (ERF, 3e4), (TANH, 0.5), (TANH, 400.0), (ARCTAN, 30.0)]
)
def test_rate_correlation_of_all_variances(transfer, variance):
    """Closed form for the error function; for others C_φ(Δ₀) = ⟨φ²⟩ and C_φ' by differences of C_φ; odd and even."""
    correlation = rate_correlation(transfer, variance)
    delta = variance * np.array([-0.7, 0.0, 0.2, 0.9, 0.999, 1.0])
    assert correlation(-delta) == pytest.approx(-correlation(delta), abs=1e-12)
    assert correlation.of_slopes(-delta) == pytest.approx(correlation.of_slopes(delta), rel=1e-12)
    assert float(correlation(0.0)) == pytest.approx(0, abs=1e-11)
    if transfer is ERF:
        kappa = C / (1 + C * variance)
        assert correlation(delta) == pytest.approx(2 / np.pi * np.arcsin(kappa * delta), rel=1e-9, abs=1e-12)
        slopes = 2 / np.pi * kappa / np.sqrt(1 - (kappa * delta) ** 2)
        assert correlation.of_slopes(delta) == pytest.approx(slopes, rel=1e-9)
        excess = delta[3] * slopes[3] - 2 / np.pi * np.arcsin(kappa * delta[3])
        # As a difference it loses the digits that the sum of the library keeps.
        assert correlation.excess_of_slopes(delta[3]) == pytest.approx(excess, rel=1e-9 / min(variance, 1))
        return
    h = 1e-4 * variance
    slopes = (correlation(delta[:4] + h) - correlation(delta[:4] - h)) / (2 * h)
    assert slopes == pytest.approx(correlation.of_slopes(delta[:4]), rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("g", [5.0, 12.0])
def test_strong_gains_at_all_noises(g):
    """Chaos weakens steadily with the noise; close to D_c, λ = 5κ²/8 and everything is in proportion to D_c − D."""
    critical = critical_noise(g)
    fields = [dynamical_mean_field(g, critical * (1 - d)) for d in (1, 0.1, 1e-3, 0.99e-5, 1e-8)]
    assert (np.diff([field.lyapunov for field in fields]) < 0).all()
    assert (np.diff([field.variance for field in fields]) > 0).all()
    for field in fields[2:]:
        assert field.lyapunov == pytest.approx(5 * field.tail_rate**2 / 8, rel=3e-3)
        assert field.half_time == pytest.approx(2 * np.arccosh(np.sqrt(2)) / field.tail_rate, rel=3e-3)
    depth = [field.variance - field.plateau for field in fields[2:]]
    assert np.array(depth[:-1]) / depth[1:] == pytest.approx([1e-3 / 0.99e-5, 0.99e3], rel=2e-3)
    # Next to D_c the noise of the state is known to be that asked for from D = Δ(∞) − g²C_φ(Δ(∞)).
    for field in fields:
        rates = float(rate_correlation(TANH, field.variance)(field.plateau))
        assert field.plateau - g**2 * rates == pytest.approx(field.D, rel=1e-9, abs=1e-8)
    assert not dynamical_mean_field(g, critical).chaotic


def test_networks_of_strong_gain_follow_the_mean_field():
    """Eight networks of 400 units at g = 20."""
    theory, variances, half_times = dynamical_mean_field(20.0), [], []
    for seed in range(8):
        network = random_network(400, 20.0, seed=seed, single_precision=True)
        activity = network.simulate(60, t_start=20, every=0.25, dt=0.05, seed=seed)
        variances.append(activity.variance)
        lags, covariance = activity.autocovariance(6)
        half_times.append(np.interp(-covariance[0] / 2, -covariance, lags))
    for measured, expected in ((variances, theory.variance), (half_times, theory.half_time)):
        # 5.4 standard errors, which t with 7 degrees of freedom exceeds once in a thousand, and 2 % for 400 units.
        error = 5.4 * np.std(measured, ddof=1) / np.sqrt(8)
        assert abs(np.mean(measured) - expected) < error + 0.02 * expected


def test_what_is_too_strong_is_refused_by_name():
    with pytest.raises(
        ValueError, match="g and D must lead to an autocovariance that can be found, got g = 100000, D = 0"
    ):
        dynamical_mean_field(1e5)
    with pytest.raises(ValueError, match="variance must be > 0 and <= 1e"):
        rate_correlation(ERF, 1e9)
