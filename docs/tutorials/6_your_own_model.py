"""
Your own neuron model
=====================

A model is its equations. :func:`rheobase.neuron` takes them as text, or as a Python function, and the engine runs them
as they are, on all cores and not much slower than the built-in models. Nothing is compiled.
"""

# %%
# Write the equations
# -------------------
# The resonate-and-fire neuron (Izhikevich 2001) is a damped oscillation that spikes at its crest.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb

Resonator = rb.neuron(
    "Resonator",
    """
    dV/dt = b*V + omega*w : 1
    dw/dt = b*w - omega*V + I : 1 (delta)
    """,
    threshold="V >= V_th",
    reset="V = V_th; w = 0",
    parameters=dict(b=-0.1, omega=1.0, V_th=1.0),
    initial=dict(V=0, w=0),
)

# %%
# That is a class like :class:`rheobase.LIF`. It knows its vector field, so :mod:`rheobase.dynamics` says what it does:
# rest is a stable spiral, and the neuron rings when it is kicked.

(rest,) = rb.dynamics.fixed_points(Resonator(), [(-1, 1), (-1, 1)])
print(rest.kind, "with eigenvalues", np.round(rest.eigenvalues, 3))
print("schemes:", ", ".join(Resonator.model.methods))

# %%
# Two pulses of the same size, one period or half a period apart: the first pair makes it spike, the second does not. No
# integrate-and-fire neuron would tell them apart this way. Delta synapses kick w, which has the flag for it.

period = 2 * np.pi
figure, axes = plt.subplots(2, 1, sharex=True, sharey=True, layout="constrained")
for ax, gap, label in zip(axes, (period, period / 2), ("one period", "half a period"), strict=True):
    net = rb.Network(dt=0.01)
    neuron = net.add(Resonator(), 1, name="neuron")
    pulses = net.add(rb.Trains([[1.0, round(1.0 + gap, 2)]]), 1, name="pulses")
    net.connect(pulses, neuron, rb.AllToAll(), weight=0.875, synapse=rb.Delta(), delay=0.01)
    net.record(neuron, "V")
    res = net.run(20)
    spikes = res.spikes("neuron").times
    rb.plot.traces(res.states("neuron", "V").times, res.states("neuron", "V").values[:, 0], ylabel="V", ax=ax)
    ax.axhline(1.0, color="0.5", ls=":")
    ax.plot(spikes, [1.1] * len(spikes), "|", ms=12, color=rb.plot.palette.EXCITATORY)
    ax.set_title(f"pulses {label} apart: {len(spikes)} spike{'s' if len(spikes) != 1 else ''}", loc="left")
axes[0].set_xlabel("")
plt.show()

# %%
# Let it grow
# -----------
# Thresholds may depend on the state, noise is called ``xi``, and what synapses with a label bring has a name of its
# own: here NMDA receptors, whose magnesium block depends on the voltage. Parameters are arrays or distributions like
# those of the built-in models, and what is named can be recorded.

Cell = rb.neuron(
    "Cell",
    """
    tau_m : ms  # membrane time constant
    g_nmda : nS (receptor)
    block = 1/(1 + exp(-0.062*V)/3.57) : 1
    I_nmda = -g_nmda*block*V : mV
    dV/dt = (E_L - V + I + I_nmda)/tau_m + sigma*sqrt(2/tau_m)*xi : mV (unless refractory)
    dtheta/dt = (theta_0 - theta)/tau_theta : mV
    """,
    threshold="V >= theta",
    reset="V = E_L; theta += step_theta",
    refractory="t_ref",
    parameters=dict(tau_m=15, E_L=-70, sigma=3, theta_0=-52, tau_theta=80, step_theta=4, t_ref=2),
    initial=dict(V="E_L", theta="theta_0"),
)

net = rb.Network(dt=0.1, seed=1)
e = net.add(Cell(tau_m=rb.Normal(15, 2, low=5)), 400, name="e")
x = net.add(rb.Poisson(rate=8), 200, name="x")
net.connect(x, e, rb.FixedInDegree(40), weight=30, synapse=rb.Exponential(tau=5))
net.connect(e, e, rb.FixedInDegree(20), weight=0.05, synapse=rb.Exponential(tau=80, reversal=0, label="nmda"))
net.record(e, "I_nmda", mean=True)
res = net.run(600)
print("mean rate", round(res.rates(t_start=100)["e"], 1), "Hz")

figure, (raster, current) = plt.subplots(2, 1, sharex=True, layout="constrained")
rb.plot.raster({"e": res.spikes("e")}, ax=raster)
series = res.states("e", "I_nmda")
rb.plot.traces(series.times, series.values[:, 0], ylabel="NMDA current (mV)", ax=current)
plt.show()

# %%
# The same from a function
# ------------------------
# A vector field that NumPy can evaluate is a model, too: it is called once, with symbols.


def nagumo(u, I=0.0, a=0.7, b=0.8, tau=12.5):
    """Return (V', w') of FitzHugh and Nagumo; V and w may be arrays."""
    V, w = u
    return np.array([V - V**3 / 3 - w + I, (V + a - b * w) / tau])


Nagumo = rb.neuron("Nagumo", nagumo, threshold="crosses(V, 1)", initial=dict(V=-1.2, w=-0.6))
net = rb.Network(dt=0.05)
net.add(Nagumo(I_x=0.5), 1, name="e")
print("intervals of", np.unique(np.round(np.diff(net.run(400).spikes("e").times)[2:])), "ms")

# %%
# Models written for Brian 2 are read by :func:`rheobase.from_brian`. The grammar, the schemes and what is done with
# noise stand on :doc:`the page on equations </equations>`.
#
# Within the library
# ------------------
# A model that everybody should have becomes a header of the engine, in C++: faster still, and tested by itself.
# ``CONTRIBUTING.md`` says how.
