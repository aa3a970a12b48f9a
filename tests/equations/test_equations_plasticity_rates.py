"""Rules that read the neurons at both ends: Hebbian learning between units that have rates."""

import numpy as np
import pytest

import rheobase as rb

UNIT = rb.neuron(
    "RateUnit",
    "F = 100/(1 + exp(0.03*(120 - u)))\ndu/dt = (R*heard - u)/tau : 1 (delta)",
    parameters=dict(tau=1.0, R=0.012),
    inputs=dict(heard=0.0),
    method="euler",
    initial=dict(u="60*rand()"),
)
#: Hebbian growth and synaptic scaling (Tetzlaff et al. 2015), and what the weights bring in each step.
SCALING = rb.plasticity(
    "Scaling",
    on_clock="arrival = R*dt/tau*w*F_pre; w += dt*(F_pre*F_post/tau_H + (1 - F_post)*w**2/tau_SS)",
    every=0.5,
    parameters=dict(R=0.012, tau=1.0, tau_H=3e3, tau_SS=1.8e5),
)
W_MAX = np.sqrt(60 * 100**2 / 99)


def network(threads=1, n=60):
    rng = np.random.default_rng(8)
    net = rb.Network(dt=0.5, seed=3, threads=threads)
    heard = np.where(np.arange(n) < n // 3, 100 * W_MAX, 0.0)
    u = net.add(UNIT(heard=heard), n, name="u")
    pre, post = np.nonzero(rng.random((n, n)) < 0.2)
    q = net.connect(u, u, rb.Pairs(pre, post), weight=1.0, synapse=rb.Delta(), plasticity=SCALING())
    return net, q, heard


def test_weights_and_rates_follow_a_plain_loop():
    net, q, heard = network()
    c, u = q.connections(), net["u"]["u"].copy()
    w, steps, dt = c["weight"].copy(), 40, 0.5
    for _ in range(steps):
        F = 100 / (1 + np.exp(0.03 * (120 - u)))
        brought = np.bincount(c["post"], 0.012 * dt / 1.0 * w * F[c["pre"]], minlength=len(u))
        w += dt * (F[c["pre"]] * F[c["post"]] / 3e3 + (1 - F[c["post"]]) * w**2 / 1.8e5)
        u = u + dt * (0.012 * heard - u) / 1.0 + brought
    net.run(steps * dt)
    np.testing.assert_allclose(q.connections()["weight"], w, rtol=1e-9)
    np.testing.assert_allclose(net["u"]["u"], u, rtol=1e-9)
    driven = c["pre"] < 20
    assert w[driven & (c["post"] < 20)].mean() > 2 * w[~driven & (c["post"] >= 20)].mean()


def test_a_weight_grows_to_where_growth_and_scaling_balance():
    """w² = (τ_SS/τ_H) F_pre F_post/(F_post − 1): 78.1 where both rates are at their maximum, 100 Hz."""
    held = rb.plasticity(
        "HeldRates", on_clock="w += 20*(F_pre*F_post/3e3 + (1 - F_post)*w**2/1.8e5)", every=0.5
    )  # steps forty times as long
    fast = rb.Network(dt=0.5, threads=1)
    u = fast.add(UNIT(heard=1e6), 2, name="u")
    q = fast.connect(u, u, rb.OneToOne(), weight=1.0, synapse=rb.Delta(), plasticity=held())
    fast.run(2000)
    np.testing.assert_allclose(q.connections()["weight"], W_MAX, rtol=1e-3)


def test_threads_cuts_and_files_change_nothing(tmp_path):
    one, q, _ = network(n=700)
    one.run(20)
    two, p, _ = network(3, n=700)
    two.run(7.5)
    two.save(tmp_path / "net")
    two.run(12.5)
    again = rb.load(tmp_path / "net", threads=2)
    again.run(12.5)
    for r in (p, again.projections[0]):
        np.testing.assert_array_equal(r.connections()["weight"], q.connections()["weight"])


def test_what_does_not_learn_still_brings_what_it_brings():
    net, q, _ = network()
    q.learning = False
    before = net["u"]["u"].copy()
    net.run(20)
    assert set(q.connections()["weight"]) == {1.0}
    still, p, _ = network()
    p.learning = False
    p.weights = np.zeros(len(p))
    still.run(20)
    assert np.abs(net["u"]["u"] - still["u"]["u"]).max() > 1
    assert (net["u"]["u"] != before).any()


def test_spikes_see_the_pre_neuron_as_it_was_when_the_step_began():
    """V of a neuron that leaks without input after its reset, read at arrivals one and five steps later."""
    cell = rb.neuron("LeakOnly", "dV/dt = -V/10 : mV (delta)", threshold="V > 50", reset="V = 40", initial=dict(V=0))
    rule = rb.plasticity(
        "Reads", "a : 1 (state)\nb : 1 (state)", on_pre="a = V_pre; arrival = 0*w", on_post="b = V_pre + 0*V_post"
    )
    net = rb.Network(dt=0.1, threads=1)
    x = net.add(rb.Trains([[5.0], [7.0]]), 2, name="x")
    e = net.add(cell(), 2, name="e")
    net.connect(x, e, rb.OneToOne(), weight=100.0, synapse=rb.Delta(), delay=0.1)
    pairs = rb.Pairs([0, 0], [1, 1])
    q = net.connect(e, e, pairs, weight=1.0, synapse=rb.Exponential(tau=5), delay=[0.1, 0.5], plasticity=rule())
    net.run(20)
    # Spikes are found at 5.1 and 7.1 ms; what was published is 0 and 4 steps after the first, 19 at the second.
    np.testing.assert_allclose(q["a"], 40 * np.exp(-np.array([0.0, 0.4]) / 10), rtol=1e-12)
    np.testing.assert_allclose(q["b"], 40 * np.exp(-1.9 / 10), rtol=1e-12)


def test_what_the_pre_neurons_lack_is_refused():
    net = rb.Network()
    e, x = net.add(rb.LIF(), 3, name="e"), net.add(rb.Poisson(rate=1), 3, name="x")
    rule = rb.plasticity("ReadsPre", on_pre="w += V_pre")
    for pre, other, message in (
        (x, rule, "pre must be made of neurons, since plasticity ReadsPre reads V_pre"),
        (e, rb.plasticity("ReadsU", on_pre="w += u_pre"), "reads u_pre: variable of LIF must be one of 'V'"),
    ):
        with pytest.raises(ValueError, match=message):
            net.connect(pre, e, rb.AllToAll(), weight=1, synapse=rb.Delta(), plasticity=other())
    assert not net.projections


def test_what_a_clock_brings_reaches_cells_at_rest():
    """Cells that nothing else reaches take it in: kicks of 1 mV each ms at the leak's rest."""
    rule = rb.plasticity("Ticking", on_clock="arrival = w", every=1.0)
    net = rb.Network(dt=1.0, threads=1)
    e = net.add(rb.LIF(E_L=-70, tau_m=10, V_th=0), 3, name="e", V=-70)
    net.run(50)
    net.connect(e, e, rb.OneToOne(), weight=1.0, synapse=rb.Delta(), plasticity=rule())
    net.run(200)
    decay = np.exp(-0.1)
    np.testing.assert_allclose(e["V"] + 70, (1 - decay**200) / (1 - decay), rtol=1e-9)
