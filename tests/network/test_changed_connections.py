"""Weights and plasticity changed between runs: bit for bit the network that is built that way from the start."""

from copy import deepcopy

import numpy as np
import pytest
import scipy.sparse
from networks_to_change import SYNAPSE, N, assert_same, cells, learning, outcome, spiking

import rheobase as rb

# ---- weights -------------------------------------------------------------------------------------------------------


def connected(rule, weight, beside=True, **given):
    """A projection of its own, with others from the same neurons that are stored beside it."""
    net = rb.Network(seed=3, threads=1)
    x, e, i = net.add(rb.Poisson(40), N, name="x"), cells(net), cells(net, "i")
    if beside:
        net.connect(x, i, rb.FixedInDegree(8), weight=25, synapse=SYNAPSE, delay=0.4)
        net.connect(x, i, rb.Bernoulli(0.2), weight=15, synapse=rb.Delta(), delay=0.4)
    net.connect(x, e, rule, weight=weight, synapse=SYNAPSE, **given)
    if beside:
        net.connect(x, i, rb.FixedTotal(200), weight=rb.Normal(20, 2), synapse=rb.Alpha(tau=3), delay=0.2)
    return net


RULES = {
    "Bernoulli": rb.Bernoulli(0.4),
    "FixedInDegree": rb.FixedInDegree(15),
    "FixedTotal": rb.FixedTotal(600),
    "AllToAll": rb.AllToAll(),
}
GIVEN = {
    "one delay": {"delay": 0.5},
    "delays": {"delay": rb.Uniform(0.1, 1.5)},
    "16 bits": {"weight_bits": 16},
}


def last(net):
    return next(q for q in net.projections if q.post.name == "e")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("weight", [7.5, rb.Normal(10, 3)])
def test_one_weight_and_weights_that_are_drawn(rule, given, weight):
    changed, built = connected(RULES[rule], 12.0, **GIVEN[given]), connected(RULES[rule], weight, **GIVEN[given])
    last(changed).weights = weight
    assert changed.circuit == built.circuit
    assert_same(outcome(changed, after=(0, 1, 2, 3)), outcome(built, after=(0, 1, 2, 3)))
    changed = connected(RULES[rule], rb.Uniform(5, 15), **GIVEN[given])
    outcome(changed)
    last(changed)["weight"] = weight
    assert np.array_equal(last(changed)["weight"], last(built)["weight"])
    again = deepcopy(changed)
    assert_same(outcome(again), outcome(changed))


@pytest.mark.parametrize("rule", ["Bernoulli", "FixedInDegree", "FixedTotal"])
@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("beside", [True, False])
def test_weights_of_each_connection(rule, given, beside):
    changed = connected(RULES[rule], 12.0, beside, **GIVEN[given])
    c = last(changed).connections()
    weight = np.random.default_rng(5).normal(20, 8, len(c["pre"])).astype(np.float32)
    delay = {"delay": c["delay"]} if given == "delays" else {}
    built = connected(rb.Pairs(c["pre"], c["post"]), weight, beside, **{**GIVEN[given], **delay})
    last(changed)["weight"] = weight
    wanted = outcome(built)
    found = outcome(changed)
    assert_same(found, wanted)
    assert spiking(found[3:])
    for name, values in last(built).connections().items():
        assert np.array_equal(last(changed)[name], values)
    again = deepcopy(changed)
    found = outcome(changed)
    assert_same(found, outcome(built))
    assert_same(found, outcome(again))
    assert_same(outcome(rb.Network.of(changed.circuit, threads=1)), wanted)


def test_weights_change_in_the_middle_of_a_run_as_spikes_that_arrive_see_them():
    """A spike on its way brings the weight that there is when it arrives, as it would by hand."""
    net = rb.Network(threads=1)
    x, e = net.add(rb.Trains([[1.0, 6.0]]), 1), net.add(rb.LIF(E_L=0, V_th=1e3, V_re=-1, tau_m=10), 1, V=0.0)
    q = net.connect(x, e, rb.AllToAll(), weight=8.0, synapse=rb.Exponential(tau=1e9, norm="peak"), delay=3.0)
    net.run(3)
    q.weights = 2.0
    net.run(5)
    q.weights = np.array([5.0])
    net.run(2)
    assert e[q.variable] == pytest.approx([7.0], rel=1e-6)


