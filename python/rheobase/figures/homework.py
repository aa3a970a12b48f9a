"""Figures of source 001: a neuron that excites itself, and two that excite each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATE = "r (spikes/s)"
TIME = "t (time constants)"
BOX = [(-2.0, 54.0), (-2.0, 54.0)]


@figure("H1", "Activation function of the self-connected neuron", source="001")
def activation_function() -> Figure:
    """Draw f(s) = 60 (1 + tanh s)."""
    f = rb.rates.Tanh(60, 60)
    s = np.linspace(-5, 5, 501)
    picture, axes = panels("A", (6, 3.4))
    axes["A"].plot(s, f(s), color=BLACK)
    axes["A"].plot(0, f(0.0), "o", color=EXCITATORY)
    axes["A"].set(xlabel="total input s", ylabel="f(s) (spikes/s)")
    for value in (0.0, 120.0):
        level(axes["A"], value)
    slope = float(f.derivative(0.0))
    return Figure(picture, {"f(-5)": float(f(-5.0)), "f(0)": float(f(0.0)), "f(5)": float(f(5.0)), "slope at 0": slope})


@figure("H2", "A self-connected neuron falls to one of two rates", source="001")
def bistable_neuron() -> Figure:
    """Draw the rate from 59, 60 and 61 spikes/s."""
    neuron = rb.rates.self_connected_neuron()
    low, middle, high = (float(p.u[0]) for p in neuron.fixed_points((0, 120)))
    picture, axes = panels("A", (6.5, 3.6))
    ends = {}
    for start, color, style in ((61.0, EXCITATORY, "-"), (60.0, BLACK, "--"), (59.0, INHIBITORY, "-")):
        run = neuron.simulate(8, dt=0.02, x0=start)
        axes["A"].plot(run.times, run["r"], style, color=color, label=f"r(0) = {start:g}")
        ends[f"r(8) from {start:g}"] = float(run["r"][-1])
    for rate in (low, high):
        axes["A"].axhline(rate, color=EXTERNAL, linestyle=":", zorder=1)
    axes["A"].set(xlabel=TIME, ylabel=RATE, ylim=(-4, 126))
    axes["A"].legend(loc="center right", bbox_to_anchor=(1.0, 0.75))
    note = "The source leaves w and I out. That 60 stays put asks for I = −60 w; here w = 0.05, I = −3. "
    note += "Dotted: the stable fixed points."
    return Figure(picture, {"fixed points": np.array([low, middle, high]), **ends}, note)


@figure("H3", "Noise moves a self-connected neuron, but not between its states", source="001")
def noisy_neuron(seed: int = 1) -> Figure:
    """Draw runs from 60 spikes/s at the three noise amplitudes of the source, and at one that makes them switch."""
    _, middle, high = rb.rates.self_connected_neuron().fixed_points((0, 120))
    copies = rb.rates.RateNetwork(0.05 * np.eye(40), -3.0, rb.rates.Tanh(60, 60), tau=1.0, dimensionless=True)
    chance = rb.checks.generator(seed)
    picture, axes = panels("AB;CD", (9, 5), sharex=True, sharey=True)
    numbers: dict[str, float] = {}
    for panel, sigma in zip("ABCD", (0.1, 1.0, 5.0, 30.0), strict=True):
        run = copies.simulate(100, dt=0.05, x0=60.0, method="euler", noise=sigma, seed=chance)
        settled = np.abs(run.rates[run.times > 10] - 60)  # both states at once: they mirror each other about 60
        numbers[f"switches ({sigma:g})"] = _switches(run.rates)
        numbers[f"sd ({sigma:g}, ddof 0)"] = float(settled.std())
        numbers[f"fraction low ({sigma:g})"] = float(np.mean(run.rates[-1] < 60))
        for k in range(3 if panel == "D" else 12):
            axes[panel].plot(run.times, run.rates[:, k], color=colour(k), linewidth=0.8)
        axes[panel].set_title(f"σ = {sigma:g}")
        axes[panel].set(xlabel=TIME, ylabel=RATE)
    u = high.u[0] - 60
    barrier = 60 / 0.05 * np.log(np.cosh(0.05 * u)) - u**2 / 2
    stiffness, escape = -high.eigenvalues[0].real, middle.eigenvalues[0].real
    kramers = np.sqrt(stiffness * escape) / (2 * np.pi) * np.exp(-2 * barrier / np.array([5.0, 30.0]) ** 2)
    numbers |= {"sd / σ, linear": 1 / np.sqrt(2 * stiffness), "barrier": float(barrier)}
    numbers |= {"Kramers rate (5)": float(kramers[0]), "Kramers rate (30)": float(kramers[1])}
    numbers["rate of switching (30)"] = numbers["switches (30)"] / (40 * 100)
    note = (
        "A–C: the source's amplitudes. It reports switching for σ = 1 and 5; there is none: each run falls to either "
    )
    note += f"state and stays, since the barrier is {barrier:.0f} high (Kramers' rate at σ = 5: {kramers[0]:.0e}). "
    return Figure(picture, numbers, note + "D: switching takes σ of 20 to 30.")


def _switches(rates: np.ndarray) -> int:
    """Count passages between r < 30 and r > 90 in all columns."""
    side = np.sign(rates - 60) * (np.abs(rates - 60) > 30)
    return int(sum(np.count_nonzero(np.diff(column[column != 0])) for column in side.T))


@figure("H4", "Flux of the self-connected neuron", source="001")
def flux() -> Figure:
    """Draw dr/dt against r with the three fixed points and their slopes."""
    neuron = rb.rates.self_connected_neuron()
    picture, axes = panels("A", (6.5, 3.6))
    rb.plot.phase_line(neuron, -8, 128, ax=axes["A"], color=BLACK)
    axes["A"].set(xlabel=RATE, ylabel="dr/dt (spikes/s per time constant)")
    points = neuron.fixed_points((0, 120))
    for point, shift, side in zip(points, ((8, 9), (12, -15), (-8, -18)), ("left", "left", "right"), strict=True):
        text = f"slope {point.eigenvalues[0].real:.3f}".replace("-", "−")
        axes["A"].annotate(text, (point.u[0], 0), shift, textcoords="offset points", ha=side)
    slopes = np.array([p.eigenvalues[0].real for p in points])
    note = "Filled: stable; open: unstable."
    return Figure(picture, {"zeros": np.array([p.u[0] for p in points]), "slopes": slopes}, note)


@figure("H5", "Number of fixed points over weight and input", source="001")
def fixed_point_count() -> Figure:
    """Draw the number of fixed points over (w, I), with the fold lines and their cusp."""
    family = rb.rates.self_connected_neuron
    w, inputs = np.linspace(0.002, 0.08, 30), np.linspace(-8, 1, 31)
    counts = rb.dynamics.fixed_point_map(family, w, inputs, (0, 120), points=401)
    branch = rb.dynamics.continuation(lambda drive: family(0.05, drive), [0.0], -8.0, (-8, 1), box=(0, 120), step=0.03)
    fold, ranges = branch.bifurcations[0], ((0.002, 0.08), (-8, 1))
    curve = rb.dynamics.fold_curve(family, fold.u, 0.05, fold.parameter, *ranges, box=(0, 120), step=0.04)
    picture, axes = panels("A", (6.5, 4.2))
    rb.plot.fixed_point_map(counts, [curve], ax=axes["A"], cmap="Blues")
    axes["A"].lines[0].set(color=EXCITATORY, linewidth=2.5)
    axes["A"].plot(w, -60 * w, "--", color=EXTERNAL, label="I = −60 w")
    axes["A"].annotate("cusp", curve.cusps[0], (6, 8), textcoords="offset points", color=EXCITATORY)
    axes["A"].set(xlabel="synaptic weight w", ylabel="input I", ylim=(-8, 1))
    axes["A"].legend(loc="lower left")
    folds = np.sort([b.parameter for b in branch.bifurcations])
    numbers = {"cusp": curve.cusps[0], "folds at w = 0.05": folds, "line": np.column_stack([curve.p, curve.q])}
    return Figure(picture, {**numbers, "most": int(counts.total.max()), "least": int(counts.total.min())})


@figure("H6", "Mutual excitation against time", source="001")
def mutual_excitation_in_time() -> Figure:
    """Draw the rates of two neurons that excite each other, from four initial states."""
    net = rb.rates.mutual_excitation()
    picture, axes = panels("A;B", (6.5, 4.6), sharex=True)
    ends = {}
    for k, start in enumerate([(5.0, 5.0), (45.0, 45.0), (15.0, 30.0), (40.0, 15.0)]):
        run = net.simulate(8, dt=0.1, x0=start, method="euler")
        for panel, name in (("A", "x"), ("B", "y")):
            axes[panel].plot(run.times, run[name], color=colour(k), label=f"({start[0]:g}, {start[1]:g})")
            axes[panel].set(xlabel=TIME, ylabel=f"{name} (spikes/s)", ylim=(-2, 53))
        ends[f"from {start}"] = run.rates[-1]
    axes["A"].legend(title="x(0), y(0)", loc="center left", bbox_to_anchor=(1.0, 0.5))
    return Figure(
        picture, ends, "Forward Euler, dt = 0.1, as in the source. The state that is shut down is 0.0023, not 0."
    )


@figure("H7", "Mutual excitation in the state space", source="001")
def mutual_excitation_in_state_space() -> Figure:
    """Draw seven trajectories in the plane, with the separatrix."""
    net = rb.rates.mutual_excitation()
    picture, axes = panels("A", (5.2, 4.6))
    rb.plot.phase_plane(net, BOX, ax=axes["A"], arrows="quiver")
    for line in list(axes["A"].lines):
        if str(line.get_label()).endswith("-nullcline"):
            line.remove()
    ends = {}
    for start in [(5.0, 5.0), (45.0, 45.0), (10.0, 35.0), (20.0, 40.0), (45.0, 10.0), (35.0, 12.0), (30.0, 30.0)]:
        path = rb.dynamics.trajectory(net, start, 12.0, dt=0.05).states
        color = EXCITATORY if sum(start) > 50 else INHIBITORY
        axes["A"].plot(*path.T, color=color, linewidth=1.6)
        axes["A"].plot(*start, "s", color=color, markersize=5)
        axes["A"].annotate("", path[12], path[8], arrowprops={"arrowstyle": "-|>", "color": color})
        ends[f"from {start}"] = path[-1]
    saddle = next(p for p in net.fixed_points(BOX) if p.kind == "saddle")
    separatrix = rb.dynamics.manifolds(net, saddle, BOX).stable
    axes["A"].set(xlabel="x (spikes/s)", ylabel="y (spikes/s)", aspect="equal")
    note = (
        "Squares: initial states. Dashed: the separatrix, x + y = 50, the stable manifold of the saddle (half filled)."
    )
    return Figure(picture, {**ends, "x + y on the separatrix": separatrix.sum(axis=1)}, note)


@figure("H8", "Nullclines of mutual excitation", source="001")
def mutual_excitation_nullclines() -> Figure:
    """Draw the nullclines, the flow and the three fixed points."""
    net = rb.rates.mutual_excitation()
    picture, axes = panels("A", (5.4, 4.8))
    rb.plot.phase_plane(net, BOX, ax=axes["A"], arrows="quiver", separatrices=False)
    for name, color, style in (("x", EXCITATORY, "-"), ("y", INHIBITORY, "--")):
        _recolour(axes["A"], f"{name}-nullcline", color, style)
    axes["A"].set(xlabel="x (spikes/s)", ylabel="y (spikes/s)", aspect="equal")
    axes["A"].legend(loc="lower center", ncols=2, bbox_to_anchor=(0.5, 1.0))
    points = net.fixed_points(BOX)
    left_and_right = net.field(np.array([[24.0, 26.0], [25.0, 25.0]]))[0]
    numbers = {"fixed points": np.array([p.u for p in points]), "dx/dt beside the x-nullcline": left_and_right}
    note = (
        "The flow points right (dx/dt > 0) left of the x-nullcline and left on its right, the reverse of the source's "
    )
    note += "text; the nullclines bend at x = 25, not at 0.4 x − 10 = 25."
    return Figure(picture, numbers, note)


def _recolour(ax: Axes, name: str, color: str, style: str) -> None:
    for line in ax.lines:
        if line.get_label() == name:
            line.set(color=color, linestyle=style)


@figure("H-table1", "Stability of the fixed points of mutual excitation", source="001")
def stability_table() -> Figure:
    """Write eigenvalues, trace, determinant and kind of the three fixed points in a table."""
    points = rb.rates.mutual_excitation().fixed_points(BOX)
    rows = []
    for p in points:
        numbers = [*(f"{value.real:.5f}" for value in p.eigenvalues), f"{p.trace:.4g}", f"{p.determinant:.5g}"]
        rows.append([f"({p.u[0]:.5f}, {p.u[1]:.5f})", *(text.replace("-", "−") for text in numbers), p.kind])
    picture, axes = panels("A", (8, 1.5))
    axes["A"].set_axis_off()
    titles = ["fixed point (x, y)", "λ₁", "λ₂", "trace", "determinant", "kind"]
    table = axes["A"].table(rows, colLabels=titles, loc="center", cellLoc="center", edges="horizontal")
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    table.scale(1, 1.6)
    names = ("low", "middle", "high")
    eigenvalues = {f"eigenvalues, {name}": p.eigenvalues.real for name, p in zip(names, points, strict=True)}
    determinants = {f"determinant, {name}": p.determinant for name, p in zip(names, points, strict=True)}
    return Figure(picture, {**eigenvalues, **determinants})


@figure("H9", "Bifurcation of mutual excitation with its input", source="001")
def mutual_excitation_bifurcation() -> Figure:
    """Draw number and place of the fixed points against the input, and the nullclines as it changes."""
    family = partial(rb.rates.mutual_excitation, 0.4, 0.4)
    branch = rb.dynamics.continuation(family, [0.0, 0.0], -20.0, (-20, 0), box=[(-1, 51)] * 2)
    scan = np.linspace(-20, -10, 101)
    counts = np.array([len(family(drive).fixed_points(BOX, points=101)) for drive in scan])
    picture, axes = panels("AC;BC", (9.5, 4.8), letters=False, width_ratios=[1, 1.1])
    axes["A"].step(scan, counts, where="mid", color=BLACK)
    axes["A"].set(xlabel="input I", ylabel="fixed points", yticks=(1, 2, 3), ylim=(0.5, 3.5), xlim=(-20, -10))
    axes["A"].set_title("(a)", loc="left")
    rb.plot.bifurcation_diagram(branch, ax=axes["B"])
    axes["B"].set(xlabel="input I", ylabel="x (spikes/s)", xlim=(-20, -10), ylim=(-2, 54))
    axes["B"].legend(loc="center left")
    fold = min(branch.bifurcations, key=lambda b: b.parameter)
    for k, drive in enumerate((-18.0, fold.parameter, -13.0, -10.0)):
        curves = rb.dynamics.nullclines(family(drive), BOX)
        look: dict[str, Any] = {"color": ("0.75", EXCITATORY, "0.5", BLACK)[k], "linewidth": 2.6 if k == 1 else 1.2}
        axes["C"].plot(*curves.x[0].T, **look, label=f"I = {drive:.6g}".replace("-", "−"))
        axes["C"].plot(*curves.y[0].T, "--", **look)
    axes["C"].plot(*fold.u, "s", color=EXCITATORY, markersize=7)
    axes["C"].set(xlabel="x (spikes/s)", ylabel="y (spikes/s)", xlim=BOX[0], ylim=BOX[1])
    axes["C"].set_title("(b)", loc="left")
    axes["C"].legend(loc="lower right", ncols=2, bbox_to_anchor=(1.0, 1.0))
    note = "Lower left: solid stable, dashed unstable. Right: solid dx/dt = 0, dashed dy/dt = 0. "
    note += "Square: the fold. The second fold lies outside the source's range."
    folds = {"fold": fold.parameter, "x at the fold": float(fold.u[0])}
    second = float(max(b.parameter for b in branch.bifurcations))
    return Figure(picture, {**folds, "second fold": second, "I": scan, "number": counts}, note)
