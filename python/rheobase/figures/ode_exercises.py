"""Solved exercises of appendix A: differential equations."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY


@figure("Ex. A.6.1", "The error of Euler's method", also=("order of a method",))
def error_of_euler() -> Figure:
    """Draw Euler's solutions of τ x' = −x + c beside the exact one, and the errors of two methods against dt."""
    tau, c, T = 10.0, 7.0, 30.0
    exact = lambda t: rb.dynamics.exponential_decay(t, tau, y0=0.0, c=c)  # noqa: E731
    steps = np.array([4.0, 2.0, 1.0, 0.5, 0.25, 0.125])
    picture, axes = panels("AB", (9, 3.6))
    errors = np.empty((2, steps.size))
    for row, (method, colour) in enumerate({"euler": EXCITATORY, "rk4": INHIBITORY}.items()):
        for k, dt in enumerate(steps):
            solve = {"euler": rb.dynamics.euler, "rk4": rb.dynamics.rk4}[method]
            t = np.arange(0, T + dt / 2, dt)
            x = np.asarray(solve(lambda x, t: (c - x) / tau, np.zeros(1), t))[:, 0]
            errors[row, k] = np.abs(x - exact(t)).max()
            if method == "euler" and k in (0, 2):
                axes["A"].plot(t, x, "os"[k // 2] + "-", color=colour, markersize=3, label=f"Euler, dt = {dt:g}")
        axes["B"].loglog(steps, errors[row], "o-", color=colour, label=method)
    fine = np.linspace(0, T, 300)
    axes["A"].plot(fine, exact(fine), color=BLACK, label="exact")
    axes["A"].set(xlabel="t", ylabel="x")
    axes["A"].legend()
    axes["B"].set(xlabel="dt", ylabel="largest error", xticks=steps, xticklabels=[f"{dt:g}" for dt in steps])
    axes["B"].minorticks_off()
    axes["B"].legend()
    orders = np.log2(errors[:, :-1] / errors[:, 1:])
    numbers = {"dt": steps, "Euler": errors[0], "RK4": errors[1], "orders at the smallest dt": orders[:, -1]}
    return Figure(picture, numbers, "Half the step, half the error of Euler: the first order. RK4 has the fourth.")


@figure("Ex. A.6.2", "Lorenz attractor", also=("Lorenz attractor",))
def lorenz_attractor() -> Figure:
    """Draw a trajectory of the Lorenz system in three dimensions, and x against time."""
    lorenz = rb.dynamics.Lorenz()
    run = rb.dynamics.trajectory(lorenz, [1.0, 1.0, 1.0], 20.0, dt=0.01, method="euler")
    picture, axes = panels("AB", (9, 4), width_ratios=[1.2, 1], per_subplot_kw={"A": {"projection": "3d"}})
    axes["A"].plot(*run.states.T, color=INHIBITORY, linewidth=0.7)
    axes["A"].set(xlabel="x", ylabel="y", zlabel="z")
    axes["B"].plot(run.times, run.states[:, 0], color=BLACK)
    axes["B"].set(xlabel="t", ylabel="x(t)")
    low, high = run.states.min(axis=0), run.states.max(axis=0)
    points = [p for p in rb.dynamics.fixed_points(lorenz, [(-20, 20), (-30, 30), (-1, 50)], seed=1) if p.u[2] > 1]
    for point in points:
        axes["A"].plot(*point.u[:, None], "o", color=EXCITATORY)
    numbers = {"x": (float(low[0]), float(high[0])), "z": (float(low[2]), float(high[2])), "u(1)": run.states[100]}
    return Figure(picture, {**numbers, "C": np.array([p.u for p in points])})


@figure("Ex. A.7.3", "Phase line of a cubic", also=("cubic phase line",))
def cubic_phase_line() -> Figure:
    """Draw the phase line of x' = −(x + 1)(x − 1)(x − 2), and solutions from both sides of its fixed points."""
    field = lambda x: -(x + 1) * (x - 1) * (x - 2)  # noqa: E731
    points = rb.dynamics.phase_line(field, -2, 3).fixed_points
    picture, axes = panels("AB", (8.5, 3.6))
    rb.plot.phase_line(field, -2, 3, ax=axes["A"], color=BLACK)
    axes["A"].set(xlabel="x", ylabel="x'", ylim=(-4, 4))
    starts = np.array([-1.9, -0.5, 0.5, 0.95, 1.05, 1.5, 2.8])
    ends = []
    for start in starts:
        run = rb.dynamics.trajectory(field, [start], 5.0, dt=0.01, method="euler")
        axes["B"].plot(run.times, run.states[:, 0], color=EXCITATORY if start > 1 else INHIBITORY)
        ends.append(run.states[-1, 0])
    for point in points:
        axes["B"].axhline(point.u[0], linestyle="-" if point.stable else "--", color=EXTERNAL, zorder=0)
    axes["B"].set(xlabel="t", ylabel="x(t)")
    numbers = {"fixed points": np.array([point.u[0] for point in points]), "from": starts, "x(5)": np.array(ends)}
    numbers["slopes"] = np.array([point.eigenvalues[0].real for point in points])
    return Figure(picture, numbers, "Euler's method, dt = 0.01. The unstable point (dashed) parts the two basins.")


