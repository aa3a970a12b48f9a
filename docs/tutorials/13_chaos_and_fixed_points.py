"""
Chaos and fixed points of random networks
=========================================

Connect many rate neurons at random, and make the connections stronger. At some strength the network wakes up, and its
activity is chaotic. Is this motion between fixed points? There are exponentially many. Where are they, and where is the
motion (Sompolinsky, Crisanti & Sommers 1988; Stubenrauch et al. 2022)?
"""

# %%
# The transition
# --------------
# x_i' = −x_i + Σ_j J_ij φ(x_j), with φ = tanh, weights drawn from a normal distribution of variance g²/N, and time in
# time constants. Below g = 1 every activity dies out. Above, it goes on, and never repeats.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb
from rheobase.theory import random_networks as theory

figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained", sharey=True)
for ax, g in zip(axes, (0.8, 2.0), strict=True):
    net = theory.random_network(200, g, seed=1)
    run = net.simulate(60.0, seed=2)
    ax.plot(run.times, run.x[:, :5], lw=1)
    ax.set(xlabel="t (time constants)", ylabel="x", title=f"g = {g:g}")
plt.show()

# %%
# Theory of the motion
# --------------------
# In a large network the input of a neuron is a sum of many, so Gaussian, with an autocovariance that the neurons make
# themselves: Δ(τ) = ⟨x(t) x(t + τ)⟩ obeys one equation (dynamical mean-field theory). Two nearby states part as e^{λt}.
# We measure both on a network, the largest Lyapunov exponent by following small differences.

field = theory.dynamical_mean_field(2.0)
record = net.simulate(200.0, t_start=40.0, every=0.2, seed=3)
lags, covariance = record.autocovariance(12.0)
measured = rb.dynamics.lyapunov_exponents(net, record.x[-1], 120.0, dt=0.1, n=1)
print(f"variance: theory {field.variance:.3f}, a network of 200 {record.variance:.3f}")
print(f"largest Lyapunov exponent: theory {field.lyapunov:.3f}, this network {measured.exponents[0]:.3f}")

gains = np.array([1.05, 1.25, 1.5, 2.0, 2.5, 3.0])
fields = [theory.dynamical_mean_field(float(g)) for g in gains]
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
axes[0].plot(lags, covariance, "o", ms=3, label="network")
axes[0].plot(field.lags, field.autocovariance, "k", label="theory")
axes[0].set(xlabel="lag τ", ylabel="Δ(τ)", xlim=(0, 12))
axes[0].legend()
axes[1].plot(gains, [field.lyapunov for field in fields], "o-")
axes[1].axhline(0, color="0.6", lw=0.8)
axes[1].set(xlabel="gain g", ylabel="Lyapunov exponent λ")
plt.show()

# %%
# A finite network deviates from the theory of infinite ones, and each a little differently.
#
# The theory is not bound to an odd function: `fluctuating_state` takes any, with mean weights, several populations and
# noise in time. Rectified units that inhibit each other on the average have a mean, too, and noise calms chaos.

rectifier = theory.Transfer("rectifier", lambda x: np.maximum(x, 0))
state = theory.fluctuating_state(1.2, transfer=rectifier, m=-2.0, drive=1.0)
print(f"rectified units: mean {state.mean[0]:.3f}, variance {state.variance[0]:.3f}, rate {state.rates[0]:.3f}")
for noise in (0.0, 0.4, 0.8):
    state = theory.fluctuating_state(1.5, noise=noise)
    print(f"g = 1.5, noise {noise:g}: radius {state.radius:.3f}, Lyapunov exponent {state.lyapunov:.3f}")

# %%
# A part of low rank, m nᵀ/N, adds order to chaos: where m and n overlap enough the network has two states with means of
# opposite sign along m, κ and −κ, and strong random weights make them, too, fluctuate (Mastrogiuseppe & Ostojic 2018).

strengths = np.linspace(1.2, 3.0, 5)
figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")
for g in (0.5, 1.8):
    parts = [theory.LowRank(float(s)) for s in strengths]
    states = [theory.fluctuating_state(g, low_rank=part, kappa=2.0, longest=40.0, dt=0.2) for part in parts]
    axes[0].plot(strengths, [state.kappa[0] for state in states], "o-", label=f"g = {g:g}")
    axes[1].plot(strengths, [state.lyapunov for state in states], "o-")
