"""Poisson sources, background drive and given trains: counts, intervals and independence.

Seeds are fixed, so every test passes or fails for ever; thresholds say how likely a correct engine would have failed
with another seed. Statistics that are compared with a normal quantile use five s.d. (6e-7, two-sided), p-values use
1e-6.
"""

import itertools

import numpy as np
import pytest
from scipy import stats

import rheobase as rb

LEAST_P = 1e-6


def chi_square_of_counts(counts, mean):
    """P-value of counts against the Poisson distribution, in cells expected to hold at least ten."""
    n, edges, below = len(counts), [], 0.0
    values = np.arange(stats.poisson.ppf(1e-12, mean), stats.poisson.ppf(1 - 1e-12, mean) + 1)
    for k, total in zip(values, stats.poisson.cdf(values, mean), strict=True):
        if n * (total - below) >= 10 and n * (1 - total) >= 10:
            edges.append(k)
            below = total
    assert edges
    cells = np.bincount(np.searchsorted(edges, counts), minlength=len(edges) + 1)
    expected = n * np.diff([0.0, *stats.poisson.cdf(edges, mean), 1.0])
    return stats.chi2.sf(((cells - expected) ** 2 / expected).sum(), len(edges))


def spikes_of(model, n, duration, dt=0.1, seed=1, threads=1):
    net = rb.Network(dt=dt, seed=seed, threads=threads)
    net.add(model, n, name="x")
    return net.run(duration).spikes("x")


@pytest.mark.parametrize(("rate", "n"), [(5.0, 3000), (80.0, 1025), (2000.0, 60)])
def test_counts_are_poisson(rate, n):
    duration = 1000.0
    x = spikes_of(rb.Poisson(rate), n, duration)
    mean = rate * 1e-3 * duration
    assert abs(len(x.times) - n * mean) < 5 * np.sqrt(n * mean)
    assert chi_square_of_counts(np.bincount(x.indices, minlength=n), mean) > LEAST_P  # a source
    per_step = np.bincount(np.rint(x.times / 0.1).astype(int) - 1, minlength=10_000)
    assert len(per_step) == 10_000
    assert chi_square_of_counts(per_step, n * rate * 1e-4) > LEAST_P  # a step
    cell = (np.rint(x.times / 0.1).astype(int) - 1) * n + x.indices
    in_cell = np.bincount(np.bincount(cell), minlength=3)  # a source and a step, more than one spike included
    pairs, expected = in_cell[2:].sum(), n * 10_000 * stats.poisson.sf(1, rate * 1e-4)
    assert abs(pairs - expected) < 5 * np.sqrt(expected) + 5


def test_intervals_are_exponential():
    # a count a step, spread evenly over its step, is an exact Poisson process: its intervals are exponential, and
    # neighbouring intervals have no correlation
    rng = np.random.default_rng(0)
    intervals, pairs = [], []
    x = spikes_of(rb.Poisson(40.0), 200, 5000.0)
    for k in range(200):
        times = x.times[x.indices == k]
        gaps = np.diff(np.sort(times - 0.1 * rng.random(len(times))))
        intervals.append(gaps)
        pairs.append(np.column_stack([gaps[:-1], gaps[1:]]))
    intervals, pairs = np.concatenate(intervals), np.concatenate(pairs)
    assert len(intervals) > 38_000
    assert stats.kstest(intervals, "expon", args=(0, 25.0)).pvalue > LEAST_P
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 5 / np.sqrt(len(pairs))


def test_each_source_has_its_rate():
    rates = np.concatenate([np.linspace(0, 100, 2000), [0, 0, 400]])
    x = spikes_of(rb.Poisson(rates), len(rates), 1000.0)
    counts = np.bincount(x.indices, minlength=len(rates))
    assert counts[[0, 2000, 2001]].tolist() == [0, 0, 0]  # no rate, no spike
    assert abs(counts.sum() - rates.sum()) < 5 * np.sqrt(rates.sum())
    some = rates > 5
    chi_square = ((counts[some] - rates[some]) ** 2 / rates[some]).sum()
    assert stats.chi2.sf(chi_square, some.sum()) > LEAST_P and stats.chi2.cdf(chi_square, some.sum()) > LEAST_P
    assert abs(counts[2002] - 400) < 100


