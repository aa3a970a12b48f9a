"""Hamiltonian networks: equations, gradients, energy rates, manifolds, and the printed forms that are wrong."""

import numpy as np
import pytest

from rheobase.dynamics.hamiltonian import (
    AntisymmetricNetwork,
    ExcitatoryInhibitoryNetwork,
    Logistic,
    Oscillator,
    SymmetricNetwork,
    Tanh,
    energy_balance,
    simulate,
)

RNG = np.random.Generator(np.random.Philox(5))


def symmetric_matrix(n, scale=0.7):
    A = RNG.normal(0, scale, (n, n))
    return (A + A.T) / 2


def symmetric():
    return SymmetricNetwork(symmetric_matrix(6), RNG.normal(0, 0.3, 6))


def symmetric_logistic():
    return SymmetricNetwork(symmetric_matrix(5, 2.0), RNG.normal(0, 0.3, 5), Logistic())


def antisymmetric():
    A = RNG.normal(0, 0.7, (5, 5))
    return AntisymmetricNetwork(A - A.T, RNG.normal(0, 0.3, 5))


def excitatory_inhibitory():
    C = RNG.normal(0, 0.5, (3, 3))
    return ExcitatoryInhibitoryNetwork(
        symmetric_matrix(4, 0.3),
        RNG.normal(0, 1, (4, 3)),
        C @ C.T,
        RNG.normal(0, 0.3, 4),
        RNG.normal(0, 0.3, 3),
        tau_x=1.0,
        tau_y=0.7,
        r=0.8,
        f=Tanh(),
        g=Logistic(),
    )


NETWORKS = {f.__name__: f() for f in (symmetric, symmetric_logistic, antisymmetric, excitatory_inhibitory)}
SYSTEMS = {**NETWORKS, "oscillator": Oscillator(0.3, mass=2.0, stiffness=1.5)}


def a_state(network):
    if isinstance(network, ExcitatoryInhibitoryNetwork):
        return np.concatenate([0.8 * np.tanh(RNG.normal(0, 1, network.n)), RNG.uniform(0.1, 0.9, network.m)])
    if isinstance(network.transfer, Logistic):
        return RNG.uniform(0.1, 0.9, network.size)
    return RNG.uniform(-0.9, 0.9, network.size)


def off_manifold(system):
    if isinstance(system, Oscillator):
        return np.array([0.7, -1.1])
    z = system.lift(a_state(system))
    z[system.size :] += RNG.normal(0, 0.5, system.size)
    return z


def differences(function, z, h=1e-5):
    columns = [(function(z + h * e) - function(z - h * e)) / (2 * h) for e in np.eye(z.size)]
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("name", SYSTEMS)
def test_gradient_and_jacobian_by_central_differences(name):
    system, z = SYSTEMS[name], off_manifold(SYSTEMS[name])
    # h²/6 times a third derivative of order 10 plus rounding 1e-16/h: 1e-8 leaves a margin.
    np.testing.assert_allclose(system.gradient(z), differences(system.energy, z), atol=1e-8)
    np.testing.assert_allclose(system.jacobian(z), differences(system.field, z), atol=1e-8)


@pytest.mark.parametrize("name", SYSTEMS)
def test_energy_rate_is_the_chain_rule(name):
    system = SYSTEMS[name]
    for z in (off_manifold(system), off_manifold(system)):
        assert system.energy_rate(z) == pytest.approx(system.gradient(z) @ system.field(z), abs=1e-12)
    path = simulate(system, off_manifold(system), duration=3, dt=0.01, method="rk4")
    balance = energy_balance(system, path)
    assert balance.mismatch < 1e-8
    # The closed form is also the slope of H along the computed path. Five-point differences err by dt⁴/30 times the
    # fifth derivative, which for rates up to 4 and H of order 3 is 3e3: 1e-6; the limit leaves a factor of ten.
    h = balance.energy
    slope = (h[:-4] - 8 * h[1:-3] + 8 * h[3:-1] - h[4:]) / (12 * 0.01)
    np.testing.assert_allclose(slope, balance.closed_form[2:-2], atol=1e-5)


@pytest.mark.parametrize("name", SYSTEMS)
def test_stacks_of_points(name):
    system = SYSTEMS[name]
    stack = np.stack([off_manifold(system), off_manifold(system)])
    np.testing.assert_allclose(system.field(stack.T).T, [system.field(one) for one in stack], atol=1e-13)
    for method in (system.energy, system.gradient, system.energy_rate):
        np.testing.assert_allclose(method(stack), [method(one) for one in stack], atol=1e-13)


@pytest.mark.parametrize("name", NETWORKS)
def test_phase_space_repeats_state_space_on_the_manifold(name):
    network = NETWORKS[name]
    s = a_state(network)
    z = network.lift(s)
    np.testing.assert_allclose(network.deviation(z), 0, atol=1e-14)
    np.testing.assert_allclose(network.field(z)[: network.size], network.state_field(s), atol=1e-14)
    path = simulate(network, z, duration=10, dt=0.05, method="rk4")
    assert np.abs(network.deviation(path.states)).max() < 1e-11


