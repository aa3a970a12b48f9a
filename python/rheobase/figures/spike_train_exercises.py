"""Solved exercises of chapter 2: variability, and neurons in noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.figures.spike_trains import EIF, TAU_SYN
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY, colour
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from rheobase.network.result import Result

#: Numbers of excitatory and inhibitory sources of section 2.3.
K_E, K_I = 200, 50

#: The parameters of figure 2.6: r_e (Hz), j_e (mV·ms), r_i and j_i.
Inputs = tuple[float, float, float, float]


@figure("Ex. 2.2.1", "How far samples of CV and Fano factor scatter", also=("Ex. 2.2.2", "sampling of the CV"))
def samples_of_cv_and_fano_factor(seed: int = 1) -> Figure:
    """Draw CVs of Poisson processes of 10 Hz over their length, and Fano factors over the number of trials."""
    chance = rb.checks.generator(seed)
    repeats = 200
    picture, axes = panels("AB", (8.5, 3.6), sharey=True)
    numbers: dict[str, object] = {}
    durations, trials = np.array([5.0, 20.0, 100.0]), np.array([10, 100])
    cvs = [np.asarray(rb.spikes.cv(rb.spikes.poisson(10.0, 1e3 * T, repeats, seed=chance))) for T in durations]
    fanos = [
        [float(rb.spikes.fano_factor(rb.spikes.poisson(10.0, 1e3, n, seed=chance), ddof=1)) for _ in range(repeats)]
        for n in trials
    ]
    # Of n intervals a CV has the s.d. 1/√n, of n counts a Fano factor √(2/(n − 1)).
    _scatter(axes["A"], durations, cvs, 1 / np.sqrt(10 * durations))
    _scatter(axes["B"], trials, fanos, np.sqrt(2 / (trials - 1)))
    axes["A"].set(xlabel="duration T (s)", ylabel="CV", title="CV, Ex. 2.2.1", ylim=(0, 2.6))
    axes["B"].set(xlabel="trials of 1 s", ylabel="Fano factor", title="Fano factor, Ex. 2.2.2")
    axes["B"].yaxis.set_tick_params(labelleft=True)
    axes["A"].legend(loc="upper right")
    numbers |= {"T": durations, "sd of the CV": np.std(cvs, axis=1), "1/√(r T)": 1 / np.sqrt(10 * durations)}
    numbers |= {"trials": trials, "sd of the Fano factor": np.std(fanos, axis=1)}
    numbers["√(2/(n − 1))"] = np.sqrt(2 / (trials - 1))
    means = {"mean CV": np.mean(cvs, axis=1), "mean Fano factor": np.mean(fanos, axis=1)}
    return Figure(picture, {**numbers, **means}, f"{repeats} processes each; five of them are drawn large.")


def _scatter(ax: Axes, x: np.ndarray, samples: Sequence[np.ndarray | list[float]], sd: np.ndarray) -> None:
    """Draw samples beside their place on a logarithmic axis, and the interval that theory puts them in."""
    for k, (place, values) in enumerate(zip(x, samples, strict=True)):
        spread = place * np.exp(np.linspace(-0.2, 0.2, len(values)))
        ax.plot(spread, values, ".", color=EXTERNAL, markersize=2)
        ax.plot(spread[20:180:35], values[20:180:35], "o", color=EXCITATORY, markersize=5)
        name = "mean ± 2 s.d., theory" if k == 0 else None
        ax.errorbar(1.4 * place, 1.0, 2 * sd[k], fmt="_", color=BLACK, capsize=4, label=name)
    ax.set(xscale="log", xticks=x, xticklabels=[f"{value:g}" for value in x], xlim=(x[0] / 2, x[-1] * 2))
    ax.minorticks_off()


@figure("Ex. 2.3.1", "Averages over trials and over time", also=("Monte Carlo",))
def averages_over_trials_and_time(seed: int = 1) -> Figure:
    """Draw the mean of a synaptic current over more and more trials, and over longer and longer times."""
    j, r = 15.0, 8.0
    net = rb.Network(dt=0.1, seed=seed, threads=1)
    for name, n in (("trials", 1000), ("alone", 1)):
        neurons = net.add(rb.LIF(V_th=1e9), n, name=name)
        net.drive(neurons, rate=r, sources=K_E, weight=j, synapse=rb.Exponential(tau=TAU_SYN, label="e"))
    net.record(net["trials"], "I_e", every=100.0)
    net.record(net["alone"], "I_e")
    at_T = net.run(100).states("trials", "I_e").values[-1]
    after = net.run(20_000).states("alone", "I_e").values[:, 0]  # the first 100 ms were the burn-in
    mean = K_E * j * r * PER_MS  # eq. (2.4)
    trials, time = np.arange(1, at_T.size + 1), 0.1 * np.arange(1, after.size + 1)
    over_trials, over_time = np.cumsum(at_T) / trials, np.cumsum(after) / time * 0.1
    sd_trials = rb.theory.ShotNoise(r, j, TAU_SYN, K_E).variance ** 0.5 / np.sqrt(trials)
    sd_time = j * np.sqrt(K_E * r * PER_MS / time)  # for times much longer than τ
    picture, axes = panels("AB", (8.5, 3.6), sharey=True)
    shown = np.unique(np.geomspace(200, after.size, 400).astype(int)) - 1
    for panel, x, values, width in (
        ("A", trials, over_trials, sd_trials),
        ("B", time[shown], over_time[shown], sd_time[shown]),
    ):
        axes[panel].fill_between(x, mean - 2 * width, mean + 2 * width, color=EXTERNAL, alpha=0.4, linewidth=0)
        axes[panel].plot(x, values, color=EXCITATORY)
        level(axes[panel], mean, "$K_e j_e r_e$")
        axes[panel].set(xscale="log", ylim=(mean - 8, mean + 8))
    axes["A"].set(xlabel="trials", ylabel="mean current $I_e$ (mV)", title="at 100 ms, over trials")
    axes["B"].set(xlabel="averaged over (ms)", ylabel="mean current (mV)", title="one trial, over time")
    axes["B"].yaxis.set_tick_params(labelleft=True)
    numbers = {"K j r": mean, "over 1000 trials": float(over_trials[-1]), "over time": float(over_time[-1])}
    theory = {"s.d. over trials": float(sd_trials[-1]), "s.d. over time": float(sd_time[-1])}
    return Figure(picture, {**numbers, **theory}, "Grey: two standard deviations of the average, from theory.")


def _rates_in_noise(points: Sequence[Inputs], duration: float, n: int, seed: int) -> tuple[Result, list[str]]:
    """Simulate n neurons per point of (r_e, j_e, r_i, j_i), and return the result with the populations' names."""
    net = rb.Network(dt=0.1, seed=seed, threads=1)
    names = [f"point {k}" for k in range(len(points))]
    for name, (r_e, j_e, r_i, j_i) in zip(names, points, strict=True):
        neurons = net.add(rb.EIF(**EIF), n, name=name, V=-72)
        net.drive(neurons, rate=r_e, sources=K_E, weight=j_e, synapse=rb.Exponential(tau=TAU_SYN))
        net.drive(neurons, rate=r_i, sources=K_I, weight=j_i, synapse=rb.Exponential(tau=TAU_SYN))
    return net.run(duration), names


