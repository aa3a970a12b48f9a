"""A refused call leaves no trace: the circuit, the saved bytes and what follows are as if it had not been."""

import pickle

import numpy as np
import pytest

import rheobase as rb

WIDE = np.ones((4, 3))  # three columns fit neither one nor two neurons
SYNAPSE = rb.Exponential(tau=5)


def network():
    net = rb.Network(seed=3, threads=1)
    net.add(rb.LIF(I_x=rb.Uniform(10, 30)), 2, name="n", V=rb.Uniform(-72, -60))
    net.add(rb.EIFChR(), 2, name="lit")
    net.add(rb.Poisson(800), 2, name="x")
    net.connect(net["x"], net["n"], rb.AllToAll(), weight=20, synapse=SYNAPSE)
    net.connect(net["x"], net["n"], rb.AllToAll(), weight=0.5, synapse=rb.Alpha(tau=2), plasticity=rb.PairSTDP())
    net.inject(net["lit"], rb.Light(rb.Pulse(1, 2, 0.8)))
    net.record(net["n"], "V")
    net.record_weights(net.projections[1])
    return net


def connect(net, pre="x", post="n", rule=None, **changes):
    values = {"weight": 1.0, "synapse": rb.Exponential(tau=7), **changes}
    return net.connect(net[pre], net[post], rb.AllToAll() if rule is None else rule, **values)


def setting(target, name, value):
    return lambda net: net[target].__setitem__(name, value)


def assigning(name, value):
    return lambda net: setattr(net.projections[1], name, value)


