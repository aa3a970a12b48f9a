"""The numbers of Rosenbaum, section 2.1, from the recordings that come with the book."""

import numpy as np
import pytest
from pytest import approx

from rheobase.spikes import (
    SpikeTrains,
    binarise,
    binned_counts,
    binned_rate,
    cv,
    fano_factor,
    gaussian_filter,
    isi,
    mean_rate,
    smoothed_rate,
    spike_counts,
    spike_density,
    tuning_curve,
)


@pytest.fixture
def train(recordings):
    return recordings("RealMembranePotentialData.npz")["SpikeTimes"]


@pytest.fixture
def grating(recordings):
    return recordings("SpikeTimes1Neuron1Theta.npz")


@pytest.fixture
def trials(grating):
    return SpikeTrains.from_trials(grating["SpikeTimes"], grating["TrialNumbers"], t_stop=1000.0)


def test_single_train(train):
    assert spike_counts(train, t_stop=5000.0) == 11
    assert mean_rate(train, t_stop=5000.0) == approx(2.2, abs=1e-12)
    assert binned_counts(train, 500.0, t_stop=5000.0).tolist() == [1, 0, 2, 1, 1, 2, 2, 1, 0, 1]
    assert binned_rate(train, 500.0, t_stop=5000.0).values.tolist() == [2, 0, 4, 2, 2, 4, 4, 2, 0, 2]
    assert isi(train).mean() == approx(440.11, abs=1e-9)


def test_cv_of_single_train(train):
    """Exercise 2.1.1."""
    assert cv(train) == approx(0.730449, abs=5e-7)
    assert cv(train, ddof=1) == approx(0.769961, abs=5e-7)


def test_spikes_keep_their_bin(train):
    """A plain floor sets 4 of the 11 spikes one bin early: 258.2/0.1 is 2581.9999999999995."""
    steps = np.flatnonzero(binarise(train, 0.1, t_stop=5000.0))
    assert steps.tolist() == [2582, 11769, 12990, 18296, 20217, 26147, 28375, 32336, 32645, 36005, 46593]
    assert np.count_nonzero((train / 0.1).astype(int) != steps) == 4


def test_smoothed_rate_of_single_train(train):
    rate = smoothed_rate(train, gaussian_filter(250.0, 0.1), t_stop=5000.0)
    assert rate.values.max() == approx(4.2664, abs=1e-4)
    assert rate.times[rate.values.argmax()] == approx(3248.4, abs=0.1 + 1e-9)
    assert rate.values.mean() == approx(2.153, abs=5e-4)  # what leaves over the edges is lost: not 2.2


def test_smoothed_rate_of_the_printed_code_is_shifted(train):
    """np.arange(-3σ, 3σ, dt) is one sample short, so that np.convolve(..., "same") comes out one step late."""
    dt, sigma = 0.1, 250
    density = np.zeros(50001)
    density[(train / dt).astype(int)] = 1 / dt
    s = np.arange(-3 * sigma, 3 * sigma, dt)
    k = np.exp(-(s**2) / (2 * sigma**2))
    printed = 1000 * np.convolve(k / (k.sum() * dt), density, "same") * dt
    assert printed.max() == approx(4.2664, abs=5e-5) and printed.argmax() == 32484

    density = np.zeros(50001)
    density[np.floor(train / dt + 1e-9).astype(int)] = 1 / dt
    s = dt * np.arange(-3 * 2500, 3 * 2500 + 1)
    k = np.exp(-(s**2) / (2 * sigma**2))
    right = 1000 * np.convolve(k / (k.sum() * dt), density, "same") * dt
    ours = smoothed_rate(train, gaussian_filter(250.0, 0.1), t_stop=5000.0)
    np.testing.assert_allclose(ours.values, right[:50000], rtol=0, atol=1e-9)
    assert right.argmax() == 32483


def test_file_is_the_newer_one(grating):
    """E9: the text's 15.175 Hz, 4.36 ms and trial 42 belong to an older file."""
    assert grating["SpikeTimes"][3] == approx(7.966667, abs=1e-6)
    assert grating["TrialNumbers"][3] == 69
    assert grating["theta"] == 120


def test_trials(trials):
    assert trials.n == 200 and trials.times.size == 3260
    counts = trials.count()
    assert counts.mean() == approx(16.30, abs=1e-12)
    assert mean_rate(trials).mean() == approx(16.30, abs=1e-12)
    assert counts.var() == approx(21.710, abs=5e-4)
    assert counts.var(ddof=1) == approx(21.819, abs=5e-4)
    assert (counts.min(), counts.max()) == (3, 38)


