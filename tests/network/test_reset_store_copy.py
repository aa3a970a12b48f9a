"""Reset, store and copy: the same bits as the network that they stand for."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import rheobase as rb


def network(seed=4, threads=1, *, plastic=True, drawn=True):
    """Every kind of thing that has a state; without `drawn`, connections that are the same for all seeds."""
    net = rb.Network(dt=0.1, seed=seed, threads=threads)
    eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72, t_ref=1.0)
    e = net.add(eif, 101, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.LIF(tau_m=10, V_re=-72, t_ref=0.5, I_x=16.0), 27, name="i", V=rb.Uniform(-72, -55))
    x = net.add(rb.Poisson(40), 90, name="x")
    y = net.add(rb.Trains([[1.0, 2.5], [0.7]]), 2, name="y")
    random = np.random.default_rng(1)

    def rule(n_pre, n_post, each):
        if drawn:
            return rb.FixedOutDegree(each)
        return rb.Pairs(np.repeat(np.arange(n_pre), each), random.integers(0, n_post, n_pre * each))

    net.connect(x, e, rule(90, 101, 30), weight=25, synapse=rb.Exponential(tau=8), delay=1.5)
    net.connect(e, i, rule(101, 27, 8), weight=15, synapse=rb.Alpha(tau=3), delay=2.0)
    stdp = rb.InhibitorySTDP() if plastic else None
    net.connect(i, e, rule(27, 101, 30), weight=-45, synapse=rb.Exponential(tau=4), plasticity=stdp, delay=1.2)
    net.connect(y, i, rb.AllToAll(), weight=2.0, synapse=rb.Exponential(tau=5, reversal=0.0))
    if plastic:
        stp = rb.TsodyksMarkram()
        net.connect(e, e, rule(101, 101, 5), weight=20, synapse=rb.Exponential(tau=6), plasticity=stp)
    net.connect(x, i, rule(90, 27, 3), weight=1.0, synapse=rb.Delta(), delay=0.7)
    net.inject(e, rb.OrnsteinUhlenbeck(mean=1, std=2, tau=5))
    net.inject(i, rb.WhiteNoise(mean=0, sigma=2))
    net.inject(i, rb.Pulse(t_start=1.0, t_stop=4.0, amplitude=3.0))
    net.drive(e, rate=500, weight=5, synapse=rb.Exponential(tau=8))
    net.record(e, "V", neurons=[7, 3], every=0.5)
    return net


def same(a, b):
    for name in a.spikes():
        assert np.array_equal(a.spikes(name).times, b.spikes(name).times), name
        assert np.array_equal(a.spikes(name).indices, b.spikes(name).indices), name
    assert np.array_equal(a.states("e", "V").values, b.states("e", "V").values)
    assert sum(len(a.spikes(name).times) for name in a.spikes()) > 0


def weights(net):
    return [q.connections()["weight"] for q in net.projections]


@pytest.mark.parametrize("threads", [1, 2])
def test_restored_network_does_again_what_it_did(threads):
    net = network(threads=threads)
    net.run(7.3)  # spikes are under way, and neurons refractory
    before = net.store()
    assert before.t == pytest.approx(7.3)
    first = net.run(30)
    learned = weights(net)
    for _ in range(2):
        net.restore(before)
        assert net.t == pytest.approx(7.3)
        same(net.run(30), first)
        assert all(np.array_equal(a, b) for a, b in zip(weights(net), learned, strict=True))


def test_restore_undoes_what_was_set():
    net = network()
    net.run(5)
    before = net.store()
    first = net.run(20)
    net.restore(before)
    e = net["e"]
    e["V_T"], e["V"], net["i"]["I_x"] = np.linspace(-56, -54, 101), -70.0, 40.0
    net.projections[2].learning = False
    net.record("i", "V")
    net.record_spikes("x", False)
    net.run(3)
    net.restore(before)
    assert e is net["e"]
    assert np.all(e["V_T"] == -55)
    assert net.projections[2].learning
    same(net.run(20), first)


def test_spike_under_way_when_stored_arrives():
    net = rb.Network(threads=1)
    x, v = net.add(rb.Trains([[0.3]]), 1), net.add(rb.LIF(tau_m=1e15), 1, name="v")
    net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=0.7)
    net.run(0.5)
    before = net.store()
    for _ in range(3):
        net.restore(before)
        net.run(1.0)
        assert net["v"]["V"] == pytest.approx(-71.0, abs=1e-9)


@pytest.mark.parametrize("threads", [1, 2])
def test_reset_network_equals_one_newly_built(threads):
    net, duration = network(threads=threads), 40
    first = net.run(duration)
    learned = weights(net)
    net.reset()
    assert net.t == 0
    assert all(np.array_equal(a, b) for a, b in zip(weights(net), weights(network()), strict=True))
    same(net.run(duration), first)
    same(first, network().run(duration))
    assert all(np.array_equal(a, b) for a, b in zip(weights(net), learned, strict=True))


def test_reset_with_a_seed_equals_a_network_of_this_seed_but_for_its_connections():
    net = network(seed=4, drawn=False)
    net.run(12)
    net.reset(seed=9)
    assert (net.seed, net.stream_seed) == (4, 9)
    other = network(seed=9, drawn=False)
    assert np.array_equal(net["e"]["V"], other["e"]["V"])
    same(net.run(30), other.run(30))
    drawn = network(seed=4)
    before = weights(drawn)
    drawn.reset(seed=9)
    assert all(np.array_equal(a, b) for a, b in zip(weights(drawn), before, strict=True))


def test_reset_keeps_what_was_set_and_projections_made_in_a_run():
    net = rb.Network(seed=2, threads=1)
    x, v = net.add(rb.Trains([[0.5, 3.0]]), 1), net.add(rb.LIF(tau_m=1e15), 1, name="v")
    net.run(1.0)
    net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=rb.Delta())
    v["E_L"] = -71.0
    v["V"] = -60.0
    net.run(3.0)
    assert v["V"] == pytest.approx(-59.0)
    net.reset()
    net.run(3.2)
    assert v["E_L"] == -71.0
    assert v["V"] == pytest.approx(-69.0)  # E_L, where V begins, and both spikes


def test_copy_goes_on_alike_and_apart():
    net = network()
    net.run(6)
    other = net.copy()
    net["i"]["I_x"] = 30.0
    assert np.all(other["i"]["I_x"] == 16.0)
    net["i"]["I_x"] = 16.0
    first = net.run(20)
    same(other.run(20), first)
    assert other.synapse_count == net.synapse_count


@pytest.mark.parametrize(("threads", "copied"), [(2, 1), (1, 2), (2, 2)])
def test_copy_on_other_threads(threads, copied):
    net = network(threads=threads)
    net.run(6)
    other = net.copy(threads=copied)
    assert other.threads == copied
    same(other.run(20), net.run(20))


def test_copy_with_a_seed_has_the_connections_and_state_and_streams_of_its_own():
    given = network(seed=4, drawn=False)
    given["e"]["V"] = -60.0
    given["i"]["V"] = -60.0
    other = network(seed=11, drawn=False)
    other["e"]["V"] = -60.0
    other["i"]["V"] = -60.0
    same(given.copy(seed=11).run(30), other.run(30))
    given.run(5)
    seeded = given.copy(seed=5)
    assert np.array_equal(seeded["e"]["V"], given["e"]["V"])
    assert not np.array_equal(seeded.run(20).spikes("x").times, given.run(20).spikes("x").times)


def test_copies_share_static_connections():
    net = rb.Network(seed=1, threads=1)
    e = net.add(rb.LIF(), 2000, name="e")
    net.connect(e, e, rb.FixedOutDegree(1000), weight=rb.Normal(1, 0.1), synapse=rb.Delta())
    net.build()
    before = resident()
    copies = [net.copy() for _ in range(8)]
    assert resident() - before < 0.3 * 8 * net.synapse_bytes
    assert copies[0].synapse_bytes == net.synapse_bytes > 10e6


def resident():
    """Return the memory of this process (bytes)."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_copies_run_at_once():
    net = network()
    net.run(5)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda other: other.run(30), [net.copy(threads=1) for _ in range(4)]))
    for result in results:
        same(result, results[0])


