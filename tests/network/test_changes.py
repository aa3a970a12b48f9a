"""What is changed between runs, whatever it is: refused changes leave no trace, and all of the library sees others."""

from copy import deepcopy

import numpy as np
import pytest
from networks_to_change import (
    CURRENTS,
    EACH,
    SYNAPSE,
    N,
    assert_same,
    cells,
    driven,
    injected,
    learning,
    outcome,
    poisson,
)

import rheobase as rb

# ---- what all changes have in common -------------------------------------------------------------------------------

REFUSED = [
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", -1.0), "rate must be >= 0"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", EACH[:5]), "rate must have shape"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", "fast"), "rate must be a number"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("V", 1), "must be one of 'rate', got 'V'"),
    (poisson, 50.0, lambda net: net["x"].__setitem__("rate", rb.Samples(np.ones((3, 2)), every=1)), "values must have"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("rate", -1.0), "rate must be >= 0"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("rate", 1e9), "rate . sources must bring at most 500"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("rate", EACH[:5]), "one value for each of the 40 neurons"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("sources", 1e9), "rate . sources must bring at most 500"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("weight", np.nan), "weight must be finite"),
    (driven, 50.0, lambda net: net.drives[0].__setitem__("weigh", 1), "did you mean 'weight'"),
    (driven, rb.Steps([0], [[1.0] * N]), lambda net: net.drives[0].__setitem__("rate", rb.Steps([0.01], [1])), "times"),
    (injected, CURRENTS["white"], lambda net: setattr(net.stimuli[0], "current", 5.0), "current must be a Pulse"),
    (
        injected,
        CURRENTS["white"],
        lambda net: setattr(net.stimuli[0], "current", rb.WhiteNoise(1, EACH[:5])),
        "sigma must have one value for all",
    ),
    (
        injected,
        CURRENTS["coloured"],
        lambda net: setattr(net.stimuli[0], "current", rb.Light(rb.Pulse(0, 5, 0.1))),
        "current must be no light, as it was",
    ),
    (learning, rb.PairSTDP(w_max=20), lambda net: net.projections[0].__setitem__("A_plus", "x"), "A_plus must be"),
    (learning, rb.PairSTDP(w_max=20), lambda net: net.projections[0].__setitem__("tau_plus", -1), "tau_plus must be"),
]


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_refused_changes_leave_no_trace(case):
    make, given, change, message = REFUSED[case]
    net = make(given)
    net.run(5)
    clean, before = deepcopy(net), net.circuit
    with pytest.raises((TypeError, ValueError), match=message):
        change(net)
    assert net.circuit == before
    assert_same(outcome(net), outcome(clean))


def test_the_theory_reads_drives_and_noise_of_each_neuron():
    each, one = driven(EACH), driven(float(EACH.mean()))
    assert each.mean_field("self-consistent").X == pytest.approx(one.mean_field("self-consistent").X)
    with pytest.raises(ValueError, match="rate must be steady for a mean rate"):
        driven(rb.Steps([0], [5.0])).mean_field("self-consistent")
    assert "&lt;40 values&gt;" in each._repr_html_() and "drive of 'e'" in repr(each.drives[0])


def test_inputs_and_weights_of_chosen_neurons_change_alike():
    def network(rate, current, weight, rule=None):
        net = rb.Network(seed=3, threads=1)
        e = cells(net)
        part = e[[7, 3, 20, 12]]
        net.drive(part, rate, sources=20, weight=30, synapse=SYNAPSE)
        net.inject(part, current)
        net.connect(e[::2], e[[9, 1, 5]], rule or rb.AllToAll(), weight=weight, synapse=SYNAPSE)
        return net

    rates, noise = EACH[:4], rb.OrnsteinUhlenbeck(mean=EACH[:4], std=EACH[4:8], tau=5)
    changed, built = network(5.0, rb.OrnsteinUhlenbeck(1, 1, 5), 30.0), network(rates, noise, 70.0)
    changed.drives[0]["rate"] = rates
    assert np.array_equal(changed.drives[0]["rate"], rates)
    changed.stimuli[0].current = noise
    changed.projections[0].weights = 70.0
    assert changed.circuit == built.circuit
    assert_same(outcome(changed), outcome(built))
    q = changed.projections[0]
    q["weight"] = each = np.arange(60.0)
    assert np.array_equal(q["weight"], each) and q["post"].tolist() == [0, 1, 2] * 20
    assert np.array_equal(q.weights.toarray(), each.reshape(20, 3).T)
    fresh, listed = network(rates, noise, 70.0), network(rates, noise, each, rb.Pairs(q["pre"], q["post"]))
    fresh.projections[0].weights = each.reshape(20, 3).T
    assert_same(outcome(fresh), outcome(listed))
    again = deepcopy(changed)
    assert_same(outcome(again), outcome(changed))


def test_handles_are_those_of_the_moment_that_is_restored():
    net = injected(CURRENTS["pulse"], CURRENTS["white"])
    drive = net.drive(net["e"], 50.0, sources=20, weight=30, synapse=SYNAPSE)
    first, second = net.stimuli
    before = net.store()
    wanted = outcome(deepcopy(net))
    first.remove()
    drive["rate"] = 5.0
    net.drive(net["e"], 9.0, weight=3, synapse=SYNAPSE)
    outcome(net)
    net.restore(before)
    assert net.stimuli == (first, second) and net.drives == (drive,) and (drive["rate"] == 50).all()
    assert_same(outcome(net), wanted)
    first.current = CURRENTS["steps"]
    net.reset()
    assert net.stimuli[0].current == CURRENTS["steps"] and drive["weight"] == 30
    assert_same(outcome(net), outcome(rb.Network.of(net.circuit, threads=1)))
