"""Figures of appendix B.5: how well a population tells two stimuli apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rheobase as rb
from rheobase import checks
from rheobase.figures import recordings
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
from rheobase.plot.palette import BLACK, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@figure("PopulationCoding 1", "Two neurons tell two stimuli apart", also=("linear discriminant",))
def two_neurons_and_two_stimuli(data: Path | None = None, seed: int = 5) -> Figure:
    """Draw counts of two neurons, one by one and together, with the thresholds that part them."""
    x, y = _pair(data, seed)
    picture, axes = panels("AC;BC", (9, 5))
    numbers: dict[str, Any] = {}
    for panel, k in (("A", 0), ("B", 1)):
        alone = rb.coding.FisherDiscriminant().fit(x[:, [k]], y)
        threshold = float(alone.threshold_ / alone.weights_[0])
        for index, theta in enumerate(alone.classes_):
            counts = x[y == theta, k]
            rb.plot.count_histogram(counts, bin_width=3, label=f"θ = {theta:g}°", index=index, ax=axes[panel])
        axes[panel].axvline(threshold, color=BLACK, linestyle="--")
        axes[panel].set_xlabel(f"spike count of neuron {k + 1}")
        numbers |= {f"threshold {k + 1}": threshold, f"correct, neuron {k + 1}": _correct(alone)}
    fisher = rb.coding.FisherDiscriminant().fit(x, y)
    means = rb.coding.FisherDiscriminant(covariance="identity").fit(x, y)
    clouds, line = rb.plot.discriminant(fisher, x, y, ax=axes["C"])
    line.set(linestyle="-", label="Fisher")
    slope = -means.weights_[0] / means.weights_[1]
    axes["C"].axline(means.means_.mean(axis=0), slope=slope, color=BLACK, linestyle=":", label="from the means alone")
    for index, (cloud, theta) in enumerate(zip(clouds, fisher.classes_, strict=True)):
        cloud.set(color=colour(index), label=f"θ = {theta:g}°")
    axes["C"].set(xlabel="spike count of neuron 1", ylabel="spike count of neuron 2", ylim=(0, 1.3 * x[:, 1].max()))
    axes["C"].legend(loc="upper right", ncols=2)
    numbers |= {"correct, means": _correct(means), "correct, Fisher": _correct(fisher), "d'²": fisher.d_squared}
    numbers |= {"w": fisher.weights_, "z": fisher.threshold_}
    numbers["noise correlations"] = [np.corrcoef(x[y == theta], rowvar=False)[0, 1] for theta in fisher.classes_]
    note = "Dashed: halfway between the means. Correct of 100 trials, in sample: neuron 1 {}, neuron 2 {}, both {} "
    note += "by the line halfway between the means, {} by Fisher's, which knows the covariance."
    correct = [value for name, value in numbers.items() if name.startswith("correct")]
    return _finished(picture, numbers, note.format(*correct), data)


@figure("PopulationCoding 2", "Many neurons tell two stimuli apart", also=("noise correlations",))
def many_neurons_and_two_stimuli(data: Path | None = None, seed: int = 5) -> Figure:
    """Draw the projections that decide for a stimulus, of 2 and of 112 neurons, and the signal-to-noise ratio."""
    x, y = _pair(data, seed)
    many = _population(data, seed)
    fitted = {
        "A": rb.coding.FisherDiscriminant().fit(x, y),
        "B": rb.coding.FisherDiscriminant(covariance="pseudo_inverse").fit(many.x, many.y, many.x_test, many.y_test),
        "D": rb.coding.FisherDiscriminant(shrinkage=0.2).fit(many.x, many.y, many.x_test, many.y_test),
    }
    names = {"A": "2 neurons", "B": "112 neurons, pseudo-inverse", "D": "112 neurons, shrinkage 0.2"}
    picture, axes = panels("AB;CD", (9, 5.6))
    numbers: dict[str, Any] = {}
    for panel, one in fitted.items():
        _projections(axes[panel], one, *((x, y) if panel == "A" else (many.x, many.y)))
        numbers[f"correct, {names[panel]}"] = _correct(one)
        if one.test_accuracy_ is not None:
            _test_trials(axes[panel], one, many)
            numbers[f"test accuracy, {names[panel]}"] = one.test_accuracy_
        axes[panel].set_title(names[panel])
    K = np.arange(1, 200)
    for index, c in enumerate((0.0, 0.005, 0.01, 0.1)):
        snr = rb.coding.pool_discriminability(K, correlation=c)
        axes["C"].plot(K, snr, ("-", "--", "-.", ":")[index], color=colour((3, 0, 1, 3)[index]), label=f"c = {c:g}")
        numbers |= {f"SNR(199), c = {c:g}": float(snr[-1])}
        if c:
            numbers[f"limit, c = {c:g}"] = float(rb.coding.pool_discriminability(np.inf, correlation=c))
    axes["C"].set(xlabel="number of neurons K", ylabel="SNR(K)", xlim=(0, 200), ylim=(0, 205))
    axes["C"].legend()
    note = "Bars: training trials; ticks: test trials. Σ of 112 neurons from 100 trials is singular. With its "
    note += "pseudo-inverse the source's perfect score is in sample only, so D regularises Σ. C: SNR = (d²/σ²)/(c + "
    note += "(1 − c)/K), d = σ = 1."
    return _finished(picture, numbers, note, data)


@figure("PopulationCoding 3", "Signal and noise correlations", also=("signal and noise",))
def signal_and_noise(seed: int = 1) -> Figure:
    """Draw the responses of two neurons to two stimuli for six pairs of signal and noise correlation."""
    sigma, high, low = 5.0, 25.0, 15.0
    same, opposite, none = ((high, high), (low, low)), ((high, low), (low, high)), ((20.0, 20.0), (20.0, 20.0))
    cases = {  # means of the neurons under either stimulus, correlation, standard deviations under either
        "A": (same, 0.0, (1, 1)),
        "B": (same, 0.8, (1, 1)),
        "C": (opposite, 0.8, (1, 1)),
        "D": (same, -0.8, (1, 1)),
        "E": (opposite, -0.8, (1, 1)),
        "F": (none, 0.0, (0.4, 1.5)),
    }
    random = checks.generator(seed)
    picture, axes = panels("ABC;DEF", (9, 5.8), sharex=True, sharey=True)
    numbers = {}
    for panel, (means, c, scales) in cases.items():
        ax, covariance = axes[panel], sigma**2 * np.array([[1, c], [c, 1]])
        for index in (1, 0):
            spread = scales[index] ** 2 * covariance
            cloud = random.multivariate_normal(means[index], spread, 50)
            ax.plot(*cloud.T, "os"[index], color=colour(index), markersize=3, label=f"stimulus {index + 1}")
            turn = np.linspace(0, 2 * np.pi, 101)
            ellipse = 2 * np.linalg.cholesky(spread) @ [np.cos(turn), np.sin(turn)]
            ax.plot(*(np.array(means[index])[:, None] + ellipse), color=colour(index))
        snr = rb.coding.discriminability(*means, np.mean(np.square(scales)) * covariance)
        ax.set(xlabel="neuron 1", ylabel="neuron 2" if panel in "AD" else "", xlim=(-2, 42), ylim=(-2, 42))
        ax.set_aspect("equal")
        ax.set_title(f"c = {c:g}, SNR = {snr:.1f}".replace("-", "−"))
        numbers[f"SNR {panel}"] = snr
    axes["A"].legend(loc="lower right", handletextpad=0.1)
    note = "Spike counts from Gaussians with σ = 5 (F: 2 and 7.5); ellipses at two standard deviations. Noise along "
    note += "the signal hurts, noise across it does not. In F the means agree: no line parts the stimuli, but a "
    note += "circle does."
    return Figure(picture, numbers, note)


def _pair(data: Path | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts (100 trials, 2 neurons) under two orientations, and these."""
    if data is None:
        split = recordings.two_orientations(seed)
        return split.x[:, :2], split.y
    record = recordings.load(data, "SpikeCounts2Neurons2Thetas.npz")
    return rb.coding.stack_trials(record["SpikeCounts"], record["TwoOrs"])


