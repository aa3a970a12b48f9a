"""Synapses that add up over connections in each step: gap junctions, graded synapses, NMDA kept once per pre neuron."""

import pickle

import numpy as np
import pytest

import rheobase as rb

GAP = rb.synapse("Gap", "I = w*(V_pre - V_post) : mV (summed)")
GRADED = rb.synapse(
    "Graded",
    """
    S = w/(1 + exp(-(V_pre - V_half)/k)) : nS (summed)
    dg/dt = (S - g)/tau : nS
    """,
    parameters=dict(V_half=-60.0, k=2.0, tau=5.0),
    reversal=-80.0,
)
NMDA = rb.synapse(
    "SaturatingNMDA",
    """
    dx/dt = -x/tau_rise : 1 (pre)
    ds/dt = alpha*x*(1 - s) - s/tau : 1 (pre)
    S = w*s : nS (summed)
    g = S/(1 + Mg/3.57*exp(-0.062*V_post)) : nS
    """,
    on_pre="x += 1",
    parameters=dict(tau_rise=2.0, tau=100.0, alpha=0.5, Mg=1.0),
    reversal=0.0,
)


def test_gap_junctions_follow_the_closed_form():
    """The mean of coupled leaky cells decays with tau, deviations from it with tau / (1 + n w)."""
    n, dt, w = 5, 0.01, 0.125
    net = rb.Network(dt=dt, threads=1)
    V = np.linspace(-70, -50, n)
    e = net.add(rb.LIF(E_L=-70, V_th=0, tau_m=10), n, name="e", V=V)
    net.connect(e, e, rb.AllToAll(), weight=w, synapse=GAP(label="gap"))
    net.record(e, "V")
    net.record(e, "I_gap")
    result = net.run(20)
    found, t = result.states("e", "V").values, np.arange(2001) * dt
    mean = found.mean(axis=1)
    np.testing.assert_allclose(mean, -70 + (V.mean() + 70) * np.exp(-t / 10), rtol=1e-12)
    h = dt / 10
    factor = np.exp(-h) - n * w * (1 - np.exp(-h))  # what a step leaves of a deviation, the current being constant
    assert abs(factor - np.exp(-(1 + n * w) * h)) < h**2
    expected = (V - V.mean()) * (factor ** np.arange(2001))[:, None]
    np.testing.assert_allclose(found - mean[:, None], expected, atol=1e-9)
    np.testing.assert_allclose(result.states("e", "I_gap").values[0], n * w * (V.mean() - V), atol=1e-12)


def test_a_graded_synapse_settles():
    net = rb.Network(dt=0.1, threads=1)
    pre = net.add(rb.LIF(E_L=-58.0, V_th=0.0), 3, name="pre", V=-58.0)
    post = net.add(rb.LIF(V_th=0.0), 1, name="post")
    net.connect(pre, post, rb.AllToAll(), weight=[0.25, 0.5, 1.0], synapse=GRADED(label="i"))
    net.run(200)
    assert post["g_i"][0] == pytest.approx(1.75 / (1 + np.exp(-1)), rel=1e-9)


def wang(threads=1, rule=None, n=300, weight=0.002):
    net = rb.Network(dt=0.1, seed=3, threads=threads)
    e = net.add(rb.LIF(), n, name="e", V=rb.Uniform(-72, -55))
    i = net.add(rb.EIF(), 100, name="i")
    net.drive(e, rate=1000, sources=2, weight=1.5, synapse=rb.Delta())
    net.connect(e, e, rb.AllToAll() if rule is None else rule, weight=weight, synapse=NMDA(label="n"), delay=0.5)
    net.connect(e, i, rb.Bernoulli(0.2), weight=rb.Uniform(0.01, 0.02), synapse=NMDA(label="n"), delay=1.0)
    net.connect(i, i, rb.FixedInDegree(5), weight=0.02, synapse=GAP(label="gap"))
    net.connect(i, e, rb.Bernoulli(0.1), weight=0.01, synapse=GRADED(label="i"))
    return net


def outcome(net):
    return np.concatenate([net[p][v] for p in ("e", "i") for v in net[p].variables])


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(threads):
    one, more = wang(), wang(threads)
    a, b = one.run(60), more.run(60)
    assert len(a.spikes("e").times) > 100
    np.testing.assert_array_equal(a.spikes("e").times, b.spikes("e").times)
    np.testing.assert_array_equal(outcome(one), outcome(more))


