import numpy as np
import pytest
from scipy import signal

from rheobase.spikes import (
    SpikeTrains,
    coherence,
    cross_spectrum,
    gamma,
    poisson,
    poisson_thinning,
    power_spectrum,
    spike_density,
)


def test_poisson_power_is_the_rate():
    """Averages over 20 trains × 50 independent segments: relative error 1/√1000 a frequency, 99 of them, z = 6."""
    spikes = poisson(20.0, 50_000.0, 20, seed=1)
    result = power_spectrum(spikes, 5.0, 1000.0)
    assert result.frequencies[0] == 1 and result.frequencies[-1] == 100
    rate = spikes.times.size / 20 / 50
    inner = result.values[1:-1]
    assert np.abs(inner / rate - 1).max() < 6 / np.sqrt(1000)
    assert abs(inner.mean() / rate - 1) < 5 / np.sqrt(1000 * inner.size)
    assert result.values[0] / rate == pytest.approx(5 / 6, abs=6 / np.sqrt(1000))  # the removed mean


def test_variance_is_the_integral_of_the_power():
    """Parseval, over both sides of the axis, for a single segment without a gap."""
    spikes = poisson(30.0, 1000.0, 50, seed=2)
    result = power_spectrum(spikes, 1.0, 1000.0)
    density = 1000 * spike_density(spikes, 1.0)
    windowed = (density - density.mean(axis=1, keepdims=True)) * signal.get_window("hann", 1000)
    power = np.abs(np.fft.fft(windowed)) ** 2 / (1000 * np.sum(signal.get_window("hann", 1000) ** 2))
    np.testing.assert_allclose(result.values, power.mean(axis=0)[1:501], rtol=1e-9)


def test_regular_trains_have_less_power_at_low_frequencies():
    """S(0) = r CV² for a renewal process, S(∞) = r; relative error about 1/√(100 × 20) a frequency."""
    result = power_spectrum(gamma(50.0, 4.0, 20_000.0, 100, seed=3), 1.0, 1000.0)
    low = result.values[(result.frequencies > 1) & (result.frequencies < 5)].mean()
    high = result.values[result.frequencies > 300].mean()
    assert low == pytest.approx(50 / 4, rel=0.1)
    assert high == pytest.approx(50, rel=0.02)


def test_rhythm_shows_in_the_population():
    spikes = poisson_thinning(
        lambda t: 10 * (1 + np.sin(2 * np.pi * t * 40 / 1000)), 10_000.0, 50, max_rate=20.0, seed=4
    )
    result = power_spectrum(spikes.pooled(), 1.0, 500.0)
    assert result.frequencies[result.values.argmax()] == 40
    assert result.segments == 39


def test_a_cross_spectrum_knows_who_follows_whom():
    lag, later = 3.0, poisson(200.0, 10_000.0, 20, seed=11)
    trains = [later.train(k)[later.train(k) < 10_000 - lag] for k in range(20)]
    first, second = (SpikeTrains.from_trains([x + d for x in trains], t_stop=10_000.0) for d in (0.0, lag))
    found = cross_spectrum(second, first, 1.0, 100.0)
    # Spikes that are moved change the phase alone; segments of 100 ms lose those at their ends, 1 % of the power each.
    wanted = np.exp(-2j * np.pi * 1e-3 * lag * found.frequencies)
    np.testing.assert_allclose(found.values / power_spectrum(first, 1.0, 100.0).values, wanted, atol=0.05)
    np.testing.assert_allclose(cross_spectrum(first, second, 1.0, 100.0).values, found.values.conj(), rtol=1e-9)
    np.testing.assert_allclose(
        cross_spectrum(first, first, 1.0, 100.0).values, power_spectrum(first, 1.0, 100.0).values
    )


def test_coherence_is_scipys():
    a, b = poisson(40.0, 10_000.0, seed=5), poisson(40.0, 10_000.0, seed=6)
    result = coherence(a, b, 2.0, 500.0)
    x, y = spike_density(a, 2.0)[0], spike_density(b, 2.0)[0]
    frequencies, wanted = signal.coherence(x, y, fs=500, nperseg=250)
    np.testing.assert_allclose(result.frequencies, frequencies[1:])
    np.testing.assert_allclose(result.values, wanted[1:], rtol=1e-9)


def test_coherence_of_unrelated_and_of_equal_trains():
    """Over m independent segments P(C > c) = (1 - c)^(m - 1); m is 200 trials here, frequencies 249.

    The mean of C is 1/m and so is its sd; the Hann window leaves at least 100 independent frequencies. z = 5.
    """
    a, b = poisson(40.0, 500.0, 200, seed=7), poisson(40.0, 500.0, 200, seed=8)
    result = coherence(a, b, 1.0, 500.0)
    assert result.values[1:].max() < 1 - (1e-6 / 249) ** (1 / 199)
    assert result.values[1:].mean() == pytest.approx(1 / 200, abs=5 / 200 / np.sqrt(100))
    np.testing.assert_allclose(coherence(a, a, 1.0, 500.0).values, 1, rtol=1e-9)


def test_common_rhythm_is_coherent():
    def modulation(t):
        return 50 * (1 + np.sin(2 * np.pi * t * 20 / 1000))

    a, b = (poisson_thinning(modulation, 500.0, 200, max_rate=100.0, seed=seed) for seed in (9, 10))
    result = coherence(a, b, 1.0, 500.0)
    assert result.frequencies[result.values.argmax()] == 20
    assert result.values.max() > 0.5


def test_silent_train_has_no_coherence():
    silent = SpikeTrains.from_trains([[]], t_stop=1000.0)
    assert np.isnan(coherence(silent, poisson(20.0, 1000.0, seed=1), 1.0, 100.0).values).all()
    assert (power_spectrum(silent, 1.0, 100.0).values == 0).all()
