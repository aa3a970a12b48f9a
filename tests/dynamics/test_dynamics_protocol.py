"""One protocol of a vector field: every kind of system is understood by every tool."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.attractors import cross_pattern, smiley_pattern
from rheobase.dynamics import (
    Field,
    Lorenz,
    euler,
    find_slow_points,
    fixed_points,
    limit_cycle,
    lyapunov_exponents,
    newton,
    numerical_jacobian,
    rk4,
    trajectory,
)
from rheobase.dynamics.hamiltonian import AntisymmetricNetwork, Oscillator, SymmetricNetwork
from rheobase.theory.random_networks import random_network

RNG = np.random.Generator(np.random.Philox(3))
COUPLING = RNG.normal(0, 0.6, (3, 3))
SYSTEMS = {
    "function": (lambda u: np.stack([u[1], -u[0] - 0.3 * u[1]]), [0.2, 0.4]),
    "rate network": (rb.rates.excitatory_inhibitory(), [6.0, 13.0]),
    "current network": (rb.rates.excitatory_inhibitory(form="current"), [3.0, -5.0]),
    "plastic network": (rb.rates.PlasticNetwork(rb.rates.excitatory_inhibitory(r_x=10)), [5.0, 16.0, -2800.0]),
    "random network": (random_network(5, 2.0, 0.3, seed=1), [0.1, -0.4, 0.3, 0.9, -1.0]),
    "symmetric": (SymmetricNetwork(COUPLING + COUPLING.T), [0.1, -0.2, 0.3, 0.2, 0.1, 0.0]),
    "antisymmetric": (AntisymmetricNetwork(COUPLING - COUPLING.T), [0.1, -0.2, 0.3, 0.2, 0.1, 0.0]),
    "oscillator": (Oscillator(friction=0.3), [0.2, 0.4]),
    "Lorenz": (Lorenz(), [1.0, -2.0, 20.0]),
    "Morris-Lecar": (rb.MorrisLecar(I_x=50), [-25.0, 0.2]),
    "theta": (rb.ThetaNeuron(I_x=0.3), [0.4]),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_is_a_field(name):
    source, u = SYSTEMS[name]
    F, u = Field(source), np.array(u)
    states = np.stack([u, 1.1 * u, 0.9 * u], axis=1)
    assert F.many(states)[:, 1] == pytest.approx(F(1.1 * u), rel=1e-13, abs=1e-13)
    assert F.jacobian(u) == pytest.approx(numerical_jacobian(F, u), rel=1e-7, abs=1e-8)
    assert F.many_jacobians(states)[2] == pytest.approx(F.jacobian(0.9 * u), rel=1e-9, abs=1e-9)
    vectors = np.eye(len(u))[:, :1]
    value, moved = F.variation(u, vectors)
    assert value == pytest.approx(F(u), rel=1e-13, abs=1e-13)
    assert moved[:, 0] == pytest.approx(F.jacobian(u)[:, 0], rel=1e-9, abs=1e-9)
    assert trajectory(source, u, 0.2, 0.1).states.shape == (3, len(u))
    assert find_slow_points(source, [u]).starts == 1
    assert lyapunov_exponents(source, u, 1.0, dt=0.01, n=1).exponents.shape == (1,)


def test_the_neurons_of_the_engine_have_fixed_points():
    (rest,) = fixed_points(rb.MorrisLecar(I_x=50), [(-80, 60), (-0.2, 1.2)])
    assert rest.kind == "stable spiral"
    assert np.abs(rb.MorrisLecar(I_x=50).field(rest.u)).max() < 1e-9


def reusing(u, memory=np.empty(2)):  # noqa: B008 (the very same memory again and again is the point)
    memory[0], memory[1] = u[0] - u[0] ** 3, -u[1]
    return memory


def overwriting(u):
    u[0], u[1] = u[0] - u[0] ** 3, -u[1]
    return u


@pytest.mark.parametrize("field", [reusing, overwriting])
def test_fields_may_do_with_memory_what_they_like(field):
    assert Field(field).jacobian([1.0, 0.0]) == pytest.approx(np.diag([-2.0, -1.0]), abs=1e-11)
    assert [p.kind for p in fixed_points(field, [(-2, 2.1), (-1, 1.2)])] == ["stable node", "saddle", "stable node"]
    assert newton(field, [0.8, 0.3]) == pytest.approx([1, 0], abs=1e-12)
    assert find_slow_points(field, [[0.8, 0.3], [0.1, 0.2]]).points == pytest.approx(
        np.array([[-1, 0], [0, 0], [1, 0]]), abs=1e-10
    )
    for solver in (euler, rk4):
        path = solver(lambda u, t: field(u), [0.5, 1.0], [0, 0.1, 0.2])
        clean = solver(lambda u, t: np.array([u[0] - u[0] ** 3, -u[1]]), [0.5, 1.0], [0, 0.1, 0.2])
        assert (path == clean).all()
    assert lyapunov_exponents(field, [0.9, 0.1], 30, t_start=10).exponents == pytest.approx([-1, -2], abs=1e-3)


def test_a_cycle_of_a_field_that_reuses_its_memory():
    memory = np.empty(2)

    def hopf(u):
        r2 = u[0] ** 2 + u[1] ** 2
        memory[:] = u[0] * (1 - r2) - u[1], u[1] * (1 - r2) + u[0]
        return memory

    cycle = limit_cycle(hopf, [0.5, 0], t_start=30, max_period=20)
    assert cycle.period == pytest.approx(2 * np.pi, abs=1e-8)
    assert cycle.stable


def test_exponents_come_with_their_error():
    found = lyapunov_exponents(Lorenz(), [1.0, 1, 1], 100, t_start=20, every=0.5, n=1)
    assert abs(found.exponents[0] - 0.906) < 4 * found.standard_errors[0]
    assert 1e-3 < found.standard_errors[0] < 0.1


def test_all_nine_fixed_points_of_a_network_with_two_memories():
    """Four memories, four mixtures and the origin: in 64 dimensions."""
    W = rb.learning.hebbian(np.stack([cross_pattern(), smiley_pattern()]), diagonal=True)
    network = rb.rates.RateNetwork(W, 0.0, rb.rates.Tanh(width=1 / 3), tau=1.0, dimensionless=True)
    found = network.fixed_points([(-1.01, 1.01)] * 64, starts=150)
    overlaps = np.array([p.u for p in found if p.stable]) @ np.stack([cross_pattern(), smiley_pattern()]).T / 64
    assert len(overlaps) == 4
    assert np.sort(np.abs(overlaps).max(axis=1)) == pytest.approx(np.full(4, np.abs(overlaps).max()), abs=1e-6)
    assert found.inward
    assert found.complete == (len(found) == 9)
    assert found.index_sum == 1 or not found.complete


def test_the_sum_of_indices_tells_that_points_are_missing():
    all_of_them = fixed_points(lambda u: np.tanh(3 * u) - u, [(-2, 2)] * 3)
    assert (len(all_of_them), all_of_them.index_sum, all_of_them.complete) == (27, 1, True)
    part = type(all_of_them)(all_of_them[1:], inward=True)
    assert part.complete is False
    assert "some are missing" in part._repr_html_()
    assert fixed_points(lambda u: u - u**3, (-0.5, 0.6)).complete is None


@pytest.mark.parametrize("power", [2, 3, 5, 7])
def test_a_degenerate_point_comes_once(power):
    starts = RNG.normal(size=(200, 1))
    assert len(find_slow_points(lambda x: -(x**power), starts)) == 1
    both = find_slow_points(lambda x: np.stack([-(x[0] ** power), -x[1]]), RNG.normal(size=(100, 2)))
    assert both.points == pytest.approx(np.zeros((1, 2)), abs=1e-3)
    box = [(-1.3, 1)] * 3
    assert len(fixed_points(lambda x: np.stack([-(x[0] ** power), -x[1], -x[2]]), box, starts=50)) == 1


@pytest.mark.parametrize(
    ("field", "where"),
    [
        (lambda u: np.stack([u[0] ** 2, u[1]]), [0, 0]),
        (lambda u: np.stack([(u[0] - 0.21) ** 2, u[1] - 0.33]), [0.21, 0.33]),
        (lambda u: np.stack([u[1] - u[0] ** 2, u[1]]), [0, 0]),
        (lambda u: np.stack([(u[0] + u[1]) ** 2, (u[0] - u[1] - 0.3) ** 2]), [0.15, -0.15]),
        (lambda u: np.stack([-(u[0] ** 3), -u[1]]), [0, 0]),
    ],
)
def test_zeros_that_the_plane_only_touches(field, where):
    (point,) = fixed_points(field, [(-1.03, 1), (-1, 1.1)])
    assert point.u == pytest.approx(where, abs=1e-6)
    assert point.kind == "degenerate"


@pytest.mark.parametrize("distance", [1e-5, 1e-6, 1e-7, 1e-8])
def test_three_points_close_to_a_fold(distance):
    """Where two points are about to meet, an even number is impossible."""
    t = np.sqrt(1 - 1 / (60 * 0.05))
    fold = np.arctanh(t) - 60 * 0.05 * (1 + t)
    found = rb.rates.self_connected_neuron(0.05, fold + distance).fixed_points((0, 120))
    assert [p.kind for p in found] in (["stable", "unstable", "stable"], ["stable"])
    inside = rb.rates.self_connected_neuron(0.05, fold - distance).fixed_points((0, 120))
    assert sorted([len(found), len(inside)]) == [1, 3]
