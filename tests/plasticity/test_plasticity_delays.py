"""Delays that differ from connection to connection of one plastic projection: each arrival is seen when it arrives."""

import pickle

import numpy as np
import pytest

import rheobase as rb

CALCIUM = rb.plasticity(
    "CalciumOfDelays",
    "dx/dt = -x/20\ndc/dt = -c/30\nn : 1 (state)",
    on_pre="w = clip(w + 0.01*c, 0, 2); c += 1; x += 1; n += 1",
    on_post="c += 0.5; w = clip(w + 0.02*x - 0.005*c, 0, 2)",
)
RULES = {
    "PairSTDP": rb.PairSTDP(A_plus=0.05, A_minus=0.04),
    "TripletSTDP": rb.TripletSTDP(),
    "VogelsSTDP": rb.VogelsSTDP(eta=0.05),
    "InhibitorySTDP": rb.InhibitorySTDP(epsilon=0.05),
    "TsodyksMarkram": rb.TsodyksMarkram(U=0.4, tau_rec=100, tau_facil=50),
    "text": CALCIUM(),
}
DELAYS = np.array([0.1, 1.5, 4.0, 7.3])


def pairs_of(n_pre, n_post):
    return [a.ravel() for a in np.meshgrid(np.arange(n_pre), np.arange(n_post), indexing="ij")]


def driven(rule, delay, threads=1, duration=80.0):
    """Return a network of 5 sources and 30 neurons, with a projection per delay or one that has them all."""
    rng = np.random.default_rng(3)
    net = rb.Network(dt=0.1, seed=2, threads=threads)
    e = net.add(rb.LIF(), 30, name="e")
    times = [np.unique(rng.integers(1, 790, 25)) * 0.1 for _ in range(5)]
    x, kicks = net.add(rb.Trains(times), 5, name="x"), net.add(rb.Poisson(rate=60), 30, name="kicks")
    net.connect(kicks, e, rb.OneToOne(), weight=100.0, synapse=rb.Delta())
    pre, post = pairs_of(5, 30)
    each = rng.choice(DELAYS, len(pre))
    weight = -0.5 if isinstance(rule, rb.InhibitorySTDP) else 0.5
    synapse = rb.Exponential(tau=5)
    if delay == "one projection":
        net.connect(x, e, rb.Pairs(pre, post), weight=weight, synapse=synapse, delay=each, plasticity=rule)
    else:
        for d in DELAYS:
            chosen = each == d
            net.connect(
                x, e, rb.Pairs(pre[chosen], post[chosen]), weight=weight, synapse=synapse, delay=d, plasticity=rule
            )
    net.run(duration)
    found = [q.connections() for q in net.projections[1:]]
    pre, post, w = (np.concatenate([c[name] for c in found]) for name in ("pre", "post", "weight"))
    order = np.lexsort((post, pre))
    return w[order], net["e"]["V"]


@pytest.mark.parametrize("name", RULES)
def test_delays_of_one_projection_do_what_projections_of_one_delay_do(name):
    together, apart = driven(RULES[name], "one projection"), driven(RULES[name], "projections")
    np.testing.assert_allclose(together[0], apart[0], rtol=1e-12)
    np.testing.assert_allclose(together[1], apart[1], rtol=1e-9)
    if name != "TsodyksMarkram":
        assert np.ptp(together[0]) > 1e-3


def test_equal_delays_in_an_array_are_one_delay():
    """The same bits, whichever way they are kept."""
    results = []
    for delay in (1.5, np.full(150, 1.5)):
        net = rb.Network(dt=0.1, seed=2, threads=1)
        e, x = net.add(rb.LIF(), 30, name="e"), net.add(rb.Poisson(rate=50), 5, name="x")
        net.drive(e, rate=2000, weight=1.5, synapse=rb.Delta())
        pairs = rb.Pairs(*pairs_of(5, 30))
        q = net.connect(x, e, pairs, weight=0.5, synapse=rb.Exponential(tau=5), delay=delay, plasticity=CALCIUM())
        net.run(100)
        results.append(np.concatenate([q.connections()["weight"], q["c"], e["V"]]))
    np.testing.assert_array_equal(*results)


