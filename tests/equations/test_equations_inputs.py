"""Time series as inputs that equations name."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import rheobase as rb

TEXT = """
stim : mV  # what comes in
dV/dt = (stim - V)/tau : mV
"""
GIVEN = dict(parameters=dict(tau=10), initial=dict(V=0))


def fed(**inputs):
    return rb.neuron("Fed", TEXT, **GIVEN, inputs=inputs)


def membrane(stim, tau=10.0, dt=0.1):
    """Return V after each step of an input that is constant within steps."""
    decay, v, trace = np.exp(-dt / tau), 0.0, [0.0]
    for s in stim:
        v = s + (v - s) * decay
        trace.append(v)
    return np.array(trace)


def run(neuron, n=1, duration=5.0):
    net = rb.Network(dt=0.1, seed=1)
    cells = net.add(neuron, n, name="e")
    net.record(cells, "V")
    return net.run(duration).states("e", "V").values


def test_samples_are_the_input_of_all_neurons():
    series = rb.Samples([1.0, 2.0, 3.0], every=1.0)
    expected = membrane(np.repeat([1.0, 2.0, 3.0], [10, 10, 30]))
    np.testing.assert_allclose(run(fed(stim=series)(), n=300), np.tile(expected[:, None], 300), rtol=1e-12)


def test_an_argument_of_the_class_takes_the_place_of_the_default():
    columns = np.array([[0.0, 1.0, 2.0], [5.0, 4.0, 3.0]])
    values = run(fed(stim=7)(stim=rb.Steps([0, 2], columns)), n=3)
    for k in range(3):
        np.testing.assert_allclose(values[:, k], membrane(np.repeat(columns[:, k], [20, 30])), rtol=1e-12)


def test_numbers_and_one_number_per_neuron_are_inputs():
    assert np.allclose(run(fed(stim=7)()), membrane(np.full(50, 7.0))[:, None], rtol=1e-12)
    assert np.allclose(run(fed(stim=7)(stim=[1.0, 2.0]), n=2)[-1], [membrane([s] * 50)[-1] for s in (1.0, 2.0)])


def test_it_agrees_with_an_injected_current():
    series = rb.Samples(np.sin(np.arange(50)), every=0.1)
    net = rb.Network(dt=0.1)
    cells = net.add(rb.neuron("Injected", "dV/dt = (I - V)/tau", **GIVEN)(), 1, name="e")
    net.inject(cells, series)
    net.record(cells, "V")
    assert np.allclose(run(fed(stim=series)()), net.run(5).states("e", "V").values, rtol=1e-12)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("etd2", 2), ("heun", 2), ("rk4", 4)])
def test_a_function_of_time_is_an_input_that_changes_smoothly(method, order):
    """V' = cos(t) - V with V(0) = 1/2 is solved by (sin t + cos t)/2."""
    text = "dV/dt = stim(t) - V"
    smooth = rb.neuron("Smooth", text, initial=dict(V=0.5), functions=dict(stim=lambda t: np.cos(t)))
    assert smooth.model.methods[0] == "etd2"
    errors = []
    for dt in (0.1, 0.05):
        net = rb.Network(dt=dt)
        cells = net.add(smooth(method=method), 1)
        net.run(5)
        errors.append(abs(cells["V"][0] - (np.sin(5) + np.cos(5)) / 2))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


def test_inputs_are_recorded_saved_and_pickled(tmp_path):
    model = fed(stim=rb.Samples([1.0, 2.0, 3.0], every=1.0))
    net = rb.Network(dt=0.1, seed=1)
    net.add(model(stim=rb.Pulse(t_start=3, t_stop=7, amplitude=[2.0, 4.0])), 2, name="e")
    net.add(model(), 2, name="f")
    net.record(net["e"], "stim")
    assert net.run(4).states("e", "stim").values[-1].tolist() == [2.0, 4.0]
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    assert again["e"].model == net["e"].model
    net.run(5), again.run(5)
    assert np.array_equal(again["e"]["V"], net["e"]["V"]) and np.array_equal(again["f"]["V"], net["f"]["V"])
    assert pickle.loads(pickle.dumps(net["e"].model)) == net["e"].model


def test_a_pickle_reaches_a_process_that_has_not_made_the_class(tmp_path):
    (tmp_path / "model").write_bytes(pickle.dumps(fed(stim=rb.Steps([0, 1], [1.0, 2.0]))(tau=5)))
    code = (
        "import pickle, sys, rheobase as rb; m = pickle.load(open(sys.argv[1], 'rb')); "
        "n = rb.Network(dt=0.1); p = n.add(m, 1); n.run(5); print(repr(float(p['V'][0])))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "model"], capture_output=True, text=True, check=True, timeout=60
    )
    assert float(told.stdout) == run(fed(stim=rb.Steps([0, 1], [1.0, 2.0]))(tau=5))[-1, 0]


def test_replacing_a_parameter_keeps_the_input():
    assert fed(stim=7)(stim=3).replaced("tau", 5).stim == 3
    assert fed(stim=7)(stim=3).replaced("stim", 5).stim == 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: fed(stim="1"), "must be a number, one per neuron, or a Pulse"),
        (lambda: fed(stim=np.sin), "a Python function of t goes into functions"),
        (lambda: fed(stim=0, other=1), "inputs must be used in the model, 'other' is not"),
        (lambda: fed(stim=0, tau=1), "it is in parameters and in inputs"),
        (lambda: fed(stim=0, V=1), "V must have one meaning: it is in inputs as well"),
        (lambda: fed(stim=0)(stin=1), "did you mean|must be one of"),
        (
            lambda: rb.neuron("Fed", TEXT, **GIVEN, inputs=dict(stim=0), threshold="V > 1", reset="stim = 0"),
            "stim must not be assigned to",
        ),
    ],
)
def test_what_cannot_be_an_input_is_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_an_input_of_the_wrong_width_leaves_the_network_as_it_was():
    net = rb.Network(dt=0.1)
    with pytest.raises(ValueError, match="one for each of the 2 neurons, got 3"):
        net.add(fed(stim=0)(stim=[1.0, 2.0, 3.0]), 2, name="e")
    assert list(net) == []
    cells = net.add(fed(stim=0)(), 2, name="e")
    before = net.circuit
    with pytest.raises(ValueError, match="one for each of the 2 neurons, got 3"):
        cells["stim"] = [1.0, 2.0, 3.0]
    assert net.circuit == before


class TimedArray:
    """What a TimedArray of Brian's knows of itself."""

    class dim:
        @staticmethod
        def get_dimension(which):
            return {"m": 2, "kg": 1, "s": -3, "A": -1}[which]

    values, dt = np.array([1e-3, 2e-3]), 1e-3


def test_brians_timed_arrays_are_inputs():
    model = rb.from_brian(
        "dv/dt = (stim(t, i) + two(t) - v)/tau : volt",
        namespace=dict(tau="10*ms", stim=TimedArray, two=rb.Steps([0, 3], [0.0, 1.0])),
    )
    net = rb.Network(dt=0.1)
    cells = net.add(model(), 2)
    net.run(5)
    np.testing.assert_allclose(cells["v"], membrane(np.repeat([1.0, 2.0, 3.0], [10, 20, 20]))[-1], rtol=1e-12)
    with pytest.raises(rb.EquationError, match=r"line 1, column 10: stim must be read as stim\(t\)"):
        rb.from_brian("dv/dt = (stim(t - 1*ms) - v)/tau : volt", namespace=dict(tau="10*ms", stim=TimedArray))
