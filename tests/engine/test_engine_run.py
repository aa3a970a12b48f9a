"""Running: progress, other threads, Ctrl-C, failures, and what a result holds."""

import gc
import os
import pickle
import signal
import threading
import time

import numpy as np
import pytest

import rheobase as rb

LONG = 1e6  # ms: longer than any test waits
PHASES = {"send_off", "kick", "update", "publish", "deliver", "learn", "couple", "record", "wait"}


def busy_network(threads=1, neurons=2000):
    """A network that takes about a second for a few hundred ms."""
    net = rb.Network(dt=0.1, seed=1, threads=threads)
    e = net.add(rb.EIF(tau_m=10), neurons, name="e", V=rb.Uniform(-72, -55))
    net.drive(e, rate=1600, weight=20.0, synapse=rb.Exponential(tau=5))
    net.record(e, "V", neurons=[0, 5], every=0.5)
    return net


# ---- progress and other threads --------------------------------------------------------------------------------------


def test_progress_bar_shows_biological_time(capfd):
    net = busy_network()
    net.run(400, progress=True)
    shown = capfd.readouterr().err
    assert "simulating" in shown and "100%" in shown and "400/400 ms" in shown
    assert shown.count("\r") >= 2  # it moved on the way
    net.run(1)
    assert capfd.readouterr().err == ""


def test_progress_changes_no_result():
    a, b = busy_network().run(50, progress=True), busy_network().run(50)
    assert np.array_equal(a.spikes("e").times, b.spikes("e").times)


def test_other_python_threads_go_on():
    net = busy_network()
    net.build()
    counts, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            counts[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    try:
        before = counts[0]
        net.run(400)
        passed = counts[0] - before
    finally:
        stop.set()
        thread.join()
    # a run that kept the interpreter to itself would let the other thread count for two switches of 5 ms at most
    assert passed > 50_000


def test_a_network_cannot_be_used_while_it_runs():
    net = busy_network()
    net.build()
    errors, times = [], []

    def meddle():
        time.sleep(0.05)
        for use in (lambda: net.run(1), lambda: net.add(rb.LIF(), 1), lambda: net["e"]["V"]):
            try:
                use()
            except RuntimeError as error:
                errors.append(str(error))
        times.append(net.t)

    thread = threading.Thread(target=meddle)
    thread.start()
    result = net.run(6000)
    thread.join()
    assert len(errors) == 3 and all("while it runs" in error for error in errors)
    assert 0 <= times[0] <= 6000 and result.t_stop == 6000  # reading the time is fine
    assert net.run(1).t_stop == pytest.approx(6001)


def test_runs_in_any_thread():
    results = {}
    nets = {k: busy_network(threads=2, neurons=200) for k in range(3)}
    threads = [threading.Thread(target=lambda k=k: results.update({k: nets[k].run(50)})) for k in nets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = busy_network(neurons=200).run(50).spikes("e").times
    assert all(np.array_equal(results[k].spikes("e").times, alone) for k in nets)


# ---- Ctrl-C ----------------------------------------------------------------------------------------------------------


def interrupted_run(net, after=0.25, duration=LONG, progress=False):
    """Run until SIGINT; return the result and the seconds from the signal to the return."""
    sent = []
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in its background without it

    def interrupt():
        time.sleep(after)
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(rb.Interrupted, match="stopped by Ctrl-C at t =") as stopped:
        net.run(duration, progress=progress)
    returned = time.perf_counter()
    thread.join()
    return stopped.value.result, returned - sent[0]


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_stops_within_100_ms_and_keeps_what_was_recorded(threads):
    net = busy_network(threads, neurons=300)
    result, delay = interrupted_run(net)
    assert result.interrupted and 0 < result.t_stop < LONG
    assert result.t_stop == net.t
    # everything up to there is the same as in a run that was never stopped
    steps = round(result.t_stop / 0.1)
    whole = busy_network(1, neurons=300).run(steps * 0.1)
    assert not whole.interrupted
    for field in ("times", "indices"):
        assert np.array_equal(getattr(result.spikes("e"), field), getattr(whole.spikes("e"), field))
    assert np.array_equal(result.states("e", "V").values, whole.states("e", "V").values)
    # the machine may be busy: the best of five counts
    for _ in range(4):
        if delay < 0.1:
            break
        delay = min(delay, interrupted_run(net, after=0.1)[1])
    assert delay < 0.1


def test_run_goes_on_after_ctrl_c():
    net = busy_network(2, neurons=300)
    first, _ = interrupted_run(net)
    second = net.run(30)
    assert not second.interrupted and second.t_start == first.t_stop
    whole = busy_network(1, neurons=300).run(round(first.t_stop / 0.1 + 300) * 0.1)
    joined = np.concatenate([first.spikes("e").times, second.spikes("e").times])
    assert np.array_equal(joined, whole.spikes("e").times)


def test_one_ctrl_c_ends_a_loop_of_runs():
    net, begun = busy_network(neurons=300), []

    def loop():
        for k in range(100):
            begun.append(k)
            if k == 2:
                threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
            net.run(20 if k < 2 else LONG)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt) as stopped:
        loop()
    assert begun == [0, 1, 2]
    again = pickle.loads(pickle.dumps(stopped.value))
    assert again.result.t_stop == stopped.value.result.t_stop == net.t
    assert str(again) == f"run stopped by Ctrl-C at t = {net.t:g} ms; `result` holds what was done"


def test_ctrl_c_with_a_progress_bar(capfd):
    result, _ = interrupted_run(busy_network(neurons=300), progress=True)
    assert result.interrupted
    assert "simulating" in capfd.readouterr().err


def test_other_signals_end_the_run_with_their_own_error():
    class Alarm(Exception):
        pass

    def ring(signum, frame):
        raise Alarm

    if not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timers of this kind")
    net = busy_network(neurons=300)
    old = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.15)
        with pytest.raises(Alarm):
            net.run(LONG)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    stopped = net.t
    after = net.run(10)  # goes on where it stopped; what the failed run had recorded is gone
    assert after.t_start == stopped > 0
    assert after.spikes("e").times.min() > stopped
    assert after.states("e", "V").times.min() > stopped


