"""Thresholds are those of z = 5 (false alarm 6e-7) or of p = 1e-6; seeds are fixed."""

import numpy as np
import pytest
from scipy import stats

from rheobase.spikes import cv, fano_factor, gamma, isi, lv, mean_rate, renewal

P = 1e-6


@pytest.mark.parametrize("shape", [0.5, 1.0, 4.0])
def test_gamma_intervals(shape):
    intervals = isi(gamma(20.0, shape, 2e5, seed=1))
    assert intervals.size > 3000
    assert stats.kstest(intervals, "gamma", args=(shape, 0, 50.0 / shape)).pvalue > P


@pytest.mark.parametrize("law", [stats.uniform(40, 20), stats.lognorm(0.5, scale=50), stats.expon(5, 45)])
def test_intervals_have_their_law(law):
    assert stats.kstest(isi(renewal(law, 2e5, seed=2)), law.cdf).pvalue > P


def test_cv_and_lv_of_gamma():
    """CV = 1/√k; Lv = 3/(2k + 1) (Shinomoto et al. 2003)."""
    train = gamma(50.0, 3.0, 4e5, seed=3).train(0)
    # Standard errors over 20,000 intervals: of the CV below CV/√n, of Lv below sd(summand) √3/√n with sd < 1.
    n = train.size
    assert abs(cv(train) - 3**-0.5) < 5 * 3**-0.5 / np.sqrt(n)
    assert abs(lv(train) - 3 / 7) < 5 * np.sqrt(3) / np.sqrt(n)


def test_equilibrium_starts_at_the_full_rate():
    """Counts of the first 5 ms over 20,000 trains; regular trains vary less than Poisson ones."""
    n, wanted = 20_000, 20_000 * 20 * 0.005
    settled = gamma(20.0, 8.0, 200.0, n, seed=4)
    assert abs(settled.between(0.0, 5.0).times.size - wanted) < 5 * np.sqrt(wanted)
    assert abs(settled.between(100.0, 105.0).times.size - wanted) < 5 * np.sqrt(wanted)
    fresh = gamma(20.0, 8.0, 200.0, n, equilibrium=False, seed=4)
    assert fresh.between(0.0, 5.0).times.size < wanted / 10


def test_first_spike_after_a_residual_time():
    """For intervals uniform on [40, 60] the residual time has the density (1 - F(t))/50."""

    def law(t):
        late = np.clip(t - 40, 0, 20)
        return (np.minimum(t, 40) + late - late**2 / 40) / 50

    spikes = renewal(stats.uniform(40, 20), 100.0, 5000, seed=5)
    first = np.array([train[0] for train in spikes.trains()])
    assert stats.kstest(first, law).pvalue > P


def test_first_spike_after_an_event():
    spikes = renewal(stats.uniform(40, 20), 100.0, 5000, equilibrium=False, seed=5)
    first = np.array([train[0] for train in spikes.trains()])
    assert stats.kstest(first, "uniform", args=(40, 20)).pvalue > P


def test_fano_factor_of_long_windows_is_cv_squared():
    """FF = CV² + O(1/T): here 1/4 + (1 - CV⁴)/(6 mean count) by Cox, with an error of FF √(2/n)."""
    n = 4000
    value = fano_factor(gamma(50.0, 4.0, 2000.0, n, seed=6), ddof=1)
    wanted = 0.25 + (1 - 0.25**2) / (6 * 100)
    assert abs(value - wanted) < 5 * wanted * np.sqrt(2 / n)


def test_mean_rate_and_window():
    spikes = gamma(30.0, 2.0, 1000.0, 2000, t_start=-500.0, seed=7)
    assert (spikes.t_start, spikes.t_stop) == (-500.0, 500.0)
    # Counts of an equilibrium process have mean rT exactly and a variance below rT here.
    assert abs(mean_rate(spikes).mean() - 30) < 5 * np.sqrt(30 / 2000)


def test_intervals_longer_than_the_recording():
    spikes = renewal(stats.uniform(1000, 10), 10.0, 500, seed=8)
    assert spikes.count().max() <= 1
    assert spikes.times.size < 30  # about 500 × 10/1005 = 5


def test_seeds():
    assert gamma(20.0, 2.0, 500.0, 5, seed=1) == gamma(20.0, 2.0, 500.0, 5, seed=1)
    assert gamma(20.0, 2.0, 500.0, 5, seed=1) != gamma(20.0, 2.0, 500.0, 5, seed=2)
