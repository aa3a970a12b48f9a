"""Mean fields of four networks beside what the engine makes of them: rates, spectra and a bifurcation."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

import rheobase as rb
from rheobase import spikes
from rheobase.circuits.microcircuit import REFERENCE_RATES
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.networks import connected_by_chance
from rheobase.figures.panels import panels
from rheobase.network.network import Network
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY
from rheobase.theory import AsynchronousState, Onset, oscillation_onset, self_consistent_rates

Pairs = list[tuple[float, float]]


def cortex(tau_i: float = 4.0, n: int = 2000) -> Network:
    """Return the textbook's network of n neurons, each with as many inputs, and excitation of 4 ms."""
    return rb.circuits.cortex(n, tau_e=4.0, tau_i=tau_i, seed=1, threads=1)


def adapting() -> Network:
    """Return a network of adaptive exponential integrate-and-fire neurons."""
    net, synapse, weight = rb.Network(dt=0.1, seed=1, threads=1), rb.Exponential(tau=5), 15.0
    e, i = net.add(rb.AdEx(), 400, name="e"), net.add(rb.AdEx(), 100, name="i")
    for p in (e, i):
        net.drive(p, 10.0, sources=200, weight=weight, synapse=synapse)
        net.connect(e, p, rb.FixedInDegree(40), weight=weight, synapse=synapse)
        net.connect(i, p, rb.FixedInDegree(10), weight=-60.0, synapse=synapse)
    return net


def compared(networks: Sequence[Network], duration: float = 1000.0, settling: float = 200.0) -> Pairs:
    """Return rates of the engine, means over networks, and of the mean field of one, Hz, population by population."""
    field = networks[0].mean_field()
    names = field.names or ()
    (state, *_) = field.fixed_points([(0.0, 150.0)] * len(names))
    simulated = [net.run(settling + duration).rates(t_start=settling) for net in networks]
    means = [float(np.mean([rates[name] for rates in simulated])) for name in names]
    return list(zip(means, state.u.tolist(), strict=True))


@figure("mean fields", "Mean fields of four networks", source="published", also=("mean field of four networks",))
def mean_fields() -> Figure:
    """Lay the theory of four networks over what the engine makes of them."""
    picture, axes = panels("ABC;DEF", (12, 7))
    circuit = self_consistent_rates(rb.circuits.microcircuit(threads=1))
    chance = [connected_by_chance(seed=seed, threads=1) for seed in range(1, 9)]
    found: dict[str, Pairs] = {
        "textbook, connected by chance": compared(chance, 2000.0),
        "Brunel 2000": compared([rb.circuits.brunel(seed=1, threads=1)], 300.0),
        "microcircuit, full scale (NEST)": list(zip(REFERENCE_RATES.tolist(), circuit.rates.tolist(), strict=True)),
        "AdEx": compared([adapting()], 4000.0, 1000.0),
    }
    _draw_rates(axes["A"], axes["B"], found)
    onset = oscillation_onset(cortex, (4.5, 6.0))
    _draw_rhythm(axes["C"], onset)
    powers: dict[str, float] = {}
    for letter, (name, net, duration) in zip(
        "DEF",
        (
            ("textbook", cortex(), 2000.0),
            ("Brunel 2000", rb.circuits.brunel(seed=2, threads=1), 800.0),
            ("AdEx", adapting(), 3000.0),
        ),
        strict=True,
    ):
        powers[f"s.d. of the rate, engine over theory, {name}"] = _draw_spectra(axes[letter], net, name, duration)
    errors = {name: 100 * max(abs(y / x - 1) for x, y in pairs) for name, pairs in found.items()}
    numbers = {f"largest error, {name} (%)": error for name, error in errors.items()}
    note = (
        "A, B: rates; those of the microcircuit are NEST's at full scale. Four of its eight populations are more "
        "than 3 % off: it has a rhythm, which makes its most silent neurons fire, and theory has none. C: below "
        "the onset the larger network fluctuates half as much, above it as much as the smaller; that changes from "
        "5 to 5.25 ms. D, E, F: pale lines are the engine's spectra, dark ones theory. This is linear: near a "
        "rhythm spikes have less of it, as in Brunel's network at 120 Hz, or more, as in the small AdEx network at "
        "30 Hz. The state of the microcircuit is unstable in linear theory, which then has no spectra."
    )
    return Figure(picture, {**numbers, **powers, "onset (ms)": onset.parameter}, note)


