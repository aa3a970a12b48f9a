"""Figures of appendix B.3 and B.10: a random network of binary units, and one that remembers."""

from __future__ import annotations

import numpy as np
import scipy.sparse

import rheobase as rb
from rheobase import checks
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL


@figure("BinaryNet", "Random network of binary units", also=("binary network",))
def binary_network(seed: int = 1) -> Figure:
    """Draw the units that are on, and the distribution of their inputs with the Gaussian of the mean field."""
    n, steps, burn_in = 200, 1000, 10
    theory = rb.theory.BinaryMeanField(n, weight_std=0.5 / np.sqrt(n), external_mean=0.2, external_std=0.5)
    (r,) = theory.rates()
    random = checks.generator(seed)
    W = random.normal(theory.weight_mean, theory.weight_std, (n, n))
    net = rb.Network(dt=1, threads=1)
    units = net.add(rb.Binary(theta=theory.theta), n, name="units")
    net.connect(units, units, scipy.sparse.csr_array(W), synapse=rb.Delta())
    net.inject(units, rb.Samples(random.normal(theory.external_mean, theory.external_std, (steps, n)), every=1))
    net.record(units, "I")
    res = net.run(steps)
    total = res.states("units", "I").values[burn_in:]
    picture, axes = panels("AAB", (9.5, 3.6))
    rb.plot.raster(res.spikes("units"), t_stop=100, ax=axes["A"])
    axes["A"].set(xlabel="step", ylabel="unit")
    axes["B"].hist(total.ravel(), np.linspace(-2.5, 3, 56).tolist(), density=True, color=EXTERNAL, label="simulation")
    x = np.linspace(-2.5, 3, 401)
    for variance, style, name in ((theory.input_variance(r), "-", "mean field"), (0.25, ":", "$\\sigma_W$ left out")):
        gaussian = np.exp(-((x - theory.input_mean(r)) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
        axes["B"].plot(x, gaussian, style, color=BLACK, label=name)
    axes["B"].axvline(theory.theta, ymax=0.8, color=EXCITATORY, linestyle="--", label="threshold θ")
    axes["B"].set(xlabel="input I", ylabel="density", xlim=(-2.5, 3), ylim=(0, 1.15))
    axes["B"].legend(loc="upper left", ncols=2)
    numbers = {
        "rate": float(np.mean(total >= theory.theta)),
        "mean field": float(r),
        "mean input": float(total.mean()),
        "variance of the input": float(total.var()),
        "mean-field variance": float(theory.input_variance(r)),
    }
    note = "The inputs have the variance N σ_W² r + N μ_W² r (1 − r) + σ_x² (ddof 0). The source leaves out the first "
    note += f"term (dotted: 0.25, rate 0.0548). Numbers are of steps {burn_in} to {steps}."
    return Figure(picture, numbers, note)


@figure("HopfieldNetwork", "A Hopfield network recalls a picture", also=("Hopfield network",))
def hopfield_network(seed: int = 7) -> Figure:
    """Draw a corrupted picture, the stored one, the energy of the network on its way, and where it ends."""
    stored = _smiling_picture()
    n = stored.size
    net = rb.attractors.HopfieldNetwork(rb.learning.hebbian(stored))
    random = checks.generator(seed)
    start = rb.attractors.corrupt(stored, 77, seed=random)
    path = net.follow(start, 5500, seed=random)
    energy = 2 * path.energy / n  # −SᵀWS/N, as the source scales it
    picture, axes = panels("ABD;CCC", (8, 5.5))
    for panel, state, title in (("A", start, "initial S"), ("B", stored, "stored $S_0$"), ("D", path.state, "final S")):
        rb.plot.patterns(state, ax=axes[panel])
        axes[panel].set_xlabel(title)
        axes[panel].spines[:].set_visible(True)
    rb.plot.hopfield_energy(energy, step="update", ax=axes["C"])[0].set(color=BLACK)
    axes["C"].set(ylabel="energy $-S^TWS/N$", ylim=(-1.05, -0.6), xlim=(0, 5500))
    level(axes["C"], float(2 * net.energy(stored) / n), "energy of $S_0$")
    numbers = {
        "N": n,
        "flipped": int(np.sum(start != stored)),
        "energy at the start": float(energy[0]),
        "energy at the end": float(energy[-1]),
        "energy of S0": float(2 * net.energy(stored) / n),
        "largest rise": float(np.diff(energy).max()),
        "overlap": float(rb.attractors.overlap(path.state, stored)),
        "pixels never visited": int(n - np.unique(path.units).size),
    }
    note = "A drawn picture of 28 × 28 pixels instead of an MNIST digit; 77 distinct pixels flipped. W has no diagonal "
    note += "(the source takes away diag(S_0) instead of the identity). Energies are divided by N and have no factor ½."
    return Figure(picture, numbers, note)


def _smiling_picture() -> np.ndarray:
    """Return a face of 28 × 28 units ±1, shape (784,)."""
    y, x = np.mgrid[-13.5:14, -13.5:14]
    radius = np.hypot(x, y)
    outline = np.abs(radius - 12) < 1.2
    eyes = np.hypot(np.abs(x) - 4.5, y + 4) < 1.8
    mouth = (np.abs(radius - 7) < 1.2) & (y > 2)
    return np.where(outline | eyes | mouth, 1.0, -1.0).ravel()
