"""Saving and loading: the continuation is the same bit for bit, and damaged files are refused."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import rheobase as rb
from rheobase.network import storage


def network(threads=1):
    """Every kind of thing that has a state."""
    net = rb.Network(dt=0.1, seed=4, threads=threads)
    eif = rb.EIF(tau_m=rb.Normal(10, 1, low=5), E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72, t_ref=1.0)
    e = net.add(eif, 101, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.LIF(tau_m=10, V_re=-72, t_ref=0.5, I_x=16.0), 27, name="i", V=rb.Uniform(-72, -55))
    x = net.add(rb.Poisson(rb.Uniform(5, 60)), 90, name="x")
    y = net.add(rb.Trains([[1.0, 2.5], [0.7]]), 2, name="y")
    rule = rb.Bernoulli(0.3)
    net.connect(x, e, rule, weight=25, synapse=rb.Exponential(tau=8), delay=rb.Normal(1.5, 0.5, high=3.0))
    net.connect(e, i, rule, weight=rb.Normal(15, 3), synapse=rb.Alpha(tau=3), delay=2.0)
    net.connect(i, e, rule, weight=-45, synapse=rb.Exponential(tau=4), plasticity=rb.InhibitorySTDP(), delay=1.2)
    net.connect(y, i, rb.AllToAll(), weight=2.0, synapse=rb.Exponential(tau=5, reversal=0.0))
    net.connect(e, e, rb.FixedInDegree(5), weight=20, synapse=rb.Exponential(tau=6), plasticity=rb.TsodyksMarkram())
    net.inject(e, rb.OrnsteinUhlenbeck(mean=1, std=2, tau=5))
    net.inject(i, rb.WhiteNoise(mean=0, sigma=2))
    net.inject(i, rb.Pulse(t_start=1.0, t_stop=4.0, amplitude=3.0))
    net.drive(e, rate=500, weight=5, synapse=rb.Exponential(tau=8))
    net.record(e, "V", neurons=[7, 3], every=0.5)
    return net


def same(a, b):
    for name in ("e", "i", "x"):
        assert np.array_equal(a.spikes(name).times, b.spikes(name).times)
        assert np.array_equal(a.spikes(name).indices, b.spikes(name).indices)
    assert np.array_equal(a.states("e", "V").values, b.states("e", "V").values)


def test_every_step_of_three_times_the_longest_delay(tmp_path):
    """Whatever is under way when the network is saved arrives after it is loaded."""
    net, path = network(2), tmp_path / "net"
    net.run(3.0)
    for step in range(90):
        net.save(path)
        again = rb.load(path, threads=1 + step % 3)
        if step % 9 == 0:
            same(again.run(6.0), _continue(path, 6.0))
        expected = net.run(0.1)
        assert again.t == pytest.approx(net.t - 0.1 + (6.0 if step % 9 == 0 else 0.0))
        if step % 9:
            same(again.run(0.1), expected)


@pytest.mark.parametrize("plasticity", [None, rb.TsodyksMarkram(U=1)])
def test_spike_with_the_longest_delay_outlives_a_save_at_any_step(plasticity, tmp_path):
    for saved in range(1, 12):
        net = rb.Network(dt=0.1, threads=1)
        x = net.add(rb.Trains([[0.3]]), 1)
        v = net.add(rb.LIF(tau_m=1e15), 1, name="v")
        net.connect(x, v, rb.AllToAll(), weight=1.0, synapse=rb.Delta(), delay=0.7, plasticity=plasticity)
        net.record(v, "V")
        net.run(0.1 * saved)
        net.save(tmp_path / "net")
        net = rb.load(tmp_path / "net", threads=2)
        V = net.run(1.2 - 0.1 * saved).states("v", "V")
        assert net["v"]["V"] == pytest.approx(-71.0, abs=1e-9), saved
        moved = np.flatnonzero(V.values[:, 0] > -71.5)[0]
        assert np.rint(V.times[moved] / net.dt) == max(10, saved + 1), saved


def test_switched_off_learning_stays_off(tmp_path):
    net = rb.Network(seed=1, threads=1)
    x, e = net.add(rb.Poisson(rate=50), 50, name="x"), net.add(rb.LIF(I_x=20), 5, name="e")
    stdp = rb.PairSTDP(w_max=5)
    q = net.connect(x, e, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=5), plasticity=stdp)
    q.learning = False
    net.run(20.0)
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    assert not again.projections[0].learning
    again.run(50.0)
    assert (again.projections[0].connections()["weight"] == 1.0).all()


def _continue(path, duration):
    return rb.load(path, threads=2).run(duration)


def test_the_continuation_is_that_of_the_original(tmp_path):
    net = network(2)
    net.run(20)
    net.save(tmp_path / "net")
    expected = net.run(30)
    same(rb.load(tmp_path / "net", threads=3).run(30), expected)
    assert len(expected.spikes("e").times) > 20


def test_another_process_continues_alike(tmp_path):
    net = network(1)
    net.run(10)
    net.save(tmp_path / "net")
    code = (
        "import sys, numpy as np, rheobase as rb\n"
        "s = rb.load(sys.argv[1], threads=2).run(20).spikes('e')\n"
        "np.savez(sys.argv[2], times=s.times, indices=s.indices)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "net", tmp_path / "out.npz"], check=True)
    expected = net.run(20).spikes("e")
    with np.load(tmp_path / "out.npz") as out:
        assert np.array_equal(out["times"], expected.times)
        assert np.array_equal(out["indices"], expected.indices)


def test_what_was_changed_by_hand_is_kept(tmp_path):
    net = network()
    net["e"]["V"] = -60.0
    net["i"]["V_th"] = -54.0
    net["i"]["I_x"] = rb.Uniform(15, 20)
    net.run(5)
    net.record_spikes(net["x"], False)
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    expected, got = net.run(5), again.run(5)
    assert np.array_equal(got.spikes("i").times, expected.spikes("i").times)
    assert "x" not in got.spikes()


def test_lists_are_kept(tmp_path):
    net = rb.Network(dt=0.1, seed=2, threads=1)
    x = net.add(rb.Poisson([400.0, 700.0]), 2, name="x")
    c = net.add(rb.HodgkinHuxley(I_x=[6.0, 7.0, 8.0]), 3, name="c", n=[0.3, 0.32, 0.4], V=(-65.0, -64.0, -63.0))
    net.connect(x, c, rb.FixedInDegree([1, 2, 1]), weight=[1.0, 2.0, 3.0, 4.0], synapse=rb.Alpha(), delay=[0.1] * 4)
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net")
    assert again["c"]["n"].tolist() == [0.3, 0.32, 0.4]
    expected, got = net.run(50).spikes("c"), again.run(50).spikes("c")
    assert len(expected.times) > 3
    assert np.array_equal(got.times, expected.times) and np.array_equal(got.indices, expected.indices)


def test_a_network_that_never_ran_can_be_saved(tmp_path):
    net = network()
    net.save(tmp_path / "net")
    same(rb.load(tmp_path / "net").run(10), net.run(10))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "net"
    net = network()
    net.run(2)
    net.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("keep", [0, 1, 7, 8, 40, 51, 52, 0.3, 0.9, -1])
def test_truncated_files_are_refused(saved, tmp_path, keep):
    length = int(keep * len(saved)) if isinstance(keep, float) else keep
    path = tmp_path / "net"
    path.write_bytes(saved[:length])
    with pytest.raises(ValueError, match="path must be"):
        rb.load(path)


def test_any_flipped_bit_is_noticed(saved, tmp_path):
    random = np.random.default_rng(1)
    places = [*range(0, 52, 3), *random.integers(0, len(saved), 60)]
    for place in places:
        damaged = bytearray(saved)
        damaged[place] ^= 1 << int(random.integers(8))
        path = tmp_path / "net"
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="path must be"):
            rb.load(path)


def test_files_of_another_kind_are_refused(tmp_path):
    path = tmp_path / "net"
    np.savez(path, a=1)
    with pytest.raises(ValueError, match=r"must be a file that Network\.save wrote"):
        rb.load(tmp_path / "net.npz")
    with pytest.raises(FileNotFoundError):
        rb.load(tmp_path / "absent")


def test_a_kill_during_a_save_leaves_a_whole_file(tmp_path):
    """The file is the old one or the new one, whenever the process dies."""
    path = tmp_path / "net"
    code = (
        "import sys, rheobase as rb\n"
        "net = rb.Network(threads=1)\n"
        "net.add(rb.LIF(), 200_000, name='e')\n"
        "net.save(sys.argv[1]); print('saved', flush=True)\n"
        "while True: net.run(0.1); net.save(sys.argv[1])"
    )
    random = np.random.default_rng(5)
    for _ in range(4):
        child = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"saved\n"
        time.sleep(float(random.uniform(0.01, 0.4)))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert rb.load(path).t >= 0


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net"
    net = network()
    net.save(path)
    before = path.read_bytes()

    def full(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        net.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_functions_cannot_be_saved(tmp_path):
    net = rb.Network()
    net.add(rb.Poisson(lambda t: 5 + 0 * t), 3, name="x")
    with pytest.raises(ValueError, match="must be made of numbers, arrays and models"):
        net.save(tmp_path / "net")
