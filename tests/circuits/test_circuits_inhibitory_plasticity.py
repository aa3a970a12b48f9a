"""Inhibitory plasticity settles the network of Vogels et al. (2011)."""

import numpy as np
import pytest

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


def test_without_plasticity_it_runs_away():
    net = rb.circuits.inhibitory_plasticity(2000, eta=0.0, threads=1)
    assert net.run(300).rates(after=100)["e"] > 50


def test_too_small_networks_are_refused():
    with pytest.raises(ValueError, match="neurons must be >= 250"):
        rb.circuits.inhibitory_plasticity(100)