# ---- states that are not finite --------------------------------------------------------------------------------------


def failing_network(threads, culprit=37):
    """At 5.1 ms one conductance pulls one neuron to minus infinity."""
    net = rb.Network(dt=0.1, threads=threads)
    x = net.add(rb.Trains([[5.0]]), 1, name="x")
    net.add(rb.EIF(), 10, name="bystanders")
    v = net.add(rb.LIF(I_x=30), 100, name="victims")
    hole = rb.Exponential(tau=5, reversal=-1e300, label="hole")
    net.connect(x, v, rb.Pairs([0, 0], [culprit, 90]), weight=3e38, synapse=hole)
    net.record(v, "V")
    return net, v


@pytest.mark.parametrize("threads", [1, 3])
def test_non_finite_state_names_population_neuron_and_time(threads):
    net, v = failing_network(threads)
    with pytest.raises(FloatingPointError) as caught:
        net.run(100)
    message = str(caught.value)
    assert "neuron 37" in message and "'victims'" in message and "t = 5.2 ms" in message and "0.1 ms" in message
    assert net.t == pytest.approx(5.2)

    # mended, the network runs on, and the result holds nothing of the failed run
    v["V"], v["g_hole"] = -60.0, 0.0
    result = net.run(50)
    assert result.t_start == pytest.approx(5.2) and result.t_stop == pytest.approx(55.2)
    spikes, V = result.spikes("victims"), result.states("victims", "V")
    assert len(spikes.times) > 100 and spikes.times.min() > 5.2
    assert V.times[0] == pytest.approx(5.3) and np.isfinite(V.values).all() and len(V.times) == 500


def test_failure_is_raised_again_until_it_is_mended():
    net, _ = failing_network(1)
    for _ in range(3):
        with pytest.raises(FloatingPointError, match="neuron 37 of population 'victims'"):
            net.run(10)
    assert net.run(0).t_stop == net.t


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_first_of_the_populations_that_fail_in_one_step_is_named(threads):
    net = rb.Network(threads=threads)
    for name, current in ("sound", 0.0), ("first", 1e307), ("second", 1e307), ("third", 1e307):
        net.add(rb.LeakyIntegrator(method="euler", g_L=0.01, I_x=current), 70, name=name)
    with pytest.raises(FloatingPointError, match="neuron 0 of population 'first'"):
        net.run(1.0)


# ---- results ---------------------------------------------------------------------------------------------------------


def small_network():
    net = rb.Network(dt=0.1, seed=2, threads=2)
    e = net.add(rb.EIF(I_x=25), 50, name="e", V=rb.Uniform(-75, -55))
    net.add(rb.Poisson(50), 20, name="x")
    net.connect(net["x"], e, rb.Bernoulli(0.3), weight=10.0, synapse=rb.Exponential(tau=5))
    return net, e


