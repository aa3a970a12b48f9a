"""Orders of convergence, exact solutions, and the statistics of noise."""

import numpy as np
import pytest

import rheobase as rb

#: A smooth nonlinear system: an oscillator whose period depends on its amplitude.
OSCILLATOR = {
    "equations": """
        dx/dt = -0.3*x + y - 0.2*x**3
        dy/dt = -x - 0.1*y + 0.3*cos(x)
        """,
    "initial": {"x": 1.0, "y": -0.5},
}


def end(model, dt, duration=4.0, **given):
    net = rb.Network(dt=dt)
    e = net.add(model(**given), 1, name="e")
    net.run(duration)
    return np.array([e[v][0] for v in e.variables])


@pytest.mark.parametrize(
    ("method", "order"), [("euler", 1), ("exponential_euler", 1), ("heun", 2), ("etd2", 2), ("rk4", 4)]
)
def test_schemes_converge_with_their_order(method, order):
    Oscillator = rb.neuron("Oscillator", **OSCILLATOR)
    true = end(Oscillator, 1 / 256, method="rk4")
    errors = [np.abs(end(Oscillator, dt, method=method) - true).max() for dt in (1 / 16, 1 / 32)]
    assert order - 0.35 < np.log2(errors[0] / errors[1]) < order + 0.5


#: Each equation is linear in its own variable, and z follows x alone.
PREY = """
    dx/dt = x*(0.5 - y*z) + 0.1
    dy/dt = y*(x - 1) - 0.2*x
    dz/dt = 0.3*(1/(1 + exp(-x)) - z)
    """


def test_exponential_midpoint_is_of_second_order_where_it_is_offered():
    Prey = rb.neuron("Prey", PREY, initial={"x": 1.5, "y": 0.4, "z": 0.2})
    assert Prey.model.methods[0] == "exponential_midpoint"
    true = end(Prey, 1 / 256, method="rk4")
    errors = [np.abs(end(Prey, dt, method="exponential_midpoint") - true).max() for dt in (1 / 16, 1 / 32)]
    assert 1.8 < np.log2(errors[0] / errors[1]) < 2.2


def test_exponential_midpoint_is_not_offered_where_the_others_depend_on_each_other():
    Prey = rb.neuron("Prey", PREY.replace("0.3*(", "0.3*(y + "), initial={"x": 1.5, "y": 0.4, "z": 0.2})
    assert Prey.model.methods[:2] == ["exponential_euler", "etd2"]


def test_exact_is_exact_for_one_variable():
    Leak = rb.neuron("Leak", "dV/dt = (E - V)/tau", parameters={"E": 3.0, "tau": 7.0}, initial={"V": 10})
    assert Leak.model.methods[0] == "exact"
    assert end(Leak, 0.5, 20.0)[0] == pytest.approx(3 + 7 * np.exp(-20 / 7), rel=1e-14)


@pytest.mark.parametrize("tau", [1e-2, 5.0, 1e5])
def test_exact_is_exact_for_a_coupled_system(tau):
    from scipy.linalg import expm

    Pair = rb.neuron(
        "Pair",
        "dV/dt = (g - V)/tau_m + w\ndg/dt = -g/tau_s\ndw/dt = -0.2*V - 0.1*w",
        parameters={"tau_m": 10.0, "tau_s": tau},
        initial={"V": 1, "g": 2, "w": 3},
    )
    assert Pair.model.methods[0] == "exact"
    A = np.array([[-0.1, 0.1, 1], [0, -1 / tau, 0], [-0.2, 0, -0.1]])
    np.testing.assert_allclose(end(Pair, 0.25, 5.0), expm(5 * A) @ [1, 2, 3], rtol=1e-12, atol=1e-14)


def noisy(equations, n=20000, duration=5.0, dt=0.05, method=None, initial=0.0, seed=1):
    Noisy = rb.neuron("Noisy", equations, initial={"x": initial})
    net = rb.Network(dt=dt, seed=seed)
    e = net.add(Noisy(method=method), n, name="e")
    net.run(duration)
    return e["x"]


