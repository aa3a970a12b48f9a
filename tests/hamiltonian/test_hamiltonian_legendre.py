"""Legendre pairs: slopes, inverses, conjugates, and the Fenchel–Young inequality."""

import numpy as np
import pytest

from rheobase.dynamics.hamiltonian import Logistic, Tanh

PAIRS = (Tanh(), Logistic())
P = np.linspace(-4, 4, 81)


def central(function, at, h=1e-5):
    return (function(at + h) - function(at - h)) / (2 * h)


@pytest.mark.parametrize("pair", PAIRS)
def test_derivatives(pair):
    x = pair.f(P)
    # Central differences err by h² f'''/6 plus rounding over h: below 1e-9 away from the ends of the range.
    np.testing.assert_allclose(central(pair.potential, P), pair.f(P), atol=1e-9)
    np.testing.assert_allclose(central(pair.f, P), pair.slope(P), atol=1e-9)
    np.testing.assert_allclose(central(pair.conjugate, x, 1e-6), pair.inverse(x), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("pair", PAIRS)
def test_inverse_and_conjugacy(pair):
    x = pair.f(P)
    np.testing.assert_allclose(pair.inverse(x), P, atol=1e-11)
    np.testing.assert_allclose(pair.potential(P) + pair.conjugate(x), P * x, atol=1e-11)
    gap = pair.potential(P)[:, None] + pair.conjugate(x) - P[:, None] * x
    assert gap.min() > -1e-12
    assert (gap + np.eye(P.size) > 1e-6).all()  # equality on the diagonal alone


def test_closed_forms():
    x = 0.3
    assert Tanh().potential(x) == pytest.approx(np.log(np.cosh(x)), abs=1e-15)
    assert Tanh().conjugate(x) == pytest.approx(x * np.arctanh(x) + np.log(1 - x**2) / 2, abs=1e-15)
    assert Logistic().potential(x) == pytest.approx(np.log1p(np.exp(x)), abs=1e-15)
    assert Logistic().conjugate(x) == pytest.approx(x * np.log(x) + (1 - x) * np.log(1 - x), abs=1e-15)


@pytest.mark.parametrize("pair", PAIRS)
def test_large_arguments_do_not_overflow(pair):
    assert np.isfinite(pair.potential([-1e4, 1e4])).all()
    assert pair.potential(1e4) == pytest.approx(1e4, rel=1e-4)
    assert pair.slope(0.0) == pair.steepest
    assert pair.slope(P).max() == pair.steepest


@pytest.mark.parametrize(
    ("pair", "x"), [(Tanh(), 1.0), (Tanh(), -1.2), (Logistic(), 0.0), (Logistic(), 1.0), (Logistic(), -0.1)]
)
def test_states_outside_the_range_are_refused(pair, x):
    for method in (pair.inverse, pair.conjugate):
        with pytest.raises(ValueError, match=f"a state of a {pair.name} network"):
            method([x])
