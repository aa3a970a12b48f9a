"""Figures with matplotlib: every plot takes `ax` (a new figure if None) and returns its artists.

Axes carry their units, and one palette (`rheobase.plot.palette`) serves all plots. Matplotlib is imported when the
first plot is drawn. The figure of any artist is ``artist.get_figure()``.
"""

from rheobase.plot.correlograms import correlogram
from rheobase.plot.curves import fi_curve, tuning_curve
from rheobase.plot.firing_rates import population_rate, psth
from rheobase.plot.histograms import count_histogram, isi_histogram
from rheobase.plot.raster import raster
from rheobase.plot.traces import traces

__all__ = [
    "correlogram",
    "count_histogram",
    "fi_curve",
    "isi_histogram",
    "population_rate",
    "psth",
    "raster",
    "traces",
    "tuning_curve",
]
