"""Statistics of spikes take times as quantities, and give what they give for the numbers in ms."""

import numpy as np
import pytest

import rheobase as rb
from rheobase import spikes

quantities = pytest.importorskip("quantities")
TRAINS = spikes.SpikeTrains.from_trains([[3.0, 40.0, 41.0, 77.0], [12.0, 41.5, 90.0]], t_stop=100.0)

#: What is called with times in ms.
CALLS = {
    "counts": lambda ms: spikes.binned_counts(TRAINS, ms(10)),
    "binary": lambda ms: spikes.binarise(TRAINS, ms(0.5)),
    "density": lambda ms: spikes.spike_density(TRAINS, ms(10)),
    "Fano factor": lambda ms: spikes.fano_factor(TRAINS, ms(20)),
    "correlation": lambda ms: spikes.mean_correlation(TRAINS, ms(10)),
    "PSTH": lambda ms: spikes.psth(TRAINS, ms(20)).values,
    "spectrum": lambda ms: spikes.power_spectrum(TRAINS, ms(1), ms(50)).values,
    "correlogram": lambda ms: spikes.cross_correlogram(TRAINS, TRAINS, ms(20), ms(5)).counts,
    "window": lambda ms: spikes.binned_counts(TRAINS, ms(10), t_start=ms(20), t_stop=ms(60)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_seconds_become_milliseconds(call):
    assert np.array_equal(call(lambda x: 1e-3 * x * quantities.s), call(float), equal_nan=True)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_voltages_are_no_times(call):
    with pytest.raises(TypeError, match="must be in ms"):
        call(lambda x: x * quantities.mV)


def test_the_step_of_a_circuit():
    assert rb.Circuit(dt=200 * quantities.us).dt == pytest.approx(0.2)
    with pytest.raises(TypeError, match="dt must be in ms"):
        rb.Circuit(dt=1 * quantities.mV)
