import numpy as np
import pytest
from scipy import stats

from rheobase import spikes as sp
from rheobase.spikes import SpikeTrains

SINGLE = [1.0, 2.0, 5.0]
PAIR = SpikeTrains.from_trains([[1.0], [2.0]], t_stop=10.0)
FILTER = sp.gaussian_filter(2.0, 1.0)

TAKE_SPIKES = {
    "binned_counts": lambda s: sp.binned_counts(s, 1.0, t_stop=10.0),
    "binarise": lambda s: sp.binarise(s, 1.0, t_stop=10.0),
    "spike_density": lambda s: sp.spike_density(s, 1.0, t_stop=10.0),
    "spike_counts": lambda s: sp.spike_counts(s, t_stop=10.0),
    "mean_rate": lambda s: sp.mean_rate(s, t_stop=10.0),
    "fano_factor": lambda s: sp.fano_factor(s, t_stop=10.0),
    "fano_factor_in_time": lambda s: sp.fano_factor_in_time(s, 5.0, t_stop=10.0),
    "isi": sp.isi,
    "isi_by_train": sp.isi_by_train,
    "cv": sp.cv,
    "cv2": sp.cv2,
    "lv": sp.lv,
    "binned_rate": lambda s: sp.binned_rate(s, 1.0, t_stop=10.0),
    "smoothed_rate": lambda s: sp.smoothed_rate(s, FILTER, t_stop=10.0),
    "psth": lambda s: sp.psth(s, 1.0, t_stop=10.0),
    "align": lambda s: sp.align(s, [5.0], 1.0, 1.0, t_stop=10.0),
    "autocorrelogram": lambda s: sp.autocorrelogram(s, 2.0, 1.0, t_stop=10.0),
    "cross_correlogram": lambda s: sp.cross_correlogram(s, s, 2.0, 1.0, t_stop=10.0),
    "count_correlation": lambda s: sp.count_correlation(s, s, 1.0, t_stop=10.0),
    "correlation_matrix": lambda s: sp.correlation_matrix(s, 1.0, t_stop=10.0),
    "mean_correlation": lambda s: sp.mean_correlation(s, 1.0, t_stop=10.0),
    "chi": lambda s: sp.chi(s, 1.0, t_stop=10.0),
    "coincidence": lambda s: sp.coincidence(s, 1.0, t_stop=10.0),
    "power_spectrum": lambda s: sp.power_spectrum(s, 1.0, 5.0, t_stop=10.0),
    "cross_spectrum": lambda s: sp.cross_spectrum(s, s, 1.0, 5.0, t_stop=10.0),
    "coherence": lambda s: sp.coherence(s, s, 1.0, 5.0, t_stop=10.0),
}
BAD_SPIKES = [
    ([3.0, 1.0], ValueError, "must be sorted, got 3 ms before 1 ms"),
    ([[1.0], [3.0, 1.0]], ValueError, "[1] must be sorted"),
    ([1.0, np.nan], ValueError, "must be finite"),
    ([1.0, np.inf], ValueError, "must be finite"),
    (np.ones((2, 3)), ValueError, "got (2, 3)"),
    (["a", "b"], TypeError, "must be an array of float"),
    ("1 2 3", TypeError, "got str"),
    (None, TypeError, "got NoneType"),
    (5.0, TypeError, "got float"),
    ({"e": [1.0]}, TypeError, "got dict"),
    ([[1.0], ["a"]], TypeError, "must be an array of float"),
    ([[1.0], 2.0], ValueError, "must have shape (any,)"),
]


@pytest.mark.parametrize(("bad", "error", "text"), BAD_SPIKES)
@pytest.mark.parametrize("name", TAKE_SPIKES)
def test_bad_spikes(name, bad, error, text):
    with pytest.raises(error) as caught:
        TAKE_SPIKES[name](bad)
    assert text in str(caught.value)


@pytest.mark.parametrize("name", sorted(set(TAKE_SPIKES) - {"fano_factor"}))
def test_empty_trains_are_no_error(name):
    TAKE_SPIKES[name]([])
    if name not in ("align", "count_correlation"):
        TAKE_SPIKES[name]([[], []])