def test_results_can_be_pickled_and_outlive_the_network():
    net, e = small_network()
    net.record(e, "V", neurons=[3, 1])
    result = net.run(50, profile=True)
    spikes, V = result.spikes("e"), result.states("e", "V")
    kept = spikes.times.copy(), spikes.indices.copy(), V.values.copy()
    copy = pickle.loads(pickle.dumps(result))
    net.run(50)  # the next run must not write into the last one's arrays
    del net, e
    gc.collect()
    junk = [np.ones(100_000) for _ in range(10)]
    for r in (result, copy):
        assert np.array_equal(r.spikes("e").times, kept[0]) and np.array_equal(r.spikes("e").indices, kept[1])
        assert np.array_equal(r.states("e", "V").values, kept[2])
        assert r.rates() == result.rates() and r.populations == ["e", "x"]
        assert r.timing.phases.keys() == PHASES
    assert len(junk) == 10


def test_spikes_are_plain_arrays_by_time_then_index():
    net, _ = small_network()
    spikes = net.run(100).spikes("e")
    assert spikes.times.dtype == np.float64 and spikes.indices.dtype == np.int64
    assert np.array_equal(np.lexsort((spikes.indices, spikes.times)), np.arange(len(spikes.times)))
    assert spikes.times.min() >= 0.1 and spikes.times.max() <= 100 + 1e-9
    assert np.allclose(spikes.times / 0.1, np.rint(spikes.times / 0.1), atol=1e-9, rtol=0)


def test_rates_count_spikes_after_a_time():
    net, _ = small_network()
    net.run(20)
    result = net.run(80)
    times = result.spikes("e").times
    assert result.rates()["e"] == pytest.approx(len(times) / 50 / 0.08)
    assert result.rates(t_start=60)["e"] == pytest.approx((times > 60 + 1e-9).sum() / 50 / 0.04)
    assert (result.t_start, result.t_stop) == pytest.approx((20, 100))


def test_spike_recording_can_be_switched():
    net, e = small_network()
    net.record_spikes(e, False)
    unrecorded = net.run(50)
    assert "e" in unrecorded.populations and "e" not in unrecorded.spikes()
    with pytest.raises(ValueError, match="one whose spikes were recorded"):
        unrecorded.spikes("e")
    net.record_spikes(e)
    again = net.run(50).spikes("e")
    assert len(again.times) > 0 and again.times.min() > 50
    other, _ = small_network()
    whole = other.run(100).spikes("e")  # the spikes were there nonetheless
    assert np.array_equal(again.times, whole.times[whole.times > 50 + 1e-9])


@pytest.mark.parametrize(
    ("neurons", "wanted"),
    [
        (slice(None), range(50)),
        (slice(10, 0, -3), [10, 7, 4, 1]),
        (slice(40, 100), range(40, 50)),
        (7, [7]),
        (np.int32(7), [7]),
        ([49, 0, 20], [49, 0, 20]),
        ([5, 5, 2, 5], [5, 5, 2, 5]),
        (np.arange(50) % 10 == 3, [3, 13, 23, 33, 43]),
        ([], []),
    ],
)
def test_neurons_are_recorded_in_the_order_asked_for(neurons, wanted):
    net, e = small_network()
    net.record(e, "V", neurons=neurons)
    samples = net.run(10).states("e", "V")
    other, e = small_network()
    other.record(e, "V")
    everything = other.run(10).states("e", "V")
    assert np.array_equal(samples.neurons, list(wanted))
    assert samples.values.shape == (101, len(wanted))
    assert np.array_equal(samples.values, everything.values[:, list(wanted)])


def test_samples_lie_at_multiples_of_their_interval():
    net, e = small_network()
    net.record(e, "V", every=0.7)
    net.record(e, "I_x_syn", every=5)
    V, current = [net.run(d).states("e", "V") for d in (1.0, 0.1, 8.9)], net.run(5).states("e", "I_x_syn")
    assert np.concatenate([v.times for v in V]) == pytest.approx(0.7 * np.arange(15))
    assert current.times == pytest.approx([15.0])  # what came before belongs to the results before
    other, e = small_network()
    other.record(e, "V")
    whole = other.run(10).states("e", "V")
    assert np.array_equal(np.concatenate([v.values for v in V]), whole.values[::7])


def test_recording_begins_where_it_was_asked_for():
    net, e = small_network()
    net.run(10)
    net.record(e, "V", every=4)
    assert net.run(10).states("e", "V").times == pytest.approx([12, 16, 20])
    assert len(net.run(2).states("e", "V").times) == 0


