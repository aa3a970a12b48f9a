import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from rheobase.spikes import (
    Kernel,
    SpikeTrains,
    align,
    binned_rate,
    exponential_kernel,
    gaussian_kernel,
    half_gaussian_kernel,
    poisson,
    psth,
    smoothed_rate,
)

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
TRAINS = st.lists(st.lists(st.floats(0, 200), max_size=30).map(sorted), min_size=1, max_size=4)
KERNELS = st.sampled_from(
    [
        gaussian_kernel(8.0, 1.0),
        half_gaussian_kernel(8.0, 1.0),
        exponential_kernel(5.0, 1.0),
        gaussian_kernel(300.0, 1.0),  # wider than the recording
        Kernel(np.ones(7), -5, 1.0),
    ]
)


@FIXED
@given(TRAINS, KERNELS)
def test_conserving_rates_integrate_to_the_count(trains, kernel):
    rate = smoothed_rate(trains, kernel, edges="conserving", t_stop=200.0)
    np.testing.assert_allclose(rate.values.sum(axis=0) / 1000, [len(train) for train in trains], rtol=1e-9, atol=1e-9)
    mean = smoothed_rate(trains, kernel, edges="conserving", average=True, t_stop=200.0)
    np.testing.assert_allclose(mean.values, rate.values.mean(axis=1), rtol=1e-9, atol=1e-9)


@FIXED
@given(TRAINS, KERNELS)
def test_lossy_rates_lose(trains, kernel):
    rate = smoothed_rate(trains, kernel, t_stop=200.0)
    counts = np.array([len(train) for train in trains])
    assert np.all(rate.values.sum(axis=0) / 1000 <= counts + 1e-9) and rate.values.min() >= 0
    unbiased = smoothed_rate(trains, kernel, edges="unbiased", t_stop=200.0)
    assert np.all(unbiased.values >= rate.values - 1e-9)


@FIXED
@given(KERNELS)
def test_constant_rates_stay_constant(kernel):
    train = np.arange(200) + 0.5
    unbiased = smoothed_rate(train, kernel, edges="unbiased", t_stop=200.0)
    np.testing.assert_allclose(unbiased.values, 1000.0, rtol=1e-9)
    assert smoothed_rate(train, kernel, t_stop=200.0).values[0] < 999


@FIXED
@given(KERNELS)
def test_kernels_have_unit_area_and_lag_0(kernel):
    assert kernel.values.sum() * kernel.dt == approx(1, rel=1e-12)
    assert 0.0 in kernel.lags


@pytest.mark.parametrize("scale", [15.0, 10.0, 7.0, 0.3])
def test_causal_kernels_keep_lag_0(scale):
    """E1: np.arange(-5 tau, 5 tau, dt) has -5e-12 where 0 should be, so that s >= 0 drops the largest sample."""
    for kernel in (exponential_kernel(scale, 0.1), half_gaussian_kernel(scale, 0.1)):
        assert kernel.lags[0] == 0 and kernel.values.argmax() == 0
        assert kernel.values[0] == approx(kernel.values.max())
    s = np.arange(-5 * 15.0, 5 * 15.0, 0.1)
    assert not np.any(s == 0) and s[750] < 0
    kernel = exponential_kernel(15.0, 0.1, width=5)
    np.testing.assert_allclose(kernel.values[1:] / kernel.values[:-1], np.exp(-0.1 / 15), rtol=1e-12)


def test_kernel_values():
    kernel = gaussian_kernel(10.0, 1.0)
    assert kernel.lags.tolist() == list(range(-30, 31))
    np.testing.assert_allclose(kernel.values, kernel.values[::-1])
    assert kernel.values[40] / kernel.values[30] == approx(np.exp(-0.5))
    # A discrete exponential has the mean lag 1/(e^(dt/τ) - 1).
    slow = exponential_kernel(10.0, 0.1, width=40)
    assert np.sum(slow.lags * slow.values) * 0.1 == approx(0.1 / np.expm1(0.01), rel=1e-9)


def test_a_spike_turns_into_its_kernel():
    for kernel in (gaussian_kernel(5.0, 0.5), half_gaussian_kernel(5.0, 0.5), exponential_kernel(5.0, 0.5, width=4)):
        rate = smoothed_rate([50.0], kernel, t_stop=100.0)
        lags = np.round((rate.times - 50.0) / 0.5).astype(int)
        wanted = np.zeros(200)
        inside = (lags >= kernel.first) & (lags < kernel.first + kernel.values.size)
        wanted[inside] = 1000 * kernel.values[lags[inside] - kernel.first]
        np.testing.assert_allclose(rate.values, wanted, rtol=0, atol=1e-10)


def test_causal_rates_do_not_look_ahead():
    rate = smoothed_rate([50.0], exponential_kernel(5.0, 0.5), t_stop=100.0)
    assert rate.values[rate.times < 50].max() < 1e-10
    assert rate.times[rate.values.argmax()] == 50.0


def test_shapes_and_times():
    spikes = SpikeTrains.from_trains([[12.0], [], [13.0, 19.0]], t_start=10.0, t_stop=20.0)
    rate = binned_rate(spikes, 5.0)
    assert rate.times.tolist() == [12.5, 17.5]
    assert rate.values.tolist() == [[200, 0, 200], [0, 0, 200]]
    assert binned_rate(spikes, 5.0, average=True).values == approx([400 / 3, 200 / 3])
    smooth = smoothed_rate(spikes, gaussian_kernel(1.0, 0.5))
    assert smooth.values.shape == (20, 3) and smooth.times[0] == 10.0 and smooth.times[-1] == 19.5


def test_smoothed_poisson_rate():
    """Averaged over time and trains, 2000 spikes: z = 5."""
    spikes = poisson(20.0, 1000.0, 100, seed=1)
    rate = smoothed_rate(spikes, gaussian_kernel(20.0, 1.0), average=True, edges="unbiased")
    assert abs(rate.values.mean() - 20) < 5 * 20 / np.sqrt(2000)
    # At the very edge half of the kernel sees about 25 ms of 100 trains: 50 spikes.
    assert abs(rate.values[0] - 20) < 5 * 20 / np.sqrt(50)


def test_align_and_psth():
    train = np.array([5.0, 10.0, 12.0, 30.0, 31.0, 55.0])
    trials = align(train, [50.0, 10.0, 30.0], 5.0, 10.0, t_stop=100.0)
    assert [trial.tolist() for trial in trials.trains()] == [[5.0], [-5.0, 0.0, 2.0], [0.0, 1.0]]
    assert (trials.t_start, trials.t_stop) == (-5.0, 10.0)
    rate = psth(trials, 5.0)
    assert rate.times.tolist() == [-2.5, 2.5, 7.5]
    np.testing.assert_allclose(rate.values, np.array([1, 4, 1]) * 1000 / (3 * 5))
