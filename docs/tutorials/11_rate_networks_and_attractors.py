"""
Rate networks and attractors: how a network remembers
=====================================================

How can neurons whose membranes forget within milliseconds keep something in mind for minutes? By exciting each other.
One neuron that excites itself is a switch, two are a switch with a plane to look at, and sixty-four remember pictures.
"""

# %%
# One neuron that excites itself
# ------------------------------
# Its rate obeys r' = −r + f(w r + I), with time in units of its time constant and f(s) = 60 (1 + tanh s) spikes/s. With
# w = 0.05 and I = −3 the rate of 60 is a fixed point. What happens beside it? Where dr/dt is zero the rate stays; the
# slope there tells whether it comes back after a push.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb
from rheobase import attractors, dynamics, rates

neuron = rates.self_connected_neuron(w=0.05, I=-3)
points = neuron.fixed_points((0, 120))
for point in points:
    print(f"r = {point.u[0]:8.4f}  slope {point.eigenvalues[0].real:+.3f}  {point.kind}")

figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
rb.plot.phase_line(neuron, -8, 128, ax=axes[0])
axes[0].set(xlabel="r (spikes/s)", ylabel="dr/dt")
for start in (59, 60, 61):
    run = neuron.simulate(8, dt=0.02, x0=start)
    axes[1].plot(run.times, run["r"], label=f"from {start}")
axes[1].set(xlabel="t (time constants)", ylabel="r (spikes/s)")
axes[1].legend()
plt.show()

# %%
# Two rates are stable, near 0 and near 120, and 60 parts them. The neuron remembers on which side it was put: one bit.
#
# How much input does it take to erase the bit?
# ---------------------------------------------
# A fixed point is lost where it meets another: a fold. We follow the fixed points as I changes, from the low state up
# through the fold, back along the unstable branch, and up again. Between the two folds the neuron is a memory; outside
# it is only a relay. Following the folds themselves as w changes, too, we find where they meet, in a cusp: a weaker
# self-excitation cannot remember at any input.


def with_input(I):
    return rates.self_connected_neuron(w=0.05, I=I)


branch = dynamics.continuation(with_input, [0.0], -8.0, (-8, 1), box=(0, 120), step=0.03)
folds = sorted(fold.parameter for fold in branch.bifurcations)
print("folds at I =", np.round(folds, 4))
fold = branch.bifurcations[0]
curve = dynamics.fold_curve(
    rates.self_connected_neuron, fold.u, 0.05, fold.parameter, (0.002, 0.08), (-8, 1), box=(0, 120), step=0.04
)
(cusp,) = curve.cusps
print(f"cusp at w = {cusp[0]:.5f}, I = {cusp[1]:.4f}; 1/60 = {1 / 60:.5f}")

figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
rb.plot.bifurcation_diagram(branch, ax=axes[0])
axes[0].set(xlabel="input I", ylabel="r (spikes/s)")
axes[0].legend()
axes[1].plot(curve.p, curve.q, color=rb.plot.palette.EXCITATORY)
axes[1].plot(*cusp, "ko")
axes[1].text(0.06, -3.4, "two stable rates", ha="center")
axes[1].set(xlabel="weight w", ylabel="input I", title="folds, and their cusp")
plt.show()

# %%
# How much noise?
# ---------------
# Noise σ η(t) on the rate pushes it about. It crosses to the other state only over the unstable point, as over a
# barrier: with the energy U(r), −dU/dr = dr/dt, Kramers' rate of crossing is ``√(U''U''*)/2π · exp(−2ΔU/σ²)``. With
# σ = 5 the neuron would wait for longer than there has been time; with σ = 30 it forgets within fifty time constants.
# Such noise is strong beside the barrier, and the mean time to cross from 90 to 30, without approximation, says it
# better. (Noise that is added to a rate may take it below zero, as here; the model has nothing against it.)