def test_split_runs_saving_and_pickling_change_nothing(tmp_path):
    one, saved = wang(), wang()
    one.run(60)
    for t in (0.1, 0.3, 20.0):
        saved.run(t)
    saved.save(tmp_path / "net")
    for net in (saved, rb.load(tmp_path / "net", threads=2), pickle.loads(pickle.dumps(saved))):
        net.run(39.6)
        np.testing.assert_array_equal(outcome(net), outcome(one))


def test_one_sum_for_all_is_the_sum_of_each():
    n = 60
    pre, post = np.divmod(np.arange(n * n), n)
    all_but_one = rb.Pairs(pre[1:], post[1:])
    whole, listed, without_self = wang(n=n), wang(n=n, rule=all_but_one), wang(n=n, rule=rb.AllToAll(autapses=False))
    pairs_without_self = rb.Pairs(pre[pre != post], post[pre != post])
    also_without = wang(n=n, rule=pairs_without_self)
    for net in (whole, listed, without_self, also_without):
        net.record("e", "g_n")
    a, b, c, d = (net.run(5).states("e", "g_n").values for net in (whole, listed, without_self, also_without))
    assert a.max() > 0
    np.testing.assert_allclose(b[:, 1:], a[:, 1:], rtol=1e-12)
    np.testing.assert_array_equal(c, d)
    s = a[20, 0] - c[20, 0]
    assert 0 <= s < a[20, 0]


def test_connections_are_read():
    net = wang(n=7, weight=0.5)
    c = net.projections[0].connections()
    np.testing.assert_array_equal(c["pre"] * 7 + c["post"], np.arange(49))
    assert set(c["weight"]) == {0.5}
    assert set(c["delay"]) == {0.5}
    assert len(net.projections[1].connections()["pre"]) == len(net.projections[1])


@pytest.mark.parametrize(
    ("equations", "on_pre", "message"),
    [
        ("I = w*exp(V_pre*V_post) : mV (summed)", None, "must be w times products"),
        ("I = w*V_pre + V_post : mV (summed)", None, "must be w times products"),
        ("dx/dt = -x : 1 (pre)\ndg/dt = -g", "x += 1", "must enter a sum"),
        ("dx/dt = -x*V_post : 1 (pre)\nI = w*x : 1 (summed)", "x += 1", "must not depend on V_post"),
        ("dx/dt = -x : 1 (pre)\nI = w*x : 1 (summed)", "x += w", "must not depend on w"),
        ("dx/dt = -x : 1\nI = w*V_pre + x : 1 (summed)", None, "must be w times products"),
        ("dx/dt = -x\nS = w*V_pre : 1 (summed)\nI = S + x", "x += w", "on_pre must change variables of pre neurons"),
        ("dx/dt = -x : 1 (pre)\nS = w*x : 1 (summed)\nI = S + x", "x += 1", "x must not stand here"),
    ],
)
def test_errors_of_text(equations, on_pre, message):
    with pytest.raises(ValueError, match=message):
        rb.synapse("Wrong", equations, on_pre=on_pre)


def test_errors_of_connections():
    net = rb.Network()
    e, x = net.add(rb.LIF(), 5, name="e"), net.add(rb.Poisson(rate=5), 5, name="x")
    t = net.add(rb.ThetaNeuron(), 5, name="t")
    refused = [
        (dict(pre=e, plasticity=rb.PairSTDP()), "plasticity must be None"),
        (dict(pre=x), "pre must be made of neurons, since Gap reads V_pre"),
        (dict(pre=t), "synapse Gap reads V_pre: variable of ThetaNeuron"),
    ]
    for given, message in refused:
        with pytest.raises(ValueError, match=message):
            net.connect(given.pop("pre"), e, rb.AllToAll(), weight=0.1, synapse=GAP(), **given)
    with pytest.raises(ValueError, match="adds up over connections"):
        net.drive(e, rate=1, weight=0.1, synapse=GAP())
    assert not net.projections
    assert e.variables == ["V"]


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("sin(V_pre - V_post + shift)", lambda pre, post: np.sin(pre - post + 0.3)),
        ("cos(2*V_pre + 3*V_post)", lambda pre, post: np.cos(2 * pre + 3 * post)),
        ("exp(-(V_pre - V_post)/4)*V_post", lambda pre, post: np.exp(-(pre - post) / 4) * post),
        ("(V_pre - V_post)**3", lambda pre, post: (pre - post) ** 3),
    ],
)
def test_functions_of_sums_are_taken_apart(text, function):
    synapse = rb.synapse("Coupling", f"I = w*{text} : 1 (summed)", parameters={"shift": 0.3} if "shift" in text else {})
    cell = rb.neuron("Phase", "dV/dt = I : 1", initial={"V": 0})
    rng = np.random.default_rng(5)
    V, w = rng.normal(size=7), rng.normal(size=(7, 7)).astype(np.float32) * (rng.random((7, 7)) < 0.5)
    net = rb.Network(dt=0.25, threads=1)
    cells = net.add(cell(method="euler"), 7, name="cells", V=V)
    pre, post = np.nonzero(w)
    net.connect(cells, cells, rb.Pairs(pre, post), weight=w[pre, post], synapse=synapse())
    net.run(0.25)
    drift = np.sum(w * function(V[:, None], V[None, :]), axis=0)
    np.testing.assert_allclose(cells["V"], V + 0.25 * drift, atol=1e-13)


