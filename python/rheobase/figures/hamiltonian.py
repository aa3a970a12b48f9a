"""Figures of source 002: Hamiltonian dynamics of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import rheobase as rb
from rheobase.dynamics import Trajectory
from rheobase.dynamics.hamiltonian import (
    AntisymmetricNetwork,
    ExcitatoryInhibitoryNetwork,
    HamiltonianNetwork,
    Logistic,
    Oscillator,
    SymmetricNetwork,
    energy_balance,
    simulate,
)
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TIME = "t (time constants)"
ROUND = {"boxstyle": "circle,pad=0.4", "fc": "1"}


@figure("oscillator", "Harmonic oscillator without and with friction", source="002")
def oscillator() -> Figure:
    """Draw the phase portraits of both oscillators, and their energy."""
    picture, axes = panels("ABC", (10, 3.4))
    numbers: dict[str, float] = {}
    for panel, friction, color in (("A", 0.0, INHIBITORY), ("B", 0.3, EXCITATORY)):
        system = Oscillator(friction)
        ax = axes[panel]
        for radius in (0.5, 1.0, 1.5):
            path = simulate(system, [radius, 0.0], 20.0, 0.05)
            ax.plot(*path.states.T, color=color, linewidth=1.2)
            _arrow(ax, path.states, 20, color)
        balance = energy_balance(system, path)
        style = "-" if friction else "--"
        axes["C"].plot(balance.times, balance.energy, style, color=color, label=f"D = {friction:g}")
        ax.set(xlabel="position x (inhibitory)", ylabel="momentum p (excitatory)", aspect="equal")
        ax.set(title=f"friction D = {friction:g}", xlim=(-1.7, 1.7), ylim=(-1.7, 1.7))
        numbers[f"drift ({friction:g})"] = balance.drift
        numbers[f"largest rise ({friction:g})"] = balance.largest_increase
        numbers[f"mismatch ({friction:g})"] = balance.mismatch
    axes["C"].set(xlabel="t (1/angular frequency)", ylabel="energy H", ylim=(0, 1.25))
    axes["C"].legend(loc="center right")
    note = "With friction dH/dt = −D (dx/dt)²; the source's first line prints dx/dt where dH/dt is meant."
    return Figure(picture, numbers, note)


@figure("symmetric-network", "Energy of a symmetric network", source="002")
def symmetric_network(seed: int = 1) -> Figure:
    """Draw the states and the energy of a network of six units, on and off the invariant manifold."""
    chance = rb.checks.generator(seed)
    W = chance.standard_normal((6, 6)) / np.sqrt(6)
    net = SymmetricNetwork(W + W.T, b=0.3 * chance.standard_normal(6))
    start = net.lift(chance.uniform(-0.8, 0.8, 6))
    kick = np.concatenate([np.zeros(6), 1.5 * chance.standard_normal(6)])
    picture, axes = panels("ABC", (10, 3.4))
    numbers: dict[str, float] = {}
    for name, z, color, style in (("on", start, INHIBITORY, "-"), ("off", start + kick, EXCITATORY, "--")):
        path = simulate(net, z, 15.0, 0.01, method="rk4")
        balance = energy_balance(net, path)
        axes["A"].plot(path.times, path.states[:, :6], style, color=color, linewidth=1)
        axes["B"].plot(path.times, balance.energy, style, color=color, label=f"H, {name} the manifold")
        _distance(axes["C"], net, path, name)
        numbers |= {f"largest rise, {name}": balance.largest_increase, f"mismatch, {name}": balance.mismatch}
        if name == "on":
            twice = 2 * net.state_energy(path.states[:, :6])
            axes["B"].plot(path.times[::75], twice[::75], "o", color=BLACK, markersize=3, label="2 L")
            numbers["|H − 2 L|"] = float(np.abs(balance.energy - twice).max())
            numbers |= {"H(0)": float(balance.energy[0]), "H(15)": float(balance.energy[-1])}
            numbers["rate of departure"] = float(net.manifold_rates(path.states[-1, :6]).real.max())
    axes["A"].set(xlabel=TIME, ylabel="states x")
    axes["B"].set(xlabel=TIME, ylabel="energy")
    axes["C"].set(xlabel=TIME, ylabel="distance |b + W x − p|")
    axes["B"].legend()
    note = "dH/dt = −2 x'·[f⁻¹(x + x') − f⁻¹(x)] ≤ 0 on the manifold p = b + W x, where H is twice the network's "
    note += "energy L, and off it. The manifold is invariant, but need not attract. "
    note += "In the source's second line of dH/dt the sign before 2[…] must be +."
    return Figure(picture, numbers, note)


@figure("antisymmetric-network", "An antisymmetric network conserves its energy", source="002")
def antisymmetric_network(seed: int = 1) -> Figure:
    """Draw the orbit of a network of four units, and its energy by three methods."""
    chance = rb.checks.generator(seed)
    A = 0.3 * chance.standard_normal((4, 4))
    net = AntisymmetricNetwork(A - A.T, b=0.2 * chance.standard_normal(4))
    start = net.lift(chance.standard_normal(4))
    kick = np.concatenate([np.zeros(4), 0.3 * chance.standard_normal(4)])
    picture, axes = panels("ABC", (10, 3.4))
    numbers: dict[str, float] = {}
    lines = {"euler": (EXCITATORY, "--", 1.5), "rk4": (EXTERNAL, "-", 4.0), "composed midpoint": (BLACK, "-", 1.0)}
    for method, (color, style, width) in lines.items():
        path = simulate(net, start, 50.0, 0.02, method=method)
        balance = energy_balance(net, path)
        axes["B"].plot(path.times, balance.energy, style, color=color, linewidth=width, label=method)
        numbers |= {f"drift, {method}": balance.drift, f"H(50), {method}": float(balance.energy[-1])}
    axes["A"].plot(*path.states[:, :2].T, color=INHIBITORY, linewidth=0.8)
    axes["A"].plot(*start[:2], "s", color=BLACK)
    _distance(axes["C"], net, path, "on")
    beside = simulate(net, start + kick, 50.0, 0.02)
    _distance(axes["C"], net, beside, "off")
    numbers |= {"H(0)": float(balance.energy[0]), "drift, off the manifold": energy_balance(net, beside).drift}
    axes["A"].set(xlabel="x₁", ylabel="x₂")
    axes["B"].set(xlabel="t", ylabel="energy H", ylim=(0, None))
    axes["C"].set(xlabel="t", ylabel="distance |b + A x − p|")
    axes["B"].legend(loc="upper left")
    note = (
        "The network dx/dt = f(b + A x), without leak, obeys Hamilton's equations for H = Σ F(p) + Σ F(b + A x) with "
    )
    note += (
        "p = b + A x. H stays on and off this manifold, which neither attracts nor repels. Forward Euler lets H grow."
    )
    return Figure(picture, numbers, note)


@figure("excitatory-inhibitory-network", "Excitatory–inhibitory network in phase space", source="002")
def excitatory_inhibitory_network(seed: int = 1) -> Figure:
    """Draw the circuit, its motion in state space and in phase space, the energy, and the approach to the manifold."""
    chance = rb.checks.generator(seed)
    A, B, C = (chance.standard_normal(shape) for shape in ((4, 4), (4, 3), (3, 3)))
    net = ExcitatoryInhibitoryNetwork(
        0.25 * (A + A.T), 2 * np.abs(B), 0.2 * C @ C.T, u=0.5, v=-0.5, tau_y=0.7, r=0.8, g=Logistic()
    )
    state = np.concatenate([chance.uniform(-0.7, 0.7, 4), chance.uniform(0.2, 0.8, 3)])
    kick = np.concatenate([np.zeros(7), 2 * chance.standard_normal(7)])
    picture, axes = panels("AB;CD", (9.5, 6))
    _circuit(axes["A"])
    reduced = rb.dynamics.trajectory(net.state_field, state, 20.0, dt=0.02)
    axes["B"].plot(reduced.states[:, 0], reduced.states[:, 4], color=EXTERNAL, linewidth=5, label="state space")
    axes["B"].plot(state[0], state[4], "s", color=BLACK)
    numbers: dict[str, float] = {"dissipative": float(net.dissipative())}
    for name, start in (("on", net.lift(state)), ("off", net.lift(state) + kick)):
        path = simulate(net, start, 20.0, 0.02, method="rk4")
        balance = energy_balance(net, path)
        color, style = (INHIBITORY, "-") if name == "on" else (EXCITATORY, "--")
        axes["B"].plot(path.states[:, 0], path.states[:, 4], style, color=color, label=f"phase space, {name}")
        axes["C"].plot(path.times, balance.energy, style, color=color, label=f"{name} the manifold")
        distance = _distance(axes["D"], net, path, name)
        numbers |= {f"largest rise, {name}": balance.largest_increase, f"mismatch, {name}": balance.mismatch}
        numbers |= {f"H(0), {name}": float(balance.energy[0]), f"H(20), {name}": float(balance.energy[-1])}
        if name == "on":
            numbers["state − phase space"] = float(np.abs(path.states[:, :7] - reduced.states).max())
    numbers["rate of approach"] = float(-np.log(distance[500] / distance[0]) / path.times[500])
    axes["D"].plot(path.times, 3 * distance[0] * np.exp(-net.r * path.times), ":", color=BLACK, label="$\\sim e^{-rt}$")
    axes["B"].set(xlabel="x₁ (excitatory)", ylabel="y₁ (inhibitory)")
    axes["C"].set(xlabel=TIME, ylabel="energy H")
    axes["D"].set(xlabel=TIME, ylabel="distance |inputs − p|")
    for panel in "BCD":
        axes[panel].legend()
    note = (
        "The manifold where momenta equal inputs attracts at rate r = 0.8. There the network moves as in state space, "
    )
    note += (
        "and H falls. S, which the source leaves out of H, is a minimum in x and a maximum in y at the fixed points."
    )
    return Figure(picture, numbers, note)


def _distance(ax: Axes, net: HamiltonianNetwork, path: Trajectory, name: str) -> np.ndarray:
    """Draw the distance from the invariant manifold and return it."""
    distance = np.linalg.norm(net.deviation(path.states), axis=1)
    color, style = (INHIBITORY, "-") if name == "on" else (EXCITATORY, "--")
    ax.semilogy(path.times, np.maximum(distance, 1e-17), style, color=color, label=f"{name} the manifold")
    ax.set_ylim(1e-17, 1e2)
    ax.legend(loc="center right")
    return distance


def _circuit(ax: Axes) -> None:
    """Draw populations x and y with their weights; a bar ends inhibitory ones."""
    for place, name, color in ((0.0, "x", EXCITATORY), (2.0, "y", INHIBITORY)):
        ax.text(place, 0, name, ha="center", va="center", color=color, fontsize="x-large", bbox=ROUND | {"ec": color})
    for start, end, bend, color, style, name, at in (
        ((0.2, 0.2), (1.8, 0.2), -0.3, EXCITATORY, "-|>", "$B^T$", (1.0, 0.55)),
        ((1.8, -0.2), (0.2, -0.2), -0.3, INHIBITORY, "-[", "$B$", (1.0, -0.62)),
        ((-0.2, 0.15), (-0.2, -0.15), 2.5, EXCITATORY, "-|>", "$A$", (-0.85, 0.0)),
        ((2.2, -0.15), (2.2, 0.15), 2.5, INHIBITORY, "-[", "$C$", (2.85, 0.0)),
    ):
        if style == "-[":
            style = "-[,widthB=0.5,lengthB=0"
        way = {"arrowstyle": style, "connectionstyle": f"arc3,rad={bend}", "color": color, "linewidth": 1.6}
        ax.annotate("", end, start, arrowprops=way)
        ax.text(*at, name, ha="center", va="center", color=color)
    for place, name in ((0.0, "u"), (2.0, "v")):
        ax.annotate(name, (place, 0.3), (place, 1.0), ha="center", arrowprops={"arrowstyle": "-|>", "color": BLACK})
    ax.set(xlim=(-1.2, 3.2), ylim=(-1.0, 1.2))
    ax.set_axis_off()


def _arrow(ax: Axes, path: np.ndarray, step: int, color: str) -> None:
    """Draw the head of an arrow along a path."""
    ax.annotate("", path[step + 1], path[step], arrowprops={"arrowstyle": "-|>", "color": color})
