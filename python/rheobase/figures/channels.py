"""Figures of appendix B: ion channels and the action potential."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.network.result import Result
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY

#: Gates by name: power in the conductance, and colour.
GATES = {"n": (4, INHIBITORY), "h": (1, BLACK), "m": (3, EXCITATORY)}


@figure("B.1", "Gating of the Hodgkin–Huxley channels", also=("gating variables",))
def gating() -> Figure:
    """Draw the steady states and time constants of the gates against the membrane potential."""
    V = np.linspace(-100, 50, 601)
    picture, axes = panels("AB", (8.5, 3.6))
    neuron = rb.HodgkinHuxley()
    for name, (power, colour) in GATES.items():
        gate = neuron.gate(name, V)
        style = {"n": "-", "h": ":", "m": "--"}[name]
        axes["A"].plot(
            V,
            gate.steady**power,
            style,
            color=colour,
            label=f"${name}_\\infty^{power}$",
        )
        axes["B"].plot(V, gate.tau, style, color=colour, label=f"$\\tau_{name}$")
    axes["A"].set(xlabel="V (mV)", ylabel="steady state $a_\\infty^k$")
    axes["B"].set(xlabel="V (mV)", ylabel="time constant (ms)")
    for ax in axes.values():
        ax.axvline(-65, color="0.7", linewidth=0.8, zorder=0)
        ax.legend()
    at_rest = {name: neuron.gate(name, -65.0) for name in GATES}
    steady = {f"{name}(-65)": float(gate.steady) for name, gate in at_rest.items()}
    constants = {f"tau_{name}(-65)": float(gate.tau) for name, gate in at_rest.items()}
    limits = {"alpha_n(-55)": neuron.gate("n", -55.0).alpha, "alpha_m(-40)": neuron.gate("m", -40.0).alpha}
    return Figure(picture, {**steady, **constants, **{name: float(value) for name, value in limits.items()}})


@figure("B.2", "Action potentials of the Hodgkin–Huxley model", also=("Hodgkin-Huxley",))
def action_potentials() -> Figure:
    """Draw an action potential with its gates and currents, and spikes under pulses and a sustained step."""
    dt = 0.01
    t = dt * np.arange(30001)
    ramp = 20 * ndtr(t[:3001] - 13)
    pulses = 8 * ndtr((t - 150) / 2)
    for amplitude, when in ((2, 25), (3, 50), (5, 75), (7, 100)):
        pulses += amplitude * np.exp(-((t - when) ** 2) / (2 * 1.5**2))
    one, many = _membrane(ramp, dt), _membrane(pulses, dt)
    V, n, m, h = (one.states("n", name).values[:, 0] for name in "Vnmh")
    time = one.states("n", "V").times
    picture, axes = panels("ADG;BDG;CEH;CFH", (11, 6))
    axes["A"].plot(t[:3001], ramp, color=BLACK)
    axes["A"].set_ylabel("I (µA/cm²)")
    axes["B"].plot(time, V, color=BLACK)
    axes["B"].set_ylabel("V (mV)")
    for name, gate in (("n", n), ("h", h), ("m", m)):
        style = {"n": "-", "h": ":", "m": "--"}[name]
        axes["C"].plot(time, gate, style, color=GATES[name][1], label=name)
    axes["C"].set_ylabel("gates")
    conductances = {"K": (36 * n**4, -77.0, INHIBITORY), "Na": (120 * m**3 * h, 50.0, EXCITATORY)}
    for name, (g, E, colour) in conductances.items():
        style = {"K": "-", "Na": "--"}[name]
        axes["D"].plot(time, g, style, color=colour, label=f"$g_{{{name}}}$")
        axes["E" if name == "K" else "F"].plot(time, -g * (V - E), style, color=colour)
    axes["D"].set_ylabel("conductance (mS/cm²)")
    axes["E"].set_ylabel("$I_K$ (µA/cm²)")
    axes["F"].set_ylabel("$I_{Na}$ (µA/cm²)")
    for panel in "ABCDEF":
        axes[panel].set(xlabel="time (ms)", xlim=(10, 24))
    axes["C"].legend()
    axes["D"].legend()
    axes["G"].plot(t, pulses, color=BLACK)
    axes["G"].set(xlabel="time (ms)", ylabel="I (µA/cm²)")
    rb.plot.traces(many.states("n", "V").times, many.states("n", "V").values, ylabel="V (mV)", ax=axes["H"])
    numbers = {"spikes": many.spikes("n").times, "spikes of the ramp": one.spikes("n").times, "peak": float(V.max())}
    note = (
        "Currents are positive inward: I_K is negative. Pulses of 2, 3, 5 and 7 µA/cm², then a step to 8; 3 just fails."
    )
    return Figure(picture, numbers, note)


def _membrane(current: np.ndarray, dt: float) -> Result:
    """Run one Hodgkin–Huxley neuron under `current` (µA/cm²), recording V and the gates."""
    net = rb.Network(dt=dt, threads=1)
    neuron = net.add(rb.HodgkinHuxley(method="rk4"), 1, name="n")
    net.inject(neuron, rb.Samples(current, every=dt))
    for variable in "Vnmh":
        net.record(neuron, variable, every=10 * dt)
    return net.run(dt * (current.size - 1))
