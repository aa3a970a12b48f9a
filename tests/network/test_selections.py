"""Chosen neurons of a population stand wherever the population may."""

import copy
import pickle

import numpy as np
import pytest
import scipy.sparse

import rheobase as rb

S = rb.Exponential(tau=5)


def network(threads=1, seed=3):
    net = rb.Network(seed=seed, threads=threads)
    e = net.add(rb.LIF(I_x=16), 400, name="e", V=rb.Uniform(-70, -55))
    i = net.add(rb.LIF(), 100, name="i")
    x = net.add(rb.Poisson(10), 50, name="x")
    return net, e, i, x


def test_names_tell_which_neurons():
    _, e, _, _ = network()
    mask = np.zeros(400, bool)
    mask[[3, 9, 10, 20, 30]] = True
    names = [
        part.name
        for part in (e[:], e[:5], e[395:], e[3:9], e[::2], e[1::2], e[7], e[-1], e[[5, 3]], e[mask], e[:50][::5])
    ]
    assert names == [
        "e[:]", "e[:5]", "e[395:]", "e[3:9]", "e[::2]", "e[1::2]", "e[7]", "e[399]", "e[5, 3]",
        "e[3, 9, 10, 20, … 5 neurons]", "e[:46:5]",
    ]  # fmt: skip
    assert repr(e[:5]) == "<selection e[:5]: 5 of 400 neurons>"
    assert [part.indices.tolist() for part in e[10:13]] == [[10], [11], [12]]
    assert e[100:200][[7, 3]][1:].indices.tolist() == [103]


@pytest.mark.parametrize(
    ("which", "error", "text"),
    [
        (400, ValueError, "neurons of 'e' must be indices below 400, as many as it has neurons, got 400"),
        ([-401], ValueError, "got -401"),
        ([], ValueError, "neurons of 'e' must be at least one of its 400 neurons"),
        (slice(5, 5), ValueError, "at least one"),
        ([1, 2, 1], ValueError, "neurons of 'e' must be distinct, got 1 more than once"),
        ([0, -400], ValueError, "got 0 more than once"),
        (np.zeros(7, bool), ValueError, "must have shape"),
        (1.5, TypeError, "a slice, a mask or indices"),
        (slice(0, 2.5), TypeError, "slice of integers"),
        ([[1]], ValueError, "got shape"),
    ],
)
def test_what_chooses_nothing_sensible_is_refused(which, error, text):
    _, e, _, _ = network()
    with pytest.raises(error, match="variable or neurons of") as caught:
        e[which]
    assert text in str(caught.value)


def test_all_neurons_are_the_population():
    results, circuits = [], []
    for whole in (True, False):
        net, e, i, x = network()
        part = (lambda p: p) if whole else (lambda p: p[:])
        net.connect(part(x), part(e), rb.FixedInDegree(10), weight=30, synapse=S)
        net.connect(part(e), part(i), rb.Bernoulli(0.1), weight=rb.Normal(5, 1), synapse=S)
        net.drive(part(e), 5, sources=100, weight=1, synapse=S)
        net.inject(part(i), rb.WhiteNoise(10, 5))
        net.record(part(e), "V", every=1.0)
        circuits.append(net.circuit)
        results.append(net.run(100))
    a, b = results
    assert circuits[0] == circuits[1]
    assert len(a.spikes("e").times) > 1000
    assert all(np.array_equal(a.spikes(n).times, b.spikes(n).times) for n in "eix")
    assert np.array_equal(a.states("e", "V").values, b.states("e", "V").values)


RULES = [
    rb.Bernoulli(0.3),
    rb.Bernoulli(0.3, autapses=False),
    rb.FixedInDegree(7),
    rb.FixedInDegree(np.arange(60) % 9, autapses=False),
    rb.FixedOutDegree(9, multapses=True),
    rb.FixedOutDegree(np.arange(40), autapses=False),
    rb.FixedTotal(500, multapses=False, autapses=False),
    rb.AllToAll(autapses=False),
]


