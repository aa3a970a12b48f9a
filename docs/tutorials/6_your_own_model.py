"""
Your own neuron model
=====================

To add a model, try its equation in Python first, then write it down once, as a C++ header. It will be as fast as the
others.
"""

# %%
# Try the equation
# ----------------
# The resonate-and-fire neuron (Izhikevich 2001) is a damped oscillation that spikes at its crest,
#
# .. code-block:: text
#
#     V' = b V + omega w,   w' = b w - omega V + I;   V >= V_th: spike, V <- V_th, w <- 0
#
# Its vector field is a line of Python, and :mod:`rheobase.dynamics` says what it does: rest is a stable spiral, so the
# neuron rings when it is kicked.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

b, omega, V_th = -0.1, 1.0, 1.0


def field(u):
    """Return (V', w') without input; V and w may be arrays."""
    V, w = u
    return np.array([b * V + omega * w, b * w - omega * V])


(rest,) = rb.dynamics.fixed_points(field, [(-1, 1), (-1, 1)])
print(rest.kind, "with eigenvalues", np.round(rest.eigenvalues, 3))

# %%
# Two pulses of the same size, one period or half a period apart: the first pair makes it spike, the second does not. No
# integrate-and-fire neuron would tell them apart this way.


def kicked(times, kick=0.875, t_stop=20.0, dt=0.001):
    """Return time, V and spikes of the neuron kicked at `times` (ms)."""
    t = dt * np.arange(round(t_stop / dt))
    kicks = {round(time / dt) for time in times}
    V, spikes, u = np.zeros(t.size), [], np.zeros(2)
    for k in range(t.size):
        V[k] = u[0]
        u = u + dt * field(u)
        u[1] += kick * (k in kicks)
        if u[0] >= V_th:
            spikes.append(t[k])
            u = np.array([V_th, 0.0])
    return t, V, spikes


period = 2 * np.pi / omega
figure, axes = plt.subplots(2, 1, sharex=True, sharey=True, layout="constrained")
for ax, gap, label in zip(axes, (period, period / 2), ("one period", "half a period"), strict=True):
    t, V, spikes = kicked([1.0, 1.0 + gap])
    rb.plot.traces(t, V, ylabel="V", ax=ax)
    ax.axhline(V_th, color="0.5", ls=":")
    ax.plot(spikes, [1.1] * len(spikes), "|", ms=12, color=rb.plot.palette.EXCITATORY)
    ax.set_title(f"pulses {label} apart: {len(spikes)} spike{'s' if len(spikes) != 1 else ''}", loc="left")
axes[0].set_xlabel("")
plt.show()

# %%
# Write it down
# -------------
# The loop above does one neuron. The engine does a million, in vector code on all cores, with synapses, delays,
# recording and checks. It asks for one header and one word.
#
# .. include:: ../../../CONTRIBUTING.md
#    :parser: myst_parser.sphinx_
#    :start-after: ## A new neuron model is one header and one word
#    :end-before: ## A new synaptic kernel is one header and one word
