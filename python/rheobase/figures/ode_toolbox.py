"""Figures of appendix A: ordinary differential equations."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY, colour


@figure("A.1", "Exponential decay", also=("exponential decay",))
def exponential_decay() -> Figure:
    """Draw the solutions of τ x' = −x and τ y' = −y + c."""
    tau, c, t = 10.0, 5.0, np.linspace(0, 70, 701)
    x = rb.dynamics.exponential_decay(t, tau, y0=10)
    y = rb.dynamics.exponential_decay(t, tau, y0=10, c=c)
    picture, axes = panels("AB", (8, 3.2), sharey=True)
    for panel, name, values, end in (("A", "x", x, 0.0), ("B", "y", y, c)):
        axes[panel].plot(t, values, color=BLACK)
        axes[panel].set(xlabel="t (ms)", ylabel=f"{name}(t)", ylim=(-0.4, 10.5))
        level(axes[panel], end, "c" if end else "")
        axes[panel].axvline(tau, color=EXTERNAL, linestyle=":")
        axes[panel].text(tau + 1, 9.7, "τ", color="0.4")
    half = tau * np.log(2)
    numbers = {"x(10)": float(x[100]), "y(10)": float(y[100]), "half-life": float(half)}
    return Figure(picture, {**numbers, "x(half-life)": float(np.interp(half, t, x))})


@figure("A.2", "How a convolution is made", also=("convolution",))
def convolution() -> Figure:
    """Draw a kernel, the same flipped and shifted, its product with a signal, and the area under it."""
    dt = 0.05
    t = dt * np.arange(801)
    signal = np.exp(-((t - 14) ** 2) / 8) + 0.6 * np.exp(-((t - 24) ** 2) / 18)
    kernel = rb.dynamics.exponential_kernel(3.0, dt, length=20.0)
    s = dt * (np.arange(kernel.size) - kernel.size // 2)
    result = rb.dynamics.convolve(signal, kernel, dt)
    picture, axes = panels("AB;CD", (8.5, 4.8))
    axes["A"].plot(s, kernel, color=INHIBITORY)
    axes["A"].set(xlabel="s (ms)", ylabel="k(s) (1/ms)", title="kernel", xlim=(-20, 20))
    for moment, style in ((10.0, ":"), (18.0, "-")):
        shifted = np.interp(moment - t, s, kernel, left=0, right=0)
        axes["B"].plot(t, shifted, style, color=INHIBITORY, label=f"k(t − s), t = {moment:g} ms")
    axes["B"].set(xlabel="s (ms)", ylabel="k(t − s) (1/ms)", title="flipped and shifted")
    axes["B"].legend()
    product = signal * np.interp(18.0 - t, s, kernel, left=0, right=0)
    axes["C"].plot(t, signal, color=BLACK, label="x(s)")
    axes["C"].fill_between(t, product, color=EXTERNAL, label="x(s) k(t − s), t = 18 ms")
    axes["C"].set(xlabel="s (ms)", title="product, and the area under it")
    axes["C"].legend()
    axes["D"].plot(t, signal, color=EXTERNAL, linewidth=3, label="x(t)")
    axes["D"].plot(t, result, color=BLACK, label="(k∗x)(t)")
    axes["D"].plot(18.0, product.sum() * dt, "o", color=EXCITATORY)
    axes["D"].set(xlabel="t (ms)", title="convolution")
    axes["D"].legend()
    numbers = {"area at 18 ms": float(product.sum() * dt), "(k*x)(18)": float(result[360])}
    return Figure(picture, {**numbers, "kernel integral": float(kernel.sum() * dt)})


@figure("A.3", "Smoothing a noisy signal by convolution", also=("smoothing",))
def smoothing(seed: int = 1) -> Figure:
    """Draw a noisy sine, a Gaussian kernel and their convolution."""
    dt, sigma = 0.1, 2 / np.sqrt(2)
    t = dt * np.arange(500)
    clean = np.sin(2 * np.pi * t / 20)
    noisy = clean + 0.25 * rb.checks.generator(seed).standard_normal(t.size)
    kernel = rb.dynamics.gaussian_kernel(sigma, dt, length=6.0)
    s = dt * (np.arange(kernel.size) - kernel.size // 2)
    smooth = rb.dynamics.convolve(noisy, kernel, dt)
    picture, axes = panels("ABC", (9.5, 3))
    axes["A"].plot(t, noisy, color=BLACK, linewidth=0.7)
    axes["A"].set(xlabel="t (ms)", ylabel="x(t)", ylim=(-1.8, 1.8))
    axes["B"].plot(s, kernel, color=BLACK)
    axes["B"].set(xlabel="s (ms)", ylabel="k(s) (1/ms)")
    axes["C"].plot(t, clean, "--", color=EXCITATORY, label="without noise")
    axes["C"].plot(t, smooth, color=BLACK, label="(k∗x)(t)")
    axes["C"].set(xlabel="t (ms)", ylim=(-1.8, 1.8))
    axes["C"].legend(loc="upper right")
    whole = np.sin(2 * np.pi * dt * np.arange(2000) / 20)  # ten periods without noise
    smoothed = rb.dynamics.convolve(whole, kernel, dt)[400:1600]
    numbers = {
        "kernel integral": float(kernel.sum() * dt),
        "kernel sd": float(np.sqrt((s**2 * kernel).sum() * dt)),
        "gain": float(smoothed.max()),
    }
    note = "The source's kernel exp(−s²/σ²), σ = 2 ms, has a standard deviation of σ/√2 = 1.414 ms, not σ."
    return Figure(picture, numbers, note)


@figure("A.4", "A linear ODE with forcing", also=("linear ODE",))
def linear_ode() -> Figure:
    """Draw the response to a step, the kernel, and the response to a sum of two sines."""
    tau, dt = 10.0, 0.1
    t = dt * np.arange(1001)
    before, after = t < 50, t >= 50
    y = np.where(before, rb.dynamics.exponential_decay(t, tau, y0=2), 0.0)
    at_step = 2 * np.exp(-50 / tau)
    y[after] = rb.dynamics.exponential_decay(t[after], tau, y0=at_step, c=5, t0=50)
    kernel = rb.dynamics.exponential_kernel(tau, dt, length=50.0, normalise=False)
    s = dt * (np.arange(kernel.size) - kernel.size // 2)
    long = dt * np.arange(5001)
    tones = 0.08 * np.sin(2 * np.pi * long / 100) + 0.03 * np.sin(2 * np.pi * long / 10)
    response = rb.dynamics.convolve(tones, rb.dynamics.exponential_kernel(tau, dt, length=10 * tau), dt)
    picture, axes = panels("ABE;CDE", (9.5, 4.5), width_ratios=[1, 1, 1.6])
    axes["A"].plot(t, np.where(after, 5.0, 0.0), color=BLACK)
    axes["A"].set(xlabel="t (ms)", ylabel="I(t)")
    axes["B"].plot(t, y, color=BLACK)
    axes["B"].set(xlabel="t (ms)", ylabel="y(t)")
    for panel, sign, name in (("C", 1, "k(s)"), ("D", -1, "k(−s)")):
        axes[panel].plot(sign * s, kernel, color=BLACK)
        axes[panel].set(xlabel="s (ms)", ylabel=f"{name} (1/ms)")
    axes["E"].plot(long, tones, color=EXTERNAL, label="I(t)")
    axes["E"].plot(long, response, color=BLACK, label="y(t) = (k∗I)(t)")
    axes["E"].set(xlabel="t (ms)", ylim=(-0.125, 0.16))
    axes["E"].legend(loc="upper right", ncols=2)
    late = np.fft.rfft(response[3000:5000]) / 1000  # the last two periods of 100 ms
    numbers = {"y(50-)": float(at_step), "y(60)": float(y[600]), "y(100)": float(y[1000])}
    fractions = {"kernel mass in 5 tau": float(np.trapezoid(kernel[s >= 0], dx=dt))}
    amplitudes = {"amplitude (100 ms)": float(abs(late[2])), "amplitude (10 ms)": float(abs(late[20]))}
    return Figure(picture, {**numbers, **fractions, **amplitudes})


@figure("A.5", "Forward Euler", also=("forward Euler", "Euler's method"))
def forward_euler() -> Figure:
    """Draw forward Euler's solution of x' = sin(x) cos(t) and the exact one."""
    t = 0.01 * np.arange(5001)
    solution = rb.dynamics.euler(lambda x, t: np.sin(x) * np.cos(t), 1.0, t).ravel()
    exact = 2 * np.arctan(np.tan(0.5) * np.exp(np.sin(t)))
    coarse = 0.5 * np.arange(101)
    rough = rb.dynamics.euler(lambda x, t: np.sin(x) * np.cos(t), 1.0, coarse).ravel()
    picture, axes = panels("A", (8, 3.2))
    axes["A"].plot(t, exact, color=EXTERNAL, linewidth=4, label="exact")
    axes["A"].plot(t, solution, color=BLACK, label="Euler, dt = 0.01")
    axes["A"].plot(coarse, rough, ":", color=EXCITATORY, marker=".", markersize=4, label="Euler, dt = 0.5")
    axes["A"].set(xlabel="t", ylabel="x(t)", ylim=(0, None))
    axes["A"].legend(loc="lower center", ncols=3, bbox_to_anchor=(0.5, 1.0))
    ranges = {
        "exact": (float(exact.min()), float(exact.max())),
        "Euler": (float(solution.min()), float(solution.max())),
    }
    return Figure(picture, {**ranges, "max error": float(np.abs(solution - exact).max())})


@figure("A.6", "Phase line", also=("phase line",))
def phase_line() -> Figure:
    """Draw x² − 1 with the fixed points of x' = x² − 1, and solutions."""
    picture, axes = panels("AB", (8, 3.4))
    rb.plot.phase_line(lambda x: x**2 - 1, -2, 2, ax=axes["A"], color=BLACK)
    axes["A"].set(xlabel="x", ylabel="dx/dt = x² − 1")
    t = 0.01 * np.arange(501)
    ends = {}
    for k, start in enumerate((0.6, 0.0, -2.0, 1.0)):
        x = rb.dynamics.euler(lambda x, t: x**2 - 1, start, t).ravel()
        axes["B"].plot(t, x, color=colour(k), label=f"x(0) = {start:g}")
        ends[f"x(5) from {start:g}"] = float(x[-1])
    axes["B"].set(xlabel="t", ylabel="x(t)")
    axes["B"].legend()
    points = {p.kind: float(p.u[0]) for p in rb.dynamics.phase_line(lambda x: x**2 - 1, -2, 2).fixed_points}
    return Figure(picture, {**points, **ends})


