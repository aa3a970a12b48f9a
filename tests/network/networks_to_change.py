"""Networks in which something is changed between runs, and how their outcomes are compared."""

import numpy as np

import rheobase as rb

N = 40
SYNAPSE = rb.Exponential(tau=4)
EACH = np.linspace(20.0, 60.0, N)


def cells(net, name="e", model=None):
    return net.add(model or rb.LIF(I_x=12), N, name=name, V=rb.Uniform(-72, -56))


def outcome(net, duration=20.0, after=()):
    """Spikes and voltages of everything from here on."""
    res = net.run(duration)
    found = []
    for p in net:
        found += [res.spikes(p.name).times, res.spikes(p.name).indices]
        if p.variables:
            found += [p["V"]]
    return found + [net.projections[k].connections()["weight"] for k in after]


def assert_same(mine, theirs):
    assert all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))


def spiking(found):
    return sum(map(len, found[::3]))


def poisson(rate):
    net = rb.Network(seed=3, threads=1)
    x, e = net.add(rb.Poisson(rate), N, name="x"), cells(net)
    net.connect(x, e, rb.Bernoulli(0.5), weight=30, synapse=SYNAPSE)
    return net


def driven(rate, **given):
    net = rb.Network(seed=3, threads=1)
    e = cells(net)
    net.drive(e, rate, **{"sources": 20, "weight": 30, "synapse": SYNAPSE, **given})
    return net


CURRENTS = {
    "pulse": rb.Pulse(t_start=5, t_stop=35, amplitude=9),
    "steps": rb.Steps([0, 15], [6.0, 12.0]),
    "samples of each": rb.Samples(np.random.default_rng(2).normal(8, 3, (30, N)), every=1.0),
    "white": rb.WhiteNoise(mean=6, sigma=12),
    "white, each": rb.WhiteNoise(mean=EACH / 8, sigma=EACH[::-1] / 4),
    "coloured": rb.OrnsteinUhlenbeck(mean=6, std=8, tau=5),
    "coloured, each": rb.OrnsteinUhlenbeck(mean=EACH / 8, std=EACH[::-1] / 4, tau=5),
}


def injected(*currents):
    net = rb.Network(seed=3, threads=1)
    e = cells(net)
    for current in currents:
        net.inject(e, current)
    return net


def learning(rule):
    net = rb.Network(seed=3, threads=1)
    x, e = net.add(rb.Poisson(40), N, name="x"), cells(net)
    net.connect(x, e, rb.Bernoulli(0.5), weight=8.0, synapse=SYNAPSE, plasticity=rule)
    return net