def _free_sd(r_e: float, j_e: float, r_i: float, j_i: float) -> float:
    """Return the standard deviation of the free membrane potential (mV), figure 2.5."""
    inputs = [rb.theory.ShotNoise(r_e, j_e, TAU_SYN, K_E), rb.theory.ShotNoise(r_i, j_i, TAU_SYN, K_I)]
    return float(rb.theory.input_moments(inputs, EIF["tau_m"]).membrane_std)


@figure("Ex. 2.3.2", "f–I curves of one neuron under other inputs", also=("f-I curves and noise",))
def fi_curves_under_other_inputs(seed: int = 1) -> Figure:
    """Draw rates against the mean input where parameters are doubled, and where another one is varied."""
    means = np.array([6.0, 8.0, 10.0, 12.0, 14.0, 17.0, 20.0, 23.0])
    total = means / PER_MS  # of the sum over sources of r j
    doubled: dict[str, list[Inputs]] = {
        "as in figure 2.6": [((I + 50 * 15 * 16) / (200 * 16), 16, 15, -16) for I in total],  # noqa: E741
        "$j_e$ doubled": [((I + 50 * 15 * 16) / (200 * 32), 32, 15, -16) for I in total],  # noqa: E741
        "$r_i$ doubled": [((I + 50 * 30 * 16) / (200 * 16), 16, 30, -16) for I in total],  # noqa: E741
        "$j_i$ doubled": [((I + 50 * 15 * 32) / (200 * 16), 16, 15, -32) for I in total],  # noqa: E741
    }
    varied: dict[str, list[Inputs]] = {
        "$r_e$ varied": doubled["as in figure 2.6"],
        "$j_e$ varied": [(8, (I + 50 * 15 * 16) / (200 * 8), 15, -16) for I in total],  # noqa: E741
        "$r_i$ varied": [(12, 16, (200 * 12 * 16 - I) / (50 * 16), -16) for I in total],  # noqa: E741
        "$j_i$ varied": [(12, 16, 15, -(200 * 12 * 16 - I) / (50 * 15)) for I in total],  # noqa: E741
    }
    picture, axes = panels("AB", (9.5, 3.8), sharey=True)
    numbers: dict[str, object] = {"I": means}
    for panel, curves in (("A", doubled), ("B", varied)):
        for k, (label, points) in enumerate(curves.items()):
            result, _ = _rates_in_noise(points, 1700, 40, seed)
            rates = np.array(list(result.rates(t_start=200).values()))
            axes[panel].plot(means, rates, "os^d"[k], color=colour(k), markersize=4, label=label)
            numbers[label] = rates
            numbers[f"{label}, s.d. of V at 8 mV"] = _free_sd(*points[1])
        axes[panel].axvline(15.0, color=EXTERNAL, linestyle=":")
        axes[panel].set(xlabel="mean input (mV)", xlim=(4, 24))
        axes[panel].legend()
    for panel, label in (("A", "as in figure 2.6"), ("A", "$j_i$ doubled"), ("B", "$j_i$ varied")):
        points = {**doubled, **varied}[label]
        theory = [_theory(I, *point) for I, point in zip(means, points, strict=True)]  # noqa: E741
        axes[panel].plot(means, theory, color=colour(3 if "j_i" in label else 0), linewidth=1)
        numbers[f"theory, {label}"] = np.array(theory)
    axes["A"].set_ylabel("rate (Hz)")
    note = (
        "Lines: the Fokker–Planck equation of V and the filtered noise. Above I_th = 15 mV (dotted) the mean decides; "
    )
    return Figure(picture, numbers, note + "below, the noise does, and the neuron with more of it fires more.")