def test_fano_factor_of_trials(trials):
    """Exercise 2.1.2."""
    assert fano_factor(trials) == approx(1.331902, abs=5e-7)
    assert fano_factor(trials, ddof=1) == approx(1.338595, abs=5e-7)


def test_intervals_of_trials(trials):
    assert isi(trials).size == 3060
    assert isi(trials).mean() == approx(53.153, abs=5e-4)
    assert cv(trials, pooled=True) == approx(1.1170, abs=5e-5)
    assert np.mean(cv(trials)) == approx(1.0161, abs=5e-5)


def test_empty_trial_and_lost_spikes_of_the_printed_code(grating, trials):
    """E10: trials counted from 1 add an empty trial 0, and ones in place of counts lose 4 coincident spikes."""
    printed = np.zeros((grating["TrialNumbers"].max() + 1, 1000))
    printed[grating["TrialNumbers"], grating["SpikeTimes"].astype(int)] = 1
    assert 1000 * printed.mean() == approx(16.199, abs=5e-4)
    counts = printed.sum(axis=1)
    assert counts.var() / counts.mean() == approx(1.4073, abs=5e-5)

    assert binned_counts(trials, 1.0).sum() == 3260
    assert spike_density(trials, 1.0).sum() == 3260
    with pytest.raises(ValueError, match="dt must be small enough for one spike per bin"):
        binarise(trials, 1.0)
    assert binarise(trials, 1.0, clip=True).sum() == 3256


def test_smoothed_psth(grating, trials):
    rate = smoothed_rate(trials, gaussian_filter(10.0, 1.0), average=True)
    # The fact of 34.46 Hz at 766 ms carries the 4 lost spikes and the kernel's shift of one step.
    assert rate.values.max() == approx(34.5903, abs=5e-5)
    assert rate.times[rate.values.argmax()] == 765

    printed = np.zeros((200, 1000))
    printed[grating["TrialNumbers"].astype(int) - 1, grating["SpikeTimes"].astype(int)] = 1
    s = np.arange(-30, 30, 1.0)
    k = np.exp(-(s**2) / 200)
    smooth = 1000 * np.convolve(printed.mean(axis=0), k / k.sum(), "same")
    assert smooth.max() == approx(34.46, abs=5e-3) and smooth.argmax() == 766


def test_drift_of_the_grating_shows_at_6_hz(trials):
    density = spike_density(trials.pooled(), 1.0)[0]
    power = np.abs(np.fft.rfft(density - density.mean()))
    assert np.argsort(power)[::-1][:2].tolist() == [6, 7]


TUNING = [
    (0, 3.645, 2.241),
    (30, 2.640, 2.071),
    (60, 3.520, 2.250),
    (90, 8.365, 1.656),
    (120, 16.300, 1.339),
    (150, 8.805, 2.561),
    (180, 3.930, 2.369),
    (210, 2.885, 1.861),
    (240, 3.165, 1.647),
    (270, 6.385, 1.230),
    (300, 14.430, 1.287),
    (330, 9.140, 1.925),
]


def test_tuning_curve(recordings):
    file = recordings("SpikeCounts1Neuron12Thetas.npz")
    assert file["SpikeCounts"].shape == (200, 12)  # E11: 200 trials, not 100
    curve = tuning_curve(file["SpikeCounts"], file["AllOrientations"], float(file["T"]), ddof=1)
    stimuli, rates, fano = map(np.array, zip(*TUNING, strict=True))
    np.testing.assert_array_equal(curve.stimuli, stimuli)
    np.testing.assert_allclose(curve.rates, rates, rtol=0, atol=5e-10)
    np.testing.assert_allclose(curve.fano, fano, rtol=0, atol=5.1e-4)
    assert curve.preferred == 120
    assert curve.stimuli[np.argsort(curve.rates)[-2]] == 300
    assert (curve.trials == 200).all()
    np.testing.assert_allclose(curve.sem, curve.sd / np.sqrt(200))


def test_tuning_curve_agrees_with_trials(recordings, trials):
    file = recordings("SpikeCounts1Neuron12Thetas.npz")
    curve = tuning_curve(file["SpikeCounts"], file["AllOrientations"], 1000.0)
    assert curve.fano[4] == approx(fano_factor(trials), rel=1e-12)
