"""Weights and traces are touched by spikes alone: what happens between them, and who looks, must not matter."""

import numpy as np
import pytest

import rheobase as rb

#: Traces count their steps from the last multiple of this.
EPOCH = 2**20


def one_synapse(pre, post, rule, dt=0.1):
    """Make a network of one plastic synapse; `pre` are steps of arrivals, `post` steps of spikes of the target."""
    net = rb.Network(dt=dt, threads=1)
    a = net.add(rb.Trains([dt * (np.asarray(pre) - 1)]), 1, name="a")
    kick = net.add(rb.Trains([dt * (np.asarray(post) - 1)]), 1, name="kick")
    b = net.add(rb.LIF(tau_m=0.5, V_th=-60, V_re=-72), 1, name="b")
    net.connect(kick, b, rb.AllToAll(), weight=50.0, synapse=rb.Delta())
    return net, net.connect(a, b, rb.AllToAll(), weight=0.5, synapse=rb.Exponential(tau=5), plasticity=rule)


def test_pairs_across_epochs_follow_the_closed_form(tmp_path):
    """Spikes on both sides of the step at which traces are moved, found by any way of getting there."""
    tau, A_plus, A_minus = 300.0, 1e-2, 7e-3
    pre, post = np.array([EPOCH - 900, EPOCH, EPOCH + 700]), np.array([EPOCH - 400, EPOCH + 1, EPOCH + 300])
    rule = rb.PairSTDP(A_plus=A_plus, A_minus=A_minus, tau_plus=tau, tau_minus=tau, w_min=-10, w_max=10)
    gaps = 0.1 * (post[:, None] - pre[None, :])
    expected = A_plus * np.exp(-gaps[gaps >= 0] / tau).sum() - A_minus * np.exp(gaps[gaps < 0] / tau).sum()
    net, plastic = one_synapse(pre, post, rule)
    net.run(0.1 * (EPOCH - 1000))
    found = []
    for cuts in ([], [1000], [999, 1, 1], [1200]):
        copy = net.copy()
        for steps in cuts:
            copy.run(0.1 * steps)
            copy.save(tmp_path / "net")
            copy = rb.load(tmp_path / "net")
        copy.run(0.1 * (2000 - sum(cuts)))
        found.append(copy.projections[-1]["weight"][0])
    assert found == [found[0]] * len(found)
    assert found[0] - 0.5 == pytest.approx(expected, abs=1e-13)
    assert plastic["weight"][0] == 0.5


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("post_delay", [0.0, [0.0, 0.4, 1.1]])
def test_whoever_looks_at_weights_changes_none(threads, post_delay):
    """Neurons of very different rates; some never send a spike, others send many between two of their targets."""

    def network():
        net = rb.Network(threads=threads, seed=4)
        a = net.add(rb.Poisson(np.repeat([0.0, 3.0, 300.0], 20)), 60, name="a")
        b = net.add(rb.LIF(I_x=np.linspace(10, 60, 40)), 40, name="b")
        pre, post = np.random.default_rng(1).integers(0, [[60], [40]], (2, 900))
        delays = np.resize(post_delay, 900) if np.ndim(post_delay) else post_delay
        rule = rb.TripletSTDP(A2_plus=1e-3)
        synapse = rb.Exponential(tau=5)
        return net, net.connect(
            a, b, rb.Pairs(pre, post), weight=0.5, synapse=synapse, plasticity=rule, post_delay=delays
        )

    plain, wanted = network()
    plain.run(700)
    net, q = network()
    net.record_weights(q, every=7.0)
    net.run(300)
    for _ in range(20):
        net.run(1)
        q.connections()
    q.learning = True
    q["A3_plus"] = q["A3_plus"]
    net.store()
    net.run(380)
    assert np.ptp(wanted["weight"]) > 0.1
    assert np.array_equal(q["weight"], wanted["weight"])


def test_spikes_while_nothing_learns_are_not_learned_later():
    pre, post = [1000, 5000], [1200, 2200, 4200]
    net, plastic = one_synapse(pre, post, rb.PairSTDP(A_plus=0.1, A_minus=0.0, w_max=10))
    net.run(200)
    plastic.learning = False
    net.run(200)
    plastic.learning = True
    net.run(200)
    expected = 0.5 + 0.1 * (np.exp(-20 / 20) + np.exp(-320 / 20))
    assert plastic["weight"][0] == pytest.approx(expected, abs=1e-14)


def test_other_values_hold_from_now_on():
    """The trace of the arrival at 100 ms has decayed with 20 ms until 120 ms, and then with 80 ms."""
    net, plastic = one_synapse([1000], [1400], rb.PairSTDP(A_plus=0.1, w_max=10))
    net.run(120)
    plastic["tau_plus"] = 80.0
    net.run(80)
    assert plastic["weight"][0] == pytest.approx(0.5 + 0.1 * np.exp(-20 / 20 - 20 / 80), abs=1e-14)


def test_equations_learn_where_some_threads_have_no_synapse():
    """Delays differ, so a thread without synapses has no row."""
    rule = rb.plasticity("Counting", on_post="w += 1")
    net = rb.Network(threads=3)
    x = net.add(rb.Trains([[1.0]]), 1, name="x")
    e = net.add(rb.LIF(I_x=40.0), 2, name="e")
    q = net.connect(x, e[1:], rb.AllToAll(), weight=0.5, synapse=rb.Exponential(tau=5), plasticity=rule(), delay=[0.3])
    spikes = net.run(100).spikes(e[1:])
    assert len(spikes.times) > 1
    assert q["weight"][0] == 0.5 + len(spikes.times)