@pytest.mark.parametrize("name", ["symmetric", "symmetric_logistic"])
@pytest.mark.parametrize("start", ["on", "off"])
def test_symmetric_network_loses_energy(name, start):
    network = NETWORKS[name]
    z0 = network.lift(a_state(network)) if start == "on" else off_manifold(network)
    balance = energy_balance(network, simulate(network, z0, duration=30, dt=0.05, method="rk4"))
    assert balance.closed_form.max() <= 1e-14
    assert balance.largest_increase < 1e-12  # rounding of H
    assert balance.energy[-1] < balance.energy[0] - 0.01


def test_symmetric_energy_on_the_manifold_is_twice_the_state_energy():
    network = NETWORKS["symmetric"]
    x = np.stack([a_state(network) for _ in range(20)])
    np.testing.assert_allclose(network.energy(network.lift(x)), 2 * network.state_energy(x), atol=1e-13)


def test_symmetric_hamiltonian_form_and_deviation():
    network, z = NETWORKS["symmetric"], off_manifold(NETWORKS["symmetric"])
    n, f, f_inverse = network.size, np.tanh, np.arctanh
    x, p = z[:n], z[n:]
    dH_dx, dH_dp = np.split(network.gradient(z), 2)
    dx, dp = np.split(network.field(z), 2)
    friction = 2 * (f_inverse(x + dx) - f_inverse(x))
    np.testing.assert_allclose(dx, dH_dp, atol=1e-14)
    np.testing.assert_allclose(dp, -dH_dx - friction, atol=1e-12)
    d, W = network.deviation(z), network.W
    np.testing.assert_allclose(d + W @ dx - dp, W @ (f(p) - f(network.b + W @ x)), atol=1e-13)
    # The second line printed for the rate, −x'ᵀ{p' − 2[…]} + p'ᵀx', has a wrong sign; with + it is the rate.
    rate = dH_dx @ dx + dH_dp @ dp
    assert -dx @ (dp + friction) + dp @ dx == pytest.approx(rate, abs=1e-12)
    assert abs(-dx @ (dp - friction) + dp @ dx - rate) > 0.1


def test_manifold_of_the_symmetric_network_does_not_always_attract():
    gentle = SymmetricNetwork([[0.0, 0.5], [0.5, 0.0]])
    assert gentle.manifold_rates([0.0, 0.0]).real.max() == pytest.approx(-0.5)
    strong = SymmetricNetwork([[0.0, 3.0], [3.0, 0.0]])
    assert strong.manifold_rates([0.0, 0.0]).real.max() == pytest.approx(2.0)


def test_oscillator_loses_what_friction_takes():
    spring = Oscillator(friction=0.2)
    z = np.array([0.7, -1.1])
    dx, dp = spring.field(z)
    assert spring.energy_rate(z) == pytest.approx(-0.2 * dx**2)
    # The printed first line, x' = ∂H/∂p p' + ∂H/∂x x', is a formula for dH/dt: as one for x' it fails.
    chain = spring.gradient(z) @ np.array([dx, dp])
    assert chain == pytest.approx(-0.2 * dx**2)
    assert abs(chain - dx) > 0.5


@pytest.mark.parametrize("shift", [0.5, -1.0])
def test_manifold_attracts_at_rate_r(shift):
    network = NETWORKS["excitatory_inhibitory"]
    z0 = network.lift(a_state(network))
    z0[network.size :] += shift
    path = simulate(network, z0, duration=5, dt=0.02, method="rk4")
    d = network.deviation(path.states)
    # d' = −r d exactly, so its Runge–Kutta solution errs by (r dt)⁴/120 relative to time: 3e-9.
    np.testing.assert_allclose(d, d[0] * np.exp(-0.8 * path.times)[:, None], rtol=1e-7)


def test_excitatory_inhibitory_energy():
    network = NETWORKS["excitatory_inhibitory"]
    assert network.dissipative()
    low, high = network.dissipative_rates()
    assert low <= 0.8 <= high
    balance = energy_balance(network, simulate(network, network.lift(a_state(network)), 40, 0.05, method="rk4"))
    assert balance.largest_increase < 1e-12
    assert balance.energy[-1] < balance.energy[0] - 0.1


def test_dissipative_rates_against_the_definition():
    for r in (0.05, 0.6, 1.5):
        network = ExcitatoryInhibitoryNetwork([[1.5]], [[2.0]], [[0.0]], r=r, tau_x=2.0, tau_y=0.8)
        low, high = network.dissipative_rates()
        assert (low, high) == pytest.approx((0.25, 1.25))
        assert network.dissipative() == (low <= r <= high)
    assert ExcitatoryInhibitoryNetwork([[4.0]], [[2.0]], [[0.0]]).dissipative_rates() is None


