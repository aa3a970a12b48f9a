import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from rheobase.spikes import binned_counts, fano_factor, fano_factor_in_time, mean_rate, poisson, spike_counts

FIXED = settings(derandomize=True, deadline=None, max_examples=100)
TRAINS = st.lists(st.lists(st.floats(0, 1000), max_size=30).map(sorted), min_size=2, max_size=6)


@FIXED
@given(TRAINS, st.floats(1, 999))
def test_counts_of_two_windows_add_up(trains, cut):
    spikes = [[time for time in train if abs(time - cut) > 1e-6] for train in trains]
    first = spike_counts(spikes, t_stop=cut)
    last = spike_counts(spikes, t_start=cut, t_stop=1000.0)
    assert (first + last).tolist() == [len(train) for train in spikes]


@FIXED
@given(TRAINS, st.sampled_from([0, 1]))
def test_fano_factors_are_variance_over_mean(trains, ddof):
    counts = np.array([len(train) for train in trains])
    if counts.any():
        assert fano_factor(trains, ddof=ddof, t_stop=1000.0) == approx(counts.var(ddof=ddof) / counts.mean())
    else:
        assert np.isnan(fano_factor(trains, ddof=ddof, t_stop=1000.0))
    table = binned_counts(trains, 100.0, t_stop=1000.0)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(
            fano_factor(trains, 100.0, ddof=ddof, t_stop=1000.0), table.var(axis=0, ddof=ddof) / table.mean(axis=0)
        )
        np.testing.assert_allclose(
            fano_factor_in_time(trains, 100.0, ddof=ddof, t_stop=1000.0),
            table.var(axis=1, ddof=ddof) / table.mean(axis=1),
        )


def test_closed_at_the_end_of_bare_times():
    assert spike_counts([0.0, 5.0, 10.0], t_stop=10.0) == 3
    assert spike_counts([0.0, 5.0, 10.0], t_stop=9.0) == 2
    assert spike_counts([0.0, 5.0, 10.0], t_start=5.0, t_stop=10.0) == 2
    assert mean_rate([0.0, 5.0, 10.0], t_start=5.0, t_stop=10.0) == 400.0


def test_same_count_on_every_trial():
    assert fano_factor([[1.0, 2.0], [3.0, 4.0]], t_stop=10.0) == 0


def test_poisson_in_time():
    """100 windows each: dispersion of the mean over 500 trains, standard error √(2/99)/√500, z = 5."""
    values = fano_factor_in_time(poisson(20.0, 20_000.0, 500, seed=1), 200.0, ddof=1)
    assert abs(values.mean() - 1) < 5 * np.sqrt(2 / 99 / 500)
    assert fano_factor_in_time([1.0, 11.0], 10.0, t_stop=20.0) == 0
