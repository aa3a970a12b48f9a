"""Figures of appendix B.3: the quadratic neuron as a phase oscillator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.network.result import Result
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: V' = V² + 4, dimensionless, with the period T_p = π/2.
NEURON = rb.dynamics.QuadraticNeuron(I=4)
#: The same in the engine, from nearly −∞ to nearly ∞.
QIF: dict[str, Any] = {"tau_m": 1, "D": 0.5, "V_T": 0, "E_L": -0.5, "V_th": 1e6, "V_re": -1e6, "I_x": 4}


@figure("QIFOscPhase 1", "The quadratic neuron as a phase", also=("phase of the QIF",))
def quadratic_neuron_as_a_phase() -> Figure:
    """Draw V, the angle θ and the phase φ of the quadratic neuron against time, and what moves each."""
    net = rb.Network(dt=0.001, threads=1)
    net.record(net.add(rb.QIF(**QIF), 1, name="qif", V=-1e6), "V")
    net.record(net.add(rb.ThetaNeuron(I_x=4), 1, name="circle", theta=-np.pi), "theta")
    res = net.run(7)
    t, V = res.states("qif", "V").times, res.states("qif", "V").values[:, 0]
    theta = res.states("circle", "theta").values[:, 0] % (2 * np.pi)
    phase = NEURON.phase(np.tan(theta / 2)) % NEURON.period
    picture, axes = panels("ABB;CDD;EFF", (8.5, 6.5))
    rb.plot.phase_line(NEURON, -6, 6, ax=axes["A"], color=BLACK)
    rb.plot.phase_line(rb.ThetaNeuron(I_x=4), 0, 2 * np.pi, ax=axes["C"], color=BLACK)
    turn = np.linspace(np.pi, 3 * np.pi, 401)[1:-1]
    axes["E"].plot(turn, NEURON.phase(np.tan(turn / 2)), color=BLACK)
    axes["A"].set(xlabel="V", ylabel="V'", ylim=(-3, 42))
    axes["C"].set(xlabel="θ", ylabel="θ'", ylim=(-0.7, 9), xticks=[0, np.pi, 2 * np.pi], xticklabels=["0", "π", "2π"])
    axes["E"].set(xlabel="θ", ylabel="φ", xticks=np.pi * np.array([1, 2, 3]), xticklabels=["π", "2π", "3π"])
    for panel, values, label in (("B", V, "V"), ("D", theta, "θ"), ("F", phase, "φ")):
        axes[panel].plot(t, _without_jumps(values), color=BLACK)
        axes[panel].set(xlabel="t", ylabel=label, xlim=(0, 7))
        for k in range(1, 5):
            axes[panel].axvline(k * NEURON.period, color=EXCITATORY, linestyle=":", linewidth=1)
    axes["B"].set_ylim(-11, 11)
    axes["D"].set(yticks=[0, np.pi, 2 * np.pi], yticklabels=["0", "π", "2π"])
    for panel in "EF":
        axes[panel].set(yticks=[0, NEURON.period / 2, NEURON.period], yticklabels=["0", "$T_p/2$", "$T_p$"])
    first = (t > 0.1) & (t < NEURON.period - 0.1)
    numbers = {
        "T_p": NEURON.period,
        "spikes of theta": res.spikes("circle").times,
        "largest error of V": float(np.abs(V - NEURON.voltage(t + NEURON.phase(-1e6)))[first].max()),
        "largest error of φ": float(np.abs(phase - t % NEURON.period)[t > 0].max()),
    }
    note = "Dimensionless: V' = V² + 4, V = tan(θ/2) = −2 cot 2φ, φ' = 1. Dotted: the spikes, where V runs through "
    note += "infinity, θ through π, and φ from T_p = π/2 to 0. A, C and E replace drawings."
    return Figure(picture, numbers, note)


def _without_jumps(values: np.ndarray) -> np.ndarray:
    """Return the trace with a gap where it is thrown back."""
    return np.where(np.diff(values, append=values[-1]) < -1, np.nan, values)


@figure("QIFOscPhase 2", "Phase response of the quadratic neuron", also=("phase response curve",))
def phase_response() -> Figure:
    """Draw what a kick V → V + a does to the next spike, and its advance against the phase of the kick."""
    kick, dt = 1.0, 0.001
    at = np.append(np.round(np.pi / 4, 3), np.round(np.linspace(0.05, 1.5, 15), 3))
    res = _kicked(rb.QIF(**QIF), at, kick, dt)
    coarse = _kicked(rb.QIF(**{**QIF, "V_th": 100, "V_re": -100}, method="euler"), at[:1], kick, dt)
    advance, rough = (
        r.spikes("free").times[0] - [train[0] for train in r.spikes("kicked").trains()] for r in (res, coarse)
    )
    t, free = res.states("free", "V").times, res.states("free", "V").values[:, 0]
    V = res.states("kicked", "V").values[:, 0]
    picture, axes = panels("AC;BC", (9, 4.5))
    for values, style, label in (
        (free, {"color": EXTERNAL, "linewidth": 3}, "unperturbed"),
        (V, {"color": BLACK}, "kicked"),
    ):
        axes["A"].plot(t, _without_jumps(values), label=label, **style)
        axes["B"].plot(t, _without_jumps(NEURON.phase(values)), **style)
    for panel, label in (("A", "V"), ("B", "φ")):
        axes[panel].axvline(at[0], color=EXCITATORY, linestyle=":", linewidth=1)
        axes[panel].set(xlabel="t", ylabel=label, xlim=(0, 5))
    axes["A"].set_ylim(-11, 11)
    axes["A"].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    axes["B"].set(yticks=[0, NEURON.period / 2, NEURON.period], yticklabels=["0", "$T_p/2$", "$T_p$"])
    phi = np.linspace(0, NEURON.period, 2001)
    finite = NEURON.response(phi, kick)
    axes["C"].plot(phi, kick * NEURON.response(phi), "--", color=INHIBITORY, label="$a\\,G(\\varphi)$, for small a")
    axes["C"].plot(phi, finite, color=BLACK, label="$G_a(\\varphi)$, a = 1")
    axes["C"].plot(at, advance, "o", color=EXCITATORY, markersize=4, label="simulated")
    axes["C"].set(xlabel="phase of the kick φ", ylabel="advance of the phase", ylim=(0, 0.33), xlim=(0, NEURON.period))
    axes["C"].set(xticks=[0, NEURON.period / 2, NEURON.period], xticklabels=["0", "$T_p/2$", "$T_p$"])
    axes["C"].legend(loc="upper left", ncols=3, columnspacing=0.8, handlelength=1.3)
    numbers = {
        "G_1(π/4)": float(NEURON.response(np.pi / 4, kick)),
        "G(π/4)": float(NEURON.response(np.pi / 4)),
        "simulated at π/4": float(advance[0]),
        "simulated by Euler": float(rough[0]),
        "largest G_1": float(finite.max()),
        "at": float(phi[finite.argmax()]),
        "points": np.stack([at, advance]),
    }
    note = "V' = V² + 4 with a kick of a = 1, in A and B at φ = π/4. The source's 0.228 is forward Euler between V = "
    note += "±100."
    return Figure(picture, numbers, note)


def _kicked(neuron: rb.QIF, at: np.ndarray, kick: float, dt: float) -> Result:
    """Run a free neuron, and one for each time in `at` at which it is kicked."""
    net = rb.Network(dt=dt, threads=1)
    start = neuron.parameters["V_re"]
    for name, n in (("free", 1), ("kicked", at.size)):
        net.record(net.add(neuron, n, name=name, V=start), "V", neurons=[0])
    pulses = net.add(rb.Trains(list((at - dt)[:, None])), at.size, name="pulses")
    net.connect(pulses, net["kicked"], rb.OneToOne(), weight=kick, synapse=rb.Delta())
    return net.run(5)


@figure("QIFOscPhase 3", "Two quadratic neurons lock their phases", also=("phase locking",))
def phase_locking() -> Figure:
    """Draw a neuron that an identical one kicks at each spike, and its phase at those kicks."""
    weight, dt = 1.0, 1e-4
    net = rb.Network(dt=dt, threads=1)
    for name, start in (("A", 2 * np.arctan(NEURON.voltage(np.pi / 4))), ("B", -np.pi)):
        net.record(net.add(rb.ThetaNeuron(I_x=4), 1, name=name, theta=start), "theta")
    net.connect(net["B"], net["A"], rb.OneToOne(), weight=weight, synapse=rb.Delta())
    res = net.run(23)
    t = res.states("A", "theta").times
    V = {name: np.tan(res.states(name, "theta").values[:, 0] / 2) for name in "AB"}
    phases = NEURON.phase(V["A"][np.rint(res.spikes("B").times / dt).astype(int)])
    predicted = rb.dynamics.driven_phases(NEURON, weight, np.pi / 4, phases.size - 1)
    picture, axes = panels("ABB;CDD", (9, 5))
    _pair(axes["A"])
    for name, colour, width in (("B", EXTERNAL, 3), ("A", BLACK, 1.2)):
        axes["B"].plot(t[::10], _without_jumps(V[name][::10]), color=colour, linewidth=width, label=f"$V_{name}$")
    axes["B"].set(xlabel="t", ylabel="V", ylim=(-11, 11), xlim=(0, 23))
    axes["B"].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    phi = np.linspace(0, NEURON.period, 401)
    axes["C"].plot(phi, NEURON.response(phi, weight), color=BLACK, label="$G_a(\\varphi)$, a = w = 1")
    axes["C"].plot(phases[:-1], np.diff(phases), "o", color=EXCITATORY, markersize=4, label="simulated")
    axes["C"].set(
        xlabel="$\\varphi_n$", ylabel="$\\varphi_{n+1} - \\varphi_n$", ylim=(0, 0.33), xlim=(0, NEURON.period)
    )
    axes["C"].set(xticks=[0, NEURON.period / 2, NEURON.period], xticklabels=["0", "$T_p/2$", "$T_p$"])
    axes["C"].legend(loc="upper left")
    spike = np.arange(1, phases.size + 1)
    axes["D"].plot(spike, predicted, color=BLACK, label="$\\varphi_{n+1} = \\varphi_n + G_a(\\varphi_n)$")
    axes["D"].plot(spike, phases, "o", color=EXCITATORY, markersize=4, label="simulated")
    axes["D"].axhline(NEURON.period, color=INHIBITORY, linestyle=":")
    axes["D"].set(xlabel="spike n of B", ylabel="phase $\\varphi_n$ of A", ylim=(0, 1.75))
    axes["D"].set(yticks=[0, NEURON.period / 2, NEURON.period], yticklabels=["0", "$T_p/2$", "$T_p$"])
    axes["D"].legend(loc="lower right")
    numbers = {
        "phases": phases,
        "predicted": predicted,
        "steps": np.diff(phases),
        "gap at the end": float(NEURON.period - phases[-1]),
    }
    note = "B kicks A by w = 1 at each of its spikes. Their spikes approach each other (φ = T_p is synchrony), ever "
    note += "more slowly because G falls off as the square of the distance. D adds the phases in order."
    return Figure(picture, numbers, note)


def _pair(ax: Axes) -> None:
    """Draw two neurons of which B excites A."""
    for x, name, colour in ((0, "B", EXTERNAL), (1, "A", BLACK)):
        ax.text(
            x,
            0,
            f"{name}",
            ha="center",
            va="center",
            bbox={"boxstyle": "circle,pad=0.8", "fc": "1", "ec": colour, "lw": 2},
        )
    ax.annotate("", (0.78, 0), (0.22, 0), arrowprops={"arrowstyle": "-|>", "color": BLACK, "linewidth": 1.5})
    ax.text(0.5, 0.08, "w", ha="center")
    for x in (0, 1):
        ax.annotate("", (x, 0.27), (x, 0.55), arrowprops={"arrowstyle": "-|>", "color": BLACK, "linewidth": 1.5})
        ax.text(x + 0.06, 0.45, "I = 4")
    ax.set(xlim=(-0.4, 1.4), ylim=(-0.6, 0.8))
    ax.set_axis_off()