def test_excitatory_inhibitory_hamiltonian_form():
    network, z = NETWORKS["excitatory_inhibitory"], off_manifold(NETWORKS["excitatory_inhibitory"])
    n, m, r = network.n, network.m, network.r
    x, y, _, p_y = np.split(z, [n, n + m, 2 * n + m])
    H_x, H_y, H_px, H_py = np.split(network.gradient(z), [n, n + m, 2 * n + m])
    dx, dy, dp_x, dp_y = np.split(network.field(z), [n, n + m, 2 * n + m])
    A, B, C = network.A, network.B, network.C
    rise_x = network.f.inverse(network.tau_x * dx + x) - network.f.inverse(x)
    rise_y = network.g.inverse(network.tau_y * dy + y) - network.g.inverse(y)
    off = network.v + B.T @ x - C @ y - p_y
    np.testing.assert_allclose([*dx, *dy], [*H_px, *H_py], atol=1e-14)
    np.testing.assert_allclose(dp_x, -H_x + A @ dx - B @ dy - (1 / network.tau_x + r) * rise_x, atol=1e-11)
    without = -H_y + B.T @ dx - C @ dy - (1 / network.tau_y - r) * rise_y
    np.testing.assert_allclose(dp_y, without + 2 * r * off, atol=1e-11)
    # Printed is 2r y'ᵀ(…), a number where a vector belongs: that term is part of dH/dt.
    assert np.abs(dp_y - (without + 2 * r * dy @ off)).max() > 0.01
    assert network.energy_rate(z) == pytest.approx(
        dx @ A @ dx
        - dy @ C @ dy
        - (1 / network.tau_x + r) * dx @ rise_x
        - (1 / network.tau_y - r) * dy @ rise_y
        + 2 * r * dy @ off,
        abs=1e-11,
    )


def test_state_energy_of_the_excitatory_inhibitory_network():
    network = NETWORKS["excitatory_inhibitory"]
    s = a_state(network)
    x, y = s[: network.n], s[network.n :]
    expected = [
        *(network.f.inverse(x) - network.u - network.A @ x + network.B @ y),
        *(network.v + network.B.T @ x - network.C @ y - network.g.inverse(y)),
    ]
    gradient = differences(network.state_energy, s)
    np.testing.assert_allclose(gradient, expected, atol=1e-8)

    # The slides leave S undefined. With the opposite sign of the inhibitory part, as a plain sum of two energies would
    # have it, p_y' no longer has Hamiltonian form.
    def summed(s):
        along_y = (network.v - 0.5 * s[network.n :] @ network.C) * s[network.n :]
        return network.state_energy(s) - 2 * (along_y - network.g.conjugate(s[network.n :])).sum()

    assert np.abs(differences(summed, s) - expected).max() > 0.1


def test_weight_to_inhibition_does_not_dissipate():
    base = NETWORKS["excitatory_inhibitory"]
    z = base.lift(a_state(base))
    z2 = ExcitatoryInhibitoryNetwork(
        base.A, 0 * base.B, base.C, base.u, base.v, tau_x=1.0, tau_y=0.7, r=0.8, f=Tanh(), g=Logistic()
    )
    x, y = z[: base.n], z[base.n : base.size]
    # The same point of phase space: B only enters through the last term, which moving v makes equal.
    z2.v = base.v + base.B.T @ x
    assert z2.energy_rate(z) == pytest.approx(base.energy_rate(z), abs=1e-13)
    assert y.size == base.m


BAD = [
    (lambda: SymmetricNetwork([[0, 1], [0, 0]]), ValueError, "W must be symmetric"),
    (lambda: SymmetricNetwork([[0, 1, 2], [0, 0, 1]]), ValueError, "W must be square"),
    (lambda: SymmetricNetwork([[0, np.nan], [np.nan, 0]]), ValueError, "W must be finite"),
    (lambda: SymmetricNetwork("W"), TypeError, "W must be an array"),
    (lambda: SymmetricNetwork(np.eye(2), [1, 2, 3]), ValueError, "b must be a number or have shape"),
    (lambda: SymmetricNetwork(np.eye(2)).energy([0, 0]), ValueError, "z must have 4 entries"),
    (lambda: SymmetricNetwork(np.eye(2)).lift([0, 0, 0]), ValueError, "x must have 2 entries"),
    (lambda: SymmetricNetwork(np.eye(2)).energy([1.5, 0, 0, 0]), ValueError, "state of a tanh network"),
    (lambda: SymmetricNetwork(np.eye(2)).field([np.inf, 0, 0, 0]), ValueError, "z must be finite"),
    (lambda: AntisymmetricNetwork(np.eye(2)), ValueError, "A must be antisymmetric"),
    (lambda: ExcitatoryInhibitoryNetwork([[0, 1], [0, 0]], [[1], [1]], [[0]]), ValueError, "A must be symmetric"),
    (lambda: ExcitatoryInhibitoryNetwork([[1]], [[1, 2]], [[0]]), ValueError, "B must have shape"),
    (lambda: ExcitatoryInhibitoryNetwork([[1]], [[1]], [[0]], tau_x=0), ValueError, "tau_x must be > 0"),
    (lambda: ExcitatoryInhibitoryNetwork([[1]], [[1]], [[0]], r=-1), ValueError, "r must be >= 0"),
    (lambda: Oscillator(friction=-0.1), ValueError, "friction must be >= 0"),
    (lambda: Oscillator(mass=0), ValueError, "mass must be > 0"),
    (lambda: Oscillator("no"), TypeError, "friction must be a number"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()
