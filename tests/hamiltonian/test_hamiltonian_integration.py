"""Integrators of Hamiltonian systems: order, conserved energy, drift, refusals."""

import pickle

import numpy as np
import pytest

from rheobase.dynamics.hamiltonian import AntisymmetricNetwork, Oscillator, energy_balance, simulate


@pytest.fixture(scope="module")
def network():
    rng = np.random.Generator(np.random.Philox(1))
    A = rng.normal(0, 0.7, (4, 4))
    return AntisymmetricNetwork((A - A.T) / 2**0.5, rng.normal(0, 0.3, 4))


@pytest.fixture(scope="module")
def starts(network):
    rng = np.random.Generator(np.random.Philox(2))
    on = network.lift(rng.normal(0, 1, 4))
    return {"on": on, "off": on + np.concatenate([np.zeros(4), rng.normal(0, 0.2, 4)])}


@pytest.mark.parametrize("where", ["on", "off"])
def test_composed_midpoint_conserves_energy(network, starts, where):
    balance = energy_balance(network, simulate(network, starts[where], duration=50, dt=0.01))
    assert balance.drift < 1e-8


@pytest.mark.parametrize("where", ["on", "off"])
def test_forward_euler_drifts_up(network, starts, where):
    balance = energy_balance(network, simulate(network, starts[where], duration=50, dt=0.01, method="euler"))
    assert balance.energy[-1] > 1.2 * balance.energy[0]
    assert (np.diff(balance.energy[::500]) > 0).all()


def test_energy_error_of_the_midpoint_rule_stays_bounded(network, starts):
    balance = energy_balance(network, simulate(network, starts["on"], duration=100, dt=0.1, method="midpoint"))
    error = np.abs(balance.energy / balance.energy[0] - 1)
    half = len(error) // 2
    assert error[half:].max() < 1.5 * error[:half].max()


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("midpoint", 2), ("rk4", 4), ("composed midpoint", 4)])
def test_order(network, starts, method, order):
    exact = simulate(network, starts["off"], duration=2, dt=0.005, method="rk4").states[-1]
    errors = [
        np.abs(simulate(network, starts["off"], duration=2, dt=dt, method=method).states[-1] - exact).max()
        for dt in (0.1, 0.05)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.35)


def test_midpoint_rule_keeps_a_quadratic_energy_to_rounding():
    spring = Oscillator(mass=2.0)
    balance = energy_balance(spring, simulate(spring, [1.0, 0.5], duration=200, dt=0.5, method="midpoint"))
    assert balance.drift < 1e-12


def test_damped_oscillator_against_its_solution():
    spring = Oscillator(friction=0.4)
    path = simulate(spring, [1.0, 0.0], duration=10, dt=0.05)
    omega = np.sqrt(1 - 0.2**2)
    t = path.times
    exact = np.exp(-0.2 * t) * (np.cos(omega * t) + 0.2 / omega * np.sin(omega * t))
    np.testing.assert_allclose(path.states[:, 0], exact, atol=2e-6)
    assert energy_balance(spring, path).largest_increase < 0


def test_results_are_picklable():
    spring = Oscillator(friction=0.4)
    balance = energy_balance(spring, simulate(spring, [1.0, 0.0], 1, 0.1))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(balance)).energy, balance.energy)
    assert "Energy balance" in balance._repr_html_()


BAD = [
    ({"method": "rk5"}, ValueError, "did you mean 'rk4'"),
    ({"dt": 0.0}, ValueError, "dt must be > 0"),
    ({"dt": "0.1"}, TypeError, "dt must be a number"),
    ({"duration": 1.05}, ValueError, "duration must be a multiple"),
    ({"duration": -1.0}, ValueError, "duration must be at least"),
    ({"x0": [1.0]}, ValueError, r"x0 must have shape \(2,\)"),
    ({"x0": [1.0, np.nan]}, ValueError, "x0 must be finite"),
]


@pytest.mark.parametrize(("change", "error", "text"), BAD)
def test_bad_input(change, error, text):
    arguments = {"x0": [1.0, 0.0], "duration": 1.0, "dt": 0.1, **change}
    with pytest.raises(error, match=text):
        simulate(Oscillator(), **arguments)


def test_too_large_steps_are_named():
    stiff = Oscillator(stiffness=1e30)
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="dt = 1 is too large for euler"):
        simulate(stiff, [1.0, 0.0], duration=100, dt=1.0, method="euler")
    strong = AntisymmetricNetwork([[0.0, -80.0], [80.0, 0.0]])
    with pytest.raises(ValueError, match="dt = 1 is too large for the midpoint rule"):
        simulate(strong, strong.lift([0.3, 0.1]), duration=50, dt=1.0, method="midpoint")


def test_energy_balance_refuses_a_path_of_another_system(network):
    with pytest.raises(ValueError, match=r"trajectory.states must have shape"):
        energy_balance(network, simulate(Oscillator(), [1.0, 0.0], 1, 0.1))
