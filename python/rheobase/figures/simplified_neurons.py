"""Figures of appendix B.3 and B.4: simplified neurons, and synapses that are conductances."""

from __future__ import annotations

from typing import Any

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels, with_spikes
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY, colour

#: What the neurons share (mV, ms).
MEMBRANE: dict[str, Any] = {"tau_m": 15, "E_L": -72, "V_re": -75}
UPSTROKE: dict[str, Any] = {"V_T": -55, "D": 2, "V_th": 5}


@figure("EIFLIFQIF", "Exponential, leaky and quadratic integrate-and-fire neurons", also=("EIF, LIF and QIF",))
def three_integrate_and_fire_neurons() -> Figure:
    """Draw the phase lines of three neurons at and above threshold, and their spikes."""
    common = {**MEMBRANE, "I_x": 19, "method": "euler"}
    neurons = {
        "EIF": rb.EIF(**common, **UPSTROKE),
        "LIF": rb.LIF(**common, V_th=UPSTROKE["V_T"]),
        "QIF": rb.QIF(**common, **UPSTROKE),
        "QIF, V_th = V_T": rb.QIF(**common, **{**UPSTROKE, "V_th": -54.999}),
    }
    drifts = {
        "EIF": rb.theory.exponential(**MEMBRANE, **UPSTROKE),
        "LIF": rb.theory.leaky(**MEMBRANE, V_th=UPSTROKE["V_T"]),
        "QIF": rb.theory.quadratic(**MEMBRANE, **UPSTROKE),
    }
    styles = {"LIF": ("-", colour(4), 4.0), "EIF": ("-", BLACK, 1.3), "QIF": ("--", EXCITATORY, 1.5)}
    net = rb.Network(dt=0.1, threads=1)
    for name, neuron in neurons.items():
        net.record(net.add(neuron, 1, name=name, V=-70), "V")
    res = net.run(300)
    picture, axes = panels("AB;CC;DD;EE", (8, 7.5), height_ratios=[1.7, 1, 1, 1])
    for panel, I_0 in (("A", 15), ("B", 19)):
        axes[panel].axhline(0, color=EXTERNAL, linewidth=0.8)
        for name, (style, shade, width) in styles.items():
            V = np.linspace(-80, min(drifts[name].V_th, -45), 351)
            speed = (drifts[name].drift(V) + I_0) / MEMBRANE["tau_m"]
            axes[panel].plot(V, speed, style, color=shade, linewidth=width, label=name)
        axes[panel].set(xlabel="V (mV)", ylabel="dV/dt (mV/ms)", ylim=(-0.6, 2.5), title=f"$I_0$ = {I_0} mV")
    axes["A"].legend(loc="lower left", ncols=3)
    for panel, name in zip("CDE", drifts, strict=True):
        states = res.states(name, "V")
        drawn = with_spikes(states.times, states.values[:, 0], res.spikes(name).times, top=5)
        rb.plot.traces(states.times, drawn, ylabel="V (mV)", ax=axes[panel])[0].set_color(styles[name][1])
        axes[panel].set(xlim=(0, 300), ylim=(-80, 28))
        axes[panel].set_title(name, loc="right", y=0.8)
        axes[panel].tick_params(labelbottom=panel == "E")
    early = res.states("QIF, V_th = V_T", "V")
    axes["E"].plot(early.times, early.values[:, 0], ":", color=BLACK, linewidth=1)
    numbers: dict[str, Any] = {f"spikes {name}": res.spikes(name).times for name in neurons}
    for name, neuron in neurons.items():
        numbers[f"ISI {name}"] = float(rb.theory.Noiseless(neuron).interval(19.0))
    numbers |= {f"I_th {name}": membrane.threshold_current for name, membrane in drifts.items()}
    note = "C to E are the source's panel C, all with 19 mV. Its QIF is reset as soon as it reaches V_T (dotted), "
    note += "where its parabola is lowest; a QIF must be reset far above, here at V_th = 5 mV."
    return Figure(picture, numbers, note)


