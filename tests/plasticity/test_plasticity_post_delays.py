"""Spikes of post neurons reach plastic synapses after a delay of their own: one for all, or one per connection."""

import pickle

import numpy as np
import pytest
from test_plasticity_delays import RULES, outcome, pairs_of

import rheobase as rb

#: Keeps something of the potential of post neurons, beside the trace of their spikes.
VOLTAGE = rb.plasticity(
    "VoltageOfDelays",
    "dz/dt = (V_post - z)/10 : mV (post)\ndy/dt = -y/15 : 1 (post)\ndx/dt = -x/20 : 1 (pre)",
    on_pre="w = clip(w - 0.001*(z + 60) - 0.01*y, 0, 2); x += 1",
    on_post="w = clip(w + 0.02*x + 0.0001*(V_post - z), 0, 2); y += 1; z += 3",
)
RULES = {**RULES, "voltage": VOLTAGE()}
#: Counts spikes that reach synapses, which all weigh 0.5: each counts by itself, since it reads its weight.
COUNTING = rb.plasticity("CountingOfDelays", "n : 1 (state)", on_pre="w = w", on_post="n += 2*w")
POST_DELAYS = np.array([0.0, 0.4, 2.5, 6.0])
FAST = rb.Exponential(tau=5)


def start_of(rule):
    return -0.5 if isinstance(rule, rb.InhibitorySTDP) else 0.5


def kicked(n, threads=1, **cell):
    """Return a network of n neurons that spike when they are kicked, and not by what 5 sources do."""
    rng = np.random.default_rng(3)
    net = rb.Network(dt=0.1, seed=2, threads=threads)
    e = net.add(rb.LIF(**cell), n, name="e")
    net.add(rb.Trains([np.unique(rng.integers(1, 790, 25)) * 0.1 for _ in range(5)]), 5, name="x")
    kicks = net.add(rb.Poisson(rate=60), n, name="kicks")
    net.connect(kicks, e, rb.OneToOne(), weight=100.0, synapse=rb.Delta())
    return net


def one_spike(at=17.0):
    """Return a network of a neuron that spikes once, and of a source that spikes at 10 ms."""
    net = rb.Network(dt=0.1, threads=1)
    e, y = net.add(rb.LIF(), 1, name="e"), net.add(rb.Trains([[at - 0.1]]), 1, name="y")
    net.add(rb.Trains([[10.0]]), 1, name="x")
    net.connect(y, e, rb.AllToAll(), weight=100.0, synapse=rb.Delta())
    return net


def test_a_pair_counts_from_arrival_to_arrival():
    """Δw = A exp(−s/τ) for s = t_post + post_delay − t_pre − delay ≥ 0, else −A exp(s/τ)."""
    net = one_spike()
    delay, post_delay = (a.ravel() for a in np.meshgrid([1.0, 7.0, 9.0, 14.0], [0.0, 2.0, 4.5, 20.0], indexing="ij"))
    rule = rb.PairSTDP(A_plus=0.1, A_minus=0.08, tau_plus=10, tau_minus=15)
    pairs = rb.Pairs(np.zeros(16, int), np.zeros(16, int))
    q = net.connect(
        net["x"], net["e"], pairs, weight=0.5, synapse=FAST, delay=delay, post_delay=post_delay, plasticity=rule
    )
    net.run(60)
    np.testing.assert_allclose(q["delay"], delay)
    np.testing.assert_allclose(q["post_delay"], post_delay)
    late = np.round(17.0 + post_delay - 10.0 - delay, 9)
    assert late.min() < 0 < late.max() and 0 in late
    expected = 0.5 + np.where(late >= 0, 0.1 * np.exp(-late / 10), -0.08 * np.exp(late / 15))
    np.testing.assert_allclose(q["weight"], expected, rtol=1e-12)