def test_rules_draw_between_the_chosen_neurons_alike_on_any_number_of_threads():
    found = []
    for threads in (1, 2):
        net, e, _, _ = network(threads)
        order = np.random.default_rng(0).permutation(400)
        a, b = e[order[:40]], e[order[20:80]]
        made = [net.connect(a, b, rule, weight=w, synapse=S) for rule in RULES for w in (1.0, rb.Normal(1, 0.1))]
        found.append([q.connections() for q in made])
        for q, c in zip(made, found[-1], strict=True):
            counts = np.bincount(c["post"], minlength=60), np.bincount(c["pre"], minlength=40)
            itself = a.indices[c["pre"]] == b.indices[c["post"]]
            assert getattr(q.rule, "autapses", True) or not itself.any()
            if isinstance(q.rule, rb.FixedInDegree):
                assert np.array_equal(counts[0], np.broadcast_to(q.rule.k, 60))
            elif isinstance(q.rule, rb.FixedOutDegree):
                assert np.array_equal(counts[1], np.broadcast_to(q.rule.k, 40))
            elif isinstance(q.rule, rb.Bernoulli):
                pairs = 2400 - 20 * (not q.rule.autapses)
                assert abs(len(c["pre"]) - 0.3 * pairs) < 5 * np.sqrt(pairs * 0.3 * 0.7)
                assert net.circuit.mean_in_degree(q._described) == pytest.approx(0.3 * pairs / 60)
            else:
                assert len(c["pre"]) == (500 if isinstance(q.rule, rb.FixedTotal) else 2380)
    assert all(np.array_equal(p[k], q[k]) for p, q in zip(*found, strict=True) for k in p)


def test_bernoulli_between_parts_has_independent_pairs():
    """The in-degree of 400 targets from 200 sources is binomial: its variance is within five standard errors."""
    net = rb.Network(seed=1, threads=1)
    e = net.add(rb.LIF(), 1000, name="e")
    c = net.connect(e[::5], e[100:500], rb.Bernoulli(0.2), weight=1, synapse=S).connections()
    degrees = np.bincount(c["post"], minlength=400)
    assert abs(degrees.mean() - 40) < 5 * np.sqrt(32 / 400)
    assert abs(degrees.var() / 32 - 1) < 5 * np.sqrt(2 / 400)


def test_pairs_weights_and_matrices_count_the_chosen_neurons():
    net, e, i, _ = network()
    a, b = e[[30, 10, 20]], i[5:7]
    q = net.connect(a, b, rb.Pairs([0, 2, 1], [1, 0, 1]), weight=[1.0, 2.0, 3.0], delay=[0.5, 0.7, 0.9], synapse=S)
    assert q.name == "e[30, 10, 20]→i[5:7]"
    assert (q.pre.name, q.post.name) == ("e[30, 10, 20]", "i[5:7]")
    assert q.weights.toarray().tolist() == [[0.0, 0.0, 2.0], [1.0, 3.0, 0.0]]
    pre, post, _, delay = net._engine.connections(0)
    assert sorted(zip(pre, post, delay, strict=True)) == [(10, 6, 9), (20, 5, 7), (30, 6, 5)]
    matrix = scipy.sparse.csr_array([[0.0, 4.0, 0.0], [5.0, 0.0, 6.0]])
    assert np.array_equal(net.connect(a, b, matrix, synapse=S).weights.toarray(), matrix.toarray())
    c = net.connect(e[[5, 3]], i[[1, 2]], rb.OneToOne(), weight=1, synapse=S).connections()
    assert c["pre"].tolist() == c["post"].tolist() == [0, 1]
    drawn = net.connect(a, b, rb.AllToAll(), weight=np.arange(6.0), synapse=S)
    assert drawn.weights.toarray().tolist() == [[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]]
    with pytest.raises(ValueError, match="pre must hold indices below 3, got 3"):
        net.connect(a, b, rb.Pairs([3], [0]), weight=1, synapse=S)


def test_projections_of_one_pair_of_populations_are_told_apart_and_stored_together():
    net = rb.Network(seed=1, threads=2)
    e = net.add(rb.LIF(), 200, name="e")
    parts = [e[k : k + 20] for k in range(0, 200, 20)]
    made = {
        (a, b): net.connect(
            parts[a], parts[b], rb.FixedOutDegree(5 if a == b else 2), weight=10.0 * a + b + 1, synapse=S
        )
        for a in range(10)
        for b in range(10)
    }
    overlapping = net.connect(e[10:30], e[:], rb.FixedInDegree(1), weight=0.5, synapse=S)
    for (a, b), q in made.items():
        assert len(q) == 20 * (5 if a == b else 2)
        assert np.all(q.connections()["weight"] == 10.0 * a + b + 1)
    assert np.all(overlapping.connections()["weight"] == 0.5)
    assert len(overlapping) == 200
    assert len({net._engine.synapses(k) for k in range(100)}) == 2
    apart = rb.Network(seed=1, threads=2)
    whole = apart.add(rb.LIF(), 200, name="e")
    for _ in range(3):
        apart.connect(whole, whole, rb.FixedOutDegree(1), weight=1.0, synapse=S)
    apart.build()
    assert net.synapse_bytes < 40 * apart.synapse_bytes


