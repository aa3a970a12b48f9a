"""The textbook's recordings, and surrogates to draw where they are not at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rheobase as rb
from rheobase import checks
from rheobase.figures.panels import with_spikes

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

#: Of the counts of the recorded neuron over trials.
FANO_FACTOR = 1.33

SURROGATE = "Surrogate data: give data= (or --data) the folder of recordings for the real ones."


def load(data: Path, file: str) -> dict[str, Any]:
    """Return the arrays of a recording in the folder `data`; single numbers as such."""
    path = data / file
    if not path.is_file():
        raise ValueError(f"data must be a folder that holds {file}, got {str(data)!r}")
    with np.load(path) as arrays:
        return {key: arrays[key].item() if arrays[key].size == 1 else arrays[key] for key in arrays.files}


def mark_surrogate(picture: Picture) -> None:
    """Write in the corner of a picture that its data are a surrogate."""
    picture.text(0.99, 0.995, "surrogate data", ha="right", va="top", color="#A00000", fontweight="bold")


def membrane_potential(seed: int) -> dict[str, Any]:
    """Return 5 s of an EIF neuron under Poisson input, in place of the cortical neuron of a rat."""
    net = rb.Network(dt=0.1, seed=seed, threads=1)
    neuron = net.add(rb.EIF(tau_m=10, E_L=-72, V_th=0, V_re=-70, V_T=-55, D=2), 1, name="n", V=-72)
    net.drive(neuron, rate=6.4, sources=200, weight=16, synapse=rb.Exponential(tau=5))
    net.drive(neuron, rate=15.0, sources=50, weight=-16, synapse=rb.Exponential(tau=5))
    net.record(neuron, "V")
    res = net.run(5000)
    spikes = res.spikes("n").times
    times, V = res.states("n", "V").times, res.states("n", "V").values[:, 0]
    return {"time": times, "V": with_spikes(times, V, spikes, top=0), "SpikeTimes": spikes, "T": 5000}


def trials(seed: int) -> dict[str, Any]:
    """Return 200 trials of a Poisson process of varying rate and gain, in place of a neuron of a monkey's V1."""
    random, top = checks.generator(seed), 30.0
    faster = rb.spikes.poisson(top * _gains(16.3, 200, random), 1000.0, 200, seed=random)
    rate = 16.3 + 13 * np.sin(2 * np.pi * 6 * faster.times / 1000)
    kept = random.random(faster.times.size) * top < rate
    times, indices = faster.times[kept], faster.indices[kept]
    return {"SpikeTimes": times, "TrialNumbers": indices + 1, "T": 1000, "theta": 120.0}


def _gains(mean: float | np.ndarray, size: int | tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """Draw a gain for each trial that raises the Fano factor of Poisson counts of this mean to the recording's.

    Counts of mean m under a gain of mean 1 and variance v have the Fano factor 1 + m v.
    """
    shape = mean / (FANO_FACTOR - 1)
    return random.gamma(shape, 1 / shape, size)


def orientations(seed: int) -> dict[str, Any]:
    """Return counts of a neuron tuned to orientation, of varying gain, in place of a neuron of a monkey's V1."""
    theta = np.arange(0.0, 360.0, 30.0)
    rates = 3 + 13 * np.exp(4 * (np.cos(2 * np.deg2rad(theta - 125)) - 1))
    random = checks.generator(seed)
    counts = random.poisson(rates * _gains(rates, (200, 12), random))
    return {"SpikeCounts": counts, "AllOrientations": theta, "T": 1000.0}


def population_counts(seed: int) -> rb.learning.DataSplit:
    """Return counts of 112 tuned neurons under 12 orientations, in place of those of a monkey's V1.

    They are about as many as the recorded ones, and a gain shared by all neurons varies from trial to trial: a
    decoder has to learn for some epochs.
    """
    random = checks.generator(seed)
    preferred, gain = random.uniform(0, 360, 112), random.uniform(1, 14, 112)
    theta = 30.0 * random.integers(0, 12, 1100)
    distance = np.deg2rad(theta[:, None] - preferred)
    tuned = np.exp(4 * (np.cos(2 * distance) - 1)) + 0.5 * np.exp(2 * (np.cos(distance) - 1))
    mean = 5 + gain * tuned
    shared, private = random.gamma(2.0, 0.5, (len(theta), 1)), random.gamma(20.0, 0.05, mean.shape)
    counts = random.poisson(mean * shared * private).astype(float)
    return rb.learning.DataSplit(counts[:1000], theta[:1000], counts[1000:], theta[1000:])


def two_orientations(seed: int) -> rb.learning.DataSplit:
    """Return counts of 112 neurons under two orientations, in place of those of a monkey's V1.

    The first two are tuned as the pair of the textbook is.
    """
    random = checks.generator(seed)
    mean, change, noise = random.uniform(1, 20, 112), random.normal(0, 0.25, 112), random.uniform(0.1, 0.5, 112)
    mean[:2], change[:2], noise[:2] = (16.2, 16.0), (0.64, 0.32), (0.35, 0.1)
    split = {}
    for name, trials in (("train", 50), ("test", 20)):
        gain = 1 + 0.15 * random.normal(size=(2 * trials, 1)) + noise * random.normal(size=(2 * trials, 112))
        tuned = mean * (1 + np.repeat([[0.5], [-0.5]], trials, axis=0) * change)
        split[name] = random.poisson(np.maximum(tuned * gain, 0)).astype(float), np.repeat([120.0, 150.0], trials)
    return rb.learning.DataSplit(*split["train"], *split["test"])
