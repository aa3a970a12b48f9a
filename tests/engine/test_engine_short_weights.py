"""Weights of 16 bits: multiples of 1/32767 of the largest, which keep the mean and the variance of the input."""

import numpy as np
import pytest
import scipy.sparse

import rheobase as rb

FAST = rb.Exponential(tau=4)


def connected(weight_bits, weight, delay=0.1, rule=None):
    """Two hundred sources onto three hundred neurons, a third of the pairs."""
    net = rb.Network(dt=0.1, seed=11, threads=2)
    s = net.add(rb.Trains(times=np.full(200, 1.0), indices=np.arange(200)), 200, name="s")
    e = net.add(rb.LeakyIntegrator(), 300, name="e")
    rule = rb.Bernoulli(1 / 3) if rule is None else rule
    return net, net.connect(s, e, rule, weight=weight, synapse=FAST, delay=delay, weight_bits=weight_bits)


@pytest.mark.parametrize(
    ("weight", "largest"),
    [(rb.Uniform(2, 10), 10.0), (rb.Uniform(-10, 4), 10.0), (rb.Normal(-45, 5, low=-60, high=0), 60.0)],
)
def test_they_lie_within_half_a_unit_and_keep_mean_and_variance(weight, largest):
    delay = rb.Uniform(0.1, 2)
    long, short = (connected(bits, weight, delay)[1].connections() for bits in (32, 16))
    for field in ("pre", "post", "delay"):
        np.testing.assert_array_equal(long[field], short[field])
    unit, w = largest / 32767, long["weight"]
    error = short["weight"] - w
    assert np.abs(error).max() <= 0.5001 * unit + 1e-6 * largest
    # errors are uniform within a unit and independent of the weights; six s.d.: a false alarm in 2e-9
    n, spread = len(error), unit / np.sqrt(12)
    assert n > 15_000 and np.unique(short["weight"]).size > 1000
    assert abs(error.mean()) < 6 * spread / np.sqrt(n) + 1e-7 * largest
    change = np.var(short["weight"]) - np.var(w)
    assert abs(change - spread**2) < 6 * 2 * spread * np.std(w) / np.sqrt(n) + 1e-6 * np.var(w)


def test_what_is_read_is_what_arrives():
    net, projection = connected(16, rb.Normal(7, 2))
    net.run(1.1)  # all spikes of 1.0 ms arrive a step later
    found = projection.connections()
    arrived = np.bincount(found["post"], found["weight"], minlength=300)
    np.testing.assert_allclose(net["e"]["I_s"], arrived / 4, rtol=1e-6)
    assert (net["e"]["I_s"] > 50).all()


def test_they_take_a_third_less_memory():
    sizes = {}
    for bits in (32, 16):
        net, _ = connected(bits, rb.Uniform(1, 2))
        net.build()
        sizes[bits] = net.synapse_bytes - 2 * 4 * 65 * 4  # the rows' beginnings, as both have them
    assert 0.6 < sizes[16] / sizes[32] < 0.72


def test_one_weight_for_all_stays_exact():
    _, projection = connected(16, 0.1)
    np.testing.assert_array_equal(projection.connections()["weight"], np.float32(0.1))


def test_weights_of_a_sparse_array():
    given = scipy.sparse.random_array((300, 200), density=0.1, random_state=3, format="csr")
    _, projection = connected(16, None, rule=given)
    found = projection.connections()
    expected = given.toarray()[found["post"], found["pre"]]
    assert np.abs(found["weight"] - expected).max() <= 0.5 * expected.max() / 32767 + 1e-7  # of single precision
