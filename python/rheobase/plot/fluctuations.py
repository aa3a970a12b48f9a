"""How population rates fluctuate: spectra and covariances of spikes, with those of theory on top."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rheobase import checks
from rheobase.models.circuit import Circuit
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.firing_rates import role_colours
from rheobase.plot.populations import Populations, populations
from rheobase.spikes import SpikeTrains, binned_rate, cross_spectrum
from rheobase.theory import AsynchronousState
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

#: What can be drawn, with the labels of its axes.
_KINDS = {
    "spectrum": ("frequency (Hz)", "power per neuron (Hz)"),
    "cross spectrum": ("frequency (Hz)", "size of the cross spectrum (Hz)"),
    "autocovariance": ("lag (ms)", "autocovariance (Hz²)"),
    "cross covariance": ("lag (ms)", "cross covariance (Hz²)"),
}

#: Frequencies at which theory is drawn.
_POINTS = 100


def fluctuations(
    spikes: Populations,
    theory: AsynchronousState | None = None,
    *,
    kind: str = "spectrum",
    bin_width: float = 1.0,
    longest: float = 200.0,
    ax: Axes | None = None,
    t_start: float | None = None,
    t_stop: float | None = None,
    **style: object,
) -> list[Line2D]:
    """Draw power or cross spectra or covariances of population rates, and on top of them those of theory.

    Parameters
    ----------
    spikes : Result, SpikeTrains, list of trains, or mapping of names to these
        One or several whole populations; with `theory`, those of them that it knows are drawn.
    theory : AsynchronousState, optional
        Of the network that made the spikes.
    kind : {"spectrum", "cross spectrum", "autocovariance", "cross covariance"}, default "spectrum"
        The spectrum of the rate times the number of neurons, Hz, over frequency, or the autocovariance of the rate in
        bins, Hz², over the lag; or those of each pair of populations: of a cross spectrum, times the geometric mean of
        their numbers, the absolute value, and the covariance of the first a lag after the second. New axes end where
        what was measured does, and leave out the autocovariance at lag 0, where every spike meets itself. A measured
        cross spectrum of M segments does not fall below what chance leaves, the mean of the powers over sqrt(M).
    bin_width : float, default 1
        Width of the bins in ms; a whole number of them fills the window.
    longest : float, default 200
        Length of the segments whose spectra are averaged, or the largest lag, ms; a multiple of `bin_width`.
    ax : matplotlib axes, optional
        Where to draw; by default in a new figure.
    t_start, t_stop : float, optional
        Window in ms; by default the whole recording.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Line2D
        What was measured, one per population or pair of them, then theory in the same order.

    Raises
    ------
    ValueError
        If theory has none of the populations, or other numbers of neurons, if lags do not fit into the window, or if
        there is one population alone whose cross spectrum is asked for.

    Examples
    --------
    >>> net = rb.circuits.cortex(200, seed=1)
    >>> lines = rb.plot.fluctuations(net.run(1000), rb.theory.AsynchronousState(net), t_start=200)
    """
    kind = checks.choice("kind", kind, tuple(_KINDS))
    bin_width = checks.number("bin_width", bin_width, above=0, unit="ms")
    records = populations(spikes, t_start, t_stop)
    if theory is not None:
        checks.instance("theory", theory, AsynchronousState, "an AsynchronousState")
        records = _known(records, theory)
    if kind.startswith("cross"):
        pairs = {f"{a}, {b}": (a, b) for a, b in combinations(records, 2)}
        if not pairs:
            raise ValueError(f"spikes must be of two populations at least for a {kind}, got {len(records)}")
    else:
        pairs = {name: (name, name) for name in records}
    over_frequency = kind.endswith("spectrum")
    curve = _spectrum if over_frequency else _covariance
    measured = {label: curve(records[a], records[b], bin_width, longest) for label, (a, b) in pairs.items()}
    axes, colours = axes_or_new(ax), role_colours(list(pairs))
    untouched = axes.get_autoscaley_on() and not axes.lines
    lines: list[Line2D] = []
    for label, (x, y) in measured.items():
        lines += axes.plot(x, y, color=colours[label], alpha=0.5, linewidth=1.2, label=label or None)
    if theory is not None:
        x, matrices = _expected(theory, over_frequency, bin_width, longest)
        for label, (a, b) in pairs.items():
            j, k = theory.field.names.index(a), theory.field.names.index(b)
            scale = np.sqrt(records[a].n * records[b].n) if over_frequency else 1.0
            y = scale * matrices[:, j, k]
            lines += axes.plot(x, y, color=colours[label], linewidth=1.6, label=f"{label} theory".strip())
    axes.set(xlabel=_KINDS[kind][0], ylabel=_KINDS[kind][1])
    if over_frequency:
        axes.set(xscale="log", yscale="log")
    if untouched:
        bottom, top = _limits(kind, lines[: len(pairs)])
        axes.set_ylim(bottom, top, auto=None)
    if len(lines) > 1:
        axes.legend(framealpha=0.85, edgecolor="none", ncols=len(lines) // len(pairs))
    return styled(lines, style)


def _limits(kind: str, measured: list[Line2D]) -> tuple[float | None, float | None]:
    """Return the limits of the y axis that measured curves need; None stays as it is."""
    y = np.array([line.get_ydata() for line in measured], dtype=float)
    if kind.endswith("spectrum"):
        return (y[y > 0].min() / 2 if (y > 0).any() else None), None
    elsewhere = np.delete(y, y.shape[1] // 2, axis=1)
    low, high = elsewhere.min(), elsewhere.max()
    if kind.startswith("cross") or low == high:
        return None, None
    return low - 0.1 * (high - low), high + 0.3 * (high - low)


def _known(records: dict[str, SpikeTrains], theory: AsynchronousState) -> dict[str, SpikeTrains]:
    """Return the records of populations that theory has, which must be whole."""
    circuit, names = Circuit.of(theory.network), theory.field.names
    if list(records) == [""] and len(names) == 1:
        records = {names[0]: records[""]}
    known = {name: record for name, record in records.items() if name in names}
    if not known:
        raise ValueError(f"theory must be of populations that spikes has, {', '.join(records)}, got {', '.join(names)}")
    for name, record in known.items():
        if record.n != circuit[name].n:
            raise ValueError(f"theory must be of {record.n} neurons {name!r} as spikes are, got {circuit[name].n}")
    return known


def _spectrum(a: SpikeTrains, b: SpikeTrains, bin_width: float, longest: float) -> tuple[np.ndarray, np.ndarray]:
    with checks.made_from("bin_width and longest"):
        found = cross_spectrum(a.pooled(), b.pooled(), bin_width, longest)
    return found.frequencies, np.abs(found.values) / max(np.sqrt(a.n * b.n), 1)


def _covariance(a: SpikeTrains, b: SpikeTrains, bin_width: float, longest: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the covariances of the rate of a lags after that of b."""
    first, second = (binned_rate(one, bin_width, average=True).values for one in (a, b))
    longest, bins = checks.number("longest", longest, above=0, unit="ms"), len(first)
    steps = checks.steps("longest", longest, bin_width, low=1)
    if steps >= bins:
        raise ValueError(f"longest must be shorter than the window of {a.duration:g} ms, got {longest:g} ms")
    first, second = first - first.mean(), second - second.mean()
    after, before = (
        [x[k:] @ y[: bins - k] / (bins - k) for k in range(steps + 1)] for x, y in ((first, second), (second, first))
    )
    return bin_width * np.arange(-steps, steps + 1), np.array(before[:0:-1] + after)


def _expected(
    theory: AsynchronousState, over_frequency: bool, bin_width: float, longest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return frequencies or lags, and what theory has of all pairs of its populations."""
    if over_frequency:
        hertz = np.geomspace(1 / (PER_MS * longest), 1 / (2 * PER_MS * bin_width), _POINTS)
        return hertz, np.abs(theory.spectra(hertz))
    lags = bin_width * np.arange(-round(longest / bin_width), round(longest / bin_width) + 1)
    return lags, theory.covariances(lags, bin_width)
