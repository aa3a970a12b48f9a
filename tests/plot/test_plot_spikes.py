from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.lines import Line2D

from rheobase import plot
from rheobase.plot.palette import EXCITATORY, INHIBITORY
from rheobase.spikes import (
    SpikeTrains,
    autocorrelogram,
    binned_rate,
    gaussian_filter,
    isi,
    poisson,
    smoothed_rate,
)
from rheobase.spikes import (
    psth as trial_average,
)

E = poisson(10.0, 200.0, 40, seed=1)
I = poisson(20.0, 200.0, 10, seed=2)


def test_raster_of_a_record(ax):
    (line,) = plot.raster(E, ax=ax)
    np.testing.assert_array_equal(line.get_xdata(), E.times)
    np.testing.assert_array_equal(line.get_ydata(), E.indices)
    assert line.get_rasterized() and line.axes is ax
    assert ax.get_xlabel() == "time (ms)" and ax.get_ylabel() == "neuron"
    assert ax.get_xlim() == (0, 200) and ax.get_ylim() == (-0.5, 39.5)


def test_raster_stacks_populations():
    lines = plot.raster({"e": E, "i": I})
    np.testing.assert_array_equal(lines[1].get_ydata(), 40 + I.indices)
    assert [line.get_color() for line in lines] == [EXCITATORY, INHIBITORY]
    assert [line.get_label() for line in lines] == ["e", "i"]
    ax = lines[0].axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["e (40)", "i (10)"]
    assert ax.get_yticks().tolist() == [19.5, 44.5]
    assert ax.get_ylim() == (-0.5, 49.5)


def test_rasters_side_by_side_on_a_shared_axis():
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 2, sharey=True)
    for ax in axes:
        assert len(plot.raster({"e": E, "i": I}, ax=ax)) == 2
    assert axes[0].get_ylim() == axes[1].get_ylim()


def test_raster_of_a_simulation():
    result = SimpleNamespace(spikes=lambda: {"e": E, "i": I})
    assert [line.get_xdata().size for line in plot.raster(result)] == [E.times.size, I.times.size]


def test_raster_window():
    (line,) = plot.raster(E, t_start=50.0, t_stop=100.0)
    np.testing.assert_array_equal(line.get_xdata(), E.between(50.0, 100.0).times)
    assert line.axes.get_xlim() == (50, 100)


@pytest.mark.parametrize("spikes", [[[1.0, 5.0], [2.0]], [[-3.0, 1.0], []], [1.0, 2.0], [[]], {"a": [[1.0]]}])
def test_raster_of_bare_times(spikes):
    (line,) = plot.raster(spikes, rows="trial")
    assert line.axes.get_ylabel() == "trial"
    flat = list(
        np.concatenate(
            [
                np.atleast_1d(np.array(each, dtype=float)).ravel()
                for each in (spikes["a"] if isinstance(spikes, dict) else spikes)
            ]
        )
    )
    assert sorted(line.get_xdata()) == sorted(flat)


def test_large_rasters_show_a_share_and_say_so():
    big = {"e": poisson(5.0, 100.0, 8000, seed=3), "i": poisson(5.0, 100.0, 2000, seed=4)}
    lines = plot.raster(big, max_neurons=1000)
    rows = [np.unique(line.get_ydata()) for line in lines]
    assert lines[0].axes.get_ylabel() == "neuron (1,000 of 10,000 shown)"
    # Every tenth neuron, each with all its spikes, at its own number.
    assert np.all(rows[0] % 10 == 0) and np.all((rows[1] - 8000) % 10 == 0)
    wanted = big["e"].times[big["e"].indices % 10 == 0]
    np.testing.assert_array_equal(lines[0].get_xdata(), wanted)
    assert lines[0].axes.get_ylim() == (-0.5, 9999.5)
    assert "shown" not in plot.raster(big, max_neurons=10_000)[0].axes.get_ylabel()


def test_every_population_keeps_a_neuron():
    lines = plot.raster(
        {"e": poisson(50.0, 1000.0, 5000, seed=5), "one": [np.arange(10.0)]}, max_neurons=10, t_stop=900
    )
    assert lines[1].get_xdata().size == 10
    assert "(10 of 5,001 shown)" in lines[0].axes.get_ylabel()


def test_population_rate(ax):
    lines = plot.population_rate({"e": E, "i": I}, bin_width=10.0, mean_field={"i": 20.0}, ax=ax)
    wanted = binned_rate(E, 10.0, average=True)
    np.testing.assert_array_equal(lines[0].get_xdata(), wanted.times)
    np.testing.assert_array_equal(lines[0].get_ydata(), wanted.values)
    assert [line.get_color() for line in lines] == [EXCITATORY, INHIBITORY, INHIBITORY]
    assert lines[2].get_ydata() == [20.0, 20.0] and lines[2].get_linestyle() == "--"
    assert ax.get_ylabel() == "rate (Hz)" and ax.get_xlabel() == "time (ms)" and ax.get_ylim()[0] == 0
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["e", "i", "i mean field"]


