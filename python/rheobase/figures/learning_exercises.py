"""Solved exercises of chapter 4: learning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

PERIOD = 500.0


@figure("Ex. 4.1.1", "Plastic inhibition while the input changes", also=("changing input",))
def changing_input() -> Figure:
    """Draw rates and the plastic weight of the rate network of eq. (4.3) as its external input steps up and down."""
    duration, r_0, dt, inputs = 10_000.0, 5.0, 1.0, (10.0, 14.0, 10.0)
    networks = [rb.rates.excitatory_inhibitory(tau=(30.0, 15.0), r_x=r_x) for r_x in inputs]
    X = [np.asarray(network.X) for network in networks]
    changing = replace(networks[0], X=lambda t: X[min(int(t // duration), len(X) - 1)])
    run = rb.rates.PlasticNetwork(changing, r_0=r_0).simulate(len(X) * duration, dt=dt, method="euler")
    picture, axes = panels("A;B", (8.5, 4.6), sharex=True, height_ratios=[1.4, 1])
    for name, values, colour in zip("ei", run.rates.T, (EXCITATORY, INHIBITORY), strict=True):
        axes["A"].plot(run.times / 1e3, values, color=colour, label=f"$r_{name}$")
    axes["B"].plot(run.times / 1e3, run.w_ei, color=BLACK)
    numbers: dict[str, object] = {}
    for k, (network, r_x) in enumerate(zip(networks, inputs, strict=True)):
        point = rb.rates.PlasticNetwork(network, r_0=r_0).fixed_point()
        first, last = round((k * duration + 200) / dt), round((k + 1) * duration / dt)
        axes["B"].plot(run.times[[first, last]] / 1e3, [point.u[2]] * 2, "--", color=EXTERNAL, zorder=0)
        axes["A"].annotate(f"$r_x$ = {r_x:g} Hz", ((k + 0.5) * duration / 1e3, 32), ha="center")
        numbers[f"start and end of r_e, phase {k + 1}"] = run.rates[[first, last - 1], 0]
        numbers[f"end of w_ei, phase {k + 1}"] = float(run.w_ei[last - 1])
        numbers[f"fixed point of w_ei, phase {k + 1}"] = float(point.u[2])
        numbers[f"rate of approach, phase {k + 1}"] = float(-max(point.eigenvalues.real))
    level(axes["A"], r_0, "target $r_0$", color=BLACK)
    axes["A"].set(ylabel="rate (Hz)", ylim=(0, 36))
    axes["A"].legend(loc="upper right")
    axes["B"].set(xlabel="time (s)", ylabel="$w_{ei}$ (mV·ms)")
    note = (
        "Each input has a weight of its own that holds r_e at its target (dashed). A change moves r_e off it until the "
    )
    return Figure(picture, numbers, note + "weight has followed, for seconds: what changes faster is not held.")


@figure("Ex. 4.2.3", "Recursive least squares learns, LMS chases", also=("Ex. 4.2.2", "RLS and LMS"))
def recursive_least_squares(seed: int = 3) -> Figure:
    """Draw the outputs of one random network that learns a sine by LMS and by RLS, until R is frozen."""
    n, dt, frozen_at, end = 150, 0.5, 2500.0, 4000.0
    target = lambda t: np.sin(2 * np.pi * t / PERIOD)  # noqa: E731
    t = dt * np.arange(round(end / dt))
    learning = t < frozen_at
    picture, axes = panels("A;B;C", (9, 5.5), sharex=True, height_ratios=[1, 1, 0.8])
    numbers: dict[str, float] = {}
    for panel, rule, colour in (("A", rb.learning.LMS(0.005), INHIBITORY), ("B", rb.learning.RLS(c=0.5), EXCITATORY)):
        net = rb.learning.Reservoir.random(n, rho=1.5, rule=rule, dt=dt, seed=seed)
        z = np.concatenate([net.fit(target(t[learning])).z, net.predict(end - frozen_at).z])[:, 0]
        error = np.abs(z - target(t))
        name = type(rule).__name__
        axes[panel].plot(t, target(t), color=EXTERNAL, linewidth=4, label="target y")
        axes[panel].plot(t, z, color=colour, label=f"output z, {name}")
        axes[panel].set(ylim=(-3, 3))
        axes[panel].legend(loc="upper left", ncols=2)
        axes["C"].semilogy(t, np.convolve(error, np.ones(100) / 100, "same"), color=colour, label=name)
        last = (t > frozen_at - PERIOD) & learning
        numbers[f"RMSE before freezing, {name}"] = float(np.sqrt(np.mean(error[last] ** 2)))
        numbers[f"RMSE after freezing, {name}"] = float(np.sqrt(np.mean(error[~learning] ** 2)))
    for ax in axes.values():
        ax.axvline(frozen_at, color=BLACK, linestyle=":")
    axes["C"].set(xlabel="time (ms)", ylabel="|z − y|, mean of 50 ms")
    axes["C"].legend(loc="lower right")
    note = (
        "Dotted: R is frozen, the feedback stays. LMS had a small error only because R followed the target; RLS found "
        "a readout with which the network makes the sine by itself. "
    )
    return Figure(picture, numbers, note + "Its error grows because nothing holds the phase, which drifts.")
