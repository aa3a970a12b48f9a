"""Solved exercises of chapter 3: networks."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL
from rheobase.units import PER_MS


@figure("Ex. 3.1.1", "Quenched randomness", also=("quenched randomness",))
def quenched_randomness(seed: int = 1) -> Figure:
    """Draw how input currents scatter over neurons as they are averaged over time, and their mean over neurons."""
    sources, p, j, r, every = 2000, 0.1, 16.0, 8.0, 1.0
    net = rb.Network(dt=0.1, seed=seed, threads=1)
    neurons = net.add(rb.LIF(V_th=1e9), 400, name="n")
    pre = net.add(rb.Poisson(rate=r), sources, name="e")
    net.connect(pre, neurons, rb.Bernoulli(p), weight=j, synapse=rb.Exponential(tau=5, label="e"))
    net.run(100)
    net.record(neurons, "I_e", every=every)
    current = net.run(2000).states("n", "I_e").values
    time = every * np.arange(1, len(current) + 1)
    averages = np.cumsum(current, axis=0) / np.arange(1, len(current) + 1)[:, None]
    mean = sources * p * j * r * PER_MS
    quenched = rb.theory.quenched_variance(r, j, sources, p)
    spikes = j**2 * sources * r * PER_MS / time  # what chance in the spikes leaves after a time, per p
    scatter = np.sqrt(quenched + p * (1 - p) * spikes)
    n = np.arange(1, 401)
    over_neurons = np.cumsum(averages[-1]) / n
    width = np.sqrt(scatter[-1] ** 2 / n + p**2 * spikes[-1])
    picture, axes = panels("AB", (9, 3.6))
    axes["A"].loglog(time, averages.std(axis=1), color=EXCITATORY, linewidth=3, label="400 neurons")
    axes["A"].loglog(time[20:], scatter[20:], color=BLACK, linewidth=1, label="theory")
    axes["A"].loglog(time, np.sqrt(p * (1 - p) * spikes), ":", color=BLACK, label="were connections alike")
    level(axes["A"], np.sqrt(quenched), "quenched")
    axes["A"].set(xlabel="averaged over (ms)", ylabel="s.d. over neurons (mV)", ylim=(0.3, 12), xlim=(5, 2000))
    axes["A"].legend(loc="lower left")
    axes["B"].fill_between(n, mean - 2 * width, mean + 2 * width, color=EXTERNAL, alpha=0.4, linewidth=0)
    axes["B"].plot(n, over_neurons, color=EXCITATORY)
    level(axes["B"], mean, "$N_e p_e j_e r_e$")
    axes["B"].set(xscale="log", xlabel="neurons", ylabel="mean over 2 s and neurons (mV)")
    numbers = {"N p j r": mean, "mean": float(over_neurons[-1]), "its s.d., theory": float(width[-1])}
    numbers |= {"s.d. over neurons": float(averages[-1].std(ddof=1)), "s.d. over neurons, theory": float(scatter[-1])}
    numbers["quenched s.d."] = float(np.sqrt(quenched))
    note = "Time averages differ from neuron to neuron for good, since some have more inputs. Grey: two s.d.; it does "
    return Figure(
        picture, numbers, note + "not close with more neurons, because the sources are shared: that takes time."
    )


@figure("Ex. 3.3.1", "Slow inhibition makes a spiking network oscillate", also=("oscillations of spikes",))
def slow_inhibition(seed: int = 1) -> Figure:
    """Draw spikes, rates and spectra of the network of figure 3.3 with its time constants, and with them swapped."""
    picture, axes = panels("AB;CD;EE", (9, 7), height_ratios=[1.2, 1, 1.2])
    numbers: dict[str, object] = {}
    for panel, (tau_e, tau_i), colour in (("AC", (6.0, 4.0), BLACK), ("BD", (4.0, 6.0), EXCITATORY)):
        net = rb.circuits.cortex(1000, tau_e=tau_e, tau_i=tau_i, seed=seed, threads=1)
        net.run(200)
        trains = net.run(1600).spikes("e")
        rb.plot.raster({"e": trains.between(200, 500)}, ax=axes[panel[0]])
        rate = rb.spikes.binned_rate(trains, 2.0, average=True)
        shown = rate.times < rate.times[0] + 300
        axes[panel[1]].plot(rate.times[shown], rate.values[shown], color=colour)
        axes[panel[1]].set(xlabel="time (ms)", ylabel="rate (Hz)", ylim=(0, 225))
        name = f"$\\tau_e$ = {tau_e:g} ms, $\\tau_i$ = {tau_i:g} ms"
        axes[panel[0]].set(title=name, xlabel="time (ms)")
        spectrum = rb.spikes.power_spectrum(trains.pooled(), 1.0, 400.0)
        kept = (spectrum.frequencies > 4) & (spectrum.frequencies < 120)
        axes["E"].semilogy(spectrum.frequencies[kept], spectrum.values[kept], color=colour, label=name)
        key = f"({tau_e:g}, {tau_i:g})"
        numbers[f"rate {key}"] = float(rate.values.mean())
        numbers[f"s.d. / mean {key}"] = float(rate.values.std() / rate.values.mean())
        numbers[f"peak at {key}"] = float(spectrum.frequencies[kept][spectrum.values[kept].argmax()])
        numbers[f"χ {key}"] = rb.spikes.chi(trains, 2.0)
    axes["E"].set(xlabel="frequency (Hz)", ylabel="power of all spikes (Hz)")
    axes["E"].legend()
    return Figure(picture, numbers, "Numbers by (τ_e, τ_i) in ms; rates in bins of 2 ms.")
