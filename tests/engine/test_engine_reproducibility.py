"""The same spikes, weights and states, bit for bit: any number of threads, runs split anywhere, any instruction set."""

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rheobase as rb


def everything(threads, dt=0.1, seed=3):
    """A network of every model, rule, kernel and source, of sizes that no number of threads divides."""
    net = rb.Network(dt=dt, seed=seed, threads=threads)
    x = net.add(rb.Poisson(rate=rb.Uniform(1, 30)), 2503, name="x")
    given = np.random.default_rng(1)
    times = dt * given.integers(1, 1000, 400)
    g = net.add(rb.Trains(times=times, indices=given.integers(0, 31, 400)), 31, name="g")
    e = net.add(rb.EIF(tau_m=10, V_th=0, V_re=-72, t_ref=0.3), 811, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.EIF(tau_m=rb.Uniform(8, 12), method="rk4"), 203, name="i", V=rb.Uniform(-72, -55))
    c = net.add(rb.LIF(tau_m=20, E_L=-60, V_th=-50, V_re=-60, t_ref=5, g_L=10, I_x=150), 97, name="c", V=-60)
    one = net.add(rb.LIF(I_x=20), 1, name="one")
    none = net.add(rb.EIF(), 0, name="none")
    fast = rb.Exponential(tau=4)
    net.connect(x, e, rb.FixedInDegree(160), weight=30, synapse=rb.Exponential(tau=8))
    net.connect(x, i, rb.Bernoulli(0.05), weight=rb.LogNormal(3.0, 0.3), synapse=fast)
    net.connect(e, i, rb.Bernoulli(0.1), weight=35, synapse=rb.Alpha(tau=3), delay=rb.Uniform(0.1, 5))
    net.connect(e, e, rb.FixedOutDegree(40, autapses=False), weight=rb.Normal(12, 3, low=0), synapse=fast, delay=1.5)
    short = {"delay": rb.Normal(0.8, 0.4, low=0.05), "weight_bits": 16}
    net.connect(i, e, rb.FixedTotal(9000), weight=rb.Normal(-45, 5), synapse=fast, **short)
    net.connect(i, i, rb.FixedInDegree(20, multapses=True), weight=-70, synapse=rb.DifferenceOfExponentials())
    net.connect(e, c, rb.FixedInDegree(30), weight=6, synapse=rb.Exponential(tau=5, reversal=0))
    net.connect(i, c, rb.FixedInDegree(10), weight=60, synapse=rb.Exponential(tau=10, reversal=-80), delay=0.5)
    net.connect(g, c, rb.AllToAll(), weight=rb.Uniform(0, 4), synapse=rb.Delta(), delay=2)
    net.connect(c, one, rb.AllToAll(), weight=0.5, synapse=rb.Delta())
    net.connect(one, e, rb.AllToAll(), weight=0.5, synapse=fast)
    net.connect(none, e, rb.Bernoulli(0.5), weight=1, synapse=fast)
    net.connect(e, none, rb.Bernoulli(0.5), weight=1, synapse=fast)
    net.connect(none, none, rb.FixedInDegree(0, autapses=False), weight=1, synapse=fast)
    net.drive(e, rate=400, weight=2.0, synapse=fast)
    net.drive(i, rate=8, sources=100, weight=1.5, synapse=rb.Delta())
    net.record(e, "V", neurons=[800, 3, 77], every=0.7)
    net.record(c, "g_e", every=3)
    return net


def outcome(net, runs):
    """Spikes, samples and final states of a network run in pieces."""
    results = [net.run(duration) for duration in runs]
    arrays = {}
    for name in net.populations:
        for field in ("times", "indices"):
            arrays[name, field] = np.concatenate([getattr(r.spikes(name), field) for r in results])
    for key in (("e", "V"), ("c", "g_e")):
        for field in ("times", "values"):
            arrays[*key, field] = np.concatenate([getattr(r.states(*key), field) for r in results])
    for population in net:
        for variable in population.variables:
            arrays[population.name, variable, "final"] = population[variable]
    return arrays


def assert_same_bits(a, b):
    assert a.keys() == b.keys()
    for key in a:
        assert a[key].dtype == b[key].dtype and a[key].shape == b[key].shape, key
        assert a[key].tobytes() == b[key].tobytes(), key


@pytest.fixture(scope="module")
def alone():
    """100 ms of the network on one thread in one run."""
    return outcome(everything(1), [100.0])