axes[0].set(xlabel="overlap of m and n", ylabel="κ")
axes[0].legend()
axes[1].axhline(0, color="0.6", lw=0.8)
axes[1].set(xlabel="overlap of m and n", ylabel="Lyapunov exponent λ")
plt.show()

# %%
# Most networks are sparse. With a chance of a connection below 1 the weights are a sparse array of the same variance
# per neuron, and a step costs one operation per connection. An eigenvalue to the right of 0 tells that silence is
# unstable:

sparse = theory.random_network(1500, 1.5, density=0.03, seed=8)
rightmost = sparse.eigenvalues(np.zeros(1500), k=1)
print(f"{sparse.J.nnz} connections; rightmost eigenvalue {rightmost[0].real:.3f}, edge of the disk {1.5 - 1:.3f}")

# %%
# The fixed points
# ----------------
# x = J φ(x) has the solution 0, and from g = 1 on others: on the average e^{CN}, with a complexity C(g) that the
# Kac–Rice formula gives. In a small network all can be found, by Newton's method from many starts; that starts find the
# same points again and again tells that few are missing (the coverage). We do so for some networks of twenty neurons
# and compare the coordinates of all points with the density μ* that the theory predicts.

census = theory.fixed_point_census(20, 4.0, networks=5, starts=150, seed=1)
found = theory.fixed_point_distribution(4.0)
print(f"fixed points of five networks of 20: {census.counts}, coverage at least {census.coverage.min():.2f}")
print(f"mean square coordinate: theory {found.q:.2f}, found {census.q:.2f}; complexity C = {found.complexity:.4f}")

figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
rb.plot.random_networks.coordinates(found, census, bins=40, ax=axes[0])
axes[0].set_title("g = 4")
fine = np.linspace(1.02, 4, 30)
axes[1].plot(fine, [theory.fixed_point_distribution(float(g)).complexity for g in fine])
axes[1].set(xlabel="gain g", ylabel="complexity C")
plt.show()

# %%
# The peak at zero is a surprise: at a fixed point many neurons are nearly silent, so that it lies in the span of a few
# axes of the state space.
#
# In larger networks Newton's method loses most of its starts. `enumerate_fixed_points` goes from the points that it has
# to others, along curves on which the field keeps its direction, and uses nearly all:

large = theory.random_network(60, 4.0, seed=6)
for method in ("newton", "follow"):
    points = theory.enumerate_fixed_points(large, 300, method=method, seed=7)
    print(f"{method:6s}: {len(points)} points, {100 * points.lost / points.starts:.0f} % of the starts unused")

# %%
# Are they where the motion is?
# -----------------------------
# Both lie on shells about the origin, since N is large. The shell of the fixed points, of radius √(N q), is inside that
# of the motion, √(N Δ(0)): the network does not go from fixed point to fixed point, it moves around them.

inside = [np.sqrt(theory.fixed_point_distribution(float(g)).q) for g in gains]
outside = [np.sqrt(field.variance) for field in fields]
for g, fixed, moving in zip(gains, inside, outside, strict=True):
    print(f"g = {g:4.2f}: fixed points {fixed:.3f}, motion {moving:.3f}")

# %%
# And all of them are unstable, but in few directions. The eigenvalues of the Jacobian at a fixed point fill a disk
# about −1, with a radius and a density that follow from μ*. Those to the right of 0 are ways out. Of the 400 of one
# sample few lie there, so that their share scatters about the theory's.

point = theory.fixed_point_distribution(2.0)
values = theory.random_network(400, 2.0, seed=4).eigenvalues(point.sample(400, seed=5))
share = np.mean(values.real > 0)
print(f"unstable directions at g = 2: theory {point.spectrum().unstable_fraction():.4f}, sample {share:.4f}")

figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
axes[0].plot(gains, outside, "o-", label="motion, √Δ(0)")
axes[0].plot(gains, inside, "s--", label="fixed points, √q")
axes[0].set(xlabel="gain g", ylabel="distance from the origin / √N", ylim=(0, None))
axes[0].legend()
rb.plot.random_networks.eigenvalues(values, point.radius, ax=axes[1])
axes[1].set_title("at coordinates of fixed points, g = 2")
plt.show()
