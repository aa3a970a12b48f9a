"""Inhibitory plasticity settles the network of Vogels et al. (2011)."""

import numpy as np
import pytest
from scipy.signal import lfilter

import rheobase as rb
from rheobase import spikes


def test_it_approaches_the_target_asynchronous_and_irregular():
    """Rates fall towards 3 Hz from 166 Hz without plasticity; counting alone gives standard errors below 0.06 Hz."""
    net = rb.circuits.inhibitory_plasticity(2000, eta=0.05, threads=1)
    rates = []
    for _ in range(3):
        net.run(1000)
        result = net.run(2000)
        rates.append(result.rates()["e"])
    assert rates[0] > rates[1] > rates[2] > 3.0
    assert rates[2] < 6.0
    trains = result.spikes("e")
    cv = spikes.cv(trains)[trains.count() > 4]
    assert np.nanmean(cv) > 0.8
    assert spikes.chi(trains, bin_width=5.0) < 0.3


def test_at_full_size_it_settles_as_in_brian2():
    """benchmarks/networks/vogels2011_brian2.py, seed 1: 9.40 and 8.93 Hz from 5 to 10 s.

    Rates of single seconds scatter by 0.8 and 0.3 Hz in both; 5 s.e. of the difference of two means of five are 2.6
    and 1.0: a false alarm in a thousand with as few degrees of freedom. Both are at 9.1 and 8.8 with other seeds.
    """
    net = rb.circuits.inhibitory_plasticity(threads=1)
    net.run(5000)
    rates = net.run(5000).rates()
    assert rates["e"] == pytest.approx(9.40, abs=2.6)
    assert rates["i"] == pytest.approx(8.93, abs=1.0)


def seen_by_the_rule(result, connections, tau, sample):
    """Rates (Hz) that inhibitory synapses infer from spikes near their own, of connected and of other pairs.

    The rule balances where the sum of exp(-|t_post - t_pre| / tau) over a pair's spikes is 2 rho_0 tau for each
    presynaptic one; without correlations that is at a rate of rho_0.
    """
    e, i, dt = result.spikes("e"), result.spikes("i"), result.dt
    connected = np.zeros((e.n, i.n), bool)
    connected[connections["post"], connections["pre"]] = True
    steps = round(result.duration / dt)
    at = np.rint((i.times - result.t_start) / dt).astype(int)
    decay, spikes_of, sums = np.exp(-dt / tau), i.count(), np.zeros((2, 2))
    for k in sample:
        train = np.zeros(steps + 2)
        train[np.rint((e.times[e.indices == k] - result.t_start) / dt).astype(int)] = 1.0
        past, future = lfilter([1], [1, -decay], train), lfilter([1], [1, -decay], train[::-1])[::-1]
        nearby = np.bincount(i.indices, weights=(past + future - train)[at + 1], minlength=i.n)  # delay of one step
        for c in (0, 1):
            sums[c] += nearby[connected[k] == c].sum(), spikes_of[connected[k] == c].sum()
    return {
        name: 1e3 * near / count / (2 * tau) for name, (near, count) in zip(("other", "connected"), sums, strict=True)
    }


def test_it_holds_the_rate_that_its_synapses_see():
    """An inhibitory spike keeps its target from firing, so its synapse sees less than there is.

    Neurons settle where connected pairs see rho_0 = 3 Hz: they fire at 3.6 to 3.9 Hz (3.9 at full size; with
    eta = 0.01 they are at 4.2 after 150 s, in Brian2 too). 100 neurons with 40 inputs of 130 spikes each count some
    60,000 pairs of spikes, an error below a per cent; what is left is how rates wander between stretches of 20 s, by
    0.1 Hz.
    """
    net = rb.circuits.inhibitory_plasticity(2000, eta=0.05, threads=1)
    plastic = net.projections[-1]
    net.run(40_000)
    before = plastic.weights.data.mean()
    result = net.run(20_000)
    seen = seen_by_the_rule(result, plastic.connections(), 20.0, range(0, 1600, 16))
    rates = result.rates()
    assert seen["connected"] == pytest.approx(3.0, abs=0.3)
    assert seen["other"] == pytest.approx(rates["e"], rel=0.1)
    assert 3.4 < rates["e"] < 4.1
    # the drift of the weights says the same: eta 2 tau r_i (seen - rho_0), but for those at 0
    drift = (plastic.weights.data.mean() - before) / 20.0
    assert drift / (0.05 * 0.04 * rates["i"]) == pytest.approx(seen["connected"] - 3.0, abs=0.15)
    trains = result.spikes("e")
    assert np.nanmean(spikes.cv(trains)) > 0.8
    assert spikes.chi(trains, bin_width=5.0) < 0.15


def test_without_plasticity_it_runs_away():
    net = rb.circuits.inhibitory_plasticity(2000, eta=0.0, threads=1)
    assert net.run(300).rates(t_start=100)["e"] > 50


def test_too_small_networks_are_refused():
    with pytest.raises(ValueError, match="neurons must be >= 250"):
        rb.circuits.inhibitory_plasticity(100)
