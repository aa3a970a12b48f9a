"""Figures of chapter 1: neurons and synapses."""

from __future__ import annotations

from typing import Any

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels, schematic, with_spikes
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY

#: The neuron of the textbook's first figures (mV, ms).
EIF: dict[str, Any] = {"tau_m": 15, "E_L": -72, "V_th": 5, "V_re": -75, "V_T": -55, "D": 2}


@figure("1", "Two neurons and a synapse", also=("introduction",))
def two_neurons() -> Figure:
    """Draw a neuron under five pulses of current, of which two make it spike, and the neuron it excites."""
    net = rb.Network(dt=0.1, threads=1)
    eif = rb.EIF(tau_m=10, E_L=-70, V_T=-55, D=1.5, V_th=5, V_re=-72)
    pre, post = (net.add(eif, 1, name=name, V=-70) for name in ("pre", "post"))
    amplitudes, edges = [8, 32, 11, 34, 6], [20, 60, 100, 140, 180]
    for start, amplitude in zip(edges, amplitudes, strict=True):
        net.inject(pre, rb.Pulse(t_start=start, t_stop=start + 10, amplitude=amplitude))
    net.connect(pre, post, rb.AllToAll(), weight=60, synapse=rb.Exponential(tau=5))
    for neuron in (pre, post):
        net.record(neuron, "V")
    res = net.run(230)
    t = res.states("pre", "V").times
    current = sum(np.where((t > start) & (t <= start + 10), a, 0) for start, a in zip(edges, amplitudes, strict=True))
    picture, axes = panels("AB;Ab;Ac", (9, 4.5), sharex=True, height_ratios=[1, 2, 2], width_ratios=[1, 2.2])
    schematic(picture, axes, "A", net)
    axes["B"].plot(t, current, color=BLACK)
    axes["B"].set_ylabel("$I_x$ (mV)")
    for panel, name in (("b", "pre"), ("c", "post")):
        V = with_spikes(t, res.states(name, "V").values[:, 0], res.spikes(name).times, top=5)
        rb.plot.traces(t, V, ylabel=f"$V_{{{name}}}$ (mV)", ax=axes[panel])
    level(axes["b"], -55, "threshold")
    V_pre, V_post = (res.states(name, "V").values[:, 0] for name in ("pre", "post"))
    numbers = {"rest": float(V_pre[0]), "spikes": res.spikes("pre").times, "spikes of post": res.spikes("post").times}
    weak = {"weak peak": float(V_pre[(t > 100) & (t < 140)].max()), "EPSP": float(V_post.max() + 70)}
    return Figure(picture, {**numbers, **weak}, "Simulated where the source has a sketch.")


@figure("1.1", "Leaky integrator", also=("leaky integrator",))
def leaky_integrator() -> Figure:
    """Draw the response of τ_m V' = −(V − E_L) + I_x to a constant and to a pulse of input."""
    tau_m, E_L, dt = 15.0, -72.0, 0.1
    t = dt * np.arange(6001)
    constant, pulse = np.full(t.size, 4.0), np.where((t >= 100) & (t <= 300), 4.0, 0.0)
    V = rb.dynamics.exponential_decay(t, tau_m, y0=-70.0, c=E_L + 4.0)  # eq. (1.3)
    V_pulse = E_L + rb.dynamics.linear_ode(pulse, dt, tau_m)  # eq. (1.4): convolution with the kernel
    picture, axes = panels("AC;BD", (8, 4.5), sharex=True)
    for top, bottom, current, voltage in (("A", "B", constant, V), ("C", "D", pulse, V_pulse)):
        rb.plot.traces(t, current, ylabel="$I_x$ (mV)", ax=axes[top])
        rb.plot.traces(t, voltage, ax=axes[bottom])
        axes[top].set(xlabel="", ylim=(-0.3, 4.5))
        axes[bottom].set_ylim(-72.4, -67.5)
        level(axes[bottom], E_L + 4, "$E_L + I_0$")
    at = {f"V({when})": float(V[round(when / dt)]) for when in (15, 60)}
    in_pulse = {f"V_pulse({when})": float(V_pulse[round(when / dt)]) for when in (115, 300, 315)}
    return Figure(picture, {"V_inf": E_L + 4.0, **at, **in_pulse})


