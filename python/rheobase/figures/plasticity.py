"""Figure 4.1: inhibitory spike-timing-dependent plasticity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels, schematic
from rheobase.network.network import Network
from rheobase.network.projection import Projection
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture


@figure("4.1", "Inhibitory synaptic plasticity", also=("inhibitory plasticity",))
def inhibitory_plasticity(seed: int = 1) -> Figure:
    """Draw the change of a weight by a pair of spikes, and how plasticity brings the rates of a network to target."""
    epsilon, tau_y, r_0 = 1.0, 150.0, 0.2
    lags = np.linspace(-1300, 1300, 521)
    change = -epsilon / tau_y * (np.exp(-np.abs(lags) / tau_y) - 2 * PER_MS * r_0 * tau_y)
    pair_lags, pair_changes = _pairs_of_spikes(epsilon, tau_y, r_0)
    net, plastic = _plastic_network(seed)
    both = rb.circuits.overlay(net, 2000, tau=(30, 15), method="euler")
    spiking, rates = both.spiking, both.rates
    picture, axes = panels("AABBCCCC;DDEEEFFF", (11.5, 5.5))
    _two_neurons(picture, axes)
    schematic(picture, axes, "D", net)
    axes["C"].plot(lags, change, color=BLACK, label="rule")
    axes["C"].plot(pair_lags, pair_changes, "o", color=EXCITATORY, markersize=4, label="simulated pairs")
    axes["C"].axhline(0, color=EXTERNAL, zorder=0)
    axes["C"].set(xlabel="$\\Delta t = t_{post} - t_{pre}$ (ms)", ylabel="$\\Delta J_{ei}$ (mV·ms)")
    axes["C"].legend()
    rb.plot.overlay(both, ax=axes["E"])
    for name, colour in (("e", EXCITATORY), ("i", INHIBITORY)):
        axes["F"].plot(rates.times, rates[name], color=colour, label=name)
    for panel, title in (("E", "spiking beside rate network"), ("F", "rate network")):
        axes[panel].set(xlabel="time (ms)", ylabel="rate (Hz)", title=title, ylim=(0, 55), xlim=(0, 2000))
        level(axes[panel], 5.0, color=BLACK)
        axes[panel].text(40, 1.0, "target: 5 Hz")
        axes[panel].legend(loc="upper right", fontsize="small", ncols=2)
    early, late = spiking.spikes("e").between(0, 100), spiking.spikes("e").between(1500, 2000)
    late_i = spiking.spikes("i").between(1500, 2000)
    numbers = {
        "zero crossing": float(tau_y * -np.log(2 * PER_MS * r_0 * tau_y)),
        "change at 0": float(change[lags.size // 2]),
        "pairs": np.stack([pair_lags, pair_changes]),
        "early e": float(np.mean(rb.spikes.mean_rate(early))),
        "late e": float(np.mean(rb.spikes.mean_rate(late))),
        "late i": float(np.mean(rb.spikes.mean_rate(late_i))),
        "mean weight": float(plastic.weights.data.mean()),
        "rate model": rates.states[19990],
        "limit": both.model.fixed_point().u,
    }
    note = "C: the rule −(ε/τ_y)(exp(−|Δt|/τ_y) − 2 r_0 τ_y) with r_0 = 0.2 Hz, the curve the source drew; its printed "
    note += "formula lacks the last τ_y, and at its r_0 = 30 Hz no pair would depress. Eq. (4.1) needs +y_i S_e."
    return Figure(picture, numbers, note)


def _two_neurons(picture: Picture, axes: dict[str, Axes]) -> None:
    """Draw an inhibitory synapse onto an excitatory neuron, and a spike of each."""
    net = rb.Network(dt=0.1, threads=1)
    pre = net.add(rb.Trains([[30.0]]), 1, name="i")
    post = net.add(rb.LIF(), 1, name="e", V=-72)
    synapse = rb.Exponential(tau=4)
    net.connect(pre, post, rb.AllToAll(), weight=-1, synapse=synapse, plasticity=rb.InhibitorySTDP())
    schematic(picture, axes, "A", net)
    net.inject(post, rb.Pulse(t_start=60, t_stop=67, amplitude=40))
    res = net.run(100)
    ax, rows = axes["B"], {"i": ("pre", INHIBITORY, 1.3), "e": ("post", EXCITATORY, 0.0)}
    times = {}
    for name, (role, colour, low) in rows.items():
        (times[name],) = res.spikes(name).times
        ax.plot([0, 100], [low, low], color=colour)
        ax.vlines(times[name], low, low + 0.7, color=colour, linewidth=2)
        ax.text(0, low + 0.12, f"{name} ({role})", color=colour)
    ax.annotate("", (times["e"], 1.1), (times["i"], 1.1), arrowprops={"arrowstyle": "<->", "shrinkA": 0, "shrinkB": 0})
    for name, (low, high) in {"i": (1.1, 1.3), "e": (0.7, 1.1)}.items():
        ax.vlines(times[name], low, high, color=EXTERNAL, linestyle=":")
    ax.text(sum(times.values()) / 2, 1.06, "$\\Delta t$", ha="center", va="top")
    ax.set(xlabel="time (ms)", yticks=[], ylim=(-0.1, 2.1))
    ax.spines["left"].set_visible(False)


def _pairs_of_spikes(epsilon: float, tau_y: float, r_0: float) -> tuple[np.ndarray, np.ndarray]:
    """Simulate pairs of spikes at several lags, each with a synapse of its own."""
    lags = np.array([-1200.0, -800, -500, -300, -150, -50, 50, 150, 300, 500, 800, 1200])
    net = rb.Network(dt=0.1, threads=1)
    post = net.add(rb.LIF(), lags.size, name="post", V=-72)
    pre = net.add(rb.Trains([[1500.0]] * lags.size), lags.size, name="pre")
    kick = net.add(rb.Trains([[1500.0 + lag] for lag in lags]), lags.size, name="kick")
    net.connect(kick, post, rb.OneToOne(), weight=100, synapse=rb.Delta())
    rule = rb.InhibitorySTDP(epsilon=epsilon, tau_y=tau_y, r_0=r_0)
    plastic = net.connect(pre, post, rb.OneToOne(), weight=-1, synapse=rb.Exponential(tau=5), plasticity=rule)
    net.run(3000)
    return lags, plastic.weights.diagonal() + 1


def _plastic_network(seed: int) -> tuple[Network, Projection]:
    """Return the recurrent network of figure 3.3 at twice the input, and its plastic inhibition of excitation."""
    net = rb.Network(dt=0.1, seed=seed)
    eif = rb.EIF(tau_m=10, E_L=-72, V_th=0, V_re=-72, V_T=-55, D=2)
    for name, n in (("e", 800), ("i", 200)):
        net.add(eif, n, name=name, V=rb.Uniform(-72, -55))
    net.add(rb.Poisson(rate=10), 800, name="x")
    weights = {("e", "x"): 30, ("i", "x"): 20, ("e", "e"): 12, ("i", "e"): 35, ("i", "i"): -70}
    for (post, pre), weight in weights.items():
        synapse = rb.Exponential(tau={"x": 8, "e": 6, "i": 4}[pre])
        net.connect(net[pre], net[post], rb.Bernoulli(0.2), weight=weight, synapse=synapse)
    rule = rb.InhibitorySTDP(epsilon=50, tau_y=150, r_0=5)
    synapse = rb.Exponential(tau=4)
    plastic = net.connect(net["i"], net["e"], rb.Bernoulli(0.2), weight=-45, synapse=synapse, plasticity=rule)
    return net, plastic
