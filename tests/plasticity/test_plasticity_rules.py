"""Plasticity rules against closed forms and brute-force sums over all pairs of spikes."""

import numpy as np
import pytest

import rheobase as rb

DT = 0.1
DELAY = 0.1


def weight_after(rule, pre, post, *, w=0.5, T=2000.0, delay=DELAY, weight_only=True):
    """Run one plastic synapse with given spikes on either side and return its weight.

    `pre` are the times at which spikes arrive, `post` those at which the target, kicked by a strong synapse, spikes.
    """
    net = rb.Network(dt=DT, threads=1)
    a = net.add(rb.Trains([np.round(np.asarray(pre) - delay, 1)]), 1, name="a")
    kick = net.add(rb.Trains([np.round(np.asarray(post) - DT, 1)]), 1, name="kick")
    b = net.add(rb.LIF(tau_m=0.5, V_th=-60, V_re=-72), 1, name="b")
    net.connect(kick, b, rb.AllToAll(), weight=50.0, synapse=rb.Delta())
    synapse = rb.Exponential(tau=5, label="plastic")
    plastic = net.connect(a, b, rb.AllToAll(), weight=w, synapse=synapse, delay=delay, plasticity=rule)
    result = net.run(T)
    assert np.allclose(result.spikes("b").times, post)
    return plastic.connections()["weight"][0] if weight_only else (net, plastic, result)


@pytest.mark.parametrize("gap", [-300.0, -100.0, -20.0, -0.1, 0.1, 20.0, 100.0, 300.0])
@pytest.mark.parametrize("r_0", [2.0, 30.0])
def test_inhibitory_pair_follows_the_closed_rule(gap, r_0):
    """ΔJ = −(ε/τ_y)(exp(−|Δt|/τ_y) − 2 r_0 τ_y), for both signs of Δt."""
    epsilon, tau = 1.0, 150.0
    rule = rb.InhibitorySTDP(epsilon=epsilon, tau_y=tau, r_0=r_0)
    change = weight_after(rule, [800.0], [800.0 + gap], w=0.0 - 4.0) + 4.0
    expected = -(epsilon / tau) * (np.exp(-abs(gap) / tau) - 2e-3 * r_0 * tau)
    assert change == pytest.approx(expected, abs=1e-14 + 4 * np.finfo(float).eps)


def test_printed_inhibitory_rule_has_the_wrong_sign():
    """E25, E26: the printed pair rule gives −0.00581 at Δt = 20 ms, where the synapse moves by −0.00183449."""
    printed = -(1.0 / 150.0) * (np.exp(-20.0 / 150.0) - 2e-3 * 2.0)
    change = weight_after(rb.InhibitorySTDP(epsilon=1, tau_y=150, r_0=2), [800.0], [820.0], w=-4.0) + 4.0
    assert change == pytest.approx(-0.00183449, abs=5e-9)
    assert abs(change - printed) > 3e-3


def test_a_coincident_pair_counts_once():
    """E30: the arrival comes first; the postsynaptic spike of the step sees it, not the other way round."""
    rule = rb.InhibitorySTDP(epsilon=1, tau_y=150, r_0=2)
    change = weight_after(rule, [800.0], [800.0], w=-4.0) + 4.0
    assert change == pytest.approx(-(1 / 150) * (1 - 2e-3 * 2 * 150), abs=1e-14)


def test_vogels_is_the_book_s_rule_with_another_sign():
    random = np.random.default_rng(3)
    pre, post = (np.unique(np.round(random.uniform(1, 1900, 60), 1)) for _ in range(2))
    tau, r_0, epsilon = 20.0, 3.0, 0.2
    book = weight_after(rb.InhibitorySTDP(epsilon=epsilon, tau_y=tau, r_0=r_0), pre, post, w=-5.0)
    vogels = weight_after(rb.VogelsSTDP(eta=epsilon / tau, tau=tau, rho_0=r_0), pre, post, w=5.0)
    assert vogels == pytest.approx(-book, abs=1e-12)


def pair_sum(pre, post, A_plus, A_minus, tau_plus, tau_minus):
    """Sum the additive rule over all pairs; coincident ones count as pre before post."""
    gaps = np.asarray(post)[:, None] - np.asarray(pre)[None, :]
    gaps[np.abs(gaps) < 1e-6] = 0.0
    up = A_plus * np.exp(-gaps[gaps >= 0] / tau_plus).sum()
    return up - A_minus * np.exp(gaps[gaps < 0] / tau_minus).sum()


