"""What the command line shows: a network run, a table of what it did, and a figure."""

import platform
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

import rheobase as rb
from rheobase import _engine, checks, spikes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rheobase.network import Network
    from rheobase.result import Result


def info() -> str:
    """Return version, instruction set, threads and build as text."""
    from rheobase.network import available_threads

    lines = {
        "rheobase": rb.__version__,
        "instruction set": _engine.isa(),
        "threads": available_threads(),
        "build": _engine.compiler,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.machine()}, {platform.system()}",
    }
    return "\n".join(f"{name:16} {value}" for name, value in lines.items())


def cortex(neurons: int, time: float, threads: int | None, seed: int, save: str) -> None:
    """Run the textbook's recurrent network, print what it did and save its figure."""
    began = perf_counter()
    checks.number("time", time, above=0)
    path = figure_path(save)
    net = rb.circuits.cortex(neurons, seed=seed, threads=threads)
    result = net.run(time, progress=True)
    settled = min(200.0, 0.2 * time)
    print(table(net, result, settled))
    print(speed(net, result))
    figure = picture(net, result)
    figure.savefig(path, dpi=150)
    print(f"figure           {path}")
    print(f"all in all       {perf_counter() - began:.2f} s")


def figure_path(save: str) -> Path:
    """Return where a figure can be saved; the format is told by the ending."""
    from matplotlib.backend_bases import FigureCanvasBase

    path = Path(save).resolve()
    if not path.parent.is_dir():
        raise ValueError(f"save must lie in a folder that exists, got {path}")
    known = FigureCanvasBase.get_supported_filetypes()
    if path.suffix[1:].lower() not in known:
        raise ValueError(f"save must end in {', '.join('.' + ending for ending in known)}, got {path}")
    return path


def table(net: "Network", result: "Result", after: float) -> str:
    """Return a line a population: neurons, synapses, rate, CV of the intervals and the mean-field prediction."""
    rates = result.rates(after=after)
    predicted = prediction(net)
    lines = [f"{'population':12}{'neurons':>10}{'synapses':>12}{'rate (Hz)':>12}{'CV':>8}{'mean field (Hz)':>18}"]
    for population in net:
        trains = result.spikes(population.name).between(after, result.t_stop)
        incoming = sum(len(q) for q in net.projections if q.post is population)
        cvs = spikes.cv(trains)
        cv = f"{np.nanmean(cvs):.2f}" if np.isfinite(cvs).any() else "—"
        theory = f"{predicted[population.name]:.2f}" if population.name in predicted else "—"
        lines.append(
            f"{population.name:12}{population.n:>10}{incoming:>12}{rates[population.name]:>12.2f}{cv:>8}{theory:>18}"
        )
    return "\n".join(lines)


def prediction(net: "Network") -> dict[str, float]:
    """Return the mean-field rates (Hz) by population."""
    mean_field = net.mean_field()
    found = mean_field.fixed_points([(0.0, 200.0)] * len(mean_field.names))
    return dict(zip(mean_field.names, found[0].u, strict=True)) if found else {}


def speed(net: "Network", result: "Result") -> str:
    """Return construction and simulation time, events per second and bytes per synapse."""
    t = result.timing
    return "\n".join(
        [
            f"construction     {t.construction:.3f} s for {net.synapses:,} synapses "
            f"({net.synapse_bytes / max(net.synapses, 1):.1f} bytes each)",
            f"simulation       {t.simulation:.3f} s for {result.t_stop - result.t_start:g} ms on {net.threads} "
            f"thread{'s' if net.threads > 1 else ''}, {t.events / t.simulation:.3g} synaptic events per second",
        ]
    )


def picture(net: "Network", result: "Result") -> "Figure":
    """Draw raster and population rates with the mean-field prediction."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    shown = {name: result.spikes(name) for name in ("e", "i")}
    rb.plot.raster(shown, ax=top)
    duration = result.t_stop - result.t_start
    width = duration / max(round(duration / 5.0), 1)  # about 5 ms, and a whole number of bins
    rb.plot.population_rate(shown, ax=bottom, bin_width=width, mean_field=prediction(net))
    top.set_xlabel("")
    top.set_title(f"{net['e'].n} excitatory and {net['i'].n} inhibitory EIF neurons")
    return figure