def _draw_rates(ax: Axes, errors: Axes, found: dict[str, Pairs]) -> None:
    """Draw rates of the mean field against those of the engine, and how far they are off."""
    for marker, (name, pairs) in zip("oDv^", found.items(), strict=True):
        x, y = np.transpose(pairs)
        ax.loglog(x, y, marker, markersize=4, label=name)
        errors.semilogx(x, 100 * (y / x - 1), marker, markersize=4)
    low, high = 0.6, 90.0
    ax.plot([low, high], [low, high], color=BLACK, linewidth=0.8)
    ax.set(xlabel="engine (Hz)", ylabel="mean field (Hz)", xlim=(low, high), ylim=(low, high), title="rates")
    ax.legend(loc="upper left", fontsize="small")
    errors.axhspan(-3, 3, color=EXTERNAL, alpha=0.2, linewidth=0)
    errors.axhline(0, color=BLACK, linewidth=0.8)
    errors.set(xlabel="engine (Hz)", ylabel="error of the mean field (%)", title="grey: 3 %")


def _draw_spectra(ax: Axes, net: Network, name: str, duration: float) -> float:
    """Draw power and cross spectra of the rates, theory on engine; return the s.d. of e, engine over theory.

    The s.d. is that from 5 to 300 Hz.
    """
    settling, (low, high) = 300.0, (5.0, 300.0)
    state, res = AsynchronousState(net), net.run(settling + duration)
    ratio = 1.0
    for kind in ("spectrum", "cross spectrum"):
        trains = {name: res.spikes(name) for name in ("e", "i")}
        lines = rb.plot.fluctuations(trains, state, kind=kind, longest=250.0, t_start=settling, ax=ax)
        if kind == "spectrum":
            (at, power), (x, y) = (np.asarray(lines[k].get_data(), dtype=float) for k in (0, 2))
            shown = (at <= high) & (at >= low - 1)
            ratio = float(np.sqrt(power[shown].sum() / np.interp(at[shown], x, y).sum()))
        else:
            for line in lines:
                line.set_color(BLACK)
    ax.set(xlim=(low - 1, high), ylabel="power, cross power (Hz)", title=f"spectra of population rates, {name}")
    ax.legend(fontsize="small")
    return ratio


def _draw_rhythm(ax: Axes, onset: Onset) -> None:
    """Draw how much the rate fluctuates, in the engine and by linear theory, on the way to the onset of a rhythm."""
    taus, stable = (4.0, 4.5, 4.75, 5.0, 5.25, 5.5, 6.0, 6.5), (4.0, 4.5, 4.9)
    for n, colour in ((2000, EXCITATORY), (8000, INHIBITORY)):
        ax.plot(taus, [_rhythm(tau_i, n) for tau_i in taus], "o", color=colour, label=f"engine, {n}")
        states = [AsynchronousState(cortex(tau_i, n)) for tau_i in stable]
        stds = [np.sqrt(state.covariances(0.0, 2.0)[0, 0, 0]) / state.rates[0] for state in states]
        ax.plot(stable, stds, color=colour, label=f"theory, {n}")
    label = f"onset, {onset.frequency:.0f} Hz"
    ax.axvline(onset.parameter, color=BLACK, linewidth=1.2, label=label)
    ax.set(
        xlabel="τ_i (ms)", ylabel="s.d. of the rate over its mean", ylim=(0, None), title="rhythm of 2000, 8000 neurons"
    )
    ax.legend(loc="lower right", fontsize="small")


def _rhythm(tau_i: float, n: int) -> float:
    """Return the s.d. of the excitatory rate in bins of 2 ms over its mean."""
    trains = cortex(tau_i, n).run(700).spikes("e").between(200, 700)
    rate = spikes.binned_rate(trains, 2.0, average=True).values
    return float(rate.std() / rate.mean())
