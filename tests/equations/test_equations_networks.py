"""Models of equations take part in all that the built-in ones do."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from built_in_texts import TEXTS, written

import rheobase as rb

#: Two variables, noise, an event, a name, random numbers and a refractory period.
RICH = {
    "equations": """
        tau_m : ms  # membrane time constant
        drive = I - w + g_slow*(0 - V) : mV
        g_slow : nS (receptor)
        dV/dt = (E_L - V + drive)/tau_m + sigma*sqrt(2/tau_m)*xi : mV (unless refractory)
        dw/dt = (a*(V - E_L) - w)/tau_w : mV
        count : 1 (state)
        """,
    "threshold": "V > V_th + 2*tanh(w/4)",
    "reset": "V = E_L + rand(); w += b; count += 1",
    "refractory": "t_ref",
    "parameters": dict(tau_m=10.0, E_L=-70.0, V_th=-55.0, tau_w=100.0, a=0.05, b=1.0, t_ref=2.0, sigma=2.0),
    "initial": {"V": "E_L", "w": 0, "count": 0},
    "events": {"calm": ("count >= 3 and w > 1", "count = 0; w -= 0.5")},
}


def rich():
    return rb.neuron("Rich", **RICH)


def network(threads=1, seed=4, model=None, n=600):
    net = rb.Network(dt=0.1, seed=seed, threads=threads)
    model = rich()(tau_m=rb.Uniform(8, 12), b=np.linspace(0.5, 1.5, n)) if model is None else model
    e = net.add(model, n, name="e", V=rb.Uniform(-70, -56))
    x = net.add(rb.Poisson(rate=20), 200, name="x")
    net.connect(x, e, rb.FixedInDegree(20), weight=20, synapse=rb.Exponential(tau=5))
    net.connect(x, e, rb.FixedInDegree(5), weight=0.3, synapse=rb.Delta())
    net.connect(x, e, rb.FixedInDegree(5), weight=0.01, synapse=rb.Exponential(tau=50, reversal=0, label="slow"))
    net.connect(e, e, rb.FixedInDegree(10), weight=0.02, synapse=rb.Alpha(tau=3, reversal=0), delay=1.0)
    net.drive(e, rate=1.0, sources=100, weight=2.0, synapse=rb.Exponential(tau=5))
    net.inject(e, rb.Pulse(20, 40, 3.0))
    return net


def outcome(net):
    e = net["e"]
    return np.concatenate([e[v] for v in ("V", "w", "count")])


def test_a_rich_model_runs():
    net = network()
    net.record("e", "drive", every=1.0)
    result = net.run(100)
    assert 2 < result.rates()["e"] < 200
    assert np.ptp(result.states("e", "drive").values) > 1


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(threads):
    one, more = network(), network(threads)
    one.run(50)
    more.run(50)
    np.testing.assert_array_equal(outcome(one), outcome(more))


def test_split_runs_change_nothing():
    one, split = network(), network()
    spikes = one.run(50).spikes("e").times
    parts = [split.run(t).spikes("e").times for t in (0.1, 7.3, 20.0, 22.6)]
    np.testing.assert_array_equal(outcome(one), outcome(split))
    np.testing.assert_array_equal(spikes, np.concatenate(parts))


def test_saving_and_loading_change_nothing(tmp_path):
    one, saved = network(), network()
    one.run(50)
    saved.run(20)
    saved.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    again.run(30)
    np.testing.assert_array_equal(outcome(one), outcome(again))
    assert again.circuit == saved.circuit


def test_a_file_is_loaded_by_another_process(tmp_path):
    net = network(n=50)
    net.run(5)
    net.save(tmp_path / "net")
    code = f"import rheobase as rb; n = rb.load({str(tmp_path / 'net')!r}); n.run(5); print(n['e']['V'].sum().hex())"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    net.run(5)
    assert printed == float(net["e"]["V"].sum()).hex()


def test_every_instruction_set_with_fused_operations_gives_the_same_bits(with_instruction_set):
    code = f"""
