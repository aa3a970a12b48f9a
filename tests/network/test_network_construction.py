"""Construction: Ctrl-C stops it and leaves no trace, it tells how far it is, and it refuses what memory cannot hold."""

import os
import signal
import threading
from contextlib import contextmanager

import numpy as np
import pytest

import rheobase as rb
from rheobase.progress import Construction

#: Large enough for all pairs to take longer than the time between two polls.
N = 4000


def pairs(n=N, k=1000):
    random = np.random.default_rng(3)
    return rb.Pairs(random.integers(0, n, n * k), random.integers(0, n, n * k))


RULES = {
    "Bernoulli": lambda: rb.Bernoulli(0.9),
    "FixedInDegree": lambda: rb.FixedInDegree(N // 2),
    "FixedOutDegree": lambda: rb.FixedOutDegree(N - 10),
    "FixedTotal": lambda: rb.FixedTotal(N * N),
    "AllToAll": lambda: rb.AllToAll(),
    "Pairs": lambda: pairs(k=1800),
}


def network(rule=None, threads=1, **options):
    """A small network that has run, and a large projection that is not built yet."""
    net = rb.Network(seed=5, threads=threads)
    e = net.add(rb.LIF(I_x=20), N, name="e", V=rb.Uniform(-72, -56))
    net.connect(e, e, rb.Bernoulli(0.01), weight=0.1, synapse=rb.Exponential(tau=5), plasticity=rb.PairSTDP(w_max=1))
    net.run(3)
    if rule is not None:
        options = {"weight": rb.Normal(0.0, 0.01), "delay": rb.Uniform(0.1, 2.0), **options}
        net.connect(e, e, rule, synapse=rb.Exponential(tau=4), **options)
    return net


def outcome(net):
    """Everything that goes on from here."""
    spikes = net.run(5).spikes("e")
    return [spikes.times, spikes.indices, net["e"]["V"], *map(len, net.projections)]


def assert_same(net, clean):
    assert net.circuit == clean.circuit and net.t == clean.t
    for mine, theirs in zip(outcome(net), outcome(clean), strict=True):
        assert np.array_equal(mine, theirs)


@contextmanager
def ctrl_c_at_the_first_poll():
    """Press Ctrl-C when a construction tells for the first time how far it is; list what it tells."""
    told = []

    class Pressing(Construction):
        def show(self, done):
            told.append((done, self.total))
            signal.raise_signal(signal.SIGINT)

    def begin(engine, shown):
        bar = Pressing(engine, False)
        bar.report = bar.show
        return bar

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rheobase.network.network.Construction", begin)
        patch.setattr("rheobase.network.state.Construction", begin)
        yield told


@pytest.mark.parametrize(("rule", "threads"), [*((rule, 1) for rule in RULES), ("FixedInDegree", 2), ("FixedTotal", 2)])
def test_ctrl_c_stops_the_construction_and_leaves_no_trace(rule, threads):
    made = RULES[rule]()
    net = network(made, threads)
    before = net.circuit, net.t, net["e"]["V"]
    with ctrl_c_at_the_first_poll() as told, pytest.raises(KeyboardInterrupt):
        net.run(5)
    assert len(told) == 1, "it went on to another poll"
    assert 0 <= told[0][0] < told[0][1]
    assert (net.circuit, net.t) == before[:2] and np.array_equal(net["e"]["V"], before[2])
    assert_same(net, network(made, threads))


def test_ctrl_c_stops_the_construction_of_plastic_connections():
    options = {"weight": rb.Uniform(0.0, 0.1), "delay": 0.1, "plasticity": rb.PairSTDP(w_max=1)}
    net = network(rb.AllToAll(), **options)
    with ctrl_c_at_the_first_poll() as told, pytest.raises(KeyboardInterrupt):
        net.build()
    assert len(told) == 1
    assert_same(net, network(rb.AllToAll(), **options))


def test_ctrl_c_stops_loading(tmp_path):
    network(rb.Bernoulli(0.9)).save(tmp_path / "net")
    with ctrl_c_at_the_first_poll() as told, pytest.raises(KeyboardInterrupt):
        rb.load(tmp_path / "net")
    assert len(told) == 1
    net = rb.load(tmp_path / "net", threads=1)
    clean = network(rb.Bernoulli(0.9))
    clean.build()
    assert_same(net, clean)


@pytest.mark.parametrize("given", ["pairs", "weights"])
def test_ctrl_c_stops_connect_while_it_draws_or_sorts_pairs(given):
    """The signal comes while the engine is at work, which is seen from a thread that gets Python's lock then."""
    made = pairs(k=5000) if given == "pairs" else rb.AllToAll()
    weight = 1.0 if given == "pairs" else np.ones(N * N)
    net = network()
    before = net.circuit
    timer = threading.Timer(0.15, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        for _ in range(50):  # until it comes
            net.connect(net["e"], net["e"], made, weight=weight, synapse=rb.Exponential(tau=4))
    timer.join()
    kept = net.circuit.projections
    assert kept[: len(before.projections)] == before.projections
    clean = network()
    for _ in kept[1:]:
        clean.connect(clean["e"], clean["e"], made, weight=weight, synapse=rb.Exponential(tau=4))
    assert net.circuit == clean.circuit


def test_progress_does_not_pass_its_total():
    """What the engine tells stays below what it said there was to do, with plastic connections as well."""
    for plasticity in (None, rb.PairSTDP(w_max=1)):
        net = network(rb.FixedInDegree(N // 2), delay=0.1, weight=rb.Uniform(0.0, 0.1), plasticity=plasticity)
        total, told = net._engine.count_work(), []
        net._engine.build(told.append)
        assert told == sorted(told) and told[0] >= 0 and told[-1] <= total
        assert net._engine.count_work() == 0


def test_what_memory_cannot_hold_is_refused_before_it_is_made(monkeypatch):
    net = network()
    n, before = 100_000, net.circuit
    many = net.add(rb.LIF(), n, name="many")
    monkeypatch.setattr("rheobase.checks.machine_memory", lambda: 16e9)
    with pytest.raises(MemoryError, match=r"connections many→many \(60 GB\).* it would take 60 GB of 16"):
        net.connect(many, many, rb.AllToAll(), weight=rb.Normal(1, 0.1), synapse=rb.Exponential(tau=4))
    with pytest.raises(MemoryError, match="it would take 20 GB of 16"):
        net.connect(many, many, rb.FixedTotal(n**2), weight=1.0, synapse=rb.Exponential(tau=4))
    assert len(net.projections) == 1 and net.circuit.projections == before.projections
    assert not net.circuit["many"].receptors
    for _ in range(14):  # each fits, all do not
        net.connect(many, many, rb.FixedInDegree(5000), weight=1.0, synapse=rb.Exponential(tau=4))
    with pytest.raises(MemoryError, match="beside those of the network"):
        net.connect(many, many, rb.FixedInDegree(5000), weight=1.0, synapse=rb.Exponential(tau=4))