def test_new_streams_are_saved(tmp_path):
    net = network()
    net.reset(seed=77)
    net.run(5)
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net", threads=1)
    assert again.stream_seed == 77
    unpickled = pickle.loads(pickle.dumps(net))
    first = net.run(20)
    same(again.run(20), first)
    same(unpickled.run(20), first)


def test_network_can_grow_after_reset_and_restore():
    net = network()
    before = net.store()
    net.run(5)
    net.restore(before)
    z = net.add(rb.LIF(), 3, name="z")
    net.connect("e", z, rb.AllToAll(), weight=1.0, synapse=rb.Delta())
    with pytest.raises(ValueError, match="snapshot must have the populations of the network, e, i, x, y, z, got e, i"):
        net.restore(before)
    first = net.run(10)
    net.reset()
    same(net.run(10), first)


def test_equations_with_random_beginnings_begin_anew():
    Cell = rb.neuron("Cell", "dV/dt = -V/10 + 2*xi/sqrt(10)", initial=dict(V="rand()"))

    def made(seed):
        net = rb.Network(seed=seed, threads=1)
        net.record(net.add(Cell(), 50, name="cell"), "V")
        return net

    net = made(3)
    first = net.run(10).states("cell", "V").values
    net.reset()
    assert np.array_equal(net.run(10).states("cell", "V").values, first)
    net.reset(seed=8)
    assert np.array_equal(net.run(10).states("cell", "V").values, made(8).run(10).states("cell", "V").values)


def test_what_is_refused():
    net = network()
    with pytest.raises(TypeError, match=r"snapshot must be what Network\.store returned"):
        net.restore(3)
    for wrong in (-1, 2**64):
        with pytest.raises(ValueError, match="seed must be"):
            net.reset(seed=wrong)
        with pytest.raises(ValueError, match="seed must be"):
            net.copy(seed=wrong)
    with pytest.raises(ValueError, match="threads must be"):
        net.copy(threads=0)
