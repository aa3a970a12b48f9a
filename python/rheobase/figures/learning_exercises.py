"""Solved exercises of chapter 4: learning."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY

PERIOD = 500.0


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
    )
    return Figure(picture, numbers, note + "a readout that serves at all times.")