import sys; sys.path.insert(0, {str(__file__.rsplit("/", 1)[0])!r})
from test_equations_networks import network, outcome
net = network(n=300); net.run(20); print(outcome(net).tobytes().hex())
"""
    outputs = [with_instruction_set(isa, "-c", code) for isa in ("avx2", "avx512")]
    if None in outputs:
        pytest.skip("this machine has no AVX-512")
    assert outputs[0] == outputs[1]


def test_models_are_pickled_compared_and_printed():
    neuron = rich()(tau_m=12.0, b=np.arange(3.0))
    again = pickle.loads(pickle.dumps(neuron))
    assert again == neuron
    assert type(again) is type(neuron)
    assert hash(again) == hash(neuron)
    assert rich()() != rich()(tau_m=11.0)
    assert rich() is rich()
    assert rich() is rb.neuron(**rich().arguments())
    assert "tau_m=12" in repr(neuron)
    assert "membrane time constant" in neuron._repr_html_()
    assert "Membrane time constant" in rich().__doc__
    assert "tau_m" in str(__import__("inspect").signature(rich()))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_canonical_text_gives_the_same_class_again(name):
    cls = written(name)
    assert rb.neuron(**cls.arguments()) is cls


def test_parameters_are_changed_between_runs():
    one, two = network(), network()
    one.run(10)
    two.run(10)
    two["e"]["tau_m"] = 15.0
    assert np.all(two["e"]["tau_m"] == 15.0)
    one.run(10)
    two.run(10)
    assert not np.array_equal(one["e"]["V"], two["e"]["V"])


def test_names_are_read_as_the_state_says():
    Named = rb.neuron("Named", "y = 2*x + a : 1\ndx/dt = -x/5", parameters={"a": 3.0}, initial={"x": 1.0})
    net = rb.Network(dt=0.1)
    e = net.add(Named(a=np.array([1.0, 3.0])), 2, name="e")
    np.testing.assert_array_equal(e["y"], [3.0, 5.0])
    e["x"] = 2.0
    np.testing.assert_array_equal(e["y"], [5.0, 7.0])
    net.record(e, "y")
    net.record(e, "x")
    result = net.run(1)
    np.testing.assert_array_equal(
        result.states("e", "y").values, 2 * result.states("e", "x").values + np.array([1.0, 3.0])
    )


def test_names_are_not_set():
    Named = rb.neuron("Named", "y = 2*x : 1\ndx/dt = -x/5", initial={"x": 1.0})
    net = rb.Network(dt=0.1)
    e = net.add(Named(), 2, name="e")
    with pytest.raises(ValueError, match="y must not be set: it is made of other variables"):
        e["y"] = 3.0
    np.testing.assert_array_equal(e["y"], 2.0)


def test_names_that_only_a_step_knows_keep_what_the_last_one_said(tmp_path):
    Named = rb.neuron(
        "Named",
        "rests = int(not not_refractory)\ndraw = rand()\ndx/dt = 1",
        threshold="x > 0.95",
        reset="x = 0",
        refractory=0.3,
        initial={"x": 0},
    )
    net = rb.Network(dt=0.1)
    e = net.add(Named(), 300, name="e")
    for name in ("rests", "draw"):  # nothing has told yet what they are
        with pytest.raises(ValueError, match=f"{name} must be recorded, and a step run, to be read: it depends on"):
            e[name]
    net.record(e, "rests")
    net.record(e, "draw")
    result = net.run(1.6)
    rests, draw = result.states("e", "rests"), result.states("e", "draw").values
    (spike,) = np.unique(result.spikes("e").times)
    np.testing.assert_array_equal(e["draw"], draw[-1])
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    with pytest.raises(ValueError, match="draw must be recorded, and a step run, to be read"):
        again["e"]["draw"]
    for network in (net, again):
        network.run(0.1)
    np.testing.assert_array_equal(again["e"]["draw"], e["draw"])
    resting = rests.times[rests.values[:, 0] > 0]
    np.testing.assert_allclose(resting, spike + np.array([0.1, 0.2, 0.3]))
    assert len(np.unique(draw[2])) == 300
    assert np.all((draw[2:] > 0) & (draw[2:] < 1))


def test_a_receptor_by_name_is_no_part_of_the_current():
    """A magnesium block, by hand: one step of a conductance that depends on the voltage."""
    NMDA = rb.neuron(
        "NMDA",
        """
        g_nmda : nS (receptor)
        block = 1/(1 + 0.28*exp(-0.062*V))
        dV/dt = (-70 - V + I - g_nmda*block*V)/20 : mV
        """,
        initial={"V": -60.0},
    )
    net = rb.Network(dt=0.1)
    e = net.add(NMDA(method="euler"), 2, name="e")
    x = net.add(rb.Trains([[0.1]]), 1, name="x")
    net.connect(x, e, rb.AllToAll(), weight=3.0, synapse=rb.Exponential(tau=100, reversal=0, label="nmda"))
    net.record(e, "V")
    net.record(e, "g_nmda")
    result = net.run(2)
    V, g = result.states("e", "V").values[:, 0], result.states("e", "g_nmda").values[:, 0]
    block = 1 / (1 + 0.28 * np.exp(-0.062 * V[:-1]))
    np.testing.assert_allclose(np.diff(V) / 0.1, (-70 - V[:-1] - g[1:] * block * V[:-1]) / 20, rtol=1e-9, atol=1e-12)
    assert g.max() == pytest.approx(3.0, rel=0.01)


def test_conditions_keep_a_neuron_refractory():
    Once = rb.neuron(
        "Once",
        "dx/dt = 1",
        threshold="x > 1",
        refractory="x < 2.45",
        initial={"x": 0},
    )
    net = rb.Network(dt=0.1)
    net.add(Once(), 1, name="e")
    times = net.run(3).spikes("e").times
    # the first spike at 1.1 holds until x >= 2.45, found at the beginning of the step from 2.5
    np.testing.assert_allclose(times[:2], [1.1, 2.6])
    np.testing.assert_allclose(np.diff(times[1:]), 0.1)


def test_refractory_neurons_rest_and_ignore_kicks():
    Held = rb.neuron(
        "Held",
        "dV/dt = 10 : mV (unless refractory)\ndw/dt = 1",
        threshold="V >= 1",
        reset="V = 0",
        refractory=0.5,
        initial={"V": 0.95, "w": 0},
    )
    net = rb.Network(dt=0.1)
    e = net.add(Held(), 1, name="e")
    x = net.add(rb.Trains([[0.2, 0.3]]), 1, name="x")
    net.connect(x, e, rb.AllToAll(), weight=5, synapse=rb.Delta())
    net.record(e, "V")
    net.record(e, "w")
    result = net.run(0.6)
    np.testing.assert_allclose(result.states("e", "V").values[1:, 0], 0)
    np.testing.assert_allclose(result.states("e", "w").values[:, 0], 0.1 * np.arange(7))
    assert len(result.spikes("e").times) == 1


def test_delta_synapses_move_the_variable_that_is_flagged():
    Two = rb.neuron("Two", "dV/dt = -V\ndx/dt = -x : 1 (delta)", initial={"V": 0, "x": 0})
    net = rb.Network(dt=0.1)
    e = net.add(Two(), 1, name="e")
    x = net.add(rb.Trains([[0.1]]), 1, name="x")
    net.connect(x, e, rb.AllToAll(), weight=5, synapse=rb.Delta())
    net.run(0.2)
    assert e["V"][0] == 0
    assert e["x"][0] == 5


def test_statements_run_in_their_order():
    Swap = rb.neuron(
        "Swap",
        "a : 1 (state)\nb : 1 (state)\nc : 1 (state)",
        threshold="not_refractory",
        reset="c = a\na = b  # the old b\nb = c",
        initial={"a": 1, "b": 2, "c": 0},
    )
    net = rb.Network(dt=1.0)
    e = net.add(Swap(), 3, name="e")
    net.run(1)
    assert (e["a"][0], e["b"][0], e["c"][0]) == (2, 1, 1)
    net.run(1)
    assert (e["a"][0], e["b"][0], e["c"][0]) == (1, 2, 2)


def test_time_index_and_step_are_names():
    Clock = rb.neuron("Clock", "dx/dt = cos(t)*i + 0*dt : 1", initial={"x": 0})
    net = rb.Network(dt=0.5)
    e = net.add(Clock(method="euler"), 700, name="e")
    net.run(1.0)
    np.testing.assert_allclose(e["x"], 0.5 * (1 + np.cos(0.5)) * np.arange(700), rtol=1e-13)


def test_a_function_is_field_and_neuron():
    def field(u, I=0.0, b=-0.1, omega=1.0):
        V, w = u
        return np.array([b * V + omega * w, b * w - omega * V + I])

    Resonator = rb.neuron("Resonator", field, threshold="V >= 1", reset="V = 1; w = 0", initial={"V": 0, "w": 0})
    assert Resonator().b == -0.1
    u = np.array([[0.1, 0.2], [0.3, -0.4]])
    np.testing.assert_allclose(Resonator(I_x=0.5).field(u), field(u, 0.5), rtol=1e-15)
    (rest,) = rb.dynamics.fixed_points(Resonator(), [(-1, 1), (-1, 1)])
    assert rest.kind == "stable spiral"
    net = rb.Network(dt=0.1)
    net.add(Resonator(I_x=1.05), 1, name="e")
    assert len(net.run(50).spikes("e").times) > 1


def test_functions_of_arguments_and_of_the_users():
    def field(V, w, I, a=0.7):
        return V - V**3 / 3 - w + I, 0.08 * (V + a - 0.8 * np.maximum(w, -10))

    FHN = rb.neuron("FHN", field, initial={"V": 0, "w": 0})
    Same = rb.neuron(
        "FHN",
        "dV/dt = cubic(V) - w + I\ndw/dt = 0.08*(V + a - 0.8*max(w, -10))",
        parameters={"a": 0.7},
        initial={"V": 0, "w": 0},
        functions={"cubic": lambda V: V - V**3 / 3},
    )
    u = np.array([0.3, -0.2])
    np.testing.assert_allclose(FHN().field(u), Same().field(u), rtol=1e-14)


def test_light_reaches_a_variable_of_that_name():
    ChR = written("EIFChR")
    net = rb.Network(dt=0.1)
    e = net.add(ChR(), 2, name="e")
    net.inject(e, rb.Light(rb.Pulse(10, 50, 1.0)))
    net.run(60)
    assert e["p"][0] > 0


def test_populations_of_no_and_of_many_neurons():
    for n in (0, 1, 255, 256, 257):
        net = rb.Network(dt=0.1)
        e = net.add(written("AdEx")(I_x=30.0), n, name="e")
        net.run(20)
        assert np.ptp(e["V"]) == 0 if n else len(e["V"]) == 0
