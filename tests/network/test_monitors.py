"""What a run calls: when, what it may do, and how it ends the run."""

import os
import signal
import tracemalloc

import numpy as np
import pytest

import rheobase as rb


def network(threads=1):
    net = rb.Network(seed=2, threads=threads)
    e = net.add(rb.LIF(t_ref=2), 40, name="e", V=rb.Uniform(-72, -60))
    x = net.add(rb.Poisson(rate=40), 50, name="x")
    net.connect(x, e, rb.Bernoulli(0.4), weight=30, synapse=rb.Exponential(tau=5), delay=1.5)
    net.connect(e, e, rb.Bernoulli(0.2), weight=8, synapse=rb.Exponential(tau=5), plasticity=rb.PairSTDP(w_max=20))
    net.inject(e, rb.OrnsteinUhlenbeck(mean=1, std=2, tau=5))
    net.record(e, "V", every=1.0)
    return net


def assert_same(a, b):
    for name in a.spikes():
        assert np.array_equal(a.spikes(name).times, b.spikes(name).times)
        assert np.array_equal(a.spikes(name).indices, b.spikes(name).indices)
    assert np.array_equal(a.states("e", "V").values, b.states("e", "V").values)
    assert np.array_equal(a.states("e", "V").times, b.states("e", "V").times)


@pytest.mark.parametrize(("threads", "every"), [(1, 0.1), (1, 3.7), (2, 1.0)])
def test_calls_change_nothing(threads, every):
    times = []
    called = network(threads).run(40, every=every, call=lambda net: times.append(net.t))
    assert_same(called, network().run(40))
    assert np.allclose(times, every * np.arange(1, round(40 / every) + 1)[: len(times)])
    assert len(times) == int(40 / every + 1e-9)


def test_calls_lie_at_multiples_of_every_whenever_the_run_began():
    net, times = network(), []
    net.run(2.5)
    net.run(5, every=2, call=lambda net: times.append(round(net.t, 1)))
    assert times == [4.0, 6.0]


def test_false_ends_the_run_and_nothing_else_does():
    net = network()
    result = net.run(50, every=0.5, call=lambda net: net.t < 7.2)
    assert result.t_stop == pytest.approx(7.5)
    assert not result.interrupted
    assert net.run(5, call=lambda net: 0).duration == 5
    assert_same(result, network().run(7.5))


def test_latest_spikes_are_all_spikes_each_once():
    net, seen, slow = network(2), [], []
    net.record_spikes("x", False)
    net.monitor(lambda net: slow.append(net.latest_spikes("e")), every=7.0)
    result = net.run(60, every=0.3, call=lambda net: seen.append(net.latest_spikes("e")))
    indices = result.spikes("e").indices
    assert np.array_equal(np.concatenate(seen), indices)
    assert np.array_equal(np.concatenate(slow), indices[result.spikes("e").times < 56 + 1e-6])
    assert len(indices) > 50
    unrecorded = []
    net.run(20, every=2.0, call=lambda net: unrecorded.append(len(net.latest_spikes("x"))))
    assert 0 < sum(unrecorded) < 200
    with pytest.raises(RuntimeError, match="latest_spikes must be asked by what a run calls"):
        net.latest_spikes("e")


def test_what_a_call_sets_acts_from_then_on():
    def switch(net):
        net["e"]["I_x"] = 30.0

    net, other = network(), network()
    result = net.run(20, every=10, call=switch)
    first = other.run(10)
    switch(other)
    second = other.run(10)
    assert np.array_equal(result.spikes("e").times, np.concatenate([first.spikes("e").times, second.spikes("e").times]))


def test_closed_loop_holds_a_rate():
    """A controller of the input brings a rate to where it shall be."""
    net = rb.Network(seed=1, threads=1)
    e = net.add(rb.LIF(tau_m=10, t_ref=2), 200, name="e", V=rb.Uniform(-72, -56))
    net.inject(e, rb.WhiteNoise(mean=0, sigma=5))
    current = [0.0]

    def control(net):
        rate = 1000 * len(net.latest_spikes("e")) / 200 / 5.0
        current[0] += 0.02 * (30.0 - rate)
        net["e"]["I_x"] = current[0]

    net.run(1500, every=5.0, call=control)
    held = net.run(1000, every=5.0, call=control).rates()["e"]
    assert abs(held - 30.0) < 1.5


def test_what_is_raised_goes_on_with_the_result():
    def fails(net):
        if net.t > 5:
            raise KeyError("lost")

    net = network()
    with pytest.raises(KeyError, match="lost") as failure:
        net.run(20, every=1.0, call=fails)
    assert_same(failure.value.result, network().run(6))
    assert net.t == pytest.approx(6)
    assert net.run(1).duration == 1


def test_ctrl_c_in_a_call_and_between_short_pieces():
    def stop(net):
        if net.t > 3:
            os.kill(os.getpid(), signal.SIGINT)

    net = network()
    with pytest.raises(rb.Interrupted, match=r"run stopped by Ctrl-C at t = 3\.1 ms") as stopped:
        net.run(20, call=stop)
    result = stopped.value.result
    assert result.interrupted
    assert_same(result, network().run(3.1))


def test_monitors_stay_until_they_are_removed_and_no_copy_has_them():
    net, seen = network(), []
    monitor = net.monitor(lambda net: seen.append(net.t), every=2.0)
    assert monitor.every == 2.0
    net.run(4)
    net.copy().run(4)
    net.reset()
    net.run(2)
    monitor.remove()
    monitor.remove()
    net.run(4)
    assert np.allclose(seen, [2, 4, 2])


def test_what_a_call_must_not_do():
    for wrong in (lambda net: net.run(1), lambda net: net.reset(), lambda net: net.restore(net.store())):
        with pytest.raises(RuntimeError, match="must not be run, reset or restored by what its run calls"):
            network().run(5, call=wrong)


def test_store_in_a_call_and_save_after_a_long_look_back(tmp_path):
    net, kept = network(), []
    net.run(20, every=15.0, call=lambda net: kept.append(net.store()))
    net.save(tmp_path / "net")
    again = rb.load(tmp_path / "net", threads=2)
    first = net.run(20)
    assert_same(again.run(20), first)
    net.restore(kept[0])
    assert net.t == 15
    assert_same(net.run(5), _last_five())


def _last_five():
    net = network()
    net.run(15)
    return net.run(5)


def test_closed_loop_of_short_steps_needs_no_more_memory():
    net = rb.Network(seed=1, threads=1)
    net.add(rb.Poisson(rate=10), 20, name="x")
    net.record_spikes("x", False)
    net.run(20, call=lambda net: net.latest_spikes("x"))
    tracemalloc.start()
    net.run(1000, call=lambda net: net.latest_spikes("x"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000


def test_bad_arguments():
    net = network()
    with pytest.raises(TypeError, match="every must not be given without call"):
        net.run(5, every=1.0)
    with pytest.raises(ValueError, match="every must be"):
        net.run(5, every=0.05, call=print)
    with pytest.raises(TypeError, match="call must be"):
        net.run(5, call=3)
    with pytest.raises(ValueError, match="every must be"):
        net.monitor(print, every=0)
