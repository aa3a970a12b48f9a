"""Groups, small worlds and degree sequences: their statistics, and what they refuse."""

import pickle

import numpy as np
import pytest
from scipy.sparse.csgraph import shortest_path

import rheobase as rb

S = rb.Exponential(tau=5)


def connected(rule, n=400, m=None, seed=1, threads=1):
    net = rb.Network(seed=seed, threads=threads)
    e = net.add(rb.LIF(), n, name="e")
    q = net.connect(e, e if m is None else net.add(rb.LIF(), m, name="f"), rule, weight=1, synapse=S)
    return net, q, q.connections()


def test_groups_have_their_probabilities():
    p = np.array([[0.5, 0.1, 0.0], [0.05, 1.0, 0.3]])
    labels = np.random.default_rng(0).integers(3, size=300)
    net, q, c = connected(rb.Clustered(p, pre=labels), 300, 200)
    found, groups = np.zeros((2, 3)), np.arange(200) * 2 // 200
    np.add.at(found, (groups[c["post"]], labels[c["pre"]]), 1)
    pairs = 100 * np.bincount(labels, minlength=3) * np.ones((2, 3))
    assert np.all(np.abs(found - p * pairs) <= 5 * np.sqrt(pairs * p * (1 - p)))
    assert q.weights.nnz == len(q)
    assert net.circuit.mean_in_degree(q._described) == pytest.approx((p * pairs).sum() / 200)


def test_groups_without_autapses():
    net, q, c = connected(rb.Clustered(np.eye(4), autapses=False))
    assert len(q) == 4 * 100 * 99
    assert not np.any(c["pre"] == c["post"])
    assert net.circuit.mean_in_degree(q._described) == 99


def test_a_small_world_has_its_degrees_and_lies_between_ring_and_chance():
    """Of 400 · 8 connections a share p · (1 − 8 / 399) or so is led to where none was before."""
    paths, triangles = [], []
    for p in (0.0, 0.1, 1.0):
        _, q, c = connected(rb.SmallWorld(8, p))
        assert np.array_equal(np.bincount(c["pre"]), np.full(400, 8))
        assert q.weights.nnz == 3200
        assert not np.any(c["pre"] == c["post"])
        apart = (c["post"] - c["pre"]) % 400
        far = int(np.sum((apart > 4) & (apart < 396)))
        expected = 3200 * p * (1 - 8 / 399)
        assert abs(far - expected) <= 5 * np.sqrt(expected) + 3200 * p * 8 / 399
        W = q.weights.toarray()
        paths.append(shortest_path(W, unweighted=True).mean())
        triangles.append((W @ W * W).sum() / 3200)
    assert paths[0] > 5 * paths[1]  # 25 steps round the ring
    assert paths[1] < 2 * paths[2]
    assert triangles[1] > 10 * triangles[2]


@pytest.mark.parametrize("autapses", [True, False])
def test_degrees_given_at_both_ends_are_met(autapses):
    random = np.random.default_rng(0)
    outs = random.integers(0, 40, 400)
    ins = np.bincount(random.integers(400, size=outs.sum()), minlength=400)
    _, q, c = connected(rb.DegreeSequences(ins, outs, autapses=autapses))
    assert np.array_equal(np.bincount(c["pre"], minlength=400), outs)
    assert np.array_equal(np.bincount(c["post"], minlength=400), ins)
    assert q.weights.nnz == len(q)
    assert autapses or not np.any(c["pre"] == c["post"])


def test_pairs_of_degree_sequences_are_those_of_chance():
    """Targets of the sources with many: their share is that of all, for ends are joined at random."""
    outs = np.repeat([4, 36], 200)
    _, _, c = connected(rb.DegreeSequences(np.repeat([10, 30], 200), outs, multapses=True))
    both = np.mean((c["pre"] >= 200) & (c["post"] >= 200))
    assert abs(both - 0.9 * 0.75) < 5 * np.sqrt(0.675 * 0.325 / 8000)


def test_drawn_degrees_agree_in_their_sum():
    rule = rb.DegreeSequences(rb.Uniform(0, 20), rb.Normal(10, 3, low=0))
    net, q, c = connected(rule)
    ins, outs = (np.bincount(c[end], minlength=400) for end in ("post", "pre"))
    assert ins.sum() == outs.sum()
    assert abs(ins.mean() - 10) < 5 * np.sqrt(400 / 12 / 400)
    assert abs(ins.var() / (401 / 12) - 1) < 5 * np.sqrt(0.8 / 400)  # rounding adds 1 / 12; the kurtosis is 1.8
    assert abs(outs.std() / 3 - 1) < 5 / np.sqrt(800)
    assert net.circuit.mean_in_degree(q._described) == pytest.approx(rule.in_degrees.mean_value())


@pytest.mark.parametrize(
    "rule", [rb.Clustered([[0.1, 0.3]]), rb.SmallWorld(4, 0.3), rb.DegreeSequences(4, rb.Uniform(0, 8))]
)
def test_draws_depend_on_the_seed_alone_and_files_keep_the_rule(rule):
    net, _, c = connected(rule, 100)
    again, other = connected(rule, 100, threads=2)[2], connected(rule, 100, seed=2)[2]
    assert all(np.array_equal(c[k], again[k]) for k in c)
    assert not np.array_equal(c["post"], other["post"])
    loaded = pickle.loads(pickle.dumps(net))
    assert loaded.circuit == net.circuit
    assert np.array_equal(loaded.projections[0].connections()["post"], c["post"])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: rb.Clustered(0.5), "p must have shape"),
        (lambda: rb.Clustered([[1.5]]), "p (its largest value) must be <= 1"),
        (lambda: rb.Clustered([[0.5]], pre=[0, 1]), "pre (its largest value) must be <= 0"),
        (lambda: connected(rb.Clustered([[0.5]], pre=[0, 0])), "pre must have the group of each of 400 neurons, got 2"),
        (lambda: rb.SmallWorld(3, 0.1), "k must be even"),
        (lambda: rb.SmallWorld(4, 1.1), "p must be >= 0 and <= 1"),
        (lambda: connected(rb.SmallWorld(4, 0.1), m=400), "SmallWorld must join neurons to themselves"),
        (lambda: connected(rb.SmallWorld(4, 0.1), 4), "k must be less than the 4 neurons"),
        (lambda: connected(rb.DegreeSequences(4, 5)), "must have one sum, got 1600 and 2000"),
        (lambda: connected(rb.DegreeSequences([4], 4)), "in_degrees must be a number or have one value"),
        (lambda: connected(rb.DegreeSequences(401, 401)), "in_degrees must be at most the 400 neurons"),
        (lambda: rb.DegreeSequences(-1, 4), "in_degrees (its smallest value) must be >= 0"),
    ],
)
def test_bad_input_is_refused_by_name(call, text):
    with pytest.raises(ValueError, match="must") as caught:
        call()
    assert text in str(caught.value)