@figure("Ex. A.7.4", "Saddle–node bifurcation", also=("saddle-node bifurcation",))
def saddle_node() -> Figure:
    """Draw the phase lines of x' = x² + a for a below, at and above 0, and its fixed points against a."""
    family = rb.dynamics.SaddleNode
    picture, axes = panels("ABCD", (11, 3.2), width_ratios=[1, 1, 1, 1.3])
    numbers: dict[str, object] = {}
    for panel, a in (("A", -1.0), ("B", 0.0), ("C", 1.0)):
        rb.plot.phase_line(family(a), -2, 2, ax=axes[panel], color=BLACK)
        axes[panel].set(xlabel="x", ylabel="x'" if panel == "A" else "", title=f"a = {a:g}", ylim=(-1.5, 4))
        points = rb.dynamics.phase_line(family(a), -2, 2).fixed_points
        numbers[f"fixed points ({a:g})"] = np.array([point.u[0] for point in points])
        numbers[f"slopes ({a:g})"] = np.array([point.eigenvalues[0].real for point in points])
    branch = rb.dynamics.continuation(family, [-1.4], -2.0, (-2, 1), box=(-2, 2), step=0.05)
    rb.plot.bifurcation_diagram(branch, ax=axes["D"])
    axes["D"].set(xlabel="a", ylabel="fixed points x*", title="bifurcation at a = 0")
    axes["D"].legend(loc="center left")
    numbers["fold"] = branch.bifurcations[0].parameter
    return Figure(picture, numbers, "Two fixed points, −√−a stable and √−a not, meet at a = 0 and are gone.")


@figure("Ex. A.9.4", "Hopf bifurcation at which the system is linear", also=("degenerate Hopf bifurcation",))
def degenerate_hopf() -> Figure:
    """Draw solutions of x' = −c (1 − y²) x − y, y' = x for c on both sides of 0, in the plane and in time."""
    family = rb.dynamics.VanDerPol
    branch = rb.dynamics.continuation(family, [0.0, 0.0], -1.0, (-1, 1))
    cycles = {
        c: rb.dynamics.limit_cycle(family(c), [0.0, 2.0], t_start=30.0, max_period=10.0, backwards=c > 0, points=201)
        for c in (-0.5, 0.5)
    }
    picture, axes = panels("ABC;abc", (10, 5.5), height_ratios=[1.6, 1])
    starts = ((0.3, 0.0, EXCITATORY), (0.0, 1.5, INHIBITORY), (0.0, 2.6, BLACK))
    ends = {}
    for panel, c in (("A", -0.5), ("B", 0.0), ("C", 0.5)):
        for x, y, colour in starts:
            if c > 0 and y > 2:
                continue  # it runs away
            path = rb.dynamics.trajectory(family(c), [x, y], 40.0, dt=0.02, method="euler")
            axes[panel].plot(*path.states.T, color=colour, linewidth=1)
            axes[panel].plot(x, y, "s", color=colour, markersize=4)
            axes[panel.lower()].plot(path.times, path.states[:, 1], color=colour, linewidth=1)
            late = path.states[path.times > 30]
            ends[f"amplitude of y from ({x:g}, {y:g}), c = {c:g}"] = float(np.abs(late[:, 1]).max())
        if c:
            axes[panel].plot(*cycles[c].states.T, "-" if c < 0 else "--", color=EXTERNAL, linewidth=4, zorder=0)
        axes[panel].set(xlabel="x", ylabel="y", title=f"c = {c:g}".replace("-", "−"), aspect="equal")
        axes[panel].set(xlim=(-3.2, 3.2), ylim=(-3, 3))
        axes[panel.lower()].set(xlabel="t", ylabel="y", ylim=(-3, 3))
    hopf = next(found for found in branch.bifurcations if found.kind == "Hopf")
    numbers: dict[str, object] = {"Hopf at c": hopf.parameter, "frequency": float(abs(hopf.eigenvalues[0].imag))}
    for c, cycle in cycles.items():
        numbers |= {f"period, c = {c:g}": cycle.period, f"amplitude, c = {c:g}": float(cycle.states[:, 1].max())}
        numbers[f"multipliers, c = {c:g}"] = cycle.multipliers.real
    note = (
        "By Euler's method, dt = 0.02. Grey: the cycle, stable for c < 0 and unstable (dashed) for c > 0, where what "
    )
    note += "starts outside runs away. At c = 0 every circle is a solution, and Euler's method lets them grow."
    return Figure(picture, {**numbers, **ends}, note)