def test_rates_can_be_drawn():
    x = spikes_of(rb.Poisson(rb.Uniform(0, 20)), 5000, 1000.0)
    counts = np.bincount(x.indices, minlength=5000)
    # mean 10; variance 10 of the counts and 400 / 12 of the rates
    assert abs(counts.mean() - 10) < 5 * np.sqrt((10 + 400 / 12) / 5000)
    assert counts.var() == pytest.approx(10 + 400 / 12, rel=0.1)


def test_sources_are_independent_of_one_another_and_of_their_past():
    # neighbours share a draw in the engine; all pairs of 20 sources and three lags of 5 ms: 630 correlations, 5.5 s.d.
    n, bins = 20, 4000
    x = spikes_of(rb.Poisson(200.0), n, 5.0 * bins)
    cells = ((np.rint(x.times / 0.1) - 1) // 50).astype(int) * n + x.indices
    counts = np.bincount(cells, minlength=n * bins).reshape(bins, n) - 1.0
    for lag in (0, 1, 2):
        c = counts[: bins - lag].T @ counts[lag:] / (bins - lag)
        if lag == 0:
            assert np.abs(np.diag(c) - 1).max() < 5.5 * np.sqrt(3 / bins)  # the variance of unit means
            c = c[np.triu_indices(n, 1)]
        assert np.abs(c).max() < 5.5 / np.sqrt(bins - lag)


def test_far_sources_are_independent():
    # sources drawn in different blocks share no draw: coincidences of sources k and k + 1024 m are those of chance
    n, steps, mean = 1024, 500, 0.02
    x = spikes_of(rb.Poisson(mean / 1e-4), 4 * n, 0.1 * steps)
    cells = np.rint(x.times / 0.1).astype(int) * n + x.indices % n
    of_block = [np.unique(cells[x.indices // n == block]) for block in range(4)]
    expected = steps * n * (1 - np.exp(-mean)) ** 2
    for a, b in itertools.combinations(of_block, 2):
        assert abs(len(np.intersect1d(a, b)) - expected) < 6 * np.sqrt(expected)


def test_zero_rate_is_silent():
    assert len(spikes_of(rb.Poisson(0.0), 3000, 100.0).times) == 0
    assert len(spikes_of(rb.Poisson(5.0), 0, 100.0).times) == 0


def test_seeds_and_populations_have_streams_of_their_own():
    net = rb.Network(dt=0.1, seed=1)
    for name in "ab":
        net.add(rb.Poisson(100.0), 100, name=name)
    res = net.run(100)
    a, b = (set(zip(res.spikes(n).times, res.spikes(n).indices, strict=True)) for n in "ab")
    other = spikes_of(rb.Poisson(100.0), 100, 100.0, seed=2)
    # two sets of 1000 among 100 000 cells share 10 by chance
    assert len(a) > 800 and len(a & b) < 35
    assert len(a & set(zip(other.times, other.indices, strict=True))) < 35
    again = spikes_of(rb.Poisson(100.0), 100, 100.0, seed=1)
    assert set(zip(again.times, again.indices, strict=True)) == a


# ---- drive -----------------------------------------------------------------------------------------------------------


def drive_counts(n, steps, rate, sources=1.0, weight=1.0, seed=1):
    """Spikes a step and neuron of `net.drive`, read off neurons that forget nothing."""
    net = rb.Network(dt=0.1, seed=seed, threads=1)
    v = net.add(rb.LIF(tau_m=1e15, E_L=0, V_th=1e12, V_re=-1), n, name="v")
    net.drive(v, rate=rate, sources=sources, weight=weight, synapse=rb.Delta())
    net.record(v, "V")
    V = net.run(0.1 * steps).states("v", "V").values
    return np.rint(np.diff(V, axis=0) / weight).astype(int)


@pytest.mark.parametrize(
    ("mean", "n", "steps"), [(0.01, 400, 2000), (1.7, 803, 1000), (7.3, 100, 1000), (300.0, 100, 500)]
)
def test_drive_is_poisson(mean, n, steps):
    counts = drive_counts(n, steps, rate=20.0, sources=mean / 20.0 * 1e4)
    assert counts.shape == (steps, n)
    assert abs(counts.sum() - counts.size * mean) < 5 * np.sqrt(counts.size * mean)
    assert chi_square_of_counts(counts.ravel(), mean) > LEAST_P
    assert chi_square_of_counts(counts.sum(axis=0), steps * mean) > LEAST_P  # neurons are alike and independent of time
    assert chi_square_of_counts(counts.sum(axis=1), n * mean) > LEAST_P  # steps likewise, and neurons of one another


def test_drive_is_independent_between_neurons_and_steps():
    # sixteen neighbours share a block of random words; 40 neurons, lags 0 to 2: 3,980 correlations, 5.5 s.d.
    steps, n = 4000, 40
    z = (drive_counts(n, steps, rate=10_000.0) - 1.0) / 1.0
    for lag in (0, 1, 2):
        c = z[: steps - lag].T @ z[lag:] / (steps - lag)
        if lag == 0:
            c = c[np.triu_indices(n, 1)]
        assert np.abs(c).max() < 5.5 / np.sqrt(steps - lag)


def test_drives_add_and_have_streams_of_their_own():
    net = rb.Network(dt=0.1, seed=1)
    v = net.add(rb.LIF(tau_m=1e15, E_L=0, V_th=1e12, V_re=-1), 50, name="v")
    net.drive(v, rate=10_000, weight=1.0, synapse=rb.Delta())
    net.drive(v, rate=10_000, weight=1000.0, synapse=rb.Delta())
    net.record(v, "V")
    total = np.rint(np.diff(net.run(100).states("v", "V").values, axis=0)).astype(int)
    a, b = (total % 1000).ravel(), (total // 1000).ravel()
    assert chi_square_of_counts(a, 1.0) > LEAST_P and chi_square_of_counts(b, 1.0) > LEAST_P
    assert abs(np.corrcoef(a, b)[0, 1]) < 5 / np.sqrt(len(a))


def test_drive_of_a_rate_and_of_many_sources_are_one():
    a = drive_counts(30, 200, rate=8.0, sources=1600)
    b = drive_counts(30, 200, rate=12_800.0)
    assert np.array_equal(a, b)


# ---- given trains ----------------------------------------------------------------------------------------------------


def test_trains_spike_when_they_say():
    rng = np.random.default_rng(4)
    trains = [np.sort(0.1 * rng.integers(1, 2000, size)) for size in (0, 1, 50, 300)]
    for model in (
        rb.Trains(trains),
        rb.Trains(times=np.concatenate(trains)[::-1], indices=np.repeat(np.arange(4), [0, 1, 50, 300])[::-1]),
    ):
        x = spikes_of(model, 4, 200.0, threads=3)
        for k, train in enumerate(trains):
            assert x.times[x.indices == k] == pytest.approx(train, abs=1e-9)
        order = np.lexsort((x.indices, x.times))
        assert np.array_equal(order, np.arange(len(x.times)))


def test_decimal_times_are_on_the_grid():
    # 0.3 / 0.1 is 2.9999…: no spike moves a step
    times = np.round(np.arange(1, 3000) * 0.1, 1)
    x = spikes_of(rb.Trains([times]), 1, 300.0)
    assert np.array_equal(np.rint(x.times / 0.1), np.arange(1, 3000))


def test_empty_trains():
    for model in (rb.Trains([]), rb.Trains([[], []]), rb.Trains(times=[], indices=[])):
        assert len(spikes_of(model, 3, 5.0).times) == 0
