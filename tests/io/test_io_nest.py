"""The same circuit on NEST: statistics agree within the spread of seeds; what NEST lacks is refused by name."""

import numpy as np
import pytest
import scipy.stats

import rheobase as rb

pytest.importorskip("nest")
pytestmark = pytest.mark.filterwarnings("default")  # what NEST warns about is its own


def compare(make, duration, skip, seeds=range(1, 9)):
    """Mean rates over seeds here and on NEST, whose difference is that of two means of a few seeds."""
    here, there = [], []
    for seed in seeds:
        net = make(seed)
        there.append(list(rb.io.to_nest(net).run(duration).rates(skip).values()))
        here.append(list(net.run(duration).rates(skip).values()))
    difference = np.mean(here, 0) - np.mean(there, 0)
    error = np.sqrt((np.var(here, 0, ddof=1) + np.var(there, 0, ddof=1)) / len(seeds))
    # Student's t with twice the seeds but two: one test in ten thousand lies beyond
    limit = scipy.stats.t.ppf(1 - 0.5e-4, 2 * len(seeds) - 2)
    assert (np.abs(difference) <= limit * error + 1e-9).all(), (np.mean(here, 0), np.mean(there, 0), error)
    return np.mean(here, 0)


def test_currents_of_several_kernels_and_drive():
    def make(seed):
        net = rb.Network(dt=0.1, seed=seed)
        lif = rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2)
        e = net.add(lif, 80, name="e", V=rb.Uniform(-65, -50))
        i = net.add(lif, 20, name="i", V=rb.Uniform(-65, -50))
        for post in (e, i):
            net.drive(post, rate=10, sources=200, weight=8.0, synapse=rb.Exponential(tau=3))
            net.connect(e, post, rb.FixedInDegree(10), weight=rb.Normal(8, 1), synapse=rb.Exponential(tau=5), delay=1.5)
            net.connect(i, post, rb.Bernoulli(0.2), weight=-20, synapse=rb.Exponential(tau=8), delay=rb.Uniform(0.5, 2))
        return net

    rates = compare(make, 500, 100)
    assert (rates > 5).all()


def test_delta_synapses_and_poisson_sources():
    def make(seed):
        net = rb.Network(dt=0.1, seed=seed)
        x = net.add(rb.Poisson(rate=20), 200, name="x")
        e = net.add(rb.LIF(tau_m=20, E_L=0, V_th=20, V_re=10, t_ref=2), 50, name="e", V=0)
        net.connect(x, e, rb.FixedInDegree(100), weight=0.6, synapse=rb.Delta(), delay=1)
        return net

    rates = compare(make, 1000, 100)
    assert abs(rates[0] - 20) < 1 and rates[1] > 5


def test_conductances():
    rates = compare(lambda seed: rb.circuits.coba(1000, seed=seed), 60, 10, seeds=(1, 2, 3))
    assert (rates > 5).all()


def test_one_neuron_agrees_in_voltage():
    net = rb.Network(dt=0.1, seed=1)
    x = net.add(rb.Trains([[5.0, 12.0, 13.0]]), 1, name="x")
    n = net.add(rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65), 1, name="n", V=-65)
    net.connect(x, n, rb.AllToAll(), weight=40, synapse=rb.Exponential(tau=5), delay=1.0)
    net.record(n, "V")
    there = rb.io.to_nest(net).run(40).states("n", "V")
    here = net.run(40).states("n", "V")
    # NEST's parrot and its convention of a delay put the same trace a few steps away
    lags = [k for k in range(-5, 6) if np.abs(here.values[10:380, 0] - there.values[10 + k : 380 + k, 0]).max() < 1e-6]
    assert len(lags) == 1
    assert here.values.max() > -62


def test_exponential_neurons_with_two_time_constants():
    def make(seed):
        net = rb.Network(dt=0.1, seed=seed)
        e = net.add(rb.EIF(tau_m=10, V_th=0, V_re=-72), 50, name="e", V=rb.Uniform(-72, -55))
        net.drive(e, rate=100, sources=10, weight=20, synapse=rb.Exponential(tau=6))
        net.drive(e, rate=100, sources=2, weight=-20, synapse=rb.Exponential(tau=4))
        return net

    assert compare(make, 500, 100, seeds=(1, 2, 3))[0] > 3


def refused(message, change, model=None):
    net = rb.Network(dt=0.1)
    e = net.add(model or rb.LIF(), 10, name="e")
    change(net, e)
    with pytest.raises((ValueError, TypeError), match=message):
        rb.io.to_nest(net)


def test_what_nest_lacks_is_refused_by_name():
    exponential = rb.Exponential(tau=5)
    refused("model of 'e' must be LIF, EIF or AdEx for NEST, got Izhikevich", lambda n, e: None, rb.Izhikevich())
    refused(
        "NEST has no LIF with these synapses together, which 'e' has: Delta, Exponential",
        lambda n, e: [n.connect(e, e, rb.Bernoulli(0.1), weight=1, synapse=s) for s in (rb.Delta(), exponential)],
    )
    refused(
        "plasticity of 'e→e' must be None or TsodyksMarkram",
        lambda n, e: n.connect(e, e, rb.AllToAll(), weight=0.5, synapse=exponential, plasticity=rb.PairSTDP()),
    )
    refused(
        "must be Steps of one value for all, or WhiteNoise", lambda n, e: n.inject(e, rb.OrnsteinUhlenbeck(0, 1, 5))
    )
    refused("recorded variable of 'e' must be V", lambda n, e: n.record(e, "V", mean=True))
    refused("net must not have run yet", lambda n, e: n.run(1))
    with pytest.raises(TypeError, match="net must be a network"):
        rb.io.to_nest(3)
