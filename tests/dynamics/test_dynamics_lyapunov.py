"""Lyapunov exponents that go on, in discrete time, and what follows from them."""

import numpy as np
import pytest

from rheobase.dynamics import Lorenz, RateField, lyapunov_exponents, phase_line


def test_exponents_that_go_on_are_those_of_one_go():
    whole = lyapunov_exponents(Lorenz(), [1.0, 1.0, 20.0], 8.0)
    half = lyapunov_exponents(Lorenz(), [1.0, 1.0, 20.0], 3.0)
    both = lyapunov_exponents(Lorenz(), half, 5.0)
    assert both.exponents == pytest.approx(whole.exponents, abs=1e-12)
    assert both.standard_errors == pytest.approx(whole.standard_errors, abs=1e-12)
    assert both.duration == pytest.approx(8.0)
    assert both.entropy_rate == pytest.approx(both.exponents[both.exponents > 0].sum())
    with pytest.raises(ValueError, match="n must be that of the former result, 3, got 2"):
        lyapunov_exponents(Lorenz(), half, 5.0, n=2)
    with pytest.raises(ValueError, match="every must be that of the former result"):
        lyapunov_exponents(Lorenz(), half, 5.0, every=0.05)
    with pytest.raises(ValueError, match="t_start must be 0"):
        lyapunov_exponents(Lorenz(), half, 5.0, t_start=1.0)


def test_entropy_rate_needs_all_positive_exponents():
    assert np.isnan(lyapunov_exponents(lambda u: np.array([0.5, 0.2]) * u, [0.1, 0.1], 2.0, n=1).entropy_rate)
    every = lyapunov_exponents(lambda u: np.array([0.5, 0.2]) * u, [0.1, 0.1], 2.0)
    assert every.entropy_rate == pytest.approx(0.7, abs=1e-6)


def test_discrete_time_network_has_the_exponent_of_its_mean_field():
    """Molgedey, Schuchhardt and Schuster 1992: λ = ln(g²⟨φ'²⟩)/2 over N(0, g²⟨φ²⟩).

    Networks of 200 units scatter about it by some 0.02, as seen over seeds.
    """
    g, n = 3.0, 200
    z, w = np.polynomial.hermite_e.hermegauss(121)
    w = w / w.sum()
    variance = 1.0
    for _ in range(200):
        variance = g**2 * (w @ np.tanh(np.sqrt(variance) * z) ** 2)
    expected = np.log(g**2 * (w @ (1 - np.tanh(np.sqrt(variance) * z) ** 2) ** 2)) / 2
    random = np.random.default_rng(3)
    field = RateField(random.standard_normal((n, n)) * g / np.sqrt(n))
    found = lyapunov_exponents(
        field, random.standard_normal(n), 400.0, 1.0, n=1, t_start=100.0, every=1.0, method="euler"
    )
    assert found.exponents[0] == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize(
    ("f", "kind", "index"),
    [
        (lambda x: x**2, "half-stable", 0),
        (lambda x: -(x**2), "half-stable", 0),
        (lambda x: x**3, "unstable", -1),
        (lambda x: -(x**3), "stable", 1),
    ],
)
def test_the_flow_on_either_side_names_a_point_of_slope_zero(f, kind, index):
    (point,) = phase_line(f, -1, 1).fixed_points
    assert point.kind == kind
    assert point.index == index
    assert point.stable == (index == 1)