@pytest.mark.parametrize("name", [name for name in RULES if name != "voltage"])
@pytest.mark.parametrize("way", ["one for all", "one each"])
def test_it_is_as_if_relays_had_sent_on_what_post_neurons_fire(name, way):
    """A relay fires `post_delay` after its neuron, so that a synapse onto it sees the same spikes at the same time."""
    rule, net = RULES[name], kicked(30)
    e, x, (pre, post) = net["e"], net["x"], pairs_of(5, 30)
    each = np.random.default_rng(5).choice(POST_DELAYS[1:], len(pre)) if way == "one each" else np.full(len(pre), 2.5)
    given = each if way == "one each" else 2.5
    options = {"weight": start_of(rule), "synapse": FAST, "plasticity": rule, "delay": 1.5}
    q = net.connect(x, e, rb.Pairs(pre, post), post_delay=given, **options)
    wanted = np.full(len(pre), np.nan)
    relayed = []
    for d in np.unique(each):
        relay, chosen = net.add(rb.LIF(t_ref=0), 30), each == d
        net.connect(e, relay, rb.OneToOne(), weight=100.0, synapse=rb.Delta(), delay=d)
        relayed.append((chosen, net.connect(x, relay, rb.Pairs(pre[chosen], post[chosen]), **options)))
    net.run(80)
    for chosen, onto_relay in relayed:
        wanted[chosen] = onto_relay["weight"]
    np.testing.assert_array_equal(q["weight"], wanted)
    if name != "TsodyksMarkram":
        assert np.ptp(wanted) > 1e-3


def divided(rule, together):
    """Return weights and potentials where a projection has all post delays, or each has one of its own."""
    net, (pre, post) = kicked(30), pairs_of(5, 30)
    each = np.random.default_rng(7).choice(POST_DELAYS, len(pre))
    options = {"weight": start_of(rule), "synapse": FAST, "plasticity": rule}
    for d in [each] if together else POST_DELAYS:
        chosen = np.full(len(pre), True) if together else each == d
        net.connect(net["x"], net["e"], rb.Pairs(pre[chosen], post[chosen]), post_delay=d, **options)
    net.run(80)
    found = [q.connections() for q in net.projections[1:]]
    pre, post, w = (np.concatenate([c[name] for c in found]) for name in ("pre", "post", "weight"))
    return w[np.lexsort((post, pre))], net["e"]["V"]


@pytest.mark.parametrize("name", RULES)
def test_post_delays_of_one_projection_do_what_projections_of_one_do(name):
    together, apart = divided(RULES[name], True), divided(RULES[name], False)
    np.testing.assert_allclose(together[0], apart[0], rtol=1e-12)
    np.testing.assert_allclose(together[1], apart[1], rtol=1e-9)


@pytest.mark.parametrize("name", RULES)
def test_post_delays_of_zero_are_none(name):
    """The same bits, whichever way they are kept."""
    found = []
    for options in ({}, {"post_delay": 0}, {"post_delay": np.zeros(150)}):
        net = kicked(30)
        rule = RULES[name]
        pairs = rb.Pairs(*pairs_of(5, 30))
        q = net.connect(
            net["x"], net["e"], pairs, weight=start_of(rule), synapse=FAST, plasticity=rule,
            delay=rb.Uniform(0.1, 5), **options,
        )  # fmt: skip
        net.run(60)
        found.append(np.concatenate([q["weight"], net["e"]["V"]]))
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def recurrent(rule, threads, post_delay):
    net = rb.Network(dt=0.1, seed=4, threads=threads)
    e = net.add(rb.LIF(), 300, name="e", V=rb.Uniform(-72, -56))
    net.drive(e, rate=1000, sources=2, weight=1.5, synapse=rb.Delta())
    net.connect(
        e, e, rb.Bernoulli(0.1), weight=rb.Uniform(0.3, 0.7), synapse=FAST, delay=rb.Uniform(0.1, 4.0),
        post_delay=post_delay, plasticity=rule,
    )  # fmt: skip
    return net


