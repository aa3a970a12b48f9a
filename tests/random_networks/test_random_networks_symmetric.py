"""Mean field of partly symmetric weights: the echo of one's own activity, against closed forms and networks."""

import numpy as np
import pytest
from scipy.special import iv, jv

from rheobase.theory.random_networks import (
    Transfer,
    critical_gain,
    dynamical_mean_field,
    random_network,
    sampled_state,
)

#: Student's t of 7 degrees of freedom, of eight solutions, passes this once in 1000 times.
T = 5.41

LINEAR = Transfer("linear", lambda x: x)

LOGISTIC = Transfer("logistic", lambda x: 1 / (1 + np.exp(-x)))


def resolvent(g, symmetry):
    """G = 1/(1 − g²ρG): the response at frequency 0 of x' = −x + Jx."""
    squared = g**2 * symmetry
    return (1 - np.sqrt(1 - 4 * squared)) / (2 * squared)


@pytest.mark.parametrize(("g", "symmetry"), [(0.5, 0.6), (0.7, -0.5), (1.5, -0.9)])
def test_response_of_a_silent_network_is_a_bessel_function(g, symmetry):
    """R = 1/(1 + iω − g²ρR) is that of e^(−τ) I₁(2aτ)/(aτ) with a² = g²ρ, J₁ where a is imaginary."""
    coarse, fine = (
        sampled_state(g, symmetry=symmetry, longest=6.0, dt=dt, units=8, rounds=30, seed=1) for dt in (0.4, 0.2)
    )
    assert fine.variance == 0
    a, bessel = g * np.sqrt(abs(symmetry)), iv if symmetry > 0 else jv
    exact = np.exp(-fine.lags) * np.append(1.0, bessel(1, 2 * a * fine.lags[1:]) / (a * fine.lags[1:]))
    # The integration is of second order: half of the step leaves a quarter of the error.
    assert fine.response == pytest.approx(exact, abs=3e-3 * (1 + a**2))
    better = (4 * fine.response[::2] - coarse.response) / 3
    assert np.abs(better - exact[::2]).max() < 0.35 * np.abs(fine.response - exact).max()


@pytest.mark.parametrize(("g", "symmetry"), [(0.5, 0.6), (0.7, -0.5)])
def test_frozen_input_is_answered_as_by_a_linear_network(g, symmetry):
    """x = G (γ + η) leaves ⟨x²⟩ = D G²/(1 − g²G²) of linear units."""
    state = sampled_state(g, 2.0, LINEAR, symmetry=symmetry, longest=8.0, dt=0.2, units=320, rounds=24, seed=2)
    G = resolvent(g, symmetry)
    expected = 2 * G**2 / (1 - g**2 * G**2)
    # A trapezoidal sum over steps of 0.2 errs by some (0.2)²/12.
    assert state.variance == pytest.approx(expected, abs=T * state.standard_error[0] + 0.004 * expected)
    assert state.autocovariance == pytest.approx(state.variance, rel=1e-3)


def test_without_symmetry_it_is_the_exact_mean_field():
    state, exact = sampled_state(3.0, longest=16.0, dt=0.2, units=240, rounds=20, seed=3), dynamical_mean_field(3.0)
    at = np.searchsorted(state.lags, [0.0, 2.0, 5.0])
    expected = np.interp(state.lags[at], exact.lags, exact.autocovariance)
    np.testing.assert_array_less(
        np.abs(state.autocovariance[at] - expected), T * state.standard_error[at] + 0.004 * exact.variance
    )
    assert state.rate_autocovariance[0] == pytest.approx(exact.mean_square_rate, rel=0.02)


def test_silence_ends_where_the_ellipse_of_eigenvalues_does():
    assert critical_gain(0.25) == pytest.approx(0.8)
    assert critical_gain(-0.5, 0.3) == pytest.approx(1.4)
    assert critical_gain(-1.0) == np.inf
    assert critical_gain(0.5, 1.0) == 0
    for symmetry in (0.5, -0.5):
        edge = critical_gain(symmetry)
        below, above = (
            random_network(200, f * edge, symmetry=symmetry, seed=5).eigenvalues(np.zeros(200), k=1).real[0]
            for f in (0.8, 1.2)
        )
        assert below < 0 < above


def test_bad_arguments():
    with pytest.raises(ValueError, match="symmetry must be"):
        sampled_state(1.5, symmetry=1.0)
    with pytest.raises(ValueError, match="longest must be some ten times the decay time"):
        sampled_state(2.0, symmetry=0.4, longest=5.0, dt=0.25, units=80, rounds=10, seed=1)
    with pytest.raises(ValueError, match="rounds must be"):
        sampled_state(2.0, rounds=3)
    with pytest.raises(ValueError, match="phi must be odd"):
        critical_gain(transfer=LOGISTIC)
    with pytest.raises(ValueError, match="activity stay finite"):
        sampled_state(3.0, transfer=LINEAR, longest=10.0, dt=0.25, units=8, seed=1)
