"""Figures with matplotlib: every plot takes `ax` (a new figure if None) and returns its artists.

Axes carry their units, and one palette (`rheobase.plot.palette`) serves all plots. Matplotlib is imported when the
first plot is drawn. The figure of any artist is ``artist.get_figure()``.
"""

from rheobase.plot import random_networks
from rheobase.plot.attractors import hopfield_energy, hopfield_weights, overlaps, patterns, recovery_curves
from rheobase.plot.bifurcation_diagram import bifurcation_diagram, fixed_point_map
from rheobase.plot.circuit import circuit
from rheobase.plot.coding import discriminability, discriminant, discriminant_histogram, tuning_fit
from rheobase.plot.correlograms import correlogram
from rheobase.plot.curves import fi_curve, tuning_curve
from rheobase.plot.firing_rates import population_rate, psth, trial_average
from rheobase.plot.fluctuations import fluctuations
from rheobase.plot.histograms import count_histogram, isi_histogram
from rheobase.plot.learning_curves import confusion_matrix, learning_curve
from rheobase.plot.noise_correlations import noise_correlations
from rheobase.plot.overlay import overlay
from rheobase.plot.phase_line import phase_line
from rheobase.plot.phase_plane import phase_plane
from rheobase.plot.positions import positions
from rheobase.plot.raster import raster
from rheobase.plot.trace_determinant import trace_determinant
from rheobase.plot.traces import traces

__all__ = [
    "bifurcation_diagram",
    "circuit",
    "confusion_matrix",
    "correlogram",
    "count_histogram",
    "discriminability",
    "discriminant",
    "discriminant_histogram",
    "fi_curve",
    "fixed_point_map",
    "fluctuations",
    "hopfield_energy",
    "hopfield_weights",
    "isi_histogram",
    "learning_curve",
    "noise_correlations",
    "overlaps",
    "overlay",
    "patterns",
    "phase_line",
    "phase_plane",
    "population_rate",
    "positions",
    "psth",
    "random_networks",
    "raster",
    "recovery_curves",
    "trace_determinant",
    "traces",
    "trial_average",
    "tuning_curve",
    "tuning_fit",
]


def __dir__() -> list[str]:
    return sorted([*__all__, "palette", "random_networks"])