def test_sparse_and_dense_arrays_in_and_out():
    net = connected(RULES["Bernoulli"], 12.0)
    q, random = last(net), np.random.default_rng(6)
    W = q.weights
    assert W.shape == (N, N) and W.nnz == len(q)
    q.weights = 0.5 * W
    assert (q["weight"] == 6).all()
    mask = random.random((N, N)) < 0.5
    dense = q.weights.toarray() * mask  # a lesion: zeros where connections were
    q.weights = dense
    assert np.array_equal(q.weights.toarray(), dense) and len(q) == W.nnz
    drawn = scipy.sparse.coo_array(W)
    drawn.data = random.normal(size=W.nnz)
    order = random.permutation(W.nnz)
    shuffled = scipy.sparse.coo_array((drawn.data[order], (drawn.row[order], drawn.col[order])), shape=(N, N))
    for form in ("csr", "csc", "coo"):
        q.weights = 0.0
        q.weights = shuffled.asformat(form)
        assert np.allclose(q.weights.toarray(), shuffled.toarray(), rtol=1e-6)
    w = q["weight"]
    w[q["pre"] < 10] = 0  # some of them
    q["weight"] = w
    assert not q.weights.toarray()[:, :10].any() and np.array_equal(q["weight"], w)


BAD_WEIGHTS = {
    "too few": (lambda q: np.ones(3), "weights must be a number or have shape"),
    "not finite": (lambda q: np.nan, "weight must be finite"),
    "a text": (lambda q: "strong", "weight must be a number"),
    "shape": (lambda q: np.ones((3, 3)), r"weights must have shape \(post, pre\)"),
    "more entries": (lambda q: np.ones((N, N)), "an entry for each of the .* connections and no other"),
    "fewer entries": (lambda q: scipy.sparse.csr_array((N, N)), "an entry for each of the .* connections and no other"),
    "too large": (lambda q: 1e300, "weight must be"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_refused_weights_leave_no_trace(case):
    net = connected(RULES["Bernoulli"], 12.0)
    net.run(5)
    clean, before, (value, message) = deepcopy(net), net.circuit, BAD_WEIGHTS[case]
    with pytest.raises((TypeError, ValueError), match=message):
        last(net).weights = value(last(net))
    assert net.circuit == before
    assert_same(outcome(net), outcome(clean))


def test_what_a_connection_is_cannot_change():
    q = last(connected(RULES["Bernoulli"], 12.0, delay=0.5))
    with pytest.raises(ValueError, match="delay must not be set: spikes are under way"):
        q["delay"] = 2.0
    with pytest.raises(ValueError, match="pre must not be set: a projection keeps its connections"):
        q["pre"] = 2
    with pytest.raises(ValueError, match="must be one of 'pre', 'post', 'weight', 'delay', got 'weigh'; did you mean"):
        q["weigh"] = 2
    assert (q["delay"] == 0.5).all()


# ---- plasticity ----------------------------------------------------------------------------------------------------

TEXT = rb.plasticity(
    "Text",
    "dx/dt = -x/tau",
    on_pre="x += 1",
    on_post="w = clip(w + A*x, 0, w_max)",
    parameters={"tau": 20.0, "A": 0.01, "w_max": 20.0},
)


PLASTICITIES = {
    "pair": (rb.PairSTDP(w_max=20), {"A_plus": 0.9, "tau_plus": 8.0}),
    "triplet": (rb.TripletSTDP(w_max=20), {"A2_plus": 0.9}),
    "text": (TEXT(), {"A": 0.5, "tau": 10.0}),
}


@pytest.mark.parametrize("kind", PLASTICITIES)
def test_parameters_of_plasticity(kind):
    rule, values = PLASTICITIES[kind]
    new = rule
    for name, value in values.items():
        new = new.replaced(name, value)
    changed, built, same = learning(rule), learning(new), learning(rule)
    for name, value in values.items():
        changed.projections[0][name] = value
        assert changed.projections[0][name] == value
    assert changed.circuit == built.circuit and changed.projections[0].plasticity == new
    found = outcome(changed, after=[0])
    assert_same(found, outcome(built, after=[0]))
    assert not np.array_equal(found[-1], outcome(same, after=[0])[-1])
    untouched = deepcopy(same)
    for name in values:  # to the values that they have: weights and traces go on
        same.projections[0][name] = rule.parameters[name]
    assert_same(outcome(same, after=[0]), outcome(untouched, after=[0]))
    for name, value in values.items():
        same.projections[0][name] = value
    again = deepcopy(same)
    assert_same(outcome(again, after=[0]), outcome(same, after=[0]))


def test_bounds_of_weights_must_hold_those_that_there_are():
    net = learning(rb.PairSTDP(w_max=20))
    q, before = net.projections[0], net.circuit
    with pytest.raises(ValueError, match=r"weights must lie in \[w_min, w_max\] = \[0, 5\]"):
        q["w_max"] = 5.0
    with pytest.raises(ValueError, match="w_min must be < w_max"):
        q["w_min"] = 30.0
    assert net.circuit == before
    q["w_max"] = 30.0
    assert q.plasticity.bounds == (0, 30)
