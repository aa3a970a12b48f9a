"""A published circuit in which gap junctions bring inhibitory neurons into step."""

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.network.result import Result
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY

#: What is left out at the beginning (ms).
SETTLED = 150.0
WEIGHTS = (0.0, 0.15, 0.3, 0.42, 0.54, 0.7)


@figure("Hahne 2015", "Gap junctions synchronise", source="published", also=("gap junctions",))
def gap_junctions(seed: int = 3) -> Figure:
    """Raise the conductance of gap junctions between inhibitory neurons until they spike together."""
    picture, axes = panels("ADD;BDD;CDD", (8.5, 4.5))
    duration, synchrony, rates = 450.0, [], []
    shown = dict(zip((0.3, 0.54, 0.7), "ABC", strict=True))
    for weight in WEIGHTS:
        res = rb.circuits.gap_junctions(weight, seed=seed).run(duration)
        synchrony.append(fano_factor(res))
        rates.append(float(np.mean(res.spikes("i").between(SETTLED, duration).count()) / (duration - SETTLED) * 1e3))
        if weight in shown:
            ax = axes[shown[weight]]
            spikes = res.spikes("i")
            ax.plot(spikes.times, spikes.indices, ".", color=INHIBITORY, markersize=1)
            ax.set(xlim=(SETTLED, duration), ylim=(0, 500), ylabel="neuron", title=f"{weight:g} nS")
            ax.set_xlabel("time (ms)" if shown[weight] == "C" else "")
            ax.tick_params(labelbottom=shown[weight] == "C")
    ax = axes["D"]
    ax.semilogy(WEIGHTS, synchrony, "o-", color=EXCITATORY)
    ax.axhline(1, color=BLACK, linestyle=":", linewidth=1)
    ax.annotate("independent neurons", (WEIGHTS[-1], 1), xytext=(0, 3), textcoords="offset points", ha="right")
    ax.set(xlabel="conductance of a gap junction (nS)", ylabel="Fano factor of all spikes in 1 ms")
    numbers = {"weights": np.array(WEIGHTS), "Fano factors": np.array(synchrony), "rates": np.array(rates)}
    note = "Published: asynchronous at 0.3 nS, wandering between both states at 0.54 nS, synchronous at 0.7 nS."
    return Figure(picture, numbers, note)


def fano_factor(res: Result) -> float:
    """Return the variance by the mean of the number of spikes of all neurons in 1 ms: 1 without synchrony."""
    counts, _ = np.histogram(res.spikes("i").times, np.arange(SETTLED, res.t_stop + 0.5))
    return float(counts.var() / counts.mean())
