"""What the command line shows: a network run, a table of what it did, and a figure."""

from __future__ import annotations

import json
import platform
import re
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

import rheobase as rb
from rheobase import _engine, checks, spikes
from rheobase.progress import Counter
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rheobase.network.network import Network
    from rheobase.network.result import Result


def info(as_json: bool = False) -> str:
    """Return version, instruction set, threads and build as text, a line each or as JSON."""
    from rheobase.network.network import available_threads

    lines = {
        "rheobase": rb.__version__,
        "instruction set": _engine.isa(),
        "threads": available_threads(),
        "build": _engine.compiler,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.machine()}, {platform.system()}",
    }
    if as_json:
        return json.dumps(lines, indent=2)
    return "\n".join(f"{name:16} {value}" for name, value in lines.items())


def run_file(file: str, save: str | None, raster: str | None, threads: int | None) -> None:
    """Run the network that a file describes, print what it did, and keep what is asked for, after Ctrl-C too."""
    from matplotlib.figure import Figure

    from rheobase.network.experiment_file import read_experiment

    picture_path = None if raster is None else figure_path(raster, "raster")
    if save is not None:
        checks.package("h5py")
        if not Path(save).resolve().parent.is_dir():
            raise ValueError(f"save must lie in a folder that exists, got {Path(save).resolve()}")
    experiment = read_experiment(file, threads=threads)
    stopped = None
    try:
        result = experiment.network.run(experiment.duration, progress=True)
    except rb.Interrupted as interrupt:
        stopped, result = interrupt, interrupt.result
    for population, rate in result.rates().items() if result.duration else ():
        print(f"{population:16} {result.spikes(population).n:>10} neurons {rate:>10.2f} Hz")
    print(speed(experiment.network, result))
    if save is not None:
        result.save(save)
        print(f"result           {Path(save).resolve()}")
    if picture_path is not None:
        figure = Figure(figsize=(8, 5), layout="constrained")
        rb.plot.raster(result, ax=figure.subplots())
        figure.savefig(picture_path, dpi=150)
        print(f"raster           {picture_path}")
    if stopped is not None:
        raise stopped


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


def microcircuit(scale: float, time: float, drive: str, threads: int | None, seed: int, save: str) -> None:
    """Run the microcircuit, print what it did and how fast, and save its raster."""
    path = figure_path(save)
    began = perf_counter()
    net = rb.circuits.microcircuit(scale, drive=drive, seed=seed, threads=threads)
    result = net.run(time, progress=True, profile=True)
    settled = min(200.0, 0.2 * time)
    print(layers(result, settled))
    print(speed(net, result))
    print(real_time(result))
    if (peak := peak_memory()) is not None:
        print(f"peak memory      {peak / 1e9:.2f} GB")
    raster_by_layer(result, settled, f"{scale:g} of the full size, {drive} drive").savefig(path, dpi=150)
    print(f"figure           {path}")
    print(f"all in all       {perf_counter() - began:.2f} s")


def layers(result: Result, after: float) -> str:
    """Return a line per population: neurons, rate, CV of the intervals, and the full network's rate in NEST."""
    from rheobase.circuits.microcircuit import POPULATIONS, REFERENCE_RATES

    rates = result.rates(t_start=after)
    lines = [f"{'population':12}{'neurons':>10}{'rate (Hz)':>12}{'full size in NEST':>20}{'CV':>8}"]
    for name, known in zip(POPULATIONS, REFERENCE_RATES, strict=True):
        trains = result.spikes(name).between(after, result.t_stop)
        cv = np.asarray(spikes.cv(trains))[trains.count() > 2]
        irregular = f"{np.nanmean(cv):.2f}" if np.isfinite(cv).any() else "—"
        lines.append(f"{name:12}{trains.n:>10}{rates[name]:>12.2f}{known:>20.2f}{irregular:>8}")
    return "\n".join(lines)


def real_time(result: Result) -> str:
    """Return how many seconds it takes to simulate one second, and in which phase of the time loop."""
    seconds = PER_MS * (result.t_stop - result.t_start)
    phases = result.timing.phases or {}
    split = ", ".join(f"{name} {spent / seconds:.3f}" for name, spent in phases.items())
    return f"real-time factor {result.timing.simulation / seconds:.3f} ({split})"


