"""The networks of Vogels and Abbott in their three versions."""

import numpy as np
import pytest

import rheobase as rb
from rheobase import spikes
from rheobase.models.catalogue import NEURONS


def test_in_degrees_stay_when_the_size_changes():
    """80 inputs per neuron on average; the mean over n neurons has an s.d. of √(80/n) < 0.23: five of them."""
    for neurons in (1600, 4000):
        net = rb.circuits.cuba(neurons, threads=1)
        net.build()
        assert net.synapse_count / neurons == pytest.approx(80, abs=5 * np.sqrt(80 / neurons))


def test_cuba_fires_irregularly_at_the_published_rate():
    """Brian's example fires at 5 to 6 Hz; one seed in four to the next differs by 0.2 Hz."""
    result = rb.circuits.cuba(threads=1).run(1000)
    for rate in result.rates(t_start=200).values():
        assert 5 < rate < 6.7
    assert np.nanmean(spikes.cv(result.spikes("e"))) > 0.4


def test_coba_sustains_its_activity():
    """At 14 to 23 Hz over 20 seeds, whose activity all lasts for the 700 ms looked at."""
    for seed in (1, 2, 3):
        result = rb.circuits.coba(seed=seed, threads=1).run(500)
        for rate in result.rates(t_start=200).values():
            assert 12 < rate < 27


@pytest.mark.skipif("TraubMiles" not in NEURONS, reason="needs the neuron model TraubMiles")
def test_cobahh_sustains_its_activity():
    result = rb.circuits.cobahh(threads=1).run(300)
    for rate in result.rates(t_start=100).values():
        assert 8 < rate < 45


def test_same_seed_same_spikes_on_two_threads():
    one, two = (rb.circuits.coba(1000, threads=threads).run(100).spikes("e") for threads in (1, 2))
    assert one == two


def test_too_few_neurons_are_an_error():
    with pytest.raises(ValueError, match="neurons must be >= 100"):
        rb.circuits.cuba(50)
