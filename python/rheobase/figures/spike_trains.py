"""Figures of chapter 2: spike trains and their statistics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rheobase as rb
from rheobase.figures import recordings
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels, schematic, with_spikes
from rheobase.network.population import Population
from rheobase.plot.palette import BLACK, EXCITATORY, INHIBITORY
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The neuron and the synapses of sections 2.3 and 3.1 (mV, ms).
EIF: dict[str, Any] = {"tau_m": 10, "E_L": -72, "V_th": 5, "V_re": -75, "V_T": -55, "D": 2}
TAU_SYN = 5.0


@figure("2.1", "Membrane potential, counts and rate of a neuron", also=("one spike train",))
def one_spike_train(data: Path | None = None, seed: int = 2) -> Figure:
    """Draw a membrane potential with five ways to say how often it spiked."""
    real = data is not None
    record = recordings.load(data, "RealMembranePotentialData.npz") if data else recordings.membrane_potential(seed)
    spikes = rb.spikes.SpikeTrains.from_trains([record["SpikeTimes"]], t_stop=float(record["T"]))
    counts = rb.spikes.binned_counts(spikes, 500.0)[0]
    rate = rb.spikes.binned_rate(spikes, 500.0, average=True)
    smooth = rb.spikes.smoothed_rate(spikes, rb.spikes.gaussian_filter(250.0, 0.1), average=True)
    picture, axes = panels("AD;BE;CF", (8.5, 5.5), sharex=True)
    rb.plot.traces(record["time"], record["V"], ax=axes["A"])
    axes["A"].set_ylabel("V (mV)")
    axes["B"].bar(rate.times, counts, width=460, color="0.6")
    axes["B"].set_ylabel("spikes in 500 ms")
    axes["C"].vlines(spikes.times, 0, 1, color=BLACK)
    axes["C"].set(ylabel="spike in bin (0 or 1)", xlabel="time (ms)", yticks=[0, 1])
    axes["D"].stairs(rate.values, np.arange(0, spikes.t_stop + 1, 500), color=BLACK, baseline=None)
    axes["D"].set_ylabel("rate (Hz)")
    axes["E"].vlines(spikes.times, 0, 10, color=BLACK)
    axes["E"].set(ylabel="S(t) (1/ms)", yticks=[0, 10], yticklabels=["0", "1/dt"])
    rb.plot.traces(smooth.times, smooth.values, ylabel="smoothed rate (Hz)", ax=axes["F"])
    for panel in "BDF":
        axes[panel].set_ylim(bottom=0)
    if not real:
        recordings.mark_surrogate(picture)
    intervals = {f"CV (ddof {k})": float(np.squeeze(rb.spikes.cv(spikes, ddof=k))) for k in (0, 1)}
    numbers = {
        "spikes": int(spikes.times.size),
        "rate": float(np.squeeze(rb.spikes.mean_rate(spikes))),
        "counts": counts,
        **intervals,
        "smoothed max": float(smooth.values.max()),
        "time of max": float(smooth.times[smooth.values.argmax()]),
    }
    note = "The source's caption has the letters wrong: the rate is D, the density S(t) E, the smoothed rate F."
    return Figure(picture, numbers, note if real else f"{recordings.SURROGATE} {note}")


@figure("2.2", "Spike trains of one neuron over trials", also=("many trials",))
def many_trials(data: Path | None = None, seed: int = 5) -> Figure:
    """Draw raster, PSTH, smoothed rate and counts of a neuron that sees a drifting grating many times."""
    real = data is not None
    record = recordings.load(data, "SpikeTimes1Neuron1Theta.npz") if data else recordings.trials(seed)
    trials = rb.spikes.SpikeTrains.from_trials(record["SpikeTimes"], record["TrialNumbers"], t_stop=1000.0, first=1)
    smooth = rb.spikes.smoothed_rate(trials, rb.spikes.gaussian_filter(10.0, 1.0), average=True)
    counts = trials.count()
    picture, axes = panels("ABB;CDE", (9, 5))
    _grating(axes["A"], float(record["theta"]))
    rb.plot.raster(trials, ax=axes["B"], rows="trial")
    axes["B"].set_xlim(0, 1000)
    rb.plot.psth(trials, 20.0, ax=axes["C"])
    rb.plot.traces(smooth.times, smooth.values, ylabel="smoothed rate (Hz)", ax=axes["D"])
    axes["D"].set_ylim(bottom=0)
    rb.plot.count_histogram(counts, bin_width=2, ax=axes["E"], index=1)
    spectrum = np.abs(np.fft.rfft(smooth.values - smooth.values.mean()))
    numbers = {
        "trials": trials.n,
        "rate": float(counts.mean()),
        **{f"Fano factor (ddof {k})": float(rb.spikes.fano_factor(trials, ddof=k)) for k in (0, 1)},
        "smoothed max": float(smooth.values.max()),
        "time of max": float(smooth.times[smooth.values.argmax()]),
        "modulation": int(spectrum.argmax()),
    }
    if not real:
        recordings.mark_surrogate(picture)
        return Figure(picture, numbers, recordings.SURROGATE)
    note = f"The file holds θ = {record['theta']:g}° and {counts.mean():.2f} Hz; the text's 300° and 15.175 Hz are of "
    return Figure(picture, numbers, note + "older data. Panel C averages over trials, not neurons.")


def _grating(ax: Axes, theta: float) -> None:
    """Draw a still of a grating that drifts in direction `theta` (°)."""
    x, y = np.meshgrid(np.linspace(-1, 1, 200), np.linspace(-1, 1, 200))
    direction = np.deg2rad(theta)
    bars = np.sin(10 * (x * np.cos(direction) + y * np.sin(direction)))
    ax.imshow(np.where(x**2 + y**2 < 1, bars, np.nan), cmap="gray", origin="lower", extent=(-1, 1, -1, 1))
    ax.set_axis_off()


@figure("2.3", "Orientation tuning curve", also=("tuning curve",))
def orientation_tuning(data: Path | None = None, seed: int = 2) -> Figure:
    """Draw the mean rate against orientation, and the counts at two orientations."""
    real = data is not None
    record = recordings.load(data, "SpikeCounts1Neuron12Thetas.npz") if data else recordings.orientations(seed)
    curve = rb.spikes.tuning_curve(record["SpikeCounts"], record["AllOrientations"], float(record["T"]), ddof=1)
    picture, axes = panels("AB", (8, 3.5))
    rb.plot.tuning_curve(curve, ax=axes["A"])
    axes["A"].set_xticks(range(0, 360, 60))
    for index, k in ((0, 4), (1, 5)):
        theta, counts = curve.stimuli[k], record["SpikeCounts"][:, k]
        rb.plot.count_histogram(counts, bin_width=2, label=f"θ = {theta:g}°", index=index, ax=axes["B"])
        axes["A"].plot(theta, curve.rates[k], "os"[index], color=(EXCITATORY, INHIBITORY)[index], markersize=8)
    if not real:
        recordings.mark_surrogate(picture)
    numbers = {"stimuli": curve.stimuli, "rates": curve.rates, "Fano factors (ddof 1)": curve.fano}
    return Figure(picture, numbers, "" if real else recordings.SURROGATE)


@figure("2.4", "Poisson processes", also=("Poisson processes",))
def poisson_processes(seed: int = 3) -> Figure:
    """Draw homogeneous and inhomogeneous Poisson processes."""

    def rate(t: np.ndarray) -> np.ndarray:
        return 20 + 16 * np.sin(2 * np.pi * t / 200)

    steady = rb.spikes.poisson(15.0, 1000.0, 100, seed=seed)
    changing = rb.spikes.poisson_thinning(rate, 1000.0, 100, max_rate=36.0, seed=seed + 1)
    t = np.arange(0.0, 1000.5, 1.0)
    picture, axes = panels("AC;BD", (8.5, 5), sharex=True, height_ratios=[1, 3])
    axes["A"].vlines(steady.train(0), 0, 1, color=BLACK)
    axes["A"].set(yticks=[], ylabel="one train")
    rb.plot.raster(steady, rows="trial", ax=axes["B"])
    rb.plot.traces(t, rate(t), ylabel="rate (Hz)", ax=axes["C"])
    axes["C"].set(ylim=(0, 40), xlabel="")
    rb.plot.raster(changing, rows="trial", ax=axes["D"])
    axes["D"].set_xlim(0, 1000)
    numbers = {
        "mean count": float(steady.count().mean()),
        "Fano factor": float(rb.spikes.fano_factor(steady)),
        "inhomogeneous mean count": float(changing.count().mean()),
        "rate range": (float(rate(t).min()), float(rate(t).max())),
    }
    return Figure(picture, numbers)


@figure("2.5", "EIF driven by Poisson synapses", also=("EIF with Poisson synapses",))
def poisson_synapses(seed: int = 4) -> Figure:
    """Draw a neuron under 200 excitatory and 50 inhibitory Poisson spike trains, with the means of its input."""
    net = rb.Network(dt=0.1, seed=seed, threads=1)
    neuron = net.add(rb.EIF(**EIF), 1, name="n", V=-72)
    weights = {"e": 15.0, "i": -15.0}
    for name, n, rate in (("e", 200, 8.0), ("i", 50, 15.0)):
        net.add(rb.Poisson(rate=rate), n, name=name)
    _receive(net, neuron, weights)
    circuit = net.circuit
    free = net.add(rb.LIF(tau_m=10, E_L=-72, V_re=-72, V_th=1000), 1, name="free", V=-72)
    _receive(net, free, weights)
    for name in weights:
        net.record(neuron, f"I_{name}")
    net.record(neuron, "V")
    net.record(free, "V")
    first, rest = net.run(500), net.run(9500)
    I_e, I_i = 200 * 8 * PER_MS * 15, 50 * 15 * PER_MS * -15  # eq. (2.4): K r j
    picture, axes = panels("ABCF;ADEG", (11, 4.5), sharex=True, width_ratios=[0.75, 1, 1, 1])
    schematic(picture, axes, "A", circuit, neurons={"e": 8, "i": 2, "n": 1})
    for raster, current, name, mean, colour in (("B", "C", "e", I_e, EXCITATORY), ("D", "E", "i", I_i, INHIBITORY)):
        rb.plot.raster({name: first.spikes(name)}, ax=axes[raster])
        values = first.states("n", f"I_{name}")
        rb.plot.traces(values.times, values.values, ylabel=f"$I_{name}$ (mV)", ax=axes[current])[0].set_color(colour)
        level(axes[current], mean)
    V = first.states("n", "V")
    rb.plot.traces(V.times, with_spikes(V.times, V.values[:, 0], first.spikes("n").times, top=5), ax=axes["F"])
    level(axes["F"], -72 + I_e + I_i)
    total = first.states("n", "I_e").values + first.states("n", "I_i").values
    rb.plot.traces(V.times, total, ylabel="$I_e + I_i$ (mV)", ax=axes["G"])
    level(axes["G"], I_e + I_i)
    level(axes["G"], 15.0, color=EXCITATORY, style=":")
    _explain(axes["F"], threshold=False)
    _explain(axes["G"], threshold=True)
    V_0 = rest.states("free", "V").values
    theory = np.sqrt(15**2 * PER_MS * (200 * 8 + 50 * 15) / (2 * (EIF["tau_m"] + TAU_SYN)))
    numbers = {"I_e": I_e, "I_i": I_i, "I": I_e + I_i, "V_0": -72 + I_e + I_i}
    measured = {"V_0 measured": float(V_0.mean()), "sd V_0": float(theory), "sd V_0 measured": float(V_0.std())}
    return Figure(
        picture,
        {**numbers, **measured, "rate": rest.rates()["n"]},
        "Dashed: stationary means, in F of the free potential V_0. Dotted in G: the threshold I_th = 15 mV.",
    )


def _receive(net: rb.Network, neuron: Population, weights: dict[str, float]) -> None:
    """Connect the excitatory and the inhibitory source to a neuron."""
    for name, weight in weights.items():
        synapse = rb.Exponential(tau=TAU_SYN, label=name)
        net.connect(net[name], neuron, rb.AllToAll(), weight=weight, synapse=synapse)


def _explain(ax: Axes, *, threshold: bool) -> None:
    """Add a legend of the dashed line of the mean, and of the dotted one of the threshold."""
    from matplotlib.lines import Line2D

    marks = [Line2D([], [], color="0.3", linestyle="--", label="stationary mean")]
    if threshold:
        marks.append(Line2D([], [], color=EXCITATORY, linestyle=":", label="threshold $I_{th}$"))
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.4 * (high - low))
    ax.legend(handles=marks, loc="upper right", framealpha=0.85, edgecolor="none")


@figure("2.6", "f–I curve of an EIF driven by Poisson synapses", also=("f-I curve",))
def fi_curve(seed: int = 1) -> Figure:
    """Draw the rate against the mean input, its threshold-linear fit, and V in both regimes."""
    from scipy.optimize import curve_fit

    net = rb.Network(dt=0.1, seed=seed)
    excitation = np.arange(3, 12)
    for r_e in excitation:
        neurons = net.add(rb.EIF(**EIF), 40, name=f"r_e = {r_e}", V=-72)
        net.drive(neurons, rate=float(r_e), sources=200, weight=16, synapse=rb.Exponential(tau=TAU_SYN))
        net.drive(neurons, rate=15.0, sources=50, weight=-16, synapse=rb.Exponential(tau=TAU_SYN))
        net.record(neurons, "V", neurons=[0])
    res = net.run(1200)
    inputs = 200 * 16 * PER_MS * excitation - 12.0  # eq. (2.4)
    rates = np.array(list(res.rates(t_start=200).values()))
    (g, theta), _ = curve_fit(lambda x, g, theta: rb.rates.ThresholdLinear(g, theta)(x), inputs, rates, p0=(3, 8))
    picture, axes = panels("AC;BC", (9, 4.5))
    lines = rb.plot.fi_curve(inputs, rates, fit=rb.rates.ThresholdLinear(g, theta), threshold=15.0, ax=axes["C"])
    lines[0].set_color(BLACK)
    axes["C"].legend()
    for panel, k, colour, regime in (("A", 4, INHIBITORY, "fluctuation"), ("B", 8, EXCITATORY, "drift")):
        name = f"r_e = {excitation[k]}"
        V = res.states(name, "V")
        drawn = with_spikes(V.times, V.values[:, 0], res.spikes(name).train(0), top=5)
        rb.plot.traces(V.times, drawn, ylabel="V (mV)", ax=axes[panel])[0].set_color(colour)
        axes[panel].set_title(f"{regime}-driven, mean input {inputs[k]:g} mV")
        axes[panel].set_xlim(0, 1000)
        axes["C"].plot(inputs[k], rates[k], "o", color=colour, markersize=8, zorder=3)
    return Figure(picture, {"I": inputs, "rates": rates, "g": float(g), "theta": float(theta), "I_th": 15.0})