def peak_memory() -> float | None:
    """Return the largest memory this process has taken (bytes), None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1.0 if sys.platform == "darwin" else 1024.0)


def raster_by_layer(result: Result, after: float, title: str) -> Figure:
    """Draw the spikes of up to 400 ms, layer 2/3 at the top, excitatory above inhibitory neurons."""
    from matplotlib.figure import Figure

    from rheobase.circuits.microcircuit import POPULATIONS

    figure = Figure(figsize=(8, 6), layout="constrained")
    axes = figure.subplots()
    # stacked from the bottom up, so the deepest layer comes first
    shown = {name: result.spikes(name) for name in reversed(POPULATIONS)}
    rb.plot.raster(shown, ax=axes, max_neurons=4000, t_start=after, t_stop=min(after + 400.0, result.t_stop))
    axes.set_title(f"Cortical microcircuit, {title}")
    return figure


def figure_path(save: str, name: str = "save") -> Path:
    """Return where a figure can be saved; the format is told by the ending."""
    from matplotlib.backend_bases import FigureCanvasBase

    path = Path(save).resolve()
    if not path.parent.is_dir():
        raise ValueError(f"{name} must lie in a folder that exists, got {path}")
    known = FigureCanvasBase.get_supported_filetypes()
    if path.suffix[1:].lower() not in known:
        raise ValueError(f"{name} must end in {', '.join('.' + ending for ending in known)}, got {path}")
    return path


def table(net: Network, result: Result, after: float) -> str:
    """Return a line per population: neurons, synapses, rate, CV of the intervals and the mean-field prediction."""
    rates = result.rates(t_start=after)
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


def prediction(net: Network) -> dict[str, float]:
    """Return the mean-field rates (Hz) by population."""
    mean_field = net.mean_field()
    names = tuple(mean_field.names or ())
    found = mean_field.fixed_points([(0.0, 200.0)] * len(names))
    return dict(zip(names, found[0].u, strict=True)) if found else {}


def speed(net: Network, result: Result) -> str:
    """Return construction and simulation time, events per second and bytes per synapse."""
    t = result.timing
    return "\n".join(
        [
            f"construction     {t.construction:.3f} s for {net.synapse_count:,} synapses "
            f"({net.synapse_bytes / max(net.synapse_count, 1):.1f} bytes each)",
            f"simulation       {t.simulation:.3f} s for {result.duration:g} ms on {net.threads} "
            f"thread{'s' if net.threads > 1 else ''}, {t.events / t.simulation:.3g} synaptic events per second",
        ]
    )


def picture(net: Network, result: Result) -> Figure:
    """Draw raster and population rates with the mean-field prediction."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    shown = {name: result.spikes(name) for name in ("e", "i")}
    rb.plot.raster(shown, ax=top)
    width = result.duration / max(round(result.duration / 5.0), 1)  # about 5 ms, and a whole number of bins
    rb.plot.population_rate(shown, ax=bottom, bin_width=width, mean_field=prediction(net))
    top.set_xlabel("")
    top.set_title(f"{net['e'].n} excitatory and {net['i'].n} inhibitory EIF neurons")
    return figure


def figures(
    name: str | None, listing: bool, save: str | None, out: str | None, data: str | None, seed: int | None
) -> None:
    """List the figures of the sources, draw one, or write all of them to a folder."""
    if listing:
        for entry in rb.figures.entries().values():
            print(f"{entry.name:28} {entry.title}")
        return
    if save is not None and out is not None:
        raise ValueError("--save (a file) and --out (a folder) exclude each other, got both")
    if data is not None and not Path(data).is_dir():
        raise ValueError(f"--data must be a folder that exists, got {data!r}")
    if save is not None:
        figure_path(save)
    if name is None:
        raise ValueError("name must be given: an identifier such as 3.3, or all (see rheobase figure --list)")
    elif name == "all":
        if save is not None:
            raise ValueError("--save must be --out (a folder) for all figures")
        all_figures(Path(out or "figures"), data, seed)
    elif save is not None:
        print(rb.figures.draw(name, data, seed).save(save).resolve())
    elif out is not None:
        print(_save_into(Path(out), rb.figures.draw(name, data, seed)))
    else:
        rb.figures.show(name, data, seed)


def all_figures(folder: Path, data: str | None, seed: int | None) -> None:
    """Write every figure to a folder, with a progress bar; those whose optional package is missing are left out."""
    names = rb.figures.names()
    with Counter(len(names), "figures", "figure", shown=True) as bar:
        for name in names:
            bar.name(name)
            try:
                _save_into(folder, rb.figures.draw(name, data, seed))
            except ImportError as error:
                bar.write(f"figure {name} left out: {error}")
            bar.advance()
    print(folder.resolve())


def _save_into(folder: Path, figure: rb.figures.Figure) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return figure.save(folder / (re.sub(r"[^\w.]+", "-", figure.name) + ".png"))