def test_what_mixes_both_ends_within_a_function_is_refused():
    with pytest.raises(ValueError, match="products of what pre and post neurons give"):
        rb.synapse("Coupling", "I = w*sin(V_pre*V_post) : 1 (summed)")


def test_multapses_sum_up_in_one_order():
    """Those of one pair weigh differently; whoever lists them in another order finds the same bits."""
    random = np.random.default_rng(2)
    pre, post = random.integers(0, 6, (2, 400))
    weight = random.normal(size=400)
    found = []
    for order in (np.arange(400), random.permutation(400)):
        net = rb.Network(dt=0.1, threads=1)
        e = net.add(rb.LIF(V_th=1e6), 6, name="e", V=np.linspace(-70, -50, 6))
        net.connect(e, e, rb.Pairs(pre[order], post[order]), weight=weight[order] / 400, synapse=GAP())
        net.run(5)
        found.append(e["V"])
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("threads", [1, 3])
def test_delays_of_one_projection_do_what_projections_of_one_delay_do(threads):
    """A pre neuron's variables are those of what has arrived by each of its delays."""
    rng = np.random.default_rng(5)
    pre, post = np.nonzero(rng.random((40, 30)) < 0.3)
    delays = rng.choice([0.1, 1.2, 5.0], len(pre))
    weights = rng.random(len(pre))
    found = []
    for together in (True, False):
        net = rb.Network(dt=0.1, seed=1, threads=threads)
        x, e = net.add(rb.LIF(V_th=-60), 40, name="x"), net.add(rb.LIF(), 30, name="e")
        net.drive(x, rate=3000, weight=2, synapse=rb.Delta())
        chosen = [np.full(len(pre), True)] if together else [delays == d for d in np.unique(delays)]
        for c in chosen:
            net.connect(
                x, e, rb.Pairs(pre[c], post[c]), weight=weights[c], synapse=NMDA(label="nmda"),
                delay=delays[c] if together else float(delays[c][0]),
            )  # fmt: skip
        net.run(60)
        found.append(e["g_nmda"])
        if together:
            c = net.projections[0].connections()
            order = np.lexsort((delays, post, pre))
            np.testing.assert_array_equal(c["pre"], pre[order])
            np.testing.assert_allclose(c["delay"], delays[order])
            np.testing.assert_allclose(c["weight"], weights[order], rtol=1e-7)
    assert found[0].min() > 0
    np.testing.assert_allclose(*found, rtol=1e-12)


def test_delays_of_sums_are_the_same_on_threads_in_files_and_after_cuts(tmp_path):
    def network(threads):
        net = rb.Network(dt=0.1, seed=3, threads=threads)
        e = net.add(rb.LIF(), 300, name="e", V=rb.Uniform(-72, -52))
        net.drive(e, rate=2500, weight=1.5, synapse=rb.Delta())
        options = dict(synapse=NMDA(label="nmda"), delay=rb.Uniform(0.1, 4), weight=rb.Uniform(0, 0.1))
        net.connect(e, e, rb.Bernoulli(0.1), **options)
        net.connect(e, e, rb.Bernoulli(0.02), weight=0.01, synapse=GAP(label="gap"), delay=rb.Uniform(1, 2))
        return net

    one, cut = network(1), network(2)
    one.run(30)
    cut.run(7.7)
    cut.save(tmp_path / "net")
    more = pickle.loads(pickle.dumps(cut))
    more.add(rb.Poisson(rate=1), 900, name="more")
    for net in (cut, more, rb.load(tmp_path / "net", threads=3)):
        net.run(22.3)
        for variable in ("V", "g_nmda", "I_gap"):
            np.testing.assert_array_equal(net["e"][variable], one["e"][variable])
