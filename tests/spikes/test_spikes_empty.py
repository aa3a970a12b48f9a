"""Empty populations and silent trains: every function of `spikes` and of the plots of spikes answers honestly.

An answer is one of the library's own: NaN, zeros, empty arrays, or an error that names the argument. NumPy's own
errors and warnings (which fail every test) are none.
"""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest

import rheobase as rb
from rheobase import spikes as sp

NOBODY = sp.SpikeTrains([], [], 0, 0.0, 100.0)
SILENT = sp.SpikeTrains([], [], 3, 0.0, 100.0)
BARE = {"t_stop": 100.0}
RECORDS = [(NOBODY, {}), (SILENT, {}), ([], BARE), ([[], []], BARE)]
IDS = ["no train", "three silent trains", "a bare silent train", "two bare silent trains"]

#: How each function that takes trains is called.
CALLS = {
    "align": lambda s, w: sp.align(s, [50.0], 5.0, 5.0, **w),
    "autocorrelogram": lambda s, w: sp.autocorrelogram(s, 10.0, 5.0, **w).counts,
    "binarise": lambda s, w: sp.binarise(s, 10.0, **w),
    "binned_counts": lambda s, w: sp.binned_counts(s, 10.0, **w),
    "binned_rate": lambda s, w: [sp.binned_rate(s, 10.0, average=a, **w).values for a in (False, True)],
    "chi": lambda s, w: sp.chi(s, 10.0, **w),
    "cross_spectrum": lambda s, w: np.abs(sp.cross_spectrum(s, s, 1.0, 50.0, **w).values),
    "coherence": lambda s, w: sp.coherence(s, s, 1.0, 50.0, **w).values,
    "coincidence": lambda s, w: sp.coincidence(s, 10.0, **w),
    "correlation_matrix": lambda s, w: sp.correlation_matrix(s, 10.0, **w),
    "count_correlation": lambda s, w: sp.count_correlation(s, s, 10.0, **w),
    "cross_correlogram": lambda s, w: sp.cross_correlogram(s, s, 10.0, 5.0, **w).ratio,
    "cv": lambda s, w: [sp.cv(s), sp.cv(s, pooled=True)],
    "cv2": lambda s, w: sp.cv2(s),
    "fano_factor": lambda s, w: [sp.fano_factor(s, **w), sp.fano_factor(s, 10.0, **w)],
    "fano_factor_in_time": lambda s, w: sp.fano_factor_in_time(s, 10.0, **w),
    "isi": lambda s, w: sp.isi(s),
    "isi_by_train": lambda s, w: sp.isi_by_train(s),
    "lv": lambda s, w: sp.lv(s),
    "mean_correlation": lambda s, w: sp.mean_correlation(s, 10.0, **w),
    "mean_rate": lambda s, w: sp.mean_rate(s, **w),
    "power_spectrum": lambda s, w: sp.power_spectrum(s, 1.0, 50.0, **w).values,
    "psth": lambda s, w: sp.psth(s, 10.0, **w).values,
    "smoothed_rate": lambda s, w: [
        sp.smoothed_rate(s, sp.gaussian_filter(5.0, 1.0), average=a, edges=e, **w).values
        for a in (False, True)
        for e in ("lossy", "conserving", "unbiased")
    ],
    "spike_counts": lambda s, w: sp.spike_counts(s, **w),
    "spike_density": lambda s, w: sp.spike_density(s, 1.0, **w),
}
PLOTS = {
    "raster": lambda s, w: rb.plot.raster(s, **w),
    "raster of several": lambda s, w: rb.plot.raster({"e": s, "i": s}, **w),
    "population_rate": lambda s, w: rb.plot.population_rate({"e": s}, **w),
    "psth": lambda s, w: rb.plot.psth(s, 10.0, filter=sp.gaussian_filter(5.0, 1.0), **w),
    "isi_histogram": lambda s, w: rb.plot.isi_histogram(s, poisson=True),
    "correlogram": lambda s, w: rb.plot.correlogram(sp.autocorrelogram(s, 10.0, 5.0, **w)),
    "count_histogram": lambda s, w: rb.plot.count_histogram(np.atleast_1d(sp.spike_counts(s, **w))),
}


def test_every_function_of_trains_is_called():
    takers = {
        name
        for name in sp.__all__
        if (inspect.isfunction(thing := getattr(sp, name)) and "Spikes" in str(inspect.signature(thing)))
        or name in ("isi", "cv")
    }
    first = {name: next(iter(inspect.signature(getattr(sp, name)).parameters)) for name in sp.__all__}
    takers |= {name for name, one in first.items() if one in ("spikes", "train", "trials", "reference", "a")}
    assert takers == set(CALLS)


#: Functions that need trials or single trains and say so.
REFUSED = {
    "align": ("must be a single train", "no train", "three silent trains", "two bare silent trains"),
    "count_correlation": ("must be a single train", "no train", "three silent trains", "two bare silent trains"),
    "fano_factor": ("must hold at least 2 trials", "no train", "a bare silent train"),
    "correlogram": ("must have reference spikes", *IDS),
    "isi_histogram": ("at least two spikes", *IDS),
    "count_histogram": ("must hold at least one count", "no train"),
}


@pytest.mark.parametrize(("record", "window", "label"), [(*r, i) for r, i in zip(RECORDS, IDS, strict=True)], ids=IDS)
@pytest.mark.parametrize("name", [*CALLS, *PLOTS])
def test_nothing_is_answered_honestly(name, record, window, label):
    call = CALLS.get(name) or PLOTS[name]
    said, *when = REFUSED.get(name, ("",))
    if label in when:
        with pytest.raises(ValueError, match=said):
            call(record, window)
        return
    answer = call(record, window)
    plt.close("all")
    for part in answer if isinstance(answer, list) and name in CALLS else [answer]:
        if name in CALLS and isinstance(part, np.ndarray | float | int):
            values = np.asarray(part, float)
            assert np.all(np.isnan(values) | (np.abs(values) < 1e-12) | (values == 1) * (name == "correlation_matrix"))


def test_no_train_has_no_statistics():
    assert np.isnan(sp.chi(NOBODY, 10.0)) and np.isnan(sp.mean_correlation(NOBODY, 10.0))
    assert sp.binned_counts(NOBODY, 10.0).shape == (0, 10)
    assert sp.correlation_matrix(NOBODY, 10.0).shape == (0, 0)
    assert np.isnan(sp.psth(NOBODY, 10.0).values).all() and sp.psth(NOBODY, 10.0).values.shape == (10,)
    assert np.isnan(sp.power_spectrum(NOBODY, 1.0, 50.0).values).all()
    assert sp.isi_by_train(NOBODY) == []
    assert NOBODY.trains() == [] and len(SILENT.trains()) == 3
    assert "none" in NOBODY._repr_html_()


def test_a_record_of_no_time():
    instant = sp.SpikeTrains([], [], 2, 5.0, 5.0)
    assert np.isnan(sp.mean_rate(instant)).all()
    assert "none" in instant._repr_html_()
    with pytest.raises(ValueError, match="bin_width must divide"):
        sp.binned_counts(instant, 1.0)
