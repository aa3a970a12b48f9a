"""A refused call leaves no trace: the network is what it was, whichever argument was bad."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from bad_values import replacements

import rheobase as rb
from rheobase.network.state import State

Cell = rb.neuron(
    "Refusing",
    "y = 2*V : mV\ndV/dt = (E_L - V + I + stim)/tau_m : mV",
    threshold="V > -50",
    reset="V = E_L",
    parameters=dict(tau_m=10, E_L=-65),
    initial=dict(V="E_L"),
    events=dict(half=("crosses(V, -55)", None)),
    inputs=dict(stim=0),
)
Gate = rb.synapse(
    "RefusingGate", "dx/dt = -x/5\ng = x/(1 + exp(-V_post))", on_pre="x += w*(1 - x)", reversal=0, parameters={}
)
Gap = rb.synapse("RefusingGap", "I = w*(V_pre - V_post) : mV (summed)")
Rule = rb.plasticity(
    "RefusingRule", "U : 1 (state)\nw_max : 1", on_pre="arrival = w*U; w = clip(1.01*w, 0, w_max)",
    parameters=dict(w_max=3), initial=dict(U=1),
)  # fmt: skip
KERNEL = rb.Exponential(tau=5)


def network():
    net = rb.Network(dt=0.1, seed=1, threads=1)
    e = net.add(Cell(), 3, name="e", V=-60)
    i = net.add(rb.LIF(), 4, name="i")
    x = net.add(rb.Poisson(rate=50), 5, name="x")
    net.connect(x, e, rb.AllToAll(), weight=20, synapse=KERNEL)
    net.connect(e, e, rb.AllToAll(), weight=1, synapse=KERNEL, plasticity=Rule(), delay=0.3)
    net.connect(i, e, rb.AllToAll(), weight=rb.Uniform(0, 1), synapse=Gate(), delay=rb.Uniform(0.1, 1))
    net.run(2)
    return net


#: Calls that are right, each as a function of a network and the arguments of which one at a time is replaced.
CALLS = {
    "add cells": (lambda net, **a: net.add(a.pop("model"), a.pop("n"), **a), dict(model=Cell(), n=3, name="a", V=-60)),
    "add neurons with values": (
        lambda net, **a: net.add(rb.LIF(tau_m=a["tau_m"], I_x=a["I_x"]), 3, V=a["V"]),
        dict(tau_m=rb.Uniform(5, 9), I_x=np.ones(3), V=rb.Normal(-60, 1)),
    ),
    "add cells with an input": (
        lambda net, **a: net.add(Cell(stim=a["stim"], tau_m=a["tau_m"]), 3),
        dict(stim=rb.Steps([0, 1], np.ones((2, 3))), tau_m=np.ones(3)),
    ),
    "add sources": (
        lambda net, **a: net.add(rb.Poisson(rate=a["rate"]), a["n"]),
        dict(rate=rb.Samples(np.ones((4, 3)), 1.0), n=3),
    ),
    "connect": (
        lambda net, **a: net.connect(net["x"], net["i"], a.pop("rule"), **a),
        dict(rule=rb.FixedInDegree(3), weight=1.0, synapse=rb.Alpha(), delay=0.2, plasticity=None, weight_bits=16),
    ),
    "connect by pairs": (
        lambda net, **a: net.connect(net["x"], net["i"], rb.Pairs([0, 1], [2, 3]), synapse=Gate(label="new"), **a),
        dict(weight=np.ones(2), delay=np.full(2, 0.1), weight_bits=32),
    ),
    "connect plastically": (
        lambda net, **a: net.connect(net["i"], net["i"], rb.Bernoulli(0.5), **a),
        dict(weight=1.0, synapse=rb.Alpha(label="new"), delay=0.2, plasticity=Rule(), post_delay=0.4),
    ),
    "connect gap junctions": (
        lambda net, **a: net.connect(a.pop("pre")(net), net["i"], rb.AllToAll(), **a),
        dict(pre=lambda net: net["i"], weight=0.1, synapse=Gap(), delay=0.2, plasticity=None, weight_bits=32),
    ),
    "drive": (
        lambda net, **a: net.drive(net["i"], **a),
        dict(rate=5.0, sources=10.0, weight=0.5, synapse=Gate(label="driven")),
    ),
    "inject": (lambda net, **a: net.inject(net["i"], **a), dict(current=rb.Samples(np.ones((5, 4)), 0.1))),
    "record": (
        lambda net, **a: net.record(net["e"], **a),
        dict(variable="V", neurons=[1, 2], every=0.2, mean=False, dtype=np.float32),
    ),
    "record weights": (
        lambda net, **a: net.record_weights(net.projections[1], **a),
        dict(connections=[1, 2], every=0.2, mean=True),
    ),
    "record spikes": (lambda net, **a: net.record_spikes(net["e"], **a), dict(on=False)),
    "set V": (lambda net, **a: net["e"].__setitem__("V", a["V"]), dict(V=np.full(3, -60.0))),
    "set tau_m": (lambda net, **a: net["e"].__setitem__("tau_m", a["tau_m"]), dict(tau_m=rb.Uniform(5, 9))),
    "set U": (lambda net, **a: net.projections[1].__setitem__("U", a["U"]), dict(U=np.ones(9))),
    "set weights": (lambda net, **a: setattr(net.projections[1], "weights", a["weights"]), dict(weights=np.ones(9))),
    "set learning": (lambda net, **a: setattr(net.projections[1], "learning", a["learning"]), dict(learning=False)),
    "run": (lambda net, **a: net.run(**a), dict(duration=0.3, progress=False)),
}

#: What is right but for a network such as this one.
ILL_FITTING = [
    rb.Uniform(-1, 1e9),
    rb.Uniform(-5, 5),
    np.ones((2, 4)),
    np.ones(7),
    rb.Steps([0, 0.05], [1, 2]),
    rb.Steps([0, 1], np.ones((2, 7))),
    rb.Samples(np.full((2, 3), 1e12), 1.0),
    rb.OneToOne(),
    rb.Pairs([9], [9]),
    rb.FixedInDegree(9, multapses=False),
    rb.FixedInDegree([1, 2]),
    rb.PairSTDP(w_max=0.5),
    rb.plasticity("Lacking", on_pre="w = w + nothing_post")(),
    rb.plasticity("OffGrid", on_pre="w = w*0.9", on_clock="w = w", every=0.25)(),
    rb.synapse("Lacking", "dg/dt = -g/nothing_post", on_pre="g += w", reversal=0)(),
    Gap(),
    Gate(),
    rb.Delta(),
    rb.Light(rb.Pulse(0, 1, 0.5)),
    rb.neuron("OffGrid", "dV/dt = -V", threshold="V > 1", refractory="r", parameters=dict(r=0.25), initial=dict(V=0))(),
    lambda net: net["x"],
    0.25,
    65537,
    "V",
    "y",
    "half",
    "e",
]


def everything(net):
    held = [pickle.dumps(State.of(net)), repr(net.circuit), list(net.populations), len(net.projections)]
    return [*held, *(p.variables for p in net), net.seed, net.t]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_refused_call_leaves_no_trace(call):
    function, good = CALLS[call]
    net, refused = network(), 0
    function(copy.deepcopy(net), **good)
    before = everything(net)
    bad = [*replacements().values(), *ILL_FITTING]
    for argument in good:
        for value in bad:
            if call == "run" and isinstance(value, (int, float)) and value > 1e4:
                continue
            try:
                partial(function, net, **good | {argument: value})()
            except Exception:
                refused += 1
            else:
                net = network()
                before = everything(net)
                continue
            assert everything(net) == before, (argument, value)
    assert refused > 10
    net.run(3)
    clean = network()
    clean.run(3)
    assert everything(net) == everything(clean)
