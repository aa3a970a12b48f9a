"""NIR: graphs are simulated as their equations say, and networks come back."""

from itertools import pairwise

import numpy as np
import pytest

import rheobase as rb

nir = pytest.importorskip("nir")

TRAINS = [[1.0, 3.0, 7.0, 7.5, 30.0], [2.0, 2.5, 9.0, 31.0, 31.5]]
WEIGHTS = np.array([[60.0, 40.0], [0.0, 90.0], [50.0, -30.0]])


def graph(node, *between):
    nodes = {"in": nir.Input({"input": np.array([2])}), "w": nir.Linear(WEIGHTS)}
    nodes |= {f"b{k}": given for k, given in enumerate(between)}
    nodes |= {"cells": node, "out": nir.Output({"output": np.array([3])})}
    names = list(nodes)
    return nir.NIRGraph(nodes=nodes, edges=list(pairwise(names)))


def of(**given):
    return {name: np.broadcast_to(np.asarray(value, float), (3,)).copy() for name, value in given.items()}


LIF = of(tau=[8.0, 10.0, 12.0], r=[1.0, 2.0, 0.5], v_leak=0.3, v_threshold=[4.0, 5.0, 3.0], v_reset=-0.5)
CUBA = of(tau_mem=[8.0, 10.0, 12.0], tau_syn=[3.0, 3.0, 5.0], r=[1.0, 2.0, 0.5], v_leak=0.3,
          v_threshold=[4.0, 5.0, 3.0], v_reset=-0.5, w_in=[1.0, 0.5, 1.5])  # fmt: skip


def by_hand(node, duration, dt=0.1, within=200):
    """Integrate NIR's equations with Euler's scheme, many steps within one of dt; return V at every dt, and spikes.

    A spike is an impulse, which arrives a dt later; NIR leaves open when thresholds are asked for: at every dt.
    """
    filtered, step = hasattr(node, "tau_syn"), dt / within
    tau = node.tau_mem if filtered else node.tau
    arriving = {}
    for k, train in enumerate(TRAINS):
        for t in train:
            arriving.setdefault(round(t / dt) + 1, []).append(k)
    v, current, values, spikes = node.v_leak.copy(), np.zeros(3), [], []
    for n in range(1, round(duration / dt) + 1):
        for _ in range(within):
            v += step / tau * (node.v_leak - v + node.r * current)
            current -= step / node.tau_syn * current if filtered else 0
        for k in arriving.get(n, []):
            if filtered:
                current += node.w_in * WEIGHTS[:, k] / node.tau_syn
            else:
                v += node.r * WEIGHTS[:, k] / tau
        fired = v > node.v_threshold
        spikes += [(round(n * dt, 9), int(k)) for k in np.flatnonzero(fired)]
        v[fired] = node.v_reset[fired]
        values.append(v.copy())
    return np.array(values), spikes


@pytest.mark.parametrize("node", [nir.LIF(**LIF), nir.CubaLIF(**CUBA)], ids=["LIF", "CubaLIF"])
def test_a_graph_is_simulated_as_its_equations_say(node):
    net = rb.io.from_nir(graph(node), unit="ms", inputs={"in": rb.Trains(TRAINS)}, threads=1)
    net.record(net["cells"], "V")
    result = net.run(40)
    expected, spikes = by_hand(node, 40)
    own = result.spikes("cells")
    assert len(spikes) > 4
    assert list(zip(own.times.round(9).tolist(), own.indices.tolist(), strict=True)) == spikes
    # Euler's error is of the order of V step / tau
    np.testing.assert_allclose(result.states("cells", "V").values[1:], expected, atol=5e-3)


def test_seconds_and_spikes_of_a_step(tmp_path):
    times = ("tau_mem", "tau_syn")
    seconds = {name: value / 1000 if name in times else value for name, value in CUBA.items()}
    # a spike that is 1 for 1 ms is what an impulse of area 1 ms is
    nir.write(tmp_path / "graph.nir", graph(nir.CubaLIF(**seconds)))
    given = {"inputs": {"in": rb.Trains(TRAINS)}, "threads": 1}
    one = rb.io.from_nir(graph(nir.CubaLIF(**CUBA)), unit="ms", **given).run(40)
    other = rb.io.from_nir(tmp_path / "graph.nir", unit="s", spike_area=1e-3, **given).run(40)
    assert one.spikes("cells").times.size > 4 and other.spikes() == one.spikes()