def _population(data: Path | None, seed: int) -> rb.learning.DataSplit:
    """Return training and test trials of 112 neurons under two orientations."""
    if data is None:
        return recordings.two_orientations(seed)
    train, test = (recordings.load(data, f"SpikeCounts112Neurons2Thetas{part}.npz") for part in ("", "Test"))
    stacked = [rb.coding.stack_trials(record["SpikeCounts"], record["TwoOrs"]) for record in (train, test)]
    return rb.learning.DataSplit(*stacked[0], *stacked[1])


def _correct(fitted: rb.coding.FisherDiscriminant) -> int:
    """Return how many of the 100 training trials are decided correctly."""
    return round(100 * fitted.in_sample_accuracy_)


def _projections(ax: Axes, fitted: rb.coding.FisherDiscriminant, x: np.ndarray, y: np.ndarray) -> None:
    """Draw histograms of the projected trials in the colours of the palette."""
    histograms, _ = rb.plot.discriminant_histogram(fitted, x, y, bins=18, ax=ax)
    for index, bars in enumerate(histograms):
        for bar in bars:
            bar.set_facecolor(colour(index))
    ax.set_ylim(top=1.25 * ax.get_ylim()[1])
    ax.legend(histograms, [f"θ = {theta:g}°" for theta in fitted.classes_], handlelength=1)


def _test_trials(ax: Axes, fitted: rb.coding.FisherDiscriminant, split: rb.learning.DataSplit) -> None:
    """Mark the projections of test trials in two rows below the histograms."""
    for index, theta in enumerate(fitted.classes_):
        at = fitted.project(split.x_test[split.y_test == theta])
        ax.plot(at, np.full(at.size, -1.3 - 1.6 * index), "|", color=colour(index), markersize=5)
    ax.axhline(0, color=BLACK, linewidth=0.8)
    ax.set_ylim(bottom=-4.2)


def _finished(picture: Any, numbers: dict[str, Any], note: str, data: Path | None) -> Figure:
    """Return the record, marked where its data are a surrogate."""
    if data is None:
        recordings.mark_surrogate(picture)
        note = f"{recordings.SURROGATE} {note}"
    return Figure(picture, numbers, note)
