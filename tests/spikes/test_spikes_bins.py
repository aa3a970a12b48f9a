import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.spikes import SpikeTrains, binarise, binned_counts, spike_density

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
TRAINS = st.lists(st.lists(st.floats(0, 1000), max_size=30).map(sorted), min_size=1, max_size=6)


@FIXED
@given(TRAINS, st.integers(1, 2000))
def test_counts_are_conserved(trains, bins):
    counts = binned_counts(trains, 1000 / bins, t_stop=1000.0)
    assert counts.shape == (len(trains), bins)
    assert counts.sum(axis=1).tolist() == [len(train) for train in trains]
    density = spike_density(trains, 1000 / bins, t_stop=1000.0)
    np.testing.assert_allclose(density.sum(axis=1) * 1000 / bins, counts.sum(axis=1), rtol=1e-9)


@FIXED
@given(TRAINS, st.integers(1, 50), st.integers(2, 20))
def test_wider_bins_are_sums_of_narrow_ones(trains, bins, ratio):
    # Times on a grid, where the edges of both kinds of bins lie.
    trains = [np.floor(train).tolist() for train in map(np.array, trains)]
    fine, coarse = 1000 / (bins * ratio), 1000 / bins
    narrow = binned_counts(trains, fine, t_stop=1000.0).reshape(len(trains), bins, ratio)
    np.testing.assert_array_equal(narrow.sum(axis=2), binned_counts(trains, coarse, t_stop=1000.0))


@pytest.mark.parametrize("dt", [0.1, 0.05, 0.2, 0.3, 0.7, 0.01, 1 / 3])
@pytest.mark.parametrize("t_start", [0.0, 0.3, -17.7])
@pytest.mark.parametrize("first", [0, 10**6])
def test_spikes_on_the_grid_stay_in_their_bin(dt, t_start, first):
    steps = first + np.arange(1000)
    spikes = SpikeTrains.from_trains([t_start + steps * dt], t_start=t_start, t_stop=t_start + (first + 1000) * dt)
    assert (binned_counts(spikes, dt)[0, first:] == 1).all()


def test_plain_floor_is_one_bin_early():
    steps = np.arange(1000)
    assert np.count_nonzero((np.round(steps * 0.1, 1) / 0.1).astype(int) != steps) > 0
    assert (binarise(np.round(steps * 0.1, 1), 0.1, t_stop=100.0) == 1).all()


def test_long_recordings_keep_their_bins():
    """At 10^9 steps an error of rounding exceeds 1e-9 of a bin."""
    steps = 10**9 + np.arange(0, 1000, 7)
    spikes = SpikeTrains(np.round(steps * 0.1, 1), np.zeros(steps.size, int), 1, 1e8, 1e8 + 100)
    assert np.flatnonzero(binned_counts(spikes, 0.1)[0]).tolist() == (steps - 10**9).tolist()


def test_the_last_bin_is_closed():
    assert binned_counts([0.0, 5.0, 10.0], 5.0, t_stop=10.0).tolist() == [1, 2]
    spikes = SpikeTrains.from_trains([[0.0, 5.0, 10.0]], t_stop=10.0)
    assert binned_counts(spikes, 5.0, t_stop=5.0).tolist() == [[1]]
    assert binned_counts(spikes, 5.0, t_start=5.0).tolist() == [[2]]


def test_binarise():
    assert binarise([[1.0], [0.0, 2.5]], 1.0, t_stop=3.0).tolist() == [[0, 1, 0], [1, 0, 1]]
    assert binarise([1.1, 1.2], 1.0, t_stop=3.0, clip=True).tolist() == [0, 1, 0]
    assert spike_density([1.1, 1.2], 0.5, t_stop=3.0).tolist() == [0, 0, 4, 0, 0, 0]
