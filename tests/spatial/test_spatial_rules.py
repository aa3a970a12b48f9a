"""Positions and rules by distance: closed-form in-degrees, exact geometry, the same on any number of threads."""

import pickle

import numpy as np
import pytest

import rheobase as rb

S = rb.Exponential(tau=5)


def pair_of_tori(n_pre=1500, n_post=1000, axes=2, seed=1, threads=1):
    net = rb.Network(seed=seed, threads=threads)
    space = rb.RandomPositions((1.0,) * axes, periodic=True)
    return (
        net,
        net.add(rb.LIF(), n_pre, name="a", positions=space),
        net.add(rb.LIF(), n_post, name="b", positions=space),
    )


def distances(pre, post, periodic):
    apart = pre[None] - post[:, None]
    if periodic:
        apart -= np.round(apart)
    return np.sqrt((apart**2).sum(axis=-1))


@pytest.mark.parametrize(
    ("rule", "axes", "share"),
    [
        (rb.ByDistance(0.5, reach=0.1), 2, 0.5 * np.pi * 0.01),
        (rb.ByDistance(0.5, reach=0.3, beyond=0.2), 2, 0.5 * np.pi * 0.05),
        (rb.ByDistance(rb.GaussianProfile(0.8, sigma=0.05)), 2, 0.8 * 2 * np.pi * 0.05**2),
        (rb.ByDistance(rb.ExponentialProfile(0.8, length=0.02)), 2, 0.8 * 2 * np.pi * 0.02**2),
        (rb.ByDistance(rb.GaussianProfile(0.8, sigma=0.05)), 1, 0.8 * np.sqrt(2 * np.pi) * 0.05),
        (rb.ByDistance(rb.GaussianProfile(0.8, sigma=0.07)), 3, 0.8 * (2 * np.pi) ** 1.5 * 0.07**3),
        (rb.ByDistance(0.7, reach=0.2), 3, 0.7 * 4 / 3 * np.pi * 0.008),
        (rb.ByDistance(lambda d: 2 * d, reach=0.2), 2, 4 / 3 * np.pi * 0.2**3),
    ],
)
def test_in_degrees_on_a_torus_have_their_closed_form(rule, axes, share):
    """On a torus pairs at random places are connected independently of each other, two by two: the variance of their
    number is that of the binomial distribution."""
    net, a, b = pair_of_tori(axes=axes)
    q = net.connect(a, b, rule, weight=1.0, synapse=S)
    pairs = a.n * b.n
    assert abs(len(q) - pairs * share) < 5 * np.sqrt(pairs * share * (1 - share))
    assert q.weights.nnz == len(q)
    # expected of 256 targets of 1500 sources each, whose places are random
    found = net.circuit.mean_in_degree(q._described)
    assert abs(found - a.n * share) < 5 * np.sqrt(a.n * share / 256)


def test_distances_follow_a_gaussian():
    """The squares of distances over 2σ² are exponentially distributed around 1."""
    net, a, b = pair_of_tori()
    c = net.connect(a, b, rb.ByDistance(rb.GaussianProfile(1, sigma=0.04)), weight=1, synapse=S).connections()
    apart = a.positions[c["pre"]] - b.positions[c["post"]]
    apart -= np.round(apart)
    scaled = (apart**2).sum(axis=1) / (2 * 0.04**2)
    assert abs(scaled.mean() - 1) < 5 / np.sqrt(len(scaled))
    assert abs(np.mean(scaled > 2) / np.exp(-2) - 1) < 5 * np.sqrt(np.exp(2) / len(scaled))


@pytest.mark.parametrize("periodic", [True, False])
def test_a_certain_rule_connects_what_is_near_and_nothing_else(periodic):
    points = np.random.default_rng(0).random((400, 2))
    net = rb.Network(threads=1)
    a = net.add(rb.LIF(), 400, name="a", positions=rb.Positions(points, extent=1.0, periodic=periodic))
    pre, post = a[::2], a[100:]
    rule = rb.ByDistance(1.0, reach=0.23, beyond=0.05, autapses=False)
    W = net.connect(pre, post, rule, weight=1, synapse=S).weights.toarray()
    apart = distances(points[::2], points[100:], periodic)
    assert np.array_equal(W > 0, (apart <= 0.23) & (apart >= 0.05))
    everything = net.connect(a, a, rb.ByDistance(1.0, reach=9, autapses=False), weight=1, synapse=S)
    assert len(everything) == 400 * 399


@pytest.mark.parametrize("periodic", [True, False])
def test_the_nearest_are_those_of_a_search_through_all(periodic):
    points = np.random.default_rng(1).random((300, 3))
    net = rb.Network(threads=1)
    a = net.add(rb.LIF(), 300, name="a", positions=rb.Positions(points, extent=1.0, periodic=periodic))
    apart = distances(points, points, periodic)
    np.fill_diagonal(apart, np.inf)
    for per, axis in (("post", 1), ("pre", 0)):
        W = net.connect(a, a, rb.Nearest(6, per=per), weight=1, synapse=S).weights.toarray() > 0
        assert np.all(W.sum(axis=axis) == 6)
        farthest = np.where(W, apart, 0).max(axis=axis)
        assert np.array_equal(farthest, np.sort(apart, axis=axis).take(5, axis=axis))
    itself = net.connect(a, a, rb.Nearest(1, autapses=True), weight=1, synapse=S).connections()
    assert np.array_equal(itself["pre"], itself["post"])


