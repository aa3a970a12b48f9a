"""Point processes and the statistics of spike trains.

Everything takes spikes as a `SpikeTrains` record (what a simulation returns), as a list of trains, or as a single
train of times in ms. Windows are half-open, [a, b), and closed where the recording ends; no spike is lost or counted
twice. Variances name their `ddof`, which is 0 unless told otherwise.
"""

from rheobase.spikes.bins import binarise, binned_counts, spike_density
from rheobase.spikes.correlation import correlation_matrix, count_correlation, mean_correlation
from rheobase.spikes.correlograms import Correlogram, autocorrelogram, cross_correlogram
from rheobase.spikes.counts import fano_factor, fano_factor_in_time, mean_rate, spike_counts
from rheobase.spikes.filters import Filter, exponential_filter, gaussian_filter, half_gaussian_filter
from rheobase.spikes.intervals import cv, cv2, isi, isi_by_train, lv
from rheobase.spikes.poisson import poisson, poisson_bins, poisson_thinning
from rheobase.spikes.rates import Rate, align, binned_rate, psth, smoothed_rate
from rheobase.spikes.renewal import gamma, renewal
from rheobase.spikes.spectra import Spectrum, coherence, cross_spectrum, power_spectrum
from rheobase.spikes.synchrony import chi, chi_of_traces, coincidence
from rheobase.spikes.trains import SpikeTrains
from rheobase.spikes.tuning import TuningCurve, tuning_curve

__all__ = [
    "Correlogram",
    "Filter",
    "Rate",
    "Spectrum",
    "SpikeTrains",
    "TuningCurve",
    "align",
    "autocorrelogram",
    "binarise",
    "binned_counts",
    "binned_rate",
    "chi",
    "chi_of_traces",
    "coherence",
    "coincidence",
    "correlation_matrix",
    "count_correlation",
    "cross_correlogram",
    "cross_spectrum",
    "cv",
    "cv2",
    "exponential_filter",
    "fano_factor",
    "fano_factor_in_time",
    "gamma",
    "gaussian_filter",
    "half_gaussian_filter",
    "isi",
    "isi_by_train",
    "lv",
    "mean_correlation",
    "mean_rate",
    "poisson",
    "poisson_bins",
    "poisson_thinning",
    "power_spectrum",
    "psth",
    "renewal",
    "smoothed_rate",
    "spike_counts",
    "spike_density",
    "tuning_curve",
]


def __dir__() -> list[str]:
    return __all__
