"""Inhibitory plasticity settles the network of Vogels et al. (2011)."""

import numpy as np
import pytest

import rheobase as rb
from rheobase import spikes


def test_it_settles_at_the_target_asynchronous_and_irregular():
    """The target is 3 Hz; the mean over 1600 cells and 2 s has a standard error below 0.05 Hz by counting alone."""
    net = rb.circuits.inhibitory_plasticity(2000, eta=0.05, threads=1)
    net.run(8000)
    result = net.run(2000)
    assert result.rates()["e"] == pytest.approx(3.0, abs=0.5)
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