TIMES_NEEDING_AN_END = [
    lambda: sp.spike_counts(SINGLE),
    lambda: sp.mean_rate(SINGLE),
    lambda: sp.binned_counts(SINGLE, 1.0),
    lambda: sp.chi([SINGLE, SINGLE], 1.0),
]


@pytest.mark.parametrize("call", TIMES_NEEDING_AN_END)
def test_bare_times_do_not_say_when_the_recording_ended(call):
    with pytest.raises(ValueError, match="t_stop must be given where"):
        call()


def record(times=(1.0, 2.0), indices=(0, 1), n=2, t_start=0.0, t_stop=10.0):
    return SpikeTrains(times, indices, n, t_start, t_stop)


BAD_CALLS = [
    (lambda: record(times=[2.0, 1.0]), ValueError, "times must be sorted, got 2 ms before 1 ms at index 0"),
    (lambda: record(times=[1.0, np.nan]), ValueError, "times must be finite"),
    (lambda: record(times=[1.0, 11.0]), ValueError, "times must lie between t_start = 0 and t_stop = 10 ms"),
    (lambda: record(times=[-1.0, 1.0]), ValueError, "times must lie between"),
    (lambda: record(times=[1.0]), ValueError, "indices must have as many entries as times (1), got 2"),
    (lambda: record(times=[[1.0, 2.0]]), ValueError, "times must have shape (any,)"),
    (lambda: record(indices=[0, 2]), ValueError, "indices must be between 0 and n - 1 = 1, got 2 at index 1"),
    (lambda: record(indices=[0, -1]), ValueError, "got -1"),
    (lambda: record(indices=[0.5, 1]), TypeError, "indices must be an array of integers"),
    (lambda: record(indices=["a", "b"]), TypeError, "indices must be an array of integers"),
    (lambda: record([1.0, 1.0], [1, 0]), ValueError, "indices must be ascending where times are equal"),
    (lambda: record(n=-1), ValueError, "n must be >= 0"),
    (lambda: record(n=2.5), TypeError, "n must be an integer"),
    (lambda: record(t_stop=-1.0), ValueError, "t_stop must not lie before t_start = 0 ms"),
    (lambda: record(t_stop=np.inf), ValueError, "t_stop must be finite"),
    (lambda: PAIR.train(2), ValueError, "i must be >= 0 and <= 1"),
    (lambda: PAIR.between(5.0, 11.0), ValueError, "within the recording, 0 to 10 ms"),
    (lambda: PAIR.between(5.0, 5.0), ValueError, "t_stop must lie after t_start = 5 ms"),
    (lambda: PAIR.select([0, 0]), ValueError, "at most once"),
    (lambda: PAIR.select([3]), ValueError, "between 0 and n - 1 = 1"),
    (lambda: PAIR.select([]), ValueError, "trains must hold"),
    (lambda: SpikeTrains.from_trains([], t_stop=1.0), ValueError, "at least one train"),
    (lambda: SpikeTrains.from_trains([[2.0, 1.0]], t_stop=5.0), ValueError, "trains[0] must be sorted"),
    (lambda: SpikeTrains.from_trials([1.0], [1, 2], t_stop=5.0), ValueError, "trial_numbers must have as many"),
    (lambda: SpikeTrains.from_trials([1.0], [1], t_stop=5.0, first=2), ValueError, "must be between first = 2 and"),
    (lambda: SpikeTrains.from_trials([1.0], [3], t_stop=5.0, first=1, n=2), ValueError, "between first = 1 and 2"),
    (lambda: SpikeTrains.from_trials([], [], t_stop=5.0), ValueError, "n must be given"),
    (lambda: SpikeTrains.from_trials([1.0], [1.5], t_stop=5.0), TypeError, "integers"),
    (lambda: SpikeTrains.from_counts([[1, -1]], 1.0), ValueError, "counts must be >= 0"),
    (lambda: SpikeTrains.from_counts([[0.5]], 1.0), TypeError, "integers"),
    (lambda: SpikeTrains.from_counts([], 1.0), ValueError, "not be empty"),
    (lambda: sp.spike_counts(SINGLE, t_stop=-1.0), ValueError, "t_stop must lie after t_start = 0 ms"),
    (lambda: sp.spike_counts([-1.0], t_stop=5.0), ValueError, "t_start must be given"),
    (lambda: sp.spike_counts(PAIR, t_stop=20.0), ValueError, "within the recording"),
    (lambda: sp.binned_counts(PAIR, -1.0), ValueError, "bin_width must be > 0"),
    (lambda: sp.binned_counts(PAIR, 0), ValueError, "bin_width must be > 0"),
    (lambda: sp.binned_counts(PAIR, np.nan), ValueError, "bin_width must be finite"),
    (lambda: sp.binned_counts(PAIR, "1"), TypeError, "bin_width must be a number"),
    (lambda: sp.binned_counts(PAIR, 3.0), ValueError, "the nearest are 2.5 and 3.333333333 ms"),
    (lambda: sp.binned_counts(PAIR, 11.0), ValueError, "bin_width must divide the 10 ms"),
    (lambda: sp.binned_counts(PAIR, 1e-300), ValueError, "at most 1073741824 bins"),
    (lambda: sp.binned_counts(PAIR, 10 / 2**30), ValueError, "over all trains"),
    (lambda: sp.binarise(PAIR, 0.3), ValueError, "dt must divide"),
    (lambda: sp.binarise([1.1, 1.2], 1.0, t_stop=2.0), ValueError, "2 spikes of train 0 at 1 ms"),
    (lambda: sp.spike_density(PAIR, -1.0), ValueError, "dt must be > 0"),
    (lambda: sp.fano_factor(SINGLE, t_stop=10.0), ValueError, "at least 2 trials"),
    (lambda: sp.fano_factor(PAIR, 3.0), ValueError, "whole bins"),
    (lambda: sp.fano_factor(PAIR, ddof=2), ValueError, "ddof must be >= 0 and <= 1"),
    (lambda: sp.fano_factor_in_time(PAIR, 10.0), ValueError, "window must fit at least twice"),
    (lambda: sp.cv(PAIR, ddof=0.5), TypeError, "ddof must be an integer"),
    (lambda: sp.smoothed_rate(PAIR, 10.0), TypeError, "filter must be a Filter"),
    (lambda: sp.smoothed_rate(PAIR, FILTER, edges="conserve"), ValueError, "did you mean 'conserving'?"),
    (lambda: sp.smoothed_rate(PAIR, sp.gaussian_filter(2.0, 0.3)), ValueError, "filter.dt must divide"),
    (lambda: sp.gaussian_filter(-1.0, 0.1), ValueError, "sigma must be > 0"),
    (lambda: sp.exponential_filter(1.0, 0.0), ValueError, "dt must be > 0"),
    (lambda: sp.half_gaussian_filter(1.0, 1e-12), ValueError, "at most 1e8 lags"),
    (lambda: sp.Filter([1.0, -1.0], 0, 1.0), ValueError, "values"),
    (lambda: sp.Filter([1.0], 1, 1.0), ValueError, "first must be <= 0"),
    (lambda: sp.Filter([1.0, 1.0], -2, 1.0), ValueError, "positive at lag 0"),
    (lambda: sp.Filter([], 0, 1.0), ValueError, "positive at lag 0"),
    (lambda: sp.align(PAIR, [5.0], 1.0, 1.0), ValueError, "train must be a single train, got 2 trains"),
    (lambda: sp.align(SINGLE, [9.5], 1.0, 1.0, t_stop=10.0), ValueError, "events must leave room"),
    (lambda: sp.align(SINGLE, [], 1.0, 1.0, t_stop=10.0), ValueError, "events must hold at least one"),
    (lambda: sp.align(SINGLE, [5.0], -1.0, 1.0, t_stop=10.0), ValueError, "before must be >= 0"),
    (lambda: sp.autocorrelogram(PAIR, 2.5, 1.0), ValueError, "max_lag must be a multiple"),
    (lambda: sp.autocorrelogram(PAIR, 10.0, 1.0), ValueError, "max_lag must be shorter"),
    (lambda: sp.autocorrelogram(PAIR, -1.0, 1.0), ValueError, "max_lag"),
    (lambda: sp.cross_correlogram(PAIR, [[1.0]], 1.0, 1.0, t_stop=10.0), ValueError, "target must hold as many"),
    (lambda: sp.count_correlation(PAIR, PAIR, 1.0), ValueError, "a must be a single train"),
    (lambda: sp.chi_of_traces([1.0, 2.0]), ValueError, "values must have shape (any, any)"),
    (lambda: sp.chi_of_traces(np.zeros((0, 2))), ValueError, "values must not be empty"),
    (lambda: sp.power_spectrum(PAIR, 1.0, 20.0), ValueError, "segment must fit"),
    (lambda: sp.power_spectrum(PAIR, 1.0, 2.5), ValueError, "segment must be a multiple"),
    (lambda: sp.power_spectrum(PAIR, 3.0, 6.0), ValueError, "dt must divide"),
    (lambda: sp.coherence(SINGLE, SINGLE, 1.0, 10.0, t_stop=10.0), ValueError, "more than once"),
    (lambda: sp.tuning_curve([[1, 2]], [0.0], 1000.0), ValueError, "stimuli must have shape (2,)"),
    (lambda: sp.tuning_curve([[-1, 2]], [0.0, 1.0], 1000.0), ValueError, "counts"),
    (lambda: sp.tuning_curve([], [], 1000.0), ValueError, "not be empty"),
    (lambda: sp.tuning_curve([1], [0.0], 0.0), ValueError, "duration must be > 0"),
    (lambda: sp.poisson(-1.0, 100.0), ValueError, "rate"),
    (lambda: sp.poisson([1.0, 2.0], 100.0, 3), ValueError, "rate must be a number or have shape (3,)"),
    (lambda: sp.poisson(1.0, 0.0), ValueError, "duration must be > 0"),
    (lambda: sp.poisson(1.0, 100.0, 0), ValueError, "n must be >= 1"),
    (lambda: sp.poisson(1.0, 100.0, seed="x"), TypeError, "seed must be an integer"),
    (lambda: sp.poisson(np.inf, 100.0), ValueError, "rate must be finite"),
    (lambda: sp.poisson_bins(1.0, 100.0, 0.3), ValueError, "duration must be a multiple of dt"),
    (lambda: sp.poisson_bins(2000.0, 100.0, 1.0), ValueError, "rate × dt must be at most 1"),
    (lambda: sp.poisson_bins(1.0, 100.0, 1.0, law="bernouli"), ValueError, "did you mean 'bernoulli'?"),
    (lambda: sp.poisson_bins(lambda t: -t, 100.0, 1.0), ValueError, "rate(t)"),
    (lambda: sp.poisson_bins(lambda t: t[:3], 100.0, 1.0), ValueError, "rate(t) must have the shape of t"),
    (lambda: sp.poisson_thinning(5.0, 100.0, max_rate=5.0), TypeError, "rate must be a function"),
    (lambda: sp.poisson_thinning(lambda t: t, 1000.0, max_rate=50.0, seed=1), ValueError, "max_rate must be at least"),
    (lambda: sp.renewal(5.0, 100.0), TypeError, "frozen distribution"),
    (lambda: sp.renewal(stats.norm(50, 10), 100.0), ValueError, "no negative support"),
    (lambda: sp.renewal(stats.cauchy(50, 10), 100.0), ValueError, "finite, positive mean"),
    (lambda: sp.gamma(0.0, 1.0, 100.0), ValueError, "rate must be > 0"),
    (lambda: sp.gamma(1.0, -1.0, 100.0), ValueError, "shape must be > 0"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD_CALLS)
def test_bad_calls(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
