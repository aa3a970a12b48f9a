"""How population rates fluctuate: spectra and autocovariances of spikes, with those of theory on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rheobase import checks
from rheobase.models.circuit import Circuit
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.plot.firing_rates import role_colours
from rheobase.plot.populations import Populations, populations
from rheobase.spikes import SpikeTrains, binned_rate, power_spectrum
from rheobase.theory import AsynchronousState
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

#: What can be drawn, with the labels of its axes.
_KINDS = {
    "spectrum": ("frequency (Hz)", "power per neuron (Hz)"),
    "autocovariance": ("lag (ms)", "autocovariance (Hz²)"),
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
    """Draw power spectra or autocovariances of population rates, and on top of them those of theory.

    Parameters
    ----------
    spikes : Result, SpikeTrains, list of trains, or mapping of names to these
        One or several whole populations; with `theory`, those of them that it knows are drawn.
    theory : AsynchronousState, optional
        Of the network that made the spikes.
    kind : {"spectrum", "autocovariance"}, default "spectrum"
        The spectrum of the rate times the number of neurons, Hz, over frequency, or the autocovariance of the rate in
        bins, Hz², over the lag.
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
        What was measured, one per population, then theory in the same order.

    Raises
    ------
    ValueError
        If theory has none of the populations, or other numbers of neurons, or lags do not fit into the window.

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
    curve = _spectrum if kind == "spectrum" else _autocovariance
    measured = {name: curve(record, bin_width, longest) for name, record in records.items()}
    expected = {} if theory is None else _expected(theory, kind, records, bin_width, longest)
    axes, colours = axes_or_new(ax), role_colours(list(records))
    lines: list[Line2D] = []
    for name, (x, y) in measured.items():
        lines += axes.plot(x, y, color=colours[name], alpha=0.5, linewidth=1.2, label=name or None)
    for name, (x, y) in expected.items():
        lines += axes.plot(x, y, color=colours[name], linewidth=1.6, label=f"{name} theory".strip())
    axes.set(xlabel=_KINDS[kind][0], ylabel=_KINDS[kind][1])
    if kind == "spectrum":
        axes.set(xscale="log", yscale="log")
    if len(lines) > 1:
        axes.legend(framealpha=0.85, edgecolor="none")
    return styled(lines, style)


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


def _spectrum(record: SpikeTrains, bin_width: float, longest: float) -> tuple[np.ndarray, np.ndarray]:
    with checks.made_from("bin_width and longest"):
        found = power_spectrum(record.pooled(), bin_width, longest)
    return found.frequencies, found.values / max(record.n, 1)


def _autocovariance(record: SpikeTrains, bin_width: float, longest: float) -> tuple[np.ndarray, np.ndarray]:
    rate = binned_rate(record, bin_width, average=True).values
    steps = checks.steps("longest", checks.number("longest", longest, above=0, unit="ms"), bin_width, low=1)
    if steps >= len(rate):
        raise ValueError(f"longest must be shorter than the window of {record.duration:g} ms, got {longest:g} ms")
    varied = rate - rate.mean()
    positive = np.array([varied[k:] @ varied[: len(rate) - k] / (len(rate) - k) for k in range(steps + 1)])
    return bin_width * np.arange(-steps, steps + 1), np.append(positive[:0:-1], positive)


def _expected(
    theory: AsynchronousState, kind: str, records: dict[str, SpikeTrains], bin_width: float, longest: float
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return what theory has of each population, over frequencies or lags."""
    if kind == "spectrum":
        x: np.ndarray = np.geomspace(1 / (PER_MS * longest), 1 / (2 * PER_MS * bin_width), _POINTS)
        matrices = theory.spectra(x).real
    else:
        x = bin_width * np.arange(-round(longest / bin_width), round(longest / bin_width) + 1)
        matrices = theory.covariances(x, bin_width)
    at = {name: theory.field.names.index(name) for name in records}
    scale = {name: record.n if kind == "spectrum" else 1 for name, record in records.items()}
    return {name: (x, scale[name] * matrices[:, k, k]) for name, k in at.items()}
