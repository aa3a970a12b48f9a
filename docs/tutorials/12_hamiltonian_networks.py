"""
Hamiltonian networks: do they settle, or go round for ever?
===========================================================

Symmetric networks settle, as the memories of the last tutorial do. Networks of excitation and inhibition can oscillate.
Mechanics knows both: a pendulum with friction comes to rest, one without goes on. Networks can be written as mechanics,
and then their energy tells which of the two they do (after lectures of H. S. Seung).
"""

# %%
# A pendulum of two neurons
# -------------------------
# An oscillator has a position x and a momentum p, and an energy H(x, p): x' = ∂H/∂p, p' = −∂H/∂x − D x'. The momentum
# excites the position, and the position inhibits the momentum: an excitatory and an inhibitory neuron. Along every path
# dH/dt = −D x'², so the energy stays without friction and falls with it.

import matplotlib.pyplot as plt
import numpy as np

from rheobase.dynamics import hamiltonian

figure, axes = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
for friction, colour in ((0.0, "C0"), (0.3, "C1")):
    system = hamiltonian.Oscillator(friction)
    path = hamiltonian.simulate(system, [1.0, 0.0], 20.0, 0.05)
    balance = hamiltonian.energy_balance(system, path)
    axes[0].plot(*path.states.T, color=colour)
    axes[1].plot(balance.times, balance.energy, color=colour, label=f"D = {friction:g}")
    print(f"D = {friction:g}: energy {balance.energy[0]:.3f} -> {balance.energy[-1]:.3f}")
axes[0].set(xlabel="position x (inhibitory)", ylabel="momentum p (excitatory)", aspect="equal")
axes[1].set(xlabel="t", ylabel="energy H", ylim=(0, 0.55))
axes[1].legend(loc="center right")
plt.show()

# %%
# A symmetric network
# -------------------
# x' + x = f(b + W x) with W = Wᵀ. Call the input of each unit its momentum, p = b + W x. Then the equations of the
# network are those of mechanics with a friction, and with F the integral of f and F̄ that of its inverse H = 1ᵀF(p) −
# pᵀx + 1ᵀF̄(x) + (the same with b + W x for p), which along every path changes by
#
# dH/dt = −2 x'·[f⁻¹(x + x') − f⁻¹(x)] ≤ 0,
#
# since f⁻¹ rises. So the network can only fall, and comes to rest, in whatever dimension and for any symmetric W. If
# the momenta start off the inputs the statement holds as well.

chance = np.random.default_rng(1)
W = chance.standard_normal((8, 8)) / np.sqrt(8)
symmetric = hamiltonian.SymmetricNetwork(W + W.T, b=0.3 * chance.standard_normal(8))
on = symmetric.lift(chance.uniform(-0.8, 0.8, 8))
off = on + np.concatenate([np.zeros(8), chance.standard_normal(8)])
figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
for name, start, line in (("momenta are the inputs", on, "-"), ("momenta are something else", off, "--")):
    path = hamiltonian.simulate(symmetric, start, 12.0, 0.01, method="rk4")
    balance = hamiltonian.energy_balance(symmetric, path)
    axes[1].plot(balance.times, balance.energy, line, label=name)
    print(f"{name}: H falls from {balance.energy[0]:.2f} to {balance.energy[-1]:.2f}, "
          f"largest rise in a step {balance.largest_increase:.1e}")  # fmt: skip
    if name.endswith("inputs"):
        axes[0].plot(path.times, path.states[:, :8])
axes[0].set(xlabel="t (time constants)", ylabel="states x")
axes[1].set(xlabel="t (time constants)", ylabel="energy H")
axes[1].legend()
plt.show()

# %%
# An antisymmetric network
# ------------------------
# x' = f(b + A x) with A = −Aᵀ, and without a leak: what i does to j, j undoes. Now p = b + A x are momenta without
# friction, with H = 1ᵀF(p) + 1ᵀF(b + A x). Nothing is lost and the network never rests. A numerical method may spoil
# this. Euler's pumps energy in at every step; the composed midpoint rule has a geometry that keeps the energy within
# bounds.

A = 0.3 * chance.standard_normal((4, 4))
antisymmetric = hamiltonian.AntisymmetricNetwork(A - A.T, b=0.2 * chance.standard_normal(4))
start = antisymmetric.lift(chance.standard_normal(4))
figure, axes = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
for method, colour in (("euler", "C1"), ("composed midpoint", "k")):
    path = hamiltonian.simulate(antisymmetric, start, 40.0, 0.02, method=method)
    balance = hamiltonian.energy_balance(antisymmetric, path)
    axes[1].plot(balance.times, balance.energy, color=colour, label=method)
    print(f"{method}: H goes from {balance.energy[0]:.6f} to {balance.energy[-1]:.6f}")
axes[0].plot(*path.states[:, :2].T, "k", lw=0.8)
axes[0].set(xlabel="x₁", ylabel="x₂", aspect="equal")
axes[1].set(xlabel="t", ylabel="energy H", ylim=(0, None))
axes[1].legend()
plt.show()

# %%
# Excitation and inhibition
# -------------------------
# The general case joins both: symmetric among the excitatory units (A) and among the inhibitory ones (C), antisymmetric
# between them (B),
#
# τ_x x' + x = f(u + A x − B y),  τ_y y' + y = g(v + Bᵀx − C y).
#
# It is mechanics with friction again, but here friction may be negative and then feeds energy in. Its momenta approach
# the inputs at a rate r, which is free to choose: if for some r no friction is negative, the energy falls and the
# network comes to rest. Such an r exists if
#
# [max f' λ(A) − 1]/τ_x ≤ [1 + max g' λ(C)]/τ_y,
#
# with the largest eigenvalue of A and the smallest of C: where inhibition is fast. We take one network and make its
# inhibition slower, until there is no such r.

coupling = {"A": [[9.0]], "B": [[10.0]], "C": [[1.0]], "u": 0.5, "v": -4.0}
figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
for tau_y, colour in ((0.5, "C0"), (3.0, "C1")):
    logistic = hamiltonian.Logistic()
    network = hamiltonian.ExcitatoryInhibitoryNetwork(**coupling, tau_y=tau_y, r=1.5, f=logistic, g=logistic)
    path = hamiltonian.simulate(network, network.lift([0.6, 0.2]), 40.0, 0.02, method="rk4")
    late = path.states[path.times > 30]
    print(f"tau_y = {tau_y:g}: friction for r in {network.dissipative_rates()}, "
          f"x ranges over {np.ptp(late[:, 0]):.4f} at the end")  # fmt: skip
    axes[0].plot(path.times, path.states[:, 0], color=colour, label=f"τ_y = {tau_y:g}")
    balance = hamiltonian.energy_balance(network, path)
    axes[1].plot(balance.times, balance.energy, color=colour)
axes[0].set(xlabel="t (time constants of x)", ylabel="excitatory x", ylim=(0, 1.15))
axes[0].legend(loc="upper right", ncols=2)
axes[1].set(xlabel="t (time constants of x)", ylabel="energy H")
plt.show()

# %%
# The condition is sufficient, not necessary: between the two the network may settle although its energy rises at times.
