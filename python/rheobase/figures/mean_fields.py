"""Mean fields of four networks beside what the engine makes of them: rates, spectra and a bifurcation."""

import numpy as np
from matplotlib.axes import Axes

import rheobase as rb
from rheobase import spikes
from rheobase.circuits.microcircuit import REFERENCE_RATES
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.network.network import Network
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY
from rheobase.theory import AsynchronousState, oscillation_onset, self_consistent_rates

Pairs = list[tuple[float, float]]


def cortex(rate: float = 5.0, tau_e: float = 6.0, tau_i: float = 4.0) -> Network:
    """Return the textbook's network of 2000 neurons."""
    return rb.circuits.cortex(2000, rate=rate, tau_e=tau_e, tau_i=tau_i, seed=1, threads=1)


def adapting() -> Network:
    """Return a network of adaptive exponential integrate-and-fire neurons."""
    net, synapse, weight = rb.Network(dt=0.1, seed=1, threads=1), rb.Exponential(tau=5), 15.0
    e, i = net.add(rb.AdEx(), 400, name="e"), net.add(rb.AdEx(), 100, name="i")
    for p in (e, i):
        net.drive(p, 10.0, sources=200, weight=weight, synapse=synapse)
        net.connect(e, p, rb.FixedInDegree(40), weight=weight, synapse=synapse)
        net.connect(i, p, rb.FixedInDegree(10), weight=-60.0, synapse=synapse)
    return net


def compared(net: Network, duration: float = 1000.0, settling: float = 200.0) -> Pairs:
    """Return rates of the engine and of the network's mean field, Hz, population by population."""
    field = net.mean_field()
    names = field.names or ()
    (state, *_) = field.fixed_points([(0.0, 150.0)] * len(names))
    simulated = net.run(settling + duration).rates(t_start=settling)
    return [(simulated[name], float(rate)) for name, rate in zip(names, state.u, strict=True)]


@figure("mean fields", "Mean fields of four networks", source="published", also=("mean field of four networks",))
def mean_fields() -> Figure:
    """Lay the theory of four networks over what the engine makes of them."""
    picture, axes = panels("AB;CD", (8.5, 6.5))
    circuit = self_consistent_rates(rb.circuits.microcircuit(threads=1), alike=True)
    found: dict[str, Pairs] = {
        "textbook, 2.5 and 10 Hz of input": [pair for rate in (2.5, 10.0) for pair in compared(cortex(rate))],
        "Brunel 2000": compared(rb.circuits.brunel(seed=1, threads=1), 300.0),
        "microcircuit, full scale (NEST)": list(zip(REFERENCE_RATES.tolist(), circuit.rates.tolist(), strict=True)),
        "AdEx": compared(adapting(), 4000.0, 1000.0),
    }
    _draw_rates(axes["A"], axes["B"], found)
    _draw_spectra(axes["C"])
    onset = oscillation_onset(lambda tau_i: cortex(tau_e=4.0, tau_i=tau_i), (4.5, 6.0))
    rhythms = {tau_i: _rhythm(tau_i) for tau_i in (4.0, 4.5, 5.0, 5.5, 6.0, 6.5)}
    axes["D"].plot(list(rhythms), list(rhythms.values()), "o", color=EXCITATORY, label="engine, 2000 neurons")
    label = f"theory: {onset.frequency:.0f} Hz at {onset.parameter:.2f} ms"
    axes["D"].axvline(onset.parameter, color=BLACK, linewidth=1.2, label=label)
    axes["D"].set(xlabel="τ_i (ms)", ylabel="s.d. of the rate over its mean", ylim=(0, None), title="onset of a rhythm")
    axes["D"].legend(loc="upper left")
    errors = {name: 100 * max(abs(y / x - 1) for x, y in pairs) for name, pairs in found.items()}
    numbers = {f"largest error, {name} (%)": error for name, error in errors.items()}
    note = "Rates, spectra and the onset of a rhythm as theory predicts them from the network objects (lines)."
    return Figure(picture, {**numbers, "onset (ms)": onset.parameter}, note)


def _draw_rates(ax: Axes, errors: Axes, found: dict[str, Pairs]) -> None:
    """Draw rates of the mean field against those of the engine, and how far they are off."""
    for marker, (name, pairs) in zip("osD^", found.items(), strict=True):
        x, y = np.transpose(pairs)
        ax.loglog(x, y, marker, markersize=4, label=name)
        errors.semilogx(x, 100 * (y / x - 1), marker, markersize=4)
    low, high = 0.6, 70.0
    ax.plot([low, high], [low, high], color=BLACK, linewidth=0.8)
    ax.set(xlabel="engine (Hz)", ylabel="mean field (Hz)", xlim=(low, high), ylim=(low, high), title="rates")
    ax.legend(loc="upper left")
    errors.axhspan(-3, 3, color=EXTERNAL, alpha=0.2, linewidth=0)
    errors.axhline(0, color=BLACK, linewidth=0.8)
    errors.set(xlabel="engine (Hz)", ylabel="error of the mean field (%)", title="grey: 3 %")


def _draw_spectra(ax: Axes) -> None:
    """Draw power spectra of the rates of the textbook's network, theory on engine."""
    net = cortex(tau_e=4.0)
    f = np.geomspace(4.0, 300.0, 60)
    theory = AsynchronousState(net).spectra(f).real
    res = net.run(2200)
    for k, (name, color) in enumerate((("e", EXCITATORY), ("i", INHIBITORY))):
        trains = res.spikes(name)
        found = spikes.power_spectrum(trains.between(200, 2200).pooled(), 1.0, 250.0)
        shown = found.frequencies <= 300
        label = f"{name}, engine"
        ax.loglog(found.frequencies[shown], found.values[shown] / trains.n, color=color, alpha=0.5, label=label)
        ax.loglog(f, trains.n * theory[:, k, k], color=color, linewidth=1.6, label=f"{name}, theory")
    ax.set(xlabel="frequency (Hz)", ylabel="power per neuron (Hz)", title="spectra of population rates, τ_e = 4 ms")
    ax.legend()


def _rhythm(tau_i: float) -> float:
    """Return the s.d. of the excitatory rate in bins of 2 ms over its mean."""
    trains = cortex(tau_e=4.0, tau_i=tau_i).run(700).spikes("e").between(200, 700)
    rate = spikes.binned_rate(trains, 2.0, average=True).values
    return float(rate.std() / rate.mean())