CALLS = {
    "series of another width": lambda net: net.add(rb.Poisson(rb.Samples(WIDE, every=1.0)), 2),
    "series off the grid": lambda net: net.add(rb.Poisson(rb.Samples([1.0], every=0.15)), 2),
    "rates of another length": lambda net: net.add(rb.Poisson([1.0, 2.0, 3.0]), 2),
    "rates too high": lambda net: net.add(rb.Poisson(rb.Uniform(9e6, 9.1e6)), 2),
    "trains of too many": lambda net: net.add(rb.Trains([[1.0], [2.0], [3.0]]), 2),
    "trains off the grid": lambda net: net.add(rb.Trains([[1.05], []]), 2),
    "parameters of another length": lambda net: net.add(rb.LIF(tau_m=rb.Uniform(5, 9), E_L=[1.0, 2.0, 3.0]), 2),
    "parameters drawn out of bounds": lambda net: net.add(rb.LIF(tau_m=rb.Uniform(-9, -5)), 2),
    "parameters drawn out of order": lambda net: net.add(rb.LIF(V_re=rb.Uniform(0, 5)), 2),
    "input of another length": lambda net: net.add(rb.LIF(tau_m=rb.Uniform(5, 9), I_x=[1.0, 2.0, 3.0]), 2),
    "state of another length": lambda net: net.add(rb.AdEx(), 2, V=rb.Uniform(-70, -60), w=[1.0, 2.0, 3.0]),
    "unknown state": lambda net: net.add(rb.LIF(), 2, U=1.0),
    "a name again": lambda net: net.add(rb.LIF(), 2, name="n"),
    "no neurons to reach": lambda net: connect(net, post="x"),
    "degrees too large": lambda net: connect(net, rule=rb.FixedInDegree(3)),
    "pairs out of range": lambda net: connect(net, rule=rb.Pairs([2], [0])),
    "no weights": lambda net: connect(net, weight=None),
    "weights of another length": lambda net: connect(net, weight=[1.0, 2.0]),
    "weights of text": lambda net: connect(net, weight=["a"] * 4),
    "delays of another length": lambda net: connect(net, delay=[0.1, 0.2]),
    "delays off the grid": lambda net: connect(net, delay=0.15),
    "delays too long": lambda net: connect(net, delay=1e5),
    "plastic delays of a wrong length": lambda net: connect(net, delay=[0.1] * 3, plasticity=rb.PairSTDP()),
    "post delays of a wrong length": lambda net: connect(net, post_delay=[0.1] * 3, plasticity=rb.PairSTDP()),
    "post delays without plasticity": lambda net: connect(net, post_delay=0.1),
    "variables of a wrong length": lambda net: connect(net, plasticity=rb.TsodyksMarkram(U=[0.1] * 3)),
    "plastic weights out of bounds": lambda net: connect(net, weight=-1.0, plasticity=rb.PairSTDP()),
    "plastic weights of 16 bits": lambda net: connect(net, weight=0.5, weight_bits=16, plasticity=rb.PairSTDP()),
    "weights of 8 bits": lambda net: connect(net, weight_bits=8),
    "no synapse": lambda net: connect(net, synapse=5),
    "no rule": lambda net: connect(net, rule=0.1),
    "a drive too strong": lambda net: net.drive(net["n"], rate=1e9, weight=1, synapse=rb.Exponential(tau=9)),
    "a negative drive": lambda net: net.drive(net["n"], rate=-1, weight=1, synapse=rb.Exponential(tau=9)),
    "a driven source": lambda net: net.drive(net["x"], rate=1, weight=1, synapse=rb.Exponential(tau=9)),
    "a current of another width": lambda net: net.inject(net["n"], rb.Samples(WIDE, every=1.0)),
    "a current off the grid": lambda net: net.inject(net["n"], rb.Pulse(0.05, 1, 1)),
    "a current into a source": lambda net: net.inject(net["x"], rb.WhiteNoise(0, 1)),
    "a current of text": lambda net: net.inject(net["n"], "WhiteNoise"),
    "light on the blind": lambda net: net.inject(net["n"], rb.Light(rb.Pulse(1, 2, 0.5))),
    "too much light": lambda net: net.inject(net["lit"], rb.Light(rb.Pulse(1, 2, 0.5))),
    "light that is injected": setting("lit", "L", 0.5),
    "an unknown variable": lambda net: net.record(net["n"], "U"),
    "a variable again": lambda net: net.record(net["n"], "V"),
    "neurons out of range": lambda net: net.record(net["n"], "I_x_syn", neurons=[2]),
    "no neurons of a mean": lambda net: net.record(net["n"], "I_x_syn", neurons=[], mean=True),
    "a precision of text": lambda net: net.record(net["n"], "I_x_syn", dtype="text"),
    "weights again": lambda net: net.record_weights(net.projections[1]),
    "static weights": lambda net: net.record_weights(net.projections[0]),
    "spikes of nobody": lambda net: net.record_spikes("m", False),
    "a parameter of another length": setting("n", "tau_m", [1.0, 2.0, 3.0]),
    "a parameter out of bounds": setting("n", "tau_m", rb.Uniform(-9, -5)),
    "a parameter out of order": setting("n", "V_re", -50.0),
    "an input of text": setting("n", "I_x", "a"),
    "a state of another length": setting("n", "V", [1.0, 2.0, 3.0]),
    "an unknown parameter": setting("n", "tau", 1.0),
    "weights set out of bounds": assigning("weights", 2.0),
    "weights set of another length": assigning("weights", [0.1]),
    "a run off the grid": lambda net: net.run(0.15),
    "a run backwards": lambda net: net.run(-1),
}


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_refused_call_leaves_no_trace(call, started):
    net, clean = network(), network()
    if started:
        net.run(5), clean.run(5)
    before, circuit = pickle.dumps(net), net.circuit
    with pytest.raises((ValueError, TypeError)):
        call(net)
    assert net.circuit == circuit
    assert pickle.dumps(net) == before
    for each in (net, clean):  # what is drawn next is what would have been drawn
        each["n"]["V"] = rb.Uniform(-72, -60)
        each.add(rb.LIF(tau_m=rb.Uniform(5, 10), I_x=20.0), 2, name="later")
        each.connect(each["x"], each["later"], rb.Bernoulli(0.5), weight=rb.Normal(9, 1), synapse=SYNAPSE)
    assert pickle.dumps(net) == pickle.dumps(clean)
    got, expected = net.run(20), clean.run(20)
    for name in expected.spikes():
        assert np.array_equal(got.spikes(name).times, expected.spikes(name).times)
    assert np.array_equal(got.states("n", "V").values, expected.states("n", "V").values)