def test_spikes_travel_between_chosen_neurons_alone():
    """One-to-one from spikes that are known: each target fires two steps after its source, and nobody else."""
    net = rb.Network(threads=1)
    x = net.add(rb.Trains([[1.0], [2.0], [3.0], [4.0]]), 4, name="x")
    e = net.add(rb.LIF(), 300, name="e")
    net.connect(x[[3, 1]], e[[280, 7]], rb.OneToOne(), weight=30, synapse=rb.Delta(), delay=0.2)
    spikes = net.run(6).spikes("e")
    assert spikes.indices.tolist() == [7, 280]
    assert np.allclose(np.diff(spikes.times), 2.0)


@pytest.mark.parametrize("threads", [1, 2])
def test_drives_and_currents_reach_chosen_neurons_alone(threads):
    net, _, i, _ = network(threads)
    order = np.random.default_rng(1).permutation(100)
    driven, pushed = i[order[:30]], i[order[30:60]]
    quiet = np.setdiff1d(np.arange(100), order[:60])
    net.drive(driven, 20, sources=100, weight=4, synapse=S)
    net.inject(pushed, rb.Pulse(5, 50, np.linspace(0, 10, 30)))
    net.record(i, "V")
    states = net.run(40).states("i", "V").values
    rest = states[0, 0]
    assert np.all(states[:, quiet] == rest)
    assert np.all(states[-1, order[:30]] != rest)
    highest = states[:, order[30:60]].max(axis=0)
    assert np.all(np.diff(highest) > 0)  # columns belong to the neurons in the order of the selection
    assert highest[0] == rest


def test_the_drive_of_chosen_neurons_is_that_of_the_same_neurons_among_all():
    spikes = []
    for part in (slice(None), slice(33, 71)):
        net, _, i, _ = network()
        net.drive(i[part], 20, sources=100, weight=10, synapse=S)
        spikes.append(net.run(100).spikes(i[33:71]))
    assert len(spikes[0].times) > 50
    assert np.array_equal(spikes[0].times, spikes[1].times)
    assert np.array_equal(spikes[0].indices, spikes[1].indices)


def test_noise_of_chosen_neurons_has_its_mean_and_deviation():
    """Of 101 samples of 50 neurons; tau of 1 ms leaves at least 50 * 101 / 2 / 20 independent ones."""
    net = rb.Network(seed=5, threads=2)
    e = net.add(rb.LIF(tau_m=0.2, V_th=1000), 600, name="e", V=-72)
    net.inject(e[::12], rb.OrnsteinUhlenbeck(mean=3, std=2, tau=1))
    net.record(e, "V", every=1.0)
    values = net.run(100).states("e", "V").values
    chosen = values[10:, ::12] - values[0, 1]
    assert np.all(np.delete(values, np.s_[::12], axis=1) == values[0, 1])
    independent = chosen.size / 2
    filtered = 2 * np.sqrt(1 / 1.2)  # of a noise of 1 ms behind a membrane of 0.2 ms
    assert abs(chosen.mean() - 3) < 5 * filtered / np.sqrt(independent)
    assert abs(chosen.std() / filtered - 1) < 5 / np.sqrt(2 * independent)


def test_light_on_chosen_neurons_leaves_the_others_dark():
    net = rb.Network(threads=1)
    lit = net.add(rb.EIFChR(), 6, name="lit")
    net.inject(lit[[4, 1]], rb.Light(rb.Pulse(1, 3, [0.5, 0.25])))
    net.record(lit, "L")
    assert net.run(2).states("lit", "L").values[-1].tolist() == [0, 0.25, 0, 0, 0.5, 0]


def test_recordings_of_selections_are_their_samples():
    net, e, _, _ = network()
    net.record(e[[5, 2]], "V")
    net.record(e[100:200], "V", every=1.0, neurons=[0, 50])
    net.record(e[300:], "V", mean=True)
    net.record(e, "V", neurons=slice(0, 20))
    res = net.run(20)
    assert res.states("e", "V").values.shape == (201, 20)
    pair = res.states(e[[5, 2]], "V")
    assert pair.neurons.tolist() == [5, 2]
    assert np.array_equal(pair.values, res.states("e", "V").values[:, [5, 2]])
    assert res.states(e[[150, 100]], "V").neurons.tolist() == [150, 100]
    assert res.states(e[[150, 100]], "V").values.shape == (21, 2)
    assert res.states(e[300:], "V").values.shape == (201, 1)
    with pytest.raises(ValueError, match="population must be neurons whose V was recorded"):
        res.states(e[300:310], "V")
    with pytest.raises(ValueError, match="variable must be new to the recording of 'e\\[5, 2\\]'"):
        net.record(e[[5, 2]], "V")
    spikes = res.spikes(e[[7, 3]])
    assert spikes.n == 2
    assert np.array_equal(spikes.train(0), res.spikes(e).train(7))


