import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from rheobase.spikes import (
    Filter,
    SpikeTrains,
    align,
    binned_rate,
    exponential_filter,
    gaussian_filter,
    half_gaussian_filter,
    poisson,
    psth,
    smoothed_rate,
)

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
TRAINS = st.lists(st.lists(st.floats(0, 200), max_size=30).map(sorted), min_size=1, max_size=4)
FILTERS = st.sampled_from(
    [
        gaussian_filter(8.0, 1.0),
        half_gaussian_filter(8.0, 1.0),
        exponential_filter(5.0, 1.0),
        gaussian_filter(300.0, 1.0),  # wider than the recording
        Filter(np.ones(7), -5, 1.0),
    ]
)


@FIXED
@given(TRAINS, FILTERS)
def test_conserving_rates_integrate_to_the_count(trains, filter):
    rate = smoothed_rate(trains, filter, edges="conserving", t_stop=200.0)
    np.testing.assert_allclose(rate.values.sum(axis=0) / 1000, [len(train) for train in trains], rtol=1e-9, atol=1e-9)
    mean = smoothed_rate(trains, filter, edges="conserving", average=True, t_stop=200.0)
    np.testing.assert_allclose(mean.values, rate.values.mean(axis=1), rtol=1e-9, atol=1e-9)


@FIXED
@given(TRAINS, FILTERS)
def test_lossy_rates_lose(trains, filter):
    rate = smoothed_rate(trains, filter, t_stop=200.0)
    counts = np.array([len(train) for train in trains])
    assert np.all(rate.values.sum(axis=0) / 1000 <= counts + 1e-9) and rate.values.min() >= 0
    unbiased = smoothed_rate(trains, filter, edges="unbiased", t_stop=200.0)
    assert np.all(unbiased.values >= rate.values - 1e-9)


@FIXED
@given(FILTERS)
def test_constant_rates_stay_constant(filter):
    train = np.arange(200) + 0.5
    unbiased = smoothed_rate(train, filter, edges="unbiased", t_stop=200.0)
    np.testing.assert_allclose(unbiased.values, 1000.0, rtol=1e-9)
    assert smoothed_rate(train, filter, t_stop=200.0).values[0] < 999


@FIXED
@given(FILTERS)
def test_filters_have_unit_area_and_lag_0(filter):
    assert filter.values.sum() * filter.dt == approx(1, rel=1e-12)
    assert 0.0 in filter.lags


@pytest.mark.parametrize("scale", [15.0, 10.0, 7.0, 0.3])
def test_causal_filters_keep_lag_0(scale):
    """E1: np.arange(-5 tau, 5 tau, dt) has -5e-12 where 0 should be, so that s >= 0 drops the largest sample."""
    for filter in (exponential_filter(scale, 0.1), half_gaussian_filter(scale, 0.1)):
        assert filter.lags[0] == 0 and filter.values.argmax() == 0
        assert filter.values[0] == approx(filter.values.max())
    s = np.arange(-5 * 15.0, 5 * 15.0, 0.1)
    assert not np.any(s == 0) and s[750] < 0
    filter = exponential_filter(15.0, 0.1, width=5)
    np.testing.assert_allclose(filter.values[1:] / filter.values[:-1], np.exp(-0.1 / 15), rtol=1e-12)


def test_filter_values():
    filter = gaussian_filter(10.0, 1.0)
    assert filter.lags.tolist() == list(range(-30, 31))
    np.testing.assert_allclose(filter.values, filter.values[::-1])
    assert filter.values[40] / filter.values[30] == approx(np.exp(-0.5))
    # A discrete exponential has the mean lag 1/(e^(dt/τ) - 1).
    slow = exponential_filter(10.0, 0.1, width=40)
    assert np.sum(slow.lags * slow.values) * 0.1 == approx(0.1 / np.expm1(0.01), rel=1e-9)


def test_a_spike_turns_into_its_filter():
    for filter in (gaussian_filter(5.0, 0.5), half_gaussian_filter(5.0, 0.5), exponential_filter(5.0, 0.5, width=4)):
        rate = smoothed_rate([50.0], filter, t_stop=100.0)
        lags = np.round((rate.times - 50.0) / 0.5).astype(int)
        wanted = np.zeros(200)
        inside = (lags >= filter.first) & (lags < filter.first + filter.values.size)
        wanted[inside] = 1000 * filter.values[lags[inside] - filter.first]
        np.testing.assert_allclose(rate.values, wanted, rtol=0, atol=1e-10)


def test_causal_rates_do_not_look_ahead():
    rate = smoothed_rate([50.0], exponential_filter(5.0, 0.5), t_stop=100.0)
    assert rate.values[rate.times < 50].max() < 1e-10
    assert rate.times[rate.values.argmax()] == 50.0


def test_shapes_and_times():
    spikes = SpikeTrains.from_trains([[12.0], [], [13.0, 19.0]], t_start=10.0, t_stop=20.0)
    rate = binned_rate(spikes, 5.0)
    assert rate.times.tolist() == [12.5, 17.5]
    assert rate.values.tolist() == [[200, 0, 200], [0, 0, 200]]
    assert binned_rate(spikes, 5.0, average=True).values == approx([400 / 3, 200 / 3])
    smooth = smoothed_rate(spikes, gaussian_filter(1.0, 0.5))
    assert smooth.values.shape == (20, 3) and smooth.times[0] == 10.0 and smooth.times[-1] == 19.5


def test_smoothed_poisson_rate():
    """Averaged over time and trains, 2000 spikes: z = 5."""
    spikes = poisson(20.0, 1000.0, 100, seed=1)
    rate = smoothed_rate(spikes, gaussian_filter(20.0, 1.0), average=True, edges="unbiased")
    assert abs(rate.values.mean() - 20) < 5 * 20 / np.sqrt(2000)
    # At the very edge half of the filter sees about 25 ms of 100 trains: 50 spikes.
    assert abs(rate.values[0] - 20) < 5 * 20 / np.sqrt(50)


def test_align_and_psth():
    train = np.array([5.0, 10.0, 12.0, 30.0, 31.0, 55.0])
    trials = align(train, [50.0, 10.0, 30.0], 5.0, 10.0, t_stop=100.0)
    assert [trial.tolist() for trial in trials.trains()] == [[5.0], [-5.0, 0.0, 2.0], [0.0, 1.0]]
    assert (trials.t_start, trials.t_stop) == (-5.0, 10.0)
    rate = psth(trials, 5.0)
    assert rate.times.tolist() == [-2.5, 2.5, 7.5]
    np.testing.assert_allclose(rate.values, np.array([1, 4, 1]) * 1000 / (3 * 5))