@figure("A.7", "Dirac delta", also=("Dirac delta",))
def dirac_delta() -> Figure:
    """Draw a numerical Dirac delta and the response of τ x' = −x + δ(t − t_1)."""
    tau, dt, t_1 = 10.0, 0.1, 20.0
    t = dt * np.arange(1001)
    delta = rb.dynamics.dirac_delta(t, t_1)
    x = rb.dynamics.euler(lambda x, now: (-x + delta[round(now / dt)]) / tau, 0.0, t).ravel()
    picture, axes = panels("A;B", (7, 4.2), sharex=True)
    axes["A"].plot(t, delta, color=BLACK)
    axes["A"].set_ylabel("δ(t − t₁) (1/ms)")
    axes["B"].plot(t, x, color=BLACK)
    axes["B"].set(xlabel="t (ms)", ylabel="x(t) (1/ms)")
    numbers = {"height": float(delta.max()), "integral": float(delta.sum() * dt), "peak": float(x.max())}
    return Figure(picture, {**numbers, "time of peak": float(t[x.argmax()]), "x(30.1)": float(x[301])})


@figure("A.8", "Linear planar systems in the phase plane", also=("linear systems", "phase planes"))
def linear_systems() -> Figure:
    """Draw a trajectory and the flow of the five kinds of linear planar systems."""
    picture, axes = panels("ABC;DE.", (9, 6))
    eigenvalues = {}
    t = 0.0125 * np.arange(401)
    for ax, (kind, example) in zip(axes.values(), rb.dynamics.LINEAR_EXAMPLES.items(), strict=True):
        system = rb.dynamics.LinearSystem(example.A)
        rb.plot.phase_plane(system, [(-2, 2), (-2, 2)], ax=ax, arrows="quiver", separatrices=False)
        for line in list(ax.lines):
            if str(line.get_label()).endswith("-nullcline"):
                line.remove()
        u = system.solution(example.x0, t)
        ax.plot(*u.T, color=EXCITATORY, linewidth=1.8)
        ax.plot(*example.x0, "s", color=EXCITATORY)
        ax.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="u₁", ylabel="u₂", title=kind)
        eigenvalues[kind] = rb.dynamics.linearise(system, [0.0, 0.0]).eigenvalues
    return Figure(picture, eigenvalues, "Square: the initial state. Filled: stable, open: unstable, half: saddle.")