@figure("1.2", "Exponential integrate-and-fire neuron", also=("EIF",))
def exponential_integrate_and_fire() -> Figure:
    """Draw the EIF under a weak pulse of current, which does not make it fire, and a strong one, which does."""
    net = rb.Network(dt=0.1, threads=1)
    neuron = net.add(rb.EIF(**EIF, method="euler"), 1, name="n", V=-70)
    current = rb.Steps([0, 200, 400, 600, 800], [0, 5, 0, 18, 0])
    net.inject(neuron, current)
    net.record(neuron, "V")
    res = net.run(1000)
    t, V = res.states("n", "V").times, res.states("n", "V").values[:, 0]
    picture, axes = panels("A;B", (7, 4.5), sharex=True, height_ratios=[1, 2])
    axes["A"].step([0, *current.times[1:], 1000], [*current.values[:, 0], 0], where="post", color=BLACK)
    axes["A"].set_ylabel("$I_x$ (mV)")
    level(axes["A"], 15, "$I_{th}$")
    spikes = res.spikes("n").times
    rb.plot.traces(t, with_spikes(t, V, spikes, top=5), ax=axes["B"])
    axes["B"].plot(spikes, np.full(spikes.size, 5.0), "o", color=EXCITATORY, markersize=5, label="spikes")
    axes["B"].legend(loc="upper left")
    return Figure(picture, {"spikes": res.spikes("n").times, "V(400)": float(V[np.isclose(t, 400.0)][0])})


@figure("1.3", "Phase line of the EIF", also=("EIF phase line",))
def phase_line_of_the_eif() -> Figure:
    """Draw dV/dt against V below and above the threshold current, where the fixed points have gone."""
    tau_m, E_L, V_T, D = (EIF[name] for name in ("tau_m", "E_L", "V_T", "D"))
    picture, axes = panels("AB", (8, 3.5), sharey=True)
    numbers = {"I_th": float(V_T - E_L - D)}
    for panel, I_0 in (("A", 5.0), ("B", 20.0)):

        def velocity(V: np.ndarray, I_0: float = I_0) -> np.ndarray:
            return (-(V - E_L) + D * np.exp((V - V_T) / D) + I_0) / tau_m

        rb.plot.phase_line(velocity, -80, -46, ax=axes[panel], color=BLACK)
        axes[panel].set(xlabel="V (mV)", ylabel="dV/dt (mV/ms)" if panel == "A" else "", ylim=(-1.2, 2.6))
        axes[panel].set_title(f"$I_0$ = {I_0:g} mV")
        for point in rb.dynamics.phase_line(velocity, -80, -46).fixed_points:
            numbers[f"{point.kind} ({I_0:g})"] = float(point.u[0])
        numbers[f"f(V_T) ({I_0:g})"] = float(velocity(np.array(V_T)))
    return Figure(picture, numbers, "Filled: stable fixed point. Open: unstable. Above I_th = 15 mV there is none.")


@figure("1.4", "Synapses", also=("synapses",))
def synapses() -> Figure:
    """Draw the currents that four spikes evoke through exponential synapses, and the membrane potential."""
    net = rb.Network(dt=0.1, threads=1)
    neuron = net.add(rb.LIF(tau_m=10, E_L=-72, V_re=-72, V_th=0), 1, name="n", V=-72)
    for name, spikes, weight in (("e", [20, 200, 210], 12), ("i", [100], -12)):
        source = net.add(rb.Trains([np.array(spikes, dtype=float)]), 1, name=name)
        net.connect(source, neuron, rb.AllToAll(), weight=weight, synapse=rb.Exponential(tau=5, label=name))
        net.record(neuron, f"I_{name}")
    net.record(neuron, "V")
    res = net.run(300)
    t, V = res.states("n", "V").times, res.states("n", "V").values[:, 0]
    picture, axes = panels("AACC;BBDD;EFFF", (8, 6), sharex=True, height_ratios=[1, 2, 3])
    schematic(picture, axes, "E", net)
    for density, current, name, colour in (("A", "B", "e", EXCITATORY), ("C", "D", "i", INHIBITORY)):
        axes[density].vlines(res.spikes(name).times, 0, 1, color=colour)
        axes[density].set(yticks=[], ylim=(0, 1.2), ylabel=f"$S_{name}$")
        (line,) = rb.plot.traces(t, res.states("n", f"I_{name}").values, ylabel=f"$I_{name}$ (mV)", ax=axes[current])
        line.set_color(colour)
    axes["B"].set(xlabel="")
    axes["D"].set(xlabel="")
    rb.plot.traces(t, V, ax=axes["F"])
    peaks = {"EPSP": V[t < 100].max(), "IPSP": V[(t > 100) & (t < 200)].min(), "pair": V[t > 200].max()}
    # Recorded currents are means over a step, each of a decay that begins with this much more.
    begin = {name: res.states("n", f"I_{name}").values * (0.1 / 5) / -np.expm1(-0.1 / 5) for name in "ei"}
    numbers = {
        "jump": float(begin["e"][t < 100].max()),
        "I_e max": float(begin["e"].max()),
        "I_i min": float(begin["i"].min()),
        **{name: float(value) for name, value in peaks.items()},
        "t EPSP": float(t[V.argmax()]) if V.argmax() < 1000 else float(t[t < 100][V[t < 100].argmax()]),
    }
    return Figure(picture, numbers, "Panel letters as in the source.")