@pytest.mark.parametrize("name", ["PairSTDP", "voltage"])
@pytest.mark.parametrize("post_delay", [rb.Uniform(0, 6), 3.0], ids=["drawn", "one"])
def test_threads_splits_files_and_copies_change_nothing(name, post_delay, tmp_path):
    one, at_once = recurrent(RULES[name], 1, post_delay), recurrent(RULES[name], 1, 0.0)
    before = one.store()
    for net in (one, at_once):
        net.run(30)
    wanted, (q,) = outcome(one), one.projections
    assert not np.array_equal(outcome(at_once), wanted)
    other = recurrent(RULES[name], 3, post_delay)
    other.run(30)
    np.testing.assert_array_equal(outcome(other), wanted)
    np.testing.assert_array_equal(other.projections[0]["post_delay"], q["post_delay"])
    saved = recurrent(RULES[name], 2, post_delay)
    for t in (0.1, 4.9, 9.3):
        saved.run(t)
    saved.save(tmp_path / "net")
    added = pickle.loads(pickle.dumps(saved))
    added.add(rb.Poisson(rate=1), 700, name="more")  # all connections are laid out anew
    for net in (saved, saved.copy(threads=3), added, rb.load(tmp_path / "net", threads=3)):
        net.run(15.7)
        np.testing.assert_array_equal(outcome(net), wanted)
    one.restore(before)
    one.run(30)
    np.testing.assert_array_equal(outcome(one), wanted)
    one.reset()
    one.run(30)
    np.testing.assert_array_equal(outcome(one), wanted)


@pytest.mark.parametrize("post_delay", [5.0, np.array([5.0, 8.0])], ids=["one", "each"])
def test_a_spike_under_way_is_stored_and_forgotten_by_a_reset(post_delay):
    net = one_spike()
    pairs = rb.Pairs([0, 0], [0, 0])
    q = net.connect(net["x"], net["e"], pairs, weight=0.5, synapse=FAST, post_delay=post_delay, plasticity=COUNTING())
    net.run(20)
    under_way = net.store()
    reached = []
    for duration in (1.9, 0.1, 3.0):
        net.run(duration)
        reached.append(q["n"])
    assert np.array_equal(reached, [[0, 0], [1, 1], [1, 1]] if np.isscalar(post_delay) else [[0, 0], [1, 0], [1, 1]])
    net.restore(under_way)
    net.run(5)
    assert np.array_equal(q["n"], [1, 1])
    net.restore(under_way)
    net.reset()
    net.run(10)
    assert np.array_equal(q["n"], [0, 0])


@pytest.mark.parametrize("post_delay", [8.0, np.array([8.0, 9.0])], ids=["one", "each"])
def test_a_projection_made_between_runs_knows_no_older_spike(post_delay):
    net = one_spike()
    options = {"weight": 0.5, "synapse": FAST, "plasticity": COUNTING()}
    older = net.connect(net["x"], net["e"], rb.Pairs([0, 0], [0, 0]), post_delay=20.0, **options)
    net.run(20)
    newer = net.connect(net["x"], net["e"], rb.Pairs([0, 0], [0, 0]), post_delay=post_delay, **options)
    net.run(20)
    assert np.array_equal(older["n"], [1, 1]) and np.array_equal(newer["n"], [0, 0])


def test_what_is_given_belongs_to_its_pair():
    """Pairs of selections in any order, some of them twice, with delays by which the engine sorts them."""
    net, rng = kicked(30), np.random.default_rng(11)
    pre, post = rng.integers(0, 3, 60), rng.integers(0, 20, 60)
    delay, post_delay = 0.1 * rng.integers(1, 40, 60), 0.1 * rng.integers(0, 300, 60)
    q = net.connect(
        net["x"][[4, 0, 3]], net["e"][np.roll(np.arange(20), 7)], rb.Pairs(pre, post), weight=0.5, synapse=FAST,
        delay=delay, post_delay=post_delay, plasticity=rb.PairSTDP(),
    )  # fmt: skip
    order = np.lexsort((delay, post, pre))
    for name, given in (("pre", pre), ("post", post), ("delay", delay), ("post_delay", post_delay)):
        np.testing.assert_allclose(q[name], given[order], atol=1e-12)
    np.testing.assert_array_equal(q.post_delay, post_delay)
    assert len(q.between(net["x"][4], net["e"])["post_delay"]) == np.sum(pre == 0)


