"""Receptors that go with their neurons in one pass give the same bits as receptors with loops of their own."""

import numpy as np
import pytest

import rheobase as rb

N = 613  # two blocks, a piece of one, and a few neurons more
MODELS = {
    "LIF": rb.LIF(t_ref=1.0),
    "EIF": rb.EIF(t_ref=0.5),
    "AdEx": rb.AdEx(),
    "LIF, Euler": rb.LIF(method="euler"),
    "EIF, Euler": rb.EIF(t_ref=0.5, method="euler"),
    "AdEx, Euler": rb.AdEx(method="euler"),
}
CURRENTS = [(rb.Exponential(tau=tau), weight) for tau, weight in ((5.0, 60.0), (8.0, 40.0), (3.0, -30.0))]
CONDUCTANCES = [
    (rb.Exponential(tau=tau, reversal=reversal, norm="peak"), weight)
    for tau, reversal, weight in ((5.0, 0.0, 0.5), (100.0, -20.0, 0.02), (10.0, -80.0, 0.3))
]
#: A conductance whose leak is not slow.
STRONG = [(rb.Exponential(tau=5.0, reversal=0.0, norm="peak"), 40.0)]
DELTA = [(rb.Delta(), 6.0)]
SYNAPSES = {
    "delta": DELTA,
    **{f"{n} currents": CURRENTS[:n] for n in (1, 2, 3)},
    **{f"{n} currents and delta": [*CURRENTS[:n], *DELTA] for n in (1, 2)},
    **{f"{n} conductances": CONDUCTANCES[:n] for n in (1, 2, 3)},
    "2 conductances, the second one at 0": CONDUCTANCES[1::-1],
    "strong conductance": STRONG,
    "strong conductance and another": [*STRONG, CONDUCTANCES[2]],
}


def run(model, synapses, I_x):
    """Return spikes and states; where external inputs are given one by one, receptors have loops of their own."""
    net = rb.Network(dt=0.1, seed=3, threads=1)
    cells = net.add(model.replaced("I_x", I_x), N, name="cells")
    x = net.add(rb.Poisson(rate=20.0), N, name="x")
    for synapse, weight in synapses:
        net.connect(x, cells, rb.FixedInDegree(40), weight=weight, synapse=synapse)
    net.record(cells, "V", every=1.0)
    result = net.run(30.0)
    spikes = result.spikes("cells")
    return [spikes.times, spikes.indices, result.states("cells", "V").values]


@pytest.mark.parametrize("kind", SYNAPSES)
@pytest.mark.parametrize("name", MODELS)
def test_one_pass_gives_the_same_bits(name, kind):
    joined, apart = (run(MODELS[name], SYNAPSES[kind], I_x) for I_x in (9.0, np.full(N, 9.0)))
    assert len(joined[0]) > 100
    for a, b in zip(joined, apart, strict=True):
        assert a.tobytes() == b.tobytes()


def test_who_was_refractory_before_the_period_became_zero_stays_so_to_its_end():
    net = rb.Network(dt=0.1, seed=3, threads=1)
    cells = net.add(rb.LIF(t_ref=3.0, V_re=-60.0, V_th=-55.0, E_L=-60.0), 64, name="cells", V=-50.0)
    x = net.add(rb.Poisson(rate=0.0), 1, name="x")
    net.connect(x, cells, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=5.0))
    net.run(0.1)
    cells["t_ref"], cells["I_x"] = 0.0, 2.0
    net.run(2.9)
    assert np.all(cells["V"] == -60.0)
    net.run(0.2)
    assert np.all(cells["V"] > -60.0)


@pytest.mark.parametrize("V_th", [0.0, -0.0])
def test_zero_is_at_a_threshold_of_zero_whatever_its_sign(V_th):
    net = rb.Network(dt=0.1, seed=3, threads=1)
    cells = net.add(rb.LIF(tau_m=1e300, E_L=-1.0, V_re=-1.0, V_th=V_th), 64, name="cells", V=0.0)
    x = net.add(rb.Poisson(rate=0.0), 1, name="x")
    net.connect(x, cells, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=5.0))
    assert len(net.run(0.1).spikes("cells").times) == 64
