"""
Training a reservoir
====================

A random network of rates is chaotic when its weights are strong. Feed its output back, train only the readout, and the
chaos becomes a generator of the signal it was taught.
"""

# %%
# Order and chaos
# ---------------
# :class:`rheobase.learning.Reservoir` is the rate network ``tau r' = -r + tanh(W r + Q z)`` with the readout ``z = R
# r``. The eigenvalues of W fill a disk of radius ρ: below 1 the network falls silent, above 1 it never rests.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb
from rheobase.learning import LMS, RLS, Reservoir

figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
for rho, colour in ((0.8, rb.plot.palette.INHIBITORY), (1.5, rb.plot.palette.EXCITATORY)):
    net = Reservoir.random(200, rho=rho, feedback=False, seed=6)
    eigenvalues = np.linalg.eigvals(net.W)
    axes[0].plot(eigenvalues.real, eigenvalues.imag, ".", color=colour, label=f"ρ = {rho:g}")
    free = net.predict(1000, record=slice(0, 3))
    rb.plot.traces(free.times, free.r, ylabel="r of three units", ax=axes[1])
    for line in axes[1].lines[-3:]:
        line.set_color(colour)
axes[0].axvline(1, color="0.5", ls=":")
axes[0].set(xlabel="real part", ylabel="imaginary part", aspect="equal", title="eigenvalues of W")
axes[0].legend()
plt.show()

# %%
# Two ways to learn
# -----------------
# The target is a sine of period 500 ms. The delta rule (:class:`~rheobase.learning.LMS`) follows the gradient of the
# error at every step. Recursive least squares (:class:`~rheobase.learning.RLS`, known as FORCE learning) also keeps
# track of the correlations of the rates. Both learn between 1 and 3.5 s; then the readout is frozen.

dt, learn_from, learn_until, until = 0.1, 1000.0, 3500.0, 5000.0
t = dt * np.arange(round(until / dt))
target = np.sin(2 * np.pi * t / 500)
results = {}
for name, rule, every in (("LMS", LMS(eps=0.005), dt), ("RLS", RLS(c=1.0), 1.0)):
    net = Reservoir.random(200, rule=rule, seed=6)
    results[name] = net.fit(target, t_start=learn_from, t_stop=learn_until, every=every)
    learning, frozen = (results[name].rmse(*window) for window in ((3000, learn_until), (learn_until, until)))
    print(f"{name}: error while learning {learning:.3f}, with frozen weights {frozen:.3f}")

# %%
# Both look perfect while they learn. Only RLS has learned: LMS chases the target with weights that change all the time,
# and is lost once they stand still.

figure, axes = plt.subplots(2, 1, sharex=True, figsize=(8, 4.5), layout="constrained")
for ax, (name, result) in zip(axes, results.items(), strict=True):
    ax.axvspan(learn_from, learn_until, color="0.92", label="learning")
    ax.plot(t, target, color=rb.plot.palette.EXTERNAL, lw=3, label="target")
    ax.plot(result.times, result.z[:, 0], color=rb.plot.palette.EXCITATORY, lw=1, label="output")
    ax.set(ylabel=name, ylim=(-4, 4))
axes[0].legend(loc="upper right", ncols=3)
axes[1].set_xlabel("time (ms)")
plt.show()

# %%
# A harder target
# ---------------
# Nothing was special about the sine. The same recipe, with a larger network, learns two outputs at once that draw a
# closed curve in the plane.

angle = 2 * np.pi * t / 600
curve = 0.5 * np.column_stack([np.sin(angle) + np.sin(3 * angle), np.cos(angle) - np.cos(3 * angle)])
net = Reservoir.random(400, outputs=2, rule=RLS(c=1.0), seed=3)
fit = net.fit(curve, t_start=learn_from, t_stop=learn_until, every=2.0)
plt.plot(*curve[:6000].T, color=rb.plot.palette.EXTERNAL, lw=5, label="target")
plt.plot(*fit.z[fit.times >= learn_until].T, color=rb.plot.palette.EXCITATORY, lw=1, label="output, weights frozen")
plt.axis("equal")
plt.legend()
plt.show()
print(f"error with frozen weights {fit.rmse(learn_until, until):.3f}")
