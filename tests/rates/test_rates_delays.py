"""Rate networks with delays, against exact solutions of linear ones and the roots of their characteristic equation."""

import numpy as np
import pytest
from pytest import approx

from rheobase.dynamics import delay_roots
from rheobase.rates import RateNetwork, SampledInput, Tanh, excitatory_inhibitory

TAU = 2.0


def linear(W, form="rate", X=0.0):
    return RateNetwork(W, X, lambda x: x, tau=TAU, form=form, dimensionless=True)


def one_mode(W, delay):
    """Return the rightmost root of τ x' = −x + W x(t − delay) and the solution t ↦ Re(v e^λt) that it makes."""
    W = np.atleast_2d(W)
    root = delay_roots(-np.eye(len(W)) / TAU, W / TAU, delay, n=1)[0]
    values, vectors = np.linalg.eig(W.astype(complex))
    k = np.argmin(np.abs((1 + TAU * root) * np.exp(root * delay) - values))
    v = vectors[:, k]
    return root, lambda t: np.real(v * np.exp(root * t))


@pytest.mark.parametrize("form", ["rate", "current"])
@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_order_of_the_method_of_steps(form, method, order):
    """Halving the step divides the error by 2^order, within a fifth, the next term of its series."""
    W, delay = np.array([[0.3, -1.5], [1.2, -0.4]]), 3.0
    _, exact = one_mode(W, delay)
    end = []
    for dt in (0.5, 0.25, 0.125):
        res = linear(W, form).simulate(12, dt, exact, delay=delay, method=method)
        end.append(np.abs(res.states[-1] - exact(12.0)).max())
    assert np.log2(end[1] / end[2]) == approx(order, abs=0.25)
    assert end[2] < (0.2, 1e-5)[order == 4]


def test_hopf_point_of_inhibition_that_comes_late():
    """At w = √(1 + (ωτ)²) and delay = arccos(−1/w)/ω the oscillation neither grows nor decays; next to it it does."""
    omega = np.sqrt(3) / TAU
    delay = np.arccos(-0.5) / omega
    dt = delay / 60
    for w, root in ((-2.0, 1j * omega), (-2.1, None), (-1.9, None)):
        found, mode = one_mode(w, delay)
        assert root is None or found == approx(root, abs=1e-9)
        res = linear([[w]]).simulate(600 * dt, dt, mode, delay=delay)
        assert res.rates[:, 0] == approx(np.array([mode(t)[0] for t in res.times]), abs=1e-5)
    # Beyond the onset a saturating rate ends on a cycle of nearly this frequency.
    net = RateNetwork([[-2.05]], 0.0, Tanh(), tau=TAU, dimensionless=True)
    rates = net.simulate(4800 * dt, dt, 0.1, delay=delay).rates[2400:, 0]
    crossings = np.flatnonzero((rates[:-1] < 0) & (rates[1:] >= 0))
    period = np.diff(crossings + rates[crossings] / (rates[crossings] - rates[crossings + 1])).mean() * dt
    assert 2 * np.pi / period == approx(omega, rel=0.02)
    assert np.ptp(rates) > 0.3


def test_delays_of_each_connection():
    """Loops of one total delay are alike, wherever on the way it is: b(t) is shifted, and a(t) stays."""
    W = np.array([[0.0, -1.5], [1.5, 0.0]])
    net = RateNetwork(W, [0.5, 0.0], Tanh(), tau=TAU, dimensionless=True)
    here, there = (net.simulate(60, 0.1, delay=delay) for delay in ([[0, 3], [1, 0]], [[0, 1], [3, 0]]))
    # a hears b three later, b hears a one later: b'(t) of the one is b(t − 2) of the other.
    assert here.rates[:, 0] == approx(there.rates[:, 0], abs=1e-9)
    assert here.rates[:-20, 1] == approx(there.rates[20:, 1], abs=1e-9)
    assert np.ptp(here.rates[-200:, 0]) > 0.5


def test_without_delays_nothing_changes():
    net = excitatory_inhibitory(tau=(30, 15))
    assert np.array_equal(net.simulate(50, delay=0.0).states, net.simulate(50).states)
    # One step of delay in one connection does half as much where the step is half as long.
    off = [
        np.abs(net.simulate(40, dt, delay=[[0, 0], [0, dt]]).states - net.simulate(40, dt).states).max()
        for dt in (0.1, 0.05)
    ]
    assert off[0] / off[1] == approx(2, abs=0.1)


def test_input_in_time_and_noise():
    """A response comes a delay later than its input; the variance of x' = −x/τ + noise is σ² τ/2."""
    X = SampledInput(np.repeat([[0.0, 0.0], [1.0, 0.0]], 100, axis=0), dt=0.1)
    late = linear([[0, 0], [1, 0]], X=X).simulate(20, 0.1, delay=5.0)
    assert np.flatnonzero(late.rates[:, 0])[0] == approx(101, abs=1)
    assert np.flatnonzero(late.rates[:, 1])[0] - np.flatnonzero(late.rates[:, 0])[0] == approx(50, abs=1)
    noisy = linear([[0.0]]).simulate(3000, 0.1, delay=1.0, method="euler", noise=0.5, seed=3).rates[500:, 0]
    assert noisy.var() == approx(0.25 * TAU / 2, rel=4 * np.sqrt(2 * TAU / 3000))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"delay": 0.15}, "delay must be a multiple of dt = 0.1 ms"),
        ({"delay": [1.0, 2.0]}, "delay must be a scalar or have shape (2, 2)"),
        ({"delay": -1.0}, "must be >= 0, got -1"),
        ({"delay": 1.0, "method": "adaptive"}, "delay needs method='rk4' or 'euler'"),
        ({"delay": 1.0, "noise": 1.0}, "noise needs method='euler'"),
        ({"delay": 1.0, "x0": lambda t: [1.0, 2.0, 3.0]}, "x0 must be a scalar or have shape (2,)"),
        ({"delay": 1.0, "x0": lambda t: [1.0] * (2 if t == 0 else 3)}, "x0(-1) must be a number or have shape (2,)"),
    ],
)
def test_bad_delays(arguments, text):
    with pytest.raises(ValueError) as caught:
        excitatory_inhibitory().simulate(10, **arguments)
    assert text in str(caught.value)
