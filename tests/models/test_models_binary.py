"""Binary units: the map itself, and the mean field of a random network of them."""

import numpy as np
import pytest
import scipy.sparse
from scipy.optimize import brentq
from scipy.stats import norm

import rheobase as rb

N, THETA, SIGMA_X, MU_X, SIGMA_W = 200, 1.0, 0.5, 0.2, 0.5 / np.sqrt(200)


def network(seed, dt=1.0):
    random = np.random.default_rng(seed)
    W = random.normal(0.0, SIGMA_W, (N, N)).astype(np.float32)
    I_x = random.normal(MU_X, SIGMA_X, N)
    net = rb.Network(dt=dt, threads=1)
    units = net.add(rb.Binary(theta=THETA, I_x=I_x), N, name="units")
    net.connect(units, units, scipy.sparse.csr_array(W), synapse=rb.Delta())
    return net, units, W.astype(float), I_x


def test_the_map():
    for dt in (1.0, 0.1):
        net, units, W, I_x = network(1, dt)
        net.record(units, "S")
        net.record(units, "I")
        res = net.run(100 * dt)
        S, expected, inputs = np.zeros(N), [], []
        for _ in range(100):
            inputs.append(W @ S + I_x)
            S = (inputs[-1] >= THETA).astype(float)
            expected.append(S)
        states = res.states("units", "S").values
        assert not states[0].any()
        assert np.array_equal(states[1:], expected)
        assert res.states("units", "I").values[1:] == pytest.approx(np.array(inputs), abs=1e-12)
        spikes = res.spikes("units")
        at = np.rint(spikes.times / dt).astype(int)
        assert np.array_equal(np.stack([at, spikes.indices]), np.stack(np.nonzero(states)))


def test_filtered_input_counts_too():
    net = rb.Network(dt=1.0, threads=1)
    x = net.add(rb.Trains([[3.0]]), 1, name="x")
    unit = net.add(rb.Binary(theta=1.0), 1, name="unit")
    net.connect(x, unit, rb.AllToAll(), weight=1.5, synapse=rb.Exponential(tau=1e12, norm="peak"))
    assert net.run(8.0).spikes("unit").times == pytest.approx([5.0, 6.0, 7.0, 8.0])


def variance(r):
    return N * SIGMA_W**2 * r + SIGMA_X**2


def test_mean_field_of_a_random_network():
    """r = 0.0600935 and var 0.265023; E59: without the variance of the weights it would be 0.054799."""
    r = brentq(lambda r: r - norm.sf((THETA - MU_X) / np.sqrt(variance(r))), 1e-6, 0.5)
    assert r == pytest.approx(0.0600935, abs=5e-8)
    assert variance(r) == pytest.approx(0.265023, abs=5e-7)
    wrong = norm.sf((THETA - MU_X) / SIGMA_X)
    assert wrong == pytest.approx(0.054799, abs=5e-7)

    rates, variances = [], []
    for seed in range(40):
        net, units, *_ = network(100 + seed)
        net.record(units, "I")
        net.record(units, "S")
        res = net.run(410.0)
        rates.append(res.states("units", "S").values[10:].mean())
        variances.append(res.states("units", "I").values[10:].var())
    # Frozen weights and inputs differ between networks: N units of variance r (1 - r), each nearly frozen, would give
    # a s.d. of at most sqrt(r (1 - r) / N) = 0.0168 a network. The mean of 40 lies beyond 5 standard errors of the
    # truth with probability 1.5e-5 (t distribution of 39 degrees of freedom).
    assert np.std(rates) < 0.0168 * 1.5
    assert abs(np.mean(rates) - r) < 5 * np.std(rates, ddof=1) / np.sqrt(40)
    assert abs(np.mean(variances) - variance(r)) < 5 * np.std(variances, ddof=1) / np.sqrt(40)


def test_a_unit_that_is_on_spikes_in_every_step(simulate):
    traces = simulate(rb.Binary(I_x=1.5), 20.0, 0.02, record=["S"])
    assert np.array_equal(np.rint(traces.spikes[0] / 0.02), np.arange(1, 1001))
    assert (traces.values["S"][1:] == 1.0).all()