@pytest.mark.parametrize("delay", [0.1, 1.5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pair_rule_is_the_sum_over_all_pairs(seed, delay):
    random = np.random.default_rng(seed)
    pre, post = (np.unique(np.round(random.uniform(2, 1900, 80), 1)) for _ in range(2))
    constants = {"A_plus": 1e-3, "A_minus": 7e-4, "tau_plus": 17.0, "tau_minus": 34.0}
    rule = rb.PairSTDP(**constants, w_min=-10, w_max=10)
    change = weight_after(rule, pre, post, delay=delay) - 0.5
    assert change == pytest.approx(pair_sum(pre, post, *constants.values()), abs=1e-13)


def test_multiplicative_changes_shrink_towards_the_bounds():
    low, high = (
        weight_after(rb.PairSTDP(A_plus=0.1, A_minus=0.0, mu=1.0), [500.0], [510.0], w=w) - w for w in (0.25, 0.75)
    )
    assert low == pytest.approx(0.1 * 0.75 * np.exp(-0.5), abs=1e-14)
    assert high == pytest.approx(0.1 * 0.25 * np.exp(-0.5), abs=1e-14)


def test_triplet_rule_against_a_plain_loop():
    random = np.random.default_rng(7)
    pre, post = (np.unique(np.round(random.uniform(2, 1900, 60), 1)) for _ in range(2))
    p = rb.TripletSTDP(w_min=-10, w_max=10).parameters
    r1 = r2 = o1 = o2 = 0.0
    w, last = 0.5, 0.0
    events = sorted([(t, 0) for t in pre] + [(t, 1) for t in post])  # arrivals before spikes of the same step
    for t, side in events:
        gap = t - last
        r1, r2 = r1 * np.exp(-gap / p["tau_plus"]), r2 * np.exp(-gap / p["tau_x"])
        o1, o2 = o1 * np.exp(-gap / p["tau_minus"]), o2 * np.exp(-gap / p["tau_y"])
        if side == 0:
            w -= o1 * (p["A2_minus"] + p["A3_minus"] * r2)
            r1, r2 = r1 + 1, r2 + 1
        else:
            w += r1 * (p["A2_plus"] + p["A3_plus"] * o2)
            o1, o2 = o1 + 1, o2 + 1
        last = t
    assert weight_after(rb.TripletSTDP(w_min=-10, w_max=10), pre, post) == pytest.approx(w, abs=1e-13)


@pytest.mark.parametrize(("U", "tau_rec", "tau_facil"), [(0.5, 800.0, 0.0), (0.15, 130.0, 670.0)])
def test_short_term_plasticity_against_the_recursion(U, tau_rec, tau_facil):
    """Depression and facilitation: the jumps of the synaptic current are w u x / τ.

    Recorded are means over steps, each of a decay from its value at the beginning.
    """
    spikes = np.array([100.0, 120.0, 150.0, 400.0, 410.0, 420.0])
    net = rb.Network(dt=DT, threads=1)
    a = net.add(rb.Trains([np.round(spikes - DT, 1)]), 1, name="a")
    b = net.add(rb.LIF(V_th=1000), 1, name="b")
    rule = rb.TsodyksMarkram(U=U, tau_rec=tau_rec, tau_facil=tau_facil)
    net.connect(a, b, rb.AllToAll(), weight=10.0, synapse=rb.Exponential(tau=5), plasticity=rule)
    net.record(b, "I_a")
    I = net.run(500).states("b", "I_a").values[:, 0]
    u, x, last, expected = 0.0, 1.0, 0.0, []
    for t in spikes:
        u *= np.exp(-(t - last) / tau_facil) if tau_facil else 0.0
        x = 1 - (1 - x) * np.exp(-(t - last) / tau_rec)
        u += U * (1 - u)
        expected.append(10.0 * u * x / 5.0)
        x -= u * x
        last = t
    at = np.rint(spikes / DT).astype(int) + 1
    z = DT / 5.0
    jumps = (I[at] - I[at - 1] * np.exp(-z)) * z / -np.expm1(-z)
    assert jumps == pytest.approx(expected, abs=1e-12)


def test_the_weight_is_delivered_after_its_own_update():
    rule = rb.InhibitorySTDP(epsilon=100, tau_y=20, r_0=50)
    net = rb.Network(dt=DT, threads=1)
    a = net.add(rb.Trains([[9.9]]), 1, name="a")
    b = net.add(rb.LIF(V_th=1000), 1, name="b")
    p = net.connect(a, b, rb.AllToAll(), weight=-45.0, synapse=rb.Exponential(tau=5), plasticity=rule)
    net.record(b, "I_a")
    I = net.run(20).states("b", "I_a").values[:, 0]
    w = p.connections()["weight"][0]
    assert w == pytest.approx(-45 + 100 * 2e-3 * 50)
    assert I[101] == pytest.approx(-w * np.expm1(-DT / 5) / DT, abs=1e-13)


def test_bounds_hold_after_both_hooks():
    at_top = weight_after(rb.VogelsSTDP(eta=1.0, w_max=0.6), [500.0, 501.0], [500.5, 501.5])
    assert at_top == 0.6
    at_bottom = weight_after(rb.VogelsSTDP(eta=1.0, rho_0=100.0), [500.0, 900.0], [])
    assert at_bottom == 0.0


def test_learning_can_be_switched_off_between_runs():
    rule = rb.VogelsSTDP(eta=0.1)
    net = rb.Network(dt=DT, threads=1)
    a = net.add(rb.Poisson(50), 10, name="a")
    b = net.add(rb.LIF(I_x=20.0), 10, name="b")
    p = net.connect(a, b, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=5), plasticity=rule)
    net.run(100)
    learned = p.connections()["weight"]
    assert p.learning and not np.allclose(learned, 1.0)
    p.learning = False
    net.run(100)
    assert np.array_equal(p.connections()["weight"], learned)
    p.learning = True
    net.run(100)
    assert not np.array_equal(p.connections()["weight"], learned)


def test_weights_can_be_set_as_a_sparse_array():
    net = rb.Network(threads=2)
    a = net.add(rb.Poisson(5), 30, name="a")
    b = net.add(rb.LIF(), 20, name="b")
    p = net.connect(a, b, rb.Bernoulli(0.3), weight=1.0, synapse=rb.Exponential(), plasticity=rb.VogelsSTDP(w_max=1e3))
    W = p.weights
    W.data = np.arange(1.0, len(W.data) + 1)
    p.weights = W
    assert (p.weights != W).nnz == 0
    p.weights = 0.25
    assert set(p.connections()["weight"]) == {0.25}


def test_recorded_weights_end_where_the_weights_are():
    net = rb.Network(threads=2)
    a = net.add(rb.Poisson(40), 30, name="a")
    b = net.add(rb.LIF(I_x=20.0), 20, name="b")
    p = net.connect(a, b, rb.Bernoulli(0.3), weight=1.0, synapse=rb.Exponential(), plasticity=rb.VogelsSTDP(eta=0.1))
    net.record_weights(p, connections=[5, 2], every=10.0)
    result = net.run(100)
    recorded = result.weights("a", "b")
    assert recorded.values.shape == (11, 2)
    assert np.array_equal(recorded.values[-1], p.connections()["weight"][[5, 2]])


def _projection():
    net = rb.Network(threads=1)
    a, b = net.add(rb.Poisson(5), 5, name="a"), net.add(rb.LIF(), 5, name="b")
    static = net.connect(a, b, rb.AllToAll(), weight=1.0, synapse=rb.Exponential())
    plastic = net.connect(a, b, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(), plasticity=rb.VogelsSTDP())
    return net, a, b, static, plastic


BAD = {
    "unknown parameter": (lambda n, a, b, s, p: rb.VogelsSTDP(eat=1), ValueError, "did you mean 'eta'"),
    "negative time constant": (lambda n, a, b, s, p: rb.VogelsSTDP(tau=-1), ValueError, "tau must be > 0"),
    "rate not finite": (lambda n, a, b, s, p: rb.InhibitorySTDP(r_0=np.nan), ValueError, "r_0 must be finite"),
    "bounds crossed": (lambda n, a, b, s, p: rb.VogelsSTDP(w_min=2, w_max=1), ValueError, "w_min must be < w_max"),
    "share above 1": (lambda n, a, b, s, p: rb.TsodyksMarkram(U=1.5), ValueError, "U must be"),
    "not a rule": (
        lambda n, a, b, s, p: n.connect(a, b, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(), plasticity="stdp"),
        TypeError,
        "plasticity must be a rule",
    ),
    "learning without a rule": (lambda n, a, b, s, p: setattr(s, "learning", True), ValueError, "plasticity must"),
    "weights of a wrong length": (lambda n, a, b, s, p: setattr(p, "weights", np.ones(3)), ValueError, "shape (25,)"),
    "weights not finite": (lambda n, a, b, s, p: setattr(p, "weights", np.full(25, np.inf)), ValueError, "finite"),
    "recording static weights": (lambda n, a, b, s, p: n.record_weights(s), ValueError, "must be plastic"),
    "recording no projection": (lambda n, a, b, s, p: n.record_weights("p"), TypeError, "must be a projection"),
    "connections out of range": (
        lambda n, a, b, s, p: n.record_weights(p, connections=[99]),
        ValueError,
        "connections must lie between 0 and 24",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    call, error, text = BAD[case]
    parts = _projection()
    with pytest.raises(error) as raised:
        call(*parts)
    assert text in str(raised.value)
    parts[0].run(10)
