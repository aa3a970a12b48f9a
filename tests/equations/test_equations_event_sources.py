"""Synapses that react to events of neurons other than the spike."""

import numpy as np
import pytest

import rheobase as rb

SENDER = rb.neuron(
    "Sender",
    "dv/dt = (g - v)/50 : 1\ndg/dt = -g/10 : 1 (delta)\nhigh : 1 (state)",
    threshold="v > 1",
    reset="v = 0; g = 0; high = 0",
    events=dict(up=("g > 1 and high < 0.5", "high = 1"), down=("g < 1 and high > 0.5", "high = 0")),
    initial=dict(v=0, g=0, high=0),
)


def network(threads=1, n=1, seed=1, rate=250.0):
    """Poisson spikes move g of the senders; their spikes and their events reach receivers by ways of their own."""
    net = rb.Network(dt=0.1, seed=seed, threads=threads)
    x = net.add(rb.Poisson(rate=rate), n, name="x")
    g, h = net.add(SENDER(), n, name="g"), net.add(rb.LIF(V_th=1e6), n, name="h")
    up = net.add(rb.Events("g", "up"), n, name="up")
    net.record("g", "up")
    net.connect(x, g, rb.OneToOne(), weight=0.5, synapse=rb.Delta())
    net.connect(g, h, rb.OneToOne(), weight=1.0, synapse=rb.Exponential(tau=10, norm="peak", label="x"))
    net.connect(up, h, rb.OneToOne(), weight=1.0, synapse=rb.Exponential(tau=1e9, norm="peak", label="y"), delay=0.7)
    return net


def test_an_event_is_sent_and_arrives_after_its_delay():
    net = network()
    net.record("h", "I_y", every=0.1)
    res = net.run(500)
    events = res.events("g", "up").times
    assert len(events) > 10
    np.testing.assert_array_equal(res.spikes("up").times, events)
    steps, arrivals = np.arange(5001), np.rint((events + 0.7) / 0.1)
    counted = (steps[:, None] > arrivals).sum(axis=1)  # the mean over a step begins with the one after
    np.testing.assert_allclose(res.states("h", "I_y").values[:, 0], counted, rtol=1e-5)


def test_threads_and_files_change_nothing(tmp_path):
    one, two = network(n=700), network(threads=3, n=700)
    a = one.run(40)
    two.run(13.3)
    two.save(tmp_path / "net")
    two.run(26.7)
    again = rb.load(tmp_path / "net", threads=2)
    again.run(26.7)
    assert len(a.spikes("up").times) > 300
    for net in (two, again):
        np.testing.assert_array_equal(net["h"]["I_y"], one["h"]["I_y"])


@pytest.mark.parametrize(
    ("population", "event", "n", "message"),
    [
        ("p", "up", 1, "population must be one of 'x', 'g', 'h', 'up'"),
        ("g", "upp", 1, "event of 'g' must be one of 'up', 'down', got 'upp'; did you mean 'up'?"),
        ("g", "up", 2, "n must be 1, the number of neurons of 'g', got 2"),
        ("h", "up", 1, "event of 'h'"),
        ("x", "up", 1, "event of 'x'"),
    ],
)
def test_errors(population, event, n, message):
    net = network()
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        net.add(rb.Events(population, event), n, name="more")
    assert "more" not in net.populations