def _theory(I: float, *point: float) -> float:  # noqa: E741
    """Return the rate (Hz) in Gaussian noise of the same variance and time constant."""
    neuron = rb.EIF(**{**EIF, "V_th": -40})  # the upstroke is over
    return float(rb.theory.ColouredNoise(neuron, sigma=_free_sd(*point), tau_s=TAU_SYN)(I))


@figure("Ex. 2.3.3", "CV along the f–I curve", also=("CV of an EIF",))
def cv_along_the_fi_curve(seed: int = 1) -> Figure:
    """Draw the rate and the CV of an EIF against its mean input, from the fluctuation- to the drift-driven regime."""
    excitation = np.array([6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5, 10.0, 11.0, 12.0, 13.0])
    result, names = _rates_in_noise([(r_e, 16, 15, -16) for r_e in excitation], 10_000, 20, seed)
    rates = np.array([result.rates(t_start=200)[name] for name in names])
    enough = rates * (10_000 - 200) * PER_MS > 30  # spikes per neuron
    means = (K_E * 16 * excitation - K_I * 15 * 16) * PER_MS
    cvs = [np.nanmean(rb.spikes.cv(result.spikes(name).between(200, 10_000))) for name in names]
    means, rates, cv = means[enough], rates[enough], np.array(cvs)[enough]
    picture, axes = panels("AB", (8.5, 3.6))
    axes["A"].plot(means, rates, "o-", color=BLACK, markersize=4)
    axes["A"].set(ylabel="rate (Hz)")
    axes["B"].plot(means, cv, "o-", color=BLACK, markersize=4)
    axes["B"].set(ylabel="CV", ylim=(0, 1.1))
    level(axes["B"], 1.0, "Poisson")
    for panel in "AB":
        low, high = means[0] - 1, means[-1] + 1
        axes[panel].axvspan(low, 15, color=INHIBITORY, alpha=0.1, linewidth=0, label="fluctuation-driven")
        axes[panel].axvspan(15, high, color=EXCITATORY, alpha=0.1, linewidth=0, label="drift-driven")
        axes[panel].set(xlabel="mean input (mV)", xlim=(low, high))
    axes["A"].legend(loc="upper left")
    note = (
        "Means of 20 neurons over 9.8 s, with more than 30 spikes each. Driven by noise, neurons fire like a Poisson "
    )
    return Figure(picture, {"I": means, "rate": rates, "CV": cv}, note + "process; driven by the mean, like a clock.")
