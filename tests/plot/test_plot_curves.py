import subprocess
import sys

import numpy as np
import pytest

from rheobase import plot
from rheobase.plot.palette import CYCLE
from rheobase.spikes import tuning_curve

CURVE = tuning_curve([[2, 4, 9], [4, 8, 9]], [0.0, 90.0, 45.0], 500.0)


def test_importing_plots_leaves_matplotlib_alone():
    code = "import sys, rheobase; rheobase.plot.raster; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_traces(ax):
    t = np.arange(5.0)
    values = np.arange(10.0).reshape(5, 2)
    lines = plot.traces(t, values, labels=["a", "b"], spacing=3.0, ax=ax)
    np.testing.assert_array_equal(lines[1].get_ydata(), values[:, 1] + 3)
    np.testing.assert_array_equal(lines[0].get_xdata(), t)
    assert [line.get_color() for line in lines] == list(CYCLE[:2])
    assert ax.get_ylabel() == "membrane potential (mV)"
    (line,) = plot.traces(t, values[:, 0], ylabel="I (mV)")
    assert line.axes.get_ylabel() == "I (mV)" and line.axes is not ax


def test_traces_keep_gaps(ax):
    (line,) = plot.traces([0.0, 1.0, 2.0], [1.0, np.nan, 2.0], ax=ax)
    assert np.isnan(line.get_ydata()[1])


def test_tuning_curve(ax):
    (bars,) = plot.tuning_curve(CURVE, ax=ax)
    line, _, (segments,) = bars.lines
    assert line.get_xdata().tolist() == [0, 45, 90]
    assert line.get_ydata().tolist() == [6, 18, 12]
    heights = [np.ptp(segment[:, 1]) for segment in segments.get_segments()]
    np.testing.assert_allclose(heights, 2 * CURVE.sem)
    assert ax.get_xlabel() == "orientation (°)" and ax.get_ylabel() == "rate ± s.e. (Hz)"


def test_fi_curve(ax):
    lines = plot.fi_curve([0.0, 10.0, 20.0], [0.0, 5.0, 40.0], fit=lambda x: 2 * x, threshold=15.0, ax=ax)
    assert lines[0].get_ydata().tolist() == [0, 5, 40]
    np.testing.assert_allclose(lines[1].get_ydata(), 2 * lines[1].get_xdata())
    assert lines[2].get_xdata() == [15.0, 15.0]
    assert ax.get_xlabel() == "mean input (mV)" and ax.get_ylabel() == "rate (Hz)"
    assert len(plot.fi_curve([0.0], [1.0])) == 1


def test_count_histogram(ax):
    (patch,) = plot.count_histogram(np.array([0, 3, 3, 4], dtype=np.uint8), ax=ax)
    assert patch.get_data().values.tolist() == [1, 0, 0, 2, 1]
    assert patch.get_data().edges.tolist() == [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]
    (wide,) = plot.count_histogram([0, 3, 3, 4], bin_width=2, label="b", index=1, ax=ax)
    assert wide.get_data().values.tolist() == [1, 2, 1]


BAD_CALLS = [
    (lambda: plot.traces([0.0, 1.0], [1.0]), ValueError, "values must have shape (2,) or (2, n), got (1,)"),
    (lambda: plot.traces([0.0], [[[1.0]]]), ValueError, "values must have shape"),
    (lambda: plot.traces([0.0, np.nan], [1.0, 2.0]), ValueError, "times must be finite"),
    (lambda: plot.traces([0.0], [1.0], labels=["a", "b"]), ValueError, "labels must have one name for each"),
    (lambda: plot.traces([0.0], [1.0], labels="a"), TypeError, "labels must be a sequence of strings"),
    (lambda: plot.tuning_curve([1.0, 2.0]), TypeError, "curve must be a TuningCurve"),
    (lambda: plot.fi_curve([1.0, 2.0], [1.0]), ValueError, "rates must have shape (2,)"),
    (lambda: plot.fi_curve([], []), ValueError, "currents must hold at least one"),
    (lambda: plot.fi_curve([1.0], [1.0], fit=lambda x: 1.0), ValueError, "fit(currents) must have shape (400,)"),
    (lambda: plot.fi_curve([1.0], [np.nan]), ValueError, "rates must be finite"),
    (lambda: plot.count_histogram([]), ValueError, "counts must hold at least one"),
    (lambda: plot.count_histogram([-1]), ValueError, "counts"),
    (lambda: plot.count_histogram([1], bin_width=0.5), TypeError, "bin_width must be an integer"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD_CALLS)
def test_bad_calls(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
