"""Lyapunov exponents that go on, in discrete time, and what follows from them."""

import pickle

import numpy as np
import pytest

import rheobase as rb
from rheobase.dynamics import Field, Lorenz, RateField, lyapunov_exponents, phase_line


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


class Stopped(Lorenz):
    """A field at which somebody presses Ctrl-C after so many evaluations."""

    def __init__(self, calls):
        super().__init__()
        self.calls = calls

    def variation(self, u, vectors):
        self.calls -= 1
        if not self.calls:
            raise KeyboardInterrupt
        return Field(Lorenz()).variation(u, vectors)


@pytest.mark.parametrize(("rounds", "enough"), [(3, False), (14, True)])
def test_interrupted_exponents_keep_what_was_done_and_go_on(rounds, enough):
    options = {"dt": 0.01, "every": 0.1}
    whole = lyapunov_exponents(Lorenz(), [1.0, 1.0, 20.0], 2.0, **options)
    with pytest.raises(rb.Interrupted, match="stopped by Ctrl-C") as stopped:
        lyapunov_exponents(Stopped(40 * rounds + 17), [1.0, 1.0, 20.0], 2.0, **options)
    kept = stopped.value.result
    assert kept.interrupted
    assert kept.duration == pytest.approx(0.1 * rounds)
    assert (kept.growth == whole.growth[:rounds]).all()
    assert np.isfinite(kept.standard_errors).all() == enough
    again = lyapunov_exponents(Lorenz(), pickle.loads(pickle.dumps(kept)), 2.0 - 0.1 * rounds, **options)
    assert not again.interrupted
    assert again.growth == pytest.approx(whole.growth, abs=1e-12)
    with pytest.raises(KeyboardInterrupt) as early:
        lyapunov_exponents(Stopped(30), [1.0, 1.0, 20.0], 2.0, **options)
    assert not isinstance(early.value, rb.Interrupted)


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


def test_where_volumes_are_kept_the_dimension_is_that_of_the_space():
    found = lyapunov_exponents(lambda u: np.zeros(2), [1.0, 2.0], 10)
    assert found.dimension == 2
    assert np.isnan(lyapunov_exponents(lambda u: np.zeros(2), [1.0, 2.0], 10, n=1).dimension)