@figure("AdEx", "Adaptive exponential integrate-and-fire neuron", also=("adaptation",))
def adaptive_neuron() -> Figure:
    """Draw a neuron whose intervals grow with its adaptation current."""
    net = rb.Network(dt=0.1, threads=1)
    adex = rb.AdEx(**MEMBRANE, **UPSTROKE, a=0.1, b=0.75, tau_w=400, I_x=19, method="euler")
    neuron = net.add(adex, 1, name="n", V=-70)
    for variable in "Vw":
        net.record(neuron, variable)
    res = net.run(1000)
    spikes, w = res.spikes("n").times, res.states("n", "w")
    V = res.states("n", "V").values[:, 0]
    picture, axes = panels("A;B", (7, 4.5), sharex=True)
    rb.plot.traces(w.times, with_spikes(w.times, V, spikes, top=5), ylabel="V (mV)", ax=axes["A"])
    rb.plot.traces(w.times, w.values, ylabel="w (mV)", ax=axes["B"])
    axes["B"].set(xlim=(0, 1000), ylim=(0, 4.5))
    numbers = {"spikes": spikes, "ISI": np.diff(spikes), "w max": float(w.values.max())}
    note = "V' = (−(V − E_L) + D exp((V − V_T)/D) + 19 mV − w)/15 ms; each spike adds b = 0.75 mV to w."
    return Figure(picture, {**numbers, "w(999.9)": float(w.values[-2, 0])}, note)


@figure("CondBasedSynapses", "Conductance-based synapses", also=("conductance-based synapses",))
def conductance_based_synapses() -> Figure:
    """Draw conductances, the currents through them and V, beside what current-based synapses would make of it."""
    net = rb.Network(dt=0.1, threads=1)
    leaky = rb.LeakyIntegrator(tau_m=10, E_L=-72, method="euler")
    neuron, same = (net.add(leaky, 1, name=name, V=-72) for name in ("conductance-based", "current-based"))
    synapses = {"e": (0.3, 0.0, [20.0, 200, 210]), "i": (8.0, -75.0, [100.0])}  # J (ms), E (mV), spikes (ms)
    for name, (J, E, spikes) in synapses.items():
        source = net.add(rb.Trains([spikes]), 1, name=name)
        conductance = rb.Exponential(tau=5, reversal=E, norm="area", label=name)
        net.connect(source, neuron, rb.AllToAll(), weight=J, synapse=conductance)
        net.connect(source, same, rb.AllToAll(), weight=J * (E + 72), synapse=rb.Exponential(tau=5))
        net.record(neuron, f"g_{name}")
    for each in (neuron, same):
        net.record(each, "V")
    res = net.run(300)
    t, V = res.states(neuron.name, "V").times, res.states(neuron.name, "V").values[:, 0]
    V_same = res.states(same.name, "V").values[:, 0]
    picture, axes = panels("ADH;BEH;CFI", (10.5, 5.5), sharex=True)
    numbers: dict[str, float] = {}
    total = np.zeros_like(V)
    before = np.concatenate([V[:1], V[:-1]])  # a conductance is recorded as that of the step that V has gone through
    for column, (name, (_, E, spikes)), shade in zip(
        ("ABC", "DEF"), synapses.items(), (EXCITATORY, INHIBITORY), strict=True
    ):
        g = res.states(neuron.name, f"g_{name}").values[:, 0]
        current = -g * (before - E)
        total += current
        axes[column[0]].vlines(spikes, 0, 1, color=shade)
        axes[column[0]].set(ylim=(0, 1.2), yticks=[], ylabel=f"$S_{name}$")
        for panel, values, label in ((column[1], g, f"$g_{name}$ ($g_L$)"), (column[2], current, f"$I_{name}$ (mV)")):
            rb.plot.traces(t, values, ylabel=label, ax=axes[panel])[0].set_color(shade)
        numbers |= {f"g_{name} max": float(g.max()), f"I_{name} peak": float(current[np.abs(current).argmax()])}
    axes["H"].plot(t, V_same, color=EXTERNAL, linewidth=3, label="current-based")
    rb.plot.traces(t, V, ax=axes["H"])[0].set(color=BLACK, label="conductance-based")
    axes["H"].legend(loc="upper left")
    rb.plot.traces(t, total, ylabel="$I_e + I_i$ (mV)", ax=axes["I"])
    windows = {"EPSP": (t < 100, max), "IPSP": ((t > 100) & (t < 200), min), "pair": (t > 200, max)}
    for name, (inside, extreme) in windows.items():
        numbers |= {name: float(extreme(V[inside])), f"{name}, current-based": float(extreme(V_same[inside]))}
    for panel in "HI":
        level(axes[panel], {"H": -72.0, "I": 0.0}[panel], style=":")
    note = "Conductances are relative to the leak's, so they have no unit (not mV). Grey: synapses of weight J (E − "
    note += "E_L), which leave out that an open conductance shunts. Panel G of the source is a drawing."
    return Figure(picture, numbers, note)