def test_several_selections_alone_have_no_common_recording():
    net, e, _, _ = network()
    net.record(e[:2], "V")
    net.record(e[5:7], "V")
    with pytest.raises(ValueError, match=r"recorded, e\[:2\], e\[5:7\], got 'e'"):
        net.run(1).states("e", "V")


def test_values_are_read_and_set_of_chosen_neurons():
    net, e, _, x = network()
    before = e["V"]
    e[:5]["V_th"] = -40
    e[[7, 6]]["V"] = [-61.0, -62.0]
    e[10:]["V"] = rb.Uniform(-60, -50)
    assert e["V_th"][:6].tolist() == [-40.0] * 5 + [-55.0]
    assert e[6:8]["V"].tolist() == [-62.0, -61.0]
    assert np.array_equal(e["V"][:6], before[:6])
    assert np.all((e[10:]["V"] >= -60) & (e[10:]["V"] <= -50))
    with pytest.raises(ValueError, match="V_re must be < V_th"):
        e[3]["V_th"] = -90
    with pytest.raises(ValueError, match=r"variable or parameter of e\[3\] must be one of"):
        e[3]["W"] = 1
    with pytest.raises(ValueError, match="post must be made of neurons, got the source"):
        net.inject(x[:3], rb.Pulse(1, 2, 1))
    with pytest.raises(ValueError, match="of another one"):
        network()[0].drive(e[:3], 1, weight=1, synapse=S)


def test_copies_go_on_with_what_is_for_chosen_neurons():
    net, e, i, x = network()
    net.connect(x[:20], e[::3], rb.FixedInDegree(5), weight=rb.Uniform(10, 30), synapse=S)
    net.connect(e[::3], i[[4, 2, 9]], rb.Bernoulli(0.5), weight=2, synapse=S)
    net.drive(e[50:], 5, sources=100, weight=2, synapse=S)
    net.inject(e[[9, 3]], rb.OrnsteinUhlenbeck(1, 2, 5))
    net.record(e[[9, 3]], "V")
    net.run(20)
    copies = pickle.loads(pickle.dumps(net)), copy.deepcopy(net)
    res = net.run(50)
    for other in copies:
        assert other.circuit == net.circuit
        again = other.run(50)
        assert np.array_equal(again.spikes("e").times, res.spikes("e").times)
        assert np.array_equal(again.states(other["e"][[9, 3]], "V").values, res.states("e", "V").values)


@pytest.mark.parametrize("plastic", [rb.PairSTDP(), None])
def test_between_reads_and_sets_connections_of_a_part(plastic):
    net, e, i, _ = network()
    q = net.connect(e[:200], e, rb.Bernoulli(0.4), weight=0.5, synapse=S, plasticity=plastic)
    part = q.between(e[:10], e[[30, 20, 390]])
    whole = q.weights.toarray()
    assert np.array_equal(part.weights.toarray(), whole[[30, 20, 390]][:, :10])
    assert repr(part) == "<connections e[:10]→e[30, 20, 390] of 'e[:200]→e'>"
    assert q.between(e[250:], e).weights.nnz == len(q.between(e[250:], e)) == 0
    with pytest.raises(ValueError, match="post must be 'e' or neurons of it"):
        q.between(e, i)
    if plastic is None:
        return
    part.weights = np.linspace(0.6, 0.7, len(part))
    part.weights = part.weights * 0.5
    assert part.connections()["weight"] == pytest.approx(np.linspace(0.3, 0.35, len(part)), rel=1e-6)
    assert (q.connections()["weight"] != 0.5).sum() == len(part)
    with pytest.raises(ValueError, match="weights must have an entry for each of the"):
        part.weights = scipy.sparse.csr_array((3, 10))


def test_theory_refuses_what_is_for_chosen_neurons():
    net, e, i, _ = network()
    net.connect(e[:5], i, rb.AllToAll(), weight=1, synapse=S)
    with pytest.raises(ValueError, match="all neurons of a population alike, e\\[:5\\]→i is for chosen ones"):
        net.mean_field()