low, middle, high = points
copies = rates.RateNetwork(0.05 * np.eye(30), -3.0, rates.Tanh(60, 60), tau=1.0, dimensionless=True)
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained", sharey=True)
for ax, sigma in zip(axes, (5.0, 30.0), strict=True):
    run = copies.simulate(100, dt=0.05, x0=high.u[0], method="euler", noise=sigma, seed=1)
    side = np.where(np.abs(run.rates - 60) > 30, np.sign(run.rates - 60), 0)
    crossings = sum(np.count_nonzero(np.diff(column[column != 0])) for column in side.T)
    kramers = dynamics.kramers_rate(neuron, high.u[0], middle.u[0], sigma)
    exact = 1 / dynamics.mean_first_passage(neuron, 90, 30, sigma)
    print(f"sigma = {sigma:g}: {crossings / (30 * 100):.4f} crossings per time constant")
    print(f"    exact {exact:.2g}, Kramers {kramers:.2g}")
    ax.plot(run.times, run.rates[:, :4], lw=0.7)
    ax.set(xlabel="t (time constants)", ylabel="r (spikes/s)", title=f"σ = {sigma:g}")
plt.show()

# %%
# Two neurons that excite each other
# ----------------------------------
# x' = −x + f(w y + I), y' = −y + f(w x + I), with f(s) = 50/(1 + e⁻ˢ). The nullclines, where x or y does not change,
# cross at three points: both silent, both active, and a saddle between. Two paths lead into the saddle; they part the
# plane into the starts that end in silence and those that end in activity.

pair = rates.mutual_excitation()
for point in pair.fixed_points([(-2, 54)] * 2):
    print(point.u.round(4), point.eigenvalues.real.round(4), point.kind)

figure, ax = plt.subplots(figsize=(4.6, 4.2), layout="constrained")
rb.plot.phase_plane(pair, [(-2, 54)] * 2, ax=ax)
for start in ((15.0, 30.0), (40.0, 15.0), (5.0, 40.0)):
    ax.plot(*dynamics.trajectory(pair, start, 12.0, dt=0.05).states.T, "k")
    ax.plot(*start, "ks")
ax.set(xlabel="x (spikes/s)", ylabel="y (spikes/s)", aspect="equal")
plt.show()

# %%
# Sixty-four neurons
# ------------------
# The same, with pictures. W = (p pᵀ + q qᵀ)/N lets neurons that agree in the patterns p and q excite each other and
# others inhibit each other (Hebb's rule). We flip 30 % of the units of the cross, and the network repairs it.

stored = np.array([attractors.cross_pattern(), attractors.smiley_pattern()])
network = attractors.GradedHopfield(rb.learning.hebbian(stored, diagonal=True))
damaged = attractors.corrupt(stored[0], 0.3, seed=1)
run = network.run(damaged, 10.0, seed=1)
m = attractors.overlap(run.states[:, 0], stored)
print(f"overlap with the cross: {m[0, 0]:.3f} at first, {m[-1, 0]:.3f} after ten time constants")

figure, axes = plt.subplots(2, 1, figsize=(8, 4.4), layout="constrained", height_ratios=[1, 1.2])
shown = np.searchsorted(run.times, np.array([0, 0.3, 0.6, 1, 2, 10]) - 1e-9)
rb.plot.patterns(run.states[shown, 0], ax=axes[0])
axes[0].set(xticks=3.5 + 9 * np.arange(6), xticklabels=["t = 0", "0.3", "0.6", "1", "2", "10"])
axes[1].plot(run.times, m, label=["with the cross", "with the smiley"])
axes[1].set(xlabel="t (time constants)", ylabel="overlap")
axes[1].legend()
plt.show()

# %%
# How many pictures?
# ------------------
# Each stored pattern is noise for the others. Theory (Amit, Gutfreund & Sompolinsky 1985) puts the breakdown at 0.138 N
# in large networks; in one of 64 the memory fades about there, the earlier the more damaged the start is.

counts = [1, 3, 5, 7, 9, 12, 15]
curves = attractors.recovery_curves(
    64, counts, networks=10, dynamics="graded", store=lambda p: rb.learning.hebbian(p, diagonal=True), seed=1
)
figure, ax = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
rb.plot.recovery_curves(curves, ax=ax)
plt.show()
