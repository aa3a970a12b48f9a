"""Units without spikes in a spiking network: graded output by `summed` lines, after Wilson and Cowan."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.rates import RateNetwork

#: Weights are kept in single precision: these are the same in both.
W, X, TAU = np.array([[1.75, -1.0], [1.5, -0.5]]), np.array([0.6, 0.4]), np.array([10.0, 20.0])


def gain(x):
    return 1 / (1 + np.exp(-4 * (x - 1)))


Unit = rb.neuron(
    "Unit",
    "dr/dt = (gain(I) - r)/tau : 1",
    parameters=dict(tau=10),
    initial=dict(r=0.1),
    functions=dict(gain=gain),
)
Graded = rb.synapse("Graded", "I = w*r_pre : 1 (summed)")


def wilson_cowan(n=1, method="euler"):
    net = rb.Network(dt=0.1, seed=1, threads=1)
    cells = [net.add(Unit(tau=tau, I_x=x, method=method), n, name=a) for a, tau, x in zip("ei", TAU, X, strict=True)]
    for post, row in zip(cells, W, strict=True):
        for pre, weight in zip(cells, row, strict=True):
            net.connect(pre, post, rb.AllToAll(), weight=weight / n, synapse=Graded(label=pre.name))
    return net


def trace(net, duration=100.0):
    for a in "ei":
        net.record(net[a], "r")
    result = net.run(duration)
    return result, np.stack([result.states(a, "r").values.mean(axis=1) for a in "ei"], axis=1)


def rates():
    network = RateNetwork(W, X, gain, tau=TAU, dimensionless=True)
    return network.simulate(100, 0.1, x0=[0.1, 0.1], method="euler").rates


def test_two_units_are_the_rate_network_at_the_same_scheme():
    result, found = trace(wilson_cowan())
    np.testing.assert_allclose(found, rates(), rtol=1e-10)
    assert np.ptp(found[:, 0]) > 0.1
    assert result.rates() == {"e": 0, "i": 0}


def test_populations_of_equal_units_are_the_rate_network_as_well():
    _, found = trace(wilson_cowan(n=256))
    np.testing.assert_allclose(found, rates(), rtol=1e-9)


def test_units_without_spikes_are_saved_shown_and_injected_into(tmp_path):
    net = wilson_cowan()
    net.inject(net["e"], rb.Pulse(t_start=5, t_stop=10, amplitude=0.3))
    result, _ = trace(net, 7.0)
    assert result.spikes("e").n == 1 and result.spikes("e").times.size == 0
    assert "Unit" in net["e"].model._repr_html_() and "<td>0</td>" in result._repr_html_()
    rb.plot.raster(result.spikes("e"))
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    one, other = net.run(20), again.run(20)
    assert np.array_equal(one.states("e", "r").values, other.states("e", "r").values)


def test_spiking_neurons_and_graded_units_work_together():
    """A unit that listens to spikes filters them, and what it gives drives neurons in turn."""
    net = wilson_cowan()
    neurons = net.add(rb.LIF(E_L=-70, V_th=-50, tau_m=10, I_x=18), 50, name="n")
    net.connect(neurons, net["e"], rb.AllToAll(), weight=0.01, synapse=rb.Exponential(tau=5))
    net.connect(net["e"], neurons, rb.AllToAll(), weight=10.0, synapse=Graded(label="e"))
    _, found = trace(net, 300.0)
    alone = rates()[-1, 0]
    assert net["n"]["I_e"] == pytest.approx(10 * found[-1, 0], rel=1e-9)
    assert found[-1, 0] > alone