def test_a_pair_counts_from_the_arrival():
    """Δw = A exp(−(t_post − t_pre − delay)/τ) where the spike has arrived by then, else −A exp(…)."""
    delays = np.array([1.0, 3.0, 6.0, 12.0])
    net = rb.Network(dt=0.1, threads=1)
    e = net.add(rb.LIF(), 1, name="e")
    x, y = net.add(rb.Trains([[10.0]]), 1, name="x"), net.add(rb.Trains([[16.9]]), 1, name="y")
    net.connect(y, e, rb.AllToAll(), weight=100.0, synapse=rb.Delta())
    rule = rb.PairSTDP(A_plus=0.1, A_minus=0.08, tau_plus=10, tau_minus=15)
    pairs = rb.Pairs(np.zeros(4, int), np.zeros(4, int))
    q = net.connect(x, e, pairs, weight=0.5, synapse=rb.Exponential(tau=5), delay=delays, plasticity=rule)
    net.run(50)
    late = 17.0 - 10.0 - delays
    expected = 0.5 + np.where(late >= 0, 0.1 * np.exp(-late / 10), -0.08 * np.exp(late / 15))
    np.testing.assert_allclose(q.connections()["weight"], expected, rtol=1e-12)
    np.testing.assert_allclose(q.connections()["delay"], delays)


def test_what_is_recorded_of_chosen_connections_is_theirs():
    """The engine has them by delay, `connections` by post neuron."""
    net = recurrent(RULES["text"])
    (q,) = net.projections
    chosen = [700, 3, 41]
    net.record_weights(q, connections=chosen, every=10.0)
    net.record_weights(q, "c", connections=chosen, every=10.0)
    res = net.run(20)
    assert np.all(np.diff(q.connections()["pre"]) >= 0)
    for variable, values in (("w", q["weight"]), ("c", q["c"])):
        recorded = res.weights("e", "e", variable=variable).values[-1]
        np.testing.assert_allclose(recorded, values[chosen], rtol=1e-6)
        assert len(np.unique(recorded)) == 3


def recurrent(rule, threads=1):
    net = rb.Network(dt=0.1, seed=4, threads=threads)
    e = net.add(rb.LIF(), 300, name="e", V=rb.Uniform(-72, -56))
    net.drive(e, rate=1000, sources=2, weight=1.5, synapse=rb.Delta())
    net.connect(
        e, e, rb.Bernoulli(0.1), weight=rb.Uniform(0.3, 0.7), synapse=rb.Exponential(tau=5),
        delay=rb.Uniform(0.1, 8.0), plasticity=rule,
    )  # fmt: skip
    return net


def outcome(net):
    (q,) = net.projections
    found = [net["e"]["V"], q.connections()["weight"], q.connections()["delay"]]
    return np.concatenate([*found, *(q[v] for v in q.plasticity.variables)])


@pytest.mark.parametrize("name", ["PairSTDP", "TsodyksMarkram", "text"])
def test_threads_splits_and_files_change_nothing(name, tmp_path):
    one = recurrent(RULES[name])
    one.run(40)
    wanted = outcome(one)
    for threads in (2, 3):
        other = recurrent(RULES[name], threads)
        other.run(40)
        np.testing.assert_array_equal(outcome(other), wanted)
    saved = recurrent(RULES[name], 2)
    for t in (0.1, 4.9, 17.3):
        saved.run(t)
    saved.save(tmp_path / "net")
    added = pickle.loads(pickle.dumps(saved))
    added.add(rb.Poisson(rate=1), 700, name="more")  # all connections are laid out anew
    for net in (saved, added, rb.load(tmp_path / "net", threads=3)):
        net.run(17.7)
        np.testing.assert_array_equal(outcome(net), wanted)
