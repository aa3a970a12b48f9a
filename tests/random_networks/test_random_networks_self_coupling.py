"""Self-coupled units: where silence and fixed points end, and the chaos beyond, against networks."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from rheobase.theory.random_networks import (
    ERF,
    aligned_rest,
    critical_noise,
    largest_stable_gain,
    random_network,
    sampled_state,
)


def state_of(z, s):
    """The outer state x = s tanh x + z."""
    return brentq(lambda x: x - s * np.tanh(x) - z, np.arccosh(np.sqrt(max(s, 1.0))) + 1e-12, z + s + 1)


@pytest.mark.parametrize(("g", "s", "D"), [(0.5, 2.0, 0.0), (2.0, 1.3, 0.4), (1.5, 0.7, 0.0)])
def test_aligned_rest_solves_its_equation(g, s, D):
    found = aligned_rest(g, s, D)
    q = found.input_variance

    def average(function):
        inside = lambda z: function(state_of(z, s)) * np.exp(-(z**2) / (2 * q)) / np.sqrt(2 * np.pi * q)  # noqa: E731
        return 2 * quad(inside, 0, 12 * np.sqrt(q), epsabs=1e-9, points=[np.sqrt(q)])[0]

    assert q == pytest.approx(g**2 * average(lambda x: np.tanh(x) ** 2) + D, rel=1e-7)
    assert found.variance == pytest.approx(average(lambda x: x**2), rel=1e-7)
    assert found.radius**2 == pytest.approx(g**2 * average(lambda x: (1 / (np.cosh(x) ** 2 - s)) ** 2), rel=1e-6)


@pytest.mark.parametrize(("g", "s", "D"), [(0.8, 2.0, 0.0), (3.0, 1.1, 0.0), (2.0, 0.5, 0.3)])
def test_eigenvalues_at_rest_end_at_the_edge(g, s, D):
    found, n, random = aligned_rest(g, s, D), 500, np.random.default_rng(1)
    z = np.abs(random.standard_normal(n)) * np.sqrt(found.input_variance)
    x = np.array([state_of(each, s) for each in z])
    network = random_network(n, g, D, self_coupling=s, seed=2)
    # Single eigenvalues pass the edge by some n^(-1/2) of the extent of the bulk.
    extent = found.edge + 1
    assert network.eigenvalues(x).real.max() == pytest.approx(found.edge, abs=2.5 * extent / np.sqrt(n))


def test_rest_ends_where_it_is_known_to():
    for s in (-0.7, 0.0, 0.6, 0.99):
        assert largest_stable_gain(s) == pytest.approx(1 - s)
    assert critical_noise(largest_stable_gain(0.0, 0.3)) == pytest.approx(0.3, rel=1e-9)
    assert critical_noise(largest_stable_gain(0.0, 2.0, ERF), ERF) == pytest.approx(2.0, rel=1e-9)
    # Of two states, the more apart they are the less a unit follows what moves it.
    gains = [largest_stable_gain(s) for s in (1.001, 1.5)]
    assert gains == sorted(gains)
    assert gains[0] < 0.05
    last = aligned_rest(gains[-1], 1.5)
    assert (last.radius, last.edge) == pytest.approx((1, 0), abs=1e-8)
    alone = aligned_rest(0.0, 2.0)
    assert alone.variance == pytest.approx(state_of(0.0, 2.0) ** 2)
    assert alone.edge == pytest.approx(2 / np.cosh(state_of(0.0, 2.0)) ** 2 - 1)
    with pytest.raises(ValueError, match="must leave a gain that makes rest unstable"):
        largest_stable_gain(20.0)


@pytest.mark.parametrize(("s", "weak"), [(0.5, 0.5), (1.2, 0.002), (1.4, 0.002)])
def test_networks_rest_where_fixed_points_are_stable_and_never_beyond(s, weak):
    """Closer below the largest stable gain the chaos that comes first outlasts this: at 0.002 no unit is moved over."""
    for factor, rests in ((weak, True), (1.5, False)):
        network = random_network(200, factor * largest_stable_gain(s), self_coupling=s, seed=3)
        x = network.simulate(150, dt=0.25, every=150.0, seed=4).x[-1]
        # At rest what is left falls as exp(edge t); where it does not, the field is of the order of g.
        assert (np.abs(network.field(x)).max() < 1e-3 * network.g) == rests


def test_units_that_rest_where_they_began_are_refused():
    with pytest.raises(ValueError, match="`aligned_rest` gives the most stable"):
        sampled_state(0.3, self_coupling=2.0, longest=10.0, dt=0.25, units=80, rounds=10, seed=1)
