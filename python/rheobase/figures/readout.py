"""Figure 4.2: a random network with a trained readout."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels, schematic
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY


@figure("4.2", "A chaotic network with a trained readout", also=("reservoir", "RNN"))
def trained_readout(seed: int = 6) -> Figure:
    """Draw the f–I curve, eigenvalues, rates and output of a random network that learns a sine by LMS."""
    n, rho, start, dt = 200, 1.5, 2500.0, 0.1
    t = dt * np.arange(50_000)
    target = np.sin(2 * np.pi * t / 500)
    net = rb.learning.Reservoir.random(n, rho=rho, rule=rb.learning.LMS(0.005), dt=dt, seed=seed)
    net.Q, feedback = None, net.Q
    before = net.fit(target[:25_000], t_start=start, record=slice(None))  # neither learning nor feedback
    net.Q = feedback
    after = net.fit(target[25_000:], record=slice(None))
    y_frozen = np.sin(2 * np.pi * (5000 + dt * np.arange(15_000)) / 500)
    frozen = net.predict(1500.0).rmse(y=y_frozen)
    eigenvalues = np.linalg.eigvals(net.W)
    rates = np.concatenate([before.r, after.r])
    picture, axes = panels("ABC;DDD;EEE", (10, 7.5), height_ratios=[1.6, 1, 1])
    schematic(picture, axes, "A", net, places={"r": (0, 0), "z": (1.4, 0)})
    I = np.linspace(-6, 6, 241)  # noqa: E741
    axes["B"].plot(I, np.tanh(I), color=BLACK)
    axes["B"].set(xlabel="I", ylabel="f(I) = tanh(I)")
    axes["C"].plot(eigenvalues.real, eigenvalues.imag, ".", color=INHIBITORY, markersize=4)
    angle = np.linspace(0, 2 * np.pi, 200)
    for radius, style in ((1.0, "-"), (rho, "--")):
        axes["C"].plot(
            radius * np.cos(angle), radius * np.sin(angle), style, color=EXCITATORY, label=f"radius {radius:g}"
        )
    axes["C"].set(xlabel="Re λ", ylabel="Im λ", aspect="equal")
    axes["C"].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    rb.plot.traces(t[::10], rates[::10, :7], spacing=2.2, ylabel="rates (shifted)", ax=axes["D"])
    axes["D"].set_yticks([])
    axes["E"].plot(t, target, color=EXTERNAL, linewidth=4, label="target y")
    axes["E"].plot(t, np.concatenate([before.z, after.z])[:, 0], color=BLACK, label="output z")
    axes["E"].axvline(start, color=EXCITATORY, linestyle=":")
    axes["E"].set(xlabel="time (ms)", ylim=(-2.5, 2.5))
    axes["E"].legend(loc="upper left", ncols=2)
    numbers = {
        "spectral radius": float(np.abs(eigenvalues).max()),
        "inside radius 1": float((np.abs(eigenvalues) < 1).mean()),
        "largest rate": float(np.abs(rates).max()),
        "mean square rate": float((before.r[5000:] ** 2).mean()),
        "RMSE first 100 ms": after.rmse(start, start + 100),
        "RMSE last 500 ms": after.rmse(4500, 5000),
        "RMSE after freezing": frozen,
    }
    note = (
        "Feedback and learning from 2500 ms on (dotted). The output fed back is that of the same step; the eigenvalues "
    )
    return Figure(
        picture, numbers, note + "fill a disk. Once R is frozen the output leaves the target: LMS only chases it."
    )