def test_rates_of_like_populations_differ_in_colour():
    lines = plot.population_rate({"4E": E, "4I": I, "5E": E, "5I": I})
    assert len({line.get_color() for line in lines}) == 4


def test_smoothed_population_rate():
    smoothing = gaussian_filter(5.0, 0.5)
    line, level = plot.population_rate(E, filter=smoothing, mean_field=10.0)
    wanted = smoothed_rate(E, smoothing, average=True, edges="unbiased")
    np.testing.assert_array_equal(line.get_ydata(), wanted.values)
    assert level.get_ydata() == [10.0, 10.0]


def test_psth(ax):
    patch, line = plot.psth(E, 20.0, filter=gaussian_filter(5.0, 0.5), ax=ax)
    values, edges, _ = patch.get_data()
    np.testing.assert_array_equal(values, trial_average(E, 20.0).values)
    np.testing.assert_allclose(edges, np.arange(0, 201, 20.0))
    assert isinstance(line, Line2D)
    assert ax.get_ylabel() == "rate (Hz)"


@pytest.mark.parametrize(("width", "longest"), [(5.0, None), (None, None), (10.0, 40.0)])
def test_isi_histogram(width, longest):
    patch, line = plot.isi_histogram(E, bin_width=width, max_interval=longest, poisson=True)
    values, edges, _ = patch.get_data()
    intervals = isi(E)
    inside = intervals <= edges[-1]
    assert np.sum(values * np.diff(edges)) == pytest.approx(inside.mean(), rel=1e-12)
    assert np.all(inside) == (longest is None)
    np.testing.assert_allclose(
        values, np.histogram(intervals, edges)[0] / (intervals.size * np.diff(edges)), atol=1e-12
    )
    assert line.get_ydata()[0] == pytest.approx(1 / intervals.mean())
    assert patch.axes.get_xlabel() == "interspike interval (ms)" and patch.axes.get_ylabel() == "density (1/ms)"


def test_isi_histogram_of_coincident_spikes():
    (patch,) = plot.isi_histogram([5.0, 5.0, 5.0])
    assert np.isfinite(patch.get_data().values).all()


def test_correlogram(ax):
    result = autocorrelogram(E, 50.0, 5.0)
    patch, line = plot.correlogram(result, ax=ax)
    np.testing.assert_array_equal(patch.get_data().values, result.rate)
    np.testing.assert_allclose(patch.get_data().edges, np.arange(-52.5, 53, 5.0))
    np.testing.assert_allclose(line.get_ydata(), result.expected * 1000 / (E.times.size * 5))
    assert ax.get_xlabel() == "lag (ms)" and ax.get_ylabel() == "rate (Hz)"


BAD_CALLS = [
    (lambda: plot.raster({}), ValueError, "at least one population"),
    (lambda: plot.raster({"e": [2.0, 1.0]}), ValueError, "spikes['e'] must be sorted"),
    (lambda: plot.raster(E, max_neurons=0), ValueError, "max_neurons must be >= 1"),
    (lambda: plot.raster(E, t_stop=1000.0), ValueError, "within the recording"),
    (lambda: plot.raster(E, ax="axes"), TypeError, "ax must be matplotlib axes or None"),
    (lambda: plot.raster(5), TypeError, "spikes must be spike times"),
    (lambda: plot.population_rate([[1.0]]), ValueError, "t_stop must be given"),
    (lambda: plot.population_rate(E, bin_width=7.0), ValueError, "bin_width must divide"),
    (lambda: plot.population_rate(E, filter=5.0), TypeError, "filter must be a Filter"),
    (lambda: plot.population_rate({"exc": E}, mean_field={"exe": 5.0}), ValueError, "did you mean 'exc'?"),
    (lambda: plot.population_rate({"e": E, "i": I}, mean_field=5.0), ValueError, "mean_field must map names"),
    (lambda: plot.population_rate(E, mean_field="5"), TypeError, "mean_field[''] must be a number"),
    (lambda: plot.psth(E, -1.0), ValueError, "bin_width must be > 0"),
    (lambda: plot.isi_histogram([1.0]), ValueError, "at least two spikes"),
    (lambda: plot.isi_histogram(E, bin_width=0.0), ValueError, "bin_width must be > 0"),
    (lambda: plot.isi_histogram(E, bin_width=1e-9), ValueError, "at most 1e6 bins"),
    (lambda: plot.isi_histogram(E, max_interval=-1.0), ValueError, "max_interval must be > 0"),
    (lambda: plot.correlogram(E), TypeError, "correlogram must be a Correlogram"),
    (lambda: plot.correlogram(autocorrelogram([], 1.0, 1.0, t_stop=9.0)), ValueError, "reference spikes"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD_CALLS)
def test_bad_calls(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def test_silent_populations_are_drawn():
    silent = SpikeTrains.from_trains([[], []], t_stop=100.0)
    assert plot.raster(silent)[0].get_xdata().size == 0
    assert plot.population_rate(silent)[0].get_ydata().max() == 0
    assert plot.psth(silent, 10.0)[0].get_data().values.max() == 0