def test_the_network_is_alive(alone):
    for name, least in (("x", 1000), ("g", 390), ("e", 300), ("i", 100), ("c", 100), ("one", 2)):
        assert len(alone[name, "times"]) > least, name
    assert len(alone["e", "V", "times"]) == 143 and len(alone["c", "g_e", "times"]) == 34


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_any_number_of_threads(alone, threads):
    assert_same_bits(outcome(everything(threads), [100.0]), alone)


def test_more_threads_than_neurons(alone):
    assert_same_bits(outcome(everything(256), [1.0]), outcome(everything(1), [1.0]))


@pytest.mark.parametrize("seed", [1, 2])
def test_runs_split_anywhere(alone, seed):
    cuts = np.sort(np.random.default_rng(seed).choice(np.arange(1, 1000), 12, replace=False))
    steps = np.diff([0, *cuts, 1000])
    assert_same_bits(outcome(everything(2), [0.1 * s for s in steps]), alone)


def test_single_steps():
    assert_same_bits(outcome(everything(2), [0.1] * 60), outcome(everything(3), [6.0]))


def test_connections_do_not_depend_on_threads():
    first, *others = [everything(threads) for threads in (1, 2, 3, 5)]
    for number, projection in enumerate(first.projections):
        wanted = projection.connections()
        for other in others:
            got = other.projections[number].connections()
            for field in ("pre", "post", "weight", "delay"):
                assert got[field].tobytes() == wanted[field].tobytes(), (number, field)


def test_reading_and_building_change_nothing(alone):
    net = everything(2)
    net.build()
    for projection in net.projections:
        projection.connections()
        assert len(projection) >= 0
    assert_same_bits(outcome(net, [40.0, 60.0]), alone)


def test_other_seeds_give_other_spikes(alone):
    other = outcome(everything(1, seed=4), [100.0])
    for name in ("x", "e", "i"):
        assert not np.array_equal(other[name, "times"], alone[name, "times"])


def test_networks_do_not_share_randomness_with_one_another_or_with_numpy(alone):
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    nets = [everything(1), everything(2, seed=99), everything(1)]
    a, _, b = [outcome(net, [20.0]) for net in nets]
    assert_same_bits(a, b)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def many_slots(threads):
    """Populations of more than 65536 input slots: several tiles per thread."""
    net = rb.Network(dt=0.1, seed=7, threads=threads)
    n = 70_001
    v = net.add(rb.LIF(V_th=-70, V_re=-75, I_x=rb.Uniform(0, 2.5)), n, name="v", V=rb.Uniform(-75, -70))
    w = net.add(rb.EIF(), 501, name="w")
    x = net.add(rb.Poisson(50), 300, name="x")
    net.connect(x, v, rb.FixedInDegree(3), weight=3.0, synapse=rb.Exponential(tau=5))
    net.connect(x, v, rb.FixedOutDegree(500), weight=rb.Normal(0.3, 0.1), synapse=rb.Delta(), delay=rb.Uniform(0.1, 2))
    net.connect(v, w, rb.FixedInDegree(2000), weight=2.0, synapse=rb.Exponential(tau=2))
    net.connect(w, v, rb.Bernoulli(0.001), weight=2.0, synapse=rb.Alpha(tau=2), delay=0.3)
    net.drive(v, rate=20, weight=0.5, synapse=rb.Delta())
    return net


def digest(net, runs):
    total = hashlib.sha256()
    results = [net.run(duration) for duration in runs]
    for population in net:
        for field in ("times", "indices"):
            total.update(np.concatenate([getattr(r.spikes(population.name), field) for r in results]).tobytes())
        for variable in population.variables:
            total.update(population[variable].tobytes())
    return total.hexdigest(), {name: sum(len(r.spikes(name).times) for r in results) for name in net.populations}


def test_several_tiles_a_thread():
    wanted, counts = digest(many_slots(1), [12.0])
    assert counts["v"] > 10_000 and counts["w"] > 100
    for threads, runs in ((2, [12.0]), (3, [5.0, 7.0]), (5, [0.1, 11.9])):
        assert digest(many_slots(threads), runs) == (wanted, counts)


