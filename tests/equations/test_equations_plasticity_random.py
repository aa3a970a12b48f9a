"""Rules that draw random numbers: each synapse its own, the same whoever runs them."""

import pickle

import numpy as np
import pytest

import rheobase as rb

N = 4000


def fan(rule, times, n=N, **options):
    """Return a projection from one source to n neurons that never spike, and the network."""
    net = rb.Network(dt=0.1, seed=9, threads=1)
    e = net.add(rb.LIF(V_th=1e6), n, name="e")
    x = net.add(rb.Trains([times]), 1, name="x")
    synapse = rb.Exponential(tau=1e9, norm="peak")
    return net, net.connect(x, e, rb.AllToAll(), weight=1.0, synapse=synapse, plasticity=rule, **options)


def test_release_fails_at_random():
    rule = rb.plasticity(
        "Failing", "n : 1 (state)", on_pre="arrival = w*int(rand() < p); n += arrival", parameters=dict(p=0.3)
    )
    net, q = fan(rule(), [1.0, 2.0])
    net.run(1.5)
    first = q["n"]
    net.run(10)
    second = q["n"] - first
    spread = np.sqrt(0.3 * 0.7 / N)
    assert first.mean() == pytest.approx(0.3, abs=4 * spread)
    assert second.mean() == pytest.approx(0.3, abs=4 * spread)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0, abs=4 / np.sqrt(N))
    assert np.corrcoef(first[1:], first[:-1])[0, 1] == pytest.approx(0, abs=4 / np.sqrt(N))
    np.testing.assert_allclose(net["e"]["I_x_syn"], q["n"], rtol=1e-6)


def test_quantal_release_is_short_term_plasticity_on_average():
    """One site per synapse, which is empty or full; it is filled again at random (Fuhrmann et al. 2002)."""
    rule = rb.plasticity(
        "Quantal",
        "du/dt = -u/tau_facil\nfull : 1 (state)\nlast : ms (state)\nsent : 1 (state)",
        on_pre="""
        full = where(rand() < 1 - exp(-(t - last)/tau_rec), 1, full)
        last = t
        u += U*(1 - u)
        sent = full*int(rand() < u)
        full -= sent
        arrival = w*sent
        """,
        parameters=dict(U=0.4, tau_rec=60.0, tau_facil=30.0),
        initial=dict(full=1),
    )
    times = np.array([2.0, 12.0, 20.0, 45.0])
    net, q = fan(rule(), times)
    u, x, last, found, expected = 0.0, 1.0, -np.inf, [], []
    for t in times:
        net.run(t + 0.5 - net.t)
        found.append(q["sent"].mean())
        u *= np.exp(-(t - last) / 30)
        x = 1 - (1 - x) * np.exp(-(t - last) / 60)
        u += 0.4 * (1 - u)
        expected.append(u * x)
        x -= u * x
        last = t
    np.testing.assert_allclose(found, expected, atol=4 * 0.5 / np.sqrt(N))


def test_noise_on_a_clock_has_the_variance_of_a_walk():
    rule = rb.plasticity("Walk", on_clock="w += sigma*sqrt(dt)*randn()", every=0.1, parameters=dict(sigma=0.5))
    net, q = fan(rule(), [1.0])
    net.run(30)
    w = q.connections()["weight"]
    assert w.mean() == pytest.approx(1, abs=4 * np.sqrt(0.25 * 30 / N))
    assert w.var() == pytest.approx(0.25 * 30, rel=4 * np.sqrt(2 / N))


#: Numbers drawn wherever a rule may draw: at synapses and at both ends.
NOISY = rb.plasticity(
    "Noisy",
    "dx/dt = -x/20 : 1 (pre)\ndy/dt = -y/20 : 1 (post)\nc : 1 (state)",
    on_pre="w = clip(w - 0.01*y*(1 + rand()), 0, 2); x += 1 + 0.2*randn(); c += rand(); arrival = w*(0.5 + rand())",
    on_post="w = clip(w + 0.01*x + 0.001*randn(), 0, 2); y += rand(); c += 0.1*rand()",
    on_clock="w = clip(w + 0.001*randn() + 1e-5*V_pre, 0, 2)",
    every=0.3,
)


def recurrent(threads=1, delay=0.5):
    net = rb.Network(dt=0.1, seed=4, threads=threads)
    e = net.add(rb.LIF(), 300, name="e", V=rb.Uniform(-72, -56))
    net.drive(e, rate=1000, sources=2, weight=1.5, synapse=rb.Delta())
    for _ in range(2):
        net.connect(e, e, rb.Bernoulli(0.1), weight=0.5, synapse=rb.Exponential(tau=5), delay=delay, plasticity=NOISY())
    return net


def outcome(net):
    found = [q.connections()["weight"] for q in net.projections]
    return np.concatenate([net["e"]["V"], *found, *(q["c"] for q in net.projections)])


@pytest.mark.parametrize("delay", [0.5, rb.Uniform(0.1, 3)])
def test_threads_splits_and_files_change_nothing(delay, tmp_path):
    one = recurrent(delay=delay)
    one.run(30)
    wanted = outcome(one)
    other = recurrent(3, delay)
    other.run(30)
    np.testing.assert_array_equal(outcome(other), wanted)
    saved = recurrent(2, delay)
    for t in (0.1, 4.9, 7.3):
        saved.run(t)
    saved.save(tmp_path / "net")
    for net in (saved, rb.load(tmp_path / "net", threads=1), pickle.loads(pickle.dumps(saved))):
        net.run(17.7)
        np.testing.assert_array_equal(outcome(net), wanted)
    a, b = (q["c"] for q in one.projections)
    assert len(np.intersect1d(a, b)) < 0.1 * len(a)  # projections draw numbers of their own


def test_a_number_of_a_synapse_does_not_depend_on_the_others():
    """Connections that come behind in order leave alone what those before draw."""
    results = []
    rule = rb.plasticity("Drawing", "c : 1 (state)", on_pre="c = rand(); arrival = 0*w")
    for n in (500, 900):
        net, q = fan(rule(), [1.0], n)
        net.run(5)
        results.append(q["c"][:500])
    np.testing.assert_array_equal(*results)


def test_equations_must_not_be_random():
    with pytest.raises(ValueError, match="must not be random in plasticity; statements may draw"):
        rb.plasticity("Wrong", "dx/dt = -x*rand() : 1", on_pre="x += 1")
