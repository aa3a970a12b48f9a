"""Solved exercises of chapter 1: neurons and synapses."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.neurons import EIF
from rheobase.figures.panels import level, panels, with_spikes
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY
from rheobase.units import PER_MS

#: Spikes of the excitatory and the inhibitory neuron of figure 1.4 (ms).
SPIKES = {"e": [20.0, 200.0, 210.0], "i": [100.0]}


@figure("Ex. 1.2.1", "Threshold current of the EIF", also=("EIF threshold",))
def threshold_of_the_eif() -> Figure:
    """Draw phase lines and potentials 1 mV below and above I_th = V_T − E_L − D, where the minimum of dV/dt is 0."""
    E_L, V_T, D = (EIF[name] for name in ("E_L", "V_T", "D"))
    I_th = V_T - E_L - D  # f'(V) = 0 at V = V_T, and f(V_T) = 0 there
    steps = np.array([-1.0, -0.1, 0.1, 1.0])
    net = rb.Network(dt=0.1, threads=1)
    neurons = net.add(rb.EIF(**EIF, I_x=I_th + steps), steps.size, name="n", V=E_L)
    net.record(neurons, "V")
    res = net.run(600)
    V, spikes = res.states("n", "V"), res.spikes("n")
    picture, axes = panels("AB", (9, 3.6), width_ratios=[1, 1.3])
    lines = {0: (INHIBITORY, "− 1 mV"), 3: (EXCITATORY, "+ 1 mV")}
    minima = {}
    for k, (colour, name) in lines.items():
        line = rb.dynamics.phase_line(rb.EIF(**EIF, I_x=I_th + steps[k]), -66, -50)
        axes["A"].plot(line.x, line.velocity, color=colour, label=f"$I_{{th}}$ {name}")
        minima[k] = float(line.velocity.min())
        drawn = with_spikes(V.times, V.values[:, k], spikes.train(k), top=5)
        axes["B"].plot(V.times, drawn, color=colour, label=f"$I_{{th}}$ {name}")
    axes["A"].axhline(0, color=EXTERNAL, zorder=0)
    axes["A"].plot(V_T, 0, "o", color=BLACK, markersize=4)
    axes["A"].annotate("$V_T$", (V_T, 0), (0, -24), textcoords="offset points", ha="center")
    axes["A"].set(xlabel="V (mV)", ylabel="dV/dt (mV/ms)", ylim=(-0.2, 0.6))
    axes["A"].legend()
    axes["B"].set(xlabel="time (ms)", ylabel="V (mV)", ylim=(-76, 14))
    axes["B"].legend(loc="upper right", ncols=2)
    note = "Below, two fixed points hold the neuron; above there is none and it spikes. A minimum of 0 gives I_th."
    numbers = {"I_th": float(I_th), "I_0 − I_th": steps, "spikes": spikes.count()}
    return Figure(picture, {**numbers, "minima of dV/dt": np.array([minima[0], minima[3]])}, note)


@figure("Ex. 1.2.2", "Interspike interval and f–I curve of the EIF", also=("EIF f-I curve",))
def interspike_interval_of_the_eif() -> Figure:
    """Draw the exact interval t_ISI = τ_m ∫ dV / (−(V − E_L) + D e^{(V−V_T)/D} + I_0) and simulated ones."""
    from scipy.integrate import quad

    tau_m, E_L, V_T, D = (EIF[name] for name in ("tau_m", "E_L", "V_T", "D"))

    def interval(I_0: float) -> float:
        speed = lambda V: (-(V - E_L) + D * np.exp((V - V_T) / D) + I_0) / tau_m  # noqa: E731
        return quad(lambda V: 1 / speed(V), EIF["V_re"], EIF["V_th"], points=[V_T], limit=200)[0]

    inputs = np.array([15.1, 15.5, 16, 17, 18, 19, 20, 22, 25, 30, 40])
    fine = np.concatenate([15 + np.geomspace(1e-3, 1, 40), np.linspace(16.2, 40, 60)])
    net = rb.Network(dt=0.02, seed=0, threads=1)
    net.add(rb.EIF(**EIF, I_x=inputs), inputs.size, name="n", V=EIF["V_re"])
    spikes = net.run(700).spikes("n")
    simulated = np.array([np.diff(train, prepend=0.0).mean() for train in spikes.trains()])
    exact, curve = (np.array([interval(I_0) for I_0 in values]) for values in (inputs, fine))
    picture, axes = panels("AB", (8, 3.5))
    axes["A"].plot(fine, curve, color=BLACK, label="exact")
    asymptote = np.pi * tau_m * np.sqrt(2 * D / (fine - 15))
    law = r"$\pi\tau_m\sqrt{2D/(I_0-I_{th})}$"
    axes["A"].plot(fine, asymptote, color=EXTERNAL, linewidth=4, zorder=1, label=law)
    axes["A"].plot(inputs, simulated, "o", color=EXCITATORY, markersize=4, label="simulated")
    axes["A"].set(xlabel="$I_0$ (mV)", ylabel="interspike interval (ms)", ylim=(0, 350), xlim=(14, 41))
    axes["A"].legend()
    lines = rb.plot.fi_curve(inputs, 1 / (PER_MS * simulated), threshold=15.0, xlabel="$I_0$ (mV)", ax=axes["B"])
    lines[0].set(color=EXCITATORY)
    axes["B"].plot(np.append(14.0, fine), np.append(0.0, 1 / (PER_MS * curve)), color=BLACK, zorder=1)
    return Figure(picture, {"I_0": inputs, "ISI": exact, "simulated": simulated, "rate": 1 / (PER_MS * exact)})


@figure("Ex. 1.3.1", "Synapses that rise", also=("difference of exponentials",))
def rising_synapses() -> Figure:
    """Draw the responses of figure 1.4 to exponential synapses and to differences of exponentials."""
    kernels = {
        "exponential, 5 ms": (rb.Exponential(tau=5, label="s"), EXTERNAL, 4.0),
        "difference of exponentials, 0.5 and 4 ms": (
            rb.DifferenceOfExponentials(tau_rise=0.5, tau_decay=4, label="s"),
            EXCITATORY,
            1.5,
        ),
    }
    net = rb.Network(dt=0.1, threads=1)
    sources = {name: net.add(rb.Trains([times]), 1, name=name) for name, times in SPIKES.items()}
    for name, (synapse, _, _) in kernels.items():
        post = net.add(rb.LIF(tau_m=10, E_L=-72, V_re=-72, V_th=0), 1, name=name, V=-72)
        net.connect(sources["e"], post, rb.AllToAll(), weight=12, synapse=synapse)
        net.connect(sources["i"], post, rb.AllToAll(), weight=-12, synapse=synapse)
        net.record(post, ["V", "I_s"])
    res = net.run(300)
    picture, axes = panels("A;B", (8, 4.8), sharex=True, height_ratios=[1, 1.4])
    for name, (_, colour, width) in kernels.items():
        for panel, variable in (("A", "I_s"), ("B", "V")):
            sampled = res.states(name, variable)
            axes[panel].plot(sampled.times, sampled.values[:, 0], color=colour, linewidth=width, label=name)
    V, currents = (np.column_stack([res.states(name, x).values for name in kernels]) for x in ("V", "I_s"))
    axes["A"].set(ylabel="current (mV)")
    axes["A"].legend(loc="lower right")
    axes["B"].set(xlabel="time (ms)", ylabel="V (mV)")
    level(axes["B"], -72, color=INHIBITORY, style=":")
    numbers = {"first EPSP": V[:1000].max(axis=0) + 72, "largest difference of V": float(np.abs(np.diff(V)).max())}
    numbers["largest difference of I"] = float(np.abs(np.diff(currents)).max())
    note = "Equal areas. Currents differ much, potentials little: the membrane smooths both."
    return Figure(picture, numbers, note)
