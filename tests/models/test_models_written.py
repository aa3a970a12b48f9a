"""Models of the library that are written as equations: like the others to use, and right."""

import inspect
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest

import rheobase as rb
from rheobase.models import written
from rheobase.models.written.catalogue import NEURONS

PARAMETERS = [(name, p) for name, model in NEURONS.items() for p in model.model.parameters]
NOTHING_LEFT = {f"q_{kind}_{k}": 0 for kind in ("eta", "gamma") for k in (1, 2)}


def test_the_names_are_known_before_the_texts_are_read():
    assert tuple(NEURONS) == written.NEURONS
    read = "import sys, rheobase; print('rheobase.models.written.catalogue' in sys.modules, 'GIF' in dir(rheobase))"
    done = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("name", NEURONS)
def test_documents_itself(name):
    kind = getattr(rb, name)
    assert kind is NEURONS[name]
    assert name in rb.__all__
    model, text = kind.model, kind.__doc__
    assert model.summary.endswith(".")
    assert re.search(r"\b20\d\d\b", model.reference)
    assert all(line in text for line in model.equation.splitlines())
    assert all(f"{p.name} : " in text and p.doc[1:] in text and p.unit for p in model.parameters)
    assert all(v.doc in text and v.unit != "1" for v in model.variables)
    assert list(inspect.signature(kind).parameters) == [*(p.name for p in model.parameters), "I_x", "method"]
    assert all(p.doc in kind()._repr_html_() for p in model.parameters)


@pytest.mark.parametrize(("name", "p"), PARAMETERS, ids=[f"{n}-{p.name}" for n, p in PARAMETERS])
def test_bounds(name, p):
    model = NEURONS[name]
    assert (p.low == 0.0) == (p.name.startswith(("tau", "t_ref", "lambda")) or p.name in ("D", "g_L"))
    if p.low == 0.0:
        for bad in [-1.0, *([0.0] if p.open else [])]:
            with pytest.raises(ValueError, match=p.name):
                model(**{p.name: bad})
            net = rb.Network(threads=1)
            with pytest.raises(ValueError, match=p.name):
                net.add(model(**{p.name: rb.Uniform(bad - 0.2, bad)}), 2)
    assert getattr(model(), p.name) == p.standard


def test_errors():
    with pytest.raises(ValueError, match="did you mean 'tau_m'"):
        rb.GIF(tau_mm=1)
    with pytest.raises(ValueError, match="name must not be that of a model of the library, got 'GIF'"):
        rb.neuron("GIF", "dV/dt = -V/tau", parameters={"tau": 1}, initial={"V": 0})


@pytest.mark.parametrize("name", NEURONS)
def test_is_saved_and_pickled_by_its_name(name, tmp_path):
    def network():
        net = rb.Network(dt=0.1, seed=3, threads=1)
        net.add(NEURONS[name](tau_m=rb.Uniform(8, 10), I_x=40 * NEURONS[name]().g_L), 20, name="e")
        return net

    whole = network().run(60).spikes("e")
    net = network()
    net.run(30)
    net.save(tmp_path / "half.rheobase")
    again = rb.load(tmp_path / "half.rheobase")
    late = again.run(30).spikes("e")
    expected = whole.between(30, 60)
    assert len(late.times) > 20
    np.testing.assert_allclose(late.times, expected.times[expected.times > 30.01 - 1e-9], atol=1e-9)
    model = NEURONS[name](tau_m=9.0)
    assert type(pickle.loads(pickle.dumps(model))) is NEURONS[name]
    assert pickle.loads(pickle.dumps(model)) == model


def test_spikes_of_gif_are_drawn_with_their_hazard():
    """At a steady hazard each step that is not refractory is one trial with p = 1 - exp(-hazard dt)."""
    n, dt, t_ref = 2000, 0.1, 2.0
    neuron = rb.GIF(E_L=-70, V_re=-70, V_T=-68, D=2, lambda_0=0.1, t_ref=t_ref, **NOTHING_LEFT)
    net = rb.Network(dt=dt, seed=1, threads=1)
    net.add(neuron, n, name="e")
    spikes = net.run(200).spikes("e")
    p = -np.expm1(-0.1 * np.exp(-1.0) * dt)
    last = np.full(n, -np.inf)
    np.maximum.at(last, spikes.indices, spikes.times)
    left = np.clip(np.rint((last + t_ref - 200) / dt), 0, None).sum()  # refractory steps beyond the end
    trials = n * 2000 - len(spikes.times) * round(t_ref / dt) + left
    z = (len(spikes.times) - trials * p) / np.sqrt(trials * p * (1 - p))
    assert abs(z) < 4
    intervals = np.concatenate([np.diff(spikes.times[spikes.indices == k]) for k in range(n)])
    assert intervals.min() == pytest.approx(t_ref + dt)


