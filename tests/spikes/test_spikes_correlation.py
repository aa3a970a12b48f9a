import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from rheobase.spikes import (
    SpikeTrains,
    binarise,
    binned_counts,
    chi,
    chi_of_traces,
    coincidence,
    correlation_matrix,
    count_correlation,
    mean_correlation,
    poisson,
)

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
TRAINS = st.lists(st.lists(st.floats(0, 100), max_size=30).map(sorted), min_size=2, max_size=6)


def thinned_copies(n, shared, seed):
    """Trains that keep each spike of one mother process with probability `shared`, plus some of their own."""
    rng = np.random.default_rng(seed)
    mother = poisson(40.0, 100_000.0, seed=rng).train(0)
    own = poisson(40.0 * (1 - shared), 100_000.0, n, seed=rng)
    trains = [np.sort(np.concatenate([mother[rng.random(mother.size) < shared], own.train(i)])) for i in range(n)]
    return SpikeTrains.from_trains(trains, t_stop=100_000.0)


@FIXED
@given(TRAINS, st.integers(2, 50))
def test_matrix_pairs_and_mean_agree(trains, bins):
    width = 100 / bins
    counts = binned_counts(trains, width, t_stop=100.0)
    matrix = correlation_matrix(trains, width, t_stop=100.0)
    varying = counts.std(axis=1) > 0
    assert np.isnan(matrix[~varying]).all() and np.isnan(matrix[:, ~varying]).all()
    if varying.sum() > 1:
        kept = matrix[np.ix_(varying, varying)]
        np.testing.assert_allclose(kept, np.corrcoef(counts[varying]), rtol=0, atol=1e-9)
        pairs = kept[~np.eye(len(kept), dtype=bool)]
        assert mean_correlation(trains, width, t_stop=100.0) == approx(pairs.mean(), abs=1e-9)
    else:
        assert np.isnan(mean_correlation(trains, width, t_stop=100.0))
    np.testing.assert_allclose(
        count_correlation(trains[0], trains[1], width, t_stop=100.0), matrix[0, 1], rtol=0, atol=1e-12
    )


@FIXED
@given(TRAINS, st.integers(2, 50))
def test_coincidence_is_that_of_all_pairs(trains, bins):
    binary = binarise(trains, 100 / bins, clip=True, t_stop=100.0).astype(float)
    binary = binary[binary.any(axis=1)]
    value = coincidence(trains, 100 / bins, t_stop=100.0)
    if len(binary) < 2:
        assert np.isnan(value)
        return
    size = np.sqrt(binary.sum(axis=1))
    kappa = binary @ binary.T / np.outer(size, size)
    assert value == approx(kappa[~np.eye(len(kappa), dtype=bool)].mean(), abs=1e-12)


@FIXED
@given(TRAINS, st.integers(2, 50))
def test_chi_is_that_of_the_counts(trains, bins):
    counts = binned_counts(trains, 100 / bins, t_stop=100.0)
    value = chi(trains, 100 / bins, t_stop=100.0)
    if counts.std(axis=1).any():
        assert value == approx(chi_of_traces(counts.T), abs=1e-9)
        assert 0 <= value <= 1 + 1e-9
    else:
        assert np.isnan(value)


def test_together_and_apart():
    train = poisson(20.0, 1000.0, seed=1).train(0)
    assert chi([train] * 5, 5.0, t_stop=1000.0) == approx(1)
    assert coincidence([train] * 5, 5.0, t_stop=1000.0) == approx(1)
    assert mean_correlation([train] * 5, 5.0, t_stop=1000.0) == approx(1)
    assert coincidence([[1.0], [11.0]], 10.0, t_stop=20.0) == 0


def test_independent_trains():
    """n = 200 trains of 20,000 bins; z = 5 of the standard errors derived below."""
    n, bins = 200, 20_000
    spikes = poisson(20.0, 100_000.0, n, seed=2)
    # Each of the n(n - 1)/2 correlations has variance 1/bins, and they are uncorrelated.
    assert abs(mean_correlation(spikes, 5.0)) < 5 / np.sqrt(bins * n * (n - 1) / 2)
    # χ² is 1/n with a relative error of about √(2/bins).
    assert abs(chi(spikes, 5.0) ** 2 * n - 1) < 5 * np.sqrt(2.2 / bins)
    # κ is the chance p of a bin to be occupied, here 1 - e^-0.1; the numbers of occupied bins add an error of
    # relative size below 1/√(n p bins) to it and the coincidences one of 1/√(p² bins n²/2).
    p = -np.expm1(-0.1)
    assert abs(coincidence(spikes, 5.0) / p - 1) < 5 * (1 / np.sqrt(n * p * bins) + 1 / np.sqrt(p**2 * bins * n**2 / 2))


def test_shared_spikes_correlate_by_their_share():
    """Two trains that share a fraction c² of a Poisson mother at equal rates correlate by c²: here 0.25.

    Counts of mean 4 in 1000 bins of 100 ms: a correlation has a standard error below 1.3/√1000; z = 5.
    """
    spikes = thinned_copies(2, 0.5, seed=3)
    wanted = 0.25 * 40 / (20 + 20)
    value = count_correlation(spikes.select([0]), spikes.select([1]), 100.0)
    assert abs(value - wanted) < 5 * 1.3 / np.sqrt(1000)
    assert value == approx(correlation_matrix(spikes, 100.0)[0, 1], abs=1e-12)


def test_chi_of_traces_ignores_constants():
    t = np.linspace(0, 10, 500)[:, np.newaxis]
    assert chi_of_traces(np.sin(t) + np.arange(7)) == approx(1)
    assert chi_of_traces(np.sin(t + np.arange(4) * np.pi / 2)) < 0.2
    assert np.isnan(chi_of_traces(np.ones((5, 3))))
