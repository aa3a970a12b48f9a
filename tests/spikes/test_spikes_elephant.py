"""The quantities that Elephant shares, on the same trains."""

import warnings

import numpy as np
import pytest

from rheobase.spikes import (
    SpikeTrains,
    binarise,
    binned_counts,
    coherence,
    correlation_matrix,
    cross_correlogram,
    cv,
    cv2,
    fano_factor,
    gamma,
    gaussian_filter,
    isi_by_train,
    lv,
    mean_rate,
    poisson,
    power_spectrum,
    smoothed_rate,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # of the other library; our calls below are covered elsewhere

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("elephant", reason="Elephant is not installed")
    neo = pytest.importorskip("neo")
    pq = pytest.importorskip("quantities")
    conversion = pytest.importorskip("elephant.conversion")
    correlation = pytest.importorskip("elephant.spike_train_correlation")
    kernels = pytest.importorskip("elephant.kernels")
    spectral = pytest.importorskip("elephant.spectral")
    statistics = pytest.importorskip("elephant.statistics")

T = 10_000.0
OURS = SpikeTrains.from_trains(
    [*poisson(20.0, T, 4, seed=1).trains(), *gamma(15.0, 4.0, T, 4, seed=2).trains()], t_stop=T
)


@pytest.fixture(scope="module")
def theirs():
    return [neo.SpikeTrain(train, units="ms", t_stop=T) for train in OURS.trains()]


def binned(trains, width):
    return conversion.BinnedSpikeTrain(trains, bin_size=width * pq.ms, t_start=0 * pq.ms, t_stop=T * pq.ms)


def test_intervals(theirs):
    for ours, train in zip(isi_by_train(OURS), theirs, strict=True):
        np.testing.assert_allclose(ours, statistics.isi(train).magnitude, rtol=1e-12)


def test_irregularity(theirs):
    intervals = [statistics.isi(train).magnitude for train in theirs]
    np.testing.assert_allclose(cv(OURS), [statistics.cv(each) for each in intervals], rtol=1e-12)
    np.testing.assert_allclose(cv2(OURS), [statistics.cv2(each) for each in intervals], rtol=1e-12)
    np.testing.assert_allclose(lv(OURS), [statistics.lv(each) for each in intervals], rtol=1e-12)


def test_counts_and_rates(theirs):
    rates = [float(statistics.mean_firing_rate(train).rescale("Hz")) for train in theirs]
    np.testing.assert_allclose(mean_rate(OURS), rates, rtol=1e-12)
    assert fano_factor(OURS) == pytest.approx(statistics.fanofactor(theirs), rel=1e-12)
    np.testing.assert_array_equal(binned_counts(OURS, 50.0), binned(theirs, 50.0).to_array())
    np.testing.assert_array_equal(binarise(OURS, 5.0, clip=True), binned(theirs, 5.0).to_bool_array())


def test_correlation_matrix(theirs):
    wanted = correlation.correlation_coefficient(binned(theirs, 20.0))
    np.testing.assert_allclose(correlation_matrix(OURS, 20.0), wanted, rtol=0, atol=1e-12)


def test_cross_correlogram_of_spikes_on_the_grid():
    """Their lags are differences of bins, ours of times: the same for spikes in the middle of bins."""
    a, b = (np.unique(np.floor(train)) + 0.5 for train in OURS.trains()[:2])
    trains = [neo.SpikeTrain(train, units="ms", t_stop=T) for train in (a, b)]
    wanted, lags = correlation.cross_correlation_histogram(
        binned(trains[0], 1.0), binned(trains[1], 1.0), window=[-30, 30]
    )
    ours = cross_correlogram(a, b, 30.0, 1.0, t_stop=T)
    np.testing.assert_array_equal(ours.lags, lags)
    np.testing.assert_array_equal(ours.counts, wanted.magnitude.ravel())


def test_smoothed_rate(theirs):
    """Away from the edges, for kernels cut at the same place; theirs keeps the 6e-7 of the area beyond the cut."""
    rate = statistics.instantaneous_rate(
        theirs[0], sampling_period=1 * pq.ms, kernel=kernels.GaussianKernel(20 * pq.ms), cutoff=5.0
    )
    ours = smoothed_rate(OURS.train(0), gaussian_filter(20.0, 1.0, width=5), t_stop=T)
    difference = rate.rescale("Hz").magnitude.ravel() - ours.values
    assert np.abs(difference[200:-200]).max() < 1e-6 * ours.values.max()


def test_power_spectrum(theirs):
    """Their one-sided power of counts per bin, in units of counts² / Hz, is 2 dt² times ours."""
    counts = binned_counts(OURS.select([0]), 1.0)[0]
    signal = neo.AnalogSignal(counts, units="dimensionless", sampling_period=1 * pq.ms)
    frequencies, power = spectral.welch_psd(signal, len_segment=500, overlap=0.5)
    ours = power_spectrum(OURS.select([0]), 1.0, 500.0)
    np.testing.assert_allclose(ours.frequencies, frequencies.rescale("Hz").magnitude[1:])
    np.testing.assert_allclose(2e-6 * ours.values[:-1], power.magnitude.ravel()[1:-1], rtol=1e-9)


def test_coherence():
    counts = binned_counts(OURS, 1.0)
    signals = [neo.AnalogSignal(row, units="dimensionless", sampling_period=1 * pq.ms) for row in counts[:2]]
    _, wanted, _ = spectral.welch_coherence(*signals, len_segment=500, overlap=0.5)
    ours = coherence(OURS.train(0), OURS.train(1), 1.0, 500.0, t_stop=T)
    np.testing.assert_allclose(ours.values, np.asarray(wanted).ravel()[1:], rtol=1e-9)
