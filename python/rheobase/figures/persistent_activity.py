"""Published circuits in which NMDA keeps populations active: working memory and decisions."""

import numpy as np
from matplotlib.axes import Axes

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.network.result import Result
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY


@figure("Brunel-Wang 2001", "Working memory in selective populations", source="published", also=("working memory",))
def working_memory(seed: int = 1) -> Figure:
    """Cue one population, let it remember, and erase it by a volley to all."""
    cue, erase, duration = 500.0, 2000.0, 2500.0
    net = rb.circuits.working_memory({"s1": cue}, erase=erase, seed=seed)
    res = net.run(duration)
    picture, axes = panels("A;A;B", (7.5, 5.0), sharex=True)
    shown = {name: res.spikes(name) for name in ("s1", "s2", "s3", "s4", "s5")}
    rb.plot.raster(shown, ax=axes["A"])
    for name, colour in (("s1", EXCITATORY), ("s2", INHIBITORY), ("i", BLACK)):
        _draw_rate(axes["B"], res, name, colour)
    for ax in axes.values():
        ax.axvspan(cue, cue + 50, color=EXCITATORY, alpha=0.2, linewidth=0)
        ax.axvspan(erase, erase + 50, color=BLACK, alpha=0.15, linewidth=0)
    axes["A"].set(xlabel="", ylabel="selective neuron")
    axes["B"].set(xlabel="time (ms)", ylabel="rate (Hz)", xlim=(0, duration), ylim=(0, 90))
    axes["B"].legend(loc="upper left", ncols=3)
    numbers = {
        "spontaneous": _rate(res, "s1", 200, cue),
        "remembered": _rate(res, "s1", cue + 500, erase),
        "another": _rate(res, "s2", cue + 500, erase),
        "erased": _rate(res, "s1", erase + 250, duration),
    }
    note = "A cue of 50 ms (orange) to population s1; a volley to all neurons (grey) erases it."
    return Figure(picture, numbers, note)


@figure("Wang 2002", "A decision between two populations", source="published", also=("decision",))
def decision(seed: int = 2) -> Figure:
    """Let two populations compete under strong evidence and under none."""
    picture, axes = panels("AB", (8.5, 3.4), sharey=True)
    numbers = {}
    for ax, coherence in ((axes["A"], 51.2), (axes["B"], 0.0)):
        res = rb.circuits.decision(coherence, seed=seed).run(2000)
        for name, colour in (("a", EXCITATORY), ("b", INHIBITORY)):
            _draw_rate(ax, res, name, colour)
            numbers[f"{name} at {coherence:g} %"] = _rate(res, name, 1250, 1500)
        ax.axvspan(500, 1500, color=EXTERNAL, alpha=0.15, linewidth=0)
        ax.set(xlabel="time (ms)", title=f"coherence {coherence:g} %", xlim=(0, 2000), ylim=(0, 50))
    axes["A"].set(ylabel="rate (Hz)")
    axes["A"].legend(loc="upper left")
    note = "The stimulus is on in the shaded time. Numbers are rates (Hz) in its last 250 ms."
    return Figure(picture, numbers, note)


def _draw_rate(ax: Axes, res: Result, name: str, colour: str) -> None:
    """Draw a population's rate in bins of 20 ms."""
    counts, edges = np.histogram(res.spikes(name).times, np.arange(0, res.t_stop + 1, 20.0))
    ax.plot(edges[:-1] + 10, counts / res.spikes(name).n / 0.02, color=colour, label=name)


def _rate(res: Result, name: str, t_start: float, t_stop: float) -> float:
    return float(np.mean(res.spikes(name).between(t_start, t_stop).count()) / (t_stop - t_start) * 1e3)