def test_weights_and_delays_depend_on_distance():
    net, a, b = pair_of_tori(300, 200)
    rule = rb.ByDistance(0.5, reach=0.4)
    q = net.connect(a, b, rule, weight=rb.GaussianProfile(3, 0.2), delay=lambda d: 10 * d, synapse=S)
    c = q.connections()
    apart = distances(a.positions, b.positions, True)[c["post"], c["pre"]]
    assert c["weight"] == pytest.approx(3 * np.exp(-(apart**2) / 0.08), rel=1e-6)
    assert np.array_equal(np.rint(c["delay"] / 0.1), np.maximum(np.rint(apart * 100), 1))
    given = net.connect(a[:3], b[:2], rb.AllToAll(), weight=rb.LinearProfile(1, 2), synapse=S)
    assert given.weights.toarray() == pytest.approx(1 + 2 * distances(a.positions[:3], b.positions[:2], True))
    with pytest.raises(ValueError, match="weight must return one value for each"):
        net.connect(a, b, rule, weight=lambda d: d[:1], synapse=S)
    assert len(net.projections) == 2


def test_pairs_depend_on_the_seed_and_not_on_threads():
    found = []
    for seed, threads in ((1, 1), (1, 2), (2, 1)):
        net, a, b = pair_of_tori(300, 200, seed=seed, threads=threads)
        made = [
            net.connect(a, b, rule, weight=rb.Normal(1, 0.1), synapse=S)
            for rule in (rb.ByDistance(0.5, reach=0.2), rb.ByDistance(0.5, reach=0.2), rb.Nearest(5))
        ]
        found.append([q.connections() for q in made])
    assert all(np.array_equal(p[k], q[k]) for p, q in zip(*found[:2], strict=True) for k in p)
    assert not np.array_equal(found[0][0]["pre"], found[0][1]["pre"])
    assert not np.array_equal(found[0][0]["pre"], found[2][0]["pre"])


def test_copies_keep_positions_and_connections():
    net, a, b = pair_of_tori(200, 100)
    q = net.connect(a, b, rb.ByDistance(0.5, reach=0.2), weight=1, delay=rb.LinearProfile(1, 5), synapse=S)
    other = pickle.loads(pickle.dumps(net))
    assert other.circuit == net.circuit
    assert np.array_equal(other["a"].positions, a.positions)
    assert all(np.array_equal(other.projections[0].connections()[k], v) for k, v in q.connections().items())
    assert np.array_equal(net.copy(seed=9)["a"].positions, a.positions)


def test_grids_and_given_positions():
    net = rb.Network()
    line = net.add(rb.LIF(), 4, positions=rb.Grid(4, extent=2.0))
    assert line.positions[:, 0].tolist() == [0.25, 0.75, 1.25, 1.75]
    sheet = net.add(rb.LIF(), 6, positions=rb.Grid((2, 3), extent=(1.0, 3.0)))
    assert sheet.positions.tolist() == [[x, y] for x in (0.25, 0.75) for y in (0.5, 1.5, 2.5)]
    assert sheet[[5, 0]].positions.tolist() == [[0.75, 2.5], [0.25, 0.5]]
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    given = net.add(rb.Poisson(1), 2, positions=points)
    points[:] = 0
    assert given.positions.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda net, a: net.add(rb.LIF(), 5, positions=rb.Grid((2, 3))), "of 5 neurons, a grid of shape (2, 3) has 6"),
        (lambda net, a: net.add(rb.LIF(), 5, positions=np.zeros((4, 2))), "positions must have shape"),
        (lambda net, a: net.add(rb.LIF(), 1, positions=[[0.0] * 4]), "points must have 1 to 3 coordinates"),
        (lambda net, a: rb.Positions([[2.0]], extent=1.0), "points must lie between 0 and extent"),
        (lambda net, a: rb.Positions([[2.0]], periodic=True), "extent must be given where space is periodic"),
        (lambda net, a: rb.Grid((2, 2), extent=(1, 2, 3)), "extent must be one length or one along each of 2 axes"),
        (lambda net, a: rb.ByDistance(0.5), "reach must be given where p has none of its own"),
        (lambda net, a: rb.ByDistance(0.5, reach=0.2, beyond=0.3), "reach must be > 0.3"),
        (lambda net, a: rb.ByDistance(rb.GaussianProfile(2, 0.1)), "p must give probabilities between 0 and 1"),
        (lambda net, a: connect(net, a, rb.ByDistance(lambda d: 5 - d, reach=1)), "p must give probabilities"),
        (lambda net, a: connect(net, a, rb.Nearest(40)), "k must be at most the 39 neurons"),
        (
            lambda net, a: connect(net, net.add(rb.LIF(), 3), rb.Nearest(1)),
            "must be given to the pre population",
        ),
        (
            lambda net, a: net.connect(a, other(net), rb.Nearest(1), weight=1, synapse=S),
            "positions of both populations",
        ),
    ],
)
def test_bad_input_is_refused_by_name(call, text):
    net = rb.Network()
    a = net.add(rb.LIF(), 40, positions=rb.Grid((8, 5), periodic=True))
    with pytest.raises(ValueError, match="must") as caught:
        call(net, a)
    assert text in str(caught.value)
    assert not net.projections


def connect(net, a, rule):
    net.connect(a, a, rule, weight=1, synapse=S)


def other(net):
    return net.add(rb.LIF(), 40, positions=rb.Grid((8, 5)))