def test_post_delays_are_drawn_for_each_connection():
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(rb.LIF(), 100, name="e")
    options = {"weight": 0.5, "synapse": FAST, "plasticity": rb.PairSTDP()}
    q = net.connect(e, e, rb.AllToAll(), post_delay=rb.Normal(1.0, 1.0, high=2.0), **options)
    again = net.connect(e, e, rb.AllToAll(), post_delay=rb.Normal(1.0, 1.0, high=2.0), **options)
    drawn = q["post_delay"]
    assert drawn.min() == 0 and np.isclose(drawn.max(), 2)
    np.testing.assert_allclose(drawn, 0.1 * np.rint(10 * drawn), atol=1e-12)
    # between −1 and 1 standard deviation the mean is that of the normal distribution, the deviation 0.5396 of its own
    assert abs(drawn.mean() - 1.0) < 4 * 0.54 / np.sqrt(len(drawn))
    assert abs(np.corrcoef(drawn, again["post_delay"])[0, 1]) < 4 / np.sqrt(len(drawn))
    assert not np.array_equal(drawn, q["delay"])


def test_post_delays_by_distance():
    net = rb.Network(dt=0.1, seed=1)
    line = net.add(rb.LIF(), 6, name="line", positions=np.arange(6.0)[:, None])
    q = net.connect(
        line, line, rb.AllToAll(), weight=0.5, synapse=FAST, post_delay=rb.LinearProfile(0.0, 0.3),
        plasticity=rb.PairSTDP(),
    )  # fmt: skip
    np.testing.assert_allclose(q["post_delay"], 0.3 * np.abs(q["pre"] - q["post"]), atol=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"plasticity": None, "post_delay": 1.0}, ValueError, "post_delay must be 0 without plasticity"),
        ({"plasticity": None, "post_delay": rb.Uniform(0, 1)}, ValueError, "post_delay must be 0 without plasticity"),
        ({"post_delay": -1.0}, ValueError, "post_delay must be at least 0 ms"),
        ({"post_delay": 0.15}, ValueError, "post_delay must be a multiple of dt = 0.1 ms, got 0.15 ms"),
        ({"post_delay": 7000.0}, ValueError, "post_delay must be at most 6553.5 ms"),
        ({"post_delay": rb.Normal(0, 1e4)}, ValueError, "post_delay must be at most 6553.5 ms"),
        ({"post_delay": rb.Uniform(-2, -1)}, ValueError, "post_delay must be able to reach 0 ms"),
        ({"post_delay": [0.1, -0.1, 0.1, 0.1]}, ValueError, "post_delay must be at least 0 ms"),
        ({"post_delay": [0.1] * 3}, ValueError, r"post_delay \(one per connection\) must have shape \(4,\)"),
        ({"post_delay": "late"}, TypeError, "post_delay must be"),
    ],
)
def test_what_is_refused_by_name(options, error, said):
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(rb.LIF(), 2, name="e")
    given = {"weight": 0.5, "synapse": FAST, "plasticity": rb.PairSTDP(), **options}
    with pytest.raises(error, match=said):
        net.connect(e, e, rb.AllToAll(), **given)
    assert not net.projections


def test_a_post_delay_is_not_set():
    net = rb.Network(dt=0.1, seed=1)
    e = net.add(rb.LIF(), 2, name="e")
    q = net.connect(e, e, rb.AllToAll(), weight=0.5, synapse=FAST, plasticity=rb.PairSTDP(), post_delay=2.0)
    np.testing.assert_allclose(q["post_delay"], 2.0)
    with pytest.raises(ValueError, match="post_delay must not be set: spikes are under way"):
        q["post_delay"] = 1.0
    static = net.connect(e, e, rb.AllToAll(), weight=0.5, synapse=FAST)
    with pytest.raises(ValueError, match="'post_delay'"):
        static["post_delay"]
