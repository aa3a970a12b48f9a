"""Figures of chapter 3: networks and their mean field."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.circuits.cortex import TIME_CONSTANTS, WEIGHTS
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels, schematic
from rheobase.network.network import Network
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY


@figure("3.1", "Feedforward spiking network", also=("feedforward network",))
def feedforward_network(seed: int = 1) -> Figure:
    """Draw 100 neurons driven by an excitatory and an inhibitory population, with their mean-field rate."""
    net = rb.Network(dt=0.1, seed=seed)
    eif = rb.EIF(tau_m=10, E_L=-72, V_th=5, V_re=-75, V_T=-55, D=2)
    neurons = net.add(eif, 100, name="n", V=-72)
    for name, n, rate, weight in (("e", 2000, 8.0, 16), ("i", 500, 15.0, -16)):
        source = net.add(rb.Poisson(rate=rate), n, name=name)
        net.connect(source, neurons, rb.Bernoulli(0.1), weight=weight, synapse=rb.Exponential(tau=5))
    res = net.run(1000)
    network = net.mean_field(rb.rates.ThresholdLinear())
    (predicted,) = network.activation(network.external())  # eq. (3.3)
    picture, axes = panels("ABD;aCE", (10, 5), sharex=True, width_ratios=[0.7, 1, 1])
    schematic(picture, axes, "A", net, neurons={"e": 5, "i": 3, "n": 4})
    schematic(picture, axes, "a", net)
    for panel, name, title in (("B", "e", "excitatory input"), ("C", "i", "inhibitory input"), ("D", "n", "output")):
        rb.plot.raster({name: res.spikes(name)}, max_neurons=100, ax=axes[panel])
        axes[panel].set_title(title)
    smoothing = rb.spikes.gaussian_filter(10.0, 0.1)
    rb.plot.population_rate({"n": res.spikes("n")}, filter=smoothing, mean_field={"n": predicted}, ax=axes["E"])
    axes["E"].legend(["simulation", "mean field"])
    rates = rb.spikes.mean_rate(res.spikes("n"))
    numbers = {"I": float(network.external()[0]), "mean field": float(predicted), "rate": float(np.mean(rates))}
    return Figure(
        picture, {**numbers, "sd over neurons": float(np.std(rates))}, "A: each circle is a neuron, or a population."
    )


@figure("3.2", "Cortical areas and layers", also=("cortical hierarchy",))
def cortical_hierarchy() -> Figure:
    """Draw a hierarchy of three areas with three layers each, and its dominant pathways (a scheme, no model)."""
    picture, axes = panels("A", (7.5, 3.2))
    ax = axes["A"]
    layers = {"2/3": 2.0, "4": 1.0, "5/6": 0.0}
    arrow = {"arrowstyle": "-|>", "linewidth": 1.5, "shrinkA": 14, "shrinkB": 14}
    for area, name in enumerate(("V1", "V2", "V4")):
        ax.text(3 * area, 2.75, name, ha="center", fontweight="bold")
        for layer, height in layers.items():
            ax.text(3 * area, height, f"layer {layer}", ha="center", va="center", bbox={"boxstyle": "round", "fc": "1"})
        for start, end, x in ((1.0, 2.0, 0.5), (2.0, 0.0, 0.75)):  # from layer 4 to 2/3, and on to 5/6
            way = {**arrow, "shrinkA": 0, "shrinkB": 0, "color": BLACK}
            ax.annotate("", (3 * area + x, end), (3 * area + x, start), arrowprops=way)
        ax.annotate("", (3 * area - 0.4, 1.0), (3 * area - 2.2, 2.0), arrowprops={**arrow, "color": EXCITATORY})
        if area < 2:
            ax.annotate("", (3 * area + 0.4, 0.0), (3 * area + 2.6, 0.0), arrowprops={**arrow, "color": INHIBITORY})
    ax.text(-2.4, 2.2, "thalamus", ha="center", color=EXCITATORY)
    ax.text(1.9, 1.75, "feedforward", ha="center", color=EXCITATORY)
    ax.text(1.5, -0.35, "feedback", ha="center", color=INHIBITORY)
    ax.set(xlim=(-3.2, 7.2), ylim=(-0.6, 3.1))
    ax.set_axis_off()
    return Figure(picture, {"areas": 3, "layers": 3}, "A scheme: feedforward to layer 4, then 2/3, then 5/6; feedback.")


def connected_by_chance(neurons: int = 1000, rate: float = 5.0, seed: int = 1, threads: int | None = None) -> Network:
    """Return the textbook's network whose neurons have 160 and 40 inputs of each kind by chance; `rate` in Hz."""
    net = rb.Network(dt=0.1, seed=seed, threads=threads)
    eif = rb.EIF(tau_m=10, E_L=-72, V_th=0, V_re=-72, V_T=-55, D=2)
    n_e = 4 * neurons // 5
    for name, n in (("e", n_e), ("i", neurons - n_e)):
        net.add(eif, n, name=name, V=rb.Uniform(-72, -55))
    net.add(rb.Poisson(rate=rate), n_e, name="x")
    for (post, pre), weight in WEIGHTS.items():
        synapse = rb.Exponential(tau=TIME_CONSTANTS[pre])
        net.connect(net[pre], net[post], rb.Bernoulli(200 / neurons), weight=weight, synapse=synapse)
    return net


