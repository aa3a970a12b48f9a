"""Exact firing-rate equations laid over the spikes of the network that they are derived from."""

import numpy as np
from matplotlib.axes import Axes

import rheobase as rb
from rheobase import dynamics, spikes
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.network.network import Network
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY
from rheobase.theory import ExactRates, lorentzian

TAU, J, N = 10.0, 15.0, 1000


def network(centre: float, step: float = 0.0) -> Network:
    """Return a network of theta neurons that excite each other, with Lorentzian currents of half-width 1."""
    net = rb.Network(dt=0.02, seed=1, threads=1)
    p = net.add(rb.ThetaNeuron(tau_m=TAU, I_x=lorentzian(N, centre, 1.0)), N, name="p")
    net.connect(p, p, rb.AllToAll(), weight=J * TAU / N, synapse=rb.Exponential(tau=0.5))
    if step:
        net.inject(p, rb.Steps([0.0, 100.0, 250.0], [0.0, step, 0.0]))
    return net


@figure("Montbrio 2015", "Exact firing-rate equations of a spiking network", source="published", also=("exact rates",))
def exact_rates() -> Figure:
    """Step the current of a bistable network, and lay the exact equations over its spikes."""
    picture, axes = panels("AA;BC", (7.5, 5.0))
    net = network(-5.0, step=8.0)
    exact, res = ExactRates.of(net), net.run(400)
    course = exact.simulate(400)
    measured = spikes.binned_rate(res.spikes("p"), 1.0, average=True)
    times = np.arange(len(measured.values)) + 0.5
    axes["A"].plot(times, measured.values, color=EXCITATORY, linewidth=3, label=f"{N} theta neurons")
    axes["A"].plot(course.times, course.rates, color=BLACK, linewidth=1.2, label="exact equations")
    axes["A"].axvspan(100, 250, color=EXTERNAL, alpha=0.2, linewidth=0)
    axes["A"].set(xlabel="time (ms)", ylabel="rate (Hz)", xlim=(0, 400), ylim=(0, None))
    axes["A"].legend(loc="upper right")
    _draw_states(axes["B"], exact)
    found = {}
    for centre in (-7.0, -6.0, -5.0, -4.0):
        found[centre] = network(centre).run(150).rates(t_start=75)["p"]
    axes["B"].plot(list(found), list(found.values()), "o", color=INHIBITORY, markersize=4, label="spikes, from rest")
    remembered = res.rates(t_start=300)["p"]
    axes["B"].plot([-5.0], [remembered], "s", color=EXCITATORY, markersize=4, label="spikes, after the step")
    axes["B"].legend(loc="upper left")
    # After the step the state spirals into the focus.
    late = course.times >= 250
    axes["C"].plot(course.potentials[late, 0], course.rates[late, 0], color=BLACK)
    axes["C"].plot(course.potentials[-1, 0], course.rates[-1, 0], "o", color=EXCITATORY, markersize=4)
    axes["C"].set(xlabel="mean potential (of 2 D)", ylabel="rate (Hz)", title="the focus, after the step")
    numbers = {
        "before": float(measured.values[50:100].mean()),
        "before, exact": float(course.rates[950, 0]),
        "after": remembered,
        "after, exact": float(course.rates[-1, 0]),
    }
    note = "A step of the current (grey) switches the network to its upper state. Numbers are rates (Hz)."
    return Figure(picture, numbers, note)


def _draw_states(ax: Axes, exact: ExactRates) -> None:
    """Draw rates against the current, all three where there are three."""
    v = -np.geomspace(0.05, 3, 2000)
    rate = -1000 / (2 * np.pi * TAU * v)
    current = 1 / (4 * v**2) - v**2 + J / (2 * np.pi * v)
    shown = (current > -8) & (current < -3)
    stable = np.array(
        [
            dynamics.linearise(exact.with_current("p", float(i)), exact.state([r])).stable
            for i, r in zip(current[shown][::8], rate[shown][::8], strict=True)
        ]
    )
    for kind, line, label in ((True, "-", "stable"), (False, ":", "unstable")):
        y = np.where(stable == kind, rate[shown][::8], np.nan)
        ax.plot(current[shown][::8], y, line, color=BLACK, label=label)
    ax.set(xlabel="median current (of 2 D)", ylabel="rate (Hz)", xlim=(-8, -3), ylim=(0, 190))
