"""Trials: the same bits whoever runs them, results with an axis of trials, errors that name theirs."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import rheobase as rb
from rheobase.experiments import TrialError


def network(threads=2):
    net = rb.Network(seed=3, threads=threads)
    e = net.add(rb.LIF(t_ref=2), 60, name="e", V=rb.Uniform(-72, -60))
    x = net.add(rb.Poisson(rate=40), 50, name="x")
    net.connect(x, e, rb.Bernoulli(0.4), weight=30, synapse=rb.Exponential(tau=5), delay=1.5)
    net.connect(e, e, rb.Bernoulli(0.2), weight=8, synapse=rb.Exponential(tau=5), plasticity=rb.PairSTDP(w_max=20))
    net.record(e, "V", neurons=[3, 1], every=1.0)
    return net


def stimulus(net, k):
    """At the top of the module, so that any process can find it."""
    net["e"]["I_x"] = 1.0 + k
    return {"I_x": 1.0 + k, "vector": np.arange(3) * k}


def fails_third(net, k):
    if k == 3:
        raise KeyError("no such stimulus")


def assert_same(a, b):
    assert len(a) == len(b)
    for one, other in zip(a, b, strict=True):
        for name in one.populations:
            assert np.array_equal(one.spikes(name).times, other.spikes(name).times)
            assert np.array_equal(one.spikes(name).indices, other.spikes(name).indices)
    assert np.array_equal(a.states("e", "V").values, b.states("e", "V").values)
    assert a.counts("e").sum() > 0


@pytest.fixture(scope="module")
def in_turn():
    return rb.trials(network(), 6, 60, each=stimulus)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_do_what_is_done_in_turn(in_turn, threads):
    done = rb.trials(network(threads), 6, 60, each=stimulus, workers=2)
    assert_same(done, in_turn)
    assert np.array_equal(done.returned["I_x"], 1.0 + np.arange(6))
    assert done.returned["vector"].shape == (6, 3)


def test_processes_do_what_is_done_in_turn(in_turn):
    scale = 1.0
    done = rb.trials(network(), 6, 60, each=lambda net, k: stimulus(net, k * scale), workers=2, processes=True)
    assert_same(done, in_turn)


def test_executors_do_what_is_done_in_turn(in_turn):
    with ThreadPoolExecutor(2) as executor:
        assert_same(rb.trials(network(), 6, 60, each=stimulus, workers=executor), in_turn)
    with ProcessPoolExecutor(2) as executor:
        assert_same(rb.trials(network(), 6, 60, each=stimulus, workers=executor), in_turn)
    joblib = pytest.importorskip("joblib")
    parallel = joblib.Parallel(n_jobs=2, backend="threading")
    assert_same(rb.trials(network(), 6, 60, each=stimulus, workers=parallel), in_turn)


def test_spawned_processes_do_what_is_done_in_turn(in_turn, monkeypatch):
    """As where there is no fork: workers begin with an interpreter of their own."""
    spawn = multiprocessing.get_context("spawn")
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: spawn)
    assert_same(rb.trials(network(), 6, 60, each=stimulus, workers=2, processes=True), in_turn)


@pytest.mark.filterwarnings("default")  # what other packages warn about is theirs
def test_workers_of_dask_do_what_is_done_in_turn(in_turn):
    distributed = pytest.importorskip("distributed")
    scale = 1.0
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        done = rb.trials(network(), 6, 60, each=lambda net, k: stimulus(net, k * scale), workers=client)
        assert_same(done, in_turn)
        assert np.array_equal(done.returned["I_x"], 1.0 + np.arange(6))


def test_a_trial_is_a_network_reset_to_its_seed(in_turn):
    net = network()
    for k in (0, 4):
        net.reset(seed=int(in_turn.seeds[k]))
        stimulus(net, k)
        result = net.run(60)
        assert np.array_equal(result.spikes("e").times, in_turn[k].spikes("e").times)
        assert np.array_equal(result.states("e", "V").values, in_turn.states("e", "V").values[k])


def test_network_stays_as_it_is_and_trials_can_go_on_from_there():
    net = network()
    net.run(20)
    other = net.copy(seed=12)
    done = rb.trials(net, 3, 10, seeds=[5, 12, 5], fresh=False)
    assert net.t == 20
    assert done[0].t_start == 20
    assert np.array_equal(done[1].spikes("e").times, other.run(10).spikes("e").times)
    assert np.array_equal(done[0].spikes("e").times, done[2].spikes("e").times)


def test_seeds_of_the_first_trials_do_not_depend_on_how_many_there_are():
    few, many = rb.trials(network(), 2, 1), rb.trials(network(), 5, 1)
    assert np.array_equal(few.seeds, many.seeds[:2])
    assert len(set(many.seeds)) == 5
    assert not np.array_equal(rb.trials(network(), 2, 1, seeds=8).seeds, few.seeds)


def test_statistics_over_trials(in_turn):
    counts = in_turn.counts("e")
    assert counts.shape == (6, 60)
    expected = np.array([len(result.spikes("e").times) for result in in_turn])
    assert np.array_equal(counts.sum(axis=1), expected)
    rate = in_turn.rates()["e"]
    assert rate.mean == pytest.approx(expected.mean() / 60 / 0.06)
    assert rate.sem == pytest.approx(expected.std(ddof=1) / np.sqrt(6) / 60 / 0.06)
    psth = in_turn.psth("e", 20)
    assert psth.values.mean() == pytest.approx(rate.mean)
    assert psth.sem.shape == psth.times.shape == (3,)
    fano = in_turn.fano_factor("e", ddof=1)
    with np.errstate(invalid="ignore"):
        assert np.array_equal(fano, counts.var(axis=0, ddof=1) / counts.mean(axis=0), equal_nan=True)
    assert in_turn.fano_factor("e", 30).shape == (60, 2)
    one = in_turn.neuron("e", 7)
    assert np.array_equal(one.count(), counts[:, 7])
    assert in_turn.states("e", "V").values.shape == (6, 61, 2)
    assert in_turn.states("e", "V").neurons.tolist() == [3, 1]
    late = in_turn.counts("e", t_start=30)
    assert np.array_equal(late + in_turn.counts("e", t_stop=30), counts)


def test_poisson_sources_have_a_fano_factor_of_1_over_trials():
    net = rb.Network(threads=1)
    net.add(rb.Poisson(rate=100), 400, name="x")
    fano = rb.trials(net, 40, 100).fano_factor("x", ddof=1)
    # the variance of each is about 2/(trials - 1): five standard errors of the mean over 400
    assert abs(fano.mean() - 1) < 5 * np.sqrt(2 / 39 / 400)


def test_each_may_run_by_itself():
    def each(net, k):
        net.run(5)
        return net.run(5 + 5 * k), k**2

    done = rb.trials(network(), 3, each=each)
    assert [result.duration for result in done] == [5, 10, 15]
    assert done.returned.tolist() == [0, 1, 4]
    with pytest.raises(ValueError, match="must have one shape in all trials to be stacked"):
        done.psth("e", 5)
    alone = rb.trials(network(), 2, each=lambda net, k: np.zeros(k))
    assert [len(value) for value in alone.returned] == [0, 1]


@pytest.mark.parametrize("more", [{}, {"workers": 2}, {"workers": 2, "processes": True}])
def test_errors_name_the_trial_and_keep_what_was_done(more):
    with pytest.raises(TrialError, match=r"trial 3 \(seed \d+\) failed: KeyError: 'no such stimulus'") as failure:
        rb.trials(network(), 30, 5, each=fails_third, **more)
    error = failure.value
    assert error.trial == 3
    assert isinstance(error.__cause__, KeyError)
    assert 3 not in error.done.ids
    assert len(error.done) == len(error.done.ids) >= 1


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_was_done(workers):
    def each(net, k):
        if k == 4:
            os.kill(os.getpid(), signal.SIGINT)
        if k >= 4:
            net.run(1e7)

    start = time.perf_counter()
    with pytest.raises(rb.Interrupted, match="trials stopped by Ctrl-C: 4 of 30 were done") as stopped:
        rb.trials(network(), 30, 5, each=each, workers=workers)
    done = stopped.value.result
    assert time.perf_counter() - start < 30
    assert done.interrupted
    assert done.ids.tolist() == [0, 1, 2, 3]
    assert threading.active_count() < 10


def test_ctrl_c_before_the_first_trial_is_done():
    def each(net, k):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rb.trials(network(), 2, 5, each=each)


def test_progress_and_shown_results(capsys, in_turn):
    rb.trials(network(), 2, 1, progress=True)
    assert "trials" in capsys.readouterr().err
    assert "6 trials of 60 ms: e " in repr(in_turn)
    assert "±" in repr(in_turn)
    assert "<table>" in in_turn._repr_html_()


def test_what_is_refused():
    net = network()
    for arguments, error, message in (
        ({"n": 0}, ValueError, "n must be"),
        ({"n": 2, "seeds": [1, 2, 3]}, ValueError, "seeds must be one integer or one for each of the 2 trials, got 3"),
        ({"n": 2, "workers": 0}, ValueError, "workers must be"),
        ({"n": 2, "workers": "two"}, TypeError, "workers must be an integer, an executor"),
        ({"n": 2, "duration": None}, TypeError, "each must run the network where duration is not given"),
        ({"n": 2, "each": 3}, TypeError, "each must be"),
        ({"n": 2, "duration": 0.05}, ValueError, "duration must be"),
    ):
        with pytest.raises(error, match=message):
            rb.trials(net, **{"duration": 1.0, **arguments})
    with pytest.raises(TrialError, match="each must not return a Result where trials run for a duration"):
        rb.trials(net, 1, 1, each=lambda net, k: net.run(1))