def short_rows(threads, rate):
    """Rows that fall due as a whole and hold few synapses of each of a thread's tiles, if it has several."""
    net = rb.Network(dt=0.1, seed=8, threads=threads)
    cells = net.add(rb.LIF(I_x=14.8), 66_001, name="cells", V=rb.Uniform(-70, -50))
    source = net.add(rb.Poisson(rate), 300, name="source")
    current = rb.Exponential(tau=5)
    net.connect(cells, cells, rb.FixedInDegree(6, multapses=True), weight=40.0, delay=0.7, synapse=current)
    net.connect(cells, cells, rb.FixedInDegree(2), weight=rb.Normal(0.3, 0.2), delay=0.9, synapse=rb.Delta())
    net.connect(source, cells, rb.FixedInDegree(3), weight=rb.Normal(30, 9), synapse=current)
    net.connect(source, cells, rb.FixedInDegree(1), weight=0.4, delay=0.3, synapse=rb.Delta())
    return net


@pytest.mark.parametrize("rate", [40, 1])
def test_short_rows_onto_several_tiles(rate):
    """One thread gathers them by tile, three have a tile each; cells coast where little reaches them."""
    wanted, counts = digest(short_rows(1, rate), [6.0])
    assert counts["cells"] > 0 and counts["source"] > 0
    for threads, runs in ((1, [0.1, 2.3, 3.6]), (3, [6.0])):
        assert digest(short_rows(threads, rate), runs) == (wanted, counts)


@pytest.mark.parametrize(("threads", "copied"), [(2, 1), (4, 2), (1, 2)])
def test_short_rows_of_a_copy_on_other_threads(threads, copied):
    """Rows that the copy shares lie side by side for the tiles of other threads than it has."""
    net = short_rows(threads, 40)
    net.run(2.0)
    other = net.copy(threads=copied)
    wanted, found = net.run(3.0), other.run(3.0)
    for name in ("cells", "source"):
        assert np.array_equal(wanted.spikes(name).times, found.spikes(name).times)
        assert np.array_equal(wanted.spikes(name).indices, found.spikes(name).indices)
    assert np.array_equal(net["cells"]["V"], other["cells"]["V"])


SCRIPT = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_engine_reproducibility import digest, everything
from rheobase import _engine
net = everything(2)
print(_engine.isa(), *digest(net, [100.0]), sep="|")
"""


@pytest.fixture(scope="module")
def instruction_sets(with_instruction_set):
    """Digests and spike counts, None where this machine lacks the instructions."""
    found = {}
    for name in ("baseline", "avx2", "avx512"):
        found[name] = None
        if (printed := with_instruction_set(name, "-c", SCRIPT)) is not None:
            isa, sha, counts = printed.strip().split("|")
            assert isa == name
            found[name] = sha, ast.literal_eval(counts)
    return found


def test_instruction_sets_with_fused_products_agree_bit_for_bit(instruction_sets):
    if instruction_sets["avx512"] is None:
        pytest.skip("this machine has no AVX-512")
    assert instruction_sets["avx2"] == instruction_sets["avx512"]
    assert instruction_sets["avx2"][0] == digest(everything(3), [100.0])[0]  # and with what runs by itself


def test_baseline_agrees_but_for_rounding(instruction_sets):
    if instruction_sets["avx2"] is None:
        pytest.skip("this machine has no AVX2")
    _, baseline = instruction_sets["baseline"]
    _, fused = instruction_sets["avx2"]
    assert baseline["x"] == fused["x"] and baseline["g"] == fused["g"]  # sources use integers alone
    for name in ("e", "i", "c", "one"):
        # once trajectories part, counts of irregular spikes differ like two draws of variance below twice their mean:
        # five s.d. of the difference, false alarm below 1e-6 each
        assert abs(baseline[name] - fused[name]) <= 5 * np.sqrt(2 * 2 * fused[name]), name


def test_unknown_instruction_set_is_named():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "RHEOBASE_ISA": "sse9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0 and "RHEOBASE_ISA must be baseline, avx2 or avx512" in done.stderr
    assert "'sse9'" in done.stderr


def test_networks_go_on_after_a_fork():
    # a process of its own, for Python warns where a process with threads forks
    script = f"""
import sys, os, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_engine_reproducibility import digest, everything
net = everything(3)
net.run(5.0)
child = os.fork()
here = digest(net, [5.0])[0]
sys.stdout.write(here + "\\n")  # in one piece: two processes share the pipe
sys.stdout.flush()
if child == 0:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
    if not hasattr(os, "fork"):
        pytest.skip("this system does not fork")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    parent, child = done.stdout.split()
    assert parent == child