@figure("3.3", "Recurrent spiking network", also=("recurrent network",))
def recurrent_network(seed: int = 1) -> Figure:
    """Draw spikes and rates of 800 excitatory and 200 inhibitory neurons, with the rates of the mean field."""
    net = connected_by_chance(seed=seed)
    network = net.mean_field(rb.rates.ThresholdLinear())  # eq. (3.10)
    predicted = dict(zip("ei", network.fixed_points([(0, 100), (0, 100)])[0].u, strict=True))
    res, later = net.run(200), net.run(800)
    picture, axes = panels("BA;CD;EF", (9, 7), sharex=True)
    schematic(picture, axes, "A", net)
    smoothing = rb.spikes.half_gaussian_filter(6.0, 0.1)
    peaks = {}
    for raster, panel, name in (("C", "D", "e"), ("E", "F", "i")):
        trains = {name: res.spikes(name)}
        rb.plot.raster(trains, ax=axes[raster])
        axes[raster].set_title({"e": "excitatory", "i": "inhibitory"}[name])
        lines = rb.plot.population_rate(trains, filter=smoothing, mean_field={name: predicted[name]}, ax=axes[panel])
        axes[panel].legend(["simulation", "mean field"])
        time, rate = np.asarray(lines[0].get_xydata()).T
        peaks[f"peak {name}"] = float(rate.max())
        peaks[f"time of peak {name}"] = float(time[rate.argmax()])
    rb.plot.raster({"x": res.spikes("x")}, ax=axes["B"])[0].set_color("0.4")
    axes["B"].set_title("external")
    numbers = {f"mean field {name}": float(rate) for name, rate in predicted.items()}
    rates = {f"rate {name}": rate for name, rate in later.rates().items() if name != "x"}
    return Figure(
        picture, {**numbers, **rates, **peaks}, "Panel letters as in the source. Rates are means after 200 ms."
    )


@figure("3.4", "Dynamical mean field: stable and oscillating", also=("dynamical mean field",))
def dynamical_mean_field() -> Figure:
    """Draw the rates of the E–I rate network with slow excitation, and with slow inhibition."""
    picture, axes = panels("AB;CD", (8.5, 5), sharex=True)
    numbers: dict[str, object] = {}
    for row, tau in (("AB", (30.0, 15.0)), ("CD", (15.0, 30.0))):
        net = rb.rates.excitatory_inhibitory(tau=tau)
        fixed = net.fixed_points([(0, 100), (0, 100)])[0]
        result = net.simulate(200, dt=0.1, method="euler")
        exact = net.simulate(200, dt=0.1)
        for panel, name, rate, colour in zip(row, "ei", fixed.u, (EXCITATORY, INHIBITORY), strict=True):
            (line,) = rb.plot.traces(result.times, result[name], ylabel=f"$r_{name}$ (Hz)", ax=axes[panel])
            line.set_color(colour)
            axes[panel].plot(exact.times, exact[name], color=EXTERNAL, linewidth=3, zorder=1)
            level(axes[panel], float(rate))
            axes[panel].set_title(f"$\\tau_e$ = {tau[0]:g} ms, $\\tau_i$ = {tau[1]:g} ms")
            numbers[f"peak {name} {tau}"] = float(result[name].max())
            late = result[name][result.times > 150]
            numbers[f"range {name} {tau}"] = (float(late.min()), float(late.max()))
        numbers[f"fixed point {tau}"] = fixed.u
        numbers[f"eigenvalues {tau}"] = fixed.eigenvalues
    cycle = rb.dynamics.limit_cycle(rb.rates.excitatory_inhibitory(tau=(15.0, 30.0)), fixed.u + 1.0)
    note = "Colour: forward Euler, dt = 0.1 ms, as the source has it; grey: exact. Dashed: the fixed point."
    return Figure(picture, {**numbers, "period": float(cycle.period)}, note)
