"""Thresholds are those of z = 5 (false alarm 6e-7) or of p = 1e-6, if not said otherwise; seeds are fixed."""

import sys

import numpy as np
import pytest
from scipy import stats

from rheobase.spikes import SpikeTrains, cv, fano_factor, isi, poisson, poisson_bins, poisson_thinning

P = 1e-6


def modulated(t):
    return 20 + 16 * np.sin(2 * np.pi * t / 200)


def total_of_modulated(t):
    """The integral of `modulated` from 0 to t, in spikes."""
    return (20 * t + 16 * 200 / (2 * np.pi) * (1 - np.cos(2 * np.pi * t / 200))) / 1000


def assert_poisson_counts(counts, mean):
    """Mean, and the index of dispersion, which is chi-square with n - 1 degrees of freedom."""
    assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / counts.size)
    dispersion = np.sum((counts - counts.mean()) ** 2) / counts.mean()
    assert P < stats.chi2.sf(dispersion, counts.size - 1) < 1 - P


def draws(rate, duration, n, seed):
    yield poisson(rate, duration, n, seed=seed)
    yield poisson_bins(rate, duration, 0.5, n, law="poisson", seed=seed)
    yield poisson_thinning(lambda t: rate, duration, n, max_rate=1.7 * rate, seed=seed)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_homogeneous(which):
    spikes = list(draws(15.0, 1000.0, 5000, 1))[which]
    assert_poisson_counts(spikes.count(), 15.0)
    late = spikes.between(600.0, 800.0).count()
    assert_poisson_counts(late, 3.0)
    # Disjoint windows are independent: the correlation has a standard error of 1/√n.
    assert abs(np.corrcoef(spikes.between(200.0, 400.0).count(), late)[0, 1]) < 5 / np.sqrt(5000)
    # The first 3000 spikes of the pooled trains: uniform over their time once more.
    width = 0.5 if which == 1 else 0.0
    some = spikes.times[:: spikes.times.size // 3000] + width / 2
    assert stats.kstest(some / 1000, "uniform").pvalue > P


def test_intervals_are_exponential():
    intervals = isi(poisson(20.0, 2e5, seed=2))
    assert intervals.size > 3000
    assert stats.kstest(intervals, "expon", args=(0, 50.0)).pvalue > P


def test_rates_per_train():
    rates = np.repeat([0.0, 5.0, 40.0], 1000)
    for spikes in (poisson(rates, 1000.0, 3000, seed=3), poisson_bins(rates, 1000.0, 1.0, 3000, law="poisson", seed=3)):
        counts = spikes.count().reshape(3, 1000)
        assert counts[0].sum() == 0
        assert_poisson_counts(counts[1], 5.0)
        assert_poisson_counts(counts[2], 40.0)


def test_bernoulli_bins_have_less_variance():
    """At r dt = 0.3 the Fano factor is 1 - r dt = 0.7; its standard error over n trials is about 0.7 √(2/n)."""
    n = 5000
    spikes = poisson_bins(300.0, 200.0, 1.0, n, seed=4)
    assert abs(spikes.count().mean() - 60) < 5 * np.sqrt(60 * 0.7 / n)
    assert abs(fano_factor(spikes, ddof=1) - 0.7) < 5 * 0.7 * np.sqrt(2 / n)
    several = poisson_bins(300.0, 200.0, 1.0, n, law="poisson", seed=4)
    assert abs(fano_factor(several, ddof=1) - 1.0) < 5 * np.sqrt(2 / n)


def test_bins_keep_multiplicities():
    """E13: with 2 spikes per bin on average, one time for each occupied bin would lose more than half of them."""
    spikes = poisson_bins(2000.0, 1000.0, 1.0, 20, law="poisson", seed=5)
    assert_poisson_counts(spikes.count(), 2000.0)
    occupied = [np.unique(train).size for train in spikes.trains()]
    assert np.mean(occupied) < 900  # 1000 (1 - e^-2) = 865 on average


def test_bins_lie_on_the_grid():
    spikes = poisson_bins(50.0, 100.0, 0.1, 30, t_start=20.0, seed=6)
    steps = (spikes.times - 20) / 0.1
    np.testing.assert_allclose(steps, np.round(steps), rtol=0, atol=1e-9)
    assert spikes.t_start == 20 and spikes.t_stop == 120
    assert spikes.times.max() < 120


def test_bins_do_not_depend_on_blocks(monkeypatch):
    """One generator goes through all bins in turn, however many are drawn at a time."""
    module = sys.modules["rheobase.spikes.poisson"]  # as an attribute, the function hides it
    whole = poisson_bins(modulated, 400.0, 0.5, 7, seed=7)
    monkeypatch.setattr(module, "_BLOCK", 100)
    assert poisson_bins(modulated, 400.0, 0.5, 7, seed=7) == whole


@pytest.mark.parametrize("method", ["thinning", "bins"])
def test_inhomogeneous(method):
    """Figure 2.4C: r(t) = 20 + 16 sin(2π t/200) Hz, between 4 and 36 Hz, 20 spikes in a second."""
    n = 2000
    if method == "thinning":
        spikes = poisson_thinning(modulated, 1000.0, n, max_rate=36.0, seed=8)
    else:
        spikes = poisson_bins(modulated, 1000.0, 0.5, n, law="poisson", seed=8)
    assert_poisson_counts(spikes.count(), 20.0)
    edges = np.arange(0, 1001, 10.0)
    wanted = n * np.diff(total_of_modulated(edges))
    got = np.histogram(spikes.times, edges)[0]
    assert stats.chi2.sf(np.sum((got - wanted) ** 2 / wanted), wanted.size) > P


def test_time_rescaling():
    """Intervals of a thinned process, measured in expected spikes, are exponential."""
    train = poisson_thinning(modulated, 2e5, max_rate=36.0, seed=9).train(0)
    assert stats.kstest(np.diff(total_of_modulated(train)), "expon").pvalue > P


def test_batch_process_is_not_poisson():
    """E12: pairs of spikes at once are stationary and memoryless, yet the Fano factor is 2."""
    n = 5000
    pairs = poisson(10.0, 1000.0, n, seed=10)
    doubled = SpikeTrains(np.repeat(pairs.times, 2), np.repeat(pairs.indices, 2), n, 0.0, 1000.0)
    windows = [doubled.between(a, a + 500.0).count() for a in (0.0, 500.0)]
    assert abs(np.corrcoef(*windows)[0, 1]) < 5 / np.sqrt(n)
    # The error of var/mean of Poisson counts of mean 10 is about √(2/n), here times 2.
    assert abs(fano_factor(doubled, ddof=1) - 2) < 5 * 2 * np.sqrt(2.2 / n)


@pytest.mark.parametrize(("seconds", "mean", "sd"), [(5, 0.9725, 0.133), (20, 0.9922, 0.070), (100, 0.9986, 0.031)])
def test_sample_cv_reads_low(seconds, mean, sd):
    """Exercise 2.2.1, 10 Hz. Both numbers come from 2000 repeats, hence the √2; 5 standard errors of each."""
    values = cv(poisson(10.0, 1000.0 * seconds, 2000, seed=seconds))
    assert abs(values.mean() - mean) < 5 * np.sqrt(2) * sd / np.sqrt(2000)
    assert abs(values.std() / sd - 1) < 5 * np.sqrt(2) / np.sqrt(2 * 2000) + 0.5e-3 / sd  # the sd is rounded


@pytest.mark.parametrize(
    ("trials", "ddof", "mean", "sd"),
    [(10, 0, 0.90, 0.42), (10, 1, 1.01, 0.47), (100, 0, 0.991, 0.141), (100, 1, 1.002, 0.141)],
)
def test_sample_fano_factor(trials, ddof, mean, sd):
    """Exercise 2.2.2, mean count 10: only ddof 1 is unbiased. 2000 repeats on both sides.

    The last summands allow for the two digits the numbers are given to.
    """
    spikes = poisson(10.0, 1000.0, trials * 2000, seed=trials)
    counts = spikes.count().reshape(2000, trials)
    values = np.array([fano_factor(SpikeTrains.from_counts(row[:, None], 1000.0), ddof=ddof) for row in counts])
    assert abs(values.mean() - mean) < 5 * np.sqrt(2) * sd / np.sqrt(2000) + 5e-3 * (trials == 10)
    assert abs(values.std() / sd - 1) < 5 * np.sqrt(2) / np.sqrt(2 * 2000) + 0.02


def test_seeds():
    for draw in (
        lambda seed: poisson(20.0, 500.0, 3, seed=seed),
        lambda seed: poisson_bins(20.0, 500.0, 0.1, 3, seed=seed),
        lambda seed: poisson_thinning(modulated, 500.0, 3, max_rate=36.0, seed=seed),
    ):
        assert draw(1) == draw(1)
        assert draw(1) != draw(2)
    rng = np.random.default_rng(1)
    assert poisson(20.0, 500.0, 3, seed=rng) != poisson(20.0, 500.0, 3, seed=rng)


def test_zero_rate_is_silent():
    for spikes in (
        poisson(0.0, 100.0, 3, seed=1),
        poisson_bins(0.0, 100.0, 0.1, 3, seed=1),
        poisson_thinning(lambda t: np.zeros_like(t), 100.0, 3, max_rate=5.0, seed=1),
    ):
        assert spikes.n == 3 and spikes.times.size == 0
