"""The same circuit on NEST: statistics agree within the spread of seeds; what NEST lacks is refused by name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

import rheobase as rb
from rheobase.io.nest.recording import join_samples, join_spikes

pytest.importorskip("nest")
pytestmark = pytest.mark.filterwarnings("default")  # what NEST warns about is its own


def compare(make, duration, skip, seeds=range(1, 9)):
    """Mean rates over seeds here and on NEST, whose difference is that of two means of a few seeds."""
    here, there = [], []
    for seed in seeds:
        net = make(seed)
        there.append(list(rb.io.to_nest(net).run(duration).rates(skip).values()))
        here.append(list(net.run(duration).rates(skip).values()))
    difference = np.mean(here, 0) - np.mean(there, 0)
    error = np.sqrt((np.var(here, 0, ddof=1) + np.var(there, 0, ddof=1)) / len(seeds))
    # Student's t with twice the seeds but two: one test in ten thousand lies beyond
    limit = scipy.stats.t.ppf(1 - 0.5e-4, 2 * len(seeds) - 2)
    assert (np.abs(difference) <= limit * error + 1e-9).all(), (np.mean(here, 0), np.mean(there, 0), error)
    return np.mean(here, 0)


def test_currents_of_several_kernels_and_drive():
    def make(seed):
        net = rb.Network(dt=0.1, seed=seed)
        lif = rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2)
        e = net.add(lif, 80, name="e", V=rb.Uniform(-65, -50))
        i = net.add(lif, 20, name="i", V=rb.Uniform(-65, -50))
        for post in (e, i):
            net.drive(post, rate=10, sources=200, weight=8.0, synapse=rb.Exponential(tau=3))
            net.connect(e, post, rb.FixedInDegree(10), weight=rb.Normal(8, 1), synapse=rb.Exponential(tau=5), delay=1.5)
            net.connect(i, post, rb.Bernoulli(0.2), weight=-20, synapse=rb.Exponential(tau=8), delay=rb.Uniform(0.5, 2))
        return net

    rates = compare(make, 500, 100)
    assert (rates > 5).all()


def test_delta_synapses_and_poisson_sources():
    def make(seed):
        net = rb.Network(dt=0.1, seed=seed)
        x = net.add(rb.Poisson(rate=20), 200, name="x")
        e = net.add(rb.LIF(tau_m=20, E_L=0, V_th=20, V_re=10, t_ref=2), 50, name="e", V=0)
        net.connect(x, e, rb.FixedInDegree(100), weight=0.6, synapse=rb.Delta(), delay=1)
        return net

    rates = compare(make, 1000, 100)
    assert abs(rates[0] - 20) < 1 and rates[1] > 5


def test_conductances():
    rates = compare(lambda seed: rb.circuits.coba(1000, seed=seed), 60, 10, seeds=(1, 2, 3))
    assert (rates > 5).all()


LEAKY = rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=2)


def one_neuron(synapse, model=LEAKY):
    """A source, whose spikes reach one neuron, of which V is recorded."""
    net = rb.Network(dt=0.1, seed=1)
    x = net.add(rb.Trains([[5.0, 12.0, 13.0]]), 1, name="x")
    n = net.add(model, 1, name="n", V=-65)
    if synapse is not None:
        weight = {"Delta": 9, "Alpha": 200}.get(type(synapse).__name__, 150 if synapse.reversal is None else 1)
        net.connect(x, n, rb.AllToAll(), weight=weight, synapse=synapse, delay=0.3)
    net.record(n, "V")
    return net, n


def agree(net, duration=40, tolerance=1e-9):
    """The same spikes and the same V, in three runs of NEST one after the other; return what came here."""
    on_nest, third = rb.io.to_nest(net), duration / 4
    parts = [on_nest.run(t) for t in (third, third, 2 * third)]
    here = net.run(duration)
    for name in net.populations:
        times = np.concatenate([part.spikes(name).times for part in parts])
        np.testing.assert_allclose(times, here.spikes(name).times, atol=1e-6)
        indices = np.concatenate([part.spikes(name).indices for part in parts])
        np.testing.assert_array_equal(indices, here.spikes(name).indices)
    for (name, variable), samples in here._states.items():
        there = [part._states[name, variable] for part in parts]
        np.testing.assert_allclose(np.concatenate([s.times for s in there]), samples.times, atol=1e-9)
        np.testing.assert_allclose(np.concatenate([s.values for s in there]), samples.values, atol=tolerance)
        np.testing.assert_array_equal(there[0].neurons, samples.neurons)
    return here


@pytest.mark.parametrize(
    "synapse, tolerance",
    [
        (rb.Delta(), 1e-9),
        (rb.Exponential(tau=5), 1e-9),
        (rb.Alpha(tau=5), 1e-9),
        (rb.Exponential(tau=5, reversal=0), 2e-3),  # NEST's solver is adaptive
    ],
)
def test_one_neuron_agrees_in_spikes_and_voltage(synapse, tolerance):
    net, _ = one_neuron(synapse)
    here = agree(net, tolerance=tolerance)
    assert len(here.spikes("n").times) > 0


def test_currents_agree_in_voltage():
    for current in (
        rb.Pulse(t_start=5, t_stop=20, amplitude=12),
        rb.Steps([0, 10, 20.5], [3, 10, -5]),
        rb.Steps([0, 0.2, 20.5], [3, 10, -5]),
        rb.Samples(10 * np.sin(np.arange(200) / 20), every=0.2),
    ):
        net, n = one_neuron(None, rb.LIF(tau_m=10, E_L=-65, V_th=-20, g_L=3))
        net.inject(n, current)
        here = agree(net)
        assert np.ptp(here.states("n", "V").values) > 1


def test_currents_of_each_neuron_and_samples_of_chosen_ones():
    net = rb.Network(dt=0.1)
    e = net.add(LEAKY, 4, name="e", V=[-65, -60, -58, -55])
    net.inject(e, rb.Pulse(t_start=5, t_stop=20, amplitude=[1, 2, 3, 20]))
    net.record(e[[3, 0]], "V", every=0.5)
    net.record(e, "V", every=0.2)
    assert len(agree(net).spikes("e").times)


def test_white_noise_has_the_same_spread():
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(rb.LIF(tau_m=10, E_L=-65, V_th=0, g_L=2), 400, name="e", V=-65)
    sigma = np.repeat([5.0, 10.0], 200)
    net.inject(e, rb.WhiteNoise(mean=2, sigma=sigma))
    net.record(e, "V", every=50)
    for res in (rb.io.to_nest(net).run(1000), net.run(1000)):
        values = res.states("e", "V").values[2:]  # nineteen or so independent samples of 400 neurons
        n = values[:, :200].size
        for part, s in ((values[:, :200], 5.0), (values[:, 200:], 10.0)):
            expected = s / 2 / np.sqrt(20)
            # a mean and a standard deviation are off by five standard errors once in a million
            assert abs(part.mean() + 64) < 5 * expected / np.sqrt(n)
            assert abs(part.std() - expected) < 5 * expected / np.sqrt(2 * n) + 0.005 * expected


def test_rates_that_change_and_that_differ():
    net = rb.Network(dt=0.1, seed=1)
    steps = rb.Steps([0, 500], [100, 300])
    net.add(rb.Poisson(rate=steps), 400, name="x")
    net.add(rb.Poisson(rate=np.repeat([50.0, 200.0], 200)), 400, name="y")
    e = net.add(rb.LIF(tau_m=10, E_L=-65, V_th=0), 400, name="e", V=-65)
    net.drive(e, rate=steps, sources=10, weight=1, synapse=rb.Delta())
    net.record(e, "V", every=50)
    res = rb.io.to_nest(net).run(1000)
    x, y = res.spikes("x"), res.spikes("y")
    for n, expected in (
        ((x.times <= 500).sum(), 100 * 200),
        ((x.times > 500).sum(), 300 * 200),
        ((y.indices < 200).sum(), 50 * 200),
        ((y.indices >= 200).sum(), 200 * 200),
    ):
        assert abs(n - expected) < 5 * np.sqrt(expected)
    values = res.states("e", "V").values
    # a drive of N Hz moves the mean by weight N tau_m, its variance by half of weight² N tau_m
    for part, rate in ((values[3:10], 1.0), (values[13:20], 3.0)):
        assert abs(part.mean() + 65 - 10 * rate) < 5 * np.sqrt(5 * rate / part.size) + 0.05 * rate


RULES = [
    (rb.PairSTDP(w_max=0.1, A_plus=0.005, A_minus=0.004), 0.05),
    (rb.PairSTDP(w_max=0.1, A_plus=0.005, A_minus=0.004, mu=0.7, tau_plus=15, tau_minus=30), 0.05),
    (rb.TripletSTDP(w_max=0.1, A2_plus=2e-4, A3_plus=1e-3, A2_minus=1e-3, A3_minus=1e-4), 0.05),
    (rb.VogelsSTDP(w_max=0.1, eta=0.001), 0.05),
    (rb.InhibitorySTDP(epsilon=0.01), -0.05),
]
RULE_NAMES = ["pair", "pair power", "triplet", "vogels", "inhibitory"]
KERNELS = [rb.Delta(), rb.Exponential(tau=3), rb.Exponential(tau=3, reversal=0)]


def learning(rule, weight, synapse, delay=1.0, post_delay=0.0):
    """Strong synapses of others say when the neurons spike, and no pair coincides where the delays differ evenly."""
    random = np.random.default_rng(3)
    # arrivals on steps of one parity and spikes on those of the other
    odd, strong = (0.0, 30) if isinstance(synapse, rb.Delta) else (0.1, 7000 if synapse.reversal is None else 50)
    pre = [[*np.unique(np.floor(random.uniform(2, 440, 30) / 0.2) * 0.2 + odd), 480 + odd] for _ in range(10)]
    forcing = [np.unique(np.round(random.uniform(0, 400, 12) / 45) * 45 + 9.0) for _ in range(3)]
    net = rb.Network(dt=0.1)
    x, f = net.add(rb.Trains(pre), 10, name="x"), net.add(rb.Trains(forcing), 3, name="f")
    e = net.add(rb.LIF(tau_m=10, E_L=-65, V_th=-50, V_re=-65, t_ref=40), 3, name="e", V=-65)
    net.connect(f, e, rb.OneToOne(), weight=strong, synapse=synapse, delay=0.5)
    options = {"synapse": synapse, "delay": delay, "post_delay": post_delay, "plasticity": rule}
    return net, net.connect(x, e, rb.AllToAll(), weight=weight, **options)


def learn_alike(net, q):
    """The same spikes and weights here and on NEST, which changed; return the results of both."""
    weight = q.weights.toarray()
    on_nest = rb.io.to_nest(net)
    there, here = on_nest.run(500), net.run(500)
    assert len(here.spikes("e").times) > 15
    np.testing.assert_allclose(there.spikes("e").times, here.spikes("e").times, atol=1e-6)
    changed = np.abs(q.weights.toarray() - weight)
    assert changed.min() > 1e-5 and changed.max() > 1e-3
    np.testing.assert_allclose(on_nest.weights(q).toarray(), q.weights.toarray(), atol=1e-8)  # ours are of 32 bits
    return here, there


@pytest.mark.parametrize("synapse", KERNELS, ids=["delta", "exponential", "conductance"])
@pytest.mark.parametrize("rule, weight", RULES, ids=RULE_NAMES)
def test_plastic_weights_agree(rule, weight, synapse):
    if weight < 0 and synapse.reversal is not None:
        pytest.skip("conductances are not negative")
    learn_alike(*learning(rule, weight, synapse))


@pytest.mark.parametrize("delay, post_delay", [(1.0, 1.2), (0.7, 1.1), (3.0, 0.2), (2.1, 4.1), (4.1, 0.1)])
@pytest.mark.parametrize("rule, weight", RULES, ids=RULE_NAMES)
def test_plastic_weights_agree_where_post_spikes_are_late(rule, weight, delay, post_delay):
    net, q = learning(rule, weight, rb.Exponential(tau=3), delay, post_delay)
    net.record("e", "V")
    here, there = (res.states("e", "V").values for res in learn_alike(net, q))
    if round(post_delay / net.dt) % 2 == 0:  # a spike acts in the same step
        np.testing.assert_allclose(there, here, atol=1e-6)
    else:
        assert np.abs(there - here).max() > 1e-4


def test_short_term_plasticity_agrees_in_voltage():
    net, n = one_neuron(None, rb.LIF(tau_m=10, E_L=-65, V_th=0))
    x = net.add(rb.Trains([[3.0, 8.0, 12.0, 30.0]]), 1, name="y")
    rule = rb.TsodyksMarkram(U=0.4, tau_rec=100, tau_facil=50)
    net.connect(x, n, rb.AllToAll(), weight=50, synapse=rb.Exponential(tau=3), delay=1.5, plasticity=rule)
    assert agree(net, tolerance=1e-6).states("n", "V").values.max() > -64


@pytest.mark.parametrize(
    "rule",
    [
        rb.AllToAll(autapses=False),
        rb.Bernoulli(0.5, autapses=False),
        rb.FixedInDegree(3, autapses=False),
        rb.FixedOutDegree(3, autapses=False),
        rb.Pairs([0, 1, 1, 5], [1, 2, 0, 4]),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_plastic_connections_among_a_population(rule):
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(LEAKY, 6, name="e", V=-65)
    plasticity = rb.PairSTDP(w_max=5)
    q = net.connect(e, e, rule, weight=2, synapse=rb.Exponential(tau=5), delay=1, plasticity=plasticity)
    net.connect(e, e, rb.AllToAll(), weight=0, synapse=rb.Exponential(tau=5))
    weights = rb.io.to_nest(net).weights(q.name).toarray()
    assert weights.shape == (6, 6) and set(np.unique(weights)) <= {0, 2} and np.trace(weights) == 0
    if isinstance(rule, rb.Pairs):
        np.testing.assert_array_equal(weights, q.weights.toarray())
    elif isinstance(rule, rb.Bernoulli):
        assert 15 - 5 * np.sqrt(7.5) < (weights > 0).sum() < 15 + 5 * np.sqrt(7.5)
    else:
        ends = 0 if isinstance(rule, rb.FixedOutDegree) else 1
        assert set((weights > 0).sum(ends)) == {5 if isinstance(rule, rb.AllToAll) else 3}


def test_exponential_neurons_with_two_time_constants():
    def make(seed):
        net = rb.Network(dt=0.1, seed=seed)
        e = net.add(rb.EIF(tau_m=10, V_th=0, V_re=-72), 50, name="e", V=rb.Uniform(-72, -55))
        net.drive(e, rate=100, sources=10, weight=20, synapse=rb.Exponential(tau=6))
        net.drive(e, rate=100, sources=2, weight=-20, synapse=rb.Exponential(tau=4))
        return net

    assert compare(make, 500, 100, seeds=(1, 2, 3))[0] > 3


def refused(message, change, model=None):
    net = rb.Network(dt=0.1)
    e = net.add(model or rb.LIF(), 10, name="e")
    change(net, e)
    with pytest.raises((ValueError, TypeError), match=message):
        rb.io.to_nest(net)


def driven_by_a_function(net, e):
    net.drive(e, rate=lambda t: 5 + 0 * t, weight=1, synapse=rb.Delta())


def test_what_nest_lacks_is_refused_by_name():
    exponential = rb.Exponential(tau=5)
    refused("model of 'e' must be LIF, EIF or AdEx for NEST, got Izhikevich", lambda n, e: None, rb.Izhikevich())
    refused(
        "NEST has no LIF with these synapses together, which 'e' has: Delta, Exponential",
        lambda n, e: [n.connect(e, e, rb.Bernoulli(0.1), weight=1, synapse=s) for s in (rb.Delta(), exponential)],
    )
    refused("current into 'e' must be Pulse, Steps", lambda n, e: n.inject(e, rb.OrnsteinUhlenbeck(0, 1, 5)))
    refused("rate of the drive of 'e' must", driven_by_a_function)
    refused("spikes of 'y' must not come before 0.2 ms", lambda n, e: n.add(rb.Trains([[0.1]]), 1, name="y"))
    refused("recorded variable of 'e' must be V", lambda n, e: n.record(e, "V", mean=True))
    refused("net must not have run yet", lambda n, e: n.run(1))
    with pytest.raises(TypeError, match="net must be a network"):
        rb.io.to_nest(3)


def learns(plasticity, rule=None, delay=1.0, weight=0.0, **options):
    def change(net, e):
        rule_ = rule or rb.AllToAll()
        net.connect(e, e, rule_, weight=weight, synapse=rb.Delta(), delay=delay, plasticity=plasticity, **options)

    return change


def test_plasticity_that_nest_lacks_is_refused_by_name():
    refused("plasticity of 'e→e' for NEST must be one of", learns(rb.ClopathSTDP()), rb.LIF())
    refused("A_plus of 'e→e' must be above 0 for NEST", learns(rb.PairSTDP(A_plus=0)))
    refused("w_min of 'e→e' must be 0 for NEST, got -1", learns(rb.PairSTDP(w_min=-1)))
    refused("w_max of 'e→e' must be 0 for NEST, got 1", learns(rb.InhibitorySTDP(w_max=1)))
    refused("delay of 'e→e' must be one number for NEST", learns(rb.PairSTDP(), delay=rb.Uniform(1, 2)))
    refused("post_delay of 'e→e' must be one number", learns(rb.PairSTDP(), post_delay=rb.Uniform(1, 2)))
    refused(
        "delay of 'e→e' must be at least 1.1 ms for NEST with a post_delay of 2.1 ms, got 1",
        learns(rb.PairSTDP(), post_delay=2.1),
    )
    refused("U of 'e→e' must be one number for NEST", learns(rb.TsodyksMarkram(U=rb.Uniform(0.1, 0.2))))
    refused("rule of 'e→e' must allow autapses", learns(rb.PairSTDP(), rb.FixedTotal(5, autapses=False)))
    refused(
        "plastic projections onto 'e' must share tau_minus for NEST, whose neurons have one, got 20 and 30 ms",
        lambda net, e: [learns(rb.PairSTDP(tau_minus=tau))(net, e) for tau in (20, 30)],
    )
    with pytest.raises(ValueError, match="projection must be one of"):
        net = rb.Network()
        net.add(rb.LIF(), 1, name="e")
        rb.io.to_nest(net).weights("e→e")


def test_parts_of_processes_are_joined():
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(rb.LIF(), 20, name="e", V=rb.Uniform(-72, -55))
    net.inject(e, rb.WhiteNoise(mean=20, sigma=10))
    net.record(e[[7, 2, 9, 4]], "V")
    on_nest = rb.io.to_nest(net)
    res = on_nest.run(200)
    assert on_nest.gather(res) is res
    spikes = res.spikes("e")
    odd = spikes.indices % 2 == 1
    window = {"n": 20, "t_start": 0.0, "t_stop": 200.0}
    parts = [rb.spikes.SpikeTrains(times=spikes.times[w], indices=spikes.indices[w], **window) for w in (odd, ~odd)]
    assert len(spikes.times) > 20 and join_spikes(parts) == spikes
    (samples,) = res._states.values()
    halves = [samples._of(np.array(neurons)) for neurons in ([7, 9], [2, 4])]
    joined = join_samples(halves, samples.neurons)
    np.testing.assert_array_equal(joined.values, samples.values)


def test_drawn_delays_are_cut_and_rounded_alike():
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(LEAKY, 1000, name="e", V=-65)
    delay = rb.Normal(0.4, 0.4)
    q = net.connect(e, e, rb.FixedInDegree(10), weight=0, synapse=rb.Delta(), delay=delay)
    group = rb.io.to_nest(net).populations["e"]
    nest = pytest.importorskip("nest")
    there = np.rint(np.array(nest.GetConnections(group, group).get("delay")) / 0.1)
    here = np.rint(q["delay"] / 0.1)
    for steps in (1, 2, 3, 4):
        shares = [np.mean(delays == steps) for delays in (here, there)]
        # two shares of 10,000 differ by five standard errors once in a million
        assert abs(shares[0] - shares[1]) < 5 * np.sqrt(2 * shares[0] / 10_000)
    assert here.min() == there.min() == 1


def forced():
    """Neurons that Trains force to spike, with a plastic projection onto them and their V recorded."""
    net = rb.Network(dt=0.1)
    random = np.random.default_rng(1)
    forcing = [[5.0 + 3 * k, 60.0 + k, 150.0] for k in range(5)]
    pre = [np.unique(np.floor(random.uniform(2, 180, 10) / 0.2) * 0.2) for _ in range(4)]
    x, f = net.add(rb.Trains(pre), 4, name="x"), net.add(rb.Trains(forcing), 5, name="f")
    e = net.add(LEAKY, 5, name="e", V=-65)
    net.connect(f, e, rb.OneToOne(), weight=30, synapse=rb.Delta(), delay=0.5)
    net.connect(x, e, rb.AllToAll(), weight=0.05, synapse=rb.Delta(), delay=1, plasticity=rb.PairSTDP(w_max=0.1))
    net.record(e[[4, 1, 2]], "V", every=1.0)
    return net


PROCESS = """
import sys

