"""What `population[name]` means: a parameter is a parameter, whatever the populations around are called."""

import numpy as np
import pytest

import rheobase as rb

STILL = {"V_th": 1e6, "I_x": 3.0}


def target(model=None, n=2, **sources):
    """Neurons `v` and, by name, sources with one spike at 1 ms and the synapses from them."""
    net = rb.Network(dt=0.1, threads=1)
    v = net.add(rb.LIF(**STILL) if model is None else model, n, name="v")
    for name, synapses in sources.items():
        source = net.add(rb.Trains([[1.0]]), 1, name=name)
        for synapse in synapses:
            net.connect(source, v, rb.AllToAll(), weight=10.0, synapse=synapse)
    return net, v


def test_the_input_stays_itself_beside_synapses_from_x():
    net, v = target(x=[rb.Exponential(tau=5)])
    assert v.variables == ["V", "I_x_syn"]
    assert v["I_x"].tolist() == [3.0, 3.0] and v["I_x_syn"].tolist() == [0.0, 0.0]
    net.record(v, "I_x_syn")
    v["I_x"] = [1.0, 2.0]
    current = net.run(1.2).states("v", "I_x_syn").values[:, 0]
    assert current[[10, 11, 12]] == pytest.approx([0.0, 0.0, -2.0 * np.expm1(-0.02) / 0.02])
    assert v["I_x_syn"][0] == pytest.approx(2.0 * np.exp(-0.02))
    assert v["I_x"].tolist() == [1.0, 2.0] == v.neuron.I_x.tolist()
    v["I_x_syn"] = 7.0
    assert v["I_x"].tolist() == [1.0, 2.0] and v["I_x_syn"].tolist() == [7.0, 7.0]


def test_the_input_drives_the_neurons_that_synapses_from_x_reach():
    """V settles at E_L + I_x: had the synaptic current been set, it would be back at E_L."""
    net, v = target(x=[rb.Exponential(tau=5)])
    v["I_x"] = 5.0
    net.run(500.0)
    assert v["V"] - v["E_L"] == pytest.approx(5.0, abs=1e-9)


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        ({"e": [rb.Exponential(tau=5)]}, ["I_e"]),
        ({"e": [rb.Exponential(tau=5), rb.Exponential(tau=6)]}, ["I_e", "I_e2"]),
        ({"x": [rb.Exponential(tau=5), rb.Exponential(tau=6)]}, ["I_x_syn", "I_x_syn2"]),
        ({"x": [rb.Exponential(tau=5)], "x_syn": [rb.Alpha()]}, ["I_x_syn", "I_x_syn2"]),
        ({"e": [rb.Exponential(tau=5, label="x")]}, ["I_x_syn"]),
        ({"x": [rb.Exponential(tau=5, label="far")]}, ["I_far"]),
        ({"x": [rb.Exponential(tau=5, reversal=0.0)]}, ["g_x"]),
        ({"L": [rb.Exponential(tau=5, reversal=0.0), rb.Exponential(tau=5)]}, ["g_L_syn", "I_L"]),
        ({"x": [rb.Delta()]}, []),
    ],
)
def test_names_of_currents_and_conductances(sources, names):
    net, v = target(**sources)
    assert v.variables == ["V", *names]
    assert [projection.variable for projection in net.projections] == (names or [None])
    assert v["I_x"].tolist() == [3.0, 3.0] and v["g_L"].tolist() == [1.0, 1.0]


def test_projections_that_share_a_kernel_say_so():
    net, v = target(y=[rb.Exponential(tau=5)], x=[rb.Exponential(tau=5)])
    assert [projection.variable for projection in net.projections] == ["I_y+x", "I_y+x"]
    net.run(1.1)
    assert v["I_y+x"].tolist() == [4.0, 4.0]


