"""Solved exercises of appendix B: other models."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.neurons import EIF
from rheobase.figures.panels import level, panels, with_spikes
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL
from rheobase.units import PER_MS

#: Reversal potential of sodium, mV.
E_NA = 50.0


@figure("Ex. B.1.1", "Light drives a neuron with channelrhodopsin", also=("channelrhodopsin",))
def channelrhodopsin() -> Figure:
    """Draw the rate of an EIF with a sodium channel that light opens against its conductance, and one run at 20 Hz."""
    from scipy.optimize import brentq

    wanted, on, off = 20.0, 100.0, 1100.0
    found = brentq(lambda g: _rate(g) - wanted, 0.15, 0.2)
    conductances = np.append(np.arange(0.13, 0.2001, 0.01), found)
    net = rb.Network(dt=0.05, threads=1)
    neuron = rb.EIFChR(**EIF, g_ChR=conductances, tau_ChR=2, E_ChR=E_NA)
    lit = net.add(neuron, conductances.size, name="n", V=EIF["E_L"])
    net.inject(lit, rb.Light(rb.Pulse(t_start=on, t_stop=off, amplitude=1.0)))
    net.record(lit, "V", neurons=[conductances.size - 1])
    res = net.run(1200)
    rates = np.array([rb.spikes.mean_rate(res.spikes("n").between(on, off))]).ravel()
    V = res.states("n", "V")
    picture, axes = panels("AB", (9.5, 3.6), width_ratios=[1, 1.6])
    fine = np.linspace(0.12, 0.2, 200)
    axes["A"].plot(fine, [_rate(g) for g in fine], color=BLACK, label="steady state, exact")
    axes["A"].plot(conductances, rates, "o", color=EXCITATORY, label="a second of light")
    level(axes["A"], wanted)
    axes["A"].set(xlabel="largest conductance over that of the leak", ylabel="rate (Hz)")
    axes["A"].legend(loc="upper left")
    axes["B"].axvspan(on, off, color=EXTERNAL, alpha=0.3, linewidth=0, label="light")
    spikes = res.spikes("n").train(conductances.size - 1)
    rb.plot.traces(V.times, with_spikes(V.times, V.values[:, 0], spikes, top=5), ax=axes["B"])
    axes["B"].set_title(f"conductance {found:.4f}")
    axes["B"].legend(loc="upper right")
    numbers = {"conductance": conductances, "rate": rates, "rate, exact": np.array([_rate(g) for g in conductances])}
    return Figure(picture, {**numbers, "conductance for 20 Hz": float(found)}, "The channel is open once it is lit.")


def _rate(g: float) -> float:
    """Return the rate (Hz) with all channels open, from the time between reset and spike."""
    from scipy.integrate import quad

    def speed(V: float) -> float:
        upstroke = EIF["D"] * np.exp((V - EIF["V_T"]) / EIF["D"])
        return (-(V - EIF["E_L"]) + upstroke - g * (V - E_NA)) / EIF["tau_m"]

    slowest = EIF["V_T"] + EIF["D"] * np.log1p(g)
    if speed(slowest) <= 0:
        return 0.0
    return 1 / PER_MS / quad(lambda V: 1 / speed(V), EIF["V_re"], EIF["V_th"], points=[slowest], limit=200)[0]
