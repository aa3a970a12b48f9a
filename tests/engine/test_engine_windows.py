"""Threads take many steps without waiting where delays allow, and cells coast; nobody can see it: every bit stays.

What a run looks at between any two steps has windows of one step each, which is what all others are compared with.
"""

import numpy as np
import pytest

import rheobase as rb

DURATION = 60.0  # ms
CURRENT = rb.Exponential(tau=5, norm="peak")


def seldom_reached(threads):
    """Cells that coast: in parts that are no multiples of those that do so together, kicked by sources at once."""
    net = rb.Network(dt=0.1, seed=4, threads=threads)
    e = net.add(rb.LIF(t_ref=2.2), 3001, name="e", V=rb.Uniform(-70, -52))
    x = net.add(rb.Poisson(rate=150), 40, name="x")
    net.connect(x, e[:40], rb.OneToOne(), weight=60.0, synapse=rb.Delta())
    net.connect(e, e, rb.FixedInDegree(60), weight=rb.Normal(0.6, 0.5), delay=1.8, synapse=CURRENT)
    return net


def often_reached(threads):
    """Cells with drive, that go step by step; weights in 16 bits; delays from 1.5 ms on."""
    net = rb.Network(dt=0.1, seed=5, threads=threads)
    e = net.add(rb.LIF(tau_m=20), 700, name="e", V=rb.Uniform(-70, -52))
    net.drive(e, rate=8000, weight=0.25, synapse=rb.Delta())
    e_e = {"weight": rb.Normal(0.3, 0.05), "weight_bits": 16, "delay": rb.Uniform(1.5, 4.0)}
    net.connect(e, e, rb.FixedInDegree(40), synapse=rb.Delta(), **e_e)
    net.connect(e, e, rb.FixedInDegree(20), weight=-0.2, delay=2.0, synapse=rb.Alpha(tau=2, norm="peak"))
    return net


def with_sources_of_all_delays(threads):
    """Spikes of sources and of cells meet in the same slots; sums there depend on their order."""
    net = rb.Network(dt=0.1, seed=6, threads=threads)
    e = net.add(rb.LIF(), 1200, name="e", V=rb.Uniform(-70, -52))
    x = net.add(rb.Poisson(rate=30), 300, name="x")
    y = net.add(
        rb.Trains(times=np.sort(np.arange(500) * 7 % 550 + 10) * 0.1, indices=np.arange(500) % 50), 50, name="y"
    )
    for pre, low in (x, 0.1), (e, 1.2), (y, 0.1):
        net.connect(pre, e, rb.FixedInDegree(8), weight=rb.Normal(2.3, 0.7), delay=rb.Uniform(low, 5), synapse=CURRENT)
        net.connect(
            pre, e, rb.FixedInDegree(3), weight=rb.Normal(0.9, 0.3), delay=rb.Uniform(low, 3), synapse=rb.Delta()
        )
    return net


NETWORKS = {f.__name__: f for f in (seldom_reached, often_reached, with_sources_of_all_delays)}


def play(net, *cuts, look=False, every=None):
    """Return spikes, samples and the final state of a run that is cut at some times (ms)."""
    if every:
        net.record(net["e"], "V", neurons=[0, 7, 500], every=every)
    parts = []
    for begin, end in zip((0.0, *cuts), (*cuts, DURATION), strict=True):
        result = net.run(round(end - begin, 6), call=(lambda net: None) if look else None)
        seen = [np.stack([s.times, s.indices]) for s in result.spikes().values()]
        parts.append([*seen, result.states("e", "V").values.T] if every else seen)
    return [np.concatenate(pieces, axis=1) for pieces in zip(*parts, strict=True)] + [np.asarray(net["e"]["V"])]


def assert_same_bits(a, b):
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        assert x.tobytes() == y.tobytes()


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_windows_change_no_bit(name, threads):
    expected = play(NETWORKS[name](1), look=True)
    assert expected[0].shape[1] > 300
    assert_same_bits(play(NETWORKS[name](threads)), expected)
    assert_same_bits(play(NETWORKS[name](threads), 0.1, 7.3, 7.4, 31.9), expected)


@pytest.mark.parametrize("name", NETWORKS)
def test_windows_between_samples_change_no_bit(name):
    expected = play(NETWORKS[name](1), look=True, every=0.7)
    assert_same_bits(play(NETWORKS[name](2), every=0.7), expected)


@pytest.mark.parametrize("name", NETWORKS)
def test_spikes_under_way_are_saved(name, tmp_path):
    whole = NETWORKS[name](2)
    whole.run(20.5)
    whole.save(tmp_path / "net.rheobase")
    again = rb.load(tmp_path / "net.rheobase", threads=1)
    a, b = whole.run(30), again.run(30)
    assert_same_bits(*([r.spikes("e").times, r.spikes("e").indices] for r in (a, b)))
    assert np.asarray(whole["e"]["V"]).tobytes() == np.asarray(again["e"]["V"]).tobytes()


def test_a_shorter_delay_ends_windows():
    """What is connected between two runs, and reaches cells sooner, counts from the next run on."""
    results = []
    for look in (True, False):
        net = seldom_reached(2)
        first = net.run(20, call=(lambda net: None) if look else None)
        net.connect(net["e"], net["e"], rb.FixedInDegree(5), weight=2.0, delay=0.3, synapse=CURRENT)
        second = net.run(20, call=(lambda net: None) if look else None)
        results.append([getattr(r.spikes("e"), key) for r in (first, second) for key in ("times", "indices")])
    assert_same_bits(*results)