def test_first_spikes_of_gif_follow_the_integral_of_the_hazard():
    """Each neuron starts as if it had just spiked; V and its threshold have closed forms until it spikes again.

    The distance between the distributions is below sqrt(log(2/p) / 2n) but with probability p (Dvoretzky et al.).
    """
    n, dt, duration = 4000, 0.1, 120.0
    neuron = rb.GIF(I_x=24, V_re=-65, q_eta_1=5, q_eta_2=2, q_gamma_1=6, q_gamma_2=3)
    net = rb.Network(dt=dt, seed=2, threads=1)
    net.add(neuron, n, name="e", V=-65, eta_1=5, eta_2=2, gamma_1=6, gamma_2=3)
    spikes = net.run(duration).spikes("e")
    first = np.full(n, np.inf)
    np.minimum.at(first, spikes.indices, spikes.times)
    t = dt * np.arange(1, round(duration / dt) + 1)
    q = neuron.parameters
    V = q["E_L"] + 24 + (-65 - q["E_L"] - 24) * np.exp(-t / q["tau_m"])
    theta = np.full(t.size, q["V_T"])
    for k, eta, gamma in ((1, 5, 6), (2, 2, 3)):
        tau = q[f"tau_eta_{k}"]
        V -= eta * tau / (tau - q["tau_m"]) * (np.exp(-t / tau) - np.exp(-t / q["tau_m"]))
        theta += gamma * np.exp(-t / q[f"tau_gamma_{k}"])
    hazard = q["lambda_0"] * np.exp((V - theta) / q["D"])
    expected = -np.expm1(-dt * np.cumsum(hazard))
    found = np.searchsorted(np.sort(first), t + dt / 2) / n
    assert expected[-1] > 0.99
    assert np.abs(found - expected).max() < np.sqrt(np.log(2 / 1e-4) / (2 * n))


def test_glif_of_the_first_level_is_a_leaky_integrator_with_a_threshold():
    first = {name: 0.0 for name in ("f_V", "delta_V", "delta_theta", "a_V", "delta_1", "delta_2")}
    shared = {"tau_m": 10.0, "E_L": -70.0, "g_L": 2.0, "V_th": -50.0, "t_ref": 2.0}

    def trace(model):
        net = rb.Network(dt=0.1, threads=1)
        e = net.add(model, 1, name="e")
        net.record(e, "V")
        res = net.run(100)
        return res.spikes("e").times, res.states("e", "V").values

    (times, V), (glif_times, glif_V) = (
        trace(rb.LIF(**shared, V_re=-70, I_x=60)),
        trace(rb.GLIF(**shared, **first, I_x=60)),
    )
    assert len(times) > 5
    np.testing.assert_array_equal(times, glif_times)
    np.testing.assert_allclose(V, glif_V, atol=1e-11)


def test_glif_against_a_plain_loop():
    dt, steps, I_x = 0.1, 4000, 450.0
    neuron = rb.GLIF(I_x=I_x, method="exponential_euler")
    net = rb.Network(dt=dt, threads=1)
    e = net.add(neuron, 1, name="e")
    variables = ["V", "asc_1", "asc_2", "theta_s", "theta_V", "theta"]
    for variable in variables:
        net.record(e, variable)
    res = net.run(dt * steps)
    q = neuron.parameters
    decay = {tau: np.exp(-dt / q[tau]) for tau in ("tau_m", "tau_1", "tau_2", "tau_theta", "tau_V")}
    V, asc_1, asc_2, theta_s, theta_V, rest = q["E_L"], 0.0, 0.0, 0.0, 0.0, 0
    rows, times = [(V, asc_1, asc_2, theta_s, theta_V, q["V_th"])], []
    for step in range(1, steps + 1):
        if rest:
            rest -= 1
        else:
            far, led = q["E_L"] + (I_x + asc_1 + asc_2) / q["g_L"], q["a_V"] * (V - q["E_L"]) * q["tau_V"]
            V = far + (V - far) * decay["tau_m"]
            asc_1, asc_2, theta_s = asc_1 * decay["tau_1"], asc_2 * decay["tau_2"], theta_s * decay["tau_theta"]
            theta_V = led + (theta_V - led) * decay["tau_V"]
            if q["V_th"] + theta_s + theta_V < V:
                V = q["E_L"] + q["f_V"] * (V - q["E_L"]) + q["delta_V"]
                asc_1 = q["f_1"] * np.exp(-q["t_ref"] / q["tau_1"]) * asc_1 + q["delta_1"]
                asc_2 = q["f_2"] * np.exp(-q["t_ref"] / q["tau_2"]) * asc_2 + q["delta_2"]
                theta_s = np.exp(-q["t_ref"] / q["tau_theta"]) * theta_s + q["delta_theta"]
                rest = round(q["t_ref"] / dt)
                times.append(step * dt)
        rows.append((V, asc_1, asc_2, theta_s, theta_V, q["V_th"] + theta_s + theta_V))
    assert len(times) > 5
    np.testing.assert_allclose(res.spikes("e").times, times, atol=1e-9)
    found = np.column_stack([res.states("e", variable).values for variable in variables])
    np.testing.assert_allclose(found, np.array(rows)[-len(found) :], atol=1e-7)
