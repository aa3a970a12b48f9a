"""Characteristic roots of systems with a delay: Lambert's function, onsets in closed form, and networks."""

import numpy as np
import pytest
from scipy.special import lambertw

from rheobase.dynamics import delay_hopf_curves, delay_roots
from rheobase.rates import excitatory_inhibitory


@pytest.mark.parametrize(("a", "b", "delay"), [(-1.0, -2.0, 1.0), (-0.1, 0.05, 20.0), (0.3, -0.5, 0.7)])
def test_one_variable_is_lambert_function(a, b, delay):
    """λ = a + W_k(b d e^(−a d))/d over all branches k."""
    exact = np.array([a + lambertw(b * delay * np.exp(-a * delay), k) / delay for k in range(-8, 8)])
    exact = exact[np.argsort(-exact.real)]
    assert np.sort(delay_roots(a, b, delay, n=6).real) == pytest.approx(np.sort(exact[:6].real), rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("w", [-1.2, -2.0, -6.0])
def test_onset_of_oscillations_by_delayed_inhibition(w):
    """x' = −x + w x(t − d): ω = √(w² − 1), d = arccos(1/w)/ω; more delay makes it unstable."""
    omega = np.sqrt(w**2 - 1)
    delay = np.arccos(1 / w) / omega
    roots = delay_roots(-1.0, w, delay, n=2)
    assert roots == pytest.approx([1j * omega, -1j * omega], abs=1e-9)
    assert delay_roots(-1.0, w, 1.02 * delay, n=1)[0].real > 0 > delay_roots(-1.0, w, 0.98 * delay, n=1)[0].real


def test_roots_of_a_network_solve_its_equation():
    net = excitatory_inhibitory()
    A = -np.diag(1 / net.tau)
    B = net.jacobian([6.5179, 13.9188]) - A
    for root in delay_roots(A, B, 2.0, n=8):
        size = np.linalg.svd(root * np.eye(2) - A - B * np.exp(-2.0 * root), compute_uv=False)
        assert size[-1] < 1e-10 * size[0]
    none = delay_roots(A, B, 0.0)
    assert np.sort_complex(none) == pytest.approx(np.sort_complex(np.linalg.eigvals(A + B)), rel=1e-12)


def test_hopf_curve_of_delayed_inhibition():
    """In closed form: w = √(1 + ω²), delay = (π − arctan ω)/ω."""
    omega = np.linspace(0.1, 8, 30)
    delay, w = delay_hopf_curves(-1.0, -1.0, omega)
    assert w[:, 0] == pytest.approx(np.sqrt(1 + omega**2), rel=1e-12)
    assert delay[:, 0] == pytest.approx((np.pi - np.arctan(omega)) / omega, rel=1e-12)


def test_hopf_curves_of_a_network_have_imaginary_roots():
    net = excitatory_inhibitory()
    A = -np.diag(1 / net.tau)
    B = net.jacobian([6.5179, 13.9188]) - A
    omega = np.linspace(0.1, 0.4, 7)
    delays, weights = delay_hopf_curves(A, B, omega)
    for frequency, *points in zip(omega, delays.T[0], weights.T[0], delays.T[1], weights.T[1], strict=True):
        for delay, w in (points[:2], points[2:]):
            assert abs(delay_roots(A, w * B, delay, n=20) - 1j * frequency).min() < 1e-9


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (([[1.0, 2.0]], 1.0, 1.0), "A must be a square matrix"),
        ((1.0, np.eye(2), 1.0), "B must have the shape"),
        ((1.0, 1.0, -1.0), "delay must be"),
        ((1.0, 1.0, 1.0, 11), "n must be"),
    ],
)
def test_refused(arguments, text):
    with pytest.raises(ValueError, match=text):
        delay_roots(*arguments)
    with pytest.raises(ValueError, match="A must not have an eigenvalue"):
        delay_hopf_curves([[0.0, 1.0], [-1.0, 0.0]], np.eye(2), [1.0])


def test_what_is_late_and_never_comes_back_has_no_roots_of_its_own():
    """det(λ − A − B e^−λτ) of a chain is that of its links: no delay is left in it."""
    chain = np.diag([1.0, 5.0], 1)
    assert delay_roots(np.diag([-1.0, -2.0, -0.5]), chain, 3.0) == pytest.approx([-0.5, -1, -2], abs=1e-12)
    assert delay_roots(0.0, 0.0, 1.0, n=3) == pytest.approx([0])
    # A chain whose end feeds on itself has the roots of that.
    alone = delay_roots(-0.5, -3.0, 2.0, n=4)
    ends = delay_roots(np.diag([-9.0, -8.0, -0.5]), chain + np.diag([0, 0, -3.0]), 2.0, n=4)
    assert ends == pytest.approx(alone, abs=1e-12)