def test_conductances_beside_those_of_the_membrane():
    net, v = target(rb.HodgkinHuxley(), K=[rb.Exponential(reversal=-90.0)], Na=[rb.Exponential(reversal=50.0)])
    assert v.variables == ["V", "n", "m", "h", "g_K_syn", "g_Na_syn"]
    net.run(1.1)
    assert v["g_K"].tolist() == [36.0, 36.0] and v["g_K_syn"].tolist() == [10.0, 10.0]


def test_parameters_are_read_as_they_were_given_or_drawn():
    tau_m = np.array([10.0, 12.0, 14.0])
    net, v = target(rb.EIF(tau_m=tau_m, V_T=rb.Uniform(-56, -54), t_ref=1.0), n=3)
    assert v.parameters == ["tau_m", "E_L", "V_T", "D", "V_th", "V_re", "t_ref", "g_L", "I_x"]
    assert v["tau_m"].tolist() == tau_m.tolist() and v["t_ref"].tolist() == [1.0] * 3
    drawn = v["V_T"]
    assert len(np.unique(drawn)) == 3 and drawn.min() >= -56 and drawn.max() <= -54
    drawn[:] = 0  # a copy
    assert v["V_T"].max() <= -54
    v["tau_m"] = 20.0
    assert v["tau_m"].tolist() == [20.0] * 3
    assert net.add(rb.EIF(), 0, name="none")["tau_m"].shape == (0,)


def test_parameters_can_be_set_beside_drawn_ones():
    """V_re is compared with the V_th that was drawn."""
    _, v = target(rb.LIF(V_th=rb.Uniform(-50, -49)), n=3)
    v["V_re"] = -60.0
    assert v["V_re"].tolist() == [-60.0] * 3
    with pytest.raises(ValueError, match="V_re must be < V_th = -49"):
        v["V_re"] = -48.5
    assert v["V_re"].tolist() == [-60.0] * 3


def test_no_variable_of_a_kernel_hides_another():
    """Two kernels of one sender, and a neuron that has a variable of such a name, keep them apart."""
    flow = rb.synapse("Flow", "dx/dt = -x/5\nI = x", on_pre="x += w")
    gate = rb.synapse("Gate", "dx/dt = -x/5\ng = x", on_pre="x += w", reversal=0)
    cell = rb.neuron("Cell", "x_e : 1 (state)\ndV/dt = -V/5", initial=dict(V=0, x_e=7))
    net = rb.Network()
    e, own = net.add(rb.LIF(), 2, name="e"), net.add(cell(), 2, name="own")
    for synapse in (flow(), gate()):
        net.connect(e, e, rb.AllToAll(), weight=1, synapse=synapse)
    net.connect(e, own, rb.AllToAll(), weight=1, synapse=flow())
    assert e.variables == ["V", "I_e", "x_e", "g_e2", "x_e2"]
    assert own.variables == ["V", "x_e", "I_e_syn", "x_e_syn"]
    e["x_e2"] = 3.0
    assert (e["x_e"][0], e["g_e2"][0], own["x_e"][0]) == (0, 3, 7)


def test_names_of_two_senders_are_those_of_nothing_else():
    net = rb.Network()
    e, i, both = (net.add(rb.LIF(), 2, name=name) for name in ("e", "i", "e+i"))
    net.connect(both, e, rb.AllToAll(), weight=1, synapse=rb.Exponential(tau=9))
    net.connect(e, e, rb.AllToAll(), weight=1, synapse=rb.Exponential(tau=5))
    with pytest.raises(ValueError, match=r"synapse must have a label: without one 'I_e\+i' would name another kernel"):
        net.connect(i, e, rb.AllToAll(), weight=1, synapse=rb.Exponential(tau=5))
    assert e.variables == ["V", "I_e+i", "I_e"]
    net.connect(i, e, rb.AllToAll(), weight=1, synapse=rb.Exponential(tau=5, label="i"))
    assert e.variables == ["V", "I_e+i", "I_e", "I_i"]