from mpi4py import MPI

sys.path.insert(0, {folder!r})
import numpy as np
import test_io_nest
import rheobase as rb

on_nest = rb.io.to_nest(test_io_nest.forced())
own = on_nest.run(200)
res = on_nest.gather(own)
weights = MPI.COMM_WORLD.reduce(on_nest.weights("x→e").toarray())
assert len(own.spikes("e").times) < len(res.spikes("e").times)
if on_nest.rank == 0:
    spikes, samples = res.spikes("e"), res.states("e[4, 1, 2]", "V")
    saved = dict(times=spikes.times, indices=spikes.indices, weights=weights)
    np.savez("gathered.npz", **saved, V=samples.values, at=samples.times, neurons=samples.neurons)
"""


def test_two_processes_give_what_one_gives(tmp_path):
    pytest.importorskip("mpi4py")
    nest = pytest.importorskip("nest")
    if shutil.which("mpirun") is None or not nest.build_info["have_mpi"]:
        pytest.skip("NEST has no MPI here")
    script = tmp_path / "process.py"
    script.write_text(PROCESS.format(folder=str(Path(__file__).parent)))
    command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", sys.executable, str(script)]
    # this process is one of MPI itself, since NEST is here, and tells its children
    env = {name: value for name, value in os.environ.items() if not name.startswith(("OMPI_", "PMIX_", "OPAL_"))}
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    there = np.load(tmp_path / "gathered.npz")
    net = forced()
    here = net.run(200)
    spikes, samples = here.spikes("e"), here.states("e[4, 1, 2]", "V")
    assert len(spikes.times) == 15
    np.testing.assert_allclose(there["times"], spikes.times, atol=1e-6)
    np.testing.assert_array_equal(there["indices"], spikes.indices)
    np.testing.assert_array_equal(there["neurons"], samples.neurons)
    np.testing.assert_allclose(there["at"], samples.times, atol=1e-9)
    np.testing.assert_allclose(there["V"], rb.io.to_nest(forced()).run(200).states("e[4, 1, 2]", "V").values)
    # a plastic spike acts two steps later there, and the last spikes of neurons may not be in yet
    alone = rb.io.to_nest(forced())
    alone.run(200)
    np.testing.assert_array_equal(there["weights"], alone.weights("x→e").toarray())
    assert np.ptp(there["weights"]) > 0.01