def test_first_sample_is_the_initial_state():
    net, e = small_network()
    start = e["V"]
    net.record(e, "V")
    result = net.run(1)
    assert result.states("e", "V").times[0] == 0
    assert np.array_equal(result.states("e", "V").values[0], start)
    assert np.array_equal(result.states("e", "V").values[-1], e["V"])


@pytest.mark.parametrize("model", [rb.HodgkinHuxley, rb.TraubMiles])
def test_a_state_variable_may_be_called_n(model):
    net = rb.Network(dt=0.01, threads=1)
    many = net.add(model(), 3, n=0.3177)
    assert (len(many), many["n"].tolist()) == (3, [0.3177] * 3)
    assert net.add(model(), 2, name="each", n=[0.1, 0.2])["n"].tolist() == [0.1, 0.2]
    drawn = net.add(model(), 100, name="drawn", n=rb.Uniform(0.3, 0.4))["n"]
    assert drawn.min() >= 0.3 and drawn.max() <= 0.4 and len(np.unique(drawn)) == 100


def test_state_variables_can_be_set_between_runs():
    net, e = small_network()
    net.run(5)
    e["V"] = np.linspace(-70, -60, 50)
    assert np.array_equal(e["V"], np.linspace(-70, -60, 50))
    e["V"] = -65
    assert (e["V"] == -65).all()
    e["I_x"] = rb.Uniform(0, 1)
    assert (e["I_x"] >= 0).all() and len(np.unique(e["I_x"])) == 50
    read = e["V"]
    read[:] = 0  # a copy
    assert (e["V"] == -65).all()


def test_runs_of_no_time():
    net, e = small_network()
    net.record(e, "V")
    empty = net.run(0)
    assert empty.t_stop == 0 and len(empty.spikes("e").times) == 0
    assert net.run(1).t_stop == 1
    assert len(net.run(0).states("e", "V").times) == 0
    assert rb.Network().run(5).populations == []


def test_networks_can_grow_between_runs():
    net, e = small_network()
    net.run(10)
    V = e["V"]
    late = net.add(rb.LIF(), 7, name="late", V=-60)
    net.connect(e, late, rb.AllToAll(), weight=5.0, synapse=rb.Exponential(tau=2))
    assert np.array_equal(e["V"], V)
    net.record(late, "I_e")
    result = net.run(20)
    assert result.states("late", "I_e").values.max() > 0
    other, _ = small_network()
    whole = other.run(30).spikes("e")  # what was there goes on as if nothing had come
    assert np.array_equal(result.spikes("e").times, whole.times[whole.times > 10 + 1e-9])


def test_timing_says_where_the_seconds_went():
    net, _ = small_network()
    result = net.run(50, profile=True)
    timing = result.timing
    assert timing.construction > 0 and timing.simulation > 0 and timing.events > 0
    assert 0 < sum(timing.phases.values()) <= timing.simulation * 1.01
    assert net.run(1).timing.phases is None
    c = net.projections[0].connections()
    out = np.bincount(c["pre"], minlength=20)
    x = result.spikes("x")
    delivered = x.indices[x.times < 50 - 1e-9]  # one step later
    assert timing.events == out[delivered].sum()


def test_people_see_something_in_a_notebook():
    net, e = small_network()
    result = net.run(1)
    for shown in (net, result, rb.EIF()):
        assert "<table>" in shown._repr_html_()
    for text, part in ((net, "2 populations"), (e, "'e': 50"), (net.projections[0], "'x' → 'e'"), (result, "t_stop")):
        assert part in repr(text)


def test_the_first_sample_comes_once():
    net = rb.Network(dt=0.1, threads=1)
    e = net.add(rb.LIF(), 1, name="e")
    net.record(e, "V")
    assert len(net.run(0).states("e", "V").times) == 0
    assert net.run(0.2).states("e", "V").times == pytest.approx([0.0, 0.1, 0.2])


def test_samples_of_many_pieces_of_memory_are_those_of_one():
    """A run takes memory for 64 MB of samples at a time; shorter runs take less, one after the other."""

    def network():
        net = rb.Network(dt=0.1, seed=3, threads=2)
        e = net.add(rb.LIF(I_x=20), 30_000, name="e", V=rb.Uniform(-72, -55))
        net.record(e, "V")
        return net

    whole, parts = network(), network()
    steps = 600  # 30,000 values of 8 bytes each: 144 MB
    samples = whole.run(0.1 * steps).states("e", "V")
    pieces = [parts.run(0.1 * steps / 4).states("e", "V") for _ in range(4)]
    assert np.array_equal(samples.times, np.concatenate([piece.times for piece in pieces]))
    assert np.array_equal(samples.values, np.concatenate([piece.values for piece in pieces]))