def test_what_lies_between_becomes_weights_delays_and_input():
    between = (nir.Scale(np.array([1.0, 2.0, 3.0])), nir.Delay(np.array([1.0, 2.0, 0.0])))
    net = rb.io.from_nir(graph(nir.LIF(**LIF), *between), unit="ms", threads=1)
    (q,) = net.projections
    factor = np.array([1.0, 2.0, 3.0]) * LIF["r"] / LIF["tau"]
    np.testing.assert_allclose(q.weights.toarray(), WEIGHTS * factor[:, None], rtol=1e-6)
    c = q.connections()
    np.testing.assert_allclose(c["delay"], np.array([1.0, 2.0, 0.1])[c["post"]])
    biased = rb.io.from_nir(graph(nir.LIF(**LIF), nir.Affine(np.eye(3), np.array([1.0, 2.0, 3.0]))), unit="ms")
    np.testing.assert_allclose(biased["cells"]["I_x"], LIF["r"] * [1, 2, 3])


def test_networks_come_back(tmp_path):
    net = rb.Network(dt=0.1, threads=1)
    x = net.add(rb.Trains(TRAINS), 2, name="x")
    e = net.add(rb.LIF(E_L=rb.Uniform(-71, -69), I_x=2.0, g_L=2.0), 20, name="e", V=-70)
    i = net.add(rb.LIF(tau_m=20), 5, name="i")
    out = net.add(rb.LIF(V_th=1e9), 2, name="out")
    net.connect(x, e, rb.AllToAll(), weight=300.0, synapse=rb.Exponential(tau=4), delay=0.5)
    net.connect(e, e, rb.Bernoulli(0.2), weight=8.0, synapse=rb.Exponential(tau=4), delay=1.0)
    net.connect(e, i, rb.AllToAll(), weight=2.0, synapse=rb.Delta())
    net.connect(i, out, rb.AllToAll(), weight=20.0, synapse=rb.Exponential(tau=2, norm="peak"))
    for unit in ("ms", "s"):
        nir.write(tmp_path / "graph.nir", rb.io.to_nir(net, unit=unit))
        again = rb.io.from_nir(tmp_path / "graph.nir", unit=unit, inputs={"x": rb.Trains(TRAINS)}, threads=1)
        kinds = {name: type(node).__name__ for name, node in nir.read(tmp_path / "graph.nir").nodes.items()}
        assert (kinds["e"], kinds["i"], kinds["out"]) == ("CubaLIF", "LIF", "CubaLI")
        for p in (net, again):
            p.reset()
        net["e"]["V"], again["e"]["V"] = -70.0, -70.0
        expected, result = net.run(40), again.run(40)
        assert expected.spikes("e").times.size > 20 and expected.spikes("i").times.size > 5
        assert result.spikes("e").indices.tolist() == expected.spikes("e").indices.tolist()
        np.testing.assert_allclose(result.spikes("e").times, expected.spikes("e").times, atol=0.1 + 1e-9)
        assert result.spikes("i") == expected.spikes("i")


@pytest.mark.parametrize(
    ("node", "between", "message"),
    [
        (nir.IF(**of(r=1, v_threshold=1)), (), "node 'cells' must be one that is known here, got IF"),
        (nir.LIF(**LIF), (nir.Threshold(np.ones(3)),), "node 'b0' must be one that is known here, got Threshold"),
        (nir.CubaLIF(**CUBA), (nir.Affine(np.eye(3), np.ones(3)),), "bias of Affine must be 0 before a CubaLIF"),
        (nir.LIF(**LIF), (nir.Delay(np.arange(3.0)), nir.Linear(np.eye(3))), "delays before 'b1' must be the same"),
        (nir.LIF(**LIF), (nir.LI(**of(tau=1, r=1, v_leak=0)),), "node 'b0' must lead to an output alone"),
    ],
)
def test_graphs_without_counterpart_are_refused(node, between, message):
    with pytest.raises(ValueError, match=message):
        rb.io.from_nir(graph(node, *between), unit="ms")


def test_networks_without_counterpart_are_refused():
    def refused(message, model=None, **given):
        net = rb.Network()
        e = net.add(model or rb.LIF(), 4, name="e")
        if given:
            net.connect(e, e, rb.AllToAll(), **{"weight": 1, "synapse": rb.Delta(), **given})
        with pytest.raises(ValueError, match=message):
            rb.io.to_nir(net, unit="ms")
        return net

    refused("model of 'e' must be LIF for NIR", rb.EIF())
    refused("t_ref of 'e' must be 0 for NIR, got up to 2", rb.LIF(t_ref=2))
    refused("synapses onto 'e' must be one kind of current", synapse=rb.Alpha(tau=2))
    refused("synapses onto 'e' must be one kind of current", synapse=rb.Exponential(tau=2, reversal=0))
    refused("delay of 'e→e' must be one for NIR, got 1.* to 2 ms", delay=rb.Uniform(1, 2))
    refused("plasticity of 'e→e' must be None", plasticity=rb.TsodyksMarkram())
    net = rb.Network()
    net.drive(net.add(rb.LIF(), 4), 5, weight=1, synapse=rb.Delta())
    with pytest.raises(ValueError, match="net must have no drives, which NIR has not"):
        rb.io.to_nir(net, unit="ms")