@pytest.mark.parametrize("method", ["exponential_euler", "euler", "heun"])
def test_an_ornstein_uhlenbeck_process_has_its_moments(method):
    dt, n = 0.05, 20000
    x = noisy("dx/dt = (2 - x)/1.0 + 0.5*sqrt(2)*xi", duration=8.0, method=method)
    # stationary: mean 2, variance 0.25 for the exact scheme; Euler's variance is 0.25 / (1 - dt / 2)
    variance = {"exponential_euler": 0.25, "euler": 0.25 / (1 - dt / 2), "heun": 0.25}[method]
    assert abs(x.mean() - 2) < 5 * np.sqrt(0.25 / n) + 2 * np.exp(-8)
    assert abs(x.var() / variance - 1) < 5 * np.sqrt(2 / n) + dt**2


def test_multiplicative_noise_is_ito_by_euler_and_stratonovich_by_heun():
    n, s = 100000, 0.4
    spread = np.sqrt(np.exp(s**2) - 1)  # standard deviation over mean of a lognormal number
    ito = noisy("dx/dt = 0.4*x*xi", n, 1.0, 0.01, "euler", 1.0)
    stratonovich = noisy("dx/dt = 0.4*x*xi", n, 1.0, 0.01, "heun", 1.0)
    assert abs(ito.mean() - 1.0) < 5 * spread / np.sqrt(n) + 1e-3
    drifted = np.exp(0.5 * s**2)
    assert abs(stratonovich.mean() / drifted - 1) < 5 * spread / np.sqrt(n) + 1e-3


def test_noises_are_independent_where_their_names_differ_and_shared_where_not():
    def correlation(first, second):
        Two = rb.neuron("Two", f"dx/dt = -x + {first}\ndy/dt = -y + {second}", initial={"x": 0, "y": 0})
        net = rb.Network(dt=0.1, seed=2)
        e = net.add(Two(), 20000, name="e")
        net.run(3)
        return np.corrcoef(e["x"], e["y"])[0, 1]

    assert correlation("xi", "xi") == pytest.approx(1.0, abs=1e-12)
    assert abs(correlation("xi_1", "xi_2")) < 5 / np.sqrt(20000)


def test_neurons_steps_and_populations_have_noise_of_their_own():
    Walk = rb.neuron("Walk", "dx/dt = xi", initial={"x": 0})
    net = rb.Network(dt=0.1, seed=2)
    a, b = net.add(Walk(), 1000, name="a"), net.add(Walk(), 1000, name="b")
    net.record(a, "x")
    steps = np.diff(net.run(100).states("a", "x").values, axis=0)
    assert abs(np.corrcoef(steps[:-1].ravel(), steps[1:].ravel())[0, 1]) < 5 / np.sqrt(steps.size)
    assert abs(np.corrcoef(steps[:, :-1].ravel(), steps[:, 1:].ravel())[0, 1]) < 5 / np.sqrt(steps.size)
    assert abs(np.corrcoef(a["x"], b["x"])[0, 1]) < 5 / np.sqrt(1000)
    assert abs(steps.var() / 0.1 - 1) < 5 * np.sqrt(2 / steps.size)


def test_random_numbers_of_statements_are_uniform_and_normal():
    Draw = rb.neuron(
        "Draw",
        "u : 1 (state)\nz : 1 (state)\nk : 1 (state)",
        threshold="not_refractory",
        reset="u = rand(); z = randn(); k += int(rand() < 0.3)",
        initial={"u": 0, "z": 0, "k": 0},
    )
    net = rb.Network(dt=1.0, seed=3)
    e = net.add(Draw(), 5000, name="e")
    net.record(e, "u")
    u = net.run(20).states("e", "u").values[1:]
    n = u.size
    assert abs(u.mean() - 0.5) < 5 / np.sqrt(12 * n)
    assert abs(u.var() - 1 / 12) < 5 / np.sqrt(180 * n)
    assert abs(e["z"].mean()) < 5 / np.sqrt(5000)
    assert abs(e["k"].mean() / 20 - 0.3) < 5 * np.sqrt(0.21 / (20 * 5000))