@figure("A.9", "Linear planar systems against time", also=("linear systems in time",))
def linear_systems_in_time() -> Figure:
    """Draw the solutions of figure A.8 against time."""
    picture, axes = panels("ABC;DE.", (9, 4.8))
    t = 0.0125 * np.arange(401)
    ends = {}
    for ax, (kind, example) in zip(axes.values(), rb.dynamics.LINEAR_EXAMPLES.items(), strict=True):
        u = rb.dynamics.LinearSystem(example.A).solution(example.x0, t)
        ax.plot(t, u[:, 0], color=EXCITATORY, label="u₁")
        ax.plot(t, u[:, 1], "--", color=INHIBITORY, label="u₂")
        shown = 5.0 if kind.startswith("stable") else 2.0
        limit = 1.1 * np.abs(u[t <= shown]).max()
        ax.set(xlabel="t", title=kind, xlim=(0, shown), ylim=(-limit, limit))
        ends[kind] = u[80]  # t = 1
    axes["A"].legend()
    return Figure(picture, ends)


@figure("A.10", "Trace–determinant plane", also=("trace-determinant plane",))
def trace_determinant_plane() -> Figure:
    """Draw the regions of the trace–determinant plane with the five systems of figure A.8 in them."""
    picture, axes = panels("A", (7, 4.8))
    points = {}
    for k, (kind, example) in enumerate(rb.dynamics.LINEAR_EXAMPLES.items()):
        points[kind] = (float(np.trace(example.A)), float(np.linalg.det(example.A)))
        if "spiral" not in kind:
            axes["A"].plot(*points[kind], "os^"[k], color=(EXCITATORY, INHIBITORY, BLACK)[k], label=f"{kind} of A.8")
    rb.plot.trace_determinant(ax=axes["A"], extent=6.0)
    axes["A"].set(xlabel="trace T = λ₁ + λ₂", ylabel="determinant D = λ₁ λ₂")
    axes["A"].text(3.4, 5.4, "$D = T^2/4$", color="0.35")
    axes["A"].legend(loc="lower right")
    note = "The spirals of A.8, at T = ∓2 and D = 101, lie far above. Hopf: T changes sign with D > 0. Saddle-node: D "
    return Figure(
        picture, points, note + "changes sign; a stable node and a saddle meet for T < 0 (the source has T > 0)."
    )
